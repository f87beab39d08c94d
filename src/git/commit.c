#include <string.h>

#include "git/history.h"

/* "<word> <40 digits>\n" */
static bool
take_line(struct view *rest, const char *word, struct oid *oid)
{
	size_t size = strlen(word);
	size_t total = size + 2 * OID_BYTES + 1;

	if (rest->size < total || memcmp(rest->data, word, size) != 0 || rest->data[total - 1] != '\n' ||
	    !hex_read(oid->bytes, OID_BYTES, view_of(rest->data + size, 2 * (size_t)OID_BYTES)))
		return false;
	*rest = view_of(rest->data + total, rest->size - total);
	return true;
}

static bool
begins(struct view text, const char *word)
{
	return text.size >= strlen(word) && memcmp(text.data, word, strlen(word)) == 0;
}

enum err
git_commit_links_read(struct git_commit_links *out, struct view commit, struct err_info *info)
{
	struct git_commit_links links = {0};

	if (!take_line(&commit, "tree ", &links.tree))
		return err_set(info, ERR_FORMAT, _("a commit does not begin with its tree"));
	while (begins(commit, "parent ")) {
		if (links.parent_count == GIT_PARENTS_MAX)
			return err_set(info, ERR_FORMAT, _("a commit has more than %d parents"), GIT_PARENTS_MAX);
		if (!take_line(&commit, "parent ", &links.parents[links.parent_count++]))
			return err_set(info, ERR_FORMAT, _("a commit's parent line is not \"parent\" and 40 digits"));
	}
	if (!begins(commit, "author "))
		return err_set(info, ERR_FORMAT, _("a commit has no author behind its tree and parents"));
	*out = links;
	return ERR_OK;
}
