/* fsck and gc. */
#include "flow/auditing.h"
#include "flow/bundle.h"
#include "flow/checkpoint.h"
#include "git/tree.h"
#include "git/upkeep.h"
#include "git/whole.h"
#include "keyring/keyring.h"
#include "partition/partition.h"
#include "roster/rights.h"

/* An auditor who verifies alone was never sent a salt. */
static bool
has_salts(struct node *node, const struct partition *partition)
{
	const struct roster *roster = node_roster(node);
	const struct roster_node *self =
		roster == NULL ? NULL : roster_node_find(roster, &node_identity_of(node)->code);

	return self == NULL || !self->is_auditor || roster_may_read(roster, partition_id(partition), self);
}

static enum err
fsck_partition(struct auditing *auditing, const struct flow_desk *desk, const struct node_code *owner,
               struct err_info *info)
{
	struct partition *partition = NULL;
	struct keyring_counts counts;
	struct err_info why;
	struct oid head = {{0}};
	struct partition_version version = {0};
	enum err err = node_partition_open(&partition, desk->node, owner, &why);

	auditing->result.partitions++;
	if (flow_is_of_one(err)) {
		auditing_wrong(auditing, owner->text, &why);
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err_pass(info, err, &why);
	err = partition_lock(partition, desk->wait_seconds, info); /* cleans up what a killed run left */
	if (err != ERR_OK) {
		partition_free(partition);
		return err;
	}
	if (git_store_whole(partition_store(partition), NULL, NULL, &why) != ERR_OK)
		auditing_wrong(auditing, owner->text, &why);
	if (keyring_check(&counts, partition_keyring(partition), &why) != ERR_OK)
		auditing_wrong(auditing, owner->text, &why);
	err = partition_head(partition, &head, &why);
	if (err == ERR_OK && !oid_is_none(&head)) {
		const struct git_reader reader = {NULL, partition_store(partition)};
		size_t records = 0;

		err = partition_version_open(&version, partition, &head, &why);
		if (err == ERR_OK)
			err = git_idtree_check(&records, reader, &version.records, &why);
		auditing->result.records += records;
		if (err == ERR_OK && counts.salts < records && has_salts(desk->node, partition))
			err = err_set(&why, ERR_FORMAT, _("%zu records, salts of %llu: a plain git clone is no backup"),
			              records, (unsigned long long)counts.salts);
	}
	if (err == ERR_OK)
		err = flow_head_check_lost(desk->node, partition, &why);
	if (err != ERR_OK)
		auditing_wrong(auditing, owner->text, &why);
	partition_version_release(&version);
	partition_free(partition);
	return ERR_OK;
}

enum err
flow_fsck(struct flow_audit_result *out, const struct flow_desk *desk, flow_audit_tell tell, void *context,
          struct err_info *info)
{
	struct auditing auditing = {.node = desk->node, .tell = tell, .context = context};
	const struct node_code *self = &node_identity_of(desk->node)->code;
	struct node_codes codes = {0};
	struct err_info why;
	enum err err = node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK && git_store_whole(node_store(desk->node), NULL, NULL, &why) != ERR_OK)
		auditing_wrong(&auditing, "node.git", &why);
	if (err == ERR_OK)
		err = node_partitions(&codes, desk->node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = fsck_partition(&auditing, desk, &codes.codes[i], info);
	if (err == ERR_OK && flow_own_check_listed(desk->node, &codes, &why) != ERR_OK)
		auditing_wrong(&auditing, self->text, &why);
	node_codes_release(&codes);
	node_unlock(desk->node);
	*out = auditing.result;
	if (err == ERR_OK && auditing.result.wrong > 0)
		err = err_set_advised(info, ERR_FORMAT, ADVICE_AUDIT, _("%llu things are wrong"),
		                      (unsigned long long)auditing.result.wrong);
	return err;
}

static enum err
gc_store(struct flow_gc_result *sum, struct git_store *store, struct err_info *info)
{
	struct git_gc_result one;
	enum err err = git_store_gc(&one, store, info);

	if (err != ERR_OK)
		return err;
	sum->bytes_before += one.bytes_before;
	sum->bytes_after += one.bytes_after;
	sum->objects += one.objects_kept;
	return ERR_OK;
}

static enum err
gc_partition(struct flow_gc_result *sum, const struct flow_desk *desk, const struct node_code *owner,
             struct err_info *info)
{
	struct partition *partition = NULL;
	enum err err = node_partition_open(&partition, desk->node, owner, info);

	if (err == ERR_OK)
		err = partition_lock(partition, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = gc_store(sum, partition_store(partition), info);
	if (err == ERR_OK)
		err = partition_changes_forget(partition, info);
	partition_free(partition);
	return err;
}

enum err
flow_gc(struct flow_gc_result *out, const struct flow_desk *desk, struct err_info *info)
{
	struct flow_gc_result sum = {0};
	struct node_codes codes = {0};
	enum err first = ERR_OK; /* told in `info` */
	enum err err = node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = gc_store(&sum, node_store(desk->node), info);
	if (err == ERR_OK)
		err = node_partitions(&codes, desk->node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct err_info why;
		enum err one = gc_partition(&sum, desk, &codes.codes[i], &why);

		if (one != ERR_OK && first == ERR_OK)
			first = err_pass(info, one, &why);
		if (!flow_is_of_one(one)) /* damage of one leaves the others to be written anew */
			err = one;
	}
	node_codes_release(&codes);
	node_unlock(desk->node);
	*out = sum;
	return err != ERR_OK ? err : first;
}
