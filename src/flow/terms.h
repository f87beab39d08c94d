/** What every edit of ours says: who, when, under which schema set, epoch and roster. */
#ifndef FLOW_TERMS_H
#define FLOW_TERMS_H

#include "flow/flow.h"
#include "partition/partition.h"

/** Fills partition_edit_terms and owns what they borrow. */
struct flow_terms {
	struct partition_edit_terms terms;
	struct delta_roster_reference roster[LIMIT_LEVELS_MAX];
};

/**
 * Terms for an edit of `partition` on `parent`. The schema set is the newest, but never older than the parent's; likewise
 * the epoch. ERR_STATE: the root has opened no schema set (only for an edit that writes records), or no epoch is open.
 */
enum err flow_terms_for(struct flow_terms *out, const struct flow_desk *desk, const struct partition *partition,
                        const struct partition_version *parent, struct err_info *info) MUST_USE;

#endif
