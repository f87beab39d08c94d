/* exchange/NODE in node.git: what we remember of a peer. One canonical array; schema/exchange-v1.md, section 3. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "flow/peer.h"

enum {
	EXCHANGE_FIELDS = 21,
	EXCHANGE_BYTES_MAX = 16777216,
	REFERENCE_FIELDS = 3,
	CONFIRMED_FIELDS = 3,
};

enum err
flow_chains_update(struct flow_chains *chains, const struct statement_reference *news, size_t count,
                   struct err_info *info)
{
	struct statement_reference *items;
	size_t total = chains->count;

	if (count == 0)
		return ERR_OK;
	items = realloc(chains->items, (chains->count + count) * sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	chains->items = items;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < total && strcmp(items[k].issuer.text, news[i].issuer.text) != 0)
			k++;
		items[k] = news[i];
		total += k == total ? 1U : 0U;
	}
	chains->count = total;
	return ERR_OK;
}

bool
flow_chains_has(const struct flow_chains *chains, const struct statement_reference *reference)
{
	for (size_t i = 0; i < chains->count; i++) {
		const struct statement_reference *item = &chains->items[i];

		if (strcmp(item->issuer.text, reference->issuer.text) == 0)
			return item->number == reference->number &&
			       memcmp(item->digest, reference->digest, sizeof(item->digest)) == 0;
	}
	return false;
}

const struct flow_confirmed *
flow_exchange_confirmed(const struct flow_exchange *exchange, const struct id *partition)
{
	for (size_t i = 0; i < exchange->confirmed_count; i++) {
		if (id_equal(&exchange->confirmed[i].partition, partition))
			return &exchange->confirmed[i];
	}
	return NULL;
}

enum err
flow_exchange_confirm(struct flow_exchange *exchange, const struct flow_confirmed *confirmed, struct err_info *info)
{
	struct flow_confirmed *items = exchange->confirmed;

	for (size_t i = 0; i < exchange->confirmed_count; i++) {
		if (id_equal(&items[i].partition, &confirmed->partition)) {
			items[i] = *confirmed;
			return ERR_OK;
		}
	}
	items = realloc(items, (exchange->confirmed_count + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	exchange->confirmed = items;
	items[exchange->confirmed_count++] = *confirmed;
	return ERR_OK;
}

void
flow_exchange_forget(struct flow_exchange *exchange)
{
	for (size_t i = 0; i < exchange->owed_count; i++)
		bytes_release(&exchange->owed[i]);
	exchange->owed_count = 0;
	exchange->owed_sent = 0;
	exchange->schema_told = 0;
	exchange->schema_acked = 0;
	exchange->night_told = 0;
	exchange->night_acked = 0;
	exchange->chains_told.count = 0;
	exchange->chains_acked.count = 0;
	exchange->chains_peer.count = 0;
	exchange->is_behind = false;
	exchange->wrap_count = 0;
	exchange->wrap_acked = 0;
	exchange->acknowledged.count = 0;
	receipt_peer_forget(exchange->peer);
}

static bool
has_wrap(const struct flow_exchange *exchange, size_t count, uint64_t name)
{
	for (size_t i = 0; i < count; i++) {
		if (exchange->wraps[i] == name)
			return true;
	}
	return false;
}

bool
flow_exchange_has_wrap(const struct flow_exchange *exchange, uint64_t name)
{
	return has_wrap(exchange, exchange->wrap_acked, name);
}

enum err
flow_exchange_tell_wrap(struct flow_exchange *exchange, uint64_t name, struct err_info *info)
{
	uint64_t *wraps;

	if (has_wrap(exchange, exchange->wrap_count, name))
		return ERR_OK;
	wraps = realloc(exchange->wraps, (exchange->wrap_count + 1) * sizeof(*wraps));
	if (wraps == NULL)
		return err_nomem(info);
	exchange->wraps = wraps;
	wraps[exchange->wrap_count++] = name;
	return ERR_OK;
}

enum err
flow_exchange_answered(struct flow_exchange *exchange, uint64_t number, struct err_info *info)
{
	if (number != exchange->sent)
		return ERR_OK;
	exchange->schema_acked = exchange->schema_told;
	exchange->night_acked = exchange->night_told;
	exchange->wrap_acked = exchange->wrap_count;
	/* the receipts that it carried have arrived; those made since have not */
	for (size_t i = 0; i < exchange->owed_sent; i++)
		bytes_release(&exchange->owed[i]);
	exchange->owed_count -= exchange->owed_sent;
	memmove(exchange->owed, exchange->owed + exchange->owed_sent, exchange->owed_count * sizeof(*exchange->owed));
	memset(exchange->owed + exchange->owed_count, 0, exchange->owed_sent * sizeof(*exchange->owed));
	exchange->owed_sent = 0;
	return flow_chains_update(&exchange->chains_acked, exchange->chains_told.items, exchange->chains_told.count,
	                          info);
}

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
write_owed(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	enum err err = codec_write_array(out, exchange->owed_count, info);

	for (size_t i = 0; err == ERR_OK && i < exchange->owed_count; i++)
		err = codec_write_bin(out, bytes_view(&exchange->owed[i]), info);
	return err;
}

