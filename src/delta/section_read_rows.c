#include <stdlib.h>
#include <string.h>

#include "delta/reader.h"

enum {
	WRITES_CAPACITY_MIN = 64
};

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("a delta is not in its one encoding: %s"), what);
}

/* --- columns --- */

/* the first column that is not below `key` */
static size_t
find_place(const struct delta_reader *reader, uint64_t key)
{
	size_t low = 0;
	size_t high = reader->column_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (reader->columns[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* the next value of a column, whose key is in [from, to) */
static enum err
take_column(struct delta_reader *reader, uint64_t from, uint64_t to, uint64_t *key_out, struct view *out,
            struct err_info *info)
{
	size_t place = reader->column_hint + 1; /* rows mostly run through their columns in order */
	const struct delta_in_column *columns = reader->columns;

	if (place >= reader->column_count || columns[place].key < from || columns[place].key >= to)
		place = find_place(reader, from);
	if (place >= reader->column_count || columns[place].key >= to || columns[place].rest.size == 0)
		return bad(info, _("a value is missing in its column"));
	reader->column_hint = place;
	*key_out = columns[place].key;
	return record_value_take(&reader->columns[place].rest, out, info);
}

static enum err
take_one(struct delta_reader *reader, uint64_t key, struct view *out, struct err_info *info)
{
	uint64_t found;

	return take_column(reader, key, key + 1, &found, out, info);
}

/* --- writes --- */

static enum err
add_write(struct delta_reader *reader, const struct delta_write *write, struct err_info *info)
{
	struct delta_writes *writes = &reader->writes;

	if (writes->count == LIMIT_DELTA_ROW_WRITES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a row writes more than %d registers"), LIMIT_DELTA_ROW_WRITES_MAX);
	if (writes->count == writes->capacity) {
		size_t capacity = writes->capacity == 0 ? WRITES_CAPACITY_MIN : writes->capacity * 2;
		struct delta_write *items = realloc(writes->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		writes->items = items;
		writes->capacity = capacity;
	}
	writes->items[writes->count++] = *write;
	return ERR_OK;
}

static enum err
take_member_fields(struct delta_reader *reader, size_t kind, const struct record_path *member, uint64_t count,
                   struct err_info *info)
{
	uint32_t sub = 0;
	enum err err = ERR_OK;

	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		struct delta_write write = {.path = *member};
		uint64_t token = 0;

		err = delta_take_number(&reader->rows, &token, LIMIT_FIELD_NUMBER_MAX * 2ULL + 1, _("a field's step"),
		                        info);
		if (err != ERR_OK)
			return err;
		if (token / 2 == 0 || token / 2 > LIMIT_FIELD_NUMBER_MAX - sub)
			return bad(info, _("the fields of a member are not in ascending order"));
		sub += (uint32_t)(token / 2);
		write.path.type = RECORD_MEMBER_FIELD;
		write.path.sub = sub;
		write.act = token % 2 == 1 ? DELTA_CLEAR : DELTA_SET;
		if (write.act == DELTA_SET)
			err = take_one(reader, delta_column_key_of(kind, member->field, DELTA_COLUMN_MEMBER_FIELD, sub),
			               &write.value, info);
		if (err == ERR_OK)
			err = add_write(reader, &write, info);
	}
	return err;
}

/* the writes of one member stand in one token */
static bool
is_written_already(const struct delta_reader *reader, const struct record_path *member)
{
	const struct delta_write *last;

	if (reader->writes.count == 0)
		return false;
	last = &reader->writes.items[reader->writes.count - 1];
	return (last->path.type == RECORD_MEMBER || last->path.type == RECORD_MEMBER_FIELD) &&
	       last->path.field == member->field && view_equal(last->path.key, member->key);
}

static enum err
take_member(struct delta_reader *reader, size_t kind, uint32_t field, struct err_info *info)
{
	static const enum delta_act ACTS[DELTA_MEMBER_ACTS] = {DELTA_SET, DELTA_ADD, DELTA_CLEAR, DELTA_KEEP};
	struct delta_write write = {.path = {.type = RECORD_MEMBER, .field = field}};
	uint64_t column = 0;
	uint64_t head = 0;
	uint64_t count;
	enum err err = take_column(reader, delta_column_key_of(kind, field, DELTA_COLUMN_MEMBER, 0),
	                           delta_column_key_of(kind, field, DELTA_COLUMN_MEMBER_FIELD, 0), &column,
	                           &write.path.key, info);

	if (err == ERR_OK)
		err = delta_take_varint(&reader->rows, &head, info);
	if (err != ERR_OK)
		return err;
	write.path.key_field = delta_column_sub(column);
	count = head / DELTA_MEMBER_ACTS;
	write.act = ACTS[head % DELTA_MEMBER_ACTS];
	if (count > reader->rows.size)
		return bad(info, _("a member says more fields than fit"));
	if (is_written_already(reader, &write.path) || (write.act == DELTA_SET && count == 0))
		return bad(info, _("a member is named twice, or nothing is written in it"));
	if (write.act != DELTA_SET) {
		err = add_write(reader, &write, info);
		if (err != ERR_OK)
			return err;
	}
	return take_member_fields(reader, kind, &write.path, count, info);
}

static enum err
take_drop(struct delta_reader *reader, struct err_info *info)
{
	struct delta_write write = {.path = {.is_drop = true}, .act = DELTA_ADD};
	uint64_t type = 0;
	uint64_t field = 0;
	uint64_t sub = 0;
	enum err err = delta_take_number(&reader->rows, &type, RECORD_BUILT_IN, _("the type of a register"), info);

	if (err != ERR_OK)
		return err;
	write.path.type = (enum record_path_type)type;
	if (write.path.type != RECORD_EXISTENCE)
		err = delta_take_number(&reader->rows, &field, LIMIT_FIELD_NUMBER_MAX, _("a field"), info);
	if (err == ERR_OK && write.path.type != RECORD_EXISTENCE && write.path.type != RECORD_FIELD)
		err = record_value_take(&reader->rows, &write.path.key, info);
	if (err == ERR_OK && write.path.type == RECORD_MEMBER_FIELD)
		err = delta_take_number(&reader->rows, &sub, LIMIT_FIELD_NUMBER_MAX, _("a member's field"), info);
	write.path.field = (uint32_t)field;
	write.path.sub = (uint32_t)sub;
	return err != ERR_OK ? err : add_write(reader, &write, info);
}

static enum err
take_other(struct delta_reader *reader, uint64_t which, struct err_info *info)
{
	struct delta_write write = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};

	if (which == DELTA_OTHER_DROP)
		return take_drop(reader, info);
	if (which > DELTA_OTHER_DROP)
		return bad(info, _("a token that does not exist"));
	if (which == DELTA_OTHER_KEEP)
		write.act = DELTA_KEEP;
	return add_write(reader, &write, info);
}

static enum err
take_built_in(struct delta_reader *reader, uint64_t set, enum delta_act act, struct err_info *info)
{
	struct delta_write write = {.path = {.type = RECORD_BUILT_IN}, .act = act};
	enum err err;

	if (set == 0 || set > RECORD_BUILT_INS)
		return bad(info, _("a built-in set that does not exist"));
	write.path.field = (uint32_t)set;
	err = record_value_take(&reader->rows, &write.path.key, info);
	return err != ERR_OK ? err : add_write(reader, &write, info);
}

static enum err
take_field(struct delta_reader *reader, size_t kind, uint32_t field, enum delta_code code, struct err_info *info)
{
	struct delta_write write = {.path = {.type = RECORD_FIELD, .field = field}};
	enum err err = ERR_OK;

	if (code == DELTA_CODE_MEMBER)
		return take_member(reader, kind, field, info);
	if (code == DELTA_CODE_SET) {
		write.act = DELTA_SET;
		err = take_one(reader, delta_column_key_of(kind, field, DELTA_COLUMN_FIELD, 0), &write.value, info);
	} else if (code == DELTA_CODE_CLEAR) {
		write.act = DELTA_CLEAR;
	} else {
		write.path.type = RECORD_ELEMENT;
		write.act = code == DELTA_CODE_ELEMENT_ADD ? DELTA_ADD : DELTA_CLEAR;
		err = take_one(reader, delta_column_key_of(kind, field, DELTA_COLUMN_ELEMENT, 0), &write.path.key,
		               info);
	}
	return err != ERR_OK ? err : add_write(reader, &write, info);
}

static enum err
take_token(struct delta_reader *reader, size_t kind, uint32_t *field, struct err_info *info)
{
	uint64_t token;
	enum err err = delta_take_varint(&reader->rows, &token, info);
	enum delta_code code;

	if (err != ERR_OK)
		return err;
	code = (enum delta_code)(token % DELTA_CODES);
	token /= DELTA_CODES;
	if (code == DELTA_CODE_OTHER)
		return take_other(reader, token, info);
	if (code == DELTA_CODE_BUILT_IN_ADD || code == DELTA_CODE_BUILT_IN_CLEAR)
		return take_built_in(reader, token, code == DELTA_CODE_BUILT_IN_ADD ? DELTA_ADD : DELTA_CLEAR, info);
	if (token > LIMIT_FIELD_NUMBER_MAX - *field)
		return err_set(info, ERR_TOO_BIG, _("a delta names a field above %d"), LIMIT_FIELD_NUMBER_MAX);
	*field += (uint32_t)token;
	return take_field(reader, kind, *field, code, info);
}

enum err
delta_reader_writes(struct delta_reader *reader, size_t kind, bool is_added, struct err_info *info)
{
	const struct delta_write add = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};
	uint64_t count = 0;
	uint32_t field = 0;
	enum err err =
		delta_take_number(&reader->rows, &count, LIMIT_DELTA_ROW_WRITES_MAX, _("the writes of a row"), info);

	if (err != ERR_OK)
		return err;
	if (count > reader->rows.size || (count == 0 && !is_added))
		return bad(info, _("a row says no writes, or more than fit"));
	reader->writes.count = 0;
	reader->column_hint = SIZE_MAX - 1;
	if (is_added)
		err = add_write(reader, &add, info);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++)
		err = take_token(reader, kind, &field, info);
	return err != ERR_OK ? err : delta_writes_check(&reader->writes, is_added, info);
}

/* --- rows --- */

/* kinds stand in the order of their first use */
static enum err
use_kind(struct delta_reader *reader, uint64_t kind, struct delta_row *row, struct err_info *info)
{
	if (kind >= reader->kind_count || kind > reader->kinds_seen)
		return bad(info, _("a row is of a kind that is not named, or kinds are out of order"));
	if (kind == reader->kinds_seen)
		reader->kinds_seen++;
	row->kind = reader->kinds[kind];
	return ERR_OK;
}

static enum err
take_added(struct delta_reader *reader, struct delta_row *row, struct err_info *info)
{
	struct view salt;
	uint64_t kind = 0;
	enum err err = delta_take_number(&reader->rows, &kind, LIMIT_KINDS_MAX, _("a kind"), info);

	row->type = DELTA_ROW_ADDED;
	if (err == ERR_OK)
		err = use_kind(reader, kind, row, info);
	if (err == ERR_OK && reader->keys == DELTA_KEYS_SALTS) {
		err = delta_take_bytes(&reader->random, &salt, DELTA_SALT_BYTES, info);
		if (err != ERR_OK)
			return err;
		if (reader->last_salt != NULL && memcmp(reader->last_salt, salt.data, DELTA_SALT_BYTES) >= 0)
			return bad(info, _("added records are not ascending by salt"));
		reader->last_salt = salt.data;
		row->salt = salt.data;
	}
	if (err == ERR_OK)
		err = delta_reader_writes(reader, (size_t)kind, true, info);
	row->writes = reader->writes;
	return err;
}

/* ids ascend within the named rows and within the entries */
static enum err
take_id(struct delta_reader *reader, struct id *out, struct err_info *info)
{
	struct view id;
	enum err err = delta_take_bytes(&reader->random, &id, ID_BYTES, info);

	if (err != ERR_OK)
		return err;
	if (reader->has_last && memcmp(reader->last_id.bytes, id.data, ID_BYTES) >= 0)
		return bad(info, _("its ids are not in ascending order"));
	memcpy(out->bytes, id.data, ID_BYTES);
	reader->last_id = *out;
	reader->has_last = true;
	return ERR_OK;
}

static enum err
take_content(struct delta_reader *reader, struct view *from, struct view *out, struct err_info *info)
{
	uint64_t size = 0;
	enum err err = delta_take_number(&reader->rows, &size, LIMIT_BLOB_BYTES_MAX, _("the size of a row"), info);

	if (err != ERR_OK)
		return err;
	return size == 0 ? bad(info, _("a row carries nothing")) : delta_take_bytes(from, out, (size_t)size, info);
}

static enum err
take_removed(struct delta_reader *reader, struct delta_row *row, struct err_info *info)
{
	const struct delta_write remove = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_CLEAR};
	enum err err;

	row->type = DELTA_ROW_REMOVED;
	reader->writes.count = 0;
	err = add_write(reader, &remove, info);
	row->writes = reader->writes;
	return err;
}

