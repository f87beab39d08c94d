/**
 * Ways between commits that were gone before: which pairs of the cache of natural keys came and went from one to the other. A merge
 * goes from one parent to the other by way of their base; both halves were known once it is asked for. In memory only.
 * Internal to partition.
 */
#ifndef PARTITION_NATURAL_EDGES_H
#define PARTITION_NATURAL_EDGES_H

#include "lookup/lookup.h"

enum {
	NATURAL_EDGES_MAX = 8,
	NATURAL_CHANGES_MAX = 16384, /* of one; a longer way is not remembered */
};

struct natural_edge {
	struct oid from;
	struct oid to;
	struct bytes changes; /* struct lookup_change, in the order in which they were made */
};

struct natural_edges {
	struct natural_edge items[NATURAL_EDGES_MAX]; /* the newest takes the place of the oldest */
	size_t next;
};

/** One edge of a way, as it was gone or back. */
struct natural_step {
	const struct natural_edge *edge;
	bool is_back;
};

void natural_edges_release(struct natural_edges *edges);
/** Append changes to what becomes an edge. False: too many, or no memory: there is none. */
bool natural_edge_record(struct bytes *changes, const struct lookup_change *more, size_t count);
/** Remember a way; `changes` becomes the edge's. */
void natural_edges_add(struct natural_edges *edges, const struct oid *from, const struct oid *to,
                       struct bytes *changes);
/** The steps from one commit to another; 0: no way is known. */
size_t natural_edges_path(struct natural_step steps[NATURAL_EDGES_MAX], const struct natural_edges *edges,
                          const struct oid *from, const struct oid *to);
/** Go one. Errors of lookup_put(); then the lookup is of no commit. */
enum err natural_step_go(struct lookup *lookup, const struct natural_step *step, struct err_info *info) MUST_USE;

#endif
