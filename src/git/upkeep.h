/**
 * Care of a store, always under the caller's lock: what a killed run left, joining small packs, dropping what no ref
 * reaches. Each may be killed at any instruction; the next call completes or repeats it. schema/store-v1.md, "Care".
 */
#ifndef GIT_UPKEEP_H
#define GIT_UPKEEP_H

#include "git/git.h"

/**
 * Remove what killed runs left: temporary packs that no living process writes, stale ref locks, index files without
 * their pack, our packs that were never published. Run it right after taking the lock, before anything is added.
 * A pack goes only if the refs and the other packs are exactly as they were when it was put there: then nothing that a
 * ref reaches can be in it alone. Afterwards the store knows exactly the packs that are there, so
 * git_store_refresh is not needed too.
 * @return ERR_OK; ERR_IO
 */
enum err git_store_janitor(struct git_store *store, struct err_info *info) MUST_USE;

/**
 * Join small packs of ours so that each pack that stays is at least twice the sum of the smaller ones: an object is
 * rewritten O(log n) times. Packs of other programs (stock git gc) are left alone. Every entry is checked against its
 * CRC while it is copied. The new pack is durable before the old ones go; open readers keep working.
 * Does nothing while there are at most LIMIT_PACKS_MAX packs of ours, so that a small write does not pay for it.
 * @return ERR_OK; ERR_IO, ERR_FORMAT: a pack is damaged; nothing was removed
 */
enum err git_store_compact(struct git_store *store, struct err_info *info) MUST_USE;

struct git_gc_result {
	size_t objects_kept;
	uint64_t bytes_before; /* pack and loose object files */
	uint64_t bytes_after;
};

/**
 * Rewrite everything that refs reach into one pack and drop the rest, packs of other programs too.
 * @param result  may be NULL
 * @return ERR_OK; ERR_NOT_FOUND, ERR_IO, ERR_FORMAT: something reachable is missing or damaged: nothing was removed
 */
enum err git_store_gc(struct git_gc_result *result, struct git_store *store, struct err_info *info) MUST_USE;

#endif
