#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "git/note.h"
#include "git/upkeep.h"

enum {
	REF_DEPTH_MAX = 16
};

static enum err
clean_pack_file(const char *directory, const char *name, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char pack[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/%s", directory, name);

	if (err != ERR_OK)
		return err;
	if (git_starts_with(name, GIT_TEMPORARY))
		return fs_remove_unlocked(path, info); /* a writer that lives has locked it */
	if (git_starts_with(name, "pack_git2_"))
		return fs_remove(path, info);
	if (!git_starts_with(name, "pack-") || !git_ends_with(name, ".idx"))
		return ERR_OK;
	err = fs_path(pack, info, "%.*spack", (int)(strlen(path) - strlen("idx")), path);
	if (err == ERR_OK && !fs_exists(pack))
		err = fs_remove(path, info);
	return err;
}

static enum err
clean_packs(struct git_store *store, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(directory, info, "%s/objects/pack", store->path);

	if (err == ERR_OK)
		err = fs_list(&names, directory, LIMIT_PACK_FILES_MAX, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++)
		err = clean_pack_file(directory, names.names[i], info);
	fs_names_release(&names);
	return err;
}

/* Judged by state: with the same refs and the same other packs as before it, nothing reachable is in the pack alone. */
static enum err
clean_noted_pack(struct git_store *store, struct err_info *info)
{
	struct git_note note;
	struct git_note now;
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = git_note_read(&note, store, info);

	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/objects/pack/%s%s.pack", store->path, GIT_OURS, note.pack);
	if (err != ERR_OK || !fs_exists(path))
		return err;
	err = git_note_take(&now, store, note.pack, info);
	if (err != ERR_OK || !oid_equal(&note.refs, &now.refs) || !oid_equal(&note.packs, &now.packs))
		return err;
	err = fs_remove(path, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/objects/pack/%s%s.idx", store->path, GIT_OURS, note.pack);
	if (err == ERR_OK)
		err = fs_remove(path, info);
	return err;
}

static enum err
clean_ref_locks(const char *directory, int depth, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct stat status;
	enum err err = fs_list(&names, directory, LIMIT_REFS_MAX, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err != ERR_OK || lstat(path, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode) && depth < REF_DEPTH_MAX)
			err = clean_ref_locks(path, depth + 1, info);
		else if (S_ISREG(status.st_mode) && git_ends_with(path, ".lock"))
			err = fs_remove(path, info);
	}
	fs_names_release(&names);
	return err;
}

static bool
is_left_over(const char *name)
{
	return strcmp(name, "packed-refs.lock") == 0 || strcmp(name, "HEAD.lock") == 0;
}

static bool
is_left_over_object(const char *name)
{
	return git_starts_with(name, "tmp_object_git2_");
}

static enum err
clean_directory(const char *directory, bool (*is_waste)(const char *), struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_list(&names, directory, LIMIT_PACK_FILES_MAX, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (!is_waste(names.names[i]))
			continue;
		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK)
			err = fs_remove(path, info);
	}
	fs_names_release(&names);
	return err;
}

enum err
git_store_janitor(struct git_store *store, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = clean_packs(store, info);

	if (err == ERR_OK)
		err = fs_path(path, info, "%s/refs", store->path);
	if (err == ERR_OK)
		err = clean_ref_locks(path, 0, info);
	if (err == ERR_OK)
		err = clean_directory(store->path, is_left_over, info);
	if (err == ERR_OK)
		err = fs_clean(store->path, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/objects", store->path);
	if (err == ERR_OK)
		err = clean_directory(path, is_left_over_object, info);
	if (err == ERR_OK)
		err = clean_noted_pack(store, info);
	/* also when another process removed a pack: what it held is not there, whatever libgit2 remembers */
	if (err == ERR_OK)
		err = git_store_reopen(store, info);
	return err;
}
