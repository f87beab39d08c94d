/**
 * A merge at work: shared by merge.c (the new tree and its commit), merging.c (what each side wrote), merge_both.c (the records that
 * both wrote) and merge_check.c (a merge held against its parents, without keys).
 */
#ifndef PARTITION_MERGING_H
#define PARTITION_MERGING_H

#include "git/history.h"
#include "partition/edit.h"
#include "partition/twins.h"

enum {
	MERGE_SIDES = 2
};

/* One parent and what only it reaches. */
struct merge_parent {
	struct partition_version version;
	struct git_oids commits; /* parents first */
	size_t edit_count;
};

struct merging {
	struct partition_batch *batch;
	struct partition_source source;
	struct git_history *history;
	struct merge_parent parents[MERGE_SIDES]; /* ascending by id */
	struct table touched;                     /* id -> bits 1, 2: which sides wrote it */
	struct partition_tree tree;
	struct partition_twins twins;
	struct arena arena;
	unsigned side; /* of the walk at hand */
};

void partition_merging_release(struct merging *merging);
/** Fill history and parents. Errors of partition_version_read() and git_history_between(). */
enum err partition_merging_open(struct merging *merging, const struct oid *a, const struct oid *b,
                                struct err_info *info) MUST_USE;
/** Mark in `touched` what the edits of one side alone wrote, and what their corrections speak of. */
enum err partition_merging_touch(struct merging *merging, size_t side, struct err_info *info) MUST_USE;
/** Join or fold every record that both sides wrote into the new tree. ERR_RIGHT, ERR_STATE: it lacks a key, a salt, a schema set. */
enum err partition_merging_both(struct merging *merging, struct err_info *info) MUST_USE;

#endif
