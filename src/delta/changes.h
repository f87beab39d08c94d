/**
 * A changeset: what an edit wrote in one record, register by register. delta_changes() finds it from two records,
 * delta_apply() is the exact inverse: apply(old, changes(old, new)) has new's bytes.
 *
 * Invariants of a changeset: paths strictly ascending (record_path_compare), each write of a kind that its path allows,
 * no write of a value equal to the old one, nothing written below a removed record or member. Values are compared by
 * their encoded bytes. Applying needs no schema: a path to a member says which of its fields is the key; so a node that
 * does not know a kind yet can still take, recompute and forward what others wrote.
 * It does not judge who may write what, and it knows no history: what closes an entry is the caller's to add.
 * Source: schema/record-v1.md section 4, schema/delta-v1.md section 5.
 */
#ifndef DELTA_CHANGES_H
#define DELTA_CHANGES_H

#include "record/record.h"

struct schema_kind;

enum delta_act {
	DELTA_CLEAR, /* field or member field: absent. Element, member, record: removed */
	DELTA_SET,   /* field or member field: `value` */
	DELTA_ADD,   /* element, member or record: there. A drop is always this */
	DELTA_KEEP,  /* member or record: a removal answered with "kept" */
};

struct delta_write {
	struct record_path path;
	enum delta_act act;
	struct view value; /* DELTA_SET only: canonical, never empty */
};

/** Writes of one record; memory and views are the arena's or the records'. */
struct delta_writes {
	struct delta_write *items;
	size_t count;
	size_t capacity;
};

/** Append a write. ERR_NOMEM. */
enum err delta_writes_add(struct delta_writes *writes, struct arena *arena, const struct delta_write *write,
                          struct err_info *info) MUST_USE;

/** A copy that owns all of its memory in `arena`. ERR_NOMEM. */
enum err delta_writes_copy(struct delta_writes *out, struct arena *arena, const struct delta_writes *writes,
                           struct err_info *info) MUST_USE;
/** Same registers, acts and values. */
bool delta_writes_equal(const struct delta_writes *a, const struct delta_writes *b);

/**
 * What differs between two records of one kind, as writes.
 *
 * @param out    in `arena`; borrows from both records. Count 0: nothing differs
 * @param old    NULL: there is none; then the first write is the record's existence, DELTA_ADD
 * @param new    NULL: removed; then the only write is the record's existence, DELTA_CLEAR. Not both NULL
 * @param kind   NULL: not known: every field is a whole value. A field of a kind that does not say what its x-merge
 *               demands (not an array, a member without key) is taken as a whole value too
 * @return ERR_OK; ERR_FORMAT: the two are of different kinds; ERR_NOMEM
 */
enum err delta_changes(struct delta_writes *out, struct arena *arena, const struct record *old,
                       const struct record *new, const struct schema_kind *kind, struct err_info *info) MUST_USE;

enum delta_apply_flags {
	DELTA_EQUAL_ALLOWED = 1 << 0,
};

struct delta_apply_terms {
	struct view kind;        /* the kind that the row names; must be old's. Empty: not said */
	uint32_t schema_version; /* of the edit's schema set; the record's becomes the higher of the two */
	unsigned flags;
};

/**
 * The record that results from writes on top of another one. Strict: a write that changes nothing is refused, except
 * one that may close an entry (flag DELTA_EQUAL_ALLOWED, for a resolution).
 *
 * @param out       in `arena`; borrows from `old` and `writes`
 * @param gone_out  true: no record results (removed, or none was there and none was added); `out` is not set
 * @param old       NULL: there is none. With a first write DELTA_ADD to existence it is what the record comes back as
 * @param terms     of the edit
 * @param writes    untrusted
 * @return ERR_OK; ERR_FORMAT: not a changeset for this record, the text says which write and why; ERR_TOO_BIG; ERR_NOMEM
 */
enum err delta_apply(struct record *out, bool *gone_out, struct arena *arena, const struct record *old,
                     const struct delta_apply_terms *terms, const struct delta_writes *writes,
                     struct err_info *info) MUST_USE;

/**
 * Whether each field is written as its kind says: a set by its elements, a keyed list by its members, any other as a whole.
 * Else one content would have two changesets, and a correction could name a register that nobody finds.
 *
 * @param kind  in the schema set of the edit; NULL: not in it, then each field is a whole value
 * @return ERR_OK; ERR_FORMAT: not so
 */
enum err delta_writes_fit(const struct delta_writes *writes, const struct schema_kind *kind,
                          struct err_info *info) MUST_USE;

/** How much a changeset, an edit or a delta did; add up with delta_counts_row(). */
struct delta_counts {
	uint64_t added;
	uint64_t changed;
	uint64_t removed;
	uint64_t opaque;
	uint64_t entries;
	uint64_t fields; /* registers written in changed records, existence not counted */
};

/** Count one record's writes: added, changed or removed by its write to existence. */
void delta_counts_writes(struct delta_counts *counts, const struct delta_writes *writes);

#endif
