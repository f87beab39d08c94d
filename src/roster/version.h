/**
 * A state of the roster by name, and what somebody lacks of it.
 *
 * A roster version names, for the issuers on the path from the root to a signer, up to which statement of each the signer had
 * read. The same references, of all chains that concern a peer, are the heads by which two nodes find out what to send.
 * Source: schema/statement-v1.md, sections 5 and 6.
 */
#ifndef ROSTER_VERSION_H
#define ROSTER_VERSION_H

#include "roster/roster.h"

/** References from the root down; issuers that had said nothing are left out. */
struct roster_version {
	struct statement_reference items[LIMIT_LEVELS_MAX];
	size_t count;
};

/** The newest version for a signer: what its edits name. ERR_NOT_FOUND: no such node. */
enum err roster_version_for(struct roster_version *out, const struct roster *roster, const struct node_code *signer,
                            struct err_info *info) MUST_USE;

/** A signer as a named state has it. */
struct roster_signer {
	const struct roster_node *node;
	uint8_t level;
	struct seal_public keys; /* the keys that it had at that state */
	bool is_revoked;         /* that state held a revocation of them already */
	bool is_revoked_now;     /* the newest state holds one: see roster_key_find() for the heads that it accepts */
};

/**
 * Look up a signer at a named state.
 *
 * @param version  untrusted
 * @return ERR_OK; ERR_NOT_FOUND: it names a statement that we do not hold, or another one than ours; ERR_AUTH: it names an
 *         issuer that is not on the path from the root to the signer, or in another order, or a state in which the signer
 *         was not enrolled
 */
enum err roster_at(struct roster_signer *out, const struct roster *roster, const struct node_code *signer,
                   const struct roster_version *version, struct err_info *info) MUST_USE;

/**
 * For each issuer on the path from the root to a signer the later of the two references: the state that both had read. What
 * names somebody else, or a statement that is not held, is left out. Nothing if the roster has no such signer.
 */
void roster_version_join(struct roster_version *out, const struct roster *roster, const struct node_code *signer,
                         const struct roster_version *a, const struct roster_version *b);
/** Whether version `a` holds everything that `b` holds. */
bool roster_version_holds(const struct roster_version *a, const struct roster_version *b);
/** Whether a statement lies in the version. */
bool roster_version_has(const struct roster_version *version, const struct node_code *issuer, uint32_t number);

/** One statement as it is stored and passed on; borrowed from the roster until the next one is added. */
struct roster_statement {
	struct node_code issuer;
	uint32_t number;
	struct digest digest;
	struct view text;
	struct seal_sshsig sshsig;
	bool is_effective; /* false: evidence, or after a dispute, or signed by a key that was taken back */
};

/** A statement by the digest of its text. Borrowed as above. ERR_NOT_FOUND. */
enum err roster_statement_find(struct roster_statement *out, const struct roster *roster, const struct digest *digest,
                               struct err_info *info) MUST_USE;

/**
 * The ends of all chains that concern a recipient, issuers from the root down. Concerned are: the offices on the path from
 * the root to it, everything below it, and the departments that share a division code with one of these.
 * A disputed chain's reference carries the digest over both statements, so that it equals no honest one.
 *
 * @param items_out   malloc'd; freed by the caller; NULL when count is 0
 * @param recipient   NULL: everything
 * @return ERR_OK; ERR_NOT_FOUND: no such node; ERR_NOMEM
 */
enum err roster_heads(struct statement_reference **items_out, size_t *count_out, const struct roster *roster,
                      const struct node_code *recipient, struct err_info *info) MUST_USE;
/**
 * The statements that concern a recipient and are not covered by the heads that it showed, in an order in which each can be
 * added. A head that is not ours (another branch) is answered with the whole chain.
 *
 * @param items_out  malloc'd array of borrowed statements; freed by the caller
 * @param heads      untrusted, any order
 */
enum err roster_newer(struct roster_statement **items_out, size_t *count_out, const struct roster *roster,
                      const struct node_code *recipient, const struct statement_reference *heads, size_t head_count,
                      struct err_info *info) MUST_USE;
/** The same, restricted to the path from the root to `signer`: what makes the signer's newest key known. */
enum err roster_newer_path(struct roster_statement **items_out, size_t *count_out, const struct roster *roster,
                           const struct node_code *signer, const struct statement_reference *heads, size_t head_count,
                           struct err_info *info) MUST_USE;

#endif
