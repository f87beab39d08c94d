/**
 * Which of some commits reach which: one walk over the history between the oldest of them and the newest, then every
 * question is a bit. And the tips by which a set of edits is named. Source: schema/receipt-v1.md section 3.
 */
#ifndef GIT_REACH_H
#define GIT_REACH_H

#include "git/history.h"

struct git_reach;

/**
 * @param out      freed with git_reach_free
 * @param commits  held; no id twice; numbered by their place
 * @return ERR_OK; ERR_TOO_BIG: over LIMIT_REACH_COMMITS_MAX; errors of git_history_between
 */
enum err git_reach_new(struct git_reach **out, struct git_history *history, struct git_oids_view commits,
                       struct err_info *info) MUST_USE;
void git_reach_free(struct git_reach *reach);
/** Does commit `later` reach commit `earlier`, both by their place? A commit does not reach itself. */
bool git_reach_has(const struct git_reach *reach, size_t later, size_t earlier);

/**
 * The tips of what a commit reaches: the edits from which no other edit of it descends. Those of an edit: itself.
 * @param out  ascending by id; errors of git_history_between
 */
enum err git_history_tips(struct git_oids *out, struct git_history *history, const struct oid *head,
                          struct err_info *info) MUST_USE;
/** Of some commits held, those that no other of them reaches; merges are replaced by their tips. Ascending by id. */
enum err git_history_maximal(struct git_oids *out, struct git_history *history, struct git_oids_view commits,
                             struct err_info *info) MUST_USE;
/** The parents of a commit. Errors of git_history_between. */
enum err git_history_parents(struct oid out[GIT_PARENTS_MAX], size_t *count_out, struct git_history *history,
                             const struct oid *commit, struct err_info *info) MUST_USE;

#endif
