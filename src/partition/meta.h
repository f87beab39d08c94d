/** The one file of a tree's `meta/`: which schema set, merge rules and key epoch the tree is written under. schema/store-v1.md. */
#ifndef PARTITION_META_H
#define PARTITION_META_H

#include "delta/commit.h"

/** Append the text of `meta/head` that belongs to this commit: a pure function of its trailers. ERR_NOMEM. */
enum err partition_meta_write(struct bytes *out, const struct delta_commit_info *commit,
                              struct err_info *info) MUST_USE;

#endif
