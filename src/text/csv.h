/**
 * CSV (RFC 4180) the way WPS and Excel read and write it. The reader streams: memory is bounded by one row and one
 * buffer; nothing is allocated per cell. Only a comma separates; a file separated by semicolons or tabs is refused with
 * a hint. Source: schema/text-v1.md, section 7.
 */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include "text/input.h"

struct text_csv_reader;

struct text_csv_cell {
	struct view text; /* unquoted, as the file has it; see text_csv_cell_value */
	bool is_quoted;
};

/** One row; everything is borrowed from the reader until its next call. */
struct text_csv_row {
	uint64_t number; /* of the row in the file, from 1: the header row is 1; blank lines count */
	uint64_t line;   /* on which the row begins, from 1 */
	struct view raw; /* UTF-8, without its line end */
	const struct text_csv_cell *cells;
	size_t count; /* at least 1 */
};

/** A reader over an input, which it borrows. Release with text_csv_reader_free(). ERR_NOMEM. */
enum err text_csv_reader_new(struct text_csv_reader **out, struct text_input *input, struct err_info *info) MUST_USE;
void text_csv_reader_free(struct text_csv_reader *reader);
/**
 * The next row that is not blank; *is_end_out at the end (the row is untouched then).
 *
 * @return ERR_OK; ERR_FORMAT: a quoted cell is not closed or is followed by something, the first row has one column and
 *         shows another separator, or what text_input_more() refuses; ERR_TOO_BIG: LIMIT_ROW_BYTES_MAX or
 *         LIMIT_COLUMNS_MAX; ERR_IO; ERR_NOMEM. After an error the reader gives nothing more. Messages name file and line.
 */
enum err text_csv_next(struct text_csv_reader *reader, struct text_csv_row *row, bool *is_end_out,
                       struct err_info *info) MUST_USE;

/**
 * What a cell means after a spreadsheet's ways are undone: ="0123" is 0123, one leading apostrophe is taken off. Borrowed
 * from the cell.
 */
struct view text_csv_cell_value(struct view cell);
/**
 * Whether a cell looks like a long number that a spreadsheet shortened (4.31221E+17), so that digits are lost. The caller
 * refuses it where the field is no free text.
 */
bool text_csv_is_spreadsheet_number(struct view cell);
/** Whether a value gets a leading apostrophe when written: a spreadsheet would run or round it, or it begins with one. */
bool text_csv_needs_apostrophe(struct view value);

/** Writes rows to a buffer, which the caller empties whenever it likes. UTF-8 with a byte order mark, or GB 18030. */
struct text_csv_writer {
	struct bytes row; /* UTF-8 of the row so far */
	size_t columns;   /* cells in the row so far */
	struct bytes *out;
	struct text_encoder *encoder; /* NULL: UTF-8 */
};

/** Start (UTF-8: appends the byte order mark). `out` is borrowed until the release. ERR_NOMEM, ERR_STATE (no GB18030). */
enum err text_csv_writer_init(struct text_csv_writer *writer, struct bytes *out, enum text_encoding encoding,
                              struct err_info *info) MUST_USE;
void text_csv_writer_release(struct text_csv_writer *writer);
/** Add a cell with a value: apostrophe and quotes where needed. ERR_NOMEM. */
enum err text_csv_put(struct text_csv_writer *writer, struct view value, struct err_info *info) MUST_USE;
/** Add a cell with the text of a cell that was read: quotes where needed, no apostrophe. ERR_NOMEM. */
enum err text_csv_put_cell(struct text_csv_writer *writer, struct view cell, struct err_info *info) MUST_USE;
/** Add the cells of a raw row verbatim; `columns` is their number. ERR_NOMEM. */
enum err text_csv_put_raw(struct text_csv_writer *writer, struct view raw, size_t columns,
                          struct err_info *info) MUST_USE;
/** End the row with CR LF and append it to the buffer. ERR_NOMEM, ERR_RULE (not expressible in GB 18030), ERR_FORMAT. */
enum err text_csv_end_row(struct text_csv_writer *writer, struct err_info *info) MUST_USE;

#endif
