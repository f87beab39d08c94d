/* Policy rows of one small set of kinds: regions, days, overlaps, and what is wrong with them. */
#include "base/arena.h"
#include "json/json.h"
#include "policy/policy.h"
#include "schema/set.h"
#include "schema/value.h"
#include "test.h"
#include "text/date.h"

#define DATED                                                                                                          \
	"\"region\":{\"x-field\":1,\"type\":\"string\",\"format\":\"division\"},"                                      \
	"\"from\":{\"x-field\":2,\"type\":\"string\",\"format\":\"date\"},"                                            \
	"\"to\":{\"x-field\":3,\"type\":\"string\",\"format\":\"date\"},"                                              \
	"\"doc\":{\"x-field\":4,\"type\":\"string\"}"
#define SAYS "\"region\":\"region\",\"from\":\"from\",\"to\":\"to\",\"source\":\"doc\""

static const char *const FILES[] = {
	"{\"x-kind\":\"case\",\"type\":\"object\",\"properties\":{\"state\":{\"x-field\":1,\"type\":\"string\",\"x-"
	"states\":{"
	"\"follow\":{\"in\":[\"out\"]},\"limits\":[{\"name\":\"whole\",\"from\":\"in\",\"to\":\"out\",\"days\":9}]}}}}",
	"{\"x-kind\":\"limit\",\"x-key\":[\"what\",\"which\",\"region\",\"from\"],\"type\":\"object\",\"properties\":"
	"{" DATED ",\"what\":{\"x-field\":5,\"type\":\"string\"},\"which\":{\"x-field\":6,\"type\":\"string\"},\"n\":{"
	"\"x-field\":7,"
	"\"type\":\"integer\"},\"unit\":{\"x-field\":8,\"type\":\"string\"},\"stops\":{\"x-field\":9,\"type\":"
	"\"array\","
	"\"x-merge\":\"set\",\"items\":{\"type\":\"string\"}},\"off\":{\"x-field\":10,\"type\":\"boolean\"}},\"x-"
	"policy\":{"
	"\"is\":\"limit\"," SAYS
	",\"kind\":\"what\",\"limit\":\"which\",\"amount\":\"n\",\"unit\":\"unit\",\"stopped_in\":"
	"\"stops\",\"off\":\"off\"}}",
	"{\"x-kind\":\"value\",\"x-key\":[\"name\",\"region\",\"from\"],\"type\":\"object\",\"properties\":{" DATED
	",\"name\":{\"x-field\":5,\"type\":\"string\"},\"v\":{\"x-field\":6,\"type\":\"integer\"}},\"x-policy\":{"
	"\"is\":"
	"\"value\"," SAYS ",\"name\":\"name\",\"value\":\"v\"}}",
	"{\"x-kind\":\"table\",\"x-key\":[\"region\",\"from\"],\"type\":\"object\",\"properties\":{" DATED
	",\"off\":{\"x-field\":5,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\",\"format\":"
	"\"date\"}},"
	"\"worked\":{\"x-field\":6,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\",\"format\":"
	"\"date\"}},"
	"\"named\":{\"x-field\":7,\"type\":\"array\",\"x-merge\":\"keyed-list\",\"x-member-key\":\"name\",\"items\":{"
	"\"type\":"
	"\"object\",\"properties\":{\"name\":{\"x-field\":1,\"type\":\"string\"},\"day\":{\"x-field\":2,\"type\":"
	"\"string\","
	"\"format\":\"date\"}}}}},\"x-policy\":{\"is\":\"calendar\"," SAYS
	",\"off_days\":\"off\",\"worked_days\":\"worked\","
	"\"named_days\":\"named\"}}",
};

enum {
	FILE_COUNT = sizeof(FILES) / sizeof(FILES[0]),
	SLICES_MAX = 16
};

struct stage {
	struct schema_set *set;
	struct policy *policy;
	struct arena arena;
	uint8_t last_id;
};

static struct stage
open_stage(void)
{
	struct schema_file files[FILE_COUNT];
	struct err_info info = {0};
	struct stage stage = {0};

	for (size_t i = 0; i < FILE_COUNT; i++)
		files[i] = (struct schema_file){"kind", view_text(FILES[i])};
	assert_ok(schema_set_new(&stage.set, 1, NULL, files, FILE_COUNT, &info));
	assert_ok(policy_new(&stage.policy, stage.set, &info));
	return stage;
}

static void
close_stage(struct stage *stage)
{
	policy_free(stage->policy);
	schema_set_free(stage->set);
	arena_release(&stage->arena);
}

