/**
 * A set of record ids, 16 bytes a slot and nothing beside: for the many that one import touches. Ids are hashes, evenly
 * spread by themselves. The id of all zeros is never one.
 */
#ifndef BASE_IDSET_H
#define BASE_IDSET_H

#include "base/ids.h"

struct idset {
	struct id *slots;
	size_t capacity; /* power of two, or 0 */
	size_t count;
};

bool idset_has(const struct idset *set, const struct id *id);
/** Fine if it is there already. ERR_NOMEM. */
enum err idset_add(struct idset *set, const struct id *id, struct err_info *info) MUST_USE;
void idset_release(struct idset *set);

#endif
