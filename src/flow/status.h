/** What a manager looks at: which office is silent, what is confirmed above and below, what waits for a person and since when. */
#ifndef FLOW_STATUS_H
#define FLOW_STATUS_H

#include "flow/outlook.h"

enum {
	FLOW_LATE_DAYS = 7 /* of silence, where none was agreed with `peer add --every` */
};

/** The superior, or an office directly below. */
struct flow_status_office {
	struct node_code code;
	bool is_superior;
	bool is_auditor;
	bool is_revoked;
	int64_t heard; /* when its last bundle was taken, by our clock; 0: never */
	uint64_t taken;
	uint64_t sent;
	uint32_t silence_days; /* agreed, or FLOW_LATE_DAYS */
	bool is_late;    /* silent for longer, or never heard of; an office whose key is revoked is not waited for */
	bool is_lagging; /* below: of its own partition it has not yet shown or confirmed the head that we hold */
};

struct flow_status_partition {
	struct node_code owner;
	struct oid head;
	int64_t newest;    /* time of the head, by its signer's clock; 0: no head */
	bool is_reported;  /* ours or of an office below us, and there is a superior: it has to confirm it */
	bool is_confirmed; /* its newest receipt names this head, or its own bundle showed it */
	int64_t confirmed; /* time of the receipt that names a head, by its clock; 0: none */
	struct flow_conflict_ages conflicts;
	uint64_t held;   /* deltas that wait for `approve` */
	bool is_damaged; /* it cannot be read: what stands here of it is what could be */
};

struct flow_status {
	struct flow_status_office *offices; /* the superior first */
	size_t office_count;
	struct flow_status_partition *partitions;
	size_t partition_count;
	size_t late;
	size_t unconfirmed;
	struct flow_conflict_ages conflicts;
};

/** Reads only; without keys conflicts are counted, not dated; a damaged partition stops no other. Released by flow_status_release(). ERR_IO, ERR_NOMEM ... */
enum err flow_status(struct flow_status *out, struct node *node, struct err_info *info) MUST_USE;
void flow_status_release(struct flow_status *status);

#endif
