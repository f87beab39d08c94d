/* node.git as files: read, stage, commit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git/pack.h"
#include "git/refs.h"
#include "git/upkeep.h"
#include "node/internal.h"
#include "node/paths.h"

static struct node_staged *
find_staged(struct node *node, const char *path)
{
	for (size_t i = node->staged_count; i-- > 0;) {
		if (strcmp(node->staged[i].path, path) == 0)
			return &node->staged[i];
	}
	return NULL;
}

static enum err
stage(struct node_staged **out, struct node *node, const char *path, struct err_info *info)
{
	struct node_staged *staged = find_staged(node, path);

	if (staged == NULL && node->staged_count == node->staged_capacity) {
		size_t capacity = node->staged_capacity == 0 ? 32 : node->staged_capacity * 2;
		struct node_staged *grown = realloc(node->staged, capacity * sizeof(*grown));

		if (grown == NULL)
			return err_nomem(info);
		node->staged = grown;
		node->staged_capacity = capacity;
	}
	if (staged == NULL) {
		staged = &node->staged[node->staged_count];
		*staged = (struct node_staged){.path = strdup(path)};
		if (staged->path == NULL)
			return err_nomem(info);
		node->staged_count++;
	}
	*out = staged;
	return ERR_OK;
}

enum err
node_file_put(struct node *node, const char *path, struct view content, struct err_info *info)
{
	struct node_staged *staged;
	struct bytes copy = {0};
	enum err err = bytes_append_view(&copy, content, info);

	if (err == ERR_OK)
		err = stage(&staged, node, path, info);
	if (err != ERR_OK) {
		bytes_release(&copy);
		return err;
	}
	bytes_release(&staged->content);
	staged->content = copy;
	staged->is_removed = false;
	return ERR_OK;
}

enum err
node_file_remove(struct node *node, const char *path, struct err_info *info)
{
	struct node_staged *staged;
	enum err err = stage(&staged, node, path, info);

	if (err != ERR_OK)
		return err;
	bytes_release(&staged->content);
	staged->is_removed = true;
	return ERR_OK;
}

enum err
node_file_read(struct bytes *out, struct node *node, const char *path, struct err_info *info)
{
	const struct node_staged *staged = find_staged(node, path);

	if (staged != NULL && staged->is_removed)
		return err_set(info, ERR_NOT_FOUND, _("node.git has no %s"), path);
	if (staged != NULL)
		return bytes_append_view(out, bytes_view(&staged->content), info);
	return paths_read(out, node->store, &node->tree, path, info);
}

enum err
node_file_list(struct fs_names *out, struct node *node, const char *path, struct err_info *info)
{
	return paths_list(out, node->store, &node->tree, path, info);
}

void
node_discard(struct node *node)
{
	for (size_t i = 0; i < node->staged_count; i++) {
		free(node->staged[i].path);
		bytes_release(&node->staged[i].content);
	}
	node->staged_count = 0;
}

static int
compare_staged(const void *a, const void *b)
{
	return strcmp(((const struct node_staged *)a)->path, ((const struct node_staged *)b)->path);
}

static enum err
write_tree(struct oid *out, struct node *node, struct git_pack *pack, struct err_info *info)
{
	struct paths_change *changes = calloc(node->staged_count, sizeof(*changes));
	enum err err;

	if (changes == NULL)
		return err_nomem(info);
	qsort(node->staged, node->staged_count, sizeof(*node->staged), compare_staged);
	for (size_t i = 0; i < node->staged_count; i++) {
		changes[i].path = node->staged[i].path;
		changes[i].content = node->staged[i].is_removed ? NULL : &node->staged[i].content;
	}
	err = paths_write(out, node->store, pack, &node->tree, changes, node->staged_count, info);
	free(changes);
	return err;
}

/* node.git's commits carry no signature: each file in it that matters is signed by itself. */
static enum err
write_commit(struct oid *out, struct node *node, struct git_pack *pack, const struct oid *tree, const char *subject,
             struct err_info *info)
{
	struct bytes text = {0};
	char tree_hex[2 * OID_BYTES + 1];
	char parent_hex[2 * OID_BYTES + 1];
	long long now = (long long)node->env.now(node->env.context);
	const char *code = node->identity.code.text;
	enum err err;

