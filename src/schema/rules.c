/* Limits of x-states, and the rules that a merge can break. */
#include <stdlib.h>

#include "schema/compile.h"
#include "schema/term.h"
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
add_built_in(struct schema_rule *out, struct schema_builder *builder, const struct schema_field *field,
             enum schema_rule_type type, struct err_info *info)
{
	uint32_t *number = schema_get(builder, 1, sizeof(*number));
	struct bytes name = {0};
	enum err err = number == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK)
		err = bytes_printf(&name, info, "%s:%.*s", type == SCHEMA_RULE_ITEMS ? "items" : "required",
		                   (int)field->name.size, (const char *)field->name.data);
	if (err == ERR_OK)
		err = schema_keep(&out->name, builder, bytes_view(&name), info);
	bytes_release(&name);
	if (err != ERR_OK)
		return err;
	*number = field->number;
	out->title = field->title;
	out->type = type;
	out->fields = number;
	out->field_count = 1;
	return ERR_OK;
}

static int
compare_rules(const void *a, const void *b)
{
	return view_compare(((const struct schema_rule *)a)->name, ((const struct schema_rule *)b)->name);
}

static enum err
add_rules(struct schema_kind *kind, struct schema_builder *builder, const struct json *declared, struct err_info *info)
{
	struct schema_rule *rules =
		schema_get(builder, 2 * kind->object.count + json_count(declared) + 1, sizeof(*rules));
	size_t count = 0;
	enum err err = rules == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && json_count(declared) > LIMIT_RULES_MAX)
		err = schema_refuse(builder, info, ERR_TOO_BIG, _("a kind has at most %d rules"), LIMIT_RULES_MAX);
	if (err == ERR_OK)
		err = schema_compile_declared(rules, &count, builder, declared, &kind->object, info);
	for (size_t i = 0; err == ERR_OK && i < kind->object.count; i++) {
		const struct schema_field *field = &kind->object.fields[i];

		if (field->type == SCHEMA_ARRAY && field->merge != SCHEMA_MERGE_VALUE)
			err = add_built_in(&rules[count++], builder, field, SCHEMA_RULE_ITEMS, info);
		if (err == ERR_OK && field->is_required)
			err = add_built_in(&rules[count++], builder, field, SCHEMA_RULE_REQUIRED, info);
	}
	if (err != ERR_OK)
		return err;
	qsort(rules, count, sizeof(*rules), compare_rules);
	kind->rules = rules;
	kind->rule_count = count;
	return ERR_OK;
}

enum err
schema_compile_rules(struct schema_draft *draft, struct schema_builder *builder, struct err_info *info)
{
	enum err err = schema_compile_across(&draft->kind, builder, &draft->keywords, info);

	return err == ERR_OK ? add_rules(&draft->kind, builder, draft->keywords.values[SCHEMA_KEY_X_RULES], info) : err;
}
