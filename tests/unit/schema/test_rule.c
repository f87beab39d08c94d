/* Rules inside a record: one kind that has a field of each type, rules given as JSON, records given as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "json/json.h"
#include "schema/rule.h"
#include "schema/set.h"
#include "schema/value.h"
#include "test.h"

static const char HEAD[] =
	"{\"x-kind\":\"k\",\"type\":\"object\",\"properties\":{"
	"\"a\":{\"x-field\":1,\"type\":\"integer\"},\"b\":{\"x-field\":2,\"type\":\"integer\"},"
	"\"c\":{\"x-field\":3,\"type\":\"integer\"},"
	"\"from\":{\"x-field\":4,\"type\":\"string\",\"format\":\"date\"},"
	"\"to\":{\"x-field\":5,\"type\":\"string\",\"format\":\"date\"},"
	"\"month\":{\"x-field\":6,\"type\":\"string\",\"format\":\"month\"},"
	"\"at\":{\"x-field\":7,\"type\":\"string\",\"format\":\"date-time\"},"
	"\"who\":{\"x-field\":8,\"type\":\"string\",\"format\":\"citizen-id\"},"
	"\"other\":{\"x-field\":9,\"type\":\"string\",\"format\":\"citizen-id\"},"
	"\"yes\":{\"x-field\":10,\"type\":\"boolean\"},\"also\":{\"x-field\":11,\"type\":\"boolean\"},"
	"\"state\":{\"x-field\":12,\"type\":\"string\",\"enum\":[\"draft\",\"done\"]},"
	"\"tags\":{\"x-field\":13,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\"}},"
	"\"parts\":{\"x-field\":14,\"type\":\"array\",\"x-merge\":\"keyed-list\",\"x-member-key\":\"n\",\"items\":{"
	"\"type\":"
	"\"object\",\"properties\":{\"n\":{\"x-field\":1,\"type\":\"integer\"},\"fen\":{\"x-field\":2,\"type\":"
	"\"integer\"}}}},"
	"\"mu\":{\"x-field\":15,\"type\":\"number\",\"multipleOf\":0.01}},\"x-rules\":";

struct asked {
	struct schema_set *set;
	const struct schema_kind *kind;
	struct arena arena;
	struct schema_slice slices[16];
	size_t count;
};

static enum err
compile(struct schema_set **out, const char *rules, struct err_info *info)
{
	struct bytes text = {0};
	struct schema_file file = {.name = "k.json"};
	enum err err = bytes_append_text(&text, HEAD, info);

	if (err == ERR_OK)
		err = bytes_append_text(&text, rules, info);
	if (err == ERR_OK)
		err = bytes_append_text(&text, "}", info);
	file.text = bytes_view(&text);
	if (err == ERR_OK)
		err = schema_set_new(out, 1, NULL, &file, 1, info);
	bytes_release(&text);
	return err;
}

static void
fill(struct asked *asked, const char *record)
{
	struct err_info info = {0};
	struct json *json;

	assert_ok(json_parse(&json, view_text(record), 100000, JSON_PARSE_REALS, &info));
	asked->count = 0;
	for (size_t i = 0; i < asked->kind->object.count; i++) {
		const struct schema_field *field = &asked->kind->object.fields[i];
		const struct json *value = json_member_view(json, field->name);
		struct bytes encoded = {0};

		if (value == NULL)
			continue;
		assert_ok(schema_value_from_json(&encoded, field, value, &info));
		asked->slices[asked->count++] = (struct schema_slice){
			field->number, view_of(arena_copy(&asked->arena, bytes_view(&encoded)), encoded.size)};
		bytes_release(&encoded);
	}
	json_free(json);
}

/* Whether a record keeps the rule {"rule":"r", REST}. */
static bool
keeps(const char *rest, const char *record)
{
	struct asked asked = {0};
	struct err_info info = {0};
	struct bytes rules = {0};
	bool is_kept;

	assert_ok(bytes_printf(&rules, &info, "[{\"rule\":\"r\",%s}]", rest));
	assert_ok(compile(&asked.set, bytes_text(&rules), &info));
	asked.kind = schema_set_kind_at(asked.set, 0);
	fill(&asked, record);
	is_kept = false;
	for (size_t i = 0; i < asked.kind->rule_count; i++) {
		if (view_equal(asked.kind->rules[i].name, view_text("r")))
			is_kept = schema_rule_holds(asked.kind, &asked.kind->rules[i], asked.slices, asked.count);
	}
	schema_set_free(asked.set);
	arena_release(&asked.arena);
	bytes_release(&rules);
	return is_kept;
}

