#include <stdio.h>
#include <string.h>

#include "codec/codec.h"
#include "flow/evidence.h"
#include "flow/taking.h"
#include "partition/partition.h"
#include "receipt/checkpoint.h"
#include "roster/rights.h"
#include "schema/set.h"

/*
 * When there are more than the manifest has room for, it holds the newest, and those that they stand on are inside: only now
 * do the manifest's say something.
 */
static enum err
take_statements(struct taking *taking, struct err_info *info)
{
	const struct envelope_terms *terms = &taking->manifest->terms;
	enum err err = taking_statements(taking, taking->small.statements, taking->small.statement_count, true, info);

	if (err == ERR_OK && taking->small.statement_count > 0)
		err = taking_statements(taking, terms->statements, terms->statement_count, true, info);
	return err;
}

static bool
is_held_set(struct node *node, struct view content)
{
	const struct roster_schema_set *open;
	bool is_held = false;
	size_t position = 0;

	while (!is_held && (open = roster_schema_next(node_roster(node), &position)) != NULL) {
		const struct schema_set *set = node_schema_find(node, open->version, &open->digest);

		is_held = set != NULL && view_equal(content, schema_set_bytes(set));
	}
	return is_held;
}

/* From below nothing is parsed, unless we lack a set; one that we hold by now comes late and says nothing. */
static enum err
check_schema_sender(const struct taking *taking, struct view content, struct err_info *info)
{
	if (flow_lacks_schema(taking->node) ||
	    roster_is_superior(node_roster(taking->node), &taking->sender.code,
	                       &node_identity_of(taking->node)->code) ||
	    is_held_set(taking->node, content))
		return ERR_OK;
	return err_set(info, ERR_RIGHT, _("schema sets come from above; %s is not above this office"),
	               taking->sender.code.text);
}

/* Only a set that the root has opened is held. */
static enum err
take_schema(struct taking *taking, size_t section, struct err_info *info)
{
	const struct view no_dictionary = {0};
	struct schema_set *set = NULL;
	struct bytes content = {0};
	enum err err =
		envelope_section(&content, taking->envelope, section, no_dictionary, LIMIT_SCHEMA_SET_BYTES_MAX, info);

	if (err == ERR_OK)
		err = check_schema_sender(taking, bytes_view(&content), info);
	if (err == ERR_OK)
		err = schema_set_read(&set, bytes_view(&content), info);
	if (err == ERR_OK &&
	    roster_schema_is_open(node_roster(taking->node), schema_set_version(set), schema_set_digest(set)) &&
	    node_schema_find(taking->node, schema_set_version(set), schema_set_digest(set)) == NULL) {
		err = node_schema_put(taking->node, bytes_view(&content), info);
		taking->taken->schema_sets++;
	}
	schema_set_free(set);
	bytes_release(&content);
	return err;
}

enum err
taking_find_signer(struct seal_public_key *out, bool *is_ended, struct taking *taking, taking_check_key check,
                   void *text, struct err_info *info)
{
	struct roster_key key;
	size_t position = 0;
	enum err err = check(text, &taking->sender.keys.sign, info);

	*out = taking->sender.keys.sign;
	if (is_ended != NULL)
		*is_ended = false;
	while (err == ERR_AUTH && roster_key_next(&key, node_roster(taking->node), &taking->sender.code, &position)) {
		if (key.is_newest || (key.is_revoked && is_ended == NULL) ||
		    check(text, &key.keys.sign, NULL) != ERR_OK)
			continue;
		*out = key.keys.sign;
		if (is_ended != NULL)
			*is_ended = key.is_revoked;
		err = ERR_OK;
	}
	return err;
}

static enum err
check_receipt(void *text, const struct seal_public_key *key, struct err_info *info)
{
	return receipt_verify(text, key, info);
}

static enum err
check_night(void *text, const struct seal_public_key *key, struct err_info *info)
{
	struct statement_signed *signed_text = text;

	signed_text->sshsig.signer = *key;
	return statement_verify(signed_text, SEAL_NAMESPACE_CHECKPOINT, info);
}

static enum err
note_receipt(struct taking *taking, const struct receipt *receipt, bool is_new, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < receipt->partition_count; i++) {
		const struct receipt_partition *partition = &receipt->partitions[i];
		const struct receipt_shown told = {partition->partition, partition->head};
		const struct flow_confirmed confirmed = {partition->partition, partition->head, receipt->time};

		if (is_new)
			err = receipt_peer_told(taking->exchange.peer, &told, info);
		if (partition->state == RECEIPT_HELD || partition->state == RECEIPT_REFUSED)
			taking->taken->refused_there++;
		if (err != ERR_OK || oid_is_none(&partition->head))
			continue;
		taking->taken->confirmed++;
		err = flow_exchange_confirm(&taking->exchange, &confirmed, info);
	}
	return err;
}

