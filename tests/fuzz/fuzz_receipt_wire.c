/* A receipt on the wire that is taken is written again byte for byte, and each of its texts can be read. */
#include <stdlib.h>

#include "receipt/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_texts(const struct receipt *receipt)
{
	for (size_t i = 0; i < receipt_text_count(receipt); i++) {
		struct bytes text = {0};
		struct receipt one;

		if (receipt_text(&text, receipt, i, NULL) != ERR_OK ||
		    receipt_text_read(&one, bytes_view(&text), NULL) != ERR_OK)
			abort();
		bytes_release(&text);
		receipt_release(&one);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct node_code from;
	struct node_code to;
	struct receipt receipt;
	struct bytes again = {0};

	if (!node_code_read(&from, view_text("430321000000")) || !node_code_read(&to, view_text("430321100000")))
		abort();
	if (receipt_read(&receipt, view_of(data, size), &from, &to, NULL) != ERR_OK)
		return 0;
	if (receipt_write(&again, &receipt, NULL) != ERR_OK || !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	check_texts(&receipt);
	bytes_release(&again);
	receipt_release(&receipt);
	return 0;
}
