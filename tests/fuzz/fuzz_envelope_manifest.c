/* A file from a stranger, as far as it goes without a key. What is accepted has one spelling: writing it gives it back. */
#include <stdlib.h>

#include "envelope/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_back(const struct envelope *envelope, struct view file)
{
	const struct envelope_manifest *manifest = envelope_manifest(envelope);
	struct envelope_addressee addressees[LIMIT_RECIPIENTS_MAX] = {0};
	const struct envelope_addressee *pointers[LIMIT_RECIPIENTS_MAX];
	uint8_t key_ids[LIMIT_RECIPIENTS_MAX][ENVELOPE_KEY_ID_BYTES];
	struct envelope_draft draft = {
		.terms = &manifest->terms,
		.addressees = pointers,
		.key_ids = (const uint8_t(*)[ENVELOPE_KEY_ID_BYTES])key_ids,
		.addressee_count = manifest->recipient_count,
		.encrypted_bytes = manifest->encrypted_bytes,
		.ephemeral = manifest->ephemeral,
	};
	struct bytes bound = {0};

	memcpy(draft.sender_key_id, manifest->sender_key_id, ENVELOPE_KEY_ID_BYTES);
	for (size_t i = 0; i < manifest->recipient_count; i++) {
		addressees[i].code = manifest->recipients[i].code;
		pointers[i] = &addressees[i];
		memcpy(key_ids[i], manifest->recipients[i].key_id, ENVELOPE_KEY_ID_BYTES);
	}
	if (envelope_manifest_write(&bound, &draft, NULL) != ERR_OK || bound.size > file.size)
		abort();
	if (memcmp(bound.data, file.data, bound.size) != 0)
		abort();
	bytes_release(&bound);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envelope *envelope = NULL;
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		abort();
	if (envelope_open(&envelope, view_of(data, size), &info) == ERR_OK)
		write_back(envelope, view_of(data, size));
	envelope_free(envelope);
	return 0;
}
