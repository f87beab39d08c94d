/* exchange/NODE in node.git: what we remember of a peer. One canonical array; schema/exchange-v1.md, section 3. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "flow/peer.h"

enum {
	EXCHANGE_FIELDS = 26,
	NUMBER_FIELDS = 12,
	WIDE_NUMBERS = 7, /* of them, the first: up to 2^63 - 1 */
	EXCHANGE_BYTES_MAX = 16777216,
	REFERENCE_FIELDS = 3,
	CONFIRMED_FIELDS = 3,
	FLAG_BEHIND = 1,
	FLAG_WANTS_SCHEMA = 2,
	FLAG_WANTS_KEYS = 4,
};

static enum err
write_references(struct bytes *out, const struct statement_reference *items, size_t count, struct err_info *info)
{
	enum err err = codec_write_array(out, count, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct statement_reference *item = &items[i];

		err = codec_write_array(out, REFERENCE_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_str(out, view_text(item->issuer.text), info);
		if (err == ERR_OK)
			err = codec_write_uint(out, item->number, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(item->digest, sizeof(item->digest)), info);
	}
	return err;
}

static enum err
write_chains(struct bytes *out, const struct flow_chains *chains, struct err_info *info)
{
	return write_references(out, chains->items, chains->count, info);
}

static enum err
write_confirmed(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	enum err err = codec_write_array(out, exchange->confirmed_count, info);

	for (size_t i = 0; err == ERR_OK && i < exchange->confirmed_count; i++) {
		const struct flow_confirmed *item = &exchange->confirmed[i];

		err = codec_write_array(out, CONFIRMED_FIELDS, info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(item->partition.bytes, ID_BYTES), info);
		if (err == ERR_OK)
			err = codec_write_bin(out, view_of(item->head.bytes, OID_BYTES), info);
		if (err == ERR_OK)
			err = codec_write_int(out, item->time, info);
	}
	return err;
}

static enum err
write_numbers(struct bytes *out, const uint64_t *numbers, size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = codec_write_uint(out, numbers[i], info);
	return err;
}

static enum err
write_list(struct bytes *out, const uint64_t *numbers, size_t count, struct err_info *info)
{
	enum err err = codec_write_array(out, count, info);

	return err == ERR_OK ? write_numbers(out, numbers, count, info) : err;
}

static enum err
write_owed(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	enum err err = codec_write_array(out, exchange->owed_count, info);

	for (size_t i = 0; err == ERR_OK && i < exchange->owed_count; i++)
		err = codec_write_bin(out, bytes_view(&exchange->owed[i]), info);
	return err == ERR_OK ? write_list(out, exchange->owed_in, exchange->owed_count, info) : err;
}

static enum err
write_wraps(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	enum err err = write_list(out, exchange->wraps, exchange->wrap_count, info);

	return err == ERR_OK ? write_list(out, exchange->wraps_in, exchange->wrap_count, info) : err;
}

static uint64_t
flags_of(const struct flow_exchange *exchange)
{
	return (exchange->is_behind ? FLAG_BEHIND : 0U) | (exchange->wants_schema ? FLAG_WANTS_SCHEMA : 0U) |
	       (exchange->wants_keys ? FLAG_WANTS_KEYS : 0U);
}

enum err
flow_exchange_write(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	const uint64_t numbers[] = {
		exchange->taken,           exchange->sent,
		(uint64_t)exchange->heard, (uint64_t)exchange->heard_here,
		exchange->schema_told_in,  exchange->night_told_in,
		exchange->answered,        exchange->schema_told,
		exchange->schema_acked,    exchange->night_told,
		exchange->night_acked,     flags_of(exchange),
	};
	struct bytes peer = {0};
	enum err err = receipt_peer_write(&peer, exchange->peer, info);

	if (err == ERR_OK)
		err = codec_write_array(out, EXCHANGE_FIELDS, info);
	if (err == ERR_OK)
		err = codec_write_bin(out, view_of(exchange->incarnation, sizeof(exchange->incarnation)), info);
	if (err == ERR_OK)
		err = codec_write_bin(out, view_of(exchange->taken_digest.bytes, DIGEST_BYTES), info);
	if (err == ERR_OK)
		err = codec_write_bin(out, view_of(exchange->sent_digest.bytes, DIGEST_BYTES), info);
	if (err == ERR_OK)
		err = write_numbers(out, numbers, sizeof(numbers) / sizeof(numbers[0]), info);
	if (err == ERR_OK)
		err = write_chains(out, &exchange->chains_told, info);
	if (err == ERR_OK)
		err = write_list(out, exchange->chains_told_in, exchange->chains_told.count, info);
	if (err == ERR_OK)
		err = write_chains(out, &exchange->chains_acked, info);
	if (err == ERR_OK)
		err = write_chains(out, &exchange->chains_peer, info);
	if (err == ERR_OK)
		err = write_confirmed(out, exchange, info);
	if (err == ERR_OK)
		err = write_owed(out, exchange, info);
	if (err == ERR_OK)
		err = write_wraps(out, exchange, info);
	if (err == ERR_OK)
		err = write_references(out, exchange->acknowledged.items, exchange->acknowledged.count, info);
	if (err == ERR_OK)
		err = codec_write_bin(out, bytes_view(&peer), info);
	bytes_release(&peer);
	return err;
}

enum err
flow_exchange_save(const struct flow_exchange *exchange, struct node *node, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	enum err err = flow_exchange_write(&content, exchange, info);

	if (err == ERR_OK)
		err = fs_path(path, info, "exchange/%s", exchange->code.text);
	if (err == ERR_OK)
		err = node_file_put(node, path, bytes_view(&content), info);
	bytes_release(&content);
	return err;
}

static enum err
read_chains(struct flow_chains *out, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct statement_reference item = {0};
		struct view code;
		uint64_t number;
		size_t fields;

		err = codec_read_array(&fields, reader, info);
		if (err == ERR_OK)
			err = codec_read_str_max(&code, reader, NODE_CODE_BYTES - 1, info);
		if (err == ERR_OK && (fields != REFERENCE_FIELDS || !node_code_read(&item.issuer, code)))
			err = err_set(info, ERR_FORMAT, "%s", _("not a chain end"));
		if (err == ERR_OK)
			err = codec_read_uint_max(&number, reader, UINT32_MAX, info);
		if (err == ERR_OK)
			err = codec_read_bin_exact(item.digest, sizeof(item.digest), reader, info);
		if (err == ERR_OK) {
			item.number = (uint32_t)number;
			err = flow_chains_update(out, &item, 1, info);
		}
		if (err == ERR_OK && out->count != i + 1)
			err = err_set(info, ERR_FORMAT, "%s", _("an issuer of chains is named twice"));
	}
	return err;
}

