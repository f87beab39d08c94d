#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/enrol.h"
#include "flow/epoch.h"
#include "roster/answer.h"
#include "roster/rights.h"

enum err
flow_answer_look(struct flow_accept_result *out, struct view answer, struct err_info *info)
{
	struct roster_answer read;
	struct flow_accept_result result = {0};
	enum err err = roster_answer_read(&read, answer, info);

	if (err != ERR_OK)
		return err;
	result.superior = read.issuer;
	err = roster_answer_fingerprint(&result.root, &read, info);
	if (err == ERR_OK)
		*out = result;
	roster_answer_release(&read);
	return err;
}

/* The answer must be for us: our code, our keys, our partition, under the issuer that it names. */
static enum err
check_answer(struct flow_accept_result *out, const struct node *node, const struct roster *roster,
             const struct roster_answer *answer, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(node);
	const struct seal_public *keys = seal_node_key_public(node_keys(node));
	const struct roster_node *found = roster_node_find(roster, &self->code);
	const struct roster_node *superior = found == NULL ? NULL : roster_superior(roster, found);

	if (strcmp(answer->node.text, self->code.text) != 0)
		return err_set_advised(info, ERR_STATE, ADVICE_OTHER_STORE,
		                       _("this answer is for %s, this store is %s; nothing was changed"),
		                       answer->node.text, self->code.text);
	if (found == NULL || superior == NULL)
		return err_set(info, ERR_AUTH,
		               _("the answer's roster does not enrol this office; nothing was changed"));
	if (!seal_public_key_equal(&found->keys.sign, &keys->sign) ||
	    !seal_public_key_equal(&found->keys.seal, &keys->seal) ||
	    (!found->is_replaced && !id_equal(&found->partition, &self->partition)))
		return err_set_advised(
			info, ERR_AUTH, ADVICE_ENROL_AGAIN,
			_("the answer enrols other keys than this store's; nothing was changed; send a new card: "
		          "tiersync request --out CARD"));
	out->superior = superior->code;
	out->partition = found->partition;
	out->is_replaced = found->is_replaced || self->is_awaited;
	(void)snprintf(out->superior_name, sizeof(out->superior_name), "%s", superior->name);
	return ERR_OK;
}

/* --- another root: the one that was pinned has been adopted by an office above it --- */

/* Whoever can read this office's statements can make a roster around them: so a person compares the new root, or nothing is changed. */
static enum err
check_adoption(const struct node_identity *self, const struct roster_answer *answer, bool is_compared,
               struct err_info *info)
{
	bool is_known = self->is_root;

	for (size_t i = 0; i < answer->statement_count && !is_known; i++) {
		struct digest digest;

		statement_digest(&digest, answer->statements[i].text);
		is_known = digest_equal(&digest, &self->root);
	}
	if (!is_known)
		return err_set(info, ERR_AUTH, "%s", _("this store has pinned another root; nothing was changed"));
	if (!is_compared)
		return err_set(info, ERR_AUTH, "%s",
		               _("the answer leads from another root than the one pinned, as if that had been adopted: "
		                 "compare the new root's fingerprint and give it with --root; nothing was changed"));
	return ERR_OK;
}

/* What was written names schema sets that the old root had opened: the new one must open the same. */
static enum err
check_sets(const struct roster *old, const struct roster *roster, struct err_info *info)
{
	const struct roster_schema_set *set;
	size_t position = 0;

	while ((set = roster_schema_next(old, &position)) != NULL) {
		if (!roster_schema_is_open(roster, set->version, &set->digest))
			return err_set(
				info, ERR_STATE,
				_("the new root has not signed schema set %u as this office has it: let it add the "
			          "same kind files in the same order (tiersync schema add), then enrol again; "
			          "nothing was changed"),
				set->version);
	}
	return ERR_OK;
}

