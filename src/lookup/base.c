/* The sorted file: pages, each checked when it is first read. */
#include <stdlib.h>

#include "lookup/internal.h"

enum {
	AT_GENERATION = 8,
	AT_CONTEXT = 24,
	AT_COMMIT = 56,
	AT_COUNT = 76,
	AT_ZERO = 84,
	AT_TAG = LOOKUP_PAGE_BYTES - LOOKUP_TAG_BYTES,
	GUESSES = 6, /* near the place that the hash names, before halving */
};

static const uint8_t MAGIC[8] = {'T', 'S', 'K', 'E', 'Y', 'S', '1', '\n'};

_Static_assert(sizeof(struct lookup_pair) == LOOKUP_PAIR_BYTES, "a pair is read where it lies");
_Static_assert(LOOKUP_PAGE_PAIRS *LOOKUP_PAIR_BYTES <= AT_TAG, "the pairs of a page fit before its tag");

void
lookup_tag(uint8_t out[LOOKUP_TAG_BYTES], const struct lookup *lookup, uint32_t number, struct view generation,
           struct view content)
{
	struct seal_hash hash;
	struct digest digest;
	uint8_t head[4];

	store_u32(head, number);
	seal_hash_init_keyed(&hash, SEAL_DOMAIN_KEYPAGE, lookup->key);
	seal_hash_update(&hash, view_of(head, sizeof(head)));
	seal_hash_update(&hash, generation);
	seal_hash_update(&hash, content);
	seal_hash_final(&digest, &hash);
	memcpy(out, digest.bytes, LOOKUP_TAG_BYTES);
}

void
lookup_page_close(uint8_t page[LOOKUP_PAGE_BYTES], const struct lookup *lookup, uint32_t number,
                  const uint8_t generation[LOOKUP_GENERATION_BYTES])
{
	lookup_tag(page + AT_TAG, lookup, number, view_of(generation, LOOKUP_GENERATION_BYTES), view_of(page, AT_TAG));
}

static bool
is_page_good(const struct lookup *lookup, const uint8_t *page, uint32_t number, const uint8_t *generation)
{
	uint8_t tag[LOOKUP_TAG_BYTES];

	lookup_tag(tag, lookup, number, view_of(generation, LOOKUP_GENERATION_BYTES), view_of(page, AT_TAG));
	return memcmp(tag, page + AT_TAG, sizeof(tag)) == 0;
}

void
lookup_header_write(uint8_t page[LOOKUP_PAGE_BYTES], const struct lookup *lookup, const struct lookup_base *base)
{
	memset(page, 0, LOOKUP_PAGE_BYTES);
	memcpy(page, MAGIC, sizeof(MAGIC));
	memcpy(page + AT_GENERATION, base->generation, LOOKUP_GENERATION_BYTES);
	memcpy(page + AT_CONTEXT, base->stamp.context.bytes, DIGEST_BYTES);
	memcpy(page + AT_COMMIT, base->stamp.commit.bytes, OID_BYTES);
	store_u64(page + AT_COUNT, base->count);
	lookup_page_close(page, lookup, 0, base->generation);
}

static bool
read_header(struct lookup_base *base, const struct lookup *lookup)
{
	size_t size = base->file.size;
	const uint8_t *page = fs_pieces_at(&base->file, 0, LOOKUP_PAGE_BYTES);

	if (page == NULL || size % LOOKUP_PAGE_BYTES != 0 || size / LOOKUP_PAGE_BYTES > UINT32_MAX ||
	    memcmp(page, MAGIC, sizeof(MAGIC)) != 0 || !is_page_good(lookup, page, 0, page + AT_GENERATION))
		return false;
	memcpy(base->generation, page + AT_GENERATION, LOOKUP_GENERATION_BYTES);
	memcpy(base->stamp.context.bytes, page + AT_CONTEXT, DIGEST_BYTES);
	memcpy(base->stamp.commit.bytes, page + AT_COMMIT, OID_BYTES);
	base->count = load_u64(page + AT_COUNT);
	base->pages = size / LOOKUP_PAGE_BYTES - 1;
	return base->count <= (uint64_t)base->pages * LOOKUP_PAGE_PAIRS &&
	       (base->pages == 0 || base->count > (uint64_t)(base->pages - 1) * LOOKUP_PAGE_PAIRS);
}

