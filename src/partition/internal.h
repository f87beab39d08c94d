/** What the files of this folder share. */
#ifndef PARTITION_INTERNAL_H
#define PARTITION_INTERNAL_H

#include "base/table.h"
#include "git/pack.h"
#include "git/tree.h"
#include "keyring/keyring.h"
#include "merge/merge.h"
#include "partition/journal.h"
#include "partition/partition.h"
#include "seal/blob.h"
#include "seal/lthash.h"

enum {
	PARTITION_BLOB_HEADER_BYTES = 3, /* version, u16 epoch number */
	PARTITION_BLOB_OVERHEAD_BYTES = PARTITION_BLOB_HEADER_BYTES + SEAL_TAG_BYTES,
	PARTITION_FILE_MODE = 0100644,
	PARTITION_VERSIONS = 8,
	PARTITION_STATES = 6,
	PARTITION_STATES_SAVED = 2,
};

/** An epoch key that was opened; kept for the life of the partition. */
struct partition_epoch {
	uint16_t number;
	struct digest digest;
	bool is_dense; /* what is sealed under it goes into dense form first */
	struct seal_key *key;
	struct partition_epoch *next;
};

struct partition {
	char *path;
	struct id id;
	struct node_code owner;
	struct partition_world world;
	struct git_store *store;
	struct keyring *keyring;
	struct lock lock;
	struct partition_journal journal;
	struct partition_epoch *epochs;
	struct bytes scratch; /* a record in dense form, for the one call */
	struct partition_version
		versions[PARTITION_VERSIONS]; /* read lately from the store; the next one takes the place of */
	size_t version_next;                  /* this one */
};

/** Salts of records that a batch adds and has not yet published. */
struct partition_fresh {
	struct keyring_seed *seeds;
	size_t count;
	size_t capacity;
	struct bytes ids;   /* of the records that they add, in order, 16 bytes each */
	struct table index; /* record id -> seed index << 32 | n; filled when first asked: seeds before `indexed`, */
	size_t indexed;     /* and of that one the first `indexed_within`; */
	size_t indexed_ids; /* in all so many */
	uint32_t indexed_within;
};

/** The states of a few commits, so that another one's costs what differs from the newest known. */
struct partition_states {
	struct partition_state_row {
		struct oid commit; /* none: nothing is known here */
		struct seal_lthash state;
	} rows[PARTITION_STATES]; /* the first two stay: those that the cache beside the repository held, the head's and the one before */
	size_t newest;
};

struct partition_batch {
	struct partition *partition;
	struct git_pack *pack;
	struct partition_fresh fresh;
	struct partition_states states;
	struct partition_natural *natural; /* opened when first needed */
	const struct schema_set *newest;   /* of the sets held; says what the natural keys are */
	struct bytes changes;              /* entries for the journal, sealed */
	struct partition_sealing *sealing; /* one more of them, in the making; NULL: never was */
};

/** Where objects are read from: the batch's pack, then the store. pack may be NULL. */
struct git_reader partition_reader(struct partition *partition, struct git_pack *pack);

/**
 * An epoch of this partition with its key; borrowed from the partition. ERR_RIGHT: we hold no wrap, or no keys; ERR_NOT_FOUND: no such
 * epoch in the roster.
 */
enum err partition_epoch_open(const struct partition_epoch **out, struct partition *partition, uint16_t number,
                              const struct digest *digest, struct err_info *info) MUST_USE;

/** The salt of a record, looked up in the keyring and in what a batch (may be NULL) adds. ERR_RIGHT: not held. */
enum err partition_salt(struct seal_salt *out, struct partition *partition, struct partition_batch *batch,
                        const struct id *id, struct err_info *info) MUST_USE;

/**
 * The edit that added a record, as the keyring or a batch (may be NULL) knows it; none while that edit has no commit yet.
 * ERR_NOT_FOUND: not known
 */
