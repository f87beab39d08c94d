/* x-unique, x-excludes, x-requires and x-standards: from JSON to rules of one to four sides. */
#include "schema/across.h"

#include "schema/across_side.h"
#include "schema/set.h"

enum err
schema_read_rule_names(struct schema_across *rule, struct schema_builder *builder, const struct json *json,
                       struct err_info *info)
{
	struct schema_title title;
	enum err err = schema_read_name(&rule->rule, builder, json_member(json, "rule"), info);

	if (err == ERR_OK)
		err = schema_read_title(&title, builder, json_member(json, "x-title"), rule->rule, info);
	if (err == ERR_OK) {
		rule->title_zh = title.zh;
		rule->title_en = title.en;
		err = schema_read_words(&rule->source, builder, json_member(json, "source"), info);
	}
	return err;
}

/* The fields of a unique rule are both sides' match. */
static enum err
read_unique_fields(struct schema_across *rule, struct schema_builder *builder, const struct json *fields,
                   struct err_info *info)
{
	bool is_list = fields != NULL && json_form_of(fields) == JSON_FORM_ARRAY;
	size_t count = is_list ? json_count(fields) : 1;
	struct schema_path *paths = schema_get(builder, count + 1, sizeof(*paths));
	enum err err = paths == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && (count == 0 || count > LIMIT_FIELDS_MAX))
		err = schema_expect(builder, info, _("names of fields"), fields);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view name;

		err = schema_read_path_name(&name, builder, is_list ? json_item(fields, i) : fields, info);
		if (err == ERR_OK)
			err = schema_read_path(&paths[i], &rule->own.list, builder, rule->own.kind, name, info);
		if (err == ERR_OK && (paths[i].type->type == SCHEMA_ARRAY || paths[i].type->type == SCHEMA_OBJECT))
			err = schema_refuse(builder, info, ERR_FORMAT, _("\"%.*s\" is not one value"), (int)name.size,
			                    (const char *)name.data);
	}
	rule->own.match = paths;
	rule->own.match_count = count;
	return err;
}

/* ["id_number"] is short for the rule "unique:id_number". */
static enum err
name_short_rule(struct schema_across *rule, struct schema_builder *builder, struct err_info *info)
{
	struct bytes name = {0};
	enum err err = bytes_append_text(&name, "unique:", info);

	for (size_t i = 0; err == ERR_OK && i < rule->own.match_count; i++) {
		const struct schema_field *field =
			schema_field_by_number(&rule->own.kind->object, rule->own.match[i].field);

		err = bytes_printf(&name, info, "%s%.*s", i == 0 ? "" : "+", (int)field->name.size,
		                   (const char *)field->name.data);
	}
	if (err == ERR_OK)
		err = schema_keep(&rule->rule, builder, bytes_view(&name), info);
	rule->title_zh = rule->rule;
	rule->title_en = rule->rule;
	bytes_release(&name);
	return err;
}

static enum err
read_unique(struct schema_across *rule, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const NAMES[] = {"rule", "fields", "while", "during", "source", "x-title", NULL};
	bool is_short = json_form_of(json) != JSON_FORM_OBJECT;
	enum err err = is_short ? ERR_OK : schema_only(builder, json, NAMES, info);

	rule->type = SCHEMA_UNIQUE;
	rule->tells_own = true;
	rule->tells_other = true;
	if (err == ERR_OK)
		err = read_unique_fields(rule, builder, is_short ? json : json_member(json, "fields"), info);
	if (err == ERR_OK && (is_short || json_member(json, "rule") == NULL))
		err = name_short_rule(rule, builder, info);
	else if (err == ERR_OK)
		err = schema_read_rule_names(rule, builder, json, info);
	if (err == ERR_OK && !is_short)
		err = schema_read_side(&rule->own, builder, json, &schema_own_names, info);
	rule->other = rule->own;
	return err;
}

static enum err
read_unless(struct schema_across *rule, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	static const char *const NAMES[] = {"kind", "match", "while", "during", "lag_months", NULL};
	size_t mark;
	enum err err;

	if (json == NULL)
		return ERR_OK;
	mark = schema_builder_enter(builder, view_text("unless"));
	rule->has_unless = true;
	rule->unless_own = (struct schema_side){.kind = rule->own.kind, .list = rule->own.list};
	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("an object"), json);
	err = schema_only(builder, json, NAMES, info);
	if (err == ERR_OK)
		err = schema_read_other_kind(&rule->unless, builder, json_member(json, "kind"), rule->own.kind, info);
	if (err == ERR_OK)
		err = schema_read_match(&rule->unless_own, &rule->unless, builder, json_member(json, "match"), info);
	if (err == ERR_OK)
		err = schema_read_side(&rule->unless, builder, json, &schema_own_names, info);
	if (err == ERR_OK && rule->unless_own.list != rule->own.list)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s",
		                    _("\"unless\" looks into the list that the rule looks into, or into none"));
	rule->unless_own.conditions = rule->own.conditions;
	rule->unless_own.condition_count = rule->own.condition_count;
	rule->unless_own.has_period = rule->own.has_period;
	rule->unless_own.from = rule->own.from;
	rule->unless_own.to = rule->own.to;
	rule->unless_own.lag_months = rule->own.lag_months;
	schema_builder_leave(builder, mark);
	return err;
}

