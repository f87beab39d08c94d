/**
 * keyring: what a partition's holder keeps beside the git objects and never in them: the salts of its records and the
 * wrapped keys of its epochs. One directory of immutable files (schema/keyring-v1.md), each written whole and durably.
 *
 * Salts lie in segments; a new one swallows smaller ones so that each stays at least twice the sum of the smaller: there
 * are O(log n). A salt proves itself: its id is a hash of it. A wrap needs no signature: the epoch statement's commitment
 * decides whether what it holds is the key.
 *
 * Functions that write (keyring_add...) need the partition's lock, held by the caller. Readers need none:
 * files are never changed, and a segment swallowed by another run stays readable to who has it open.
 */
#ifndef KEYRING_KEYRING_H
#define KEYRING_KEYRING_H

#include "seal/hash.h"
#include "seal/key.h"

struct keyring;

/** An epoch as its statement names it. */
struct keyring_epoch {
	struct id partition;
	uint16_t number;
	struct digest digest;     /* of the statement */
	struct digest commitment; /* to the key, out of the statement: seal_epoch_commitment() */
};

/** An epoch key wrapped for one recipient. */
struct keyring_wrap {
	uint16_t number;
	struct digest digest;           /* of the epoch's statement */
	struct id recipient;            /* seal_key_id() of the recipient's sealing (X25519) key */
	uint8_t bytes[SEAL_WRAP_BYTES]; /* ephemeral key, wrapped key */
};

struct keyring_wraps {
	struct keyring_wrap *wraps; /* by number, digest, recipient, bytewise */
	size_t count;
};

/** Several edits' salts in one go. */
struct keyring_seed {
	struct seal_seed seed;
	uint32_t count;    /* records that the edit adds: n = 0 .. count - 1 */
	struct oid commit; /* the edit */
};

struct keyring_batch {
	const struct keyring_seed *seeds;
	size_t seeds_count;
	struct view
		ids; /* of all records that the seeds add, in order, 16 bytes each, where they are known; empty: they are derived */
	const struct seal_salt *singles; /* salts that came without their seed */
	size_t singles_count;
};

/** What keyring_check looked at. */
struct keyring_counts {
	uint64_t salts; /* doubled ones counted twice */
	uint64_t segments;
	uint64_t wraps;
};

/** The n-th salt and id of an edit. */
void keyring_derive(struct seal_salt *salt_out, struct id *id_out, const struct seal_seed *seed, uint32_t n,
                    const struct id *partition);

/**
 * Open a partition's keyring.
 *
 * @param dir  the directory; not there: an empty keyring, and the first write makes it (its parent must be there)
 * @return ERR_OK; ERR_FORMAT: a segment of another partition, or no segment; ERR_VERSION: a newer one; ERR_TOO_BIG; ERR_IO;
 *         ERR_NOMEM
 */
enum err keyring_open(struct keyring **out, const char *dir, const struct id *partition,
                      struct err_info *info) MUST_USE;
void keyring_free(struct keyring *keyring);
/** See what other runs have written since. On error the keyring is as before. Errors of keyring_open. */
enum err keyring_reload(struct keyring *keyring, struct err_info *info) MUST_USE;

/**
 * What a dry run adds: wraps that are kept in memory, and that every keyring told of it reads as if they lay in its directory.
 * Freed after the keyrings.
 */
struct keyring_rehearsal;

/** ERR_NOMEM. */
enum err keyring_rehearsal_new(struct keyring_rehearsal **out, struct err_info *info) MUST_USE;
void keyring_rehearsal_free(struct keyring_rehearsal *rehearsal);
/** From now on wraps that are added go there, and no file is written for them. Salts are not to be added. */
void keyring_rehearse(struct keyring *keyring, struct keyring_rehearsal *rehearsal);

