/* Which partitions a bundle speaks of, and from where to where. schema/exchange-v1.md, section 1. */
#include <stdlib.h>
#include <string.h>

#include "flow/making.h"

enum {
	SECTION_BYTES_MAX =
		268435456, /* of one partition before compression; past it the delta ends and the next bundle goes on */
};

static const struct roster_node *
lower_of(const struct making *making)
{
	if (!making->is_upward)
		return making->to;
	return roster_node_find(node_roster(making->node), &node_identity_of(making->node)->code);
}

/* Without reading an auditor verifies all that stands at and below the office that granted it; rolls go to no one below. */
static bool
is_verified(const struct roster *roster, const struct roster_node *owner, const struct roster_node *auditor)
{
	const struct roster_node *issuer = roster_superior(roster, auditor);

	return issuer != NULL && !owner->is_rolls &&
	       (strcmp(issuer->code.text, owner->code.text) == 0 ||
	        roster_is_superior(roster, &issuer->code, &owner->code));
}

/*
 * What passes between two offices: the lower one's own partition, those below it, and those of the offices above it; none of a
 * sibling's. Both ways: a hub that went back to an older state gets from below what it had sent there. An auditor is below all.
 */
static bool
concerns_both(const struct making *making, const struct node_code *owner)
{
	const struct roster *roster = node_roster(making->node);
	const struct roster_node *lower = lower_of(making);
	const struct roster_node *node = roster_node_find(roster, owner);

	if (lower == NULL)
		return false;
	if (lower->is_auditor) /* of what stands at and below the office that granted it: what it may read, or all, sealed */
		return node != NULL && (lower->may_read ? roster_may_read(roster, &node->partition, lower)
		                                        : is_verified(roster, node, lower));
	return strcmp(owner->text, lower->code.text) == 0 || roster_is_superior(roster, &lower->code, owner) ||
	       roster_is_superior(roster, owner, &lower->code);
}

/* What the peer is known to hold of it and we hold too. */
static enum err
known_of(struct git_oids *out, const struct making *making, struct partition *partition, struct err_info *info)
{
	const struct receipt_known known = receipt_peer_known(making->exchange.peer, partition_id(partition));
	struct git_store *store = partition_store(partition);

	*out = (struct git_oids){0};
	if (making->is_full)
		return ERR_OK;
	out->items = calloc(known.named_count + 2, sizeof(*out->items));
	if (out->items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < known.named_count; i++) {
		if (git_store_has(store, &known.named[i]))
			out->items[out->count++] = known.named[i];
	}
	if (!oid_is_none(&known.head) && git_store_has(store, &known.head))
		out->items[out->count++] = known.head;
	/* what the peer itself has shown it holds, unless it said that it lost its place */
	if (!receipt_peer_is_base_unknown(making->exchange.peer) && !oid_is_none(&known.peer_shown) &&
	    git_store_has(store, &known.peer_shown))
		out->items[out->count++] = known.peer_shown;
	return ERR_OK;
}

static void
note_sent(struct making *making, const struct node_code *owner, const struct partition_delta *delta)
{
	making->sent->partitions[making->sent->partition_count++] = (struct flow_sent_partition){
		.owner = *owner,
		.end = delta->end,
		.is_whole = delta->is_whole,
		.edits = delta->edit_count,
		.added = delta->counts.added,
		.changed = delta->counts.changed,
		.removed = delta->counts.removed,
	};
}

/* The peer's receipt names our head as its own, or its last bundle showed it: nothing is owed. */
static bool
is_held_there(const struct making *making, const struct receipt_known *known, const struct oid *head)
{
	if (oid_equal(&known->head, head))
		return true;
	return !receipt_peer_is_base_unknown(making->exchange.peer) && oid_equal(&known->peer_shown, head);
}

