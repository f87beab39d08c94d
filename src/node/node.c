/* The store directory: laid down once, opened by every run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyring/keyring.h"
#include "node/internal.h"
#include "node/key_backup.h"
#include "partition/partition.h"
#include "partition/recent.h"
#include "seal/key.h"

enum {
	FORMAT_FILE_BYTES_MAX = 64,
	LABELS_KEPT = 4
};

static const char *const DIRECTORIES[] = {"keys", "partitions", "held", "refused"};

static enum err
child_path(char *out, const char *directory, const char *name, struct err_info *info)
{
	return fs_path(out, info, "%s/%s", directory, name);
}

static enum err
check_empty(const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = child_path(path, directory, "format", info);

	if (err != ERR_OK)
		return err;
	if (fs_exists(path))
		return err_set(info, ERR_EXISTS, _("%s holds a store already; nothing was changed"), directory);
	err = fs_list(&names, directory, LIMIT_INBOX_FILES_MAX, info);
	if (err == ERR_NOT_FOUND)
		return fs_mkdir(directory, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		const char *name = names.names[i];
		bool is_ours = strcmp(name, "node.git") == 0 || fs_is_temporary(name);

		for (size_t k = 0; k < sizeof(DIRECTORIES) / sizeof(DIRECTORIES[0]); k++)
			is_ours = is_ours || strcmp(name, DIRECTORIES[k]) == 0;
		if (!is_ours)
			err = err_set_advised(
				info, ERR_STATE, ADVICE_NAME,
				_("%s is not empty and holds no store (%s); name a new or empty directory"), directory,
				name);
	}
	fs_names_release(&names);
	return err;
}

enum err
node_check_vacant(const char *directory, const struct node_code *own, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char own_name[NODE_CODE_BYTES + sizeof(".git")];
	struct fs_names names = {0};
	enum err err = child_path(path, directory, "partitions", info);

	(void)snprintf(own_name, sizeof(own_name), "%s.git", own == NULL ? "" : own->text);
	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_INBOX_FILES_MAX, info);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (strcmp(names.names[i], own_name) != 0 && !fs_is_temporary(names.names[i]))
			err = err_set(
				info, ERR_EXISTS,
				_("%s holds partitions of a damaged store; nothing was changed; make another in a new "
			          "directory, and keep this one"),
				directory);
	}
	fs_names_release(&names);
	return err;
}

/* Those of a copy, or new ones. The present one is written last. */
static enum err
write_keys(const char *directory, const struct node_key_backup *backup, struct view passphrase, const struct env *env,
           struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_node_key *key = NULL;
	enum err err;

	if (backup != NULL)
		return node_key_files_put(directory, backup, info);
	err = node_key_path(path, directory, "node.key", info);
	if (err == ERR_OK)
		err = seal_node_key_new(&key, env, info);
	if (err == ERR_OK)
		err = seal_node_key_save(path, key, passphrase, env, info);
	seal_node_key_free(key);
	return err;
}

static enum err
write_first_commit(const char *directory, const struct node_identity *identity, const struct env *env,
                   struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct node node = {.env = *env, .lock = {-1}};
	enum err err = child_path(path, directory, "node.git", info);

	if (err == ERR_OK)
		err = fs_remove_tree(path, info); /* of a killed run: nothing in it was ever used */
	if (err == ERR_OK)
		err = git_store_create(path, info);
	if (err == ERR_OK)
		err = git_store_open(&node.store, path, info);
	if (err == ERR_OK)
		err = node_identity_put(&node, identity, info);
	if (err == ERR_OK)
		err = node_commit(&node, "init", info);
	node_discard(&node);
	free(node.staged);
	git_store_free(node.store);
	return err;
}

