/* Limits of the shipped kinds, with the shipped calendar and time limits: dates that a person can check in a calendar. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fs.h"
#include "due/due.h"
#include "json/json.h"
#include "schema/set.h"
#include "schema/value.h"
#include "test.h"
#include "text/date.h"

enum {
	FILES_MAX = 256,
	SLICES_MAX = 96,
	ITEMS_MAX = 32
};

static struct schema_set *set;
static struct policy *policy;
static struct arena arena;

static void
load_directory(struct schema_file *files, size_t *count, const char *directory)
{
	struct fs_names names = {0};
	struct err_info info = {0};

	assert_ok(fs_list(&names, directory, FILES_MAX, &info));
	for (size_t i = 0; i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};

		assert_ok(fs_path(path, &info, "%s/%s", directory, names.names[i]));
		assert_ok(fs_read(&content, path, LIMIT_KIND_FILE_BYTES_MAX, &info));
		files[*count].name = (const char *)arena_copy(&arena, view_text(names.names[i]));
		files[(*count)++].text = view_of(arena_copy(&arena, bytes_view(&content)), content.size);
		bytes_release(&content);
	}
	fs_names_release(&names);
}

/* Values that are no fields of the kind are a mistake of the test. */
static size_t
fill(struct schema_slice *slices, const struct schema_kind *kind, const struct json *json)
{
	struct err_info info = {0};
	size_t count = 0;
	size_t given = json_count(json);

	for (size_t i = 0; i < kind->object.count; i++) {
		const struct schema_field *field = &kind->object.fields[i];
		const struct json *value = json_member_view(json, field->name);
		struct bytes encoded = {0};

		if (value == NULL)
			continue;
		given--;
		assert_ok(schema_value_from_json(&encoded, field, value, &info));
		if (encoded.size > 0)
			slices[count++] = (struct schema_slice){
				field->number, view_of(arena_copy(&arena, bytes_view(&encoded)), encoded.size)};
		bytes_release(&encoded);
	}
	assert_int_equal(given, 0);
	return count;
}

static void
add_policy(const char *kind_name, const char *owner, struct view line)
{
	static uint8_t last;
	struct schema_slice slices[SLICES_MAX];
	struct policy_record record = {.kind = schema_set_kind(set, view_text(kind_name)), .fields = slices};
	struct err_info info = {0};
	struct json *json;

	assert_ok(json_parse(&json, line, 100000, 0, &info));
	assert_true(node_code_read(&record.owner, view_text(owner)));
	record.count = fill(slices, record.kind, json);
	record.id.bytes[0] = ++last;
	assert_ok(policy_add(policy, &record, &info));
	json_free(json);
}

static void
add_policy_file(const char *kind)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info info = {0};
	struct bytes content = {0};
	size_t start = 0;

	assert_ok(fs_path(path, &info, "%s/schema/policy/%s.jsonl", SOURCE_DIR, kind));
	assert_ok(fs_read(&content, path, LIMIT_KIND_FILE_BYTES_MAX, &info));
	for (size_t i = 0; i < content.size; i++) {
		if (content.data[i] != '\n')
			continue;
		add_policy(kind, "430300000000", view_of(content.data + start, i - start));
		start = i + 1;
	}
	bytes_release(&content);
}

static int
open_stage(void **state)
{
	struct schema_file files[FILES_MAX];
	struct err_info info = {0};
	size_t count = 0;

	(void)state;
	load_directory(files, &count, SOURCE_DIR "/schema/kinds");
	load_directory(files, &count, SOURCE_DIR "/schema/codes");
	assert_ok(schema_set_new(&set, 1, NULL, files, count, &info));
	assert_ok(policy_new(&policy, set, &info));
	add_policy_file("calendar");
	add_policy_file("time_limit");
	/* a county that delegates from 1 July 2022 on */
	add_policy(
		"time_limit", "430321000000",
		view_text("{\"applies_to\":\"mla_case\",\"limit\":\"whole\",\"region\":\"430321000000\",\"valid_from\":"
	                  "\"2022-07-01\",\"amount\":20,\"unit\":\"working_days\",\"doc_no\":\"N22\"}"));
	/* another one whose clock stands still in the notice */
	add_policy(
		"time_limit", "430302000000",
		view_text("{\"applies_to\":\"mla_case\",\"limit\":\"whole\",\"region\":\"430302000000\",\"valid_from\":"
	                  "\"2021-07-01\",\"stopped_in\":[\"notice\"],\"doc_no\":\"CQ\"}"));
	assert_ok(policy_settle(policy, &info));
	assert_int_equal(policy_problem_count(policy), 0);
	return 0;
}

