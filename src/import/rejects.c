#include <assert.h>

#include "import/source.h"
#include "text/gb18030.h"

void
import_rejects_init(struct import_rejects *rejects, const struct import_source *source, struct bytes *out)
{
	*rejects = (struct import_rejects){.source = source, .out = out};
}

void
import_rejects_release(struct import_rejects *rejects)
{
	text_csv_writer_release(&rejects->writer);
	text_encoder_free(rejects->encoder);
	bytes_release(&rejects->line);
	*rejects = (struct import_rejects){0};
}

/* Cells of a row without the empty ones behind the last column: the reason stands where its column is. */
static size_t
cells_kept(const struct import_source *source, const struct text_csv_row *row)
{
	size_t count = row->count;

	while (count > source->columns && row->cells[count - 1].text.size == 0)
		count--;
	return count;
}

/* A row of the CSV source as it stood, less an older reason, and the new one. */
static enum err
put_csv_row(struct import_rejects *rejects, const struct text_csv_row *row, struct view reason, struct err_info *info)
{
	struct text_csv_writer *writer = &rejects->writer;
	size_t reason_column = rejects->source->reason_column;
	size_t count = cells_kept(rejects->source, row);
	bool is_raw = reason_column == SIZE_MAX && count == row->count;
	enum err err = ERR_OK;

	if (is_raw)
		err = text_csv_put_raw(writer, row->raw, row->count, info);
	for (size_t i = 0; err == ERR_OK && !is_raw && i < count; i++) {
		if (i != reason_column)
			err = text_csv_put_cell(writer, row->cells[i].text, info);
	}
	if (err == ERR_OK)
		err = text_csv_put(writer, reason, info);
	return err == ERR_OK ? text_csv_end_row(writer, info) : err;
}

static enum err
begin_csv(struct import_rejects *rejects, struct err_info *info)
{
	const struct import_source *source = rejects->source;
	bool has_reason = source->reason_column != SIZE_MAX;
	const struct bytes *header = has_reason ? &source->header_cells : &source->header;
	size_t columns = source->columns - (has_reason ? 1 : 0);
	enum err err = text_csv_writer_init(&rejects->writer, rejects->out, text_input_encoding(source->input), info);

	if (err == ERR_OK && columns > 0)
		err = text_csv_put_raw(&rejects->writer, bytes_view(header), columns, info);
	if (err == ERR_OK)
		err = text_csv_put(&rejects->writer, view_text(IMPORT_REASON), info);
	return err == ERR_OK ? text_csv_end_row(&rejects->writer, info) : err;
}

static enum err
add_csv(struct import_rejects *rejects, struct view reason, struct err_info *info)
{
	size_t size_before = rejects->out->size;
	enum err err = ERR_OK;

	if (!rejects->is_begun)
		err = begin_csv(rejects, info);
	if (err != ERR_OK) {
		text_csv_writer_release(&rejects->writer);
		rejects->out->size = size_before;
		return err;
	}
	rejects->is_begun = true;
	return put_csv_row(rejects, &rejects->source->csv_row, reason, info);
}

/* The object as it stood with one more member before its closing brace. */
static enum err
append_to_raw(struct bytes *line, struct view raw, bool is_empty, struct view reason, struct err_info *info)
{
	enum err err;

	while (raw.size > 0 && raw.data[raw.size - 1] != '}')
		raw.size--;
	assert(raw.size > 0); /* it was parsed as an object */
	err = bytes_append(line, raw.data, raw.size - 1, info);
	if (err == ERR_OK)
		err = bytes_append_text(line, is_empty ? "\"" : ",\"", info);
	if (err == ERR_OK)
		err = bytes_append_text(line, IMPORT_REASON, info);
	if (err == ERR_OK)
		err = bytes_append_text(line, "\":", info);
	if (err == ERR_OK)
		err = json_quote(line, reason, info);
	return err == ERR_OK ? bytes_append_text(line, "}", info) : err;
}

/* The object without its older reason, or what is no object as a string. */
static enum err
write_anew(struct bytes *line, const struct json *object, struct view raw, struct view reason, struct err_info *info)
{
	struct json_writer writer = json_writer_of(line);
	struct bytes value_text = {0};
	const struct json *value = NULL;
	void *position = NULL;
	struct view key = {0};
	enum err err = ERR_OK;

	json_write_object(&writer);
	while (err == ERR_OK && object != NULL && json_next(object, &position, &key, &value)) {
		if (view_equal(key, view_text(IMPORT_REASON)))
			continue;
		bytes_clear(&value_text);
		err = json_print(&value_text, value, info);
		json_write_key_view(&writer, key);
		json_write_raw(&writer, bytes_view(&value_text));
	}
	if (object == NULL) {
		json_write_key(&writer, IMPORT_ROW);
		json_write_text(&writer, raw);
	}
	json_write_key(&writer, IMPORT_REASON);
	json_write_text(&writer, reason);
	json_write_close(&writer);
	bytes_release(&value_text);
	return err == ERR_OK ? json_writer_end(&writer, info) : err;
}

static enum err
add_jsonl(struct import_rejects *rejects, const struct import_row *row, struct view reason, struct err_info *info)
{
	const struct json *object = rejects->source->json;
	enum err err = ERR_OK;

	bytes_clear(&rejects->line);
	if (text_input_encoding(rejects->source->input) == TEXT_GB18030 && rejects->encoder == NULL)
		err = text_encoder_new(&rejects->encoder, info);
	if (err == ERR_OK && object != NULL && json_member(object, IMPORT_REASON) == NULL)
		err = append_to_raw(&rejects->line, row->raw, json_count(object) == 0, reason, info);
	else if (err == ERR_OK)
		err = write_anew(&rejects->line, object, row->raw, reason, info);
	if (err == ERR_OK)
		err = bytes_append_text(&rejects->line, "\n", info);
	if (err != ERR_OK)
		return err;
	if (rejects->encoder != NULL)
		return text_encoder_put(rejects->encoder, rejects->out, bytes_view(&rejects->line), info);
	return bytes_append_view(rejects->out, bytes_view(&rejects->line), info);
}

enum err
import_rejects_add(struct import_rejects *rejects, const struct import_row *row, struct view reason,
                   struct err_info *info)
{
	if (rejects->source->format == IMPORT_CSV)
		return add_csv(rejects, reason, info);
	return add_jsonl(rejects, row, reason, info);
}
