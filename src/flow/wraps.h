/** Wrapped epoch keys: making them for who may read, and handing on those that a neighbour lacks. */
#ifndef FLOW_WRAPS_H
#define FLOW_WRAPS_H

#include "bundle/small.h"
#include "flow/peer.h"
#include "partition/partition.h"
#include "roster/rights.h"

struct keyring;

/** An epoch as the roster has it, for the keyring. */
struct keyring_epoch flow_keyring_epoch(const struct roster_epoch *epoch);

/**
 * Wrap every epoch key of a partition that we can open for a sealing key that lacks it. Needs the partition's lock.
 * ERR_IO, ERR_NOMEM.
 */
enum err flow_wrap_for(struct node *node, struct partition *partition, const struct seal_public_key *recipient,
                       struct err_info *info) MUST_USE;
/** The same for all partitions that we hold: for a new key of our own. Takes their locks one by one. */
enum err flow_wrap_all_for(const struct flow_desk *desk, const struct seal_public_key *recipient,
                           struct err_info *info) MUST_USE;

/** Wraps to hand over. */
struct flow_wraps {
	struct bundle_wrap *items;
	size_t count;
	size_t capacity;
};

void flow_wraps_release(struct flow_wraps *wraps);
/**
 * Append the wraps of a partition that a neighbour may have and that no answered bundle carried: its own, made now if we can
 * open the epoch and it may read the partition; upward also those of the offices to which it passes them on.
 * @param exchange  NULL: whatever was carried before
 */
enum err flow_wraps_owed(struct flow_wraps *out, const struct flow_desk *desk, struct partition *partition,
                         const struct roster_node *to, const struct flow_exchange *exchange,
                         struct err_info *info) MUST_USE;
/** Is there an epoch of a partition that we may read and whose key was not wrapped for a key of ours? ERR_IO, ERR_NOMEM. */
enum err flow_wraps_lack(bool *out, struct node *node, struct partition *partition, struct err_info *info) MUST_USE;
/** Note in the exchange state that the next bundle carries these. ERR_NOMEM. */
enum err flow_wraps_told(struct flow_exchange *exchange, const struct flow_wraps *wraps, uint64_t number,
                         struct err_info *info) MUST_USE;

/**
 * Keep wraps that came: one for us once it opens to the key that the epoch's statement commits to (one for an older key of
 * ours is wrapped again for the present one), others to be passed on. A wrap of an epoch that the roster does not know, or
 * that does not open, is passed over. Takes the partitions' locks. Own trouble only: ERR_IO, ERR_LOCKED, ERR_NOMEM.
 */
enum err flow_wraps_keep(const struct flow_desk *desk, const struct bundle_wrap *wraps, size_t count,
                         struct err_info *info) MUST_USE;

/**
 * Who gives us the key of an epoch holds it, and so do the offices above it: their wraps are not owed, until one says that it
 * lacks a key (schema/exchange-v1.md, section 2). ERR_NOMEM.
 */
enum err flow_wraps_heard(struct flow_exchange *exchange, struct node *node, const struct node_code *from,
                          const struct bundle_wrap *wraps, size_t count, struct err_info *info) MUST_USE;

#endif
