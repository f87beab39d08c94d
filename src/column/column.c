#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "column/inside.h"

enum {
	PLACES_CAPACITY_MIN = 64,
	PLACE_KEY_BYTES = 8,
	VARINT_BYTES_MAX = 10,
	PLAIN_BYTES_MAX = 4,
};

/* --- failure --- */

void
column_fail(struct column *column, enum err err, const char *text)
{
	if (column->failure.code == ERR_OK)
		(void)err_set(&column->failure, err, "%s", text);
}

void
column_nomem(struct column *column)
{
	if (column->failure.code == ERR_OK)
		(void)err_nomem(&column->failure);
}

enum err
column_state(const struct column *column, struct err_info *info)
{
	if (column->failure.code == ERR_OK)
		return ERR_OK;
	return err_set(info, column->failure.code, "%s", column->failure.text);
}

/* --- life --- */

enum err
column_new(struct column **out, enum column_codec codec, struct err_info *info)
{
	struct column *column = calloc(1, sizeof(*column));
	enum err err = ERR_OK;

	if (column == NULL)
		return err_nomem(info);
	column->codec = codec;
	column->history_size = 1;
	if (codec == COLUMN_MIXED) {
		err = mix_new(&column->mix, info);
		column->history = malloc(sizeof(*column->history) << HISTORY_LOG2);
		column->pairs = calloc((size_t)1 << PAIRS_LOG2, sizeof(*column->pairs));
		column->world = malloc(WORLD_MAX * sizeof(*column->world));
		if (err == ERR_OK && (column->history == NULL || column->pairs == NULL || column->world == NULL))
			err = err_nomem(info);
	}
	if (err == ERR_OK) {
		(void)column_child(column, NULL, 0);
		err = column_state(column, info);
	}
	if (err != ERR_OK) {
		column_free(column);
		return err;
	}
	*out = column;
	return ERR_OK;
}

static void
place_free(struct column_place *place)
{
	for (size_t i = 0; i < place->stored_count; i++)
		bytes_release(&place->stored[i].bytes);
	for (size_t i = 0; i < MODES; i++)
		free(place->known[i].items);
	free(place->stored);
	free(place->alphabet);
	column_siblings_free(place->siblings);
	free(place);
}

void
column_rest(struct column *column)
{
	if (column->codec != COLUMN_MIXED)
		return;
	mix_rest(column->mix);
	free(column->history);
	free(column->pairs);
	column->history = NULL;
	column->pairs = NULL;
}

void
column_free(struct column *column)
{
	if (column == NULL)
		return;
	mix_free(column->mix);
	for (size_t i = 0; i < column->place_count; i++)
		place_free(column->places[i]);
	free(column->places);
	free(column->numbered);
	table_release(&column->children);
	table_release(&column->world_index);
	bytes_release(&column->build);
	free(column->given);
	free(column->history);
	free(column->pairs);
	free(column->world);
	free(column);
}

bool
column_is_reading(const struct column *column)
{
	return column->is_reading;
}

void
column_now(struct column *column, int64_t time)
{
	column->has_now = true;
	column->now = time;
}

/* --- places --- */

static struct column_place *
make_place(struct column *column)
{
	struct column_place *place;

	if (column->place_count == LIMIT_DELTA_PLACES_MAX) {
		column_fail(column, ERR_TOO_BIG, _("a delta speaks of too many fields"));
		return NULL;
	}
	if (column->place_count == column->place_capacity) {
		size_t capacity = column->place_capacity == 0 ? PLACES_CAPACITY_MIN : column->place_capacity * 2;
		struct column_place **places = realloc(column->places, capacity * sizeof(*places));
		struct column_place **numbered;

		if (places == NULL)
			return NULL;
		column->places = places;
		numbered = realloc(column->numbered, capacity * sizeof(*numbered));
		if (numbered == NULL)
			return NULL;
		column->numbered = numbered;
		column->place_capacity = capacity;
	}
	place = calloc(1, sizeof(*place));
	if (place == NULL)
		return NULL;
	place->index = (uint32_t)column->place_count;
	place->usual = CLASS_TEXT;
	column->places[column->place_count++] = place;
	if (column->numbered_count == 0)
		column->numbered[column->numbered_count++] = place; /* the root */
	return place;
}

uint32_t
column_number_of(struct column *column, struct column_place *place)
{
	if (place->number == 0 && place->index != 0) {
		place->number = (uint32_t)column->numbered_count;
		column->numbered[column->numbered_count++] = place;
	}
	return place->number;
}

struct column_place *
column_root(struct column *column)
{
	return column->places[0];
}