static struct policy_record
record_of(struct stage *stage, struct schema_slice *slices, const char *owner, const char *kind, const char *text)
{
	struct policy_record record = {.kind = schema_set_kind(stage->set, view_text(kind)), .fields = slices};
	struct err_info info = {0};
	struct json *json;

	assert_ok(json_parse(&json, view_text(text), 10000, 0, &info));
	assert_true(node_code_read(&record.owner, view_text(owner)));
	for (size_t i = 0; i < record.kind->object.count; i++) {
		const struct schema_field *field = &record.kind->object.fields[i];
		const struct json *value = json_member_view(json, field->name);
		struct bytes encoded = {0};

		if (value == NULL)
			continue;
		assert_ok(schema_value_from_json(&encoded, field, value, &info));
		slices[record.count++] = (struct schema_slice){
			field->number, view_of(arena_copy(&stage->arena, bytes_view(&encoded)), encoded.size)};
		bytes_release(&encoded);
	}
	json_free(json);
	return record;
}

static void
add(struct stage *stage, const char *owner, const char *kind, const char *text)
{
	struct schema_slice slices[SLICES_MAX];
	struct policy_record record = record_of(stage, slices, owner, kind, text);
	struct err_info info = {0};

	record.id.bytes[0] = ++stage->last_id;
	assert_ok(policy_add(stage->policy, &record, &info));
}

static void
settle(struct stage *stage)
{
	struct err_info info = {0};

	assert_ok(policy_settle(stage->policy, &info));
}

static int64_t
day(const char *text)
{
	struct err_info info = {0};
	int64_t number = 0;

	assert_ok(text_date_parse(&number, view_text(text), &info));
	return number;
}

static const struct policy_office *
office(struct stage *stage, const char *code)
{
	const struct policy_office *found;
	struct node_code node;
	struct err_info info = {0};

	assert_true(node_code_read(&node, view_text(code)));
	assert_ok(policy_for(&found, stage->policy, &node, &info));
	return found;
}

/* The limit's number there on that day; -1: nothing is said. */
static int64_t
limit_on(struct stage *stage, const char *code, const char *text)
{
	struct policy_limit limit;

	if (!policy_limit_on(office(stage, code), view_text("case"), view_text("whole"), day(text), &limit))
		return -1;
	return limit.is_off ? 0 : limit.amount;
}

static void
the_narrowest_region_counts_and_the_later_begin(void **state)
{
	struct stage stage = open_stage();

	(void)state;
	add(&stage, "430300000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430000000000\",\"from\":\"2012-01-01\",\"n\":60,"
	    "\"unit\":\"days\"}");
	add(&stage, "430300000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430300000000\",\"from\":\"2021-07-01\",\"n\":30,"
	    "\"unit\":"
	    "\"working_days\"}");
	add(&stage, "430321000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430321000000\",\"from\":\"2022-07-01\",\"to\":\"2023-"
	    "06-30\","
	    "\"n\":20,\"unit\":\"working_days\",\"doc\":\"N22\"}");
	settle(&stage);

	assert_int_equal(policy_problem_count(stage.policy), 0);
	assert_int_equal(limit_on(&stage, "430321100000", "2011-12-31"), -1);
	assert_int_equal(limit_on(&stage, "430321100000", "2012-01-01"), 60);
	assert_int_equal(limit_on(&stage, "430321100000", "2021-07-01"), 30);
	assert_int_equal(limit_on(&stage, "430321100000", "2022-06-30"), 30);
	assert_int_equal(limit_on(&stage, "430321100000", "2022-07-01"), 20);
	assert_int_equal(limit_on(&stage, "430321100000", "2023-07-01"), 30);
	assert_int_equal(limit_on(&stage, "430302001000", "2022-07-01"), 30);
	assert_int_equal(limit_on(&stage, "430421100000", "2022-07-01"), -1); /* another city */
	close_stage(&stage);
}

static void
nobody_sets_the_rules_of_a_neighbour(void **state)
{
	struct stage stage = open_stage();

	(void)state;
	add(&stage, "430321000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430302000000\",\"from\":\"2012-01-01\",\"n\":1,"
	    "\"unit\":\"days\"}");
	add(&stage, "430321000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430300000000\",\"from\":\"2012-01-01\",\"n\":2,"
	    "\"unit\":\"days\"}");
	settle(&stage);

	assert_int_equal(policy_problem_count(stage.policy), 1);
	assert_int_equal(policy_problem_at(stage.policy, 0)->type, POLICY_NOT_BELOW);
	assert_int_equal(policy_problem_at(stage.policy, 0)->id.bytes[0], 1);
	assert_int_equal(limit_on(&stage, "430302001000", "2013-01-01"), -1);
	assert_int_equal(limit_on(&stage, "430321100000", "2013-01-01"), 2);
	close_stage(&stage);
}

