/**
 * Which commits one set of heads reaches and another does not. A walk by generation number (1 + the largest of the
 * parents'), highest first: whether a commit is reached by a base is settled once it is popped, whatever the clocks say,
 * and the walk ends when nothing is left that only the heads reach. So it reads the commits above the bases and few more.
 * Never git_revwalk with hide, which trusts commit times. Generation numbers lie in a cache file of the store
 * ("tiersync-generations"); it can be deleted at any time and is filled again by one walk of the history.
 */
#ifndef GIT_HISTORY_H
#define GIT_HISTORY_H

#include "git/git.h"

struct git_history;

/**
 * @param out     freed with git_history_free
 * @param reader  what it points at must outlive the history. Commits added to its pack later are seen.
 */
enum err git_history_open(struct git_history **out, struct git_reader reader, struct err_info *info) MUST_USE;
/** Also writes new generation numbers of stored commits to the cache; a failure there is no error. */
void git_history_free(struct git_history *history);

/** A list of ids, owned. */
struct git_oids {
	struct oid *items;
	size_t count;
};

/** A list of ids, borrowed. */
struct git_oids_view {
	const struct oid *items;
	size_t count;
};

void git_oids_release(struct git_oids *oids);

/**
 * The commits reachable from the heads and from none of the bases.
 * @param out    parents before children; among those whose parents are out, the smaller id first (a function of the set)
 * @param heads  commits; doubled ones are fine
 * @param bases  commits that must be held (look with git_reader_has first)
 * @return ERR_OK; ERR_NOT_FOUND: a commit is missing; ERR_FORMAT: not a commit of our form; ERR_TOO_BIG: over
 *         LIMIT_HISTORY_COMMITS_MAX; errors of git_reader_get
 */
enum err git_history_between(struct git_oids *out, struct git_history *history, struct git_oids_view heads,
                             struct git_oids_view bases, struct err_info *info) MUST_USE;

/** Does `descendant` reach `ancestor`? A commit reaches itself. Errors as above. */
enum err git_history_is_ancestor(bool *out, struct git_history *history, const struct oid *ancestor,
                                 const struct oid *descendant, struct err_info *info) MUST_USE;

/** The generation number: 1 for a root, else 1 + the largest of the parents'. */
enum err git_history_generation(uint32_t *out, struct git_history *history, const struct oid *commit,
                                struct err_info *info) MUST_USE;

enum {
	GIT_PARENTS_MAX = 2 /* an edit has one (the root commit none), a merge two */
};

/** What the head of a commit's text says. */
struct git_commit_links {
	struct oid tree;
	struct oid parents[GIT_PARENTS_MAX];
	size_t parent_count;
};

/** Read the tree and parent lines. Strict: lower-case ids, one space, LF, at most two parents, "author " next. ERR_FORMAT. */
enum err git_commit_links_read(struct git_commit_links *out, struct view commit, struct err_info *info) MUST_USE;

#endif
