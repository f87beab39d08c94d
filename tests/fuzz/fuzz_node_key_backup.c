/* A copy of keys: what is read has keys that can be named, each under a passphrase, and within its limits. */
#include <stdlib.h>

#include "node/key_backup.h"
#include "seal/key.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct node_key_backup backup;

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (node_key_backup_read(&backup, view_of(data, size), NULL) != ERR_OK)
		return 0;
	if (!node_key_backup_is(view_of(data, size)) || backup.count == 0 || backup.count > LIMIT_KEYS_KEPT_MAX ||
	    backup.identity.is_accepted || backup.checked.size >= backup.text.size)
		abort();
	for (size_t i = 0; i < backup.count; i++) {
		struct seal_public public_half;
		bool is_wrapped = false;

		if (seal_node_key_peek(&public_half, &is_wrapped, bytes_view(&backup.files[i]), NULL) != ERR_OK ||
		    !is_wrapped || !seal_public_key_equal(&public_half.sign, &backup.publics[i].sign))
			abort();
	}
	node_key_backup_release(&backup);
	return 0;
}
