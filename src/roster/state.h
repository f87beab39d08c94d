/**
 * Inside roster: what it holds. The pool (entries, by issuer) is everything that was added and is never cut back; offices, words,
 * rights and epochs follow from it and are built again from the pool whenever a statement does not simply go behind the
 * others. Offices are found by index; entries too; both only grow between two builds.
 */
#ifndef ROSTER_STATE_H
#define ROSTER_STATE_H

#include "base/table.h"
#include "roster/rights.h"

#define ROSTER_NONE UINT32_MAX

/** A statement of the pool. */
struct roster_entry {
	struct view text; /* in the roster's arena */
	struct seal_sshsig sshsig;
	struct digest digest;
	struct digest previous;
	struct seal_public_key key_after; /* the issuer's signing key behind this one, as far as its own chain says */
	enum statement_type type;
	uint32_t issuer; /* index of its pool */
	uint32_t number;
	bool is_effective; /* it is in its issuer's chain */
};

struct roster_list {
	uint32_t *items;
	size_t count;
	size_t capacity;
};

/** All statements of one issuer, as they came. */
struct roster_pool {
	struct node_code code;
	struct roster_list entries;
	uint32_t office; /* ROSTER_NONE: not reached from the root */
};

/** A word about a node's keys: enrolment first, then in the order (depth of the issuer, number). */
struct roster_key_word {
	enum statement_type type; /* root, enrol, grant; rotate; replace; revoke; settle */
	uint32_t issuer;          /* office */
	uint32_t number;          /* in the issuer's chain */
	uint32_t chain_number;    /* it counts behind this number of the node's own chain */
	struct digest chain_digest;
	struct seal_public keys;
	struct id key_id;            /* of keys.sign; revoke: the key that is revoked */
	struct statement *statement; /* revoke, replace: owned */
};

struct roster_right {
	uint32_t issuer; /* office */
	uint32_t number;
	enum roster_word word;
	bool is_hard;
	struct view kind;       /* empty: every kind */
	const uint32_t *fields; /* ascending; count 0: every field */
	size_t field_count;
	uint32_t amount_field;
	uint64_t amount_max;
	int64_t first_day;
	int64_t last_day;
};

/** What an auditor may read. */
struct roster_grant {
	bool may_read;
	const struct id *partitions; /* ascending; count 0: all at and below its issuer */
	size_t count;
};

struct roster_office {
	struct roster_node node;  /* lookups give it out */
	struct roster_node rolls; /* its partition of rolls; is_rolls false: it has none */
	uint32_t pool;            /* index; its statements */
	uint32_t superior;        /* office; ROSTER_NONE: the root */
	uint32_t depth;
	struct roster_list chain; /* entries; [number - 1] */
	uint32_t disputed_number; /* 0: no dispute */
	uint32_t disputed[2];     /* entries: of those that fit there, the two with the smallest digests */
	struct roster_key_word *words;
	size_t word_count;
	size_t word_capacity;
	struct roster_right *rights; /* by issuer's depth, then number */
	size_t right_count;
	size_t right_capacity;
	struct roster_grant *grants; /* of an auditor; the last one counts */
	size_t grant_count;
	size_t grant_capacity;
	struct roster_epoch *epochs; /* of its partitions; by (number, digest) */
	size_t epoch_count;
	size_t epoch_capacity;
};

/** A word about a node or partition that nobody has enrolled yet: it waits for it. */
struct roster_waiting {
	uint32_t issuer; /* office */
	uint32_t entry;
	struct node_code node;
	struct id partition; /* of an open-epoch */
};

struct roster {
	struct digest root_digest;
	struct arena arena; /* texts, names */

	struct roster_entry *entries;
	size_t entry_count;
	size_t entry_capacity;
	struct roster_pool *pools;
	size_t pool_count;
	size_t pool_capacity;
	struct table entry_by_digest;
	struct table pool_by_code;

	struct roster_office **offices; /* [0] is the root */
	size_t office_count;
	size_t office_capacity;
	struct table office_by_key; /* every signing key that a node has or had, by key id */
	struct table office_by_partition;
	struct roster_schema_set *sets;
	size_t set_count;
	size_t set_capacity;
	struct roster_waiting *waiting; /* in the order in which they were met */
	size_t waiting_count;
	size_t waiting_capacity;
	uint32_t rules;
	bool must_build; /* a build failed for want of memory */
};

