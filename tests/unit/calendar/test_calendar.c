/* Working days of 2017, 2018 and 2026 as the State Council arranged them; vectors counted by another program. */
#include "calendar/calendar.h"
#include "test.h"
#include "text/date.h"

enum {
	DAYS_MAX = 32
};

struct year {
	const char *first;
	const char *last;
	const char *off[DAYS_MAX];
	const char *worked[DAYS_MAX];
	const char *spring;
};

static const struct year YEARS[] = {
	{"2017-01-01",
         "2017-12-31",
         {"2017-01-02", "2017-01-27", "2017-01-30", "2017-01-31", "2017-02-01", "2017-02-02", "2017-04-03",
          "2017-04-04", "2017-05-01", "2017-05-29", "2017-05-30", "2017-10-02", "2017-10-03", "2017-10-04",
          "2017-10-05", "2017-10-06"},
         {"2017-01-22", "2017-02-04", "2017-04-01", "2017-05-27", "2017-09-30"},
         "2017-01-28"},
	{"2018-01-01",
         "2018-12-31",
         {"2018-01-01", "2018-02-15", "2018-02-16", "2018-02-19", "2018-02-20", "2018-02-21", "2018-04-05",
          "2018-04-06", "2018-04-30", "2018-05-01", "2018-06-18", "2018-09-24", "2018-10-01", "2018-10-02",
          "2018-10-03", "2018-10-04", "2018-10-05", "2018-12-31"},
         {"2018-02-11", "2018-02-24", "2018-04-08", "2018-04-28", "2018-09-29", "2018-09-30", "2018-12-29"},
         "2018-02-16"},
	{"2026-01-01",
         "2026-12-31",
         {"2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20",
          "2026-02-23", "2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05", "2026-06-19", "2026-09-25",
          "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"},
         {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"},
         "2026-02-17"},
};

enum {
	YEAR_COUNT = sizeof(YEARS) / sizeof(YEARS[0])
};

static int64_t off[YEAR_COUNT][DAYS_MAX];
static int64_t worked[YEAR_COUNT][DAYS_MAX];
static struct calendar_named named[YEAR_COUNT];
static struct calendar_table tables[YEAR_COUNT];
static const struct calendar calendar = {tables, YEAR_COUNT};

static int64_t
day(const char *text)
{
	struct err_info info = {0};
	int64_t number = 0;

	assert_ok(text_date_parse(&number, view_text(text), &info));
	return number;
}

static int
fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < YEAR_COUNT; i++) {
		tables[i] = (struct calendar_table){.first = day(YEARS[i].first), .last = day(YEARS[i].last)};
		while (tables[i].off_count < DAYS_MAX && YEARS[i].off[tables[i].off_count] != NULL) {
			off[i][tables[i].off_count] = day(YEARS[i].off[tables[i].off_count]);
			tables[i].off_count++;
		}
		while (tables[i].worked_count < DAYS_MAX && YEARS[i].worked[tables[i].worked_count] != NULL) {
			worked[i][tables[i].worked_count] = day(YEARS[i].worked[tables[i].worked_count]);
			tables[i].worked_count++;
		}
		named[i] = (struct calendar_named){view_text("SPRING_FESTIVAL"), day(YEARS[i].spring)};
		tables[i].off = off[i];
		tables[i].worked = worked[i];
		tables[i].named = &named[i];
		tables[i].named_count = 1;
	}
	return 0;
}