/* A roster version: at most LIMIT_LEVELS_MAX issuers. */
static enum err
read_version(struct roster_version *out, struct codec_reader *reader, struct err_info *info)
{
	struct flow_chains chains = {0};
	enum err err = read_chains(&chains, reader, info);

	if (err == ERR_OK && chains.count > LIMIT_LEVELS_MAX)
		err = err_set(info, ERR_FORMAT, "%s", _("a roster version names too many issuers"));
	for (size_t i = 0; err == ERR_OK && i < chains.count; i++)
		out->items[out->count++] = chains.items[i];
	free(chains.items);
	return err;
}

static enum err
read_confirmed(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct flow_confirmed item;
		size_t fields;

		err = codec_read_array(&fields, reader, info);
		if (err == ERR_OK && fields != CONFIRMED_FIELDS)
			err = err_set(info, ERR_FORMAT, "%s", _("not an exchange state of this version"));
		if (err == ERR_OK)
			err = codec_read_bin_exact(item.partition.bytes, ID_BYTES, reader, info);
		if (err == ERR_OK)
			err = codec_read_bin_exact(item.head.bytes, OID_BYTES, reader, info);
		if (err == ERR_OK)
			err = codec_read_int(&item.time, reader, info);
		if (err == ERR_OK)
			err = flow_exchange_confirm(out, &item, info);
		if (err == ERR_OK && out->confirmed_count != i + 1)
			err = err_set(info, ERR_FORMAT, "%s", _("what is confirmed of a partition is named twice"));
	}
	return err;
}

/* As many numbers as there are things that they belong to. */
static enum err
read_list(uint64_t *out, size_t expected, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK && count != expected)
		err = err_set(info, ERR_FORMAT, "%s", _("lists of different lengths"));
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = codec_read_uint_max(&out[i], reader, INT64_MAX, info);
	return err;
}

static enum err
read_told(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	enum err err = read_chains(&out->chains_told, reader, info);

	if (err != ERR_OK)
		return err;
	out->chains_told_in = calloc(out->chains_told.count + 1, sizeof(*out->chains_told_in));
	if (out->chains_told_in == NULL)
		return err_nomem(info);
	return read_list(out->chains_told_in, out->chains_told.count, reader, info);
}

static enum err
read_owed(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK && count > FLOW_OWED_MAX)
		err = err_set(info, ERR_FORMAT, "%s", _("more receipts owed than are kept"));
	for (; err == ERR_OK && out->owed_count < count; out->owed_count++) {
		struct view content;

		err = codec_read_bin(&content, reader, info);
		if (err == ERR_OK)
			err = bytes_append_view(&out->owed[out->owed_count], content, info);
	}
	return err == ERR_OK ? read_list(out->owed_in, out->owed_count, reader, info) : err;
}

