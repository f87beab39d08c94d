/**
 * What both sides of a delta hold, for delta/section.h: the commits from which it starts, their records, and (for who takes
 * it) the records of the tree on which the edit at hand stands.
 */
#ifndef PARTITION_BASES_H
#define PARTITION_BASES_H

#include "delta/section.h"
#include "partition/partition.h"

struct partition_bases;

/**
 * @param batch   NULL: the bases lie in the store
 * @param bases   commits of the partition, borrowed
 * Errors of reading them.
 */
enum err partition_bases_new(struct partition_bases **out, struct partition *partition, struct partition_batch *batch,
                             const struct oid *bases, size_t count, struct err_info *info) MUST_USE;
void partition_bases_free(struct partition_bases *bases);

/** As a delta's writer or reader asks for it; lives as long as the bases. */
const struct delta_source *partition_bases_source(const struct partition_bases *bases);
/** Taking: the edit whose rows come next; NULL: none. Borrowed until it is told otherwise. */
void partition_bases_set_edit(struct partition_bases *bases, struct partition_edit *edit);

/**
 * Sending: what an edit touched, whose shelves need not be looked up if it stands on the base that names records. Borrowed until
 * it is told otherwise; NULL: none.
 */
void partition_bases_set_touches(struct partition_bases *bases, const struct partition_touches *touches,
                                 const struct oid *parent);

/** Sending: from which base records are named, by how many bits, and how many of them prime the coder. Errors of reading. */
enum err partition_bases_choose(struct partition_bases *bases, struct delta_terms *terms,
                                struct err_info *info) MUST_USE;

#endif