static int
close_stage(void **state)
{
	(void)state;
	policy_free(policy);
	schema_set_free(set);
	arena_release(&arena);
	return 0;
}

/* What the limits of a record say, one line: NAME state DAY left; a time is given with its hour. */
static const char *
look_in(const char *office_code, const char *kind_name, const char *now, const char *record)
{
	static const char *const STATES[] = {"late", "in-time", "early", "not-before", "stopped", "no-start"};
	static char line[1024];
	struct schema_slice slices[SLICES_MAX];
	struct due_item items[ITEMS_MAX];
	struct due_question question = {.kind = schema_set_kind(set, view_text(kind_name)), .fields = slices};
	struct node_code code;
	struct err_info info = {0};
	struct json *json;
	size_t count;
	size_t used = 0;

	assert_ok(json_parse(&json, view_text(record), 100000, 0, &info));
	question.count = fill(slices, question.kind, json);
	json_free(json);
	assert_true(node_code_read(&code, view_text(office_code)));
	assert_ok(policy_for(&question.office, policy, &code, &info));
	assert_ok(text_time_parse(&question.now, view_text(now), &info));
	assert_true(due_limits(question.kind) <= ITEMS_MAX);
	count = due_look(items, &question);
	line[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		char day[TEXT_DATE_BYTES] = "-";
		char time[TEXT_TIME_BYTES] = "";

		if (items[i].state != DUE_STOPPED && items[i].state != DUE_NO_START)
			assert_true(text_date_format(day, items[i].day));
		if (items[i].has_time)
			assert_true(text_time_format(time, items[i].time));
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%.*s %s %s %lld%s", i == 0 ? "" : "; ",
		                         (int)items[i].limit->name.size, (const char *)items[i].limit->name.data,
		                         STATES[items[i].state], items[i].has_time ? time : day,
		                         (long long)items[i].left, items[i].is_exact ? "" : " ?");
	}
	return line;
}

static const char *
look(const char *kind, const char *now, const char *record)
{
	return look_in("430321100000", kind, now, record);
}

static void
the_rule_of_an_accepted_case_is_that_of_its_day(void **state)
{
	(void)state;
	/* 2017: the rule of 2012, survey in 10 working days, no limit for the whole */
	assert_string_equal(look("mla_case", "2017-12-14T09:00:00+08:00",
	                         "{\"status\":\"accepted\",\"accept_date\":\"2017-12-01\"}"),
	                    "survey in-time 2017-12-15 1");
	assert_string_equal(look("mla_case", "2017-12-18T09:00:00+08:00",
	                         "{\"status\":\"accepted\",\"accept_date\":\"2017-12-01\"}"),
	                    "survey late 2017-12-15 -1");
	/* from July 2021 on: 3 working days, 30 for the whole */
	assert_string_equal(look("mla_case", "2021-07-05T09:00:00+08:00",
	                         "{\"status\":\"accepted\",\"accept_date\":\"2021-07-01\"}"),
	                    "survey in-time 2021-07-06 1; whole in-time 2021-08-12 28");
	/* accepted in June 2022: 30; on 1 July: the delegated 20 */
	assert_string_equal(look("mla_case", "2022-07-20T09:00:00+08:00",
	                         "{\"status\":\"opinion\",\"accept_date\":\"2022-06-30\"}"),
	                    "whole in-time 2022-08-11 16");
	assert_string_equal(look("mla_case", "2022-07-20T09:00:00+08:00",
	                         "{\"status\":\"opinion\",\"accept_date\":\"2022-07-01\"}"),
	                    "whole in-time 2022-07-29 7");
	/* the neighbour did not delegate */
	assert_string_equal(look_in("430304001000", "mla_case", "2022-07-20T09:00:00+08:00",
	                            "{\"status\":\"opinion\",\"accept_date\":\"2022-07-01\"}"),
	                    "whole in-time 2022-08-12 17");
}

