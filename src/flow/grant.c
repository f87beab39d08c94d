#include "flow/grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roster/rights.h"

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(((const struct id *)a)->bytes, ((const struct id *)b)->bytes, ID_BYTES);
}

static enum err
find_partition(struct id *out, struct node *node, struct view code_text, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(node);
	const struct roster_node *owner;
	struct node_code code;

	if (!node_code_read(&code, code_text))
		return err_set(info, ERR_USAGE, _("--partition takes codes of offices with commas between, not '%.*s'"),
		               (int)code_text.size, (const char *)code_text.data);
	owner = roster_node_find(node_roster(node), &code);
	if (owner == NULL || owner->is_auditor)
		return err_set(info, ERR_NOT_FOUND, _("the roster knows no office %s"), code.text);
	if (!node_code_is_owner(&self->code, &code) && !roster_is_superior(node_roster(node), &self->code, &code))
		return err_set(info, ERR_RIGHT, _("%s is not below this office: what it owns is not ours to show"),
		               code.text);
	*out = owner->partition;
	return ERR_OK;
}

/* *out is malloc'd: the caller frees it. */
static enum err
find_partitions(struct id **out, size_t *count_out, struct node *node, const char *text, struct err_info *info)
{
	struct view rest = view_text(text == NULL ? "" : text);
	struct id *ids = calloc(rest.size + 1, sizeof(*ids));
	size_t count = 0;
	enum err err = ids == NULL ? err_nomem(info) : ERR_OK;

	while (err == ERR_OK && rest.size > 0) {
		const uint8_t *comma = memchr(rest.data, ',', rest.size);
		size_t size = comma == NULL ? rest.size : (size_t)(comma - rest.data);

		err = find_partition(&ids[count], node, view_of(rest.data, size), info);
		count++;
		size += comma == NULL ? 0 : 1;
		rest = view_of(rest.data + size, rest.size - size);
	}
	if (err == ERR_OK && count > 1)
		qsort(ids, count, sizeof(*ids), compare_ids);
	for (size_t i = 1; err == ERR_OK && i < count; i++) {
		if (id_equal(&ids[i - 1], &ids[i]))
			err = err_set(info, ERR_USAGE, "%s", _("--partition names an office twice"));
	}
	if (err != ERR_OK) {
		free(ids);
		return err;
	}
	*out = ids;
	*count_out = count;
	return ERR_OK;
}

/* By its card, or by what the roster has of it. */
static enum err
describe(struct statement *out, struct flow_granted *granted, struct node *node, const struct flow_grant_terms *terms,
         struct err_info *info)
{
	const struct roster_node *known;
	enum err err;

	if (terms->card.size > 0) {
		err = statement_card_read(out, terms->card, info);
		if (err == ERR_OK && out->level != 0)
			err = err_set(info, ERR_RULE,
			              _("the card of %s asks as %s: enrol it; only auditors are granted"),
			              out->issuer.text, statement_level_name(out->level));
	} else {
		known = roster_node_find(node_roster(node), terms->code);
		if (known == NULL || !known->is_auditor)
			return err_set(
				info, ERR_NOT_FOUND,
				_("the roster has no auditor %s; give the card that it wrote with: tiersync request"),
				terms->code->text);
		*out = (struct statement){.issuer = known->code, .node = known->code, .keys = known->keys};
		out->is_confirmed = known->is_confirmed;
		(void)snprintf(out->name, sizeof(out->name), "%s", known->name);
		err = ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	granted->auditor = (struct flow_enrol_result){.code = out->issuer};
	(void)snprintf(granted->auditor.name, sizeof(granted->auditor.name), "%s", out->name);
	statement_fingerprint(&granted->auditor.fingerprint, out);
	if (terms->fingerprint != NULL && !seal_fingerprint_equal(terms->fingerprint, &granted->auditor.fingerprint))
		return err_set(info, ERR_AUTH,
		               _("the card of %s has fingerprint %s, not the one given; nothing was changed"),
		               out->issuer.text, granted->auditor.fingerprint.text);
	return ERR_OK;
}

/* The same grant again (an answer that was lost) is not said twice. */
static bool
is_said(const struct roster *roster, const struct statement *statement)
{
	const struct roster_node *known = roster_node_find(roster, &statement->node);
	const struct id *partitions;
	size_t count;

	if (known == NULL || !known->is_auditor || known->may_read != statement->may_read ||
	    !seal_public_key_equal(&known->keys.sign, &statement->keys.sign) ||
	    !seal_public_key_equal(&known->keys.seal, &statement->keys.seal) ||
	    (statement->is_confirmed && !known->is_confirmed))
		return false;
	partitions = roster_granted(&count, known);
	return count == statement->id_count &&
	       (count == 0 || memcmp(partitions, statement->ids, count * sizeof(*partitions)) == 0);
}

static enum err
grant(struct flow_granted *out, const struct flow_desk *desk, const struct flow_grant_terms *terms,
      struct err_info *info)
{
	struct statement card = {0};
	struct statement statement = {.type = STATEMENT_GRANT, .may_read = terms->may_read};
	struct id *ids = NULL;
	enum err err = describe(&card, out, desk->node, terms, info);

	if (err == ERR_OK)
		err = find_partitions(&ids, &statement.id_count, desk->node, terms->partitions, info);
	if (err != ERR_OK)
		goto out;
	statement.node = card.issuer;
	statement.keys = card.keys;
	statement.ids = ids;
	statement.is_confirmed = card.is_confirmed || terms->fingerprint != NULL || terms->is_confirmed;
	memcpy(statement.name, card.name, sizeof(statement.name));
	out->may_read = terms->may_read;
	out->partitions = statement.id_count;
	out->auditor.is_confirmed = statement.is_confirmed;
	out->auditor.was_known = is_said(node_roster(desk->node), &statement);
	out->said.node = card.issuer;
	if (!out->auditor.was_known)
		err = flow_say(&out->said, desk, &statement, info);
	if (err == ERR_EXISTS)
		(void)err_in(info, err, "%s",
		             _("what was taken from an auditor is not given again to the same key; let it write a new "
		               "card, and enrol that with --replace"));
out:
	statement_release(&card);
	free(ids);
	return err;
}

enum err
flow_grant(struct bytes *answer_out, struct flow_granted *out, const struct flow_desk *desk,
           const struct flow_grant_terms *terms, struct err_info *info)
{
	struct flow_granted result = {.may_read = false};
	enum err err = flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = grant(&result, desk, terms, info);
	if (err == ERR_OK)
		err = flow_answer_for(answer_out, desk->node, &result.auditor.code, info);
	err = flow_say_finish(desk, "grant", err, info);
	node_unlock(desk->node);
	if (err == ERR_OK)
		*out = result;
	return err;
}
