#include <assert.h>
#include <string.h>

#include "delta/writer.h"
#include "text/text.h"

static enum err
bad_row(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("a row of a delta: %s"), what);
}

/* --- writes --- */

static enum err
put_token(struct delta_writer *writer, uint64_t step, enum delta_code code, struct err_info *info)
{
	return delta_put_varint(&writer->tokens, step * DELTA_CODES + (uint64_t)code, info);
}

static enum err
put_value(struct delta_writer *writer, uint64_t key, struct view value, struct err_info *info)
{
	struct delta_out_column *column;
	enum err err = delta_writer_column(writer, key, &column, info);

	if (err == ERR_OK)
		err = bytes_append_view(&column->values, value, info);
	if (err == ERR_OK)
		writer->now.values_size += value.size;
	return err;
}

static bool
is_of_member(const struct delta_write *write, const struct record_path *member)
{
	const struct record_path *path = &write->path;

	return !path->is_drop && (path->type == RECORD_MEMBER || path->type == RECORD_MEMBER_FIELD) &&
	       path->field == member->field && view_equal(path->key, member->key);
}

static enum delta_member_act
member_act(const struct delta_write *write)
{
	if (write->path.type != RECORD_MEMBER)
		return DELTA_MEMBER_NONE;
	if (write->act == DELTA_ADD)
		return DELTA_MEMBER_ADD;
	return write->act == DELTA_CLEAR ? DELTA_MEMBER_CLEAR : DELTA_MEMBER_KEEP;
}

static enum err
put_member_field(struct delta_writer *writer, size_t kind, const struct delta_write *write, uint32_t last,
                 struct err_info *info)
{
	const struct record_path *path = &write->path;
	uint64_t is_cleared = write->act == DELTA_CLEAR;
	enum err err = delta_put_varint(&writer->tokens, (uint64_t)(path->sub - last) << 1 | is_cleared, info);

	if (err != ERR_OK || is_cleared)
		return err;
	return put_value(writer, delta_column_key_of(kind, path->field, DELTA_COLUMN_MEMBER_FIELD, path->sub),
	                 write->value, info);
}

/* the token of a member with all that is written in it; *next_out: the write behind them */
static enum err
put_member(struct delta_writer *writer, size_t kind, const struct delta_writes *writes, size_t *next,
           struct err_info *info)
{
	const struct delta_write *first = &writes->items[*next];
	const struct record_path *path = &first->path;
	enum delta_member_act act = member_act(first);
	size_t start = *next + (act != DELTA_MEMBER_NONE);
	size_t end = start;
	uint32_t last = delta_writer_key_field(writer, kind, path->field);
	enum err err;

	if (last != 0 && last != path->key_field)
		return bad_row(info, _("the members of one list have two key fields"));
	last = 0;
	while (end < writes->count && is_of_member(&writes->items[end], path))
		end++;
	err = put_value(writer, delta_column_key_of(kind, path->field, DELTA_COLUMN_MEMBER, path->key_field), path->key,
	                info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->tokens, (end - start) * DELTA_MEMBER_ACTS + (uint64_t)act, info);
	for (size_t i = start; err == ERR_OK && i < end; i++) {
		err = put_member_field(writer, kind, &writes->items[i], last, info);
		last = writes->items[i].path.sub;
	}
	*next = end;
	return err;
}

static enum err
put_drop(struct delta_writer *writer, const struct record_path *path, struct err_info *info)
{
	enum err err = put_token(writer, DELTA_OTHER_DROP, DELTA_CODE_OTHER, info);

	if (err == ERR_OK)
		err = delta_put_varint(&writer->tokens, (uint64_t)path->type, info);
	if (err == ERR_OK && path->type != RECORD_EXISTENCE)
		err = delta_put_varint(&writer->tokens, path->field, info);
	if (err == ERR_OK)
		err = bytes_append_view(&writer->tokens, path->key, info);
	if (err == ERR_OK && path->type == RECORD_MEMBER_FIELD)
		err = delta_put_varint(&writer->tokens, path->sub, info);
	return err;
}

static enum err
put_built_in(struct delta_writer *writer, const struct delta_write *write, struct err_info *info)
{
	enum err err = put_token(writer, write->path.field,
	                         write->act == DELTA_ADD ? DELTA_CODE_BUILT_IN_ADD : DELTA_CODE_BUILT_IN_CLEAR, info);

	return err != ERR_OK ? err : bytes_append_view(&writer->tokens, write->path.key, info);
}

static enum err
put_field(struct delta_writer *writer, size_t kind, const struct delta_write *write, uint32_t step,
          struct err_info *info)
{
	const struct record_path *path = &write->path;
	enum err err;

