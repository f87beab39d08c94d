/** One directory of the id tree as git's tree object, read strictly: schema/store-v1.md, "Tree". */
#ifndef GIT_PAGE_H
#define GIT_PAGE_H

#include "git/git.h"

enum {
	PAGE_CHILDREN = 16,
	PAGE_DEPTH_MAX = 2 * ID_BYTES, /* digits of an id */
};

/** One id and its blob. */
struct id_entry {
	struct id id;
	struct oid blob;
};

struct git_page {
	bool is_split;
	size_t count;                                /* ids of a leaf, directories of a split page; at least 1 */
	struct id_entry entries[LIMIT_TREE_IDS_MAX]; /* of a leaf, ascending */
	struct oid children[PAGE_CHILDREN];          /* of a split page, by digit; none: no such directory */
};

/** The digit of an id at a depth (0 to 31). */
unsigned page_digit(const struct id *id, unsigned depth);
/** Set the digit of an id at a depth. */
void page_set_digit(struct id *id, unsigned depth, unsigned digit);

/**
 * Read a tree object.
 * @param tree    untrusted bytes
 * @param prefix  an id that starts with the directory's digits
 * @param depth   how many digits the directory's path has, 0 to 32
 * @return ERR_OK; ERR_FORMAT: any other bytes than those that page_encode_* would write for this directory
 */
enum err page_read(struct git_page *out, struct view tree, const struct id *prefix, unsigned depth,
                   struct err_info *info) MUST_USE;

/** Append the bytes of a leaf: 1 to LIMIT_TREE_IDS_MAX entries, ascending. ERR_NOMEM. */
enum err page_encode_leaf(struct bytes *out, const struct id_entry *entries, size_t count,
                          struct err_info *info) MUST_USE;
/** Append the bytes of a split page; children that are none are left out. ERR_NOMEM. */
enum err page_encode_split(struct bytes *out, const struct oid children[PAGE_CHILDREN], struct err_info *info) MUST_USE;

/** Read the tree object `oid` as a page. Errors of git_reader_get and page_read. */
enum err page_get(struct git_page *out, struct git_reader reader, const struct oid *oid, const struct id *prefix,
                  unsigned depth, struct err_info *info) MUST_USE;

#endif
