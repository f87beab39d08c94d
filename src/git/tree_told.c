/* A directory that one tree of ids has read, told to another. */
#include <stdlib.h>
#include <string.h>

#include "git/idnode.h"

void
git_idtree_tell(struct git_idlist *out, const struct git_idtree *tree, const struct id *id)
{
	const struct git_idnode *node = tree->root;

	*out = (struct git_idlist){.oid = {{0}}};
	for (unsigned depth = 0; node != NULL && node->is_loaded && node->is_split; depth++)
		node = node->children[git_idnode_digit(id, depth)];
	if (node == NULL || !node->is_loaded || node->is_dirty)
		return;
	out->oid = node->oid;
	out->items = view_of(node->entries, node->count * sizeof(*node->entries));
}

static enum err
take_over(struct git_idnode *node, struct view items, struct err_info *info)
{
	size_t count = items.size / sizeof(*node->entries);

	node->entries = calloc(count + 1, sizeof(*node->entries));
	if (node->entries == NULL)
		return err_nomem(info);
	memcpy(node->entries, items.data, items.size);
	node->count = count;
	node->capacity = count + 1;
	node->is_loaded = true;
	return ERR_OK;
}

enum err
git_idtree_know(struct git_idtree *tree, const struct id *id, const struct git_idlist *list, struct err_info *info)
{
	struct git_idnode *node = tree->root;
	struct id prefix = {{0}};
	enum err err = ERR_OK;

	for (unsigned depth = 0; err == ERR_OK && node != NULL; depth++) {
		if (!node->is_loaded && oid_equal(&node->oid, &list->oid))
			return take_over(node, list->items, info);
		err = git_idnode_load(node, tree->reader, &prefix, depth, info);
		if (err != ERR_OK || !node->is_split)
			break;
		git_idnode_set_digit(&prefix, depth, git_idnode_digit(id, depth));
		node = node->children[git_idnode_digit(id, depth)];
	}
	return err;
}
