#include "due/due.h"

#include "due/internal.h"
#include "schema/slice.h"
#include "text/date.h"

/* What one limit is looked at with. */
struct looking {
	const struct due_question *question;
	const struct calendar *calendar;
	int64_t today;
	struct due_stops stops;
	uint32_t amount;
	struct due_item *item;
};

static struct view
value_of(const struct due_question *question, uint32_t number)
{
	return number == 0 ? (struct view){0} : schema_slice_value(question->fields, question->count, number);
}

static bool
day_of(const struct due_question *question, uint32_t number, int64_t *out)
{
	return number != 0 &&
	       schema_day_of(schema_field_by_number(&question->kind->object, number), value_of(question, number), out);
}

/* The moment in a field, to the second where it is a time. */
static bool
time_of(const struct due_question *question, uint32_t number, int64_t *out)
{
	const struct schema_field *field = number == 0 ? NULL : schema_field_by_number(&question->kind->object, number);

	return field != NULL && field->type == SCHEMA_TIME && schema_integer_of(value_of(question, number), out) &&
	       *out >= TEXT_TIME_MIN && *out <= TEXT_TIME_MAX;
}

static bool
is_running(const struct due_question *question, const struct schema_limit *limit)
{
	struct view status = value_of(question, question->kind->status->number);
	bool is_in = false;

	for (size_t i = 0; i < limit->running_count; i++)
		is_in = is_in || view_equal(limit->running[i], status);
	return is_in && status.size > 0 &&
	       schema_choices_hold(question->kind, limit->wanted, limit->wanted_count, question->fields,
	                           question->count) &&
	       (limit->unwanted_count == 0 ||
	        !schema_choices_hold(question->kind, limit->unwanted, limit->unwanted_count, question->fields,
	                             question->count));
}

/* From when it counts; false: nobody knows. */
static bool
find_since(struct looking *looking)
{
	struct due_item *item = looking->item;
	const struct due_question *question = looking->question;

	if (item->limit->since != 0)
		item->has_since = day_of(question, item->limit->since, &item->since);
	else if (question->has_written) {
		item->since = due_day_of_time(question->written);
		item->has_since = true;
	}
	return item->has_since || item->limit->form == SCHEMA_LIMIT_AT;
}

/* The number of the limit, policy's before the kind's. false: there is no such limit here. */
static bool
find_amount(struct looking *looking)
{
	struct due_item *item = looking->item;
	const struct schema_limit *limit = item->limit;
	int64_t as_of = item->has_since ? item->since : looking->today;
	int64_t amount = 0;

	item->form = limit->form;
	item->has_policy = looking->question->office != NULL &&
	                   policy_limit_on(looking->question->office, looking->question->kind->name, limit->name, as_of,
	                                   &item->policy);
	if (item->has_policy && item->policy.is_off)
		return false;
	if (item->has_policy && item->policy.has_amount) {
		item->form = item->policy.unit;
		looking->amount = item->policy.amount;
		return true;
	}
	if (limit->is_by_policy)
		return false;
	looking->amount = limit->amount;
	if (limit->amount_field == 0)
		return true;
	if (!schema_integer_of(value_of(looking->question, limit->amount_field), &amount) || amount < 0 ||
	    amount > LIMIT_FIELD_NUMBER_MAX)
		return false;
	looking->amount = (uint32_t)amount;
	return true;
}

/* So many days later, those on which the clock stands still not counted. */
static int64_t
count_days(struct looking *looking, int64_t day, uint32_t count, bool is_working)
{
	while (count > 0 && day < TEXT_DAY_MAX) {
		day++;
		if (due_is_stopped_on(&looking->stops, day))
			continue;
		if (!is_working || calendar_is_worked(looking->calendar, day, &looking->item->is_exact))
			count--;
	}
	return day;
}

/* The same for months: the end moves on by the days on which the clock stood still. */
static int64_t
count_months(struct looking *looking, int64_t day, uint32_t months)
{
	int64_t end = calendar_months_after(day, months < 2400 ? months : 2400);

	for (int64_t at = day + 1; looking->stops.count > 0 && at <= end && end < TEXT_DAY_MAX; at++)
		end += due_is_stopped_on(&looking->stops, at) ? 1 : 0;
	return end;
}

static bool
find_hour(struct looking *looking)
{
	struct due_item *item = looking->item;
	int64_t start;

	if (!time_of(looking->question, item->limit->since, &start)) {
		if (item->limit->since == 0 && looking->question->has_written)
			start = looking->question->written;
		else
			start = (item->since + 1) * DUE_SECONDS_PER_DAY -
			        DUE_CHINA_SECONDS_EAST; /* a day counts to its end */
	}
	item->time = start + (int64_t)looking->amount * DUE_SECONDS_PER_HOUR;
	item->has_time = true;
	item->day = due_day_of_time(item->time);
	return true;
}

static bool
find_at(struct looking *looking)
{
	struct due_item *item = looking->item;

	item->has_time = time_of(looking->question, item->limit->at, &item->time);
	return day_of(looking->question, item->limit->at, &item->day);
}

static bool
find_named_day(struct looking *looking)
{
	struct due_item *item = looking->item;
	int64_t day;

	if (!calendar_named_after(looking->calendar, item->limit->named_day, item->since, &day)) {
		item->is_exact = false;
		return false;
	}
	item->day = day - 1;
	return true;
}

