#include "seal/hash.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "seal/domain.h"
#include "seal/secret.h"

_Static_assert(sizeof(struct seal_hash) >= sizeof(crypto_generichash_blake2b_state), "the opaque state is too small");

/* libsodium's hash functions fail only on sizes that we never pass. */
static void
must(int result)
{
	assert(result == 0);
}

static crypto_generichash_blake2b_state *
state_of(struct seal_hash *hash)
{
	return (crypto_generichash_blake2b_state *)(void *)hash->state;
}

void
seal_digest(struct digest *out, struct view message)
{
	must(crypto_generichash_blake2b(out->bytes, DIGEST_BYTES, message.data, message.size, NULL, 0));
}

void
seal_digest_id(struct id *out, struct view message)
{
	must(crypto_generichash_blake2b(out->bytes, ID_BYTES, message.data, message.size, NULL, 0));
}

void
seal_digest_domain(struct digest *out, enum seal_domain domain, struct view message)
{
	must(crypto_generichash_blake2b_salt_personal(out->bytes, DIGEST_BYTES, message.data, message.size, NULL, 0,
	                                              NULL, seal_domain_bytes(domain)));
}

void
seal_digest_keyed(struct digest *out, enum seal_domain domain, const struct seal_key *key, struct view message)
{
	must(crypto_generichash_blake2b_salt_personal(out->bytes, DIGEST_BYTES, message.data, message.size, key->bytes,
	                                              sizeof(key->bytes), NULL, seal_domain_bytes(domain)));
}

void
seal_hash_init(struct seal_hash *hash)
{
	must(crypto_generichash_blake2b_init(state_of(hash), NULL, 0, DIGEST_BYTES));
}

void
seal_hash_init_domain(struct seal_hash *hash, enum seal_domain domain)
{
	must(crypto_generichash_blake2b_init_salt_personal(state_of(hash), NULL, 0, DIGEST_BYTES, NULL,
	                                                   seal_domain_bytes(domain)));
}

void
seal_hash_init_keyed(struct seal_hash *hash, enum seal_domain domain, const struct seal_key *key)
{
	must(crypto_generichash_blake2b_init_salt_personal(state_of(hash), key->bytes, sizeof(key->bytes), DIGEST_BYTES,
	                                                   NULL, seal_domain_bytes(domain)));
}

void
seal_hash_update(struct seal_hash *hash, struct view part)
{
	if (part.size > 0)
		must(crypto_generichash_blake2b_update(state_of(hash), part.data, part.size));
}

void
seal_hash_final(struct digest *out, struct seal_hash *hash)
{
	must(crypto_generichash_blake2b_final(state_of(hash), out->bytes, DIGEST_BYTES));
	sodium_memzero(hash, sizeof(*hash));
}

void
seal_sha512(uint8_t out[SEAL_SHA512_BYTES], struct view message)
{
	must(crypto_hash_sha512(out, message.data, message.size));
}

void
seal_salt_derive(struct seal_salt *out, const struct seal_seed *seed, uint32_t n)
{
	struct view prefix = seal_prefix_view(SEAL_PREFIX_SALT);
	uint8_t message[32];

	assert(prefix.size + 4 <= sizeof(message));
	memcpy(message, prefix.data, prefix.size);
	store_u32(message + prefix.size, n);
	must(crypto_generichash_blake2b(out->bytes, sizeof(out->bytes), message, prefix.size + 4, seed->bytes,
	                                sizeof(seed->bytes)));
}

void
seal_record_id(struct id *out, const struct seal_salt *salt, const struct id *partition)
{
	uint8_t message[sizeof(salt->bytes) + ID_BYTES];

	memcpy(message, salt->bytes, sizeof(salt->bytes));
	memcpy(message + sizeof(salt->bytes), partition->bytes, ID_BYTES);
	must(crypto_generichash_blake2b(out->bytes, ID_BYTES, message, sizeof(message), NULL, 0));
	sodium_memzero(message, sizeof(message));
}

void
seal_register_digest(struct id *out, const struct seal_salt *salt, struct view head, struct view key)
{
	struct seal_hash hash;

	must(crypto_generichash_blake2b_init_salt_personal(state_of(&hash), salt->bytes, sizeof(salt->bytes), ID_BYTES,
	                                                   NULL, seal_domain_bytes(SEAL_DOMAIN_REGISTER)));
	seal_hash_update(&hash, head);
	seal_hash_update(&hash, key);
	must(crypto_generichash_blake2b_final(state_of(&hash), out->bytes, ID_BYTES));
	sodium_memzero(&hash, sizeof(hash));
}