static enum err
read_tells(struct schema_across *rule, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	bool is_both = json == NULL ? rule->type == SCHEMA_EXCLUDES : json_text_is(json, "both");

	rule->tells_own = is_both || json == NULL || json_text_is(json, "own");
	rule->tells_other = is_both || (json != NULL && json_text_is(json, "other"));
	if (!rule->tells_own && !rule->tells_other)
		return schema_refuse(builder, info, ERR_FORMAT, "%s",
		                     _("\"tells\" is one of \"own\", \"other\", \"both\""));
	rule->tells_own = rule->tells_own && !rule->own.kind->is_roll;
	rule->tells_other = rule->tells_other && !rule->other.kind->is_roll;
	return ERR_OK;
}

static enum err
read_shown(struct schema_across *rule, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	if (json == NULL)
		return ERR_OK;
	if (!rule->other.kind->is_roll)
		return schema_refuse(builder, info, ERR_FORMAT, "%s",
		                     _("\"shows\" is for fields of a kind with \"x-roll\": what another office holds "
		                       "is not shown"));
	return schema_read_fields(&rule->shown, &rule->shown_count, builder, json, &rule->other.kind->object, info);
}

static enum err
read_two_sided(struct schema_across *rule, struct schema_builder *builder, const struct json *json,
               enum schema_across_type type, struct err_info *info)
{
	static const char *const EXCLUDES[] = {"rule",         "kind",        "match",
	                                       "while",        "other_while", "during",
	                                       "other_during", "lag_months",  "other_lag_months",
	                                       "unless",       "tells",       "shows",
	                                       "source",       "x-title",     NULL};
	static const char *const REQUIRES[] = {"rule",         "kind",        "match",
	                                       "while",        "other_while", "during",
	                                       "other_during", "lag_months",  "other_lag_months",
	                                       "source",       "x-title",     NULL};
	enum err err;

	rule->type = type;
	if (json_form_of(json) != JSON_FORM_OBJECT)
		return schema_expect(builder, info, _("an object"), json);
	err = schema_only(builder, json, type == SCHEMA_EXCLUDES ? EXCLUDES : REQUIRES, info);
	if (err == ERR_OK)
		err = schema_read_rule_names(rule, builder, json, info);
	if (err == ERR_OK)
		err = schema_read_other_kind(&rule->other, builder, json_member(json, "kind"), rule->own.kind, info);
	if (err == ERR_OK)
		err = schema_read_match(&rule->own, &rule->other, builder, json_member(json, "match"), info);
	if (err == ERR_OK)
		err = schema_read_side(&rule->own, builder, json, &schema_own_names, info);
	if (err == ERR_OK)
		err = schema_read_side(&rule->other, builder, json, &schema_other_names, info);
	if (err == ERR_OK && rule->own.has_period != rule->other.has_period)
		err = schema_refuse(builder, info, ERR_FORMAT, "%s", _("\"during\" and \"other_during\" go together"));
	if (err == ERR_OK)
		err = read_unless(rule, builder, json_member(json, "unless"), info);
	if (err == ERR_OK)
		err = read_tells(rule, builder, json_member(json, "tells"), info);
	if (err == ERR_OK)
		err = read_shown(rule, builder, json_member(json, "shows"), info);
	return err;
}

static enum err
check_name(const struct schema_across *rules, size_t count, struct schema_builder *builder, struct err_info *info)
{
	for (size_t i = 0; i < count; i++) {
		if (view_equal(rules[i].rule, rules[count].rule))
			return schema_refuse(builder, info, ERR_EXISTS, _("the rule \"%.*s\" is there twice"),
			                     (int)rules[count].rule.size, (const char *)rules[count].rule.data);
	}
	return ERR_OK;
}

struct reading {
	struct schema_kind *kind;
	struct schema_builder *builder;
	struct schema_across *rules;
	size_t count;
};

