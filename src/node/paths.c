#include "node/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One entry of a tree object: "100644 name\0" or "40000 name\0", then 20 bytes. */
struct entry {
	const char *name; /* borrowed from the object or the change */
	size_t name_size;
	bool is_directory;
	struct oid oid;
};

struct entries {
	struct entry *items;
	size_t count;
	size_t capacity;
};

static enum err
entries_add(struct entries *entries, struct entry entry, struct err_info *info)
{
	if (entries->count == entries->capacity) {
		size_t capacity = entries->capacity == 0 ? 32 : entries->capacity * 2;
		struct entry *items = realloc(entries->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		entries->items = items;
		entries->capacity = capacity;
	}
	entries->items[entries->count++] = entry;
	return ERR_OK;
}

static enum err
entry_read(struct entry *out, struct view *rest, struct err_info *info)
{
	static const char FILE_MODE[] = "100644 ";
	static const char DIRECTORY_MODE[] = "40000 ";
	struct entry entry = {0};
	const uint8_t *end;

	if (rest->size > sizeof(FILE_MODE) && memcmp(rest->data, FILE_MODE, sizeof(FILE_MODE) - 1) == 0) {
		*rest = view_of(rest->data + sizeof(FILE_MODE) - 1, rest->size - (sizeof(FILE_MODE) - 1));
	} else if (rest->size > sizeof(DIRECTORY_MODE) &&
	           memcmp(rest->data, DIRECTORY_MODE, sizeof(DIRECTORY_MODE) - 1) == 0) {
		*rest = view_of(rest->data + sizeof(DIRECTORY_MODE) - 1, rest->size - (sizeof(DIRECTORY_MODE) - 1));
		entry.is_directory = true;
	} else {
		return err_set(info, ERR_FORMAT, _("node.git: a tree entry has an unknown mode"));
	}
	end = memchr(rest->data, '\0', rest->size);
	if (end == NULL || end == rest->data || (size_t)(end - rest->data) > LIMIT_NAME_BYTES_MAX ||
	    rest->size - (size_t)(end - rest->data) - 1 < OID_BYTES)
		return err_set(info, ERR_FORMAT, _("node.git: a tree entry is cut short"));
	entry.name = (const char *)rest->data;
	entry.name_size = (size_t)(end - rest->data);
	memcpy(entry.oid.bytes, end + 1, OID_BYTES);
	*rest = view_of(end + 1 + OID_BYTES, rest->size - entry.name_size - 1 - OID_BYTES);
	*out = entry;
	return ERR_OK;
}

static enum err
entries_read(struct entries *out, struct view object, struct err_info *info)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && object.size > 0) {
		struct entry entry;

		err = entry_read(&entry, &object, info);
		if (err == ERR_OK)
			err = entries_add(out, entry, info);
	}
	return err;
}

/* git's order: bytewise, a directory as if its name ended in '/' */
static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	size_t common = x->name_size < y->name_size ? x->name_size : y->name_size;
	int order = memcmp(x->name, y->name, common);
	int next_x;
	int next_y;

	if (order != 0)
		return order;
	next_x = x->name_size > common ? (unsigned char)x->name[common] : x->is_directory ? '/' : 0;
	next_y = y->name_size > common ? (unsigned char)y->name[common] : y->is_directory ? '/' : 0;
	return next_x - next_y;
}

static struct entry *
entries_find(struct entries *entries, const char *name, size_t size)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (entries->items[i].name_size == size && memcmp(entries->items[i].name, name, size) == 0)
			return &entries->items[i];
	}
	return NULL;
}

/* Walks down to `path`; *is_directory says what was found. */
static enum err
find_path(struct oid *out, bool *is_directory, struct git_store *store, const struct oid *tree, const char *path,
          struct err_info *info)
{
	struct oid at = *tree;

	*is_directory = true;
	while (*path != '\0') {
		const char *slash = strchr(path, '/');
		size_t size = slash == NULL ? strlen(path) : (size_t)(slash - path);
		struct bytes object = {0};
		struct entries entries = {0};
		const struct entry *entry = NULL;
		enum err err;

		if (!*is_directory || oid_is_none(&at))
			return err_set(info, ERR_NOT_FOUND, _("node.git has no %s"), path);
		err = git_store_read(&object, store, &at, GIT_TYPE_TREE, info);
		if (err == ERR_OK)
			err = entries_read(&entries, bytes_view(&object), info);
		if (err == ERR_OK) {
			entry = entries_find(&entries, path, size);
			if (entry == NULL)
				err = err_set(info, ERR_NOT_FOUND, _("node.git has no %s"), path);
		}
		if (entry != NULL) {
			at = entry->oid;
			*is_directory = entry->is_directory;
		}
		free(entries.items);
		bytes_release(&object);
		if (err != ERR_OK)
			return err;
		path += size + (slash != NULL ? 1 : 0);
	}
	*out = at;
	return ERR_OK;
}

