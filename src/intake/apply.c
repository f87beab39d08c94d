#include <stdlib.h>
#include <string.h>

#include "git/history.h"
#include "git/refs.h"
#include "intake/applying.h"
#include "partition/merge.h"
#include "roster/rights.h"

static void
apply_release(struct apply *apply)
{
	partition_ahead_free(apply->ahead);
	delta_reader_free(apply->reader);
	partition_bases_free(apply->bases);
	partition_edit_free(apply->edit);
	free(apply->positions);
	arena_release(&apply->arena);
	table_release(&apply->held);
	table_release(&apply->waiting);
	intake_hold_release(&apply->hold);
	intake_suspects_release(&apply->suspects);
}

static void
set_version(struct apply *apply)
{
	const struct delta_commit_info *commit = &apply->commit.info;

	partition_roster_version(&apply->version, commit);
	apply->judged = apply->version;
	/* all that it had shown before this bundle is held: an edit that is not was signed after it had said so */
	if (strcmp(commit->node.text, apply->terms->sender->text) == 0)
		roster_version_join(&apply->judged, node_roster(apply->node), &commit->node, &apply->version,
		                    apply->terms->acknowledged);
}

/* Only what the root and the owner have opened by statement may be named. */
static enum err
check_terms(struct apply *apply, struct err_info *info)
{
	const struct roster *roster = node_roster(apply->node);
	const struct delta_commit_info *commit = &apply->commit.info;
	const struct node_code *owner = &apply->intake->owner;
	bool is_owner = node_code_is_owner(&commit->node, owner);
	struct roster_signer signer;
	enum err err = roster_at(&signer, roster, &commit->node, &apply->version, info);

	/* the state by which it is judged leaves out what is not held, and would say another thing */
	if (err != ERR_OK)
		return err;
	if (commit->schema_version != 0 &&
	    !roster_schema_is_open(roster, commit->schema_version, &commit->schema_digest))
		return err_set(info, ERR_AUTH, _("an edit by %s names schema set %u, which the root has not opened"),
		               commit->node.text, commit->schema_version);
	if (commit->rules == 0 || commit->rules > DELTA_RULES_VERSION || commit->rules > roster_rules_newest(roster))
		return err_set(info, ERR_VERSION, _("an edit by %s names merge rules %u"), commit->node.text,
		               commit->rules);
	if (roster_epoch_find(roster, partition_id(apply->intake->partition), (uint16_t)commit->epoch,
	                      &commit->epoch_digest) == NULL)
		return err_set(info, ERR_AUTH, _("an edit by %s names key epoch %u, which its owner has not opened"),
		               commit->node.text, commit->epoch);
	if (!is_owner && !roster_is_superior(roster, &commit->node, owner))
		return err_set(info, ERR_RIGHT,
		               _("an edit is signed by %s, which neither owns the partition of %s nor is above it"),
		               commit->node.text, owner->text);
	if (apply->commit.parents[0] == DELTA_NO_PARENT && !is_owner)
		return err_set(info, ERR_AUTH, _("the root commit is signed by %s, not by the owner %s"),
		               commit->node.text, owner->text);
	return ERR_OK;
}

static enum err
begin_edit(struct apply *apply, struct err_info *info)
{
	const struct delta_commit_info *commit = &apply->commit.info;
	const struct node *node = apply->node;
	struct partition_edit_terms terms = {
		.node = commit->node,
		.level = commit->level,
		.time = commit->time,
		.schema_version = commit->schema_version,
		.schema_digest = commit->schema_digest,
		.rules = commit->rules,
		.epoch = commit->epoch,
		.epoch_digest = commit->epoch_digest,
		.roster = commit->roster,
		.roster_count = commit->roster_count,
		.operator_name = commit->operator_name,
		.reason = commit->reason,
		.voids = commit->voids,
		.is_blind = apply->is_blind,
	};
	enum err err;

	if (apply->commit.parents[0] != DELTA_NO_PARENT)
		terms.parent = apply->positions[apply->commit.parents[0]];
	err = partition_edit_begin(&apply->edit, apply->intake->batch, &terms, info);
	if (err == ERR_OK && apply->commit.keys == DELTA_KEYS_SEED)
		err = partition_edit_seed(apply->edit, apply->commit.seed, info);
	if (err == ERR_OK && apply->commit.keys == DELTA_KEYS_SALTS)
		err = err_set(info, ERR_VERSION, "%s", _("salts sent singly: this program does not take them yet"));
	apply->schemas = node_schema_find(node, commit->schema_version, &commit->schema_digest);
	return err;
}

