/* Our own keys on disk: keys/node.key, keys/next.key while they are changed, keys/old-KEYID.key. schema/store-v1.md, "Keys". */
#include <stdlib.h>
#include <string.h>

#include "node/internal.h"
#include "seal/key.h"

static const char PRESENT[] = "node.key";
static const char NEXT[] = "next.key";

enum {
	OLD_KEYS_MAX = 1024
};

enum err
node_key_path(char *out, const char *directory, const char *name, struct err_info *info)
{
	return fs_path(out, info, "%s/keys/%s", directory, name);
}

enum err
node_old_key_path(char *out, const char *directory, const struct seal_public *public_half, struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];
	struct id id;

	seal_key_id(&id, &public_half->sign);
	hex_write(hex, view_of(id.bytes, ID_BYTES));
	return fs_path(out, info, "%s/keys/old-%s.key", directory, hex);
}

bool
node_key_is_old(const char *name)
{
	size_t size = strlen(name);

	return size == 4 + 2 * ID_BYTES + 4 && strncmp(name, "old-", 4) == 0 && strcmp(name + size - 4, ".key") == 0;
}

/* ERR_NOT_FOUND: there is no such file. */
static enum err
peek(struct seal_public *out, bool *is_wrapped, const char *path, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = fs_read(&text, path, LIMIT_KEY_FILE_BYTES_MAX, info);

	if (err == ERR_OK) {
		err = seal_node_key_peek(out, is_wrapped, bytes_view(&text), info);
		if (err != ERR_OK)
			(void)err_in(info, err, "%s", path);
	}
	seal_wipe_bytes(&text);
	return err;
}

bool
node_public_equal(const struct seal_public *a, const struct seal_public *b)
{
	return seal_public_key_equal(&a->sign, &b->sign) && seal_public_key_equal(&a->seal, &b->seal);
}

/* The keys that the roster gives us now; NULL before `accept`. */
static const struct seal_public *
given_keys(const struct node *node)
{
	const struct roster_node *self =
		node->roster == NULL ? NULL : roster_node_find(node->roster, &node->identity.code);

	return self == NULL ? NULL : &self->keys;
}

/* The file of the present key: a change of keys is done once its statement is in node.git, not when files are renamed. */
static enum err
choose(char *out, struct node *node, struct err_info *info)
{
	char next[LIMIT_PATH_BYTES_MAX];
	struct seal_public public;
	bool is_wrapped;
	const struct seal_public *given = given_keys(node);
	enum err err = node_key_path(out, node->directory, PRESENT, info);

	if (err == ERR_OK)
		err = node_key_path(next, node->directory, NEXT, info);
	if (err != ERR_OK || !fs_exists(next))
		return err;
	err = peek(&public, &is_wrapped, next, info);
	if (err == ERR_OK && (!fs_exists(out) || (given != NULL && node_public_equal(&public, given))))
		memcpy(out, next, sizeof(next));
	return err;
}

bool
node_key_is_wrapped(const char *directory)
{
	static const char *const names[] = {"node.key", "next.key"};
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_public public;
	bool is_wrapped = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (fs_path(path, NULL, "%s/keys/%s", directory, names[i]) == ERR_OK &&
		    peek(&public, &is_wrapped, path, NULL) == ERR_OK && is_wrapped)
			return true;
	}
	return false;
}

enum err
node_keys_load(struct node *node, unsigned flags, struct view passphrase, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_node_key *key = NULL;
	enum err err;

	if ((flags & NODE_LEAVE_KEYS) != 0)
		return ERR_OK;
	err = choose(path, node, info);
	if (err != ERR_OK)
		return err;
	if ((flags & NODE_WITHOUT_KEYS) != 0 && !fs_exists(path))
		return ERR_OK;
	err = seal_node_key_load(&key, path, passphrase, info);
	if (err == ERR_NOT_FOUND || err == ERR_FORMAT || err == ERR_TOO_BIG)
		err = err_advise(info, err, ADVICE_KEYS);
	if ((flags & NODE_WITHOUT_KEYS) != 0 && err == ERR_STATE) {
		node->is_key_locked = true; /* under a passphrase that nobody gave: as good as absent */
		return ERR_OK;
	}
	if (err == ERR_OK) {
		seal_wipe_bytes(&node->passphrase);
		err = bytes_append_view(&node->passphrase, passphrase, info);
	}
	if (err == ERR_OK) {
		seal_node_key_free(node->key);
		node->key = key;
		key = NULL;
	}
	seal_node_key_free(key);
	return err;
}

void
node_keys_release(struct node *node)
{
	for (size_t i = 0; i < node->old_key_count; i++)
		seal_node_key_free(node->old_keys[i]);
	free(node->old_keys);
	node->old_keys = NULL;
	node->old_key_count = 0;
	node->has_old_keys = false;
	seal_node_key_free(node->next_key);
	node->next_key = NULL;
	seal_node_key_free(node->key);
	node->key = NULL;
	seal_wipe_bytes(&node->passphrase);
}

bool
node_key_is_locked(const struct node *node)
{
	return node->is_key_locked;
}

/* --- older keys: to open what was sealed to them --- */

static enum err
load_old(struct node *node, const struct fs_names *names, struct err_info *info)
{
	enum err err = ERR_OK;

	node->old_keys = calloc(names->count + 1, sizeof(*node->old_keys));
	if (node->old_keys == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < names->count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];

		if (!node_key_is_old(names->names[i]))
			continue;
		err = node_key_path(path, node->directory, names->names[i], info);
		if (err == ERR_OK)
			err = seal_node_key_load(&node->old_keys[node->old_key_count], path,
			                         bytes_view(&node->passphrase), info);
		node->old_key_count += err == ERR_OK ? 1U : 0U;
	}
	return err;
}

