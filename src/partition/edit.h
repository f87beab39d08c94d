/** An edit in the making: shared by edit.c (records), correct.c (what it voids) and finish.c (the commit). */
#ifndef PARTITION_EDIT_H
#define PARTITION_EDIT_H

#include "partition/twins.h"

struct partition_edit {
	struct partition_batch *batch;
	struct partition *partition;
	struct delta_commit_info commit; /* its texts lie in `arena` */
	struct arena arena;
	struct partition_version parent;
	struct partition_tree tree;
	const struct schema_set *schemas; /* that it names; NULL: not held */
	bool is_blind;                    /* its rows come as blobs: nothing is opened, nothing follows from anything */
	bool has_seed;
	size_t seed;       /* place in batch->fresh */
	bool has_origin;   /* a received seed is known already: */
	struct oid origin; /* the edit that drew it */
	size_t count;
	struct partition_twins twins;
	/* the row looked at last, so that reading a record and then changing it opens it once */
	bool has_row;
	struct id row_id;
	struct merge_row row;
	struct arena row_arena;
};

/** What was read of an id's row elsewhere, in the tree on which the edit stands. */
struct partition_looked {
	bool is_set;
	struct id id;
	struct partition_blobs blobs;
	struct merge_row row; /* in `arena` */
	struct arena arena;
	struct partition_seen seen;
	struct git_idlist list; /* the directory that it stands in, where the one told before was another; in `arena` */
};

/**
 * The edit need not read that row again; the row lives as long as `looked`, and is asked for before that goes. If it is not what the
 * edit's own tree has, it is passed over. `seen` is taken. Errors of reading.
 */
enum err partition_edit_know(struct partition_edit *edit, struct partition_looked *looked,
                             struct err_info *info) MUST_USE;
/** Forget the row looked at last. */
void partition_edit_forget(struct partition_edit *edit);

/** What the commit of a merge says; its tree and digests are left open. By id the first is the smaller one. */
struct delta_commit_info partition_merge_commit(const struct partition_version *smaller,
                                                const struct partition_version *larger);
/** Put the rows of all records that the edit's words speak of, as its corrections leave them. ERR_FORMAT: a word that may not be said. */
enum err partition_edit_correct(struct partition_edit *edit, struct err_info *info) MUST_USE;
/** The row of a record of the past after this edit adds it again with these writes. Errors of merge_fold_edit, and of reading. */
enum err partition_edit_again(struct merge_row *out, struct arena *arena, struct partition_edit *edit,
                              const struct id *id, struct view kind, const struct delta_writes *writes,
                              struct err_info *info) MUST_USE;

#endif