static enum err
take_receipt(struct taking *taking, struct view wire, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(taking->node)->code;
	struct receipt receipt = {0};
	struct receipt_peer_news news;
	bool is_kept = false;
	struct seal_public_key signer = taking->sender.keys.sign;
	bool is_ended = false;
	enum err err = receipt_read(&receipt, wire, &taking->sender.code, self, info);

	if (err == ERR_OK)
		err = taking_find_signer(&signer, &is_ended, taking, check_receipt, &receipt, info);
	if (err != ERR_OK || is_ended) {
		receipt_release(&receipt);
		return err;
	}
	err = receipt_peer_take(taking->exchange.peer, &receipt, taking->exchange.sent, &news, info);
	if (err == ERR_OK && news.is_answered)
		err = flow_exchange_answered(&taking->exchange, news.number, info);
	if (err == ERR_OK)
		err = flow_receipt_is_kept(&is_kept, taking->node, FLOW_FROM, &receipt, info);
	if (err == ERR_OK)
		err = note_receipt(taking, &receipt, !is_kept, info);
	if (err == ERR_OK)
		err = flow_receipt_keep(taking->node, FLOW_FROM, &receipt, &signer, info);
	receipt_release(&receipt);
	return err;
}

/* The roster version that the manifest names: a nightly line with the same leaves it out. */
static size_t
manifest_roster(struct statement_reference out[LIMIT_LEVELS_MAX], const struct envelope_manifest *manifest)
{
	const struct envelope_terms *terms = &manifest->terms;

	for (size_t i = 0; i < terms->roster_count; i++) {
		out[i].issuer = terms->roster[i].issuer;
		out[i].number = terms->roster[i].number;
		memcpy(out[i].digest, terms->roster[i].digest, sizeof(out[i].digest));
	}
	return terms->roster_count;
}

static enum err
take_night(struct taking *taking, struct err_info *info)
{
	struct checkpoint_night night;
	struct statement_signed signed_text = {.sshsig.signer = taking->sender.keys.sign};
	struct seal_public_key signer = taking->sender.keys.sign;
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	struct bytes file = {0};
	bool is_ended = false;
	struct statement_reference roster[LIMIT_LEVELS_MAX];
	const struct checkpoint_version version = {roster, manifest_roster(roster, taking->manifest)};
	enum err err = checkpoint_night_wire_read(&night, &signed_text.sshsig.signature, taking->small.night,
	                                          &taking->sender.code, &version, info);

	if (err == ERR_OK)
		err = checkpoint_night_write(&text, &night, info);
	signed_text.text = bytes_view(&text);
	if (err == ERR_OK)
		err = taking_find_signer(&signer, &is_ended, taking, check_night, &signed_text, info);
	signed_text.sshsig.signer = signer;
	if (err == ERR_OK)
		err = statement_join(&file, &signed_text, SEAL_NAMESPACE_CHECKPOINT, info);
	if (err == ERR_OK)
		err = flow_night_path(path, &taking->sender.code, taking->manifest->terms.incarnation, night.number,
		                      bytes_view(&text), info);
	if (err == ERR_OK && !is_ended)
		err = node_file_put(taking->node, path, bytes_view(&file), info);
	bytes_release(&text);
	bytes_release(&file);
	return err;
}

/* A store that went back to an older state lacks what we think that it has: then it is told again. */
static enum err
take_standing(struct taking *taking, struct err_info *info)
{
	const struct bundle_small *small = &taking->small;
	const struct schema_set *newest = node_schema(taking->node);
	struct flow_exchange *exchange = &taking->exchange;
	uint8_t standing[BUNDLE_STANDING_BYTES];
	enum err err = bundle_standing(standing, exchange->chains_peer.items, exchange->chains_peer.count, info);

	if (err != ERR_OK)
		return err;
	exchange->is_behind = small->has_standing && memcmp(standing, small->standing, sizeof(standing)) != 0;
	exchange->wants_schema = (small->lacks & BUNDLE_LACKS_SCHEMA) != 0;
	if (exchange->wants_schema && newest != NULL && exchange->schema_acked >= schema_set_version(newest))
		flow_exchange_tell_schemas_again(exchange);
	exchange->wants_keys = (small->lacks & BUNDLE_LACKS_KEY) != 0;
	return ERR_OK;
}

enum err
taking_small(struct taking *taking, struct err_info *info)
{
	enum err err = take_statements(taking, info);

	for (size_t i = 0; err == ERR_OK && i < envelope_section_count(taking->envelope); i++) {
		if (envelope_section_at(taking->envelope, i)->id == BUNDLE_SECTION_SCHEMA)
			err = take_schema(taking, i, info);
	}
	for (size_t i = 0; err == ERR_OK && i < taking->small.receipt_count; i++)
		err = take_receipt(taking, taking->small.receipts[i], info);
	if (err == ERR_OK)
		err = flow_chains_update(&taking->exchange.chains_peer, taking->small.chains, taking->small.chain_count,
		                         info);
	if (err == ERR_OK)
		err = take_standing(taking, info);
	if (err == ERR_OK && taking->small.night.size > 0)
		err = take_night(taking, info);
	return err;
}
