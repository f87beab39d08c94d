/** Corrections: our signed edits that void writes which may not stand, or restore them. design.md 5. */
#ifndef FLOW_CORRECT_H
#define FLOW_CORRECT_H

#include "flow/flow.h"
#include "partition/partition.h"

/** What a correction says. */
struct flow_correction {
	const struct view *texts; /* lines of `Void` and `Restore`, one text per commit */
	size_t count;
	const char *reason; /* for people; may be cut; "" for none */
};

/**
 * Sign corrections on top of a commit of a batch; *head is moved to the last of them.
 * @return ERR_OK; ERR_STATE: no epoch is open; ERR_FORMAT: it names what may not be named; errors of partition_edit_sign
 */
enum err flow_correct(struct oid *head, const struct flow_desk *desk, struct partition *partition,
                      struct partition_batch *batch, const struct flow_correction *correction,
                      struct err_info *info) MUST_USE;

#endif
