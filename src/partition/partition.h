/**
 * A partition: the records that one office owns, as one bare git repository with a `keyring` beside its objects. Here
 * records become encrypted blobs and a tree, edits become signed commits, and a commit that came from outside is
 * recomputed and verified strictly before it counts.
 *
 * Invariants: salts are durable before the pack that needs them, the pack before the ref; refs/heads/main moves once per
 * publication, by compare-and-swap, under the partition's lock. No cache holds plaintext or a natural key.
 * It decides nothing about rights: that is authority's; what a row becomes is merge's.
 * Source: schema/store-v1.md, schema/commit-v1.md, schema/keyring-v1.md.
 */
#ifndef PARTITION_PARTITION_H
#define PARTITION_PARTITION_H

#include "base/env.h"
#include "base/fs.h"
#include "base/ids.h"
#include "delta/commit.h"
#include "git/git.h"
#include "merge/merge.h"

struct keyring;
struct keyring_rehearsal;
struct partition_recent;
struct roster;
struct schema_set;
struct seal_node_key;
struct seal_sshsig;
struct partition_natural;

/** What a partition needs from its node; borrowed, outlives the partition. */
struct partition_world {
	const struct roster *roster;
	const struct seal_node_key *keys; /* NULL: without the right to read (an auditor's copy) */
	struct env env;
	/** The schema set of this version and digest, borrowed; NULL: not held. */
	const struct schema_set *(*find_schema_set)(void *context, uint32_t version, const struct digest *digest);
	/** Before a head moves: ERR_OK if every answer was one, else what kept it from being; NULL: they always are. */
	enum err (*check)(void *context, struct err_info *info);
	void *context;
	struct keyring_rehearsal *rehearsal; /* a dry run: nothing is written, wraps go there; NULL: none */
	struct partition_recent
		*recent; /* records sealed and edits made in this run, for it to ask; NULL: none are kept */
};

struct partition;

/** Lay down an empty repository at `path` (partitions/NODE.git), durably. ERR_EXISTS, ERR_IO. */
enum err partition_create(const char *path, const struct id *id, struct err_info *info) MUST_USE;
/** Open. `owner` is the node that owns it. ERR_NOT_FOUND, ERR_IO, ERR_VERSION. */
enum err partition_open(struct partition **out, const char *path, const struct id *id, const struct node_code *owner,
                        const struct partition_world *world, struct err_info *info) MUST_USE;
/** Open it a second time, for another thread to read what is there now: nothing is shared but the world. Errors as above. */
enum err partition_open_again(struct partition **out, const struct partition *partition,
                              struct err_info *info) MUST_USE;
void partition_free(struct partition *partition);

const struct id *partition_id(const struct partition *partition);
const struct node_code *partition_owner(const struct partition *partition);
const char *partition_path(const struct partition *partition);
struct git_store *partition_store(struct partition *partition);
struct keyring *partition_keyring(struct partition *partition);
const struct partition_world *partition_world_of(const struct partition *partition);

/** Take the writer's lock, waiting up to wait_seconds, and clean up what a killed run left. ERR_LOCKED, ERR_IO. */
enum err partition_lock(struct partition *partition, int wait_seconds, struct err_info *info) MUST_USE;
void partition_unlock(struct partition *partition);

/** The head's commit id; all zero when the partition has no commit yet. ERR_IO. */
enum err partition_head(struct partition *partition, struct oid *out, struct err_info *info) MUST_USE;

/** One commit, opened: its fields and the three parts of its tree. */
struct partition_version {
	struct oid commit; /* none: the empty beginning, before the root commit */
	struct delta_commit_info info;
	struct bytes text; /* the commit's bytes; info's views point into it */
	struct oid records;
	struct oid conflicts;
	struct oid meta;
};

/**
 * Open a commit: parse it strictly and read its root tree. ERR_NOT_FOUND; ERR_FORMAT, ERR_AUTH: not canonical.
 * Release with partition_version_release.
 */
enum err partition_version_open(struct partition_version *out, struct partition *partition, const struct oid *commit,
                                struct err_info *info) MUST_USE;
void partition_version_release(struct partition_version *version);

/**
 * Find a commit by a name a person types: `head`, 6 or more hexadecimal digits of a commit id, `~N` edits back along the
 * first parents, or a day YYYY-MM-DD (the newest commit up to its end, +08:00). ERR_NOT_FOUND, ERR_FORMAT.
 */