static void
overlapping_days_are_named_and_the_later_begin_counts(void **state)
{
	struct stage stage = open_stage();

	(void)state;
	add(&stage, "430300000000", "value",
	    "{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2017-01-01\",\"to\":\"2018-12-31\",\"v\":1}");
	add(&stage, "430300000000", "value",
	    "{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2018-07-01\",\"v\":2}");
	add(&stage, "430300000000", "value",
	    "{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2020-01-01\",\"v\":3}");
	settle(&stage);

	assert_int_equal(policy_problem_count(stage.policy), 1);
	assert_int_equal(policy_problem_at(stage.policy, 0)->type, POLICY_OVERLAP);
	assert_int_equal(policy_problem_at(stage.policy, 0)->id.bytes[0], 1);
	assert_int_equal(policy_problem_at(stage.policy, 0)->other.bytes[0], 2);
	assert_int_equal(policy_problem_at(stage.policy, 0)->day, day("2018-07-01"));
	for (size_t i = 0; i < 3; i++) {
		static const char *const DAYS[] = {"2018-06-30", "2018-07-01", "2020-01-01"};
		int64_t value = 0;

		assert_true(policy_value_on(office(&stage, "430321100000"), view_text("V"), day(DAYS[i]), &value));
		assert_int_equal(value, i + 1);
	}
	close_stage(&stage);
}

static void
a_record_is_checked_beside_the_others(void **state)
{
	struct stage stage = open_stage();
	struct schema_slice slices[SLICES_MAX];
	struct policy_overlap overlap;
	struct policy_problem problem;
	struct policy_record record;

	(void)state;
	add(&stage, "430300000000", "value",
	    "{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2017-01-01\",\"to\":\"2018-12-31\",\"v\":1}");
	add(&stage, "430300000000", "value",
	    "{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2020-01-01\",\"v\":3}");
	record = record_of(
		&stage, slices, "430300000000", "value",
		"{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2019-01-01\",\"to\":\"2020-01-01\",\"v\":4}");
	assert_true(policy_check(stage.policy, &record, &problem, &overlap));
	assert_int_equal(problem.type, POLICY_OVERLAP);
	assert_int_equal(problem.day, day("2020-01-01"));
	assert_int_equal(overlap.id.bytes[0], 2);
	record = record_of(
		&stage, slices, "430300000000", "value",
		"{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2019-01-01\",\"to\":\"2019-12-31\",\"v\":4}");
	assert_false(policy_check(stage.policy, &record, &problem, &overlap));
	record = record_of(&stage, slices, "430300000000", "value",
	                   "{\"name\":\"V\",\"region\":\"430321000000\",\"from\":\"2017-01-01\",\"v\":4}");
	assert_false(policy_check(stage.policy, &record, &problem, &overlap));
	record = record_of(&stage, slices, "430300000000", "value",
	                   "{\"name\":\"V\",\"region\":\"430400000000\",\"from\":\"2017-01-01\",\"v\":4}");
	assert_true(policy_check(stage.policy, &record, &problem, &overlap));
	assert_int_equal(problem.type, POLICY_NOT_BELOW);
	/* the record itself, changed, does not overlap itself */
	record = record_of(
		&stage, slices, "430300000000", "value",
		"{\"name\":\"V\",\"region\":\"430300000000\",\"from\":\"2017-01-01\",\"to\":\"2018-11-30\",\"v\":1}");
	record.id.bytes[0] = 1;
	assert_false(policy_check(stage.policy, &record, &problem, &overlap));
	record.id.bytes[0] = 9;
	assert_true(policy_check(stage.policy, &record, &problem, &overlap));
	policy_drop(stage.policy, &overlap.id);
	assert_false(policy_check(stage.policy, &record, &problem, &overlap));
	close_stage(&stage);
}

static void
what_a_row_says_wrongly_is_named(void **state)
{
	static const struct {
		const char *kind;
		const char *text;
		enum policy_problem_type type;
	} ROWS[] = {
		{"limit",
	         "{\"what\":\"caze\",\"which\":\"whole\",\"region\":\"430300000000\",\"from\":\"2012-01-01\",\"n\":1,"
	         "\"unit\":\"days\"}",
	         POLICY_NO_LIMIT},
		{"limit",
	         "{\"what\":\"case\",\"which\":\"hole\",\"region\":\"430300000000\",\"from\":\"2012-01-01\",\"n\":1,"
	         "\"unit\":\"days\"}",
	         POLICY_NO_LIMIT},
		{"limit",
	         "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430300000000\",\"from\":\"2012-01-01\",\"n\":1,"
	         "\"unit\":\"weeks\"}",
	         POLICY_NO_UNIT},
		{"limit",
	         "{\"what\":\"case\",\"region\":\"430300000000\",\"from\":\"2012-01-01\",\"n\":1,\"unit\":\"days\"}",
	         POLICY_HALF},
		{"value", "{\"name\":\"V\",\"region\":\"430300000000\",\"v\":1}", POLICY_HALF},
		{"table", "{\"region\":\"430300000000\",\"from\":\"2012-01-01\"}", POLICY_HALF},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct stage stage = open_stage();

		add(&stage, "430300000000", ROWS[i].kind, ROWS[i].text);
		settle(&stage);
		assert_int_equal(policy_problem_count(stage.policy), 1);
		assert_int_equal(policy_problem_at(stage.policy, 0)->type, ROWS[i].type);
		assert_int_equal(limit_on(&stage, "430321100000", "2013-01-01"), -1);
		close_stage(&stage);
	}
}

