#include "flow/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/preamble.h"
#include "bundle/small.h"
#include "compress/compress.h"
#include "envelope/envelope.h"
#include "flow/checkpoint.h"
#include "flow/epoch.h"
#include "flow/number.h"
#include "flow/peer.h"
#include "flow/roster.h"
#include "flow/wraps.h"
#include "partition/send.h"
#include "roster/rights.h"
#include "schema/set.h"

enum {
	SECTION_LEVEL = 12,
	SECTION_BYTES_MAX =
		268435456, /* of one partition before compression; past it the delta ends and the next bundle goes on */
};

/* Everything that a bundle in the making holds. */
struct making {
	const struct flow_desk *desk;
	struct node *node;
	const struct roster_node *to;
	bool is_full;
	bool is_upward;
	uint64_t number; /* of the bundle */
	struct flow_exchange exchange;
	struct flow_sent *sent;
	struct arena arena;
	struct bundle_partition *partitions;
	size_t partition_count;
	struct partition_delta *deltas; /* of those that carry something; section 1 on */
	size_t delta_count;
	struct bundle_head *heads; /* of all that concerns the lower of the two */
	size_t head_count;
	struct flow_wraps wraps;
	struct roster_version roster; /* that we have read */
	bool lacks_key;
	struct roster_statement *statements;
	size_t statement_count;
	struct roster_statement *path;
	size_t path_count;
	struct bytes night;
	const struct schema_set *schemas[BUNDLE_SCHEMAS_MAX];
	size_t schema_count;
	struct bytes small;
	struct bytes preamble;
};

static void
making_release(struct making *making)
{
	flow_exchange_release(&making->exchange);
	arena_release(&making->arena);
	for (size_t i = 0; i < making->delta_count; i++)
		partition_delta_release(&making->deltas[i]);
	free(making->partitions);
	free(making->heads);
	free(making->deltas);
	flow_wraps_release(&making->wraps);
	free(making->statements);
	free(making->path);
	bytes_release(&making->night);
	bytes_release(&making->small);
	bytes_release(&making->preamble);
}

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
	if (err == ERR_OK)
		err = add_wraps(making, partition, making->delta_count > deltas, info);
	if (err == ERR_OK && !making->lacks_key)
		err = flow_wraps_lack(&making->lacks_key, making->node, partition, info);
	partition_free(partition);
	return err;
}

static enum err
add_partitions(struct making *making, struct err_info *info)
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
		if (concerns_both(making, &codes.codes[i]))
			err = look_at_partition(making, &codes.codes[i], info);
	}
	node_codes_release(&codes);
	if (err == ERR_OK && making->partition_count > 1)
		qsort(making->partitions, making->partition_count, sizeof(*making->partitions), compare_partitions);
	return err;
}

static enum err
wire_statement(struct view *out, struct making *making, const struct roster_statement *statement, struct err_info *info)
{
	struct bytes wire = {0};
	enum err err = statement_wire_write(&wire, statement->text, &statement->sshsig.signature, info);

	if (err == ERR_OK) {
		const uint8_t *copy = arena_copy(&making->arena, bytes_view(&wire));

		*out = view_of(copy, wire.size);
		err = copy == NULL ? err_nomem(info) : ERR_OK;
	}
	bytes_release(&wire);
	return err;
}

static enum err
wire_statements(struct view **out, struct making *making, const struct roster_statement *statements, size_t count,
                struct err_info *info)
{
	enum err err = ERR_OK;

