#include <string.h>

#include "text/csv.h"
#include "text/gb18030.h"

enum err
text_csv_writer_init(struct text_csv_writer *writer, struct bytes *out, enum text_encoding encoding,
                     struct err_info *info)
{
	struct text_csv_writer made = {.out = out};
	enum err err;

	if (encoding == TEXT_GB18030)
		err = text_encoder_new(&made.encoder, info);
	else
		err = bytes_append_text(out, "\xef\xbb\xbf", info);
	if (err == ERR_OK)
		*writer = made;
	return err;
}

void
text_csv_writer_release(struct text_csv_writer *writer)
{
	text_encoder_free(writer->encoder);
	bytes_release(&writer->row);
	*writer = (struct text_csv_writer){0};
}

static enum err
begin_cell(struct text_csv_writer *writer, struct err_info *info)
{
	writer->columns++;
	return writer->columns == 1 ? ERR_OK : bytes_append_byte(&writer->row, ',', info);
}

/* Quotes where the cell could be misread: separators, quotes, line ends, and spaces that some programs strip. */
static bool
needs_quotes(struct view cell)
{
	if (cell.size == 0)
		return false;
	if (cell.data[0] == ' ' || cell.data[cell.size - 1] == ' ')
		return true;
	for (size_t i = 0; i < cell.size; i++) {
		if (cell.data[i] == ',' || cell.data[i] == '"' || cell.data[i] == '\n' || cell.data[i] == '\r')
			return true;
	}
	return false;
}

static enum err
append_quoted(struct bytes *row, const char *prefix, struct view cell, struct err_info *info)
{
	enum err err = bytes_append_byte(row, '"', info);

	if (err == ERR_OK)
		err = bytes_append_text(row, prefix, info);
	while (err == ERR_OK && cell.size > 0) {
		const uint8_t *quote = memchr(cell.data, '"', cell.size);
		size_t size = quote == NULL ? cell.size : (size_t)(quote - cell.data) + 1;

		err = bytes_append(row, cell.data, size, info);
		if (err == ERR_OK && quote != NULL)
			err = bytes_append_byte(row, '"', info);
		cell.data += size;
		cell.size -= size;
	}
	return err == ERR_OK ? bytes_append_byte(row, '"', info) : err;
}

static enum err
put(struct text_csv_writer *writer, const char *prefix, struct view cell, struct err_info *info)
{
	enum err err = begin_cell(writer, info);

	if (err != ERR_OK)
		return err;
	if (needs_quotes(cell))
		return append_quoted(&writer->row, prefix, cell, info);
	err = bytes_append_text(&writer->row, prefix, info);
	return err == ERR_OK ? bytes_append_view(&writer->row, cell, info) : err;
}

enum err
text_csv_put(struct text_csv_writer *writer, struct view value, struct err_info *info)
{
	return put(writer, text_csv_needs_apostrophe(value) ? "'" : "", value, info);
}

enum err
text_csv_put_cell(struct text_csv_writer *writer, struct view cell, struct err_info *info)
{
	return put(writer, "", cell, info);
}

enum err
text_csv_put_raw(struct text_csv_writer *writer, struct view raw, size_t columns, struct err_info *info)
{
	enum err err = begin_cell(writer, info);

	writer->columns += columns - 1;
	return err == ERR_OK ? bytes_append_view(&writer->row, raw, info) : err;
}

enum err
text_csv_end_row(struct text_csv_writer *writer, struct err_info *info)
{
	size_t size_before = writer->out->size;
	enum err err = ERR_OK;

	if (writer->row.size == 0) /* one empty cell: a blank line would be passed over */
		err = bytes_append_text(&writer->row, "\"\"", info);
	if (err == ERR_OK)
		err = bytes_append_text(&writer->row, "\r\n", info);
	if (err == ERR_OK && writer->encoder != NULL)
		err = text_encoder_put(writer->encoder, writer->out, bytes_view(&writer->row), info);
	else if (err == ERR_OK)
		err = bytes_append_view(writer->out, bytes_view(&writer->row), info);
	if (err != ERR_OK)
		writer->out->size = size_before;
	bytes_clear(&writer->row);
	writer->columns = 0;
	return err;
}
