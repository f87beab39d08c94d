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
