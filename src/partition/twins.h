/** Which records are twins, kept up to date while a tree is changed. schema/entry-v1.md, `twin`. Internal to partition. */
#ifndef PARTITION_TWINS_H
#define PARTITION_TWINS_H

#include "partition/row.h"

/** The rows that were replaced in one tree, as far as twins depend on them. {0}: none. */
struct partition_twins {
	struct bytes ids; /* 16 bytes each: records whose sight changed, or which had twins */
	bool is_started;  /* the index of natural keys stands at the tree's start */
};

void partition_twins_release(struct partition_twins *twins);

/**
 * A row gave way to another one in a tree that started from `start` (none: from nothing).
 * @return ERR_OK; errors of the index of natural keys
 */
enum err partition_twins_note(struct partition_twins *twins, struct partition_batch *batch, const struct oid *start,
                              const struct id *id, const struct merge_row *before, const struct merge_row *after,
                              struct err_info *info) MUST_USE;
/** All rows are in the tree: bring the twin entries of the noted records, and of those that they meet, into line. */
enum err partition_twins_apply(struct partition_twins *twins, struct partition_tree *tree,
                               struct err_info *info) MUST_USE;

#endif
