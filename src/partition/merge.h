/** Joining two heads of a partition. design.md 6; schema/commit-v1.md section 2, schema/entry-v1.md. */
#ifndef PARTITION_MERGE_H
#define PARTITION_MERGE_H

#include "partition/partition.h"

/**
 * The head that holds the edits of both commits. If one holds all edits of the other it is that one; if both hold the same, the
 * smaller id; else a merge, which is the same bytes on every machine.
 *
 * @param out           added to the batch if it is new
 * @param is_merge_out  whether each has an edit that the other lacks
 * @param batch         holds, or its store does, both commits and their history
 * @return ERR_OK; ERR_RIGHT: a key or a salt is missing; ERR_STATE: a schema set is missing; ERR_TOO_BIG: a merged record would
 *         pass even the limits of merges; ERR_AUTH, ERR_FORMAT, ERR_IO, ERR_NOMEM
 */
enum err partition_merge(struct oid *out, bool *is_merge_out, struct partition_batch *batch, const struct oid *a,
                         const struct oid *b, struct err_info *info) MUST_USE;

/**
 * Without keys: whether a merge can be what its parents give. Each parent has an edit that the other lacks; time, schema
 * set, rules and epoch follow from the parents'; a record that neither side wrote, or only one, lies there as that side has it. What both sides wrote cannot be judged without reading it.
 * @param merge  a merge that lies in the store
 * @return ERR_OK; ERR_AUTH: it is not, the text names the record; ERR_IO, ERR_NOMEM ...
 */
enum err partition_merge_check(struct partition *partition, const struct partition_version *merge,
                               struct err_info *info) MUST_USE;

#endif
