/**
 * What both sides of a delta hold, for delta/section.h: the commits from which it starts, their records, and (for who takes
 * it) the records of the tree on which the edit at hand stands.
 */
#ifndef PARTITION_BASES_H
#define PARTITION_BASES_H

#include "delta/section.h"
#include "partition/partition.h"

struct git_idtree;
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

/** A record on which the edit stands. ERR_NOT_FOUND: it is not there; errors of reading. */
typedef enum err (*partition_look)(void *context, const struct id *id, struct record *out, struct err_info *info);
/** Where a thread reads from; borrowed from the bases. */
struct partition_apart {
	struct partition *partition; /* opened a second time */
	struct git_idtree *records;  /* of a base: ids are looked up in it too */
};

/** Taking: from now on nothing is read through the partition, which is for another thread. Errors of partition_open(). */
enum err partition_bases_apart(struct partition_apart *out, struct partition_bases *bases, size_t base,
                               struct err_info *info) MUST_USE;
/** Ask `look` for records, and leave the edit alone, which is another thread's; NULL: the edit again. */
void partition_bases_set_look(struct partition_bases *bases, partition_look look, void *context);

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