/* An edit of an office below us is judged once, when it is new to us. */
static bool
must_judge(const struct apply *apply)
{
	const struct node_code *self = &node_identity_of(apply->node)->code;

	return apply->commit.info.level < node_identity_of(apply->node)->level &&
	       roster_is_superior(node_roster(apply->node), self, &apply->commit.info.node);
}

static enum err
apply_edit(struct apply *apply, struct oid *out, struct err_info *info)
{
	enum err err;

	set_version(apply);
	err = check_terms(apply, info);
	if (err == ERR_OK)
		err = begin_edit(apply, info);
	partition_bases_set_edit(apply->bases, apply->edit);
	apply->is_judged = must_judge(apply);
	if (err == ERR_OK)
		err = intake_apply_rows(apply, info);
	if (err == ERR_OK && apply->commit.info.voids.size > 0 && !apply->is_blind)
		err = intake_judge_spoken(apply->verdicts, &apply->commit.info, node_identity_of(apply->node)->level,
		                          info);
	if (err == ERR_OK)
		err = partition_edit_verify(apply->edit, apply->commit.signature.bytes, out, info);
	partition_bases_set_edit(apply->bases, NULL);
	partition_edit_free(apply->edit);
	apply->edit = NULL;
	return err;
}

/* Who may not read cannot make it again: its result is told. The audit holds it against its parents. */
static enum err
apply_told_merge(struct apply *apply, struct oid *out, struct err_info *info)
{
	enum err err = partition_edit_begin_merge(&apply->edit, apply->intake->batch,
	                                          &apply->positions[apply->commit.parents[0]],
	                                          &apply->positions[apply->commit.parents[1]], info);

	if (err == ERR_OK)
		err = intake_apply_rows(apply, info);
	if (err == ERR_OK)
		err = partition_edit_finish_merge(apply->edit, out, info);
	partition_edit_free(apply->edit);
	apply->edit = NULL;
	return err;
}

/* A merge is made again, and is refused unless each of its parents has an edit that the other lacks. */
static enum err
apply_merge(struct apply *apply, struct oid *out, struct err_info *info)
{
	bool is_merge = false;
	enum err err =
		partition_merge(out, &is_merge, apply->intake->batch, &apply->positions[apply->commit.parents[0]],
	                        &apply->positions[apply->commit.parents[1]], info);

	if (err == ERR_OK && !is_merge)
		err = err_set(info, ERR_FORMAT, "%s", _("a merge of which one parent holds all edits of the other"));
	return err;
}

/* What these heads reach and the delta's bases do not. */
static enum err
list_commits(struct table *out, const struct apply *apply, struct git_oids_view heads, struct err_info *info)
{
	const struct git_oids_view bases = {apply->shown->bases, apply->shown->base_count};
	struct git_reader reader = {NULL, partition_store(apply->intake->partition)};
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	enum err err = git_history_open(&history, reader, info);

	if (err == ERR_OK)
		err = git_history_between(&commits, history, heads, bases, info);
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++)
		err = table_put(out, view_of(commits.items[i].bytes, OID_BYTES), NULL, NULL, info);
	git_oids_release(&commits);
	git_history_free(history);
	return err;
}

/* Held is what our head reaches. What merely lies in the store (a run was killed before the head moved) was judged by nobody. */
static enum err
find_held(bool *out, struct apply *apply, const struct oid *oid, struct err_info *info)
{
	const struct git_oids_view head = {&apply->intake->old_head, 1};
	enum err err = ERR_OK;

	*out = false;
	if (oid_is_none(&apply->intake->old_head) || !git_store_has(partition_store(apply->intake->partition), oid))
		return ERR_OK;
	if (!apply->has_held)
		err = list_commits(&apply->held, apply, head, info);
	apply->has_held = err == ERR_OK;
	*out = table_find(&apply->held, view_of(oid->bytes, OID_BYTES)) != NULL;
	return err;
}

static enum err
list_waiting(struct apply *apply, struct err_info *info)
{
	struct git_refs refs = {0};
	enum err err = git_refs_list(&refs, partition_store(apply->intake->partition), GIT_REF_WAITING, info);

	for (size_t i = 0; err == ERR_OK && i < refs.count; i++) {
		err = list_commits(&apply->waiting, apply, (struct git_oids_view){&refs.items[i].oid, 1}, info);
		if (err == ERR_NOT_FOUND || err == ERR_FORMAT)
			err = ERR_OK; /* damaged: what it no longer reaches is looked at once more */
	}
	apply->has_waiting = err == ERR_OK;
	git_refs_release(&refs);
	return err;
}

