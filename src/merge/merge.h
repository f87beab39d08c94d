/**
 * The state of one record as a pure function of the signed edits below a commit: what stands, and the entries that name
 * what was not obeyed. Here are the row after an edit, from its whole history, and of a merge; the writes that follow from
 * two rows; and the writes that settle an entry.
 *
 * Invariants: nothing here reads a clock, a locale, a configuration or a random number, and nothing knows git or the
 * store. For one set of edits merge_fold(), merge_join() and merge_edit_row() give the same row, whatever way led there.
 * It decides no right and finds no history: the caller hands in the edits, what they wrote, and who knew of whom.
 * Memory: everything that is given lies in the arena or borrows from what was handed in.
 * Source: schema/entry-v1.md. Entries as bytes: merge/entry.h. Settling: merge/resolve.h. Natural keys: merge/twin.h.
 */
#ifndef MERGE_MERGE_H
#define MERGE_MERGE_H

#include "delta/changes.h"
#include "merge/entry.h"

struct schema_kind;

/** The key epoch under which a blob is sealed; number 0: none yet. */
struct merge_epoch {
	uint32_t number;
	struct digest digest;
};

/** Epochs are ordered by number, then digest. */
int merge_epoch_compare(const struct merge_epoch *a, const struct merge_epoch *b);

/** What a tree holds for one record: {0} is nothing at all. */
struct merge_row {
	bool has_record;
	struct record record;         /* has_record */
	struct merge_epoch epoch;     /* of the record's blob and of its entries' */
	struct merge_entries entries; /* count 0: no blob of entries */
};

/** Neither record nor entries: the tree names the id nowhere. */
bool merge_row_is_empty(const struct merge_row *row);
/** Same record, epoch and entries; the epoch of an empty row is not looked at. */
bool merge_row_equal(const struct merge_row *a, const struct merge_row *b);
/** Whether the plaintext differs (the schema version is in it), or is new, or gone. NULL is an empty row. */
bool merge_row_changed(const struct merge_row *parent, const struct merge_row *child);

/** What merging asks of an edit. */
struct merge_edit {
	struct oid commit;
	uint8_t level; /* of its trailer; higher is superior */
	uint32_t schema_version;
	struct merge_epoch epoch;
};

/**
 * The edits that the rows and histories below speak of, and the two questions that merging asks about them. Edits are
 * meant by their index. Set up once per merge; merge_edits_index() makes `by_commit`.
 */
struct merge_edits {
	const struct merge_edit *items; /* each behind all those that it knows */
	size_t count;
	const uint32_t *by_commit; /* indices, ascending by commit id */
	/** Whether b is among the edits that a's parent reaches; never asked with a == b. Transitive. */
	bool (*knows)(const void *context, uint32_t a, uint32_t b);
	/** A kind of the schema set of that version, or NULL: not in it; then each field is a whole value. */
	const struct schema_kind *(*find_kind)(const void *context, struct view name, uint32_t schema_version);
	const void *context;
};

/** Fill by_commit. ERR_NOMEM. */
enum err merge_edits_index(struct merge_edits *edits, struct arena *arena, struct err_info *info) MUST_USE;
/** The index of a commit; false: not among the edits. */
bool merge_edits_find(uint32_t *out, const struct merge_edits *edits, const struct oid *commit);

/** What one edit did to the record. */
struct merge_step {
	uint32_t edit;
	bool is_changed;            /* the plaintext of the record differs from the parent's, or is new or gone */
	struct view kind;           /* of the record; may be empty where the record is removed and in a correction */
	struct delta_writes writes; /* none in a correction */
};

/** One word of a correction about a write in this record: that of the named register, or (is_whole) any of the edit. */
struct merge_word {
	uint32_t correction;
	uint32_t target;
	bool is_restore;
	bool is_whole;
	struct record_path path;
};

/**
 * All that was done to one record by a set of edits. Steps ascend by edit, one per edit; words in any order; words about
 * an edit without a step do no harm.
 */
struct merge_history {
	const struct merge_step *steps;
	size_t step_count;
	const struct merge_word *words;
	size_t word_count;
};

/**
 * The row from the whole history; without twin entries.
 * @return ERR_OK; ERR_TOO_BIG: the record or its entries would pass even a merge's limits; ERR_NOMEM
 */
enum err merge_fold(struct merge_row *out, struct arena *arena, const struct merge_edits *edits,
                    const struct merge_history *history, struct err_info *info) MUST_USE;

