/**
 * What was stopped at the door: bundles of which a partition is held until a person decides (held/N/), and those of which one
 * was refused (refused/), at most LIMIT_REFUSED_KEPT_MAX per sender, newest kept.
 */
#ifndef FLOW_STOPPED_H
#define FLOW_STOPPED_H

#include "flow/take.h"

struct flow_stopped {
	uint32_t number; /* held: N; refused: 0 */
	struct node_code sender;
	struct node_code owner; /* of the partition */
	struct id partition;
	struct oid head; /* held: what an approval approves */
	uint64_t bundle;
	int64_t time;
	char reason[RECEIPT_REASON_BYTES];
	char why[LIMIT_MESSAGE_BYTES_MAX];
};

struct flow_stopped_list {
	struct flow_stopped *items;
	size_t count;
};

/** The note beside a bundle that was stopped, and back (number is not in it). ERR_FORMAT, ERR_NOMEM. */
enum err flow_stopped_write(struct bytes *out, const struct flow_stopped *stopped, struct err_info *info) MUST_USE;
enum err flow_stopped_read(struct flow_stopped *out, struct view text, struct err_info *info) MUST_USE;

void flow_stopped_release(struct flow_stopped_list *list);

/** Keep a bundle of which something was held or refused; fills in waiting_number. ERR_IO. */
enum err flow_stopped_keep(const struct flow_desk *desk, struct flow_taken *taken, const struct flow_file *file,
                           struct err_info *info) MUST_USE;
/** Drop what was held and has been taken since; when the receipt that says so is durable. ERR_IO. */
enum err flow_stopped_settle(const struct flow_desk *desk, struct err_info *info) MUST_USE;
enum err flow_held(struct flow_stopped_list *out, struct node *node, struct err_info *info) MUST_USE;
enum err flow_refused(struct flow_stopped_list *out, struct node *node, struct err_info *info) MUST_USE;

/** Approve held delta N: its head is remembered, the bundle is taken again. ERR_NOT_FOUND; errors of flow_take. */
enum err flow_approve(struct flow_taken *out, const struct flow_desk *desk, uint32_t number,
                      struct err_info *info) MUST_USE;
/** Reject it: dropped, the reason is told in our next receipt. ERR_NOT_FOUND; ERR_RULE: not a reason code. */
enum err flow_reject(const struct flow_desk *desk, uint32_t number, const char *reason, struct err_info *info) MUST_USE;

#endif
