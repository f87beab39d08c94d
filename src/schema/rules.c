/* Limits of x-states, x-unique, x-excludes, and the rules that a merge can break. */
#include <stdio.h>

#include "schema/compile.h"
#include "schema/set.h"
#include "schema/value.h"

enum err
schema_state_value(struct bytes *out, struct schema_builder *builder, const struct schema_field *field,
                   struct view name, struct err_info *info)
{
	struct err_info why;
	enum err err = schema_value_from_text(out, field, name, &why);

	if (err != ERR_OK)
		return schema_refuse(builder, info, ERR_FORMAT, "%s", why.text);
	return ERR_OK;
}

static enum err
read_limit(struct schema_limit *out, struct schema_builder *builder, const struct json *json,
           const struct schema_field *field, const struct schema_object *object, struct err_info *info)
{
	static const char *const NAMES[] = {"from",       "to",     "working_days", "days", "at_least", "since",
	                                    "stopped_in", "source", "x-title",      "rule", NULL};
	const struct json *working = json_member(json, "working_days");
	const struct json *days = working != NULL ? working : json_member(json, "days");
	const struct schema_field *since;
	enum err err = schema_only(builder, json, NAMES, info);

	if (err == ERR_OK && (days == NULL || json_form_of(days) != JSON_FORM_INTEGER || json_integer_of(days) < 1 ||
	                      json_integer_of(days) > LIMIT_FIELD_NUMBER_MAX))
		err = schema_refuse(builder, info, ERR_FORMAT, "%s",
		                    _("a limit needs \"working_days\" or \"days\", at least 1"));
	if (err == ERR_OK) {
		out->days = (uint32_t)json_integer_of(days);
		out->is_working_days = working != NULL;
		err = schema_read_value(&out->from, builder, json_member(json, "from"), field, info);
	}
	if (err == ERR_OK)
		err = schema_read_values(&out->to, &out->to_count, builder, json_member(json, "to"), field, info);
	if (err == ERR_OK) {
		const struct json *least = json_member(json, "at_least");

		out->is_at_least = least != NULL && json_form_of(least) == JSON_FORM_BOOL && json_bool_of(least);
	}
	if (err == ERR_OK && json_member(json, "stopped_in") != NULL)
		err = schema_read_values(&out->stopped_in, &out->stopped_count, builder,
		                         json_member(json, "stopped_in"), field, info);
	if (err == ERR_OK && json_member(json, "since") != NULL) {
		err = schema_read_field(&since, builder, json_member(json, "since"), object, info);
		out->since = err == ERR_OK ? since->number : 0;
	}
	if (err == ERR_OK)
		err = schema_read_words(&out->rule, builder, json_member(json, "source"), info);
	if (err == ERR_OK)
		err = schema_read_title(&out->title, builder, json_member(json, "x-title"), out->rule, info);
	return err;
}

enum err
schema_compile_limits(struct schema_states *out, struct schema_builder *builder, const struct json *json,
                      const struct schema_field *field, const struct schema_object *object, struct err_info *info)
{
	size_t count = json_count(json);
	struct schema_limit *limits = schema_get(builder, count + 1, sizeof(*limits));
	enum err err = limits == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		size_t mark = schema_builder_enter_index(builder, i);

		err = read_limit(&limits[i], builder, json_item(json, i), field, object, info);
		schema_builder_leave(builder, mark);
	}
	out->limits = limits;
	out->limit_count = count;
	return err;
}

