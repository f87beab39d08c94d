#include "flow/wraps.h"

#include <stdlib.h>
#include <string.h>

#include "keyring/keyring.h"

struct keyring_epoch
flow_keyring_epoch(const struct roster_epoch *epoch)
{
	return (struct keyring_epoch){epoch->partition, epoch->number, epoch->digest, epoch->commitment};
}

static bool
is_wrap_of(const struct keyring_wrap *wrap, const struct roster_epoch *epoch, const struct id *recipient)
{
	return wrap->number == epoch->number && digest_equal(&wrap->digest, &epoch->digest) &&
	       id_equal(&wrap->recipient, recipient);
}

static const struct keyring_wrap *
find_wrap(const struct keyring_wraps *held, const struct roster_epoch *epoch, const struct id *recipient)
{
	for (size_t i = 0; i < held->count; i++) {
		if (is_wrap_of(&held->wraps[i], epoch, recipient))
			return &held->wraps[i];
	}
	return NULL;
}

/* By our present key, or by one that it replaced. ERR_NOT_FOUND: the epoch was not wrapped for any of them. */
static enum err
open_epoch(struct seal_key **out, struct node *node, const struct keyring *keyring, const struct keyring_epoch *epoch,
           struct err_info *info)
{
	const struct seal_node_key *const *old = NULL;
	size_t count = 0;
	enum err err = keyring_epoch_key(out, keyring, epoch, node_keys(node), info);

	if (err == ERR_NOT_FOUND && node_old_keys(&old, &count, node, info) == ERR_OK) {
		for (size_t i = 0; err == ERR_NOT_FOUND && i < count; i++)
			err = keyring_epoch_key(out, keyring, epoch, old[i], info);
	}
	return err;
}

static enum err
make_wrap(struct keyring_wrap *out, struct node *node, struct partition *partition, const struct roster_epoch *epoch,
          const struct seal_public_key *recipient, struct err_info *info)
{
	const struct keyring_epoch named = flow_keyring_epoch(epoch);
	struct keyring *keyring = partition_keyring(partition);
	struct seal_key *key = NULL;
	enum err err = open_epoch(&key, node, keyring, &named, info);

	if (err == ERR_OK)
		err = keyring_wrap_make(out, &named, key, recipient, node_env(node), info);
	if (err == ERR_OK)
		err = keyring_add_wrap(keyring, out, true, info);
	seal_key_free(key);
	return err;
}

enum err
flow_wrap_for(struct node *node, struct partition *partition, const struct seal_public_key *recipient,
              struct err_info *info)
{
	const struct roster_epoch *epoch;
	struct keyring_wraps held = {0};
	size_t position = 0;
	struct id id;
	enum err err = keyring_list_wraps(&held, partition_keyring(partition), info);

	seal_key_id(&id, recipient);
	while (err == ERR_OK &&
	       (epoch = roster_epoch_next(node_roster(node), partition_id(partition), &position)) != NULL) {
		struct keyring_wrap wrap;

		if (find_wrap(&held, epoch, &id) != NULL)
			continue;
		err = make_wrap(&wrap, node, partition, epoch, recipient, info);
		if (err == ERR_NOT_FOUND) /* an epoch that we were not given: somebody else wraps it */
			err = ERR_OK;
	}
	keyring_wraps_release(&held);
	return err;
}

enum err
flow_wrap_all_for(const struct flow_desk *desk, const struct seal_public_key *recipient, struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, desk->node, info);

	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct partition *partition = NULL;

		err = node_partition_open(&partition, desk->node, &codes.codes[i], info);
		if (err == ERR_OK)
			err = partition_lock(partition, desk->wait_seconds, info);
		if (err == ERR_OK)
			err = flow_wrap_for(desk->node, partition, recipient, info);
		partition_free(partition);
	}
	node_codes_release(&codes);
	return err;
}

/* --- handing over --- */

