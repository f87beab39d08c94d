/* Epoch keys and salts. */
#include <stdlib.h>
#include <string.h>

#include "partition/internal.h"
#include "roster/rights.h"

static enum err
open_epoch(struct partition_epoch **out, struct partition *partition, const struct roster_epoch *found,
           struct err_info *info)
{
	const struct keyring_epoch epoch = {found->partition, found->number, found->digest, found->commitment};
	struct partition_epoch *opened;
	struct seal_key *key = NULL;
	enum err err;

	if (partition->world.keys == NULL)
		return err_set(info, ERR_RIGHT, _("this store has no keys: records cannot be read here"));
	err = keyring_epoch_key(&key, partition->keyring, &epoch, partition->world.keys, info);
	if (err == ERR_NOT_FOUND)
		return err_set(info, ERR_RIGHT, _("no key of epoch %u of partition %s was given to this office"),
		               (unsigned)found->number, partition->owner.text);
	if (err != ERR_OK)
		return err;
	opened = calloc(1, sizeof(*opened));
	if (opened == NULL) {
		seal_key_free(key);
		return err_nomem(info);
	}
	*opened = (struct partition_epoch){found->number, found->digest, found->is_dense, key, partition->epochs};
	partition->epochs = opened;
	*out = opened;
	return ERR_OK;
}

enum err
partition_epoch_open(const struct partition_epoch **out, struct partition *partition, uint16_t number,
                     const struct digest *digest, struct err_info *info)
{
	struct partition_epoch *epoch;
	const struct roster_epoch *found;
	enum err err;

	for (epoch = partition->epochs; epoch != NULL; epoch = epoch->next) {
		if (epoch->number == number && digest_equal(&epoch->digest, digest)) {
			*out = epoch;
			return ERR_OK;
		}
	}
	found = roster_epoch_find(partition->world.roster, &partition->id, number, digest);
	if (found == NULL)
		return err_set(info, ERR_NOT_FOUND, _("the roster knows no epoch %u of partition %s"), (unsigned)number,
		               partition->owner.text);
	err = open_epoch(&epoch, partition, found, info);
	if (err == ERR_OK)
		*out = epoch;
	return err;
}

/* Brings the index of fresh ids up to date. */
static enum err
index_fresh(struct partition_batch *batch, struct err_info *info)
{
	struct partition_fresh *fresh = &batch->fresh;
	enum err err = ERR_OK;

	while (err == ERR_OK && fresh->indexed < fresh->count) {
		const struct keyring_seed *seed = &fresh->seeds[fresh->indexed];
		uint64_t *value;

		if (fresh->indexed_within == seed->count) {
			if (fresh->indexed + 1 == fresh->count)
				break; /* the edit at hand may add more */
			fresh->indexed++;
			fresh->indexed_within = 0;
			continue;
		}
		err = table_put(&fresh->index, view_of(fresh->ids.data + fresh->indexed_ids * ID_BYTES, ID_BYTES),
		                &value, NULL, info);
		if (err == ERR_OK) {
			*value = (uint64_t)fresh->indexed << 32 | fresh->indexed_within++;
			fresh->indexed_ids++;
		}
	}
	return err;
}

/* The seed of a record that the batch adds, and its number in it. ERR_NOT_FOUND, without a text. */
static enum err
find_fresh(const struct keyring_seed **out, uint32_t *n_out, struct partition_batch *batch, const struct id *id,
           struct err_info *info)
{
	const uint64_t *value;
	enum err err = index_fresh(batch, info);

	if (err != ERR_OK)
		return err;
	value = table_find(&batch->fresh.index, view_of(id->bytes, ID_BYTES));
	if (value == NULL)
		return ERR_NOT_FOUND;
	*out = &batch->fresh.seeds[*value >> 32];
	*n_out = (uint32_t)*value;
	return ERR_OK;
}

static enum err
fresh_salt(struct seal_salt *out, struct partition_batch *batch, const struct id *id, struct err_info *info)
{
	const struct keyring_seed *seed;
	struct id check;
	uint32_t n;
	enum err err = find_fresh(&seed, &n, batch, id, info);

	if (err == ERR_OK)
		keyring_derive(out, &check, &seed->seed, n, &batch->partition->id);
	return err;
}

enum err
partition_origin(struct oid *out, struct partition *partition, struct partition_batch *batch, const struct id *id,
                 struct err_info *info)
{
	struct keyring_seed held = {.count = 0};
	const struct keyring_seed *seed = &held;
	uint32_t n;
	enum err err = keyring_seed_of(&held, &n, partition->keyring, id, info);

	if (err == ERR_NOT_FOUND && batch != NULL)
		err = find_fresh(&seed, &n, batch, id, info);
	if (err == ERR_OK)
		*out = seed->commit;
	seal_wipe(&held, sizeof(held));
	return err;
}

enum err
partition_salt(struct seal_salt *out, struct partition *partition, struct partition_batch *batch, const struct id *id,
               struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];
	enum err err = keyring_salt(out, partition->keyring, id, info);

	if (err == ERR_NOT_FOUND && batch != NULL)
		err = fresh_salt(out, batch, id, info);
	if (err != ERR_NOT_FOUND)
		return err;
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	return err_set(info, ERR_RIGHT,
	               _("the salt of record %s is not held: it was erased, or never given to this office"), hex);
}

enum err
partition_register_name(struct record_path *out, struct id *digest_out, const struct partition_register *what,
                        struct err_info *info)
{
	struct seal_salt salt;
	enum err err = ERR_OK;

	if (record_path_has_key(what->path))
		err = partition_salt(&salt, what->partition, what->batch, what->record, info);
	if (err == ERR_OK)
		record_path_name(out, digest_out, what->path, &salt);
	seal_wipe(&salt, sizeof(salt));
	return err;
}
