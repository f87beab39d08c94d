/**
 * The roster: the union of all statement chains reached from the root, in memory. Which node has which key, level and
 * right, now and at any state that somebody named.
 *
 * Invariants: what it answers is a function of the pinned root and of the set of statements added, never of their order.
 * A statement is admitted only if it is signed by a key that its issuer had at that place of its chain. Two statements
 * with one number are evidence: neither grants anything, a revocation in either counts, and the chain goes on from the one
 * that a superior names (settle, replace, revoke). Levels fall strictly from the root down; codes, keys and partition ids
 * are unique, and of two claims the one nearer to the root (then the smaller issuer, then the smaller number) stands.
 * Clocks decide nothing. It stores nothing and reads no file. Source: schema/statement-v1.md, sections 4 and 5.
 *
 *   roster.h   adding, nodes, keys      version.h  a named state, what a peer lacks      rights.h  epochs, sets, delegations
 *   answer.h   the file that answers a card
 */
#ifndef ROSTER_ROSTER_H
#define ROSTER_ROSTER_H

#include "statement/statement.h"

struct roster;

/** A node as the newest state has it. Borrowed from the roster until the next statement is added. */
struct roster_node {
	struct node_code code;
	uint8_t level;
	const char *name;
	struct id partition;       /* an auditor has none (zero) */
	struct seal_public keys;   /* the newest keys */
	struct id key_id;          /* of the newest signing key */
	struct digest enrolled_by; /* digest of its root, enrol or grant statement */
	bool is_root;
	bool is_auditor;
	bool may_read;     /* an auditor that was granted reading */
	bool is_confirmed; /* its fingerprint was compared; the root's own: see the node's identity */
	bool is_revoked;   /* its newest key counts no longer and no other was given */
	bool is_replaced;  /* its newest key came by a superior's replacement: the machine before it is gone */
	bool is_disputed;  /* its chain has two statements with one number and nobody has settled it */
	bool is_rolls;     /* no office: a hub's partition of rolls, which the hub owns; keys are the hub's */
};

/** One key that a node has or had. */
struct roster_key {
	const struct roster_node *node;
	struct seal_public keys;
	bool is_newest;
	bool is_revoked;                    /* by a revoke or replace statement */
	const struct statement *revocation; /* the statement that revoked it, with its accepted heads; NULL if none */
};

enum roster_outcome {
	ROSTER_ADDED,    /* new; store it and pass it on */
	ROSTER_KNOWN,    /* held already, byte for byte */
	ROSTER_EVIDENCE, /* new, and another one with its number is held: store both, report it */
};

/** @param root  digest of the root's first statement, as it was pinned. ERR_NOMEM. */
enum err roster_new(struct roster **out, const struct digest *root, struct err_info *info) MUST_USE;
void roster_free(struct roster *roster);
const struct digest *roster_root_digest(const struct roster *roster);

/**
 * Add a statement. Order: a chain from its first statement on, an issuer before those below it; roster_newer() gives them so.
 *
 * @param outcome_out  may be NULL
 * @param text       untrusted
 * @param signature  untrusted
 * @return ERR_OK; ERR_FORMAT, ERR_VERSION, ERR_TOO_BIG: not a statement; ERR_AUTH: not signed by the key that its issuer has
 *         at this number, or not the pinned root; ERR_STATE: its issuer or the statement before it is not held;
 *         ERR_NOMEM. After an error the roster is unchanged.
 */
enum err roster_add(struct roster *roster, struct view text, const struct seal_signature *signature,
                    enum roster_outcome *outcome_out, struct err_info *info) MUST_USE;
/**
 * The same for the file form.
 * @param is_verified  true: from the own store, where it was put after roster_add(); the signature is not computed again
 *                     (10,000 nodes load in milliseconds), everything else is checked
 */
enum err roster_add_file(struct roster *roster, struct view file, bool is_verified, enum roster_outcome *outcome_out,
                         struct err_info *info) MUST_USE;

