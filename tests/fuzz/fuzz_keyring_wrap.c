/* A wrapped epoch key, of whatever partition it names: parsed, and its check put right so that what is behind it is reached. */
#include <stdlib.h>
#include <string.h>

#include "keyring/inside.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	AT_PARTITION = 8,
	AT_CHECK = 152,
	FILE_BYTES = 184,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t mended[FILE_BYTES];
	struct keyring_wrap wrap;
	struct digest check;
	struct id partition = {{0}};

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (size >= AT_PARTITION + ID_BYTES)
		memcpy(partition.bytes, data + AT_PARTITION, ID_BYTES);
	if (keyring_parse_wrap(&wrap, view_of(data, size), &partition, NULL) == ERR_OK && size != FILE_BYTES)
		abort();
	if (size != FILE_BYTES)
		return 0;
	memcpy(mended, data, size);
	seal_digest(&check, view_of(mended, AT_CHECK));
	memcpy(mended + AT_CHECK, check.bytes, DIGEST_BYTES);
	if (keyring_parse_wrap(&wrap, view_of(mended, sizeof(mended)), &partition, NULL) == ERR_OK &&
	    memcmp(mended, "TSKW", 4) != 0)
		abort();
	return 0;
}
