/*
 * Seams at which a process may die, and bugs that can be planted: the linker sends these calls here (--wrap). A plant shows
 * that the simulation would have seen such a bug; each stands for a mistake that would lose a write or show one that may not be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/correct.h"
#include "git/history.h"
#include "git/pack.h"
#include "git/refs.h"
#include "git/upkeep.h"
#include "intake/judge.h"
#include "keyring/keyring.h"
#include "merge/merge.h"
#include "offices.h"
#include "partition/merge.h"
#include "partition/past_state.h"
#include "partition/twins.h"
#include "receipt/peer.h"

enum {
	SWAPS_BETWEEN = 50
};

static const char *armed;
static unsigned swaps;
static unsigned passes_left;

void
seams_arm(const char *seam, unsigned n)
{
	armed = seam;
	passes_left = n;
}

static void
pass(const char *seam)
{
	if (armed != NULL && strcmp(armed, seam) == 0 && passes_left > 0 && --passes_left == 0)
		_exit(SEAM_EXIT);
}

enum plant {
	PLANT_NONE,
	PLANT_TAKE_ONE_SIDE,
	PLANT_FORGET_CORRECTION,
	PLANT_DEAF_TO_WORDS,
	PLANT_BLIND_TO_TWINS,
	PLANT_CLAIM_WITHOUT_SWAP,
	PLANT_SKIP_AN_EDIT,
	PLANT_DROP_AN_ENTRY,
	PLANT_SPOKEN_ALREADY,
	PLANTS
};

static const char *const PLANT_NAMES[PLANTS] = {
	"none",
	"take-one-side",      /* of two heads one is taken whole */
	"forget-correction",  /* what was judged unlawful is not voided */
	"deaf-to-words",      /* corrections below a commit are not looked at */
	"blind-to-twins",     /* no twin is ever seen */
	"claim-without-swap", /* the head is said to have moved */
	"skip-an-edit",       /* the newest edit of a side is not looked at */
	"drop-an-entry",      /* a joined row loses its last entry */
	"spoken-already",     /* every unlawful write is taken for corrected */
};

static enum plant plant;

bool
seams_plant(const char *name)
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
seams_list(void)
{
	for (int i = 1; i < PLANTS; i++)
		(void)puts(PLANT_NAMES[i]);
}

/* --- seams --- */

#define WRAP(type, name, parameters)                                                                                   \
	type __real_##name parameters;                                                                                 \
	type __wrap_##name parameters;                                                                                 \
	type __wrap_##name parameters

WRAP(enum err, keyring_add, (struct keyring * keyring, const struct keyring_batch *batch, struct err_info *info))
{
	enum err err;

	pass("before-salts");
	err = __real_keyring_add(keyring, batch, info);
	pass("after-salts");
	return err;
}

WRAP(enum err, git_pack_finish, (struct git_pack * pack, struct err_info *info))
{
	enum err err;

	pass("before-pack");
	err = __real_git_pack_finish(pack, info);
	pass("after-pack");
	return err;
}

WRAP(enum err, git_ref_swap,
     (struct git_store * store, const char *name, const struct oid *old, const struct oid *new_value,
      struct err_info *info))
{
	enum err err = ERR_OK;

	pass("before-ref");
	if (plant != PLANT_CLAIM_WITHOUT_SWAP || ++swaps % SWAPS_BETWEEN != 0)
		err = __real_git_ref_swap(store, name, old, new_value, info);
	pass("after-ref");
	return err;
}

WRAP(enum err, node_commit, (struct node * node, const char *subject, struct err_info *info))
{
	enum err err;

	pass("before-node");
	err = __real_node_commit(node, subject, info);
	pass("after-node");
	return err;
}

WRAP(enum err, git_store_compact, (struct git_store * store, struct err_info *info))
{
	pass("before-compact");
	return __real_git_store_compact(store, info);
}

/* --- plants --- */

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

WRAP(enum err, past_add_words,
     (struct partition_past * past, size_t correction, struct view voids, bool *found_out, struct err_info *info))
{
	if (plant == PLANT_DEAF_TO_WORDS && correction != PAST_TOP)
		return ERR_OK;
	return __real_past_add_words(past, correction, voids, found_out, info);
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
