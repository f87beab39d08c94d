/** Settling conflicts, and taking edits back: signed edits that travel, and are never asked again elsewhere. design.md 6. */
#ifndef FLOW_RESOLVE_H
#define FLOW_RESOLVE_H

#include "flow/flow.h"
#include "merge/resolve.h"

/** How a person answers one entry. All texts are borrowed. */
struct flow_answer {
	const struct node_code *owner; /* whose partition; NULL: where the record is found */
	const char *record;            /* 6 or more digits of its id, or KEY=value */
	const char *
		place; /* flow_place_write(), or a field's name or title that only one entry is about; NULL: the only one */
	enum merge_form form;
	const char *
		text; /* TAKE: level, node, or 6 or more digits of a commit; VALUE: as a cell; SAME_AS: the other record's id; else NULL */
	const char *reason;
	uint64_t row; /* of the file, for messages; 0: none */
};

struct flow_resolved {
	size_t settled; /* entries */
	size_t commits;
	struct oid commit; /* the last one */
};

/**
 * Settle entries: one signed edit per partition. Nothing is changed unless every answer can be carried out.
 * @return ERR_OK; ERR_NOT_FOUND: no such record or entry; ERR_USAGE: several, or a form that does not close it; ERR_RULE: not a reason
 *         code, or not a value; ERR_RIGHT: another office decides; errors of flow_editing_begin and _publish
 */
enum err flow_resolve(struct flow_resolved *out, const struct flow_desk *desk, const struct flow_answer *answers,
                      size_t count, struct err_info *info) MUST_USE;

/**
 * Take back what of an edit still stands: a record that it removed comes back as it was, a field gets the value that it had.
 * A correction is taken back by a correction of the same level or a higher one.
 *
 * @param owner   whose partition; NULL: where the commit is found
 * @param commit  6 or more digits of its id
 * @param out     settled: records (of a correction: writes) that were taken back; 0: nothing of it stands any more
 */
enum err flow_revert(struct flow_resolved *out, const struct flow_desk *desk, const struct node_code *owner,
                     const char *commit, struct err_info *info) MUST_USE;

#endif