/* The last day in time. false: this record says nothing about it. */
static bool
find_day(struct looking *looking)
{
	struct due_item *item = looking->item;
	uint32_t amount = looking->amount;

	switch (item->form) {
	case SCHEMA_LIMIT_WORKING_DAYS:
		item->day = count_days(looking, item->since, amount, true);
		return true;
	case SCHEMA_LIMIT_DAYS:
		item->day = count_days(looking, item->since, amount, false);
		return true;
	case SCHEMA_LIMIT_HOURS:
		return find_hour(looking);
	case SCHEMA_LIMIT_MONTHS:
		item->day = count_months(looking, item->since, amount);
		return true;
	case SCHEMA_LIMIT_AT:
		return find_at(looking);
	case SCHEMA_LIMIT_DAY_OF_MONTH:
		item->day = calendar_month_first(calendar_month_of(item->since)) + amount - 1;
		return true;
	case SCHEMA_LIMIT_MONTH_DAY:
		item->day = calendar_next_date(item->since, (int)(amount / 100), (int)(amount % 100));
		return true;
	case SCHEMA_LIMIT_NAMED_DAY:
		return find_named_day(looking);
	}
	return false;
}

/* What is left, in the limit's own unit. */
static void
measure(struct looking *looking)
{
	struct due_item *item = looking->item;
	int64_t left;

	if (item->has_time) {
		left = item->time - looking->question->now;
		item->left = item->form != SCHEMA_LIMIT_HOURS ? item->day - looking->today
		             : left >= 0                      ? left / DUE_SECONDS_PER_HOUR
		                         : -((-left + DUE_SECONDS_PER_HOUR - 1) / DUE_SECONDS_PER_HOUR);
	} else if (item->form == SCHEMA_LIMIT_WORKING_DAYS) {
		item->left = calendar_between(looking->calendar, looking->today, item->day, &item->is_exact);
		if (item->left == 0 && looking->today > item->day)
			item->left = -1; /* late by days off alone is late */
	} else {
		item->left = item->day - looking->today;
	}
}

static bool
is_past(const struct looking *looking)
{
	const struct due_item *item = looking->item;

	return item->has_time ? looking->question->now > item->time : looking->today > item->day;
}

/* The clock stands still and nobody has said until when: how much is left when it goes on. */
static bool
find_stopped(struct looking *looking)
{
	struct due_item *item = looking->item;
	int64_t stop = due_open_stop(&looking->stops);
	int64_t counted = 0;

	if (stop == INT64_MAX || stop > looking->today ||
	    (item->form != SCHEMA_LIMIT_WORKING_DAYS && item->form != SCHEMA_LIMIT_DAYS))
		return false;
	for (int64_t day = item->since + 1; day < stop; day++) {
		if (due_is_stopped_on(&looking->stops, day))
			continue;
		if (item->form == SCHEMA_LIMIT_DAYS || calendar_is_worked(looking->calendar, day, &item->is_exact))
			counted++;
	}
	item->state = DUE_STOPPED;
	item->left = (int64_t)looking->amount - counted;
	return true;
}

/* A limit that is turned round: not before. */
static bool
look_at_least(struct looking *looking, bool is_ended, int64_t until)
{
	struct due_item *item = looking->item;

	if (is_ended) {
		item->state = DUE_EARLY;
		if (until >= item->day)
			return false;
	} else {
		item->state = DUE_NOT_BEFORE;
		if (is_past(looking))
			return false;
	}
	measure(looking);
	return true;
}

static bool
look_at(struct looking *looking)
{
	struct due_item *item = looking->item;
	const struct schema_limit *limit = item->limit;
	int64_t until = 0;
	bool is_ended;

	if (!is_running(looking->question, limit))
		return false;
	if (!find_since(looking)) {
		item->state = DUE_NO_START;
		item->form = limit->form;
		return !limit->is_by_policy && !day_of(looking->question, limit->until, &until);
	}
	is_ended = day_of(looking->question, limit->until, &until) && (!item->has_since || until >= item->since);
	if ((is_ended && !limit->is_at_least) || !find_amount(looking))
		return false;
	due_find_stops(&looking->stops, looking->question, item);
	if (!limit->is_at_least && find_stopped(looking))
		return true;
	if (!find_day(looking))
		return false;
	if (limit->is_at_least)
		return look_at_least(looking, is_ended, until);
	item->state = is_past(looking) ? DUE_LATE : DUE_IN_TIME;
	measure(looking);
	return true;
}

size_t
due_limits(const struct schema_kind *kind)
{
	return kind->status == NULL ? 0 : kind->status->states->limit_count;
}

size_t
due_look(struct due_item *items, const struct due_question *question)
{
	static const struct calendar NONE;
	struct looking looking = {.question = question, .today = due_day_of_time(question->now)};
	size_t count = 0;

	looking.calendar = question->office == NULL ? &NONE : policy_calendar(question->office);
	for (size_t i = 0; i < due_limits(question->kind); i++) {
		items[count] = (struct due_item){
			.limit = &question->kind->status->states->limits[i], .is_exact = true, .state = DUE_IN_TIME};
		looking.item = &items[count];
		looking.stops.count = 0;
		count += look_at(&looking) ? 1U : 0U;
	}
	return count;
}