static enum err
read_wraps(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		uint64_t name;

		err = codec_read_uint(&name, reader, info);
		if (err == ERR_OK)
			err = flow_exchange_tell_wrap(out, name, 0, info);
	}
	if (err == ERR_OK && out->wrap_count != count)
		err = err_set(info, ERR_FORMAT, "%s", _("a wrap is named twice"));
	return err == ERR_OK ? read_list(out->wraps_in, out->wrap_count, reader, info) : err;
}

static enum err
read_numbers(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	uint64_t numbers[NUMBER_FIELDS];
	enum err err;

	err = codec_read_uint(&numbers[0], reader, info); /* the peer's: any */
	for (size_t i = 1; err == ERR_OK && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		err = codec_read_uint_max(&numbers[i], reader, i < WIDE_NUMBERS ? INT64_MAX : UINT32_MAX, info);
	if (err == ERR_OK && numbers[11] > (FLAG_BEHIND | FLAG_WANTS_SCHEMA | FLAG_WANTS_KEYS))
		err = err_set(info, ERR_FORMAT, "%s", _("not an exchange state of this version"));
	if (err != ERR_OK)
		return err;
	out->taken = numbers[0];
	out->sent = numbers[1];
	out->heard = (int64_t)numbers[2];
	out->heard_here = (int64_t)numbers[3];
	out->schema_told_in = numbers[4];
	out->night_told_in = numbers[5];
	out->answered = numbers[6];
	out->schema_told = (uint32_t)numbers[7];
	out->schema_acked = (uint32_t)numbers[8];
	out->night_told = (uint32_t)numbers[9];
	out->night_acked = (uint32_t)numbers[10];
	out->is_behind = (numbers[11] & FLAG_BEHIND) != 0;
	out->wants_schema = (numbers[11] & FLAG_WANTS_SCHEMA) != 0;
	out->wants_keys = (numbers[11] & FLAG_WANTS_KEYS) != 0;
	return ERR_OK;
}

static enum err
read_all(struct flow_exchange *out, struct view content, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(content);
	struct view peer;
	size_t fields;
	enum err err = codec_read_array(&fields, &reader, info);

	if (err == ERR_OK && fields != EXCHANGE_FIELDS)
		err = err_set(info, ERR_FORMAT, "%s", _("not an exchange state of this version"));
	if (err == ERR_OK)
		err = codec_read_bin_exact(out->incarnation, sizeof(out->incarnation), &reader, info);
	if (err == ERR_OK)
		err = codec_read_bin_exact(out->taken_digest.bytes, DIGEST_BYTES, &reader, info);
	if (err == ERR_OK)
		err = codec_read_bin_exact(out->sent_digest.bytes, DIGEST_BYTES, &reader, info);
	if (err == ERR_OK)
		err = read_numbers(out, &reader, info);
	if (err == ERR_OK)
		err = read_told(out, &reader, info);
	if (err == ERR_OK)
		err = read_chains(&out->chains_acked, &reader, info);
	if (err == ERR_OK)
		err = read_chains(&out->chains_peer, &reader, info);
	if (err == ERR_OK)
		err = read_confirmed(out, &reader, info);
	if (err == ERR_OK)
		err = read_owed(out, &reader, info);
	if (err == ERR_OK)
		err = read_wraps(out, &reader, info);
	if (err == ERR_OK)
		err = read_version(&out->acknowledged, &reader, info);
	if (err == ERR_OK)
		err = codec_read_bin(&peer, &reader, info);
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err == ERR_OK)
		err = receipt_peer_read(&out->peer, peer, info);
	return err;
}

enum err
flow_exchange_read(struct flow_exchange *out, struct view content, struct err_info *info)
{
	struct flow_exchange exchange = {.heard = 0};
	enum err err = read_all(&exchange, content, info);

	if (err != ERR_OK) {
		flow_exchange_release(&exchange);
		return err;
	}
	*out = exchange;
	return ERR_OK;
}

enum err
flow_exchange_load(struct flow_exchange *out, struct node *node, const struct node_code *code, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct flow_exchange exchange = {.heard = 0};
	struct bytes content = {0};
	enum err err = fs_path(path, info, "exchange/%s", code->text);

	if (err == ERR_OK)
		err = node_file_read(&content, node, path, info);
	if (err == ERR_NOT_FOUND)
		err = receipt_peer_new(&exchange.peer, info);
	else if (err == ERR_OK && content.size > EXCHANGE_BYTES_MAX)
		err = err_set(info, ERR_TOO_BIG, "%s", path);
	else if (err == ERR_OK)
		err = flow_exchange_read(&exchange, bytes_view(&content), info);
	bytes_release(&content);
	if (err != ERR_OK) {
		flow_exchange_release(&exchange);
		return err_in(info, err, "node.git %s", path);
	}
	*out = exchange;
	out->code = *code;
	return ERR_OK;
}