/* Everything that was said under the old root, our own chain first of all, is part of the new roster. */
static enum err
carry_over(struct roster *roster, const struct node *node, struct err_info *info)
{
	const struct roster *old = node_roster_of(node);
	const struct node_code *self = &node_identity_of(node)->code;
	struct roster_statement *items = NULL;
	struct digest digest[2] = {{{0}}};
	uint32_t number[2] = {0};
	size_t count = 0;
	enum err err = roster_newer(&items, &count, old, NULL, NULL, 0, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = roster_add(roster, items[i].text, &items[i].sshsig.signature, NULL, info);
	free(items);
	if (err == ERR_OK)
		err = roster_chain_end(&number[0], &digest[0], old, self, info);
	if (err == ERR_OK)
		err = roster_chain_end(&number[1], &digest[1], roster, self, info);
	if (err == ERR_OK && number[0] != number[1])
		err = err_set(
			info, ERR_STATE,
			_("of this office's %u statements only %u fit under the new root: its keys were changed before "
		          "it was adopted; nothing was changed"),
			number[0], number[1]);
	return err;
}

static enum err
adopt(struct roster *roster, const struct flow_desk *desk, const struct roster_answer *answer, bool is_compared,
      struct err_info *info)
{
	enum err err = check_adoption(node_identity_of(desk->node), answer, is_compared, info);

	if (err == ERR_OK && node_roster_of(desk->node) == NULL)
		return ERR_OK; /* keys restored from a copy: nothing was said here under the other root */
	if (err == ERR_OK)
		err = check_sets(node_roster_of(desk->node), roster, info);
	return err == ERR_OK ? carry_over(roster, desk->node, info) : err;
}

static enum err
take_statements(struct node *node, const struct roster_answer *answer, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < answer->statement_count; i++)
		err = node_roster_add(node, answer->statements[i].text, &answer->statements[i].sshsig.signature, NULL,
		                      info);
	return err;
}

static enum err
pin(struct flow_accept_result *out, const struct flow_desk *desk, const struct roster_answer *answer,
    const struct seal_fingerprint *root, bool is_confirmed, struct err_info *info)
{
	struct node_identity identity = *node_identity_of(desk->node);
	static const struct digest none;
	struct roster *roster = NULL;
	bool is_compared = root != NULL || is_confirmed;
	bool is_other = !digest_equal(&identity.root, &none) && !digest_equal(&identity.root, &answer->root);
	enum err err = roster_answer_fingerprint(&out->root, answer, info);

	if (err == ERR_OK && root != NULL && !seal_fingerprint_equal(root, &out->root))
		err = err_set(
			info, ERR_AUTH,
			_("the answer leads from a root with fingerprint %s, not the one given; nothing was changed"),
			out->root.text);
	if (err == ERR_OK)
		err = roster_answer_roster(&roster, answer, info);
	if (err == ERR_OK)
		err = check_answer(out, desk->node, roster, answer, info);
	if (err == ERR_OK && is_other)
		err = adopt(roster, desk, answer, is_compared, info);
	out->was_accepted = identity.is_accepted && !is_other;
	out->is_adopted = is_other;
	identity.is_root = false;
	identity.partition = out->partition; /* a replaced machine's card had drawn another, which nobody ever used */
	identity.root = answer->root;
	identity.is_accepted = true;
	identity.is_root_confirmed = is_compared || (identity.is_root_confirmed && !is_other);
	out->is_confirmed = identity.is_root_confirmed;
	if (err == ERR_OK)
		err = node_identity_put(desk->node, &identity, info);
	if (err == ERR_OK && out->was_accepted) {
		err = take_statements(desk->node, answer, info);
	} else if (err == ERR_OK) {
		err = node_roster_set(desk->node, roster, info);
		if (err == ERR_OK)
			roster = NULL;
	}
	roster_free(roster);
	return err;
}

enum err
flow_accept(struct flow_accept_result *out, const struct flow_desk *desk, struct view answer_file,
            const struct seal_fingerprint *root, bool is_confirmed, struct err_info *info)
{
	struct flow_accept_result result = {0};
	struct roster_answer answer;
	enum err err;

	err = roster_answer_read(&answer, answer_file, info);
	if (err != ERR_OK)
		return err;
	err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = pin(&result, desk, &answer, root, is_confirmed, info);
	for (size_t i = 0; err == ERR_OK && i < answer.schema_set_count; i++)
		err = node_schema_put(desk->node, answer.schema_sets[i], info);
	if (err == ERR_OK && desk->is_dry_run) {
		node_discard(desk->node);
	} else if (err == ERR_OK && node_identity_of(desk->node)->level == NODE_LEVEL_AUDITOR) {
		err = node_commit(desk->node, "accept", info);
	} else if (err == ERR_OK) {
		err = flow_start_partition(desk, "accept", info);
	}
	node_unlock(desk->node);
	roster_answer_release(&answer);
	if (err == ERR_OK)
		*out = result;
	return err;
}