static enum err
take_named(struct delta_reader *reader, struct delta_row *row, struct err_info *info)
{
	uint64_t what = 0;
	enum err err = take_id(reader, &row->id, info);

	if (err == ERR_OK)
		err = delta_take_number(&reader->rows, &what, DELTA_NAMED_CHANGED + LIMIT_KINDS_MAX, _("a row's type"),
		                        info);
	if (err != ERR_OK)
		return err;
	if (what == DELTA_NAMED_REMOVED)
		return take_removed(reader, row, info);
	if (what == DELTA_NAMED_OPAQUE) {
		row->type = DELTA_ROW_OPAQUE;
		return take_content(reader, &reader->random, &row->content, info);
	}
	if (reader->is_merge)
		return bad(info, _("a merge with an opened record"));
	row->type = DELTA_ROW_CHANGED;
	err = use_kind(reader, what - DELTA_NAMED_CHANGED, row, info);
	if (err == ERR_OK)
		err = delta_reader_writes(reader, (size_t)what - DELTA_NAMED_CHANGED, false, info);
	row->writes = reader->writes;
	return err;
}

static enum err
take_entry(struct delta_reader *reader, struct delta_row *row, struct err_info *info)
{
	uint64_t what = 0;
	enum err err = take_id(reader, &row->id, info);

	if (err == ERR_OK)
		err = delta_take_number(&reader->rows, &what, DELTA_NAMED_CHANGED, _("the type of an entry"), info);
	if (err != ERR_OK)
		return err;
	if (what == DELTA_NAMED_REMOVED) {
		row->type = DELTA_ROW_ENTRY_REMOVED;
		return ERR_OK;
	}
	if (what == DELTA_NAMED_OPAQUE) {
		row->type = DELTA_ROW_ENTRY_OPAQUE;
		return take_content(reader, &reader->random, &row->content, info);
	}
	if (reader->is_merge)
		return bad(info, _("a merge with opened entries"));
	row->type = DELTA_ROW_ENTRY;
	return take_content(reader, &reader->rows, &row->content, info);
}

enum err
delta_reader_take_row(struct delta_reader *reader, struct delta_row *out, struct err_info *info)
{
	struct delta_row row = {.type = DELTA_ROW_ADDED};
	enum err err;

	if (reader->added_left > 0) {
		reader->added_left--;
		err = take_added(reader, &row, info);
	} else if (reader->named_left > 0) {
		reader->named_left--;
		err = take_named(reader, &row, info);
		if (reader->named_left == 0)
			reader->has_last = false; /* the entries' ids begin anew */
	} else {
		reader->entries_left--;
		err = take_entry(reader, &row, info);
	}
	if (err == ERR_OK)
		*out = row;
	return err;
}
