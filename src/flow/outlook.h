/** What a person should hear at the end of a night: what the superior has confirmed, and what waits. */
#ifndef FLOW_OUTLOOK_H
#define FLOW_OUTLOOK_H

#include "flow/flow.h"

struct partition;

/** Records with open entries, by how long the oldest entry has waited: since the newest write that it names. */
struct flow_conflict_ages {
	uint64_t records;
	uint64_t week;  /* up to 7 days */
	uint64_t month; /* up to 30 */
	uint64_t older;
	uint64_t undated; /* no keys here, or the entry names no write */
	int64_t oldest;   /* unix seconds; 0: none is dated */
};

/** Of one head of a partition. ERR_IO ... */
enum err flow_conflict_ages(struct flow_conflict_ages *out, struct node *node, struct partition *partition,
                            const struct oid *head, struct err_info *info) MUST_USE;
void flow_conflict_ages_add(struct flow_conflict_ages *sum, const struct flow_conflict_ages *more);

struct flow_outlook {
	/* of our own partition, by the superior's newest receipt */
	bool has_superior;
	struct node_code superior;
	bool is_confirmed; /* it holds all of our head */
	bool is_any_confirmed;
	struct oid confirmed;   /* what it held then */
	int64_t confirmed_time; /* by its clock */
	/* in every partition held */
	uint64_t conflicts; /* records with open entries */
	int64_t oldest; /* of these: when the newest write that the oldest entry names was made, unix seconds; 0: not known here */
	uint64_t held;
	uint64_t refused;
	size_t damaged; /* partitions that cannot be read: what waits in them is not counted */
};

/** Reads only. Without keys conflicts are counted, not dated; a damaged partition stops no other. ERR_IO, ERR_NOMEM ... */
enum err flow_outlook(struct flow_outlook *out, struct node *node, struct err_info *info) MUST_USE;

#endif
