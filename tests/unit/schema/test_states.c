/* Limits of x-states and x-policy: what they compile to, and wrong ones refused with their place. */
#include <stdio.h>
#include <string.h>

#include "schema/set.h"
#include "schema/slice.h"
#include "test.h"

static const char FIELDS[] =
	"\"type\":\"object\",\"properties\":{"
	"\"state\":{\"x-field\":1,\"type\":\"string\",\"enum\":[\"in\",\"a\",\"b\",\"out\",\"gone\"]},"
	"\"day\":{\"x-field\":2,\"type\":\"string\",\"format\":\"date\"},"
	"\"done\":{\"x-field\":3,\"type\":\"string\",\"format\":\"date-time\"},"
	"\"n\":{\"x-field\":4,\"type\":\"integer\"},\"who\":{\"x-field\":5,\"type\":\"string\"},"
	"\"yes\":{\"x-field\":6,\"type\":\"boolean\"},"
	"\"where\":{\"x-field\":7,\"type\":\"string\",\"format\":\"division\"},"
	"\"days\":{\"x-field\":8,\"type\":\"array\",\"x-merge\":\"set\",\"items\":{\"type\":\"string\",\"format\":"
	"\"date\"}},"
	"\"until\":{\"x-field\":9,\"type\":\"string\",\"format\":\"date\"}}";

static enum err
compile(struct schema_set **out, const char *more, struct err_info *info)
{
	struct bytes text = {0};
	struct schema_file file = {.name = "k.json"};
	enum err err =
		bytes_printf(&text, info, "{\"x-kind\":\"k\",\"x-key\":[\"where\",\"day\"],%s,%s}", FIELDS, more);

	file.text = bytes_view(&text);
	if (err == ERR_OK)
		err = schema_set_new(out, 1, NULL, &file, 1, info);
	bytes_release(&text);
	return err;
}

#define MACHINE(limits)                                                                                                \
	"\"x-states\":{\"field\":\"state\",\"periods\":{\"b\":[\"day\",\"done\"]},\"follow\":{\"in\":[\"a\",\"gone\"]" \
	",\"a\":["                                                                                                     \
	"\"b\",\"in\"],\"b\":[\"out\"]},\"limits\":[" limits "]}"

static const struct schema_limit *
limit_of(const struct schema_set *set)
{
	return &schema_set_kind_at(set, 0)->status->states->limits[0];
}

