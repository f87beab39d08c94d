#include "text/csv.h"

#include <stdlib.h>
#include <string.h>

struct text_csv_reader {
	struct text_input *input; /* borrowed */
	struct text_csv_cell *cells;
	size_t capacity;
	size_t count;
	struct bytes unescaped; /* cells with doubled quotes, for the running row */
	uint64_t row;           /* number of the next row */
	uint64_t line;          /* on which it begins */
	uint64_t lines_inside;  /* line ends in the quoted cells of the running row */
	size_t row_bytes;       /* left to drop from the window before the next row */
	bool is_failed;
	bool has_first_row;
};

/* A place in the window while a row is taken apart. */
struct cursor {
	const uint8_t *at;
	const uint8_t *end;
	bool is_final; /* nothing comes behind `end` */
};

enum step {
	STEP_DONE,
	STEP_MORE,   /* the window ends too early */
	STEP_FAILED, /* err is set */
};

enum err
text_csv_reader_new(struct text_csv_reader **out, struct text_input *input, struct err_info *info)
{
	struct text_csv_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return err_nomem(info);
	reader->input = input;
	reader->row = 1;
	reader->line = 1;
	*out = reader;
	return ERR_OK;
}

void
text_csv_reader_free(struct text_csv_reader *reader)
{
	if (reader == NULL)
		return;
	free(reader->cells);
	bytes_release(&reader->unescaped);
	free(reader);
}

static enum err
row_error(const struct text_csv_reader *reader, enum err code, const char *what, struct err_info *info)
{
	return err_set(info, code, _("%s row %llu: %s"), text_input_name(reader->input),
	               (unsigned long long)reader->row, what);
}

static enum err
add_cell(struct text_csv_reader *reader, const uint8_t *at, size_t size, bool is_quoted, struct err_info *info)
{
	if (reader->count == LIMIT_COLUMNS_MAX)
		return err_set(info, ERR_TOO_BIG, _("%s row %llu has more than %d columns"),
		               text_input_name(reader->input), (unsigned long long)reader->row, LIMIT_COLUMNS_MAX);
	if (reader->count == reader->capacity) {
		size_t larger = reader->capacity == 0 ? 64 : reader->capacity * 2;
		struct text_csv_cell *grown = realloc(reader->cells, larger * sizeof(*grown));

		if (grown == NULL)
			return err_nomem(info);
		reader->cells = grown;
		reader->capacity = larger;
	}
	reader->cells[reader->count++] = (struct text_csv_cell){view_of(at, size), is_quoted};
	return ERR_OK;
}

static bool
ends_plain_cell(uint8_t byte)
{
	return byte == ',' || byte == '\n' || byte == '\r';
}

/* A cell without quotes around it; a quote inside is itself, as spreadsheets read it. */
static enum err
take_plain(struct text_csv_reader *reader, struct cursor *cursor, struct err_info *info)
{
	const uint8_t *at = cursor->at;

	while (at < cursor->end && !ends_plain_cell(*at))
		at++;
	if (at == cursor->end && !cursor->is_final)
		return ERR_OK; /* take_row sees that the window ended */
	return add_cell(reader, cursor->at, (size_t)(at - cursor->at), false, info);
}

/* Where the closing quote stands; NULL: not in the window. *has_doubled_out: some are doubled before it. */
static const uint8_t *
find_closing_quote(const struct cursor *cursor, const uint8_t *at, bool *has_doubled_out, bool *is_unsure_out)
{
	while (at < cursor->end) {
		const uint8_t *quote = memchr(at, '"', (size_t)(cursor->end - at));

		if (quote == NULL)
			return NULL;
		if (quote + 1 == cursor->end) {
			*is_unsure_out = !cursor->is_final;
			return quote;
		}
		if (quote[1] != '"')
			return quote;
		*has_doubled_out = true;
		at = quote + 2;
	}
	return NULL;
}

