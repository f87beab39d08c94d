#include "git/oidset.h"

#include <assert.h>
#include <stdlib.h>

enum {
	SLOTS_MIN = 64
};

static const struct oid *
item_oid(const void *items, size_t stride, uint32_t position)
{
	return (const void *)((const uint8_t *)items + stride * position);
}

/* Multiply-shift over 8 bytes of the id: universal as long as the multiplier is not known outside. */
static size_t
slot_of(const struct git_oidset *set, const struct oid *oid)
{
	uint64_t hash = load_u64(oid->bytes) * set->multiplier;

	hash ^= hash >> 32;
	return (size_t)(hash * set->multiplier >> 24) & (set->slot_count - 1);
}

static uint32_t *
find_slot(const struct git_oidset *set, const void *items, size_t stride, const struct oid *oid)
{
	size_t i = slot_of(set, oid);

	while (set->slots[i] != 0 && !oid_equal(item_oid(items, stride, set->slots[i] - 1), oid))
		i = (i + 1) & (set->slot_count - 1);
	return &set->slots[i];
}

uint32_t
git_oidset_find(const struct git_oidset *set, const void *items, size_t stride, const struct oid *oid)
{
	uint32_t found;

	if (set->slot_count == 0)
		return OIDSET_NONE;
	found = *find_slot(set, items, stride, oid);
	return found == 0 ? OIDSET_NONE : found - 1;
}

enum err
git_oidset_reserve(struct git_oidset *set, const void *items, size_t stride, struct err_info *info)
{
	struct git_oidset larger = *set;

	if (set->slot_count / 4 * 3 > set->count)
		return ERR_OK;
	larger.slot_count = set->slot_count == 0 ? SLOTS_MIN : set->slot_count * 2;
	larger.slots = calloc(larger.slot_count, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return err_nomem(info);
	/* where the heap lies is random per process, and is never shown to anyone */
	if (larger.multiplier == 0)
		larger.multiplier = ((uint64_t)(uintptr_t)larger.slots << 16) * 0x9e3779b97f4a7c15U | 1;
	for (size_t i = 0; i < set->slot_count; i++) {
		if (set->slots[i] != 0)
			*find_slot(&larger, items, stride, item_oid(items, stride, set->slots[i] - 1)) = set->slots[i];
	}
	free(set->slots);
	*set = larger;
	return ERR_OK;
}

void
git_oidset_add(struct git_oidset *set, const void *items, size_t stride, uint32_t position)
{
	uint32_t *slot;

	assert(set->slot_count > set->count && position < OIDSET_NONE);
	slot = find_slot(set, items, stride, item_oid(items, stride, position));
	assert(*slot == 0);
	*slot = position + 1;
	set->count++;
}

void
git_oidset_release(struct git_oidset *set)
{
	free(set->slots);
	*set = (struct git_oidset){0};
}