/** Fill in what a new statement of an issuer needs: issuer, number and previous digest. ERR_NOT_FOUND; ERR_STATE: disputed. */
enum err roster_next(struct statement *statement, const struct roster *roster, const struct node_code *issuer,
                     struct err_info *info) MUST_USE;
/**
 * The end of a node's chain as we hold it: what a replace or revoke statement names as `chain` so that everything signed so
 * far stays valid; number 0 and no digest if it has said nothing. ERR_NOT_FOUND.
 */
enum err roster_chain_end(uint32_t *number_out, struct digest *digest_out, const struct roster *roster,
                          const struct node_code *code, struct err_info *info) MUST_USE;
/**
 * Would this statement (as yet unsigned) have the effect it says? The desk asks before it signs. ERR_OK; ERR_RIGHT: its issuer
 * may not say this (level, not a superior, not the root); ERR_EXISTS: code, key or partition is taken; ERR_NOT_FOUND: the
 * node that it is about; ERR_STATE: epoch number, chain.
 */
enum err roster_check(const struct roster *roster, const struct statement *statement, struct err_info *info) MUST_USE;

/* --- nodes; all NULL when there is none --- */
const struct roster_node *roster_root(const struct roster *roster);
/** The fingerprint by which the root is pinned: of its first statement, whatever keys it has now. ERR_NOT_FOUND: no root yet. */
enum err roster_root_fingerprint(struct seal_fingerprint *out, const struct roster *roster,
                                 struct err_info *info) MUST_USE;
const struct roster_node *roster_node_find(const struct roster *roster, const struct node_code *code);
/**
 * Who owns a partition. A hub (any level above the township) has a second one, of rolls: `CODE.rolls`, below the hub in the tree and above
 * nobody, so that only the hub and the offices above it read it. It is found by code and partition; no walk gives it.
 */
const struct roster_node *roster_owner(const struct roster *roster, const struct id *partition);
/** Whoever enrolled it; NULL for the root. */
const struct roster_node *roster_superior(const struct roster *roster, const struct roster_node *node);
/** Whether `above` is on the path from the root to `below` (and is not `below`). */
bool roster_is_superior(const struct roster *roster, const struct node_code *above, const struct node_code *below);
/** root .. node; at most LIMIT_LEVELS_MAX; returns how many. */
size_t roster_path(const struct roster *roster, const struct node_code *code,
                   const struct roster_node *path_out[LIMIT_LEVELS_MAX]);
/** Walk the nodes directly below one, or (above NULL) all, in the order of their statements. Start at 0; NULL at the end. */
const struct roster_node *roster_next_below(const struct roster *roster, const struct node_code *above,
                                            size_t *position);

/* --- keys, by the id of the signing key (seal_key_id) --- */
/** ERR_OK; ERR_NOT_FOUND: no node ever had that key. */
enum err roster_key_find(struct roster_key *out, const struct roster *roster, const struct id *key_id,
                         struct err_info *info) MUST_USE;
/** The statement that gave a node its newest keys in the place of a lost machine's; NULL: they came otherwise. Borrowed. */
const struct statement *roster_replacement(const struct roster *roster, const struct node_code *code);
/** Walk the keys that a node has or had, oldest word first; start at 0. False at the end. */
bool roster_key_next(struct roster_key *out, const struct roster *roster, const struct node_code *code,
                     size_t *position);
/** Walk the revoke and replace statements that ended this key, each with its accepted heads; start at 0; NULL at the end. */
const struct statement *roster_revocation_next(const struct roster *roster, const struct id *key_id, size_t *position);
/** May this key sign for this node now: it is its newest and is not revoked. ERR_OK; ERR_AUTH. */
enum err roster_key_check(const struct roster *roster, const struct node_code *code,
                          const struct seal_public_key *sign_key, struct err_info *info) MUST_USE;

/**
 * Append git's allowed_signers, one line a key, without dates, revoked keys left out:
 * `NODE@tiersync.invalid namespaces="git,roster@tiersync,..." ssh-ed25519 AAAA...`. ERR_NOMEM.
 */
enum err roster_export_signers(struct bytes *out, const struct roster *roster, struct err_info *info) MUST_USE;

#endif
