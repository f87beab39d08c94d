/* What killed runs left in the store directory beside its repositories. */
#include <stdio.h>
#include <string.h>

#include "node/internal.h"

/* Repositories in the making have temporary names; only who holds the node's lock makes them. */
static enum err
clean_partitions(const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(path, info, "%s/partitions", directory);

	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_NODES_MAX, info);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (!fs_is_temporary(names.names[i]))
			continue;
		err = fs_path(path, info, "%s/partitions/%s", directory, names.names[i]);
		if (err == ERR_OK)
			err = fs_remove_tree(path, info);
	}
	fs_names_release(&names);
	return err;
}

/* A bundle is written before its note and removed after it: one without a note is nobody's. */
static enum err
clean_stopped(const char *directory, const char *name, struct err_info *info)
{
	static const char SUFFIX[] = ".tsb";
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(path, info, "%s/%s", directory, name);

	if (err == ERR_OK)
		err = fs_clean(path, info);
	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_INBOX_FILES_MAX, info);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		size_t size = strlen(names.names[i]);

		if (size < sizeof(SUFFIX) || strcmp(names.names[i] + size - (sizeof(SUFFIX) - 1), SUFFIX) != 0)
			continue;
		size -= sizeof(SUFFIX) - 1;
		err = fs_path(path, info, "%s/%s/%.*s.txt", directory, name, (int)size, names.names[i]);
		if (err != ERR_OK || fs_exists(path))
			continue;
		err = fs_path(path, info, "%s/%s/%s", directory, name, names.names[i]);
		if (err == ERR_OK)
			err = fs_remove(path, info);
	}
	fs_names_release(&names);
	return err;
}

enum err
node_clean(const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_clean(directory, info);

	if (err == ERR_OK)
		err = fs_path(path, info, "%s/keys", directory);
	if (err == ERR_OK)
		err = fs_clean(path, info);
	if (err == ERR_OK)
		err = clean_stopped(directory, "held", info);
	if (err == ERR_OK)
		err = clean_stopped(directory, "refused", info);
	if (err == ERR_OK)
		err = clean_partitions(directory, info);
	return err;
}
