#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *previous;
	size_t capacity;
	_Alignas(16) uint8_t data[];
};

enum {
	ARENA_BLOCK_BYTES_MIN = 4000, /* each twice as large as the one before */
	ARENA_BLOCK_BYTES_MAX = 65536,
	ARENA_ALIGNMENT = 16
};

static struct arena_block *
block_new(size_t capacity, struct arena_block *previous)
{
	struct arena_block *block = malloc(sizeof(*block) + capacity);

	if (block == NULL)
		return NULL;
	block->previous = previous;
	block->capacity = capacity;
	return block;
}

void *
arena_get(struct arena *arena, size_t size)
{
	size_t rounded = (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
	void *at;

	if (rounded < size)
		return NULL;
	if (arena->block == NULL || arena->block->capacity - arena->used < rounded) {
		size_t usual = arena->block == NULL ? ARENA_BLOCK_BYTES_MIN : 2 * arena->block->capacity;
		size_t capacity = usual < ARENA_BLOCK_BYTES_MAX ? usual : ARENA_BLOCK_BYTES_MAX;
		struct arena_block *block;

		capacity = rounded > capacity ? rounded : capacity;
		block = block_new(capacity, arena->block);

		if (block == NULL)
			return NULL;
		arena->block = block;
		arena->used = 0;
		arena->total += capacity;
	}
	at = arena->block->data + arena->used;
	arena->used += rounded;
	memset(at, 0, rounded);
	return at;
}

uint8_t *
arena_copy(struct arena *arena, struct view view)
{
	uint8_t *at;

	if (view.size == SIZE_MAX)
		return NULL;
	at = arena_get(arena, view.size + 1);
	if (at != NULL && view.size > 0)
		memcpy(at, view.data, view.size);
	return at;
}

void
arena_clear(struct arena *arena)
{
	while (arena->block != NULL && arena->block->previous != NULL) {
		struct arena_block *block = arena->block;

		arena->block = block->previous;
		free(block);
	}
	arena->used = 0;
	arena->total = arena->block == NULL ? 0 : arena->block->capacity;
}

void
arena_release(struct arena *arena)
{
	while (arena->block != NULL) {
		struct arena_block *block = arena->block;

		arena->block = block->previous;
		free(block);
	}
	*arena = (struct arena){0};
}