/** Grow an array of `size`-byte items so that one more fits. ERR_NOMEM. */
enum err roster_grow(void **items, size_t count, size_t *capacity, size_t size, struct err_info *info) MUST_USE;
enum err roster_list_add(struct roster_list *list, uint32_t item, struct err_info *info) MUST_USE;

/** NULL: not reached from the root. */
struct roster_office *roster_office_find(const struct roster *roster, const struct node_code *code);
/** The roster's own struct of a node that it gave out; of rolls: the hub's. */
const struct roster_office *roster_office_of(const struct roster_node *node);
/** Whether office `above` is on the path above `below`. */
bool roster_office_is_above(const struct roster *roster, uint32_t above, const struct roster_office *below);

/** The pool of an issuer, made if there is none. ERR_NOMEM. */
enum err roster_pool_of(uint32_t *out, struct roster *roster, const struct node_code *code,
                        struct err_info *info) MUST_USE;

/* --- build.c --- */
/** Build offices, words, rights and epochs from the pool. ERR_NOMEM. */
enum err roster_build(struct roster *roster, struct err_info *info) MUST_USE;
/** Forget what was built. */
void roster_unbuild(struct roster *roster);
/** Put the next statement of an office's chain behind it, with its effect. */
enum err roster_chain_add(struct roster *roster, uint32_t office, uint32_t entry, const struct statement *statement,
                          struct err_info *info) MUST_USE;

/* --- effect.c --- */
/** The id of a hub's partition of rolls: BLAKE2b-128("tiersync-rolls" | id of its own partition). */
void roster_rolls_partition(struct id *out, const struct id *partition);
/** Why a statement would have no effect. */
enum roster_flaw {
	ROSTER_FLAW_NONE,
	ROSTER_FLAW_LEVEL,     /* not below the issuer */
	ROSTER_FLAW_TAKEN,     /* code, key or partition */
	ROSTER_FLAW_NO_NODE,   /* the node or partition that it is about */
	ROSTER_FLAW_NOT_ABOVE, /* the issuer is not above the node */
	ROSTER_FLAW_NOT_ROOT,
	ROSTER_FLAW_NOT_OWNER, /* of the partition */
	ROSTER_FLAW_AUDITOR,   /* an auditor says nothing */
};
enum roster_flaw roster_flaw_of(const struct roster *roster, const struct roster_office *issuer,
                                const struct statement *statement);
/** Give a statement its effect, if it may have one. */
enum err roster_effect(struct roster *roster, uint32_t issuer, const struct roster_entry *entry,
                       const struct statement *statement, struct err_info *info) MUST_USE;
/** Whether a word waits for this node that gives it keys. */
bool roster_waits_with_keys(const struct roster *roster, const struct node_code *node);
/** The root's office from its first statement. */
enum err roster_effect_root(struct roster *roster, uint32_t pool, const struct roster_entry *entry,
                            const struct statement *statement, struct err_info *info) MUST_USE;

/* --- give.c; all: ERR_NOMEM --- */
enum err roster_give_grant(struct roster *roster, struct roster_office *office, const struct statement *statement,
                           struct err_info *info) MUST_USE;
enum err roster_give_right(struct roster *roster, uint32_t issuer, const struct statement *statement,
                           struct err_info *info) MUST_USE;
enum err roster_give_set(struct roster *roster, const struct statement *statement, struct err_info *info) MUST_USE;
enum err roster_give_epoch(struct roster *roster, const struct roster_entry *entry, const struct statement *statement,
                           struct err_info *info) MUST_USE;

/* --- readers.c --- */
/** Whether an auditor's next grant may be this one: once one took something away, none gives more to the same key. */
bool roster_grant_may_follow(const struct roster_office *auditor, const struct roster_grant *next);

/* --- keys.c --- */
/** The word that gives a node its keys, by the words that the version holds (NULL: all). Never NULL for NULL. */
const struct roster_key_word *roster_keys_at(const struct roster *roster, const struct roster_office *office,
                                             const struct roster_version *version);
/** Whether a word of the version revokes this signing key of the node; gives that word, or NULL. */
const struct roster_key_word *roster_revocation_of(const struct roster *roster, const struct roster_office *office,
                                                   const struct id *key_id, const struct roster_version *version);
/** The signing key that a statement with this number must have; NULL: none may. `chain_key`: by the chain before it. */
const struct seal_public_key *roster_key_for_number(const struct roster *roster, const struct roster_office *office,
                                                    uint32_t number, const struct seal_public_key *chain_key);
/** Bring node.keys, key_id and is_revoked up to date. */
void roster_keys_refresh(const struct roster *roster, struct roster_office *office);

#endif
