#include <stdlib.h>
#include <string.h>

#include "delta/stream.h"

struct delta_reader {
	struct delta_stream *stream;
	bool is_open; /* a commit is */
	bool is_failed;
};

enum err
delta_reader_new(struct delta_reader **out, struct view section, size_t base_count, const struct delta_source *source,
                 struct err_info *info)
{
	struct delta_terms terms = {.base_count = base_count};
	struct delta_reader *reader;
	struct view body;
	enum err err;

	if (base_count > LIMIT_BASES_MAX || section.size > LIMIT_DELTA_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta of %zu bytes from %zu bases, at most %d and %d are taken"),
		               section.size, base_count, LIMIT_DELTA_BYTES_MAX, LIMIT_BASES_MAX);
	if (section.size == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a delta is empty"));
	if (section.data[0] != COLUMN_STORED && section.data[0] != COLUMN_MIXED)
		return err_set(info, ERR_VERSION, _("a delta has codec %u, this program reads %d and %d"),
		               (unsigned)section.data[0], COLUMN_STORED, COLUMN_MIXED);
	reader = calloc(1, sizeof(*reader));
	if (reader == NULL)
		return err_nomem(info);
	terms.codec = (enum column_codec)section.data[0];
	body = view_of(section.data + 1, section.size - 1);
	err = delta_stream_new(&reader->stream, &terms, source, &body, info);
	if (err != ERR_OK) {
		free(reader);
		return err;
	}
	*out = reader;
	return ERR_OK;
}

void
delta_reader_free(struct delta_reader *reader)
{
	if (reader != NULL)
		delta_stream_free(reader->stream);
	free(reader);
}

size_t
delta_reader_count(const struct delta_reader *reader)
{
	return reader->stream->terms.commit_count;
}

const struct delta_terms *
delta_reader_terms(const struct delta_reader *reader)
{
	return &reader->stream->terms;
}

enum err
delta_reader_row(struct delta_reader *reader, struct delta_row *out, bool *is_end_out, struct err_info *info)
{
	struct delta_row row;
	bool is_end = true;
	enum err err;

	if (reader->is_failed)
		return err_set(info, ERR_FORMAT, "%s", _("a delta was refused before"));
	*is_end_out = !reader->is_open;
	if (!reader->is_open)
		return ERR_OK;
	err = delta_stream_row(reader->stream, &row, &is_end, info);
	reader->is_failed = err != ERR_OK;
	reader->is_open = err == ERR_OK && !is_end;
	if (err != ERR_OK)
		return err_in(info, err, _("commit %zu of a delta"), reader->stream->commits_done);
	*is_end_out = is_end;
	if (!is_end)
		*out = row;
	else if (reader->stream->commits_done == reader->stream->terms.commit_count)
		column_rest(reader->stream->column); /* five megabytes, before the edit that was read is made */
	return ERR_OK;
}

void
delta_row_memory_release(struct delta_row_memory *memory)
{
	arena_release(&memory->arena);
	free(memory->writes.items);
	bytes_release(&memory->content);
	seal_wipe(memory->salt, sizeof(memory->salt));
	*memory = (struct delta_row_memory){.writes = {.items = NULL}};
}

enum err
delta_reader_row_into(struct delta_reader *reader, struct delta_row_memory *memory, struct delta_row *out,
                      bool *is_end_out, struct err_info *info)
{
	struct delta_row_memory own = reader->stream->row;
	enum err err;

	reader->stream->row = *memory;
	err = delta_reader_row(reader, out, is_end_out, info);
	*memory = reader->stream->row;
	reader->stream->row = own;
	if (err == ERR_OK && !*is_end_out && out->salt != NULL) {
		memcpy(memory->salt, out->salt, sizeof(memory->salt));
		out->salt = memory->salt;
	}
	return err;
}

enum err
delta_reader_next(struct delta_reader *reader, struct delta_commit *out, bool *is_end_out, struct err_info *info)
{
	struct delta_stream *stream = reader->stream;
	struct delta_commit commit = {.parents = {DELTA_NO_PARENT, DELTA_NO_PARENT}};
	struct delta_row row;
	bool is_end = false;
	enum err err = ERR_OK;

	while (err == ERR_OK && !is_end)
		err = delta_reader_row(reader, &row, &is_end, info);
	if (err != ERR_OK)
		return err;
	*is_end_out = stream->commits_done == stream->terms.commit_count;
	if (*is_end_out) {
		err = column_end(stream->column, info);
		reader->is_failed = err != ERR_OK;
		return err;
	}
	err = delta_stream_commit(stream, &commit, info);
	reader->is_failed = err != ERR_OK;
	if (err != ERR_OK)
		return err_in(info, err, _("commit %zu of a delta"), stream->commits_done + 1);
	reader->is_open = true;
	*out = commit;
	return ERR_OK;
}

void
delta_counts_row(struct delta_counts *counts, const struct delta_row *row)
{
	switch (row->type) {
	case DELTA_ROW_ADDED:
	case DELTA_ROW_CHANGED:
	case DELTA_ROW_REMOVED:
		delta_counts_writes(counts, &row->writes);
		break;
	case DELTA_ROW_OPAQUE:
		counts->opaque++;
		break;
	case DELTA_ROW_ENTRY:
	case DELTA_ROW_ENTRY_REMOVED:
	case DELTA_ROW_ENTRY_OPAQUE:
	default:
		counts->entries++;
		break;
	}
}
