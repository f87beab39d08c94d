/**
 * Keys. Two opaque kinds: a node's key pair (Ed25519 to sign, a separate X25519 to be sealed to) and 32-byte symmetric
 * keys (of an epoch, of a bundle). All lie in guarded memory that is kept out of swap and core files where the system
 * permits it, and are wiped when freed. `_free(NULL)` is fine.
 */
#ifndef SEAL_KEY_H
#define SEAL_KEY_H

#include "base/env.h"
#include "base/ids.h"
#include "seal/seal.h"

struct seal_key;
struct seal_node_key;
struct seal_ephemeral;

enum {
	SEAL_PUBLIC_KEY_BYTES = 32,
	SEAL_WRAPPED_BYTES = 48,                                     /* a wrapped 32-byte key */
	SEAL_WRAP_BYTES = SEAL_PUBLIC_KEY_BYTES + SEAL_WRAPPED_BYTES /* with the ephemeral key before it */
};

/** An Ed25519 or X25519 public key. */
struct seal_public_key {
	uint8_t bytes[SEAL_PUBLIC_KEY_BYTES];
};

/** A node's two public keys, as a card and an enrolment name them. */
struct seal_public {
	struct seal_public_key sign; /* Ed25519 */
	struct seal_public_key seal; /* X25519 */
};

bool seal_public_key_equal(const struct seal_public_key *a, const struct seal_public_key *b);

/**
 * May these keys be enrolled? The signing key must be a canonical point of the main subgroup; the sealing key must be
 * canonical and of high order.
 * @param public  untrusted
 * @return ERR_OK; ERR_FORMAT: one of them is weak or has another spelling
 */
enum err seal_public_check(const struct seal_public *public, struct err_info *info) MUST_USE;

/** First 16 bytes of BLAKE2b-256(suite | public key). A node is named by its signing key's, a wrap by its sealing key's. */
void seal_key_id(struct id *out, const struct seal_public_key *key);

/** Draw a new node key. ERR_IO (randomness), ERR_NOMEM. */
enum err seal_node_key_new(struct seal_node_key **out, const struct env *env, struct err_info *info) MUST_USE;
void seal_node_key_free(struct seal_node_key *key);
/** Its public half; lives as long as the key. */
const struct seal_public *seal_node_key_public(const struct seal_node_key *key);

/**
 * Write a key file (schema/seal-v1.md section 2), mode 0600, durably, replacing what was there.
 *
 * @param passphrase  empty: `kdf none`; else the secret half is wrapped under Argon2id (about half a second, 256 MiB)
 * @return ERR_OK; ERR_IO; ERR_NOMEM (also: Argon2id's memory is not to be had); ERR_TOO_BIG: passphrase over
 *         LIMIT_PASSPHRASE_BYTES_MAX
 */
enum err seal_node_key_save(const char *path, const struct seal_node_key *key, struct view passphrase,
                            const struct env *env, struct err_info *info) MUST_USE;
/**
 * Read a key file.
 *
 * @param passphrase  empty: none was given; ignored by a file that needs none
 * @return ERR_OK; ERR_NOT_FOUND; ERR_IO; ERR_FORMAT: not a key file, or damaged; ERR_VERSION: of a newer kind;
 *         ERR_STATE: needs a passphrase and none was given; ERR_AUTH: the passphrase does not open it; ERR_NOMEM
 */
enum err seal_node_key_load(struct seal_node_key **out, const char *path, struct view passphrase,
                            struct err_info *info) MUST_USE;
/** seal_node_key_load on the file's text (untrusted): for the tests and for backups held elsewhere. */
enum err seal_node_key_read(struct seal_node_key **out, struct view text, struct view passphrase,
                            struct err_info *info) MUST_USE;
/** What a key file says without its passphrase: its public half, and whether it is under one. ERR_FORMAT, ERR_VERSION. */
enum err seal_node_key_peek(struct seal_public *out, bool *is_wrapped_out, struct view text,
                            struct err_info *info) MUST_USE;
/** The text of seal_node_key_save, appended; holds the secret: release it with seal_wipe_bytes. */
enum err seal_node_key_write(struct bytes *out, const struct seal_node_key *key, struct view passphrase,
                             const struct env *env, struct err_info *info) MUST_USE;