/* Everything but keys and identity. What a killed run left was never used by anybody. */
static enum err
lay_down(const char *directory, const struct node_code *own, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = git_start(info);

	if (err == ERR_OK)
		err = check_empty(directory, info);
	if (err == ERR_OK)
		err = node_check_vacant(directory, own, info);
	if (err == ERR_OK)
		err = node_clean(directory, info);
	if (err == ERR_OK)
		err = child_path(path, directory, "partitions", info);
	if (err == ERR_OK)
		err = fs_remove_tree(path, info);
	for (size_t i = 0; err == ERR_OK && i < sizeof(DIRECTORIES) / sizeof(DIRECTORIES[0]); i++) {
		err = child_path(path, directory, DIRECTORIES[i], info);
		if (err == ERR_OK)
			err = fs_mkdir(path, info);
	}
	return err;
}

enum err
node_create(const char *directory, struct node_identity *identity, struct view passphrase, const struct env *env,
            struct err_info *info)
{
	enum err err = lay_down(directory, &identity->code, info);

	identity->partition = (struct id){{0}};
	if (err == ERR_OK && identity->level != NODE_LEVEL_AUDITOR) /* an auditor owns none */
		err = env->random(env->context, identity->partition.bytes, ID_BYTES, info);
	if (err == ERR_OK)
		err = env->random(env->context, identity->incarnation, sizeof(identity->incarnation), info);
	if (err == ERR_OK)
		err = write_keys(directory, NULL, passphrase, env, info);
	if (err == ERR_OK)
		err = write_first_commit(directory, identity, env, info);
	return err;
}

enum err
node_create_again(const char *directory, const struct node_key_backup *backup, const struct env *env,
                  struct err_info *info)
{
	struct node_identity identity = backup->identity;
	enum err err = lay_down(directory, NULL, info);

	if (err == ERR_OK)
		err = env->random(env->context, identity.incarnation, sizeof(identity.incarnation), info);
	if (err == ERR_OK)
		err = write_keys(directory, backup, (struct view){0}, env, info);
	if (err == ERR_OK)
		err = write_first_commit(directory, &identity, env, info);
	return err;
}

enum err
node_create_finish(const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char format[FORMAT_FILE_BYTES_MAX];
	enum err err = child_path(path, directory, "format", info);

	(void)snprintf(format, sizeof(format), "tiersync-store %d\n", NODE_FORMAT_VERSION);
	if (err == ERR_OK)
		err = fs_write_new(path, view_text(format), 0644, info);
	return err;
}

enum err
node_blame_store(enum err err, struct err_info *info)
{
	bool is_refused =
		err_exit_code(err) == err_exit_code(ERR_FORMAT) || err_exit_code(err) == err_exit_code(ERR_AUTH);

	return is_refused && err != ERR_VERSION ? err_advise(info, err, ADVICE_AUDIT) : err;
}

static enum err
check_format(const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	int version = 0;
	char extra;
	enum err err = child_path(path, directory, "format", info);

	if (err == ERR_OK)
		err = fs_read(&text, path, FORMAT_FILE_BYTES_MAX, info);
	if (err == ERR_NOT_FOUND && node_check_vacant(directory, NULL, NULL) == ERR_EXISTS)
		err = err_set(
			info, ERR_FORMAT,
			_("%s holds partitions, but its file 'format' is gone: if 'tiersync init' was cut off here, "
		          "run it "
		          "again; else the store is damaged: restore a backup into a new directory, and keep this one"),
			directory);
	else if (err == ERR_NOT_FOUND)
		err = err_set(info, ERR_NOT_FOUND, _("%s holds no store; make one with: tiersync init --store %s ..."),
		              directory, directory);
	if (err == ERR_OK && sscanf(bytes_text(&text), "tiersync-store %d%c", &version, &extra) != 2)
		err = err_set(info, ERR_FORMAT, _("%s does not say which version of a store this is"), path);
	if (err == ERR_OK && version != NODE_FORMAT_VERSION)
		err = err_set(info, version > NODE_FORMAT_VERSION ? ERR_VERSION : ERR_FORMAT,
		              _("%s is a store of version %d, this program reads version %d"), directory, version,
		              NODE_FORMAT_VERSION);
	bytes_release(&text);
	return err == ERR_FORMAT ? node_blame_store(err, info) : err;
}

