/** Refs: read, compare-and-swap, delete. A ref is a name below refs/ and an object id; symbolic refs are refused. */
#ifndef GIT_REFS_H
#define GIT_REFS_H

#include "git/git.h"

/** The one ref that is a partition's state. */
#define GIT_REF_MAIN "refs/heads/main"
/** Below it: heads that are kept but do not stand yet. */
#define GIT_REF_WAITING "refs/waiting/"

/** ERR_NOT_FOUND: no such ref; ERR_FORMAT: symbolic, or not a ref name; ERR_IO: unreadable. */
enum err git_ref_read(struct oid *out, struct git_store *store, const char *name, struct err_info *info) MUST_USE;

/**
 * Move a ref from `old` to `new_value`, durably. The caller holds the lock; objects reached are durable already.
 * After an error of libgit2 the ref is read again, as the outcome is unknown (security.md 0.9): if it has the new value
 * and its directory can be synced the call succeeds; else the message says what the ref is now.
 * @param old  the value expected; NULL or none: there must be no such ref
 * @return ERR_OK; ERR_STALE: another value than expected, nothing changed; ERR_NOT_FOUND: the new object is not in the
 *         store; ERR_LOCKED: another program (stock git) holds the ref's lock; ERR_FORMAT: not a ref name; ERR_IO
 */
enum err git_ref_swap(struct git_store *store, const char *name, const struct oid *old, const struct oid *new_value,
                      struct err_info *info) MUST_USE;

/** Remove a ref that has the value `old` (NULL: any), durably. ERR_NOT_FOUND, ERR_STALE, ERR_LOCKED, ERR_IO. */
enum err git_ref_delete(struct git_store *store, const char *name, const struct oid *old,
                        struct err_info *info) MUST_USE;

struct git_ref {
	char *name;
	struct oid oid;
};

struct git_refs {
	struct git_ref *items; /* sorted by name */
	size_t count;
};

/** All refs whose name starts with `prefix` ("" for all). Symbolic refs are left out. ERR_TOO_BIG: over LIMIT_REFS_MAX; ERR_IO. */
enum err git_refs_list(struct git_refs *out, struct git_store *store, const char *prefix,
                       struct err_info *info) MUST_USE;
void git_refs_release(struct git_refs *refs);

#endif