static enum err
write_wraps(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	enum err err = codec_write_uint(out, exchange->wrap_acked, info);

	if (err == ERR_OK)
		err = codec_write_array(out, exchange->wrap_count, info);
	return err == ERR_OK ? write_numbers(out, exchange->wraps, exchange->wrap_count, info) : err;
}

static enum err
write_all(struct bytes *out, const struct flow_exchange *exchange, struct err_info *info)
{
	const uint64_t numbers[] = {
		exchange->taken,           exchange->sent,
		(uint64_t)exchange->heard, (uint64_t)exchange->heard_here,
		exchange->schema_told,     exchange->schema_acked,
		exchange->night_told,      exchange->night_acked,
		exchange->owed_sent,       exchange->is_behind ? 1U : 0U,
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
	enum err err = write_all(&content, exchange, info);

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
		if (err == ERR_OK)
			err = codec_read_bin_exact(item.partition.bytes, ID_BYTES, reader, info);
		if (err == ERR_OK)
			err = codec_read_bin_exact(item.head.bytes, OID_BYTES, reader, info);
		if (err == ERR_OK)
			err = codec_read_int(&item.time, reader, info);
		if (err == ERR_OK)
			err = flow_exchange_confirm(out, &item, info);
	}
	return err;
}

static enum err
read_owed(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK && (count > FLOW_OWED_MAX || out->owed_sent > count))
		err = err_set(info, ERR_FORMAT, "%s", _("more receipts owed than are kept"));
	for (; err == ERR_OK && out->owed_count < count; out->owed_count++) {
		struct view content;

		err = codec_read_bin(&content, reader, info);
		if (err == ERR_OK)
			err = bytes_append_view(&out->owed[out->owed_count], content, info);
	}
	return err;
}

static enum err
read_wraps(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	uint64_t acked;
	size_t count;
	enum err err = codec_read_uint_max(&acked, reader, EXCHANGE_BYTES_MAX, info);

	if (err == ERR_OK)
		err = codec_read_array(&count, reader, info);
	if (err == ERR_OK && acked > count)
		err = err_set(info, ERR_FORMAT, "%s", _("more wraps answered than were told"));
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		uint64_t name;

		err = codec_read_uint(&name, reader, info);
		if (err == ERR_OK)
			err = flow_exchange_tell_wrap(out, name, info);
	}
	if (err == ERR_OK)
		out->wrap_acked = (size_t)acked < out->wrap_count ? (size_t)acked : out->wrap_count;
	return err;
}

static enum err
read_numbers(struct flow_exchange *out, struct codec_reader *reader, struct err_info *info)
{
	uint64_t numbers[10];
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		err = codec_read_uint_max(&numbers[i], reader, i < 4 ? INT64_MAX : UINT32_MAX, info);
	if (err != ERR_OK)
		return err;
	out->taken = numbers[0];
	out->sent = numbers[1];
	out->heard = (int64_t)numbers[2];
	out->heard_here = (int64_t)numbers[3];
	out->schema_told = (uint32_t)numbers[4];
	out->schema_acked = (uint32_t)numbers[5];
	out->night_told = (uint32_t)numbers[6];
	out->night_acked = (uint32_t)numbers[7];
	out->owed_sent = (size_t)numbers[8];
	out->is_behind = numbers[9] != 0;
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
		err = read_chains(&out->chains_told, &reader, info);
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
flow_exchange_load(struct flow_exchange *out, struct node *node, const struct node_code *code, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct flow_exchange exchange = {.code = *code};
	struct bytes content = {0};
	enum err err = fs_path(path, info, "exchange/%s", code->text);

	if (err == ERR_OK)
		err = node_file_read(&content, node, path, info);
	if (err == ERR_NOT_FOUND)
		err = receipt_peer_new(&exchange.peer, info);
	else if (err == ERR_OK && content.size > EXCHANGE_BYTES_MAX)
		err = err_set(info, ERR_TOO_BIG, "%s", path);
	else if (err == ERR_OK)
		err = read_all(&exchange, bytes_view(&content), info);
	bytes_release(&content);
	if (err != ERR_OK) {
		flow_exchange_release(&exchange);
		return err_in(info, err, "node.git %s", path);
	}
	*out = exchange;
	return ERR_OK;
}

void
flow_exchange_release(struct flow_exchange *exchange)
{
	free(exchange->chains_told.items);
	free(exchange->chains_acked.items);
	free(exchange->chains_peer.items);
	for (size_t i = 0; i < exchange->owed_count; i++)
		bytes_release(&exchange->owed[i]);
	free(exchange->confirmed);
	free(exchange->wraps);
	receipt_peer_free(exchange->peer);
	*exchange = (struct flow_exchange){0};
}
