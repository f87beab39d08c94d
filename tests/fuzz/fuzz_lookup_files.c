/*
 * The two files of a lookup. First byte: 'R' a recent file, 'r' the same with its tag put right, 'b' a base with its tags put
 * right, else a base as it is. Whatever is in them: no crash, and a pair that was put in is found, taken out is not.
 */
#include <stdlib.h>

#include "../unit/lookup/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	BYTES_MAX = 1 << 18,
	AT_GENERATION = 8,
};

/* The base goes on reading `copy`. */
static bool
take_base(struct lookup *lookup, struct bytes *copy, struct view content, bool is_mended)
{
	if (bytes_append_view(copy, content, NULL) != ERR_OK)
		return false;
	for (size_t page = 0; is_mended && page < copy->size / LOOKUP_PAGE_BYTES; page++)
		lookup_page_close(copy->data + page * LOOKUP_PAGE_BYTES, lookup, (uint32_t)page,
		                  copy->data + AT_GENERATION);
	return lookup_base_read(&lookup->base, lookup, bytes_view(copy));
}

static bool
take_recent(struct lookup *lookup, struct view content, bool is_mended)
{
	struct lookup_stamp stamp;
	struct bytes copy = {0};
	bool is_taken = false;

	if (bytes_append_view(&copy, content, NULL) != ERR_OK)
		return false;
	if (is_mended && copy.size > LOOKUP_TAG_BYTES)
		lookup_tag(copy.data + copy.size - LOOKUP_TAG_BYTES, lookup, UINT32_MAX, (struct view){0},
		           view_of(copy.data, copy.size - LOOKUP_TAG_BYTES));
	is_taken = lookup_recent_read(lookup, &stamp, bytes_view(&copy));
	bytes_release(&copy);
	return is_taken;
}

static void
ask(struct lookup *lookup, const struct lookup_pair *pair)
{
	struct bytes ids = {0};

	if (lookup_put(lookup, pair, true, NULL) == ERR_OK && lookup_find(&ids, lookup, &pair->hash, NULL) == ERR_OK &&
	    ids.size == 0 && sample_base_is_good(lookup))
		abort();
	bytes_clear(&ids);
	if (lookup_find_zero(&ids, lookup, NULL) == ERR_OK && ids.size % ID_BYTES != 0)
		abort();
	if (lookup_drop(lookup, &pair->id, NULL) == ERR_OK && lookup_undo(lookup, NULL) != ERR_OK)
		abort();
	bytes_release(&ids);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lookup lookup = {0};
	struct bytes copy = {0};
	bool is_taken;

	if (seal_init(NULL) != ERR_OK)
		abort();
	lookup.key = sample_lookup_key();
	if (lookup.key == NULL || size < 1 || size > BYTES_MAX) {
		seal_key_free(lookup.key);
		return 0;
	}
	memset(lookup.base.generation, 0x11, sizeof(lookup.base.generation));
	if (data[0] == 'R' || data[0] == 'r')
		is_taken = take_recent(&lookup, view_of(data + 1, size - 1), data[0] == 'r');
	else
		is_taken = take_base(&lookup, &copy, view_of(data + 1, size - 1), data[0] == 'b');
	for (size_t at = 1; is_taken && at + LOOKUP_PAIR_BYTES <= size; at += 257) {
		struct lookup_pair pair;

		memcpy(&pair, data + at, sizeof(pair));
		ask(&lookup, &pair);
	}
	lookup_base_release(&lookup.base);
	lookup_overlay_release(&lookup.overlay);
	free(lookup.changes);
	bytes_release(&copy);
	seal_key_free(lookup.key);
	return 0;
}
