/** What an edit may name and who may sign it, in a partition: asked at the door and by the audit. */
#ifndef INTAKE_TERMS_H
#define INTAKE_TERMS_H

#include "delta/commit.h"
#include "roster/roster.h"

/**
 * Only a schema set and rules that the root, and an epoch that the owner has opened by statement; signed by the owner or an
 * office above it, the root commit by the owner alone. A merge, which nobody signs, is asked for the first half.
 *
 * @param is_root  it has no parent
 * @return ERR_OK; ERR_AUTH, ERR_VERSION, ERR_RIGHT
 */
enum err intake_terms_check(const struct roster *roster, const struct id *partition, const struct node_code *owner,
                            const struct delta_commit_info *commit, bool is_root, struct err_info *info) MUST_USE;

#endif
