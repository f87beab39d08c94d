/* The text of a register that is taken is written again byte for byte. */
#include <stdlib.h>

#include "record/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view text = view_of(data, size);
	struct arena arena = {0};
	struct bytes again = {0};
	struct record_path path;

	if (record_path_read(&path, text, &arena, NULL) == ERR_OK &&
	    (record_path_write(&again, &path, NULL) != ERR_OK || !view_equal(bytes_view(&again), text)))
		abort();
	bytes_release(&again);
	arena_release(&arena);
	return 0;
}
