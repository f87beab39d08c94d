/** Inside seal: what the opaque keys hold, and the guarded memory that they lie in. */
#ifndef SEAL_SECRET_H
#define SEAL_SECRET_H

#include "seal/key.h"

enum {
	SEAL_KEY_BYTES = 32,
	SEAL_SEED_BYTES = 32,
	SEAL_NODE_SECRET_BYTES = 64, /* Ed25519 seed, X25519 secret */
	SEAL_VAULT_SLOT_BYTES = 192,
};

struct seal_key {
	uint8_t bytes[SEAL_KEY_BYTES];
};

struct seal_ephemeral {
	uint8_t secret[32];
	struct seal_public_key public;
};

struct seal_node_key {
	uint8_t sign_seed[SEAL_SEED_BYTES];
	uint8_t sign_secret[64]; /* seed and public key, as libsodium wants it */
	uint8_t seal_secret[32];
	struct seal_public public;
};

/**
 * Zeroed memory for one key: locked where the system permits, between guard pages, at most SEAL_VAULT_SLOT_BYTES bytes.
 * Safe for threads. ERR_NOMEM.
 */
enum err seal_vault_get(void **out, size_t size, struct err_info *info) MUST_USE;
/** Wipe and give back; NULL is fine. */
void seal_vault_put(void *at);

/** Make a node key from its two secrets. ERR_NOMEM. */
enum err seal_node_key_build(struct seal_node_key **out, const uint8_t secrets[SEAL_NODE_SECRET_BYTES],
                             struct err_info *info) MUST_USE;

#endif
