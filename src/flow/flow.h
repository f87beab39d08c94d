/**
 * flow: one use case per file. Each computes first and changes state once, at the end: partitions, then node.git.
 * Nothing here prints; what a person should hear comes back as values or through a callback.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "node/node.h"

/** What every writing use case is told. */
struct flow_desk {
	struct node *node;
	const char *operator_name; /* who sits at the desk; NULL or "" for nobody */
	const char *note;          /* why; NULL or "" for nothing */
	bool is_dry_run;           /* compute everything, change nothing */
	int wait_seconds;          /* for a lock */
};

/** ERR_STATE with what to do, unless this node may write: it is a root, or `accept` was done. */
enum err flow_check_accepted(const struct node *node, struct err_info *info) MUST_USE;

#endif
