#include "git/idnode.h"

#include <stdlib.h>
#include <string.h>

#include "git/leaf.h"

enum {
	ID_DIGITS = 2 * ID_BYTES,
	DIRECTORY_ENTRY_BYTES = 6 + 1 + 1 + OID_BYTES, /* "40000 ", digit, NUL, id */
};

struct git_idnode *
git_idnode_new(void)
{
	struct git_idnode *node = calloc(1, sizeof(*node));

	if (node != NULL) {
		node->is_loaded = true;
		node->is_dirty = true;
	}
	return node;
}

struct git_idnode *
git_idnode_stored(const struct oid *oid)
{
	struct git_idnode *node = calloc(1, sizeof(*node));

	if (node != NULL)
		node->oid = *oid;
	return node;
}

static void
release_content(struct git_idnode *node)
{
	free(node->entries);
	node->entries = NULL;
	node->count = 0;
	node->capacity = 0;
	for (unsigned i = 0; node->children != NULL && i < GIT_IDNODE_CHILDREN; i++)
		git_idnode_free(node->children[i]);
	free(node->children);
	node->children = NULL;
	node->is_split = false;
}

void
git_idnode_free(struct git_idnode *node)
{
	if (node == NULL)
		return;
	release_content(node);
	free(node);
}

void
git_idnode_forget(struct git_idnode *node)
{
	if (node == NULL || node->is_dirty)
		return;
	release_content(node);
	node->is_loaded = false;
}

unsigned
git_idnode_digit(const struct id *id, unsigned depth)
{
	uint8_t byte = id->bytes[depth / 2];

	return depth % 2 == 0 ? byte >> 4 : byte & 0x0f;
}

void
git_idnode_set_digit(struct id *id, unsigned depth, unsigned digit)
{
	uint8_t *byte = &id->bytes[depth / 2];

	*byte = depth % 2 == 0 ? (uint8_t)((*byte & 0x0f) | digit << 4) : (uint8_t)((*byte & 0xf0) | digit);
}

static enum err
refuse(struct err_info *info, const char *why)
{
	return err_set_advised(info, ERR_FORMAT, ADVICE_AUDIT,
	                       _("a directory of ids is not as this program writes it: %s"), why);
}

static enum err
parse_split(struct git_idnode *node, struct view object, struct err_info *info)
{
	int last = -1;

	if (object.size % DIRECTORY_ENTRY_BYTES != 0)
		return refuse(info, _("its size"));
	node->children = calloc(GIT_IDNODE_CHILDREN, sizeof(struct git_idnode *));
	if (node->children == NULL)
		return err_nomem(info);
	node->is_split = true;
	for (; object.size > 0;
	     object = view_of(object.data + DIRECTORY_ENTRY_BYTES, object.size - DIRECTORY_ENTRY_BYTES)) {
		uint8_t c = object.data[6];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		struct oid oid;

		if (memcmp(object.data, "40000 ", 6) != 0 || object.data[7] != 0 || digit <= last)
			return refuse(info, _("an entry, or the order"));
		memcpy(oid.bytes, object.data + 8, OID_BYTES);
		node->children[digit] = git_idnode_stored(&oid);
		if (node->children[digit] == NULL)
			return err_nomem(info);
		last = digit;
	}
	return ERR_OK;
}

static bool
has_prefix(const struct id *id, const struct id *prefix, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++) {
		if (git_idnode_digit(id, i) != git_idnode_digit(prefix, i))
			return false;
	}
	return true;
}

static enum err
parse_list(struct git_idnode *node, struct view object, const struct id *prefix, unsigned depth, struct err_info *info)
{
	size_t count = object.size / LEAF_ENTRY_BYTES;

	if (object.size % LEAF_ENTRY_BYTES != 0 || count > LIMIT_TREE_IDS_MAX)
		return refuse(info, _("its size"));
	node->entries = calloc(count + 1, sizeof(*node->entries));
	if (node->entries == NULL)
		return err_nomem(info);
	node->capacity = count + 1;
	for (; node->count < count; node->count++) {
		const uint8_t *at = object.data + node->count * LEAF_ENTRY_BYTES;
		struct git_identry *entry = &node->entries[node->count];

		if (memcmp(at, "100644 ", 7) != 0 || at[7 + ID_DIGITS] != 0 ||
		    !hex_read(entry->id.bytes, ID_BYTES, view_of(at + 7, ID_DIGITS)))
			return refuse(info, _("an entry"));
		if (!has_prefix(&entry->id, prefix, depth) ||
		    (node->count > 0 && memcmp(entry[-1].id.bytes, entry->id.bytes, ID_BYTES) >= 0))
			return refuse(info, _("an id in the wrong place"));
		memcpy(entry->blob.bytes, at + 7 + ID_DIGITS + 1, OID_BYTES);
	}
	return ERR_OK;
}

enum err
git_idnode_parse(struct git_idnode *node, struct view object, const struct id *prefix, unsigned depth,
                 struct err_info *info)
{
	enum err err;

	if (object.size == 0 || depth >= ID_DIGITS)
		return refuse(info, _("it is empty, or too deep"));
	if (object.data[0] == '4')
		err = parse_split(node, object, info);
	else
		err = parse_list(node, object, prefix, depth, info);
	if (err == ERR_OK)
		node->is_loaded = true;
	else
		release_content(node);
	return err;
}

