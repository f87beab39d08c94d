#include "flow/audit.h"

#include <stdlib.h>
#include <string.h>

#include "git/history.h"
#include "git/tree.h"
#include "git/upkeep.h"
#include "keyring/keyring.h"
#include "partition/partition.h"
#include "receipt/checkpoint.h"
#include "receipt/receipt.h"
#include "record/record.h"
#include "roster/version.h"

struct auditing {
	struct node *node;
	struct flow_audit_result result;
	flow_audit_tell tell;
	void *context;
	struct arena arena;
};

static void
wrong(struct auditing *auditing, const char *what, const struct err_info *why)
{
	auditing->result.wrong++;
	if (auditing->tell != NULL)
		auditing->tell(auditing->context, what, why);
}

/* Every statement is verified again from the root down, whatever was believed when it was stored. */
static enum err
audit_roster(struct auditing *auditing, struct err_info *info)
{
	struct roster_statement *items = NULL;
	struct roster *fresh = NULL;
	size_t count = 0;
	enum err err = roster_newer(&items, &count, node_roster(auditing->node), NULL, NULL, 0, info);

	if (err == ERR_OK)
		err = roster_new(&fresh, roster_root_digest(node_roster(auditing->node)), info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		char what[LIMIT_PATH_BYTES_MAX];
		struct err_info why;

		auditing->result.statements++;
		if (roster_add(fresh, items[i].text, &items[i].sshsig.signature, NULL, &why) == ERR_OK)
			continue;
		err = fs_path(what, info, "roster/%s/%06u", items[i].issuer.text, items[i].number);
		if (err == ERR_OK)
			wrong(auditing, what, &why);
	}
	roster_free(fresh);
	free(items);
	return err;
}

static enum err
audit_record(void *context, const struct id *id, struct view plaintext, struct err_info *info)
{
	struct auditing *auditing = context;
	struct record record;

	(void)id;
	arena_clear(&auditing->arena);
	auditing->result.records++;
	return record_read(&record, &auditing->arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
}

static void
audit_commits(struct auditing *auditing, struct partition *partition, const struct git_oids *commits)
{
	struct partition_verifier *verifier = NULL;
	char what[2 * OID_BYTES + 16];
	struct err_info why;

	if (partition_verifier_new(&verifier, partition, &why) != ERR_OK) {
		wrong(auditing, partition_owner(partition)->text, &why);
		return;
	}
	for (size_t i = 0; i < commits->count; i++) {
		struct partition_version version = {0};

		auditing->result.commits++;
		if (partition_verifier_commit(verifier, &commits->items[i], &version, &why) != ERR_OK) {
			memcpy(what, "commit ", 7);
			hex_write(what + 7, view_of(commits->items[i].bytes, OID_BYTES));
			wrong(auditing, what, &why);
		} else {
			auditing->result.merges += version.info.is_merge ? 1U : 0U;
		}
		partition_version_release(&version);
	}
	partition_verifier_free(verifier);
}

static void
audit_head(struct auditing *auditing, struct partition *partition, const struct oid *head)
{
	const struct git_reader reader = {NULL, partition_store(partition)};
	struct partition_version version;
	struct err_info why;
	enum err err = partition_version_open(&version, partition, head, &why);

	if (err != ERR_OK)
		return; /* told already, commit by commit */
	err = git_idtree_check(NULL, reader, &version.records, &why);
	if (err != ERR_OK)
		wrong(auditing, partition_owner(partition)->text, &why);
	err = partition_each(partition, &version, audit_record, auditing, &why);
	if (err == ERR_RIGHT)
		auditing->result.unreadable++;
	else if (err != ERR_OK)
		wrong(auditing, partition_owner(partition)->text, &why);
	partition_version_release(&version);
}

static enum err
audit_partition(struct auditing *auditing, const struct node_code *owner, struct err_info *info)
{
	struct partition *partition = NULL;
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	struct oid head = {{0}};
	struct err_info why;
	enum err err = node_partition_open(&partition, auditing->node, owner, &why);

	auditing->result.partitions++;
	if (err == ERR_OK)
		err = partition_head(partition, &head, &why);
	if (err == ERR_OK && !oid_is_none(&head)) {
		err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, &why);
		if (err == ERR_OK)
			err = git_history_between(&commits, history, (struct git_oids_view){&head, 1},
			                          (struct git_oids_view){NULL, 0}, &why);
		if (err == ERR_OK) {
			audit_commits(auditing, partition, &commits);
			audit_head(auditing, partition, &head);
		}
	}
	if (err == ERR_NOMEM)
		return err_set(info, err, "%s", why.text);
	if (err != ERR_OK)
		wrong(auditing, owner->text, &why);
	git_oids_release(&commits);
	git_history_free(history);
	partition_free(partition);
	return ERR_OK;
}

