#include <string.h>

#include "import/source.h"
#include "text/text.h"

static enum err
too_long(const struct import_source *source, struct err_info *info)
{
	return err_set(info, ERR_TOO_BIG, _("%s row %llu: a row is longer than %d bytes"),
	               text_input_name(source->input), (unsigned long long)source->line, LIMIT_ROW_BYTES_MAX);
}

/* The next line without its end, whatever stands in it. */
static enum err
next_line(struct import_source *source, struct view *line_out, bool *is_end_out, struct err_info *info)
{
	size_t searched = 0;
	bool is_final = false;

	text_input_consume(source->input, source->line_bytes);
	source->line_bytes = 0;
	for (;;) {
		struct view window = text_input_window(source->input);
		const uint8_t *end =
			window.size == searched ? NULL : memchr(window.data + searched, '\n', window.size - searched);
		size_t size = end == NULL ? window.size : (size_t)(end - window.data);
		enum err err;

		*is_end_out = is_final && window.size == 0;
		if (*is_end_out)
			return ERR_OK;
		if (size > LIMIT_ROW_BYTES_MAX)
			return too_long(source, info);
		if (end != NULL || is_final) {
			source->line_bytes = size + (end != NULL ? 1 : 0);
			if (size > 0 && window.data[size - 1] == '\r')
				size--;
			*line_out = view_of(window.data, size);
			return ERR_OK;
		}
		searched = window.size;
		err = text_input_more(source->input, &is_final, info);
		if (err != ERR_OK)
			return err;
	}
}

static bool
is_blank(struct view line)
{
	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	}
	return true;
}

static bool
is_empty_value(const struct json *value)
{
	switch (json_form_of(value)) {
	case JSON_FORM_NULL:
		return true;
	case JSON_FORM_TEXT:
		return json_text_of(value).size == 0;
	case JSON_FORM_ARRAY:
	case JSON_FORM_OBJECT:
		return json_count(value) == 0;
	case JSON_FORM_BOOL:
	case JSON_FORM_INTEGER:
	case JSON_FORM_REAL:
	default:
		return false;
	}
}

static struct import_cell
cell_of(size_t column, const struct json *value)
{
	struct import_cell cell = {column, IMPORT_JSON, {0}, value};

	if (is_empty_value(value)) {
		cell.type = IMPORT_EMPTY;
	} else if (json_form_of(value) == JSON_FORM_TEXT) {
		cell.type = IMPORT_TEXT;
		cell.text = json_text_of(value);
	}
	return cell;
}

/* The members of the row's object into cells. ERR_FORMAT and ERR_RULE concern this row alone. */
static enum err
take_members(struct import_source *source, size_t *count_out, struct err_info *info)
{
	const struct json *value = NULL;
	void *position = NULL;
	struct view key = {0};
	size_t count = 0;

	while (json_next(source->json, &position, &key, &value)) {
		size_t column = 0;
		bool is_new = false;
		enum err err = import_source_add_column(source, &column, &is_new, key, info);

		if (err != ERR_OK)
			return err;
		/* equal after normalisation though the keys differ */
		if (source->last_row[column] == source->line)
			return err_set(info, ERR_FORMAT, "%s", _("two keys are the same name, written differently"));
		source->last_row[column] = source->line;
		if (column != source->reason_column)
			source->cells[count++] = cell_of(column, value);
	}
	*count_out = count;
	return ERR_OK;
}

/* A line that was no object lies in a file of rejected rows as a string, and is read as the line that it was. */
static enum err
unwrap(struct import_source *source, struct view *line, struct err_info *info)
{
	const struct json *inner =
		json_form_of(source->json) == JSON_FORM_OBJECT ? json_member(source->json, IMPORT_ROW) : NULL;
	enum err err;

	if (inner == NULL || json_form_of(inner) != JSON_FORM_TEXT)
		return ERR_OK;
	bytes_clear(&source->inner);
	err = bytes_append_view(&source->inner, json_text_of(inner), info);
	json_free(source->json);
	source->json = NULL;
	*line = bytes_view(&source->inner);
	return err == ERR_OK ? json_parse(&source->json, *line, LIMIT_ROW_BYTES_MAX, JSON_PARSE_REALS, info) : err;
}

/* `line` becomes what stands inside, if it is wrapped. */
static enum err
take_object(struct import_source *source, struct view *line, size_t *count_out, struct err_info *info)
{
	enum err err = json_parse(&source->json, *line, LIMIT_ROW_BYTES_MAX, JSON_PARSE_REALS, info);

	if (err == ERR_OK)
		err = unwrap(source, line, info);
	if (err == ERR_TOO_BIG) /* nested too deeply: this row alone */
		err = err_set(info, ERR_FORMAT, _("nested more than %d deep"), LIMIT_DEPTH_MAX);
	if (err == ERR_OK && json_form_of(source->json) != JSON_FORM_OBJECT)
		err = err_set(info, ERR_FORMAT, _("%s was found, one JSON object a line was expected"),
		              json_form_name(source->json));
	if (err == ERR_OK)
		err = take_members(source, count_out, info);
	if (err != ERR_OK) {
		json_free(source->json);
		source->json = NULL;
	}
	return err;
}

enum err
import_jsonl_next(struct import_source *source, struct import_row *row, bool *is_bad_out, bool *is_end_out,
                  struct err_info *info)
{
	struct view line = {0};
	size_t count = 0;
	uint64_t number;
	enum err err;

	json_free(source->json);
	source->json = NULL;
	do {
		err = next_line(source, &line, is_end_out, info);
		if (err != ERR_OK || *is_end_out)
			return err;
		number = source->line++;
	} while (is_blank(line));
	err = take_object(source, &line, &count, info);
	if (err == ERR_NOMEM || err == ERR_TOO_BIG)
		return err;
	if (err != ERR_OK)
		(void)err_in(info, err, _("%s row %llu"), text_input_name(source->input), (unsigned long long)number);
	*is_bad_out = err != ERR_OK;
	*row = (struct import_row){number, number, line, *is_bad_out ? NULL : source->cells, *is_bad_out ? 0 : count};
	return ERR_OK;
}
