/** An audit in progress: shared by audit.c (the order), audit_partition.c, audit_texts.c and care.c. */
#ifndef FLOW_AUDITING_H
#define FLOW_AUDITING_H

#include "base/table.h"
#include "flow/audit.h"
#include "statement/signed.h"

struct auditing_partition {
	struct id id;
	struct node_code owner;
	bool is_walked; /* its history could be read: what its head does not reach is not there */
};

struct auditing {
	struct node *node;
	struct flow_audit_result result;
	flow_audit_tell tell;
	void *context;
	struct arena arena;
	struct auditing_partition *partitions;
	size_t partition_count;
	struct table reached;   /* commits below the heads */
	struct table receipts;  /* direction, peer and bundle of every receipt that is there */
	struct table confirmed; /* peer, partition, head and time of every receipt from a peer */
};

void auditing_release(struct auditing *auditing);
/** One thing is wrong. */
void auditing_wrong(struct auditing *auditing, const char *what, const struct err_info *why);
/** The same with a text of its own. */
void auditing_wrong_text(struct auditing *auditing, const char *what, enum err code, const char *text);

/** Every statement that lies in node.git, from the root down. ERR_NOMEM. */
enum err auditing_roster(struct auditing *auditing, struct err_info *info) MUST_USE;
/** Every partition: repository, commits, head, records. Fills partitions and reached. ERR_NOMEM, ERR_IO. */
enum err auditing_partitions(struct auditing *auditing, struct err_info *info) MUST_USE;
/** The packs of all repositories: whether one is half there that something needs. */
void auditing_packs(struct auditing *auditing);
struct git_history;
struct git_oids;
struct partition;
struct intake_suspects;
/** Merges are what their parents give: made again with keys, held against their parents path by path without. */
void auditing_merges(struct auditing *auditing, struct partition *partition, const struct git_oids *commits);
/** Every write of every edit that can be opened had the right, or a superior has spoken on it. ERR_NOMEM. */
enum err auditing_rights(struct auditing *auditing, struct partition *partition, struct git_history *history,
                         const struct git_oids *commits, struct err_info *info) MUST_USE;
/** Edits with a key that is revoked by now: somebody above their signer had taken them in before. ERR_NOMEM, ERR_IO ... */
enum err auditing_revoked(struct auditing *auditing, struct partition *partition, struct git_history *history,
                          const struct oid *head, const struct intake_suspects *suspects,
                          struct err_info *info) MUST_USE;
/** Receipts, checkpoints, nightly lines: each text, their chains, and what they say against what is held. ERR_NOMEM ... */
enum err auditing_texts(struct auditing *auditing, struct err_info *info) MUST_USE;
enum err auditing_receipts(struct auditing *auditing, struct err_info *info) MUST_USE;
enum err auditing_chains(struct auditing *auditing, struct err_info *info) MUST_USE;

/* --- what receipts and chains are asked alike --- */

/** One file of node.git; what it returns besides ERR_OK is told of that file. */
typedef enum err (*auditing_visit_file)(struct auditing *auditing, void *context, const char *path, struct view content,
                                        struct err_info *why);
/** Every file below a directory of node.git, in the order of their names. */
enum err auditing_each_file(struct auditing *auditing, const char *directory, auditing_visit_file visit, void *context,
                            struct err_info *info) MUST_USE;
typedef enum err (*auditing_visit_directory)(struct auditing *auditing, const char *path, const char *name,
                                             struct err_info *info);
/** Every name in a directory of node.git. */
enum err auditing_each_directory(struct auditing *auditing, const char *directory, auditing_visit_directory visit,
                                 struct err_info *info) MUST_USE;
/** A signed text must be by a key that the roster gives, or gave, to the node that it names. ERR_AUTH. */
enum err auditing_check_signer(struct auditing *auditing, const struct statement_signed *signed_text,
                               const struct node_code *code, enum seal_namespace name_space,
                               struct err_info *why) MUST_USE;
/** It lies where its content says. ERR_AUTH. */
enum err auditing_check_place(const char *path, const char *expected, struct err_info *why) MUST_USE;
/** The partition of that id, if it is held; else NULL. */
const struct auditing_partition *auditing_find_partition(const struct auditing *auditing, const struct id *id);
/** Edits that a signed text says were held are below our head, or our set of edits has shrunk. ERR_AUTH. */
enum err auditing_check_reached(const struct auditing *auditing, const struct id *partition, const struct oid *edits,
                                size_t count, struct err_info *why) MUST_USE;

#endif