enum err
node_old_keys(const struct seal_node_key *const **out, size_t *count_out, struct node *node, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = ERR_OK;

	if (!node->has_old_keys && node->key != NULL) {
		err = fs_path(path, info, "%s/keys", node->directory);
		if (err == ERR_OK)
			err = fs_list(&names, path, OLD_KEYS_MAX, info);
		if (err == ERR_OK)
			err = load_old(node, &names, info);
		node->has_old_keys = err == ERR_OK;
		fs_names_release(&names);
	}
	*out = (const struct seal_node_key *const *)node->old_keys;
	*count_out = node->old_key_count;
	return err;
}

/* --- changing them --- */

enum err
node_key_draw(const struct seal_node_key **out, struct node *node, bool is_dry_run, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_node_key *key = NULL;
	enum err err = node_key_path(path, node->directory, NEXT, info);

	if (err == ERR_OK)
		err = seal_node_key_new(&key, &node->env, info);
	if (err == ERR_OK && !is_dry_run)
		err = seal_node_key_save(path, key, bytes_view(&node->passphrase), &node->env, info);
	if (err != ERR_OK) {
		seal_node_key_free(key);
		return err;
	}
	seal_node_key_free(node->next_key);
	node->next_key = key;
	*out = key;
	return ERR_OK;
}

static enum err
copy_key(const char *to, const char *from, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = fs_read(&text, from, LIMIT_KEY_FILE_BYTES_MAX, info);

	if (err == ERR_OK)
		err = fs_write(to, bytes_view(&text), 0600, info);
	seal_wipe_bytes(&text);
	return err;
}

/* Unless they are the new ones already: a killed run came that far. */
static enum err
keep_present(struct node *node, const char *present, const struct seal_public *of_next, struct err_info *info)
{
	char old[LIMIT_PATH_BYTES_MAX];
	struct seal_public of_present;
	bool is_wrapped;
	enum err err = peek(&of_present, &is_wrapped, present, info);

	if (err != ERR_OK || node_public_equal(&of_present, of_next))
		return err;
	err = node_old_key_path(old, node->directory, &of_present, info);
	return err == ERR_OK ? fs_rename(present, old, info) : err;
}

/*
 * next.key becomes node.key once the roster says so; one that it does not know was never used by anybody. It goes last, with nothing
 * behind it: as long as it is there, the change of keys has not ended.
 */
static enum err
finish_files(struct node *node, const char *present, const char *next, struct err_info *info)
{
	struct seal_public of_next;
	const struct seal_public *given = given_keys(node);
	bool is_wrapped;
	enum err err = peek(&of_next, &is_wrapped, next, info);

	if (err == ERR_OK && fs_exists(present)) {
		if (given == NULL || !node_public_equal(&of_next, given))
			return fs_remove(next, info);
		err = keep_present(node, present, &of_next, info);
	}
	if (err == ERR_OK)
		err = copy_key(present, next, info);
	if (err == ERR_OK)
		err = fs_remove(next, info);
	node->was_key_finished = err == ERR_OK;
	node->has_old_keys = false;
	return err;
}

/* Another run changed our keys while we waited for the lock: ours are the old ones now. */
static enum err
follow(struct node *node, struct err_info *info)
{
	const struct seal_public *given = given_keys(node);
	struct bytes passphrase = {0};
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_public public;
	bool is_wrapped;
	enum err err;

	if (node->key == NULL || given == NULL || node_public_equal(given, seal_node_key_public(node->key)))
		return ERR_OK;
	err = choose(path, node, info);
	if (err == ERR_OK)
		err = peek(&public, &is_wrapped, path, info);
	if (err == ERR_OK && node_public_equal(&public, given)) {
		err = bytes_append_view(&passphrase, bytes_view(&node->passphrase), info);
		if (err == ERR_OK)
			err = node_keys_load(node, 0, bytes_view(&passphrase), info);
		seal_wipe_bytes(&passphrase);
	}
	return err;
}

enum err
node_keys_finish(struct node *node, struct err_info *info)
{
	char present[LIMIT_PATH_BYTES_MAX];
	char next[LIMIT_PATH_BYTES_MAX];
	enum err err = node_key_path(present, node->directory, PRESENT, info);

	if (err == ERR_OK)
		err = node_key_path(next, node->directory, NEXT, info);
	if (err == ERR_OK && fs_exists(next))
		err = finish_files(node, present, next, info);
	if (err == ERR_OK)
		err = follow(node, info);
	return err;
}

enum err
node_key_switch(struct node *node, struct err_info *info)
{
	struct seal_node_key **grown =
		realloc(node->old_keys, (node->old_key_count + 1) * sizeof(struct seal_node_key *));
	struct err_info later;

	if (grown == NULL)
		return err_nomem(info);
	node->old_keys = grown;
	node->old_keys[node->old_key_count++] = node->key;
	node->key = node->next_key;
	node->next_key = NULL;
	if (node_keys_finish(node, &later) != ERR_OK)
		node->has_old_keys = false; /* what is done is done, and was not begun anew by an error here */
	return ERR_OK;
}

bool
node_keys_were_finished(const struct node *node)
{
	return node->was_key_finished;
}
