/** A bundle in the making: what the files of bundle share. Internal to flow. */
#ifndef FLOW_MAKING_H
#define FLOW_MAKING_H

#include "bundle/preamble.h"
#include "bundle/small.h"
#include "flow/bundle.h"
#include "flow/peer.h"
#include "flow/wraps.h"
#include "partition/send.h"
#include "roster/rights.h"
#include "roster/version.h"
#include "schema/set.h"

/* Everything that a bundle in the making holds. */
struct making {
	const struct flow_desk *desk;
	struct node *node;
	const struct roster_node *to;
	bool is_full;
	bool is_upward;
	bool is_partial; /* a partition that concerns both is left out */
	uint64_t number; /* of the bundle */
	struct flow_exchange exchange;
	struct flow_sent *sent;
	struct arena arena;
	struct bundle_partition *partitions;
	size_t partition_count;
	struct partition_delta *deltas; /* of those that carry something; section 1 on */
	size_t delta_count;
	struct bundle_head *heads; /* of all that concerns the lower of the two */
	size_t head_count;
	struct flow_wraps wraps;
	struct roster_version roster; /* that we have read */
	bool lacks_key;
	struct roster_statement *statements;
	size_t statement_count;
	struct roster_statement *path;
	size_t path_count;
	struct bytes night;
	const struct schema_set *schemas[BUNDLE_SCHEMAS_MAX];
	size_t schema_count;
	struct bytes small;
	struct bytes preamble;
};

/** What of the partitions that concern both offices is owed: deltas, heads to show, wraps; into `making`. */
enum err making_partitions(struct making *making, struct err_info *info) MUST_USE;

/** Roster statements that the peer was not known to hold: those that make our key known, and the others. */
enum err making_statements(struct making *making, struct err_info *info) MUST_USE;
/** Their wire forms, in making->arena. */
enum err making_wire(struct view **out, struct making *making, const struct roster_statement *statements, size_t count,
                     struct err_info *info) MUST_USE;

/** The small section; after the other two. */
enum err making_small(struct making *making, struct err_info *info) MUST_USE;

#endif
