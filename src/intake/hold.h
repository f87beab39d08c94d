/**
 * What a person must look at before it is published: a delta that removes over 10 % and over 20 records, or that changes
 * over 50 % (and over 20) of the records in fields that the signer does not own. An approval covers every later delta that
 * contains the approved commit. Never a partition's first delta. Internal to intake.
 */
#ifndef INTAKE_HOLD_H
#define INTAKE_HOLD_H

#include "authority/authority.h"
#include "base/table.h"
#include "delta/section.h"
#include "intake/intake.h"

enum {
	HOLD_RECORDS_MIN = 20,
	HOLD_REMOVED_PERCENT = 10,
	HOLD_FOREIGN_PERCENT = 50,
};

struct intake_hold {
	uint64_t removed;     /* since the last approved commit */
	struct table foreign; /* records changed by a signer who does not own the fields */
	/* of the edit at hand: it counts only if it turns out to be new to us */
	uint64_t pending_removed;
	struct bytes pending_foreign; /* ids, 16 bytes each */
};

enum err intake_hold_row(struct intake_hold *hold, const struct authority_question *question,
                         const struct delta_row *row, struct err_info *info) MUST_USE;
/** The edit at hand is one that we hold: what it did counts for nothing here. */
void intake_hold_forget(struct intake_hold *hold);
/** An edit new to us is done: it counts; if it was approved, what it and those before it did no longer does. */
enum err intake_hold_commit(struct intake_hold *hold, struct node *node, const struct id *partition,
                            const struct oid *commit, struct err_info *info) MUST_USE;
/** ERR_STATE with the reason: held. */
enum err intake_hold_decide(const struct intake_hold *hold, const struct intake *intake,
                            struct err_info *info) MUST_USE;
void intake_hold_release(struct intake_hold *hold);

#endif
