/* Everything that refs reach into one pack; the rest goes. schema/store-v1.md, "Care". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "git/packer.h"
#include "git/upkeep.h"
#include "git/whole.h"

/* Whether a name of objects/pack goes: everything but the new pack, temporaries (the janitor's), and kept packs. */
static bool
is_dropped(const char *directory, const char *name, const char *kept)
{
	char path[LIMIT_PATH_BYTES_MAX];
	const char *dot = strrchr(name, '.');

	if (git_starts_with(name, "multi-pack-index"))
		return true;
	if (dot == NULL || !git_starts_with(name, "pack-") || (*kept != '\0' && git_starts_with(name, kept)))
		return false;
	return fs_path(path, NULL, "%s/%.*s.keep", directory, (int)(dot - name), name) == ERR_OK && !fs_exists(path);
}

static uint64_t
file_size(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

/* Twice over the names: the packs before their indexes, as in compaction. */
static enum err
drop_packs(const char *directory, const char *kept, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_list(&names, directory, LIMIT_PACK_FILES_MAX, info);

	for (size_t i = 0; err == ERR_OK && i < 2 * names.count; i++) {
		const char *name = names.names[i % names.count];

		if (git_ends_with(name, ".idx") != (i >= names.count) || !is_dropped(directory, name, kept))
			continue;
		err = fs_path(path, info, "%s/%s", directory, name);
		if (err == ERR_OK)
			err = fs_remove(path, info);
	}
	fs_names_release(&names);
	return err;
}

static bool
is_fanout(const char *name)
{
	uint8_t byte;

	return hex_read(&byte, 1, view_text(name));
}

static enum err
drop_loose(const char *objects, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_list(&names, objects, LIMIT_PACK_FILES_MAX, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (!is_fanout(names.names[i]))
			continue;
		err = fs_path(path, info, "%s/%s", objects, names.names[i]);
		if (err == ERR_OK)
			err = fs_remove_tree(path, info);
	}
	fs_names_release(&names);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/info/commit-graph", objects);
	if (err == ERR_OK)
		err = fs_remove_tree(path, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/info/commit-graphs", objects);
	if (err == ERR_OK)
		err = fs_remove_tree(path, info);
	return err;
}

/* The bytes of all files below objects/, two levels deep, as git has them. */
static uint64_t
measure(const char *directory, int depth)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	uint64_t sum = 0;

	if (fs_list(&names, directory, SIZE_MAX, NULL) != ERR_OK)
		return 0;
	for (size_t i = 0; i < names.count; i++) {
		if (fs_path(path, NULL, "%s/%s", directory, names.names[i]) != ERR_OK)
			continue;
		sum += depth > 0 && fs_is_dir(path) ? measure(path, depth - 1) : file_size(path);
	}
	fs_names_release(&names);
	return sum;
}

static enum err
drop_rest(struct git_store *store, const char *kept, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/objects/pack", store->path);

	if (err == ERR_OK)
		err = drop_packs(path, kept, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/objects", store->path);
	if (err == ERR_OK)
		err = drop_loose(path, info);
	if (err == ERR_OK)
		err = git_store_reopen(store, info);
	return err;
}

static enum err
copy_object(void *context, const struct oid *oid, int type, struct view content, struct err_info *info)
{
	return pack_add(context, type, content, oid, info);
}

enum err
git_store_gc(struct git_gc_result *result, struct git_store *store, struct err_info *info)
{
	struct git_pack *pack = NULL;
	struct git_gc_result found = {0};
	char name[OID_HEX_BYTES + 32] = "";
	char objects[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(objects, info, "%s/objects", store->path);

	if (err == ERR_OK)
		err = git_pack_new(&pack, store, info);
	if (err != ERR_OK)
		return err;
	pack->is_whole_store = true;
	found.bytes_before = measure(objects, 1);
	err = git_store_whole(store, copy_object, pack, info);
	found.objects_kept = git_pack_count(pack);
	if (err == ERR_OK)
		err = pack_publish(name, pack, info);
	if (err == ERR_OK)
		err = drop_rest(store, name, info);
	if (err == ERR_OK && result != NULL) {
		found.bytes_after = measure(objects, 1);
		*result = found;
	}
	git_pack_free(pack);
	return err;
}
