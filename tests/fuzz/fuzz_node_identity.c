/* The identity of a store: what is read is written again byte for byte. */
#include <stdlib.h>

#include "node/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct node_identity identity;
	struct bytes again = {0};

	if (node_identity_read(&identity, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (node_identity_write(&again, &identity, NULL) != ERR_OK ||
	    !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	return 0;
}
