/* Rules across records, from a kind's JSON: what is compiled, and what is refused by name. */
#include <stdio.h>
#include <string.h>

#include "schema/across.h"
#include "schema/set.h"
#include "test.h"

static const char ROLL[] = "{\"x-kind\": \"deaths\", \"x-roll\": true, \"type\": \"object\", \"properties\": {"
			   "\"id1\": {\"x-field\": 1, \"type\": \"string\", \"format\": \"citizen-id\"},"
			   "\"died\": {\"x-field\": 2, \"type\": \"string\", \"format\": \"date\"}}}";

/* The kind under test, with these rules at its top. */
static enum err
compile(struct schema_set **out, const char *rules, struct err_info *info)
{
	char kind[8192];
	struct schema_file files[2] = {{"deaths.json", view_text(ROLL)}, {"aid.json", {0}}};

	(void)snprintf(kind, sizeof(kind),
	               "{\"x-kind\": \"aid\", %s, \"type\": \"object\", \"properties\": {"
	               "\"person\": {\"x-field\": 1, \"type\": \"string\", \"format\": \"citizen-id\"},"
	               "\"state\": {\"x-field\": 2, \"type\": \"string\", \"enum\": [\"asked\", \"given\"]},"
	               "\"from\": {\"x-field\": 3, \"type\": \"string\", \"format\": \"month\"},"
	               "\"to\": {\"x-field\": 4, \"type\": \"string\", \"format\": \"month\"},"
	               "\"others\": {\"x-field\": 5, \"type\": \"array\", \"x-merge\": \"set\", \"items\": {\"type\": "
	               "\"string\", \"format\": \"citizen-id\"}},"
	               "\"family\": {\"x-field\": 6, \"type\": \"array\", \"x-merge\": \"keyed-list\", "
	               "\"x-member-key\": \"who\", \"items\": {\"type\": \"object\", \"required\": [\"who\"], "
	               "\"properties\": {"
	               "\"who\": {\"x-field\": 1, \"type\": \"string\", \"format\": \"citizen-id\"},"
	               "\"counted\": {\"x-field\": 2, \"type\": \"boolean\"}}}},"
	               "\"number\": {\"x-field\": 7, \"type\": \"integer\"%s}}}",
	               rules, strstr(rules, "marked") != NULL ? ", \"x-unique\": true" : "");
	files[1].text = view_text(kind);
	return schema_set_new(out, 1, NULL, files, 2, info);
}

static const struct schema_kind *
compiled(struct schema_set **set, const char *rules)
{
	struct err_info info;

	assert_ok(compile(set, rules, &info));
	return schema_set_kind(*set, view_text("aid"));
}

static void
a_unique_rule_looks_into_the_members_of_a_list(void **state)
{
	struct schema_set *set = NULL;
	const struct schema_across *rule;

	(void)state;
	rule = compiled(&set, "\"x-unique\": [{\"rule\": \"U3\", \"fields\": [\"family/who\"], \"while\": "
	                      "{\"family/counted\": true}, \"x-title\": {\"zh\": \"重复\", \"en\": \"twice\"}}]")
	               ->rules_across;

	assert_int_equal(rule->type, SCHEMA_UNIQUE);
	assert_int_equal(rule->own.list, 6);
	assert_int_equal(rule->own.match_count, 1);
	assert_int_equal(rule->own.match[0].field, 6);
	assert_int_equal(rule->own.match[0].sub, 1);
	assert_int_equal(rule->own.conditions[0].path.sub, 2);
	assert_true(rule->tells_own);
	assert_true(view_equal(rule->title_zh, view_text("重复")));
	schema_set_free(set);
}

static void
short_forms_are_named_by_their_fields(void **state)
{
	struct schema_set *set = NULL;
	const struct schema_kind *kind;

	(void)state;
	kind = compiled(&set, "\"x-unique\": [\"person\", \"state\"], \"title\": \"marked\"");

	assert_int_equal(kind->across_count, 2);
	assert_true(view_equal(kind->rules_across[0].rule, view_text("unique:person+state")));
	assert_true(view_equal(kind->rules_across[1].rule, view_text("unique:number")));
	schema_set_free(set);
}

