/** Heads that could not be merged when they came, for want of a key or a schema set: tried again. design.md 6. */
#ifndef FLOW_WAITING_H
#define FLOW_WAITING_H

#include "flow/flow.h"

/** Told of a head that waits and cannot be read or is not what it says: it waits on. `where` names partition and ref. */
typedef void (*flow_waiting_damaged)(void *context, const char *where, const char *why);

/**
 * Merge every head under refs/waiting/ that can be merged now, judged and corrected as if it came now. Needs node_lock.
 * @param damaged  may be NULL
 * @return ERR_OK; what still cannot be merged goes on waiting; ERR_LOCKED, ERR_IO, ERR_NOMEM ...
 */
enum err flow_merge_waiting(const struct flow_desk *desk, flow_waiting_damaged damaged, void *context,
                            struct err_info *info) MUST_USE;
/** The same in one partition: where nothing came but its own edits, no other has become able. */
enum err flow_merge_waiting_in(const struct flow_desk *desk, const struct node_code *owner,
                               flow_waiting_damaged damaged, void *context, struct err_info *info) MUST_USE;

#endif
