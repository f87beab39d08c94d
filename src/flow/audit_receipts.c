/* Receipts under audit: who signed them, whether they lie where their content says, what they say against what is held, and
 * whether one is missing of which something else knows. */
#include <string.h>

#include "flow/auditing.h"
#include "flow/evidence.h"
#include "flow/peer.h"

enum {
	KEY_BYTES_MAX = 1 + NODE_CODE_BYTES + ID_BYTES + OID_BYTES + DIGEST_BYTES + 8,
};

struct key {
	uint8_t bytes[KEY_BYTES_MAX];
	size_t size;
};

static void
key_add(struct key *key, const void *data, size_t size)
{
	memcpy(key->bytes + key->size, data, size);
	key->size += size;
}

static struct key
receipt_key(enum flow_direction direction, const struct node_code *peer, const struct digest *bundle)
{
	const uint8_t way = direction == FLOW_TO ? 1 : 0;
	struct key key = {.size = 0};

	key_add(&key, &way, sizeof(way));
	key_add(&key, peer->text, NODE_CODE_BYTES);
	key_add(&key, bundle->bytes, DIGEST_BYTES);
	return key;
}

static struct key
confirmed_key(const struct node_code *peer, const struct id *partition, const struct oid *head, int64_t time)
{
	struct key key = {.size = 0};
	uint8_t seconds[8];

	store_u64(seconds, (uint64_t)time);
	key_add(&key, peer->text, NODE_CODE_BYTES);
	key_add(&key, partition->bytes, ID_BYTES);
	key_add(&key, head->bytes, OID_BYTES);
	key_add(&key, seconds, sizeof(seconds));
	return key;
}

/* What is asked of the receipts to and from one peer. */
struct receipts {
	enum flow_direction direction;
	struct node_code peer;
	struct table named; /* bundles that a later receipt of ours answers too */
};

static enum err
remember_receipt(struct auditing *auditing, struct receipts *receipts, const struct receipt *receipt,
                 struct err_info *why)
{
	struct key key = receipt_key(receipts->direction, &receipts->peer, &receipt->answers[0].bundle);
	enum err err = table_put(&auditing->receipts, view_of(key.bytes, key.size), NULL, NULL, why);

	for (size_t i = 1; err == ERR_OK && receipts->direction == FLOW_TO && i < receipt->answer_count; i++)
		err = table_put(&receipts->named, view_of(receipt->answers[i].bundle.bytes, DIGEST_BYTES), NULL, NULL,
		                why);
	if (err == ERR_OK && receipts->direction == FLOW_FROM && receipt->partition_count > 0) {
		key = confirmed_key(&receipts->peer, &receipt->partitions[0].partition, &receipt->partitions[0].head,
		                    receipt->time);
		err = table_put(&auditing->confirmed, view_of(key.bytes, key.size), NULL, NULL, why);
	}
	return err;
}

static enum err
judge_receipt(struct auditing *auditing, struct receipts *receipts, const struct receipt *receipt,
              const struct statement_signed *signed_text, const char *path, struct err_info *why)
{
	const struct node_code *self = &node_identity_of(auditing->node)->code;
	bool is_ours = receipts->direction == FLOW_TO;
	char expected[LIMIT_PATH_BYTES_MAX];
	enum err err = auditing_check_signer(auditing, signed_text, &receipt->from, SEAL_NAMESPACE_RECEIPT, why);

	if (err == ERR_OK && (strcmp((is_ours ? &receipt->from : &receipt->to)->text, self->text) != 0 ||
	                      strcmp((is_ours ? &receipt->to : &receipt->from)->text, receipts->peer.text) != 0 ||
	                      receipt->answer_count == 0))
		err = err_set(why, ERR_AUTH, "%s", _("it is between other offices than its place says"));
	if (err == ERR_OK)
		err = flow_receipt_path(expected, receipts->direction, &receipts->peer, receipt, signed_text->text,
		                        why);
	if (err == ERR_OK)
		err = auditing_check_place(path, expected, why);
	if (err == ERR_OK)
		err = remember_receipt(auditing, receipts, receipt, why);
	for (size_t i = 0; err == ERR_OK && i < receipt->partition_count; i++) {
		const struct receipt_partition *row = &receipt->partitions[i];

		/* what the peer took from us we had, and what we said that we hold */
		if (!is_ours || row->state == RECEIPT_TAKEN)
			err = auditing_check_reached(auditing, &row->partition, row->taken.items, row->taken.count,
			                             why);
		if (err == ERR_OK && is_ours)
			err = auditing_check_reached(auditing, &row->partition, row->tips.items, row->tips.count, why);
	}
	return err;
}

