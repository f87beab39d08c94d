/**
 * Objects read lately. Who walks a history reads each commit and each tree several times: as child, as parent, for its rights.
 * Bounded, and as large as what is in it: a hub opens hundreds of stores. Internal to git.
 */
#ifndef GIT_CACHE_H
#define GIT_CACHE_H

#include "base/bytes.h"
#include "base/ids.h"

enum {
	GIT_CACHE_WAYS = 4, /* places where one id may lie */
};

struct git_cache_slot {
	struct oid oid;
	int type;
	struct bytes content; /* empty: nothing is here */
};

/** {0}: empty. */
struct git_cache {
	struct git_cache_slot (*sets)[GIT_CACHE_WAYS]; /* by id */
	size_t set_count;                              /* power of two, or 0 */
	size_t count;                                  /* slots that hold something */
	size_t all;                                    /* bytes */
	unsigned next;                                 /* the way that gives room, where all of a set are taken */
};

/** A copy, appended. False: it is not there, or there is no memory. */
bool git_cache_get(struct bytes *out, int *type_out, const struct git_cache *cache, const struct oid *oid);
/** Keep a copy of an object that is not there, unless it is large; without memory nothing is kept. */
void git_cache_put(struct git_cache *cache, const struct oid *oid, int type, struct view content);
void git_cache_release(struct git_cache *cache);

#endif
