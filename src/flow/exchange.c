/* What we remember of a peer: what our bundles told it, what it answered. schema/exchange-v1.md, section 3. */
#include <stdlib.h>
#include <string.h>

#include "flow/peer.h"
#include "roster/rights.h"

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

bool
flow_exchange_holds(const struct flow_exchange *exchange, const struct id *partition, const struct oid *head)
{
	const struct flow_confirmed *confirmed = flow_exchange_confirmed(exchange, partition);
	const struct receipt_known known = receipt_peer_known(exchange->peer, partition);

	if (oid_is_none(head))
		return false; /* nothing is there to be held */
	return (confirmed != NULL && oid_equal(&confirmed->head, head)) || oid_equal(&known.head, head) ||
	       oid_equal(&known.peer_shown, head);
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
	memset(exchange->owed_in, 0, sizeof(exchange->owed_in));
	exchange->owed_count = 0;
	exchange->schema_told = 0;
	exchange->schema_acked = 0;
	exchange->night_told = 0;
	exchange->night_acked = 0;
	exchange->chains_told.count = 0;
	exchange->chains_acked.count = 0;
	exchange->chains_peer.count = 0;
	exchange->is_behind = false;
	exchange->wants_schema = false;
	exchange->wants_keys = false;
	exchange->wrap_count = 0;
	exchange->acknowledged.count = 0;
	receipt_peer_forget(exchange->peer);
}

static size_t
find_wrap(const struct flow_exchange *exchange, uint64_t name)
{
	size_t i = 0;

	while (i < exchange->wrap_count && exchange->wraps[i] != name)
		i++;
	return i;
}

static bool
is_answered(const struct flow_exchange *exchange, uint64_t told_in)
{
	return told_in != 0 && told_in <= exchange->answered;
}

bool
flow_exchange_has_wrap(const struct flow_exchange *exchange, uint64_t name)
{
	size_t i = find_wrap(exchange, name);

	return i < exchange->wrap_count && is_answered(exchange, exchange->wraps_in[i]);
}

enum err
flow_exchange_tell_wrap(struct flow_exchange *exchange, uint64_t name, uint64_t number, struct err_info *info)
{
	uint64_t *wraps;
	uint64_t *wraps_in;

	if (find_wrap(exchange, name) < exchange->wrap_count)
		return ERR_OK;
	wraps = realloc(exchange->wraps, (exchange->wrap_count + 1) * sizeof(*wraps));
	if (wraps == NULL)
		return err_nomem(info);
	exchange->wraps = wraps;
	wraps_in = realloc(exchange->wraps_in, (exchange->wrap_count + 1) * sizeof(*wraps_in));
	if (wraps_in == NULL)
		return err_nomem(info);
	exchange->wraps_in = wraps_in;
	wraps[exchange->wrap_count] = name;
	wraps_in[exchange->wrap_count++] = number;
	return ERR_OK;
}

bool
flow_lacks_schema(struct node *node)
{
	const struct roster_schema_set *open;
	size_t position = 0;

	while ((open = roster_schema_next(node_roster(node), &position)) != NULL) {
		if (!node_schema_has(node, open->version, &open->digest))
			return true;
	}
	return false;
}

enum err
flow_exchange_tell_chains(struct flow_exchange *exchange, const struct statement_reference *ends, size_t count,
                          uint64_t number, struct err_info *info)
{
	struct flow_chains *told = &exchange->chains_told;
	uint64_t *told_in;

	if (count == 0)
		return ERR_OK;
	told_in = realloc(exchange->chains_told_in, (told->count + count) * sizeof(*told_in));
	if (told_in == NULL)
		return err_nomem(info);
	exchange->chains_told_in = told_in;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;
		enum err err;

		if (flow_chains_has(told, &ends[i]))
			continue; /* told before, and the first telling counts */
		while (k < told->count && strcmp(told->items[k].issuer.text, ends[i].issuer.text) != 0)
			k++;
		err = flow_chains_update(told, &ends[i], 1, info);
		if (err != ERR_OK)
			return err;
		told_in[k] = number;
	}
	return ERR_OK;
}

void
flow_exchange_tell_owed(struct flow_exchange *exchange, uint64_t number)
{
	for (size_t i = 0; i < exchange->owed_count; i++)
		exchange->owed_in[i] = exchange->owed_in[i] == 0 ? number : exchange->owed_in[i];
}

void
flow_exchange_tell_schema(struct flow_exchange *exchange, uint32_t version, uint64_t number)
{
	if (exchange->schema_told != version)
		exchange->schema_told_in = number;
	exchange->schema_told = version;
}

void
flow_exchange_tell_schemas_again(struct flow_exchange *exchange)
{
	exchange->schema_told = 0;
	exchange->schema_acked = 0;
}

void
flow_exchange_tell_night(struct flow_exchange *exchange, uint32_t night, uint64_t number)
{
	if (exchange->night_told != night)
		exchange->night_told_in = number;
	exchange->night_told = night;
}

/* Receipts that arrived; those made since have not. */
static void
drop_owed(struct flow_exchange *exchange)
{
	size_t left = 0;

	for (size_t i = 0; i < exchange->owed_count; i++) {
		struct bytes owed = exchange->owed[i];

		exchange->owed[i] = (struct bytes){0};
		if (is_answered(exchange, exchange->owed_in[i])) {
			bytes_release(&owed);
			continue;
		}
		exchange->owed[left] = owed;
		exchange->owed_in[left++] = exchange->owed_in[i];
	}
	exchange->owed_count = left;
}

enum err
flow_exchange_answered(struct flow_exchange *exchange, uint64_t number, struct err_info *info)
{
	enum err err = ERR_OK;

	if (number <= exchange->answered)
		return ERR_OK;
	exchange->answered = number;
	if (is_answered(exchange, exchange->schema_told_in))
		exchange->schema_acked = exchange->schema_told;
	if (is_answered(exchange, exchange->night_told_in))
		exchange->night_acked = exchange->night_told;
	drop_owed(exchange);
	for (size_t i = 0; err == ERR_OK && i < exchange->chains_told.count; i++) {
		if (is_answered(exchange, exchange->chains_told_in[i]))
			err = flow_chains_update(&exchange->chains_acked, &exchange->chains_told.items[i], 1, info);
	}
	return err;
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
	free(exchange->chains_told_in);
	free(exchange->wraps);
	free(exchange->wraps_in);
	receipt_peer_free(exchange->peer);
	*exchange = (struct flow_exchange){0};
}