static void
an_exclusion_has_two_sides_and_a_way_out(void **state)
{
	struct schema_set *set = NULL;
	const struct schema_across *rule;

	(void)state;
	rule = compiled(&set,
	                "\"x-excludes\": [{\"rule\": \"X7\", \"kind\": \"deaths\", \"match\": {\"others\": \"id1\"}, "
	                "\"while\": {\"state\": [\"given\", null]}, \"during\": [\"from\", \"to\"], "
	                "\"other_during\": [\"died\", null], \"other_lag_months\": 1, \"tells\": \"own\", "
	                "\"shows\": [\"died\"], \"unless\": {\"kind\": \"aid\", \"match\": {\"person\": \"person\"}, "
	                "\"while\": {\"state\": \"asked\"}}}]")
	               ->rules_across;

	assert_int_equal(rule->type, SCHEMA_EXCLUDES);
	assert_int_equal(rule->own.list, 5);
	assert_int_equal(rule->own.match[0].sub, 0);
	assert_true(rule->own.conditions[0].takes_absent);
	assert_int_equal(rule->own.conditions[0].count, 1);
	assert_int_equal(rule->other.lag_months, 1);
	assert_int_equal(rule->other.to.field, 0);
	assert_true(rule->has_unless);
	assert_int_equal(rule->unless.condition_count, 1);
	assert_true(rule->tells_own);
	assert_false(rule->tells_other);
	assert_int_equal(rule->shown_count, 1);
	schema_set_free(set);
}

static void
what_can_never_hold_is_refused_by_name(void **state)
{
	static const struct {
		const char *rules;
		enum err err;
		const char *said;
	} rows[] = {
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"nobody\"]}]", ERR_NOT_FOUND, "nobody"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": []}]", ERR_FORMAT, "names of fields"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"family\"]}]", ERR_FORMAT, "LIST/FIELD"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"family/nobody\"]}]", ERR_NOT_FOUND, "family/nobody"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"family/who\", \"others\"]}]", ERR_FORMAT, "one list"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"person\"]}, {\"rule\": \"A\", \"fields\": "
	         "[\"number\"]}]",
	         ERR_EXISTS, "there twice"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"person\"], \"when\": 1}]", ERR_FORMAT, "\"when\""},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"person\"], \"while\": {\"state\": \"gone\"}}]",
	         ERR_FORMAT, "gone"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"person\"], \"during\": [\"person\", null]}]",
	         ERR_FORMAT, "no date and no month"},
		{"\"x-unique\": [{\"rule\": \"A\", \"fields\": [\"person\"], \"during\": [\"from\"]}]", ERR_FORMAT,
	         "from and to"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"kind\": \"births\", \"match\": {\"person\": \"id1\"}}]",
	         ERR_NOT_FOUND, "births"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"kind\": \"deaths\", \"match\": {\"person\": \"died\"}}]",
	         ERR_FORMAT, "never be equal"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"kind\": \"deaths\", \"match\": {}}]", ERR_FORMAT,
	         "at least one"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"kind\": \"deaths\", \"match\": {\"person\": \"id1\"}, "
	         "\"during\": "
	         "[\"from\", \"to\"]}]",
	         ERR_FORMAT, "go together"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"kind\": \"deaths\", \"match\": {\"person\": \"id1\"}, "
	         "\"tells\": "
	         "\"all\"}]",
	         ERR_FORMAT, "tells"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"match\": {\"person\": \"person\"}, \"shows\": [\"person\"]}]",
	         ERR_FORMAT, "x-roll"},
		{"\"x-excludes\": [{\"rule\": \"A\", \"kind\": \"deaths\", \"match\": {\"person\": \"id1\"}, "
	         "\"during\": "
	         "[\"from\", null], \"other_during\": [null, \"died\"], \"other_lag_months\": 1}]",
	         ERR_FORMAT, "lag"},
		{"\"x-requires\": [{\"rule\": \"A\", \"kind\": \"deaths\", \"match\": {\"person\": \"id1\"}, "
	         "\"tells\": "
	         "\"own\"}]",
	         ERR_FORMAT, "tells"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct schema_set *set = NULL;
		struct err_info info = {0};

		assert_err(compile(&set, rows[i].rules, &info), rows[i].err);
		if (strstr(info.text, rows[i].said) == NULL || strstr(info.text, "aid.json line 1, /x-") == NULL)
			fail_msg("row %zu: %s", i, info.text);
		assert_null(set);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unique_rule_looks_into_the_members_of_a_list),
		cmocka_unit_test(short_forms_are_named_by_their_fields),
		cmocka_unit_test(an_exclusion_has_two_sides_and_a_way_out),
		cmocka_unit_test(what_can_never_hold_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
