/* Commits being made, in one pack that nobody sees yet; published once: salts, pack, ref. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "git/refs.h"
#include "git/upkeep.h"
#include "partition/internal.h"
#include "partition/natural.h"

enum err
partition_batch_new(struct partition_batch **out, struct partition *partition, struct err_info *info)
{
	struct partition_batch *batch = calloc(1, sizeof(*batch));
	enum err err;

	if (batch == NULL)
		return err_nomem(info);
	batch->partition = partition;
	err = git_pack_new(&batch->pack, partition->store, info);
	if (err != ERR_OK) {
		free(batch);
		return err;
	}
	partition_state_load(&batch->states, partition);
	*out = batch;
	return ERR_OK;
}

void
partition_batch_free(struct partition_batch *batch)
{
	if (batch == NULL)
		return;
	partition_natural_free(batch->natural);
	git_pack_free(batch->pack);
	seal_wipe(batch->fresh.seeds, batch->fresh.capacity * sizeof(*batch->fresh.seeds));
	free(batch->fresh.seeds);
	bytes_release(&batch->fresh.ids);
	table_release(&batch->fresh.index);
	partition_sealing_free(batch->sealing);
	bytes_release(&batch->changes);
	free(batch);
}

enum err
partition_batch_version(struct partition_version *out, struct partition_batch *batch, const struct oid *commit,
                        struct err_info *info)
{
	return partition_version_read(out, batch->partition, partition_reader(batch->partition, batch->pack), commit,
	                              info);
}

struct git_reader
partition_batch_reader(const struct partition_batch *batch)
{
	return partition_reader(batch->partition, batch->pack);
}

enum err
partition_batch_keep_salts(struct partition_batch *batch, struct err_info *info)
{
	const struct keyring_batch salts = {
		.seeds = batch->fresh.seeds, .seeds_count = batch->fresh.count, .ids = bytes_view(&batch->fresh.ids)};

	assert(batch->partition->lock.fd >= 0);
	return batch->fresh.count == 0 ? ERR_OK : keyring_add(batch->partition->keyring, &salts, info);
}

/* Salts first: an orphan salt does no harm, a record without its salt is lost. */
static enum err
make_durable(struct partition_batch *batch, struct err_info *info)
{
	enum err err = partition_batch_keep_salts(batch, info);

	return err == ERR_OK ? git_pack_finish(batch->pack, info) : err;
}

enum err
partition_batch_publish(struct partition_batch *batch, const struct oid *old, const struct oid *new_head,
                        struct err_info *info)
{
	struct partition *partition = batch->partition;
	const struct partition_world *world = &partition->world;
	enum err err = world->check == NULL ? ERR_OK : world->check(world->context, info);

	if (err == ERR_OK)
		err = make_durable(batch, info);
	if (err == ERR_OK)
		err = git_ref_swap(partition->store, GIT_REF_MAIN, old, new_head, info);
	if (err != ERR_OK)
		return err_in(info, err, _("partition of %s"), partition->owner.text);
	partition_state_save(partition, &batch->states, new_head);
	partition_journal_settle(batch);
	partition_journal_append(partition, bytes_view(&batch->changes));
	bytes_clear(&batch->changes);
	if (batch->natural != NULL && oid_equal(partition_natural_commit(batch->natural), new_head))
		partition_natural_save(batch->natural);
	return git_store_compact(partition->store, info);
}

enum err
partition_batch_keep_waiting(struct partition_batch *batch, const struct node_code *from, const struct oid *commit,
                             struct err_info *info)
{
	char name[LIMIT_NAME_BYTES_MAX];
	struct oid old;
	enum err err = make_durable(batch, info);

	(void)snprintf(name, sizeof(name), GIT_REF_WAITING "%s", from->text);
	if (err == ERR_OK) {
		err = git_ref_read(&old, batch->partition->store, name, info);
		if (err == ERR_NOT_FOUND) {
			old = (struct oid){{0}};
			err = ERR_OK;
		}
	}
	if (err == ERR_OK && !oid_equal(&old, commit))
		err = git_ref_swap(batch->partition->store, name, &old, commit, info);
	return err;
}
