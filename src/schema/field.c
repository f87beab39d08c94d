#include <stdlib.h>

#include "schema/compile.h"

static enum err
read_tier(struct schema_field *out, struct schema_builder *builder, const struct json *json, unsigned outer,
          struct err_info *info)
{
	unsigned tier = 1; /* absent: S1 */

	if (json != NULL) {
		struct view text = json_text_of(json);

		if (text.size != 2 || text.data[0] != 'S' || text.data[1] < '0' || text.data[1] > '3')
			return schema_refuse(builder, info, ERR_FORMAT,
			                     _("the keyword \"x-tier\" is one of S0, S1, S2, S3"));
		tier = (unsigned)text.data[1] - '0';
	}
	out->tier = (uint8_t)(tier > outer ? tier : outer);
	return ERR_OK;
}

static enum err
read_merge(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
           struct err_info *info)
{
	const struct json *merge = keywords->values[SCHEMA_KEY_X_MERGE];

	if (merge == NULL || json_text_is(merge, "value"))
		out->merge = SCHEMA_MERGE_VALUE;
	else if (json_text_is(merge, "set"))
		out->merge = SCHEMA_MERGE_SET;
	else if (json_text_is(merge, "keyed-list"))
		out->merge = SCHEMA_MERGE_KEYED_LIST;
	else
		return schema_refuse(builder, info, ERR_FORMAT,
		                     _("the keyword \"x-merge\" is one of value, set, keyed-list"));
	if (out->type != SCHEMA_ARRAY && out->merge != SCHEMA_MERGE_VALUE)
		return schema_refuse(builder, info, ERR_FORMAT, _("only an array is merged as a set or a keyed list"));
	if ((out->merge == SCHEMA_MERGE_KEYED_LIST) != (keywords->values[SCHEMA_KEY_X_MEMBER_KEY] != NULL))
		return schema_refuse(builder, info, ERR_FORMAT, _("a keyed list, and only that, has \"x-member-key\""));
	return ERR_OK;
}

static enum err
read_member_key(struct schema_field *out, struct schema_builder *builder, const struct json *json,
                struct err_info *info)
{
	const struct schema_field *key;
	enum err err;

	if (out->item->type != SCHEMA_OBJECT)
		return schema_refuse(builder, info, ERR_FORMAT, _("the items of a keyed list are objects"));
	err = schema_read_field(&key, builder, json, out->item->object, info);
	if (err != ERR_OK)
		return err;
	if (key->type == SCHEMA_ARRAY || key->type == SCHEMA_OBJECT)
		return schema_refuse(builder, info, ERR_FORMAT, _("the key of a member is no array and no object"));
	out->member_key = key->number;
	out->key_field = key;
	return ERR_OK;
}

static enum err
read_array(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
           struct err_info *info)
{
	struct schema_field *item = schema_get(builder, 1, sizeof(*item));
	size_t mark;
	enum err err;

	if (item == NULL)
		return err_nomem(info);
	if (keywords->values[SCHEMA_KEY_ITEMS] == NULL)
		return schema_refuse(builder, info, ERR_FORMAT, _("an array needs the keyword \"items\""));
	item->name = out->name;
	mark = schema_builder_enter(builder, view_text("items"));
	err = schema_compile_field(item, builder, keywords->values[SCHEMA_KEY_ITEMS], SCHEMA_AT_ITEM, out->tier, info);
	schema_builder_leave(builder, mark);
	out->type = SCHEMA_ARRAY;
	out->item = item;
	out->items_min = keywords->items_min;
	out->items_max = keywords->items_max < LIMIT_ARRAY_ITEMS_MAX ? keywords->items_max : LIMIT_ARRAY_ITEMS_MAX;
	out->items_unique = keywords->items_unique;
	if (err == ERR_OK)
		err = read_merge(out, builder, keywords, info);
	if (err == ERR_OK && out->merge == SCHEMA_MERGE_KEYED_LIST)
		err = read_member_key(out, builder, keywords->values[SCHEMA_KEY_X_MEMBER_KEY], info);
	return err;
}

static enum err
read_object(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
            struct err_info *info)
{
	struct schema_object *object = schema_get(builder, 1, sizeof(*object));

