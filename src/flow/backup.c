/* A copy of the whole store, keys and salts included, while every writer waits. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "flow/audit.h"
#include "partition/partition.h"

enum {
	FILE_BYTES_MAX = 2147483647
};

static enum err
copy_tree(const char *from, const char *to, struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = fs_mkdir(to, info);

	if (err == ERR_OK)
		err = fs_list(&names, from, SIZE_MAX, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char source[LIMIT_PATH_BYTES_MAX];
		char target[LIMIT_PATH_BYTES_MAX];
		struct stat status;
		struct bytes content = {0};

		err = fs_path(source, info, "%s/%s", from, names.names[i]);
		if (err == ERR_OK)
			err = fs_path(target, info, "%s/%s", to, names.names[i]);
		if (err != ERR_OK || fs_is_temporary(names.names[i]) || stat(source, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode)) {
			err = copy_tree(source, target, info);
			continue;
		}
		err = fs_read(&content, source, FILE_BYTES_MAX, info);
		if (err == ERR_OK)
			err = fs_write(target, bytes_view(&content), status.st_mode & 0777, info);
		bytes_release(&content);
	}
	fs_names_release(&names);
	return err;
}

enum err
flow_backup(const struct flow_desk *desk, const char *directory, struct err_info *info)
{
	struct node_codes codes = {0};
	struct partition **locked = NULL;
	char temporary[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_exists(directory)
	                       ? err_set(info, ERR_EXISTS, _("%s is there already; name a new directory"), directory)
	                       : node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = node_partitions(&codes, desk->node, info);
	if (err == ERR_OK) {
		locked = calloc(codes.count + 1, sizeof(struct partition *));
		if (locked == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		err = node_partition_open(&locked[i], desk->node, &codes.codes[i], info);
		if (err == ERR_OK)
			err = partition_lock(locked[i], desk->wait_seconds, info);
	}
	if (err == ERR_OK)
		err = fs_path(temporary, info, "%s.tiersync-tmp", directory);
	if (err == ERR_OK && !desk->is_dry_run) {
		err = fs_remove_tree(temporary, info);
		if (err == ERR_OK)
			err = copy_tree(node_directory(desk->node), temporary, info);
		if (err == ERR_OK)
			err = fs_rename(temporary, directory, info); /* a backup is whole or not there */
	}
	for (size_t i = 0; locked != NULL && i < codes.count; i++)
		partition_free(locked[i]);
	free(locked);
	node_codes_release(&codes);
	node_unlock(desk->node);
	return err;
}

/* A store that began anew: whoever knew the old one hears of it by the incarnation. */
static enum err
renew(const char *directory, const struct env *env, struct err_info *info)
{
	struct node_identity identity;
	struct node *node = NULL;
	enum err err = node_open(&node, directory, NODE_WITHOUT_KEYS, (struct view){0}, env, info);

	if (err != ERR_OK)
		return err;
	identity = *node_identity_of(node);
	err = env->random(env->context, identity.incarnation, sizeof(identity.incarnation), info);
	if (err == ERR_OK)
		err = node_lock(node, 0, info);
	if (err == ERR_OK)
		err = node_identity_put(node, &identity, info);
	if (err == ERR_OK)
		err = node_commit(node, "restore", info);
	node_free(node);
	return err;
}

enum err
flow_restore(const char *from, const char *directory, const struct env *env, bool is_dry_run, struct err_info *info)
{
	char format[LIMIT_PATH_BYTES_MAX];
	char temporary[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(format, info, "%s/format", from);

	if (err == ERR_OK && !fs_exists(format))
		err = err_set(info, ERR_NOT_FOUND, _("%s is no store and no backup of one"), from);
	if (err == ERR_OK && fs_exists(directory))
		err = err_set(info, ERR_EXISTS, _("%s is there already; name a new directory"), directory);
	if (err == ERR_OK)
		err = fs_path(temporary, info, "%s.tiersync-tmp", directory);
	if (err != ERR_OK || is_dry_run)
		return err;
	err = fs_remove_tree(temporary, info);
	if (err == ERR_OK)
		err = copy_tree(from, temporary, info);
	if (err == ERR_OK)
		err = renew(temporary, env, info);
	return err == ERR_OK ? fs_rename(temporary, directory, info) : err;
}
