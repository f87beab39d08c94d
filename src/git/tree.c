/* A tree of records by id: looked into, changed, written, walked. tree_diff.c compares two. */
#include "git/tree.h"

#include <stdlib.h>
#include <string.h>

#include "git/beside.h"
#include "git/idnode.h"
#include "git/leaf.h"

enum {
	MODE_FILE_BYTES = 7,
	MODE_DIRECTORY_BYTES = 6,
	ID_DIGITS = 2 * ID_BYTES,
	WRITTEN_FEW = 64, /* directories that are not worth a thread */
};

_Static_assert(LEAF_ENTRY_BYTES == MODE_FILE_BYTES + ID_DIGITS + 1 + OID_BYTES, "mode, digits, NUL, id");

static const char MODE_FILE[] = "100644 ";
static const char MODE_DIRECTORY[] = "40000 ";

enum err
git_idtree_open(struct git_idtree **out, struct git_reader reader, const struct oid *oid, struct err_info *info)
{
	struct git_idtree *tree = calloc(1, sizeof(*tree));

	if (tree == NULL)
		return err_nomem(info);
	tree->reader = reader;
	if (oid != NULL && !oid_is_none(oid)) {
		tree->root = git_idnode_stored(oid);
		if (tree->root == NULL) {
			free(tree);
			return err_nomem(info);
		}
	}
	*out = tree;
	return ERR_OK;
}

void
git_idtree_free(struct git_idtree *tree)
{
	if (tree == NULL)
		return;
	git_idnode_free(tree->root);
	free(tree);
}

void
git_idtree_borrow(struct git_idtree *tree, const struct git_idtree *lender)
{
	tree->lender = lender;
}

void
git_idtree_stay_open(struct git_idtree *tree)
{
	tree->stays_open = true;
}

/* The same directory at the same place in the tree that lends; NULL: it has not read it. */
static const struct git_idnode *
borrowed(const struct git_idtree *tree, const struct oid *oid, const struct id *id, unsigned depth)
{
	const struct git_idnode *node = tree->lender == NULL ? NULL : tree->lender->root;

	for (unsigned i = 0; i < depth && node != NULL; i++)
		node = node->is_loaded && node->is_split ? node->children[git_idnode_digit(id, i)] : NULL;
	return node != NULL && node->is_loaded && !node->is_dirty && oid_equal(&node->oid, oid) ? node : NULL;
}

static enum err
load(struct git_idnode *node, const struct git_idtree *tree, const struct id *id, unsigned depth, struct err_info *info)
{
	const struct git_idnode *of = node->is_loaded ? NULL : borrowed(tree, &node->oid, id, depth);

	return of != NULL         ? git_idnode_copy(node, of, info)
	       : tree->stays_open ? git_idnode_load_once(node, tree->reader, id, depth, info)
	                          : git_idnode_load(node, tree->reader, id, depth, info);
}

enum err
git_idtree_get(struct oid *blob_out, struct git_idtree *tree, const struct id *id, struct err_info *info)
{
	struct git_idnode *node = tree->root;
	char hex[ID_DIGITS + 1];
	enum err err = ERR_OK;

	for (unsigned depth = 0; node != NULL && err == ERR_OK; depth++) {
		err = load(node, tree, id, depth, info);
		if (err == ERR_OK && !node->is_split) {
			const struct git_identry *entry = git_idnode_find(node, id);

			if (entry == NULL)
				break;
			*blob_out = entry->blob;
			return ERR_OK;
		}
		if (err == ERR_OK)
			node = node->children[git_idnode_digit(id, depth)];
	}
	if (err != ERR_OK)
		return err;
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	return err_set(info, ERR_NOT_FOUND, _("there is no record %s"), hex);
}

