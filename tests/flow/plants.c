/*
 * Bugs that can be planted: a plant shows that the simulation would have seen such a bug; each stands for a mistake that would
 * lose a write, or show one that may not be. The linker sends these calls here (--wrap).
 */
#include <stdio.h>
#include <string.h>

#include "flow/correct.h"
#include "git/history.h"
#include "intake/judge.h"
#include "merge/inside.h"
#include "offices.h"
#include "partition/merge.h"
#include "partition/twins.h"
#include "wrap.h"

enum {
	SWAPS_BETWEEN = 50
};

static unsigned swaps;

enum plant {
	PLANT_NONE,
	PLANT_TAKE_ONE_SIDE,
	PLANT_FORGET_CORRECTION,
	PLANT_BLIND_TO_TWINS,
	PLANT_CLAIM_WITHOUT_SWAP,
	PLANT_SKIP_AN_EDIT,
	PLANT_DROP_AN_ENTRY,
	PLANT_SPOKEN_ALREADY,
	PLANT_FORGET_A_WRITE,
	PLANT_BLIND_TO_REMOVALS,
	PLANT_BLIND_TO_STALE,
	PLANT_BLIND_TO_REFUSALS,
	PLANT_BLIND_TO_RULES,
	PLANT_LOWER_EPOCH,
	PLANT_NAMES_UNSORTED,
	PLANTS
};

static const char *const PLANT_NAMES[PLANTS] = {
	"none",
	"take-one-side",      /* of two heads one is taken whole */
	"forget-correction",  /* what was judged unlawful is not voided */
	"blind-to-twins",     /* no twin is ever seen */
	"claim-without-swap", /* the head is said to have moved */
	"skip-an-edit",       /* the newest edit of a side is not looked at */
	"drop-an-entry",      /* a joined row loses its last entry */
	"spoken-already",     /* every unlawful write is taken for corrected */
	"forget-a-write",     /* of several writes that do not know each other the newest is not looked at */
	"blind-to-removals",  /* no removal is seen beside a change */
	"blind-to-stale",     /* no decision is ever stale */
	"blind-to-refusals",  /* no entry names what was voided */
	"blind-to-rules",     /* no entry names a broken rule */
	"lower-epoch",        /* of two epochs the lower one seals */
	"names-unsorted",     /* an entry names edits in another order */
};

static enum plant plant;

bool
plants_set(const char *name)
{
	for (int i = 0; i < PLANTS; i++) {
		if (strcmp(PLANT_NAMES[i], name) == 0) {
			plant = (enum plant)i;
			return true;
		}
	}
	return false;
}

void
plants_list(void)
{
	for (int i = 1; i < PLANTS; i++)
		(void)puts(PLANT_NAMES[i]);
}

bool
plants_claim_swap(void)
{
	return plant == PLANT_CLAIM_WITHOUT_SWAP && ++swaps % SWAPS_BETWEEN == 0;
}

WRAP(enum err, partition_merge,
     (struct oid * out, bool *is_merge_out, struct partition_batch *batch, const struct oid *a, const struct oid *b,
      struct err_info *info))
{
	enum err err = __real_partition_merge(out, is_merge_out, batch, a, b, info);

	if (plant == PLANT_TAKE_ONE_SIDE && err == ERR_OK && *is_merge_out) {
		*out = *b;
		*is_merge_out = false;
	}
	return err;
}

WRAP(enum err, flow_correct,
     (struct oid * head, const struct flow_desk *desk, struct partition *partition, struct partition_batch *batch,
      const struct flow_correction *correction, struct err_info *info))
{
	if (plant == PLANT_FORGET_CORRECTION)
		return ERR_OK;
	return __real_flow_correct(head, desk, partition, batch, correction, info);
}

WRAP(enum err, partition_twins_note,
     (struct partition_twins * twins, struct partition_batch *batch, const struct oid *start, const struct id *id,
      const struct merge_row *before, const struct merge_row *after, struct err_info *info))
{
	if (plant == PLANT_BLIND_TO_TWINS)
		return ERR_OK;
	return __real_partition_twins_note(twins, batch, start, id, before, after, info);
}

WRAP(enum err, git_history_between,
     (struct git_oids * out, struct git_history *history, struct git_oids_view heads, struct git_oids_view bases,
      struct err_info *info))
{
	enum err err = __real_git_history_between(out, history, heads, bases, info);

	if (plant == PLANT_SKIP_AN_EDIT && err == ERR_OK && out->count > 3 && bases.count == 1)
		out->count--;
	return err;
}

WRAP(enum err, merge_join,
     (struct merge_row * out, bool *needs_history_out, struct arena *arena, const struct merge_edits *edits,
      const struct merge_sides *sides, struct err_info *info))
{
	enum err err = __real_merge_join(out, needs_history_out, arena, edits, sides, info);

	if (plant == PLANT_DROP_AN_ENTRY && err == ERR_OK && !*needs_history_out && out->entries.count > 0)
		out->entries.count--;
	return err;
}

WRAP(enum err, intake_judge_commit,
     (struct intake_verdicts * verdicts, const struct oid *commit, struct err_info *info))
{
	if (plant == PLANT_SPOKEN_ALREADY)
		intake_judge_forget(verdicts);
	return __real_intake_judge_commit(verdicts, commit, info);
}

/* --- the merge of one record --- */

WRAP(enum err, merge_maximal, (struct merge_writes * out, struct merge_work *work, const struct merge_writes *writes))
{
	enum err err = __real_merge_maximal(out, work, writes);

	if (plant == PLANT_FORGET_A_WRITE && err == ERR_OK && out->count > 1)
		out->count--;
	return err;
}

WRAP(enum err, merge_removals, (struct merge_writes * out, struct merge_work *work, const struct merge_writes *writes))
{
	enum err err = __real_merge_removals(out, work, writes);

	if (plant == PLANT_BLIND_TO_REMOVALS && err == ERR_OK)
		out->count = 0;
	return err;
}

WRAP(enum err, merge_work_pairs,
     (struct merge_work * work, const struct record_path *path, const struct merge_pairs *pairs))
{
	return plant == PLANT_BLIND_TO_STALE ? ERR_OK : __real_merge_work_pairs(work, path, pairs);
}

WRAP(enum err, merge_add_refused, (struct merge_work * work, const struct merge_registers *registers))
{
	return plant == PLANT_BLIND_TO_REFUSALS ? ERR_OK : __real_merge_add_refused(work, registers);
}

WRAP(enum err, merge_add_rules, (struct merge_work * work, const struct record *record, const struct schema_kind *kind))
{
	return plant == PLANT_BLIND_TO_RULES ? ERR_OK : __real_merge_add_rules(work, record, kind);
}

WRAP(int, merge_epoch_compare, (const struct merge_epoch *a, const struct merge_epoch *b))
{
	int order = __real_merge_epoch_compare(a, b);

	return plant == PLANT_LOWER_EPOCH ? -order : order;
}

WRAP(enum err, merge_work_commits,
     (struct merge_work * work, enum merge_entry_kind kind, const struct record_path *path,
      const struct merge_writes *writes, bool is_sorted))
{
	return __real_merge_work_commits(work, kind, path, writes,
	                                 plant == PLANT_NAMES_UNSORTED ? !is_sorted : is_sorted);
}
