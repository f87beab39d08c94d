/**
 * Shelves: which records stood beside those that an edit changed, by the first bits of their ids. A delta names a record by its
 * place among them (schema/delta-v1.md); kept with the edit, they need not be looked up in a tree again.
 */
#ifndef PARTITION_SHELVES_H
#define PARTITION_SHELVES_H

#include "delta/section.h"
#include "partition/partition.h"

struct git_idtree;

/** By how many bits a delta names the records of a tree: four to eight records share them. Errors of reading. */
enum err partition_shelf_bits(unsigned *out, size_t *count_out, struct git_idtree *records,
                              struct err_info *info) MUST_USE;
/** Give united touches their shelves, from the tree of records after them. Where that fails they have none. */
void partition_shelves_note(struct partition_touches *touches, struct git_idtree *records);
/**
 * The records before the touches that share the first bits of `prefix`, ascending.
 * @return false: these touches do not say
 */
bool partition_shelves_find(struct id ids[DELTA_IDS_MAX], size_t *count_out, const struct partition_touches *touches,
                            const struct id *prefix, unsigned bits) MUST_USE;

#endif