	if (object == NULL)
		return err_nomem(info);
	out->type = SCHEMA_OBJECT;
	out->object = object;
	return schema_compile_object(object, builder, keywords, SCHEMA_AT_NESTED, out->tier, info);
}

/* By type; then the keywords that a type of the other family would have are refused. */
static enum err
read_type(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
          struct err_info *info)
{
	static const enum schema_keyword common[] = {
		SCHEMA_KEY_MINIMUM,           SCHEMA_KEY_MAXIMUM,     SCHEMA_KEY_EXCLUSIVE_MINIMUM,
		SCHEMA_KEY_EXCLUSIVE_MAXIMUM, SCHEMA_KEY_MULTIPLE_OF, SCHEMA_KEY_MIN_LENGTH,
		SCHEMA_KEY_MAX_LENGTH,        SCHEMA_KEY_FORMAT,      SCHEMA_KEY_ENUM,
		SCHEMA_KEY_X_CODES,           SCHEMA_KEY_X_UNIT,      SCHEMA_KEYWORDS};
	static const enum schema_keyword of_objects[] = {SCHEMA_KEY_PROPERTIES, SCHEMA_KEY_REQUIRED,
	                                                 SCHEMA_KEY_ADDITIONAL_PROPERTIES, SCHEMA_KEYWORDS};
	static const enum schema_keyword of_arrays[] = {SCHEMA_KEY_ITEMS,        SCHEMA_KEY_MIN_ITEMS,
	                                                SCHEMA_KEY_MAX_ITEMS,    SCHEMA_KEY_UNIQUE_ITEMS,
	                                                SCHEMA_KEY_X_MEMBER_KEY, SCHEMA_KEYWORDS};
	bool is_array = keywords->type == SCHEMA_JSON_ARRAY;
	enum err err;

	if (!is_array && keywords->type != SCHEMA_JSON_OBJECT) {
		err = schema_compile_scalar(out, builder, keywords, info);
		return err == ERR_OK ? read_merge(out, builder, keywords, info) : err;
	}
	err = schema_keywords_refuse(keywords, builder, common, info);
	if (err == ERR_OK)
		err = schema_keywords_refuse(keywords, builder, is_array ? of_objects : of_arrays, info);
	if (err != ERR_OK)
		return err;
	if (is_array)
		return read_array(out, builder, keywords, info);
	err = read_object(out, builder, keywords, info);
	return err == ERR_OK ? read_merge(out, builder, keywords, info) : err;
}

static enum err
read_constant(struct schema_field *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	size_t mark = schema_builder_enter(builder, view_text("const"));
	enum err err = schema_read_value(&out->constant, builder, json, out, info);

	schema_builder_leave(builder, mark);
	return err;
}

enum err
schema_compile_field(struct schema_field *out, struct schema_builder *builder, const struct json *json,
                     enum schema_place place, unsigned tier, struct err_info *info)
{
	struct schema_keywords keywords;
	enum err err = schema_keywords_read(&keywords, builder, json, place, info);

	if (err != ERR_OK)
		return err;
	out->minimum = INT64_MIN;
	out->maximum = INT64_MAX;
	out->multiple = 1;
	out->length_max = UINT32_MAX;
	out->items_max = UINT32_MAX;
	err = read_tier(out, builder, keywords.values[SCHEMA_KEY_X_TIER], tier, info);
	if (err == ERR_OK)
		err = schema_read_title(&out->title, builder, keywords.values[SCHEMA_KEY_X_TITLE], out->name, info);
	if (err == ERR_OK)
		err = schema_read_words(&out->unit, builder, keywords.values[SCHEMA_KEY_X_UNIT], info);
	if (err == ERR_OK)
		err = schema_read_words(&out->description, builder, keywords.values[SCHEMA_KEY_DESCRIPTION], info);
	if (err == ERR_OK)
		err = read_type(out, builder, &keywords, info);
	if (err == ERR_OK && keywords.values[SCHEMA_KEY_CONST] != NULL)
		err = read_constant(out, builder, keywords.values[SCHEMA_KEY_CONST], info);
	if (err == ERR_OK && keywords.values[SCHEMA_KEY_X_AUTHORITY] != NULL)
		err = schema_compile_writers(out, builder, keywords.values[SCHEMA_KEY_X_AUTHORITY], info);
	return err;
}
