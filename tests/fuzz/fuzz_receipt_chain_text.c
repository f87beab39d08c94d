/* A checkpoint or a nightly line that is taken is written again byte for byte. */
#include <stdlib.h>

#include "receipt/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view text = view_of(data, size);
	struct checkpoint checkpoint;
	struct checkpoint_night night;
	struct bytes again = {0};

	if (checkpoint_read(&checkpoint, text, NULL) == ERR_OK) {
		if (checkpoint_write(&again, &checkpoint, NULL) != ERR_OK || !view_equal(bytes_view(&again), text))
			abort();
		checkpoint_release(&checkpoint);
	} else if (checkpoint_night_read(&night, text, NULL) == ERR_OK) {
		if (checkpoint_night_write(&again, &night, NULL) != ERR_OK || !view_equal(bytes_view(&again), text))
			abort();
	}
	bytes_release(&again);
	return 0;
}
