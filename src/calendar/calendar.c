#include "calendar/calendar.h"

#include "text/date.h"

enum {
	DAYS_OF_WEEK = 7,
	THURSDAY_OFFSET = 3, /* 1970-01-01 was a Thursday: day 0 is 3 behind Monday */
	SATURDAY = 5,
	MONTHS_OF_YEAR = 12
};

static bool
holds(const int64_t *days, size_t count, int64_t day)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (days[middle] == day)
			return true;
		if (days[middle] < day)
			low = middle + 1;
		else
			count = middle;
	}
	return false;
}

static const struct calendar_table *
table_of(const struct calendar *calendar, int64_t day)
{
	for (size_t i = 0; i < calendar->count; i++) {
		if (calendar->tables[i].first <= day && day <= calendar->tables[i].last)
			return &calendar->tables[i];
	}
	return NULL;
}

static bool
is_weekend(int64_t day)
{
	int64_t of_week = (day + THURSDAY_OFFSET) % DAYS_OF_WEEK;

	return (of_week < 0 ? of_week + DAYS_OF_WEEK : of_week) >= SATURDAY;
}

bool
calendar_is_worked(const struct calendar *calendar, int64_t day, bool *is_known)
{
	const struct calendar_table *table = table_of(calendar, day);

	if (table == NULL) {
		*is_known = false;
		return !is_weekend(day);
	}
	return is_weekend(day) ? holds(table->worked, table->worked_count, day)
	                       : !holds(table->off, table->off_count, day);
}

int64_t
calendar_after(const struct calendar *calendar, int64_t day, uint32_t count, bool *is_known)
{
	while (count > 0) {
		day++;
		count -= calendar_is_worked(calendar, day, is_known) ? 1U : 0U;
	}
	return day;
}

static bool
is_unspoken(const struct calendar *calendar, int64_t from, int64_t to)
{
	for (size_t i = 0; i < calendar->count; i++) {
		if (calendar->tables[i].first <= to && from <= calendar->tables[i].last)
			return false;
	}
	return true;
}

int64_t
calendar_between(const struct calendar *calendar, int64_t from, int64_t to, bool *is_known)
{
	int64_t count = 0;

	if (to < from)
		return -calendar_between(calendar, to, from, is_known);
	for (int64_t day = from + 1; day <= to; day++) {
		while (to - day >= DAYS_OF_WEEK && is_unspoken(calendar, day, day + DAYS_OF_WEEK - 1)) {
			day += DAYS_OF_WEEK; /* a date from outside may lie centuries away */
			count += SATURDAY;
			*is_known = false;
		}
		count += calendar_is_worked(calendar, day, is_known) ? 1 : 0;
	}
	return count;
}

bool
calendar_named_after(const struct calendar *calendar, struct view name, int64_t day, int64_t *out)
{
	bool is_found = false;

	for (size_t i = 0; i < calendar->count; i++) {
		const struct calendar_table *table = &calendar->tables[i];

		for (size_t k = 0; k < table->named_count; k++) {
			const struct calendar_named *named = &table->named[k];

			if (named->day <= day || !view_equal(named->name, name) || (is_found && named->day >= *out))
				continue;
			*out = named->day;
			is_found = true;
		}
	}
	return is_found;
}

int64_t
calendar_known_until(const struct calendar *calendar, int64_t day)
{
	const struct calendar_table *table = table_of(calendar, day);

	while (table != NULL) {
		day = table->last + 1;
		table = table_of(calendar, day);
	}
	return day - 1;
}

int64_t
calendar_months_after(int64_t day, uint32_t months)
{
	int64_t month = calendar_month_of(day) + months;
	int64_t later = calendar_month_first(month) + (day - calendar_month_first(calendar_month_of(day)));
	int64_t last = calendar_month_last(month);

	return later < last ? later : last;
}

int64_t
calendar_month_first(int64_t month)
{
	int64_t year = 1970 + (month >= 0 ? month / MONTHS_OF_YEAR : -((-month + MONTHS_OF_YEAR - 1) / MONTHS_OF_YEAR));

	return text_day_of((int)year, (int)(month - (year - 1970) * MONTHS_OF_YEAR) + 1, 1);
}

int64_t
calendar_month_last(int64_t month)
{
	return calendar_month_first(month + 1) - 1;
}

int64_t
calendar_month_of(int64_t day)
{
	int year;
	int month;
	int of_month;

	text_day_split(day, &year, &month, &of_month);
	return (int64_t)(year - 1970) * MONTHS_OF_YEAR + month - 1;
}

int64_t
calendar_next_date(int64_t day, int month, int of_month)
{
	int year;
	int unused_month;
	int unused_day;
	int64_t next;

	text_day_split(day, &year, &unused_month, &unused_day);
	next = text_day_of(year, month, of_month);
	return next >= day ? next : text_day_of(year + 1, month, of_month);
}