static void
comparisons_are_those_of_whole_numbers(void **state)
{
	static const char *const OPS[] = {"<", "<=", "=", "!=", ">=", ">"};
	static const bool LESS[] = {true, true, false, true, false, false};
	static const bool SAME[] = {false, true, true, false, true, false};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		char rule[64];

		(void)snprintf(rule, sizeof(rule), "\"that\":[\"a\",\"%s\",\"b\"]", OPS[i]);
		assert_int_equal(keeps(rule, "{\"a\":-3,\"b\":2}"), LESS[i]);
		assert_int_equal(keeps(rule, "{\"a\":2,\"b\":2}"), SAME[i]);
	}
}

static void
an_absent_field_breaks_no_comparison_and_not_does_not_turn_it(void **state)
{
	(void)state;
	assert_true(keeps("\"that\":[\"a\",\"<\",\"b\"]", "{\"a\":5}"));
	assert_true(keeps("\"that\":{\"not\":[\"a\",\"<\",\"b\"]}", "{\"a\":5}"));
	assert_true(keeps("\"that\":{\"any\":[[\"a\",\"<\",\"b\"],{\"has\":\"c\"}]}", "{\"a\":5}"));
	assert_false(keeps("\"that\":{\"all\":[[\"a\",\"<\",\"b\"],{\"has\":\"c\"}]}", "{\"a\":5}"));
	assert_true(keeps("\"when\":[\"a\",\"<\",\"b\"],\"that\":{\"has\":\"c\"}", "{\"a\":5}"));
	assert_false(keeps("\"when\":[\"a\",\"<\",\"b\"],\"that\":{\"has\":\"c\"}", "{\"a\":5,\"b\":6}"));
}

static void
days_months_and_times_meet_in_the_coarser(void **state)
{
	(void)state;
	assert_true(keeps("\"that\":[\"from\",\"<=\",\"to\"]", "{\"from\":\"2024-02-28\",\"to\":\"2024-02-29\"}"));
	assert_false(keeps("\"that\":[\"from\",\"<\",\"month\"]", "{\"from\":\"2024-02-28\",\"month\":\"2024-02\"}"));
	assert_true(keeps("\"that\":[\"from\",\"=\",\"month\"]", "{\"from\":\"2024-02-28\",\"month\":\"2024-02\"}"));
	/* 17:00 UTC is the next day in +08:00 */
	assert_true(
		keeps("\"that\":[\"at\",\"=\",\"from\"]", "{\"at\":\"2024-02-28T17:00:00Z\",\"from\":\"2024-02-29\"}"));
	assert_true(
		keeps("\"that\":[\"at\",\"=\",\"from\"]", "{\"at\":\"1965-02-27T17:00:00Z\",\"from\":\"1965-02-28\"}"));
	assert_true(
		keeps("\"that\":[\"at\",\"=\",\"month\"]", "{\"at\":\"2024-02-29T17:00:00Z\",\"month\":\"2024-03\"}"));
	assert_true(keeps("\"that\":[{\"sum\":[7,\"from\"]},\"<=\",\"to\"]",
	                  "{\"from\":\"2024-02-23\",\"to\":\"2024-03-01\"}"));
	assert_false(keeps("\"that\":[{\"sum\":[7,\"from\"]},\"<=\",\"to\"]",
	                   "{\"from\":\"2024-02-24\",\"to\":\"2024-03-01\"}"));
	assert_true(keeps("\"that\":[{\"minus\":[\"to\",\"from\"]},\"=\",366]",
	                  "{\"from\":\"2024-01-01\",\"to\":\"2025-01-01\"}"));
	assert_true(keeps("\"that\":[{\"minus\":[\"to\",1]},\"=\",\"from\"]",
	                  "{\"from\":\"2024-02-29\",\"to\":\"2024-03-01\"}"));
	assert_true(keeps("\"that\":[{\"minus\":[\"to\",\"month\"]},\"=\",12]",
	                  "{\"month\":\"2024-01\",\"to\":\"2025-01-01\"}"));
	assert_true(keeps("\"that\":[\"from\",\">=\",{\"day\":\"2018-01-01\"}]", "{\"from\":\"2018-01-01\"}"));
	assert_false(keeps("\"that\":[\"from\",\">=\",{\"day\":\"2018-01-01\"}]", "{\"from\":\"2017-12-31\"}"));
	assert_true(keeps("\"that\":[\"month\",\"=\",{\"sum\":[{\"month\":\"from\"},1]}]",
	                  "{\"from\":\"2017-12-31\",\"month\":\"2018-01\"}"));
}

