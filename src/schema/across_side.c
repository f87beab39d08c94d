/* One side of a rule across records: which records it looks at, and what it compares of them. */
#include "schema/across_side.h"

#include <string.h>

#include "schema/compile.h"
#include "schema/set_inside.h"

enum {
	LAG_MONTHS_MAX = 120
};

const struct schema_side_names schema_own_names = {"while", "during", "lag_months"};
const struct schema_side_names schema_other_names = {"other_while", "other_during", "other_lag_months"};

static enum err
refuse_list(struct schema_builder *builder, struct err_info *info, struct view name)
{
	return schema_refuse(builder, info, ERR_FORMAT,
	                     _("\"%.*s\": a rule looks into one list of a kind, and names a list of objects as "
	                       "LIST/FIELD"),
	                     (int)name.size, (const char *)name.data);
}

/* NAME, or LIST/FIELD. A set stands for each of its elements. */
enum err
schema_read_path(struct schema_path *out, uint32_t *list, struct schema_builder *builder,
                 const struct schema_kind *kind, struct view name, struct err_info *info)
{
	const uint8_t *slash = name.size == 0 ? NULL : memchr(name.data, '/', name.size);
	size_t size = slash == NULL ? name.size : (size_t)(slash - name.data);
	const struct schema_field *field = schema_field_by_name(&kind->object, view_of(name.data, size));
	const struct schema_field *inner = NULL;
	bool is_list = field != NULL && field->type == SCHEMA_ARRAY;

	if (is_list && slash != NULL && field->item->type == SCHEMA_OBJECT)
		inner = schema_field_by_name(field->item->object, view_of(slash + 1, name.size - size - 1));
	if (field == NULL || (slash != NULL && inner == NULL))
		return schema_refuse(builder, info, ERR_NOT_FOUND, _("kind %.*s has no field \"%.*s\""),
		                     (int)kind->name.size, (const char *)kind->name.data, (int)name.size,
		                     (const char *)name.data);
	if (is_list && (*list != 0 && *list != field->number))
		return refuse_list(builder, info, name);
	if (is_list && slash == NULL && field->item->type == SCHEMA_OBJECT)
		return refuse_list(builder, info, name);
	if (is_list)
		*list = field->number;
	*out = (struct schema_path){field->number, inner == NULL ? 0 : inner->number,
	                            inner != NULL ? inner
	                            : is_list     ? field->item
	                                          : field};
	return ERR_OK;
}

enum err
schema_read_path_name(struct view *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	if (json == NULL || json_form_of(json) != JSON_FORM_TEXT)
		return schema_expect(builder, info, _("the name of a field"), json);
	*out = json_text_of(json);
	return ERR_OK;
}

/* null takes a record without the field. */
static enum err
read_condition(struct schema_condition *out, struct schema_builder *builder, const struct json *json,
               struct err_info *info)
{
	bool is_list = json_form_of(json) == JSON_FORM_ARRAY;
	size_t count = is_list ? json_count(json) : 1;
	struct view *values = schema_get(builder, count + 1, sizeof(*values));
	enum err err = values == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct json *item = is_list ? json_item(json, i) : json;

		if (json_form_of(item) == JSON_FORM_NULL)
			out->takes_absent = true;
		else
			err = schema_read_value(&values[out->count++], builder, item, out->path.type, info);
	}
	out->values = values;
	return err;
}

static enum err
read_conditions(struct schema_side *side, struct schema_builder *builder, const struct json *json,
                struct err_info *info)
{
	struct schema_condition *rows = schema_get(builder, json_count(json) + 1, sizeof(*rows));
	void *position = NULL;
	struct view name;
	const struct json *value;
	enum err err = rows == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && json != NULL && json_form_of(json) != JSON_FORM_OBJECT)
		err = schema_expect(builder, info, _("an object: field to values"), json);
	while (err == ERR_OK && json_next(json, &position, &name, &value)) {
		struct schema_condition *row = &rows[side->condition_count++];

		err = schema_read_path(&row->path, &side->list, builder, side->kind, name, info);
		if (err == ERR_OK)
			err = read_condition(row, builder, value, info);
	}
	side->conditions = rows;
	return err;
}

static enum err
read_end(struct schema_path *out, struct schema_side *side, struct schema_builder *builder, const struct json *json,
         struct err_info *info)
{
	struct view name;
	enum err err;

	if (json_form_of(json) == JSON_FORM_NULL)
		return ERR_OK;
	err = schema_read_path_name(&name, builder, json, info);
	if (err == ERR_OK)
		err = schema_read_path(out, &side->list, builder, side->kind, name, info);
	if (err == ERR_OK && out->type->type != SCHEMA_DATE && out->type->type != SCHEMA_MONTH)
		err = schema_refuse(builder, info, ERR_FORMAT, _("\"%.*s\" is no date and no month"), (int)name.size,
		                    (const char *)name.data);
	return err;
}

