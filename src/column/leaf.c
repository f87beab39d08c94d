/* One value at its place: one that was seen there before, or a new one, spelled by its class. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "column/inside.h"
#include "schema/schema.h"

enum {
	HASHED_BYTES = 16,
	SYMBOL_NEW = 0,    /* of the usual class */
	SYMBOL_OTHER = 15, /* new, of another class */
	INTEGER_BYTES_MAX = 9,
	ELEMENT = 0, /* key of the place of an array's elements; of a map's values: 1 + their key */
};

uint32_t
column_hash(struct view value)
{
	uint8_t head[HASHED_BYTES] = {0};
	uint32_t hash = (uint32_t)value.size;

	memcpy(head, value.data, value.size < sizeof(head) ? value.size : sizeof(head));
	for (size_t i = 0; i < sizeof(head); i += 4)
		hash = mix_hash(hash, load_u32(head + i));
	return hash | 1;
}

void
column_describe(struct column_place *place, const struct schema_field *field)
{
	static const enum form FORMS[] = {
		[SCHEMA_DATE] = FORM_DATE,
		[SCHEMA_MONTH] = FORM_MONTH,
		[SCHEMA_TIME] = FORM_TIME,
		[SCHEMA_CITIZEN_ID] = FORM_CITIZEN,
	};

	if (field == NULL)
		return;
	if (field->type < sizeof(FORMS) / sizeof(FORMS[0]))
		place->form = FORMS[field->type];
	if (field->type != SCHEMA_STRING)
		place->usual = CLASS_INTEGER;
}

static enum value_class
class_of(struct view value)
{
	static const enum value_class CLASS_OF[] = {
		[CODEC_NONE] = CLASS_BIN, [CODEC_INTEGER] = CLASS_INTEGER, [CODEC_BOOL] = CLASS_BOOL,
		[CODEC_STR] = CLASS_TEXT, [CODEC_BIN] = CLASS_BIN,         [CODEC_ARRAY] = CLASS_ARRAY,
		[CODEC_MAP] = CLASS_MAP,
	};
	struct codec_reader reader = codec_reader_of(value);
	enum codec_type type = codec_peek_type(&reader);
	int64_t number;

	if (type == CODEC_INTEGER && codec_read_int(&number, &reader, NULL) != ERR_OK)
		return CLASS_BIG;
	return CLASS_OF[type];
}

/* --- integers, encoded --- */

struct small {
	uint8_t data[INTEGER_BYTES_MAX];
	size_t size;
};

static struct view
encode(struct small *small, int64_t number)
{
	struct bytes bytes = {.data = small->data, .capacity = sizeof(small->data)};

	small->size = codec_write_int(&bytes, number, NULL) == ERR_OK ? bytes.size : 0;
	return view_of(small->data, small->size);
}

static int64_t
decode(struct view value)
{
	struct codec_reader reader = codec_reader_of(value);
	int64_t number = 0;

	return codec_read_int(&number, &reader, NULL) == ERR_OK ? number : 0;
}

static int64_t
subtract(int64_t number, int64_t reference)
{
	return (int64_t)((uint64_t)number - (uint64_t)reference);
}

static int64_t
add(int64_t number, int64_t reference)
{
	return (int64_t)((uint64_t)number + (uint64_t)reference);
}

/* --- values seen before --- */

static unsigned
find_known(const struct known_list *list, struct view value, uint32_t hash)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct known *known = &list->items[i];

		if (known->hash == hash && known->size == value.size &&
		    memcmp(known->data, value.data, value.size) == 0)
			return i;
	}
	return KNOWN_MAX;
}

static void
add_known(struct column *column, struct known_list *list, struct view value, uint32_t hash)
{
	struct known *known;

	if (list->count == KNOWN_MAX || value.size > KNOWN_BYTES_MAX || column->known_count == KNOWN_ALL_MAX)
		return;
	if (list->count == list->capacity) {
		unsigned capacity = list->capacity == 0 ? 2 : list->capacity * 2;
		struct known *items = realloc(list->items, capacity * sizeof(*items));

		if (items == NULL) {
			column_nomem(column);
			return;
		}
		list->items = items;
		list->capacity = capacity;
	}
	known = &list->items[list->count++];
	known->hash = hash;
	known->size = (uint8_t)value.size;
	memcpy(known->data, value.data, value.size);
	column->known_count++;
}

