#include "import/source.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "text/text.h"

const char IMPORT_REASON[] = "tiersync_reason";
const char IMPORT_ROW[] = "tiersync_row";

static enum err
source_new(struct import_source **out, enum import_format format, struct err_info *info)
{
	struct import_source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return err_nomem(info);
	source->format = format;
	source->reason_column = SIZE_MAX;
	source->line = 1;
	*out = source;
	return ERR_OK;
}

/* Look at the first byte that is no blank, and leave all as it stands. */
static enum err
guess_format(struct import_source *source, struct err_info *info)
{
	struct view window = {0};
	bool is_end = false;
	size_t at = 0;
	enum err err = ERR_OK;

	source->format = IMPORT_CSV;
	while (err == ERR_OK && !is_end && at == window.size && at <= LIMIT_ROW_BYTES_MAX) {
		err = text_input_more(source->input, &is_end, info);
		window = text_input_window(source->input);
		while (at < window.size && memchr(" \t\r\n", window.data[at], 4) != NULL)
			at++;
	}
	if (at < window.size && window.data[at] == '{')
		source->format = IMPORT_JSONL;
	return err;
}

static enum err
begin(struct import_source **out, struct import_source *source, enum err err, struct err_info *info)
{
	if (err == ERR_OK && source->format == IMPORT_ANY)
		err = guess_format(source, info);
	if (err == ERR_OK && source->format == IMPORT_CSV)
		err = import_csv_begin(source, info);
	if (err != ERR_OK) {
		import_source_free(source);
		return err;
	}
	*out = source;
	return ERR_OK;
}

enum err
import_source_new_fd(struct import_source **out, int fd, const char *name, enum import_format format,
                     enum text_encoding encoding, struct err_info *info)
{
	struct import_source *source = NULL;
	enum err err = source_new(&source, format, info);

	if (err != ERR_OK)
		return err;
	err = text_input_new_fd(&source->input, fd, name, encoding, info);
	return begin(out, source, err, info);
}

enum err
import_source_new_view(struct import_source **out, struct view content, const char *name, enum import_format format,
                       enum text_encoding encoding, struct err_info *info)
{
	struct import_source *source = NULL;
	enum err err = source_new(&source, format, info);

	if (err != ERR_OK)
		return err;
	err = text_input_new_view(&source->input, content, name, encoding, info);
	return begin(out, source, err, info);
}

void
import_source_free(struct import_source *source)
{
	if (source == NULL)
		return;
	json_free(source->json);
	text_csv_reader_free(source->csv);
	text_input_free(source->input);
	bytes_release(&source->header);
	bytes_release(&source->header_cells);
	bytes_release(&source->inner);
	bytes_release(&source->spare);
	table_release(&source->by_name);
	arena_release(&source->arena);
	free(source->names);
	free(source->last_row);
	free(source->cells);
	free(source);
}

static bool
ends_with(const char *name, const char *suffix)
{
	size_t size = strlen(name);
	size_t suffix_size = strlen(suffix);

	return size >= suffix_size && strcmp(name + size - suffix_size, suffix) == 0;
}

enum import_format
import_format_of(const char *name)
{
	if (ends_with(name, ".jsonl") || ends_with(name, ".ndjson") || ends_with(name, ".json"))
		return IMPORT_JSONL;
	return ends_with(name, ".csv") || ends_with(name, ".txt") ? IMPORT_CSV : IMPORT_ANY;
}

size_t
import_source_columns(const struct import_source *source)
{
	return source->columns;
}

struct view
import_source_column(const struct import_source *source, size_t column)
{
	assert(column < source->columns);
	return source->names[column];
}

enum err
import_source_next(struct import_source *source, struct import_row *row, bool *is_bad_out, bool *is_end_out,
                   struct err_info *info)
{
	*is_bad_out = false;
	*is_end_out = false;
	if (source->format == IMPORT_CSV)
		return import_csv_next(source, row, is_bad_out, is_end_out, info);
	return import_jsonl_next(source, row, is_bad_out, is_end_out, info);
}

/* Grow one of the arrays that run along the columns. */
static bool
grow(void *array, size_t count, size_t item_bytes)
{
	void *old = NULL;
	void *grown;

	memcpy(&old, array, sizeof(old));
	grown = realloc(old, count * item_bytes);
	if (grown == NULL)
		return false;
	memcpy(array, &grown, sizeof(grown));
	return true;
}

static enum err
reserve_column(struct import_source *source, struct err_info *info)
{
	size_t larger = source->columns_capacity == 0 ? 64 : source->columns_capacity * 2;

	if (source->columns == LIMIT_COLUMNS_MAX)
		return err_set(info, ERR_TOO_BIG, _("%s has more than %d columns"), text_input_name(source->input),
		               LIMIT_COLUMNS_MAX);
	if (source->columns < source->columns_capacity)
		return ERR_OK;
	if (!grow(&source->names, larger, sizeof(*source->names)) ||
	    !grow(&source->last_row, larger, sizeof(*source->last_row)) ||
	    !grow(&source->cells, larger, sizeof(*source->cells)))
		return err_nomem(info);
	source->columns_capacity = larger;
	return ERR_OK;
}

enum err
import_source_add_nameless(struct import_source *source, struct err_info *info)
{
	enum err err = reserve_column(source, info);

	if (err != ERR_OK)
		return err;
	source->last_row[source->columns] = 0;
	source->names[source->columns++] = (struct view){0};
	return ERR_OK;
}

enum err
import_source_add_column(struct import_source *source, size_t *column_out, bool *is_new_out, struct view text,
                         struct err_info *info)
{
	struct view name;
	const uint64_t *known;
	uint64_t *value = NULL;
	uint8_t *copy;
	enum err err = text_normalise_view(&name, &source->spare, text, info);

	if (err != ERR_OK)
		return err;
	*is_new_out = false;
	known = table_find(&source->by_name, name);
	if (known != NULL) {
		*column_out = (size_t)*known;
		return ERR_OK;
	}
	err = reserve_column(source, info);
	if (err != ERR_OK)
		return err;
	copy = arena_copy(&source->arena, name);
	if (copy == NULL)
		return err_nomem(info);
	err = table_put(&source->by_name, name, &value, NULL, info);
	if (err != ERR_OK)
		return err;
	*value = source->columns;
	if (view_equal(name, view_text(IMPORT_REASON)))
		source->reason_column = source->columns;
	source->last_row[source->columns] = 0;
	source->names[source->columns] = view_of(copy, name.size);
	*column_out = source->columns++;
	*is_new_out = true;
	return ERR_OK;
}
