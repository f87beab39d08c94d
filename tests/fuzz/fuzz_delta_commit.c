/* A commit that is taken is written again byte for byte, and its corrections can be walked to their end. */
#include <stdlib.h>

#include "delta/commit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(struct view voids)
{
	struct arena arena = {0};
	struct bytes again = {0};
	struct view rest = voids;
	struct delta_void line;

	while (rest.size > 0) {
		if (delta_void_next(&line, &rest, &arena, NULL) != ERR_OK ||
		    delta_void_write(&again, &line, NULL) != ERR_OK)
			abort();
	}
	if (!view_equal(bytes_view(&again), voids))
		abort();
	bytes_release(&again);
	arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct delta_commit_parts parts = {0};
	struct delta_commit_info commit;
	struct bytes again = {0};

	if (delta_commit_read(&commit, &parts, view_of(data, size), NULL) == ERR_OK) {
		walk(commit.voids);
		if (delta_commit_write(&again, &commit, NULL) != ERR_OK ||
		    !view_equal(bytes_view(&again), bytes_view(&parts.unsigned_text)))
			abort();
	}
	bytes_release(&again);
	delta_commit_parts_release(&parts);
	return 0;
}
