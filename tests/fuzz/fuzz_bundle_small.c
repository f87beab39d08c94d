/* A small section that is taken is written again byte for byte. */
#include <stdlib.h>

#include "bundle/small.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle_small small;
	struct bytes again = {0};

	if (bundle_small_read(&small, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (bundle_small_write(&again, &small, NULL) != ERR_OK || !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	bundle_small_release(&small);
	return 0;
}
