/*
 * A merge has no signature: who can write to our disk, and has no key, can put another one in its place. So what we build on or vouch for
 * was signed by us as it stands (a checkpoint names it), came through the door in this run, or is made again. design.md 7.
 */
#include <string.h>

#include "flow/checkpoint.h"
#include "flow/epoch.h"
#include "keyring/keyring.h"
#include "partition/merge.h"
#include "roster/rights.h"
#include "statement/signed.h"

static bool
is_own_key(const struct node *node, const struct seal_public_key *signer)
{
	const struct roster *roster = node_roster_of(node);
	struct roster_key key;
	size_t position = 0;

	while (roster_key_next(&key, roster, &node_identity_of(node)->code, &position)) {
		if (seal_public_key_equal(&key.keys.sign, signer))
			return true;
	}
	return false;
}

/* Whether our newest checkpoint of the partition names this head. */
static enum err
is_checkpointed(bool *out, struct node *node, const struct id *partition, const struct oid *head, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct statement_signed signed_text;
	struct checkpoint last = {0};
	struct bytes file = {0};
	enum err err = flow_checkpoint_directory(directory, partition, info);

	*out = false;
	if (err == ERR_OK)
		err = flow_checkpoint_last(&file, node, directory, info);
	if (err == ERR_OK && file.size > 0 &&
	    statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, NULL) == ERR_OK &&
	    checkpoint_read(&last, signed_text.text, NULL) == ERR_OK)
		*out = oid_equal(&last.head, head) && id_equal(&last.partition, partition) &&
		       is_own_key(node, &signed_text.sshsig.signer) &&
		       statement_verify(&signed_text, SEAL_NAMESPACE_CHECKPOINT, NULL) == ERR_OK;
	checkpoint_release(&last);
	bytes_release(&file);
	return err;
}

static enum err
make_again(struct partition *partition, const struct partition_version *version, struct err_info *info)
{
	struct partition_batch *batch = NULL;
	struct oid made = {{0}};
	char hex[2 * OID_BYTES + 1];
	bool is_merge = false;
	enum err err = partition_batch_new(&batch, partition, info);

	if (err == ERR_OK)
		err = partition_merge(&made, &is_merge, batch, &version->info.parents[0], &version->info.parents[1],
		                      info);
	partition_batch_free(batch);
	if (err == ERR_RIGHT ||
	    err == ERR_STATE) /* who cannot make it did not; the door let it pass, or the audit names it */
		return ERR_OK;
	if (err != ERR_OK || (is_merge && oid_equal(&made, &version->commit)))
		return err;
	hex_write(hex, view_of(version->commit.bytes, OID_BYTES));
	return err_set_advised(
		info, ERR_AUTH, ADVICE_AUDIT,
		_("the head %s of the partition of %s is not the merge that its parents give: somebody changed "
	          "this store; "
	          "nothing is built on it. Look at: tiersync audit; then restore a backup"),
		hex, partition_owner(partition)->text);
}

enum err
flow_head_check(struct node *node, struct partition *partition, const struct oid *head, struct err_info *info)
{
	const struct roster_node *self = roster_node_find(node_roster(node), &node_identity_of(node)->code);
	struct partition_version version;
	bool is_known = node_was_published(node, head);
	enum err err;

	if (is_known || oid_is_none(head) || self == NULL || self->is_auditor)
		return ERR_OK;
	err = partition_version_open(&version, partition, head, info);
	if (err != ERR_OK)
		return err;
	if (version.info.is_merge)
		err = is_checkpointed(&is_known, node, partition_id(partition), head, info);
	if (err == ERR_OK && version.info.is_merge && !is_known)
		err = make_again(partition, &version, info);
	if (err == ERR_OK)
		err = node_note_published(node, head, info);
	partition_version_release(&version);
	return err;
}

/* Whether we ever vouched for a head of this partition. */
static enum err
has_vouched(bool *out, struct node *node, const struct id *partition, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct bytes file = {0};
	enum err err = flow_checkpoint_directory(directory, partition, info);

	if (err == ERR_OK)
		err = flow_checkpoint_last(&file, node, directory, info);
	*out = file.size > 0;
	bytes_release(&file);
	return err;
}

static enum err
lost(const struct node_code *owner, struct err_info *info)
{
	return err_set_advised(info, ERR_FORMAT, ADVICE_AUDIT,
	                       _("the head of the partition of %s is gone, and records were written in it: what "
	                         "was sent comes "
	                         "home with the next bundles (tiersync sync)"),
	                       owner->text);
}

enum err
flow_head_check_lost(struct node *node, struct partition *partition, struct err_info *info)
{
	const struct node_code *self = &node_identity_of(node)->code;
	const struct node_code *owner = partition_owner(partition);
	struct oid head = {{0}};
	bool was_there = false;
	enum err err = partition_head(partition, &head, info);

	if (err != ERR_OK || !oid_is_none(&head) || flow_is_awaited(node, partition_id(partition)))
		return err;
	err = has_vouched(&was_there, node, partition_id(partition), info);
	was_there = was_there || (node_code_is_owner(self, owner) && keyring_count(partition_keyring(partition)) > 0);
	return err == ERR_OK && was_there ? lost(owner, info) : err;
}

enum err
flow_own_head_check_lost(struct node *node, struct err_info *info)
{
	const struct node_identity *self = node_identity_of(node);
	struct partition *partition = NULL;
	bool was_there = false;
	enum err err = node_partition_open(&partition, node, &self->code, info);

	if (err == ERR_OK)
		err = flow_head_check_lost(node, partition, info);
	else if (err == ERR_RIGHT) /* an auditor has none */
		err = ERR_OK;
	else if (err == ERR_NOT_FOUND && flow_is_awaited(node, &self->partition))
		err = ERR_OK;
	else if (err == ERR_NOT_FOUND)
		err = has_vouched(&was_there, node, &self->partition, info);
	partition_free(partition);
	return err == ERR_OK && was_there ? lost(&self->code, info) : err;
}

enum err
flow_own_check_listed(struct node *node, const struct node_codes *held, struct err_info *info)
{
	for (size_t i = 0; i < held->count; i++) {
		if (strcmp(held->codes[i].text, node_identity_of(node)->code.text) == 0)
			return ERR_OK;
	}
	return flow_own_head_check_lost(node, info);
}
