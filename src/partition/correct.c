/* What an edit does that speaks of the past: corrections, and records that come back. */
#include <stdlib.h>

#include "git/history.h"
#include "git/tree.h"
#include "partition/edit.h"
#include "partition/past.h"
#include "schema/set.h"

struct correcting {
	struct partition_edit *edit;
	struct git_history *history;
	struct table records; /* ids that the words may be about */
	struct arena arena;
};

static struct partition_past_top
top_of(const struct partition_edit *edit)
{
	return (struct partition_past_top){
		.edit = {.level = edit->commit.level,
	                 .schema_version = edit->commit.schema_version,
	                 .epoch = {edit->commit.epoch, edit->commit.epoch_digest}},
		.commit = &edit->commit,
	};
}

static enum err
note_record(struct correcting *correcting, const struct id *id, struct err_info *info)
{
	return table_put(&correcting->records, view_of(id->bytes, ID_BYTES), NULL, NULL, info);
}

static enum err
note_differing(void *context, const struct id *id, const struct oid *old, const struct oid *new, struct err_info *info)
{
	(void)old;
	(void)new;
	return note_record(context, id, info);
}

/* Every record that the edit touched. */
static enum err
note_all(struct correcting *correcting, const struct partition_version *target, struct err_info *info)
{
	struct git_reader reader = correcting->edit->tree.source.reader;
	struct partition_version parent = {0};
	enum err err = ERR_OK;

	if (target->info.parent_count > 0)
		err = partition_version_read(&parent, correcting->edit->partition, reader, &target->info.parents[0],
		                             info);
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &parent.records, &target->records, note_differing, correcting, info);
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &parent.conflicts, &target->conflicts, note_differing, correcting, info);
	partition_version_release(&parent);
	return err;
}

/* A correction may name only known edits of a strictly lower level. */
static enum err
check_word(struct correcting *correcting, const struct delta_void *word, struct err_info *info)
{
	const struct partition_edit *edit = correcting->edit;
	struct partition_version target;
	char hex[2 * OID_BYTES + 1];
	bool is_known = false;
	enum err err;

	hex_write(hex, view_of(word->commit.bytes, OID_BYTES));
	if (!git_reader_has(edit->tree.source.reader, &word->commit))
		return err_set(info, ERR_FORMAT, _("a correction names commit %s, which it does not know"), hex);
	err = git_history_is_ancestor(&is_known, correcting->history, &word->commit, &edit->parent.commit, info);
	if (err == ERR_OK && !is_known)
		return err_set(info, ERR_FORMAT, _("a correction names commit %s, which it does not know"), hex);
	if (err == ERR_OK)
		err = partition_version_read(&target, edit->partition, edit->tree.source.reader, &word->commit, info);
	if (err != ERR_OK)
		return err;
	if (target.info.is_merge || target.info.voids.size > 0 || target.info.level >= edit->commit.level)
		err = err_set(info, ERR_FORMAT,
		              _("a correction names commit %s, which is no edit of a lower level with writes"), hex);
	else if (word->is_whole)
		err = note_all(correcting, &target, info);
	else
		err = note_record(correcting, &word->record, info);
	partition_version_release(&target);
	return err;
}

static enum err
check_words(struct correcting *correcting, struct err_info *info)
{
	struct view rest = correcting->edit->commit.voids;
	struct oid checked = {{0}};
	enum err err = ERR_OK;

	while (err == ERR_OK && rest.size > 0) {
		struct delta_void word;

		err = delta_void_next(&word, &rest, &correcting->arena, info);
		if (err != ERR_OK)
			break;
		if (!word.is_whole && oid_equal(&word.commit, &checked))
			err = note_record(correcting, &word.record, info); /* lines of one commit stand together */
		else
			err = check_word(correcting, &word, info);
		checked = word.commit;
	}
	return err;
}

static enum err
list_records(struct id **out, const struct correcting *correcting, struct err_info *info)
{
	struct id *ids = calloc(correcting->records.count + 1, sizeof(*ids));
	size_t position = 0;
	size_t count = 0;
	struct view key;
	uint64_t value;

	if (ids == NULL)
		return err_nomem(info);
	while (table_next(&correcting->records, &position, &key, &value))
		memcpy(ids[count++].bytes, key.data, ID_BYTES);
	*out = ids;
	return ERR_OK;
}

