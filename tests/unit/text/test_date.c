#include <string.h>

#include "test.h"
#include "text/date.h"

static int64_t
day(const char *text)
{
	struct err_info info;
	int64_t out = 0;

	assert_ok(text_date_parse(&out, view_text(text), &info));
	return out;
}

static void
known_days_have_their_numbers(void **state)
{
	(void)state;
	assert_int_equal(day("1970-01-01"), 0);
	assert_int_equal(day("1969-12-31"), -1);
	assert_int_equal(day("2000-02-29"), 11016);
	assert_int_equal(day("2024-06-30"), 19904);
	assert_int_equal(day("1800-01-01"), TEXT_DAY_MIN);
	assert_int_equal(day("2200-12-31"), TEXT_DAY_MAX);
}

static void
every_day_goes_there_and_back(void **state)
{
	char text[TEXT_DATE_BYTES];
	char last[TEXT_DATE_BYTES] = "";

	(void)state;
	for (int64_t number = TEXT_DAY_MIN; number <= TEXT_DAY_MAX; number++) {
		assert_true(text_date_format(text, number));
		assert_true(strcmp(last, text) < 0);
		if (day(text) != number)
			fail_msg("%s", text);
		memcpy(last, text, sizeof(last));
	}
	assert_false(text_date_format(text, TEXT_DAY_MIN - 1));
	assert_false(text_date_format(text, TEXT_DAY_MAX + 1));
	assert_false(text_date_format(text, INT64_MIN));
	assert_false(text_date_format(text, INT64_MAX));
}

static void
impossible_days_are_refused(void **state)
{
	static const char *const impossible[] = {"2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10",
	                                         "2024-01-00", "1799-12-31", "2201-01-01", "0000-01-01"};
	static const char *const malformed[] = {
		"",          "2024-6-30", "2024/06/30", "20240630",    "2024-06-30 ", " 2024-06-30",
		"2024-06-3", "2024-06",   "24-06-30",   "2024-06-30T", "２024-06-30", "+024-06-30"};
	struct err_info info;
	int64_t out = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++)
		assert_err(text_date_parse(&out, view_text(impossible[i]), &info), ERR_RULE);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_err(text_date_parse(&out, view_text(malformed[i]), &info), ERR_FORMAT);
	assert_int_equal(out, 77);
}

static void
a_spreadsheets_dates_are_understood(void **state)
{
	static const char *const forms[] = {
		"2024/6/5",         "2024-6-5",       "2024.6.5", "2024/06/05",    "2024-06-05",
		"2024年6月5日",     "2024年06月05日", "20240605", "2024/6/5 0:00", "2024-06-05 00:00:00",
		"2024年6月5日 0:00"};
	static const char *const wrong[] = {"2024/6-5",   "6/5/2024",     "2024年6月5", "2024/6/5 0:01",
	                                    "2024//5",    "24/6/5",       "240605",     "2024605",
	                                    "202406050",  "45448",        "2024/6/5 ",  "2024/6/5 0:00:00.0",
	                                    "2024/6/5 0", "20240605 0:00"};
	struct err_info info;
	int64_t out = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_ok(text_date_parse_sheet(&out, view_text(forms[i]), &info));
		assert_int_equal(out, day("2024-06-05"));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_err(text_date_parse_sheet(&out, view_text(wrong[i]), &info), ERR_FORMAT);
	assert_err(text_date_parse_sheet(&out, view_text("2023/2/29"), &info), ERR_RULE);
	assert_err(text_date_parse_sheet(&out, view_text("20230229"), &info), ERR_RULE);
	assert_err(text_month_parse_sheet(&out, view_text("240605"), &info), ERR_RULE);
	assert_err(text_month_parse_sheet(&out, view_text("20240605"), &info), ERR_FORMAT);
	assert_ok(text_month_parse_sheet(&out, view_text("202406"), &info));
	assert_int_equal(out, (2024 - 1970) * 12 + 5);
	assert_ok(text_month_parse_sheet(&out, view_text("2024年6月"), &info));
	assert_int_equal(out, (2024 - 1970) * 12 + 5);
	assert_ok(text_month_parse_sheet(&out, view_text("2024/6"), &info));
	assert_int_equal(out, (2024 - 1970) * 12 + 5);
	assert_err(text_month_parse_sheet(&out, view_text("Jun-24"), &info), ERR_FORMAT);
}