/** Salt of a record. ERR_OK; ERR_NOT_FOUND: erased, or never received; ERR_FORMAT: a segment is damaged. */
enum err keyring_salt(struct seal_salt *out, const struct keyring *keyring, const struct id *record,
                      struct err_info *info) MUST_USE;
/**
 * Seed and n of a record, to send them on, and the edit that added it.
 * @param seed_out  its count is not set
 * @return ERR_OK; ERR_NOT_FOUND: unknown, or held singly; ERR_FORMAT: damaged
 */
enum err keyring_seed_of(struct keyring_seed *seed_out, uint32_t *n_out, const struct keyring *keyring,
                         const struct id *record, struct err_info *info) MUST_USE;
/** Number of salts held, doubled ones counted twice. */
uint64_t keyring_count(const struct keyring *keyring);

/** Hold the salts of an edit that adds `count` records: durable when it returns. See keyring_add. */
enum err keyring_add_seed(struct keyring *keyring, const struct keyring_seed *seed, struct err_info *info) MUST_USE;
/**
 * Hold many, in one new segment: durable when it returns, nothing on error. Seeds and singles already held are passed over.
 * @return ERR_OK; ERR_TOO_BIG: over LIMIT_KEYRING_SALTS_MAX in one go; ERR_IO; ERR_NOMEM
 */
enum err keyring_add(struct keyring *keyring, const struct keyring_batch *batch, struct err_info *info) MUST_USE;

/**
 * Wrap an epoch key for a recipient.
 *
 * @param key        must be the one that epoch->commitment commits to (asserted)
 * @param recipient  its sealing (X25519) key
 * @return ERR_OK; ERR_FORMAT: the recipient's key is weak; ERR_IO (randomness); ERR_NOMEM
 */
enum err keyring_wrap_make(struct keyring_wrap *out, const struct keyring_epoch *epoch, const struct seal_key *key,
                           const struct seal_public_key *recipient, const struct env *env,
                           struct err_info *info) MUST_USE;
/**
 * Keep a wrap, ours or one to hand on.
 *
 * @param wrap     untrusted content
 * @param replace  false: one already kept for the same epoch and recipient stays (a stranger cannot spoil a good one);
 *                 true: for a wrap that we made ourselves
 * @return ERR_OK; ERR_IO; ERR_NOMEM
 */
enum err keyring_add_wrap(struct keyring *keyring, const struct keyring_wrap *wrap, bool replace,
                          struct err_info *info) MUST_USE;
/**
 * Keep a wrap addressed to us, once it opened to the committed key; then it replaces one that does not.
 * @return ERR_OK; ERR_AUTH: not for us, changed, or another key; ERR_IO; ERR_NOMEM
 */
enum err keyring_add_own_wrap(struct keyring *keyring, const struct keyring_wrap *wrap,
                              const struct keyring_epoch *epoch, const struct seal_node_key *node,
                              struct err_info *info) MUST_USE;
/** All wraps, to send them on. Damaged ones are left out. Release with keyring_wraps_release. ERR_IO; ERR_NOMEM. */
enum err keyring_list_wraps(struct keyring_wraps *out, const struct keyring *keyring, struct err_info *info) MUST_USE;
void keyring_wraps_release(struct keyring_wraps *wraps);
/**
 * The key of an epoch, out of the wrap addressed to this node key. Freed by the caller with seal_key_free.
 * @return ERR_OK; ERR_NOT_FOUND: no wrap for us; ERR_AUTH: not the committed key; ERR_FORMAT: damaged; ERR_IO; ERR_NOMEM
 */
enum err keyring_epoch_key(struct seal_key **out, const struct keyring *keyring, const struct keyring_epoch *epoch,
                           const struct seal_node_key *node, struct err_info *info) MUST_USE;

/** Verify every byte: digests, order, each salt against its id, each wrap's file. ERR_FORMAT names the file; ERR_IO. */
enum err keyring_check(struct keyring_counts *out, const struct keyring *keyring, struct err_info *info) MUST_USE;

#endif
