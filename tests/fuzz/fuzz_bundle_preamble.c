/* A preamble that is taken is written again byte for byte. */
#include <stdlib.h>

#include "bundle/preamble.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum {
		SECTIONS = 4
	};
	struct bundle_preamble preamble;
	struct bytes again = {0};

	if (bundle_preamble_read(&preamble, view_of(data, size), SECTIONS, NULL) != ERR_OK)
		return 0;
	if (bundle_preamble_write(&again, &preamble, NULL) != ERR_OK ||
	    !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	bundle_preamble_release(&preamble);
	return 0;
}
