/* How the bodies of the two codecs begin and end. Stored: a table of columns, then the columns. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "column/inside.h"

enum {
	COLUMN_ENTRY_BYTES_MIN = 4, /* three numbers, and a byte of the column */
};

void
column_learn(struct column *column, bool is_on)
{
	assert(column->codec == COLUMN_MIXED);
	mix_learn(column->mix, is_on);
	column->is_reading = column->is_reader && !is_on;
}

/* --- reading --- */

/* one row of the table: steps of place and sort, and the size; the columns follow behind the table */
static void
read_entry(struct column *column, struct stored *table, struct given *out)
{
	uint64_t last = column->given_count == 0 ? 0 : out[-1].key;
	uint64_t place = column_take_varint(column, table);
	uint64_t sort = column_take_varint(column, table);
	uint64_t size = column_take_varint(column, table);

	if (column->failure.code != ERR_OK)
		return;
	if (place >= LIMIT_DELTA_PLACES_MAX || sort >= COLUMN_SORTS || size == 0 || size > table->rest.size) {
		column_fail(column, ERR_FORMAT, _("a delta says a column that cannot be"));
		return;
	}
	out->key = (last / COLUMN_SORTS + place) * COLUMN_SORTS + sort;
	out->bytes.size = (size_t)size;
	if (column->given_count > 0 && out->key <= last)
		column_fail(column, ERR_FORMAT, _("a delta's columns are not in ascending order"));
	column->given_count++;
}

static void
read_table(struct column *column, struct view body)
{
	struct stored table = {.rest = body};
	uint64_t count = column_take_varint(column, &table);

	if (count > LIMIT_DELTA_COLUMNS_MAX || count > table.rest.size / COLUMN_ENTRY_BYTES_MIN) {
		column_fail(column, ERR_TOO_BIG, _("a delta says more columns than it can have"));
		return;
	}
	column->given = calloc((size_t)count + 1, sizeof(*column->given));
	if (column->given == NULL) {
		column_nomem(column);
		return;
	}
	for (size_t i = 0; i < count && column->failure.code == ERR_OK; i++)
		read_entry(column, &table, &column->given[i]);
	for (size_t i = 0; i < count && column->failure.code == ERR_OK; i++)
		column->given[i].bytes = column_take(column, &table, column->given[i].bytes.size);
	if (table.rest.size > 0)
		column_fail(column, ERR_FORMAT, _("bytes follow behind the last column of a delta"));
}

enum err
column_read(struct column *column, struct view body, struct err_info *info)
{
	column->is_reading = column->is_reader = true;
	if (column->codec == COLUMN_MIXED) {
		mix_read(column->mix, body);
		return ERR_OK;
	}
	read_table(column, body);
	column->size = 0;
	for (size_t i = 0; i < column->given_count; i++)
		column->size += column->given[i].bytes.size;
	return column_state(column, info);
}

struct view
column_given(const struct column *column, uint32_t place, unsigned sort)
{
	uint64_t key = (uint64_t)place * COLUMN_SORTS + sort;
	size_t low = 0;
	size_t high = column->given_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (column->given[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < column->given_count && column->given[low].key == key ? column->given[low].bytes : (struct view){0};
}

enum err
column_end(struct column *column, struct err_info *info)
{
	enum err err = column_state(column, info);

	if (err != ERR_OK)
		return err;
	if (column->codec == COLUMN_MIXED ? !mix_is_whole(column->mix) : column->size != 0)
		return err_set(info, ERR_FORMAT, "%s", _("a delta's rows do not use up all of its bytes"));
	return ERR_OK;
}

/* --- writing --- */

static enum err
append_varint(struct bytes *out, uint64_t number, struct err_info *info)
{
	enum err err = ERR_OK;

	for (; err == ERR_OK && number > 127; number >>= 7)
		err = bytes_append_byte(out, (uint8_t)(number | 128), info);
	return err == ERR_OK ? bytes_append_byte(out, (uint8_t)number, info) : err;
}

/* the column of a place whose sort is the next above `sort`; NULL: none */
static const struct stored *
next_stored(const struct column_place *place, int sort)
{
	const struct stored *next = NULL;

	for (unsigned i = 0; i < place->stored_count; i++) {
		const struct stored *stored = &place->stored[i];

		if (stored->bytes.size > 0 && (int)stored->sort > sort && (next == NULL || stored->sort < next->sort))
			next = stored;
	}
	return next;
}

static enum err
append_table(struct bytes *out, const struct column *column, struct err_info *info)
{
	size_t last = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < column->numbered_count; i++) {
		const struct stored *stored = NULL;

		while (err == ERR_OK &&
		       (stored = next_stored(column->numbered[i], stored == NULL ? -1 : (int)stored->sort)) != NULL) {
			err = append_varint(out, i - last, info);
			if (err == ERR_OK)
				err = append_varint(out, stored->sort, info);
			if (err == ERR_OK)
				err = append_varint(out, stored->bytes.size, info);
			last = i;
		}
	}
	return err;
}

static enum err
append_columns(struct bytes *out, const struct column *column, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < column->numbered_count; i++) {
		const struct stored *stored = NULL;

		while (err == ERR_OK &&
		       (stored = next_stored(column->numbered[i], stored == NULL ? -1 : (int)stored->sort)) != NULL)
			err = bytes_append_view(out, bytes_view(&stored->bytes), info);
	}
	return err;
}

static size_t
count_columns(const struct column *column)
{
	size_t count = 0;

	for (size_t i = 0; i < column->numbered_count; i++) {
		const struct column_place *place = column->numbered[i];

		for (unsigned k = 0; k < place->stored_count; k++)
			count += place->stored[k].bytes.size > 0;
	}
	return count;
}

enum err
column_finish(struct column *column, struct bytes *out, struct err_info *info)
{
	size_t start = out->size;
	enum err err = column_state(column, info);

	if (err != ERR_OK)
		return err;
	if (column->codec == COLUMN_MIXED)
		return mix_finish(column->mix, out, info);
	err = append_varint(out, count_columns(column), info);
	if (err == ERR_OK)
		err = append_table(out, column, info);
	if (err == ERR_OK)
		err = append_columns(out, column, info);
	if (err != ERR_OK)
		out->size = start;
	return err;
}
