/** What waits for a person: the conflict entries of a partition, each with who wrote what. design.md 6. */
#ifndef FLOW_CONFLICT_H
#define FLOW_CONFLICT_H

#include "flow/flow.h"
#include "merge/merge.h"
#include "partition/partition.h"
#include "schema/schema.h"

/** One write (or removal) that an entry names. Borrowed for the call. */
struct flow_claim {
	struct oid commit;
	struct node_code node;
	uint8_t level;
	int64_t time;
	struct view operator_name;
	struct view reason;
	bool has_value;
	struct view value; /* encoded: what the commit left there; empty: nothing, it was cleared or removed */
	bool stands;       /* what the record shows now */
};

struct flow_conflict {
	const struct node_code *owner;
	const struct id *id;
	const struct merge_row *row;
	struct view kind_name;            /* of the record; empty when it is nowhere */
	const struct schema_kind *kind;   /* NULL: no schema set here knows it */
	const struct schema_field *field; /* that the entry is about; NULL: the record, a twin, or an unknown field */
	const struct schema_field
		*shown;    /* of which the claims' values are: the field, its items, or a field of a member */
	const char *place; /* "phone", "members[KEY].relation", "record", "twin", a rule's name */
	const struct merge_entry *entry;
	const struct flow_claim *claims; /* `stale-decision`: pairs, the decision first */
	size_t claim_count;
};

typedef enum err (*flow_conflict_visit)(void *context, const struct flow_conflict *conflict, struct err_info *info);

/** @param owner  whose partition; NULL: every one that is held. ERR_NOT_FOUND, ERR_RIGHT, ERR_IO ... */
enum err flow_conflicts(struct node *node, const struct node_code *owner, flow_conflict_visit visit, void *context,
                        struct err_info *info) MUST_USE;

/** Append the name of the place of an entry, as `--field` takes it. ERR_NOMEM. */
enum err flow_place_write(struct bytes *out, const struct merge_entry *entry, const struct schema_kind *kind,
                          struct err_info *info) MUST_USE;

#endif
