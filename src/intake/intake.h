/**
 * intake: the door. One partition's delta out of an opened bundle becomes verified commits in a batch that nobody sees yet,
 * or a refusal with its reason. It publishes nothing: flow does, last, once.
 *
 * Fixed order: may this sender carry it -> bases known -> each commit in turn: terms that the root and the owner have
 * opened, rows decoded and applied, types and rights judged, tree, digests and signature recomputed; merges made again ->
 * revoked keys -> large removals held -> merged with our head -> what must be corrected. Source: schema/exchange-v1.md, section 4.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "bundle/preamble.h"
#include "delta/changes.h"
#include "node/node.h"
#include "partition/partition.h"
#include "receipt/receipt.h"
#include "roster/version.h"

struct intake_verdicts;

/** Where the delta's end lies relative to our head. */
enum intake_place {
	INTAKE_NOTHING,  /* the head was only shown, or everything is held */
	INTAKE_FORWARD,  /* there is a new head: the delta's end, or the merge of it with ours */
	INTAKE_DIVERGED, /* neither holds the other's edits and we cannot merge: it waits */
};

struct intake {
	struct node_code owner;
	struct partition *partition; /* locked; NULL when refused before it was opened */
	struct partition_batch *batch;
	enum receipt_outcome outcome;
	char reason[RECEIPT_REASON_BYTES];
	struct err_info why; /* the text behind held and refused */
	enum intake_place place;
	struct oid old_head;
	struct oid end;
	struct oid new_head;        /* INTAKE_FORWARD: to be published, once the corrections lie on top of it */
	bool is_merged;             /* it is a merge that was made here */
	uint64_t edits;             /* that we did not hold */
	struct delta_counts counts; /* of those */
	struct intake_verdicts *verdicts;
	/* what must be voided in the same publication: the lines of one correction each, sorted */
	struct view *corrections;
	size_t correction_count;
	size_t voided; /* lines in all */
};

/** Who brings it and what came with it. */
struct intake_terms {
	struct node *node;
	const struct node_code *sender;              /* of the bundle, verified */
	int wait_seconds;                            /* for the partition's lock */
	const struct roster_version *sender_version; /* what the sender had read when it made the bundle */
	const struct roster_version *acknowledged;   /* what its bundles before this one had said that it had read */
};

/**
 * Judge one partition of a bundle. Wrapped keys that came with it lie in its keyring already.
 *
 * @param out      released with intake_release
 * @param delta    the restored section; empty when the preamble only shows a head. Untrusted
 * @return ERR_OK: look at out->outcome; ERR_IO, ERR_NOMEM, ERR_LOCKED, ERR_INTERNAL: our own trouble, nothing is said of the
 *         bundle
 */
enum err intake_judge(struct intake *out, const struct intake_terms *terms, const struct bundle_partition *shown,
                      struct view delta, struct err_info *info) MUST_USE;
/** Does this error speak of us (disk, memory, a lock) and not of the bundle? */
bool intake_is_own_trouble(enum err err);
/** Refuse after all what intake_judge let pass: its section cannot be restored. */
void intake_refuse(struct intake *intake, const struct err_info *why);
/** Why the first of the corrected writes may not stand; "" if there is none. */
const char *intake_correction_reason(const struct intake *intake);
/** Publish what was taken: new_head becomes the head, or the end waits under refs/waiting/SENDER. Only with RECEIPT_TAKEN. */
enum err intake_publish(struct intake *intake, const struct node_code *sender, struct err_info *info) MUST_USE;
void intake_release(struct intake *intake);

/** The path of a partition's approved heads in node.git: approvals/PARTITION/COMMIT. */
enum err intake_approval_path(char *out, const struct id *partition, const struct oid *commit,
                              struct err_info *info) MUST_USE;

#endif
