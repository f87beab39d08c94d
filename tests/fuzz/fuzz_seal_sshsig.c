/* The armor of a signature: one that is taken is written again byte for byte, and is of no other namespace. */
#include <stdlib.h>

#include "seal/seal.h"
#include "seal/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_sshsig sshsig;
	struct seal_sshsig other;
	struct bytes again = {0};

	if (seal_init(NULL) != ERR_OK)
		abort();
	if (seal_sshsig_read(&sshsig, view_of(data, size), SEAL_NAMESPACE_GIT, NULL) != ERR_OK)
		return 0;
	if (seal_sshsig_read(&other, view_of(data, size), SEAL_NAMESPACE_BUNDLE, NULL) == ERR_OK ||
	    seal_sshsig_armor(&again, &sshsig, SEAL_NAMESPACE_GIT, NULL) != ERR_OK ||
	    !view_equal(bytes_view(&again), view_of(data, size)))
		abort();
	if (seal_sshsig_verify(&sshsig.signature, &sshsig.signer, SEAL_NAMESPACE_GIT, view_of(data, size), NULL) ==
	    ERR_OK)
		abort(); /* it signs its own armor */
	bytes_release(&again);
	return 0;
}
