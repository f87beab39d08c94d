#include "flow/epoch.h"

#include <string.h>

#include "flow/bundle.h"
#include "flow/checkpoint.h"
#include "flow/terms.h"
#include "flow/wraps.h"
#include "keyring/keyring.h"
#include "roster/rights.h"

/* Wraps a new epoch's key for those who must be able to read at once: the owner and the offices above. Others: when they ask. */
static enum err
wrap_for_path(struct node *node, struct partition *partition, const struct roster_epoch *epoch,
              const struct seal_key *key, struct err_info *info)
{
	const struct keyring_epoch named = flow_keyring_epoch(epoch);
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	size_t count = roster_path(node_roster(node), partition_owner(partition), path);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct keyring_wrap wrap;

		if (path[i]->is_rolls || !roster_may_read(node_roster(node), partition_id(partition), path[i]))
			continue;
		err = keyring_wrap_make(&wrap, &named, key, &path[i]->keys.seal, node_env(node), info);
		if (err == ERR_OK)
			err = keyring_add_wrap(partition_keyring(partition), &wrap, true, info);
	}
	return err;
}

static enum err
say_epoch(const struct roster_epoch **out, struct node *node, const struct id *partition, const struct seal_key *key,
          struct err_info *info)
{
	struct statement statement = {.type = STATEMENT_OPEN_EPOCH, .partition = *partition, .is_dense = true};
	const struct roster_epoch *newest = roster_epoch_newest(node_roster(node), partition);
	struct roster_key_ids without = {0};
	enum err err = roster_epoch_due(&without, node_roster(node), partition, info);

	statement.ids = without.items;
	statement.id_count = without.count;
	statement.version = newest == NULL ? 1 : newest->number + 1U;
	if (err == ERR_OK && statement.version > LIMIT_EPOCH_MAX)
		err = err_set(info, ERR_TOO_BIG, _("a partition has at most %d key epochs"), LIMIT_EPOCH_MAX);
	seal_epoch_commitment(&statement.digest, key, partition, (uint16_t)statement.version);
	if (err == ERR_OK)
		err = node_roster_say(node, &statement, info);
	if (err == ERR_OK)
		*out = roster_epoch_newest(node_roster(node), partition);
	roster_key_ids_release(&without);
	return err;
}

static enum err
open_epoch_of(struct node *node, struct partition *partition, struct err_info *info)
{
	const struct roster_epoch *epoch = NULL;
	struct seal_key *key = NULL;
	enum err err = seal_key_new(&key, node_env(node), info);

	if (err == ERR_OK)
		err = say_epoch(&epoch, node, partition_id(partition), key, info);
	if (err == ERR_OK)
		err = wrap_for_path(node, partition, epoch, key, info);
	seal_key_free(key);
	return err;
}

/* For its keyring, which the epoch's key goes into. */
static enum err
lock_partition(struct partition **out, const struct flow_desk *desk, const struct node_code *owner,
               struct err_info *info)
{
	struct partition *partition = NULL;
	enum err err = node_partition_make(&partition, desk->node, owner, info);

	if (err == ERR_OK)
		err = partition_lock(partition, desk->wait_seconds, info);
	if (err == ERR_OK)
		*out = partition;
	else
		partition_free(partition);
	return err;
}

enum err
flow_open_epoch(const struct flow_desk *desk, const struct node_code *owner, struct err_info *info)
{
	struct partition *partition = NULL;
	enum err err = lock_partition(&partition, desk, owner, info);

	if (err == ERR_OK)
		err = open_epoch_of(desk->node, partition, info);
	partition_free(partition);
	return err;
}

/* Whether it is for us to open this partition's next epoch, and one is due. */
static enum err
is_due_here(bool *out, struct node *node, const struct roster_node *owner, struct err_info *info)
{
	const struct roster *roster = node_roster(node);
	struct statement statement = {.type = STATEMENT_OPEN_EPOCH, .partition = owner->partition};
	const struct roster_epoch *newest = roster_epoch_newest(roster, &owner->partition);
	struct roster_key_ids due = {0};
	enum err err = roster_epoch_due(&due, roster, &owner->partition, info);

	*out = due.count > 0 && newest != NULL && newest->number < LIMIT_EPOCH_MAX;
	roster_key_ids_release(&due);
	if (err != ERR_OK || !*out)
		return err;
	statement.version = newest->number + 1U;
	*out = roster_next(&statement, roster, &node_identity_of(node)->code, NULL) == ERR_OK &&
	       roster_check(roster, &statement, NULL) == ERR_OK;
	return ERR_OK;
}

