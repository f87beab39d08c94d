/* What is remembered of a peer: what is read is written again byte for byte. */
#include <stdlib.h>

#include "flow/peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flow_exchange exchange;
	struct bytes again = {0};

	if (flow_exchange_read(&exchange, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (flow_exchange_write(&again, &exchange, NULL) != ERR_OK ||
	    !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	flow_exchange_release(&exchange);
	return 0;
}
