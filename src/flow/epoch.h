/** Opening key epochs, and writing a partition's root commit. */
#ifndef FLOW_EPOCH_H
#define FLOW_EPOCH_H

#include "flow/flow.h"

/** Key epochs that were due because a key ended. */
struct flow_renewed {
	size_t opened;
	size_t still_due; /* of partitions that cannot be opened: until then they are open to that key */
};

/**
 * Draw an epoch key for a partition, sign the statement that commits to it and names the keys that it shuts out (staged), and
 * wrap it for the owner and the offices above it. Takes the partition's lock for the keyring. ERR_RIGHT: not ours to open.
 */
enum err flow_open_epoch(const struct flow_desk *desk, const struct node_code *owner, struct err_info *info) MUST_USE;
/**
 * Open the epochs that are due and ours to open: of our own partitions, and of those whose owner's key we revoked. A partition that
 * cannot be opened itself stops no other: its epoch stays due. Staged; needs node_lock.
 */
enum err flow_renew_epochs(struct flow_renewed *out, const struct flow_desk *desk, struct err_info *info) MUST_USE;

/**
 * We came in the place of a lost machine, and the superior holds this partition: it comes back from there, and we must not begin it
 * again (a partition has exactly one root commit).
 */
bool flow_is_awaited(const struct node *node, const struct id *partition);
/** Write our partition's root commit if it has none: an edit without a parent and without records. ERR_STATE: it is awaited. */
enum err flow_root_commit(const struct flow_desk *desk, struct err_info *info) MUST_USE;

/**
 * The same for our partition of rolls, if it is not there yet: epoch, node.git, root commit. Takes node_lock. ERR_STATE: we are no hub, or
 * it would be made in a dry run.
 */
enum err flow_start_rolls(const struct flow_desk *desk, const struct node_code *rolls, struct err_info *info) MUST_USE;

/** All that makes our own partition writable: an epoch if none is open, node.git committed, the root commit. Needs node_lock. */
enum err flow_start_partition(const struct flow_desk *desk, const char *subject, struct err_info *info) MUST_USE;

#endif
