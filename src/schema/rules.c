/* The rules of a kind inside one record; those across records: schema/across.h. */
#include <stdlib.h>

#include "schema/compile.h"
#include "schema/term.h"
#include "schema/value.h"

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
	return add_rules(&draft->kind, builder, draft->keywords.values[SCHEMA_KEY_X_RULES], info);
}