/* --- spelling; reading appends the encoding to column->build --- */

static void
check_append(struct column *column, enum err err)
{
	if (err == ERR_NOMEM)
		column_nomem(column);
	else if (err != ERR_OK)
		column_fail(column, err, _("a delta holds a value past its limit"));
}

static void
spell_bool(struct column *column, struct column_place *place, struct view value)
{
	struct codec_reader reader = codec_reader_of(value);
	struct column_ask ask = {place, SORT_BOOL, 1, {0}};
	bool is_true = false;

	if (value.size > 0 && codec_read_bool(&is_true, &reader, NULL) != ERR_OK)
		is_true = false;
	is_true = column_symbol(column, &ask, 1, is_true) != 0;
	if (column->is_reading)
		check_append(column, codec_write_bool(&column->build, is_true, NULL));
}

static void
spell_bin(struct column *column, struct column_place *place, struct view value)
{
	struct codec_reader reader = codec_reader_of(value);
	struct column_ask ask = {place, SORT_BIN, 1, {0}};
	struct view content = {0};
	struct bytes bytes = {0};
	size_t size;

	if (value.size > 0 && codec_read_bin(&content, &reader, NULL) != ERR_OK)
		content = (struct view){0};
	size = (size_t)column_number(column, &ask, LIMIT_RECORD_BYTES_MAX, content.size);
	check_append(column, bytes_append_view(&bytes, content, NULL));
	if (column->is_reading && bytes_extend(&bytes, size) == NULL)
		column_nomem(column);
	column_raw(column, bytes.data, column->failure.code == ERR_OK ? size : 0);
	if (column->is_reading && size == 0)
		column_fail(column, ERR_FORMAT, _("a delta holds an empty value"));
	else if (column->is_reading)
		check_append(column, codec_write_bin(&column->build, bytes_view(&bytes), NULL));
	bytes_release(&bytes);
}

static void
spell_big(struct column *column, struct view value)
{
	struct codec_reader reader = codec_reader_of(value);
	uint64_t number = 0;

	if (value.size > 0 && codec_read_uint(&number, &reader, NULL) != ERR_OK)
		number = 0;
	number = (uint64_t)column_plain(column, 32, (uint32_t)(number >> 32)) << 32 |
	         column_plain(column, 32, (uint32_t)number);
	if (!column->is_reading)
		return;
	if (number <= INT64_MAX)
		column_fail(column, ERR_FORMAT, _("a delta holds a number in another form than its own"));
	check_append(column, codec_write_uint(&column->build, number, NULL));
}

static size_t
spell_count(struct column *column, struct column_place *place, size_t count, unsigned depth)
{
	struct column_ask ask = {place, SORT_ITEMS, 1, {0}};

	if (depth == LIMIT_DEPTH_MAX)
		column_fail(column, ERR_FORMAT, _("a delta holds a value that is nested too deep"));
	count = (size_t)column_number(column, &ask, LIMIT_ARRAY_ITEMS_MAX, count);
	if (column->is_reading && count == 0)
		column_fail(column, ERR_FORMAT, _("a delta holds an empty value"));
	return count;
}

static void
spell_array(struct column *column, struct column_place *place, struct view value, struct view old, unsigned depth)
{
	struct codec_reader reader = codec_reader_of(value);
	struct codec_reader before = codec_reader_of(old);
	struct column_place *below = column_child(column, place, ELEMENT);
	size_t count = 0;
	size_t old_count = 0;

	if (value.size > 0 && codec_read_array(&count, &reader, NULL) != ERR_OK)
		count = 0;
	if (codec_peek_type(&before) != CODEC_ARRAY || codec_read_array(&old_count, &before, NULL) != ERR_OK)
		old_count = 0;
	count = spell_count(column, place, count, depth);
	if (column->is_reading)
		check_append(column, codec_write_array(&column->build, count, NULL));
	for (size_t i = 0; i < count && column->failure.code == ERR_OK; i++) {
		struct view item = {0};
		struct view old_item = {0};

		if (i < old_count && codec_read_raw(&old_item, &before, NULL) != ERR_OK)
			old_count = 0;
		if (!column->is_reading)
			check_append(column, codec_read_raw(&item, &reader, NULL));
		column_leaf(column, below, item, old_item, depth + 1);
	}
}

