#include "intake/apply.h"

#include <stdlib.h>
#include <string.h>

#include "authority/authority.h"
#include "delta/section.h"
#include "git/history.h"
#include "intake/hold.h"
#include "roster/rights.h"
#include "schema/rule.h"
#include "schema/set.h"
#include "schema/value.h"

struct apply {
	struct intake *intake;
	struct node *node;
	const struct bundle_partition *shown;
	struct delta_reader *reader;
	struct oid *positions; /* bases, then the commits of the delta as they come */
	size_t position_count;
	struct delta_commit commit; /* at hand */
	struct partition_edit *edit;
	const struct schema_set *schemas; /* of the commit; NULL: not held */
	struct roster_version version;
	struct arena arena;
	struct bytes plaintext;
	struct bytes old_plaintext;
	struct intake_hold hold;
};

static void
apply_release(struct apply *apply)
{
	delta_reader_free(apply->reader);
	partition_edit_free(apply->edit);
	free(apply->positions);
	arena_release(&apply->arena);
	seal_wipe_bytes(&apply->plaintext);
	seal_wipe_bytes(&apply->old_plaintext);
	intake_hold_release(&apply->hold);
}

static void
set_version(struct apply *apply)
{
	const struct delta_commit_info *commit = &apply->commit.info;

	apply->version.count = commit->roster_count;
	for (size_t i = 0; i < commit->roster_count; i++) {
		apply->version.items[i].issuer = commit->roster[i].issuer;
		apply->version.items[i].number = commit->roster[i].number;
		memcpy(apply->version.items[i].digest, commit->roster[i].digest, sizeof(commit->roster[i].digest));
	}
}

/* Only what the root and the owner have opened by statement may be named. */
static enum err
check_terms(struct apply *apply, struct err_info *info)
{
	const struct roster *roster = node_roster(apply->node);
	const struct delta_commit_info *commit = &apply->commit.info;
	const struct node_code *owner = &apply->intake->owner;
	bool is_owner = node_code_is_owner(&commit->node, owner);

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
	if (commit->voids.size > 0)
		return err_set(info, ERR_VERSION, _("a correction by %s: this program does not take corrections yet"),
		               commit->node.text);
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

static void
note_detail(struct apply *apply, const struct delta_row *row, const struct oid *commit)
{
	struct receipt_detail *detail = &apply->intake->detail;

	*detail = (struct receipt_detail){.has_record = row != NULL};
	if (row != NULL)
		detail->record = row->id;
	detail->commit = *commit;
	apply->intake->has_detail = true;
}

/* Rights and types of what one row wrote, on the same inputs as at the desk. */
static enum err
judge_row(struct apply *apply, const struct delta_row *row, const struct record *old, const struct record *record,
          struct err_info *info)
{
	const struct schema_kind *kind;
	struct view name = record != NULL ? record->kind : row->kind;
	struct authority_question question = {
		.roster = node_roster(apply->node),
		.version = &apply->version,
		.signer = apply->commit.info.node,
		.owner = apply->intake->owner,
		.time = apply->commit.info.time,
		.record = record,
	};
	enum err err;

	if (apply->schemas == NULL)
		return err_set(info, ERR_STATE,
		               _("schema set %u is not held here; it comes with the superior's next bundle"),
		               apply->commit.info.schema_version);
	kind = schema_set_kind(apply->schemas, name);
	if (kind == NULL)
		return err_set(info, ERR_RULE, _("kind %.*s is not in schema set %u"), (int)name.size,
		               (const char *)name.data, apply->commit.info.schema_version);
	question.kind = kind;
	err = authority_check(&question, &row->writes, info);
	if (err == ERR_OK && record != NULL)
		err = schema_record_check(kind, record->fields, record->field_count, info);
	if (err == ERR_OK && record != NULL)
		err = schema_rules_check(kind, old == NULL ? NULL : old->fields, old == NULL ? 0 : old->field_count,
		                         record->fields, record->field_count, info);
	if (err == ERR_OK)
		err = intake_hold_row(&apply->hold, &question, row, info);
	return err;
}

static enum err
read_old(struct record *out, struct apply *apply, const struct id *id, struct err_info *info)
{
	enum err err;

	bytes_clear(&apply->old_plaintext);
	err = partition_edit_get(&apply->old_plaintext, apply->edit, id, info);
	if (err == ERR_NOT_FOUND)
		err = err_in(info, ERR_FORMAT, "%s", _("a row changes a record that is not there"));
	if (err == ERR_OK)
		err = record_read(out, &apply->arena, bytes_view(&apply->old_plaintext), LIMIT_RECORD_MERGED_BYTES_MAX,
		                  info);
	return err;
}

static enum err
apply_writes(struct apply *apply, const struct delta_row *row, struct err_info *info)
{
	const struct delta_apply_terms terms = {.kind = row->kind, .schema_version = apply->commit.info.schema_version};
	bool is_new = row->type == DELTA_ROW_ADDED;
	struct record old = {0};
	struct record record = {0};
	bool is_gone = false;
	enum err err = ERR_OK;

	if (!is_new)
		err = read_old(&old, apply, &row->id, info);
	if (err == ERR_OK)
		err = delta_apply(&record, &is_gone, &apply->arena, is_new ? NULL : &old, &terms, &row->writes, info);
	if (err == ERR_OK && is_gone != (row->type == DELTA_ROW_REMOVED))
		err = err_set(info, ERR_FORMAT, "%s", _("a row's type and its writes say different things"));
	if (err == ERR_OK && is_gone) {
		struct delta_row named = *row;

		named.kind = old.kind;
		err = judge_row(apply, &named, &old, NULL, info);
		if (err == ERR_OK)
			err = partition_edit_remove(apply->edit, &row->id, info);
		return err;
	}
	if (err == ERR_OK)
		err = judge_row(apply, row, is_new ? NULL : &old, &record, info);
	bytes_clear(&apply->plaintext);
	if (err == ERR_OK)
		err = record_write(&apply->plaintext, &record, LIMIT_RECORD_BYTES_MAX, info);
	if (err == ERR_OK && is_new)
		err = partition_edit_add(apply->edit, bytes_view(&apply->plaintext), NULL, info);
	else if (err == ERR_OK)
		err = partition_edit_change(apply->edit, &row->id, bytes_view(&apply->plaintext), info);
	return err;
}

static enum err
apply_row(struct apply *apply, const struct delta_row *row, struct err_info *info)
{
	arena_clear(&apply->arena);
	delta_counts_row(&apply->intake->counts, row);
	if (row->type == DELTA_ROW_OPAQUE)
		return partition_edit_put_blob(apply->edit, &row->id, row->content, info);
	if (row->type == DELTA_ROW_ADDED || row->type == DELTA_ROW_CHANGED || row->type == DELTA_ROW_REMOVED)
		return apply_writes(apply, row, info);
	return err_set(info, ERR_VERSION, "%s", _("conflict entries: this program does not take them yet"));
}

static enum err
apply_rows(struct apply *apply, struct err_info *info)
{
	static const struct oid none;
	bool is_end = false;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		struct delta_row row;

		err = delta_reader_row(apply->reader, &row, &is_end, info);
		if (err != ERR_OK || is_end)
			break;
		err = apply_row(apply, &row, info);
		if (err == ERR_RIGHT || err == ERR_RULE)
			note_detail(apply, &row, &none);
	}
	return err;
}

