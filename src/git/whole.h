/** Everything that the refs of a repository reach, object by object: for gc, and to say whether a repository is whole. */
#ifndef GIT_WHOLE_H
#define GIT_WHOLE_H

#include "git/git.h"

/** Told of each object once, before what it points at. Any error ends the walk. */
typedef enum err git_whole_visit(void *context, const struct oid *oid, int type, struct view content,
                                 struct err_info *info);

/**
 * Read every object that a ref reaches; reading checks its id. Holds 20 to 40 bytes of memory for each.
 * @param visit  NULL: only look
 * @return ERR_OK; ERR_NOT_FOUND: an object is missing (and perhaps its pack: named); ERR_IO, ERR_FORMAT: damaged; ERR_TOO_BIG:
 *         nested too deep; errors of visit
 */
enum err git_store_whole(struct git_store *store, git_whole_visit *visit, void *context,
                         struct err_info *info) MUST_USE;

#endif
