/** Care of our keys: their passphrase, a copy of them, and a store from the copy. */
#ifndef FLOW_KEYS_H
#define FLOW_KEYS_H

#include "flow/flow.h"

struct flow_keys_result {
	size_t files;      /* key files written (passphrase), or in the copy */
	bool is_protected; /* under a passphrase now */
};

/** Put our key files under another passphrase (empty: none). Errors of node_keys_rewrap(). */
enum err flow_key_passphrase(struct flow_keys_result *out, const struct flow_desk *desk, struct view present,
                             struct view next, struct err_info *info) MUST_USE;

/** Write a copy of our keys into a new file, under a passphrase. ERR_EXISTS, and errors of node_key_backup_write(). */
enum err flow_key_backup(struct flow_keys_result *out, const struct flow_desk *desk, const char *path,
                         struct view passphrase, struct err_info *info) MUST_USE;

struct flow_keys_restored {
	struct node_code code;
	char name[LIMIT_NAME_BYTES_MAX + 1];
	int64_t time; /* of the copy */
	size_t files;
	bool is_new;     /* a store was made; else the keys went into the one that was there */
	bool is_awaited; /* its partition must come home from above */
};

/**
 * Put the keys of a copy into the store of that office, or make a store with them where there is none. The key files stay
 * under the passphrase of the copy.
 *
 * @param text  untrusted: the copy
 * @return ERR_OK; ERR_STATE: no passphrase, another office's store, or a root without its store; ERR_AUTH: another passphrase,
 *         changed, or keys that were changed since; ERR_EXISTS: other keys are there; ERR_FORMAT; ERR_VERSION; ERR_IO
 */
enum err flow_key_restore(struct flow_keys_restored *out, const char *directory, struct view text,
                          struct view passphrase, const struct env *env, bool is_dry_run,
                          struct err_info *info) MUST_USE;

#endif
