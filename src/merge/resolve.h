/**
 * Settling: each form of `resolve`, and `revert`, as ordinary writes, so that the answer lies in the set of edits and is
 * never asked again. It makes the writes only: who may make them is authority's, the edit is the desk's.
 * Source: schema/entry-v1.md.
 */
#ifndef MERGE_RESOLVE_H
#define MERGE_RESOLVE_H

#include "merge/merge.h"

enum merge_form {
	MERGE_FORM_TAKE,    /* VALUE, STATE: what a named commit wrote there */
	MERGE_FORM_VALUE,   /* VALUE, STATE, STALE: a value for the register */
	MERGE_FORM_KEPT,    /* REMOVED: the record or member stays */
	MERGE_FORM_REMOVED, /* REMOVED: it goes */
	MERGE_FORM_CONFIRM, /* STALE: the decision again */
	MERGE_FORM_BOTH,    /* TWIN: they are not the same */
	MERGE_FORM_SAME_AS, /* TWIN: this record goes, the other one swallows it */
	MERGE_FORM_ACCEPT,  /* RULE: as it is, until one of the values changes */
	MERGE_FORM_DROP,    /* REFUSED: seen */
};

/** What a person answered to one entry. */
struct merge_resolution {
	enum merge_form form;
	const struct merge_row *row;       /* the record's row in the head */
	const struct merge_entry *entry;   /* of that row */
	const struct schema_kind *kind;    /* the record's kind in the schema set of the edit; NULL: not known */
	const struct delta_writes *taken;  /* TAKE: all writes of the named commit in this record */
	struct view value;                 /* VALUE: encoded; of an element: anything = there. Empty: absent */
	struct id id;                      /* SAME_AS: of this record */
	const struct merge_row *other_row; /* SAME_AS: of the record that stays */
};

/** Whether a form closes an entry of that kind. */
bool merge_form_fits(enum merge_form form, enum merge_entry_kind kind);

/**
 * The writes that settle one entry.
 *
 * @param out        in `arena`: the record's writes, ascending; several answers to one record: merge_writes_join()
 * @param other_out  SAME_AS: the writes of the other record, maybe none. May be NULL with any other form
 * @return ERR_OK; ERR_USAGE: the form does not close this kind of entry; ERR_NOMEM
 */
enum err merge_resolve(struct delta_writes *out, struct delta_writes *other_out, struct arena *arena,
                       const struct merge_resolution *resolution, struct err_info *info) MUST_USE;

/**
 * Add writes to others of the same record, in the order of their registers. Writing one register twice alike is once.
 * ERR_EXISTS: one register in two ways, or something in a record that is removed; ERR_NOMEM.
 */
enum err merge_writes_join(struct delta_writes *writes, struct arena *arena, const struct delta_writes *more,
                           struct err_info *info) MUST_USE;

/** An ordinary edit that shall be taken back, seen from one record. */
struct merge_reversion {
	const struct merge_edits *edits;
	const struct merge_history *history; /* of the record in the head; the edit has a step in it */
	uint32_t edit;
	const struct merge_row *before; /* the record's row in the tree of the edit's parent; NULL: none */
	const struct merge_row *here;   /* its row in the head; NULL: none */
	const struct schema_kind *kind; /* the record's kind in the schema set of the new edit; NULL: not known */
};

/** What takes back, in one record, what of the edit still stands. None: nothing of it does. ERR_NOMEM. */
enum err merge_revert(struct delta_writes *out, struct arena *arena, const struct merge_reversion *reversion,
                      struct err_info *info) MUST_USE;

/**
 * Whether the last word about a target is `Void`. To revert a correction: each of its `Void` lines for which this holds
 * is answered by a `Restore` line of the same form, said by the same level or a higher one.
 * @param words  all words of the head about exactly this target (this write, or this edit as a whole)
 */
bool merge_words_void(const struct merge_edits *edits, const struct merge_word *words, size_t count);

#endif
