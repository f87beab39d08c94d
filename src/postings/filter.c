/*
 * What a segment does not hold, told without opening the page where it would lie: a night asks mostly for groups that are new. One
 * filter for so many pages of postings, so that whoever asks in order opens each once.
 */
#include <stdlib.h>
#include <string.h>

#include "postings/inside.h"

enum {
	BITS = POSTINGS_PAGE_CONTENT * 8,
	HASHES = 4,
	AT_HASHES = 8, /* the first 8 bytes of a group are its fence's, and much alike within a page */
};

_Static_assert(AT_HASHES + 2 * HASHES <= FINDING_GROUP_BYTES,
               "a group is a hash: its own bytes are the filter's hashes");

static uint32_t
bit_of(const uint8_t *group, size_t hash)
{
	return (uint32_t)load_u16(group + AT_HASHES + 2 * hash) * BITS >> 16;
}

void
postings_filter_add(uint8_t filter[POSTINGS_PAGE_CONTENT], const uint8_t group[FINDING_GROUP_BYTES])
{
	for (size_t i = 0; i < HASHES; i++) {
		uint32_t bit = bit_of(group, i);

		filter[bit / 8] = (uint8_t)(filter[bit / 8] | 1U << bit % 8);
	}
}

static bool
filter_has(const uint8_t *filter, const uint8_t *group)
{
	for (size_t i = 0; i < HASHES; i++) {
		uint32_t bit = bit_of(group, i);

		if ((filter[bit / 8] >> bit % 8 & 1) == 0)
			return false;
	}
	return true;
}

/* Opened once: whoever asks for many groups asks in order, but first for all and then for each. */
static enum err
open_filter(uint8_t **out, const struct postings *postings, const struct postings_segment *segment, size_t number,
            struct err_info *info)
{
	size_t page = segment->pages + postings_pages_for(segment->pages, POSTINGS_PAGE_FENCES) + number;
	uint8_t *filter = segment->filters[number];

	if (filter == NULL)
		filter = malloc(POSTINGS_PAGE_CONTENT);
	if (filter == NULL)
		return err_nomem(info);
	if (segment->filters[number] == NULL && !postings_page_open(filter, postings, segment, page)) {
		free(filter);
		return err_set(info, ERR_FORMAT, "%s", _("the cache of findings is damaged"));
	}
	segment->filters[number] = filter;
	*out = filter;
	return ERR_OK;
}

enum err
postings_filter_ask(bool *out, const struct postings *postings, const struct postings_segment *segment,
                    const uint8_t group[FINDING_GROUP_BYTES], struct err_info *info)
{
	size_t page = postings_segment_page(segment, group);
	uint8_t *filter = NULL;
	enum err err;

	*out = true;
	/* where the next page's fence is the group's own, the group may begin there, and another filter may know it */
	if (page + 1 < segment->pages &&
	    memcmp(segment->fences + (page + 1) * POSTINGS_FENCE_BYTES, group, POSTINGS_FENCE_BYTES) == 0)
		return ERR_OK;
	err = open_filter(&filter, postings, segment, page / POSTINGS_FILTER_PAGES, info);
	if (err == ERR_OK)
		*out = filter_has(filter, group);
	return err;
}
