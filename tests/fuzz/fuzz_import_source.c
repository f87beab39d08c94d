/*
 * Row sources: the first byte chooses form and encoding. Every row is refused; the file of rejected rows can be read again and
 * gives the same rows.
 */
#include <assert.h>

#include "import/import.h"
#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct result {
	size_t rows;
	size_t bad;
	size_t cells;
	bool is_whole;
};

static void
check_row(const struct import_source *source, const struct import_row *row, bool is_bad)
{
	assert(!is_bad || row->count == 0);
	for (size_t i = 0; i < row->count; i++) {
		const struct import_cell *cell = &row->cells[i];

		assert(cell->column < import_source_columns(source));
		assert(text_is_utf8(cell->text) && (cell->type == IMPORT_TEXT) == (cell->text.size > 0));
	}
}

static struct result
read_all(struct bytes *rejected, struct view content, enum import_format format, enum text_encoding encoding)
{
	struct result result = {0};
	struct import_source *source = NULL;
	struct import_rejects rejects;
	struct err_info info;

	if (import_source_new_view(&source, content, "fuzz", format, encoding, &info) != ERR_OK)
		return result;
	import_rejects_init(&rejects, source, rejected);
	for (;;) {
		struct import_row row = {0};
		bool is_bad = false;
		bool is_end = false;

		if (import_source_next(source, &row, &is_bad, &is_end, &info) != ERR_OK)
			break;
		result.is_whole = is_end;
		if (is_end)
			break;
		check_row(source, &row, is_bad);
		result.rows++;
		result.bad += is_bad;
		result.cells += row.count;
		assert(import_rejects_add(&rejects, &row, view_text("why"), &info) == ERR_OK);
	}
	import_rejects_release(&rejects);
	import_source_free(source);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rejected = {0};
	struct bytes unused = {0};
	enum import_format format;
	enum text_encoding encoding;
	struct result first;
	struct result second;

	if (size == 0)
		return 0;
	format = (data[0] & 1) != 0 ? IMPORT_JSONL : (data[0] & 4) != 0 ? IMPORT_ANY : IMPORT_CSV;
	encoding = (data[0] & 2) != 0 ? TEXT_GB18030 : TEXT_UTF8;
	first = read_all(&rejected, view_of(data + 1, size - 1), format, encoding);
	second = read_all(&unused, bytes_view(&rejected), format, encoding);
	if (first.bad == 0 && first.rows > 0 && second.is_whole)
		assert(first.rows == second.rows && first.cells == second.cells);
	bytes_release(&rejected);
	bytes_release(&unused);
	return 0;
}