static enum err
load_identity(struct node *node, struct err_info *info)
{
	struct bytes text = {0};
	enum err err = node_file_read(&text, node, "identity", info);

	if (err == ERR_OK)
		err = node_identity_read(&node->identity, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

enum err
node_reload(struct node *node, struct err_info *info)
{
	enum err err = load_identity(node, info);

	if (err == ERR_OK)
		err = node_roster_load(node, info);
	if (err == ERR_OK)
		err = node_schemas_load(node, info);
	return err;
}

enum err
node_revert(struct node *node, struct err_info *info)
{
	bool is_changed = node->staged_count > 0; /* nothing changes in memory without being staged */

	node_discard(node);
	return is_changed ? node_reload(node, info) : ERR_OK;
}

enum err
node_open(struct node **out, const char *directory, unsigned flags, struct view passphrase, const struct env *env,
          struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct node *node;
	enum err err = git_start(info);

	if (err == ERR_OK && (flags & NODE_UNFINISHED) == 0)
		err = check_format(directory, info);
	if (err != ERR_OK)
		return err;
	node = calloc(1, sizeof(*node));
	if (node == NULL)
		return err_nomem(info);
	node->env = *env;
	node->lock.fd = -1;
	node->is_damaged_fine = (flags & NODE_DAMAGED) != 0;
	node->directory = strdup(directory);
	err = node->directory == NULL ? err_nomem(info) : child_path(path, directory, "node.git", info);
	if (err == ERR_OK)
		err = git_store_open(&node->store, path, info);
	if (err == ERR_OK)
		err = node_head_load(node, info);
	if (err == ERR_OK)
		err = node_reload(node, info);
	if (err == ERR_OK)
		err = node_keys_load(node, flags, passphrase, info); /* the roster says which one is ours now */
	if (err != ERR_OK) {
		node_free(node);
		return err_in(info, node_blame_store(err, info), "%s", directory);
	}
	*out = node;
	return ERR_OK;
}

void
node_free(struct node *node)
{
	if (node == NULL)
		return;
	node_rehearsal_clear(node);
	keyring_rehearsal_free(node->rehearsal);
	node_unlock(node);
	node_discard(node);
	free(node->staged);
	node_schema_ahead_free(node->ahead);
	node_schemas_release(node);
	roster_free(node->roster);
	node_keys_release(node);
	partition_recent_free(node->recent);
	table_release(&node->published);
	git_store_free(node->store);
	free(node->directory);
	free(node);
}

enum err
node_rehearse(struct node *node, struct err_info *info)
{
	git_store_rehearse(node->store);
	return node->rehearsal != NULL ? ERR_OK : keyring_rehearsal_new(&node->rehearsal, info);
}

const struct node_identity *
node_identity_of(const struct node *node)
{
	return &node->identity;
}

const char *
node_directory(const struct node *node)
{
	return node->directory;
}

const struct env *
node_env(const struct node *node)
{
	return &node->env;
}

const struct seal_node_key *
node_keys(const struct node *node)
{
	return node->key;
}

struct git_store *
node_store(struct node *node)
{
	return node->store;
}

const char *
node_label(struct node *node, const struct node_code *code)
{
	static char labels[LABELS_KEPT][LIMIT_NAME_BYTES_MAX + NODE_CODE_BYTES + 2];
	static size_t next;
	char *label = labels[next++ % LABELS_KEPT];
	const struct roster_node *found = node->roster == NULL ? NULL : roster_node_find(node->roster, code);
	const char *name = found != NULL ? found->name : NULL;

	if (name == NULL && strcmp(code->text, node->identity.code.text) == 0)
		name = node->identity.name;
	if (name == NULL)
		(void)snprintf(label, sizeof(labels[0]), "%s", code->text);
	else
		(void)snprintf(label, sizeof(labels[0]), "%s %s", name, code->text);
	return label;
}
