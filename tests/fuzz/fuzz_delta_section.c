/*
 * A section that is taken is written again byte for byte. Its rows are applied, each to what came of the one before;
 * what results is a record that can be read, and the changeset from the old to the new one leads there again.
 */
#include <stdlib.h>

#include "../unit/delta/rewrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	BASE_COUNT = 2,
	ARENA_BYTES_MAX = 1 << 24,
};

/* the record so far; its memory is the arena's */
struct state {
	struct arena arena;
	struct record record;
	bool is_there;
};

static void
check_inverse(struct state *state, const struct record *result, const struct delta_apply_terms *terms)
{
	const struct record *old = state->is_there ? &state->record : NULL;
	struct delta_writes writes = {0};
	struct record again;
	bool is_gone = true;

	if (delta_changes(&writes, &state->arena, old, result, NULL, NULL) != ERR_OK ||
	    delta_apply(&again, &is_gone, &state->arena, old, terms, &writes, NULL) != ERR_OK || is_gone ||
	    !record_equal(&again, result))
		abort();
}

static void
apply_row(struct state *state, const struct delta_row *row, uint32_t version)
{
	struct delta_apply_terms terms = {row->kind, version, 0};
	const struct record *old = state->is_there && row->type != DELTA_ROW_ADDED ? &state->record : NULL;
	struct bytes plaintext = {0};
	struct record result;
	struct record read;
	bool is_gone = false;

	if (delta_apply(&result, &is_gone, &state->arena, old, &terms, &row->writes, NULL) == ERR_OK && !is_gone) {
		if (record_write(&plaintext, &result, LIMIT_RECORD_BYTES_MAX, NULL) == ERR_OK) {
			if (record_read(&read, &state->arena, bytes_view(&plaintext), LIMIT_RECORD_BYTES_MAX, NULL) !=
			            ERR_OK ||
			    !record_equal(&read, &result))
				abort();
			if (old != NULL)
				check_inverse(state, &result, &terms);
			if (record_copy(&state->record, &state->arena, &result, NULL) != ERR_OK)
				abort();
			state->is_there = true;
		}
	}
	bytes_release(&plaintext);
}

static void
apply_all(struct view section)
{
	struct state state = {0};
	struct delta_reader *reader = NULL;
	struct delta_commit commit;
	struct delta_row row;
	bool is_end = false;
	bool is_last_row;

	if (delta_reader_new(&reader, section, BASE_COUNT, NULL) != ERR_OK)
		abort();
	while (!is_end && state.arena.total < ARENA_BYTES_MAX) {
		if (delta_reader_next(reader, &commit, &is_end, NULL) != ERR_OK)
			abort();
		for (is_last_row = is_end; !is_last_row;) {
			if (delta_reader_row(reader, &row, &is_last_row, NULL) != ERR_OK)
				abort();
			if (!is_last_row)
				apply_row(&state, &row, commit.info.schema_version);
		}
	}
	delta_reader_free(reader);
	arena_release(&state.arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view section = view_of(data, size);
	struct bytes again = {0};
	bool is_read;
	enum err err = rewrite_section(&again, section, BASE_COUNT, &is_read, NULL);

	if (is_read) {
		if (err != ERR_OK || !view_equal(bytes_view(&again), section))
			abort();
		apply_all(section);
	}
	bytes_release(&again);
	return 0;
}
