/**
 * A node: one office's store directory. It knows who we are, what we hold and whom we talk to; it holds the roster and
 * the schema sets in memory, opens partitions, and changes `node.git` by one commit at a time.
 *
 *   DIR/format            the store's version
 *   DIR/keys/             our keys, mode 0600
 *   DIR/partitions/X.git  one repository per partition that we hold
 *   DIR/node.git          identity, roster, schema sets, receipts, checkpoints, peers, exchange state
 *   DIR/held/ refused/    bundles stopped at the door
 *
 * Order of publishing: roster and schema sets, then partitions, then the rest of node.git; a crash between the two is
 * repaired by taking the same bundle again. Source: schema/store-v1.md, "The store directory".
 */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include "base/env.h"
#include "base/fs.h"
#include "base/ids.h"
#include "roster/roster.h"

struct git_store;
struct partition;
struct schema_set;
struct seal_node_key;

enum {
	NODE_FORMAT_VERSION = 1,
	NODE_LEVEL_AUDITOR = 0,
	NODE_LEVEL_TOWNSHIP = 1,
	NODE_LEVEL_COUNTY = 2,
	NODE_LEVEL_CITY = 3,
	NODE_LEVEL_PROVINCE = 4,
};

struct node_identity {
	struct node_code code;
	uint8_t level;
	char name[LIMIT_NAME_BYTES_MAX + 1];
	struct id partition;    /* our own partition */
	uint8_t incarnation[8]; /* drawn anew by init and restore */
	bool is_root;
	bool is_accepted;       /* a root from the start; else after `accept` */
	bool is_root_confirmed; /* the root's fingerprint was compared */
	bool is_awaited;        /* its keys were restored alone: its partition has a first commit, and must come home */
	struct digest root;     /* digest of the root's first statement; zero before accept */
};

struct node;

/**
 * Lay down a store in an empty or missing directory: format, keys, node.git with the identity. Draws the partition id and
 * the incarnation into *identity. A root's first statements are flow's business. A killed run leaves a directory that the
 * next one finishes. ERR_EXISTS: there is a store; ERR_STATE: the directory holds other things; ERR_IO.
 */
enum err node_create(const char *directory, struct node_identity *identity, struct view passphrase,
                     const struct env *env, struct err_info *info) MUST_USE;
/**
 * A directory without `format` that holds partitions is a damaged store, not a place for a new one: what lies there may be nowhere
 * else. A killed making leaves at most the maker's own.
 * @param own  whose partition may lie there; NULL: nobody's. ERR_EXISTS, ERR_IO.
 */
enum err node_check_vacant(const char *directory, const struct node_code *own, struct err_info *info) MUST_USE;
/** The last step of making a store: from here on it is one. Until then node_create() may be run again. ERR_IO. */
enum err node_create_finish(const char *directory, struct err_info *info) MUST_USE;

enum node_open_flags {
	NODE_WITHOUT_KEYS = 1 << 0, /* do not ask for keys: an auditor's copy may have none */
	NODE_UNFINISHED = 1 << 1,   /* between node_create and node_create_finish */
	NODE_LEAVE_KEYS = 1 << 3,   /* do not even look at them: for a change of passphrase, and to put keys back */
	NODE_DAMAGED = 1 << 2,      /* of a damaged roster take what can be read: for the audit, which names the rest */
};

/** Open a store. ERR_NOT_FOUND, ERR_VERSION (written by a newer tiersync), ERR_FORMAT, ERR_AUTH (a damaged roster). */
enum err node_open(struct node **out, const char *directory, unsigned flags, struct view passphrase,
                   const struct env *env, struct err_info *info) MUST_USE;
void node_free(struct node *node);
/**
 * A dry run, from here on: caches stay as they are, wraps are kept in memory, and a partition that is made lies under a
 * temporary name until the node is freed. What is staged is the caller's not to commit. ERR_NOMEM.
 */
enum err node_rehearse(struct node *node, struct err_info *info) MUST_USE;

const struct node_identity *node_identity_of(const struct node *node);
const char *node_directory(const struct node *node);
const struct env *node_env(const struct node *node);
/** node.git as an object store, for fsck and gc. */
struct git_store *node_store(struct node *node);
/** NULL before `accept`. */
struct roster *node_roster(struct node *node);
const struct roster *node_roster_of(const struct node *node);
/** Stage a changed identity; effective at once in memory. */
enum err node_identity_put(struct node *node, const struct node_identity *identity, struct err_info *info) MUST_USE;
/** Replace the roster by one that has been pinned and checked (accept, init of a root); its statements are staged. */
enum err node_roster_set(struct node *node, struct roster *roster, struct err_info *info) MUST_USE;
/**
 * Add a statement (file form) to the roster and stage it when it is new. Errors of roster_add().
 * @param outcome_out  may be NULL
 */
enum err node_roster_add(struct node *node, struct view text, const struct seal_signature *signature,
                         enum roster_outcome *outcome_out, struct err_info *info) MUST_USE;
/** Fill in issuer, number and previous digest, check, sign with our key, add and stage. Errors of roster_check(). */
enum err node_roster_say(struct node *node, struct statement *statement, struct err_info *info) MUST_USE;
/** Our keys; NULL when the store has none, or (NODE_WITHOUT_KEYS) they are under a passphrase that was not given. */
const struct seal_node_key *node_keys(const struct node *node);
/** They are there, under a passphrase that was not given. */
bool node_key_is_locked(const struct node *node);
/** Whether the keys of a store that is not open yet need a passphrase. */
bool node_key_is_wrapped(const char *directory);
/**
 * The keys that ours replaced, any order: something may still be sealed to them. Borrowed until the node is freed or its keys
 * change. Errors of seal_node_key_load().
 */
