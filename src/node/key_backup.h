/** A copy of a node's keys in one file, always under a passphrase. Format: schema/store-v1.md, "Copies of keys". */
#ifndef NODE_KEY_BACKUP_H
#define NODE_KEY_BACKUP_H

#include "node/node.h"

struct node_key_backup {
	struct node_identity identity; /* incarnation zero; not accepted; is_awaited if its partition had been begun */
	int64_t time;
	struct bytes *files; /* key files; the first is the present key */
	struct seal_public *publics;
	size_t count;
	struct view checked; /* the lines that `check` is over; in `text` */
	struct digest check;
	struct bytes text;
};

/** Whether a file begins as one. */
bool node_key_backup_is(struct view text);
/**
 * Read a copy; its content is checked as far as it can be without the passphrase.
 *
 * @param out  release with node_key_backup_release()
 * @return ERR_OK; ERR_FORMAT; ERR_VERSION; ERR_TOO_BIG; ERR_NOMEM
 */
enum err node_key_backup_read(struct node_key_backup *out, struct view text, struct err_info *info) MUST_USE;
/** Does the passphrase open it, and was it written by the holder of its keys? ERR_STATE: none given; ERR_AUTH. */
enum err node_key_backup_check(const struct node_key_backup *backup, struct view passphrase,
                               struct err_info *info) MUST_USE;
void node_key_backup_release(struct node_key_backup *backup);

/**
 * Append a copy of our keys, present and older, under a passphrase (about half a second for each).
 *
 * @param is_begun  our partition has a first commit: who restores the keys alone waits for it to come home
 * @return ERR_OK; ERR_STATE: the passphrase is empty, or the keys are locked; ERR_TOO_BIG; and those of node_old_keys()
 */
enum err node_key_backup_write(struct bytes *out, struct node *node, bool is_begun, struct view passphrase,
                               struct err_info *info) MUST_USE;

/** As node_create(), with these identity and keys. */
enum err node_create_again(const char *directory, const struct node_key_backup *backup, const struct env *env,
                           struct err_info *info) MUST_USE;
/**
 * Put the keys back into an open store of the same node: older ones that are missing, then the present one, which may only
 * take the place of itself. Needs the lock. ERR_STATE: of another node; ERR_EXISTS: there are other keys; ERR_AUTH: the
 * roster gives this node other keys; ERR_IO.
 */
enum err node_keys_put(struct node *node, const struct node_key_backup *backup, bool is_dry_run,
                       struct err_info *info) MUST_USE;

/**
 * Put all key files under another passphrase (empty: under none). Each may be under `present` or, where a killed run was, under
 * `next` already; nothing is written unless all open. Needs the lock.
 *
 * @param count_out  how many were written
 * @return ERR_OK; ERR_STATE: a passphrase is needed and none was given; ERR_AUTH: it does not open a file; ERR_IO; ERR_NOMEM
 */
enum err node_keys_rewrap(size_t *count_out, struct node *node, struct view present, struct view next, bool is_dry_run,
                          struct err_info *info) MUST_USE;

#endif
