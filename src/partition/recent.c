#include "partition/recent.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "seal/seal.h"

enum {
	TEXT_BYTES_MAX = 32 << 20, /* of all plaintexts */
	BLOCK_BYTES = 1 << 20,     /* in which they lie, none across two */
	BLOCKS = TEXT_BYTES_MAX / BLOCK_BYTES,
	SLOTS_MIN = 1024,
	SLOTS_MAX = 1 << 18,
	SHARE = 4, /* at most three in so many slots are full */
};

struct slot {
	struct oid blob;
	uint32_t at;   /* from the begin of the first block */
	uint32_t size; /* 0: empty */
};

/* What one edit changed. */
struct recent_changes {
	struct oid parent;
	struct bytes rows;
};

struct partition_recent {
	uint8_t *blocks[BLOCKS]; /* those behind the last one used: NULL */
	size_t used;             /* bytes of the blocks, with what no text fitted into */
	struct slot *slots;
	size_t capacity; /* power of two */
	size_t count;
	struct recent_changes *changes;
	size_t changes_count;
	size_t changes_capacity;
	size_t changes_size;        /* of all rows */
	struct table changes_index; /* commit -> place in `changes` */
};

enum err
partition_recent_new(struct partition_recent **out, struct err_info *info)
{
	struct partition_recent *recent = calloc(1, sizeof(*recent));

	if (recent != NULL)
		recent->slots = calloc(SLOTS_MIN, sizeof(*recent->slots));
	if (recent == NULL || recent->slots == NULL) {
		free(recent);
		return err_nomem(info);
	}
	recent->capacity = SLOTS_MIN;
	*out = recent;
	return ERR_OK;
}

void
partition_recent_free(struct partition_recent *recent)
{
	if (recent == NULL)
		return;
	for (size_t i = 0; i < BLOCKS && recent->blocks[i] != NULL; i++) {
		size_t rest = recent->used - i * BLOCK_BYTES;

		seal_wipe(recent->blocks[i],
		          rest < BLOCK_BYTES ? rest : BLOCK_BYTES); /* what was not used takes no memory */
		free(recent->blocks[i]);
	}
	for (size_t i = 0; i < recent->changes_count; i++)
		seal_wipe_bytes(&recent->changes[i].rows);
	free(recent->changes);
	table_release(&recent->changes_index);
	free(recent->slots);
	free(recent);
}

static struct slot *
slot_of(struct slot *slots, size_t capacity, const struct oid *blob)
{
	size_t i = (size_t)load_u64(blob->bytes) & (capacity - 1);

	while (slots[i].size > 0 && !oid_equal(&slots[i].blob, blob))
		i = (i + 1) & (capacity - 1);
	return &slots[i];
}

static bool
grow(struct partition_recent *recent)
{
	size_t capacity = recent->capacity * 2;
	struct slot *slots = capacity > SLOTS_MAX ? NULL : calloc(capacity, sizeof(*slots));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < recent->capacity; i++) {
		if (recent->slots[i].size > 0)
			*slot_of(slots, capacity, &recent->slots[i].blob) = recent->slots[i];
	}
	free(recent->slots);
	recent->slots = slots;
	recent->capacity = capacity;
	return true;
}

/* NULL: there is none. */
static uint8_t *
make_room(struct partition_recent *recent, size_t size)
{
	size_t rest = BLOCK_BYTES - recent->used % BLOCK_BYTES;
	size_t at = size <= rest ? recent->used : recent->used + rest;
	uint8_t **block;

	if (size > BLOCK_BYTES || at + size > TEXT_BYTES_MAX)
		return NULL;
	block = &recent->blocks[at / BLOCK_BYTES];
	if (*block == NULL)
		*block = malloc(BLOCK_BYTES);
	if (*block == NULL)
		return NULL;
	recent->used = at;
	return *block + at % BLOCK_BYTES;
}

void
partition_recent_put(struct partition_recent *recent, const struct oid *blob, struct view plaintext)
{
	struct slot *slot;
	uint8_t *place;

	if (recent == NULL || plaintext.size == 0)
		return;
	if (recent->count >= recent->capacity / SHARE * (SHARE - 1) && !grow(recent))
		return;
	slot = slot_of(recent->slots, recent->capacity, blob);
	place = slot->size > 0 ? NULL : make_room(recent, plaintext.size);
	if (place == NULL)
		return;
	*slot = (struct slot){*blob, (uint32_t)recent->used, (uint32_t)plaintext.size};
	memcpy(place, plaintext.data, plaintext.size);
	recent->used += plaintext.size;
	recent->count++;
}

bool
partition_recent_find(struct view *out, const struct partition_recent *recent, const struct oid *blob)
{
	const struct slot *slot =
		recent == NULL || recent->count == 0 ? NULL : slot_of(recent->slots, recent->capacity, blob);

	if (slot == NULL || slot->size == 0)
		return false;
	*out = view_of(recent->blocks[slot->at / BLOCK_BYTES] + slot->at % BLOCK_BYTES, slot->size);
	return true;
}

static bool
grow_changes(struct partition_recent *recent)
{
	size_t capacity = recent->changes_capacity == 0 ? 16 : recent->changes_capacity * 2;
	struct recent_changes *changes;

	if (recent->changes_count < recent->changes_capacity)
		return true;
	changes = realloc(recent->changes, capacity * sizeof(*changes));
	if (changes == NULL)
		return false;
	recent->changes = changes;
	recent->changes_capacity = capacity;
	return true;
}

void
partition_recent_take_changes(struct partition_recent *recent, const struct oid *commit, const struct oid *parent,
                              struct bytes *rows)
{
	uint64_t *value;
	bool is_new;

	if (recent == NULL || rows->size > TEXT_BYTES_MAX - recent->changes_size || !grow_changes(recent) ||
	    table_put(&recent->changes_index, view_of(commit->bytes, OID_BYTES), &value, &is_new, NULL) != ERR_OK ||
	    !is_new)
		return;
	*value = recent->changes_count;
	recent->changes[recent->changes_count++] = (struct recent_changes){*parent, *rows};
	recent->changes_size += rows->size;
	*rows = (struct bytes){0};
}

bool
partition_recent_find_changes(struct view *out, struct oid *parent_out, const struct partition_recent *recent,
                              const struct oid *commit)
{
	const uint64_t *value =
		recent == NULL ? NULL : table_find(&recent->changes_index, view_of(commit->bytes, OID_BYTES));

	if (value == NULL)
		return false;
	*parent_out = recent->changes[*value].parent;
	*out = bytes_view(&recent->changes[*value].rows);
	return true;
}
