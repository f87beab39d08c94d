/** The history of a partition or of one record: who, when, what. */
#ifndef FLOW_HISTORY_H
#define FLOW_HISTORY_H

#include "delta/changes.h"
#include "flow/view.h"

/** One edit; borrowed for the call. The counts are of records; with a record asked for, `writes` has what it wrote there. */
struct flow_edit_row {
	const struct node_code *owner;
	const struct partition_version *version;
	uint64_t added;
	uint64_t changed;
	uint64_t removed;
	const struct delta_writes *writes;
	const struct schema_kind *kind;
};

typedef enum err (*flow_edit_visit)(void *context, const struct flow_edit_row *row, struct err_info *info);

/** @param id  NULL: every edit of the partition; else only those that wrote this record. Newest first. */
enum err flow_log(struct node *node, const struct node_code *owner, const struct id *id, flow_edit_visit visit,
                  void *context, struct err_info *info) MUST_USE;

/** One record that differs between two commits; borrowed. */
struct flow_change {
	const struct id *id;
	const struct delta_writes *writes;
	const struct schema_kind *kind; /* NULL: not known here */
	struct view kind_name;
};

typedef enum err (*flow_change_visit)(void *context, const struct flow_change *change, struct err_info *info);

enum err flow_diff(struct node *node, const struct node_code *owner, const char *from, const char *to,
                   flow_change_visit visit, void *context, struct err_info *info) MUST_USE;

#endif
