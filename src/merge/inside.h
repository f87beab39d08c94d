/** Inside merge: the registers of one record's history, and a row in the making. Source: schema/entry-v1.md, section 3. */
#ifndef MERGE_INSIDE_H
#define MERGE_INSIDE_H

#include "merge/merge.h"

/** One write of a register. CLEAR: absence; SET: `value`; ADD and KEEP: there. */
struct merge_write {
	uint32_t edit;
	enum delta_act act;
	struct view value;
};

/** Ascending by edit, so each behind those that its edit knows. */
struct merge_writes {
	struct merge_write *items;
	size_t count;
};

/** The record, or a member, as what can be removed and can stand. */
struct merge_scope {
	size_t first; /* its registers: first .. end - 1 */
	size_t end;
	bool is_added; /* some counted write of its existence adds or keeps */
	bool stands;
	struct merge_writes beaten; /* stands: the maximal writes of its existence that remove */
};

struct merge_register {
	struct record_path path;
	struct merge_writes counted; /* with the clears that an add of its member implies */
	struct merge_writes voided;
	const struct merge_scope *member; /* of a member or its field, not of drops */
};

/** By path; drops last. */
struct merge_registers {
	struct merge_register *items;
	size_t count;
	size_t drops; /* where they begin */
	struct merge_scope record;
};

/** A register of the record that results. */
struct merge_value {
	struct record_path path;
	struct view value; /* of a field or a member's field */
};

/** A row in the making: values and entries are added, then it is finished. */
struct merge_work {
	struct arena *arena;
	const struct merge_edits *edits; /* NULL: nothing here speaks of edits */
	struct err_info *info;
	struct view kind_name;
	struct merge_value *values; /* by path */
	size_t value_count;
	size_t value_capacity;
	struct merge_entry *entries; /* in any order until finished */
	size_t entry_count;
	size_t entry_capacity;
};

static inline bool
merge_knows(const struct merge_work *work, uint32_t a, uint32_t b)
{
	return a > b && work->edits->knows(work->edits->context, a, b);
}

/** Whether a path is a member's existence or one of its fields. */
static inline bool
merge_path_is_member(const struct record_path *path)
{
	return path->type == RECORD_MEMBER || path->type == RECORD_MEMBER_FIELD;
}

/** Whether two paths are of one member of one list. */
bool merge_same_member(const struct record_path *a, const struct record_path *b);

/* --- work.c --- */

enum err merge_work_value(struct merge_work *work, const struct record_path *path, struct view value) MUST_USE;
enum err merge_work_entry(struct merge_work *work, const struct merge_entry *entry) MUST_USE;
/** An entry that names the commits of these edits: in this order, or (is_sorted) ascending. More than fit are cut. */
enum err merge_work_commits(struct merge_work *work, enum merge_entry_kind kind, const struct record_path *path,
                            const struct merge_writes *writes, bool is_sorted) MUST_USE;
/** A decision and an edit, by index. */
struct merge_index_pair {
	uint32_t decision;
	uint32_t edit;
};

struct merge_pairs {
	struct merge_index_pair *items;
	size_t count;
	size_t capacity;
};

enum err merge_work_pair(struct merge_pairs *pairs, struct merge_work *work, uint32_t decision, uint32_t edit) MUST_USE;
/** A stale-decision entry of these pairs, sorted, without doubles. None: no entry. */
enum err merge_work_pairs(struct merge_work *work, const struct record_path *path,
                          const struct merge_pairs *pairs) MUST_USE;
/** Sort the entries and hand them over. */
struct merge_entries merge_work_entries(struct merge_work *work);
/** Put the row together: the record from the values, the entries sorted, with those of rules. */
enum err merge_work_finish(struct merge_row *out, struct merge_work *work, uint32_t schema_version,
                           const struct merge_epoch *epoch) MUST_USE;
/** The same for a row without record. */
enum err merge_work_finish_gone(struct merge_row *out, struct merge_work *work,
                                const struct merge_epoch *epoch) MUST_USE;

/* --- assemble.c --- */

/** The record that these registers make up; `kind` says which field of a member is its key, if the paths do not. */
enum err merge_assemble(struct record *out, struct merge_work *work, const struct schema_kind *kind) MUST_USE;

/* --- rules.c --- */

/** Add an entry for each rule that the record breaks and nobody accepted. kind NULL: the rules of no kind. */
enum err merge_add_rules(struct merge_work *work, const struct record *record, const struct schema_kind *kind) MUST_USE;
/** The element of the accepted set that accepts a rule at a digest. */
enum err merge_accepted_element(struct view *out, struct arena *arena, struct view rule, const struct digest *digest,
                                struct err_info *info) MUST_USE;

/* --- register.c --- */

/** The registers of a history, with which writes count, and which scopes stand. */
enum err merge_registers_build(struct merge_registers *out, struct merge_work *work,
                               const struct merge_history *history) MUST_USE;
/** NULL: nothing was written there. */
const struct merge_register *merge_registers_find(const struct merge_registers *registers,
                                                  const struct record_path *path);
/** The step of an edit, or NULL. */
const struct merge_step *merge_step_find(const struct merge_step *steps, size_t count, uint32_t edit);

/* --- maximal.c --- */

/** Those that no edit of the others knows; ascending by edit, in the arena. */
enum err merge_maximal(struct merge_writes *out, struct merge_work *work, const struct merge_writes *writes) MUST_USE;
/** Those that remove. */
enum err merge_removals(struct merge_writes *out, struct merge_work *work, const struct merge_writes *writes) MUST_USE;
/** Sort by edit. */
void merge_writes_sort(struct merge_writes *writes);
/** Let the maximal writes of a register stand: its value, and an entry if they differ. */
enum err merge_stand(struct merge_work *work, const struct record_path *path,
                     const struct merge_writes *maximal) MUST_USE;

/* --- stale.c --- */

/** The kind at the version of two edits. */
const struct schema_kind *merge_kind_of(const struct merge_work *work, uint32_t a, uint32_t b);
/** Whether a kind (NULL: no) says that one field rests on the other. */
bool merge_rests_on(const struct schema_kind *kind, uint32_t decision, uint32_t field);
/** Pairs of one decision with the latest of these edits (ascending, may repeat) that neither know it nor are known. */
enum err merge_pairs_add(struct merge_pairs *pairs, struct merge_work *work, uint32_t decision, const uint32_t *edits,
                         size_t count) MUST_USE;
/** All stale decisions of a folded history. */
enum err merge_add_stale(struct merge_work *work, const struct merge_registers *registers) MUST_USE;

/* --- refused.c --- */

enum err merge_add_refused(struct merge_work *work, const struct merge_registers *registers) MUST_USE;

/* --- values.c --- */

/** All registers of a record, as the writes that would add it; existence is the first. */
enum err merge_registers_of(struct delta_writes *out, struct arena *arena, const struct record *record,
                            const struct schema_kind *kind, struct err_info *info) MUST_USE;
/** The write to a path, or NULL. */
const struct delta_write *merge_writes_find(const struct delta_writes *writes, const struct record_path *path);
/** The write that makes a register what it is in `registers`: set or add, or clear if it is not there. */
struct delta_write merge_write_as(const struct delta_writes *registers, const struct record_path *path,
                                  const struct schema_kind *kind);
/** Sort by path. */
void merge_delta_sort(struct delta_writes *writes);
/** Let a path say its list's key field, as the kind has it. */
void merge_path_complete(struct record_path *path, const struct schema_kind *kind);

#endif
