#include "flow/enrol.h"

#include <stdio.h>
#include <string.h>

#include "flow/epoch.h"
#include "flow/peer.h"
#include "flow/roster.h"
#include "partition/partition.h"
#include "roster/answer.h"
#include "roster/rights.h"
#include "schema/set.h"

static void
own_statement(struct statement *out, const struct node *node, enum statement_type type)
{
	const struct node_identity *identity = node_identity_of(node);

	*out = (struct statement){.type = type, .issuer = identity->code, .node = identity->code};
	out->level = identity->level;
	out->keys = *seal_node_key_public(node_keys(node));
	if (identity->level != 0) /* an auditor owns none */
		out->partition = identity->partition;
	out->time = node_env(node)->now(node_env(node)->context);
	(void)snprintf(out->name, sizeof(out->name), "%s", identity->name);
}

enum err
flow_own_fingerprint(struct seal_fingerprint *out, struct node *node, struct err_info *info)
{
	struct statement statement;

	if (node_keys(node) == NULL)
		return err_set(info, ERR_STATE, _("this store has no keys"));
	own_statement(&statement, node, STATEMENT_CARD);
	statement_fingerprint(out, &statement);
	statement_release(&statement);
	return ERR_OK;
}

/* A root is its own superior: its first statement names itself, and its digest is what everybody below pins. */
static enum err
start_root(struct node *node, struct err_info *info)
{
	struct node_identity identity = *node_identity_of(node);
	struct statement statement;
	struct statement_signed signed_text;
	struct roster *roster = NULL;
	struct bytes file = {0};
	enum err err;

	own_statement(&statement, node, STATEMENT_ROOT);
	statement.number = 1;
	err = statement_make(&file, &statement, node_keys(node), info);
	if (err == ERR_OK)
		err = statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_ROSTER, info);
	if (err == ERR_OK) {
		statement_digest(&identity.root, signed_text.text);
		err = roster_new(&roster, &identity.root, info);
	}
	if (err == ERR_OK)
		err = roster_add_file(roster, bytes_view(&file), false, NULL, info);
	if (err == ERR_OK)
		err = node_roster_set(node, roster, info);
	if (err != ERR_OK)
		roster_free(roster);
	identity.is_accepted = true;
	identity.is_root_confirmed = true;
	if (err == ERR_OK)
		err = node_identity_put(node, &identity, info);
	statement_release(&statement);
	bytes_release(&file);
	return err;
}

enum err
flow_init(const char *directory, const struct flow_init_terms *terms, const struct env *env,
          struct seal_fingerprint *fingerprint_out, struct err_info *info)
{
	struct node_identity identity = {.code = terms->code, .level = terms->level, .is_root = terms->is_root};
	struct flow_desk desk = {0};
	enum err err = ERR_OK;

	if (!statement_text_is_plain(view_text(terms->name), LIMIT_NAME_BYTES_MAX))
		return err_set(info, ERR_RULE, _("--name takes 1 to %d bytes of plain text"), LIMIT_NAME_BYTES_MAX);
	(void)snprintf(identity.name, sizeof(identity.name), "%s", terms->name);
	err = node_create(directory, &identity, terms->passphrase, env, info);
	if (err == ERR_OK)
		err = node_open(&desk.node, directory, NODE_UNFINISHED, terms->passphrase, env, info);
	if (err == ERR_OK && terms->is_root) {
		err = start_root(desk.node, info);
		if (err == ERR_OK)
			err = flow_start_partition(&desk, "init", info);
	}
	if (err == ERR_OK)
		err = flow_own_fingerprint(fingerprint_out, desk.node, info);
	if (err == ERR_OK)
		err = node_create_finish(directory, info);
	node_free(desk.node);
	return err;
}

enum err
flow_request(struct bytes *out, struct node *node, struct err_info *info)
{
	struct statement statement;
	enum err err;

	own_statement(&statement, node, STATEMENT_CARD);
	err = statement_make(out, &statement, node_keys(node), info);
	statement_release(&statement);
	return err;
}

static void
describe(struct flow_enrol_result *out, const struct statement *card)
{
	*out = (struct flow_enrol_result){.code = card->issuer, .level = card->level};
	(void)snprintf(out->name, sizeof(out->name), "%s", card->name);
	statement_fingerprint(&out->fingerprint, card);
}

enum err
flow_card_look(struct flow_enrol_result *out, struct view card, struct err_info *info)
{
	struct statement statement;
	enum err err = statement_card_read(&statement, card, info);

	if (err != ERR_OK)
		return err;
	describe(out, &statement);
	statement_release(&statement);
	return ERR_OK;
}

static enum err
check_card(const struct statement *card, const struct flow_desk *desk, const struct flow_enrol_terms *terms,
           const struct flow_enrol_result *result, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(desk->node);
	const char *level = statement_level_name(card->level);

	if (terms->fingerprint != NULL && !seal_fingerprint_equal(terms->fingerprint, &result->fingerprint))
		return err_set(
			info, ERR_AUTH,
			_("the card of %s has fingerprint %s, not the one given; nothing was changed; ask the office "
		          "to read it out again"),
			card->issuer.text, result->fingerprint.text);
	if (card->level >= self->level)
		return err_set(info, ERR_RIGHT, _("%s asks as %s, which is not below %s; nothing was changed"),
		               card->issuer.text, level == NULL ? "?" : level, statement_level_name(self->level));
	return ERR_OK;
}

