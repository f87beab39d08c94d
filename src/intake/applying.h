/** A delta being applied: shared by apply.c (its commits) and apply_rows.c (their rows). Internal to intake. */
#ifndef INTAKE_APPLYING_H
#define INTAKE_APPLYING_H

#include "base/table.h"
#include "delta/section.h"
#include "intake/apply.h"
#include "intake/hold.h"
#include "intake/judge.h"
#include "intake/revoked.h"
#include "partition/ahead.h"

struct apply {
	struct intake *intake;
	struct node *node;
	const struct intake_terms *terms;
	const struct bundle_partition *shown;
	struct partition_bases *bases;
	struct delta_reader *reader;
	struct oid *positions; /* bases, then the commits of the delta as they come */
	size_t position_count;
	struct delta_commit commit; /* at hand */
	struct partition_edit *edit;
	struct partition_ahead *ahead;    /* that reads the rows of the edit at hand; NULL: they are read here */
	size_t rows;                      /* of it that were read */
	const struct schema_set *schemas; /* of the commit; NULL: not held */
	struct roster_version version;    /* that the edit at hand names */
	struct roster_version judged; /* by which it is judged: what its signer had said that it had read counts too */
	struct intake_verdicts *verdicts;
	bool is_blind;     /* this office may not read the partition: it verifies, and judges nothing */
	bool is_judged;    /* the edit at hand: new to us, by an office below us */
	struct table held; /* commits that our head reaches and the delta's bases do not; made when first asked for */
	bool has_held;
	struct table waiting; /* the same of the heads that wait here */
	bool has_waiting;
	struct arena arena;
	struct intake_hold hold;
	struct intake_suspects suspects;
};

/** Put the rows of the commit at hand into apply->edit, and judge them. Errors of reading, and of any row. */
enum err intake_apply_rows(struct apply *apply, struct err_info *info) MUST_USE;

#endif