/* Copy with each pair of quotes made one. The first such cell of a row makes room for the whole rest of the window. */
static enum err
add_unescaped(struct text_csv_reader *reader, const struct cursor *cursor, struct view inside, struct err_info *info)
{
	struct bytes *out = &reader->unescaped;
	size_t begin = out->size;
	enum err err;

	if (out->size == 0) {
		err = bytes_reserve(out, (size_t)(cursor->end - inside.data), info);
		if (err != ERR_OK)
			return err;
	}
	for (size_t i = 0; i < inside.size; i++) {
		out->data[out->size++] = inside.data[i];
		if (inside.data[i] == '"')
			i++;
	}
	return add_cell(reader, out->data + begin, out->size - begin, true, info);
}

static uint64_t
count_lines(const uint8_t *at, const uint8_t *end)
{
	uint64_t count = 0;

	for (; at < end; at++)
		count += *at == '\n';
	return count;
}

static enum step
take_quoted(struct text_csv_reader *reader, struct cursor *cursor, enum err *err, struct err_info *info)
{
	const uint8_t *inside = cursor->at + 1;
	bool has_doubled = false;
	bool is_unsure = false;
	const uint8_t *quote = find_closing_quote(cursor, inside, &has_doubled, &is_unsure);

	if ((quote == NULL && !cursor->is_final) || is_unsure)
		return STEP_MORE;
	if (quote == NULL) {
		*err = row_error(reader, ERR_FORMAT, _("a cell in quotes begins in this row and is never closed"),
		                 info);
		return STEP_FAILED;
	}
	reader->lines_inside += count_lines(inside, quote);
	cursor->at = quote + 1;
	if (cursor->at < cursor->end && !ends_plain_cell(*cursor->at)) {
		*err = row_error(
			reader, ERR_FORMAT,
			_("behind a cell in quotes a comma or the end of the line was expected; a quote inside "
		          "such a cell is written twice"),
			info);
		return STEP_FAILED;
	}
	if (has_doubled)
		*err = add_unescaped(reader, cursor, view_of(inside, (size_t)(quote - inside)), info);
	else
		*err = add_cell(reader, inside, (size_t)(quote - inside), true, info);
	return *err == ERR_OK ? STEP_DONE : STEP_FAILED;
}

/* Step over CR LF, LF or CR; STEP_MORE if a CR is the last byte that is known. */
static enum step
take_line_end(struct cursor *cursor)
{
	if (cursor->at == cursor->end)
		return STEP_DONE; /* final: the last line has no end */
	if (*cursor->at++ == '\n')
		return STEP_DONE;
	if (cursor->at == cursor->end)
		return cursor->is_final ? STEP_DONE : STEP_MORE;
	if (*cursor->at == '\n')
		cursor->at++;
	return STEP_DONE;
}

/* One row from the start of the window. *raw_out: its size without the line end. */
static enum step
take_row(struct text_csv_reader *reader, struct cursor *cursor, size_t *raw_out, enum err *err, struct err_info *info)
{
	const uint8_t *begin = cursor->at;
	enum step step;

	reader->count = 0;
	reader->lines_inside = 0;
	bytes_clear(&reader->unescaped);
	for (;;) {
		if (cursor->at < cursor->end && *cursor->at == '"') {
			step = take_quoted(reader, cursor, err, info);
			if (step != STEP_DONE)
				return step;
		} else {
			size_t count = reader->count;

			*err = take_plain(reader, cursor, info);
			if (*err != ERR_OK)
				return STEP_FAILED;
			if (reader->count == count)
				return STEP_MORE;
			cursor->at += reader->cells[count].text.size;
		}
		if (cursor->at == cursor->end && !cursor->is_final)
			return STEP_MORE;
		if (cursor->at == cursor->end || *cursor->at != ',')
			break;
		cursor->at++;
	}
	*raw_out = (size_t)(cursor->at - begin);
	return take_line_end(cursor);
}

/*
 * Read on until the window is twice as large, so that a row is looked at again a logarithmic number of times. An error
 * waits while there is something new to look at: the rows before it are given out however the file is read.
 */
