#include "partition/shelves.h"

#include <stdlib.h>
#include <string.h>

#include "git/tree.h"

enum err
partition_shelf_bits(unsigned *out, size_t *count_out, struct git_idtree *records, struct err_info *info)
{
	const struct id middle = {{0x80}};
	unsigned bits = 1;
	enum err err = git_idtree_estimate(count_out, records, &middle, info);

	if (err != ERR_OK)
		return err;
	while (bits < DELTA_ID_BITS_MAX && *count_out >> (bits + 3) != 0)
		bits++;
	*out = bits;
	return ERR_OK;
}

/* --- noting --- */

/* Those of the touches on one shelf, and the ids on it. */
struct shelf {
	const struct partition_touch *touches;
	size_t touch_count;
	struct id ids[2 * DELTA_IDS_MAX];
	size_t count;
};

static bool
is_added(const struct shelf *shelf, const struct id *id)
{
	for (size_t i = 0; i < shelf->touch_count; i++) {
		if (id_equal(&shelf->touches[i].id, id))
			return oid_is_none(&shelf->touches[i].before[0]);
	}
	return false;
}

static enum err
visit(void *context, const struct id *id, const struct oid *blob, struct err_info *info)
{
	struct shelf *shelf = context;

	(void)blob;
	(void)info;
	if (is_added(shelf, id))
		return ERR_OK;
	if (shelf->count == DELTA_IDS_MAX)
		return ERR_TOO_BIG;
	shelf->ids[shelf->count++] = *id;
	return ERR_OK;
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

/* What stands there now, without what came and with what went. */
static bool
fill(struct shelf *shelf, struct git_idtree *records, unsigned bits)
{
	if (git_idtree_prefix(records, &shelf->touches[0].id, bits, visit, shelf, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < shelf->touch_count; i++) {
		const struct partition_touch *touch = &shelf->touches[i];

		if (oid_is_none(&touch->before[0]) || !oid_is_none(&touch->after[0]))
			continue;
		if (shelf->count == DELTA_IDS_MAX)
			return false;
		shelf->ids[shelf->count++] = touch->id;
	}
	qsort(shelf->ids, shelf->count, sizeof(shelf->ids[0]), compare_ids);
	return true;
}

void
partition_shelves_note(struct partition_touches *touches, struct git_idtree *records)
{
	unsigned bits;
	size_t count;
	size_t next;

	if (touches->count == 0 || partition_shelf_bits(&bits, &count, records, NULL) != ERR_OK)
		return;
	touches->shelf_bits = bits;
	for (size_t i = 0; i < touches->count; i = next) {
		struct shelf shelf = {.touches = &touches->items[i]};
		const uint8_t *copy;

		for (next = i + 1; next < touches->count &&
		                   id_prefix(&touches->items[next].id, bits) == id_prefix(&touches->items[i].id, bits);)
			next++;
		shelf.touch_count = next - i;
		if (!fill(&shelf, records, bits) || shelf.count == 0)
			continue;
		copy = arena_copy(&touches->texts, view_of(shelf.ids, shelf.count * sizeof(shelf.ids[0])));
		if (copy == NULL)
			return;
		touches->items[i].shelf = view_of(copy, shelf.count * sizeof(shelf.ids[0]));
	}
}

/* --- asking --- */

/* The first touch on the shelf of `prefix`, or none. */
static const struct partition_touch *
find_first(const struct partition_touches *touches, const struct id *prefix)
{
	uint64_t wanted = id_prefix(prefix, touches->shelf_bits);
	size_t low = 0;
	size_t high = touches->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (id_prefix(&touches->items[middle].id, touches->shelf_bits) < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == touches->count || id_prefix(&touches->items[low].id, touches->shelf_bits) != wanted)
		return NULL;
	return &touches->items[low];
}

bool
partition_shelves_find(struct id ids[DELTA_IDS_MAX], size_t *count_out, const struct partition_touches *touches,
                       const struct id *prefix, unsigned bits)
{
	const struct partition_touch *first = NULL;
	size_t count = 0;

	if (touches->shelf_bits > 0 && bits >= touches->shelf_bits)
		first = find_first(touches, prefix);
	if (first == NULL || first->shelf.size == 0)
		return false;
	for (size_t at = 0; at < first->shelf.size; at += ID_BYTES) {
		struct id id;

		memcpy(id.bytes, first->shelf.data + at, ID_BYTES);
		if (id_prefix(&id, bits) == id_prefix(prefix, bits))
			ids[count++] = id;
	}
	*count_out = count;
	return true;
}
