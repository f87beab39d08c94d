/**
 * lookup: a cache from keyed hashes to ids: a sorted file that is mapped, a small file of what has changed since, and what
 * this run changes, in memory. It answers for whatever its owner stamps it with, and can be thrown away at any time.
 *
 * Invariants: every page is checked against its keyed tag before anything in it is believed; whoever lacks the key learns
 * nothing but how many pairs there are; memory stays small (past some 100,000 changes they are merged into a temporary base).
 * It does not know what is hashed, nor how a damaged cache is made anew: its owner does. Source: schema/store-v1.md,
 * "Natural keys".
 */
#ifndef LOOKUP_LOOKUP_H
#define LOOKUP_LOOKUP_H

#include "base/env.h"
#include "base/ids.h"
#include "seal/hash.h"

enum {
	LOOKUP_HASH_BYTES = 16
};

struct lookup_hash {
	uint8_t bytes[LOOKUP_HASH_BYTES];
};

/** What is stored: `id` has this hash. Compared bytewise. */
struct lookup_pair {
	struct lookup_hash hash;
	struct id id;
};

/** What the pairs answer for. */
struct lookup_stamp {
	struct digest context; /* how the hashed keys were made; another one: the cache is void */
	struct oid commit;
};

struct lookup;

/**
 * An empty one. Nothing is read or written yet.
 * @param path  of the base; the changes lie in "PATH-recent"
 * @param key   of hashes and tags; it becomes the lookup's also on error
 * ERR_NOMEM, ERR_TOO_BIG.
 */
enum err lookup_new(struct lookup **out, const char *path, struct seal_key *key, const struct env *env,
                    struct err_info *info) MUST_USE;
void lookup_free(struct lookup *lookup);

/** Take up what the files hold; false (and empty): there are none for this context, or they are damaged. */
bool lookup_load(struct lookup *lookup, const struct digest *context, struct oid *commit_out);
/** Forget everything, in memory only. */
void lookup_clear(struct lookup *lookup);

void lookup_hash_of(struct lookup_hash *out, const struct lookup *lookup, struct view key);

/**
 * The ids with this hash, appended to `ids`, 16 bytes each, ascending.
 * @return ERR_OK; ERR_FORMAT: the cache is damaged; ERR_NOMEM
 */
enum err lookup_find(struct bytes *ids, struct lookup *lookup, const struct lookup_hash *hash,
                     struct err_info *info) MUST_USE;
/** The ids of all pairs whose hash starts with eight zero bytes: a place for ids without a key. Reads all changes. Errors as above. */
enum err lookup_find_zero(struct bytes *ids, struct lookup *lookup, struct err_info *info) MUST_USE;
/** Put a pair in, or take it out; fine if it is so already. Errors as above. */
enum err lookup_put(struct lookup *lookup, const struct lookup_pair *pair, bool is_there,
                    struct err_info *info) MUST_USE;
/** Take out every pair of an id whose key is not known. Reads everything. Errors as above. */
enum err lookup_drop(struct lookup *lookup, const struct id *id, struct err_info *info) MUST_USE;

/** A pair that was put in or taken out since lookup_settle. */
struct lookup_change {
	struct lookup_pair pair;
	bool is_there; /* now */
};

/** What is not settled yet, oldest first; borrowed until the next change. */
const struct lookup_change *lookup_changes(const struct lookup *lookup, size_t *count_out);
/** What was changed so far stands; lookup_undo goes back to here. */
void lookup_settle(struct lookup *lookup);
/** Take back what was changed since. Errors as lookup_put. */
enum err lookup_undo(struct lookup *lookup, struct err_info *info) MUST_USE;

/** Write what is settled and what is not to the files, stamped. It is a cache: failures are passed over. */
void lookup_save(struct lookup *lookup, const struct lookup_stamp *stamp);

#endif