static void
calendars_are_taken_together_and_a_gap_is_named(void **state)
{
	struct stage stage = open_stage();
	const struct calendar *calendar;
	bool is_known = true;
	int64_t spring = 0;

	(void)state;
	add(&stage, "430300000000", "table",
	    "{\"region\":\"430300000000\",\"from\":\"2017-01-01\",\"to\":\"2017-12-31\",\"off\":[\"2017-10-02\"]}");
	add(&stage, "430300000000", "table",
	    "{\"region\":\"430300000000\",\"from\":\"2018-01-01\",\"to\":\"2018-12-31\",\"worked\":[\"2018-02-11\"],"
	    "\"named\":[{"
	    "\"name\":\"SPRING\",\"day\":\"2018-02-16\"}]}");
	add(&stage, "430321000000", "table",
	    "{\"region\":\"430321000000\",\"from\":\"2018-05-01\",\"to\":\"2018-05-31\",\"off\":[\"2018-05-02\"]}");
	add(&stage, "430300000000", "table",
	    "{\"region\":\"430300000000\",\"from\":\"2020-01-01\",\"to\":\"2020-12-31\"}");
	settle(&stage);

	assert_int_equal(policy_problem_count(stage.policy), 1);
	assert_int_equal(policy_problem_at(stage.policy, 0)->type, POLICY_CALENDAR_GAP);
	assert_int_equal(policy_problem_at(stage.policy, 0)->day, day("2019-01-01"));
	calendar = policy_calendar(office(&stage, "430321100000"));
	assert_int_equal(calendar->count, 4);
	assert_false(calendar_is_worked(calendar, day("2017-10-02"), &is_known));
	assert_true(calendar_is_worked(calendar, day("2018-02-11"), &is_known));
	assert_false(calendar_is_worked(calendar, day("2018-05-02"), &is_known)); /* the county's own table */
	assert_true(is_known);
	assert_true(calendar_named_after(calendar, view_text("SPRING"), day("2017-12-01"), &spring));
	assert_int_equal(spring, day("2018-02-16"));
	calendar = policy_calendar(office(&stage, "430302001000"));
	assert_true(calendar_is_worked(calendar, day("2018-05-02"), &is_known));
	close_stage(&stage);
}

static void
a_limit_may_be_off_and_may_stop_elsewhere(void **state)
{
	struct stage stage = open_stage();
	struct policy_limit limit;

	(void)state;
	add(&stage, "430300000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430300000000\",\"from\":\"2012-01-01\",\"off\":true}");
	add(&stage, "430321000000", "limit",
	    "{\"what\":\"case\",\"which\":\"whole\",\"region\":\"430321000000\",\"from\":\"2012-01-01\",\"stops\":["
	    "\"meeting\","
	    "\"notice\"],\"doc\":\"CQ 12\"}");
	settle(&stage);

	assert_int_equal(policy_problem_count(stage.policy), 0);
	assert_int_equal(limit_on(&stage, "430302001000", "2013-01-01"), 0);
	assert_true(policy_limit_on(office(&stage, "430321100000"), view_text("case"), view_text("whole"),
	                            day("2013-01-01"), &limit));
	assert_false(limit.is_off);
	assert_false(limit.has_amount);
	assert_int_equal(limit.stopped_count, 2);
	assert_true(view_equal(limit.source, view_text("CQ 12")));
	close_stage(&stage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_narrowest_region_counts_and_the_later_begin),
		cmocka_unit_test(nobody_sets_the_rules_of_a_neighbour),
		cmocka_unit_test(overlapping_days_are_named_and_the_later_begin_counts),
		cmocka_unit_test(a_record_is_checked_beside_the_others),
		cmocka_unit_test(what_a_row_says_wrongly_is_named),
		cmocka_unit_test(calendars_are_taken_together_and_a_gap_is_named),
		cmocka_unit_test(a_limit_may_be_off_and_may_stop_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