enum err partition_resolve(struct oid *out, struct partition *partition, const char *name,
                           struct err_info *info) MUST_USE;

/* --- reading --- */

/** The plaintext of a record. ERR_NOT_FOUND; ERR_RIGHT: no key or no salt; ERR_AUTH: the blob does not open. */
enum err partition_get(struct bytes *out, struct partition *partition, const struct partition_version *version,
                       const struct id *id, struct err_info *info) MUST_USE;
/** The one record whose id starts with these 6 to 32 hexadecimal digits. ERR_NOT_FOUND, ERR_FORMAT, ERR_USAGE (several). */
enum err partition_find(struct id *out, struct partition *partition, const struct partition_version *version,
                        struct view prefix, struct err_info *info) MUST_USE;

/** The same among the ids that have conflict entries: also those of which there is no record. */
enum err partition_find_conflict(struct id *out, struct partition *partition, const struct partition_version *version,
                                 struct view prefix, struct err_info *info) MUST_USE;

/** Told of one record; plaintext is borrowed for the call. Anything but ERR_OK ends the walk and is passed on. */
typedef enum err (*partition_visit)(void *context, const struct id *id, struct view plaintext, struct err_info *info);

/** Every record in id order. A record that does not open ends the walk with its error, the id named. */
enum err partition_each(struct partition *partition, const struct partition_version *version, partition_visit visit,
                        void *context, struct err_info *info) MUST_USE;

/** What a version's tree holds of an id, in `arena`; empty where there is nothing. Errors of partition_get but ERR_NOT_FOUND. */
enum err partition_row(struct merge_row *out, struct arena *arena, struct partition *partition,
                       const struct partition_version *version, const struct id *id, struct err_info *info) MUST_USE;
/** Told of one id that has conflict entries; the row is borrowed for the call. */
typedef enum err (*partition_visit_row)(void *context, const struct id *id, const struct merge_row *row,
                                        struct err_info *info);
/** Every id that has conflict entries, in id order. */
enum err partition_each_conflict(struct partition *partition, const struct partition_version *version,
                                 partition_visit_row visit, void *context, struct err_info *info) MUST_USE;

/** Told of one record that differs; either plaintext view may be empty (added, removed). */
typedef enum err (*partition_visit_change)(void *context, const struct id *id, struct view old_plaintext,
                                           struct view new_plaintext, struct err_info *info);

/** Every record that differs between two versions (`old` may be NULL: nothing before). O(changes). */
enum err partition_diff(struct partition *partition, const struct partition_version *old,
                        const struct partition_version *new, partition_visit_change visit, void *context,
                        struct err_info *info) MUST_USE;

/** A record whose row differs between two versions. */
struct partition_touch {
	struct id id;
	struct oid before[2]; /* blobs of the record and of its entries; none where there is none */
	struct oid after[2];
	struct view text[2]; /* of the record before and after, where it need not be opened; else empty */
	struct view
		shelf; /* ids of the records before that share its first bits, ascending; empty: not known, or told with the one before */
	size_t order; /* among touches of one id that are not yet united */
};

struct partition_touches {
	struct partition_touch *items; /* by id */
	size_t count;
	size_t capacity;
	unsigned shelf_bits; /* 0: no shelves */
	struct arena texts;  /* what texts and shelves point into */
};

/**
 * Every row that differs between two commits, if the journal of changes leads from one to the other: down to a commit below both,
 * and up again. `from` may be none.
 * @param out  empty; released by the caller whatever comes; what it borrows from the world's `recent` lives as long as that
 * @return false: it does not, or that would be much at once; then they are found by partition_diff() and the like
 */
bool partition_changes_between(struct partition_touches *out, struct partition *partition, const struct oid *from,
                               const struct oid *to) MUST_USE;
void partition_touches_release(struct partition_touches *touches);
/** Remove the journal of changes: it can be done without. ERR_IO. */
enum err partition_changes_forget(struct partition *partition, struct err_info *info) MUST_USE;

/** Read and open one record by its blob's id. Errors of reading and of partition_get. */
enum err partition_open_record(struct bytes *out, struct partition *partition, const struct id *id,
                               const struct oid *blob, struct err_info *info) MUST_USE;
/** Open one record blob of this partition. Same errors as partition_get. */
enum err partition_open_blob(struct bytes *out, struct partition *partition, const struct id *id, struct view blob,
                             struct err_info *info) MUST_USE;