/* A signed text must be by a key that the roster gives, or gave, to the node that it names. */
static enum err
check_signer(struct auditing *auditing, const struct statement_signed *signed_text, const struct node_code *code,
             enum seal_namespace name_space, struct err_info *why)
{
	struct roster_key key;
	struct id key_id;
	enum err err = statement_verify(signed_text, name_space, why);

	if (err != ERR_OK)
		return err;
	seal_key_id(&key_id, &signed_text->sshsig.signer);
	err = roster_key_find(&key, node_roster(auditing->node), &key_id, why);
	if (err != ERR_OK || strcmp(key.node->code.text, code->text) != 0)
		return err_set(why, ERR_AUTH, _("signed with a key that the roster does not give to %s"), code->text);
	return ERR_OK;
}

static enum err
check_receipt(struct auditing *auditing, struct view file, struct err_info *why)
{
	struct statement_signed signed_text;
	struct receipt receipt = {0};
	enum err err = statement_split(&signed_text, file, SEAL_NAMESPACE_RECEIPT, why);

	auditing->result.receipts++;
	if (err == ERR_OK)
		err = receipt_text_read(&receipt, signed_text.text, why);
	if (err == ERR_OK)
		err = check_signer(auditing, &signed_text, &receipt.from, SEAL_NAMESPACE_RECEIPT, why);
	receipt_release(&receipt);
	return err;
}

static enum err
check_checkpoint(struct auditing *auditing, struct view file, struct err_info *why)
{
	struct statement_signed signed_text;
	struct checkpoint checkpoint = {0};
	struct checkpoint_night night;
	struct node_code code = {{0}};
	enum err err = statement_split(&signed_text, file, SEAL_NAMESPACE_CHECKPOINT, why);

	auditing->result.checkpoints++;
	if (err != ERR_OK)
		return err;
	if (checkpoint_read(&checkpoint, signed_text.text, why) == ERR_OK) {
		code = checkpoint.node;
		checkpoint_release(&checkpoint);
	} else {
		err = checkpoint_night_read(&night, signed_text.text, why);
		if (err == ERR_OK)
			code = night.node;
	}
	return err == ERR_OK ? check_signer(auditing, &signed_text, &code, SEAL_NAMESPACE_CHECKPOINT, why) : err;
}

typedef enum err (*audit_file)(struct auditing *auditing, struct view file, struct err_info *why);

/* Every file below a directory of node.git. */
static enum err
audit_files(struct auditing *auditing, const char *directory, audit_file check, struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = node_file_list(&names, auditing->node, directory, info);

	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};
		struct err_info why;
		enum err one;

		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err != ERR_OK)
			break;
		one = node_file_read(&content, auditing->node, path, &why);
		if (one == ERR_FORMAT)
			err = audit_files(auditing, path, check, info); /* a directory */
		else if (one == ERR_OK)
			one = check(auditing, bytes_view(&content), &why);
		if (one != ERR_OK && one != ERR_FORMAT)
			wrong(auditing, path, &why);
		else if (one == ERR_FORMAT && content.size > 0)
			wrong(auditing, path, &why);
		bytes_release(&content);
	}
	fs_names_release(&names);
	return err;
}

static enum err
check_root(struct node *node, const struct seal_fingerprint *root, struct err_info *info)
{
	const struct roster_node *found = roster_root(node_roster(node));
	struct statement statement = {.type = STATEMENT_ROOT};
	struct seal_fingerprint own;

	if (root == NULL || found == NULL)
		return ERR_OK;
	statement.issuer = found->code;
	statement.node = found->code;
	statement.keys = found->keys;
	statement.partition = found->partition;
	statement_fingerprint(&own, &statement);
	statement_release(&statement);
	if (seal_fingerprint_equal(root, &own))
		return ERR_OK;
	return err_set(info, ERR_AUTH, _("the pinned root has fingerprint %s, not the one given"), own.text);
}