struct column_place *
column_child(struct column *column, struct column_place *parent, uint32_t key)
{
	uint8_t name[PLACE_KEY_BYTES];
	struct column_place *place;
	uint64_t *index = NULL;
	bool is_new = false;

	store_u32(name, parent == NULL ? UINT32_MAX : parent->index);
	store_u32(name + 4, key);
	index = table_find(&column->children, view_of(name, sizeof(name)));
	if (index != NULL)
		return column->places[*index];
	place = make_place(column);
	if (place == NULL ||
	    table_put(&column->children, view_of(name, sizeof(name)), &index, &is_new, NULL) != ERR_OK) {
		column_nomem(column);
		return column->place_count == 0 ? NULL : column->places[0];
	}
	*index = place->index;
	return place;
}

/* --- the stored codec: a column of bytes for each sort at each place --- */

struct stored *
column_stored(struct column *column, struct column_place *place, unsigned sort)
{
	struct stored *stored;

	for (unsigned i = 0; i < place->stored_count; i++) {
		if (place->stored[i].sort == sort)
			return &place->stored[i];
	}
	stored = realloc(place->stored, (place->stored_count + 1) * sizeof(*stored));
	if (stored == NULL) {
		column_nomem(column);
		return NULL;
	}
	place->stored = stored;
	stored += place->stored_count++;
	*stored = (struct stored){.sort = sort};
	if (column->is_reading)
		stored->rest = column_given(column, column_number_of(column, place), sort);
	else
		(void)column_number_of(column, place);
	return stored;
}

void
column_store(struct column *column, struct stored *stored, const uint8_t *data, size_t size)
{
	if (stored == NULL || column->failure.code != ERR_OK)
		return;
	if (bytes_append(&stored->bytes, data, size, NULL) != ERR_OK)
		column_nomem(column);
	column->size += size;
}

struct view
column_take(struct column *column, struct stored *stored, size_t size)
{
	struct view taken;

	if (stored == NULL || column->failure.code != ERR_OK)
		return (struct view){0};
	if (size > stored->rest.size) {
		column_fail(column, ERR_FORMAT, _("a delta ends before its last value"));
		return (struct view){0};
	}
	taken = view_of(stored->rest.data, size);
	stored->rest = view_of(stored->rest.data + size, stored->rest.size - size);
	column->size -= size;
	return taken;
}

void
column_store_varint(struct column *column, struct stored *stored, uint64_t number)
{
	uint8_t bytes[VARINT_BYTES_MAX];
	size_t size = 0;

	for (; number > 127; number >>= 7)
		bytes[size++] = (uint8_t)(number | 128);
	bytes[size++] = (uint8_t)number;
	column_store(column, stored, bytes, size);
}

uint64_t
column_take_varint(struct column *column, struct stored *stored)
{
	uint64_t number = 0;

	for (unsigned shift = 0;; shift += 7) {
		struct view byte = column_take(column, stored, 1);
		uint64_t bits;

		if (byte.size == 0)
			return 0;
		bits = byte.data[0] & 127;
		if ((bits << shift) >> shift != bits || (bits == 0 && shift > 0 && byte.data[0] < 128)) {
			column_fail(column, ERR_FORMAT, _("a delta holds a number in a longer form than needed"));
			return 0;
		}
		number |= bits << shift;
		if (byte.data[0] < 128)
			return number;
		if (shift == 63) {
			column_fail(column, ERR_FORMAT, _("a delta holds a number that is too large"));
			return 0;
		}
	}
}

/* --- symbols --- */

unsigned
column_mixed(struct column *column, const struct column_ask *ask, unsigned set, unsigned width, unsigned symbol)
{
	struct mix_question question = {.set = set, .count = ask->count};
	uint32_t number;

	if (column->failure.code != ERR_OK)
		return 0;
	number = column_number_of(column, ask->place);
	for (unsigned i = 0; i < ask->count; i++)
		question.contexts[i] = mix_hash(mix_hash(4 * ask->sort + i, number), ask->contexts[i]);
	if (mix_decisions(column->mix) > LIMIT_DELTA_DECISIONS_MAX)
		column_fail(column, ERR_TOO_BIG, _("a delta in the mixed codec is too long"));
	return mix_symbol(column->mix, &question, width, symbol);
}

