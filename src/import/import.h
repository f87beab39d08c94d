/**
 * Door 1: rows from a CSV or JSON Lines file, one at a time, in constant memory.
 *
 * A source gives rows; a row gives cells by column. A CSV file's columns are those of its header. A JSON Lines file's
 * columns are the keys seen so far, in order of first appearance, so that both kinds look alike: `column` is a small
 * index that keeps its meaning for the whole file. A column that a row lacks gives no cell: "leave". A cell that is empty
 * (CSV: nothing; JSON: null, "", [] or {}) says "clear". A binding maps columns to fields by name, by Chinese title or by a
 * map file, once per column. The column named tiersync_reason, which a file of skipped rows has, is passed over.
 * Source: schema/text-v1.md, sections 7 and 8.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "json/json.h"
#include "text/csv.h"

struct import_source;

enum import_format {
	IMPORT_CSV,
	IMPORT_JSONL,
	IMPORT_ANY, /* JSON Lines if the first thing in it is a brace, else CSV */
};

enum import_cell_type {
	IMPORT_EMPTY, /* clears the field */
	IMPORT_TEXT, /* CSV: the cell's text, a spreadsheet's ways undone (lists and objects stand in it as JSON); JSON: a string */
	IMPORT_JSON, /* JSON Lines: a number, a boolean, an array or an object */
};

struct import_cell {
	size_t column; /* see import_source_column */
	enum import_cell_type type;
	struct view text;        /* IMPORT_TEXT; not normalised */
	const struct json *json; /* JSON Lines: the value, whatever its form; NULL for CSV */
};

/** One row; all is borrowed from the source until its next call. */
struct import_row {
	uint64_t number; /* in the file, from 1; a CSV file's header is row 1 */
	uint64_t line;   /* on which it begins, from 1 */
	struct view raw; /* UTF-8, without its line end */
	const struct import_cell *cells;
	size_t count;
};

/**
 * Open a source. A CSV header is read at once: two columns with one name are refused by name; blanks around a name are
 * dropped; a column without a name may only hold empty cells.
 *
 * @param fd    borrowed
 * @param name  of the file, for messages; copied
 * @return ERR_OK; ERR_FORMAT: no header, doubled columns, another separator, wrong bytes; ERR_TOO_BIG; ERR_IO; ERR_NOMEM
 */
enum err import_source_new_fd(struct import_source **out, int fd, const char *name, enum import_format format,
                              enum text_encoding encoding, struct err_info *info) MUST_USE;
/** The same from memory, borrowed until the free. */
enum err import_source_new_view(struct import_source **out, struct view content, const char *name,
                                enum import_format format, enum text_encoding encoding, struct err_info *info) MUST_USE;
void import_source_free(struct import_source *source);
/** IMPORT_JSONL if the name ends in .jsonl, .ndjson or .json; IMPORT_CSV: .csv or .txt; else IMPORT_ANY. */
enum import_format import_format_of(const char *name);

/** Columns known so far, and the name of one (normalised; borrowed until the free). */
size_t import_source_columns(const struct import_source *source);
struct view import_source_column(const struct import_source *source, size_t column);

/**
 * The next row; blank lines, and CSV rows in which every cell is empty, are passed over.
 *
 * @param is_bad_out  true: this row alone is wrong (fewer cells than the header has columns, or a cell under no name; no
 *                    JSON object; a doubled key); *row has its number, line and raw text and no cells, *info says what, with
 *                    file and line; the next call goes on behind it.
 * @return ERR_OK (also with a bad row); else the file cannot be read on: ERR_FORMAT, ERR_TOO_BIG, ERR_IO, ERR_NOMEM
 */
enum err import_source_next(struct import_source *source, struct import_row *row, bool *is_bad_out, bool *is_end_out,
                            struct err_info *info) MUST_USE;

/** A field by the names that a column may have. */
struct import_field {
	struct view name;
	struct view title; /* Chinese; may be empty */
};

enum {
	IMPORT_NO_FIELD = -1 /* the column is passed over */
};

struct import_binding;

/**
 * A binding of a source's columns to a list of fields, which the caller keeps alive. Give "id" and "kind" as fields too
 * where they are wanted.
 *
 * @param map  the content of a --map file: a JSON object {"column": "field name or title"}, or empty. A column mapped to ""
 *             is passed over. Columns that the map does not name are matched by their own name.
 * @return ERR_OK; ERR_FORMAT: the map is no such object; ERR_RULE: it names a field that is none, or two fields of the list
 *         share a title that it uses; ERR_NOMEM
 */
enum err import_binding_new(struct import_binding **out, const struct import_field *fields, size_t count,
                            struct view map, struct err_info *info) MUST_USE;
void import_binding_free(struct import_binding *binding);
/**
 * Bind the columns that the source knows and the binding does not yet: after opening, and after each JSON Lines row
 * (cheap when there is nothing new).
 *
 * @return ERR_OK; ERR_RULE: names all unknown columns, or the columns that mean one field, or a title that two fields share;
 *         the columns are not bound then
 */
enum err import_binding_update(struct import_binding *binding, const struct import_source *source,
                               struct err_info *info) MUST_USE;
/** The index in the list of fields that a column means, or IMPORT_NO_FIELD. The column is bound (asserted). */
int import_binding_field(const struct import_binding *binding, size_t column);
/** The column bound to a field so far, or SIZE_MAX. */
size_t import_binding_column(const struct import_binding *binding, size_t field);

/** A file of rejected rows in the making: the same form as the source, each row with its reason at the end. */
struct import_rejects {
	const struct import_source *source;
	struct bytes *out;
	struct text_csv_writer writer; /* CSV */
	struct text_encoder *encoder;  /* JSON Lines in GB 18030 */
	struct bytes line;             /* JSON Lines */
	bool is_begun;
};

/**
 * Start a file of rejected rows. `out` collects bytes in the source's format and encoding; the caller empties it as it
 * likes. Nothing is written before the first row.
 */
void import_rejects_init(struct import_rejects *rejects, const struct import_source *source, struct bytes *out);
void import_rejects_release(struct import_rejects *rejects);
/**
 * Add a row as it stood in the file, with the reason as its column or key tiersync_reason (an older reason is replaced).
 * A row that is no JSON object is kept as {"tiersync_row": TEXT, "tiersync_reason": ...}. `row` is the source's last row.
 * ERR_NOMEM; ERR_RULE: the reason cannot be written in the file's encoding; ERR_STATE: this system has no GB18030.
 */
enum err import_rejects_add(struct import_rejects *rejects, const struct import_row *row, struct view reason,
                            struct err_info *info) MUST_USE;

#endif