static bool
look_at(struct lookup_base *out, const struct lookup *lookup, struct fs_pieces file)
{
	struct lookup_base base = {.file = file};
	bool is_good = read_header(&base, lookup);

	if (is_good)
		base.checked = calloc(base.pages / 8 + 1, 1);
	if (base.checked == NULL) {
		lookup_base_release(&base);
		return false;
	}
	*out = base;
	return true;
}

bool
lookup_base_read(struct lookup_base *out, const struct lookup *lookup, struct view content)
{
	return look_at(out, lookup, fs_pieces_of(content));
}

bool
lookup_base_open(struct lookup_base *out, const struct lookup *lookup, const char *path)
{
	struct fs_pieces file;

	return fs_pieces_open(&file, path, NULL) == ERR_OK && look_at(out, lookup, file);
}

void
lookup_base_release(struct lookup_base *base)
{
	fs_pieces_release(&base->file);
	free(base->checked);
	free(base->temporary);
	*base = (struct lookup_base){0};
}

/* The pairs of a page, once it has been checked. Borrowed until the next. */
static const struct lookup_pair *
page_at(struct lookup *lookup, size_t page)
{
	struct lookup_base *base = &lookup->base;
	const uint8_t *at = fs_pieces_at(&base->file, (page + 1) * LOOKUP_PAGE_BYTES, LOOKUP_PAGE_BYTES);
	uint8_t bit = (uint8_t)(1U << (page % 8));

	if (at == NULL)
		return NULL;
	if ((base->checked[page / 8] & bit) == 0) {
		if (!is_page_good(lookup, at, (uint32_t)page + 1, base->generation))
			return NULL;
		base->checked[page / 8] |= bit;
	}
	return (const struct lookup_pair *)(const void *)at;
}

const struct lookup_pair *
lookup_base_at(struct lookup *lookup, uint64_t at)
{
	const struct lookup_pair *pairs = page_at(lookup, (size_t)(at / LOOKUP_PAGE_PAIRS));

	return pairs == NULL ? NULL : pairs + at % LOOKUP_PAGE_PAIRS;
}

static size_t
pairs_in(const struct lookup_base *base, size_t page)
{
	return page + 1 < base->pages ? LOOKUP_PAGE_PAIRS : (size_t)(base->count - (uint64_t)page * LOOKUP_PAGE_PAIRS);
}

/* The first page whose last pair is not below `pair`. Hashes are evenly spread: look near where this one must lie. */
static bool
find_page(size_t *out, struct lookup *lookup, const struct lookup_pair *pair)
{
	const struct lookup_base *base = &lookup->base;
	size_t low = 0;
	size_t high = base->pages; /* the page lies in [low, high]; high: none below it */
	size_t step = 1;
	size_t at = (size_t)(((uint64_t)load_u32(pair->hash.bytes) * base->pages) >> 32);

	for (int guesses = 0; low < high; guesses++) {
		const struct lookup_pair *pairs;

		if (guesses >= GUESSES || at < low || at >= high)
			at = low + (high - low) / 2;
		pairs = page_at(lookup, at);
		if (pairs == NULL)
			return false;
		if (lookup_pair_compare(&pairs[pairs_in(base, at) - 1], pair) < 0) {
			low = at + 1;
			at += step;
		} else if (lookup_pair_compare(&pairs[0], pair) > 0 && at > low) {
			high = at;
			at -= at >= step ? step : at;
		} else {
			low = at;
			high = at;
		}
		step *= 2;
	}
	*out = low;
	return true;
}

bool
lookup_base_find(uint64_t *out, struct lookup *lookup, const struct lookup_pair *pair)
{
	const struct lookup_base *base = &lookup->base;
	const struct lookup_pair *pairs;
	size_t page;
	size_t low = 0;
	size_t high;

	if (!find_page(&page, lookup, pair))
		return false;
	if (page == base->pages) {
		*out = base->count;
		return true;
	}
	pairs = page_at(lookup, page);
	if (pairs == NULL)
		return false;
	high = pairs_in(base, page);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lookup_pair_compare(&pairs[middle], pair) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*out = (uint64_t)page * LOOKUP_PAGE_PAIRS + low;
	return true;
}
