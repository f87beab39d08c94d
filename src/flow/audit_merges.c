/* Under audit: merges are what their parents give, and every write had the right, or was corrected. */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
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

static void
tell_unjudged(void *context, const struct oid *commit, const struct err_info *why)
{
	wrong_commit(context, commit, why);
}

/* Every line that a superior owes and nobody has said. */
static enum err
tell_unsaid(struct auditing *auditing, struct intake_verdicts *verdicts, struct err_info *info)
{
	struct view *texts = NULL;
	size_t count = 0;
	size_t lines = 0;
	enum err err = intake_verdicts_texts(&texts, &count, &lines, verdicts, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct view rest = texts[i];

		while (err == ERR_OK && rest.size > 0) {
			struct delta_void word;
			struct err_info why;

			err = delta_void_next(&word, &rest, &auditing->arena, info);
			if (err != ERR_OK)
				break;
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

	if (err == ERR_OK)
		err = tell_unsaid(auditing, &verdicts, info);
	intake_verdicts_release(&verdicts);
	return err;
}