/* One record from its history, the correction on top. */
static enum err
correct_record(struct correcting *correcting, struct partition_past *past, const struct id *id, struct err_info *info)
{
	struct partition_edit *edit = correcting->edit;
	const struct merge_edits *edits = partition_past_edits(past);
	struct merge_history history;
	struct merge_step *steps;
	const struct merge_row *before;
	struct merge_row after;
	enum err err = partition_past_history(&history, past, id, info);

	if (err == ERR_OK)
		err = partition_edit_row(&before, edit, id, info);
	if (err != ERR_OK)
		return err;
	steps = arena_get(&correcting->arena, (history.step_count + 1) * sizeof(*steps));
	if (steps == NULL)
		return err_nomem(info);
	if (history.step_count > 0)
		memcpy(steps, history.steps, history.step_count * sizeof(*steps));
	steps[history.step_count++] = (struct merge_step){.edit = (uint32_t)edits->count - 1};
	history.steps = steps;
	err = merge_fold_edit(&after, &correcting->arena, edits, &history, before, info);
	if (err == ERR_OK)
		err = partition_past_check(past, info);
	if (err == ERR_OK)
		err = partition_tree_put(&edit->tree, id, &after, info);
	if (err == ERR_OK && before->has_record)
		partition_noting_before(&edit->tree.noting, id, &before->record);
	if (err == ERR_OK)
		err = partition_twins_note(&edit->twins, edit->batch, &edit->parent.commit, id, before, &after, info);
	edit->has_row = false;
	edit->count++;
	return err;
}

enum err
partition_edit_correct(struct partition_edit *edit, struct err_info *info)
{
	struct correcting correcting = {.edit = edit};
	const struct partition_past_top top = top_of(edit);
	const struct git_oids_view heads = {&edit->parent.commit, 1};
	struct partition_past *past = NULL;
	struct id *ids = NULL;
	enum err err = ERR_OK;

	if (edit->count > 0 || oid_is_none(&edit->parent.commit))
		return err_set(info, ERR_FORMAT, "%s", _("a correction writes no value"));
	err = git_history_open(&correcting.history, edit->tree.source.reader, info);
	if (err == ERR_OK)
		err = check_words(&correcting, info);
	if (err == ERR_OK)
		err = list_records(&ids, &correcting, info);
	if (err == ERR_OK)
		err = partition_past_whole(&past, &edit->tree.source, correcting.history, heads, ids,
		                           correcting.records.count, &top, info);
	for (size_t i = 0; err == ERR_OK && i < correcting.records.count; i++)
		err = correct_record(&correcting, past, &ids[i], info);
	partition_past_free(past);
	free(ids);
	git_history_free(correcting.history);
	table_release(&correcting.records);
	arena_release(&correcting.arena);
	return err;
}

enum err
partition_edit_again(struct merge_row *out, struct arena *arena, struct partition_edit *edit, const struct id *id,
                     struct view kind, const struct delta_writes *writes, struct err_info *info)
{
	const struct partition_past_top top = top_of(edit);
	const struct git_oids_view heads = {&edit->parent.commit, 1};
	struct git_history *history = NULL;
	struct partition_past *past = NULL;
	struct merge_history record = {.steps = NULL};
	const struct merge_row *before;
	enum err err = git_history_open(&history, edit->tree.source.reader, info);

	if (err == ERR_OK)
		err = partition_past_whole(&past, &edit->tree.source, history, heads, id, 1, &top, info);
	if (err == ERR_OK)
		err = partition_past_history(&record, past, id, info);
	if (err == ERR_OK && record.step_count == 0)
		err = err_set(info, ERR_FORMAT, "%s", _("a row brings back a record that never was"));
	if (err == ERR_OK)
		err = partition_edit_row(&before, edit, id, info);
	if (err == ERR_OK) {
		struct merge_step *steps = arena_get(arena, (record.step_count + 1) * sizeof(*steps));

		if (steps == NULL)
			err = err_nomem(info);
		else {
			memcpy(steps, record.steps, record.step_count * sizeof(*steps));
			steps[record.step_count++] = (struct merge_step){
				.edit = (uint32_t)partition_past_edits(past)->count - 1,
				.kind = kind,
				.writes = *writes,
			};
			record.steps = steps;
			err = merge_fold_edit(out, arena, partition_past_edits(past), &record, before, info);
		}
	}
	if (err == ERR_OK)
		err = partition_past_check(past, info);
	if (err == ERR_OK)
		err = partition_row_copy(out, arena, info); /* the past's arena goes */
	partition_past_free(past);
	git_history_free(history);
	return err;
}