static enum err
read_scope(struct schema_scope *out, struct schema_builder *builder, const struct json *conditions,
           const struct json *during, const struct schema_object *object, struct err_info *info)
{
	struct schema_condition *rows = schema_get(builder, json_count(conditions) + 1, sizeof(*rows));
	void *position = NULL;
	struct view name;
	const struct json *value;
	const uint32_t *period = NULL;
	size_t period_count = 0;
	enum err err = rows == NULL ? err_nomem(info) : ERR_OK;

	while (err == ERR_OK && json_next(conditions, &position, &name, &value)) {
		const struct schema_field *field = schema_field_by_name(object, name);

		if (field == NULL)
			return schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no field \"%.*s\""),
			                     (int)name.size, (const char *)name.data);
		rows[out->count].field = field->number;
		err = schema_read_values(&rows[out->count].values, &rows[out->count].count, builder, value, field,
		                         info);
		out->count++;
	}
	out->conditions = rows;
	if (err == ERR_OK && during != NULL)
		err = schema_read_fields(&period, &period_count, builder, during, object, info);
	if (err == ERR_OK && during != NULL && period_count != 2)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("\"during\" names two fields: from and to"));
	if (err == ERR_OK && during != NULL) {
		out->period_from = period[0];
		out->period_to = period[1];
	}
	return err;
}

static enum err
read_unique(struct schema_unique *out, struct schema_builder *builder, const struct json *json,
            const struct schema_kind *kind, struct err_info *info)
{
	static const char *const NAMES[] = {"rule", "fields", "while", "during", "x-title", NULL};
	bool is_short = json_form_of(json) != JSON_FORM_OBJECT;
	struct bytes name = {0};
	enum err err = is_short ? ERR_OK : schema_only(builder, json, NAMES, info);

	if (err == ERR_OK)
		err = schema_read_fields(&out->fields, &out->count, builder,
		                         is_short ? json : json_member(json, "fields"), &kind->object, info);
	if (err == ERR_OK && !is_short && json_member(json, "rule") != NULL) {
		err = schema_read_name(&out->rule, builder, json_member(json, "rule"), info);
	} else if (err == ERR_OK) {
		err = bytes_append_text(&name, "unique:", info);
		for (size_t i = 0; err == ERR_OK && i < out->count; i++) {
			const struct schema_field *field = schema_field_by_number(&kind->object, out->fields[i]);

			err = bytes_printf(&name, info, "%s%.*s", i == 0 ? "" : "+", (int)field->name.size,
			                   (const char *)field->name.data);
		}
		if (err == ERR_OK)
			err = schema_keep(&out->rule, builder, bytes_view(&name), info);
	}
	bytes_release(&name);
	if (err == ERR_OK)
		err = schema_read_title(&out->title, builder, is_short ? NULL : json_member(json, "x-title"), out->rule,
		                        info);
	if (err == ERR_OK && !is_short)
		err = read_scope(&out->scope, builder, json_member(json, "while"), json_member(json, "during"),
		                 &kind->object, info);
	return err;
}

static enum err
read_match(struct schema_exclude *out, struct schema_builder *builder, const struct json *match,
           const struct schema_kind *kind, const struct schema_kind *other, struct err_info *info)
{
	uint32_t *own = schema_get(builder, json_count(match) + 1, sizeof(*own));
	uint32_t *theirs = schema_get(builder, json_count(match) + 1, sizeof(*theirs));
	void *position = NULL;
	struct view name;
	const struct json *value;
	enum err err = own == NULL || theirs == NULL ? err_nomem(info) : ERR_OK;

	while (err == ERR_OK && json_next(match, &position, &name, &value)) {
		const struct schema_field *field = schema_field_by_name(&kind->object, name);
		const struct schema_field *paired = NULL;

		if (field == NULL)
			return schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no field \"%.*s\""),
			                     (int)name.size, (const char *)name.data);
		err = schema_read_field(&paired, builder, value, &other->object, info);
		if (err == ERR_OK) {
			own[out->count] = field->number;
			theirs[out->count++] = paired->number;
		}
	}
	if (err == ERR_OK && out->count == 0)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("\"match\" names at least one field"));
	out->fields = own;
	out->other_fields = theirs;
	return err;
}

