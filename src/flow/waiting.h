/** Heads that could not be merged when they came, for want of a key or a schema set: tried again. design.md 6. */
#ifndef FLOW_WAITING_H
#define FLOW_WAITING_H

#include "flow/flow.h"

/**
 * Merge every head under refs/waiting/ that can be merged now, judged and corrected as if it came now. Needs node_lock.
 * @param merged_out  partitions that have a new head; may be NULL
 * @return ERR_OK; what still cannot be merged goes on waiting; ERR_LOCKED, ERR_IO, ERR_NOMEM ...
 */
enum err flow_merge_waiting(const struct flow_desk *desk, size_t *merged_out, struct err_info *info) MUST_USE;
/** The same in one partition: where nothing came but its own edits, no other has become able. @param is_moved_out  it has a new head */
enum err flow_merge_waiting_in(bool *is_moved_out, const struct flow_desk *desk, const struct node_code *owner,
                               struct err_info *info) MUST_USE;

#endif