static enum err
check_receipt(struct auditing *auditing, void *context, const char *path, struct view content, struct err_info *why)
{
	struct statement_signed signed_text;
	struct receipt receipt = {0};
	enum err err = statement_split(&signed_text, content, SEAL_NAMESPACE_RECEIPT, why);

	auditing->result.receipts++;
	if (err == ERR_OK)
		err = receipt_text_read(&receipt, signed_text.text, why);
	if (err == ERR_OK)
		err = judge_receipt(auditing, context, &receipt, &signed_text, path, why);
	receipt_release(&receipt);
	return err;
}

/* A receipt of ours for this bundle must be there. */
static enum err
expect_receipt(struct auditing *auditing, const struct node_code *peer, const struct digest *bundle, const char *who,
               struct err_info *info)
{
	struct key key = receipt_key(FLOW_TO, peer, bundle);
	char directory[LIMIT_PATH_BYTES_MAX];
	char name[2 * DIGEST_BYTES + 1];
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info why;
	enum err err;

	if (table_find(&auditing->receipts, view_of(key.bytes, key.size)) != NULL)
		return ERR_OK;
	err = flow_receipt_prefix(directory, name, FLOW_TO, peer, bundle, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/%s", directory, name);
	if (err != ERR_OK)
		return err;
	(void)err_set(&why, ERR_NOT_FOUND, _("the receipt for this bundle is not there; %s says that it was given"),
	              who);
	auditing_wrong(auditing, path, &why);
	return ERR_OK;
}

static enum err
audit_peer_receipts(struct auditing *auditing, const char *path, const char *name, struct err_info *info)
{
	struct receipts receipts = {
		.direction = strncmp(path, "receipts/to/", strlen("receipts/to/")) == 0 ? FLOW_TO : FLOW_FROM};
	size_t position = 0;
	struct view key;
	enum err err;

	if (!node_code_read(&receipts.peer, view_text(name))) {
		auditing_wrong_text(auditing, path, ERR_FORMAT, _("not the name of an office"));
		return ERR_OK;
	}
	err = auditing_each_file(auditing, path, check_receipt, &receipts, info);
	while (err == ERR_OK && table_next(&receipts.named, &position, &key, NULL)) {
		struct digest bundle;

		memcpy(bundle.bytes, key.data, DIGEST_BYTES);
		err = expect_receipt(auditing, &receipts.peer, &bundle, _("a later one"), info);
	}
	table_release(&receipts.named);
	return err;
}

/* What the state of the exchange remembers was given or got as a receipt. */
static enum err
audit_exchange(struct auditing *auditing, const struct flow_exchange *exchange, const char *path, struct err_info *info)
{
	struct receipt_answer answers[LIMIT_ANSWERS_MAX];
	size_t count = receipt_peer_answers(exchange->peer, answers);
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = expect_receipt(auditing, &exchange->code, &answers[i].bundle, path, info);
	for (size_t i = 0; err == ERR_OK && i < exchange->confirmed_count; i++) {
		const struct flow_confirmed *row = &exchange->confirmed[i];
		struct key key = confirmed_key(&exchange->code, &row->partition, &row->head, row->time);
		char what[LIMIT_PATH_BYTES_MAX];
		char hex[2 * OID_BYTES + 1];
		struct err_info why;

		if (table_find(&auditing->confirmed, view_of(key.bytes, key.size)) != NULL)
			continue;
		hex_write(hex, view_of(row->head.bytes, OID_BYTES));
		err = fs_path(what, info, "receipts/from/%s", exchange->code.text);
		if (err != ERR_OK)
			break;
		(void)err_set(&why, ERR_NOT_FOUND,
		              _("the receipt that confirms head %s is not there; %s says that it came"), hex, path);
		auditing_wrong(auditing, what, &why);
	}
	return err;
}

static enum err
audit_exchanges(struct auditing *auditing, const char *path, const char *name, struct err_info *info)
{
	struct flow_exchange exchange;
	struct node_code peer;
	struct err_info why;
	enum err err;

	if (!node_code_read(&peer, view_text(name)))
		return ERR_OK; /* our own numbers */
	err = flow_exchange_load(&exchange, auditing->node, &peer, &why);
	if (err == ERR_NOMEM)
		return err_nomem(info);
	if (err != ERR_OK) {
		auditing_wrong(auditing, path, &why);
		return ERR_OK;
	}
	err = audit_exchange(auditing, &exchange, path, info);
	flow_exchange_release(&exchange);
	return err;
}

enum err
auditing_receipts(struct auditing *auditing, struct err_info *info)
{
	enum err err = auditing_each_directory(auditing, "receipts/to", audit_peer_receipts, info);

	if (err == ERR_OK)
		err = auditing_each_directory(auditing, "receipts/from", audit_peer_receipts, info);
	if (err == ERR_OK)
		err = auditing_each_directory(auditing, "exchange", audit_exchanges, info);
	return err;
}