static enum err
read_exclude(struct schema_exclude *out, struct schema_builder *builder, const struct json *json,
             const struct schema_kind *kind, struct err_info *info)
{
	static const char *const NAMES[] = {"rule",   "kind",         "match",   "while", "other_while",
	                                    "during", "other_during", "x-title", NULL};
	const struct schema_kind *other = kind;
	enum err err = schema_only(builder, json, NAMES, info);

	out->other_kind = kind->name;
	if (err == ERR_OK && json_member(json, "kind") != NULL) {
		err = schema_read_name(&out->other_kind, builder, json_member(json, "kind"), info);
		if (err == ERR_OK && !view_equal(out->other_kind, kind->name))
			other = schema_set_kind(builder->set, out->other_kind);
		if (err == ERR_OK && other == NULL)
			err = schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no kind \"%.*s\""),
			                    (int)out->other_kind.size, (const char *)out->other_kind.data);
	}
	if (err == ERR_OK)
		err = schema_read_name(&out->rule, builder, json_member(json, "rule"), info);
	if (err == ERR_OK)
		err = schema_read_title(&out->title, builder, json_member(json, "x-title"), out->rule, info);
	if (err == ERR_OK)
		err = read_match(out, builder, json_member(json, "match"), kind, other, info);
	if (err == ERR_OK)
		err = read_scope(&out->scope, builder, json_member(json, "while"), json_member(json, "during"),
		                 &kind->object, info);
	if (err == ERR_OK)
		err = read_scope(&out->other_scope, builder, json_member(json, "other_while"),
		                 json_member(json, "other_during"), &other->object, info);
	return err;
}

static enum err
add_rules(struct schema_kind *kind, struct schema_builder *builder, struct err_info *info)
{
	struct schema_rule *rules = schema_get(builder, 2 * kind->object.count + 1, sizeof(*rules));
	struct bytes name = {0};
	enum err err = rules == NULL ? err_nomem(info) : ERR_OK;

	for (int pass = 0; err == ERR_OK && pass < 2; pass++) { /* "items:" sorts before "required:" */
		for (size_t i = 0; err == ERR_OK && i < kind->object.count; i++) {
			const struct schema_field *field = &kind->object.fields[i];

			if (pass == 0 ? field->type != SCHEMA_ARRAY || field->merge == SCHEMA_MERGE_VALUE
			              : !field->is_required)
				continue;
			bytes_clear(&name);
			err = bytes_printf(&name, info, "%s:%.*s", pass == 0 ? "items" : "required",
			                   (int)field->name.size, (const char *)field->name.data);
			if (err == ERR_OK)
				err = schema_keep(&rules[kind->rule_count].name, builder, bytes_view(&name), info);
			rules[kind->rule_count++].field = field->number;
		}
	}
	kind->rules = rules;
	bytes_release(&name);
	return err;
}

enum err
schema_compile_rules(struct schema_draft *draft, struct schema_builder *builder, struct err_info *info)
{
	struct schema_kind *kind = &draft->kind;
	const struct json *unique = draft->keywords.values[SCHEMA_KEY_X_UNIQUE];
	const struct json *excludes = draft->keywords.values[SCHEMA_KEY_X_EXCLUDES];
	bool is_one = unique != NULL && json_count(unique) > 0 && json_form_of(json_item(unique, 0)) == JSON_FORM_TEXT;
	size_t unique_count = unique == NULL ? 0 : is_one ? 1 : json_count(unique);
	struct schema_unique *uniques = schema_get(builder, unique_count + 1, sizeof(*uniques));
	struct schema_exclude *rows = schema_get(builder, json_count(excludes) + 1, sizeof(*rows));
	enum err err = uniques == NULL || rows == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < unique_count; i++)
		err = read_unique(&uniques[i], builder, is_one ? unique : json_item(unique, i), kind, info);
	for (size_t i = 0; err == ERR_OK && i < json_count(excludes); i++)
		err = read_exclude(&rows[i], builder, json_item(excludes, i), kind, info);
	kind->uniques = uniques;
	kind->unique_count = unique_count;
	kind->excludes = rows;
	kind->exclude_count = json_count(excludes);
	return err == ERR_OK ? add_rules(kind, builder, info) : err;
}