static void
every_month_goes_there_and_back(void **state)
{
	char text[TEXT_MONTH_BYTES];
	struct err_info info;
	int64_t out = 0;

	(void)state;
	for (int64_t month = TEXT_MONTH_MIN; month <= TEXT_MONTH_MAX; month++) {
		assert_true(text_month_format(text, month));
		assert_ok(text_month_parse(&out, view_text(text), &info));
		assert_int_equal(out, month);
	}
	assert_true(text_month_format(text, 0));
	assert_string_equal(text, "1970-01");
	assert_true(text_month_format(text, -1));
	assert_string_equal(text, "1969-12");
	assert_false(text_month_format(text, TEXT_MONTH_MAX + 1));
	assert_false(text_month_format(text, INT64_MIN));
	assert_err(text_month_parse(&out, view_text("2024-13"), &info), ERR_RULE);
	assert_err(text_month_parse(&out, view_text("2024-6"), &info), ERR_FORMAT);
	assert_err(text_month_parse(&out, view_text("2024-06-01"), &info), ERR_FORMAT);
}

static void
times_come_in_with_any_offset_and_go_out_in_ours(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T08:00:00+08:00", 0},
		{"1969-12-31T23:59:59z", -1},
		{"2024-06-30t17:40:00+08:00", 1719740400},
		{"2024-06-30T09:40:00-00:00", 1719740400},
		{"2024-06-30T15:10:00+05:30", 1719740400},
		{"2024-06-29T10:40:00-23:00", 1719740400},
	};
	char text[TEXT_TIME_BYTES];
	struct err_info info;
	int64_t out = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_ok(text_time_parse(&out, view_text(cases[i].text), &info));
		assert_int_equal(out, cases[i].seconds);
	}
	assert_true(text_time_format(text, 1719740400));
	assert_string_equal(text, "2024-06-30T17:40:00+08:00");
	assert_true(text_time_format(text, TEXT_TIME_MIN));
	assert_string_equal(text, "1800-01-01T00:00:00+08:00");
	assert_true(text_time_format(text, TEXT_TIME_MAX));
	assert_string_equal(text, "2200-12-31T23:59:59+08:00");
	assert_ok(text_time_parse(&out, view_text(text), &info));
	assert_true(out == TEXT_TIME_MAX);
	assert_false(text_time_format(text, TEXT_TIME_MAX + 1));
	assert_false(text_time_format(text, TEXT_TIME_MIN - 1));
	assert_false(text_time_format(text, INT64_MIN));
}

static void
other_times_are_refused(void **state)
{
	static const char *const malformed[] = {"2024-06-30",
	                                        "2024-06-30T17:40:00",
	                                        "2024-06-30 17:40:00+08:00",
	                                        "2024-06-30T17:40:00.5+08:00",
	                                        "2024-06-30T17:40+08:00",
	                                        "2024-06-30T17:40:00+0800",
	                                        "2024-06-30T17:40:00+24:00",
	                                        "2024-06-30T17:40:00+08:60",
	                                        "2024-06-30T17:40:00+08:00 "};
	static const char *const impossible[] = {"2024-06-31T17:40:00Z",      "2024-06-30T24:00:00Z",
	                                         "2024-06-30T23:60:00Z",      "2016-12-31T23:59:60Z",
	                                         "1800-01-01T00:00:00+08:01", "2200-12-31T23:59:59Z"};
	struct err_info info;
	int64_t out = 5;

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_err(text_time_parse(&out, view_text(malformed[i]), &info), ERR_FORMAT);
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++)
		assert_err(text_time_parse(&out, view_text(impossible[i]), &info), ERR_RULE);
	assert_int_equal(out, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days_have_their_numbers),
		cmocka_unit_test(every_day_goes_there_and_back),
		cmocka_unit_test(impossible_days_are_refused),
		cmocka_unit_test(a_spreadsheets_dates_are_understood),
		cmocka_unit_test(every_month_goes_there_and_back),
		cmocka_unit_test(times_come_in_with_any_offset_and_go_out_in_ours),
		cmocka_unit_test(other_times_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
