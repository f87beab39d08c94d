/* What differs between two trees of records. Equal directories are never opened. */
#include <string.h>

#include "git/idnode.h"
#include "git/tree.h"

struct differing {
	struct git_reader reader;
	git_idtree_difference tell;
	void *context;
	struct err_info *info;
};

static enum err
tell_lists(const struct differing *differing, const struct git_idnode *a, const struct git_idnode *b)
{
	size_t i = 0;
	size_t k = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && (i < a->count || k < b->count)) {
		int order = i == a->count   ? 1
		            : k == b->count ? -1
		                            : memcmp(a->entries[i].id.bytes, b->entries[k].id.bytes, ID_BYTES);
		const struct git_identry *old = order <= 0 ? &a->entries[i++] : NULL;
		const struct git_identry *new = order >= 0 ? &b->entries[k++] : NULL;

		if (old != NULL && new != NULL && oid_equal(&old->blob, &new->blob))
			continue;
		err = differing->tell(differing->context, old != NULL ? &old->id : &new->id,
		                      old != NULL ? &old->blob : NULL, new != NULL ? &new->blob : NULL,
		                      differing->info);
	}
	return err;
}

static enum err
flat(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	return git_idnode_insert(context, id, blob, info);
}

/* One side is split and the other is not: both are laid flat. What is laid flat differs, but for at most 64 ids. */
static enum err
diff_flat(const struct differing *differing, struct git_idnode *a, struct git_idnode *b, struct id *prefix,
          unsigned depth)
{
	struct git_idnode *lists[2] = {git_idnode_new(), git_idnode_new()};
	struct git_idnode *nodes[2] = {a, b};
	enum err err = lists[0] == NULL || lists[1] == NULL ? err_nomem(differing->info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < 2; i++) {
		if (nodes[i] != NULL)
			err = git_idnode_each(nodes[i], differing->reader, prefix, depth, flat, lists[i],
			                      differing->info);
	}
	if (err == ERR_OK)
		err = tell_lists(differing, lists[0], lists[1]);
	git_idnode_free(lists[0]);
	git_idnode_free(lists[1]);
	return err;
}

static enum err
diff_nodes(const struct differing *differing, struct git_idnode *a, struct git_idnode *b, struct id *prefix,
           unsigned depth)
{
	enum err err = ERR_OK;

	if (a == NULL || b == NULL)
		return a == b ? ERR_OK : diff_flat(differing, a, b, prefix, depth);
	if (oid_equal(&a->oid, &b->oid))
		return ERR_OK;
	err = git_idnode_load(a, differing->reader, prefix, depth, differing->info);
	if (err == ERR_OK)
		err = git_idnode_load(b, differing->reader, prefix, depth, differing->info);
	if (err != ERR_OK)
		return err;
	if (!a->is_split && !b->is_split)
		return tell_lists(differing, a, b);
	if (a->is_split != b->is_split)
		return diff_flat(differing, a, b, prefix, depth);
	for (unsigned digit = 0; err == ERR_OK && digit < GIT_IDNODE_CHILDREN; digit++) {
		git_idnode_set_digit(prefix, depth, digit);
		err = diff_nodes(differing, a->children[digit], b->children[digit], prefix, depth + 1);
		git_idnode_forget(a->children[digit]);
		git_idnode_forget(b->children[digit]);
	}
	return err;
}

enum err
git_idtree_diff(struct git_reader reader, const struct oid *a, const struct oid *b, git_idtree_difference tell,
                void *context, struct err_info *info)
{
	const struct differing differing = {reader, tell, context, info};
	struct git_idtree *trees[2] = {NULL, NULL};
	struct id prefix = {{0}};
	enum err err = git_idtree_open(&trees[0], reader, a, info);

	if (err == ERR_OK)
		err = git_idtree_open(&trees[1], reader, b, info);
	if (err == ERR_OK)
		err = diff_nodes(&differing, trees[0]->root, trees[1]->root, &prefix, 0);
	git_idtree_free(trees[0]);
	git_idtree_free(trees[1]);
	return err;
}
