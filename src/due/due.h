/**
 * What is or will be late in one record: its kind's limits (x-states), its dates, the office's policy and calendar. Pure: the
 * day and the time are handed in; no clock, no files. Every limit gives at most one answer. Source: schema/kind-v1.md,
 * sections 2 and 3b.
 */
#ifndef DUE_DUE_H
#define DUE_DUE_H

#include "policy/policy.h"

enum due_state {
	DUE_LATE,
	DUE_IN_TIME,
	DUE_EARLY,      /* at_least: it was ended before its day */
	DUE_NOT_BEFORE, /* at_least: it may not end yet */
	DUE_STOPPED,    /* the clock stands still, and nobody has said until when */
	DUE_NO_START,   /* the date from which the clock counts is not there */
};

/** One limit that runs. */
struct due_item {
	const struct schema_limit *limit;
	enum due_state state;
	enum schema_limit_form form; /* as it is counted: policy may have another unit than the kind */
	int64_t since;               /* day; with has_since */
	bool has_since;
	int64_t day;  /* the last day that is in time; of at_least the first that is; not STOPPED, not NO_START */
	int64_t time; /* unix seconds, with has_time: limits in hours, and AT a time */
	bool has_time;
	/** What is left of the limit in its own unit (working days, hours, else days), below 0: so much too late. STOPPED: when it goes on. */
	int64_t left;
	bool is_exact;              /* false: it rests on days that no calendar speaks of */
	bool has_policy;            /* policy set it */
	struct policy_limit policy; /* then: views borrow from the policy */
};

struct due_question {
	const struct schema_kind *kind; /* without a status machine there is nothing to say */
	const struct schema_slice *fields;
	size_t count;
	const struct policy_office *office; /* of the record's partition; borrowed */
	int64_t now;                        /* unix seconds */
	bool has_written;                   /* when the status was written is known: for limits without `since` */
	int64_t written;                    /* unix seconds */
};

/**
 * Every limit that runs in this record.
 * @param items  room for as many as the kind has limits
 * @return how many were filled, in the kind's order
 */
size_t due_look(struct due_item *items, const struct due_question *question);
/** How many limits a kind has: the room that due_look() needs. */
size_t due_limits(const struct schema_kind *kind);

#endif
