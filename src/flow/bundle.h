/** Making a bundle: from what a peer is known to hold to what we hold now. schema/exchange-v1.md. */
#ifndef FLOW_BUNDLE_H
#define FLOW_BUNDLE_H

#include "flow/flow.h"

struct flow_sent_partition {
	struct node_code owner;
	struct oid end;
	bool is_whole; /* false: the size limit was reached, the next bundle goes on */
	uint64_t edits;
	uint64_t added;
	uint64_t changed;
	uint64_t removed;
};

/** A partition of which nothing can be sent, and why; the others go. */
struct flow_left_out {
	struct node_code owner;
	struct err_info why;
};

struct flow_sent {
	struct node_code to;
	uint64_t number;
	struct digest digest;
	size_t bytes;
	size_t receipts;
	size_t statements;
	bool has_schema;
	struct flow_sent_partition *partitions; /* those that carry something */
	size_t partition_count;
	struct flow_left_out *left_out;
	size_t left_out_count;
};

void flow_sent_release(struct flow_sent *sent);
/** Whether an error says something of what lies in a partition, and nothing of the machine. */
bool flow_is_of_content(enum err err);
/** The same or a disk that does not give a partition's bytes: whoever only looks goes on with the other partitions, and names this one. */
bool flow_is_of_one(enum err err);
/** Leave a partition out of a bundle in the making, for this reason. ERR_NOMEM. */
enum err flow_leave_out(struct flow_sent *sent, const struct node_code *owner, struct err_info *info) MUST_USE;
bool flow_is_left_out(const struct flow_sent *sent, const struct node_code *owner);

/**
 * Make the next bundle for an office and stage what is remembered of it. Needs node_lock; the caller commits node.git before
 * the file leaves, and not at all in a dry run.
 *
 * @param file_out  the bundle's bytes
 * What is wrong with one partition alone (a disputed epoch, a schema set not held, a head that is not what its parents give) leaves
 *                  that partition out, with all that would be said of it: see out->left_out
 *
 * @param is_full   from nothing, whatever the office is known to hold
 * ERR_NOT_FOUND: no such office; ERR_STATE: not accepted yet; ERR_RIGHT: it is neither above nor below us; ERR_AUTH: its key
 * is revoked; ERR_IO; ERR_TOO_BIG
 */
enum err flow_bundle_make(struct bytes *file_out, struct flow_sent *out, const struct flow_desk *desk,
                          const struct node_code *to, bool is_full, struct err_info *info) MUST_USE;

#endif
