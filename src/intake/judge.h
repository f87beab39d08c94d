/**
 * Verdicts: which writes of a delta's edits their signers had no right to make, or break their schema. They are taken into
 * history all the same, and the superior's own signed correction voids them in the same publication: so no honest office is
 * blocked and no published head shows them. Internal to intake. design.md 5 and 6.
 */
#ifndef INTAKE_JUDGE_H
#define INTAKE_JUDGE_H

#include "authority/authority.h"
#include "base/table.h"
#include "partition/partition.h"

/** Of one delta. {0}: nothing yet. */
struct intake_verdicts {
	struct arena arena;
	struct partition *partition;   /* where the edits are; NULL: the desk asks, and no line will be said */
	struct partition_batch *batch; /* or here; may be NULL */
	struct table lines;            /* text of a `Void` line -> bits of judge.c */
	struct table reopened;         /* commits that a lower office's `Restore` was about */
	bool is_again;                 /* edits that were judged before: only what was reopened counts */
	struct bytes pending;          /* of the edit at hand: "ID PATH\n" each; its commit has no id yet */
	size_t pending_count;
	size_t total;                        /* writes of the edit at hand */
	char first[LIMIT_MESSAGE_BYTES_MAX]; /* why: the first one's reason */
	enum err first_code;
};

void intake_verdicts_release(struct intake_verdicts *verdicts);

/** Judge what an edit did to one record, which the batch holds by now. `kind` of the question may be NULL: its schema set has no such kind. ERR_NOT_FOUND ... */
enum err intake_judge_change(struct intake_verdicts *verdicts, const struct authority_question *question,
                             const struct partition_change *change, struct err_info *info) MUST_USE;
/** At the desk: ERR_OK if nothing of the edit at hand may not be written; else the first one's error. */
enum err intake_judge_answer(const struct intake_verdicts *verdicts, struct err_info *info) MUST_USE;
/** The edit became this commit. */
enum err intake_judge_commit(struct intake_verdicts *verdicts, const struct oid *commit,
                             struct err_info *info) MUST_USE;
/** The edit at hand is one that we hold: it was judged when it came first. */
void intake_judge_forget(struct intake_verdicts *verdicts);
/**
 * A correction came, after what it knows. What it voids needs no word of ours, nor what an office of our level or a higher one
 * restores; what a lower one restores is ours to judge: intake_judge_reopened().
 */
enum err intake_judge_spoken(struct intake_verdicts *verdicts, const struct delta_commit_info *correction,
                             uint8_t own_level, struct err_info *info) MUST_USE;

/** The lines to be said, sorted, as texts of corrections that each fit into a commit; count 0: none. In the arena. */
enum err intake_verdicts_texts(struct view **out, size_t *count_out, size_t *lines_out,
                               struct intake_verdicts *verdicts, struct err_info *info) MUST_USE;

#endif
