/** Inside policy: rows as they are kept. */
#ifndef POLICY_INTERNAL_H
#define POLICY_INTERNAL_H

#include "base/arena.h"
#include "policy/policy.h"
#include "schema/set.h"

enum {
	POLICY_REGION_DIGITS = 12
};

struct policy_row {
	const struct schema_kind *kind;
	struct id id;
	struct node_code owner;
	char region[POLICY_REGION_DIGITS + 1]; /* without its zero tail */
	int64_t from;
	int64_t to;          /* as it counts: to its end, or to the day before a later one begins; INT64_MAX: open */
	int64_t said_to;     /* as the record says; INT64_MAX: it says nothing */
	struct view matter;  /* kind and the fields that rows of one matter share */
	struct view subject; /* LIMIT: kind NUL limit; VALUE: name */
	struct policy_limit limit;
	int64_t value;
	struct calendar_table table;
	const struct schema_slice *fields; /* ROW, VALUE: all of the record */
	size_t field_count;
	bool is_whole; /* everything is there; else it does not count */
};

struct policy {
	const struct schema_set *set;
	struct arena arena;
	struct policy_row *rows; /* settled: by matter, then from, then id */
	size_t count;
	size_t capacity;
	struct policy_problem *problems;
	size_t problem_count;
	size_t problem_capacity;
	struct policy_office **offices;
	size_t office_count;
};

struct policy_office {
	struct node_code code;
	struct calendar calendar;
	const struct policy_row *
		*rows; /* LIMIT and VALUE rows that cover it: by subject, narrower first, later first */
	size_t count;
};

/** Fill a row from a record; problems are noted. ERR_NOMEM. */
enum err policy_read_row(struct policy *policy, struct policy_row *row, const struct policy_record *record,
                         struct err_info *info) MUST_USE;
enum err policy_note(struct policy *policy, const struct policy_problem *problem, struct err_info *info) MUST_USE;
/** A code of 12 digits (what is behind them is not looked at) without its zero tail. */
void policy_region(char out[POLICY_REGION_DIGITS + 1], const char *code);
/** Whether a region (without its zero tail) covers a code. */
bool policy_covers(const char *region, const char *code);
void policy_office_free(struct policy_office *office);

#endif
