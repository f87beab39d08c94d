/** What the files of this folder share. */
#ifndef NODE_INTERNAL_H
#define NODE_INTERNAL_H

#include "base/table.h"
#include "git/git.h"
#include "node/node.h"
#include "schema/set.h"

/** One staged file of node.git. */
struct node_staged {
	char *path;
	struct bytes content;
	bool is_removed;
};

struct node_schema_entry {
	struct schema_set *set;
	struct bytes content;
};

struct node {
	char *directory;
	struct env env;
	bool is_damaged_fine; /* NODE_DAMAGED */
	struct node_identity identity;
	struct seal_node_key *key;
	struct git_store *store;
	struct oid head; /* of node.git, as we read it last */
	struct oid tree;
	struct roster *roster;
	struct node_schema_entry *schemas;
	size_t schema_count;
	struct node_staged *staged; /* unsorted, each path once */
	size_t staged_count;
	size_t staged_capacity;
	struct lock lock;
};

/** identity <-> its file. */
enum err node_identity_write(struct bytes *out, const struct node_identity *identity, struct err_info *info) MUST_USE;
enum err node_identity_read(struct node_identity *out, struct view text, struct err_info *info) MUST_USE;

/** Read node.git's head into node->head and node->tree. */
enum err node_head_load(struct node *node, struct err_info *info) MUST_USE;
/** Identity, roster and schema sets from the head. */
enum err node_reload(struct node *node, struct err_info *info) MUST_USE;
enum err node_roster_load(struct node *node, struct err_info *info) MUST_USE;
enum err node_schemas_load(struct node *node, struct err_info *info) MUST_USE;

#endif