static void
sums_take_the_absent_as_nothing_unless_all_is_absent(void **state)
{
	static const char RULE[] = "\"that\":[\"a\",\"=\",{\"sum\":[\"b\",\"c\"]}]";

	(void)state;
	assert_true(keeps(RULE, "{\"a\":5,\"b\":5}"));
	assert_false(keeps(RULE, "{\"a\":5,\"b\":4}"));
	assert_true(keeps(RULE, "{\"a\":5}"));
	assert_true(keeps("\"that\":[{\"sum\":[\"from\",\"a\"]},\"<\",\"to\"]", "{\"a\":50000,\"to\":\"2018-01-01\"}"));
}

static void
a_number_past_64_bits_makes_the_comparison_false(void **state)
{
	(void)state;
	assert_false(keeps("\"that\":[{\"sum\":[\"a\",\"b\"]},\">\",0]", "{\"a\":9223372036854775807,\"b\":1}"));
	assert_false(keeps("\"that\":[{\"times\":[\"a\",\"b\"]},\"!=\",0]", "{\"a\":9223372036854775807,\"b\":-2}"));
	assert_true(keeps("\"that\":[{\"times\":[\"a\",\"b\"]},\"<\",0]", "{\"a\":4611686018427387904,\"b\":-2}"));
	assert_false(keeps("\"that\":[{\"minus\":[\"a\",\"b\"]},\"<\",0]", "{\"a\":-9223372036854775808,\"b\":1}"));
}

static void
lists_are_counted_added_up_and_looked_into(void **state)
{
	static const char PARTS[] =
		"{\"a\":30,\"parts\":[{\"n\":1,\"fen\":10},{\"n\":2},{\"n\":3,\"fen\":20}],\"tags\":[\"x\",\"y\"]}";

	(void)state;
	assert_true(keeps("\"that\":[{\"total\":[\"parts\",\"fen\"]},\"=\",\"a\"]", PARTS));
	assert_true(keeps("\"that\":[{\"total\":[\"parts\",\"fen\"]},\"=\",0]", "{}"));
	assert_true(keeps("\"that\":[{\"count\":\"parts\"},\"=\",3]", PARTS));
	assert_false(keeps("\"that\":[{\"count\":\"tags\"},\">=\",2]", "{\"tags\":[\"x\"]}"));
	assert_false(keeps("\"that\":[{\"count\":\"tags\"},\">=\",2]", "{}"));
	assert_true(keeps("\"that\":{\"in\":{\"tags\":[\"q\",\"y\"]}}", PARTS));
	assert_false(keeps("\"that\":{\"in\":{\"tags\":[\"q\"]}}", PARTS));
	assert_true(keeps("\"that\":[{\"true\":[\"yes\",\"also\"]},\"=\",1]", "{\"yes\":false,\"also\":true}"));
}

static void
a_citizen_id_gives_birth_and_age(void **state)
{
	(void)state;
	assert_true(keeps("\"that\":[{\"birth\":\"who\"},\"=\",\"from\"]",
	                  "{\"who\":\"11010519491231002X\",\"from\":\"1949-12-31\"}"));
	assert_true(keeps("\"that\":[{\"age\":[\"who\",\"from\"]},\"=\",67]",
	                  "{\"who\":\"11010519491231002X\",\"from\":\"2017-12-30\"}"));
	assert_true(keeps("\"that\":[{\"age\":[\"who\",\"at\"]},\"=\",68]",
	                  "{\"who\":\"11010519491231002X\",\"at\":\"2017-12-30T16:00:00Z\"}"));
	assert_false(keeps("\"that\":[\"who\",\"!=\",\"other\"]",
	                   "{\"who\":\"11010519491231002X\",\"other\":\"11010519491231002X\"}"));
	assert_true(keeps("\"that\":[\"who\",\"!=\",\"other\"]", "{\"who\":\"11010519491231002X\"}"));
}

static void
numbers_with_digits_behind_the_point_are_scaled(void **state)
{
	(void)state;
	assert_true(keeps("\"that\":[\"mu\",\"<=\",1]", "{\"mu\":1.00}"));
	assert_false(keeps("\"that\":[\"mu\",\"<=\",1]", "{\"mu\":1.01}"));
}

