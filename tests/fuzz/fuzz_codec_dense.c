/* What is taken is the one dense form of what comes out: written again it is the same bytes, and nothing shorter fits. */
#include <stdlib.h>
#include <string.h>

#include "codec/dense.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	VALUE_BYTES_MAX = 1 << 20
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes value = {0};
	uint8_t *again = malloc(size + 1);
	size_t written = 0;

	if (again == NULL)
		abort();
	if (codec_dense_read(&value, view_of(data, size), VALUE_BYTES_MAX, NULL) == ERR_OK) {
		if (value.size > VALUE_BYTES_MAX || value.size > 8 * size)
			abort();
		if (!codec_dense_write(again, size, &written, bytes_view(&value)) || written != size ||
		    memcmp(again, data, size) != 0)
			abort();
		if (codec_dense_write(again, size - 1, &written, bytes_view(&value)))
			abort();
	}
	/* whatever bytes have a dense form come back from it */
	free(again);
	bytes_clear(&value);
	again = malloc(3 * size + 1);
	if (again == NULL)
		abort();
	if (codec_dense_write(again, 3 * size, &written, view_of(data, size)) &&
	    (codec_dense_read(&value, view_of(again, written), size, NULL) != ERR_OK ||
	     !view_equal(bytes_view(&value), view_of(data, size))))
		abort();
	free(again);
	bytes_release(&value);
	return 0;
}
