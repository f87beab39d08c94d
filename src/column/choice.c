/*
 * Which field of a record tells about which: found from the last records of the kind, by counting. A partner is the field
 * after whose value this one's was most often the same as the last time; a reference is the field to which this one's
 * number has most often the same difference as some record before; it may be the field itself, in the record before.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "column/inside.h"
#include "text/date.h"

enum {
	SEEN_LOG2 = 9,
	SEEN_SIZE = 1 << SEEN_LOG2,
	CITIZEN_DIGITS_BEHIND = 1000, /* behind the day of birth */
	REGION = 0,
	BIRTH = 1,
	SEX = 2,
};

void
column_siblings_free(struct siblings *siblings)
{
	if (siblings != NULL)
		free(siblings->cells);
	free(siblings);
}

void
column_row(struct column *column, struct column_place *kind)
{
	column->row++;
	column->kind = kind;
	if (kind->siblings != NULL || column->sibling_kinds == KINDS_MAX)
		return;
	kind->siblings = calloc(1, sizeof(*kind->siblings));
	if (kind->siblings != NULL)
		kind->siblings->cells = calloc((size_t)ROWS_MAX * SIBLINGS_MAX, sizeof(*kind->siblings->cells));
	if (kind->siblings == NULL || kind->siblings->cells == NULL) {
		column_nomem(column);
		return;
	}
	kind->siblings->next_choice = CHOICE_FIRST;
	column->sibling_kinds++;
}

static void
enlist(struct column *column, struct column_place *place)
{
	struct siblings *siblings = column->kind->siblings;

	if (siblings == NULL || place->is_sibling || siblings->count == SIBLINGS_MAX)
		return;
	place->is_sibling = true;
	siblings->places[siblings->count++] = place;
}

static void
set_current(struct column *column, struct column_place *place, uint32_t hash, const int64_t *number, bool is_new)
{
	place->current =
		(struct current){.row = column->row, .hash = hash, .is_number = number != NULL, .is_new = is_new};
	if (number != NULL)
		place->current.number = *number;
	enlist(column, place);
}

static struct column_place *
part_of(struct column *column, struct column_place *place, size_t part, enum form form)
{
	if (place->parts[part] == NULL) {
		place->parts[part] = column_child(column, place, UINT32_MAX - (uint32_t)part);
		place->parts[part]->form = form;
	}
	return place->parts[part];
}

/* A citizen id says a region, a day of birth and a sex. */
static void
set_parts(struct column *column, struct column_place *place, int64_t number, bool is_new)
{
	int64_t day = number / CITIZEN_DIGITS_BEHIND % 100000000;
	int64_t parts[3] = {number / CITIZEN_DIGITS_BEHIND / 100000000, 0, number % 2};

	if (!text_date_exists((int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100)))
		return;
	parts[BIRTH] = text_day_of((int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100));
	for (size_t i = 0; i < 3; i++) {
		struct column_place *part = part_of(column, place, i, i == BIRTH ? FORM_DATE : FORM_PLAIN);

		set_current(column, part, mix_hash((uint32_t)i, (uint32_t)parts[i]) | 1, &parts[i], is_new);
	}
}

void
column_know_number(struct column *column, struct column_place *place, int64_t number)
{
	set_current(column, place, mix_hash(0, (uint32_t)number) | 1, &number, false);
}

void
column_know(struct column *column, struct column_place *place, struct view value, bool is_new)
{
	struct codec_reader reader = codec_reader_of(value);
	int64_t number = 0;
	bool is_number = codec_peek_type(&reader) == CODEC_INTEGER && codec_read_int(&number, &reader, NULL) == ERR_OK;

	set_current(column, place, column_hash(value), is_number ? &number : NULL, is_new);
	if (is_number && place->form == FORM_CITIZEN && number > 0)
		set_parts(column, place, number, is_new);
}

/* --- choosing --- */

/* what came last behind a key; two keys in one slot: the later one counts */
struct seen {
	uint32_t keys[SEEN_SIZE];
	uint32_t values[SEEN_SIZE];
};

static bool
seen_before(struct seen *seen, uint32_t key, uint32_t value)
{
	size_t slot = key * 0x9e3779b1U >> (32 - SEEN_LOG2);
	bool is_same = seen->keys[slot] == key && seen->values[slot] == value;

	seen->keys[slot] = key;
	seen->values[slot] = value;
	return is_same;
}

static const struct cell *
cell_of(const struct siblings *siblings, uint64_t row, size_t field)
{
	return &siblings->cells[row % ROWS_MAX * SIBLINGS_MAX + field];
}

