/**
 * The past of some records: which edits wrote what in them, which corrections speak of those writes, and who knew of whom.
 * It is what merging asks for (merge/merge.h), gathered from the commits; one walk serves all the records.
 *
 * Order of use: new, records, walks and named commits, seal; then histories or sides, record by record.
 */
#ifndef PARTITION_PAST_H
#define PARTITION_PAST_H

#include "git/reach.h"
#include "partition/row.h"

struct partition_past;

/** Bits by which the edits of a walk are told apart. */
enum partition_past_side {
	PAST_SIDE_A = 1,
	PAST_SIDE_B = 2,
	PAST_NAMED = 4,
};

/** An edit in the making, on top of everything else: it has no commit yet. */
struct partition_past_top {
	struct merge_edit edit;
	const struct delta_commit_info *commit; /* its voids are looked at */
};

/** `source` and `history` outlive the past. Freed with partition_past_free. */
enum err partition_past_new(struct partition_past **out, const struct partition_source *source,
                            struct git_history *history, struct err_info *info) MUST_USE;
void partition_past_free(struct partition_past *past);

/** Ask for a record; doubled ones are fine. */
enum err partition_past_record(struct partition_past *past, const struct id *id, struct err_info *info) MUST_USE;

/** Look through commits, parents first, for edits and corrections that touch the records; they are marked with `side`. */
enum err partition_past_walk(struct partition_past *past, struct git_oids_view commits, unsigned side,
                             struct err_info *info) MUST_USE;
/** An edit that an entry of a record names; `wants_writes`: also what it wrote in this record. */
enum err partition_past_name(struct partition_past *past, const struct id *record, const struct oid *commit,
                             bool wants_writes, struct err_info *info) MUST_USE;

/** No more is added: order, reachability. `top` may be NULL; it is the last of the edits. */
enum err partition_past_seal(struct partition_past *past, const struct partition_past_top *top,
                             struct err_info *info) MUST_USE;
/** Borrowed; valid once sealed. */
const struct merge_edits *partition_past_edits(const struct partition_past *past);
/** ERR_STATE when merging asked for a kind whose schema set is not held here: its answer may not be used. */
enum err partition_past_check(const struct partition_past *past, struct err_info *info) MUST_USE;

/** All that was done to a record, without the edit on top; in the past's arena. The walks must have reached the root. */
enum err partition_past_history(struct merge_history *out, struct partition_past *past, const struct id *record,
                                struct err_info *info) MUST_USE;
/** The steps of both sides of a merge and of the named edits; `rows` is the caller's to set. */
enum err partition_past_sides(struct merge_sides *out, struct partition_past *past, const struct id *record,
                              struct err_info *info) MUST_USE;

/**
 * The whole past of some records below heads, sealed: new, walk and seal in one.
 * @param top  may be NULL
 */
enum err partition_past_whole(struct partition_past **out, const struct partition_source *source,
                              struct git_history *history, struct git_oids_view heads, const struct id *records,
                              size_t record_count, const struct partition_past_top *top,
                              struct err_info *info) MUST_USE;

#endif
