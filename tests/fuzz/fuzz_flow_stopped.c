/* The note beside a bundle that was held or refused: what is read is written again byte for byte. */
#include <stdlib.h>

#include "flow/stopped.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flow_stopped stopped;
	struct bytes again = {0};

	if (flow_stopped_read(&stopped, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (flow_stopped_write(&again, &stopped, NULL) != ERR_OK ||
	    !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	return 0;
}