	hex_write(tree_hex, view_of(tree->bytes, OID_BYTES));
	err = bytes_printf(&text, info, "tree %s\n", tree_hex);
	if (err == ERR_OK && !oid_is_none(&node->head)) {
		hex_write(parent_hex, view_of(node->head.bytes, OID_BYTES));
		err = bytes_printf(&text, info, "parent %s\n", parent_hex);
	}
	if (err == ERR_OK)
		err = bytes_printf(&text, info,
		                   "author %s <%s@tiersync.invalid> %lld +0000\n"
		                   "committer %s <%s@tiersync.invalid> %lld +0000\n\n%s\n",
		                   code, code, now, code, code, now, subject);
	if (err == ERR_OK)
		err = git_pack_add(pack, GIT_TYPE_COMMIT, bytes_view(&text), out, info);
	bytes_release(&text);
	return err;
}

enum err
node_commit(struct node *node, const char *subject, struct err_info *info)
{
	struct git_pack *pack = NULL;
	struct oid tree;
	struct oid commit;
	enum err err;

	if (node->staged_count == 0)
		return ERR_OK;
	err = node_schema_check(node, info); /* what is staged may follow from it */
	if (err == ERR_OK)
		err = git_pack_new(&pack, node->store, info);
	if (err == ERR_OK)
		err = write_tree(&tree, node, pack, info);
	if (err == ERR_OK && !oid_equal(&tree, &node->tree)) {
		err = write_commit(&commit, node, pack, &tree, subject, info);
		if (err == ERR_OK)
			err = git_pack_finish(pack, info);
		if (err == ERR_OK)
			err = git_ref_swap(node->store, GIT_REF_MAIN, &node->head, &commit, info);
		if (err == ERR_OK) {
			node->head = commit;
			node->tree = tree;
			git_store_forget(node->store);
			err = git_store_compact(node->store, info);
		}
	}
	git_pack_free(pack);
	if (err == ERR_OK)
		node_discard(node);
	return err;
}

enum err
node_head_load(struct node *node, struct err_info *info)
{
	static const char TREE[] = "tree ";
	struct bytes text = {0};
	enum err err = git_ref_read(&node->head, node->store, GIT_REF_MAIN, info);

	node->tree = (struct oid){{0}};
	if (err == ERR_NOT_FOUND) {
		node->head = (struct oid){{0}};
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = git_store_read(&text, node->store, &node->head, GIT_TYPE_COMMIT, info);
	if (err == ERR_OK &&
	    (text.size < sizeof(TREE) + 2 * OID_BYTES || memcmp(text.data, TREE, sizeof(TREE) - 1) != 0 ||
	     !hex_read(node->tree.bytes, OID_BYTES, view_of(text.data + sizeof(TREE) - 1, 2 * OID_BYTES))))
		err = err_set(info, ERR_FORMAT, _("node.git: its head is not a commit that this program wrote"));
	bytes_release(&text);
	return err;
}

enum err
node_lock(struct node *node, int wait_seconds, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct oid before = node->head;
	enum err err = fs_path(path, info, "%s/node.git/tiersync.lock", node->directory);

	if (err == ERR_OK)
		err = lock_take(&node->lock, path, wait_seconds, info);
	if (err != ERR_OK)
		return err;
	if (node->rehearsal == NULL)
		err = node_clean(node->directory, info);
	if (err == ERR_OK && node->rehearsal == NULL)
		err = git_store_janitor(node->store, info);
	if (err == ERR_OK)
		err = node_head_load(node, info);
	if (err == ERR_OK && !oid_equal(&before, &node->head))
		err = node_reload(node, info); /* another run changed it while we waited */
	if (err == ERR_OK)
		err = node_keys_finish(node, info);
	if (err != ERR_OK)
		node_unlock(node);
	return err;
}

void
node_unlock(struct node *node)
{
	lock_release(&node->lock);
}
