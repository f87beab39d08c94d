/**
 * Rules across records: x-unique, x-excludes, x-requires and x-standards of the kinds, compiled. A rule compares records of
 * one or two kinds that agree in some values; what it says of a record is a finding (finding/finding.h). It refuses no write.
 * Everything here is owned by the schema set. Source: schema/kind-v1.md, section 3.
 */
#ifndef SCHEMA_ACROSS_H
#define SCHEMA_ACROSS_H

#include "base/bytes.h"

struct schema_field;
struct schema_kind;

/** A value that a rule reads: a field, a field of each member of a list, or each element of a set. */
struct schema_path {
	uint32_t field; /* 0: none */
	uint32_t sub;   /* the member's field; 0: the field itself, or the element of a set */
	const struct schema_field *type;
};

/** The value is one of these. */
struct schema_condition {
	struct schema_path path;
	const struct view *values; /* encoded */
	size_t count;
	bool takes_absent; /* null is in the list */
};

/** Which records a rule looks at, and what it compares of them. */
struct schema_side {
	const struct schema_kind *kind;
	uint32_t list; /* a set or a list: each element or member is looked at by itself; 0: the record as a whole */
	const struct schema_path *match; /* the other side has as many, of the same types */
	size_t match_count;
	const struct schema_condition *conditions; /* all hold */
	size_t condition_count;
	bool has_period;
	struct schema_path from;
	struct schema_path to;
	uint32_t
		lag_months; /* not 0: the period begins with the first day of the month so many months behind its first */
};

enum schema_across_type {
	SCHEMA_UNIQUE,    /* two records of `own` may not agree; other is own */
	SCHEMA_EXCLUDES,  /* a record of `own` and one of `other` may not agree */
	SCHEMA_REQUIRES,  /* for a record of `own` there must be one of `other` that agrees */
	SCHEMA_STANDARDS, /* a record of `own` is held against the rows of `other`, a policy, that agree */
};

enum schema_standard_is {
	SCHEMA_NO_ROW, /* there may be no such row */
	SCHEMA_AT_MOST,
	SCHEMA_AT_LEAST,
	SCHEMA_EQUAL,
};

/** What a record is held against: the amount of a row, times a number of its own. All are fields of the record. */
struct schema_standard {
	enum schema_standard_is is;
	struct schema_path amount;
	struct schema_path times; /* field 0: once */
	struct schema_path since; /* rows in force on a day from this one on; field 0: all, of any region */
};

struct schema_across {
	enum schema_across_type type;
	struct view rule; /* unique in its kind */
	struct view title_zh;
	struct view title_en;
	struct view source; /* where it stands: "MLA21 9"; may be empty */
	struct schema_side own;
	struct schema_side other;
	struct schema_standard standard; /* STANDARDS */
	bool has_unless; /* EXCLUDES: it is no finding if a record of `unless` agrees with the own one */
	struct schema_side unless_own;
	struct schema_side unless;
	bool tells_own; /* on whom it is written; never on a record of a roll */
	bool tells_other;
	const uint32_t *shown; /* fields of `other`, a roll or a policy, that the finding repeats */
	size_t shown_count;
};

#endif
