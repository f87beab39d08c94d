/** Opening a key epoch of our own partition, and writing a partition's root commit. */
#ifndef FLOW_EPOCH_H
#define FLOW_EPOCH_H

#include "flow/flow.h"

struct partition;

/**
 * Draw an epoch key, sign the statement that commits to it (staged), and wrap it for ourselves and all our superiors, and
 * for a hub's own partition also for the offices below that are enrolled now. The partition's lock is taken for the keyring.
 */
enum err flow_open_epoch(const struct flow_desk *desk, struct err_info *info) MUST_USE;

/** Wrap every epoch key of a partition that we can open for an office that lacks it. Needs the partition's lock. */
enum err flow_wrap_for(struct node *node, struct partition *partition, const struct roster_node *recipient,
                       struct err_info *info) MUST_USE;

/** Write our partition's root commit if it has none: an edit without a parent and without records. */
enum err flow_root_commit(const struct flow_desk *desk, struct err_info *info) MUST_USE;

/**
 * The same for our partition of rolls, if it is not there yet: epoch, node.git, root commit. Takes node_lock. ERR_STATE: we are no hub, or
 * it would be made in a dry run.
 */
enum err flow_start_rolls(const struct flow_desk *desk, const struct node_code *rolls, struct err_info *info) MUST_USE;

/** All that makes our own partition writable: an epoch if none is open, node.git committed, the root commit. Needs node_lock. */
enum err flow_start_partition(const struct flow_desk *desk, const char *subject, struct err_info *info) MUST_USE;

#endif
