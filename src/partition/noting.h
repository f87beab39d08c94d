/**
 * What an edit changes, noted while its tree is made, so that nobody has to find it out from two trees afterwards. A note is never
 * an error: past its limits, or without memory, nothing is kept of the edit (schema/store-v1.md, "Changes").
 */
#ifndef PARTITION_NOTING_H
#define PARTITION_NOTING_H

#include "partition/derive.h"
#include "partition/journal.h"

struct partition_blobs;
struct git_idtree;
struct record;

/** {0}: nothing is noted. */
struct partition_noting {
	struct partition_touches touches;
	struct view text; /* of the record that is put next */
	size_t size;      /* of all texts */
	bool is_on;
};

/** Give up: what was noted is no whole edit. */
void partition_noting_stop(struct partition_noting *noting);
/** The plaintext of the record that the next put is about; copied. */
void partition_noting_text(struct partition_noting *noting, struct view plaintext);
/** The blobs of an id were replaced. */
void partition_noting_put(struct partition_noting *noting, const struct id *id, const struct partition_blobs *before,
                          const struct partition_blobs *after);
/** What the last put is known by; the blob that it brings is told later (with `after` none till then). */
size_t partition_noting_last(const struct partition_noting *noting);
void partition_noting_placed(struct partition_noting *noting, size_t note, const struct oid *blob);
/** The record that the last put replaced: `id` must be its id. */
void partition_noting_before(struct partition_noting *noting, const struct id *id, const struct record *record);
/**
 * No more is noted: one touch an id, ascending, with its shelf; those that came to nothing are left out. NULL: nothing is kept.
 * @param records  the tree as it is now; NULL: without shelves
 */
const struct partition_touches *partition_noting_end(struct partition_noting *noting, struct git_idtree *records);

#endif
