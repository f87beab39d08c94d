/* One partition of a bundle after the other: judged, corrected, published, answered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/checkpoint.h"
#include "flow/correct.h"
#include "flow/taking.h"
#include "git/tree.h"

static struct flow_taken_partition *
note_partition(struct taking *taking, const struct intake *intake, const struct bundle_partition *shown)
{
	struct flow_taken_partition *row = &taking->taken->partitions[taking->taken->partition_count++];

	*row = (struct flow_taken_partition){
		.owner = intake->owner,
		.id = shown->id,
		.outcome = intake->outcome,
		.place = intake->place,
		.old_head = intake->old_head,
		.end = oid_is_none(&shown->end) ? shown->head : shown->end,
		.head = intake->place == INTAKE_FORWARD && intake->outcome == RECEIPT_TAKEN ? intake->new_head
	                                                                                    : intake->old_head,
		.is_merged = intake->is_merged,
		.voided = intake->voided,
		.edits = intake->edits,
		.added = intake->counts.added,
		.changed = intake->counts.changed,
		.removed = intake->counts.removed,
	};
	memcpy(row->reason, intake->reason, sizeof(row->reason));
	if (intake->outcome != RECEIPT_TAKEN || intake->place == INTAKE_DIVERGED)
		(void)snprintf(row->why, sizeof(row->why), "%s", intake->why.text);
	return row;
}

/* What may not stand is voided in the same publication: no published head shows it. */
static enum err
correct(struct intake *intake, const struct flow_desk *desk, struct err_info *info)
{
	const struct flow_correction correction = {intake->corrections, intake->correction_count,
	                                           intake_correction_reason(intake)};

	if (intake->outcome != RECEIPT_TAKEN || intake->place != INTAKE_FORWARD || correction.count == 0)
		return ERR_OK;
	return flow_correct(&intake->new_head, desk, intake->partition, intake->batch, &correction, info);
}

static enum err
count_conflicts(uint64_t *out, const struct intake *intake, const struct oid *commit, struct err_info *info)
{
	struct partition_version version = {0};
	struct git_reader reader;
	struct git_idtree *tree = NULL;
	size_t count = 0;
	enum err err;

	*out = 0;
	if (oid_is_none(commit) || intake->partition == NULL) /* refused before it was opened */
		return ERR_OK;
	reader = intake->batch != NULL ? partition_batch_reader(intake->batch)
	                               : (struct git_reader){NULL, partition_store(intake->partition)};
	err = intake->batch != NULL ? partition_batch_version(&version, intake->batch, commit, info)
	                            : partition_version_open(&version, intake->partition, commit, info);
	if (err == ERR_OK)
		err = git_idtree_open(&tree, reader, &version.conflicts, info);
	if (err == ERR_OK)
		err = git_idtree_count(&count, tree, info);
	git_idtree_free(tree);
	partition_version_release(&version);
	*out = count;
	return err;
}

/* A section that cannot be restored is refused like a bad delta: it says nothing about the other partitions. */
static enum err
judge_partition(struct intake *intake, struct taking *taking, const struct bundle_partition *shown,
                struct err_info *info)
{
	const struct intake_terms terms = {taking->node, &taking->sender.code, taking->desk->wait_seconds,
	                                   &taking->version, &taking->exchange.acknowledged};
	struct bytes section = {0};
	struct err_info why;
	enum err restored = ERR_OK;
	enum err err;

	if (shown->section != BUNDLE_NO_SECTION)
		restored = taking_section(&section, taking, shown->section, LIMIT_DELTA_BYTES_MAX, &why);
	if (restored != ERR_OK && intake_is_own_trouble(restored))
		return err_pass(info, restored, &why);
	err = intake_judge(intake, &terms, shown, bytes_view(&section), info);
	if (err == ERR_OK && restored != ERR_OK && intake->outcome == RECEIPT_TAKEN)
		intake_refuse(intake, &why);
	bytes_release(&section);
	return err;
}

/*
 * A receipt names our head, and a merge is made with it: both need one that can be answered for. Else this partition alone is
 * refused, by an answer that names no head; so its sender sends it all again, until it is mended here.
 */
static enum err
check_head(struct intake *intake, const struct taking *taking, struct err_info *info)
{
	bool is_passed = intake->outcome == RECEIPT_TAKEN && intake->place == INTAKE_FORWARD && !intake->is_merged;
	struct err_info why;
	enum err err = ERR_OK;

	if (!is_passed && intake->partition != NULL)
		err = flow_head_check(taking->node, intake->partition, &intake->old_head, &why);
	if (flow_is_of_content(err)) {
		intake_refuse(intake, &why);
		intake->old_head = (struct oid){{0}};
		return ERR_OK;
	}
	return err == ERR_OK ? ERR_OK : err_pass(info, err, &why);
}

/* One partition, whatever becomes of it, does not stop the others. */
static enum err
take_partition(struct taking *taking, const struct bundle_partition *shown, struct err_info *info)
{
	const struct receipt_shown head = {shown->id, oid_is_none(&shown->end) ? shown->head : shown->end};
	const struct receipt_shown told = {shown->id, shown->head};
	struct intake intake = {0};
	enum err err = judge_partition(&intake, taking, shown, info);

	if (err == ERR_OK)
		err = check_head(&intake, taking, info);
	if (err == ERR_OK)
		err = correct(&intake, taking->desk, info);
	if (err == ERR_OK && !taking->desk->is_dry_run)
		err = intake_publish(&intake, &taking->sender.code, info);
	if (err == ERR_OK && !taking->desk->is_dry_run && intake.outcome == RECEIPT_TAKEN &&
	    intake.place == INTAKE_FORWARD)
		err = node_note_published(taking->node, &intake.new_head, info);
	if (err == ERR_OK) {
		struct flow_taken_partition *row = note_partition(taking, &intake, shown);

		err = count_conflicts(&row->conflicts_old, &intake, &row->old_head, info);
		if (err == ERR_OK)
			err = count_conflicts(&row->conflicts, &intake, &row->head, info);
	}
	if (err == ERR_OK)
		err = receipt_peer_told(taking->exchange.peer, &told, info);
	if (err == ERR_OK && intake.outcome == RECEIPT_TAKEN)
		err = receipt_peer_showed(taking->exchange.peer, &head, info);
	if (err == ERR_OK)
		err = taking_answer(taking, &intake, shown, info);
	intake_release(&intake);
	return err;
}

enum err
taking_partitions(struct taking *taking, struct err_info *info)
{
	size_t count = taking->preamble.partition_count;
	enum err err = ERR_OK;

	taking->taken->partitions = calloc(count + 1, sizeof(*taking->taken->partitions));
	taking->answers = calloc(count + 1, sizeof(*taking->answers));
	if (taking->taken->partitions == NULL || taking->answers == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = take_partition(taking, &taking->preamble.partitions[i], info);
	return err;
}
