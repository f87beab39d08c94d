/* A record that is taken is written again byte for byte. */
#include <stdlib.h>

#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view plaintext = view_of(data, size);
	struct arena arena = {0};
	struct bytes again = {0};
	struct record record;
	struct record copy;

	if (record_read(&record, &arena, plaintext, LIMIT_RECORD_BYTES_MAX, NULL) == ERR_OK) {
		if (record_write(&again, &record, LIMIT_RECORD_BYTES_MAX, NULL) != ERR_OK ||
		    !view_equal(bytes_view(&again), plaintext))
			abort();
		if (record_copy(&copy, &arena, &record, NULL) != ERR_OK || !record_equal(&copy, &record))
			abort();
	}
	bytes_release(&again);
	arena_release(&arena);
	return 0;
}