	*out = arena_get(&making->arena, (count + 1) * sizeof(**out));
	if (*out == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = wire_statement(&(*out)[i], making, &statements[i], info);
	return err;
}

static bool
is_in_path(const struct making *making, const struct roster_statement *statement)
{
	for (size_t i = 0; i < making->path_count; i++) {
		if (digest_equal(&making->path[i].digest, &statement->digest))
			return true;
	}
	return false;
}

/*
 * The manifest has room for so much; what was said first is left for the inside of the bundle. Who enrolled us, or was enrolled by
 * us, has read that, and the end of the path is what makes a key known that is newer.
 */
static void
fit_path(struct making *making)
{
	size_t room = LIMIT_MANIFEST_STATEMENTS_BYTES_MAX;
	size_t kept = 0;

	while (kept < making->path_count && kept < LIMIT_MANIFEST_STATEMENTS_MAX) {
		size_t size = making->path[making->path_count - 1 - kept].text.size + SEAL_SIGNATURE_BYTES;

		if (size > room)
			break;
		room -= size;
		kept++;
	}
	if (kept > 0)
		memmove(making->path, making->path + (making->path_count - kept), kept * sizeof(*making->path));
	making->path_count = kept;
}

/* What makes our key known goes into the clear manifest; the rest of what the peer lacks is nobody else's business. */
static enum err
find_statements(struct making *making, struct err_info *info)
{
	static const struct flow_chains nothing;
	const struct flow_chains *held = making->exchange.is_behind ? &nothing : &making->exchange.chains_peer;
	const struct roster *roster = node_roster(making->node);
	size_t count = 0;
	enum err err = roster_newer_path(&making->path, &making->path_count, roster,
	                                 &node_identity_of(making->node)->code, held->items, held->count, info);

	if (err == ERR_OK)
		fit_path(making);
	if (err == ERR_OK)
		err = roster_newer(&making->statements, &making->statement_count, roster, &making->to->code,
		                   held->items, held->count, info);
	for (size_t i = 0; err == ERR_OK && i < making->statement_count; i++) {
		if (!is_in_path(making, &making->statements[i]))
			making->statements[count++] = making->statements[i];
	}
	if (err == ERR_OK)
		making->statement_count = count;
	return err;
}

static enum err
add_chains(struct bundle_small *small, struct making *making, struct err_info *info)
{
	struct statement_reference *heads = NULL;
	struct statement_reference *told;
	size_t count = 0;
	size_t news = 0;
	enum err err = roster_heads(&heads, &count, node_roster(making->node), &making->to->code, info);

	if (err != ERR_OK)
		return err;
	told = arena_get(&making->arena, (count + 1) * sizeof(*told));
	if (told == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (!flow_chains_has(&making->exchange.chains_acked, &heads[i]))
			told[news++] = heads[i];
	}
	if (err == ERR_OK)
		err = bundle_standing(small->standing, heads, count, info);
	small->has_standing = true;
	free(heads);
	if (err == ERR_OK)
		err = flow_exchange_tell_chains(&making->exchange, told, news, making->number, info);
	small->chains = told;
	small->chain_count = news;
	return err;
}

static enum err
add_receipts(struct bundle_small *small, struct making *making, struct err_info *info)
{
	struct flow_exchange *exchange = &making->exchange;
	struct view *receipts = arena_get(&making->arena, FLOW_OWED_MAX * sizeof(*receipts));

	if (receipts == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < exchange->owed_count; i++)
		receipts[i] = bytes_view(&exchange->owed[i]);
	small->receipts = receipts;
	small->receipt_count = exchange->owed_count;
	flow_exchange_tell_owed(exchange, making->number);
	making->sent->receipts = exchange->owed_count;
	return ERR_OK;
}

static enum err
add_night(struct bundle_small *small, struct making *making, struct err_info *info)
{
	const struct checkpoint_version version = {making->roster.items, making->roster.count};
	uint32_t number;
	enum err err;

	if (!making->is_upward && !making->to->is_auditor)
		return ERR_OK;
	err = flow_checkpoint_night(&making->night, &number, making->node, &version, info);
	if (err == ERR_OK && number > making->exchange.night_acked) {
		small->night = bytes_view(&making->night);
		flow_exchange_tell_night(&making->exchange, number, making->number);
	}
	return err;
}

static enum err
write_small(struct making *making, struct err_info *info)
{
	struct bundle_small small = {.wraps = making->wraps.items, .wrap_count = making->wraps.count};
	struct view *statements = NULL;
	enum err err = wire_statements(&statements, making, making->statements, making->statement_count, info);

	small.statements = statements;
	small.statement_count = making->statement_count;
	making->sent->statements = making->statement_count + making->path_count;
	if (err == ERR_OK)
		err = add_receipts(&small, making, info);
	if (err == ERR_OK)
		err = add_chains(&small, making, info);
	if (err == ERR_OK)
		err = add_night(&small, making, info);
	bundle_holds(small.holds, making->heads, making->head_count);
	small.has_holds = true;
	small.lacks = (making->lacks_key ? BUNDLE_LACKS_KEY : 0U) |
	              (flow_lacks_schema(making->node) ? BUNDLE_LACKS_SCHEMA : 0U);
	if (err == ERR_OK)
		err = bundle_small_write(&making->small, &small, info);
	return err;
}

/*
 * Schema sets go down, the oldest first of those that the peer has not answered: what was written by an older one cannot be read
 * without it. Up they go only to who went back to an older state and lacks one.
 */
static void
add_schemas(struct making *making)
{
	const struct roster_schema_set *open;
	size_t position = 0;

	if (making->is_upward && !making->exchange.wants_schema)
		return;
	while (making->schema_count < BUNDLE_SCHEMAS_MAX &&
	       (open = roster_schema_next(node_roster(making->node), &position)) != NULL) {
		const struct schema_set *set = NULL;

		if (open->version > making->exchange.schema_acked)
			set = node_schema_find(making->node, open->version, &open->digest);
		if (set != NULL)
			making->schemas[making->schema_count++] = set;
	}
	if (making->schema_count == 0)
		return;
	flow_exchange_tell_schema(&making->exchange, schema_set_version(making->schemas[making->schema_count - 1]),
	                          making->number);
	making->sent->has_schema = true;
}

static enum err
write_preamble(struct making *making, struct err_info *info)
{
	const struct bundle_preamble preamble = {
		.sender = node_identity_of(making->node)->code,
		.recipient = making->to->code,
		.partitions = making->partitions,
		.partition_count = making->partition_count,
	};

	return bundle_preamble_write(&making->preamble, &preamble, info);
}

static void
fill_roster(struct envelope_roster_reference *out, const struct roster_version *version)
{
	for (size_t i = 0; i < version->count; i++) {
		out[i].issuer = version->items[i].issuer;
		out[i].number = version->items[i].number;
		memcpy(out[i].digest, version->items[i].digest, sizeof(out[i].digest));
	}
}

static enum err
seal_letter(struct bytes *file_out, struct making *making, const struct flow_number *number, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(making->node);
	struct envelope_roster_reference roster[LIMIT_LEVELS_MAX];
	const struct envelope_addressee addressee = {making->to->code, making->to->keys.seal};
	struct envelope_content *sections;
	struct view *statements = NULL;
	struct envelope_letter letter = {.addressees = &addressee, .addressee_count = 1, .level = SECTION_LEVEL};
	size_t count = 0;
	enum err err = wire_statements(&statements, making, making->path, making->path_count, info);

	sections = arena_get(&making->arena, (making->delta_count + BUNDLE_SCHEMAS_MAX + 1) * sizeof(*sections));
	if (err == ERR_OK && sections == NULL)
		err = err_nomem(info);
	if (err != ERR_OK)
		return err;
	fill_roster(roster, &making->roster);
	letter.terms.roster_count = making->roster.count;
	sections[count++] = (struct envelope_content){.id = BUNDLE_SECTION_SMALL, .plain = bytes_view(&making->small)};
	for (size_t i = 0; i < making->delta_count; i++)
		sections[count++] = (struct envelope_content){.id = BUNDLE_SECTION_DELTA,
		                                              .plain = bytes_view(&making->deltas[i].section)};
	for (size_t i = 0; i < making->schema_count; i++)
		sections[count++] = (struct envelope_content){.id = BUNDLE_SECTION_SCHEMA,
		                                              .plain = schema_set_bytes(making->schemas[i])};
	letter.terms.sender = self->code;
	memcpy(letter.terms.incarnation, self->incarnation, sizeof(letter.terms.incarnation));
	letter.terms.number = number->next;
	memcpy(letter.terms.previous, number->previous, sizeof(letter.terms.previous));
	letter.terms.time = node_env(making->node)->now(node_env(making->node)->context);
	letter.terms.roster = roster;
	letter.terms.statements = statements;
	letter.terms.statement_count = making->path_count;
	letter.preamble = bytes_view(&making->preamble);
	letter.sections = sections;
	letter.section_count = count;
	return envelope_write(file_out, &making->sent->digest, &letter, node_keys(making->node), node_env(making->node),
	                      info);
}

static enum err
remember(struct making *making, struct flow_number *number, struct err_info *info)
{
	struct receipt_shown *shown = arena_get(&making->arena, (making->partition_count + 1) * sizeof(*shown));
	enum err err;

	if (shown == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < making->partition_count; i++) {
		const struct bundle_partition *partition = &making->partitions[i];

		shown[i] = (struct receipt_shown){partition->id,
		                                  oid_is_none(&partition->end) ? partition->head : partition->end};
	}
	err = receipt_peer_sent(making->exchange.peer, number->next, &making->sent->digest, shown,
	                        making->partition_count, info);
	making->exchange.sent = number->next;
	making->exchange.sent_digest = making->sent->digest;
	if (err == ERR_OK)
		err = flow_wraps_told(&making->exchange, &making->wraps, number->next, info);
	if (err == ERR_OK)
		err = flow_exchange_save(&making->exchange, making->node, info);
	if (err == ERR_OK)
		err = flow_number_used(number, making->node, &making->sent->digest, info);
	return err;
}

static enum err
find_recipient(struct making *making, const struct node_code *to, struct err_info *info)
{
	const struct roster *roster = node_roster(making->node);
	const struct node_code *self = &node_identity_of(making->node)->code;

	making->to = roster_node_find(roster, to);
	if (making->to == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster knows no office %s"), to->text);
	if (making->to->is_revoked)
		return err_set(info, ERR_AUTH, _("the key of %s is revoked; nothing was written"), to->text);
	making->is_upward = roster_is_superior(roster, to, self);
	if (!making->is_upward && !roster_is_superior(roster, self, to))
		return err_set(info, ERR_RIGHT, _("%s is neither above nor below this office"), to->text);
	return ERR_OK;
}

enum err
flow_bundle_make(struct bytes *file_out, struct flow_sent *out, const struct flow_desk *desk,
                 const struct node_code *to, bool is_full, struct err_info *info)
{
	struct flow_sent sent = {.to = *to};
	struct making making = {.desk = desk, .node = desk->node, .is_full = is_full, .sent = &sent};
	struct flow_number number;
	size_t epochs;
	size_t vouched;
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = flow_vouch(&vouched, desk, info);
	if (err == ERR_OK)
		err = flow_renew_epochs(&epochs, desk, info);
	if (err == ERR_OK)
		err = find_recipient(&making, to, info);
	if (err == ERR_OK)
		err = flow_exchange_load(&making.exchange, desk->node, to, info);
	if (err == ERR_OK)
		err = flow_number_load(&number, desk->node, info);
	making.number = err == ERR_OK ? number.next : 0;
	if (err == ERR_OK)
		err = flow_checkpoint_all(desk, info);
	if (err == ERR_OK)
		err = add_partitions(&making, info);
	if (err == ERR_OK)
		err = find_statements(&making, info);
	if (err == ERR_OK)
		err = roster_version_for(&making.roster, node_roster(desk->node), &node_identity_of(desk->node)->code,
		                         info);
	if (err == ERR_OK)
		add_schemas(&making);
	if (err == ERR_OK)
		err = write_small(&making, info);
	if (err == ERR_OK)
		err = write_preamble(&making, info);
	if (err == ERR_OK)
		err = seal_letter(file_out, &making, &number, info);
	sent.number = number.next;
	sent.bytes = file_out->size;
	if (err == ERR_OK)
		err = remember(&making, &number, info);
	making_release(&making);
	if (err != ERR_OK) {
		flow_sent_release(&sent);
		return err;
	}
	*out = sent;
	return ERR_OK;
}

void
flow_sent_release(struct flow_sent *sent)
{
	free(sent->partitions);
	*sent = (struct flow_sent){0};
}
