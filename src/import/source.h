/** Private to the module: what a source is made of. */
#ifndef IMPORT_SOURCE_H
#define IMPORT_SOURCE_H

#include "base/table.h"
#include "import/import.h"

struct import_source {
	enum import_format format;
	struct text_input *input;

	/* columns in order; a CSV column without a name has an empty one */
	struct view *names; /* in `arena` */
	uint64_t *last_row; /* JSON Lines: the row that gave the column last, to find doubled keys */
	size_t columns;
	size_t columns_capacity;
	struct arena arena;
	struct table by_name;
	size_t reason_column; /* of tiersync_reason; SIZE_MAX: none */

	struct import_cell *cells; /* room for columns_capacity */

	struct text_csv_reader *csv;
	struct text_csv_row csv_row; /* the last one, borrowed from `csv` */
	struct bytes header;         /* CSV: the header as it stood */
	struct bytes header_cells;   /* CSV: the header written again without tiersync_reason, if it has that */

	struct json *json; /* JSON Lines: the last row; NULL: it was bad */
	uint64_t line;     /* JSON Lines: of the next row, from 1 */
	size_t line_bytes; /* JSON Lines: left to drop from the window */

	struct bytes inner; /* JSON Lines: a line that lay in the file as a string */

	struct bytes spare;
};

extern const char IMPORT_REASON[];
extern const char IMPORT_ROW[];

/**
 * Find or add a column by its text, which is normalised here. ERR_FORMAT (not UTF-8 ...), ERR_TOO_BIG, ERR_NOMEM.
 */
enum err import_source_add_column(struct import_source *source, size_t *column_out, bool *is_new_out, struct view text,
                                  struct err_info *info) MUST_USE;
/** Add a column without a name. */
enum err import_source_add_nameless(struct import_source *source, struct err_info *info) MUST_USE;

/** Read the header of a CSV file. */
enum err import_csv_begin(struct import_source *source, struct err_info *info) MUST_USE;
enum err import_csv_next(struct import_source *source, struct import_row *row, bool *is_bad_out, bool *is_end_out,
                         struct err_info *info) MUST_USE;
enum err import_jsonl_next(struct import_source *source, struct import_row *row, bool *is_bad_out, bool *is_end_out,
                           struct err_info *info) MUST_USE;

#endif
