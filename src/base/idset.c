#include "base/idset.h"

#include <stdlib.h>

enum {
	CAPACITY_MIN = 64
};

static bool
is_none(const struct id *id)
{
	static const struct id none;

	return id_equal(id, &none);
}

/* The slot of an id, or the empty one where it would go. */
static struct id *
slot_of(const struct idset *set, const struct id *id)
{
	size_t i = (size_t)load_u64(id->bytes) & (set->capacity - 1);

	while (!is_none(&set->slots[i]) && !id_equal(&set->slots[i], id))
		i = (i + 1) & (set->capacity - 1);
	return &set->slots[i];
}

bool
idset_has(const struct idset *set, const struct id *id)
{
	return set->count > 0 && !is_none(slot_of(set, id));
}

static enum err
grow(struct idset *set, struct err_info *info)
{
	struct idset larger = {.capacity = set->capacity == 0 ? CAPACITY_MIN : set->capacity * 2, .count = set->count};

	larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < set->capacity; i++) {
		if (!is_none(&set->slots[i]))
			*slot_of(&larger, &set->slots[i]) = set->slots[i];
	}
	free(set->slots);
	*set = larger;
	return ERR_OK;
}

enum err
idset_add(struct idset *set, const struct id *id, struct err_info *info)
{
	struct id *slot;
	enum err err = set->count >= set->capacity / 4 * 3 ? grow(set, info) : ERR_OK;

	if (err != ERR_OK)
		return err;
	slot = slot_of(set, id);
	set->count += is_none(slot) ? 1U : 0U;
	*slot = *id;
	return ERR_OK;
}

void
idset_release(struct idset *set)
{
	free(set->slots);
	*set = (struct idset){0};
}
