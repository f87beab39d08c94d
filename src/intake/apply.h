/** A delta applied commit by commit, each judged and recomputed. Internal to intake. */
#ifndef INTAKE_APPLY_H
#define INTAKE_APPLY_H

#include "intake/intake.h"
#include "intake/judge.h"

/**
 * intake->verdicts, which is there, learns which writes must be corrected before the end is published.
 * @return ERR_OK: intake->end, edits, counts are set; ERR_STATE: held; ERR_FORMAT, ERR_AUTH, ERR_RIGHT, ERR_RULE ...: refused
 */
enum err intake_apply(struct intake *intake, const struct intake_terms *terms, const struct bundle_partition *shown,
                      struct view delta, struct err_info *info) MUST_USE;

/** For tests: from which row of an edit on its rows are read ahead by another thread. The result is the same. */
void intake_read_ahead_from(size_t rows);

#endif
