#include "flow/waiting.h"

#include "base/fs.h"
#include "flow/checkpoint.h"
#include "flow/correct.h"
#include "git/refs.h"
#include "intake/judge_stored.h"
#include "partition/merge.h"

/* One partition whose waiting heads are tried. */
struct trying {
	const struct flow_desk *desk;
	struct partition *partition;
	struct git_history *history;
	struct oid head;
	flow_waiting_damaged damaged;
	void *context;
};

/* A key, a salt or a schema set is still missing. */
static bool
is_unable(enum err err)
{
	return err == ERR_RIGHT || err == ERR_STATE;
}

static enum err
judge(struct intake_verdicts *verdicts, const struct trying *trying, const struct oid *waiting, struct err_info *info)
{
	const struct intake_judging judging = {
		.node = trying->desk->node, .partition = trying->partition, .history = trying->history};
	struct git_oids commits = {0};
	enum err err =
		git_history_between(&commits, trying->history, (struct git_oids_view){waiting, 1},
	                            (struct git_oids_view){&trying->head, oid_is_none(&trying->head) ? 0 : 1}, info);

	if (err == ERR_OK)
		err = intake_judge_stored(verdicts, &judging, &commits, info);
	if (err == ERR_OK && verdicts->reopened.count > 0)
		err = intake_judge_reopened(verdicts, &judging, info);
	git_oids_release(&commits);
	return err;
}

static enum err
publish(struct trying *trying, struct partition_batch *batch, struct oid *made, struct intake_verdicts *verdicts,
        struct err_info *info)
{
	struct flow_correction correction = {.reason = verdicts->first};
	struct view *texts = NULL;
	size_t lines = 0;
	enum err err = intake_verdicts_texts(&texts, &correction.count, &lines, verdicts, info);

	correction.texts = texts;
	if (err == ERR_OK)
		err = flow_correct(made, trying->desk, trying->partition, batch, &correction, info);
	if (err == ERR_OK && !oid_equal(made, &trying->head) && !trying->desk->is_dry_run)
		err = partition_batch_publish(batch, &trying->head, made, info);
	if (err == ERR_OK && !trying->desk->is_dry_run)
		err = node_note_published(trying->desk->node, made, info);
	if (err == ERR_OK && !trying->desk->is_dry_run) /* there it goes with the batch that made it */
		trying->head = *made;
	return err;
}

static enum err
merge_ref(struct trying *trying, const struct git_ref *ref, struct err_info *info)
{
	struct intake_verdicts verdicts = {.total = 0};
	struct partition_batch *batch = NULL;
	struct oid made = ref->oid;
	bool is_merge;
	struct err_info why;
	enum err err = partition_batch_new(&batch, trying->partition, info);

	if (err == ERR_OK && !oid_is_none(&trying->head)) {
		err = partition_merge(&made, &is_merge, batch, &trying->head, &ref->oid, &why);
		if (is_unable(err)) {
			partition_batch_free(batch);
			return ERR_OK;
		}
		if (err != ERR_OK)
			*info = why;
	}
	if (err == ERR_OK)
		err = judge(&verdicts, trying, &ref->oid, info);
	if (err == ERR_OK)
		err = publish(trying, batch, &made, &verdicts, info);
	if (err == ERR_OK && !trying->desk->is_dry_run)
		err = git_ref_delete(partition_store(trying->partition), ref->name, &ref->oid, info);
	partition_batch_free(batch);
	intake_verdicts_release(&verdicts);
	return err;
}

/* A head that is damaged, or not what it says, waits on and stops nothing else. */
static enum err
try_ref(struct trying *trying, const struct git_ref *ref, struct err_info *info)
{
	char where[LIMIT_PATH_BYTES_MAX];
	struct err_info why;
	enum err err = merge_ref(trying, ref, &why);

	if (err != ERR_OK && !flow_is_of_content(err))
		return err_pass(info, err, &why);
	if (err == ERR_OK || trying->damaged == NULL)
		return ERR_OK;
	err = fs_path(where, info, "partitions/%s.git/%s", partition_owner(trying->partition)->text, ref->name);
	if (err == ERR_OK)
		trying->damaged(trying->context, where, why.text);
	return err;
}

/* Nothing is merged with a head that nobody can answer for: every bundle says so, and other partitions' heads are tried. */
static enum err
has_good_head(bool *out, struct trying *trying, struct err_info *info)
{
	enum err err = partition_head(trying->partition, &trying->head, info);

	if (err == ERR_OK)
		err = flow_head_check(trying->desk->node, trying->partition, &trying->head, info);
	*out = err == ERR_OK;
	return flow_is_of_content(err) ? ERR_OK : err;
}

static enum err
try_partition(struct trying trying, struct err_info *info)
{
	struct partition *partition = trying.partition;
	struct git_refs refs = {0};
	bool is_good = false;
	enum err err = git_refs_list(&refs, partition_store(partition), GIT_REF_WAITING, info);

	if (err == ERR_OK && refs.count > 0)
		err = partition_lock(partition, trying.desk->wait_seconds, info);
	if (err == ERR_OK && refs.count > 0)
		err = has_good_head(&is_good, &trying, info);
	if (err == ERR_OK && is_good)
		err = git_history_open(&trying.history, (struct git_reader){NULL, partition_store(partition)}, info);
	for (size_t i = 0; err == ERR_OK && is_good && i < refs.count; i++)
		err = try_ref(&trying, &refs.items[i], info);
	git_history_free(trying.history);
	git_refs_release(&refs);
	partition_unlock(partition);
	return err;
}

/* Whether anything waits, without opening the repository: a hub has hundreds. */
static enum err
has_waiting(bool *out, struct node *node, const struct node_code *owner, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(path, info, "%s/partitions/%s.git/" GIT_REF_WAITING, node_directory(node), owner->text);

	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_REFS_MAX, info);
	*out = err == ERR_OK && names.count > 0;
	fs_names_release(&names);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
flow_merge_waiting_in(const struct flow_desk *desk, const struct node_code *owner, flow_waiting_damaged damaged,
                      void *context, struct err_info *info)
{
	struct trying trying = {.desk = desk, .damaged = damaged, .context = context};
	bool has_any = false;
	enum err err = has_waiting(&has_any, desk->node, owner, info);

	if (err != ERR_OK || !has_any)
		return err;
	err = node_partition_open(&trying.partition, desk->node, owner, info);
	if (err == ERR_OK)
		err = try_partition(trying, info);
	partition_free(trying.partition);
	return err;
}

enum err
flow_merge_waiting(const struct flow_desk *desk, flow_waiting_damaged damaged, void *context, struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, desk->node, info);

	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = flow_merge_waiting_in(desk, &codes.codes[i], damaged, context, info);
	node_codes_release(&codes);
	return err;
}
