#include "flow/keys.h"

#include <stdio.h>

#include "node/key_backup.h"
#include "partition/partition.h"

enum {
	LOCK_SECONDS = 60
};

enum err
flow_key_passphrase(struct flow_keys_result *out, const struct flow_desk *desk, struct view present, struct view next,
                    struct err_info *info)
{
	struct flow_keys_result result = {.is_protected = next.size > 0};
	enum err err = node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = node_keys_rewrap(&result.files, desk->node, present, next, desk->is_dry_run, info);
	node_unlock(desk->node);
	if (err == ERR_OK)
		*out = result;
	return err;
}

static enum err
has_begun(bool *out, struct node *node, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(node);
	struct partition *partition = NULL;
	struct oid head = {{0}};
	enum err err;

	*out = self->is_awaited;
	if (self->level == NODE_LEVEL_AUDITOR)
		return ERR_OK;
	err = node_partition_open(&partition, node, &self->code, info);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	*out = *out || (err == ERR_OK && !oid_is_none(&head));
	partition_free(partition);
	return err;
}

enum err
flow_key_backup(struct flow_keys_result *out, const struct flow_desk *desk, const char *path, struct view passphrase,
                struct err_info *info)
{
	struct flow_keys_result result = {.is_protected = true};
	const struct seal_node_key *const *old;
	struct bytes text = {0};
	bool is_begun = false;
	enum err err = fs_exists(path) ? err_set(info, ERR_EXISTS, _("%s is there already; name a new file"), path)
	                               : node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = has_begun(&is_begun, desk->node, info);
	if (err == ERR_OK)
		err = node_old_keys(&old, &result.files, desk->node, info);
	result.files++;
	if (err == ERR_OK)
		err = node_key_backup_write(&text, desk->node, is_begun, passphrase, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = fs_write_new(path, bytes_view(&text), 0600, info);
	node_unlock(desk->node);
	bytes_release(&text);
	if (err == ERR_OK)
		*out = result;
	return err;
}

static enum err
put_into(const char *directory, const struct node_key_backup *backup, const struct env *env, bool is_dry_run,
         struct err_info *info)
{
	struct node *node = NULL;
	enum err err = node_open(&node, directory, NODE_LEAVE_KEYS, (struct view){0}, env, info);

	if (err == ERR_OK)
		err = node_lock(node, LOCK_SECONDS, info);
	if (err == ERR_OK)
		err = node_keys_put(node, backup, is_dry_run, info);
	node_free(node);
	return err;
}

static enum err
make_again(const char *directory, const struct node_key_backup *backup, const struct env *env, bool is_dry_run,
           struct err_info *info)
{
	enum err err = node_check_vacant(directory, NULL, info);

	if (err != ERR_OK)
		return err;
	if (backup->identity.is_root)
		return err_set(
			info, ERR_STATE,
			_("%s is a root: what it signed is in its store alone; restore a backup or a copy of that "
		          "first, then put the keys into it"),
			backup->identity.code.text);
	if (is_dry_run)
		return fs_exists(directory) ? err_set(info, ERR_EXISTS,
		                                      _("%s is there already and holds no store; "
		                                        "name a new directory"),
		                                      directory)
		                            : ERR_OK;
	err = node_create_again(directory, backup, env, info);
	return err == ERR_OK ? node_create_finish(directory, info) : err;
}

enum err
flow_key_restore(struct flow_keys_restored *out, const char *directory, struct view text, struct view passphrase,
                 const struct env *env, bool is_dry_run, struct err_info *info)
{
	char format[LIMIT_PATH_BYTES_MAX];
	struct node_key_backup backup = {.count = 0};
	struct flow_keys_restored result = {.files = 0};
	enum err err = node_key_backup_read(&backup, text, info);

	if (err == ERR_OK)
		err = node_key_backup_check(&backup, passphrase, info);
	if (err == ERR_OK)
		err = fs_path(format, info, "%s/format", directory);
	if (err == ERR_OK) {
		result.code = backup.identity.code;
		result.time = backup.time;
		result.files = backup.count;
		(void)snprintf(result.name, sizeof(result.name), "%s", backup.identity.name);
		result.is_new = !fs_exists(format);
		result.is_awaited = result.is_new && backup.identity.is_awaited;
		err = result.is_new ? make_again(directory, &backup, env, is_dry_run, info)
		                    : put_into(directory, &backup, env, is_dry_run, info);
	}
	node_key_backup_release(&backup);
	if (err == ERR_OK)
		*out = result;
	return err;
}
