#include "flow/evidence.h"

#include <assert.h>
#include <string.h>

enum {
	BUNDLE_NAME_BYTES = 8, /* of a bundle's digest in a name */
	TEXT_NAME_BYTES = 4,   /* of a text's digest */
	SHARD_DIGITS = 2,
};

const char *
flow_direction_name(enum flow_direction direction)
{
	return direction == FLOW_TO ? "to" : "from";
}

enum err
flow_receipt_prefix(char *directory_out, char name_out[2 * DIGEST_BYTES + 1], enum flow_direction direction,
                    const struct node_code *peer, const struct digest *bundle, struct err_info *info)
{
	hex_write(name_out, view_of(bundle->bytes, BUNDLE_NAME_BYTES));
	return fs_path(directory_out, info, "receipts/%s/%s/%.*s", flow_direction_name(direction), peer->text,
	               SHARD_DIGITS, name_out);
}

enum err
flow_receipt_path(char *out, enum flow_direction direction, const struct node_code *peer, const struct receipt *receipt,
                  struct view text, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	char name[2 * DIGEST_BYTES + 1];
	char hex[2 * TEXT_NAME_BYTES + 1];
	struct digest digest;
	enum err err;

	assert(receipt->answer_count > 0);
	statement_digest(&digest, text);
	hex_write(hex, view_of(digest.bytes, TEXT_NAME_BYTES));
	err = flow_receipt_prefix(directory, name, direction, peer, &receipt->answers[0].bundle, info);
	if (err == ERR_OK)
		err = fs_path(out, info, "%s/%s-%s", directory, name, hex);
	return err;
}

static enum err
keep_text(struct node *node, enum flow_direction direction, const struct receipt *receipt, size_t index,
          const struct seal_public_key *signer, struct err_info *info)
{
	const struct node_code *peer = direction == FLOW_TO ? &receipt->to : &receipt->from;
	struct statement_signed signed_text = {.sshsig = {*signer, *receipt_signature(receipt, index)}};
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	struct bytes file = {0};
	enum err err = receipt_text(&text, receipt, index, info);

	signed_text.text = bytes_view(&text);
	if (err == ERR_OK)
		err = statement_join(&file, &signed_text, SEAL_NAMESPACE_RECEIPT, info);
	if (err == ERR_OK)
		err = flow_receipt_path(path, direction, peer, receipt, bytes_view(&text), info);
	if (err == ERR_OK)
		err = node_file_put(node, path, bytes_view(&file), info);
	bytes_release(&text);
	bytes_release(&file);
	return err;
}

enum err
flow_receipt_is_kept(bool *out, struct node *node, enum flow_direction direction, const struct receipt *receipt,
                     struct err_info *info)
{
	const struct node_code *peer = direction == FLOW_TO ? &receipt->to : &receipt->from;
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	struct bytes file = {0};
	enum err err = ERR_OK;

	*out = false;
	if (receipt->answer_count == 0)
		return ERR_OK;
	err = receipt_text(&text, receipt, 0, info);
	if (err == ERR_OK)
		err = flow_receipt_path(path, direction, peer, receipt, bytes_view(&text), info);
	if (err == ERR_OK)
		err = node_file_read(&file, node, path, info);
	*out = err == ERR_OK;
	bytes_release(&text);
	bytes_release(&file);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
flow_receipt_keep(struct node *node, enum flow_direction direction, const struct receipt *receipt,
                  const struct seal_public_key *signer, struct err_info *info)
{
	enum err err = ERR_OK;

	if (receipt->answer_count == 0)
		return err_set(info, ERR_FORMAT, "%s", _("a receipt that answers no bundle"));
	for (size_t i = 0; err == ERR_OK && i < receipt_text_count(receipt); i++)
		err = keep_text(node, direction, receipt, i, signer, info);
	return err;
}

enum err
flow_night_path(char *out, const struct node_code *peer, const uint8_t incarnation[8], uint32_t number,
                struct view text, struct err_info *info)
{
	char incarnation_hex[2 * TEXT_NAME_BYTES + 1];
	char hex[2 * TEXT_NAME_BYTES + 1];
	struct digest digest;

	statement_digest(&digest, text);
	hex_write(hex, view_of(digest.bytes, TEXT_NAME_BYTES));
	hex_write(incarnation_hex, view_of(incarnation, TEXT_NAME_BYTES));
	return fs_path(out, info, "checkpoints/from/%s/%s/%08u-%s", peer->text, incarnation_hex, number, hex);
}
