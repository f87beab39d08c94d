/**
 * The life of keys and rights: rotate, revoke, settle, delegate, withdraw. Each signs one statement in our chain; it travels
 * with the next bundles, up and down.
 */
#ifndef FLOW_ROSTER_H
#define FLOW_ROSTER_H

#include "flow/epoch.h"
#include "flow/flow.h"
#include "partition/partition.h"
#include "seal/hash.h"

/** What was said, for a person and for the log. */
struct flow_said {
	struct node_code node;
	uint32_t number; /* in our chain */
	struct digest digest;
	struct flow_renewed epochs; /* because of it */
};

/** Sign a statement in our chain, and open the epochs that it makes due: all staged. Needs node_lock. Errors of roster_check(). */
enum err flow_say(struct flow_said *out, const struct flow_desk *desk, struct statement *statement,
                  struct err_info *info) MUST_USE;
/** The end of what was said: committed, or (an error, a dry run) forgotten again. Returns `err` or what went wrong now. */
enum err flow_say_finish(const struct flow_desk *desk, const char *subject, enum err err,
                         struct err_info *info) MUST_USE;

struct flow_rotated {
	struct flow_said said;
	struct id old_key;
	struct id new_key;
	struct seal_fingerprint fingerprint; /* of a card with the new keys */
	bool was_begun; /* a run that was killed had signed it: its files were put in order, nothing was signed */
};

/**
 * New keys for this office, signed by the old one. The old one keeps what it signed valid and still opens what was sealed to
 * it. A run that was killed leaves the old keys, or the new ones; the next run only puts the files in order then. ERR_STATE: no keys here, or they are revoked.
 */
enum err flow_rotate(struct flow_rotated *out, const struct flow_desk *desk, struct err_info *info) MUST_USE;

/** What a revoked key had signed in one partition, as far as it is held here. */
struct flow_revoked_partition {
	struct node_code owner;
	struct oid head; /* accepted: what it reaches stays valid */
	uint64_t edits;
	struct oid newest[8]; /* of them, newest first */
	int64_t times[8];
	size_t newest_count;
};

struct flow_revoked {
	struct flow_said said;
	struct id key;
	struct flow_revoked_partition *partitions;
	size_t count;
};

void flow_revoked_release(struct flow_revoked *revoked);

struct flow_sent;
struct flow_revoke_terms {
	struct node_code node;
	const struct id *key; /* of its keys; NULL: the newest */
	const char *reason;
};

/**
 * A key of an office below us, or of an auditor, counts no longer; what we hold of it by now is named as accepted. Opens the
 * epochs that this makes due. ERR_NOT_FOUND, ERR_RIGHT: not below us; ERR_RULE: reason; ERR_EXISTS: it is revoked already.
 */
enum err flow_revoke(struct flow_revoked *out, const struct flow_desk *desk, const struct flow_revoke_terms *terms,
                     struct err_info *info) MUST_USE;

/**
 * A key of an office below us was ended by an office above us, and we hold edits signed with it that no word accepts: we had taken them in
 * before we heard of it, so we end the key too and name our heads. What is brought later is refused at the door, so it can be said at any
 * time. Staged; needs node_lock; nothing in a dry run.
 * @param sent  a partition whose head cannot be answered for is left out there, and the word that would name it waits
 */
enum err flow_vouch(struct flow_sent *sent, const struct flow_desk *desk, struct err_info *info) MUST_USE;

/** Heads and tips that a replace or revoke statement about this office names: all that we hold at and below it. In `arena`. */
enum err flow_accepted_heads(struct statement *statement, struct node *node, const struct node_code *about,
                             struct arena *arena, struct err_info *info) MUST_USE;

/** What the key of a revoke statement has signed in the partitions that it names; malloc'd, freed by the caller. */
enum err flow_signed_by(struct flow_revoked_partition **out, size_t *count_out, struct node *node,
                        const struct statement *revoke, struct err_info *info) MUST_USE;

/** Of two statements with one number, the one with a digest that starts with these digits counts. ERR_NOT_FOUND, ERR_USAGE. */
enum err flow_settle(struct flow_said *out, const struct flow_desk *desk, const struct node_code *about,
                     const char *digits, struct err_info *info) MUST_USE;

struct flow_right_terms {
	struct node_code node;
	const char *kind;   /* NULL: every kind */
	const char *fields; /* names, titles or numbers, and `existence`, with commas between; NULL: all of the kind */
	const char *from;   /* YYYY-MM-DD; NULL: at once */
	const char *to;     /* the last day; NULL: until withdrawn */
	const char *limit;  /* FIELD=N, or N alone for the fields themselves; NULL: none */
	bool is_withdrawal;
	bool is_hard;
};

struct flow_right {
	struct flow_said said;
	bool was_said;       /* it stands already, by the statement `said.number`: nothing was signed */
	struct bytes fields; /* names and titles, for the screen */
	uint64_t amount_max; /* 0: none */
	uint32_t amount_field;
};

void flow_right_release(struct flow_right *right);

/** What stands already is not signed again. ERR_NOT_FOUND: office, kind, field; ERR_RIGHT: not below us; ERR_RULE: days, limit. */
enum err flow_say_right(struct flow_right *out, const struct flow_desk *desk, const struct flow_right_terms *terms,
                        struct err_info *info) MUST_USE;

#endif
