#include "seal/key.h"

#include <string.h>

#include <sodium.h>

#include "seal/hash.h"
#include "seal/secret.h"

_Static_assert(sizeof(struct seal_node_key) <= SEAL_VAULT_SLOT_BYTES, "a node key fits into a slot");

bool
seal_public_key_equal(const struct seal_public_key *a, const struct seal_public_key *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Below 2^255 - 19, highest bit clear: X25519 itself would take other spellings of the same point. */
static bool
is_canonical_x25519(const struct seal_public_key *key)
{
	static const uint8_t prime_low = 0xed; /* p = 7fff..ffed, big-endian */

	if (key->bytes[31] != 0x7f)
		return key->bytes[31] < 0x7f;
	for (size_t i = 30; i > 0; i--) {
		if (key->bytes[i] != 0xff)
			return true;
	}
	return key->bytes[0] < prime_low;
}

static bool
is_high_order_x25519(const struct seal_public_key *key)
{
	static const uint8_t scalar[crypto_scalarmult_SCALARBYTES] = {1}; /* any: it is clamped to a multiple of 8 */
	uint8_t shared[crypto_scalarmult_BYTES];

	return crypto_scalarmult(shared, scalar, key->bytes) == 0;
}

enum err
seal_public_check(const struct seal_public *public, struct err_info *info)
{
	if (crypto_core_ed25519_is_valid_point(public->sign.bytes) != 1)
		return err_set(info, ERR_FORMAT, "%s",
		               _("the signing key is weak or not canonical; a good Ed25519 key was expected"));
	if (!is_canonical_x25519(&public->seal) || !is_high_order_x25519(&public->seal))
		return err_set(info, ERR_FORMAT, "%s",
		               _("the sealing key is weak or not canonical; a good X25519 key was expected"));
	return ERR_OK;
}

void
seal_key_id(struct id *out, const struct seal_public_key *key)
{
	uint8_t message[SEAL_SUITE_BYTES + SEAL_PUBLIC_KEY_BYTES];
	struct digest digest;

	store_u16(message, SEAL_SUITE);
	memcpy(message + SEAL_SUITE_BYTES, key->bytes, SEAL_PUBLIC_KEY_BYTES);
	seal_digest(&digest, view_of(message, sizeof(message)));
	memcpy(out->bytes, digest.bytes, ID_BYTES);
}

enum err
seal_node_key_build(struct seal_node_key **out, const uint8_t secrets[SEAL_NODE_SECRET_BYTES], struct err_info *info)
{
	struct seal_node_key *key;
	void *slot = NULL;
	enum err err = seal_vault_get(&slot, sizeof(*key), info);

	if (err != ERR_OK)
		return err;
	key = slot;
	memcpy(key->sign_seed, secrets, sizeof(key->sign_seed));
	memcpy(key->seal_secret, secrets + sizeof(key->sign_seed), sizeof(key->seal_secret));
	(void)crypto_sign_seed_keypair(key->public.sign.bytes, key->sign_secret, key->sign_seed);
	(void)crypto_scalarmult_base(key->public.seal.bytes, key->seal_secret);
	*out = key;
	return ERR_OK;
}

enum err
seal_node_key_new(struct seal_node_key **out, const struct env *env, struct err_info *info)
{
	uint8_t secrets[SEAL_NODE_SECRET_BYTES];
	enum err err = env->random(env->context, secrets, sizeof(secrets), info);

	if (err == ERR_OK)
		err = seal_node_key_build(out, secrets, info);
	sodium_memzero(secrets, sizeof(secrets));
	return err;
}

void
seal_node_key_free(struct seal_node_key *key)
{
	seal_vault_put(key);
}

const struct seal_public *
seal_node_key_public(const struct seal_node_key *key)
{
	return &key->public;
}

enum err
seal_key_from_bytes(struct seal_key **out, const uint8_t bytes[32], struct err_info *info)
{
	struct seal_key *key;
	void *slot = NULL;
	enum err err = seal_vault_get(&slot, sizeof(*key), info);

	if (err != ERR_OK)
		return err;
	key = slot;
	memcpy(key->bytes, bytes, sizeof(key->bytes));
	*out = key;
	return ERR_OK;
}

enum err
seal_node_key_derive(struct seal_key **out, const struct seal_node_key *node, enum seal_domain domain,
                     struct view context, struct err_info *info)
{
	struct seal_key *secret = NULL;
	struct digest digest;
	enum err err = seal_key_from_bytes(&secret, node->seal_secret, info);

	if (err != ERR_OK)
		return err;
	seal_digest_keyed(&digest, domain, secret, context);
	err = seal_key_from_bytes(out, digest.bytes, info);
	sodium_memzero(&digest, sizeof(digest));
	seal_key_free(secret);
	return err;
}

enum err
seal_key_new(struct seal_key **out, const struct env *env, struct err_info *info)
{
	uint8_t bytes[SEAL_KEY_BYTES];
	enum err err = env->random(env->context, bytes, sizeof(bytes), info);

	if (err == ERR_OK)
		err = seal_key_from_bytes(out, bytes, info);
	sodium_memzero(bytes, sizeof(bytes));
	return err;
}

void
seal_key_free(struct seal_key *key)
{
	seal_vault_put(key);
}

bool
seal_key_equal(const struct seal_key *a, const struct seal_key *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void
seal_content_commitment(struct digest *out, const struct seal_key *key, struct view context)
{
	struct seal_hash hash;
	uint8_t suite[SEAL_SUITE_BYTES];

	store_u16(suite, SEAL_SUITE);
	seal_hash_init_keyed(&hash, SEAL_DOMAIN_COMMITMENT, key);
	seal_hash_update(&hash, view_of(suite, sizeof(suite)));
	seal_hash_update(&hash, context);
	seal_hash_final(out, &hash);
}

void
seal_epoch_commitment(struct digest *out, const struct seal_key *key, const struct id *partition, uint16_t number)
{
	uint8_t message[SEAL_SUITE_BYTES + ID_BYTES + 2];

	store_u16(message, SEAL_SUITE);
	memcpy(message + SEAL_SUITE_BYTES, partition->bytes, ID_BYTES);
	store_u16(message + SEAL_SUITE_BYTES + ID_BYTES, number);
	seal_digest_keyed(out, SEAL_DOMAIN_EPOCH, key, view_of(message, sizeof(message)));
}