enum err
git_idtree_put(struct git_idtree *tree, const struct id *id, const struct oid *blob, struct err_info *info)
{
	struct git_idnode **at = &tree->root;
	unsigned depth = 0;
	enum err err = ERR_OK;

	for (;;) {
		if (*at == NULL) {
			*at = git_idnode_new();
			if (*at == NULL)
				return err_nomem(info);
		}
		err = load(*at, tree, id, depth, info);
		if (err != ERR_OK)
			return err;
		(*at)->is_dirty = true;
		if (!(*at)->is_split)
			break;
		at = &(*at)->children[git_idnode_digit(id, depth++)];
	}
	err = git_idnode_insert(*at, id, blob, info);
	if (err == ERR_OK && (*at)->count > LIMIT_TREE_IDS_MAX)
		err = git_idnode_split(*at, depth, info);
	return err;
}

enum err
git_idtree_remove(struct git_idtree *tree, const struct id *id, struct err_info *info)
{
	struct git_idnode *path[ID_DIGITS];
	struct git_idnode *node = tree->root;
	struct oid blob;
	unsigned depth = 0;
	enum err err = git_idtree_get(&blob, tree, id, info); /* loads the path, or says that there is nothing */

	if (err != ERR_OK)
		return err;
	for (; node->is_split; depth++) {
		path[depth] = node;
		node = node->children[git_idnode_digit(id, depth)];
	}
	git_idnode_delete(node, id);
	node->is_dirty = true;
	for (unsigned i = 0; i < depth; i++) {
		path[i]->is_dirty = true;
		path[i]->has_shrunk = true;
	}
	return ERR_OK;
}

static uint8_t *
put_bytes(uint8_t *at, const void *data, size_t size)
{
	memcpy(at, data, size);
	return at + size;
}

static enum err
write_leaf(struct bytes *out, const struct git_idnode *node, struct err_info *info)
{
	uint8_t *at = bytes_extend(out, node->count * LEAF_ENTRY_BYTES);

	if (at == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < node->count; i++) {
		char hex[ID_DIGITS + 1];

		hex_write(hex, view_of(node->entries[i].id.bytes, ID_BYTES));
		at = put_bytes(at, MODE_FILE, MODE_FILE_BYTES);
		at = put_bytes(at, hex, sizeof(hex)); /* with its NUL */
		at = put_bytes(at, node->entries[i].blob.bytes, OID_BYTES);
	}
	return ERR_OK;
}

/* A tree being written, in the order of its ids, a directory after what lies below it. */
struct writing {
	struct git_pack *pack;
	struct pack_beside *beside; /* NULL: there were few so far */
	size_t count;               /* of directories */
	struct bytes object;        /* the leaf at hand */
};

static enum err write_node(struct git_idnode *node, struct writing *writing, struct err_info *info);

static enum err
write_split(struct bytes *out, struct git_idnode *node, struct writing *writing, struct err_info *info)
{
	enum err err = ERR_OK;

	for (unsigned digit = 0; err == ERR_OK && digit < GIT_IDNODE_CHILDREN; digit++) {
		struct git_idnode *child = node->children[digit];
		const char name[2] = {"0123456789abcdef"[digit], '\0'};

		if (child == NULL)
			continue;
		err = write_node(child, writing, info);
		if (err == ERR_OK)
			err = bytes_append(out, MODE_DIRECTORY, MODE_DIRECTORY_BYTES, info);
		if (err == ERR_OK)
			err = bytes_append(out, name, sizeof(name), info);
		if (err == ERR_OK)
			err = bytes_append(out, child->oid.bytes, OID_BYTES, info);
	}
	return err;
}

static enum err
write_object(struct git_idnode *node, struct bytes *object, struct writing *writing, struct err_info *info)
{
	enum err err = ERR_OK;

	git_oid_quick(&node->oid, GIT_TYPE_TREE, bytes_view(object));
	if (++writing->count > WRITTEN_FEW && writing->beside == NULL)
		err = pack_beside_new(&writing->beside, writing->pack, info);
	if (err == ERR_OK && writing->beside != NULL)
		err = pack_beside_put(writing->beside, object, &node->oid, info);
	else if (err == ERR_OK)
		err = git_pack_add_known(writing->pack, GIT_TYPE_TREE, bytes_view(object), &node->oid, info);
	if (err == ERR_OK)
		node->is_dirty = false;
	return err;
}

