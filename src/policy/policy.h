/**
 * Policy: the standards, time limits, values and calendars that hubs keep as records of kinds with x-policy, each dated and
 * scoped to a region. Rows are added, then looked up for an office as of a day; what is wrong with them is listed. Pure: no
 * clock, no files; what was added is copied. Source: schema/kind-v1.md, section 3b.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "calendar/calendar.h"
#include "schema/schema.h"

struct policy;
struct policy_office;
struct schema_set;

/** @param set  names kinds and limits; borrowed, outlives the policy. ERR_NOMEM. */
enum err policy_new(struct policy **out, const struct schema_set *set, struct err_info *info) MUST_USE;
void policy_free(struct policy *policy);

/** A record of a kind with x-policy. */
struct policy_record {
	const struct schema_kind *kind;
	const struct schema_slice *fields;
	size_t count;
	struct id id;
	struct node_code owner; /* of the partition in which it lies */
};

/** Add a record; one of a kind without x-policy is passed over. Before policy_settle(). ERR_NOMEM. */
enum err policy_add(struct policy *policy, const struct policy_record *record, struct err_info *info) MUST_USE;
/** All are added: sort, and find what is wrong. ERR_NOMEM. */
enum err policy_settle(struct policy *policy, struct err_info *info) MUST_USE;

enum policy_problem_type {
	POLICY_OVERLAP,      /* two records of one matter on one day */
	POLICY_NO_LIMIT,     /* names a kind or a limit that no kind has */
	POLICY_NO_UNIT,      /* a unit that is none of the four words */
	POLICY_NOT_BELOW,    /* a region that does not lie below the partition's owner */
	POLICY_HALF,         /* a field that it cannot do without is absent */
	POLICY_CALENDAR_GAP, /* days between two calendars that none speaks of */
};

struct policy_problem {
	enum policy_problem_type type;
	struct view kind;
	struct id id;
	struct node_code owner;
	struct id other;  /* OVERLAP */
	int64_t day;      /* OVERLAP: the first day of both; CALENDAR_GAP: the first day not spoken of */
	struct view word; /* NO_LIMIT, NO_UNIT: what it says; borrowed from the policy */
};

/** How many rows were added. */
size_t policy_count(const struct policy *policy);
size_t policy_problem_count(const struct policy *policy);
const struct policy_problem *policy_problem_at(const struct policy *policy, size_t index);

/** A row that a record overlaps, with its period. */
struct policy_overlap {
	struct id id;
	struct node_code owner;
	int64_t from;
	int64_t to; /* INT64_MAX: open */
};

/**
 * What would be wrong with a record beside those that were added, itself left out; for a policy that is not settled.
 * @param overlap_out  filled for POLICY_OVERLAP
 * @return false: nothing. The problem has no word.
 */
bool policy_check(const struct policy *policy, const struct policy_record *record, struct policy_problem *out,
                  struct policy_overlap *overlap_out);
/** Take out the row of a record that is written anew; before policy_settle(). */
void policy_drop(struct policy *policy, const struct id *id);

/** What counts for one office: kept by the policy, made when first asked for. ERR_NOMEM. */
enum err policy_for(const struct policy_office **out, struct policy *policy, const struct node_code *office,
                    struct err_info *info) MUST_USE;
/** Its calendar; borrowed. */
const struct calendar *policy_calendar(const struct policy_office *office);

/** A limit as policy sets it. Views borrow from the policy. */
struct policy_limit {
	bool is_off;
	bool has_amount;
	uint32_t amount;
	enum schema_limit_form unit; /* one of the first four */
	bool never_stops;
	const struct view *stopped_in; /* texts of statuses; count 0: nothing is said about it */
	size_t stopped_count;
	struct view source; /* may be empty */
};

/** The limit of a kind as of a day; false: policy says nothing. */
bool policy_limit_on(const struct policy_office *office, struct view kind, struct view limit, int64_t day,
                     struct policy_limit *out);
/** A row of a kind whose policy is of dated rows or of values. Views borrow from the policy. */
struct policy_found {
	const struct schema_slice *fields;
	size_t count;
	int64_t from;
	int64_t to;        /* as it counts; INT64_MAX: open */
	size_t narrowness; /* digits of its region: the more, the narrower */
	bool is_for;       /* it counts for the office that was asked about */
};

/**
 * Walk all such rows of a kind, of a policy that is settled: start with *position = 0; false at the end.
 * @param office  12 digits; what is behind them is not looked at
 */
bool policy_row_next(struct policy_found *out, const struct policy *policy, const struct schema_kind *kind,
                     const struct node_code *office, size_t *position);
/** One digest of all such rows of all kinds: another one means that something is held against other rows now. */
void policy_rows_digest(struct digest *out, const struct policy *policy);

/** A named value as of a day; false: there is none. */
bool policy_value_on(const struct policy_office *office, struct view name, int64_t day, int64_t *out);

#endif
