#include "intake/judge_stored.h"

#include <stdlib.h>
#include <string.h>

#include "partition/derive.h"
#include "roster/version.h"
#include "schema/set.h"

struct stored {
	const struct intake_judging *judging;
	struct partition_deriving deriving;
	struct intake_verdicts *verdicts;
	struct partition_touches touches;
	struct roster_version version;
	struct arena arena;
};

static enum err
judge_touch(struct stored *stored, const struct partition_version *edit, const struct partition_touch *touch,
            struct err_info *why)
{
	struct node *node = stored->judging->node;
	struct authority_question question = {
		.roster = node_roster(node),
		.version = &stored->version,
		.signer = edit->info.node,
		.owner = *partition_owner(stored->judging->partition),
		.time = edit->info.time,
	};
	const struct schema_set *set = node_schema_find(node, edit->info.schema_version, &edit->info.schema_digest);
	struct partition_change change;
	struct delta_writes writes;
	enum err err = partition_touch_derive(&change, &writes, &stored->arena, &stored->deriving, edit, touch, why);

	if (err != ERR_OK || writes.count == 0 || set == NULL)
		return err;
	question.kind = schema_set_kind(set, change.kind);
	return intake_judge_change(stored->verdicts, &question, &change, why);
}

static bool
must_judge(const struct stored *stored, const struct delta_commit_info *commit)
{
	const struct node_identity *self = node_identity_of(stored->judging->node);

	return stored->judging->is_all ||
	       (commit->level < self->level &&
	        roster_is_superior(node_roster(stored->judging->node), &self->code, &commit->node));
}

static enum err
judge_edit(struct stored *stored, const struct partition_version *edit, struct err_info *why)
{
	struct partition *partition = stored->judging->partition;
	const struct git_reader reader = {NULL, partition_store(partition)};
	struct partition_version parent = {0};
	enum err err = ERR_OK;

	if (edit->info.voids.size > 0)
		return intake_judge_spoken(stored->verdicts, &edit->info,
		                           stored->judging->is_all ? 0 : node_identity_of(stored->judging->node)->level,
		                           why);
	if (!must_judge(stored, &edit->info))
		return ERR_OK;
	partition_roster_version(&stored->version, &edit->info);
	if (edit->info.parent_count > 0)
		err = partition_version_open(&parent, partition, &edit->info.parents[0], why);
	if (err == ERR_OK)
		err = partition_touches_find(&stored->touches, reader, &parent, edit, why);
	for (size_t i = 0; err == ERR_OK && i < stored->touches.count; i++) {
		arena_clear(&stored->arena);
		err = judge_touch(stored, edit, &stored->touches.items[i], why);
	}
	if (err == ERR_OK)
		err = intake_judge_commit(stored->verdicts, &edit->commit, why);
	else
		intake_judge_forget(stored->verdicts);
	partition_version_release(&parent);
	return err;
}

/* A key, a salt or a schema set is missing: it cannot be judged here. */
static bool
is_unable(enum err err)
{
	return err == ERR_RIGHT || err == ERR_STATE;
}

static enum err
judge_commit(struct stored *stored, const struct oid *commit, struct err_info *info)
{
	const struct intake_judging *judging = stored->judging;
	struct partition_version version;
	struct err_info why;
	enum err err = partition_version_open(&version, judging->partition, commit, &why);

	if (err == ERR_OK && !version.info.is_merge) {
		err = judge_edit(stored, &version, &why);
		if (err == ERR_OK && judging->judged != NULL)
			(*judging->judged)++;
	}
	partition_version_release(&version);
	if (err == ERR_OK || is_unable(err))
		return ERR_OK;
	if (err != ERR_NOMEM && judging->wrong != NULL) {
		judging->wrong(judging->context, commit, &why);
		return ERR_OK;
	}
	*info = why;
	return err;
}

enum err
intake_judge_stored(struct intake_verdicts *verdicts, const struct intake_judging *judging,
                    const struct git_oids *commits, struct err_info *info)
{
	struct stored stored = {
		.judging = judging,
		.deriving = {judging->partition, NULL, judging->history},
		.verdicts = verdicts,
	};
	enum err err = ERR_OK;

	verdicts->partition = judging->partition;
	for (size_t i = 0; err == ERR_OK && i < commits->count; i++)
		err = judge_commit(&stored, &commits->items[i], info);
	partition_touches_release(&stored.touches);
	arena_release(&stored.arena);
	return err;
}

enum err
intake_judge_reopened(struct intake_verdicts *verdicts, const struct intake_judging *judging, struct err_info *info)
{
	struct git_store *store = partition_store(judging->partition);
	struct git_oids commits = {calloc(verdicts->reopened.count + 1, sizeof(*commits.items)), 0};
	size_t position = 0;
	struct view key;
	enum err err = commits.items == NULL ? err_nomem(info) : ERR_OK;

	while (err == ERR_OK && table_next(&verdicts->reopened, &position, &key, NULL)) {
		struct oid commit;

		memcpy(commit.bytes, key.data, OID_BYTES);
		if (git_store_has(store, &commit))
			commits.items[commits.count++] = commit;
	}
	verdicts->is_again = true;
	if (err == ERR_OK)
		err = intake_judge_stored(verdicts, judging, &commits, info);
	verdicts->is_again = false;
	git_oids_release(&commits);
	return err;
}
