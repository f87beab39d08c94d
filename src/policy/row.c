/* A record of a kind with x-policy, read into a row. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "policy/internal.h"
#include "schema/slice.h"

static struct view
value_of(const struct policy_record *record, uint32_t number)
{
	return number == 0 ? (struct view){0} : schema_slice_value(record->fields, record->count, number);
}

static enum err
keep(struct view *out, struct policy *policy, struct view text, struct err_info *info)
{
	const uint8_t *copy = arena_copy(&policy->arena, text);

	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, text.size);
	return ERR_OK;
}

/* A tail of 10, 8, 6 or 3 zeros says that the whole province, city, county or township is meant; of 12, the country. */
void
policy_region(char out[POLICY_REGION_DIGITS + 1], const char *code)
{
	static const size_t TAILS[] = {12, 10, 8, 6, 3};

	memcpy(out, code, POLICY_REGION_DIGITS);
	out[POLICY_REGION_DIGITS] = '\0';
	for (size_t i = 0; i < sizeof(TAILS) / sizeof(TAILS[0]); i++) {
		char *tail = out + POLICY_REGION_DIGITS - TAILS[i];

		if (strspn(tail, "0") == TAILS[i]) {
			*tail = '\0';
			return;
		}
	}
}

static void
read_region(struct policy_row *row, int64_t code)
{
	char digits[POLICY_REGION_DIGITS + 1];

	for (size_t i = POLICY_REGION_DIGITS; i > 0; i--) {
		digits[i - 1] = (char)('0' + code % 10);
		code /= 10;
	}
	digits[POLICY_REGION_DIGITS] = '\0';
	policy_region(row->region, digits);
}

bool
policy_covers(const char *region, const char *code)
{
	return strncmp(region, code, strlen(region)) == 0;
}

/* What rows of one matter agree in, byte by byte. */
static enum err
read_matter(struct policy *policy, struct policy_row *row, const struct policy_record *record, struct err_info *info)
{
	const struct schema_policy *says = &record->kind->policy;
	struct bytes matter = {0};
	enum err err = bytes_append_view(&matter, record->kind->name, info);

	for (size_t i = 0; err == ERR_OK && i < says->same_count; i++) {
		err = bytes_append_byte(&matter, 0, info);
		if (err == ERR_OK)
			err = bytes_append_view(&matter, value_of(record, says->same[i]), info);
	}
	if (err == ERR_OK)
		err = keep(&row->matter, policy, bytes_view(&matter), info);
	bytes_release(&matter);
	return err;
}

static struct policy_problem
problem_of(const struct policy_record *record, enum policy_problem_type type)
{
	return (struct policy_problem){
		.type = type, .kind = record->kind->name, .id = record->id, .owner = record->owner};
}

static enum err
note_half(struct policy *policy, struct policy_row *row, const struct policy_record *record, struct err_info *info)
{
	struct policy_problem problem = problem_of(record, POLICY_HALF);

	row->is_whole = false;
	return policy_note(policy, &problem, info);
}

