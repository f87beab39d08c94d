/**
 * Natural keys of a partition's records: which live records of one commit have this key. A cache beside the repository,
 * of keyed hashes only ("tiersync-keys", schema/store-v1.md), so that nobody reads all records to find one. It may be
 * deleted at any time, and is made anew when it is damaged, of another schema, or of a commit that is not here.
 *
 * It stands at one commit. partition_natural_move takes it to any other, forward, back or across, in time proportional to
 * what differs. While an edit is made, partition_natural_note tells it of each record written; then either the edit became
 * a commit (partition_natural_settle) or it did not (partition_natural_undo). Nothing reaches the disk before
 * partition_natural_save.
 *
 * It decides nothing: that two records have one key is for its caller to judge.
 */
#ifndef PARTITION_NATURAL_H
#define PARTITION_NATURAL_H

#include "partition/partition.h"
#include "record/key.h"

struct partition_natural;

/**
 * Open at whatever commit the cache stands; move it before asking.
 *
 * @param out        freed with partition_natural_free
 * @param batch      whose commits and salts it sees too; NULL: the store's alone. Borrowed, outlives it
 * @param schemas    says what the keys are: the newest set held. Borrowed
 * @return ERR_OK; ERR_RIGHT: no keys, records cannot be read here; ERR_NOMEM
 */
enum err partition_natural_open(struct partition_natural **out, struct partition *partition,
                                struct partition_batch *batch, const struct schema_set *schemas,
                                struct err_info *info) MUST_USE;
void partition_natural_free(struct partition_natural *natural);

/**
 * Go to a commit of the store or the batch (none: before the root commit). What was noted and not settled is undone.
 * Records that cannot be opened for want of a salt or an epoch key have no key here.
 * @return ERR_OK; errors of partition_version_open; ERR_AUTH, ERR_FORMAT: a record's blob is not what it should be; ERR_IO
 */
enum err partition_natural_move(struct partition_natural *natural, const struct oid *commit,
                                struct err_info *info) MUST_USE;

/**
 * The ids of the live records with this key (record_natural_key), appended to `ids`, 16 bytes each, ascending; those noted
 * included. Errors as above.
 */
enum err partition_natural_find(struct bytes *ids, struct partition_natural *natural, struct view key,
                                struct err_info *info) MUST_USE;

/**
 * A record was written: `old` gave way to `record`; either may be NULL (added, removed). A kind that the set does not know
 * has no key.
 * @param is_met_out  whether another live record has the key of `record` now
 * Errors as above.
 */
enum err partition_natural_note(bool *is_met_out, struct partition_natural *natural, const struct id *id,
                                const struct record *old, const struct record *record, struct err_info *info) MUST_USE;
/** What was noted became this commit. */
void partition_natural_settle(struct partition_natural *natural, const struct oid *commit);
/** Forget what was noted since the last move or settle. Errors as above. */
enum err partition_natural_undo(struct partition_natural *natural, struct err_info *info) MUST_USE;

/** The commit where it stands. */
const struct oid *partition_natural_commit(const struct partition_natural *natural);

/** Write the cache, if it stands elsewhere than the files do. Only at a commit of the store. Failures are passed over. */
void partition_natural_save(struct partition_natural *natural);

#endif
