/**
 * A hash table from byte keys to 64-bit values: open addressing, keys copied. The hash is seeded per table by the caller
 * where keys come from outside (a flood of colliding keys must stay cheap); ids and digests are random by themselves.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/arena.h"

struct table_slot;

struct table {
	struct table_slot *slots;
	size_t capacity; /* power of two, or 0 */
	size_t count;
	uint64_t seed;
	struct arena keys;
};

/** The value of `key`, or NULL. Borrowed; valid until the next table_put. */
uint64_t *table_find(const struct table *table, struct view key);
/** Insert or find: *value_out points at the value (0 when new), *is_new says which; either may be NULL. ERR_NOMEM. */
enum err table_put(struct table *table, struct view key, uint64_t **value_out, bool *is_new,
                   struct err_info *info) MUST_USE;
/** Take the key out; false if it was not there. */
bool table_remove(struct table *table, struct view key);
/** Walk: start with *position = 0; false at the end. value_out may be NULL. Order is unspecified. Do not change the table meanwhile. */
bool table_next(const struct table *table, size_t *position, struct view *key_out, uint64_t *value_out);
void table_release(struct table *table);

#endif
