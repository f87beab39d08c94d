/* A kind's top: name, titles, fields, natural key, decisions, machine; then the rules across records. */
#include <stdlib.h>

#include "schema/compile.h"
#include "schema/set.h"

enum {
	NOTICE_TIER_MAX = 2
};

static enum err
read_key(struct schema_kind *kind, struct schema_builder *builder, const struct json *key,
         const struct json *properties, struct err_info *info)
{
	uint32_t *numbers;
	size_t count = 0;
	size_t mark = schema_builder_enter(builder, view_text("x-key"));
	enum err err = ERR_OK;

	if (key != NULL) {
		err = schema_read_fields(&kind->key, &kind->key_count, builder, key, &kind->object, info);
	} else {
		numbers = schema_get(builder, kind->object.count, sizeof(*numbers));
		if (numbers == NULL)
			return err_nomem(info);
		for (size_t i = 0; i < kind->object.count; i++) {
			const struct json *field = json_member_view(properties, kind->object.fields[i].name);
			const struct json *own = json_member(field, "x-key");

			if (own != NULL && json_form_of(own) == JSON_FORM_BOOL && json_bool_of(own))
				numbers[count++] = kind->object.fields[i].number;
		}
		kind->key = numbers;
		kind->key_count = count;
	}
	schema_builder_leave(builder, mark);
	return err;
}

/* What refers to other fields of the kind: read when all of them are there. The fields were made here, so they may be completed. */
static enum err
complete_fields(struct schema_kind *kind, struct schema_builder *builder, const struct json *properties,
                struct err_info *info)
{
	struct schema_field *fields = schema_get(builder, kind->object.count, sizeof(*fields));
	struct schema_object object = {0};
	enum err err = fields == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < kind->object.count; i++) {
		const struct json *json = json_member_view(properties, kind->object.fields[i].name);
		const struct json *depends = json_member(json, "x-depends-on");
		const struct json *states = json_member(json, "x-states");
		size_t mark = schema_builder_enter(builder, view_text("properties"));

		(void)schema_builder_enter(builder, kind->object.fields[i].name);
		fields[i] = kind->object.fields[i];
		if (depends != NULL)
			err = schema_read_fields(&fields[i].depends_on, &fields[i].depends_count, builder, depends,
			                         &kind->object, info);
		if (err == ERR_OK && states != NULL) {
			if (kind->status != NULL)
				err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("two fields with \"x-states\""));
			else
				err = schema_compile_states(&fields[i], builder, states, &kind->object, info);
			kind->status = &fields[i];
		}
		schema_builder_leave(builder, mark);
	}
	object.fields = fields;
	object.count = kind->object.count;
	if (err == ERR_OK)
		err = schema_index_object(&object, builder, info);
	if (err == ERR_OK)
		kind->object = object;
	return err;
}

static enum err
read_top_states(struct schema_kind *kind, struct schema_builder *builder, const struct json *states,
                struct err_info *info)
{
	const struct schema_field *named;
	struct schema_field *fields;
	enum err err;

	if (json_member(states, "field") == NULL)
		return schema_refuse(builder, info, ERR_FORMAT, "%s", _("\"x-states\" at the top names its \"field\""));
	err = schema_read_field(&named, builder, json_member(states, "field"), &kind->object, info);
	if (err != ERR_OK)
		return err;
	fields = schema_get(builder, kind->object.count, sizeof(*fields));
	if (fields == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < kind->object.count; i++)
		fields[i] = kind->object.fields[i];
	for (size_t i = 0; err == ERR_OK && i < kind->object.count; i++) {
		if (fields[i].number == named->number) {
			err = schema_compile_states(&fields[i], builder, states, &kind->object, info);
			kind->status = &fields[i];
		}
	}
	kind->object.fields = fields;
	if (err == ERR_OK)
		err = schema_index_object(&kind->object, builder, info);
	return err;
}

/* What may be put up on a wall, and of which records; a kind that says nothing has no public notice. */
static enum err
read_notice(struct schema_kind *kind, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const NAMES[] = {"fields", "while", NULL};
	size_t mark = schema_builder_enter(builder, view_text("x-notice"));
	enum err err = schema_only(builder, json, NAMES, info);

	if (err == ERR_OK)
		err = schema_read_fields(&kind->notice, &kind->notice_count, builder, json_member(json, "fields"),
		                         &kind->object, info);
	for (size_t i = 0; err == ERR_OK && i < kind->notice_count; i++) {
		const struct schema_field *field = schema_field_by_number(&kind->object, kind->notice[i]);

		if (field->tier > NOTICE_TIER_MAX)
			err = schema_refuse(builder, info, ERR_FORMAT,
			                    _("the field \"%.*s\" is of tier S%u; a public notice shows S0 to S2"),
			                    (int)field->name.size, (const char *)field->name.data, field->tier);
	}
	if (err == ERR_OK)
		err = schema_read_choices(&kind->notice_while, &kind->notice_while_count, builder,
		                          json_member(json, "while"), &kind->object, info);
	schema_builder_leave(builder, mark);
	return err;
}

enum err
schema_compile_kind(struct schema_draft *out, struct schema_builder *builder, const struct json *json,
                    struct err_info *info)
{
	struct schema_draft draft = {0};
	struct schema_kind *kind = &draft.kind;
	const struct json **values = draft.keywords.values;
	enum err err = schema_keywords_read(&draft.keywords, builder, json, SCHEMA_AT_TOP, info);

	if (err == ERR_OK && draft.keywords.type != SCHEMA_JSON_OBJECT)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("a kind is of type \"object\""));
	if (err == ERR_OK && values[SCHEMA_KEY_X_KIND] == NULL)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("a kind needs \"x-kind\", its name"));
	if (err == ERR_OK)
		err = schema_read_name(&kind->name, builder, values[SCHEMA_KEY_X_KIND], info);
	if (err == ERR_OK)
		err = schema_read_title(&kind->title, builder, values[SCHEMA_KEY_X_TITLE], kind->name, info);
	if (err == ERR_OK)
		err = schema_read_words(&kind->description, builder, values[SCHEMA_KEY_DESCRIPTION], info);
	kind->is_roll = err == ERR_OK && values[SCHEMA_KEY_X_ROLL] != NULL && json_bool_of(values[SCHEMA_KEY_X_ROLL]);
	if (err == ERR_OK)
		err = schema_compile_object(&kind->object, builder, &draft.keywords, SCHEMA_AT_TOP, 0, info);
	if (err == ERR_OK)
		err = complete_fields(kind, builder, values[SCHEMA_KEY_PROPERTIES], info);
	if (err == ERR_OK)
		err = read_key(kind, builder, values[SCHEMA_KEY_X_KEY], values[SCHEMA_KEY_PROPERTIES], info);
	if (err == ERR_OK && values[SCHEMA_KEY_X_STATES] != NULL)
		err = read_top_states(kind, builder, values[SCHEMA_KEY_X_STATES], info);
	if (err == ERR_OK && values[SCHEMA_KEY_X_NOTICE] != NULL)
		err = read_notice(kind, builder, values[SCHEMA_KEY_X_NOTICE], info);
	if (err == ERR_OK && values[SCHEMA_KEY_X_POLICY] != NULL)
		err = schema_compile_policy(kind, builder, values[SCHEMA_KEY_X_POLICY], info);
	if (err == ERR_OK)
		*out = draft;
	return err;
}
