/*
 * Under audit: edits signed with a key that is revoked by now. One counts if somebody above its signer had taken it in before: the
 * word that ended the key names a tip that reaches it, or a receipt vouches for it: one by an office above its signer, or ours to
 * such an office, which brought it. Whether a receipt came before the word is its signer's affair: who was above had judged.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/auditing.h"
#include "git/history.h"
#include "intake/revoked.h"
#include "partition/partition.h"
#include "receipt/receipt.h"

/* One key of the suspects. */
struct vouching {
	struct auditing *auditing;
	struct partition *partition;
	const struct intake_suspect *suspect; /* the first with this key */
	struct table tips;                    /* edits that are vouched for, with all below them */
};

static enum err
vouch(struct vouching *vouching, const struct oid *tips, size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (git_store_has(partition_store(vouching->partition), &tips[i]))
			err = table_put(&vouching->tips, view_of(tips[i].bytes, OID_BYTES), NULL, NULL, info);
	}
	return err;
}

static enum err
vouch_words(struct vouching *vouching, struct err_info *info)
{
	const struct roster *roster = node_roster(vouching->auditing->node);
	const struct statement *word;
	size_t position = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK &&
	       (word = roster_revocation_next(roster, &vouching->suspect->key_id, &position)) != NULL) {
		for (size_t i = 0; err == ERR_OK && i < word->head_count; i++) {
			const struct statement_head *head = &word->heads[i];

			if (id_equal(&head->partition, partition_id(vouching->partition)))
				err = vouch(vouching, head->tips, head->tip_count, info);
		}
	}
	return err;
}

static enum err
vouch_row(struct vouching *vouching, const struct receipt *receipt, const struct receipt_partition *row,
          struct err_info *info)
{
	const struct roster *roster = node_roster(vouching->auditing->node);
	const struct node_code *signer = &vouching->suspect->signer;
	bool is_by_superior = roster_is_superior(roster, &receipt->from, signer);
	enum err err = ERR_OK;

	if (!is_by_superior && !roster_is_superior(roster, &receipt->to, signer))
		return ERR_OK;
	if (row->state == RECEIPT_TAKEN)
		err = vouch(vouching, row->taken.items, row->taken.count, info);
	if (err == ERR_OK && is_by_superior)
		err = vouch(vouching, row->tips.items, row->tips.count, info);
	return err;
}

/* What is wrong with a receipt itself is told when receipts are audited. */
static enum err
vouch_receipt(struct auditing *auditing, void *context, const char *path, struct view content, struct err_info *why)
{
	struct vouching *vouching = context;
	struct statement_signed signed_text;
	struct receipt receipt = {0};
	struct err_info told;
	enum err err = statement_split(&signed_text, content, SEAL_NAMESPACE_RECEIPT, &told);

	(void)path;
	if (err == ERR_OK)
		err = receipt_text_read(&receipt, signed_text.text, &told);
	if (err == ERR_OK)
		err = auditing_check_signer(auditing, &signed_text, &receipt.from, SEAL_NAMESPACE_RECEIPT, &told);
	if (err != ERR_OK)
		return err == ERR_NOMEM ? err_nomem(why) : ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < receipt.partition_count; i++) {
		if (id_equal(&receipt.partitions[i].partition, partition_id(vouching->partition)))
			err = vouch_row(vouching, &receipt, &receipt.partitions[i], why);
	}
	receipt_release(&receipt);
	return err;
}

/* The commits below the head that nobody vouches for, as a set. */
static enum err
list_unvouched(struct table *out, struct vouching *vouching, struct git_history *history, const struct oid *head,
               struct err_info *info)
{
	struct oid *bases = calloc(vouching->tips.count + 1, sizeof(*bases));
	struct git_oids commits = {0};
	size_t position = 0;
	size_t count = 0;
	struct view key;
	enum err err;

	if (bases == NULL)
		return err_nomem(info);
	while (table_next(&vouching->tips, &position, &key, NULL))
		memcpy(bases[count++].bytes, key.data, OID_BYTES);
	err = git_history_between(&commits, history, (struct git_oids_view){head, 1},
	                          (struct git_oids_view){bases, count}, info);
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++)
		err = table_put(out, view_of(commits.items[i].bytes, OID_BYTES), NULL, NULL, info);
	git_oids_release(&commits);
	free(bases);
	return err;
}

static bool
is_unvouched(const struct table *unvouched, const struct vouching *vouching, const struct intake_suspect *suspect)
{
	return id_equal(&suspect->key_id, &vouching->suspect->key_id) &&
	       table_find(unvouched, view_of(suspect->commit.bytes, OID_BYTES)) != NULL;
}

static void
tell(const struct vouching *vouching, const struct intake_suspect *suspect)
{
	char what[2 * OID_BYTES + 16] = "commit ";
	struct err_info why;

	hex_write(what + 7, view_of(suspect->commit.bytes, OID_BYTES));
	(void)err_set(&why, ERR_AUTH,
	              _("it is signed with a key of %s that was revoked before anybody above it had taken the edit in"),
	              suspect->signer.text);
	auditing_wrong(vouching->auditing, what, &why);
}

/* Words first: a repository of many receipts is only read when these do not clear all. */
static enum err
judge_key(struct vouching *vouching, const struct intake_suspects *suspects, struct git_history *history,
          const struct oid *head, struct err_info *info)
{
	static const char *const RECEIPTS[] = {"receipts/to", "receipts/from"};
	struct table unvouched = {0};
	bool is_clear = true;
	enum err err = vouch_words(vouching, info);

	if (err == ERR_OK)
		err = list_unvouched(&unvouched, vouching, history, head, info);
	for (size_t i = 0; err == ERR_OK && i < suspects->count; i++)
		is_clear = is_clear && !is_unvouched(&unvouched, vouching, &suspects->items[i]);
	if (err != ERR_OK || is_clear)
		goto out;
	for (size_t i = 0; err == ERR_OK && i < sizeof(RECEIPTS) / sizeof(RECEIPTS[0]); i++)
		err = auditing_each_file(vouching->auditing, RECEIPTS[i], vouch_receipt, vouching, info);
	table_release(&unvouched);
	if (err == ERR_OK)
		err = list_unvouched(&unvouched, vouching, history, head, info);
	for (size_t i = 0; err == ERR_OK && i < suspects->count; i++) {
		if (is_unvouched(&unvouched, vouching, &suspects->items[i]))
			tell(vouching, &suspects->items[i]);
	}
out:
	table_release(&unvouched);
	return err;
}

enum err
auditing_revoked(struct auditing *auditing, struct partition *partition, struct git_history *history,
                 const struct oid *head, const struct intake_suspects *suspects, struct err_info *info)
{
	struct table keys = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < suspects->count; i++) {
		struct vouching vouching = {
			.auditing = auditing, .partition = partition, .suspect = &suspects->items[i]};
		bool is_new = false;

		err = table_put(&keys, view_of(suspects->items[i].key_id.bytes, ID_BYTES), NULL, &is_new, info);
		if (err == ERR_OK && is_new)
			err = judge_key(&vouching, suspects, history, head, info);
		table_release(&vouching.tips);
	}
	table_release(&keys);
	return err;
}
