/* What of a bundle is no delta: statements, receipts, chain ends, the night's line. schema/exchange-v1.md, section 2. */
#include <stdlib.h>
#include <string.h>

#include "flow/checkpoint.h"
#include "flow/making.h"

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

enum err
making_wire(struct view **out, struct making *making, const struct roster_statement *statements, size_t count,
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
enum err
making_statements(struct making *making, struct err_info *info)
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

enum err
making_small(struct making *making, struct err_info *info)
{
	struct bundle_small small = {.wraps = making->wraps.items, .wrap_count = making->wraps.count};
	struct view *statements = NULL;
	enum err err = making_wire(&statements, making, making->statements, making->statement_count, info);

	small.statements = statements;
	small.statement_count = making->statement_count;
	making->sent->statements = making->statement_count + making->path_count;
	if (err == ERR_OK)
		err = add_receipts(&small, making, info);
	if (err == ERR_OK)
		err = add_chains(&small, making, info);
	if (err == ERR_OK)
		err = add_night(&small, making, info);
	/* a head that is not told would look like one that was lost, and all would be sent again */
	small.has_holds = !making->is_partial;
	if (small.has_holds)
		bundle_holds(small.holds, making->heads, making->head_count);
	small.lacks = (making->lacks_key ? BUNDLE_LACKS_KEY : 0U) |
	              (flow_lacks_schema(making->node) ? BUNDLE_LACKS_SCHEMA : 0U);
	if (err == ERR_OK)
		err = bundle_small_write(&making->small, &small, info);
	return err;
}
