/*
 * Texts, character by character. A pointer into the texts that came before (the old value, the last text of the place, or
 * wherever the last three characters stood before) guesses the next one; where it misses, the character is named by its
 * place in the alphabet of the field, behind that by its place among all characters, behind that by itself.
 */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "column/inside.h"

enum {
	END = 0x110000, /* behind the last character of a text */
	POINT_MAX = 0x10ffff,
	SURROGATE_FIRST = 0xd800,
	SURROGATE_LAST = 0xdfff,
	MATCH_MIN = 3,
	MATCH_LOOKED_AT_MAX = 20,
	LENGTHS = 15,
	STARTS = 7,
	POSITIONS = 40,
	SYMBOL_NEW = 0,
	SYMBOL_END = 1,
	SYMBOL_FIRST = 2, /* of the alphabet */
	SYMBOL_MORE = 15, /* two more symbols follow */
	DIRECT = SYMBOL_MORE - SYMBOL_FIRST,
	STORED_END = 0xff, /* no byte of a text */
};

enum origin {
	ORIGIN_FOUND,
	ORIGIN_OLD,
	ORIGIN_LAST,
};

struct text {
	struct column *column;
	struct column_place *place;
	uint64_t pointer; /* into the history; 0: nothing is guessed */
	unsigned length;  /* how long the guesses have been right */
	enum origin origin;
	uint32_t before[2]; /* the characters before: the last, the one before it */
	unsigned position;
};

/* --- the history --- */

static uint32_t *
history_at(struct column *column, uint64_t position)
{
	return &column->history[position & ((UINT64_C(1) << HISTORY_LOG2) - 1)];
}

/* how many characters up to two positions are the same, looked at backwards */
static unsigned
match_length(struct column *column, uint64_t a, uint64_t b)
{
	unsigned length = 0;

	while (length < MATCH_LOOKED_AT_MAX && a > length) {
		uint32_t point = *history_at(column, a - length);

		if (point == END || point != *history_at(column, b - length))
			break;
		length++;
	}
	return length;
}

/* Append a character; where its pair stood before is a guess for what follows. */
static uint64_t
history_add(struct column *column, uint32_t point)
{
	uint64_t position = column->history_size++;
	uint32_t last = position > 1 ? *history_at(column, position - 1) : END;
	uint64_t *pair = &column->pairs[mix_hash(mix_hash(0, last), point) * 0x9e3779b1U >> (32 - PAIRS_LOG2)];
	uint64_t found = 0;

	*history_at(column, position) = point;
	if (point == END || last == END)
		return 0;
	if (*pair != 0 && match_length(column, *pair - 1, position) >= MATCH_MIN)
		found = *pair;
	*pair = position + 1;
	return found;
}

/* --- characters --- */

static bool
is_remembered(const struct column *column, uint64_t position)
{
	return position != 0 && column->history_size - position < UINT64_C(1) << HISTORY_LOG2;
}

/* true: the next character is the one guessed */
static bool
ask_hit(struct text *text, uint32_t guess, uint32_t point)
{
	struct column *column = text->column;
	unsigned length = text->length < LENGTHS ? text->length : LENGTHS;
	unsigned start = text->position < STARTS ? text->position : STARTS;
	unsigned far = length >= LENGTHS ? 3 : length > 7 ? 2 : length > 3 ? 1 : 0;
	unsigned set = SET_HIT + far + (text->origin != ORIGIN_FOUND ? 4U : 0U);
	struct column_ask ask = {text->place,
	                         SORT_HIT,
	                         3,
	                         {mix_hash(guess, text->before[0]),
	                          mix_hash(guess, start + (text->origin != ORIGIN_FOUND ? 8U : 0U)),
	                          (uint32_t)text->origin << 4 | length}};

	return column_mixed(column, &ask, set, 1, guess == point) != 0;
}

static unsigned
find_letter(const struct column_place *place, uint32_t point)
{
	unsigned i = 0;

	while (i < place->alphabet_count && place->alphabet[i] != point)
		i++;
	return i;
}

static void
add_letter(struct column *column, struct column_place *place, uint32_t point)
{
	if (place->alphabet_count == ALPHABET_MAX || column->letter_count == LETTERS_ALL_MAX)
		return;
	if (place->alphabet_count == place->alphabet_capacity) {
		unsigned capacity = place->alphabet_capacity == 0 ? 16 : place->alphabet_capacity * 2;
		uint32_t *alphabet = realloc(place->alphabet, capacity * sizeof(*alphabet));

		if (alphabet == NULL) {
			column_nomem(column);
			return;
		}
		place->alphabet = alphabet;
		place->alphabet_capacity = capacity;
	}
	place->alphabet[place->alphabet_count++] = point;
	column->letter_count++;
}

