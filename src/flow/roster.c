#include "flow/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/enrol.h"
#include "flow/epoch.h"
#include "flow/reason.h"
#include "flow/wraps.h"
#include "roster/version.h"

enum err
flow_say(struct flow_said *out, const struct flow_desk *desk, struct statement *statement, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(desk->node);
	struct flow_said said = {.node = statement->node};
	struct statement next = {.type = statement->type};
	enum err err = node_roster_say(desk->node, statement, info);

	said.number = statement->number;
	if (err == ERR_OK)
		err = roster_next(&next, node_roster(desk->node), &self->code, info);
	said.digest = next.previous;
	if (err == ERR_OK)
		err = flow_renew_epochs(&said.epochs, desk, info);
	if (err == ERR_OK)
		*out = said;
	return err;
}

enum err
flow_say_finish(const struct flow_desk *desk, const char *subject, enum err err, struct err_info *info)
{
	struct err_info again;

	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, subject, info);
	if ((err != ERR_OK || desk->is_dry_run) && node_revert(desk->node, &again) != ERR_OK && err == ERR_OK)
		err = err_pass(info, again.code, &again);
	return err;
}

/* --- rotate --- */

static enum err
check_own_key(struct node *node, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(node)->code;

	if (node_keys(node) == NULL)
		return err_set(info, ERR_STATE, "%s", _("this store has no keys"));
	return err_advise(info,
	                  roster_key_check(node_roster(node), self, &seal_node_key_public(node_keys(node))->sign, info),
	                  ADVICE_ENROL_AGAIN);
}

static enum err
rotate(struct flow_rotated *out, const struct flow_desk *desk, struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_ROTATE, .node = node_identity_of(desk->node)->code};
	const struct seal_node_key *next = NULL;
	enum err err = check_own_key(desk->node, info);

	if (err == ERR_OK)
		err = node_key_draw(&next, desk->node, desk->is_dry_run, info);
	if (err != ERR_OK)
		return err;
	statement.keys = *seal_node_key_public(next);
	seal_key_id(&out->old_key, &seal_node_key_public(node_keys(desk->node))->sign);
	seal_key_id(&out->new_key, &statement.keys.sign);
	if (!desk->is_dry_run) /* before the statement: no moment in which the new key opens nothing */
		err = flow_wrap_all_for(desk, &statement.keys.seal, info);
	if (err == ERR_OK)
		err = flow_say(&out->said, desk, &statement, info);
	statement_release(&statement);
	return err;
}

enum err
flow_rotate(struct flow_rotated *out, const struct flow_desk *desk, struct err_info *info)
{
	struct flow_rotated result = {.said = {.number = 0}};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	result.was_begun = err == ERR_OK && node_keys_were_finished(desk->node);
	if (result.was_begun) {
		result.said.node = node_identity_of(desk->node)->code;
		seal_key_id(&result.new_key, &seal_node_key_public(node_keys(desk->node))->sign);
	} else {
		if (err == ERR_OK)
			err = rotate(&result, desk, info);
		err = flow_say_finish(desk, "rotate", err, info);
		if (err == ERR_OK && !desk->is_dry_run)
			err = node_key_switch(desk->node, info);
	}
	if (err == ERR_OK)
		err = flow_own_fingerprint(&result.fingerprint, desk->node, info);
	node_unlock(desk->node);
	if (err == ERR_OK)
		*out = result;
	return err;
}

/* --- settle --- */

static bool
has_digits(const struct digest *digest, const char *digits)
{
	char hex[2 * DIGEST_BYTES + 1];

	hex_write(hex, view_of(digest->bytes, DIGEST_BYTES));
	return strncmp(hex, digits, strlen(digits)) == 0;
}

