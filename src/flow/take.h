/** Taking a bundle: the whole fixed order, from the file's size to the receipt. schema/exchange-v1.md, section 4. */
#ifndef FLOW_TAKE_H
#define FLOW_TAKE_H

#include "flow/epoch.h"
#include "flow/flow.h"
#include "intake/intake.h"

/** What became of one partition of a bundle. */
struct flow_taken_partition {
	struct node_code owner; /* "" when no office owns it */
	struct id id;
	enum receipt_outcome outcome;
	char reason[RECEIPT_REASON_BYTES];
	char why[LIMIT_MESSAGE_BYTES_MAX]; /* held, refused: the text */
	enum intake_place place;
	struct oid old_head;
	struct oid end;  /* where the delta ended, or was meant to */
	struct oid head; /* ours, afterwards */
	uint64_t edits;
	uint64_t added;
	uint64_t changed;
	uint64_t removed;
	bool is_merged;          /* the head is a merge that was made here */
	uint64_t voided;         /* writes that we corrected */
	uint64_t conflicts;      /* records with entries, in the head */
	uint64_t conflicts_old;  /* the same before */
	uint64_t waiting_number; /* held: N of `tiersync approve N` */
};

struct flow_taken {
	struct node_code sender;
	uint64_t number;
	struct digest digest;
	uint64_t bytes;
	bool was_taken;  /* this very bundle was taken before: nothing was changed */
	bool is_gap;     /* a bundle before it never came: no harm, every bundle is cumulative */
	bool is_rewound; /* its number is not above the last one, or another incarnation: a restored backup or a clone */
	int64_t days_ahead; /* made so many days after our today: one of the two clocks is wrong */
	size_t statements;  /* new ones */
	size_t evidence;    /* statements that contradict others */
	size_t schema_sets;
	struct flow_renewed epochs;
	size_t confirmed;     /* partitions whose holding the sender's receipts confirmed */
	size_t refused_there; /* partitions that the sender refused or holds back, as its receipts say */
	struct flow_taken_partition *partitions;
	size_t partition_count;
};

/** A bundle's bytes: in memory, or a regular file that is read piece by piece, so that memory does not grow with it. */
struct flow_file {
	struct view bytes; /* when fd is -1 */
	int fd;            /* borrowed; -1: none */
	const char *name;  /* of the file, for messages */
	bool is_only; /* nothing else is taken before findings are looked for: what that needs is made ready beside the taking */
};

void flow_taken_release(struct flow_taken *taken);
/** The exit code of one bundle: 0, 7 when a partition was refused, held or is waited for, or could not be closed to a key that ended. */
int flow_taken_exit_code(const struct flow_taken *taken);

/**
 * Take one bundle. Partitions are published one by one, then node.git is committed with receipts and state. Needs node_lock.
 * What fails before the preamble opens changes nothing. In a dry run everything is judged and nothing is changed.
 *
 * @param file  untrusted: the bundle. It may change while it is read: what is checked is what is used
 * @return ERR_OK: see *out, also when all its partitions were refused; ERR_FORMAT, ERR_TOO_BIG, ERR_VERSION, ERR_RIGHT,
 *         ERR_NOT_FOUND: bad input; ERR_AUTH: a stranger, a revoked key, a broken signature or frame; ERR_IO ...
 */
enum err flow_take(struct flow_taken *out, const struct flow_desk *desk, const struct flow_file *file,
                   struct err_info *info) MUST_USE;

#endif
