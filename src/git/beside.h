/**
 * Directories deflated by another thread while this one makes the next: of what writing a changed tree costs, half is that.
 * They come into the pack in the order in which they were put, so the pack is the same as without it. Internal to git.
 */
#ifndef GIT_BESIDE_H
#define GIT_BESIDE_H

#include "git/packer.h"

struct pack_beside;

/** For a pack that outlives it and to which nothing else is added meanwhile. ERR_NOMEM. */
enum err pack_beside_new(struct pack_beside **out, struct git_pack *pack, struct err_info *info) MUST_USE;
/** Stops the thread; what did not come into the pack is dropped. NULL: nothing. */
void pack_beside_free(struct pack_beside *beside);
/** As pack_add() of a tree; *content is taken over, and something empty given back. Errors of this one or of one before. */
enum err pack_beside_put(struct pack_beside *beside, struct bytes *content, const struct oid *oid,
                         struct err_info *info) MUST_USE;
/** All that was put comes into the pack. Errors as above. */
enum err pack_beside_end(struct pack_beside *beside, struct err_info *info) MUST_USE;

#endif
