/* A file of salts, of whatever partition it names: looked up in before it is verified, as readers do; a whole one has what it counts. */
#include <stdlib.h>
#include <string.h>

#include "keyring/segment.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	AT_PARTITION = 8,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct segment segment = {.is_mapped = false};
	struct segment_found found;
	struct id partition = {{0}};

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (size >= AT_PARTITION + ID_BYTES)
		memcpy(partition.bytes, data + AT_PARTITION, ID_BYTES);
	if (segment_parse(&segment, view_of(data, size), &partition, NULL) != ERR_OK)
		return 0;
	for (size_t at = 0; at + ID_BYTES <= size; at += 7) {
		struct id id;

		memcpy(id.bytes, data + at, ID_BYTES);
		if (segment_find(&found, &segment, &id) && found.seed == NULL && found.salt == NULL)
			abort();
	}
	if (segment_check(&segment, &partition, NULL) == ERR_OK && !segment_is_whole(&segment))
		abort();
	segment_release(&segment);
	return 0;
}
