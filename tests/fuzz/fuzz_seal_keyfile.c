/* A key file: what is read without a passphrase is written again byte for byte; what needs one says so before it derives anything. */
#include <stdlib.h>

#include "seal/key.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_node_key *key = NULL;
	struct seal_public public_half;
	struct bytes again = {0};
	bool is_wrapped = false;
	enum err peeked;
	enum err err;

	if (seal_init(NULL) != ERR_OK)
		abort();
	peeked = seal_node_key_peek(&public_half, &is_wrapped, view_of(data, size), NULL);
	err = seal_node_key_read(&key, view_of(data, size), (struct view){0}, NULL);
	if (err == ERR_OK && (peeked != ERR_OK || is_wrapped))
		abort();
	if (err == ERR_STATE && (peeked != ERR_OK || !is_wrapped))
		abort();
	if (err != ERR_OK)
		return 0;
	if (!seal_public_key_equal(&seal_node_key_public(key)->sign, &public_half.sign) ||
	    seal_node_key_write(&again, key, (struct view){0}, NULL, NULL) != ERR_OK ||
	    !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	seal_wipe_bytes(&again);
	seal_node_key_free(key);
	return 0;
}
