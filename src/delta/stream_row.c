/* Rows: their types, and how a row that is not added is named. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "delta/stream.h"
#include "schema/set.h"
#include "seal/hash.h"
#include "text/text.h"

enum {
	ROW_BITS = 3,
	ROW_END = 0,   /* behind the last row of a commit */
	ROW_FIRST = 1, /* the others are 1 + enum delta_row_type */
	WAY_BITS = 2,
	WAY_BASE = 0,
	WAY_ADDED = 1,
	WAY_ID = 2,
	ADDED_MAX = 262144, /* added records that can be named by their number: 4 MiB */
};

static enum err
bad(struct delta_stream *stream, struct err_info *info, const char *what)
{
	enum err err = column_state(stream->column, info);

	return err != ERR_OK ? err : err_set(info, ERR_FORMAT, _("a row of a delta: %s"), what);
}

static struct column_place *
row_place(struct delta_stream *stream)
{
	return column_child(stream->column, column_root(stream->column), DELTA_PLACE_ROW);
}

static uint64_t
number(struct delta_stream *stream, enum delta_sort sort, uint32_t context, uint64_t max, uint64_t value)
{
	struct column_ask ask = {row_place(stream), (unsigned)sort, 1, {context}};

	return column_number(stream->column, &ask, max, value);
}

static unsigned
symbol(struct delta_stream *stream, enum delta_sort sort, uint32_t context, unsigned width, unsigned value)
{
	struct column_ask ask = {row_place(stream), (unsigned)sort, 1, {context}};

	return column_symbol(stream->column, &ask, width, value);
}

/* --- kinds --- */

