#include "git/cache.h"

#include <stdlib.h>

enum {
	SETS_MIN = 16, /* powers of two */
	SETS_MAX = 2048,
	OBJECT_BYTES_MAX = 4096,
	ALL_BYTES_MAX = 12 << 20, /* then only what makes room for itself is taken up */
};

static struct git_cache_slot *
set_of(const struct git_cache *cache, const struct oid *oid)
{
	return cache->sets[load_u32(oid->bytes + 4) & (cache->set_count - 1)];
}

bool
git_cache_get(struct bytes *out, int *type_out, const struct git_cache *cache, const struct oid *oid)
{
	const struct git_cache_slot *set = cache->set_count == 0 ? NULL : set_of(cache, oid);

	for (size_t i = 0; set != NULL && i < GIT_CACHE_WAYS; i++) {
		if (set[i].content.size == 0 || !oid_equal(&set[i].oid, oid))
			continue;
		*type_out = set[i].type;
		return bytes_append_view(out, bytes_view(&set[i].content), NULL) == ERR_OK;
	}
	return false;
}

/* The place for one more: an empty one, or that of another in turn. */
static struct git_cache_slot *
place_for(struct git_cache *cache, const struct oid *oid)
{
	struct git_cache_slot *set = set_of(cache, oid);

	for (size_t i = 0; i < GIT_CACHE_WAYS; i++) {
		if (set[i].content.size == 0)
			return &set[i];
	}
	return &set[cache->next++ % GIT_CACHE_WAYS];
}

/* Twice as many sets when two thirds of the places are taken. False: there are none. */
static bool
grow(struct git_cache *cache)
{
	struct git_cache old = *cache;
	size_t set_count = old.set_count == 0 ? (size_t)SETS_MIN : old.set_count * 2;
	struct git_cache_slot(*sets)[GIT_CACHE_WAYS];

	if (set_count > SETS_MAX || (old.set_count > 0 && old.count * 3 < old.set_count * GIT_CACHE_WAYS * 2))
		return true;
	sets = calloc(set_count, sizeof(*sets));
	if (sets == NULL)
		return old.set_count > 0;
	cache->sets = sets;
	cache->set_count = set_count;
	for (size_t i = 0; i < old.set_count; i++) { /* a set's four go to two others, where there is room for them */
		for (size_t way = 0; way < GIT_CACHE_WAYS; way++) {
			if (old.sets[i][way].content.size > 0)
				*place_for(cache, &old.sets[i][way].oid) = old.sets[i][way];
		}
	}
	free(old.sets);
	return true;
}

void
git_cache_put(struct git_cache *cache, const struct oid *oid, int type, struct view content)
{
	struct git_cache_slot *slot;

	if (content.size > OBJECT_BYTES_MAX || !grow(cache))
		return;
	slot = place_for(cache, oid);
	cache->all -= slot->content.size;
	cache->count -= slot->content.size > 0 ? 1U : 0U;
	bytes_release(&slot->content);
	if (cache->all + content.size > ALL_BYTES_MAX || bytes_append_view(&slot->content, content, NULL) != ERR_OK)
		return;
	cache->all += content.size;
	cache->count += content.size > 0 ? 1U : 0U;
	slot->oid = *oid;
	slot->type = type;
}

void
git_cache_release(struct git_cache *cache)
{
	for (size_t i = 0; i < cache->set_count; i++) {
		for (size_t way = 0; way < GIT_CACHE_WAYS; way++)
			bytes_release(&cache->sets[i][way].content);
	}
	free(cache->sets);
	*cache = (struct git_cache){0};
}