/* the index of a character among all that were met, from 1; 0: it was not */
static uint32_t
find_in_world(const struct column *column, uint32_t point)
{
	uint8_t key[4];
	const uint64_t *index;

	store_u32(key, point);
	index = table_find(&column->world_index, view_of(key, sizeof(key)));
	return index == NULL ? 0 : (uint32_t)*index;
}

static void
add_to_world(struct column *column, uint32_t point)
{
	uint8_t key[4];
	uint64_t *index;

	if (column->world_count == WORLD_MAX)
		return;
	store_u32(key, point);
	if (table_put(&column->world_index, view_of(key, sizeof(key)), &index, NULL, NULL) != ERR_OK) {
		column_nomem(column);
		return;
	}
	column->world[column->world_count++] = point;
	*index = column->world_count;
}

/* a character that was never met: Unicode's number, of which the 13 low bits tell nothing */
static uint32_t
ask_point(struct column *column, uint32_t point)
{
	struct column_ask high = {column->places[0], SORT_POINT_HIGH, 1, {0}};
	struct column_ask middle = {column->places[0], SORT_POINT_MIDDLE, 1, {0}};
	uint32_t result = column_symbol(column, &high, 4, point >> 17);

	middle.contexts[0] = result;
	result = result << 4 | column_symbol(column, &middle, 4, point >> 13 & 15);
	result = result << 13 | column_plain(column, 13, point & 0x1fff);
	if (result > POINT_MAX || (result >= SURROGATE_FIRST && result <= SURROGATE_LAST))
		column_fail(column, ERR_FORMAT, _("a delta holds a character that does not exist"));
	return result;
}

/* a character that is new at the place */
static uint32_t
ask_world(struct text *text, uint32_t point)
{
	struct column *column = text->column;
	struct column_place *root = column->places[0];
	uint32_t index = column->is_reading ? 0 : find_in_world(column, point);
	uint32_t read = 0;

	for (unsigned i = 0; i < 3; i++) {
		struct column_ask ask = {root,
		                         SORT_WORLD_HIGH + i,
		                         2,
		                         {mix_hash(text->before[0], read), mix_hash(text->place->number, read)}};

		read = read << 4 | column_symbol(column, &ask, 4, index >> (8 - 4 * i) & 15);
	}
	if (read > column->world_count) {
		column_fail(column, ERR_FORMAT, _("a delta names a character that was not there"));
		return 0;
	}
	if (read != 0)
		return column->world[read - 1];
	point = ask_point(column, point);
	if (column->is_reading && column->failure.code == ERR_OK && find_in_world(column, point) != 0)
		column_fail(column, ERR_FORMAT, _("a delta spells a character that it could have named"));
	add_to_world(column, point);
	return point;
}

/* the number of the character in the alphabet; only the first ones in one symbol */
static unsigned
ask_letter(struct text *text, unsigned symbol)
{
	struct column *column = text->column;
	unsigned position = text->position < POSITIONS ? text->position : POSITIONS;
	struct column_ask ask = {text->place,
	                         SORT_CHARACTER,
	                         3,
	                         {mix_hash(text->before[0], text->before[1]), text->before[0], position}};
	unsigned more = symbol < SYMBOL_MORE ? 0 : symbol - SYMBOL_MORE;
	unsigned read = column_symbol(column, &ask, 4, symbol < SYMBOL_MORE ? symbol : SYMBOL_MORE);

	if (read != SYMBOL_MORE)
		return read;
	ask.sort = SORT_CHARACTER_HIGH;
	read = column_symbol(column, &ask, 4, more >> 4);
	ask.sort = SORT_CHARACTER_LOW;
	for (unsigned i = 0; i < 3; i++)
		ask.contexts[i] = mix_hash(ask.contexts[i], read);
	return SYMBOL_MORE + (read << 4 | column_symbol(column, &ask, 4, more & 15));
}

