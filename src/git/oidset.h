/**
 * A hash index over an array of items that begin with a struct oid: 4 bytes a slot. The array is the caller's and may move
 * and grow; items are named by their position. The hash is seeded per process, as ids can come from outside.
 */
#ifndef GIT_OIDSET_H
#define GIT_OIDSET_H

#include "base/ids.h"

enum {
	OIDSET_NONE = 0x7fffffff /* no position */
};

struct git_oidset {
	uint32_t *slots;   /* position + 1; 0: empty */
	size_t slot_count; /* power of two, or 0 */
	size_t count;
	uint64_t multiplier;
};

/** The position of the item with this id, or OIDSET_NONE. `items` is the array, `stride` the size of one item. */
uint32_t git_oidset_find(const struct git_oidset *set, const void *items, size_t stride, const struct oid *oid);
/** Make room for one more: after it git_oidset_add cannot fail. ERR_NOMEM. */
enum err git_oidset_reserve(struct git_oidset *set, const void *items, size_t stride, struct err_info *info) MUST_USE;
/** Add the item at `position`, whose id must not be in the set. */
void git_oidset_add(struct git_oidset *set, const void *items, size_t stride, uint32_t position);
void git_oidset_release(struct git_oidset *set);

#endif
