/**
 * The rows of a received edit, read ahead by another thread while this one makes the edit of them: names, the records that they
 * change and their values are read there, from the base, with a second opening of the partition. What comes of it is the same: rows
 * come in their order, each with what the base holds of its id, and an error in the place of the row that has it.
 */
#ifndef PARTITION_AHEAD_H
#define PARTITION_AHEAD_H

#include "partition/bases.h"

struct delta_reader;
struct partition_ahead;

/** From an edit's row on, and its parent. */
struct partition_ahead_terms {
	struct partition_bases *bases; /* of the reader */
	struct delta_reader *reader;   /* in the rows of the edit */
	struct partition_edit *edit;
	size_t base; /* on which it stands */
};

/**
 * Begin. Until partition_ahead_free() nobody else may ask bases or reader, all of which live longer. Errors of
 * partition_open(); then they are as before.
 */
enum err partition_ahead_new(struct partition_ahead **out, const struct partition_ahead_terms *terms,
                             struct err_info *info) MUST_USE;
void partition_ahead_free(struct partition_ahead *ahead);
/** As delta_reader_row(); the edit is told what the base holds of its id. */
enum err partition_ahead_row(struct partition_ahead *ahead, struct delta_row *out, bool *is_end_out,
                             struct err_info *info) MUST_USE;

#endif
