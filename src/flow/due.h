/** What is or will be late, over all records held: each limit that runs, with the office and the person whose duty it is. */
#ifndef FLOW_DUE_H
#define FLOW_DUE_H

#include "due/due.h"
#include "flow/policy.h"

/** One limit that runs; borrowed for the call. */
struct flow_due_row {
	const struct flow_row *row;
	const struct due_item *item;
	struct node_code office;                 /* whose duty it is */
	const struct schema_field *person_field; /* NULL: the kind names none */
	struct view person;                      /* encoded; empty: not filled in */
};

typedef enum err (*flow_due_visit)(void *context, const struct flow_due_row *row, struct err_info *info);

struct flow_due_terms {
	int64_t now;                   /* unix seconds: as of when */
	const struct node_code *owner; /* one partition; NULL: all */
	const char *kind;              /* one kind; NULL: all */
	struct policy *policy;         /* settled */
	/** May be NULL: told of every record with a kind, whether a limit runs in it or not. */
	enum err (*count)(void *context, const struct flow_row *row, struct err_info *info);
	flow_skipped skipped; /* as that of a walk */
};

/** Walk. A limit without `since` counts from when its status was written, which is looked up in the history. */
enum err flow_due(struct node *node, const struct flow_due_terms *terms, flow_due_visit visit, void *context,
                  struct err_info *info) MUST_USE;

#endif
