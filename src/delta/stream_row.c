/* Rows: their types and kinds, and what each type carries. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "delta/stream.h"
#include "schema/set.h"
#include "seal/hash.h"
#include "text/text.h"

enum {
	ROW_BITS = 3,
	ROW_END = 0,        /* behind the last row of a commit */
	ROW_FIRST = 1,      /* the others are 1 + enum delta_row_type */
	ADDED_MAX = 262144, /* added records that can be named by their number: 4 MiB */
};

enum err
delta_stream_bad(struct delta_stream *stream, struct err_info *info, const char *what)
{
	enum err err = column_state(stream->column, info);

	return err != ERR_OK ? err : err_set(info, ERR_FORMAT, _("a row of a delta: %s"), what);
}

static struct column_place *
row_place(struct delta_stream *stream)
{
	return column_child(stream->column, column_root(stream->column), DELTA_PLACE_ROW);
}

uint64_t
delta_stream_number(struct delta_stream *stream, enum delta_sort sort, uint32_t context, uint64_t max, uint64_t value)
{
	struct column_ask ask = {row_place(stream), (unsigned)sort, 1, {context}};

	return column_number(stream->column, &ask, max, value);
}

unsigned
delta_stream_symbol(struct delta_stream *stream, enum delta_sort sort, uint32_t context, unsigned width, unsigned value)
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
		return delta_stream_bad(stream, info,
		                        _("its kind has no name, or one too long, or one that is no text"));
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
	if (err == ERR_OK && stream->lacked != 0)
		err = err_set(info, ERR_STATE,
		              _("schema set %u is not held here; it comes with the superior's next bundle"),
		              (unsigned)stream->lacked);
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

	index = (size_t)delta_stream_number(stream, DELTA_SORT_KIND, (uint32_t)stream->kind, stream->kind_count, index);
	if (index < stream->kind_count)
		return use_kind(out, stream, index, name, info);
	place = column_child(stream->column, column_root(stream->column), DELTA_PLACE_NAME);
	err = codec_write_str(&encoded, name, info);
	value = bytes_view(&encoded);
	if (err == ERR_OK) {
		column_value(stream->column, place, &stream->row.arena, &value, (struct view){0});
		err = column_state(stream->column, info);
	}
	if (err == ERR_OK && stream->is_reading) {
		struct codec_reader reader = codec_reader_of(value);

		err = codec_read_str(&name, &reader, info);
	}
	if (err == ERR_OK && find_kind(stream, name) < stream->kind_count)
		err = delta_stream_bad(stream, info, _("its kind is named a second time"));
	if (err == ERR_OK)
		err = use_kind(out, stream, stream->kind_count, name, info);
	bytes_release(&encoded);
	return err;
}

/* --- added records --- */

/* the id follows from the salt, the salt from the seed */
static enum err
remember_added(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	struct seal_seed seed;
	struct seal_salt salt;

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
	stream->added[stream->added_count++] = row->id;
	return ERR_OK;
}

static enum err
say_salt(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	uint8_t salt[DELTA_SALT_BYTES] = {0};

	if ((row->salt != NULL) != (stream->keys == DELTA_KEYS_SALTS) && !stream->is_reading)
		return delta_stream_bad(stream, info,
		                        _("an added record with a salt where a seed gives it, or without"));
	if (stream->keys != DELTA_KEYS_SALTS)
		return ERR_OK;
	if (!stream->is_reading)
		memcpy(salt, row->salt, sizeof(salt));
	column_raw(stream->column, salt, sizeof(salt));
	if (stream->added_here > 0 && memcmp(stream->last_salt, salt, sizeof(salt)) >= 0)
		return delta_stream_bad(stream, info, _("added records are not ascending by salt"));
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
		return delta_stream_bad(stream, info, _("an added record without a seed"));
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
	struct record *record = arena_get(&stream->row.arena, sizeof(*record));
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
		err = delta_stream_bad(stream, info, _("it is of another kind than the record was"));
	return err == ERR_OK ? delta_stream_record(stream, kind, row, row->old, info) : err;
}