/**
 * A symmetric key that only this node can make: B(domain, its X25519 secret, context). For caches of its own; nothing that
 * others must read may rest on it. ERR_NOMEM.
 */
enum err seal_node_key_derive(struct seal_key **out, const struct seal_node_key *node, enum seal_domain domain,
                              struct view context, struct err_info *info) MUST_USE;

/** Draw a new symmetric key. ERR_IO (randomness), ERR_NOMEM. */
enum err seal_key_new(struct seal_key **out, const struct env *env, struct err_info *info) MUST_USE;
/** A symmetric key from 32 bytes that the caller wipes: for known answers and simulations. ERR_NOMEM. */
enum err seal_key_from_bytes(struct seal_key **out, const uint8_t bytes[32], struct err_info *info) MUST_USE;
void seal_key_free(struct seal_key *key);
/** In constant time. */
bool seal_key_equal(const struct seal_key *a, const struct seal_key *b);

/** Commitment to a bundle's content key: keyed BLAKE2b-256 over suite | context. Says nothing about the key. */
void seal_content_commitment(struct digest *out, const struct seal_key *key, struct view context);
/** Commitment to a partition's epoch key, as the epoch statement names it: over suite | partition id | u16 number. */
void seal_epoch_commitment(struct digest *out, const struct seal_key *key, const struct id *partition, uint16_t number);

/** An ephemeral X25519 key: one per bundle or per wrapped epoch key, shared by its recipients. ERR_IO, ERR_NOMEM. */
enum err seal_ephemeral_new(struct seal_ephemeral **out, const struct env *env, struct err_info *info) MUST_USE;
void seal_ephemeral_free(struct seal_ephemeral *ephemeral);
const struct seal_public_key *seal_ephemeral_public(const struct seal_ephemeral *ephemeral);

/**
 * Wrap a key for one recipient (schema/seal-v1.md section 4).
 *
 * @param recipient  its X25519 key
 * @param context    bound in the derivation and as associated data: whatever the key is for; the same at seal_unwrap
 * @return ERR_OK; ERR_FORMAT: the recipient's key is of low order
 */
enum err seal_wrap(uint8_t out[SEAL_WRAPPED_BYTES], const struct seal_ephemeral *ephemeral,
                   const struct seal_public_key *recipient, const struct seal_key *key, struct view context,
                   struct err_info *info) MUST_USE;
/**
 * Unwrap a key addressed to us. It is not yet the right key: compare its commitment before use.
 *
 * @param ephemeral  untrusted
 * @param wrapped    untrusted
 * @return ERR_OK; ERR_AUTH: not wrapped for this node and context, or changed; ERR_NOMEM
 */
enum err seal_unwrap(struct seal_key **out, const struct seal_node_key *node, const struct seal_public_key *ephemeral,
                     const uint8_t wrapped[SEAL_WRAPPED_BYTES], struct view context, struct err_info *info) MUST_USE;

/**
 * The key that an ephemeral key and one recipient's agree on: for him alone nothing need be wrapped (schema/seal-v1.md
 * section 4).
 *
 * @param context  bound in the derivation: whatever the key is for; the same at seal_agree_open
 * @return ERR_OK; ERR_FORMAT: the recipient's key is of low order; ERR_NOMEM
 */
enum err seal_agree(struct seal_key **out, const struct seal_ephemeral *ephemeral,
                    const struct seal_public_key *recipient, struct view context, struct err_info *info) MUST_USE;
/**
 * The same key at the recipient's. Any ephemeral key and context give some key: compare its commitment before use.
 *
 * @param ephemeral  untrusted
 * @return ERR_OK; ERR_AUTH: the ephemeral key is of low order; ERR_NOMEM
 */
enum err seal_agree_open(struct seal_key **out, const struct seal_node_key *node,
                         const struct seal_public_key *ephemeral, struct view context, struct err_info *info) MUST_USE;

/** How many keys of all kinds are alive: tests assert that it returns to where it was. */
size_t seal_keys_alive(void);
/** False once the system refused to keep a key out of swap (see RLIMIT_MEMLOCK): the command line warns. */
bool seal_keys_are_locked(void);

#endif