static void
a_special_case_has_its_longer_limit(void **state)
{
	(void)state;
	assert_string_equal(look_in("430304001000", "mla_case", "2022-07-20T09:00:00+08:00",
	                            "{\"status\":\"opinion\",\"accept_date\":\"2022-07-01\",\"is_complex\":true}"),
	                    "whole_complex in-time 2022-09-02 32");
}

static void
the_clock_stands_still_where_the_region_says_so(void **state)
{
	static const char NOTICE[] =
		"{\"status\":\"submitted\",\"accept_date\":\"2022-07-01\",\"notice_from\":\"2022-07-11\","
		"\"notice_to\":\"2022-07-18\",\"submit_date\":\"2022-07-19\"}";

	(void)state;
	/* the whole of 30 working days is 2022-08-12; six of them lie in the notice */
	assert_string_equal(look_in("430304001000", "mla_case", "2022-07-20T09:00:00+08:00", NOTICE),
	                    "county in-time 2022-08-02 9; whole in-time 2022-08-12 17");
	assert_string_equal(look_in("430302001000", "mla_case", "2022-07-20T09:00:00+08:00", NOTICE),
	                    "county in-time 2022-08-02 9; whole in-time 2022-08-22 23");
	/* in the notice, whose end nobody has written yet: 5 working days are used up, 25 are left */
	assert_string_equal(
		look_in("430302001000", "mla_case", "2022-07-20T09:00:00+08:00",
	                "{\"status\":\"notice\",\"accept_date\":\"2022-07-01\",\"notice_from\":\"2022-07-11\"}"),
		"whole stopped - 25");
}

static void
a_notice_stands_its_days(void **state)
{
	(void)state;
	assert_string_equal(
		look("tk_case", "2022-07-13T09:00:00+08:00", "{\"status\":\"notice\",\"notice_from\":\"2022-07-11\"}"),
		"notice not-before 2022-07-18 5");
	assert_string_equal(
		look("tk_case", "2022-07-19T09:00:00+08:00", "{\"status\":\"notice\",\"notice_from\":\"2022-07-11\"}"),
		"");
	assert_string_equal(look("tk_case", "2022-07-17T09:00:00+08:00",
	                         "{\"status\":\"notice\",\"notice_from\":\"2022-07-11\",\"notice_to\":\"2022-07-16\"}"),
	                    "notice early 2022-07-18 1");
	assert_string_equal(look("tk_case", "2022-07-19T09:00:00+08:00",
	                         "{\"status\":\"notice\",\"notice_from\":\"2022-07-11\",\"notice_to\":\"2022-07-18\"}"),
	                    "");
}

static void
what_is_done_is_not_late(void **state)
{
	(void)state;
	assert_string_equal(
		look("mla_case", "2022-09-20T09:00:00+08:00",
	             "{\"status\":\"approved\",\"accept_date\":\"2022-07-01\",\"submit_date\":\"2022-07-19\","
	             "\"decision_date\":\"2022-09-01\"}"),
		"");
	assert_string_equal(look("mla_case", "2022-09-20T09:00:00+08:00",
	                         "{\"status\":\"refused\",\"decision_date\":\"2022-09-09\"}"),
	                    "told late 2022-09-15 -3"); /* 12 September is a day off */
	assert_string_equal(
		look("mla_case", "2022-09-20T09:00:00+08:00",
	             "{\"status\":\"refused\",\"decision_date\":\"2022-09-09\",\"told_date\":\"2022-09-19\"}"),
		"");
	/* asked again: the old refusal does not end the new clock */
	assert_string_equal(
		look_in("430304001000", "mla_case", "2022-10-20T09:00:00+08:00",
	                "{\"status\":\"surveying\",\"accept_date\":\"2022-10-10\",\"survey_date\":\"2022-10-11\","
	                "\"decision_date\":\"2022-09-09\"}"),
		"whole in-time 2022-11-21 22");
}