void
flow_wraps_release(struct flow_wraps *wraps)
{
	free(wraps->items);
	*wraps = (struct flow_wraps){0};
}

static enum err
add(struct flow_wraps *wraps, const struct id *partition, const struct keyring_wrap *wrap, struct err_info *info)
{
	if (wraps->count == wraps->capacity) {
		size_t capacity = wraps->capacity == 0 ? 8 : wraps->capacity * 2;
		struct bundle_wrap *items = realloc(wraps->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		wraps->items = items;
		wraps->capacity = capacity;
	}
	wraps->items[wraps->count++] = (struct bundle_wrap){*partition, *wrap};
	return ERR_OK;
}

/* What the exchange state remembers of a wrap: that it came is all that matters, so a short name will do. */
static uint64_t
name_of(const struct id *partition, uint16_t number, const struct digest *epoch, const struct id *recipient)
{
	struct seal_hash hash;
	struct digest digest;
	uint8_t number_bytes[2];

	store_u16(number_bytes, number);
	seal_hash_init(&hash);
	seal_hash_update(&hash, view_of(partition->bytes, ID_BYTES));
	seal_hash_update(&hash, view_of(number_bytes, sizeof(number_bytes)));
	seal_hash_update(&hash, view_of(epoch->bytes, DIGEST_BYTES));
	seal_hash_update(&hash, view_of(recipient->bytes, ID_BYTES));
	seal_hash_final(&digest, &hash);
	return load_u64(digest.bytes);
}

/* Whose wraps a bundle may carry: the neighbour's, and upward those of the offices above it. */
static size_t
find_readers(const struct roster_node *readers[LIMIT_LEVELS_MAX], const struct node *node, const struct roster *roster,
             const struct id *partition, const struct roster_node *to)
{
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	bool is_upward = roster_is_superior(roster, &to->code, &node_identity_of(node)->code);
	size_t path_count = roster_path(roster, &to->code, path);
	size_t count = 0;

	for (size_t i = 0; i < path_count; i++) {
		if ((is_upward || path[i] == to) && roster_may_read(roster, partition, path[i]))
			readers[count++] = path[i];
	}
	return count;
}

struct owing {
	struct flow_wraps *out;
	const struct flow_desk *desk;
	struct partition *partition;
	const struct flow_exchange *exchange;
	struct keyring_wraps held;
	bool is_locked;
};

static enum err
owe_one(struct owing *owing, const struct roster_epoch *epoch, const struct roster_node *reader, struct err_info *info)
{
	const struct keyring_wrap *found;
	struct keyring_wrap made;
	struct id id;
	enum err err = ERR_OK;

	seal_key_id(&id, &reader->keys.seal);
	if (owing->exchange != NULL &&
	    flow_exchange_has_wrap(owing->exchange,
	                           name_of(partition_id(owing->partition), epoch->number, &epoch->digest, &id)))
		return ERR_OK;
	found = find_wrap(&owing->held, epoch, &id);
	if (found == NULL && !owing->is_locked && !owing->desk->is_dry_run) {
		err = partition_lock(owing->partition, owing->desk->wait_seconds, info);
		owing->is_locked = err == ERR_OK;
	}
	if (err == ERR_OK && found == NULL && owing->is_locked) {
		err = make_wrap(&made, owing->desk->node, owing->partition, epoch, &reader->keys.seal, info);
		found = err == ERR_OK ? &made : NULL;
		err = err == ERR_NOT_FOUND ? ERR_OK : err; /* an epoch that we were not given: somebody else wraps it */
	}
	if (err == ERR_OK && found != NULL)
		err = add(owing->out, partition_id(owing->partition), found, info);
	return err;
}

enum err
flow_wraps_owed(struct flow_wraps *out, const struct flow_desk *desk, struct partition *partition,
                const struct roster_node *to, const struct flow_exchange *exchange, struct err_info *info)
{
	const struct roster *roster = node_roster(desk->node);
	struct owing owing = {.out = out, .desk = desk, .partition = partition, .exchange = exchange};
	const struct roster_node *readers[LIMIT_LEVELS_MAX];
	size_t count = find_readers(readers, desk->node, roster, partition_id(partition), to);
	const struct roster_epoch *epoch;
	size_t position = 0;
	enum err err = count == 0 ? ERR_OK : keyring_list_wraps(&owing.held, partition_keyring(partition), info);

	while (err == ERR_OK && count > 0 &&
	       (epoch = roster_epoch_next(roster, partition_id(partition), &position)) != NULL) {
		for (size_t i = 0; err == ERR_OK && i < count; i++)
			err = owe_one(&owing, epoch, readers[i], info);
	}
	keyring_wraps_release(&owing.held);
	if (owing.is_locked)
		partition_unlock(partition);
	return err;
}

/* A wrap for our present key, or for one that it replaced. */
static bool
has_own_wrap(struct node *node, const struct keyring_wraps *held, const struct roster_epoch *epoch,
             const struct seal_node_key *const *old, size_t old_count)
{
	struct id id;

	seal_key_id(&id, &seal_node_key_public(node_keys(node))->seal);
	if (find_wrap(held, epoch, &id) != NULL)
		return true;
	for (size_t i = 0; i < old_count; i++) {
		seal_key_id(&id, &seal_node_key_public(old[i])->seal);
		if (find_wrap(held, epoch, &id) != NULL)
			return true;
	}
	return false;
}

enum err
flow_wraps_lack(bool *out, struct node *node, struct partition *partition, struct err_info *info)
{
	const struct roster *roster = node_roster(node);
	const struct roster_node *self = roster_node_find(roster, &node_identity_of(node)->code);
	const struct seal_node_key *const *old = NULL;
	const struct roster_epoch *epoch;
	struct keyring_wraps held = {0};
	size_t position = 0;
	size_t old_count = 0;
	enum err err;

	*out = false;
	if (self == NULL || !roster_may_read(roster, partition_id(partition), self))
		return ERR_OK;
	err = keyring_list_wraps(&held, partition_keyring(partition), info);
	if (err == ERR_OK)
		err = node_old_keys(&old, &old_count, node, info);
	while (err == ERR_OK && !*out &&
	       (epoch = roster_epoch_next(roster, partition_id(partition), &position)) != NULL)
		*out = !has_own_wrap(node, &held, epoch, old, old_count);
	keyring_wraps_release(&held);
	return err;
}

enum err
flow_wraps_told(struct flow_exchange *exchange, const struct flow_wraps *wraps, uint64_t number, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < wraps->count; i++) {
		const struct keyring_wrap *wrap = &wraps->items[i].wrap;

		err = flow_exchange_tell_wrap(
			exchange, name_of(&wraps->items[i].partition, wrap->number, &wrap->digest, &wrap->recipient),
			number, info);
	}
	return err;
}

