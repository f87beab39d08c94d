#include "flow/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "envelope/envelope.h"
#include "flow/checkpoint.h"
#include "flow/epoch.h"
#include "flow/making.h"
#include "flow/number.h"
#include "flow/roster.h"

enum {
	SECTION_LEVEL = 12,
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
	enum err err = making_wire(&statements, making, making->path, making->path_count, info);

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
		return err_set_advised(info, ERR_AUTH, ADVICE_ENROL_AGAIN,
		                       _("the key of %s is revoked; nothing was written"), to->text);
	making->is_upward = roster_is_superior(roster, to, self);
	if (!making->is_upward && !roster_is_superior(roster, self, to))
		return err_set_advised(info, ERR_RIGHT, ADVICE_NAME, _("%s is neither above nor below this office"),
		                       to->text);
	return ERR_OK;
}

enum err
flow_bundle_make(struct bytes *file_out, struct flow_sent *out, const struct flow_desk *desk,
                 const struct node_code *to, bool is_full, struct err_info *info)
{
	struct flow_sent sent = {.to = *to};
	struct making making = {.desk = desk, .node = desk->node, .is_full = is_full, .sent = &sent};
	struct flow_number number;
	struct flow_renewed epochs;
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = flow_vouch(&sent, desk, info);
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
		err = flow_checkpoint_all(&sent, desk, info);
	if (err == ERR_OK)
		err = making_partitions(&making, info);
	if (err == ERR_OK)
		err = making_statements(&making, info);
	if (err == ERR_OK)
		err = roster_version_for(&making.roster, node_roster(desk->node), &node_identity_of(desk->node)->code,
		                         info);
	if (err == ERR_OK)
		add_schemas(&making);
	if (err == ERR_OK)
		err = making_small(&making, info);
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

bool
flow_is_of_content(enum err err)
{
	return err == ERR_NOT_FOUND || err == ERR_RIGHT || err == ERR_AUTH || err == ERR_FORMAT || err == ERR_STATE ||
	       err == ERR_VERSION;
}

bool
flow_is_of_one(enum err err)
{
	return flow_is_of_content(err) || err == ERR_IO || err == ERR_TOO_BIG;
}

enum err
flow_leave_out(struct flow_sent *sent, const struct node_code *owner, struct err_info *info)
{
	struct flow_left_out *left;

	if (flow_is_left_out(sent, owner)) /* the first reason is told */
		return ERR_OK;
	left = realloc(sent->left_out, (sent->left_out_count + 1) * sizeof(*left));
	if (left == NULL)
		return err_nomem(info);
	sent->left_out = left;
	left[sent->left_out_count++] = (struct flow_left_out){*owner, *info};
	return ERR_OK;
}

bool
flow_is_left_out(const struct flow_sent *sent, const struct node_code *owner)
{
	for (size_t i = 0; i < sent->left_out_count; i++) {
		if (strcmp(sent->left_out[i].owner.text, owner->text) == 0)
			return true;
	}
	return false;
}

void
flow_sent_release(struct flow_sent *sent)
{
	free(sent->partitions);
	free(sent->left_out);
	*sent = (struct flow_sent){0};
}