/* --- writing: a batch of commits, published once --- */

/** Commits being made on top of what the store holds, in one pack that is not yet visible. Publishing needs the lock. */
struct partition_batch;

enum err partition_batch_new(struct partition_batch **out, struct partition *partition, struct err_info *info) MUST_USE;
/** Drops what was not published. */
void partition_batch_free(struct partition_batch *batch);
/** Open a commit of the store or of this batch. Errors of partition_version_open. */
enum err partition_batch_version(struct partition_version *out, struct partition_batch *batch, const struct oid *commit,
                                 struct err_info *info) MUST_USE;
/**
 * The natural keys at a commit of the store or of this batch, kept up to date by the edits and merges that the batch makes on
 * top of it. Borrowed from the batch. Errors of partition_natural_move.
 */
enum err partition_batch_natural(struct partition_natural **out, struct partition_batch *batch, const struct oid *at,
                                 struct err_info *info) MUST_USE;
/** Where this batch reads objects from: its own pack first, then the store. Borrows from the batch. */
struct git_reader partition_batch_reader(const struct partition_batch *batch);
/** A register of a record of the store or of a batch. */
struct partition_register {
	struct partition *partition;
	struct partition_batch *batch; /* may be NULL */
	const struct id *record;
	const struct record_path *path;
};

/**
 * A register as a correction names it: record_path_name().
 * @param digest_out  holds what out->key points at. ERR_RIGHT: the record's salt is not held; ERR_FORMAT
 */
enum err partition_register_name(struct record_path *out, struct id *digest_out, const struct partition_register *what,
                                 struct err_info *info) MUST_USE;
/** Keep the salts that came with the batch's edits, of which nothing is new; those that are held are passed over. ERR_IO, ERR_NOMEM. */
enum err partition_batch_keep_salts(struct partition_batch *batch, struct err_info *info) MUST_USE;
/** Salts, pack, ref: durable and visible afterwards, compacted. ERR_STALE: the head is not `old`; ERR_IO. */
enum err partition_batch_publish(struct partition_batch *batch, const struct oid *old, const struct oid *new_head,
                                 struct err_info *info) MUST_USE;
/** The same, but the commits are kept under refs/waiting/NODE and the head stays where it is. */
enum err partition_batch_keep_waiting(struct partition_batch *batch, const struct node_code *from,
                                      const struct oid *commit, struct err_info *info) MUST_USE;

/** What an edit says beside its records; parents, digests and tree are computed. Views borrowed until the edit ends. */
struct partition_edit_terms {
	struct oid parent; /* none: the root commit */
	struct node_code node;
	uint8_t level;
	int64_t time;
	uint32_t schema_version;
	struct digest schema_digest;
	uint32_t rules;
	uint32_t epoch;
	struct digest epoch_digest;
	const struct delta_roster_reference *roster;
	size_t roster_count;
	struct view operator_name;
	struct view reason;
	struct view voids; /* of a correction; else empty */
	bool is_blind;     /* received by who may not read: all that it does comes as blobs */
};

struct partition_edit;

/** Start an edit on its parent (of the store or of this batch). One edit of a batch is open at a time. */
enum err partition_edit_begin(struct partition_edit **out, struct partition_batch *batch,
                              const struct partition_edit_terms *terms, struct err_info *info) MUST_USE;
void partition_edit_free(struct partition_edit *edit);
/** Fix the seed that gives the added records their salts and ids (a received edit); else one is drawn at the first add. */
enum err partition_edit_seed(struct partition_edit *edit, const uint8_t seed[DIGEST_BYTES],
                             struct err_info *info) MUST_USE;
/** The id that the next add will give; draws the seed if there is none. */
enum err partition_edit_next_id(struct partition_edit *edit, struct id *out, struct err_info *info) MUST_USE;
/** What one edit does to one record. */
struct partition_change {
	struct id id;                      /* of an added record: set by the call */
	struct view kind;                  /* name; may be empty where the record is there */
	const struct delta_writes *writes; /* untrusted: refused unless exactly what the two rows say */
	const struct record *whole;        /* of an added record instead: it was made and checked here; borrowed */
	/* set by the call, in the arena or borrowed from the edit until its next call */
	struct merge_row before;
	struct merge_row after;
};

/**
 * Add a record: the writes begin with its existence. ERR_FORMAT, ERR_TOO_BIG. One given whole that would break a rule of its
 * kind is not added: ERR_RULE, and no text is set.
 */