static enum err
find_branch(struct statement *out, struct node *node, const struct node_code *about, const char *digits,
            struct err_info *info)
{
	struct roster_statement *items = NULL;
	size_t count = 0;
	size_t found = 0;
	enum err err = roster_newer(&items, &count, node_roster(node), NULL, NULL, 0, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (strcmp(items[i].issuer.text, about->text) != 0 || items[i].is_effective ||
		    !has_digits(&items[i].digest, digits))
			continue;
		out->chain_number = items[i].number;
		out->chain_digest = items[i].digest;
		found++;
	}
	free(items);
	if (err == ERR_OK && found == 0)
		err = err_set(info, ERR_NOT_FOUND,
		              _("no disputed statement of %s begins with %s; see: tiersync roster list %s"),
		              about->text, digits, about->text);
	if (err == ERR_OK && found > 1)
		err = err_set(info, ERR_USAGE, _("%zu statements of %s begin with %s; give more digits"), found,
		              about->text, digits);
	return err;
}

enum err
flow_settle(struct flow_said *out, const struct flow_desk *desk, const struct node_code *about, const char *digits,
            struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_SETTLE, .node = *about};
	const struct roster_node *node = NULL;
	struct flow_said said;
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK) {
		node = roster_node_find(node_roster(desk->node), about);
		if (node == NULL || !node->is_disputed)
			err = err_set_advised(
				info, ERR_STATE, ADVICE_NAME,
				_("%s has not signed two statements with one number: there is nothing to settle"),
				about->text);
	}
	if (err == ERR_OK)
		err = find_branch(&statement, desk->node, about, digits, info);
	if (err == ERR_OK)
		err = flow_say(&said, desk, &statement, info);
	err = flow_say_finish(desk, "settle", err, info);
	node_unlock(desk->node);
	statement_release(&statement);
	if (err == ERR_OK)
		*out = said;
	return err;
}

/* --- revoke --- */

void
flow_revoked_release(struct flow_revoked *revoked)
{
	free(revoked->partitions);
	*revoked = (struct flow_revoked){0};
}

static enum err
find_key(struct id *out, struct node *node, const struct flow_revoke_terms *terms, struct err_info *info)
{
	const struct roster_node *found = roster_node_find(node_roster(node), &terms->node);
	struct roster_key key;
	char hex[2 * ID_BYTES + 1];
	enum err err;

	if (found == NULL || found->is_rolls)
		return err_set(info, ERR_NOT_FOUND, _("the roster knows no office %s"), terms->node.text);
	*out = terms->key == NULL ? found->key_id : *terms->key;
	hex_write(hex, view_of(out->bytes, ID_BYTES));
	err = roster_key_find(&key, node_roster(node), out, info);
	if (err == ERR_OK && strcmp(key.node->code.text, terms->node.text) != 0)
		err = err_set(info, ERR_NOT_FOUND, _("%s never had the key %s"), terms->node.text, hex);
	if (err == ERR_OK && key.is_revoked)
		err = err_set(info, ERR_EXISTS, _("the key %s of %s is revoked already; nothing was changed"), hex,
		              terms->node.text);
	return err;
}

static enum err
revoke(struct flow_revoked *out, const struct flow_desk *desk, const struct flow_revoke_terms *terms,
       struct arena *arena, struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_REVOKE, .node = terms->node};
	enum err err = find_key(&statement.key_id, desk->node, terms, info);

	(void)snprintf(statement.reason, sizeof(statement.reason), "%s", terms->reason);
	if (err == ERR_OK)
		err = roster_chain_end(&statement.chain_number, &statement.chain_digest, node_roster(desk->node),
		                       &terms->node, info);
	if (err == ERR_OK)
		err = flow_accepted_heads(&statement, desk->node, &terms->node, arena, info);
	out->key = statement.key_id;
	if (err == ERR_OK)
		err = flow_signed_by(&out->partitions, &out->count, desk->node, &statement, info);
	if (err == ERR_OK)
		err = flow_say(&out->said, desk, &statement, info);
	return err;
}

enum err
flow_revoke(struct flow_revoked *out, const struct flow_desk *desk, const struct flow_revoke_terms *terms,
            struct err_info *info)
{
	struct flow_revoked result = {.count = 0};
	struct arena arena = {0};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = flow_reason_check(desk->node, terms->reason, info);
	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = revoke(&result, desk, terms, &arena, info);
	err = flow_say_finish(desk, "revoke", err, info);
	node_unlock(desk->node);
	arena_release(&arena);
	if (err == ERR_OK)
		*out = result;
	else
		flow_revoked_release(&result);
	return err;
}
