/* The partitions that this store holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/internal.h"
#include "partition/partition.h"
#include "partition/recent.h"

static const struct schema_set *
find_schema_set(void *context, uint32_t version, const struct digest *digest)
{
	return node_schema_find(context, version, digest);
}

static enum err
check_answers(void *context, struct err_info *info)
{
	return node_schema_check(context, info);
}

static enum err
partition_path_of(char *out, const struct node *node, const struct node_code *owner, struct err_info *info)
{
	return fs_path(out, info, "%s/partitions/%s.git", node->directory, owner->text);
}

static enum err
partition_id_of(struct id *out, struct node *node, const struct node_code *owner, struct err_info *info)
{
	const struct roster_node *found = node->roster == NULL ? NULL : roster_node_find(node->roster, owner);

	if (node->identity.level == NODE_LEVEL_AUDITOR && strcmp(owner->text, node->identity.code.text) == 0)
		return err_set(info, ERR_RIGHT, "%s", _("this office is an auditor: it reads, and never writes"));
	if (strcmp(owner->text, node->identity.code.text) == 0)
		*out = node->identity.partition;
	else if (found != NULL)
		*out = found->partition;
	else
		return err_set(info, ERR_NOT_FOUND, _("the roster knows no office %s"), owner->text);
	return ERR_OK;
}

static enum err
open_at(struct partition **out, struct node *node, const struct node_code *owner, const char *path,
        struct err_info *info)
{
	const struct partition_world world = {.roster = node->roster,
	                                      .keys = node->key,
	                                      .env = node->env,
	                                      .find_schema_set = find_schema_set,
	                                      .check = check_answers,
	                                      .context = node,
	                                      .rehearsal = node->rehearsal,
	                                      .recent = node->recent};
	struct id id;
	enum err err = partition_id_of(&id, node, owner, info);

	if (err != ERR_OK)
		return err;
	return partition_open(out, path, &id, owner, &world, info);
}

enum err
node_keep_recent(struct node *node, struct err_info *info)
{
	return node->recent != NULL ? ERR_OK : partition_recent_new(&node->recent, info);
}

static enum err
temporary_path_of(char *out, const struct node *node, const struct node_code *owner, struct err_info *info)
{
	return fs_path(out, info, "%s/partitions/%s.git.tiersync-tmp", node->directory, owner->text);
}

/* The path of a partition: in a dry run that made it, its temporary one. */
static enum err
find_partition(char *out, const struct node *node, const struct node_code *owner, struct err_info *info)
{
	enum err err = partition_path_of(out, node, owner, info);

	for (size_t i = 0; err == ERR_OK && i < node->rehearsed.count; i++) {
		if (strcmp(node->rehearsed.codes[i].text, owner->text) == 0)
			return temporary_path_of(out, node, owner, info);
	}
	return err;
}

enum err
node_partition_open(struct partition **out, struct node *node, const struct node_code *owner, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = find_partition(path, node, owner, info);

	if (err != ERR_OK)
		return err;
	if (!fs_is_dir(path))
		return err_set(info, ERR_NOT_FOUND, _("this store holds no partition of %s"), node_label(node, owner));
	return node_blame_store(open_at(out, node, owner, path, info), info);
}

static enum err
note_rehearsed(struct node *node, const struct node_code *owner, struct err_info *info)
{
	struct node_code *codes =
		realloc(node->rehearsed.codes, (node->rehearsed.count + 1) * sizeof(*node->rehearsed.codes));

	if (codes == NULL)
		return err_nomem(info);
	node->rehearsed.codes = codes;
	codes[node->rehearsed.count++] = *owner;
	return ERR_OK;
}

/* Made under another name and renamed, so that no run ever finds half a repository. In a dry run it keeps that name. */
static enum err
create(struct node *node, const struct node_code *owner, const char *path, const struct id *id, struct err_info *info)
{
	char temporary[LIMIT_PATH_BYTES_MAX];
	enum err err = temporary_path_of(temporary, node, owner, info);

	if (err == ERR_OK)
		err = fs_remove_tree(temporary, info);
	if (err == ERR_OK && node->rehearsal != NULL)
		err = note_rehearsed(node, owner, info);
	if (err == ERR_OK)
		err = partition_create(temporary, id, info);
	if (err == ERR_OK && node->rehearsal == NULL)
		err = fs_rename(temporary, path, info);
	return err;
}

enum err
node_partition_make(struct partition **out, struct node *node, const struct node_code *owner, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct id id;
	enum err err = find_partition(path, node, owner, info);

	if (err == ERR_OK)
		err = partition_id_of(&id, node, owner, info);
	if (err == ERR_OK && !fs_is_dir(path))
		err = create(node, owner, path, &id, info);
	if (err == ERR_OK)
		err = find_partition(path, node, owner, info);
	if (err == ERR_OK)
		err = open_at(out, node, owner, path, info);
	return err;
}

void
node_rehearsal_clear(struct node *node)
{
	char path[LIMIT_PATH_BYTES_MAX];

	for (size_t i = 0; i < node->rehearsed.count; i++) {
		if (temporary_path_of(path, node, &node->rehearsed.codes[i], NULL) == ERR_OK &&
		    fs_remove_tree(path, NULL) != ERR_OK)
			continue; /* the next writer removes it: node_clean */
	}
	node_codes_release(&node->rehearsed);
}

enum err
node_partitions(struct node_codes *out, struct node *node, struct err_info *info)
{
	static const char SUFFIX[] = ".git";
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct node_codes codes = {0};
	enum err err = fs_path(path, info, "%s/partitions", node->directory);

	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_NODES_MAX, info);
	if (err != ERR_OK)
		return err;
	codes.codes = calloc(names.count + 1, sizeof(*codes.codes));
	if (codes.codes == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		size_t size = strlen(names.names[i]);

		if (size > sizeof(SUFFIX) - 1 && strcmp(names.names[i] + size - (sizeof(SUFFIX) - 1), SUFFIX) == 0 &&
		    node_code_read(&codes.codes[codes.count], view_of(names.names[i], size - (sizeof(SUFFIX) - 1))))
			codes.count++;
	}
	fs_names_release(&names);
	if (err != ERR_OK)
		return err;
	*out = codes;
	return ERR_OK;
}

void
node_codes_release(struct node_codes *codes)
{
	free(codes->codes);
	*codes = (struct node_codes){0};
}

enum err
node_note_published(struct node *node, const struct oid *head, struct err_info *info)
{
	return table_put(&node->published, view_of(head->bytes, OID_BYTES), NULL, NULL, info);
}

bool
node_was_published(const struct node *node, const struct oid *head)
{
	return table_find(&node->published, view_of(head->bytes, OID_BYTES)) != NULL;
}
