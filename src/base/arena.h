/** A bump allocator: many small pieces, released together. Pieces are aligned to 16 bytes and zeroed. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"

struct arena_block;

struct arena {
	struct arena_block *block;
	size_t used;
	size_t total;
};

/** `size` zeroed bytes that live until the arena is released or cleared; NULL: no memory. size 0 gives a valid pointer. */
void *arena_get(struct arena *arena, size_t size);
/** A copy of the view's bytes with a NUL behind; NULL: no memory. */
uint8_t *arena_copy(struct arena *arena, struct view view);
/** Free all but one block and start again. */
void arena_clear(struct arena *arena);
void arena_release(struct arena *arena);

#endif