enum err
paths_read(struct bytes *out, struct git_store *store, const struct oid *tree, const char *path, struct err_info *info)
{
	struct oid oid;
	bool is_directory;
	enum err err = find_path(&oid, &is_directory, store, tree, path, info);

	if (err != ERR_OK)
		return err;
	if (is_directory)
		return err_set(info, ERR_FORMAT, _("node.git: %s is a directory"), path);
	return git_store_read(out, store, &oid, GIT_TYPE_BLOB, info);
}

static enum err
copy_names(struct fs_names *out, const struct entries *entries, struct err_info *info)
{
	struct fs_names names = {0};

	if (entries->count == 0)
		return ERR_OK;
	names.names = calloc(entries->count, sizeof(*names.names));
	if (names.names == NULL)
		return err_nomem(info);
	for (; names.count < entries->count; names.count++) {
		const struct entry *entry = &entries->items[names.count];

		names.names[names.count] = strndup(entry->name, entry->name_size);
		if (names.names[names.count] == NULL) {
			fs_names_release(&names);
			return err_nomem(info);
		}
	}
	*out = names;
	return ERR_OK;
}

enum err
paths_list(struct fs_names *out, struct git_store *store, const struct oid *tree, const char *path,
           struct err_info *info)
{
	struct bytes object = {0};
	struct entries entries = {0};
	struct oid oid;
	bool is_directory;
	enum err err;

	*out = (struct fs_names){0};
	if (oid_is_none(tree))
		return ERR_OK;
	err = find_path(&oid, &is_directory, store, tree, path, info);
	if (err == ERR_NOT_FOUND || (err == ERR_OK && !is_directory))
		return ERR_OK;
	if (err == ERR_OK)
		err = git_store_read(&object, store, &oid, GIT_TYPE_TREE, info);
	if (err == ERR_OK)
		err = entries_read(&entries, bytes_view(&object), info);
	if (err == ERR_OK)
		err = copy_names(out, &entries, info);
	free(entries.items);
	bytes_release(&object);
	return err;
}

enum err
paths_directory(struct oid *out, struct git_store *store, const struct oid *tree, const char *path,
                struct err_info *info)
{
	bool is_directory;
	enum err err = find_path(out, &is_directory, store, tree, path, info);

	if (err == ERR_NOT_FOUND || (err == ERR_OK && !is_directory)) {
		*out = (struct oid){{0}};
		return ERR_OK;
	}
	return err;
}

static enum err
read_level(struct bytes *object, struct entries *entries, struct git_store *store, const struct oid *tree,
           struct err_info *info)
{
	enum err err = ERR_OK;

	if (!oid_is_none(tree))
		err = git_store_read(object, store, tree, GIT_TYPE_TREE, info);
	if (err == ERR_OK)
		err = entries_read(entries, bytes_view(object), info);
	return err;
}

enum err
paths_kept(struct git_store *store, const struct oid *old_tree, const struct oid *new_tree, const char *prefix,
           paths_lost tell, void *context, struct err_info *info)
{
	struct bytes old_object = {0};
	struct bytes new_object = {0};
	struct entries old = {0};
	struct entries new = {0};
	size_t at = 0;
	enum err err = ERR_OK;

	if (oid_equal(old_tree, new_tree))
		return ERR_OK;
	err = read_level(&old_object, &old, store, old_tree, info);
	if (err == ERR_OK)
		err = read_level(&new_object, &new, store, new_tree, info);
	for (size_t i = 0; err == ERR_OK && i < old.count; i++) {
		const struct entry *entry = &old.items[i];
		char path[LIMIT_PATH_BYTES_MAX];

		while (at < new.count && compare_entries(&new.items[at], entry) < 0)
			at++;
		if (at < new.count && compare_entries(&new.items[at], entry) == 0 &&
		    oid_equal(&new.items[at].oid, &entry->oid))
			continue;
		err = fs_path(path, info, "%s/%.*s", prefix, (int)entry->name_size, entry->name);
		if (err == ERR_OK && entry->is_directory) {
			bool is_there = at < new.count &&compare_entries(&new.items[at], entry) == 0;
			const struct oid none = {{0}};

			err = paths_kept(store, &entry->oid, is_there ? &new.items[at].oid : &none, path, tell, context,
			                 info);
		} else if (err == ERR_OK) {
			tell(context, path);
		}
	}
	free(old.items);
	free(new.items);
	bytes_release(&old_object);
	bytes_release(&new_object);
	return err;
}

