/** Verdicts on edits that lie in a store: for the audit, and for a head that waited. Internal to intake and flow. */
#ifndef INTAKE_JUDGE_STORED_H
#define INTAKE_JUDGE_STORED_H

#include "git/history.h"
#include "intake/judge.h"
#include "node/node.h"

/** Whose edits are judged, and what is told. */
struct intake_judging {
	struct node *node;
	struct partition *partition;
	struct git_history *history;
	bool is_all;      /* false: only edits of offices below us; what we or a higher level said on them counts */
	uint64_t *judged; /* counted up */
	void *context;
	/** An edit could not be judged: its content is not as it should be. A missing key or schema set is passed over. May be NULL. */
	void (*wrong)(void *context, const struct oid *commit, const struct err_info *why);
};

/** Judge commits, parents first. ERR_NOMEM; without `wrong` the first error of an edit. */
enum err intake_judge_stored(struct intake_verdicts *verdicts, const struct intake_judging *judging,
                             const struct git_oids *commits, struct err_info *info) MUST_USE;

/**
 * Judge again what lower offices restored (intake_judge_spoken()) of edits that lie in the store; one that was judged just now
 * says the same again. Errors as above.
 */
enum err intake_judge_reopened(struct intake_verdicts *verdicts, const struct intake_judging *judging,
                               struct err_info *info) MUST_USE;

#endif
