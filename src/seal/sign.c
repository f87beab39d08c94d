#include "seal/sign.h"

#include <sodium.h>

#include "seal/hash.h"
#include "seal/secret.h"

static bool
is_good(const struct seal_signature *signature, const struct seal_public_key *signer, struct view text)
{
	return crypto_sign_verify_detached(signature->bytes, text.data, text.size, signer->bytes) == 0;
}

enum err
seal_sign(struct seal_signature *out, const struct seal_node_key *key, struct view text, struct err_info *info)
{
	struct seal_signature signature;

	(void)crypto_sign_detached(signature.bytes, NULL, text.data, text.size, key->sign_secret);
	/* a fault in a deterministic signature gives the key away */
	if (!is_good(&signature, &key->public.sign, text)) {
		sodium_memzero(&signature, sizeof(signature));
		return err_set(info, ERR_INTERNAL, "%s",
		               _("a signature that was just made does not verify; it was thrown away; test this "
		                 "machine's memory"));
	}
	*out = signature;
	return ERR_OK;
}

enum err
seal_verify(const struct seal_signature *signature, const struct seal_public_key *signer, struct view text,
            struct err_info *info)
{
	if (is_good(signature, signer, text))
		return ERR_OK;
	return err_set(info, ERR_AUTH, "%s", _("the signature is not of this key over these bytes"));
}
