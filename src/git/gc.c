/* Everything that refs reach into one pack; the rest goes. schema/store-v1.md, "Care". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "git/history.h"
#include "git/packer.h"
#include "git/refs.h"
#include "git/upkeep.h"

enum {
	TREE_DEPTH_MAX = 64,
	FANOUT_NAME_SIZE = 2,
	TAG_OBJECT_AT = 7, /* behind "object " */
};

struct copying {
	struct git_store *store;
	struct git_pack *pack;
	struct oid *commits; /* commits (and tags) still to be looked at */
	size_t count;
	size_t capacity;
};

static enum err
later(struct copying *copying, const struct oid *oid, struct err_info *info)
{
	if (copying->count == copying->capacity) {
		size_t capacity = copying->capacity * 2 + 64;
		struct oid *commits = realloc(copying->commits, capacity * sizeof(*commits));

		if (commits == NULL)
			return err_nomem(info);
		copying->commits = commits;
		copying->capacity = capacity;
	}
	copying->commits[copying->count++] = *oid;
	return ERR_OK;
}

/* Read an object and add it. The pack is the set of what was seen: it is in there before what it points at. */
static enum err
copy_object(struct git_content *content, int *type, struct copying *copying, const struct oid *oid,
            struct err_info *info)
{
	enum err err = git_store_get_any(content, type, copying->store, oid, info);

	if (err == ERR_OK)
		err = pack_add(copying->pack, *type, content->content, oid, info);
	return err;
}

/* Any tree of git's: mode, space, name, NUL, 20 bytes. */
static bool
next_entry(struct view *rest, bool *is_tree, bool *is_link, struct oid *oid)
{
	const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, '\0', rest->size);
	size_t size;

	if (end == NULL)
		return false;
	size = (size_t)(end - rest->data) + 1;
	if (rest->size - size < OID_BYTES || size < sizeof("40000 x"))
		return false;
	*is_tree = memcmp(rest->data, "40000 ", 6) == 0;
	*is_link = memcmp(rest->data, "160000 ", 7) == 0;
	memcpy(oid->bytes, rest->data + size, OID_BYTES);
	*rest = view_of(rest->data + size + OID_BYTES, rest->size - size - OID_BYTES);
	return true;
}

static enum err copy_tree(struct copying *copying, const struct oid *oid, int depth, struct err_info *info);

static enum err
copy_entries(struct copying *copying, struct view tree, int depth, struct err_info *info)
{
	struct oid oid;
	bool is_tree;
	bool is_link;
	enum err err = ERR_OK;

	while (err == ERR_OK && tree.size > 0) {
		if (!next_entry(&tree, &is_tree, &is_link, &oid))
			return err_set(info, ERR_FORMAT, _("a tree in %s has not git's form"), copying->store->path);
		if (is_link || git_pack_has(copying->pack, &oid))
			continue;
		if (is_tree) {
			err = copy_tree(copying, &oid, depth + 1, info);
		} else {
			struct git_content content = {0};
			int type;

			err = copy_object(&content, &type, copying, &oid, info);
			git_content_release(&content);
		}
	}
	return err;
}

static enum err
copy_tree(struct copying *copying, const struct oid *oid, int depth, struct err_info *info)
{
	struct git_content content = {0};
	char hex[OID_HEX_BYTES];
	int type;
	enum err err;

	if (git_pack_has(copying->pack, oid))
		return ERR_OK;
	if (depth > TREE_DEPTH_MAX)
		return err_set(info, ERR_TOO_BIG, _("the tree %s in %s is nested deeper than %d"),
		               git_oid_hex(oid, hex), copying->store->path, TREE_DEPTH_MAX);
	err = copy_object(&content, &type, copying, oid, info);
	if (err == ERR_OK && type != (int)GIT_TYPE_TREE)
		err = git_wrong_type(info, oid, type, GIT_TYPE_TREE);
	if (err == ERR_OK)
		err = copy_entries(copying, content.content, depth, info);
	git_content_release(&content);
	return err;
}

