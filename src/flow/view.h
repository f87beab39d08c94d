/** Reading: a partition opened at a point, and a walk over the records of one or all partitions. */
#ifndef FLOW_VIEW_H
#define FLOW_VIEW_H

#include "flow/desk.h"

struct flow_view {
	struct partition *partition;
	struct partition_version version;
};

/** @param at  as partition_resolve(), NULL: the head. ERR_NOT_FOUND, ERR_FORMAT ... */
enum err flow_view_open(struct flow_view *out, struct node *node, const struct node_code *owner, const char *at,
                        struct err_info *info) MUST_USE;
void flow_view_release(struct flow_view *view);

/** One record on its way to a reader; borrowed for the call. `kind` NULL: no schema set here knows it. */
struct flow_row {
	const struct node_code *owner;
	const struct id *id;
	const struct record *record;
	const struct schema_kind *kind;
};

typedef enum err (*flow_visit)(void *context, const struct flow_row *row, struct err_info *info);

/** Told of a partition that cannot be read, or not to its end. */
typedef void (*flow_skipped)(void *context, const struct node_code *owner, const struct err_info *why);

struct flow_walk {
	const struct node_code *owner; /* NULL: every partition held */
	const char *at;                /* NULL: the head */
	const char *kind;              /* NULL: all kinds */
	const char *where;             /* "field=value", NULL: all */
	/** Over every partition: one that cannot be read stops no other, and is told of in the end; NULL: it does. An error of `visit` is its partition's. */
	flow_skipped skipped;
};

/**
 * ERR_USAGE, ERR_RULE: `where` is no field=value, or names a field that no kind has; ERR_NOT_FOUND: no such kind; what `visit` gave;
 * errors of reading: of several partitions the first one's if none was read, our own one's if no record was visited.
 */
enum err flow_each(struct node *node, const struct flow_walk *walk, flow_visit visit, void *context,
                   struct err_info *info) MUST_USE;
/** One record by id or KEY=value. */
enum err flow_get(struct node *node, const struct flow_walk *walk, const char *name, flow_visit visit, void *context,
                  struct err_info *info) MUST_USE;

/** Append the record as one JSON object by names, what `export` writes and `import` takes back. ERR_NOMEM. */
enum err flow_row_json(struct bytes *out, const struct flow_row *row, struct err_info *info) MUST_USE;

#endif
