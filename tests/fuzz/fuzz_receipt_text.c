/* A receipt's text that is taken is written again byte for byte. */
#include <stdlib.h>

#include "receipt/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receipt receipt;
	struct bytes again = {0};

	if (receipt_text_read(&receipt, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (receipt_text(&again, &receipt, 0, NULL) != ERR_OK || !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	bytes_release(&again);
	receipt_release(&receipt);
	return 0;
}