static void
an_emergency_is_paid_in_hours_and_papered_in_working_days(void **state)
{
	(void)state;
	/* fire at 22:00, cash at 23:00, papers 9 days later */
	assert_string_equal(look("ta_case", "2018-03-01T22:30:00+08:00",
	                         "{\"status\":\"reported\",\"path\":\"1\",\"ta_kind\":\"1\",\"reported_at\":"
	                         "\"2018-03-01T22:00:00+08:00\"}"),
	                    "pay_first in-time 2018-03-02T22:00:00+08:00 23");
	assert_string_equal(look("ta_case", "2018-03-02T22:00:01+08:00",
	                         "{\"status\":\"reported\",\"path\":\"1\",\"ta_kind\":\"1\",\"reported_at\":"
	                         "\"2018-03-01T22:00:00+08:00\"}"),
	                    "pay_first late 2018-03-02T22:00:00+08:00 -1");
	assert_string_equal(look("ta_case", "2018-03-10T09:00:00+08:00",
	                         "{\"status\":\"paperwork\",\"path\":\"1\",\"ta_kind\":\"1\",\"paid_at\":"
	                         "\"2018-03-01T23:00:00+08:00\"}"),
	                    "paperwork in-time 2018-03-15 4");
	assert_string_equal(look("ta_case", "2018-03-20T09:00:00+08:00",
	                         "{\"status\":\"paperwork\",\"path\":\"1\",\"ta_kind\":\"1\",\"paid_at\":"
	                         "\"2018-03-01T23:00:00+08:00\",\"paperwork_done\":\"2018-03-10\"}"),
	                    "");
	/* an expense has no such limit, and no policy says one for its decision */
	assert_string_equal(
		look("ta_case", "2018-03-10T09:00:00+08:00",
	             "{\"status\":\"accepted\",\"path\":\"2\",\"ta_kind\":\"2\",\"accept_date\":\"2018-03-01\"}"),
		"");
}

static void
fixed_days_are_the_next_ones(void **state)
{
	(void)state;
	/* moved in before Spring Festival, 16 February 2018 */
	assert_string_equal(look("disaster_case", "2017-12-01T09:00:00+08:00",
	                         "{\"status\":\"building\",\"aid_stage\":\"3\",\"decision_date\":\"2017-08-01\"}"),
	                    "move_in in-time 2018-02-15 76");
	assert_string_equal(
		look("disaster_case", "2018-02-16T00:00:00+08:00",
	             "{\"status\":\"built\",\"aid_stage\":\"3\",\"decision_date\":\"2017-08-01\",\"deadline\":"
	             "\"2018-01-31\"}"),
		"move_in late 2018-02-15 -1; deadline late 2018-01-31 -16");
	assert_string_equal(look("disaster_case", "2018-02-16T00:00:00+08:00",
	                         "{\"status\":\"moved_in\",\"aid_stage\":\"3\",\"decision_date\":\"2017-08-01\","
	                         "\"move_in_date\":\"2018-02-01\"}"),
	                    "");
	/* the winter list by the end of October */
	assert_string_equal(look("disaster_case", "2017-11-01T09:00:00+08:00",
	                         "{\"status\":\"notice\",\"aid_stage\":\"4\",\"nominate_date\":\"2017-09-20\"}"),
	                    "winter_list late 2017-10-31 -1");
	/* paid by the 10th of the month */
	assert_string_equal(
		look("payment", "2017-12-11T09:00:00+08:00", "{\"pay_status\":\"2\",\"period\":\"2017-12\"}"),
		"pay late 2017-12-10 -1");
	assert_string_equal(look("payment", "2017-12-11T09:00:00+08:00",
	                         "{\"pay_status\":\"3\",\"period\":\"2017-12\",\"paid_date\":\"2017-12-12\"}"),
	                    "");
}

static void
reviews_come_in_their_month_and_three_months_behind_a_death(void **state)
{
	(void)state;
	assert_string_equal(
		look("review", "2018-02-01T09:00:00+08:00", "{\"status\":\"planned\",\"due_month\":\"2018-02\"}"),
		"review in-time 2018-02-28 27");
	assert_string_equal(
		look("review", "2018-03-01T09:00:00+08:00",
	             "{\"status\":\"planned\",\"due_month\":\"2018-06\",\"after_death\":true,\"death_date\":"
	             "\"2017-11-30\"}"),
		"review in-time 2018-06-30 121; after_death late 2018-02-28 -1");
	assert_string_equal(
		look("mla_case", "2018-03-01T09:00:00+08:00",
	             "{\"status\":\"active\",\"review_cycle_month\":6,\"last_review_date\":\"2017-08-31\"}"),
		"review late 2018-02-28 -1");
	assert_string_equal(
		look("lbc_child", "2018-03-01T09:00:00+08:00",
	             "{\"status\":\"registered\",\"contact_cycle_days\":90,\"last_visit_date\":\"2017-12-01\"}"),
		"visit in-time 2018-03-01 0");
}

