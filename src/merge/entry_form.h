/** Inside merge: what the kinds of entries have in common. Source: schema/entry-v1.md, section 1. */
#ifndef MERGE_ENTRY_FORM_H
#define MERGE_ENTRY_FORM_H

#include "merge/entry.h"

enum {
	MERGE_ENTRY_KINDS = MERGE_RULE
};

struct merge_entry_form {
	const char *name;
	size_t name_bytes; /* of one name */
	size_t least;      /* how many names it has at least */
	bool may_have_more;
};

/** By kind; [0] unused. */
extern const struct merge_entry_form MERGE_ENTRY_FORMS[MERGE_ENTRY_KINDS + 1];

/** The names as they stand in the encoding. */
struct view merge_entry_names(const struct merge_entry *entry);

#endif