static uint32_t
ask_character(struct text *text, uint32_t point)
{
	struct column *column = text->column;
	struct column_place *place = text->place;
	unsigned letter = column->is_reading ? 0 : point == END ? 0 : find_letter(place, point);
	unsigned symbol = point == END                     ? (unsigned)SYMBOL_END
	                  : letter < place->alphabet_count ? SYMBOL_FIRST + letter
	                                                   : (unsigned)SYMBOL_NEW;

	symbol = ask_letter(text, symbol);
	if (symbol == SYMBOL_END)
		return END;
	if (symbol != SYMBOL_NEW && symbol - SYMBOL_FIRST < place->alphabet_count)
		return place->alphabet[symbol - SYMBOL_FIRST];
	if (symbol != SYMBOL_NEW) {
		column_fail(column, ERR_FORMAT, _("a delta names a character that was not there"));
		return END;
	}
	point = ask_world(text, point);
	if (column->is_reading && find_letter(place, point) < place->alphabet_count)
		column_fail(column, ERR_FORMAT, _("a delta spells a character that it could have named"));
	add_letter(column, place, point);
	return point;
}

/* --- texts --- */

static void
start(struct text *text, struct view old)
{
	struct column *column = text->column;

	if (old.size > 0) {
		text->pointer = column->history_size;
		text->origin = ORIGIN_OLD;
		while (old.size > 0)
			(void)history_add(column, text_next(&old));
		(void)history_add(column, END);
	} else if (is_remembered(column, text->place->last_text)) {
		text->pointer = text->place->last_text;
		text->origin = ORIGIN_LAST;
	}
	text->place->last_text = column->history_size;
	text->before[0] = text->before[1] = END;
}

static uint32_t
next_character(struct text *text, uint32_t point)
{
	struct column *column = text->column;
	bool is_guessed = is_remembered(column, text->pointer);
	uint32_t guess = is_guessed ? *history_at(column, text->pointer) : 0;
	uint64_t found;

	if (is_guessed && ask_hit(text, guess, point)) {
		point = guess;
		text->pointer++;
		text->length++;
	} else {
		text->pointer = 0;
		text->length = 0;
		text->origin = ORIGIN_FOUND;
		point = ask_character(text, point);
		if (is_guessed && point == guess)
			column_fail(column, ERR_FORMAT, _("a delta spells a character that it could have named"));
	}
	found = history_add(column, point);
	if (text->pointer == 0 && found != 0) {
		text->pointer = found;
		text->length = match_length(column, found - 1, column->history_size - 1);
	}
	text->before[1] = text->before[0];
	text->before[0] = point;
	text->position++;
	return point;
}

static void
finish(struct column *column, struct view text)
{
	if (column->failure.code != ERR_OK)
		return;
	if (text.size == 0)
		column_fail(column, ERR_FORMAT, _("a delta holds an empty value"));
	else if (text.size > LIMIT_COMMIT_BYTES_MAX)
		column_fail(column, ERR_TOO_BIG, _("a delta holds a text past its limit"));
	else if (!text_is_utf8(text))
		column_fail(column, ERR_FORMAT, _("a delta holds a text that is none"));
	else if (codec_write_str(&column->build, text, NULL) != ERR_OK)
		column_nomem(column);
}

static void
mixed_text(struct column *column, struct column_place *place, struct view text, struct view old)
{
	struct text state = {.column = column, .place = place};
	struct bytes bytes = {0};
	uint32_t point = 0;

	start(&state, old);
	while (point != END && column->failure.code == ERR_OK) {
		point = text.size > 0 ? text_next(&text) : END;
		point = next_character(&state, point);
		if (!column->is_reading || point == END || column->failure.code != ERR_OK)
			continue;
		if (bytes.size > LIMIT_COMMIT_BYTES_MAX)
			column_fail(column, ERR_TOO_BIG, _("a delta holds a text past its limit"));
		else if (text_append(&bytes, point, NULL) != ERR_OK)
			column_nomem(column);
	}
	if (column->is_reading)
		finish(column, bytes_view(&bytes));
	bytes_release(&bytes);
}

static void
stored_text(struct column *column, struct column_place *place, struct view text)
{
	static const uint8_t END_BYTE = STORED_END;
	struct stored *stored = column_stored(column, place, SORT_TEXT);
	const uint8_t *end;

	if (stored == NULL)
		return;
	if (!column->is_reading) {
		column_store(column, stored, text.data, text.size);
		column_store(column, stored, &END_BYTE, 1);
		return;
	}
	end = stored->rest.size == 0 ? NULL : memchr(stored->rest.data, STORED_END, stored->rest.size);
	if (end == NULL) {
		column_fail(column, ERR_FORMAT, _("a delta holds a text without end"));
		return;
	}
	text = column_take(column, stored, (size_t)(end - stored->rest.data));
	(void)column_take(column, stored, 1);
	finish(column, text);
}

void
column_text(struct column *column, struct column_place *place, struct view text, struct view old)
{
	if (column->codec == COLUMN_MIXED)
		mixed_text(column, place, text, old);
	else
		stored_text(column, place, text);
}
