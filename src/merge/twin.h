/**
 * Natural keys: which records are twins. The caller looks for pairs (an edit: each record whose sight changed against the
 * index; a merge: entry-v1.md section 4 and the cases below); here is what he compares, and the entry that results.
 *
 * In a merge only these pairs can be twins: those that an entry of either parent names (an entry with more: all records);
 * one with a sight new on one side and one with a sight new on the other; and a record whose sight neither parent had
 * with any record.
 */
#ifndef MERGE_TWIN_H
#define MERGE_TWIN_H

#include "merge/merge.h"
#include "record/list.h"

/** What twins depend on. Two sights are equal if key and distinct are. */
struct merge_sight {
	struct view key; /* kind and the values of its x-key, encoded; empty: no record, no x-key, or a part missing */
	struct record_items distinct; /* records that this one is not; elements as encoded in the record */
};

/**
 * @param kind  of the record's own schema version; NULL: not known, there is no key
 * @return ERR_OK; ERR_NOMEM
 */
enum err merge_sight_of(struct merge_sight *out, struct arena *arena, const struct merge_row *row,
                        const struct schema_kind *kind, struct err_info *info) MUST_USE;
bool merge_sight_equal(const struct merge_sight *a, const struct merge_sight *b);
/** Whether two records are twins; never with a == b. */
bool merge_are_twins(const struct id *a, const struct merge_sight *a_sight, const struct id *b,
                     const struct merge_sight *b_sight);

/**
 * Make the row's twin entry name these records, and no other.
 * @param ids    ascending, no doubles; count 0: the row has no twin entry. Copied
 */
enum err merge_twins_set(struct merge_row *row, struct arena *arena, const struct id *ids, size_t count,
                         struct err_info *info) MUST_USE;

#endif