static enum err
write_node(struct git_idnode *node, struct writing *writing, struct err_info *info)
{
	struct bytes object = {0};
	enum err err;

	if (!node->is_dirty)
		return ERR_OK;
	if (!node->is_split) {
		bytes_clear(&writing->object);
		err = write_leaf(&writing->object, node, info);
		return err == ERR_OK ? write_object(node, &writing->object, writing, info) : err;
	}
	err = write_split(&object, node, writing, info);
	if (err == ERR_OK)
		err = write_object(node, &object, writing, info);
	bytes_release(&object);
	return err;
}

enum err
git_idtree_write(struct oid *oid_out, struct git_idtree *tree, struct git_pack *pack, struct err_info *info)
{
	struct writing writing = {.pack = pack};
	struct id prefix = {{0}};
	enum err err = git_idnode_shape(&tree->root, tree->reader, &prefix, 0, info);

	*oid_out = (struct oid){{0}};
	if (err != ERR_OK || tree->root == NULL)
		return err;
	err = write_node(tree->root, &writing, info);
	if (err == ERR_OK && writing.beside != NULL)
		err = pack_beside_end(writing.beside, info);
	if (err == ERR_OK)
		*oid_out = tree->root->oid;
	pack_beside_free(writing.beside);
	bytes_release(&writing.object);
	return err;
}

struct prefix_search {
	const char *digits;
	size_t size;
	struct id found;
	size_t count;
};