static enum err
read_period(struct schema_side *side, struct schema_builder *builder, const struct json *json, const struct json *lag,
            struct err_info *info)
{
	enum err err = ERR_OK;

	if (json != NULL && (json_form_of(json) != JSON_FORM_ARRAY || json_count(json) != 2))
		return schema_refuse(builder, info, ERR_FORMAT, "%s",
		                     _("a period names two fields, from and to; null is an open end"));
	side->has_period = json != NULL;
	if (json != NULL)
		err = read_end(&side->from, side, builder, json_item(json, 0), info);
	if (err == ERR_OK && json != NULL)
		err = read_end(&side->to, side, builder, json_item(json, 1), info);
	if (err == ERR_OK && lag != NULL &&
	    (side->from.field == 0 || json_form_of(lag) != JSON_FORM_INTEGER || json_integer_of(lag) < 1 ||
	     json_integer_of(lag) > LAG_MONTHS_MAX))
		err = schema_refuse(builder, info, ERR_FORMAT,
		                    _("a lag is a number of months from 1 to %d, of a period that has a beginning"),
		                    LAG_MONTHS_MAX);
	if (err == ERR_OK && lag != NULL)
		side->lag_months = (uint32_t)json_integer_of(lag);
	return err;
}

/* Conditions and period; the match is there already. */
enum err
schema_read_side(struct schema_side *side, struct schema_builder *builder, const struct json *json,
                 const struct schema_side_names *names, struct err_info *info)
{
	enum err err = read_conditions(side, builder, json_member(json, names->conditions), info);

	if (err == ERR_OK)
		err = read_period(side, builder, json_member(json, names->period), json_member(json, names->lag), info);
	return err;
}

static bool
is_comparable(const struct schema_field *a, const struct schema_field *b)
{
	if (a->type == SCHEMA_ARRAY || a->type == SCHEMA_OBJECT || a->type != b->type || a->scale != b->scale)
		return false;
	if (a->type == SCHEMA_CODE)
		return view_equal(a->codes->name, b->codes->name);
	return a->type != SCHEMA_ENUM || a == b;
}

static enum err
read_pair(struct schema_path *mine, struct schema_path *theirs, struct schema_side *own, struct schema_side *other,
          struct schema_builder *builder, const struct view names[2], struct err_info *info)
{
	enum err err = schema_read_path(mine, &own->list, builder, own->kind, names[0], info);

	if (err == ERR_OK)
		err = schema_read_path(theirs, &other->list, builder, other->kind, names[1], info);
	if (err == ERR_OK && !is_comparable(mine->type, theirs->type))
		err = schema_refuse(builder, info, ERR_FORMAT,
		                    _("\"%.*s\" and \"%.*s\" are not of one type and can never be equal"),
		                    (int)names[0].size, (const char *)names[0].data, (int)names[1].size,
		                    (const char *)names[1].data);
	return err;
}

enum err
schema_read_match(struct schema_side *own, struct schema_side *other, struct schema_builder *builder,
                  const struct json *match, struct err_info *info)
{
	struct schema_path *mine = schema_get(builder, json_count(match) + 1, sizeof(*mine));
	struct schema_path *theirs = schema_get(builder, json_count(match) + 1, sizeof(*theirs));
	void *position = NULL;
	struct view names[2];
	const struct json *value;
	enum err err = mine == NULL || theirs == NULL ? err_nomem(info) : ERR_OK;

	while (err == ERR_OK && json_next(match, &position, &names[0], &value)) {
		err = schema_read_path_name(&names[1], builder, value, info);
		if (err == ERR_OK)
			err = read_pair(&mine[own->match_count], &theirs[own->match_count], own, other, builder, names,
			                info);
		own->match_count++;
	}
	if (err == ERR_OK && own->match_count == 0)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s",
		                    _("\"match\" names at least one field: own to other"));
	other->match_count = own->match_count;
	own->match = mine;
	other->match = theirs;
	return err;
}

enum err
schema_read_other_kind(struct schema_side *other, struct schema_builder *builder, const struct json *json,
                       const struct schema_kind *kind, struct err_info *info)
{
	struct view name;
	enum err err;

	other->kind = kind;
	if (json == NULL)
		return ERR_OK;
	err = schema_read_name(&name, builder, json, info);
	if (err == ERR_OK && !view_equal(name, kind->name))
		other->kind = schema_set_kind_fields(builder->set, name);
	if (err == ERR_OK && other->kind == NULL)
		err = schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no kind \"%.*s\""), (int)name.size,
		                    (const char *)name.data);
	return err;
}
