/* The same on the wire. */
#include <stdlib.h>

#include "receipt/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view wire = view_of(data, size);
	struct node_code node;
	struct checkpoint checkpoint;
	struct checkpoint_night night;
	struct seal_signature signature;
	struct bytes again = {0};
	struct statement_reference item = {.number = 12, .digest = {1, 2, 3, 4, 5, 6, 7, 8}};
	const struct checkpoint_version version = {&item, 1};

	if (!node_code_read(&node, view_text("430321000000")))
		abort();
	if (!node_code_read(&item.issuer, view_text("430300000000")))
		abort();
	if (checkpoint_wire_read(&checkpoint, &signature, wire, &node, NULL) == ERR_OK) {
		if (checkpoint_wire_write(&again, &checkpoint, &signature, NULL) != ERR_OK ||
		    !view_equal(bytes_view(&again), wire))
			abort();
		checkpoint_release(&checkpoint);
	} else if (checkpoint_night_wire_read(&night, &signature, wire, &node, &version, NULL) == ERR_OK) {
		if (checkpoint_night_wire_write(&again, &night, &version, &signature, NULL) != ERR_OK ||
		    !view_equal(bytes_view(&again), wire))
			abort();
	}
	bytes_release(&again);
	return 0;
}
