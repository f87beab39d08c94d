#include "due/internal.h"
#include "schema/slice.h"

int64_t
due_day_of_time(int64_t seconds)
{
	int64_t east = seconds + DUE_CHINA_SECONDS_EAST;

	return east >= 0 ? east / DUE_SECONDS_PER_DAY : -((-east + DUE_SECONDS_PER_DAY - 1) / DUE_SECONDS_PER_DAY);
}

/* Whether the limit's clock stands still in a status: policy's word, else the kind's. */
static bool
stops_in(const struct due_question *question, const struct due_item *item, struct view status)
{
	const struct schema_field *field = question->kind->status;

	if (item->has_policy && item->policy.never_stops)
		return false;
	if (item->has_policy && item->policy.stopped_count > 0) {
		struct view word = schema_word_of(field, status);

		for (size_t i = 0; i < item->policy.stopped_count; i++) {
			if (view_equal(item->policy.stopped_in[i], word))
				return true;
		}
		return false;
	}
	for (size_t i = 0; i < item->limit->stopped_count; i++) {
		if (view_equal(item->limit->stopped_in[i], status))
			return true;
	}
	return false;
}

static bool
day_of(const struct due_question *question, uint32_t number, int64_t *out)
{
	return schema_day_of(schema_field_by_number(&question->kind->object, number),
	                     schema_slice_value(question->fields, question->count, number), out);
}

static void
add(struct due_stops *stops, int64_t from, int64_t to)
{
	if (stops->count < DUE_STOPS_MAX && from <= to)
		stops->items[stops->count++] = (struct due_stop){from, to};
}

void
due_find_stops(struct due_stops *out, const struct due_question *question, const struct due_item *item)
{
	const struct schema_states *states = question->kind->status->states;
	struct view status = schema_slice_value(question->fields, question->count, question->kind->status->number);
	bool is_told = false;

	out->count = 0;
	for (size_t i = 0; i < states->period_count; i++) {
		const struct schema_period *period = &states->periods[i];
		bool is_in = view_equal(status, period->status);
		int64_t from;
		int64_t to = INT64_MAX;

		is_told = is_told || is_in;
		if (!stops_in(question, item, period->status) || !day_of(question, period->from, &from))
			continue;
		if (day_of(question, period->to, &to) || is_in)
			add(out, from, to);
	}
	/* a status without a period: the record shows only that it is in it now */
	if (!is_told && stops_in(question, item, status))
		add(out, due_day_of_time(question->has_written ? question->written : question->now), INT64_MAX);
}

bool
due_is_stopped_on(const struct due_stops *stops, int64_t day)
{
	for (size_t i = 0; i < stops->count; i++) {
		if (stops->items[i].from <= day && day <= stops->items[i].to)
			return true;
	}
	return false;
}

int64_t
due_open_stop(const struct due_stops *stops)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < stops->count; i++) {
		if (stops->items[i].to == INT64_MAX && stops->items[i].from < first)
			first = stops->items[i].from;
	}
	return first;
}