static enum err
read_one(struct reading *reading, const struct json *json, enum schema_across_type type, struct err_info *info)
{
	struct schema_across *rule = &reading->rules[reading->count];
	enum err err;

	rule->own.kind = reading->kind;
	if (type == SCHEMA_UNIQUE)
		err = read_unique(rule, reading->builder, json, info);
	else if (type == SCHEMA_STANDARDS)
		err = schema_read_standard(rule, reading->builder, json, info);
	else
		err = read_two_sided(rule, reading->builder, json, type, info);
	if (err == ERR_OK)
		err = check_name(reading->rules, reading->count, reading->builder, info);
	reading->count++;
	return err;
}

static enum err
read_list(struct reading *reading, const struct json *list, const char *name, enum schema_across_type type,
          struct err_info *info)
{
	bool is_one = type == SCHEMA_UNIQUE && json_count(list) > 0 &&
	              json_form_of(json_item(list, 0)) == JSON_FORM_TEXT; /* ["id_number"]: one rule, not several */
	size_t mark = schema_builder_enter(reading->builder, view_text(name));
	enum err err = is_one ? read_one(reading, list, type, info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && !is_one && i < json_count(list); i++) {
		size_t inner = schema_builder_enter_index(reading->builder, i);

		err = read_one(reading, json_item(list, i), type, info);
		schema_builder_leave(reading->builder, inner);
	}
	schema_builder_leave(reading->builder, mark);
	return err;
}

/* x-unique: true on a field. */
static enum err
read_fields_unique(struct reading *reading, const struct json *properties, struct err_info *info)
{
	void *position = NULL;
	struct view name;
	const struct json *value;
	enum err err = ERR_OK;

	while (err == ERR_OK && json_next(properties, &position, &name, &value)) {
		const struct json *own = json_member(value, "x-unique");
		struct schema_across *rule = &reading->rules[reading->count];

		if (own == NULL)
			continue;
		if (json_form_of(own) != JSON_FORM_BOOL)
			return schema_expect(reading->builder, info, _("true or false"), own);
		if (!json_bool_of(own))
			continue;
		*rule = (struct schema_across){
			.type = SCHEMA_UNIQUE, .own.kind = reading->kind, .tells_own = true, .tells_other = true};
		rule->own.match_count = 1;
		rule->own.match = schema_get(reading->builder, 1, sizeof(*rule->own.match));
		if (rule->own.match == NULL)
			return err_nomem(info);
		err = schema_read_path((struct schema_path *)(uintptr_t)rule->own.match, &rule->own.list,
		                       reading->builder, reading->kind, name, info);
		if (err == ERR_OK)
			err = name_short_rule(rule, reading->builder, info);
		rule->other = rule->own;
		reading->count++;
	}
	return err;
}

static size_t
count_marked(const struct json *properties)
{
	void *position = NULL;
	struct view name;
	const struct json *value;
	size_t count = 0;

	while (json_next(properties, &position, &name, &value))
		count += json_member(value, "x-unique") != NULL ? 1U : 0U;
	return count;
}

enum err
schema_compile_across(struct schema_kind *kind, struct schema_builder *builder, const struct schema_keywords *keywords,
                      struct err_info *info)
{
	const struct json *unique = keywords->values[SCHEMA_KEY_X_UNIQUE];
	const struct json *excludes = keywords->values[SCHEMA_KEY_X_EXCLUDES];
	const struct json *requires = keywords->values[SCHEMA_KEY_X_REQUIRES];
	const struct json *standards = keywords->values[SCHEMA_KEY_X_STANDARDS];
	const struct json *properties = keywords->values[SCHEMA_KEY_PROPERTIES];
	struct reading reading = {.kind = kind, .builder = builder};
	size_t count = json_count(unique) + json_count(excludes) + json_count(requires) + json_count(standards) +
	               count_marked(properties);
	enum err err = ERR_OK;

	reading.rules = schema_get(builder, count + 1, sizeof(*reading.rules));
	if (reading.rules == NULL)
		return err_nomem(info);
	if (unique != NULL)
		err = read_list(&reading, unique, "x-unique", SCHEMA_UNIQUE, info);
	if (err == ERR_OK && excludes != NULL)
		err = read_list(&reading, excludes, "x-excludes", SCHEMA_EXCLUDES, info);
	if (err == ERR_OK && requires != NULL)
		err = read_list(&reading, requires, "x-requires", SCHEMA_REQUIRES, info);
	if (err == ERR_OK && standards != NULL)
		err = read_list(&reading, standards, "x-standards", SCHEMA_STANDARDS, info);
	if (err == ERR_OK)
		err = read_fields_unique(&reading, properties, info);
	kind->rules_across = reading.rules;
	kind->across_count = reading.count;
	return err;
}