enum err partition_edit_add(struct partition_edit *edit, struct partition_change *change, struct arena *arena,
                            struct err_info *info) MUST_USE;
/**
 * Change, remove or bring back a record, or settle its entries. At most once per record and edit.
 * ERR_FORMAT: no changeset for this record; ERR_TOO_BIG; ERR_RIGHT: no key or no salt; ERR_STATE: a schema set is missing
 */
enum err partition_edit_change(struct partition_edit *edit, struct partition_change *change, struct arena *arena,
                               struct err_info *info) MUST_USE;
/**
 * Put a blob as it is (an opaque row): the sender or we cannot open it. An empty one takes entries away, and in a blind edit
 * a record. ERR_FORMAT: no blob has this size.
 */
enum err partition_edit_put_blob(struct partition_edit *edit, const struct id *id, bool is_entries, struct view blob,
                                 struct err_info *info) MUST_USE;
/** What the tree holds of an id as it is now, borrowed until the next call on this edit; empty where there is nothing. */
enum err partition_edit_row(const struct merge_row **out, struct partition_edit *edit, const struct id *id,
                            struct err_info *info) MUST_USE;
/** The plaintext of a record as this edit holds it. Errors of partition_get. */
enum err partition_edit_get(struct bytes *out, struct partition_edit *edit, const struct id *id,
                            struct err_info *info) MUST_USE;
/** How many records this edit has added, changed and removed so far. */
size_t partition_edit_count(const struct partition_edit *edit);

/**
 * Start a merge whose result is told, for who cannot make it: its rows, relative to the parent with the smaller id, are put as blobs.
 * Whether it is what the parents give is not looked at here: partition_merge_check(). Freed with partition_edit_free().
 */
enum err partition_edit_begin_merge(struct partition_edit **out, struct partition_batch *batch, const struct oid *a,
                                    const struct oid *b, struct err_info *info) MUST_USE;
/** The end of it: tree, digests, the unsigned commit. */
enum err partition_edit_finish_merge(struct partition_edit *edit, struct oid *out, struct err_info *info) MUST_USE;

/** Finish: tree, digests, commit, signed with our key. The edit is used up but still to be freed. */
enum err partition_edit_sign(struct partition_edit *edit, const struct seal_node_key *keys, struct oid *out,
                             struct err_info *info) MUST_USE;
/**
 * Finish a received edit: recompute everything and check the signature over it with the key that the roster gives the
 * signer at the roster state that the edit names. ERR_AUTH: recomputed wrongly, forged, or a node that the roster does not know.
 */
enum err partition_edit_verify(struct partition_edit *edit, const uint8_t signature[64], struct oid *out,
                               struct err_info *info) MUST_USE;

/* --- verifying what lies in the store --- */

struct roster_version;
/** The roster state that a commit names. */
void partition_roster_version(struct roster_version *out, const struct delta_commit_info *commit);

/**
 * Verifies commits one after the other, each against what it says itself; the order is the caller's. Keeps the state of
 * the commit verified last, so that neighbours cost what differs between them. A third of the work is the signature's curve, which
 * a second thread does where there are two processors. Needs no key.
 */
struct partition_verifier;

enum err partition_verifier_new(struct partition_verifier **out, struct partition *partition,
                                struct err_info *info) MUST_USE;
void partition_verifier_free(struct partition_verifier *verifier);
/** Room to begin one more? If not, end one first. */
bool partition_verifier_has_room(const struct partition_verifier *verifier);
/** Whether one was begun and not ended. */
bool partition_verifier_is_busy(const struct partition_verifier *verifier);
/** Read a commit, and have its signature verified beside us while others are begun. There must be room. */
void partition_verifier_begin(struct partition_verifier *verifier, const struct oid *commit);
/**
 * The verdict on the commit begun first: canonical form, meta, parents digest, state digest, and the signature of an edit by the
 * key that the roster gives its signer at the state that it names. There must be one.
 *
 * @param out  may be NULL; the commit opened, released by the caller
 * @return ERR_OK; ERR_AUTH, ERR_FORMAT, ERR_NOT_FOUND with the commit named; ERR_IO; ERR_NOMEM
 */
enum err partition_verifier_end(struct partition_verifier *verifier, struct oid *commit_out,
                                struct partition_version *out, struct err_info *info) MUST_USE;

#endif