static void
a_wrong_rule_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *rules;
		const char *place;
	} ROWS[] = {
		{"[{\"rule\":\"r\",\"that\":[\"a\",\"<\"]}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":[\"a\",\"<>\",\"b\"]}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":[\"a\",\"<\",\"nowhere\"]}]", "/x-rules/0/that/2"},
		{"[{\"rule\":\"r\",\"that\":[\"a\",\"<\",\"from\"]}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":[\"who\",\"<\",\"other\"]}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":[\"state\",\"=\",\"a\"]}]", "/x-rules/0/that/0"},
		{"[{\"rule\":\"r\",\"that\":{\"sum\":[\"a\"]}}]", "/x-rules/0/that/sum"},
		{"[{\"rule\":\"r\",\"that\":[{\"sum\":[\"from\",\"to\"]},\"<\",\"to\"]}]", "/x-rules/0/that/0/sum"},
		{"[{\"rule\":\"r\",\"that\":[{\"root\":\"a\"},\"<\",\"b\"]}]", "/x-rules/0/that/0/root"},
		{"[{\"rule\":\"r\",\"that\":[{\"times\":[\"from\",2]},\"<\",\"b\"]}]", "/x-rules/0/that/0/times"},
		{"[{\"rule\":\"r\",\"that\":[\"mu\",\"<\",\"a\"]}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":{\"in\":{\"state\":[\"gone\"]}}}]", "/x-rules/0/that/in"},
		{"[{\"rule\":\"r\",\"that\":{\"in\":{}}}]", "/x-rules/0/that/in"},
		{"[{\"rule\":\"r\",\"that\":{\"any\":[]}}]", "/x-rules/0/that/any"},
		{"[{\"rule\":\"r\",\"that\":{\"has\":\"a\",\"lacks\":\"b\"}}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":[{\"count\":\"a\"},\"<\",1]}]", "/x-rules/0/that/0/count"},
		{"[{\"rule\":\"r\",\"that\":[{\"total\":[\"parts\",\"x\"]},\"<\",1]}]", "/x-rules/0/that/0/total"},
		{"[{\"rule\":\"r\",\"that\":[{\"true\":\"a\"},\"<\",1]}]", "/x-rules/0/that/0/true"},
		{"[{\"rule\":\"r\",\"that\":[{\"day\":\"2021-02-29\"},\"<\",\"from\"]}]", "/x-rules/0/that/0/day"},
		{"[{\"rule\":\"r\"}]", "/x-rules/0/that"},
		{"[{\"rule\":\"r\",\"that\":{\"has\":\"a\"}},{\"rule\":\"r\",\"that\":{\"has\":\"a\"}}]", "/x-rules/1"},
		{"[{\"rule\":\"items:a\",\"that\":{\"has\":\"a\"}}]", "/x-rules/0"},
		{"[{\"rule\":\"size\",\"that\":{\"has\":\"a\"}}]", "/x-rules/0"},
		{"[{\"rule\":\"r\",\"that\":{\"has\":\"a\"},\"else\":1}]", "/x-rules/0"},
		{"[7]", "/x-rules/0"},
		{"{}", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct err_info info = {0};
		struct schema_set *set = NULL;
		char expected[80];
		enum err err = compile(&set, ROWS[i].rules, &info);

		if (err != ERR_FORMAT && err != ERR_NOT_FOUND && err != ERR_EXISTS)
			fail_msg("%s: code %d, %s", ROWS[i].rules, err, info.text);
		(void)snprintf(expected, sizeof(expected), "k.json%s%s: ", ROWS[i].place[0] == '\0' ? "" : " ",
		               ROWS[i].place);
		if (strncmp(info.text, "k.json", 6) != 0 || strstr(info.text, ROWS[i].place) == NULL)
			fail_msg("%s: the place %s is not in: %s", ROWS[i].rules, ROWS[i].place, info.text);
		assert_null(set);
	}
}

static void
a_rule_past_its_bound_is_refused(void **state)
{
	struct err_info info = {0};
	struct bytes rules = {0};
	struct schema_set *set = NULL;

	(void)state;
	assert_ok(bytes_append_text(&rules, "[{\"rule\":\"r\",\"that\":[{\"sum\":[1", &info));
	for (int i = 0; i < LIMIT_RULE_TERMS_MAX; i++)
		assert_ok(bytes_append_text(&rules, ",1", &info));
	assert_ok(bytes_append_text(&rules, "]},\"<\",\"a\"]}]", &info));
	assert_err(compile(&set, bytes_text(&rules), &info), ERR_TOO_BIG);
	bytes_clear(&rules);
	for (int i = 0; i <= LIMIT_RULES_MAX; i++)
		assert_ok(bytes_printf(&rules, &info, "%s{\"rule\":\"r%d\",\"that\":{\"has\":\"a\"}}",
		                       i == 0 ? "[" : ",", i));
	assert_ok(bytes_append_text(&rules, "]", &info));
	assert_err(compile(&set, bytes_text(&rules), &info), ERR_TOO_BIG);
	bytes_release(&rules);
}

static void
rules_stand_by_name_with_the_fields_they_read(void **state)
{
	struct err_info info = {0};
	struct schema_set *set = NULL;
	const struct schema_kind *kind;

	(void)state;
	assert_ok(compile(
		&set,
		"[{\"rule\":\"z\",\"source\":\"Act 1\",\"when\":{\"in\":{\"state\":[\"done\"]}},\"that\":[\"c\",\"=\","
		"{\"sum\":[\"b\",\"a\",\"a\"]}]},{\"rule\":\"a\",\"that\":{\"has\":\"who\"}}]",
		&info));
	kind = schema_set_kind_at(set, 0);
	assert_int_equal(kind->rule_count, 4); /* and items:parts, items:tags */
	assert_true(view_equal(kind->rules[0].name, view_text("a")));
	assert_true(view_equal(kind->rules[1].name, view_text("items:parts")));
	assert_int_equal(kind->rules[1].type, SCHEMA_RULE_ITEMS);
	assert_true(view_equal(kind->rules[3].name, view_text("z")));
	assert_true(view_equal(kind->rules[3].source, view_text("Act 1")));
	assert_int_equal(kind->rules[3].field_count, 4);
	assert_int_equal(kind->rules[3].fields[0], 1);
	assert_int_equal(kind->rules[3].fields[3], 12);
	schema_set_free(set);
}

static void
an_edit_may_keep_what_was_broken_but_break_nothing_new(void **state)
{
	struct err_info info = {0};
	struct asked asked = {0};
	struct schema_slice old[16];
	size_t old_count;

	(void)state;
	assert_ok(compile(
		&asked.set,
		"[{\"rule\":\"low\",\"x-title\":{\"zh\":\"上限\",\"en\":\"ceiling\"},\"that\":[\"a\",\"<=\",10]},"
		"{\"rule\":\"order\",\"that\":[\"from\",\"<=\",\"to\"]}]",
		&info));
	asked.kind = schema_set_kind_at(asked.set, 0);
	fill(&asked, "{\"a\":11,\"from\":\"2024-01-02\",\"to\":\"2024-01-03\"}");
	memcpy(old, asked.slices, sizeof(old));
	old_count = asked.count;
	fill(&asked, "{\"a\":12,\"from\":\"2024-01-03\",\"to\":\"2024-01-03\"}");

	assert_ok(schema_rules_check(asked.kind, old, old_count, asked.slices, asked.count, &info));
	assert_err(schema_rules_check(asked.kind, NULL, 0, asked.slices, asked.count, &info), ERR_RULE);
	assert_non_null(strstr(info.text, "low (上限; ceiling)"));
	assert_non_null(strstr(info.text, "a (a)"));
	fill(&asked, "{\"a\":11,\"from\":\"2024-01-04\",\"to\":\"2024-01-03\"}");
	assert_err(schema_rules_check(asked.kind, old, old_count, asked.slices, asked.count, &info), ERR_RULE);
	assert_non_null(strstr(info.text, "order"));
	schema_set_free(asked.set);
	arena_release(&asked.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons_are_those_of_whole_numbers),
		cmocka_unit_test(an_absent_field_breaks_no_comparison_and_not_does_not_turn_it),
		cmocka_unit_test(days_months_and_times_meet_in_the_coarser),
		cmocka_unit_test(sums_take_the_absent_as_nothing_unless_all_is_absent),
		cmocka_unit_test(a_number_past_64_bits_makes_the_comparison_false),
		cmocka_unit_test(lists_are_counted_added_up_and_looked_into),
		cmocka_unit_test(a_citizen_id_gives_birth_and_age),
		cmocka_unit_test(numbers_with_digits_behind_the_point_are_scaled),
		cmocka_unit_test(a_wrong_rule_is_refused_with_its_place),
		cmocka_unit_test(a_rule_past_its_bound_is_refused),
		cmocka_unit_test(rules_stand_by_name_with_the_fields_they_read),
		cmocka_unit_test(an_edit_may_keep_what_was_broken_but_break_nothing_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