static enum err
write_entries(struct oid *out, struct git_pack *pack, struct entries *entries, struct err_info *info)
{
	struct bytes object = {0};
	enum err err = ERR_OK;

	if (entries->count == 0) {
		*out = (struct oid){{0}};
		return ERR_OK;
	}
	qsort(entries->items, entries->count, sizeof(*entries->items), compare_entries);
	for (size_t i = 0; err == ERR_OK && i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];

		err = bytes_append_text(&object, entry->is_directory ? "40000 " : "100644 ", info);
		if (err == ERR_OK)
			err = bytes_append(&object, entry->name, entry->name_size, info);
		if (err == ERR_OK)
			err = bytes_append_byte(&object, 0, info);
		if (err == ERR_OK)
			err = bytes_append(&object, entry->oid.bytes, OID_BYTES, info);
	}
	if (err == ERR_OK)
		err = git_pack_add(pack, GIT_TYPE_TREE, bytes_view(&object), out, info);
	bytes_release(&object);
	return err;
}

static void
entries_drop(struct entries *entries, const struct entry *entry)
{
	size_t i = (size_t)(entry - entries->items);

	memmove(&entries->items[i], &entries->items[i + 1], (entries->count - i - 1) * sizeof(*entries->items));
	entries->count--;
}

/* Puts what became of one name: a blob, a subtree, or nothing. */
static enum err
entries_put(struct entries *entries, struct entry entry, struct err_info *info)
{
	struct entry *old = entries_find(entries, entry.name, entry.name_size);

	if (oid_is_none(&entry.oid)) {
		if (old != NULL)
			entries_drop(entries, old);
		return ERR_OK;
	}
	if (old == NULL)
		return entries_add(entries, entry, info);
	*old = entry;
	return ERR_OK;
}

/* The changes from `from` on whose path below `skip` bytes starts with the same name: how many. */
static size_t
count_same_name(const struct paths_change *changes, size_t count, size_t from, size_t skip, size_t name_size)
{
	size_t same = from + 1;

	while (same < count && strncmp(changes[same].path + skip, changes[from].path + skip, name_size + 1) == 0)
		same++;
	return same - from;
}

struct writing {
	struct git_store *store;
	struct git_pack *pack;
	const struct paths_change *changes;
};

static enum err
write_level(struct oid *out, const struct writing *writing, const struct oid *tree, size_t from, size_t to, size_t skip,
            struct err_info *info)
{
	struct bytes object = {0};
	struct entries entries = {0};
	enum err err = ERR_OK;

	if (!oid_is_none(tree))
		err = git_store_read(&object, writing->store, tree, GIT_TYPE_TREE, info);
	if (err == ERR_OK)
		err = entries_read(&entries, bytes_view(&object), info);
	while (err == ERR_OK && from < to) {
		const struct paths_change *change = &writing->changes[from];
		const char *name = change->path + skip;
		const char *slash = strchr(name, '/');
		struct entry entry = {
			name, slash == NULL ? strlen(name) : (size_t)(slash - name), slash != NULL, {{0}}};
		size_t count = 1;

		if (slash != NULL) {
			const struct entry *old = entries_find(&entries, name, entry.name_size);
			struct oid below = old != NULL && old->is_directory ? old->oid : (struct oid){{0}};

			count = count_same_name(writing->changes, to, from, skip, entry.name_size);
			err = write_level(&entry.oid, writing, &below, from, from + count, skip + entry.name_size + 1,
			                  info);
		} else if (change->content != NULL) {
			err = git_pack_add(writing->pack, GIT_TYPE_BLOB, bytes_view(change->content), &entry.oid, info);
		}
		if (err == ERR_OK)
			err = entries_put(&entries, entry, info);
		from += count;
	}
	if (err == ERR_OK)
		err = write_entries(out, writing->pack, &entries, info);
	free(entries.items);
	bytes_release(&object);
	return err;
}

enum err
paths_write(struct oid *out, struct git_store *store, struct git_pack *pack, const struct oid *tree,
            const struct paths_change *changes, size_t count, struct err_info *info)
{
	const struct writing writing = {store, pack, changes};

	return write_level(out, &writing, tree, 0, count, 0, info);
}
