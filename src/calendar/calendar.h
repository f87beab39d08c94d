/**
 * Working days from tables: Saturdays and Sundays are off, but for the days that a table says are worked; other days are
 * worked, but for those that it says are off. A table speaks of the days from its first to its last. Days that no table
 * speaks of are counted as if there were no holidays, and the caller is told so. Pure: no clock, no files; the tables are
 * signed data that come from elsewhere. Days are numbers from 1970-01-01. Source: schema/kind-v1.md, section 3b.
 */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include "base/bytes.h"

/** A named day: a festival, a deadline. */
struct calendar_named {
	struct view name;
	int64_t day;
};

/** One table; borrowed. Lists ascend, without doubles (named days: by day). */
struct calendar_table {
	int64_t first;
	int64_t last;
	const int64_t *off;
	size_t off_count;
	const int64_t *worked;
	size_t worked_count;
	const struct calendar_named *named;
	size_t named_count;
};

/** Several tables; of two that speak of one day the earlier in the list counts. */
struct calendar {
	const struct calendar_table *tables;
	size_t count;
};

/** Whether a day is worked. `*is_known` is set to false when no table speaks of it, and otherwise left as it is. */
bool calendar_is_worked(const struct calendar *calendar, int64_t day, bool *is_known);
/**
 * The `count`-th working day after `day`: the day after it is the first that may count. `count` 0 gives `day` itself.
 * @param count  at most 65535
 */
int64_t calendar_after(const struct calendar *calendar, int64_t day, uint32_t count, bool *is_known);
/** How many working days lie behind `from` and not behind `to`; negative, counted backwards, when `to` is before `from`. */
int64_t calendar_between(const struct calendar *calendar, int64_t from, int64_t to, bool *is_known);
/** The next day of this name strictly after `day`; false: no table has one. */
bool calendar_named_after(const struct calendar *calendar, struct view name, int64_t day, int64_t *out);
/** The last day that all days from `day` on are spoken of without a gap; `day` - 1 if it is not spoken of itself. */
int64_t calendar_known_until(const struct calendar *calendar, int64_t day);

/** The same day of the month so many months later, or the last of that month if it has no such day. */
int64_t calendar_months_after(int64_t day, uint32_t months);
/** The first and the last day of a month (months from 1970-01). */
int64_t calendar_month_first(int64_t month);
int64_t calendar_month_last(int64_t month);
/** The month in which a day lies. */
int64_t calendar_month_of(int64_t day);
/** The next such day of a year on or after `day`; the date must exist in every year. */
int64_t calendar_next_date(int64_t day, int month, int of_month);

#endif
