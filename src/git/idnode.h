/** One directory of an id tree in memory: not loaded (an id of 20 bytes), a list of ids, or 16 directories. Internal to git. */
#ifndef GIT_IDNODE_H
#define GIT_IDNODE_H

#include "git/tree.h"

enum {
	GIT_IDNODE_CHILDREN = 16
};

struct git_identry {
	struct id id;
	struct oid blob;
};

struct git_idnode {
	struct oid oid; /* its tree object, unless it is dirty */
	bool is_loaded;
	bool is_dirty;
	bool is_split;
	bool has_shrunk;             /* an id below it was removed: it may have to become a list again */
	struct git_identry *entries; /* by id; a list */
	size_t count;
	size_t capacity;
	struct git_idnode **children; /* 16; a split one */
};

struct git_idnode *git_idnode_new(void);
struct git_idnode *git_idnode_stored(const struct oid *oid);
void git_idnode_free(struct git_idnode *node);
/** Drop what was loaded of a clean node, keep its id. NULL is fine. */
void git_idnode_forget(struct git_idnode *node);

/** The digit of an id at a depth, 0 to 15. */
unsigned git_idnode_digit(const struct id *id, unsigned depth);
void git_idnode_set_digit(struct id *id, unsigned depth, unsigned digit);

/** Read its tree object. `prefix` holds the digits above it. Strict: ERR_FORMAT for any other bytes than ours. */
enum err git_idnode_load(struct git_idnode *node, struct git_reader reader, const struct id *prefix, unsigned depth,
                         struct err_info *info) MUST_USE;
/** The same, for who keeps the node: git_reader_get_once(). */
enum err git_idnode_load_once(struct git_idnode *node, struct git_reader reader, const struct id *prefix,
                              unsigned depth, struct err_info *info) MUST_USE;
/** The same from a clean, loaded node of the same tree object at the same place. ERR_NOMEM. */
enum err git_idnode_copy(struct git_idnode *node, const struct git_idnode *of, struct err_info *info) MUST_USE;
const struct git_identry *git_idnode_find(const struct git_idnode *node, const struct id *id);
enum err git_idnode_insert(struct git_idnode *node, const struct id *id, const struct oid *blob,
                           struct err_info *info) MUST_USE;
void git_idnode_delete(struct git_idnode *node, const struct id *id);
/** Make 16 directories of a list, as deep as need be. */
enum err git_idnode_split(struct git_idnode *node, unsigned depth, struct err_info *info) MUST_USE;
/** After removals: empty directories go, and what holds few enough ids becomes a list again. */
enum err git_idnode_shape(struct git_idnode **at, struct git_reader reader, struct id *prefix, unsigned depth,
                          struct err_info *info) MUST_USE;
/** All ids below, in order; what was not loaded before is forgotten again. */
enum err git_idnode_each(struct git_idnode *node, struct git_reader reader, struct id *prefix, unsigned depth,
                         git_idtree_visit visit, void *context, struct err_info *info) MUST_USE;
enum err git_idnode_check(struct git_idnode *node, struct git_reader reader, struct id *prefix, unsigned depth,
                          size_t *count, struct err_info *info) MUST_USE;

/** Parse one tree object into a node that is not loaded. */
enum err git_idnode_parse(struct git_idnode *node, struct view object, const struct id *prefix, unsigned depth,
                          struct err_info *info) MUST_USE;

/** What tree.h hands out: the nodes read so far, below the root. */
struct git_idtree {
	struct git_reader reader;
	struct git_idnode *root;         /* NULL: empty */
	const struct git_idtree *lender; /* git_idtree_borrow */
	bool stays_open;                 /* git_idtree_stay_open */
};

#endif