/* A partition that cannot be opened stops no other: nothing is written there either, so its epoch can wait until it is mended. */
static enum err
renew_one(struct flow_renewed *renewed, const struct flow_desk *desk, const struct node_code *owner,
          struct err_info *info)
{
	const struct roster_node *node = roster_node_find(node_roster(desk->node), owner);
	struct partition *partition = NULL;
	bool is_due = false;
	enum err err = node == NULL ? ERR_OK : is_due_here(&is_due, desk->node, node, info);

	if (err == ERR_OK && is_due && !desk->is_dry_run) {
		err = lock_partition(&partition, desk, owner, info);
		if (err == ERR_OK) {
			err = open_epoch_of(desk->node, partition, info);
		} else if (flow_is_of_content(err)) {
			renewed->still_due++;
			is_due = false;
			err = ERR_OK;
		}
	}
	renewed->opened += err == ERR_OK && is_due ? 1U : 0U;
	partition_free(partition);
	return err;
}

/* Our own partitions, and those of offices below whose key we revoked. A statement moves the roster's nodes: codes first. */
enum err
flow_renew_epochs(struct flow_renewed *out, const struct flow_desk *desk, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(desk->node)->code;
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, desk->node, info);

	*out = (struct flow_renewed){.opened = 0};
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		const struct roster_node *owner = roster_node_find(node_roster(desk->node), &codes.codes[i]);

		if (owner != NULL && (node_code_is_owner(self, &owner->code) || owner->is_revoked))
			err = renew_one(out, desk, &codes.codes[i], info);
	}
	node_codes_release(&codes);
	return err;
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

bool
flow_is_awaited(const struct node *node, const struct id *partition)
{
	const struct node_code *self = &node_identity_of(node)->code;
	const struct roster *roster = node_roster_of(node);
	const struct statement *replacement = roster == NULL ? NULL : roster_replacement(roster, self);

	if (node_identity_of(node)->is_awaited && id_equal(&node_identity_of(node)->partition, partition))
		return true;
	for (size_t i = 0; replacement != NULL && i < replacement->head_count; i++) {
		if (id_equal(&replacement->heads[i].partition, partition))
			return true;
	}
	return false;
}

static enum err
make_root(const struct flow_desk *desk, struct partition *partition, struct err_info *info)
{
	struct oid head;
	enum err err = partition_lock(partition, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK && oid_is_none(&head))
		err = flow_head_check_lost(desk->node, partition, info); /* else a second root, that nobody takes */
	if (err == ERR_OK && oid_is_none(&head) && !flow_is_awaited(desk->node, partition_id(partition)))
		err = write_root_commit(desk, partition, info);
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
	if (err == ERR_OK && oid_is_none(&head) && flow_is_awaited(desk->node, partition_id(partition)))
		err = err_set(info, ERR_STATE, "%s",
		              _("the partition of this office has not come back yet: take the superior's next "
		                "bundle first (tiersync sync)"));
	else if (err == ERR_OK && oid_is_none(&head))
		err = make_root(desk, partition, info);
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
		return err_set_advised(info, ERR_STATE, ADVICE_OTHER_STORE, "%s",
		                       _("a township has no partition of rolls: import them at a hub"));
	if (roster_epoch_newest(node_roster(node), &found->partition) == NULL) {
		if (desk->is_dry_run)
			return err_set(
				info, ERR_STATE, "%s",
				_("no roll was ever imported here: a dry run cannot open the partition of rolls"));
		err = node_lock(node, desk->wait_seconds, info);
		if (err == ERR_OK)
			err = flow_open_epoch(desk, rolls, info);
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
	struct partition *partition = NULL;
	enum err err = ERR_OK;

	if (roster_epoch_newest(node_roster(desk->node), &node_identity_of(desk->node)->partition) == NULL)
		err = flow_open_epoch(desk, &node_identity_of(desk->node)->code, info);
	if (err == ERR_OK)
		err = node_commit(desk->node, subject, info);
	if (err == ERR_OK)
		err = node_partition_make(&partition, desk->node, &node_identity_of(desk->node)->code, info);
	if (err == ERR_OK)
		err = make_root(desk, partition,
		                info); /* locks also where all is done: what a killed run left there goes */
	partition_free(partition);
	return err;
}
