/*
 * An edit that is signed well, by an office that is enrolled and has no right to this partition: it becomes the head of a
 * copy of somebody's store. It changes no record.
 */
#include <string.h>

#include "attack.h"
#include "partition/partition.h"
#include "roster/version.h"

static void
fill_roster(struct delta_roster_reference *out, size_t *count_out, struct node *signer)
{
	struct roster_version version;
	struct err_info info;

	attack_must(roster_version_for(&version, node_roster(signer), &node_identity_of(signer)->code, &info), &info,
	            "the signer's roster");
	for (size_t i = 0; i < version.count; i++) {
		out[i].issuer = version.items[i].issuer;
		out[i].number = version.items[i].number;
		memcpy(out[i].digest, version.items[i].digest, sizeof(out[i].digest));
	}
	*count_out = version.count;
}

static void
sign(struct oid *out, struct partition_batch *batch, const struct partition_version *head, struct node *signer)
{
	struct delta_roster_reference roster[LIMIT_LEVELS_MAX];
	struct partition_edit_terms terms = {
		.parent = head->commit,
		.node = node_identity_of(signer)->code,
		.level = node_identity_of(signer)->level,
		.time = head->info.time + 1,
		.schema_version = head->info.schema_version,
		.schema_digest = head->info.schema_digest,
		.rules = head->info.rules,
		.epoch = head->info.epoch,
		.epoch_digest = head->info.epoch_digest,
		.roster = roster,
	};
	struct partition_edit *edit = NULL;
	struct err_info info;

	fill_roster(roster, &terms.roster_count, signer);
	attack_must(partition_edit_begin(&edit, batch, &terms, &info), &info, "edit");
	attack_must(partition_edit_sign(edit, node_keys(signer), out, &info), &info, "signature");
	partition_edit_free(edit);
}

void
attack_foreign_edit(struct oid *out, struct node *signer, struct node *victim, const char *owner)
{
	struct partition *partition = NULL;
	struct partition_batch *batch = NULL;
	struct partition_version head = {0};
	struct node_code code;
	struct err_info info;
	struct oid old;

	if (!node_code_read(&code, view_text(owner)))
		attack_must(ERR_USAGE, &(struct err_info){.text = "not a code"}, owner);
	attack_must(node_partition_open(&partition, victim, &code, &info), &info, owner);
	attack_must(partition_lock(partition, 0, &info), &info, owner);
	attack_must(partition_head(partition, &old, &info), &info, owner);
	attack_must(partition_version_open(&head, partition, &old, &info), &info, owner);
	attack_must(partition_batch_new(&batch, partition, &info), &info, owner);
	sign(out, batch, &head, signer);
	attack_must(partition_batch_publish(batch, &old, out, &info), &info, owner);
	partition_batch_free(batch);
	partition_version_release(&head);
	partition_free(partition);
}