static enum err
add_partition(struct making *making, struct partition *partition, const struct oid *head, struct err_info *info)
{
	const struct receipt_known known = receipt_peer_known(making->exchange.peer, partition_id(partition));
	struct bundle_partition *shown = &making->partitions[making->partition_count];
	struct partition_delta *delta = &making->deltas[making->delta_count];
	struct git_oids held = {0};
	struct partition_delta_terms terms = {
		.size_limit = SECTION_BYTES_MAX,
		.is_blind = !roster_may_read(node_roster(making->node), partition_id(partition), making->to),
		.is_without_sample = receipt_peer_is_without_dictionary(making->exchange.peer)};
	enum err err;

	*shown = (struct bundle_partition){.id = *partition_id(partition), .head = *head, .section = BUNDLE_NO_SECTION};
	if (!making->is_full && is_held_there(making, &known, head))
		return ERR_OK;
	err = known_of(&held, making, partition, info);
	terms.known = (struct git_oids_view){held.items, held.count};
	if (err == ERR_OK)
		err = partition_delta_make(delta, partition, &shown->head, &terms, info);
	git_oids_release(&held);
	if (err != ERR_OK)
		return err;
	making->delta_count++;
	if (delta->section.size == 0) { /* nothing is owed; but the peer is asked what it holds, if we do not know */
		making->delta_count--;
		making->partition_count += oid_is_none(&known.told) ? 1U : 0U;
		return ERR_OK;
	}
	shown->section = making->delta_count;
	shown->bases = delta->bases.items;
	shown->base_count = delta->bases.count;
	if (!delta->is_whole)
		shown->end = delta->end;
	making->partition_count++;
	note_sent(making, partition_owner(partition), delta);
	return ERR_OK;
}

static int
compare_partitions(const void *a, const void *b)
{
	return memcmp(((const struct bundle_partition *)a)->id.bytes, ((const struct bundle_partition *)b)->id.bytes,
	              ID_BYTES);
}

/* Keys of what lies above us come from above; up they go only with edits of it, or to an office that lacks some. */
static enum err
add_wraps(struct making *making, struct partition *partition, bool has_edits, struct err_info *info)
{
	const struct flow_exchange *exchange = &making->exchange;
	const struct node_code *self = &node_identity_of(making->node)->code;

	if (making->is_upward && !has_edits && !exchange->wants_keys &&
	    roster_is_superior(node_roster(making->node), partition_owner(partition), self))
		return ERR_OK;
	return flow_wraps_owed(&making->wraps, making->desk, partition, making->to,
	                       making->is_full || exchange->wants_keys ? NULL : exchange, info);
}

static enum err
look_at_partition(struct making *making, const struct node_code *owner, struct err_info *info)
{
	struct partition *partition = NULL;
	struct oid head = {{0}};
	size_t deltas = making->delta_count;
	bool is_auditor = making->is_upward && lower_of(making)->is_auditor; /* reads, and sends receipts alone */
	enum err err = node_partition_open(&partition, making->node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK && !oid_is_none(&head))
		making->heads[making->head_count++] = (struct bundle_head){*partition_id(partition), head};
	if (err == ERR_OK && !oid_is_none(&head) && !is_auditor &&
	    making->partition_count < LIMIT_BUNDLE_PARTITIONS_MAX)
		err = add_partition(making, partition, &head, info);
	if (flow_is_of_content(err)) { /* no refusal, limit or damage of one touches another: the rest goes */
		partition_free(partition);
		making->is_partial = true;
		return flow_leave_out(making->sent, owner, info);
	}
	if (err == ERR_OK)
		err = add_wraps(making, partition, making->delta_count > deltas, info);
	if (err == ERR_OK && !making->lacks_key)
		err = flow_wraps_lack(&making->lacks_key, making->node, partition, info);
	partition_free(partition);
	return err;
}

enum err
making_partitions(struct making *making, struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, making->node, info);

	if (err != ERR_OK)
		return err;
	making->partitions = calloc(codes.count + 1, sizeof(*making->partitions));
	making->deltas = calloc(codes.count + 1, sizeof(*making->deltas));
	making->sent->partitions = calloc(codes.count + 1, sizeof(*making->sent->partitions));
	making->heads = calloc(codes.count + 1, sizeof(*making->heads));
	if (making->partitions == NULL || making->deltas == NULL || making->sent->partitions == NULL ||
	    making->heads == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		if (!concerns_both(making, &codes.codes[i]))
			continue;
		if (flow_is_left_out(making->sent, &codes.codes[i]))
			making->is_partial = true;
		else
			err = look_at_partition(making, &codes.codes[i], info);
	}
	node_codes_release(&codes);
	if (err == ERR_OK && making->partition_count > 1)
		qsort(making->partitions, making->partition_count, sizeof(*making->partitions), compare_partitions);
	return err;
}