static void
working_days_are_those_of_the_vectors(void **state)
{
	static const struct {
		const char *from;
		uint32_t count;
		const char *to;
	} ROWS[] = {
		{"2017-12-01", 3, "2017-12-06"},  {"2018-02-09", 3, "2018-02-13"},  {"2018-02-09", 10, "2018-02-28"},
		{"2018-02-09", 15, "2018-03-07"}, {"2018-02-09", 30, "2018-03-28"}, {"2026-02-10", 3, "2026-02-13"},
		{"2026-02-10", 10, "2026-03-02"}, {"2026-02-10", 30, "2026-03-30"}, {"2026-09-24", 10, "2026-10-15"},
		{"2026-04-30", 1, "2026-05-06"},  {"2017-12-01", 0, "2017-12-01"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		bool is_known = true;
		int64_t from = day(ROWS[i].from);
		int64_t to = day(ROWS[i].to);

		assert_int_equal(calendar_after(&calendar, from, ROWS[i].count, &is_known), to);
		assert_int_equal(calendar_between(&calendar, from, to, &is_known), ROWS[i].count);
		assert_int_equal(calendar_between(&calendar, to, from, &is_known), -(int64_t)ROWS[i].count);
		assert_true(is_known);
	}
}

static void
a_make_up_sunday_is_worked_and_a_festival_friday_is_not(void **state)
{
	bool is_known = true;

	(void)state;
	assert_true(calendar_is_worked(&calendar, day("2018-02-11"), &is_known));
	assert_false(calendar_is_worked(&calendar, day("2018-02-18"), &is_known));
	assert_false(calendar_is_worked(&calendar, day("2018-02-16"), &is_known));
	assert_true(calendar_is_worked(&calendar, day("2018-02-22"), &is_known));
	assert_true(is_known);
}

static void
a_day_that_no_table_speaks_of_is_told(void **state)
{
	bool is_known = true;

	(void)state;
	assert_true(calendar_is_worked(&calendar, day("2019-10-01"), &is_known)); /* a festival that no table says */
	assert_false(is_known);
	is_known = true;
	assert_false(calendar_is_worked(&calendar, day("2019-10-05"), &is_known)); /* a Saturday */
	assert_false(is_known);
	is_known = true;
	(void)calendar_after(&calendar, day("2018-12-28"), 3, &is_known);
	assert_false(is_known);
	assert_int_equal(calendar_known_until(&calendar, day("2017-06-01")), day("2018-12-31"));
	assert_int_equal(calendar_known_until(&calendar, day("2019-06-01")), day("2019-05-31"));
}

static void
days_centuries_away_are_counted_in_no_time_and_rightly(void **state)
{
	static const struct calendar none;
	bool is_known = true;
	int64_t slow = 0;

	(void)state;
	for (int64_t at = day("1999-12-31") + 1; at <= day("2030-03-03"); at++)
		slow += calendar_is_worked(&calendar, at, &is_known) ? 1 : 0;
	assert_int_equal(calendar_between(&calendar, day("1999-12-31"), day("2030-03-03"), &is_known), slow);
	assert_int_equal(calendar_between(&none, day("1970-01-02"), day("1970-01-09"), &is_known), 5);
	assert_int_equal(calendar_between(&calendar, day("1800-01-01"), day("2200-12-31"), &is_known), 104580);
}

static void
named_days_and_dates_are_the_next_ones(void **state)
{
	int64_t found = 0;

	(void)state;
	assert_true(calendar_named_after(&calendar, view_text("SPRING_FESTIVAL"), day("2017-12-01"), &found));
	assert_int_equal(found, day("2018-02-16"));
	assert_true(calendar_named_after(&calendar, view_text("SPRING_FESTIVAL"), day("2018-02-15"), &found));
	assert_int_equal(found, day("2018-02-16"));
	assert_true(calendar_named_after(&calendar, view_text("SPRING_FESTIVAL"), day("2018-02-16"), &found));
	assert_int_equal(found, day("2026-02-17"));
	assert_false(calendar_named_after(&calendar, view_text("SPRING_FESTIVAL"), day("2026-02-17"), &found));
	assert_false(calendar_named_after(&calendar, view_text("MIDWINTER"), day("2017-01-01"), &found));
	assert_int_equal(calendar_next_date(day("2017-12-01"), 10, 31), day("2018-10-31"));
	assert_int_equal(calendar_next_date(day("2018-10-31"), 10, 31), day("2018-10-31"));
}

static void
months_end_where_a_month_ends(void **state)
{
	(void)state;
	assert_int_equal(calendar_months_after(day("2017-11-30"), 3), day("2018-02-28"));
	assert_int_equal(calendar_months_after(day("2024-01-31"), 1), day("2024-02-29"));
	assert_int_equal(calendar_months_after(day("2017-12-01"), 12), day("2018-12-01"));
	assert_int_equal(calendar_month_last(calendar_month_of(day("2018-02-05"))), day("2018-02-28"));
	assert_int_equal(calendar_month_first(calendar_month_of(day("1969-12-31"))), day("1969-12-01"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(working_days_are_those_of_the_vectors),
		cmocka_unit_test(a_make_up_sunday_is_worked_and_a_festival_friday_is_not),
		cmocka_unit_test(a_day_that_no_table_speaks_of_is_told),
		cmocka_unit_test(days_centuries_away_are_counted_in_no_time_and_rightly),
		cmocka_unit_test(named_days_and_dates_are_the_next_ones),
		cmocka_unit_test(months_end_where_a_month_ends),
	};

	return cmocka_run_group_tests(tests, fill, NULL);
}
