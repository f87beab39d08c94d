/** Put commits into an order that is a function of the set: parents first, then the smaller id. */
#ifndef GIT_ORDER_H
#define GIT_ORDER_H

#include "git/history.h"

struct order_item {
	const struct oid *oid;
	uint32_t parents[GIT_PARENTS_MAX]; /* places of parents that are items too */
	uint32_t parent_count;
};

/** Release *out with git_oids_release. The items must have no cycle. ERR_NOMEM. */
enum err git_order(struct git_oids *out, const struct order_item *items, size_t count, struct err_info *info) MUST_USE;

#endif