static int
compare_days(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static enum err
read_days(const int64_t **out, size_t *count_out, struct policy *policy, struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	struct err_info why;
	size_t count = 0;
	size_t kept = 0;
	int64_t *days;

	if (value.size == 0 || codec_read_array(&count, &reader, &why) != ERR_OK)
		count = 0;
	days = arena_get(&policy->arena, (count + 1) * sizeof(*days));
	if (days == NULL)
		return err_nomem(info);
	while (kept < count && codec_read_int(&days[kept], &reader, &why) == ERR_OK)
		kept++;
	qsort(days, kept, sizeof(*days), compare_days);
	*out = days;
	*count_out = kept;
	return ERR_OK;
}

/* One {name, day} of the keyed list; the reader is at its map. */
static enum err
read_named(struct calendar_named *out, bool *is_read, struct policy *policy, const struct schema_policy *says,
           struct codec_reader *reader, struct err_info *info)
{
	struct err_info why;
	struct view name = {0};
	struct view day = {0};
	uint32_t key = 0;
	size_t count = 0;

	*is_read = false;
	if (codec_read_map(&count, reader, &why) != ERR_OK)
		return ERR_OK;
	for (size_t i = 0; i < count; i++) {
		struct view value;

		if (codec_read_key(&key, reader, i, &why) != ERR_OK || codec_read_raw(&value, reader, &why) != ERR_OK)
			return ERR_OK;
		if (key == says->named_name)
			name = schema_text_of(value);
		else if (key == says->named_day)
			day = value;
	}
	*is_read = name.size > 0 && schema_integer_of(day, &out->day);
	return *is_read ? keep(&out->name, policy, name, info) : ERR_OK;
}

static enum err
read_named_days(struct policy *policy, struct policy_row *row, const struct policy_record *record,
                struct err_info *info)
{
	struct view value = value_of(record, record->kind->policy.named_days);
	struct codec_reader reader = codec_reader_of(value);
	struct calendar_named *named;
	struct err_info why;
	size_t count = 0;
	enum err err = ERR_OK;

	if (value.size == 0 || codec_read_array(&count, &reader, &why) != ERR_OK)
		return ERR_OK;
	named = arena_get(&policy->arena, (count + 1) * sizeof(*named));
	if (named == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		bool is_read;

		err = read_named(&named[row->table.named_count], &is_read, policy, &record->kind->policy, &reader,
		                 info);
		row->table.named_count += is_read ? 1U : 0U;
		if (!is_read)
			break;
	}
	row->table.named = named;
	return err;
}

static enum err
read_calendar(struct policy *policy, struct policy_row *row, const struct policy_record *record, struct err_info *info)
{
	const struct schema_policy *says = &record->kind->policy;
	enum err err;

	if (row->said_to == INT64_MAX)
		return note_half(policy, row, record, info);
	row->table.first = row->from;
	row->table.last = row->said_to;
	err = read_days(&row->table.off, &row->table.off_count, policy, value_of(record, says->off_days), info);
	if (err == ERR_OK)
		err = read_days(&row->table.worked, &row->table.worked_count, policy,
		                value_of(record, says->worked_days), info);
	if (err == ERR_OK)
		err = read_named_days(policy, row, record, info);
	return err;
}

static bool
read_unit(enum schema_limit_form *out, struct view word)
{
	static const char *const UNITS[] = {"working_days", "days", "hours", "months"};

	for (unsigned i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
		if (view_equal(word, view_text(UNITS[i]))) {
			*out = (enum schema_limit_form)i;
			return true;
		}
	}
	return false;
}

/* Whether a kind of the set has a limit of this name. */
static bool
is_limit(const struct policy *policy, struct view kind_name, struct view limit_name)
{
	const struct schema_kind *kind = schema_set_kind(policy->set, kind_name);
	const struct schema_states *states = kind == NULL || kind->status == NULL ? NULL : kind->status->states;

	for (size_t i = 0; states != NULL && i < states->limit_count; i++) {
		if (view_equal(states->limits[i].name, limit_name))
			return true;
	}
	return false;
}

static enum err
read_stops(struct policy *policy, struct policy_row *row, struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	struct err_info why;
	struct view *stops;
	size_t count = 0;
	enum err err = ERR_OK;

	if (value.size == 0 || codec_read_array(&count, &reader, &why) != ERR_OK)
		return ERR_OK;
	stops = arena_get(&policy->arena, (count + 1) * sizeof(*stops));
	if (stops == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view text;

		if (codec_read_str(&text, &reader, &why) != ERR_OK)
			break;
		err = keep(&stops[i], policy, text, info);
		row->limit.stopped_count = i + 1;
	}
	row->limit.stopped_in = stops;
	return err;
}

static enum err
read_subject(struct policy *policy, struct policy_row *row, struct view first, struct view second,
             struct err_info *info)
{
	struct bytes subject = {0};
	enum err err = bytes_append_view(&subject, first, info);

	if (err == ERR_OK && second.size > 0)
		err = bytes_append_byte(&subject, 0, info);
	if (err == ERR_OK)
		err = bytes_append_view(&subject, second, info);
	if (err == ERR_OK)
		err = keep(&row->subject, policy, bytes_view(&subject), info);
	bytes_release(&subject);
	return err;
}

static enum err
note_word(struct policy *policy, struct policy_row *row, const struct policy_record *record,
          enum policy_problem_type type, struct view word, struct err_info *info)
{
	struct policy_problem problem = problem_of(record, type);
	enum err err = keep(&problem.word, policy, word, info);

	row->is_whole = false;
	return err == ERR_OK ? policy_note(policy, &problem, info) : err;
}

static enum err
read_limit(struct policy *policy, struct policy_row *row, const struct policy_record *record, struct err_info *info)
{
	const struct schema_policy *says = &record->kind->policy;
	struct view kind = schema_text_of(value_of(record, says->kind));
	struct view limit = schema_text_of(value_of(record, says->limit));
	const struct schema_field *unit_field = schema_field_by_number(&record->kind->object, says->unit);
	struct view unit = schema_word_of(unit_field, value_of(record, says->unit));
	int64_t amount = 0;
	enum err err;

	if (kind.size == 0 || limit.size == 0)
		return note_half(policy, row, record, info);
	err = read_subject(policy, row, kind, limit, info);
	if (err == ERR_OK && !is_limit(policy, kind, limit))
		err = note_word(policy, row, record, POLICY_NO_LIMIT, row->subject, info);
	row->limit.has_amount = schema_integer_of(value_of(record, says->amount), &amount);
	if (err == ERR_OK && row->limit.has_amount && (amount < 0 || amount > LIMIT_FIELD_NUMBER_MAX))
		err = note_half(policy, row, record, info);
	row->limit.amount = (uint32_t)amount;
	if (err == ERR_OK && row->limit.has_amount && !read_unit(&row->limit.unit, unit))
		err = note_word(policy, row, record, POLICY_NO_UNIT, unit, info);
	row->limit.is_off = schema_is_true(value_of(record, says->off));
	row->limit.never_stops = schema_is_true(value_of(record, says->never_stops));
	if (err == ERR_OK)
		err = read_stops(policy, row, value_of(record, says->stopped_in), info);
	if (err == ERR_OK)
		err = keep(&row->limit.source, policy, schema_text_of(value_of(record, says->source)), info);
	return err;
}

static enum err
read_value(struct policy *policy, struct policy_row *row, const struct policy_record *record, struct err_info *info)
{
	const struct schema_policy *says = &record->kind->policy;
	struct view name = schema_text_of(value_of(record, says->name));

	if (name.size == 0 || !schema_integer_of(value_of(record, says->value), &row->value))
		return note_half(policy, row, record, info);
	return read_subject(policy, row, name, (struct view){0}, info);
}

/* All fields, for whoever holds a record against them. */
static enum err
read_fields(struct policy *policy, struct policy_row *row, const struct policy_record *record, struct err_info *info)
{
	struct schema_slice *fields = arena_get(&policy->arena, (record->count + 1) * sizeof(*fields));
	enum err err = ERR_OK;

	if (fields == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < record->count; i++) {
		fields[i].number = record->fields[i].number;
		err = keep(&fields[i].value, policy, record->fields[i].value, info);
	}
	row->fields = fields;
	row->field_count = record->count;
	return err;
}

enum err
policy_read_row(struct policy *policy, struct policy_row *row, const struct policy_record *record,
                struct err_info *info)
{
	const struct schema_policy *says = &record->kind->policy;
	struct policy_problem not_below = problem_of(record, POLICY_NOT_BELOW);
	int64_t region = 0;
	enum err err;

	*row = (struct policy_row){
		.kind = record->kind, .id = record->id, .owner = record->owner, .said_to = INT64_MAX, .is_whole = true};
	(void)schema_integer_of(value_of(record, says->to), &row->said_to);
	row->to = row->said_to;
	err = read_matter(policy, row, record, info);
	if (err == ERR_OK && (!schema_integer_of(value_of(record, says->from), &row->from) ||
	                      !schema_integer_of(value_of(record, says->region), &region) || region < 0))
		return note_half(policy, row, record, info);
	read_region(row, region);
	if (err == ERR_OK && says->type == SCHEMA_POLICY_CALENDAR)
		err = read_calendar(policy, row, record, info);
	else if (err == ERR_OK && says->type == SCHEMA_POLICY_LIMIT)
		err = read_limit(policy, row, record, info);
	else if (err == ERR_OK && says->type == SCHEMA_POLICY_VALUE)
		err = read_value(policy, row, record, info);
	if (err == ERR_OK && (says->type == SCHEMA_POLICY_ROW || says->type == SCHEMA_POLICY_VALUE))
		err = read_fields(policy, row, record, info);
	/* a row for more than the owner's own division counts below the owner; one for a division beside it for nobody */
	if (err == ERR_OK && row->is_whole) {
		char own[POLICY_REGION_DIGITS + 1];

		policy_region(own, record->owner.text);
		if (!policy_covers(own, row->region) && !policy_covers(row->region, record->owner.text)) {
			row->is_whole = false;
			err = policy_note(policy, &not_below, info);
		}
	}
	return err;
}