/* The old map, walked beside the new one: the keys of both ascend. */
struct old_map {
	struct codec_reader reader;
	size_t count;
	size_t next;
	uint32_t key; /* of the pair read last */
	struct view value;
};

static struct old_map
open_old(struct view map)
{
	struct old_map old = {.reader = codec_reader_of(map)};

	if (codec_peek_type(&old.reader) != CODEC_MAP || codec_read_map(&old.count, &old.reader, NULL) != ERR_OK)
		old.count = 0;
	return old;
}

/* what it has behind a key above the last one asked for */
static struct view
look_up(struct old_map *old, uint32_t wanted)
{
	while (old->next < old->count && (old->next == 0 || old->key < wanted)) {
		if (codec_read_key(&old->key, &old->reader, old->next, NULL) != ERR_OK ||
		    codec_read_raw(&old->value, &old->reader, NULL) != ERR_OK) {
			old->count = 0;
			return (struct view){0};
		}
		old->next++;
	}
	return old->next > 0 && old->key == wanted ? old->value : (struct view){0};
}

static void
spell_map(struct column *column, struct column_place *place, struct view value, struct view old, unsigned depth)
{
	struct codec_reader reader = codec_reader_of(value);
	struct old_map old_map = open_old(old);
	uint64_t next = 0; /* the least key that may come */
	size_t count = 0;

	if (value.size > 0 && codec_read_map(&count, &reader, NULL) != ERR_OK)
		count = 0;
	count = spell_count(column, place, count, depth);
	if (column->is_reading)
		check_append(column, codec_write_map(&column->build, count, NULL));
	for (size_t i = 0; i < count && column->failure.code == ERR_OK; i++) {
		struct column_ask ask = {place, SORT_KEY, 2, {(uint32_t)next, 0}};
		struct view item = {0};
		uint32_t key = 0;

		if (!column->is_reading) {
			check_append(column, codec_read_key(&key, &reader, i, NULL));
			check_append(column, codec_read_raw(&item, &reader, NULL));
		}
		key = (uint32_t)(next + column_number(column, &ask, UINT32_MAX - next, key - next));
		if (column->is_reading)
			check_append(column, codec_write_uint(&column->build, key, NULL));
		column_leaf(column, column_child(column, place, key == UINT32_MAX ? key : key + 1), item,
		            look_up(&old_map, key), depth + 1);
		if (key == UINT32_MAX && i + 1 < count) {
			column_fail(column, ERR_FORMAT, _("a delta holds a map whose keys do not ascend"));
			return;
		}
		next = (uint64_t)key + 1;
	}
}

static void
spell_text(struct column *column, struct column_place *place, struct view value, struct view old)
{
	struct codec_reader reader = codec_reader_of(value);
	struct codec_reader before = codec_reader_of(old);
	struct view text = {0};
	struct view old_text = {0};

	if (value.size > 0 && codec_read_str(&text, &reader, NULL) != ERR_OK)
		text = (struct view){0};
	if (codec_peek_type(&before) != CODEC_STR || codec_read_str(&old_text, &before, NULL) != ERR_OK)
		old_text = (struct view){0};
	column_text(column, place, text, old_text);
}

/* A new value. For an integer `value` is what is spelled, the difference if it is one. */
static void
spell(struct column *column, struct column_place *place, enum mode mode, struct view value, struct view old,
      unsigned depth)
{
	struct small small;

	switch (place->usual) {
	case CLASS_INTEGER: {
		int64_t number = column_integer(column, place, mode, value.size > 0 ? decode(value) : 0);

		if (column->is_reading)
			check_append(column, bytes_append_view(&column->build, encode(&small, number), NULL));
		break;
	}
	case CLASS_TEXT:
		spell_text(column, place, value, old);
		break;
	case CLASS_BOOL:
		spell_bool(column, place, value);
		break;
	case CLASS_BIN:
		spell_bin(column, place, value);
		break;
	case CLASS_ARRAY:
		spell_array(column, place, value, old, depth);
		break;
	case CLASS_MAP:
		spell_map(column, place, value, old, depth);
		break;
	case CLASS_BIG:
		spell_big(column, value);
		break;
	case CLASSES:
		break;
	}
}

/* --- the value --- */