unsigned
column_symbol(struct column *column, const struct column_ask *ask, unsigned width, unsigned symbol)
{
	struct stored *stored;
	uint8_t byte = (uint8_t)symbol;

	if (column->codec == COLUMN_MIXED)
		return column_mixed(column, ask, ask->sort, width, symbol);
	stored = column_stored(column, ask->place, ask->sort);
	if (column->is_reading) {
		struct view taken = column_take(column, stored, 1);

		symbol = taken.size == 0 ? 0 : taken.data[0];
		if (symbol >> width != 0) {
			column_fail(column, ERR_FORMAT, _("a delta holds a symbol that does not exist"));
			return 0;
		}
		return symbol;
	}
	column_store(column, stored, &byte, 1);
	return symbol;
}

static unsigned
bits_of(uint64_t number)
{
	unsigned bits = 0;

	for (; number != 0; number >>= 1)
		bits++;
	return bits;
}

/* the bits of a number below its highest: up to three that something is known of, and the rest */
static uint64_t
mixed_bits(struct column *column, const struct column_ask *ask, unsigned bits, uint64_t number)
{
	unsigned known = bits - 1 < 3 ? bits - 1 : 3;
	unsigned rest = bits - 1 - known;
	struct column_ask below = {ask->place, ask->sort, 1, {mix_hash(bits, UINT32_MAX)}};
	uint64_t result = 1;

	if (known > 0)
		result = result << known | column_mixed(column, &below, SET_BITS, known,
		                                        (unsigned)(number >> rest) & ((1U << known) - 1));
	for (; rest > 0;) {
		unsigned width = rest < 32 ? rest : 32;

		rest -= width;
		result = result << width | column_plain(column, width, (uint32_t)(number >> rest));
	}
	return result;
}

static uint64_t
mixed_number(struct column *column, const struct column_ask *ask, uint64_t number)
{
	unsigned bits = bits_of(number);
	unsigned symbol = column_symbol(column, ask, 4, bits < 15 ? bits : 15);

	if (symbol == 15) {
		bits = column_plain(column, 6, bits);
		if (column->is_reading && bits < 15)
			column_fail(column, ERR_FORMAT, _("a delta holds a number in a longer form than needed"));
	} else {
		bits = symbol;
	}
	return bits == 0 ? 0 : mixed_bits(column, ask, bits, number);
}

uint64_t
column_number(struct column *column, const struct column_ask *ask, uint64_t max, uint64_t number)
{
	if (column->codec == COLUMN_MIXED) {
		number = mixed_number(column, ask, number);
	} else {
		struct stored *stored = column_stored(column, ask->place, ask->sort);

		if (column->is_reading)
			number = column_take_varint(column, stored);
		else
			column_store_varint(column, stored, number);
	}
	if (column->failure.code == ERR_OK && number > max)
		column_fail(column, ERR_TOO_BIG, _("a delta holds a number past its limit"));
	return column->failure.code == ERR_OK ? number : 0;
}

uint32_t
column_plain(struct column *column, unsigned width, uint32_t number)
{
	struct stored *stored;
	struct view taken;
	uint8_t bytes[PLAIN_BYTES_MAX];
	size_t size = (width + 7) / 8;

	if (column->codec == COLUMN_MIXED)
		return column->failure.code == ERR_OK ? mix_plain(column->mix, width, number) : 0;
	stored = column_stored(column, column->places[0], SORT_PLAIN);
	if (!column->is_reading) {
		store_u32(bytes, width == 32 ? number : number & ((UINT32_C(1) << width) - 1));
		column_store(column, stored, bytes + PLAIN_BYTES_MAX - size, size);
		return number;
	}
	taken = column_take(column, stored, size);
	number = 0;
	for (size_t i = 0; i < taken.size; i++)
		number = number << 8 | taken.data[i];
	if (width < 32 && number >> width != 0) {
		column_fail(column, ERR_FORMAT, _("a delta holds a number past its limit"));
		return 0;
	}
	return number;
}

void
column_raw(struct column *column, uint8_t *data, size_t size)
{
	struct stored *stored;
	struct view taken;

	if (column->codec == COLUMN_MIXED) {
		for (size_t i = 0; i < size && column->failure.code == ERR_OK; i++)
			data[i] = (uint8_t)mix_plain(column->mix, 8, data[i]);
		return;
	}
	stored = column_stored(column, column->places[0], SORT_PLAIN);
	if (!column->is_reading) {
		column_store(column, stored, data, size);
		return;
	}
	taken = column_take(column, stored, size);
	if (taken.size > 0)
		memcpy(data, taken.data, taken.size);
}

uint64_t
column_work(const struct column *column)
{
	return column->mix == NULL ? 0 : mix_decisions(column->mix);
}

size_t
column_size(const struct column *column)
{
	return column->mix == NULL ? column->size : mix_size(column->mix);
}