enum err
flow_wraps_heard(struct flow_exchange *exchange, struct node *node, const struct node_code *from,
                 const struct bundle_wrap *wraps, size_t count, struct err_info *info)
{
	const struct roster *roster = node_roster(node);
	const struct roster_node *peer = roster_node_find(roster, from);
	enum err err = ERR_OK;

	for (size_t i = 0; peer != NULL && err == ERR_OK && i < count; i++) {
		const struct keyring_wrap *wrap = &wraps[i].wrap;
		const struct roster_node *readers[LIMIT_LEVELS_MAX];
		size_t reader_count = find_readers(readers, node, roster, &wraps[i].partition, peer);

		for (size_t k = 0; err == ERR_OK && k < reader_count; k++) {
			struct id id;

			seal_key_id(&id, &readers[k]->keys.seal);
			err = flow_exchange_tell_wrap(
				exchange, name_of(&wraps[i].partition, wrap->number, &wrap->digest, &id), 1, info);
		}
	}
	return err;
}

/* --- taking in --- */

/* One for an older key of ours: opened by it, and wrapped again for the present one. */
static enum err
keep_for_old(bool *is_ours, struct node *node, struct keyring *keyring, const struct keyring_wrap *wrap,
             const struct keyring_epoch *epoch, struct err_info *info)
{
	const struct seal_node_key *const *old = NULL;
	struct keyring_wrap again;
	struct seal_key *key = NULL;
	size_t count = 0;
	enum err err = node_old_keys(&old, &count, node, info);

	*is_ours = false;
	for (size_t i = 0; err == ERR_OK && !*is_ours && i < count; i++) {
		struct id id;

		seal_key_id(&id, &seal_node_key_public(old[i])->seal);
		if (!id_equal(&id, &wrap->recipient))
			continue;
		*is_ours = true;
		err = keyring_add_own_wrap(keyring, wrap, epoch, old[i], info);
		if (err == ERR_OK)
			err = keyring_epoch_key(&key, keyring, epoch, old[i], info);
		if (err == ERR_OK)
			err = keyring_wrap_make(&again, epoch, key, &seal_node_key_public(node_keys(node))->seal,
			                        node_env(node), info);
		if (err == ERR_OK)
			err = keyring_add_wrap(keyring, &again, true, info);
		seal_key_free(key);
	}
	return err;
}

