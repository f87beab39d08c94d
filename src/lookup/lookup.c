#include "lookup/lookup.h"

#include <stdlib.h>
#include <unistd.h>

#include "lookup/internal.h"
#include "seal/key.h"

enum {
	ZERO_BYTES = 8 /* a hash that starts with them is of no key */
};

enum err
lookup_new(struct lookup **out, const char *path, struct seal_key *key, const struct env *env, struct err_info *info)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup != NULL)
		lookup->path = strdup(path);
	if (lookup == NULL || lookup->path == NULL) {
		free(lookup);
		seal_key_free(key);
		return err_nomem(info);
	}
	lookup->key = key;
	lookup->env = *env;
	*out = lookup;
	return ERR_OK;
}

void
lookup_clear(struct lookup *lookup)
{
	if (lookup->base.temporary != NULL)
		(void)unlink(lookup->base.temporary);
	lookup_base_release(&lookup->base);
	lookup_overlay_release(&lookup->overlay);
	lookup->change_count = 0;
}

void
lookup_free(struct lookup *lookup)
{
	if (lookup == NULL)
		return;
	lookup_clear(lookup);
	free(lookup->changes);
	seal_key_free(lookup->key);
	free(lookup->path);
	free(lookup);
}

bool
lookup_load(struct lookup *lookup, const struct digest *context, struct oid *commit_out)
{
	struct lookup_stamp stamp;

	lookup_clear(lookup);
	if (!lookup_base_open(&lookup->base, lookup, lookup->path))
		return false;
	stamp = lookup->base.stamp;
	lookup_recent_load(lookup, &stamp);
	if (!digest_equal(&stamp.context, context)) {
		lookup_clear(lookup);
		return false;
	}
	*commit_out = stamp.commit;
	return true;
}

void
lookup_hash_of(struct lookup_hash *out, const struct lookup *lookup, struct view key)
{
	struct digest digest;

	seal_digest_keyed(&digest, SEAL_DOMAIN_NATURALKEY, lookup->key, key);
	memcpy(out->bytes, digest.bytes, LOOKUP_HASH_BYTES);
}

