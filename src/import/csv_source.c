#include <string.h>

#include "import/source.h"
#include "text/text.h"

/* The bytes of the blank at one end of a text; 0: none. */
static size_t
blank_at(struct view text, bool is_front)
{
	/* the ideographic space, and a byte order mark behind blank lines */
	static const char *const WIDE[] = {"\xe3\x80\x80", "\xef\xbb\xbf"};
	const uint8_t *edge = text.size == 0 ? NULL : text.data + (is_front ? 0 : text.size - 1);

	if (edge == NULL)
		return 0;
	if (*edge == ' ' || *edge == '\t')
		return 1;
	for (size_t i = 0; i < 2 && text.size >= 3; i++) {
		if (memcmp(is_front ? edge : edge - 2, WIDE[i], 3) == 0)
			return 3;
	}
	return 0;
}

/* Drop blanks around a column's name. */
static struct view
trimmed(struct view text)
{
	size_t blank;

	while ((blank = blank_at(text, true)) > 0)
		text = view_of(text.data + blank, text.size - blank);
	while ((blank = blank_at(text, false)) > 0)
		text.size -= blank;
	return text;
}

/* "A column stands twice", with its name made safe to show. */
static enum err
doubled_column(struct import_source *source, struct view name, struct err_info *info)
{
	struct bytes shown = {0};
	enum err err = text_escape(&shown, name, info);

	if (err == ERR_OK)
		err = err_set(info, ERR_FORMAT, _("%s: the column \"%.*s\" stands twice in the header"),
		              text_input_name(source->input), (int)shown.size, (const char *)shown.data);
	bytes_release(&shown);
	return err;
}

static enum err
take_header(struct import_source *source, const struct text_csv_row *row, struct err_info *info)
{
	for (size_t i = 0; i < row->count; i++) {
		struct view name = trimmed(text_csv_cell_value(row->cells[i].text));
		size_t column = 0;
		bool is_new = true;
		enum err err;

		if (name.size == 0)
			err = import_source_add_nameless(source, info);
		else
			err = import_source_add_column(source, &column, &is_new, name, info);
		if (err != ERR_OK)
			return err_in(info, err, "%s", text_input_name(source->input));
		if (!is_new)
			return doubled_column(source, name, info);
	}
	return bytes_append_view(&source->header, row->raw, info);
}

/* The header without the column of an earlier run's reasons, for another file of rejected rows. */
static enum err
write_header_again(struct import_source *source, const struct text_csv_row *row, struct err_info *info)
{
	struct text_csv_writer writer = {.out = &source->header_cells};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < row->count; i++) {
		if (i != source->reason_column)
			err = text_csv_put_cell(&writer, row->cells[i].text, info);
	}
	if (err == ERR_OK)
		err = bytes_append_view(&source->header_cells, bytes_view(&writer.row), info);
	text_csv_writer_release(&writer);
	return err;
}

enum err
import_csv_begin(struct import_source *source, struct err_info *info)
{
	struct text_csv_row row;
	bool is_end = false;
	enum err err = text_csv_reader_new(&source->csv, source->input, info);

	if (err == ERR_OK)
		err = text_csv_next(source->csv, &row, &is_end, info);
	if (err != ERR_OK)
		return err;
	if (is_end)
		return err_set(info, ERR_FORMAT, _("%s is empty: a first row with the columns' names was expected"),
		               text_input_name(source->input));
	err = take_header(source, &row, info);
	if (err == ERR_OK && source->reason_column != SIZE_MAX)
		err = write_header_again(source, &row, info);
	return err;
}

/* Why a row of cells does not fit the header, in *info; true if it fits. */
static bool
fits_header(const struct import_source *source, struct err_info *info)
{
	const struct text_csv_row *row = &source->csv_row;

	if (row->count < source->columns) {
		(void)err_set(
			info, ERR_FORMAT,
			_("%s row %llu: %zu cells were found, %zu expected; if a spreadsheet left out empty cells at "
		          "the end, move a column that is always filled to the end"),
			text_input_name(source->input), (unsigned long long)row->number, row->count, source->columns);
		return false;
	}
	for (size_t i = 0; i < row->count; i++) {
		if (row->cells[i].text.size == 0 || (i < source->columns && source->names[i].size != 0))
			continue;
		(void)err_set(info, ERR_FORMAT,
		              _("%s row %llu: cell %zu is filled, but its column has no name; is a comma too many?"),
		              text_input_name(source->input), (unsigned long long)row->number, i + 1);
		return false;
	}
	return true;
}

static bool
is_all_empty(const struct text_csv_row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		if (row->cells[i].text.size != 0)
			return false;
	}
	return true;
}

static size_t
take_cells(struct import_source *source)
{
	size_t count = 0;

	for (size_t i = 0; i < source->columns; i++) {
		struct view value;

		if (source->names[i].size == 0 || i == source->reason_column)
			continue;
		value = text_csv_cell_value(source->csv_row.cells[i].text);
		source->cells[count++] =
			(struct import_cell){i, value.size == 0 ? IMPORT_EMPTY : IMPORT_TEXT, value, NULL};
	}
	return count;
}

enum err
import_csv_next(struct import_source *source, struct import_row *row, bool *is_bad_out, bool *is_end_out,
                struct err_info *info)
{
	const struct text_csv_row *found = &source->csv_row;

	do {
		enum err err = text_csv_next(source->csv, &source->csv_row, is_end_out, info);

		if (err != ERR_OK || *is_end_out)
			return err;
	} while (is_all_empty(found));
	*row = (struct import_row){found->number, found->line, found->raw, NULL, 0};
	*is_bad_out = !fits_header(source, info);
	if (*is_bad_out)
		return ERR_OK;
	row->cells = source->cells;
	row->count = take_cells(source);
	return ERR_OK;
}
