/** Inside merge: what is known about one register of two rows. join.c collects it, join_place.c decides. */
#ifndef MERGE_JOIN_H
#define MERGE_JOIN_H

#include "merge/inside.h"

enum merge_side {
	MERGE_A,
	MERGE_B,
	MERGE_SIDES
};

/* all that is known about one register */
struct merge_place {
	struct record_path path;
	const struct merge_write *value[MERGE_SIDES]; /* NULL: absent, or not there */
	struct merge_writes writes[MERGE_SIDES];
	struct merge_writes drops[MERGE_SIDES];
	const struct merge_entry *entries[MERGE_SIDES][MERGE_REFUSED + 1]; /* by kind; a state entry under VALUE */
	bool is_member_touched[MERGE_SIDES];
};

struct merge_join {
	struct merge_work work;
	const struct merge_sides *sides;
	bool needs_history;
};

/** Add what the merged row has of this register. ERR_FORMAT, ERR_NOMEM. */
enum err merge_join_place(struct merge_join *join, const struct merge_place *place) MUST_USE;

#endif
