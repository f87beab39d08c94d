#include <string.h>

#include <sodium.h>

#include "seal/hash.h"
#include "seal/secret.h"

_Static_assert(SEAL_WRAPPED_BYTES == SEAL_KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES, "key and its MAC");

/* Each wrapping key serves once, see schema/seal-v1.md section 4. */
static const uint8_t zero_nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];

enum err
seal_ephemeral_new(struct seal_ephemeral **out, const struct env *env, struct err_info *info)
{
	struct seal_ephemeral *ephemeral;
	void *slot = NULL;
	enum err err = seal_vault_get(&slot, sizeof(*ephemeral), info);

	if (err != ERR_OK)
		return err;
	ephemeral = slot;
	err = env->random(env->context, ephemeral->secret, sizeof(ephemeral->secret), info);
	if (err != ERR_OK) {
		seal_vault_put(ephemeral);
		return err;
	}
	(void)crypto_scalarmult_base(ephemeral->public.bytes, ephemeral->secret);
	*out = ephemeral;
	return ERR_OK;
}

void
seal_ephemeral_free(struct seal_ephemeral *ephemeral)
{
	seal_vault_put(ephemeral);
}

const struct seal_public_key *
seal_ephemeral_public(const struct seal_ephemeral *ephemeral)
{
	return &ephemeral->public;
}

struct wrap_names {
	const struct seal_public_key *ephemeral;
	const struct seal_public_key *recipient;
	struct view context;
};

/* False: the other side's key is of low order. */
static bool
shared_key(struct seal_key *out, enum seal_domain domain, const uint8_t secret[32], const struct seal_public_key *other,
           const struct wrap_names *names)
{
	struct seal_key shared;
	struct seal_hash hash;
	struct digest digest;
	uint8_t suite[SEAL_SUITE_BYTES];

	if (crypto_scalarmult(shared.bytes, secret, other->bytes) != 0)
		return false;
	store_u16(suite, SEAL_SUITE);
	seal_hash_init_keyed(&hash, domain, &shared);
	seal_hash_update(&hash, view_of(suite, sizeof(suite)));
	seal_hash_update(&hash, view_of(names->ephemeral->bytes, SEAL_PUBLIC_KEY_BYTES));
	seal_hash_update(&hash, view_of(names->recipient->bytes, SEAL_PUBLIC_KEY_BYTES));
	seal_hash_update(&hash, names->context);
	seal_hash_final(&digest, &hash);
	memcpy(out->bytes, digest.bytes, sizeof(out->bytes));
	sodium_memzero(&digest, sizeof(digest));
	sodium_memzero(&shared, sizeof(shared));
	return true;
}

static enum err
weak(struct err_info *info)
{
	return err_set(info, ERR_FORMAT, "%s",
	               _("a recipient's sealing key is weak; nothing was sealed to it; enrol the office again"));
}

enum err
seal_wrap(uint8_t out[SEAL_WRAPPED_BYTES], const struct seal_ephemeral *ephemeral,
          const struct seal_public_key *recipient, const struct seal_key *key, struct view context,
          struct err_info *info)
{
	const struct wrap_names names = {&ephemeral->public, recipient, context};
	struct seal_key wrapping;

	if (!shared_key(&wrapping, SEAL_DOMAIN_WRAP, ephemeral->secret, recipient, &names))
		return weak(info);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, key->bytes, sizeof(key->bytes), context.data,
	                                                 context.size, NULL, zero_nonce, wrapping.bytes);
	sodium_memzero(&wrapping, sizeof(wrapping));
	return ERR_OK;
}

enum err
seal_unwrap(struct seal_key **out, const struct seal_node_key *node, const struct seal_public_key *ephemeral,
            const uint8_t wrapped[SEAL_WRAPPED_BYTES], struct view context, struct err_info *info)
{
	const struct wrap_names names = {ephemeral, &node->public.seal, context};
	struct seal_key wrapping = {{0}};
	uint8_t plain[SEAL_KEY_BYTES];
	enum err err;

	if (shared_key(&wrapping, SEAL_DOMAIN_WRAP, node->seal_secret, ephemeral, &names) &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, wrapped, SEAL_WRAPPED_BYTES, context.data,
	                                               context.size, zero_nonce, wrapping.bytes) == 0)
		err = seal_key_from_bytes(out, plain, info);
	else
		err = err_set(info, ERR_AUTH, "%s",
		              _("a wrapped key does not open: it was changed, or wrapped for another node or purpose"));
	sodium_memzero(&wrapping, sizeof(wrapping));
	sodium_memzero(plain, sizeof(plain));
	return err;
}

enum err
seal_agree(struct seal_key **out, const struct seal_ephemeral *ephemeral, const struct seal_public_key *recipient,
           struct view context, struct err_info *info)
{
	const struct wrap_names names = {&ephemeral->public, recipient, context};
	struct seal_key agreed = {{0}};
	enum err err = shared_key(&agreed, SEAL_DOMAIN_AGREE, ephemeral->secret, recipient, &names)
	                       ? seal_key_from_bytes(out, agreed.bytes, info)
	                       : weak(info);

	sodium_memzero(&agreed, sizeof(agreed));
	return err;
}

enum err
seal_agree_open(struct seal_key **out, const struct seal_node_key *node, const struct seal_public_key *ephemeral,
                struct view context, struct err_info *info)
{
	const struct wrap_names names = {ephemeral, &node->public.seal, context};
	struct seal_key agreed = {{0}};
	enum err err = shared_key(&agreed, SEAL_DOMAIN_AGREE, node->seal_secret, ephemeral, &names)
	                       ? seal_key_from_bytes(out, agreed.bytes, info)
	                       : err_set(info, ERR_AUTH, "%s", _("an ephemeral key of low order"));

	sodium_memzero(&agreed, sizeof(agreed));
	return err;
}
