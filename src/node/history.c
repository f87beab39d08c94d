/* Evidence in node.git is only ever added: its history says so, or names what was taken away. */
#include "git/history.h"

#include "node/internal.h"
#include "node/paths.h"

struct walk {
	struct node *node;
	struct oid commit; /* at hand */
	node_history_tell tell;
	void *context;
};

static void
tell_lost(void *context, const char *path)
{
	const struct walk *walk = context;

	walk->tell(walk->context, path, &walk->commit);
}

static enum err
read_links(struct git_commit_links *out, struct git_store *store, const struct oid *commit, struct err_info *info)
{
	char hex[OID_HEX_BYTES];
	struct git_content content = {0};
	enum err err = git_store_get(&content, store, commit, GIT_TYPE_COMMIT, info);

	if (err == ERR_OK)
		err = git_commit_links_read(out, content.content, info);
	if (err == ERR_OK && out->parent_count > 1)
		err = err_set(info, ERR_FORMAT, "%s", _("a merge, which this program never makes there"));
	git_content_release(&content);
	return err == ERR_OK ? ERR_OK : err_in(info, err, "node.git %s", git_oid_hex(commit, hex));
}

static enum err
compare(struct walk *walk, const struct oid *before, const struct oid *after, const char *const *directories,
        size_t count, struct err_info *info)
{
	struct git_store *store = walk->node->store;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct oid old = {{0}};
		struct oid new = {{0}};

		err = paths_directory(&old, store, before, directories[i], info);
		if (err == ERR_OK)
			err = paths_directory(&new, store, after, directories[i], info);
		if (err == ERR_OK)
			err = paths_kept(store, &old, &new, directories[i], tell_lost, walk, info);
	}
	return err;
}

enum err
node_history_check(struct node *node, const char *const *directories, size_t count, uint64_t *commits_out,
                   node_history_tell tell, void *context, struct err_info *info)
{
	struct walk walk = {node, node->head, tell, context};
	struct git_commit_links links = {0};
	uint64_t commits = oid_is_none(&node->head) ? 0 : 1;
	enum err err = commits == 0 ? ERR_OK : read_links(&links, node->store, &node->head, info);

	while (err == ERR_OK && links.parent_count > 0) {
		struct git_commit_links before = {0};

		err = read_links(&before, node->store, &links.parents[0], info);
		if (err == ERR_OK)
			err = compare(&walk, &before.tree, &links.tree, directories, count, info);
		walk.commit = links.parents[0];
		links = before;
		commits++;
	}
	if (err == ERR_OK && commits_out != NULL)
		*commits_out = commits;
	return err;
}
