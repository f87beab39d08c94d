/**
 * Receipts: what one node tells a peer that it took, corrected, holds back or refused, and what it holds now.
 *
 * A receipt has one signed text per partition that the bundle carried (one without a partition if it carried none). On the
 * wire it is fields and raw signatures; the texts are rebuilt from the fields, so a receipt of one partition costs about 200
 * bytes. Invariants: one receipt has one wire form and one text per partition; the reader refuses any other.
 * It decides nothing about what to send: peer.h. Source: schema/receipt-v1.md.
 */
#ifndef RECEIPT_RECEIPT_H
#define RECEIPT_RECEIPT_H

#include "base/arena.h"
#include "statement/lines.h"
#include "statement/signed.h"

enum receipt_outcome {
	RECEIPT_TAKEN = 1,
	RECEIPT_BASE_UNKNOWN =
		2, /* a base that the bundle starts from is not held: start from what this receipt names */
	RECEIPT_NO_DICTIONARY = 3, /* the dictionary could not be rebuilt: send without */
	RECEIPT_HELD = 4,          /* waits for a person */
	RECEIPT_REFUSED = 5,
};

/** "taken", "base-unknown" ...; NULL for anything else. Static. */
const char *receipt_outcome_name(enum receipt_outcome outcome);

enum {
	RECEIPT_REASON_BYTES = 17, /* a code of 1 to 16 of A-Z, 0-9 and '-', and NUL: err_name(), or a policy's */
};

/** What became of one of the peer's bundles. */
struct receipt_answer {
	struct digest bundle;
	enum receipt_outcome
		outcome; /* the worst of its partitions: base unknown, no dictionary, refused, held, taken */
	char reason[RECEIPT_REASON_BYTES]; /* held, refused: a code; else empty */
};

/** A write that was voided or refused. */
struct receipt_detail {
	struct oid commit;
	bool has_record; /* false: the whole commit */
	struct id record;
	struct view path; /* register, as record_path_write() spells it; empty: the whole record */
};

/** Edits by which a set of edits is named; ascending, unique. */
struct receipt_oids {
	struct oid *items;
	size_t count;
};

struct receipt_partition {
	struct id partition;
	struct oid head; /* the receiver's, after taking; zero: it holds nothing of this partition */
	enum receipt_outcome state;
	char reason[RECEIPT_REASON_BYTES];
	uint64_t edits;   /* taken from this bundle */
	uint64_t records; /* added, changed or removed by them */
	struct receipt_detail
		*details; /* held, refused: where. Taken: what was corrected, at most LIMIT_RECEIPT_DETAILS_MAX */
	size_t detail_count;
	uint64_t corrections;       /* how many writes were voided in all */
	struct receipt_oids tips;   /* of the head */
	struct receipt_oids taken;  /* of all that was ever taken from this peer */
	struct receipt_oids ladder; /* older edits, 1, 2, 4, 8 ... back; only if the head is none that the peer knows */
	struct seal_signature signature; /* over receipt_text() */
};

struct receipt {
	struct node_code from; /* who took, and signs */
	struct node_code to;
	int64_t time;
	struct receipt_answer answers[LIMIT_ANSWERS_MAX]; /* newest bundle first */
	size_t answer_count;
	struct statement_reference
		*chains; /* ends of statement chains that the signer holds: those that changed; by issuer */
	size_t chain_count;
	struct receipt_partition *partitions; /* ascending by id */
	size_t partition_count;
	struct seal_signature signature; /* of the one text when there is no partition */
	struct arena arena; /* holds the arrays that a reader made; a writer's own arrays may lie anywhere */
};

void receipt_release(struct receipt *receipt);

/** How many texts it has: one per partition, at least one. */
size_t receipt_text_count(const struct receipt *receipt);
/** Append text `index`. ERR_RULE: a value that may not stand there; ERR_TOO_BIG; ERR_NOMEM. */
enum err receipt_text(struct bytes *out, const struct receipt *receipt, size_t index, struct err_info *info) MUST_USE;
/** The signature of text `index`. */
const struct seal_signature *receipt_signature(const struct receipt *receipt, size_t index);
/** Sign every text. ERR_RULE, ERR_TOO_BIG, ERR_INTERNAL, ERR_NOMEM. */
enum err receipt_sign(struct receipt *receipt, const struct seal_node_key *key, struct err_info *info) MUST_USE;
/** Verify every text. ERR_OK; ERR_AUTH: one is not signed by this key; ERR_NOMEM. */
enum err receipt_verify(const struct receipt *receipt, const struct seal_public_key *signer,
                        struct err_info *info) MUST_USE;

/** Append the wire form; sender and receiver are left out: the reader is given them. ERR_RULE, ERR_TOO_BIG, ERR_NOMEM. */
enum err receipt_write(struct bytes *out, const struct receipt *receipt, struct err_info *info) MUST_USE;
/**
 * Read a wire form.
 *
 * @param out   released by the caller
 * @param wire  untrusted, all of it
 * @param from  who signed and to whom: known from the bundle that carried it
 * @return ERR_OK; ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM
 */
enum err receipt_read(struct receipt *out, struct view wire, const struct node_code *from, const struct node_code *to,
                      struct err_info *info) MUST_USE;
/** Read one text, as a file of node.git or an auditor has it: a receipt with one partition or none; signature not set. */
enum err receipt_text_read(struct receipt *out, struct view text, struct err_info *info) MUST_USE;

/** Sort ascending and drop doubles, as the lists of a receipt must be. */
void receipt_oids_sort(struct receipt_oids *oids);

#endif