enum err
flow_audit(struct flow_audit_result *out, struct node *node, const struct seal_fingerprint *root, flow_audit_tell tell,
           void *context, struct err_info *info)
{
	struct auditing auditing = {.node = node, .tell = tell, .context = context};
	struct node_codes codes = {0};
	enum err err = flow_check_accepted(node, info);

	if (err == ERR_OK)
		err = check_root(node, root, info);
	if (err == ERR_OK)
		err = audit_roster(&auditing, info);
	if (err == ERR_OK)
		err = audit_files(&auditing, "receipts", check_receipt, info);
	if (err == ERR_OK)
		err = audit_files(&auditing, "checkpoints", check_checkpoint, info);
	if (err == ERR_OK)
		err = node_partitions(&codes, node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = audit_partition(&auditing, &codes.codes[i], info);
	*out = auditing.result;
	node_codes_release(&codes);
	arena_release(&auditing.arena);
	if (err == ERR_OK && auditing.result.wrong > 0)
		err = err_set(info, ERR_AUTH, _("%llu things are wrong"), (unsigned long long)auditing.result.wrong);
	return err;
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
	enum err err = node_partition_open(&partition, desk->node, owner, info);

	if (err == ERR_OK)
		err = partition_lock(partition, desk->wait_seconds, info); /* cleans up what a killed run left */
	if (err != ERR_OK) {
		partition_free(partition);
		return err;
	}
	auditing->result.partitions++;
	if (keyring_check(&counts, partition_keyring(partition), &why) != ERR_OK)
		wrong(auditing, owner->text, &why);
	err = partition_head(partition, &head, &why);
	if (err == ERR_OK && !oid_is_none(&head)) {
		const struct git_reader reader = {NULL, partition_store(partition)};
		size_t records = 0;

		err = partition_version_open(&version, partition, &head, &why);
		if (err == ERR_OK)
			err = git_idtree_check(&records, reader, &version.records, &why);
		auditing->result.records += records;
		if (err == ERR_OK && counts.salts < records)
			err = err_set(&why, ERR_FORMAT, _("%zu records, salts of %llu: a plain git clone is no backup"),
			              records, (unsigned long long)counts.salts);
	}
	if (err != ERR_OK)
		wrong(auditing, owner->text, &why);
	partition_version_release(&version);
	partition_free(partition);
	return ERR_OK;
}

enum err
flow_fsck(struct flow_audit_result *out, const struct flow_desk *desk, flow_audit_tell tell, void *context,
          struct err_info *info)
{
	struct auditing auditing = {.node = desk->node, .tell = tell, .context = context};
	struct node_codes codes = {0};
	enum err err = node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = node_partitions(&codes, desk->node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = fsck_partition(&auditing, desk, &codes.codes[i], info);
	node_codes_release(&codes);
	node_unlock(desk->node);
	*out = auditing.result;
	if (err == ERR_OK && auditing.result.wrong > 0)
		err = err_set(info, ERR_FORMAT, _("%llu things are wrong"), (unsigned long long)auditing.result.wrong);
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

enum err
flow_gc(struct flow_gc_result *out, const struct flow_desk *desk, struct err_info *info)
{
	struct flow_gc_result sum = {0};
	struct node_codes codes = {0};
	enum err err = node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = gc_store(&sum, node_store(desk->node), info);
	if (err == ERR_OK)
		err = node_partitions(&codes, desk->node, info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct partition *partition = NULL;

		err = node_partition_open(&partition, desk->node, &codes.codes[i], info);
		if (err == ERR_OK)
			err = partition_lock(partition, desk->wait_seconds, info);
		if (err == ERR_OK)
			err = gc_store(&sum, partition_store(partition), info);
		partition_free(partition);
	}
	node_codes_release(&codes);
	node_unlock(desk->node);
	*out = sum;
	return err;
}