/* `get` is git_reader_get(), or git_reader_get_once(). */
static enum err
load(struct git_idnode *node, struct git_reader reader, const struct id *prefix, unsigned depth,
     enum err (*get)(struct git_content *, struct git_reader, const struct oid *, enum git_type, struct err_info *),
     struct err_info *info)
{
	struct git_content content = {0};
	enum err err;

	if (node->is_loaded)
		return ERR_OK;
	err = get(&content, reader, &node->oid, GIT_TYPE_TREE, info);
	if (err == ERR_OK)
		err = git_idnode_parse(node, content.content, prefix, depth, info);
	git_content_release(&content);
	return err;
}

enum err
git_idnode_load(struct git_idnode *node, struct git_reader reader, const struct id *prefix, unsigned depth,
                struct err_info *info)
{
	return load(node, reader, prefix, depth, git_reader_get, info);
}

enum err
git_idnode_load_once(struct git_idnode *node, struct git_reader reader, const struct id *prefix, unsigned depth,
                     struct err_info *info)
{
	return load(node, reader, prefix, depth, git_reader_get_once, info);
}

static enum err
copy_split(struct git_idnode *node, const struct git_idnode *of, struct err_info *info)
{
	node->children = calloc(GIT_IDNODE_CHILDREN, sizeof(struct git_idnode *));
	if (node->children == NULL)
		return err_nomem(info);
	node->is_split = true;
	for (unsigned i = 0; i < GIT_IDNODE_CHILDREN; i++) {
		if (of->children[i] == NULL)
			continue;
		node->children[i] = git_idnode_stored(&of->children[i]->oid);
		if (node->children[i] == NULL)
			return err_nomem(info);
	}
	return ERR_OK;
}

enum err
git_idnode_copy(struct git_idnode *node, const struct git_idnode *of, struct err_info *info)
{
	enum err err = ERR_OK;

	if (of->is_split) {
		err = copy_split(node, of, info);
	} else {
		node->entries = calloc(of->count + 1, sizeof(*node->entries));
		if (node->entries == NULL)
			return err_nomem(info);
		memcpy(node->entries, of->entries, of->count * sizeof(*node->entries));
		node->count = of->count;
		node->capacity = of->count + 1;
	}
	if (err != ERR_OK)
		release_content(node);
	node->is_loaded = err == ERR_OK;
	return err;
}

/* Where an id is or belongs in a list. */
static size_t
place_of(const struct git_idnode *node, const struct id *id, bool *is_there)
{
	size_t low = 0;
	size_t high = node->count;

	*is_there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(node->entries[middle].id.bytes, id->bytes, ID_BYTES);

		if (order == 0) {
			*is_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct git_identry *
git_idnode_find(const struct git_idnode *node, const struct id *id)
{
	bool is_there;
	size_t place = place_of(node, id, &is_there);

	return is_there ? &node->entries[place] : NULL;
}

enum err
git_idnode_insert(struct git_idnode *node, const struct id *id, const struct oid *blob, struct err_info *info)
{
	bool is_there;
	size_t place = place_of(node, id, &is_there);

	if (is_there) {
		node->entries[place].blob = *blob;
		return ERR_OK;
	}
	if (node->count == node->capacity) {
		size_t capacity = node->capacity == 0 ? 8 : node->capacity * 2;
		struct git_identry *entries = realloc(node->entries, capacity * sizeof(*entries));

		if (entries == NULL)
			return err_nomem(info);
		node->entries = entries;
		node->capacity = capacity;
	}
	memmove(&node->entries[place + 1], &node->entries[place], (node->count - place) * sizeof(*node->entries));
	node->entries[place] = (struct git_identry){*id, *blob};
	node->count++;
	return ERR_OK;
}

void
git_idnode_delete(struct git_idnode *node, const struct id *id)
{
	bool is_there;
	size_t place = place_of(node, id, &is_there);

	if (!is_there)
		return;
	node->count--;
	memmove(&node->entries[place], &node->entries[place + 1], (node->count - place) * sizeof(*node->entries));
}

enum err
git_idnode_split(struct git_idnode *node, unsigned depth, struct err_info *info)
{
	enum err err = ERR_OK;

	node->children = calloc(GIT_IDNODE_CHILDREN, sizeof(struct git_idnode *));
	if (node->children == NULL)
		return err_nomem(info);
	node->is_split = true;
	for (size_t i = 0; err == ERR_OK && i < node->count; i++) {
		struct git_idnode **child = &node->children[git_idnode_digit(&node->entries[i].id, depth)];

		if (*child == NULL)
			*child = git_idnode_new();
		err = *child == NULL ? err_nomem(info)
		                     : git_idnode_insert(*child, &node->entries[i].id, &node->entries[i].blob, info);
	}
	free(node->entries);
	node->entries = NULL;
	node->count = 0;
	node->capacity = 0;
	for (unsigned digit = 0; err == ERR_OK && digit < GIT_IDNODE_CHILDREN; digit++) {
		if (node->children[digit] != NULL && node->children[digit]->count > LIMIT_TREE_IDS_MAX)
			err = git_idnode_split(node->children[digit], depth + 1, info);
	}
	return err;
}