static enum err
add_kind(struct delta_kind **out, struct delta_stream *stream, struct view name, struct err_info *info)
{
	const uint8_t *copy = arena_copy(&stream->arena, name);
	struct delta_kind *kind;

	if (name.size == 0 || name.size > LIMIT_NAME_BYTES_MAX || !text_is_utf8(name))
		return bad(stream, info, _("its kind has no name, or one too long, or one that is no text"));
	if (stream->kind_count == LIMIT_KINDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has records of more than %d kinds"), LIMIT_KINDS_MAX);
	if (stream->kind_count == stream->kind_capacity) {
		size_t capacity = stream->kind_capacity == 0 ? 8 : stream->kind_capacity * 2;
		struct delta_kind *kinds = realloc(stream->kinds, capacity * sizeof(*kinds));

		if (kinds == NULL)
			return err_nomem(info);
		stream->kinds = kinds;
		stream->kind_capacity = capacity;
	}
	if (copy == NULL)
		return err_nomem(info);
	kind = &stream->kinds[stream->kind_count];
	*kind = (struct delta_kind){.name = view_of(copy, name.size)};
	kind->fields.place = column_child(stream->column, column_root(stream->column),
	                                  DELTA_PLACE_KINDS + (uint32_t)stream->kind_count);
	stream->kind_count++;
	*out = kind;
	return ERR_OK;
}

static size_t
find_kind(const struct delta_stream *stream, struct view name)
{
	size_t i = 0;

	while (i < stream->kind_count && !view_equal(stream->kinds[i].name, name))
		i++;
	return i;
}

static enum err
use_kind(struct delta_kind **out, struct delta_stream *stream, size_t index, struct view name, struct err_info *info)
{
	enum err err = ERR_OK;

	if (index == stream->kind_count)
		err = add_kind(out, stream, name, info);
	else
		*out = &stream->kinds[index];
	if (err != ERR_OK)
		return err;
	stream->kind = index;
	(*out)->schema = stream->schemas == NULL ? NULL : schema_set_kind(stream->schemas, (*out)->name);
	return ERR_OK;
}

enum err
delta_stream_kind(struct delta_kind **out, struct delta_stream *stream, struct view name, struct err_info *info)
{
	return use_kind(out, stream, find_kind(stream, name), name, info);
}

enum err
delta_stream_say_kind(struct delta_kind **out, struct delta_stream *stream, struct view name, struct err_info *info)
{
	size_t index = stream->is_reading ? 0 : find_kind(stream, name);
	struct column_place *place;
	struct bytes encoded = {0};
	struct view value;
	enum err err;

	index = (size_t)number(stream, DELTA_SORT_KIND, (uint32_t)stream->kind, stream->kind_count, index);
	if (index < stream->kind_count)
		return use_kind(out, stream, index, name, info);
	place = column_child(stream->column, column_root(stream->column), DELTA_PLACE_NAME);
	err = codec_write_str(&encoded, name, info);
	value = bytes_view(&encoded);
	if (err == ERR_OK) {
		column_value(stream->column, place, &stream->row_arena, &value, (struct view){0});
		err = column_state(stream->column, info);
	}
	if (err == ERR_OK && stream->is_reading) {
		struct codec_reader reader = codec_reader_of(value);

		err = codec_read_str(&name, &reader, info);
	}
	if (err == ERR_OK && find_kind(stream, name) < stream->kind_count)
		err = bad(stream, info, _("its kind is named a second time"));
	if (err == ERR_OK)
		err = use_kind(out, stream, stream->kind_count, name, info);
	bytes_release(&encoded);
	return err;
}

/* --- names --- */

static uint64_t
prefix_of(const struct delta_stream *stream, const struct id *id)
{
	return load_u64(id->bytes) >> (64 - stream->terms.id_bits);
}

static void
prefix_id(struct id *out, const struct delta_stream *stream, uint64_t prefix)
{
	memset(out, 0, sizeof(*out));
	store_u64(out->bytes, prefix << (64 - stream->terms.id_bits));
}

static bool
has_base(const struct delta_stream *stream)
{
	return stream->terms.id_bits > 0 && stream->source->ids != NULL;
}

/* The records of the base that share the id's first bits, as stream->shelf. Too many of them: as if there were none. */
static enum err
fetch_shelf(struct delta_stream *stream, const struct id *id, struct err_info *info)
{
	struct delta_shelf *shelf = &stream->shelf;
	struct id prefix;
	enum err err;

	if (!has_base(stream) || (shelf->is_there && shelf->prefix == prefix_of(stream, id)))
		return ERR_OK;
	shelf->is_there = false;
	shelf->prefix = prefix_of(stream, id);
	shelf->count = 0;
	prefix_id(&prefix, stream, shelf->prefix);
	err = stream->source->ids(stream->source->context, stream->terms.base, &prefix, stream->terms.id_bits,
	                          shelf->ids, &shelf->count, info);
	if (err == ERR_TOO_BIG)
		shelf->count = 0;
	else if (err != ERR_OK)
		return err;
	shelf->is_there = true;
	return ERR_OK;
}

static size_t
find_id(const struct id *ids, size_t count, const struct id *id)
{
	size_t i = 0;

	while (i < count && !id_equal(&ids[i], id))
		i++;
	return i;
}

enum err
delta_stream_place(struct delta_place *out, struct delta_stream *stream, const struct id *id, struct err_info *info)
{
	const uint64_t *index;
	enum err err = fetch_shelf(stream, id, info);

	*out = (struct delta_place){WAY_ID, 0, *id};
	if (err != ERR_OK)
		return err;
	if (has_base(stream) && find_id(stream->shelf.ids, stream->shelf.count, id) < stream->shelf.count) {
		out->way = WAY_BASE;
		return ERR_OK;
	}
	index = table_find(&stream->added_index, view_of(id->bytes, ID_BYTES));
	if (index != NULL) {
		out->way = WAY_ADDED;
		out->index = *index;
	}
	return ERR_OK;
}

int
delta_place_compare(const struct delta_place *a, const struct delta_place *b)
{
	if (a->way != b->way)
		return a->way < b->way ? -1 : 1;
	if (a->way == WAY_ADDED)
		return (a->index > b->index) - (a->index < b->index);
	return memcmp(a->id.bytes, b->id.bytes, ID_BYTES);
}

/* one of `count` that are all as likely: the first ones in a bit less than the others */
static uint32_t
choice(struct delta_stream *stream, uint32_t count, uint32_t which)
{
	unsigned bits = 0;
	uint32_t shorter; /* so many are said in `bits` bits */
	uint32_t read;

	while (count >> (bits + 1) != 0)
		bits++;
	shorter = (UINT32_C(2) << bits) - count;
	read = bits == 0 ? 0 : column_plain(stream->column, bits, which < shorter ? which : (which + shorter) >> 1);
	if (read < shorter)
		return read;
	read = (read << 1 | column_plain(stream->column, 1, (which + shorter) & 1)) - shorter;
	return read < count ? read : 0;
}

/* Whether one of those behind the record named last is meant; *index_out: which, or the number of all. */
static enum err
name_on_shelf(size_t *index_out, struct delta_stream *stream, const struct id *id, struct err_info *info)
{
	struct id last = stream->last.id;
	size_t index;
	size_t wanted;
	enum err err = ERR_OK;

	*index_out = stream->shelf.count;
	if (prefix_of(stream, &last) != stream->shelf.prefix)
		err = fetch_shelf(stream, &last, info);
	if (err != ERR_OK)
		return err;
	index = find_id(stream->shelf.ids, stream->shelf.count, &last) + 1;
	wanted = find_id(stream->shelf.ids, stream->shelf.count, id);
	for (; index < stream->shelf.count; index++) {
		if (symbol(stream, DELTA_SORT_ALSO, 0, 1, index == wanted) != 0)
			break;
	}
	*index_out = index;
	return column_state(stream->column, info);
}

/*
 * The records of the base stand on shelves, by the first bits of their ids. Behind a record, each further one of its shelf is
 * asked for; then comes a step to another shelf, and a place there.
 */
static enum err
name_in_base(struct delta_stream *stream, struct id *id, struct err_info *info)
{
	bool is_first = !stream->has_last || stream->last.way != WAY_BASE;
	uint64_t least = is_first ? 0 : prefix_of(stream, &stream->last.id) + 1;
	uint64_t end = UINT64_C(1) << stream->terms.id_bits;
	struct delta_shelf *shelf = &stream->shelf;
	struct id prefix;
	size_t index = 0;
	enum err err = ERR_OK;

	if (!is_first) {
		err = name_on_shelf(&index, stream, id, info);
		if (err == ERR_OK && index < shelf->count)
			*id = shelf->ids[index];
		if (err != ERR_OK || index < shelf->count)
			return err;
	}
	if (least == end)
		return bad(stream, info, _("it names a record that the base does not have"));
	least += number(stream, DELTA_SORT_GAP, is_first, end - 1 - least, prefix_of(stream, id) - least);
	prefix_id(&prefix, stream, least);
	err = column_state(stream->column, info);
	if (err == ERR_OK)
		err = fetch_shelf(stream, &prefix, info);
	if (err == ERR_OK && shelf->count == 0)
		err = bad(stream, info, _("it names a record that the base does not have"));
	if (err != ERR_OK)
		return err;
	*id = shelf->ids[choice(stream, (uint32_t)shelf->count, (uint32_t)find_id(shelf->ids, shelf->count, id))];
	return column_state(stream->column, info);
}

static enum err
name_added(struct delta_stream *stream, struct id *id, uint64_t *index, struct err_info *info)
{
	bool is_first = !stream->has_last || stream->last.way != WAY_ADDED;
	uint64_t least = is_first ? 0 : stream->last.index + 1;

	if (least >= stream->added_count)
		return bad(stream, info, _("it names an added record that is not there"));
	*index = least + number(stream, DELTA_SORT_GAP, 2, stream->added_count - 1 - least, *index - least);
	*id = stream->added[*index];
	return column_state(stream->column, info);
}

static enum err
check_behind(struct delta_stream *stream, const struct delta_place *place, struct err_info *info)
{
	if (stream->has_last && delta_place_compare(&stream->last, place) >= 0)
		return bad(stream, info, _("its place is not behind that of the row before"));
	return ERR_OK;
}

/* what was read must be behind the row before, and named in the one way there is */
static enum err
check_read(struct delta_stream *stream, const struct delta_place *place, struct err_info *info)
{
	struct delta_place again;
	enum err err = column_state(stream->column, info);

	if (err == ERR_OK)
		err = check_behind(stream, place, info);
	if (err != ERR_OK || place->way != WAY_ID)
		return err;
	err = delta_stream_place(&again, stream, &place->id, info);
	return err == ERR_OK && again.way != WAY_ID ? bad(stream, info, _("it is named by its id in vain")) : err;
}

enum err
delta_stream_name(struct delta_stream *stream, struct id *id, struct err_info *info)
{
	struct delta_place place = {0};
	enum err err = ERR_OK;

	if (!stream->is_reading)
		err = delta_stream_place(&place, stream, id, info);
	if (err == ERR_OK && !stream->is_reading)
		err = check_behind(stream, &place, info);
	if (err != ERR_OK)
		return err;
	place.way = symbol(stream, DELTA_SORT_WAY, stream->last_way, WAY_BITS, place.way);
	if (place.way == WAY_BASE && has_base(stream))
		err = name_in_base(stream, id, info);
	else if (place.way == WAY_ADDED)
		err = name_added(stream, id, &place.index, info);
	else if (place.way == WAY_ID)
		column_raw(stream->column, id->bytes, ID_BYTES);
	else
		err = bad(stream, info, _("it is named in no way"));
	place.id = *id;
	if (err == ERR_OK && stream->is_reading)
		err = check_read(stream, &place, info);
	stream->last_way = place.way;
	stream->last = place;
	stream->has_last = true;
	return err;
}

/* --- added records --- */

/* the id follows from the salt, the salt from the seed */
static enum err
remember_added(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	struct seal_seed seed;
	struct seal_salt salt;
	uint64_t *index;
	enum err err;

	if (stream->keys == DELTA_KEYS_SEED) {
		memcpy(seed.bytes, stream->seed, sizeof(seed.bytes));
		seal_salt_derive(&salt, &seed, stream->added_here);
	} else {
		memcpy(salt.bytes, row->salt, sizeof(salt.bytes));
	}
	seal_record_id(&row->id, &salt, &stream->source->partition);
	seal_wipe(&seed, sizeof(seed));
	seal_wipe(&salt, sizeof(salt));
	stream->added_here++;
	if (stream->added_count == ADDED_MAX)
		return ERR_OK;
	if (stream->added_count == stream->added_capacity) {
		size_t capacity = stream->added_capacity == 0 ? 64 : stream->added_capacity * 2;
		struct id *added = realloc(stream->added, capacity * sizeof(*added));

		if (added == NULL)
			return err_nomem(info);
		stream->added = added;
		stream->added_capacity = capacity;
	}
	err = table_put(&stream->added_index, view_of(row->id.bytes, ID_BYTES), &index, NULL, info);
	if (err != ERR_OK)
		return err;
	*index = stream->added_count;
	stream->added[stream->added_count++] = row->id;
	return ERR_OK;
}

static enum err
say_salt(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	uint8_t salt[DELTA_SALT_BYTES] = {0};

	if ((row->salt != NULL) != (stream->keys == DELTA_KEYS_SALTS) && !stream->is_reading)
		return bad(stream, info, _("an added record with a salt where a seed gives it, or without"));
	if (stream->keys != DELTA_KEYS_SALTS)
		return ERR_OK;
	if (!stream->is_reading)
		memcpy(salt, row->salt, sizeof(salt));
	column_raw(stream->column, salt, sizeof(salt));
	if (stream->added_here > 0 && memcmp(stream->last_salt, salt, sizeof(salt)) >= 0)
		return bad(stream, info, _("added records are not ascending by salt"));
	memcpy(stream->last_salt, salt, sizeof(salt));
	row->salt = stream->last_salt;
	return ERR_OK;
}

static enum err
added(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	struct delta_kind *kind = NULL;
	enum err err;

	if (stream->keys == DELTA_KEYS_NONE)
		return bad(stream, info, _("an added record without a seed"));
	err = say_salt(stream, row, info);
	if (err == ERR_OK)
		err = delta_stream_say_kind(&kind, stream, row->kind, info);
	if (err == ERR_OK)
		err = delta_stream_record(stream, kind, row, NULL, info);
	if (err == ERR_OK)
		err = remember_added(stream, row, info);
	return err;
}

/* --- the other rows --- */

/* the record as the parent's tree has it; *found NULL: it is not there */
static enum err
old_record(const struct record **found, struct record *record, struct delta_stream *stream, const struct id *id,
           struct err_info *info)
{
	enum err err;

	*found = NULL;
	if (stream->source->old == NULL)
		return ERR_OK;
	err = stream->source->old(stream->source->context, id, record, info);
	if (err == ERR_OK)
		*found = record;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
changed(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	struct delta_kind *kind = NULL;
	struct record *record = arena_get(&stream->row_arena, sizeof(*record));
	enum err err = delta_stream_name(stream, &row->id, info);

	if (record == NULL)
		return err_nomem(info);
	if (err == ERR_OK && stream->is_reading)
		err = old_record(&row->old, record, stream, &row->id, info);
	if (err == ERR_OK && row->old != NULL)
		err = delta_stream_kind(&kind, stream, row->old->kind, info);
	else if (err == ERR_OK)
		err = delta_stream_say_kind(&kind, stream, row->kind, info);
	if (err == ERR_OK && !stream->is_reading && row->old != NULL && !view_equal(row->kind, row->old->kind))
		err = bad(stream, info, _("it is of another kind than the record was"));
	return err == ERR_OK ? delta_stream_record(stream, kind, row, row->old, info) : err;
}

static enum err
removed(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	const struct delta_write remove = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_CLEAR};
	enum err err = delta_stream_name(stream, &row->id, info);

	if (err != ERR_OK || !stream->is_reading || row->type == DELTA_ROW_ENTRY_REMOVED)
		return err;
	return delta_writes_add(&row->writes, &stream->row_arena, &remove, info);
}

static enum err
content(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	enum err err = delta_stream_name(stream, &row->id, info);
	size_t size;

	if (err != ERR_OK)
		return err;
	size = (size_t)number(stream, DELTA_SORT_SIZE, ROW_FIRST + (uint32_t)row->type, LIMIT_BLOB_BYTES_MAX,
	                      row->content.size);
	bytes_clear(&stream->content);
	if (stream->is_reading && bytes_extend(&stream->content, size) == NULL)
		return err_nomem(info);
	if (!stream->is_reading)
		err = bytes_append_view(&stream->content, row->content, info);
	if (err == ERR_OK)
		column_raw(stream->column, stream->content.data, size);
	row->content = bytes_view(&stream->content);
	if (err == ERR_OK)
		err = column_state(stream->column, info);
	return err == ERR_OK && size == 0 ? bad(stream, info, _("it carries nothing")) : err;
}

static enum err
one_row(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	switch (row->type) {
	case DELTA_ROW_ADDED:
		return added(stream, row, info);
	case DELTA_ROW_CHANGED:
		return changed(stream, row, info);
	case DELTA_ROW_REMOVED:
	case DELTA_ROW_ENTRY_REMOVED:
		return removed(stream, row, info);
	case DELTA_ROW_OPAQUE:
	case DELTA_ROW_ENTRY:
	case DELTA_ROW_ENTRY_OPAQUE:
	default:
		return content(stream, row, info);
	}
}

void
delta_stream_begin_rows(struct delta_stream *stream, const struct delta_commit *commit)
{
	stream->is_merge = commit->info.is_merge;
	stream->keys = commit->keys;
	memcpy(stream->seed, commit->seed, sizeof(stream->seed));
	stream->rows = 0;
	stream->added_here = 0;
	stream->has_last = false;
	stream->group = 0;
	if (commit->info.is_merge)
		return;
	column_now(stream->column, commit->info.time);
	stream->schemas = stream->source->schema == NULL
	                          ? NULL
	                          : stream->source->schema(stream->source->context, commit->info.schema_version,
	                                                   &commit->info.schema_digest);
}

/* added records first, then records, then entries; a merge has none that are opened */
static enum err
check_type(struct delta_stream *stream, enum delta_row_type type, struct err_info *info)
{
	unsigned group = type == DELTA_ROW_ADDED ? 0 : type < DELTA_ROW_ENTRY ? 1 : 2;

	if (stream->is_merge && (type == DELTA_ROW_ADDED || type == DELTA_ROW_CHANGED || type == DELTA_ROW_ENTRY))
		return bad(stream, info, _("an opened record in a merge"));
	if (group < stream->group)
		return bad(stream, info, _("a record behind others or behind entries where it cannot stand"));
	if (group != stream->group)
		stream->has_last = false;
	stream->group = group;
	if (stream->rows++ == LIMIT_DELTA_ROWS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a commit has more than %d rows"), LIMIT_DELTA_ROWS_MAX);
	return ERR_OK;
}

enum err
delta_stream_row(struct delta_stream *stream, struct delta_row *row, bool *is_end_out, struct err_info *info)
{
	unsigned type = row == NULL ? (unsigned)ROW_END : ROW_FIRST + (unsigned)row->type;
	enum err err;

	arena_clear(&stream->row_arena);
	type = symbol(stream, DELTA_SORT_ROW, stream->last_row, ROW_BITS, type);
	stream->last_row = type;
	*is_end_out = type == ROW_END;
	err = column_state(stream->column, info);
	if (err == ERR_OK && type == ROW_END && stream->keys != DELTA_KEYS_NONE && stream->added_here == 0)
		err = bad(stream, info, _("an edit with a seed adds no record"));
	if (err != ERR_OK || type == ROW_END)
		return err;
	if (stream->is_reading)
		*row = (struct delta_row){.type = (enum delta_row_type)(type - ROW_FIRST)};
	err = check_type(stream, row->type, info);
	return err == ERR_OK ? one_row(stream, row, info) : err;
}