static enum err
keep_one(struct node *node, struct partition *partition, const struct keyring_wrap *wrap, struct err_info *info)
{
	const struct roster_epoch *found =
		roster_epoch_find(node_roster(node), partition_id(partition), wrap->number, &wrap->digest);
	struct keyring *keyring = partition_keyring(partition);
	struct keyring_epoch epoch;
	bool is_ours = true;
	struct id own;
	enum err err;

	if (found == NULL)
		return ERR_OK;
	epoch = flow_keyring_epoch(found);
	seal_key_id(&own, &seal_node_key_public(node_keys(node))->seal);
	if (id_equal(&own, &wrap->recipient))
		err = keyring_add_own_wrap(keyring, wrap, &epoch, node_keys(node), info);
	else
		err = keep_for_old(&is_ours, node, keyring, wrap, &epoch, info);
	if (err == ERR_OK && !is_ours)
		err = keyring_add_wrap(keyring, wrap, false, info);
	return err == ERR_AUTH ? ERR_OK : err; /* it does not open: as if it had not come */
}

static int
compare_partition(const void *a, const void *b)
{
	return memcmp(((const struct bundle_wrap *)a)->partition.bytes,
	              ((const struct bundle_wrap *)b)->partition.bytes, ID_BYTES);
}

enum err
flow_wraps_keep(const struct flow_desk *desk, const struct bundle_wrap *wraps, size_t count, struct err_info *info)
{
	struct bundle_wrap *sorted = calloc(count + 1, sizeof(*sorted));
	enum err err = sorted == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && count > 0) {
		memcpy(sorted, wraps, count * sizeof(*sorted));
		qsort(sorted, count, sizeof(*sorted), compare_partition);
	}
	for (size_t i = 0; err == ERR_OK && i < count;) {
		const struct id *id = &sorted[i].partition;
		const struct roster_node *owner = roster_owner(node_roster(desk->node), id);
		struct partition *partition = NULL;
		size_t end = i;

		while (end < count && id_equal(&sorted[end].partition, id))
			end++;
		if (owner != NULL) {
			err = node_partition_make(&partition, desk->node, &owner->code, info);
			if (err == ERR_OK)
				err = partition_lock(partition, desk->wait_seconds, info);
		}
		for (; err == ERR_OK && owner != NULL && i < end; i++)
			err = keep_one(desk->node, partition, &sorted[i].wrap, info);
		partition_free(partition);
		i = end;
	}
	free(sorted);
	return err;
}
