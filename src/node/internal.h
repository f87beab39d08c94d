/** What the files of this folder share. */
#ifndef NODE_INTERNAL_H
#define NODE_INTERNAL_H

#include "base/table.h"
#include "git/git.h"
#include "node/node.h"
#include "schema/set.h"

struct node_key_backup;
struct node_schema_ahead;

/** One staged file of node.git. */
struct node_staged {
	char *path;
	struct bytes content;
	bool is_removed;
};

enum {
	NODE_SCHEMA_NAME_BYTES = 32
};

/** A schema set that node.git holds; read when it is asked for. */
struct node_schema_entry {
	char name[NODE_SCHEMA_NAME_BYTES]; /* VERSION-DIGEST */
	struct schema_set *set;            /* NULL: not read yet */
};

struct node {
	char *directory;
	struct env env;
	bool is_damaged_fine; /* NODE_DAMAGED */
	struct node_identity identity;
	struct seal_node_key *key;       /* the present one */
	struct seal_node_key *next_key;  /* drawn, not yet in the roster */
	struct seal_node_key **old_keys; /* read when first asked for */
	size_t old_key_count;
	bool has_old_keys;
	bool was_key_finished; /* node_keys_were_finished */
	bool is_key_locked;
	struct bytes passphrase; /* of the key files: older keys and a next one are under the same */
	struct git_store *store;
	struct oid head; /* of node.git, as we read it last */
	struct oid tree;
	struct roster *roster;
	struct node_schema_entry *schemas;
	size_t schema_count;
	struct err_info unread; /* why a set that is held was answered for as if it were not; ERR_OK: none was */
	struct node_schema_ahead *ahead; /* node_schema_compile */
	struct node_staged *staged;      /* unsorted, each path once */
	size_t staged_count;
	size_t staged_capacity;
	struct partition_recent *recent;     /* node_keep_recent */
	struct table published;              /* heads: node_note_published */
	struct keyring_rehearsal *rehearsal; /* node_rehearse */
	struct node_codes rehearsed;         /* whose partitions that dry run made, under temporary names */
	struct lock lock;
};

/** identity <-> its file. */
enum err node_identity_write(struct bytes *out, const struct node_identity *identity, struct err_info *info) MUST_USE;
enum err node_identity_read(struct node_identity *out, struct view text, struct err_info *info) MUST_USE;

/** Read the present key; `passphrase` is kept for the others. Errors of seal_node_key_load(). */
enum err node_keys_load(struct node *node, unsigned flags, struct view passphrase, struct err_info *info) MUST_USE;
/** End a change of keys that a killed run left between two steps; see what another run did. Needs the lock. */
enum err node_keys_finish(struct node *node, struct err_info *info) MUST_USE;
void node_keys_release(struct node *node);
/** The path of keys/NAME in a store directory, or of the file of a replaced key; LIMIT_PATH_BYTES_MAX bytes. */
enum err node_key_path(char *out, const char *directory, const char *name, struct err_info *info) MUST_USE;
enum err node_old_key_path(char *out, const char *directory, const struct seal_public *public_half,
                           struct err_info *info) MUST_USE;
/** Whether a name in keys/ is that of a replaced key. */
bool node_key_is_old(const char *name);
/** Write the files of a copy into keys/ of a store directory, the present one last; older ones that are there stay. ERR_IO. */
enum err node_key_files_put(const char *directory, const struct node_key_backup *backup,
                            struct err_info *info) MUST_USE;

/** Remove what killed runs left in the store directory beside its repositories. Under the node's lock, or before it is a store. */
enum err node_clean(const char *directory, struct err_info *info) MUST_USE;
/** Remove the partitions that a dry run made. */
void node_rehearsal_clear(struct node *node);
/** Read node.git's head into node->head and node->tree. */
enum err node_head_load(struct node *node, struct err_info *info) MUST_USE;
/** Identity, roster and schema sets from the head. */
enum err node_reload(struct node *node, struct err_info *info) MUST_USE;

/** What cannot be understood of the store itself is its own damage: `err` with that advice, unless it has one. Returns `err`. */
enum err node_blame_store(enum err err, struct err_info *info);
enum err node_roster_load(struct node *node, struct err_info *info) MUST_USE;
enum err node_schemas_load(struct node *node, struct err_info *info) MUST_USE;
void node_schemas_release(struct node *node);
/** Waits for the thread. NULL: nothing. */
void node_schema_ahead_free(struct node_schema_ahead *ahead);
bool node_schema_ahead_is_short(const struct node_schema_ahead *ahead);

/** Both halves alike. */
bool node_public_equal(const struct seal_public *a, const struct seal_public *b);

#endif