	if (path->type == RECORD_ELEMENT) {
		err = put_token(writer, step,
		                write->act == DELTA_ADD ? DELTA_CODE_ELEMENT_ADD : DELTA_CODE_ELEMENT_CLEAR, info);
		if (err != ERR_OK)
			return err;
		return put_value(writer, delta_column_key_of(kind, path->field, DELTA_COLUMN_ELEMENT, 0), path->key,
		                 info);
	}
	if (write->act == DELTA_CLEAR)
		return put_token(writer, step, DELTA_CODE_CLEAR, info);
	err = put_token(writer, step, DELTA_CODE_SET, info);
	if (err != ERR_OK)
		return err;
	return put_value(writer, delta_column_key_of(kind, path->field, DELTA_COLUMN_FIELD, 0), write->value, info);
}

/* one token; *next is stepped over the writes in it */
static enum err
put_one(struct delta_writer *writer, size_t kind, const struct delta_writes *writes, size_t *next, uint32_t *field,
        struct err_info *info)
{
	const struct delta_write *write = &writes->items[*next];
	uint32_t step = write->path.field - *field;
	enum err err;

	if (write->path.is_drop || write->path.type == RECORD_EXISTENCE || write->path.type == RECORD_BUILT_IN) {
		(*next)++;
		if (write->path.is_drop)
			return put_drop(writer, &write->path, info);
		if (write->path.type == RECORD_BUILT_IN)
			return put_built_in(writer, write, info);
		return put_token(writer, write->act == DELTA_ADD ? DELTA_OTHER_ADD : DELTA_OTHER_KEEP, DELTA_CODE_OTHER,
		                 info);
	}
	*field = write->path.field;
	if (write->path.type != RECORD_MEMBER && write->path.type != RECORD_MEMBER_FIELD) {
		(*next)++;
		return put_field(writer, kind, write, step, info);
	}
	err = put_token(writer, step, DELTA_CODE_MEMBER, info);
	return err != ERR_OK ? err : put_member(writer, kind, writes, next, info);
}

enum err
delta_writer_put_writes(struct delta_writer *writer, size_t kind, const struct delta_writes *writes, bool is_added,
                        struct err_info *info)
{
	size_t next = is_added ? 1 : 0; /* the existence of an added row is understood */
	uint32_t field = 0;
	size_t count = 0;
	enum err err = ERR_OK;

	bytes_clear(&writer->tokens);
	writer->column_hint = SIZE_MAX - 1;
	while (err == ERR_OK && next < writes->count) {
		err = put_one(writer, kind, writes, &next, &field, info);
		count++;
	}
	if (err == ERR_OK)
		err = delta_put_varint(&writer->pending, count, info);
	return err != ERR_OK ? err : bytes_append_view(&writer->pending, bytes_view(&writer->tokens), info);
}

/* --- rows --- */