enum err partition_origin(struct oid *out, struct partition *partition, struct partition_batch *batch,
                          const struct id *id, struct err_info *info) MUST_USE;
/**
 * Write one plaintext as a blob under an epoch that is open. Shares nothing, so that another thread may do it.
 * @param out      PARTITION_BLOB_OVERHEAD_BYTES + plaintext.size bytes; how many of them are the blob is returned
 * @param scratch  plaintext.size bytes; holds what must be wiped
 */
size_t partition_blob_write(uint8_t *out, uint8_t *scratch, const struct partition_epoch *epoch,
                            const struct seal_salt *salt, const struct seal_blob_names *names, struct view plaintext);
/** Seal one plaintext as a blob, appended to `out`. Errors of partition_epoch_open(). */
enum err partition_seal(struct bytes *out, struct partition *partition, const struct seal_salt *salt,
                        const struct seal_blob_names *names, struct view plaintext, struct err_info *info) MUST_USE;
/** Open one blob, and give its plaintext; *epoch_out (may be NULL) is the epoch that it is sealed under: the blob says its number, the roster its digest. */
enum err partition_unseal(struct bytes *out, struct merge_epoch *epoch_out, struct partition *partition,
                          const struct seal_salt *salt, const struct id *id, enum seal_role role, struct view blob,
                          struct err_info *info) MUST_USE;

/** Open a commit by a reader. Errors of partition_version_open. */
enum err partition_version_read(struct partition_version *out, struct partition *partition, struct git_reader reader,
                                const struct oid *commit, struct err_info *info) MUST_USE;

/**
 * The same, always from the store, with what its signature is over.
 * @param parts  NULL, or {0}: released by the caller whatever comes
 */
enum err partition_version_read_signed(struct partition_version *out, struct delta_commit_parts *parts,
                                       struct partition *partition, struct git_reader reader, const struct oid *commit,
                                       struct err_info *info) MUST_USE;

/** Digest over the parents' bytes: BLAKE2b-256 over each parent's BLAKE2b-256, in order; of no parent: over nothing. */
enum err partition_parents_digest(struct digest *out, struct git_reader reader, const struct oid *parents, size_t count,
                                  struct err_info *info) MUST_USE;

/** The key that the roster gives the commit's signer at the state that it names; level compared too. ERR_AUTH, ERR_NOT_FOUND. */
enum err partition_signer_key(struct seal_public_key *out, const struct partition *partition,
                              const struct delta_commit_info *commit, struct err_info *info) MUST_USE;

/* --- the state digest (state.c) --- */

/** The file of a tree as the state digest sees it: "records/ID", "conflicts/ID" or "meta/head". */
void partition_state_add(struct seal_lthash *state, const char *directory, const struct id *id, struct view blob);
void partition_state_remove(struct seal_lthash *state, const char *directory, const struct id *id, struct view blob);
/** Carries `state` over from one version's tree to another's. Of `from` only the ids are looked at; {0}: from nothing. */
enum err partition_state_move(struct seal_lthash *state, struct git_reader reader, const struct partition_version *from,
                              const struct partition_version *to, struct err_info *info) MUST_USE;
/** The state of a version: known, or carried over from the newest one known; then it is noted too. Errors of partition_state_move(). */
enum err partition_state_of(struct seal_lthash *out, struct partition_states *states, struct partition *partition,
                            struct git_reader reader, const struct partition_version *version,
                            struct err_info *info) MUST_USE;
/** A commit was made, and this is its state. */
void partition_state_note(struct partition_states *states, const struct oid *commit, const struct seal_lthash *state);
/** The states that the cache beside the repository holds: none where it says anything that is not so. Never an error. */
void partition_state_load(struct partition_states *out, struct partition *partition);
/**
 * Write the cache: the head's state, and that before the signer of the head began to write. Whoever sends the next bundle stood there
 * when he last heard from us. A failure is no error, since it can be rebuilt.
 */
void partition_state_save(struct partition *partition, const struct partition_states *states, const struct oid *head);

#endif
