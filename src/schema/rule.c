/* Rules inside a record, evaluated. Conditions are true, false or unknown; a term is a number or absent. */
#include "schema/rule.h"

#include "codec/codec.h"
#include "schema/slice.h"
#include "schema/term.h"
#include "schema/value.h"
#include "text/citizen.h"
#include "text/date.h"

enum truth {
	TRUTH_FALSE,
	TRUTH_UNKNOWN,
	TRUTH_TRUE,
};

struct number {
	int64_t value;
	bool is_there;
	bool is_past; /* more than 64 bits: what it is compared with does not matter any more */
};

struct fields {
	const struct schema_kind *kind;
	const struct schema_slice *items;
	size_t count;
};

enum {
	SECONDS_PER_DAY = 86400,
	CHINA_SECONDS_EAST = 28800,
	CITIZEN_BIRTH_DIVISOR = 1000
};

static struct view
field_of(const struct fields *fields, uint32_t number)
{
	return schema_slice_value(fields->items, fields->count, number);
}

static struct number
number_of(struct view value)
{
	struct number number = {0};

	number.is_there = schema_integer_of(value, &number.value);
	return number;
}

static struct number
plain(int64_t value)
{
	return (struct number){.value = value, .is_there = true};
}

static void
add(struct number *sum, int64_t value)
{
	if ((value > 0 && sum->value > INT64_MAX - value) || (value < 0 && sum->value < INT64_MIN - value))
		sum->is_past = true;
	else
		sum->value += value;
}

static struct number
multiply(struct number a, struct number b)
{
	int64_t product = 0;

	if (!a.is_there || !b.is_there)
		return (struct number){0};
	if (a.is_past || b.is_past || __builtin_mul_overflow(a.value, b.value, &product))
		return (struct number){.is_there = true, .is_past = true};
	return plain(product);
}

static struct number
subtract(struct number a, struct number b)
{
	int64_t difference = 0;

	if (!a.is_there || !b.is_there)
		return (struct number){0};
	if (a.is_past || b.is_past || __builtin_sub_overflow(a.value, b.value, &difference))
		return (struct number){.is_there = true, .is_past = true};
	return plain(difference);
}

static size_t
members_of(struct codec_reader *reader, struct view value)
{
	size_t count = 0;

	*reader = codec_reader_of(value);
	if (value.size == 0 || codec_read_array(&count, reader, NULL) != ERR_OK)
		return 0;
	return count;
}

/* The member's integer, or absent; steps over the whole member. */
static struct number
member_number(struct codec_reader *reader, uint32_t wanted)
{
	struct number number = {0};
	uint32_t key = 0;
	size_t count = 0;

	if (codec_read_map(&count, reader, NULL) != ERR_OK)
		return number;
	for (size_t i = 0; i < count; i++) {
		struct view value;

		if (codec_read_key(&key, reader, i, NULL) != ERR_OK || codec_read_raw(&value, reader, NULL) != ERR_OK)
			return number;
		if (key == wanted)
			number = number_of(value);
	}
	return number;
}

static struct number
total(const struct fields *fields, const struct schema_term *term)
{
	struct codec_reader reader;
	size_t count = members_of(&reader, field_of(fields, term->fields[0]));
	struct number sum = plain(0);

	for (size_t i = 0; i < count && !sum.is_past; i++) {
		struct number one = member_number(&reader, term->fields[1]);

		if (one.is_there)
			add(&sum, one.value);
	}
	return sum;
}

static struct number
count_true(const struct fields *fields, const struct schema_term *term)
{
	int64_t count = 0;

	for (size_t i = 0; i < term->field_count; i++)
		count += schema_is_true(field_of(fields, term->fields[i])) ? 1 : 0;
	return plain(count);
}

static struct number
birth(const struct fields *fields, const struct schema_term *term)
{
	struct number citizen = number_of(field_of(fields, term->fields[0]));

	if (!citizen.is_there || !text_citizen_is_valid(citizen.value))
		return (struct number){0};
	return plain(text_citizen_birth_day(citizen.value));
}

static bool
is_day(struct number day)
{
	return day.is_there && !day.is_past && day.value >= TEXT_DAY_MIN && day.value <= TEXT_DAY_MAX;
}

