/**
 * The tree of a partition: the root {conflicts?, meta, records?}, and the map id -> blob below "records" or "conflicts".
 *
 * The map is a trie over git trees that loads only what is looked at: a part not loaded is an id of 20 bytes. The shape
 * is a pure function of the content: the directory of an id prefix is split into 16 directories, each named by the next
 * hexadecimal digit, if and only if more than LIMIT_TREE_IDS_MAX ids start with the prefix; otherwise it holds the ids
 * themselves, each under its full 32 digits. Readers refuse any other bytes. schema/store-v1.md, "Tree".
 */
#ifndef GIT_TREE_H
#define GIT_TREE_H

#include "git/git.h"
#include "git/pack.h"

struct git_idtree;

/**
 * Open the map below one directory. Nothing is read yet.
 * @param out     freed with git_idtree_free
 * @param reader  what it points at must outlive the tree
 * @param oid     the directory's tree object; NULL or none: an empty map
 */
enum err git_idtree_open(struct git_idtree **out, struct git_reader reader, const struct oid *oid,
                         struct err_info *info) MUST_USE;
void git_idtree_free(struct git_idtree *tree);
/**
 * From now on a directory that another tree has read already is copied from there: of a tree that grows out of another, most are.
 * @param lender  outlives the loan; NULL: it ends. What was changed in it is not borrowed
 */
void git_idtree_borrow(struct git_idtree *tree, const struct git_idtree *lender);

/** This tree stays open: what it reads need not be kept by the store too. */
void git_idtree_stay_open(struct git_idtree *tree);

/** A directory of ids that was read, as one tree tells another of it that is used by another thread. */
struct git_idlist {
	struct oid oid;    /* none: nothing is told */
	struct view items; /* what it holds, in the form that a tree keeps it in */
};
/** The directory in which the id is or would be, as it was read; none if it was not, or was changed since. Borrowed until the tree changes. */
void git_idtree_tell(struct git_idlist *out, const struct git_idtree *tree, const struct id *id);
/** Take over what another tree read of the same directory, if it is still to be read here. Errors of reading those above it. */
enum err git_idtree_know(struct git_idtree *tree, const struct id *id, const struct git_idlist *list,
                         struct err_info *info) MUST_USE;

/** The blob of an id. ERR_NOT_FOUND; ERR_FORMAT: a directory has another form; errors of git_reader_get. */
enum err git_idtree_get(struct oid *blob_out, struct git_idtree *tree, const struct id *id,
                        struct err_info *info) MUST_USE;
/** Set or replace. In memory only, until git_idtree_write. ERR_NOMEM and the errors of reading. */
enum err git_idtree_put(struct git_idtree *tree, const struct id *id, const struct oid *blob,
                        struct err_info *info) MUST_USE;
/** ERR_NOT_FOUND: the id is not there; and the errors of reading. */
enum err git_idtree_remove(struct git_idtree *tree, const struct id *id, struct err_info *info) MUST_USE;

/**
 * Bring the changed directories into shape and add their tree objects to the pack.
 * @param oid_out  the directory's tree object; none if the map is empty
 * @return ERR_OK; errors of reading and of git_pack_add
 */
enum err git_idtree_write(struct oid *oid_out, struct git_idtree *tree, struct git_pack *pack,
                          struct err_info *info) MUST_USE;

/**
 * The one id that starts with these hexadecimal digits (lower case, 1 to 32).
 * @return ERR_OK; ERR_NOT_FOUND: none; ERR_EXISTS: more than one; ERR_FORMAT: not hexadecimal; errors of reading
 */
enum err git_idtree_find_prefix(struct id *out, struct git_idtree *tree, struct view digits,
                                struct err_info *info) MUST_USE;

/** Told of one id; an error returned ends the walk. */
typedef enum err (*git_idtree_visit)(void *context, const struct id *id, const struct oid *blob, struct err_info *info);

/**
 * Visit the ids whose first bits are those of `prefix`, in id order. What is read stays loaded.
 * @param bits  1 to 64
 * @return ERR_OK; what the visit returned; errors of reading
 */
enum err git_idtree_prefix(struct git_idtree *tree, const struct id *prefix, unsigned bits, git_idtree_visit visit,
                           void *context, struct err_info *info) MUST_USE;
/** About how many ids there are, from the one directory in which the id is or would be. Errors of reading. */
enum err git_idtree_estimate(size_t *out, struct git_idtree *tree, const struct id *id, struct err_info *info) MUST_USE;

/** How many ids there are; reads every directory not loaded, keeps none. */
enum err git_idtree_count(size_t *out, struct git_idtree *tree, struct err_info *info) MUST_USE;

/** Visit all ids below a tree object (NULL or none: empty) in id order. What the visit returned; errors of reading. */
enum err git_idtree_each(struct git_reader reader, const struct oid *oid, git_idtree_visit visit, void *context,
                         struct err_info *info) MUST_USE;

/** Told of one id that differs; `old` or `new_value` is NULL where it is not there. An error returned ends the walk. */
typedef enum err (*git_idtree_difference)(void *context, const struct id *id, const struct oid *old,
                                          const struct oid *new_value, struct err_info *info);

/**
 * Tell every difference between two maps in id order. Equal directories are skipped unread: the cost is proportional to
 * the changes, also where one side is split and the other is not.
 * @param a  a tree object; NULL or none: empty
 * @param b  the same
 * @return ERR_OK; what the callback returned; errors of reading
 */
enum err git_idtree_diff(struct git_reader reader, const struct oid *a, const struct oid *b, git_idtree_difference tell,
                         void *context, struct err_info *info) MUST_USE;

/**
 * Read a whole map and check its shape (each directory rightly split or not, as many ids as it must have).
 * @param count_out  ids in it; may be NULL
 * @return ERR_OK; ERR_FORMAT: another shape; errors of reading. Blobs are not looked at.
 */
enum err git_idtree_check(size_t *count_out, struct git_reader reader, const struct oid *oid,
                          struct err_info *info) MUST_USE;

/** The root tree: meta always, the other two if not empty (else none). */
struct git_root {
	struct oid conflicts;
	struct oid meta;
	struct oid records;
};

/** ERR_FORMAT: anything but {conflicts?, meta, records?}, each a directory; errors of git_reader_get. */
enum err git_root_read(struct git_root *out, struct git_reader reader, const struct oid *oid,
                       struct err_info *info) MUST_USE;
/** The same from the object's bytes. ERR_FORMAT. */
enum err git_root_parse(struct git_root *out, struct view object, struct err_info *info) MUST_USE;
enum err git_root_write(struct oid *oid_out, struct git_pack *pack, const struct git_root *root,
                        struct err_info *info) MUST_USE;
/** The bytes of a root tree, appended: for who needs an id without a pack. */
enum err git_root_encode(struct bytes *out, const struct git_root *root, struct err_info *info) MUST_USE;
/** The text of meta/head, copied. ERR_FORMAT: the tree has anything but the one entry "head". */
enum err git_meta_read(struct bytes *out, struct git_reader reader, const struct oid *meta,
                       struct err_info *info) MUST_USE;
/** Add the text as a blob, and the tree "meta" with it as its single entry "head". */
enum err git_meta_write(struct oid *oid_out, struct git_pack *pack, struct view text, struct err_info *info) MUST_USE;
/** The bytes of the tree "meta", appended. */
enum err git_meta_encode(struct bytes *out, const struct oid *head, struct err_info *info) MUST_USE;

#endif
