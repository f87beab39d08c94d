/** Inside the cache of natural keys (partition/natural.h): what it is, and how it moves. */
#ifndef PARTITION_NATURAL_INSIDE_H
#define PARTITION_NATURAL_INSIDE_H

#include "lookup/lookup.h"
#include "partition/internal.h"
#include "partition/natural.h"
#include "partition/natural_edges.h"

struct partition_natural {
	struct partition *partition;
	struct partition_batch *batch;
	const struct schema_set *schemas;
	struct lookup *lookup;
	struct oid commit; /* none: before the root commit, where there is nothing */
	struct oid saved;  /* where the files stand; none: nowhere */
	bool has_unopened; /* it may hold records that did not open */
	struct natural_edges edges;
	struct bytes moved; /* pairs that came and went since the commit that an edge would begin at */
	bool is_recorded;   /* all of them are in it */
	struct arena arena;
	struct bytes key;
	struct bytes hashed; /* the key that was hashed last: who looks a record up then writes it */
	struct lookup_hash hash;
	struct bytes ids;
	struct bytes blob;
	struct bytes plaintext;
};

struct git_reader natural_reader(const struct partition_natural *natural);
/** The hash of a record's key. ERR_NOMEM; errors of record_natural_key(). */
enum err natural_hash_record(struct lookup_hash *out, bool *has_key_out, struct partition_natural *natural,
                             const struct record *record, struct err_info *info) MUST_USE;
/** Put a pair in, or take it out. Errors of lookup_put(). */
enum err natural_put(struct partition_natural *natural, const struct id *id, const struct lookup_hash *hash,
                     bool is_there, struct err_info *info) MUST_USE;

/** Records that did not open before: a salt or an epoch key may have come since. Errors of partition_natural_move(). */
enum err natural_retry_unopened(struct partition_natural *natural, struct err_info *info) MUST_USE;
/** Empty, and of no commit; in memory only. */
void natural_start_anew(struct partition_natural *natural);
/** Moves; should the cache prove damaged, or the commit where it stands unreadable, from nothing. Errors of partition_natural_move(). */
enum err natural_move_to(struct partition_natural *natural, const struct oid *commit, struct err_info *info) MUST_USE;
/** What is not settled yet leads from where it stands to this commit. */
void natural_remember(struct partition_natural *natural, const struct oid *commit);

#endif
