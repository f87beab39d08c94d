/** Reads a section and writes what it read: the oracle that one delta has one encoding. For tests and fuzz targets. */
#ifndef TESTS_DELTA_REWRITE_H
#define TESTS_DELTA_REWRITE_H

#include "delta/section.h"

/** Append the section again. *is_read_out: the reader took all of it, so that any error after is the writer's. */
static inline enum err
rewrite_section(struct bytes *out, struct view section, size_t base_count, const struct delta_source *source,
                bool *is_read_out, struct err_info *info)
{
	struct delta_reader *reader = NULL;
	struct delta_writer *writer = NULL;
	struct delta_commit commit;
	struct delta_row row;
	bool is_end = false;
	enum err write_err = ERR_OK;
	enum err err = delta_reader_new(&reader, section, base_count, source, info);

	*is_read_out = false;
	if (err == ERR_OK)
		write_err = delta_writer_new(&writer, delta_reader_terms(reader), source, info);
	while (err == ERR_OK && !is_end) {
		bool is_last_row = false;

		err = delta_reader_next(reader, &commit, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		if (write_err == ERR_OK)
			write_err = delta_writer_add_commit(writer, &commit, info);
		while (err == ERR_OK && !is_last_row) {
			err = delta_reader_row(reader, &row, &is_last_row, info);
			if (err == ERR_OK && !is_last_row && write_err == ERR_OK)
				write_err = delta_writer_add_row(writer, &row, info);
		}
	}
	*is_read_out = err == ERR_OK;
	if (err == ERR_OK)
		err = write_err;
	if (err == ERR_OK)
		err = delta_writer_finish(writer, out, info);
	delta_writer_free(writer);
	delta_reader_free(reader);
	return err;
}

#endif
