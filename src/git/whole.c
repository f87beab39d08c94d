#include "git/whole.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "git/history.h"
#include "git/internal.h"
#include "git/oidset.h"
#include "git/refs.h"

enum {
	TREE_DEPTH_MAX = 64,
	TAG_OBJECT_AT = 7, /* behind "object " */
};

struct oids {
	struct oid *items;
	size_t count;
	size_t capacity;
};

struct walk {
	struct git_store *store;
	git_whole_visit *visit;
	void *context;
	struct oids seen;
	struct git_oidset index; /* of seen */
	struct oids later;       /* commits (and tags) still to be looked at */
};

static enum err
push(struct oids *oids, const struct oid *oid, struct err_info *info)
{
	if (oids->count == oids->capacity) {
		size_t capacity = oids->capacity * 2 + 64;
		struct oid *items = realloc(oids->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		oids->items = items;
		oids->capacity = capacity;
	}
	oids->items[oids->count++] = *oid;
	return ERR_OK;
}

static bool
is_seen(const struct walk *walk, const struct oid *oid)
{
	return git_oidset_find(&walk->index, walk->seen.items, sizeof(*oid), oid) != OIDSET_NONE;
}

/* Read an object and tell of it. It counts as seen before what it points at. */
static enum err
visit_object(struct git_content *content, int *type, struct walk *walk, const struct oid *oid, struct err_info *info)
{
	enum err err = walk->seen.count < OIDSET_NONE
	                       ? git_oidset_reserve(&walk->index, walk->seen.items, sizeof(*oid), info)
	                       : err_set(info, ERR_TOO_BIG, _("%s has too many objects"), walk->store->path);

	if (err == ERR_OK)
		err = push(&walk->seen, oid, info);
	if (err != ERR_OK)
		return err;
	git_oidset_add(&walk->index, walk->seen.items, sizeof(*oid), (uint32_t)walk->seen.count - 1);
	err = git_store_get_any(content, type, walk->store, oid, info);
	if (err == ERR_OK && walk->visit != NULL)
		err = walk->visit(walk->context, oid, *type, content->content, info);
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

static enum err visit_tree(struct walk *walk, const struct oid *oid, int depth, struct err_info *info);

static enum err
visit_entries(struct walk *walk, struct view tree, int depth, struct err_info *info)
{
	struct oid oid;
	bool is_tree;
	bool is_link;
	enum err err = ERR_OK;

	while (err == ERR_OK && tree.size > 0) {
		if (!next_entry(&tree, &is_tree, &is_link, &oid))
			return err_set(info, ERR_FORMAT, _("a tree in %s has not git's form"), walk->store->path);
		if (is_link || is_seen(walk, &oid))
			continue;
		if (is_tree) {
			err = visit_tree(walk, &oid, depth + 1, info);
		} else {
			struct git_content content = {0};
			int type;

			err = visit_object(&content, &type, walk, &oid, info);
			git_content_release(&content);
		}
	}
	return err;
}

static enum err
visit_tree(struct walk *walk, const struct oid *oid, int depth, struct err_info *info)
{
	struct git_content content = {0};
	char hex[OID_HEX_BYTES];
	int type;
	enum err err;

	if (is_seen(walk, oid))
		return ERR_OK;
	if (depth > TREE_DEPTH_MAX)
		return err_set(info, ERR_TOO_BIG, _("the tree %s in %s is nested deeper than %d"),
		               git_oid_hex(oid, hex), walk->store->path, TREE_DEPTH_MAX);
	err = visit_object(&content, &type, walk, oid, info);
	if (err == ERR_OK && type != (int)GIT_TYPE_TREE)
		err = git_wrong_type(info, oid, type, GIT_TYPE_TREE);
	if (err == ERR_OK)
		err = visit_entries(walk, content.content, depth, info);
	git_content_release(&content);
	return err;
}

static enum err
follow_commit(struct walk *walk, struct view text, struct err_info *info)
{
	struct git_commit_links links;
	enum err err = git_commit_links_read(&links, text, info);

	if (err == ERR_OK)
		err = visit_tree(walk, &links.tree, 0, info);
	for (size_t i = 0; err == ERR_OK && i < links.parent_count; i++)
		err = push(&walk->later, &links.parents[i], info);
	return err;
}

static enum err
follow(struct walk *walk, int type, struct view text, const struct oid *oid, struct err_info *info)
{
	struct oid target;

	if (type == (int)GIT_TYPE_COMMIT)
		return follow_commit(walk, text, info);
	if (type == GIT_TYPE_TAG && text.size > TAG_OBJECT_AT + 2 * OID_BYTES &&
	    hex_read(target.bytes, OID_BYTES, view_of(text.data + TAG_OBJECT_AT, 2 * (size_t)OID_BYTES)))
		return push(&walk->later, &target, info);
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
visit_all(struct walk *walk, struct err_info *info)
{
	struct git_refs refs = {0};
	enum err err = check_refs(walk->store, "refs", 0, info);

	if (err == ERR_OK)
		err = git_refs_list(&refs, walk->store, "", info);
	for (size_t i = 0; err == ERR_OK && i < refs.count; i++)
		err = push(&walk->later, &refs.items[i].oid, info);
	git_refs_release(&refs);
	while (err == ERR_OK && walk->later.count > 0) {
		struct oid oid = walk->later.items[--walk->later.count];
		struct git_content content = {0};
		int type;

		if (is_seen(walk, &oid))
			continue;
		err = visit_object(&content, &type, walk, &oid, info);
		if (err == ERR_OK)
			err = follow(walk, type, content.content, &oid, info);
		git_content_release(&content);
	}
	return err;
}

enum err
git_store_whole(struct git_store *store, git_whole_visit *visit, void *context, struct err_info *info)
{
	struct walk walk = {.store = store, .visit = visit, .context = context};
	enum err err = visit_all(&walk, info);

	free(walk.seen.items);
	free(walk.later.items);
	git_oidset_release(&walk.index);
	return err;
}
