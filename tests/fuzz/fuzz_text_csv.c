/*
 * CSV: the first byte chooses encoding and size of the reads. Whatever is read comes out the same however it is cut, and rows
 * that are read can be written and read again.
 */
#include <assert.h>
#include <string.h>

#include "text/csv.h"
#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct bytes cells; /* every cell, with a mark behind each cell and row */
	enum err err;
};

static void
append(struct bytes *out, struct view view, char mark)
{
	assert(bytes_append_view(out, view, NULL) == ERR_OK);
	assert(bytes_append_byte(out, (uint8_t)mark, NULL) == ERR_OK);
}

static void
take_row(struct seen *seen, const struct text_csv_row *row, struct text_csv_writer *writer)
{
	assert(row->count >= 1 && row->count <= LIMIT_COLUMNS_MAX && row->raw.size <= LIMIT_ROW_BYTES_MAX);
	assert(text_is_utf8(row->raw));
	for (size_t i = 0; i < row->count; i++) {
		struct view value = text_csv_cell_value(row->cells[i].text);

		assert(text_is_utf8(row->cells[i].text) && value.size <= row->cells[i].text.size);
		append(&seen->cells, row->cells[i].text, 1);
		assert(text_csv_put_cell(writer, row->cells[i].text, NULL) == ERR_OK);
	}
	append(&seen->cells, (struct view){0}, 2);
	assert(text_csv_end_row(writer, NULL) == ERR_OK);
}

static void
read_all(struct seen *seen, struct bytes *written, struct view content, enum text_encoding encoding, size_t step)
{
	struct text_csv_writer writer = {0};
	struct text_input *input = NULL;
	struct text_csv_reader *reader = NULL;
	struct text_csv_row row = {0};
	struct err_info info;
	bool is_end = false;

	assert(text_csv_writer_init(&writer, written, TEXT_UTF8, &info) == ERR_OK);
	assert(text_input_new_view(&input, content, "fuzz", encoding, &info) == ERR_OK);
	text_input_set_step(input, step);
	assert(text_csv_reader_new(&reader, input, &info) == ERR_OK);
	for (;;) {
		seen->err = text_csv_next(reader, &row, &is_end, &info);
		if (seen->err != ERR_OK || is_end)
			break;
		take_row(seen, &row, &writer);
	}
	assert(seen->err == ERR_OK || info.text[0] != '\0');
	text_csv_reader_free(reader);
	text_input_free(input);
	text_csv_writer_release(&writer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = {0};
	struct seen pieces = {0};
	struct seen again = {0};
	struct bytes written = {0};
	struct bytes unused = {0};
	enum text_encoding encoding;
	struct view content;

	if (size == 0)
		return 0;
	encoding = (data[0] & 1) != 0 ? TEXT_GB18030 : TEXT_UTF8;
	content = view_of(data + 1, size - 1);
	read_all(&whole, &written, content, encoding, 65536);
	read_all(&pieces, &unused, content, encoding, 1 + (size_t)data[0] / 2);
	assert(view_equal(bytes_view(&whole.cells), bytes_view(&pieces.cells)) && whole.err == pieces.err);
	bytes_clear(&unused);
	read_all(&again, &unused, bytes_view(&written), TEXT_UTF8, 65536);
	/* a first row of one cell with a foreign separator is refused when it comes back without its quotes */
	if (again.err == ERR_OK)
		assert(view_equal(bytes_view(&whole.cells), bytes_view(&again.cells)));
	bytes_release(&whole.cells);
	bytes_release(&pieces.cells);
	bytes_release(&again.cells);
	bytes_release(&written);
	bytes_release(&unused);
	return 0;
}
