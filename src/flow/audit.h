/**
 * audit: everything in a store that can be checked, from the pinned root down, with or without keys; and fsck, gc, backup.
 * Its report names what was checked, what could not be, and what is wrong.
 */
#ifndef FLOW_AUDIT_H
#define FLOW_AUDIT_H

#include "flow/flow.h"
#include "seal/hash.h"

struct flow_audit_result {
	uint64_t statements;
	uint64_t partitions;
	uint64_t node_commits; /* of node.git: evidence is only ever added */
	uint64_t commits;      /* signature, right to write here, canonical form, parents digest, state digest */
	uint64_t merges;       /* of them; unsigned; held against their parents */
	uint64_t merges_made;  /* of them: made again from what they merge (with keys) */
	uint64_t judged;       /* edits whose writes were judged by the rights of their signer (with keys) */
	uint64_t records;      /* opened and read strictly (with keys) */
	uint64_t receipts;
	uint64_t checkpoints;
	uint64_t
		unheard; /* writes of our own that the rights no longer cover and that no superior is known to hold: its word is to come */
	uint64_t unreadable; /* partitions whose records could not be opened for want of a key */
	uint64_t wrong;
};

/** Told of each thing that is wrong: what it is (commit, receipt roster/..., a path) and why. */
typedef void (*flow_audit_tell)(void *context, const char *what, const struct err_info *why);

/** @param root  compared with the pinned root if not NULL. ERR_AUTH when anything is wrong (result is set); ERR_IO ... */
enum err flow_audit(struct flow_audit_result *out, struct node *node, const struct seal_fingerprint *root,
                    flow_audit_tell tell, void *context, struct err_info *info) MUST_USE;

/** Of a store that cannot be opened: the files that are missing from its repositories. Returns how many. */
uint64_t flow_audit_files(const char *directory, flow_audit_tell tell, void *context);

/** The structure of every repository and keyring; cheaper than audit. ERR_FORMAT when anything is wrong. */
enum err flow_fsck(struct flow_audit_result *out, const struct flow_desk *desk, flow_audit_tell tell, void *context,
                   struct err_info *info) MUST_USE;

struct flow_gc_result {
	uint64_t bytes_before;
	uint64_t bytes_after;
	uint64_t objects;
};

/** Every repository anew as one pack; a damaged one is named, the others are done. The first error. ERR_IO, ERR_NOMEM ... */
enum err flow_gc(struct flow_gc_result *out, const struct flow_desk *desk, struct err_info *info) MUST_USE;

/** Copy the store with keys and salts to a new directory, consistently, while it is in use. ERR_EXISTS, ERR_IO, ERR_LOCKED. */
enum err flow_backup(const struct flow_desk *desk, const char *directory, struct err_info *info) MUST_USE;

/**
 * A backup becomes a store again: copied to a new directory, with a new incarnation, so that neighbours see that it began anew
 * and send what came since. A killed run leaves nothing at `directory`.
 * @param from  what flow_backup() wrote. ERR_NOT_FOUND: no store; ERR_EXISTS: there is something at `directory`; ERR_IO
 */
enum err flow_restore(const char *from, const char *directory, const struct env *env, bool is_dry_run,
                      struct err_info *info) MUST_USE;

#endif
