#include "base/table.h"

#include <stdlib.h>
#include <string.h>

struct table_slot {
	const uint8_t *key; /* NULL: empty */
	size_t size;
	uint64_t hash;
	uint64_t value;
};

enum {
	TABLE_CAPACITY_MIN = 16
};

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93U;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93U;
	x ^= x >> 32;
	return x;
}

static uint64_t
hash_of(uint64_t seed, struct view key)
{
	uint64_t hash = seed ^ (uint64_t)key.size * 0x9e3779b97f4a7c15U;
	uint64_t word;
	size_t i = 0;

	for (; i + sizeof(word) <= key.size; i += sizeof(word)) {
		memcpy(&word, key.data + i, sizeof(word));
		hash = mix(hash ^ word);
	}
	word = 0;
	if (key.size > i)
		memcpy(&word, key.data + i, key.size - i);
	return mix(hash ^ word);
}

static struct table_slot *
slot_of(const struct table *table, struct view key, uint64_t hash)
{
	size_t i = (size_t)hash & (table->capacity - 1);

	for (;; i = (i + 1) & (table->capacity - 1)) {
		struct table_slot *slot = &table->slots[i];

		if (slot->key == NULL)
			return slot;
		if (slot->hash == hash && slot->size == key.size && memcmp(slot->key, key.data, key.size) == 0)
			return slot;
	}
}

static enum err
grow(struct table *table, struct err_info *info)
{
	struct table larger = *table;

	larger.capacity = table->capacity == 0 ? TABLE_CAPACITY_MIN : table->capacity * 2;
	larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < table->capacity; i++) {
		const struct table_slot *old = &table->slots[i];

		if (old->key != NULL)
			*slot_of(&larger, view_of(old->key, old->size), old->hash) = *old;
	}
	free(table->slots);
	table->slots = larger.slots;
	table->capacity = larger.capacity;
	return ERR_OK;
}

uint64_t *
table_find(const struct table *table, struct view key)
{
	struct table_slot *slot;

	if (table->capacity == 0)
		return NULL;
	slot = slot_of(table, key, hash_of(table->seed, key));
	return slot->key == NULL ? NULL : &slot->value;
}

enum err
table_put(struct table *table, struct view key, uint64_t **value_out, bool *is_new, struct err_info *info)
{
	uint64_t hash = hash_of(table->seed, key);
	struct table_slot *slot;
	enum err err;

	if (table->count >= table->capacity / 2) {
		err = grow(table, info);
		if (err != ERR_OK)
			return err;
	}
	slot = slot_of(table, key, hash);
	if (is_new != NULL)
		*is_new = slot->key == NULL;
	if (slot->key == NULL) {
		const uint8_t *copy = arena_copy(&table->keys, key);

		if (copy == NULL)
			return err_nomem(info);
		*slot = (struct table_slot){copy, key.size, hash, 0};
		table->count++;
	}
	if (value_out != NULL)
		*value_out = &slot->value;
	return ERR_OK;
}

bool
table_remove(struct table *table, struct view key)
{
	struct table_slot *slot;
	size_t hole;
	size_t i;

	if (table->capacity == 0)
		return false;
	slot = slot_of(table, key, hash_of(table->seed, key));
	if (slot->key == NULL)
		return false;
	hole = (size_t)(slot - table->slots);
	table->slots[hole].key = NULL;
	table->count--;
	/* close the gap, so that no probe sequence is cut */
	for (i = (hole + 1) & (table->capacity - 1); table->slots[i].key != NULL; i = (i + 1) & (table->capacity - 1)) {
		size_t home = (size_t)table->slots[i].hash & (table->capacity - 1);

		if (((i - home) & (table->capacity - 1)) >= ((i - hole) & (table->capacity - 1))) {
			table->slots[hole] = table->slots[i];
			table->slots[i].key = NULL;
			hole = i;
		}
	}
	return true;
}

bool
table_next(const struct table *table, size_t *position, struct view *key_out, uint64_t *value_out)
{
	for (; *position < table->capacity; (*position)++) {
		const struct table_slot *slot = &table->slots[*position];

		if (slot->key == NULL)
			continue;
		*key_out = view_of(slot->key, slot->size);
		if (value_out != NULL)
			*value_out = slot->value;
		(*position)++;
		return true;
	}
	return false;
}

void
table_release(struct table *table)
{
	free(table->slots);
	arena_release(&table->keys);
	*table = (struct table){0};
}
