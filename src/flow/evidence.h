/**
 * Signed evidence in node.git: where receipts and nightly lines lie. Each is kept for ever under a name that its content
 * gives, so that nothing is ever overwritten, a text that comes again is the same file, and a missing one can be named.
 * Source: schema/store-v1.md, "The node's own repository".
 */
#ifndef FLOW_EVIDENCE_H
#define FLOW_EVIDENCE_H

#include "flow/flow.h"
#include "receipt/checkpoint.h"
#include "receipt/receipt.h"

enum flow_direction {
	FLOW_TO,   /* what we signed for a peer */
	FLOW_FROM, /* what a peer signed for us */
};

/** "to", "from"; static. */
const char *flow_direction_name(enum flow_direction direction);

/** Where a receipt's text lies: receipts/DIRECTION/PEER/HH/BUNDLE-TEXT. The receipt answers at least one bundle (asserted). */
enum err flow_receipt_path(char *out, enum flow_direction direction, const struct node_code *peer,
                           const struct receipt *receipt, struct view text, struct err_info *info) MUST_USE;
/** The directory and the first part of the name of every receipt's text that answers this bundle first. */
enum err flow_receipt_prefix(char *directory_out, char name_out[2 * DIGEST_BYTES + 1], enum flow_direction direction,
                             const struct node_code *peer, const struct digest *bundle, struct err_info *info) MUST_USE;
/** Whether this very receipt was kept before. */
enum err flow_receipt_is_kept(bool *out, struct node *node, enum flow_direction direction,
                              const struct receipt *receipt, struct err_info *info) MUST_USE;
/** Stage every text of a receipt as a file. ERR_FORMAT: it answers no bundle. */
enum err flow_receipt_keep(struct node *node, enum flow_direction direction, const struct receipt *receipt,
                           const struct seal_public_key *signer, struct err_info *info) MUST_USE;

/** Where a peer's nightly line lies: checkpoints/from/PEER/INCARNATION/NUMBER-TEXT. */
enum err flow_night_path(char *out, const struct node_code *peer, const uint8_t incarnation[8], uint32_t number,
                         struct view text, struct err_info *info) MUST_USE;

#endif