/* The machine that comes in the lost one's place holds nothing yet, and the lost one's key shall open nothing more. */
static enum err
begin_anew(const struct flow_desk *desk, const struct node_code *code, struct err_info *info)
{
	const struct roster_node *node = roster_node_find(node_roster(desk->node), code);
	struct roster_key_ids due = {0};
	struct flow_exchange exchange;
	struct flow_renewed renewed;
	enum err err = flow_exchange_load(&exchange, desk->node, code, info);

	if (err != ERR_OK)
		return err;
	flow_exchange_forget(&exchange);
	err = flow_exchange_save(&exchange, desk->node, info);
	flow_exchange_release(&exchange);
	if (err == ERR_OK && !node->is_auditor)
		err = roster_epoch_due(&due, node_roster(desk->node), &node->partition, info);
	if (err == ERR_OK && due.count > 0 && !desk->is_dry_run)
		err = flow_open_epoch(desk, code, info);
	roster_key_ids_release(&due);
	if (err == ERR_OK)
		err = flow_renew_epochs(&renewed, desk, info);
	return err;
}

static enum err
sign_card(const struct statement *card, const struct flow_desk *desk, const struct flow_enrol_terms *terms,
          struct err_info *info)
{
	const struct roster_node *known = roster_node_find(node_roster(desk->node), &card->issuer);
	struct statement statement = {.type = known == NULL ? STATEMENT_ENROL : STATEMENT_REPLACE};
	struct arena arena = {0};
	bool is_new;
	enum err err = ERR_OK;

	if (known != NULL && !terms->is_replacement)
		return err_set(
			info, ERR_EXISTS,
			_("%s is enrolled with other keys; if its computer was lost, run enrol again with --replace; "
		          "nothing was changed"),
			node_label(desk->node, &card->issuer));
	if (known == NULL && terms->is_replacement)
		return err_set(info, ERR_NOT_FOUND, _("%s is not enrolled yet: enrol it without --replace"),
		               card->issuer.text);
	if (known != NULL && known->level != card->level)
		return err_set(info, ERR_RULE, _("%s asks as %s, and is enrolled as %s; nothing was changed"),
		               card->issuer.text, statement_level_name(card->level),
		               statement_level_name(known->level));
	statement.node = card->issuer;
	statement.level = card->level;
	statement.keys = card->keys;
	statement.partition = known == NULL ? card->partition : known->partition;
	statement.is_confirmed = terms->fingerprint != NULL || terms->is_confirmed;
	(void)snprintf(statement.name, sizeof(statement.name), "%s", card->name);
	if (known != NULL)
		err = roster_chain_end(&statement.chain_number, &statement.chain_digest, node_roster(desk->node),
		                       &card->issuer, info);
	if (err == ERR_OK && known != NULL)
		err = flow_accepted_heads(&statement, desk->node, &card->issuer, &arena, info);
	is_new = known == NULL; /* what is said now moves the roster's nodes */
	if (err == ERR_OK)
		err = node_roster_say(desk->node, &statement, info);
	if (err == ERR_OK && !is_new)
		err = begin_anew(desk, &card->issuer, info);
	arena_release(&arena);
	return err;
}

static bool
is_same_card(const struct roster_node *known, const struct statement *card)
{
	return known != NULL && seal_public_key_equal(&known->keys.sign, &card->keys.sign) &&
	       seal_public_key_equal(&known->keys.seal, &card->keys.seal) &&
	       (known->is_replaced || id_equal(&known->partition, &card->partition));
}

enum err
flow_answer_for(struct bytes *out, struct node *node, const struct node_code *code, struct err_info *info)
{
	const struct roster_schema_set *open;
	struct view sets[LIMIT_ANSWER_SETS_MAX];
	size_t position = 0;
	size_t count = 0;

	/* the newest, if there are more; the others come by bundle */
	while ((open = roster_schema_next(node_roster(node), &position)) != NULL) {
		const struct schema_set *set = node_schema_find(node, open->version, &open->digest);

		if (set != NULL && count == LIMIT_ANSWER_SETS_MAX)
			memmove(sets, sets + 1, --count * sizeof(sets[0]));
		if (set != NULL)
			sets[count++] = schema_set_bytes(set);
	}
	return roster_answer_write(out, node_roster(node), &node_identity_of(node)->code, code, sets, count, info);
}

enum err
flow_enrol(struct bytes *answer_out, struct flow_enrol_result *out, const struct flow_desk *desk,
           const struct flow_enrol_terms *terms, struct err_info *info)
{
	struct flow_enrol_result result;
	struct statement card = {0};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = statement_card_read(&card, terms->card, info);
	if (err != ERR_OK)
		return err;
	describe(&result, &card);
	err = check_card(&card, desk, terms, &result, info);
	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK) {
		const struct roster_node *known = roster_node_find(node_roster(desk->node), &card.issuer);

		result.was_known = is_same_card(known, &card);
		result.is_confirmed =
			result.was_known ? known->is_confirmed : terms->fingerprint != NULL || terms->is_confirmed;
		if (!result.was_known)
			err = sign_card(&card, desk, terms, info);
	}
	if (err == ERR_OK)
		err = flow_answer_for(answer_out, desk->node, &card.issuer, info);
	if (err == ERR_OK && desk->is_dry_run)
		node_discard(desk->node);
	else if (err == ERR_OK)
		err = node_commit(desk->node, "enrol", info);
	node_unlock(desk->node);
	if (err == ERR_OK)
		*out = result;
	statement_release(&card);
	return err;
}