enum err node_old_keys(const struct seal_node_key *const **out, size_t *count_out, struct node *node,
                       struct err_info *info) MUST_USE;
/**
 * The first step of a change of keys: draw new ones and lay them beside the present ones (not in a dry run). They count once
 * their statement is committed, whatever happens to the files. Needs the lock. ERR_IO, ERR_NOMEM.
 */
enum err node_key_draw(const struct seal_node_key **out, struct node *node, bool is_dry_run,
                       struct err_info *info) MUST_USE;
/**
 * The last step: the keys drawn are ours, the present ones become old. The statement that says so is committed: files that cannot be
 * put in order now are by the next run that takes the lock, and that is no error. ERR_NOMEM.
 */
enum err node_key_switch(struct node *node, struct err_info *info) MUST_USE;
/** Whether node_lock() found a change of keys whose statement was committed by a run that was then killed, and ended it. */
bool node_keys_were_finished(const struct node *node);
/** "易俗河镇 430321100000", or the code alone when the roster does not know it. Valid until the next 4 calls. */
const char *node_label(struct node *node, const struct node_code *code);

/* --- the writer's lock over node.git; partitions have their own --- */
enum err node_lock(struct node *node, int wait_seconds, struct err_info *info) MUST_USE;
void node_unlock(struct node *node);

/* --- node.git as files: read, stage, commit --- */

/** The content of a path of node.git's head (or staged). ERR_NOT_FOUND, ERR_IO. */
enum err node_file_read(struct bytes *out, struct node *node, const char *path, struct err_info *info) MUST_USE;
/** The names in a directory of node.git (sorted); an absent directory is empty. Release with fs_names_release. */
enum err node_file_list(struct fs_names *out, struct node *node, const char *path, struct err_info *info) MUST_USE;
/** Stage a file's new content, or its removal; nothing is written before node_commit. */
enum err node_file_put(struct node *node, const char *path, struct view content, struct err_info *info) MUST_USE;
enum err node_file_remove(struct node *node, const char *path, struct err_info *info) MUST_USE;
/** Write what is staged as one commit; nothing staged or nothing different: no commit. Needs the lock. ERR_IO, ERR_STALE. */
enum err node_commit(struct node *node, const char *subject, struct err_info *info) MUST_USE;
/** Read identity, roster and schema sets again as node.git holds them: after a failure that had changed them in memory. */
enum err node_revert(struct node *node, struct err_info *info) MUST_USE;
/** Forget what is staged. */
void node_discard(struct node *node);

/** Told of a path of node.git that a commit took away or changed. */
typedef void (*node_history_tell)(void *context, const char *path, const struct oid *commit);
/**
 * Walk the history of node.git: what lies below these directories is evidence, which no commit may take away or change.
 * @param commits_out  how many were looked at; may be NULL
 * @return ERR_OK, whatever was told; ERR_NOT_FOUND, ERR_FORMAT, ERR_IO: the history itself cannot be read
 */
enum err node_history_check(struct node *node, const char *const *directories, size_t count, uint64_t *commits_out,
                            node_history_tell tell, void *context, struct err_info *info) MUST_USE;

/* --- schema sets --- */
/** Hold a set's bytes (schema_set_write): staged, and found from now on. ERR_FORMAT and the errors of schema_set_read(). */
enum err node_schema_put(struct node *node, struct view content, struct err_info *info) MUST_USE;
/** Whether a set is held; it is not opened. */
bool node_schema_has(const struct node *node, uint32_t version, const struct digest *digest);
/** The newest set that the root has opened by statement and that we hold; NULL before the first. */
const struct schema_set *node_schema(const struct node *node);
const struct schema_set *node_schema_find(const struct node *node, uint32_t version, const struct digest *digest);
/**
 * Whether every set and kind that was asked for so far was there to be read. Before anything is written that follows from an answer:
 * without it a kind that was not read for want of memory would be one that nobody may write.
 * @return ERR_OK; ERR_NOMEM: from now on, until the node is opened again; ERR_IO: a set held could not be read, told once
 */
enum err node_schema_check(struct node *node, struct err_info *info) MUST_USE;
/**
 * Begin to compile the kinds of the newest set that have rules across records, and this one, beside what comes next: in a second set,
 * which node_schema_compiled() waits for. Without memory or a second processor nothing is gained.
 * @param kind  its name; borrowed until the set is waited for
 */
void node_schema_compile(struct node *node, struct view kind);
/** As node_schema(); the set that node_schema_compile() made, if that is still the newest. The kinds of the two are not the same. */
const struct schema_set *node_schema_compiled(const struct node *node);

/* --- partitions --- */
/** From now on keep, in memory and in bounds, the records that this run seals: partitions opened later find them there. ERR_NOMEM. */
enum err node_keep_recent(struct node *node, struct err_info *info) MUST_USE;
/** Open the partition of an office that we hold (own code: our own). ERR_NOT_FOUND. Freed by the caller. */
enum err node_partition_open(struct partition **out, struct node *node, const struct node_code *owner,
                             struct err_info *info) MUST_USE;
/** Make an empty repository for an office of the roster that we do not hold yet, then open it. */
enum err node_partition_make(struct partition **out, struct node *node, const struct node_code *owner,
                             struct err_info *info) MUST_USE;

/** Remember, for this run, a head that was published or checked here. ERR_NOMEM. */
enum err node_note_published(struct node *node, const struct oid *head, struct err_info *info) MUST_USE;
bool node_was_published(const struct node *node, const struct oid *head);

struct node_codes {
	struct node_code *codes; /* sorted; freed by node_codes_release */
	size_t count;
};

/** The owners of all partitions held. */
enum err node_partitions(struct node_codes *out, struct node *node, struct err_info *info) MUST_USE;
void node_codes_release(struct node_codes *codes);

#endif