/* the symbol that says which value it is, or that it is new and of which class */
static unsigned
ask_value(struct column *column, struct column_place *place, enum mode mode, unsigned known, enum value_class class)
{
	const struct column_place *partner = place->partner;
	uint32_t told = partner != NULL && partner->current.row == column->row ? partner->current.hash : 0;
	struct column_ask ask = {
		place, SORT_VALUE, 3, {mix_hash(mode, told), mix_hash(mode + MODES, place->known[mode].last), mode}};
	struct column_ask other = {place, SORT_CLASS, 1, {(uint32_t)place->usual}};
	unsigned symbol = known < KNOWN_MAX ? known + 1 : class == place->usual ? SYMBOL_NEW : SYMBOL_OTHER;

	symbol = column_symbol(column, &ask, 4, symbol);
	if (symbol != SYMBOL_OTHER)
		return symbol;
	class = (enum value_class)column_symbol(column, &other, 3, (unsigned)class);
	if (class == place->usual || class == CLASSES)
		column_fail(column, ERR_FORMAT, _("a delta holds a value of no class, or says its class in vain"));
	else
		place->usual = class;
	return SYMBOL_NEW;
}

/* reading: behind column->build at `start` stands what was said; make it the value */
static void
read_back(struct column *column, size_t start, enum mode mode, int64_t reference)
{
	struct view said = view_of(column->build.data + start, column->build.size - start);
	struct small small;

	if (mode == MODE_ITSELF || class_of(said) != CLASS_INTEGER)
		return;
	said = encode(&small, add(decode(said), reference));
	column->build.size = start;
	check_append(column, bytes_append_view(&column->build, said, NULL));
}

static struct view
read_said(struct column *column, const struct known_list *list, unsigned symbol, size_t start)
{
	if (symbol != SYMBOL_NEW && symbol > list->count)
		column_fail(column, ERR_FORMAT, _("a delta names a value that was not there"));
	else if (symbol != SYMBOL_NEW)
		check_append(column, bytes_append(&column->build, list->items[symbol - 1].data,
		                                  list->items[symbol - 1].size, NULL));
	return column->failure.code == ERR_OK ? view_of(column->build.data + start, column->build.size - start)
	                                      : (struct view){0};
}

void
column_leaf(struct column *column, struct column_place *place, struct view value, struct view old, unsigned depth)
{
	int64_t reference;
	enum mode mode = column_mode(column, place, old.size > 0, &reference);
	struct known_list *list = &place->known[mode];
	size_t start = column->build.size;
	struct view said = value;
	struct small small;
	enum value_class class = column->is_reading ? CLASS_INTEGER : class_of(value);
	unsigned symbol;

	if (class == CLASS_INTEGER && !column->is_reading)
		said = encode(&small, subtract(decode(value), reference));
	symbol = column->is_reading ? 0 : find_known(list, said, column_hash(said));
	symbol = ask_value(column, place, mode, symbol, class);
	if (symbol == SYMBOL_NEW)
		spell(column, place, mode, said, old, depth);
	if (column->is_reading)
		said = read_said(column, list, symbol, start);
	if (column->failure.code != ERR_OK)
		return;
	list->last = column_hash(said);
	if (symbol == SYMBOL_NEW && column->is_reading && find_known(list, said, list->last) < KNOWN_MAX)
		column_fail(column, ERR_FORMAT, _("a delta spells a value that it could have named"));
	if (symbol == SYMBOL_NEW)
		add_known(column, list, said, list->last);
	if (column->is_reading)
		read_back(column, start, mode, reference);
	if (column->is_reading && column->build.size > LIMIT_RECORD_MERGED_BYTES_MAX) /* one symbol may name 32 bytes */
		column_fail(column, ERR_TOO_BIG, _("a delta holds a value past its limit"));
}

void
column_value(struct column *column, struct column_place *place, struct arena *arena, struct view *value,
             struct view old)
{
	bytes_clear(&column->build);
	column_leaf(column, place, *value, old, 0);
	if (column->is_reading && column->failure.code != ERR_OK) {
		*value = (struct view){0};
	} else if (column->is_reading) {
		const uint8_t *copy = arena_copy(arena, bytes_view(&column->build));

		if (copy == NULL)
			column_nomem(column);
		*value = copy == NULL ? (struct view){0} : view_of(copy, column->build.size);
	}
}