static enum err
find_kind(struct delta_writer *writer, struct view name, size_t *index_out, struct err_info *info)
{
	const uint8_t *copy;

	for (size_t i = 0; i < writer->now.kind_count; i++) {
		if (view_equal(writer->kinds[i], name)) {
			*index_out = i;
			return ERR_OK;
		}
	}
	if (name.size == 0 || name.size > LIMIT_NAME_BYTES_MAX || !text_is_utf8(name))
		return bad_row(info, _("its kind has no name, or one too long, or one that is no text"));
	if (writer->now.kind_count == LIMIT_KINDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has records of more than %d kinds"), LIMIT_KINDS_MAX);
	copy = arena_copy(&writer->arena, name);
	if (copy == NULL)
		return err_nomem(info);
	*index_out = writer->now.kind_count;
	writer->kinds[writer->now.kind_count++] = view_of(copy, name.size);
	return ERR_OK;
}

static enum err
put_added(struct delta_writer *writer, const struct delta_row *row, struct err_info *info)
{
	size_t kind = 0;
	enum err err;

	if (writer->keys == DELTA_KEYS_NONE || writer->is_merge || writer->named + writer->entries > 0)
		return bad_row(info, _("an added record without a seed, in a merge, or behind other rows"));
	if ((row->salt != NULL) != (writer->keys == DELTA_KEYS_SALTS))
		return bad_row(info, _("an added record with a salt where a seed gives it, or without"));
	if (row->salt != NULL) {
		if (writer->added > 0 && memcmp(writer->last_salt, row->salt, DELTA_SALT_BYTES) >= 0)
			return bad_row(info, _("added records are not ascending by salt"));
		memcpy(writer->last_salt, row->salt, DELTA_SALT_BYTES);
	}
	err = delta_writes_check(&row->writes, true, info);
	if (err == ERR_OK)
		err = find_kind(writer, row->kind, &kind, info);
	if (err == ERR_OK && row->salt != NULL)
		err = bytes_append(&writer->random, row->salt, DELTA_SALT_BYTES, info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->pending, kind, info);
	if (err == ERR_OK)
		err = delta_writer_put_writes(writer, kind, &row->writes, true, info);
	writer->added++;
	return err;
}

/* ids ascend within the named rows and within the entries */
static enum err
put_id(struct delta_writer *writer, const struct delta_row *row, bool is_first, struct err_info *info)
{
	if (!is_first && memcmp(writer->last_id.bytes, row->id.bytes, ID_BYTES) >= 0)
		return bad_row(info, _("its ids are not ascending"));
	writer->last_id = row->id;
	return bytes_append(&writer->random, row->id.bytes, ID_BYTES, info);
}

static enum err
check_content(struct view content, struct err_info *info)
{
	if (content.size == 0)
		return bad_row(info, _("it carries nothing"));
	if (content.size > LIMIT_BLOB_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a row of a delta carries %zu bytes, at most %d are taken"),
		               content.size, LIMIT_BLOB_BYTES_MAX);
	return ERR_OK;
}

static enum err
put_opaque(struct delta_writer *writer, struct view blob, struct err_info *info)
{
	enum err err = check_content(blob, info);

	if (err == ERR_OK)
		err = delta_put_varint(&writer->pending, DELTA_NAMED_OPAQUE, info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->pending, blob.size, info);
	return err != ERR_OK ? err : bytes_append_view(&writer->random, blob, info);
}

static enum err
put_changed(struct delta_writer *writer, const struct delta_row *row, struct err_info *info)
{
	const struct delta_writes *writes = &row->writes;
	size_t kind = 0;
	enum err err;

	if (writer->is_merge)
		return bad_row(info, _("an opened record in a merge"));
	if (writes->count == 0 || (writes->items[0].path.type == RECORD_EXISTENCE && !writes->items[0].path.is_drop &&
	                           writes->items[0].act == DELTA_CLEAR))
		return bad_row(info, _("a changed record in which nothing is written, or which is removed"));
	err = delta_writes_check(writes, false, info);
	if (err == ERR_OK)
		err = find_kind(writer, row->kind, &kind, info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->pending, DELTA_NAMED_CHANGED + kind, info);
	return err != ERR_OK ? err : delta_writer_put_writes(writer, kind, writes, false, info);
}

static enum err
put_named(struct delta_writer *writer, const struct delta_row *row, struct err_info *info)
{
	enum err err;

	if (writer->entries > 0)
		return bad_row(info, _("a record behind entries"));
	err = put_id(writer, row, writer->named == 0, info);
	writer->named++;
	if (err != ERR_OK)
		return err;
	if (row->type == DELTA_ROW_REMOVED)
		return delta_put_varint(&writer->pending, DELTA_NAMED_REMOVED, info);
	return row->type == DELTA_ROW_OPAQUE ? put_opaque(writer, row->content, info) : put_changed(writer, row, info);
}

static enum err
put_entry(struct delta_writer *writer, const struct delta_row *row, struct err_info *info)
{
	enum err err = put_id(writer, row, writer->entries == 0, info);

	writer->entries++;
	if (err != ERR_OK)
		return err;
	if (row->type == DELTA_ROW_ENTRY_REMOVED)
		return delta_put_varint(&writer->pending, DELTA_NAMED_REMOVED, info);
	if (row->type == DELTA_ROW_ENTRY_OPAQUE)
		return put_opaque(writer, row->content, info);
	if (writer->is_merge)
		return bad_row(info, _("opened entries in a merge"));
	err = check_content(row->content, info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->pending, DELTA_NAMED_CHANGED, info);
	return err != ERR_OK ? err : delta_put_string(&writer->pending, row->content, info);
}

enum err
delta_writer_add_row(struct delta_writer *writer, const struct delta_row *row, struct err_info *info)
{
	assert(writer->is_open);
	if (writer->added + writer->named + writer->entries == LIMIT_DELTA_ROWS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a commit has more than %d rows"), LIMIT_DELTA_ROWS_MAX);
	switch (row->type) {
	case DELTA_ROW_ADDED:
		return put_added(writer, row, info);
	case DELTA_ROW_CHANGED:
	case DELTA_ROW_REMOVED:
	case DELTA_ROW_OPAQUE:
		return put_named(writer, row, info);
	case DELTA_ROW_ENTRY:
	case DELTA_ROW_ENTRY_REMOVED:
	case DELTA_ROW_ENTRY_OPAQUE:
		return put_entry(writer, row, info);
	default:
		return bad_row(info, _("it has no known type"));
	}
}