static enum err
note_prefix(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	struct prefix_search *search = context;
	char hex[ID_DIGITS + 1];

	(void)blob;
	(void)info;
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	if (memcmp(hex, search->digits, search->size) == 0) {
		search->found = *id;
		search->count++;
	}
	return search->count > 1 ? ERR_EXISTS : ERR_OK;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err
git_idtree_find_prefix(struct id *out, struct git_idtree *tree, struct view digits, struct err_info *info)
{
	struct prefix_search search = {(const char *)digits.data, digits.size, {{0}}, 0};
	struct git_idnode *node = tree->root;
	struct id prefix = {{0}};
	unsigned depth = 0;
	enum err err = ERR_OK;

	if (digits.size == 0 || digits.size > ID_DIGITS)
		return err_set_advised(info, ERR_FORMAT, ADVICE_HELP, "%s", _("an id has 1 to 32 hexadecimal digits"));
	for (size_t i = 0; i < digits.size; i++) {
		if (digit_value(search.digits[i]) < 0)
			return err_set_advised(info, ERR_FORMAT, ADVICE_HELP,
			                       _("'%.*s' is not the beginning of a record's id"), (int)digits.size,
			                       search.digits);
	}
	for (; node != NULL && err == ERR_OK && depth < digits.size; depth++) {
		unsigned digit = (unsigned)digit_value(search.digits[depth]);

		err = git_idnode_load(node, tree->reader, &prefix, depth, info);
		if (err != ERR_OK || !node->is_split)
			break;
		git_idnode_set_digit(&prefix, depth, digit);
		node = node->children[digit];
	}
	if (err == ERR_OK && node != NULL)
		err = git_idnode_each(node, tree->reader, &prefix, depth, note_prefix, &search, info);
	if (err == ERR_EXISTS)
		return err_set_advised(info, ERR_EXISTS, ADVICE_NAME,
		                       _("several records begin with %.*s; give more digits"), (int)digits.size,
		                       search.digits);
	if (err == ERR_OK && search.count == 0)
		return err_set(info, ERR_NOT_FOUND, _("no record begins with %.*s"), (int)digits.size, search.digits);
	if (err == ERR_OK)
		*out = search.found;
	return err;
}

/* --- by the first bits --- */

/* down to the directory in which the id is or would be, but at most `depth_max` deep; NULL: there is none */
static enum err
descend(struct git_idnode **out, unsigned *depth_out, struct git_idtree *tree, const struct id *id, unsigned depth_max,
        struct err_info *info)
{
	struct git_idnode *node = tree->root;
	struct id prefix = {{0}};
	unsigned depth = 0;

	while (node != NULL) {
		enum err err = load(node, tree, &prefix, depth, info);

		if (err != ERR_OK)
			return err;
		if (!node->is_split || depth == depth_max)
			break;
		git_idnode_set_digit(&prefix, depth, git_idnode_digit(id, depth));
		node = node->children[git_idnode_digit(id, depth)];
		depth++;
	}
	*out = node;
	*depth_out = depth;
	return ERR_OK;
}

struct bits_search {
	uint64_t prefix;
	unsigned bits;
	git_idtree_visit visit;
	void *context;
};

static enum err
visit_bits(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	const struct bits_search *search = context;

	if (id_prefix(id, search->bits) != search->prefix)
		return ERR_OK;
	return search->visit(search->context, id, blob, info);
}

enum err
git_idtree_prefix(struct git_idtree *tree, const struct id *prefix, unsigned bits, git_idtree_visit visit,
                  void *context, struct err_info *info)
{
	struct bits_search search = {id_prefix(prefix, bits), bits, visit, context};
	struct id path = *prefix;
	struct git_idnode *node = NULL;
	unsigned depth = 0;
	unsigned wanted;
	enum err err = descend(&node, &depth, tree, prefix, bits / 4, info);

	if (err != ERR_OK || node == NULL)
		return err;
	if (!node->is_split || bits % 4 == 0)
		return git_idnode_each(node, tree->reader, &path, depth, visit_bits, &search, info);
	wanted = git_idnode_digit(prefix, depth) >>
	         (4 - bits % 4); /* a directory is split by four bits, and fewer are asked for */
	for (unsigned digit = 0; err == ERR_OK && digit < GIT_IDNODE_CHILDREN; digit++) {
		if (digit >> (4 - bits % 4) != wanted || node->children[digit] == NULL)
			continue;
		git_idnode_set_digit(&path, depth, digit);
		err = git_idnode_each(node->children[digit], tree->reader, &path, depth + 1, visit_bits, &search, info);
	}
	return err;
}

enum err
git_idtree_estimate(size_t *out, struct git_idtree *tree, const struct id *id, struct err_info *info)
{
	struct git_idnode *node = NULL;
	unsigned depth = 0;
	enum err err = descend(&node, &depth, tree, id, ID_DIGITS, info);

	if (err == ERR_OK)
		*out = (node == NULL ? 1 : node->count) << 4 * (depth < 8 ? depth : 8);
	return err;
}

static enum err
count_one(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	(void)id;
	(void)blob;
	(void)info;
	(*(size_t *)context)++;
	return ERR_OK;
}

enum err
git_idtree_count(size_t *out, struct git_idtree *tree, struct err_info *info)
{
	struct id prefix = {{0}};
	size_t count = 0;
	enum err err = ERR_OK;

	if (tree->root != NULL)
		err = git_idnode_each(tree->root, tree->reader, &prefix, 0, count_one, &count, info);
	if (err == ERR_OK)
		*out = count;
	return err;
}

enum err
git_idtree_each(struct git_reader reader, const struct oid *oid, git_idtree_visit visit, void *context,
                struct err_info *info)
{
	struct git_idtree *tree = NULL;
	struct id prefix = {{0}};
	enum err err = git_idtree_open(&tree, reader, oid, info);

	if (err == ERR_OK && tree->root != NULL)
		err = git_idnode_each(tree->root, reader, &prefix, 0, visit, context, info);
	git_idtree_free(tree);
	return err;
}

enum err
git_idtree_check(size_t *count_out, struct git_reader reader, const struct oid *oid, struct err_info *info)
{
	struct git_idtree *tree = NULL;
	struct id prefix = {{0}};
	size_t count = 0;
	enum err err = git_idtree_open(&tree, reader, oid, info);

	if (err == ERR_OK && tree->root != NULL)
		err = git_idnode_check(tree->root, reader, &prefix, 0, &count, info);
	git_idtree_free(tree);
	if (err == ERR_OK && count_out != NULL)
		*count_out = count;
	return err;
}
