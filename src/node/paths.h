/**
 * Files in a git tree by path: read one, list a directory, write a tree with some files put or removed. Used for
 * node.git, whose names are ours: 1 to 200 bytes of [A-Za-z0-9._-], not starting with a dot.
 */
#ifndef NODE_PATHS_H
#define NODE_PATHS_H

#include "base/fs.h"
#include "base/ids.h"
#include "git/pack.h"

enum {
	PATHS_DEPTH_MAX = 8
};

/** One change: content NULL removes the path. */
struct paths_change {
	const char *path;
	const struct bytes *content;
};

/** The blob at a path below a tree. ERR_NOT_FOUND, ERR_FORMAT, ERR_IO. */
enum err paths_read(struct bytes *out, struct git_store *store, const struct oid *tree, const char *path,
                    struct err_info *info) MUST_USE;
/** The names in the directory at `path` ("" for the root), sorted; empty when it is not there. */
enum err paths_list(struct fs_names *out, struct git_store *store, const struct oid *tree, const char *path,
                    struct err_info *info) MUST_USE;
/**
 * Write a tree that differs from `tree` (may be none) by these changes, which are sorted by path, each path once.
 * Directories that become empty vanish. *out is none when nothing is left.
 */
enum err paths_write(struct oid *out, struct git_store *store, struct git_pack *pack, const struct oid *tree,
                     const struct paths_change *changes, size_t count, struct err_info *info) MUST_USE;

/** Told of a path that is gone or changed. */
typedef void (*paths_lost)(void *context, const char *path);
/**
 * Is everything below a tree still there, unchanged, below another? What is new there is not told. Equal directories are skipped.
 * @param prefix  of the paths told, for example "receipts"
 */
enum err paths_kept(struct git_store *store, const struct oid *old_tree, const struct oid *new_tree, const char *prefix,
                    paths_lost tell, void *context, struct err_info *info) MUST_USE;
/** The directory at a path below a tree; none when it is not there. */
enum err paths_directory(struct oid *out, struct git_store *store, const struct oid *tree, const char *path,
                         struct err_info *info) MUST_USE;

#endif
