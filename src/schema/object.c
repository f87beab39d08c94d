#include <stdlib.h>

#include "schema/compile.h"

static int
compare_fields(const void *a, const void *b)
{
	const struct schema_field *x = a;
	const struct schema_field *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static bool
is_reserved(struct view name)
{
	return view_equal(name, view_text("id")) || view_equal(name, view_text("kind")) ||
	       view_equal(name, view_text("tiersync_reason"));
}

/* A name is a member's name here, not a JSON value; the rules are those of schema_read_name(). */
static enum err
keep_name(struct view *out, struct schema_builder *builder, struct view name, enum schema_place place,
          struct err_info *info)
{
	bool is_good = name.size > 0 && name.size <= LIMIT_NAME_BYTES_MAX;

	for (size_t i = 0; i < name.size && is_good; i++)
		is_good = name.data[i] > ' ' && name.data[i] != 0x7f && name.data[i] != '=' && name.data[i] != '/' &&
		          name.data[i] != '"' && !(i == 0 && name.data[i] == '#');
	if (!is_good)
		return schema_refuse(
			builder, info, ERR_FORMAT,
			_("a name has 1 to %d bytes and no blank, control character, \"=\", \"/\" or quote, and no "
		          "\"#\" in front"),
			LIMIT_NAME_BYTES_MAX);
	if (place == SCHEMA_AT_TOP && is_reserved(name))
		return schema_refuse(builder, info, ERR_FORMAT, _("a field may not be called \"%.*s\""), (int)name.size,
		                     (const char *)name.data);
	return schema_keep(out, builder, name, info);
}

static enum err
read_property(struct schema_field *out, struct schema_builder *builder, const struct json *json,
              enum schema_place place, unsigned tier, struct err_info *info)
{
	const struct json *number = json_member(json, "x-field");

	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("a schema, which is an object"), json);
	if (number == NULL || json_form_of(number) != JSON_FORM_INTEGER || json_integer_of(number) < 1 ||
	    json_integer_of(number) > LIMIT_FIELD_NUMBER_MAX)
		return schema_refuse(builder, info, ERR_FORMAT, _("a field needs \"x-field\", a number from 1 to %d"),
		                     LIMIT_FIELD_NUMBER_MAX);
	out->number = (uint32_t)json_integer_of(number);
	return schema_compile_field(out, builder, json, place == SCHEMA_AT_TOP ? SCHEMA_AT_FIELD : SCHEMA_AT_NESTED,
	                            tier, info);
}

static enum err
read_properties(struct schema_field *fields, struct schema_builder *builder, const struct json *properties,
                enum schema_place place, unsigned tier, struct err_info *info)
{
	void *position = NULL;
	struct view name;
	const struct json *value;
	size_t mark = schema_builder_enter(builder, view_text("properties"));
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && json_next(properties, &position, &name, &value); i++) {
		size_t inner = schema_builder_enter(builder, name);

		err = keep_name(&fields[i].name, builder, name, place, info);
		if (err == ERR_OK)
			err = read_property(&fields[i], builder, value, place, tier, info);
		schema_builder_leave(builder, inner);
	}
	schema_builder_leave(builder, mark);
	return err;
}

static struct schema_field *
field_of_name(struct schema_field *fields, size_t count, const struct json *name)
{
	for (size_t i = 0; i < count; i++) {
		if (json_form_of(name) == JSON_FORM_TEXT && view_equal(fields[i].name, json_text_of(name)))
			return &fields[i];
	}
	return NULL;
}

static enum err
read_required(struct schema_field *fields, size_t count, struct schema_builder *builder, const struct json *required,
              struct err_info *info)
{
	size_t mark = schema_builder_enter(builder, view_text("required"));

	for (size_t i = 0; required != NULL && i < json_count(required); i++) {
		struct schema_field *field = field_of_name(fields, count, json_item(required, i));

		if (field == NULL)
			return schema_refuse(builder, info, ERR_NOT_FOUND, _("item %zu names no property"), i + 1);
		field->is_required = true;
	}
	schema_builder_leave(builder, mark);
	return ERR_OK;
}

enum err
schema_compile_object(struct schema_object *out, struct schema_builder *builder, const struct schema_keywords *keywords,
                      enum schema_place place, unsigned tier, struct err_info *info)
{
	const struct json *properties = keywords->values[SCHEMA_KEY_PROPERTIES];
	const struct json *additional = keywords->values[SCHEMA_KEY_ADDITIONAL_PROPERTIES];
	struct schema_object object = {0};
	struct schema_field *fields;
	size_t mark;
	enum err err;

	if (properties == NULL || json_count(properties) == 0)
		return schema_refuse(builder, info, ERR_FORMAT,
		                     _("an object needs the keyword \"properties\" with a field"));
	if (additional != NULL && (json_form_of(additional) != JSON_FORM_BOOL || json_bool_of(additional)))
		return schema_refuse(
			builder, info, ERR_FORMAT,
			_("the keyword \"additionalProperties\" may only be false: a property needs a number"));
	object.count = json_count(properties);
	if (object.count > LIMIT_FIELDS_MAX)
		return schema_refuse(builder, info, ERR_TOO_BIG, _("%zu fields; the limit is %d"), object.count,
		                     LIMIT_FIELDS_MAX);
	fields = schema_get(builder, object.count, sizeof(*fields));
	if (fields == NULL)
		return err_nomem(info);
	err = read_properties(fields, builder, properties, place, tier, info);
	if (err == ERR_OK)
		err = read_required(fields, object.count, builder, keywords->values[SCHEMA_KEY_REQUIRED], info);
	if (err != ERR_OK)
		return err;
	qsort(fields, object.count, sizeof(*fields), compare_fields);
	object.fields = fields;
	mark = schema_builder_enter(builder, view_text("properties"));
	err = schema_index_object(&object, builder, info);
	schema_builder_leave(builder, mark);
	if (err == ERR_OK)
		*out = object;
	return err;
}