static void
a_ticket_is_routed_answered_and_told(void **state)
{
	(void)state;
	assert_string_equal(
		look("aid_ticket", "2018-02-09T16:00:00+08:00",
	             "{\"status\":\"opened\",\"opened_at\":\"2018-02-09T10:00:00+08:00\",\"due_date\":\"2018-02-28\"}"),
		"route in-time 2018-02-10 1; due in-time 2018-02-28 19");
	assert_string_equal(look("aid_ticket", "2018-03-01T16:00:00+08:00",
	                         "{\"status\":\"routed\",\"opened_at\":\"2018-02-09T10:00:00+08:00\",\"routed_at\":"
	                         "\"2018-02-09T15:00:00+08:00\"}"),
	                    "answer late 2018-02-22 -6");
	assert_string_equal(look("aid_ticket", "2018-02-23T16:00:00+08:00",
	                         "{\"status\":\"returned\",\"returned_at\":\"2018-02-22T10:00:00+08:00\",\"opened_at\":"
	                         "\"2018-02-09T10:00:00+08:00\"}"),
	                    "reroute in-time 2018-02-23 0");
	assert_string_equal(look("aid_ticket", "2018-02-26T16:00:00+08:00",
	                         "{\"status\":\"done\",\"done_at\":\"2018-02-23T17:00:00+08:00\"}"),
	                    "tell late 2018-02-24 -1"); /* a Saturday that is worked */
}

static void
money_is_split_in_thirty_days(void **state)
{
	(void)state;
	assert_string_equal(look("fund_flow", "2018-01-31T09:00:00+08:00",
	                         "{\"status\":\"received\",\"fund_kind\":\"1\",\"received_date\":\"2018-01-01\"}"),
	                    "split_central in-time 2018-01-31 0");
	assert_string_equal(look("fund_flow", "2018-02-01T09:00:00+08:00",
	                         "{\"status\":\"received\",\"fund_kind\":\"1\",\"received_date\":\"2018-01-01\"}"),
	                    "split_central late 2018-01-31 -1");
	assert_string_equal(look("fund_flow", "2018-04-02T09:00:00+08:00",
	                         "{\"status\":\"received\",\"fund_kind\":\"3\",\"budget_date\":\"2018-02-01\"}"),
	                    "split_special in-time 2018-04-02 0");
}

static void
a_missing_date_and_an_ended_calendar_are_told(void **state)
{
	(void)state;
	assert_string_equal(look("child_case", "2018-03-01T09:00:00+08:00", "{\"status\":\"accepted\"}"),
	                    "township no-start - 0");
	assert_string_equal(look("child_case", "2026-12-28T09:00:00+08:00",
	                         "{\"status\":\"accepted\",\"accept_date\":\"2026-12-25\"}"),
	                    "township in-time 2027-01-15 14 ?");
	assert_string_equal(look("child_case", "2018-03-01T09:00:00+08:00", "{}"), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule_of_an_accepted_case_is_that_of_its_day),
		cmocka_unit_test(a_special_case_has_its_longer_limit),
		cmocka_unit_test(the_clock_stands_still_where_the_region_says_so),
		cmocka_unit_test(a_notice_stands_its_days),
		cmocka_unit_test(what_is_done_is_not_late),
		cmocka_unit_test(an_emergency_is_paid_in_hours_and_papered_in_working_days),
		cmocka_unit_test(fixed_days_are_the_next_ones),
		cmocka_unit_test(reviews_come_in_their_month_and_three_months_behind_a_death),
		cmocka_unit_test(a_ticket_is_routed_answered_and_told),
		cmocka_unit_test(money_is_split_in_thirty_days),
		cmocka_unit_test(a_missing_date_and_an_ended_calendar_are_told),
	};

	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