/**
 * The row after an edit that may bring old writes back: a correction, or one that adds a record of the past again. The
 * edit is the last step of the history; its is_changed is not looked at, but found by comparing with the parent's row:
 * ask merge_row_changed().
 *
 * @param parent  the record's row in the parent's tree; NULL or empty: nothing was there
 * @return as merge_fold()
 */
enum err merge_fold_edit(struct merge_row *out, struct arena *arena, const struct merge_edits *edits,
                         const struct merge_history *history, const struct merge_row *parent,
                         struct err_info *info) MUST_USE;

/** The edit that writes, as merge_edit_row() sees it. */
struct merge_edit_terms {
	uint32_t schema_version;        /* of the edit's schema set */
	const struct schema_kind *kind; /* the record's kind in this set; NULL: not in it */
	struct view kind_name;          /* the record's kind; may be empty if the parent has the record */
	struct merge_epoch epoch;       /* that the edit names */
};

/**
 * The row after an ordinary edit, from its parent's row alone: what it writes supersedes all that the parent held, and
 * closes the entries there. Not for a correction, nor for a record of the past that is added again: merge_fold_edit().
 * Twin entries are kept as they are, for merge_twins_set(). If merge_row_changed(), the row has the edit's epoch.
 *
 * @param parent  NULL or empty: the record is new
 * @param writes  untrusted; compare with merge_derive() to refuse those that are not exactly what they do
 * @return ERR_OK; ERR_FORMAT: no changeset for this row; ERR_TOO_BIG; ERR_NOMEM
 */
enum err merge_edit_row(struct merge_row *out, struct arena *arena, const struct merge_edit_terms *terms,
                        const struct merge_row *parent, const struct delta_writes *writes,
                        struct err_info *info) MUST_USE;

/**
 * The row of a record that an edit adds whole, where nothing was: as merge_edit_row() with all writes that make it.
 * @param record  its values canonical and checked; borrowed by the row
 * ERR_NOMEM; ERR_TOO_BIG.
 */
enum err merge_added_row(struct merge_row *out, struct arena *arena, const struct merge_edit_terms *terms,
                         const struct record *record, struct err_info *info) MUST_USE;

/** The two rows of an ordinary edit. */
struct merge_change {
	const struct merge_row *parent; /* NULL or empty: there was nothing */
	const struct merge_row *child;  /* NULL or empty: there is nothing */
	/* For a record that the parent lacks and the child has: the row that adding it with nothing else would give, if it
	 * has a past; NULL: it has none */
	const struct merge_row *again;
	const struct schema_kind *kind; /* of the edit's schema set; NULL: each field is a whole value */
};

/**
 * The writes of an ordinary edit from its two rows: a register is written if its value differs or an entry of it is
 * gone. None: nothing was written (twin and rule entries, and the schema version, may differ).
 *
 * @param out  in `arena`, borrows from the rows
 * @return ERR_OK; ERR_FORMAT: the rows are of different kinds; ERR_NOMEM
 */
enum err merge_derive(struct delta_writes *out, struct arena *arena, const struct merge_change *change,
                      struct err_info *info) MUST_USE;

/** A record that was written on both sides of a merge. */
struct merge_sides {
	const struct merge_row *rows[2];   /* of the two parents; NULL or empty: nothing there */
	const struct merge_step *steps[2]; /* of the edits that only this parent reaches; ascending by edit */
	size_t step_counts[2];
	const struct merge_step
		*named;     /* of the edits that entries `value` and `state` of the rows name: their writes */
	size_t named_count; /* in this record; ascending by edit; may repeat steps of the sides */
	bool is_corrected;  /* an edit of either side has a word about a write in this record */
};

/**
 * The row of a merge, register by register, from what is new on both sides and what entries name; without twin entries.
 * A record that only one side wrote is taken from that side unopened, and is not for this function.
 *
 * @param needs_history_out  true: the rows do not say enough, take merge_fold() over both parents' history; `out`
 *                           is not set
 * @return ERR_OK; ERR_FORMAT: an entry names a commit that is not among the edits; ERR_TOO_BIG; ERR_NOMEM
 */
enum err merge_join(struct merge_row *out, bool *needs_history_out, struct arena *arena,
                    const struct merge_edits *edits, const struct merge_sides *sides, struct err_info *info) MUST_USE;

#endif