static enum err
grow_window(struct text_csv_reader *reader, bool *is_final, struct err_info *info)
{
	size_t size_before = text_input_window(reader->input).size;
	size_t wanted = size_before <= LIMIT_ROW_BYTES_MAX / 2 ? size_before * 2 : LIMIT_ROW_BYTES_MAX + 1;
	size_t size;
	enum err err;

	do {
		err = text_input_more(reader->input, is_final, info);
		size = text_input_window(reader->input).size;
	} while (err == ERR_OK && !*is_final && size < wanted);
	return size > size_before ? ERR_OK : err;
}

static enum err
too_long(const struct text_csv_reader *reader, struct err_info *info)
{
	return err_set(info, ERR_TOO_BIG, _("%s row %llu: a row is longer than %d bytes; is a quote never closed?"),
	               text_input_name(reader->input), (unsigned long long)reader->row, LIMIT_ROW_BYTES_MAX);
}

/* Take the next row of whatever content; *is_end_out when there is none. */
static enum err
next_row(struct text_csv_reader *reader, struct view *raw_out, bool *is_end_out, struct err_info *info)
{
	bool is_final = false;
	enum err err = ERR_OK;

	text_input_consume(reader->input, reader->row_bytes);
	reader->row_bytes = 0;
	for (;;) {
		struct view window = text_input_window(reader->input);
		struct cursor cursor = {window.data, window.data, is_final};
		size_t raw_size = 0;
		enum step step = STEP_MORE;

		*is_end_out = is_final && window.size == 0;
		if (*is_end_out)
			return ERR_OK;
		if (window.size > 0) {
			cursor.end = window.data + window.size;
			step = take_row(reader, &cursor, &raw_size, &err, info);
		}
		if (step == STEP_FAILED)
			return err;
		if (step == STEP_DONE && raw_size <= LIMIT_ROW_BYTES_MAX) {
			reader->row_bytes = (size_t)(cursor.at - window.data);
			*raw_out = view_of(window.data, raw_size);
			return ERR_OK;
		}
		if (window.size > LIMIT_ROW_BYTES_MAX)
			return too_long(reader, info);
		err = grow_window(reader, &is_final, info);
		if (err != ERR_OK)
			return err;
	}
}

static bool
contains(struct view text, const char *what)
{
	size_t size = strlen(what);

	for (size_t i = 0; i + size <= text.size; i++) {
		if (memcmp(text.data + i, what, size) == 0)
			return true;
	}
	return false;
}

/* A header of one column that shows another separator is refused rather than guessed at. */
static enum err
check_first_row(const struct text_csv_reader *reader, struct err_info *info)
{
	struct view text = reader->cells[0].text;

	if (reader->count != 1 || reader->cells[0].is_quoted)
		return ERR_OK;
	if (contains(text, ";"))
		return row_error(reader, ERR_FORMAT,
		                 _("the columns are separated by semicolons; save the file as CSV, comma separated"),
		                 info);
	if (contains(text, "\t"))
		return row_error(reader, ERR_FORMAT,
		                 _("the columns are separated by tabs; save the file as CSV, comma separated"), info);
	if (contains(text, "\xef\xbc\x8c") || contains(text, "\xef\xbc\x9b"))
		return row_error(reader, ERR_FORMAT,
		                 _("the columns are separated by full-width commas or semicolons; plain commas were "
		                   "expected"),
		                 info);
	return ERR_OK;
}

enum err
text_csv_next(struct text_csv_reader *reader, struct text_csv_row *row, bool *is_end_out, struct err_info *info)
{
	struct view raw = {0};
	bool is_blank;
	enum err err;

	if (reader->is_failed)
		return row_error(reader, ERR_FORMAT, _("the file cannot be read any further"), info);
	do {
		uint64_t line = reader->line;

		err = next_row(reader, &raw, is_end_out, info);
		if (err == ERR_OK && !*is_end_out && !reader->has_first_row)
			err = check_first_row(reader, info);
		reader->is_failed = err != ERR_OK;
		if (err != ERR_OK || *is_end_out)
			return err;
		is_blank = raw.size == 0;
		reader->has_first_row = reader->has_first_row || !is_blank;
		reader->line += 1 + reader->lines_inside;
		*row = (struct text_csv_row){reader->row++, line, raw, reader->cells, reader->count};
	} while (is_blank);
	return ERR_OK;
}
