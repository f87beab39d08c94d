/**
 * The conflict entries of one record, and their canonical bytes. An entry copies no value; it names older commits, other
 * records, or a rule. What it says follows from the edits (merge/merge.h); here it is only held, read and written.
 * Source: schema/entry-v1.md.
 */
#ifndef MERGE_ENTRY_H
#define MERGE_ENTRY_H

#include "record/record.h"

enum merge_entry_kind {
	MERGE_VALUE = 1,   /* several latest writes with different values */
	MERGE_STATE = 2,   /* several statuses, none of which may follow another */
	MERGE_REMOVED = 3, /* a removal and a change that did not know of it */
	MERGE_STALE = 4,   /* a decision and a write of what it rests on that do not know of each other */
	MERGE_REFUSED = 5, /* a void write that no lawful one and no drop knows */
	MERGE_TWIN = 6,    /* two records with one natural key */
	MERGE_RULE = 7,    /* the record breaks a rule of its schema */
};

/** A decision and an edit that touched what it rests on. */
struct merge_pair {
	struct oid decision;
	struct oid edit;
};

struct merge_entry {
	enum merge_entry_kind kind;
	bool has_more;           /* there were more names than LIMIT_ENTRY_NAMES_MAX */
	uint8_t count;           /* names */
	struct record_path path; /* of a register; for TWIN and RULE existence, and nothing said. key_field is 0 */
	struct view rule;        /* RULE: its name */
	union {                  /* borrowed */
		const struct oid *
			commits; /* VALUE, STATE: in standing order, the first one stands; REMOVED, REFUSED: ascending */
		const struct merge_pair *pairs; /* STALE: ascending */
		const struct id *records;       /* TWIN: ascending */
		const struct digest *digest;    /* RULE: of what the rule read */
	};
};

/** In the order of entry-v1.md section 2. {0}: none. */
struct merge_entries {
	struct merge_entry *items;
	size_t count;
};

/**
 * Read the plaintext of a blob of entries.
 * @param out        in `arena`, borrows from `plaintext`
 * @param plaintext  untrusted
 * @return ERR_OK; ERR_FORMAT: not the one encoding of entries; ERR_TOO_BIG: over LIMIT_ENTRIES_BYTES_MAX; ERR_NOMEM
 */
enum err merge_entries_read(struct merge_entries *out, struct arena *arena, struct view plaintext,
                            struct err_info *info) MUST_USE;
/** Append the canonical bytes of one or more entries. ERR_TOO_BIG: over LIMIT_ENTRIES_BYTES_MAX (out is unchanged); ERR_NOMEM. */
enum err merge_entries_write(struct bytes *out, const struct merge_entries *entries, struct err_info *info) MUST_USE;

/** The order of entries: 0 if they are of one place and kind. */
int merge_entry_compare(const struct merge_entry *a, const struct merge_entry *b);
/** Same place, kind and names. */
bool merge_entry_equal(const struct merge_entry *a, const struct merge_entry *b);
bool merge_entries_equal(const struct merge_entries *a, const struct merge_entries *b);
/** The entry of that kind at a register (VALUE to REFUSED), or NULL. */
const struct merge_entry *merge_entries_find(const struct merge_entries *entries, const struct record_path *path,
                                             enum merge_entry_kind kind);
/** The twin entry, or NULL. */
const struct merge_entry *merge_entries_twin(const struct merge_entries *entries);

/** "value", "state", "removed", "stale-decision", "refused", "twin", "rule": the word of the command line. */
const char *merge_entry_kind_name(enum merge_entry_kind kind);

#endif