static enum err
removed(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	const struct delta_write remove = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_CLEAR};
	enum err err = delta_stream_name(stream, &row->id, info);

	if (err != ERR_OK || !stream->is_reading || row->type == DELTA_ROW_ENTRY_REMOVED)
		return err;
	return delta_writes_add(&row->writes, &stream->row.arena, &remove, info);
}

static enum err
content(struct delta_stream *stream, struct delta_row *row, struct err_info *info)
{
	enum err err = delta_stream_name(stream, &row->id, info);
	size_t size;

	if (err != ERR_OK)
		return err;
	size = (size_t)delta_stream_number(stream, DELTA_SORT_SIZE, ROW_FIRST + (uint32_t)row->type,
	                                   LIMIT_BLOB_BYTES_MAX, row->content.size);
	bytes_clear(&stream->row.content);
	if (stream->is_reading && bytes_extend(&stream->row.content, size) == NULL)
		return err_nomem(info);
	if (!stream->is_reading)
		err = bytes_append_view(&stream->row.content, row->content, info);
	if (err == ERR_OK)
		column_raw(stream->column, stream->row.content.data, size);
	row->content = bytes_view(&stream->row.content);
	if (err == ERR_OK)
		err = column_state(stream->column, info);
	return err == ERR_OK && size == 0 ? delta_stream_bad(stream, info, _("it carries nothing")) : err;
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
delta_stream_use_schema(struct delta_stream *stream, const struct delta_commit_info *commit)
{
	const struct delta_source *source = stream->source;

	stream->lacked = 0;
	stream->schemas = NULL;
	if (source->schema == NULL || commit->schema_version == 0)
		return;
	stream->schemas = source->schema(source->context, commit->schema_version, &commit->schema_digest);
	if (stream->schemas == NULL)
		stream->lacked = commit->schema_version;
}

void
delta_stream_begin_rows(struct delta_stream *stream, const struct delta_commit *commit)
{
	stream->is_merge = commit->info.is_merge;
	stream->keys = commit->keys;
	memcpy(stream->seed, commit->seed, sizeof(stream->seed));
	stream->rows = 0;
	stream->added_here = 0;
	stream->added_before = stream->added_count;
	stream->has_last = false;
	stream->group = 0;
	if (commit->info.is_merge)
		return;
	column_now(stream->column, commit->info.time);
	delta_stream_use_schema(stream, &commit->info);
}

/* added records first, then records, then entries; a merge has none that are opened */
static enum err
check_type(struct delta_stream *stream, enum delta_row_type type, struct err_info *info)
{
	unsigned group = type == DELTA_ROW_ADDED ? 0 : type < DELTA_ROW_ENTRY ? 1 : 2;

	if (stream->is_merge && (type == DELTA_ROW_ADDED || type == DELTA_ROW_CHANGED || type == DELTA_ROW_ENTRY))
		return delta_stream_bad(stream, info, _("an opened record in a merge"));
	if (group < stream->group)
		return delta_stream_bad(stream, info,
		                        _("a record behind others or behind entries where it cannot stand"));
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

	arena_clear(&stream->row.arena);
	type = delta_stream_symbol(stream, DELTA_SORT_ROW, stream->last_row, ROW_BITS, type);
	stream->last_row = type;
	*is_end_out = type == ROW_END;
	err = column_state(stream->column, info);
	if (err == ERR_OK && type == ROW_END && stream->keys != DELTA_KEYS_NONE && stream->added_here == 0)
		err = delta_stream_bad(stream, info, _("an edit with a seed adds no record"));
	if (err != ERR_OK || type == ROW_END)
		return err;
	if (stream->is_reading)
		*row = (struct delta_row){.type = (enum delta_row_type)(type - ROW_FIRST)};
	err = check_type(stream, row->type, info);
	return err == ERR_OK ? one_row(stream, row, info) : err;
}