static enum err
follow_commit(struct copying *copying, struct view text, struct err_info *info)
{
	struct git_commit_links links;
	enum err err = git_commit_links_read(&links, text, info);

	if (err == ERR_OK)
		err = copy_tree(copying, &links.tree, 0, info);
	for (size_t i = 0; err == ERR_OK && i < links.parent_count; i++)
		err = later(copying, &links.parents[i], info);
	return err;
}

static enum err
follow(struct copying *copying, int type, struct view text, const struct oid *oid, struct err_info *info)
{
	struct oid target;

	if (type == (int)GIT_TYPE_COMMIT)
		return follow_commit(copying, text, info);
	if (type == GIT_TYPE_TAG && text.size > TAG_OBJECT_AT + 2 * OID_BYTES &&
	    hex_read(target.bytes, OID_BYTES, view_of(text.data + TAG_OBJECT_AT, 2 * (size_t)OID_BYTES)))
		return later(copying, &target, info);
	return git_wrong_type(info, oid, type, GIT_TYPE_COMMIT);
}

/* libgit2's list passes silently over a ref file that it cannot read; what that ref reaches must not be dropped. */
static enum err
check_refs(struct git_store *store, const char *name, int depth, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct oid unused;
	enum err err = fs_path(path, info, "%s/%s", store->path, name);

	if (err == ERR_OK && !fs_is_dir(path)) {
		err = git_ref_read(&unused, store, name, info);
		return err == ERR_FORMAT ? ERR_OK : err; /* a symbolic ref names another that is looked at */
	}
	if (err == ERR_OK && depth > TREE_DEPTH_MAX)
		err = err_set(info, ERR_TOO_BIG, _("%s is nested deeper than %d"), path, TREE_DEPTH_MAX);
	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_REFS_MAX, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char child[LIMIT_PATH_BYTES_MAX];

		if (git_ends_with(names.names[i], ".lock"))
			continue;
		err = fs_path(child, info, "%s/%s", name, names.names[i]);
		if (err == ERR_OK)
			err = check_refs(store, child, depth + 1, info);
	}
	fs_names_release(&names);
	return err;
}

static enum err
copy_reachable(struct copying *copying, struct err_info *info)
{
	struct git_refs refs = {0};
	enum err err = check_refs(copying->store, "refs", 0, info);

	if (err == ERR_OK)
		err = git_refs_list(&refs, copying->store, "", info);

	for (size_t i = 0; err == ERR_OK && i < refs.count; i++)
		err = later(copying, &refs.items[i].oid, info);
	git_refs_release(&refs);
	while (err == ERR_OK && copying->count > 0) {
		struct oid oid = copying->commits[--copying->count];
		struct git_content content = {0};
		int type;

		if (git_pack_has(copying->pack, &oid))
			continue;
		err = copy_object(&content, &type, copying, &oid, info);
		if (err == ERR_OK)
			err = follow(copying, type, content.content, &oid, info);
		git_content_release(&content);
	}
	return err;
}

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

enum err
git_store_gc(struct git_gc_result *result, struct git_store *store, struct err_info *info)
{
	struct copying copying = {.store = store};
	struct git_gc_result found = {0};
	char name[OID_HEX_BYTES + 32] = "";
	char objects[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(objects, info, "%s/objects", store->path);

	if (err == ERR_OK)
		err = git_pack_new(&copying.pack, store, info);
	if (err != ERR_OK)
		return err;
	copying.pack->is_whole_store = true;
	found.bytes_before = measure(objects, 1);
	err = copy_reachable(&copying, info);
	found.objects_kept = git_pack_count(copying.pack);
	if (err == ERR_OK)
		err = pack_publish(name, copying.pack, info);
	if (err == ERR_OK)
		err = drop_rest(store, name, info);
	if (err == ERR_OK && result != NULL) {
		found.bytes_after = measure(objects, 1);
		*result = found;
	}
	free(copying.commits);
	git_pack_free(copying.pack);
	return err;
}