static enum err
damaged(struct err_info *info)
{
	return err_set(info, ERR_FORMAT, "%s", _("the cache of natural keys is damaged"));
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

/* Base pairs whose hash starts with the same `size` bytes as `from`, unless the overlay says something about them. */
static enum err
find_in_base(struct bytes *ids, struct lookup *lookup, const struct lookup_pair *from, size_t size,
             struct err_info *info)
{
	uint64_t at;
	enum err err = ERR_OK;

	if (lookup->base.count == 0)
		return ERR_OK;
	if (!lookup_base_find(&at, lookup, from))
		return damaged(info);
	for (; err == ERR_OK && at < lookup->base.count; at++) {
		const struct lookup_pair *pair = lookup_base_at(lookup, at);

		if (pair == NULL)
			return damaged(info);
		if (memcmp(pair->hash.bytes, from->hash.bytes, size) != 0)
			break;
		if (lookup_overlay_state(&lookup->overlay, pair) == LOOKUP_STATE_NONE)
			err = bytes_append(ids, pair->id.bytes, ID_BYTES, info);
	}
	return err;
}

static void
sort_ids(struct bytes *ids, size_t start)
{
	size_t count = (ids->size - start) / ID_BYTES;

	if (count > 1)
		qsort(ids->data + start, count, ID_BYTES, compare_ids);
}

enum err
lookup_find(struct bytes *ids, struct lookup *lookup, const struct lookup_hash *hash, struct err_info *info)
{
	const struct lookup_pair from = {.hash = *hash};
	const struct lookup_pair *pair;
	size_t start = ids->size;
	size_t position = SIZE_MAX;
	uint8_t state = LOOKUP_STATE_NONE;
	enum err err = find_in_base(ids, lookup, &from, LOOKUP_HASH_BYTES, info);

	while (err == ERR_OK && (pair = lookup_overlay_next(&lookup->overlay, hash, &position, &state)) != NULL) {
		if (state == LOOKUP_STATE_THERE)
			err = bytes_append(ids, pair->id.bytes, ID_BYTES, info);
	}
	if (err == ERR_OK)
		sort_ids(ids, start);
	return err;
}

enum err
lookup_find_zero(struct bytes *ids, struct lookup *lookup, struct err_info *info)
{
	static const struct lookup_pair from;
	const struct lookup_overlay *overlay = &lookup->overlay;
	size_t start = ids->size;
	enum err err = find_in_base(ids, lookup, &from, ZERO_BYTES, info);

	for (size_t i = 0; err == ERR_OK && i < overlay->capacity; i++) {
		if (overlay->states[i] == LOOKUP_STATE_THERE &&
		    memcmp(overlay->pairs[i].hash.bytes, from.hash.bytes, ZERO_BYTES) == 0)
			err = bytes_append(ids, overlay->pairs[i].id.bytes, ID_BYTES, info);
	}
	if (err == ERR_OK)
		sort_ids(ids, start);
	return err;
}

static enum err
is_there(bool *out, struct lookup *lookup, const struct lookup_pair *pair, struct err_info *info)
{
	uint8_t state = lookup_overlay_state(&lookup->overlay, pair);
	const struct lookup_pair *found;
	uint64_t at;

	*out = state == LOOKUP_STATE_THERE;
	if (state != LOOKUP_STATE_NONE || lookup->base.count == 0)
		return ERR_OK;
	if (!lookup_base_find(&at, lookup, pair))
		return damaged(info);
	if (at == lookup->base.count)
		return ERR_OK;
	found = lookup_base_at(lookup, at);
	if (found == NULL)
		return damaged(info);
	*out = lookup_pair_compare(found, pair) == 0;
	return ERR_OK;
}

static enum err
reserve_change(struct lookup *lookup, struct err_info *info)
{
	if (lookup->change_count == lookup->change_capacity) {
		size_t capacity = lookup->change_capacity == 0 ? 64 : lookup->change_capacity * 2;
		struct lookup_change *changes = realloc(lookup->changes, capacity * sizeof(*changes));

		if (changes == NULL)
			return err_nomem(info);
		lookup->changes = changes;
		lookup->change_capacity = capacity;
	}
	return ERR_OK;
}

/* Keeps memory small while a large partition is read in, or a large roll. */
static enum err
spill(struct lookup *lookup, struct err_info *info)
{
	static const struct lookup_stamp none; /* on its own such a base answers for nothing */
	uint64_t most = lookup->base.count / LOOKUP_OVERLAY_SHARE;
	enum err err;

	if (lookup->is_spill_failed || lookup->overlay.count < (most < LOOKUP_OVERLAY_MAX ? LOOKUP_OVERLAY_MAX : most))
		return ERR_OK;
	err = lookup_merge(lookup, &none, info);
	if (err == ERR_FORMAT || err == ERR_NOMEM)
		return err;
	lookup->is_spill_failed = err != ERR_OK;
	return ERR_OK;
}

enum err
lookup_put(struct lookup *lookup, const struct lookup_pair *pair, bool is_wanted, struct err_info *info)
{
	bool is_now;
	enum err err = is_there(&is_now, lookup, pair, info);

	if (err != ERR_OK || is_now == is_wanted)
		return err;
	err = reserve_change(lookup, info);
	if (err == ERR_OK)
		err = lookup_overlay_set(&lookup->overlay, pair, is_wanted ? LOOKUP_STATE_THERE : LOOKUP_STATE_GONE,
		                         info);
	if (err != ERR_OK)
		return err;
	lookup->changes[lookup->change_count++] = (struct lookup_change){*pair, is_wanted};
	return spill(lookup, info);
}

enum err
lookup_drop(struct lookup *lookup, const struct id *id, struct err_info *info)
{
	struct bytes found = {0}; /* pairs */
	enum err err = ERR_OK;

	for (uint64_t at = 0; err == ERR_OK && at < lookup->base.count; at++) {
		const struct lookup_pair *pair = lookup_base_at(lookup, at);

		if (pair == NULL)
			err = damaged(info);
		else if (id_equal(&pair->id, id))
			err = bytes_append(&found, pair, sizeof(*pair), info);
	}
	for (size_t i = 0; err == ERR_OK && i < lookup->overlay.capacity; i++) {
		if (lookup->overlay.states[i] == LOOKUP_STATE_THERE && id_equal(&lookup->overlay.pairs[i].id, id))
			err = bytes_append(&found, &lookup->overlay.pairs[i], sizeof(struct lookup_pair), info);
	}
	for (size_t at = 0; err == ERR_OK && at < found.size; at += sizeof(struct lookup_pair)) {
		struct lookup_pair pair;

		memcpy(&pair, found.data + at, sizeof(pair));
		err = lookup_put(lookup, &pair, false, info);
	}
	bytes_release(&found);
	return err;
}

const struct lookup_change *
lookup_changes(const struct lookup *lookup, size_t *count_out)
{
	*count_out = lookup->change_count;
	return lookup->changes;
}

void
lookup_settle(struct lookup *lookup)
{
	lookup->change_count = 0;
}

enum err
lookup_undo(struct lookup *lookup, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = lookup->change_count; err == ERR_OK && i > 0; i--) {
		const struct lookup_change *change = &lookup->changes[i - 1];

		err = lookup_overlay_set(&lookup->overlay, &change->pair,
		                         change->is_there ? LOOKUP_STATE_GONE : LOOKUP_STATE_THERE, info);
	}
	if (err == ERR_OK)
		lookup->change_count = 0;
	return err;
}