/* An edit that a head waiting here reaches was looked at when it came. */
static enum err
note_suspect(struct apply *apply, const struct oid *oid, struct err_info *info)
{
	enum err err = ERR_OK;

	if (git_store_has(partition_store(apply->intake->partition), oid)) {
		if (!apply->has_waiting)
			err = list_waiting(apply, info);
		if (err != ERR_OK || table_find(&apply->waiting, view_of(oid->bytes, OID_BYTES)) != NULL)
			return err;
	}
	return intake_suspects_note(&apply->suspects, apply->node, &apply->commit.info.node, &apply->version, oid,
	                            info);
}

static enum err
apply_commit(struct apply *apply, struct err_info *info)
{
	struct oid oid;
	bool is_merge = apply->commit.info.is_merge;
	bool is_held = false;
	enum err err = !is_merge         ? apply_edit(apply, &oid, info)
	               : apply->is_blind ? apply_told_merge(apply, &oid, info)
	                                 : apply_merge(apply, &oid, info);

	if (err == ERR_OK)
		err = find_held(&is_held, apply, &oid, info);
	if (err != ERR_OK)
		return err;
	if (!is_merge && apply->commit.parents[0] == DELTA_NO_PARENT && !oid_is_none(&apply->intake->old_head) &&
	    !is_held)
		return err_set(info, ERR_AUTH, "%s", _("a second root commit: a partition has exactly one"));
	apply->positions[apply->position_count++] = oid;
	if (is_merge)
		return ERR_OK;
	apply->intake->edits += is_held ? 0U : 1U;
	if (is_held) {
		intake_judge_forget(apply->verdicts);
		intake_hold_forget(&apply->hold);
		return ERR_OK;
	}
	err = note_suspect(apply, &oid, info);
	if (err == ERR_OK)
		err = intake_judge_commit(apply->verdicts, &oid, info);
	if (err != ERR_OK)
		return err;
	return intake_hold_commit(&apply->hold, apply->node, partition_id(apply->intake->partition), &oid, info);
}

static enum err
start(struct apply *apply, struct view delta, struct err_info *info)
{
	const struct roster *roster = node_roster(apply->node);
	const struct roster_node *self = roster_node_find(roster, &node_identity_of(apply->node)->code);
	size_t count;
	enum err err = partition_bases_new(&apply->bases, apply->intake->partition, apply->intake->batch,
	                                   apply->shown->bases, apply->shown->base_count, info);

	if (err == ERR_OK)
		err = delta_reader_new(&apply->reader, delta, apply->shown->base_count,
		                       partition_bases_source(apply->bases), info);
	if (err != ERR_OK)
		return err;
	apply->is_blind = self == NULL || !roster_may_read(roster, partition_id(apply->intake->partition), self);
	count = delta_reader_count(apply->reader);
	if (count == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a delta without commits"));
	apply->positions = calloc(apply->shown->base_count + count, sizeof(*apply->positions));
	if (apply->positions == NULL)
		return err_nomem(info);
	if (apply->shown->base_count > 0)
		memcpy(apply->positions, apply->shown->bases, apply->shown->base_count * sizeof(*apply->positions));
	apply->position_count = apply->shown->base_count;
	return ERR_OK;
}

enum err
intake_apply(struct intake *intake, const struct intake_terms *terms, const struct bundle_partition *shown,
             struct view delta, struct err_info *info)
{
	struct apply apply = {
		.intake = intake, .node = terms->node, .terms = terms, .shown = shown, .verdicts = intake->verdicts};
	bool is_end = false;
	enum err err = start(&apply, delta, info);

	while (err == ERR_OK) {
		err = delta_reader_next(apply.reader, &apply.commit, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		err = apply_commit(&apply, info);
		if (err != ERR_OK)
			err = err_in(info, err, _("commit %zu of %zu of the delta"),
			             apply.position_count - shown->base_count + 1, delta_reader_count(apply.reader));
	}
	if (err == ERR_OK) {
		const struct oid *expected = oid_is_none(&shown->end) ? &shown->head : &shown->end;

		intake->end = apply.positions[apply.position_count - 1];
		if (!oid_equal(&intake->end, expected))
			err = err_set(info, ERR_AUTH, "%s",
			              _("its last commit is not the one that the preamble names"));
	}
	if (err == ERR_OK)
		err = intake_suspects_judge(&apply.suspects, intake, terms, info);
	if (err == ERR_OK)
		err = intake_hold_decide(&apply.hold, intake, info);
	apply_release(&apply);
	return err;
}
