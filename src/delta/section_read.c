#include <stdlib.h>
#include <string.h>

#include "delta/reader.h"
#include "text/text.h"

enum {
	COLUMN_ENTRY_BYTES_MIN = 4,
	KIND_ENTRY_BYTES_MIN = 2,
};

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("a delta is not in its one encoding: %s"), what);
}

/* --- frame and tables --- */

static enum err
read_kinds(struct delta_reader *reader, struct view *rest, struct err_info *info)
{
	uint64_t count = 0;
	enum err err = delta_take_number(rest, &count, LIMIT_KINDS_MAX, _("the number of kinds"), info);

	if (err != ERR_OK || count == 0)
		return err;
	if (count > rest->size / KIND_ENTRY_BYTES_MIN)
		return bad(info, _("it says more kinds than fit"));
	reader->kinds = calloc((size_t)count, sizeof(*reader->kinds));
	if (reader->kinds == NULL)
		return err_nomem(info);
	for (; reader->kind_count < count; reader->kind_count++) {
		struct view *kind = &reader->kinds[reader->kind_count];

		err = delta_take_string(rest, kind, LIMIT_NAME_BYTES_MAX, _("the size of a kind's name"), info);
		if (err != ERR_OK)
			return err;
		for (size_t i = 0; i < reader->kind_count; i++) {
			if (view_equal(reader->kinds[i], *kind))
				return bad(info, _("it names one kind twice"));
		}
		if (kind->size == 0 || !text_is_utf8(*kind))
			return bad(info, _("a kind has no name, or one that is no text"));
	}
	return ERR_OK;
}

/* one row of the table of columns; the values follow behind the rows: only the size is known here */
static enum err
read_column(struct delta_reader *reader, struct view *rest, uint64_t *last, struct err_info *info)
{
	struct delta_in_column *column = &reader->columns[reader->column_count];
	uint64_t step = 0;
	uint64_t field = 0;
	uint64_t type = 0;
	uint64_t size = 0;
	enum err err = delta_take_number(rest, &step, LIMIT_KINDS_MAX, _("a column's kind"), info);

	if (err == ERR_OK)
		err = delta_take_number(rest, &field, LIMIT_FIELD_NUMBER_MAX, _("a column's field"), info);
	if (err == ERR_OK)
		err = delta_take_number(rest, &type, LIMIT_FIELD_NUMBER_MAX * 4ULL + 3, _("a column's type"), info);
	if (err == ERR_OK)
		err = delta_take_number(rest, &size, LIMIT_DELTA_BYTES_MAX, _("a column's size"), info);
	if (err != ERR_OK)
		return err;
	step += delta_column_kind(*last);
	if (step == delta_column_kind(*last))
		field += delta_column_field(*last);
	if (step >= reader->kind_count || field == 0 || field > LIMIT_FIELD_NUMBER_MAX || size == 0)
		return bad(info, _("a column has no kind, no field or no bytes"));
	if ((type % 4 == DELTA_COLUMN_FIELD || type % 4 == DELTA_COLUMN_ELEMENT) != (type / 4 == 0))
		return bad(info, _("a column has a type that does not exist"));
	column->key = delta_column_key_of((size_t)step, (uint32_t)field, (enum delta_column_type)(type % 4),
	                                  (uint32_t)(type / 4));
	column->rest.size = (size_t)size;
	if (column->key <= *last)
		return bad(info, _("its columns are not in ascending order"));
	if (type % 4 == DELTA_COLUMN_MEMBER &&
	    *last >= delta_column_key_of((size_t)step, (uint32_t)field, DELTA_COLUMN_MEMBER, 0))
		return bad(info, _("the members of one list have two key fields"));
	*last = column->key;
	return ERR_OK;
}

static enum err
read_columns(struct delta_reader *reader, struct view *rest, struct err_info *info)
{
	uint64_t last = 0;
	uint64_t count = 0;
	enum err err = delta_take_number(rest, &count, LIMIT_DELTA_COLUMNS_MAX, _("the number of columns"), info);

	if (err != ERR_OK || count == 0)
		return err;
	if (count > rest->size / COLUMN_ENTRY_BYTES_MIN)
		return bad(info, _("it says more columns than fit"));
	reader->columns = calloc((size_t)count, sizeof(*reader->columns));
	if (reader->columns == NULL)
		return err_nomem(info);
	for (; err == ERR_OK && reader->column_count < count; reader->column_count++)
		err = read_column(reader, rest, &last, info);
	return err;
}

