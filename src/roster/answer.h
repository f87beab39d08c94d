/**
 * The answer to a card: one file with every statement that the newcomer needs, and the schema sets. Strict canonical
 * container behind the magic "TSA1". Source: schema/statement-v1.md, section 7.
 */
#ifndef ROSTER_ANSWER_H
#define ROSTER_ANSWER_H

#include "roster/version.h"

/** Views borrow from the file that was read; the arrays are freed by roster_answer_release. */
struct roster_answer {
	struct node_code node;   /* for whom */
	struct node_code issuer; /* who answers */
	struct digest root;      /* digest of the root's first statement; checked to be the first one in the file */
	struct statement_signed *statements; /* in an order in which each can be added; their `signer` is not set */
	size_t statement_count;
	struct view *schema_sets; /* opaque here */
	size_t schema_set_count;
};

/**
 * Append the file: all statements that concern `node`, as roster_newer() gives them.
 * ERR_NOT_FOUND: no such node; ERR_TOO_BIG; ERR_NOMEM.
 */
enum err roster_answer_write(struct bytes *out, const struct roster *roster, const struct node_code *issuer,
                             const struct node_code *node, const struct view *schema_sets, size_t schema_set_count,
                             struct err_info *info) MUST_USE;
/** @param file  untrusted. ERR_OK; ERR_FORMAT; ERR_VERSION; ERR_TOO_BIG; ERR_NOMEM. Verifies no signature: add the statements. */
enum err roster_answer_read(struct roster_answer *out, struct view file, struct err_info *info) MUST_USE;
void roster_answer_release(struct roster_answer *answer);
/** The fingerprint of the root that the file leads from, for the telephone. ERR_FORMAT: the first statement is no root's. */
enum err roster_answer_fingerprint(struct seal_fingerprint *out, const struct roster_answer *answer,
                                   struct err_info *info) MUST_USE;
/**
 * Make a roster of an answer: pin its root, add all. The caller compares the fingerprint, and that the node found in it has
 * our own keys. Errors as roster_add().
 */
enum err roster_answer_roster(struct roster **out, const struct roster_answer *answer, struct err_info *info) MUST_USE;

#endif
