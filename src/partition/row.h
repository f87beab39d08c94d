/**
 * Rows: what a tree holds for one record id, opened; and a tree in the making, whose rows are replaced one by one while the
 * state digest follows. Shared by edits (edit.c) and merges (merge.c). schema/store-v1.md, schema/entry-v1.md.
 */
#ifndef PARTITION_ROW_H
#define PARTITION_ROW_H

#include "merge/merge.h"
#include "partition/internal.h"
#include "partition/noting.h"

/** The two blobs of an id; none where there is none. */
struct partition_blobs {
	struct oid record;
	struct oid entries;
};

bool partition_blobs_equal(const struct partition_blobs *a, const struct partition_blobs *b);
/** The blobs of an id in two maps. Errors of reading. */
enum err partition_blobs_find(struct partition_blobs *out, struct git_idtree *records, struct git_idtree *conflicts,
                              const struct id *id, struct err_info *info) MUST_USE;

/** Where rows are opened: salts come from the keyring and from what a batch (may be NULL) adds. */
struct partition_source {
	struct partition *partition;
	struct partition_batch *batch;
	struct git_reader reader;
};

/**
 * Open both blobs of an id.
 * @param out  in `arena`, which holds the plaintexts too
 * @return ERR_OK; ERR_RIGHT: no key or no salt; ERR_AUTH: a blob does not open; ERR_FORMAT; ERR_IO; ERR_NOMEM
 */
enum err partition_row_open(struct merge_row *out, struct arena *arena, const struct partition_source *source,
                            const struct id *id, const struct partition_blobs *blobs, struct err_info *info) MUST_USE;

/** What was read of the row looked at last: who puts another in its place reads neither blob nor salt again. {0}: nothing. */
struct partition_seen {
	bool is_set;
	struct id id;
	struct seal_salt salt;
	struct oid record; /* none: it had no record */
	struct bytes blob; /* of the record */
};

/** The same, and what was read for it; *seen is forgotten first, and after an error. */
enum err partition_row_see(struct merge_row *out, struct arena *arena, const struct partition_source *source,
                           const struct id *id, const struct partition_blobs *blobs, struct partition_seen *seen,
                           struct err_info *info) MUST_USE;
/** Wipes it; `blob` stays to be used again, and is released by its owner. */
void partition_seen_forget(struct partition_seen *seen);

/** Make a row stand on its own memory, in `arena`. ERR_NOMEM; ERR_TOO_BIG. */
enum err partition_row_copy(struct merge_row *row, struct arena *arena, struct err_info *info) MUST_USE;

/** A tree that is being changed. The reader must see the pack. */
struct partition_tree {
	struct partition_source source;
	struct git_pack *pack;
	struct git_idtree *records;
	struct git_idtree *conflicts;
	struct seal_lthash state;
	size_t size_max;                 /* of a record's plaintext */
	size_t changed;                  /* rows replaced */
	size_t sealed;                   /* records */
	struct partition_sealer *sealer; /* NULL: sealed here, one after the other */
	bool is_sealed_here;             /* no other is to be made */
	struct partition_seen seen;
	struct partition_noting noting; /* of an edit or a merge; else off */
	struct partition_blobs placed;  /* what a row has been given, while it is put */
	struct bytes blob;
	struct bytes plaintext;
};

/** Start from a version's tree and state. Released with partition_tree_release, whatever the outcome. */
enum err partition_tree_open(struct partition_tree *out, const struct partition_source *source, struct git_pack *pack,
                             const struct partition_version *version, const struct seal_lthash *state,
                             struct err_info *info) MUST_USE;
void partition_tree_release(struct partition_tree *tree);

/** The blobs of an id in the tree as it is now. Errors of reading. */
enum err partition_tree_find(struct partition_blobs *out, struct partition_tree *tree, const struct id *id,
                             struct err_info *info) MUST_USE;
/** The row of an id in the tree as it is now, opened. As partition_row_open(), and errors of reading. */
enum err partition_tree_row(struct merge_row *out, struct arena *arena, struct partition_tree *tree,
                            const struct id *id, struct err_info *info) MUST_USE;
/** Replace the blobs of an id by others that the store or the pack holds. Errors of reading. */
enum err partition_tree_place(struct partition_tree *tree, const struct id *id, const struct partition_blobs *blobs,
                              struct err_info *info) MUST_USE;
/** Seal a row and put it into the tree; an empty one takes the id away. ERR_TOO_BIG; ERR_RIGHT: no key or no salt. */
enum err partition_tree_put(struct partition_tree *tree, const struct id *id, const struct merge_row *row,
                            struct err_info *info) MUST_USE;
/** The same for a new record, whose salt is at hand and which is nowhere yet. */
enum err partition_tree_add(struct partition_tree *tree, const struct id *id, const struct seal_salt *salt,
                            const struct merge_row *row, struct err_info *info) MUST_USE;
/** Put a blob as it is (an opaque row), as record or as entries; an empty one takes it away. */
enum err partition_tree_put_blob(struct partition_tree *tree, const struct id *id, enum seal_role role,
                                 struct view blob, struct err_info *info) MUST_USE;

/**
 * Write the changed directories, `meta` and the root, and fill in the commit's tree, parents digest and state digest.
 * @param start  the version from which the tree started: its meta is looked at
 */
enum err partition_tree_finish(struct partition_tree *tree, const struct partition_version *start,
                               struct delta_commit_info *commit, struct err_info *info) MUST_USE;

#endif
