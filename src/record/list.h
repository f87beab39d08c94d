/**
 * The inside of a set or a keyed list: arrays of encoded values taken apart and put together again. Sorting is by
 * encoded bytes; who asks for a set or for members gets it only if the value is one. Source: schema/record-v1.md, section 2.
 */
#ifndef RECORD_LIST_H
#define RECORD_LIST_H

#include "base/arena.h"

struct schema_slice;

/** Encoded elements; {0} is the empty list. */
struct record_items {
	struct view *items;
	size_t count;
};

/** One member of a keyed list. */
struct record_member {
	struct view key;             /* encoded value of its key field */
	struct schema_slice *fields; /* ascending; the key field among them */
	size_t field_count;
	struct view whole; /* the member's encoded map; empty when it was put together anew */
};

struct record_members {
	struct record_member *items; /* by key */
	size_t count;
};

/**
 * Take a set apart. An empty view gives the empty set.
 *
 * @param out    in `arena`, borrows from `value`
 * @param value  one canonical value
 * @return ERR_OK; ERR_FORMAT: not an array, or not strictly ascending; ERR_TOO_BIG: over LIMIT_ARRAY_ITEMS_MERGED_MAX; ERR_NOMEM
 */
enum err record_items_read(struct record_items *out, struct arena *arena, struct view value,
                           struct err_info *info) MUST_USE;
/** Encode elements as an array into the arena; none: the empty view. ERR_TOO_BIG: over LIMIT_ARRAY_ITEMS_MERGED_MAX; ERR_NOMEM. */
enum err record_items_write(struct view *out, struct arena *arena, const struct record_items *items,
                            struct err_info *info) MUST_USE;
/**
 * Take a keyed list apart. Errors of record_items_read(); ERR_FORMAT also: a member that is no map with `key_field`, or
 * keys that do not strictly ascend, or field numbers out of range.
 */
enum err record_members_read(struct record_members *out, struct arena *arena, struct view value, uint32_t key_field,
                             struct err_info *info) MUST_USE;
/** Encode members, as record_items_write(). */
enum err record_members_write(struct view *out, struct arena *arena, const struct record_members *members,
                              struct err_info *info) MUST_USE;

#endif
