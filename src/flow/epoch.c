#include "flow/epoch.h"

#include <string.h>

#include "flow/terms.h"
#include "keyring/keyring.h"
#include "roster/rights.h"

static struct keyring_epoch
keyring_epoch_of(const struct roster_epoch *epoch)
{
	return (struct keyring_epoch){epoch->partition, epoch->number, epoch->digest, epoch->commitment};
}

static bool
has_wrap(const struct keyring_wraps *held, const struct keyring_epoch *epoch, const struct seal_public_key *recipient)
{
	struct id id;

	seal_key_id(&id, recipient);
	for (size_t i = 0; i < held->count; i++) {
		const struct keyring_wrap *wrap = &held->wraps[i];

		if (wrap->number == epoch->number && digest_equal(&wrap->digest, &epoch->digest) &&
		    id_equal(&wrap->recipient, &id))
			return true;
	}
	return false;
}

enum err
flow_wrap_for(struct node *node, struct partition *partition, const struct roster_node *recipient,
              struct err_info *info)
{
	struct keyring *keyring = partition_keyring(partition);
	const struct roster_epoch *found;
	struct keyring_wraps held = {0};
	size_t position = 0;
	enum err err = keyring_list_wraps(&held, keyring, info);

	while (err == ERR_OK &&
	       (found = roster_epoch_next(node_roster(node), partition_id(partition), &position)) != NULL) {
		const struct keyring_epoch epoch = keyring_epoch_of(found);
		struct seal_key *key = NULL;
		struct keyring_wrap wrap;

		if (has_wrap(&held, &epoch, &recipient->keys.seal))
			continue;
		err = keyring_epoch_key(&key, keyring, &epoch, node_keys(node), info);
		if (err == ERR_NOT_FOUND) { /* an epoch that we were not given: somebody else wraps it */
			err = ERR_OK;
			continue;
		}
		if (err == ERR_OK)
			err = keyring_wrap_make(&wrap, &epoch, key, &recipient->keys.seal, node_env(node), info);
		if (err == ERR_OK)
			err = keyring_add_wrap(keyring, &wrap, true, info);
		seal_key_free(key);
	}
	keyring_wraps_release(&held);
	return err;
}

/* Wraps a new epoch's key for everybody who must be able to read: ourselves and the offices above. Also for the rolls. */
static enum err
wrap_for_path(struct node *node, struct keyring *keyring, const struct keyring_epoch *epoch, const struct seal_key *key,
              struct err_info *info)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(node_roster(node), &node_identity_of(node)->code, path);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct keyring_wrap wrap;

		err = keyring_wrap_make(&wrap, epoch, key, &path[i]->keys.seal, node_env(node), info);
		if (err == ERR_OK)
			err = keyring_add_wrap(keyring, &wrap, true, info);
	}
	return err;
}

static enum err
say_epoch(struct keyring_epoch *out, struct node *node, const struct id *partition, const struct seal_key *key,
          struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_OPEN_EPOCH, .partition = *partition};
	const struct roster_epoch *newest = roster_epoch_newest(node_roster(node), &statement.partition);
	enum err err;

	statement.version = newest == NULL ? 1 : newest->number + 1U;
	if (statement.version > LIMIT_EPOCH_MAX)
		return err_set(info, ERR_TOO_BIG, _("a partition has at most %d key epochs"), LIMIT_EPOCH_MAX);
	seal_epoch_commitment(&statement.digest, key, &statement.partition, (uint16_t)statement.version);
	err = node_roster_say(node, &statement, info);
	if (err == ERR_OK)
		*out = keyring_epoch_of(roster_epoch_newest(node_roster(node), &statement.partition));
	statement_release(&statement);
	return err;
}

static enum err
open_epoch(const struct flow_desk *desk, const struct node_code *owner, struct err_info *info)
{
	struct node *node = desk->node;
	struct partition *partition = NULL;
	struct seal_key *key = NULL;
	struct keyring_epoch epoch;
	enum err err = node_partition_make(&partition, node, owner, info);

	if (err == ERR_OK)
		err = partition_lock(partition, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = seal_key_new(&key, node_env(node), info);
	if (err == ERR_OK)
		err = say_epoch(&epoch, node, partition_id(partition), key, info);
	if (err == ERR_OK)
		err = wrap_for_path(node, partition_keyring(partition), &epoch, key, info);
	seal_key_free(key);
	partition_free(partition);
	return err;
}

enum err
flow_open_epoch(const struct flow_desk *desk, struct err_info *info)
{
	return open_epoch(desk, &node_identity_of(desk->node)->code, info);
}

static enum err
write_root_commit(const struct flow_desk *desk, struct partition *partition, struct err_info *info)
{
	static const struct oid none;
	struct partition_version nothing = {0};
	struct partition_batch *batch = NULL;
	struct partition_edit *edit = NULL;
	struct flow_terms terms;
	struct oid commit;
	enum err err = flow_terms_for(&terms, desk, partition, &nothing, info);

	if (err == ERR_OK)
		err = partition_batch_new(&batch, partition, info);
	if (err == ERR_OK)
		err = partition_edit_begin(&edit, batch, &terms.terms, info);
	if (err == ERR_OK)
		err = partition_edit_sign(edit, node_keys(desk->node), &commit, info);
	if (err == ERR_OK)
		err = partition_batch_publish(batch, &none, &commit, info);
	partition_edit_free(edit);
	partition_batch_free(batch);
	return err;
}

static enum err
root_commit(const struct flow_desk *desk, const struct node_code *owner, struct err_info *info)
{
	struct partition *partition = NULL;
	struct oid head;
	enum err err = node_partition_make(&partition, desk->node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK && oid_is_none(&head)) {
		err = partition_lock(partition, desk->wait_seconds, info);
		if (err == ERR_OK)
			err = partition_head(partition, &head, info);
		if (err == ERR_OK && oid_is_none(&head))
			err = write_root_commit(desk, partition, info);
	}
	partition_free(partition);
	return err;
}

enum err
flow_root_commit(const struct flow_desk *desk, struct err_info *info)
{
	return root_commit(desk, &node_identity_of(desk->node)->code, info);
}

enum err
flow_start_rolls(const struct flow_desk *desk, const struct node_code *rolls, struct err_info *info)
{
	struct node *node = desk->node;
	const struct roster_node *found = roster_node_find(node_roster(node), rolls);
	enum err err = ERR_OK;

	if (found == NULL)
		return err_set(info, ERR_STATE, "%s", _("a township has no partition of rolls: import them at a hub"));
	if (roster_epoch_newest(node_roster(node), &found->partition) == NULL) {
		if (desk->is_dry_run)
			return err_set(
				info, ERR_STATE, "%s",
				_("no roll was ever imported here: a dry run cannot open the partition of rolls"));
		err = node_lock(node, desk->wait_seconds, info);
		if (err == ERR_OK)
			err = open_epoch(desk, rolls, info);
		if (err == ERR_OK)
			err = node_commit(node, "rolls", info);
		node_unlock(node);
	}
	if (err == ERR_OK)
		err = root_commit(desk, rolls, info);
	return err;
}

/* The epoch's statement is durable before the first commit that names it. */
enum err
flow_start_partition(const struct flow_desk *desk, const char *subject, struct err_info *info)
{
	enum err err = ERR_OK;

	if (roster_epoch_newest(node_roster(desk->node), &node_identity_of(desk->node)->partition) == NULL)
		err = flow_open_epoch(desk, info);
	if (err == ERR_OK)
		err = node_commit(desk->node, subject, info);
	if (err == ERR_OK)
		err = flow_root_commit(desk, info);
	return err;
}
