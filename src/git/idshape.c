/* Walking the id tree, and keeping its shape a pure function of its ids. */
#include <stdlib.h>

#include "git/idnode.h"

enum err
git_idnode_each(struct git_idnode *node, struct git_reader reader, struct id *prefix, unsigned depth,
                git_idtree_visit visit, void *context, struct err_info *info)
{
	bool was_loaded = node->is_loaded;
	enum err err = git_idnode_load(node, reader, prefix, depth, info);

	for (size_t i = 0; err == ERR_OK && !node->is_split && i < node->count; i++)
		err = visit(context, &node->entries[i].id, &node->entries[i].blob, info);
	for (unsigned digit = 0; err == ERR_OK && node->is_split && digit < GIT_IDNODE_CHILDREN; digit++) {
		if (node->children[digit] == NULL)
			continue;
		git_idnode_set_digit(prefix, depth, digit);
		err = git_idnode_each(node->children[digit], reader, prefix, depth + 1, visit, context, info);
	}
	if (!was_loaded)
		git_idnode_forget(node);
	return err;
}

/* Counts ids below a split node as far as it matters: whether they would fit in a list. */
static enum err
count_small(size_t *count, struct git_idnode *node, struct git_reader reader, struct id *prefix, unsigned depth,
            struct err_info *info)
{
	enum err err = ERR_OK;

	*count = 0;
	for (unsigned digit = 0; err == ERR_OK && digit < GIT_IDNODE_CHILDREN; digit++) {
		struct git_idnode *child = node->children[digit];

		if (child == NULL)
			continue;
		git_idnode_set_digit(prefix, depth, digit);
		err = git_idnode_load(child, reader, prefix, depth + 1, info);
		if (err != ERR_OK)
			return err;
		*count += child->is_split ? LIMIT_TREE_IDS_MAX + 1U : child->count;
		if (*count > LIMIT_TREE_IDS_MAX)
			return ERR_OK;
	}
	return err;
}

static enum err
insert_all(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	return git_idnode_insert(context, id, blob, info);
}

static enum err
join(struct git_idnode **at, struct git_reader reader, struct id *prefix, unsigned depth, struct err_info *info)
{
	struct git_idnode *list = git_idnode_new();
	enum err err;

	if (list == NULL)
		return err_nomem(info);
	err = git_idnode_each(*at, reader, prefix, depth, insert_all, list, info);
	if (err != ERR_OK) {
		git_idnode_free(list);
		return err;
	}
	git_idnode_free(*at);
	*at = list;
	return ERR_OK;
}

enum err
git_idnode_shape(struct git_idnode **at, struct git_reader reader, struct id *prefix, unsigned depth,
                 struct err_info *info)
{
	struct git_idnode *node = *at;
	size_t count;
	enum err err = ERR_OK;

	if (node == NULL || !node->is_dirty)
		return ERR_OK;
	if (!node->is_split) {
		if (node->count == 0) {
			git_idnode_free(node);
			*at = NULL;
		}
		return ERR_OK;
	}
	if (!node->has_shrunk)
		return ERR_OK;
	for (unsigned digit = 0; err == ERR_OK && digit < GIT_IDNODE_CHILDREN; digit++) {
		git_idnode_set_digit(prefix, depth, digit);
		err = git_idnode_shape(&node->children[digit], reader, prefix, depth + 1, info);
	}
	if (err == ERR_OK)
		err = count_small(&count, node, reader, prefix, depth, info);
	if (err != ERR_OK)
		return err;
	node->has_shrunk = false;
	if (count > LIMIT_TREE_IDS_MAX)
		return ERR_OK;
	if (count == 0) {
		git_idnode_free(node);
		*at = NULL;
		return ERR_OK;
	}
	return join(at, reader, prefix, depth, info);
}

enum err
git_idnode_check(struct git_idnode *node, struct git_reader reader, struct id *prefix, unsigned depth, size_t *count,
                 struct err_info *info)
{
	size_t below = 0;
	enum err err = git_idnode_load(node, reader, prefix, depth, info);

	if (err != ERR_OK)
		return err;
	for (unsigned digit = 0; err == ERR_OK && node->is_split && digit < GIT_IDNODE_CHILDREN; digit++) {
		if (node->children[digit] == NULL)
			continue;
		git_idnode_set_digit(prefix, depth, digit);
		err = git_idnode_check(node->children[digit], reader, prefix, depth + 1, &below, info);
		git_idnode_forget(node->children[digit]);
	}
	if (err == ERR_OK && node->is_split && below <= LIMIT_TREE_IDS_MAX)
		err = err_set(info, ERR_FORMAT, _("a directory of %zu ids is split; up to %d are not"), below,
		              LIMIT_TREE_IDS_MAX);
	*count += node->is_split ? below : node->count;
	return err;
}
