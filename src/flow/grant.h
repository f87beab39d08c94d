/** Auditors: an office that reads or verifies, and never writes. */
#ifndef FLOW_GRANT_H
#define FLOW_GRANT_H

#include "flow/enrol.h"
#include "flow/roster.h"

struct flow_grant_terms {
	struct view card; /* untrusted: the auditor's card; empty: one that was granted before, by its code */
	const struct node_code *code;
	const struct seal_fingerprint *fingerprint; /* compared if not NULL */
	bool is_confirmed;                          /* a person compared it at the prompt */
	bool may_read;
	const char *partitions; /* codes of their owners, with commas between; NULL: all at and below us */
};

struct flow_granted {
	struct flow_said said;
	struct flow_enrol_result auditor; /* code, name, fingerprint */
	bool may_read;
	size_t partitions; /* named; 0: all */
};

/**
 * Grant an auditor reading of our partition and those below, or of some, or verifying alone; and append the answer that its
 * `accept` takes. An auditor that we granted before keeps its keys: more may be given until something is taken away. Opens the
 * epochs that a narrower grant makes due. ERR_NOT_FOUND, ERR_RIGHT, ERR_EXISTS: not ours, other keys, or widened after it was narrowed.
 */
enum err flow_grant(struct bytes *answer_out, struct flow_granted *out, const struct flow_desk *desk,
                    const struct flow_grant_terms *terms, struct err_info *info) MUST_USE;

#endif