static void
the_clock_runs_from_a_status_to_one_of_the_others_or_an_end(void **state)
{
	struct err_info info = {0};
	struct schema_set *set = NULL;
	const struct schema_kind *kind;

	(void)state;
	assert_ok(compile(&set, MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3}"), &info));
	kind = schema_set_kind_at(set, 0);
	assert_int_equal(limit_of(set)->running_count, 3); /* in, a, b; neither out nor gone */
	for (size_t i = 0; i < 3; i++) {
		static const char *const WORDS[] = {"in", "a", "b"};

		assert_true(view_equal(schema_word_of(kind->status, limit_of(set)->running[i]), view_text(WORDS[i])));
	}
	assert_true(view_equal(limit_of(set)->name, view_text("in-out")));
	assert_true(view_equal(limit_of(set)->title.zh, view_text("in-out")));
	assert_int_equal(kind->status->states->period_count, 1);
	assert_int_equal(kind->status->states->periods[0].from, 2);
	assert_int_equal(kind->status->states->periods[0].to, 3);
	schema_set_free(set);
}

static void
a_limit_says_all_that_it_can_say(void **state)
{
	struct err_info info = {0};
	struct schema_set *set = NULL;
	const struct schema_limit *limit;

	(void)state;
	assert_ok(compile(
		&set,
		MACHINE("{\"name\":\"whole\",\"from\":\"in\",\"to\":[],\"in\":[\"in\",\"b\"],\"working_days\":\"n\","
	                "\"since\":\"day\",\"until\":\"done\",\"stopped_in\":[\"b\"],\"while\":{\"yes\":true},"
	                "\"unless\":{\"n\":[1,2]},\"office\":\"county.fin\",\"person\":\"who\",\"source\":\"Act "
	                "1\",\"x-title\":{\"zh\":\"全程\",\"en\":\"whole\"}}"),
		&info));
	limit = limit_of(set);
	assert_int_equal(limit->running_count, 2);
	assert_int_equal(limit->form, SCHEMA_LIMIT_WORKING_DAYS);
	assert_int_equal(limit->amount_field, 4);
	assert_int_equal(limit->since, 2);
	assert_int_equal(limit->until, 3);
	assert_int_equal(limit->stopped_count, 1);
	assert_int_equal(limit->wanted_count, 1);
	assert_int_equal(limit->unwanted[0].count, 2);
	assert_int_equal(limit->office_level, 2);
	assert_true(view_equal(limit->office_department, view_text("fin")));
	assert_int_equal(limit->person, 5);
	assert_true(view_equal(limit->rule, view_text("Act 1")));
	schema_set_free(set);
}

static void
assert_refused(const char *more, const char *place, const char *words)
{
	struct err_info info = {0};
	struct schema_set *set = NULL;
	enum err err = compile(&set, more, &info);

	if (err != ERR_FORMAT && err != ERR_NOT_FOUND && err != ERR_EXISTS)
		fail_msg("%s: code %d, %s", more, err, info.text);
	if (strstr(info.text, "k.json") == NULL || strstr(info.text, place) == NULL || strstr(info.text, words) == NULL)
		fail_msg("%s: neither \"%s\" nor \"%s\" may be missing in: %s", more, place, words, info.text);
	assert_null(set);
}

static void
a_wrong_limit_is_refused_with_its_place(void **state)
{
	(void)state;
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"]}"), "/x-states/limits/0", "one way");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3,\"months\":1}"), "/x-states/limits/0",
	               "one way");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"nowhere\"],\"days\":3}"), "/x-states/limits/0", "nowhere");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":0}"), "/x-states/limits/0", "1 to 65535");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":\"who\"}"), "/x-states/limits/0", "who");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3,\"since\":\"who\"}"), "/x-states/limits/0",
	               "who");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"at\":\"n\"}"), "/x-states/limits/0", "\"n\"");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"month_day\":\"02-29\"}"), "/x-states/limits/0",
	               "10-31");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"day_of_month\":31}"), "/x-states/limits/0",
	               "1 to 28");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"by_policy\":\"weeks\"}"), "/x-states/limits/0",
	               "by_policy");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"at\":\"day\",\"at_least\":true}"),
	               "/x-states/limits/0", "at_least");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3,\"office\":\"village\"}"),
	               "/x-states/limits/0", "level");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3,\"person\":\"n\"}"), "/x-states/limits/0",
	               "\"n\"");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3,\"while\":{\"zz\":1}}"),
	               "/x-states/limits/0", "zz");
	assert_refused(MACHINE("{\"from\":\"in\",\"to\":[\"out\"],\"days\":3,\"then\":1}"), "/x-states/limits/0",
	               "then");
	assert_refused(
		MACHINE("{\"name\":\"x\",\"from\":\"in\",\"to\":[\"out\"],\"days\":3},{\"name\":\"x\",\"from\":\"in\","
	                "\"to\":[\"out\"],\"days\":3}"),
		"/x-states/limits/1", "\"x\"");
	assert_refused("\"x-states\":{\"field\":\"state\",\"periods\":{\"b\":[\"day\"]}}", "/x-states/periods",
	               "two fields");
	assert_refused("\"x-states\":{\"field\":\"state\",\"periods\":{\"zz\":[\"day\",\"done\"]}}",
	               "/x-states/periods", "zz");
}

#define POLICY(more) "\"x-policy\":{\"region\":\"where\",\"from\":\"day\",\"to\":\"until\"" more "}"

static void
a_wrong_policy_is_refused_with_its_place(void **state)
{
	struct err_info info = {0};
	struct schema_set *set = NULL;

	(void)state;
	assert_ok(compile(&set, POLICY(",\"is\":\"row\",\"source\":\"who\""), &info));
	assert_int_equal(schema_set_kind_at(set, 0)->policy.type, SCHEMA_POLICY_ROW);
	assert_int_equal(schema_set_kind_at(set, 0)->policy.same_count, 1);
	schema_set_free(set);
	assert_refused(POLICY(",\"is\":\"law\""), "/x-policy", "\"row\"");
	assert_refused(POLICY(",\"is\":\"row\",\"value\":\"n\""), "/x-policy", "value");
	assert_refused(POLICY(",\"is\":\"value\",\"value\":\"n\""), "/x-policy", "\"name\"");
	assert_refused(POLICY(",\"is\":\"value\",\"name\":\"who\",\"value\":\"who\""), "/x-policy", "\"who\"");
	assert_refused(POLICY(",\"is\":\"calendar\",\"off_days\":\"days\",\"worked_days\":\"n\""), "/x-policy",
	               "\"n\"");
	assert_refused("\"x-policy\":{\"is\":\"row\",\"region\":\"where\",\"from\":\"until\",\"to\":\"until\"}",
	               "/x-policy", "x-key");
	assert_refused("\"x-policy\":{\"is\":\"row\",\"from\":\"day\",\"to\":\"until\"}", "/x-policy", "\"region\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_runs_from_a_status_to_one_of_the_others_or_an_end),
		cmocka_unit_test(a_limit_says_all_that_it_can_say),
		cmocka_unit_test(a_wrong_limit_is_refused_with_its_place),
		cmocka_unit_test(a_wrong_policy_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
