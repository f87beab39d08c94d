/* x-standards: a record against the dated rows of a policy. Source: schema/kind-v1.md, section 3. */
#include "codec/codec.h"
#include "finding/inside.h"
#include "schema/slice.h"

/* The record's own numbers. */
struct holding {
	const struct schema_across *rule;
	const struct finding_record *record;
	int64_t amount;
	int64_t times;
	int64_t since; /* INT64_MIN: not asked */
};

static bool
condition_holds(const struct schema_condition *condition, const struct policy_found *row)
{
	struct view value = schema_slice_value(row->fields, row->count, condition->path.field);

	if (value.size == 0)
		return condition->takes_absent;
	for (size_t i = 0; i < condition->count; i++) {
		if (view_equal(condition->values[i], value))
			return true;
	}
	return false;
}

/* Whether the row speaks of such records: it agrees in what is compared, and is one of those that are meant. */
static bool
speaks_of(const struct holding *holding, const struct policy_found *row)
{
	const struct schema_side *own = &holding->rule->own;
	const struct schema_side *other = &holding->rule->other;

	for (size_t i = 0; i < own->match_count; i++) {
		struct view mine = record_get(holding->record->record, own->match[i].field);

		if (mine.size == 0 ||
		    !view_equal(mine, schema_slice_value(row->fields, row->count, other->match[i].field)))
			return false;
	}
	for (size_t i = 0; i < other->condition_count; i++) {
		if (!condition_holds(&other->conditions[i], row))
			return false;
	}
	return holding->since == INT64_MIN || (row->is_for && row->to >= holding->since);
}

/* Months for which the row's amount stands; 0: its period is none that the kind knows. */
static uint32_t
months_of(const struct schema_policy *policy, const struct policy_found *row)
{
	struct view period = schema_slice_value(row->fields, row->count, policy->period);

	if (policy->period == 0)
		return 1;
	for (size_t i = 0; i < policy->months_count; i++) {
		if (view_equal(policy->months[i].value, period))
			return policy->months[i].count;
	}
	return 0;
}

/*
 * Whether the row bears the amount out. Both sides are brought to the row's period by multiplication, so nothing is rounded here;
 * an office rounds a month once, which may be less than one fen a month off. A row without an amount (or value) bears nothing out, and
 * neither does a number past 64 bits.
 */
static bool
bears_out(const struct holding *holding, const struct policy_found *row)
{
	const struct schema_policy *policy = &holding->rule->other.kind->policy;
	uint32_t months = months_of(policy, row);
	int64_t standard = 0;
	int64_t mine;
	int64_t theirs;
	int64_t difference;

	if (months == 0 || !schema_integer_of(schema_slice_value(row->fields, row->count, policy->amount), &standard) ||
	    __builtin_mul_overflow(holding->amount, (int64_t)months, &mine) ||
	    __builtin_mul_overflow(standard, holding->times, &theirs) ||
	    __builtin_sub_overflow(mine, theirs, &difference))
		return false;
	switch (holding->rule->standard.is) {
	case SCHEMA_AT_MOST:
		return difference < (int64_t)months;
	case SCHEMA_AT_LEAST:
		return difference > -(int64_t)months;
	case SCHEMA_EQUAL:
		return difference < (int64_t)months && difference > -(int64_t)months;
	case SCHEMA_NO_ROW:
		break;
	}
	return false;
}

/* A row of a narrower region that speaks of all the days for which this one is asked takes its place. */
static bool
is_shadowed(const struct holding *holding, const struct policy_found *row)
{
	int64_t first = row->from > holding->since ? row->from : holding->since;
	struct policy_found narrower;
	size_t position = 0;

	while (holding->since != INT64_MIN &&
	       policy_row_next(&narrower, holding->record->policy, holding->rule->other.kind, holding->record->owner,
	                       &position)) {
		if (narrower.narrowness > row->narrowness && narrower.from <= first && narrower.to >= row->to &&
		    speaks_of(holding, &narrower))
			return true;
	}
	return false;
}

/* false: the record does not say what the rule needs. */
static bool
read_holding(struct holding *out, const struct schema_across *rule, const struct finding_record *record)
{
	const struct schema_standard *standard = &rule->standard;
	int64_t since = 0;

	*out = (struct holding){.rule = rule, .record = record, .times = 1, .since = INT64_MIN};
	if (standard->is != SCHEMA_NO_ROW &&
	    !schema_integer_of(record_get(record->record, standard->amount.field), &out->amount))
		return false;
	if (standard->times.field != 0 &&
	    !schema_integer_of(record_get(record->record, standard->times.field), &out->times))
		return false;
	if (standard->since.field == 0)
		return true;
	return schema_integer_of(record_get(record->record, standard->since.field), &since) &&
	       finding_day_of(&out->since, &standard->since, since, false);
}

bool
finding_standard_broken(struct policy_found *out, const struct schema_across *rule, const struct finding_record *record)
{
	struct holding holding;
	struct policy_found row;
	struct policy_found last = {0};
	size_t position = 0;
	bool is_spoken_of = false;

	if (record->policy == NULL || !read_holding(&holding, rule, record))
		return false;
	while (policy_row_next(&row, record->policy, rule->other.kind, record->owner, &position)) {
		if (!speaks_of(&holding, &row) || is_shadowed(&holding, &row))
			continue;
		if (bears_out(&holding, &row))
			return false;
		if (!is_spoken_of || row.from >= last.from)
			last = row;
		is_spoken_of = true;
	}
	if (is_spoken_of)
		*out = last;
	return is_spoken_of;
}
