#include <assert.h>
#include <stdlib.h>

#include "delta/stream.h"

struct delta_writer {
	struct delta_stream *stream;
	bool is_open; /* a commit is */
};

enum err
delta_writer_new(struct delta_writer **out, const struct delta_terms *terms, const struct delta_source *source,
                 struct err_info *info)
{
	struct delta_writer *writer = calloc(1, sizeof(*writer));
	enum err err;

	if (writer == NULL)
		return err_nomem(info);
	err = delta_stream_new(&writer->stream, terms, source, NULL, info);
	if (err != ERR_OK) {
		free(writer);
		return err;
	}
	*out = writer;
	return ERR_OK;
}

void
delta_writer_free(struct delta_writer *writer)
{
	if (writer != NULL)
		delta_stream_free(writer->stream);
	free(writer);
}

static enum err
end_commit(struct delta_writer *writer, struct err_info *info)
{
	bool is_end;
	enum err err = writer->is_open ? delta_stream_row(writer->stream, NULL, &is_end, info) : ERR_OK;

	writer->is_open = false;
	return err;
}

enum err
delta_writer_add_commit(struct delta_writer *writer, const struct delta_commit *commit, struct err_info *info)
{
	struct delta_commit copy = *commit;
	enum err err = end_commit(writer, info);

	if (err == ERR_OK)
		err = delta_stream_commit(writer->stream, &copy, info);
	writer->is_open = err == ERR_OK;
	return err;
}

enum err
delta_writer_add_row(struct delta_writer *writer, const struct delta_row *row, struct err_info *info)
{
	struct delta_row copy = *row;
	bool is_end;

	assert(writer->is_open);
	return delta_stream_row(writer->stream, &copy, &is_end, info);
}

enum err
delta_writer_place(struct delta_place *out, struct delta_writer *writer, const struct id *id, struct err_info *info)
{
	return delta_stream_place(out, writer->stream, id, info);
}

size_t
delta_writer_size(const struct delta_writer *writer)
{
	return column_size(writer->stream->column);
}

uint64_t
delta_writer_work(const struct delta_writer *writer)
{
	return column_work(writer->stream->column);
}

enum err
delta_writer_finish(struct delta_writer *writer, struct bytes *out, struct err_info *info)
{
	struct delta_stream *stream = writer->stream;
	size_t start = out->size;
	enum err err = end_commit(writer, info);

	if (err == ERR_OK && stream->commits_done != stream->terms.commit_count)
		err = err_set(info, ERR_FORMAT, "%s", _("a delta with fewer commits than its head says"));
	if (err == ERR_OK)
		err = bytes_append_byte(out, (uint8_t)stream->terms.codec, info);
	if (err == ERR_OK)
		err = column_finish(stream->column, out, info);
	if (err == ERR_OK && out->size - start > LIMIT_DELTA_BYTES_MAX)
		err = err_set(info, ERR_TOO_BIG, _("a delta would have %zu bytes, at most %d are taken"),
		              out->size - start, LIMIT_DELTA_BYTES_MAX);
	if (err != ERR_OK)
		out->size = start;
	return err;
}
