/*
 * A section that is taken is written again byte for byte. Its rows are applied, each to the record that it names (or to none);
 * what results is a record that can be read, and the changeset from the old to the new one leads there again.
 */
#include <stdlib.h>

#include "../unit/delta/rewrite.h"
#include "../unit/delta/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ARENA_BYTES_MAX = 1 << 24,
};

static struct world world;

static void
check_inverse(struct arena *arena, const struct record *old, const struct record *result,
              const struct delta_apply_terms *terms)
{
	struct delta_writes writes = {0};
	struct record again;
	bool is_gone = true;

	if (delta_changes(&writes, arena, old, result, NULL, NULL) != ERR_OK ||
	    delta_apply(&again, &is_gone, arena, old, terms, &writes, NULL) != ERR_OK || is_gone ||
	    !record_equal(&again, result))
		abort();
}

static void
apply_row(struct arena *arena, const struct delta_row *row, uint32_t version)
{
	struct delta_apply_terms terms = {row->kind, version, DELTA_EQUAL_ALLOWED};
	struct bytes plaintext = {0};
	struct record result;
	struct record read;
	bool is_gone = false;

	if (delta_apply(&result, &is_gone, arena, row->old, &terms, &row->writes, NULL) == ERR_OK && !is_gone &&
	    record_write(&plaintext, &result, LIMIT_RECORD_BYTES_MAX, NULL) == ERR_OK) {
		if (record_read(&read, arena, bytes_view(&plaintext), LIMIT_RECORD_BYTES_MAX, NULL) != ERR_OK ||
		    !record_equal(&read, &result))
			abort();
		if (row->old != NULL)
			check_inverse(arena, row->old, &result, &terms);
	}
	bytes_release(&plaintext);
}

static void
apply_all(struct view section)
{
	struct arena arena = {0};
	struct delta_reader *reader = NULL;
	struct delta_commit commit;
	struct delta_row row;
	bool is_end = false;
	bool is_last_row;

	if (delta_reader_new(&reader, section, WORLD_BASES, &world.source, NULL) != ERR_OK)
		abort();
	while (!is_end && arena.total < ARENA_BYTES_MAX) {
		if (delta_reader_next(reader, &commit, &is_end, NULL) != ERR_OK)
			abort();
		for (is_last_row = is_end; !is_last_row;) {
			if (delta_reader_row(reader, &row, &is_last_row, NULL) != ERR_OK)
				abort();
			if (!is_last_row)
				apply_row(&arena, &row, commit.info.schema_version);
		}
	}
	delta_reader_free(reader);
	arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view section = view_of(data, size);
	struct bytes again = {0};
	bool is_read;
	enum err err;

	if (world.record_count == 0 && world_load(&world) != ERR_OK)
		abort();
	err = rewrite_section(&again, section, WORLD_BASES, &world.source, &is_read, NULL);
	if (is_read) {
		if (err != ERR_OK || !view_equal(bytes_view(&again), section))
			abort();
		apply_all(section);
	}
	bytes_release(&again);
	return 0;
}
