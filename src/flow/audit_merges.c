/* Under audit: merges are what their parents give, and every write had the right, or was corrected. */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
#include "git/history.h"
#include "intake/judge.h"
#include "partition/derive.h"
#include "partition/merge.h"
#include "schema/set.h"

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
	struct partition_deriving deriving;
	struct intake_verdicts verdicts;
	struct partition_touches touches;
	struct roster_version version;
	struct arena arena;
};

static enum err
judge_touch(struct rights *rights, const struct partition_version *edit, const struct partition_touch *touch,
            struct err_info *why)
{
	struct partition *partition = rights->deriving.partition;
	struct authority_question question = {
		.roster = node_roster(rights->auditing->node),
		.version = &rights->version,
		.signer = edit->info.node,
		.owner = *partition_owner(partition),
		.time = edit->info.time,
	};
	const struct schema_set *set =
		node_schema_find(rights->auditing->node, edit->info.schema_version, &edit->info.schema_digest);
	struct partition_change change;
	struct delta_writes writes;
	enum err err = partition_touch_derive(&change, &writes, &rights->arena, &rights->deriving, edit, touch, why);

	if (err != ERR_OK || writes.count == 0 || set == NULL)
		return err;
	question.kind = schema_set_kind(set, change.kind);
	return intake_judge_change(&rights->verdicts, &question, &change, why);
}

static enum err
judge_edit(struct rights *rights, const struct partition_version *edit, struct err_info *why)
{
	struct partition *partition = rights->deriving.partition;
	const struct git_reader reader = {NULL, partition_store(partition)};
	struct partition_version parent = {0};
	enum err err = ERR_OK;

	if (edit->info.voids.size > 0)
		return intake_judge_spoken(&rights->verdicts, &edit->info, 0, why);
	partition_roster_version(&rights->version, &edit->info);
	if (edit->info.parent_count > 0)
		err = partition_version_open(&parent, partition, &edit->info.parents[0], why);
	if (err == ERR_OK)
		err = partition_touches_find(&rights->touches, reader, &parent, edit, why);
	for (size_t i = 0; err == ERR_OK && i < rights->touches.count; i++) {
		arena_clear(&rights->arena);
		err = judge_touch(rights, edit, &rights->touches.items[i], why);
	}
	if (err == ERR_OK)
		err = intake_judge_commit(&rights->verdicts, &edit->commit, why);
	else
		intake_judge_forget(&rights->verdicts);
	partition_version_release(&parent);
	return err;
}

/* Every line that a superior owes and nobody has said. */
static enum err
tell_unsaid(struct rights *rights, struct err_info *info)
{
	struct view *texts = NULL;
	size_t count = 0;
	size_t lines = 0;
	enum err err = intake_verdicts_texts(&texts, &count, &lines, &rights->verdicts, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view rest = texts[i];

		while (err == ERR_OK && rest.size > 0) {
			struct delta_void word;
			struct err_info why;

			err = delta_void_next(&word, &rest, &rights->arena, info);
			if (err != ERR_OK)
				break;
			(void)err_set(
				&why, ERR_AUTH,
				_("its signer had no right to write something of it, or it breaks its schema, and no "
			          "superior has spoken on it: %s"),
				rights->verdicts.first);
			wrong_commit(rights->auditing, &word.commit, &why);
		}
	}
	return err;
}

enum err
auditing_rights(struct auditing *auditing, struct partition *partition, struct git_history *history,
                const struct git_oids *commits, struct err_info *info)
{
	struct rights rights = {.auditing = auditing, .deriving = {partition, NULL, history}};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits->count; i++) {
		struct partition_version version;
		struct err_info why;
		enum err one;

		if (partition_version_open(&version, partition, &commits->items[i], &why) != ERR_OK)
			continue; /* told already */
		if (!version.info.is_merge) {
			one = judge_edit(&rights, &version, &why);
			auditing->result.judged += one == ERR_OK ? 1U : 0U;
			if (one == ERR_NOMEM)
				err = err_nomem(info);
			else if (one != ERR_OK && !is_unable(one))
				wrong_commit(auditing, &commits->items[i], &why);
		}
		partition_version_release(&version);
	}
	if (err == ERR_OK)
		err = tell_unsaid(&rights, info);
	intake_verdicts_release(&rights.verdicts);
	partition_touches_release(&rights.touches);
	arena_release(&rights.arena);
	return err;
}
