/* The text of a neighbour and how to reach it: what is read is written again byte for byte. */
#include <stdlib.h>

#include "flow/peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flow_peer_place place;
	struct bytes again = {0};

	if (flow_peer_read(&place, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (flow_peer_write(&again, &place, NULL) != ERR_OK || !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	return 0;
}
