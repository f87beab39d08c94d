/* Under audit: merges are what their parents give, and every write had the right, or was corrected. */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
#include "flow/peer.h"
#include "git/history.h"
#include "intake/judge_stored.h"
#include "partition/merge.h"

/* A key, a salt or a schema set is missing: it could not be checked. */
static bool
is_unable(enum err err)
{
	return err == ERR_RIGHT || err == ERR_STATE;
}

static void
wrong_commit(struct auditing *auditing, const struct oid *commit, const struct err_info *why)
{
	char what[2 * OID_BYTES + 16] = "commit ";

	hex_write(what + 7, view_of(commit->bytes, OID_BYTES));
	auditing_wrong(auditing, what, why);
}

static enum err
make_again(struct partition *partition, const struct partition_version *version, struct err_info *why)
{
	struct partition_batch *batch = NULL;
	struct oid made = {{0}};
	bool is_merge = false;
	enum err err = partition_batch_new(&batch, partition, why);

	if (err == ERR_OK)
		err = partition_merge(&made, &is_merge, batch, &version->info.parents[0], &version->info.parents[1],
		                      why);
	if (err == ERR_OK && (!is_merge || !oid_equal(&made, &version->commit)))
		err = err_set(why, ERR_AUTH, "%s", _("it is not the merge that its parents give"));
	partition_batch_free(batch);
	return err;
}

void
auditing_merges(struct auditing *auditing, struct partition *partition, const struct git_oids *commits)
{
	for (size_t i = 0; i < commits->count; i++) {
		struct partition_version version;
		struct err_info why;
		enum err err;

		if (partition_version_open(&version, partition, &commits->items[i], &why) != ERR_OK)
			continue; /* told already */
		if (version.info.is_merge) {
			err = partition_merge_check(partition, &version, &why);
			if (err == ERR_OK && node_keys(auditing->node) != NULL)
				err = make_again(partition, &version, &why);
			else if (err == ERR_OK)
				err = ERR_RIGHT;
			auditing->result.merges_made += err == ERR_OK ? 1U : 0U;
			if (err != ERR_OK && !is_unable(err))
				wrong_commit(auditing, &commits->items[i], &why);
		}
		partition_version_release(&version);
	}
}

/* --- rights --- */

struct rights {
	struct auditing *auditing;
	struct partition *partition;
	struct git_history *history;
	const struct flow_confirmed *confirmed; /* what our superior's newest receipt names; NULL: none yet */
	bool has_superior;
};

static void
tell_unjudged(void *context, const struct oid *commit, const struct err_info *why)
{
	wrong_commit(context, commit, why);
}

/* An edit of our own that our superior has not told us to hold yet: its word is still to come, as its answer may be on the way. */
static enum err
is_unheard(bool *out, const struct rights *rights, const struct oid *commit, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(rights->auditing->node)->code;
	struct partition_version version;
	bool is_held = false;
	bool is_ours;
	enum err err = partition_version_open(&version, rights->partition, commit, info);

	*out = false;
	if (err != ERR_OK)
		return err;
	is_ours = view_equal(view_text(version.info.node.text), view_text(self->text));
	partition_version_release(&version);
	if (!is_ours || !rights->has_superior)
		return ERR_OK;
	if (rights->confirmed != NULL && git_store_has(partition_store(rights->partition), &rights->confirmed->head))
		err = git_history_is_ancestor(&is_held, rights->history, commit, &rights->confirmed->head, info);
	*out = err == ERR_OK && !is_held;
	return err;
}

/* Every line that a superior owes and nobody has said. */
static enum err
tell_unsaid(const struct rights *rights, struct intake_verdicts *verdicts, struct err_info *info)
{
	struct auditing *auditing = rights->auditing;
	struct view *texts = NULL;
	size_t count = 0;
	size_t lines = 0;
	enum err err = intake_verdicts_texts(&texts, &count, &lines, verdicts, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view rest = texts[i];

		while (err == ERR_OK && rest.size > 0) {
			struct delta_void word;
			struct err_info why;
			bool is_waiting;

			err = delta_void_next(&word, &rest, &auditing->arena, info);
			if (err != ERR_OK)
				break;
			err = is_unheard(&is_waiting, rights, &word.commit, info);
			if (err != ERR_OK || is_waiting) {
				auditing->result.unheard += is_waiting ? 1U : 0U;
				continue;
			}
			(void)err_set(
				&why, ERR_AUTH,
				_("its signer had no right to write something of it, or it breaks its schema, and no "
			          "superior has spoken on it: %s"),
				verdicts->first);
			wrong_commit(auditing, &word.commit, &why);
		}
	}
	return err;
}

enum err
auditing_rights(struct auditing *auditing, struct partition *partition, struct git_history *history,
                const struct git_oids *commits, struct err_info *info)
{
	const struct roster *roster = node_roster(auditing->node);
	const struct roster_node *self = roster_node_find(roster, &node_identity_of(auditing->node)->code);
	const struct roster_node *superior = self == NULL ? NULL : roster_superior(roster, self);
	struct rights rights = {auditing, partition, history, NULL, superior != NULL};
	struct flow_exchange exchange = {.sent = 0};
	struct intake_verdicts verdicts = {.total = 0};
	const struct intake_judging judging = {
		.node = auditing->node,
		.partition = partition,
		.history = history,
		.is_all = true,
		.judged = &auditing->result.judged,
		.context = auditing,
		.wrong = tell_unjudged,
	};
	enum err err = intake_judge_stored(&verdicts, &judging, commits, info);

	if (err == ERR_OK && superior != NULL)
		err = flow_exchange_load(&exchange, auditing->node, &superior->code, info);
	if (err == ERR_OK && superior != NULL)
		rights.confirmed = flow_exchange_confirmed(&exchange, partition_id(partition));
	if (err == ERR_OK)
		err = tell_unsaid(&rights, &verdicts, info);
	flow_exchange_release(&exchange);
	intake_verdicts_release(&verdicts);
	return err;
}
