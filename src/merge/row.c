#include <stdlib.h>
#include <string.h>

#include "merge/inside.h"

int
merge_epoch_compare(const struct merge_epoch *a, const struct merge_epoch *b)
{
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return memcmp(a->digest.bytes, b->digest.bytes, DIGEST_BYTES);
}

bool
merge_row_is_empty(const struct merge_row *row)
{
	return !row->has_record && row->entries.count == 0;
}

bool
merge_row_equal(const struct merge_row *a, const struct merge_row *b)
{
	if (merge_row_is_empty(a) || merge_row_is_empty(b))
		return merge_row_is_empty(a) && merge_row_is_empty(b);
	return !merge_row_changed(a, b) && merge_epoch_compare(&a->epoch, &b->epoch) == 0 &&
	       merge_entries_equal(&a->entries, &b->entries);
}

bool
merge_row_changed(const struct merge_row *parent, const struct merge_row *child)
{
	bool was_there = parent != NULL && parent->has_record;
	bool is_there = child != NULL && child->has_record;

	return was_there != is_there || (is_there && !record_equal(&parent->record, &child->record));
}

/* a commit and where it stands */
struct place {
	struct oid commit;
	uint32_t index;
};

static int
compare_places(const void *a, const void *b)
{
	return memcmp(((const struct place *)a)->commit.bytes, ((const struct place *)b)->commit.bytes, OID_BYTES);
}

enum err
merge_edits_index(struct merge_edits *edits, struct arena *arena, struct err_info *info)
{
	struct place *places = arena_get(arena, edits->count * sizeof(*places));
	uint32_t *by_commit = arena_get(arena, edits->count * sizeof(*by_commit));

	if (places == NULL || by_commit == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < edits->count; i++)
		places[i] = (struct place){edits->items[i].commit, (uint32_t)i};
	if (edits->count > 1)
		qsort(places, edits->count, sizeof(*places), compare_places);
	for (size_t i = 0; i < edits->count; i++)
		by_commit[i] = places[i].index;
	edits->by_commit = by_commit;
	return ERR_OK;
}

bool
merge_edits_find(uint32_t *out, const struct merge_edits *edits, const struct oid *commit)
{
	size_t low = 0;
	size_t high = edits->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t index = edits->by_commit[middle];
		int order = memcmp(edits->items[index].commit.bytes, commit->bytes, OID_BYTES);

		if (order == 0) {
			*out = index;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