static enum err
read_frame(struct delta_reader *reader, struct view rest, struct err_info *info)
{
	uint64_t count = 0;
	enum err err = delta_take_string(&rest, &reader->random, LIMIT_DELTA_BYTES_MAX, _("a part's size"), info);

	if (err == ERR_OK)
		err = delta_take_number(&rest, &count, LIMIT_DELTA_COMMITS_MAX + LIMIT_DELTA_MERGES_MAX,
		                        _("the number of commits"), info);
	if (err != ERR_OK)
		return err;
	reader->commit_count = (size_t)count;
	err = read_kinds(reader, &rest, info);
	if (err == ERR_OK)
		err = read_columns(reader, &rest, info);
	if (err == ERR_OK)
		err = delta_take_string(&rest, &reader->rows, LIMIT_DELTA_BYTES_MAX, _("a part's size"), info);
	for (size_t i = 0; err == ERR_OK && i < reader->column_count; i++)
		err = delta_take_bytes(&rest, &reader->columns[i].rest, reader->columns[i].rest.size, info);
	if (err != ERR_OK)
		return err;
	if (rest.size != 0)
		return bad(info, _("bytes follow behind its last column"));
	if (count == 0 || count > reader->rows.size)
		return bad(info, _("it says no commits, or more than fit"));
	return ERR_OK;
}

enum err
delta_reader_new(struct delta_reader **out, struct view section, size_t base_count, struct err_info *info)
{
	struct delta_reader *reader;
	struct view rest = section;
	enum err err;

	if (base_count > LIMIT_BASES_MAX || section.size > LIMIT_DELTA_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta of %zu bytes from %zu bases, at most %d and %d are taken"),
		               section.size, base_count, LIMIT_DELTA_BYTES_MAX, LIMIT_BASES_MAX);
	if (rest.size == 0)
		return bad(info, _("it is empty"));
	if (rest.data[0] != DELTA_CODEC_ROWS)
		return err_set(info, ERR_VERSION, _("a delta has codec %u, this program reads codec %d"),
		               (unsigned)rest.data[0], DELTA_CODEC_ROWS);
	rest.data++;
	rest.size--;
	reader = calloc(1, sizeof(*reader));
	if (reader == NULL)
		return err_nomem(info);
	reader->base_count = base_count;
	delta_tables_init(&reader->tables);
	err = read_frame(reader, rest, info);
	if (err != ERR_OK) {
		delta_reader_free(reader);
		return err;
	}
	*out = reader;
	return ERR_OK;
}

void
delta_reader_free(struct delta_reader *reader)
{
	if (reader == NULL)
		return;
	delta_tables_release(&reader->tables);
	free(reader->columns);
	free(reader->kinds);
	free(reader->writes.items);
	free(reader);
}

size_t
delta_reader_count(const struct delta_reader *reader)
{
	return reader->commit_count;
}

/* --- walking --- */

static bool
is_used_up(const struct delta_reader *reader)
{
	for (size_t i = 0; i < reader->column_count; i++) {
		if (reader->columns[i].rest.size > 0)
			return false;
	}
	return reader->random.size == 0 && reader->rows.size == 0 && reader->kinds_seen == reader->kind_count;
}

enum err
delta_reader_row(struct delta_reader *reader, struct delta_row *out, bool *is_end_out, struct err_info *info)
{
	enum err err;

	if (reader->is_failed)
		return bad(info, _("it was refused before"));
	*is_end_out = reader->added_left + reader->named_left + reader->entries_left == 0;
	if (*is_end_out)
		return ERR_OK;
	err = delta_reader_take_row(reader, out, info);
	reader->is_failed = err != ERR_OK;
	return err != ERR_OK ? err_in(info, err, _("commit %zu of a delta"), reader->commits_done) : ERR_OK;
}

enum err
delta_reader_next(struct delta_reader *reader, struct delta_commit *out, bool *is_end_out, struct err_info *info)
{
	struct delta_commit commit = {0};
	struct delta_row row;
	bool is_end = false;
	size_t place;
	enum err err = ERR_OK;

	while (err == ERR_OK && !is_end)
		err = delta_reader_row(reader, &row, &is_end, info);
	if (err != ERR_OK)
		return err;
	*is_end_out = reader->commits_done == reader->commit_count;
	if (*is_end_out) {
		if (is_used_up(reader))
			return ERR_OK;
		reader->is_failed = true;
		return bad(info, _("its commits do not use it up"));
	}
	place = reader->commits_done + 1;
	err = delta_reader_take_commit(reader, &commit, info);
	reader->is_failed = err != ERR_OK;
	if (err != ERR_OK)
		return err_in(info, err, _("commit %zu of a delta"), place);
	*out = commit;
	return ERR_OK;
}

void
delta_counts_row(struct delta_counts *counts, const struct delta_row *row)
{
	switch (row->type) {
	case DELTA_ROW_ADDED:
	case DELTA_ROW_CHANGED:
	case DELTA_ROW_REMOVED:
		delta_counts_writes(counts, &row->writes);
		break;
	case DELTA_ROW_OPAQUE:
		counts->opaque++;
		break;
	case DELTA_ROW_ENTRY:
	case DELTA_ROW_ENTRY_REMOVED:
	case DELTA_ROW_ENTRY_OPAQUE:
	default:
		counts->entries++;
		break;
	}
}