static struct number
age(struct number born, struct number day)
{
	int from[3];
	int to[3];

	if (!is_day(born) || !is_day(day))
		return (struct number){0};
	text_day_split(born.value, &from[0], &from[1], &from[2]);
	text_day_split(day.value, &to[0], &to[1], &to[2]);
	return plain(to[0] - from[0] - (to[1] < from[1] || (to[1] == from[1] && to[2] < from[2]) ? 1 : 0));
}

static struct number
month_of(struct number day)
{
	int year;
	int month;
	int of_month;

	if (!is_day(day))
		return (struct number){0};
	text_day_split(day.value, &year, &month, &of_month);
	return plain((int64_t)(year - 1970) * 12 + month - 1);
}

static struct number
day_of(struct number time)
{
	int64_t seconds = time.value + CHINA_SECONDS_EAST;

	if (!time.is_there || time.is_past || time.value < TEXT_TIME_MIN || time.value > TEXT_TIME_MAX)
		return (struct number){0};
	return plain(seconds >= 0 ? seconds / SECONDS_PER_DAY : -((-seconds + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY));
}

static struct number value_of(const struct fields *fields, const struct schema_term *term);

static struct number
sum_of(const struct fields *fields, const struct schema_term *term)
{
	struct number sum = {0};

	for (size_t i = 0; i < term->term_count; i++) {
		struct number one = value_of(fields, term->terms[i]);

		if (!one.is_there && i == 0 && term->measure != SCHEMA_MEASURE_NUMBER)
			return (struct number){0};
		if (!one.is_there)
			continue;
		sum.is_there = true;
		sum.is_past = sum.is_past || one.is_past;
		add(&sum, one.value);
	}
	return sum;
}

/* Depth is bounded by that of the JSON that the rule was read from. */
static struct number
value_of(const struct fields *fields, const struct schema_term *term)
{
	struct codec_reader reader;

	switch (term->type) {
	case SCHEMA_TERM_CONSTANT:
		return plain(term->value);
	case SCHEMA_TERM_FIELD:
		return number_of(field_of(fields, term->fields[0]));
	case SCHEMA_TERM_SUM:
		return sum_of(fields, term);
	case SCHEMA_TERM_MINUS:
		return subtract(value_of(fields, term->terms[0]), value_of(fields, term->terms[1]));
	case SCHEMA_TERM_TIMES:
		return multiply(value_of(fields, term->terms[0]), value_of(fields, term->terms[1]));
	case SCHEMA_TERM_COUNT:
		return plain((int64_t)members_of(&reader, field_of(fields, term->fields[0])));
	case SCHEMA_TERM_TOTAL:
		return total(fields, term);
	case SCHEMA_TERM_TRUE:
		return count_true(fields, term);
	case SCHEMA_TERM_BIRTH:
		return birth(fields, term);
	case SCHEMA_TERM_AGE:
		return age(birth(fields, term), value_of(fields, term->terms[0]));
	case SCHEMA_TERM_DAY_OF_TIME:
		return day_of(value_of(fields, term->terms[0]));
	case SCHEMA_TERM_MONTH_OF_DAY:
		return month_of(value_of(fields, term->terms[0]));
	}
	return (struct number){0};
}

static enum truth
truth_of(bool is_so)
{
	return is_so ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth
compare(const struct fields *fields, const struct schema_if *condition)
{
	struct number a = value_of(fields, condition->terms[0]);
	struct number b = value_of(fields, condition->terms[1]);

	if (!a.is_there || !b.is_there)
		return TRUTH_UNKNOWN;
	if (a.is_past || b.is_past)
		return TRUTH_FALSE;
	switch (condition->comparison) {
	case SCHEMA_LESS:
		return truth_of(a.value < b.value);
	case SCHEMA_LESS_EQUAL:
		return truth_of(a.value <= b.value);
	case SCHEMA_EQUAL:
		return truth_of(a.value == b.value);
	case SCHEMA_NOT_EQUAL:
		return truth_of(a.value != b.value);
	case SCHEMA_GREATER_EQUAL:
		return truth_of(a.value >= b.value);
	case SCHEMA_GREATER:
		return truth_of(a.value > b.value);
	}
	return TRUTH_UNKNOWN;
}

static enum truth
holds_there(const struct fields *fields, const struct schema_if *condition)
{
	bool wants = condition->type == SCHEMA_IF_HAS;

	for (size_t i = 0; i < condition->field_count; i++) {
		if ((field_of(fields, condition->fields[i]).size > 0) != wants)
			return TRUTH_FALSE;
	}
	return TRUTH_TRUE;
}

static enum truth
holds_same(const struct fields *fields, const struct schema_if *condition)
{
	struct view a = field_of(fields, condition->fields[0]);
	struct view b = field_of(fields, condition->fields[1]);

	if (a.size == 0 || b.size == 0)
		return TRUTH_UNKNOWN;
	return truth_of(view_equal(a, b) == (condition->type == SCHEMA_IF_SAME));
}

static enum truth
holds(const struct fields *fields, const struct schema_if *condition)
{
	enum truth truth = condition->type == SCHEMA_IF_ANY ? TRUTH_FALSE : TRUTH_TRUE;

	switch (condition->type) {
	case SCHEMA_IF_COMPARED:
		return compare(fields, condition);
	case SCHEMA_IF_SAME:
	case SCHEMA_IF_DIFFERENT:
		return holds_same(fields, condition);
	case SCHEMA_IF_IN:
		return truth_of(schema_choices_hold(fields->kind, condition->values, condition->value_count,
		                                    fields->items, fields->count));
	case SCHEMA_IF_HAS:
	case SCHEMA_IF_LACKS:
		return holds_there(fields, condition);
	case SCHEMA_IF_NOT:
		return (enum truth)(TRUTH_TRUE - holds(fields, condition->parts[0]));
	case SCHEMA_IF_ALL:
	case SCHEMA_IF_ANY:
		break;
	}
	for (size_t i = 0; i < condition->part_count; i++) {
		enum truth part = holds(fields, condition->parts[i]);

		if (condition->type == SCHEMA_IF_ANY ? part > truth : part < truth)
			truth = part;
	}
	return truth;
}

bool
schema_rule_holds(const struct schema_kind *kind, const struct schema_rule *rule, const struct schema_slice *fields,
                  size_t count)
{
	const struct fields all = {kind, fields, count};
	struct view value;
	const struct schema_field *field;

	if (rule->type == SCHEMA_RULE_DECLARED)
		return (rule->when != NULL && holds(&all, rule->when) != TRUTH_TRUE) ||
		       holds(&all, rule->that) != TRUTH_FALSE;
	value = field_of(&all, rule->fields[0]);
	field = schema_field_by_number(&kind->object, rule->fields[0]);
	if (value.size == 0)
		return rule->type != SCHEMA_RULE_REQUIRED;
	return field == NULL || schema_value_check(field, value, NULL) == ERR_OK;
}

static enum err
refuse(const struct schema_kind *kind, const struct schema_rule *rule, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < rule->field_count; i++) {
		const struct schema_field *field = schema_field_by_number(&kind->object, rule->fields[i]);

		err = bytes_printf(&text, info, "%s%.*s (%.*s)", i == 0 ? "" : ", ", (int)field->name.size,
		                   (const char *)field->name.data, (int)field->title.zh.size,
		                   (const char *)field->title.zh.data);
	}
	if (err == ERR_OK)
		err = err_set(info, ERR_RULE, _("rule %.*s (%.*s; %.*s) would be broken; it reads %s"),
		              (int)rule->name.size, (const char *)rule->name.data, (int)rule->title.zh.size,
		              (const char *)rule->title.zh.data, (int)rule->title.en.size,
		              (const char *)rule->title.en.data, bytes_text(&text));
	bytes_release(&text);
	return err;
}

enum err
schema_rules_check(const struct schema_kind *kind, const struct schema_slice *old_fields, size_t old_count,
                   const struct schema_slice *fields, size_t count, struct err_info *info)
{
	for (size_t i = 0; i < kind->rule_count; i++) {
		const struct schema_rule *rule = &kind->rules[i];

		if (schema_rule_holds(kind, rule, fields, count))
			continue;
		if (old_fields != NULL && !schema_rule_holds(kind, rule, old_fields, old_count))
			continue;
		return refuse(kind, rule, info);
	}
	return ERR_OK;
}
