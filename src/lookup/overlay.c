/* What differs from the base, in memory: a set of pairs with a state each. Slots are never emptied, so probing is simple. */
#include <stdlib.h>

#include "lookup/internal.h"

enum {
	CAPACITY_MIN = 64,
	HASH_TAIL = 8, /* the last half of the hash picks the slot; the first half orders the base */
};

static size_t
first_slot(const struct lookup_overlay *overlay, const struct lookup_hash *hash)
{
	return (size_t)load_u64(hash->bytes + HASH_TAIL) & (overlay->capacity - 1);
}

/* The slot of a pair, or the empty one where it would go. */
static size_t
slot_of(const struct lookup_overlay *overlay, const struct lookup_pair *pair)
{
	size_t i = first_slot(overlay, &pair->hash);

	while (overlay->states[i] != LOOKUP_STATE_NONE && lookup_pair_compare(&overlay->pairs[i], pair) != 0)
		i = (i + 1) & (overlay->capacity - 1);
	return i;
}

static enum err
grow(struct lookup_overlay *overlay, struct err_info *info)
{
	struct lookup_overlay larger = {.capacity = overlay->capacity == 0 ? CAPACITY_MIN : overlay->capacity * 2,
	                                .count = overlay->count};

	larger.pairs = calloc(larger.capacity, sizeof(*larger.pairs));
	larger.states = calloc(larger.capacity, 1);
	if (larger.pairs == NULL || larger.states == NULL) {
		lookup_overlay_release(&larger);
		return err_nomem(info);
	}
	for (size_t i = 0; i < overlay->capacity; i++) {
		if (overlay->states[i] != LOOKUP_STATE_NONE) {
			size_t to = slot_of(&larger, &overlay->pairs[i]);

			larger.pairs[to] = overlay->pairs[i];
			larger.states[to] = overlay->states[i];
		}
	}
	lookup_overlay_release(overlay);
	*overlay = larger;
	return ERR_OK;
}

uint8_t
lookup_overlay_state(const struct lookup_overlay *overlay, const struct lookup_pair *pair)
{
	return overlay->count == 0 ? LOOKUP_STATE_NONE : overlay->states[slot_of(overlay, pair)];
}

enum err
lookup_overlay_set(struct lookup_overlay *overlay, const struct lookup_pair *pair, uint8_t state, struct err_info *info)
{
	enum err err = ERR_OK;
	size_t slot;

	if (overlay->count >= overlay->capacity / 4 * 3)
		err = grow(overlay, info);
	if (err != ERR_OK)
		return err;
	slot = slot_of(overlay, pair);
	overlay->count += overlay->states[slot] == LOOKUP_STATE_NONE ? 1U : 0U;
	overlay->pairs[slot] = *pair;
	overlay->states[slot] = state;
	return ERR_OK;
}

const struct lookup_pair *
lookup_overlay_next(const struct lookup_overlay *overlay, const struct lookup_hash *hash, size_t *position,
                    uint8_t *state_out)
{
	size_t i;

	if (overlay->count == 0)
		return NULL;
	i = *position == SIZE_MAX ? first_slot(overlay, hash) : (*position + 1) & (overlay->capacity - 1);
	for (; overlay->states[i] != LOOKUP_STATE_NONE; i = (i + 1) & (overlay->capacity - 1)) {
		if (memcmp(&overlay->pairs[i].hash, hash, sizeof(*hash)) == 0) {
			*position = i;
			*state_out = overlay->states[i];
			return &overlay->pairs[i];
		}
	}
	return NULL;
}

void
lookup_overlay_release(struct lookup_overlay *overlay)
{
	free(overlay->pairs);
	free(overlay->states);
	*overlay = (struct lookup_overlay){0};
}
