/**
 * Findings: what only a hub can see. After a night's bundles were taken, a hub compares what changed by the rules of its
 * kinds (finding/finding.h), and writes what it finds as records of kind `finding` into the partition of each township
 * concerned, saying no more than that office needs: never whose the other records are.
 *
 * A finding is raised once for a record and a rule, closed when its cause is gone, re-opened when the cause comes back or,
 * if a person has explained it, when another cause is added. The lowest office that holds all parts writes it.
 * Source: schema/kind-v1.md, section 3.
 */
#ifndef FLOW_FINDINGS_H
#define FLOW_FINDINGS_H

#include "flow/desk.h"

struct flow_findings_result {
	bool is_hub;    /* false: nothing to look at here */
	bool is_whole;  /* every record was read: there was no cache, or another schema set */
	size_t read;    /* partitions that had moved */
	size_t skipped; /* partitions that could not be read or written now: they wait for the next run */
	uint64_t records;
	uint64_t unreadable; /* records that did not open: erased, or never given to us */
	uint64_t groups;     /* judged */
	uint64_t too_many;   /* groups larger than LIMIT_FINDING_GROUP_MAX: only part of them was compared */
	uint64_t raised;
	uint64_t returned;
	uint64_t closed;
	uint64_t changed; /* other records came to an open one, or left it */
	uint64_t waiting; /* over the cap of a night */
};

enum flow_findings_flags {
	FLOW_FINDINGS_WHOLE = 1 << 0, /* read every record, whatever the cache says */
};

/** A look follows: what it needs, whatever has changed, is made ready beside what comes before it. */
void flow_findings_expect(const struct flow_desk *desk);
/**
 * Look, and write. Needs node_lock. In a dry run nothing is written, and the cache is left as it was.
 * @return ERR_OK: see *out; ERR_STATE: no schema set, or its kind `finding` lacks a field; ERR_IO, ERR_NOMEM ...
 */
enum err flow_findings_check(struct flow_findings_result *out, const struct flow_desk *desk, unsigned flags,
                             struct err_info *info) MUST_USE;

/** One finding as a desk sees it; views are borrowed for the call. */
struct flow_finding {
	const struct node_code *owner;
	const struct id *id;
	const struct record *record;       /* the finding itself */
	const struct schema_kind *kind;    /* `finding` */
	const struct schema_across *rule;  /* NULL: not in our schema set (any more), or of another sort */
	const struct schema_kind *of_kind; /* of the record that it is about; NULL: not known here */
	const struct record *about;        /* that record; NULL: gone, or not readable */
	const struct id *about_id;
	struct view state; /* "open", "explained", "closed" */
	int64_t since;     /* day; INT64_MIN: not said */
};

typedef enum err (*flow_finding_visit)(void *context, const struct flow_finding *finding, struct err_info *info);

/** @param owner  NULL: every partition held. @param is_all  false: only open ones */
enum err flow_findings_each(struct node *node, const struct node_code *owner, bool is_all, flow_finding_visit visit,
                            void *context, struct err_info *info) MUST_USE;

/**
 * A person explains a finding: one signed edit. ERR_USAGE: the reason is no code; ERR_STATE: it is not open; ERR_NOT_FOUND.
 * @param reason  1 to 16 letters or digits, of the code set REASON if the schema set has one
 */
enum err flow_findings_explain(struct flow_edit_result *out, const struct flow_desk *desk,
                               const struct node_code *owner, const char *id, const char *reason, const char *text,
                               struct err_info *info) MUST_USE;

#endif