/* A key that was revoked signs nothing new: only what its revocation names as accepted still counts. */
static enum err
check_revoked(struct apply *apply, const struct oid *oid, struct err_info *info)
{
	struct roster_signer signer;
	struct roster_key key;
	struct id key_id;
	const struct statement *revocation;
	struct git_history *history = NULL;
	bool is_accepted = false;
	enum err err = roster_at(&signer, node_roster(apply->node), &apply->commit.info.node, &apply->version, info);

	if (err != ERR_OK || !signer.is_revoked_now)
		return err;
	seal_key_id(&key_id, &signer.keys.sign);
	err = roster_key_find(&key, node_roster(apply->node), &key_id, info);
	if (err == ERR_OK)
		err = git_history_open(&history, partition_batch_reader(apply->intake->batch), info);
	revocation = err == ERR_OK ? key.revocation : NULL;
	for (size_t i = 0; err == ERR_OK && revocation != NULL && i < revocation->head_count && !is_accepted; i++) {
		const struct statement_head *head = &revocation->heads[i];
		struct git_reader reader = partition_batch_reader(apply->intake->batch);

		if (id_equal(&head->partition, partition_id(apply->intake->partition)) &&
		    git_reader_has(reader, &head->head))
			err = git_history_is_ancestor(&is_accepted, history, oid, &head->head, info);
	}
	git_history_free(history);
	if (err == ERR_OK && !is_accepted)
		err = err_set(info, ERR_AUTH, _("an edit is signed with a key of %s that was revoked"),
		              apply->commit.info.node.text);
	return err;
}

static enum err
apply_commit(struct apply *apply, struct err_info *info)
{
	struct oid oid;
	bool is_held;
	enum err err;

	if (apply->commit.info.is_merge)
		return err_set(info, ERR_VERSION, "%s", _("a merge: this program does not take merges yet"));
	set_version(apply);
	err = check_terms(apply, info);
	if (err == ERR_OK)
		err = begin_edit(apply, info);
	if (err == ERR_OK)
		err = apply_rows(apply, info);
	if (err == ERR_OK)
		err = partition_edit_verify(apply->edit, apply->commit.signature.bytes, &oid, info);
	partition_edit_free(apply->edit);
	apply->edit = NULL;
	if (err == ERR_OK)
		err = check_revoked(apply, &oid, info);
	if (err != ERR_OK)
		return err;
	is_held = git_store_has(partition_store(apply->intake->partition), &oid);
	if (apply->commit.parents[0] == DELTA_NO_PARENT && !oid_is_none(&apply->intake->old_head) && !is_held)
		return err_set(info, ERR_AUTH, "%s", _("a second root commit: a partition has exactly one"));
	apply->intake->edits += is_held ? 0U : 1U;
	apply->positions[apply->position_count++] = oid;
	return intake_hold_commit(&apply->hold, apply->node, partition_id(apply->intake->partition), &oid, info);
}

static enum err
start(struct apply *apply, struct view delta, struct err_info *info)
{
	size_t count;
	enum err err = delta_reader_new(&apply->reader, delta, apply->shown->base_count, info);

	if (err != ERR_OK)
		return err;
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
intake_apply(struct intake *intake, struct node *node, const struct bundle_partition *shown, struct view delta,
             struct err_info *info)
{
	struct apply apply = {.intake = intake, .node = node, .shown = shown};
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
		err = intake_hold_decide(&apply.hold, intake, info);
	apply_release(&apply);
	return err;
}
