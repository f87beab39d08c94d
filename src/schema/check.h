/** What old records would misread if one schema set took the place of another. Pure. Source: schema/kind-v1.md, section 7. */
#ifndef SCHEMA_CHECK_H
#define SCHEMA_CHECK_H

#include "base/arena.h"
#include "schema/schema.h"

struct schema_finding {
	bool is_note;      /* allowed, but worth a look; else the change is refused */
	struct view kind;  /* or the name of a code set */
	struct view field; /* path of names, "members/relation"; a code; empty: the whole */
	struct view text;  /* what changed and what old records would be misread; in the running language */
};

/** Zero to start with. */
struct schema_findings {
	struct schema_finding *items;
	size_t count;
	size_t capacity;
	size_t error_count; /* findings that are no notes */
	struct arena arena;
};

/** Compare; findings are in the order of kinds and field numbers. ERR_NOMEM. */
enum err schema_check(struct schema_findings *out, const struct schema_set *old, const struct schema_set *new,
                      struct err_info *info) MUST_USE;
void schema_findings_release(struct schema_findings *findings);

#endif