static uint64_t
first_row(const struct siblings *siblings)
{
	return siblings->rows < ROWS_MAX ? 0 : siblings->rows - ROWS_MAX;
}

static uint32_t
difference(int64_t number, int64_t reference)
{
	return mix_hash(1, (uint32_t)((uint64_t)number - (uint64_t)reference)) | 1;
}

/* how often a field's value was that of the record before: what a partner must do better than */
static unsigned
count_repeats(const struct siblings *siblings, size_t field)
{
	uint32_t last = 0;
	unsigned count = 0;

	for (uint64_t row = first_row(siblings); row < siblings->rows; row++) {
		uint32_t hash = cell_of(siblings, row, field)->hash;

		count += hash != 0 && hash == last;
		last = hash == 0 ? last : hash;
	}
	return count;
}

static unsigned
count_partner(const struct siblings *siblings, size_t field, size_t other)
{
	struct seen seen = {0};
	unsigned count = 0;

	for (uint64_t row = first_row(siblings); row < siblings->rows; row++) {
		uint32_t value = cell_of(siblings, row, field)->hash;
		uint32_t key = cell_of(siblings, row, other)->hash;

		if (value != 0 && key != 0)
			count += seen_before(&seen, key, value);
	}
	return count;
}

/* how often the difference to the record before was one seen before */
static unsigned
count_steps(const struct siblings *siblings, size_t field)
{
	struct seen seen = {0};
	const struct cell *last = NULL;
	unsigned count = 0;

	for (uint64_t row = first_row(siblings); row < siblings->rows; row++) {
		const struct cell *cell = cell_of(siblings, row, field);

		if (!cell->is_number)
			continue;
		if (last != NULL)
			count += seen_before(&seen, difference(cell->number, last->number), 1);
		last = cell;
	}
	return count;
}

/* how often the difference was one seen before; `other` is `field`: how often the number itself was */
static unsigned
count_reference(const struct siblings *siblings, size_t field, size_t other)
{
	struct seen seen = {0};
	unsigned count = 0;

	for (uint64_t row = first_row(siblings); row < siblings->rows; row++) {
		const struct cell *cell = cell_of(siblings, row, field);
		const struct cell *from = cell_of(siblings, row, other);
		int64_t reference = 0;

		if (!cell->is_number || !from->is_number)
			continue;
		if (field != other &&
		    !column_convert(&reference, siblings->places[field], siblings->places[other], from->number))
			return 0;
		count += seen_before(&seen, difference(cell->number, reference), 1);
	}
	return count;
}

static void
choose_one(struct siblings *siblings, size_t field)
{
	struct column_place *place = siblings->places[field];
	unsigned rows = (unsigned)(siblings->rows - first_row(siblings));
	unsigned least = rows / 32 + 2;
	unsigned best_partner = count_repeats(siblings, field) + least;
	unsigned best_reference = count_reference(siblings, field, field) + least;
	unsigned steps = count_steps(siblings, field);
	struct column_place *partner = NULL;
	struct column_place *reference = NULL;

	if (steps > best_reference) {
		best_reference = steps;
		reference = place;
	}

	for (size_t other = 0; other < field; other++) {
		unsigned count = count_partner(siblings, field, other);

		if (count > best_partner) {
			best_partner = count;
			partner = siblings->places[other];
		}
		count = count_reference(siblings, field, other);
		if (count > best_reference) {
			best_reference = count;
			reference = siblings->places[other];
		}
	}
	if (reference != place->reference)
		place->known[MODE_SIBLING].count = 0;
	place->partner = partner;
	place->reference = reference;
}

void
column_row_end(struct column *column)
{
	struct siblings *siblings = column->kind->siblings;

	if (siblings == NULL || column->failure.code != ERR_OK)
		return;
	for (size_t i = 0; i < siblings->count; i++) {
		const struct current *current = &siblings->places[i]->current;
		struct cell *cell = &siblings->cells[siblings->rows % ROWS_MAX * SIBLINGS_MAX + i];

		*cell = (struct cell){0};
		if (current->row != column->row)
			continue;
		*cell = (struct cell){current->hash, current->is_number, current->number};
		if (current->is_number)
			siblings->places[i]->before = *cell;
	}
	siblings->rows++;
	if (siblings->rows != siblings->next_choice)
		return;
	siblings->next_choice *= 4;
	for (size_t i = 0; i < siblings->count; i++)
		choose_one(siblings, i);
}
