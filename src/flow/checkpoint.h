/** Our checkpoints: one for each head that we publish, and the night's line over all of them. schema/receipt-v1.md. */
#ifndef FLOW_CHECKPOINT_H
#define FLOW_CHECKPOINT_H

#include "flow/bundle.h"
#include "flow/flow.h"
#include "partition/partition.h"
#include "receipt/checkpoint.h"

/** Where our nightly lines lie, by number. */
#define FLOW_NIGHTS "checkpoints/nights"

/** Where the checkpoints of a partition lie, by number. */
enum err flow_checkpoint_directory(char *out, const struct id *id, struct err_info *info) MUST_USE;
/** The file of one number in such a directory; a hundred lie together, so that a night rewrites no long directory. */
enum err flow_checkpoint_path(char *out, const char *directory, uint32_t number, struct err_info *info) MUST_USE;
/**
 * Sign a checkpoint for each partition whose head moved since its last one, and a line over all if any did; staged. Needs node_lock.
 * @param sent  a partition of which something is wrong (a forged merge for its head, a missing pack) is left out there: nothing is
 *              signed over it, and the line says of it what it said before
 */
enum err flow_checkpoint_all(struct flow_sent *sent, const struct flow_desk *desk, struct err_info *info) MUST_USE;
/** The newest night's line in wire form and its number; number 0: none yet. `version`: that of the bundle's manifest. */
enum err flow_checkpoint_night(struct bytes *wire_out, uint32_t *number_out, struct node *node,
                               const struct checkpoint_version *version, struct err_info *info) MUST_USE;

/** The newest of the numbered files of a directory; empty when there is none. */
enum err flow_checkpoint_last(struct bytes *out, struct node *node, const char *directory,
                              struct err_info *info) MUST_USE;
/**
 * Before a head is built on or gets a checkpoint: an edit is signed; a merge that came through the door in this run, or that our newest
 * checkpoint names, is fine; any other is made again. An auditor builds on nothing.
 * @return ERR_OK; ERR_AUTH: it is not what its parents give; errors of partition_merge()
 */
enum err flow_head_check(struct node *node, struct partition *partition, const struct oid *head,
                         struct err_info *info) MUST_USE;

/**
 * A partition without a head is a new one, unless this store vouched for one once, or holds salts of records in its own partition: a root commit
 * comes before the first of them.
 * @return ERR_OK: it has a head, or is new, or awaited (flow_is_awaited()); ERR_FORMAT: its head is lost. ERR_IO, ERR_NOMEM
 */
enum err flow_head_check_lost(struct node *node, struct partition *partition, struct err_info *info) MUST_USE;
/** The same of our own partition, which may be gone with all that was in it. Errors of opening it, too. */
enum err flow_own_head_check_lost(struct node *node, struct err_info *info) MUST_USE;
/** The same only if it is not among those held: who looks at all of them has not seen it. */
enum err flow_own_check_listed(struct node *node, const struct node_codes *held, struct err_info *info) MUST_USE;

#endif
