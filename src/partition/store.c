/* The repository with its keyring: making, opening, locking. */
#include <stdlib.h>
#include <string.h>

#include "git/refs.h"
#include "git/upkeep.h"
#include "partition/internal.h"

enum err
partition_create(const char *path, const struct id *id, struct err_info *info)
{
	char child[LIMIT_PATH_BYTES_MAX];
	enum err err;

	(void)id;
	if (fs_exists(path))
		return err_set(info, ERR_EXISTS, _("%s is there already"), path);
	err = git_store_create(path, info);
	if (err == ERR_OK)
		err = fs_path(child, info, "%s/keyring", path);
	if (err == ERR_OK)
		err = fs_mkdir(child, info);
	return err;
}

enum err
partition_open(struct partition **out, const char *path, const struct id *id, const struct node_code *owner,
               const struct partition_world *world, struct err_info *info)
{
	char keyring_path[LIMIT_PATH_BYTES_MAX];
	struct partition *partition = calloc(1, sizeof(*partition));
	enum err err;

	if (partition == NULL)
		return err_nomem(info);
	partition->id = *id;
	partition->owner = *owner;
	partition->world = *world;
	partition->lock.fd = -1;
	partition->path = strdup(path);
	err = partition->path == NULL ? err_nomem(info) : fs_path(keyring_path, info, "%s/keyring", path);
	if (err == ERR_OK)
		err = git_store_open(&partition->store, path, info);
	if (err == ERR_OK)
		err = keyring_open(&partition->keyring, keyring_path, id, info);
	if (err != ERR_OK) {
		partition_free(partition);
		return err_in(info, err, _("partition of %s"), owner->text);
	}
	if (world->rehearsal != NULL) {
		git_store_rehearse(partition->store);
		keyring_rehearse(partition->keyring, world->rehearsal);
	}
	*out = partition;
	return ERR_OK;
}

enum err
partition_open_again(struct partition **out, const struct partition *partition, struct err_info *info)
{
	struct partition_world world = partition->world;

	world.recent = NULL; /* the first one's thread puts into it */
	return partition_open(out, partition->path, &partition->id, &partition->owner, &world, info);
}

void
partition_free(struct partition *partition)
{
	if (partition == NULL)
		return;
	partition_unlock(partition);
	while (partition->epochs != NULL) {
		struct partition_epoch *epoch = partition->epochs;

		partition->epochs = epoch->next;
		seal_key_free(epoch->key);
		free(epoch);
	}
	for (size_t i = 0; i < PARTITION_VERSIONS; i++)
		partition_version_release(&partition->versions[i]);
	seal_wipe_bytes(&partition->scratch);
	partition_journal_release(&partition->journal);
	keyring_free(partition->keyring);
	git_store_free(partition->store);
	free(partition->path);
	free(partition);
}

const struct id *
partition_id(const struct partition *partition)
{
	return &partition->id;
}

const struct node_code *
partition_owner(const struct partition *partition)
{
	return &partition->owner;
}

const char *
partition_path(const struct partition *partition)
{
	return partition->path;
}

struct git_store *
partition_store(struct partition *partition)
{
	return partition->store;
}

struct keyring *
partition_keyring(struct partition *partition)
{
	return partition->keyring;
}

const struct partition_world *
partition_world_of(const struct partition *partition)
{
	return &partition->world;
}

enum err
partition_lock(struct partition *partition, int wait_seconds, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/tiersync.lock", partition->path);

	if (err == ERR_OK)
		err = lock_take(&partition->lock, path, wait_seconds, info);
	if (err != ERR_OK)
		return err;
	err = partition->world.rehearsal == NULL
	              ? git_store_janitor(partition->store, info) /* it opens the store anew */
	              : git_store_refresh(partition->store, info);
	if (err == ERR_OK)
		err = keyring_reload(partition->keyring, info);
	if (err != ERR_OK)
		partition_unlock(partition);
	return err;
}

void
partition_unlock(struct partition *partition)
{
	lock_release(&partition->lock);
}

enum err
partition_head(struct partition *partition, struct oid *out, struct err_info *info)
{
	enum err err = git_ref_read(out, partition->store, GIT_REF_MAIN, info);

	if (err == ERR_NOT_FOUND) {
		*out = (struct oid){{0}};
		return ERR_OK;
	}
	return err;
}
