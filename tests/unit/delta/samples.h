/** Random records of one kind for the tests of delta: scalars, a set, a keyed list, built-in sets, unknown fields. */
#ifndef TESTS_DELTA_SAMPLES_H
#define TESTS_DELTA_SAMPLES_H

#include <stdlib.h>

#include "codec/codec.h"
#include "record/list.h"
#include "record/record.h"
#include "schema/schema.h"
#include "test.h"

enum {
	SAMPLE_SET = 7,
	SAMPLE_LIST = 8,
	SAMPLE_LIST_KEY = 2,
	SAMPLE_UNKNOWN = 300,
};

static const struct schema_field SAMPLE_FIELDS[] = {
	{.number = 1, .type = SCHEMA_INTEGER},
	{.number = 2, .type = SCHEMA_STRING},
	{.number = 3, .type = SCHEMA_ARRAY},
	{.number = SAMPLE_SET, .type = SCHEMA_ARRAY, .merge = SCHEMA_MERGE_SET},
	{.number = SAMPLE_LIST, .type = SCHEMA_ARRAY, .merge = SCHEMA_MERGE_KEYED_LIST, .member_key = SAMPLE_LIST_KEY},
};
static const struct schema_kind SAMPLE_KIND = {
	.name = {(const uint8_t *)"sample", 6},
	.object = {SAMPLE_FIELDS, sizeof(SAMPLE_FIELDS) / sizeof(SAMPLE_FIELDS[0]), NULL},
};

static inline uint64_t
sample_below(uint64_t *random, uint64_t bound)
{
	return (support_random(random) >> 11) % bound;
}

static inline struct view
sample_keep(struct arena *arena, struct bytes *encoded)
{
	struct view kept = {arena_copy(arena, bytes_view(encoded)), encoded->size};

	bytes_release(encoded);
	return kept;
}

static inline struct view
sample_scalar(struct arena *arena, uint64_t *random)
{
	static const char *const texts[] = {"a", "甲", "ab", "a text of more than thirty-one bytes in all"};
	struct bytes encoded = {0};

	if (sample_below(random, 2) == 0)
		assert_int_equal(codec_write_int(&encoded, (int64_t)sample_below(random, 600) - 300, NULL), ERR_OK);
	else
		assert_int_equal(codec_write_str(&encoded, view_text(texts[sample_below(random, 4)]), NULL), ERR_OK);
	return sample_keep(arena, &encoded);
}

static inline int
sample_compare(const void *a, const void *b)
{
	return view_compare(*(const struct view *)a, *(const struct view *)b);
}

/* an array of up to `max` different elements, ascending; maybe none: the empty view */
static inline struct view
sample_set(struct arena *arena, uint64_t *random, size_t max, struct view (*element)(struct arena *, uint64_t *))
{
	struct record_items items = {arena_get(arena, max * sizeof(struct view)), 0};
	size_t wanted = (size_t)sample_below(random, max + 1);
	struct view out;
	size_t unique = 0;

	for (; items.count < wanted; items.count++)
		items.items[items.count] = element(arena, random);
	qsort(items.items, items.count, sizeof(struct view), sample_compare);
	for (size_t i = 0; i < items.count; i++) {
		if (unique == 0 || !view_equal(items.items[unique - 1], items.items[i]))
			items.items[unique++] = items.items[i];
	}
	items.count = unique;
	assert_int_equal(record_items_write(&out, arena, &items, NULL), ERR_OK);
	return out;
}

static inline struct view
sample_id(struct arena *arena, uint64_t *random)
{
	uint8_t id[ID_BYTES] = {(uint8_t)sample_below(random, 4)};
	struct bytes encoded = {0};

	assert_int_equal(codec_write_bin(&encoded, view_of(id, sizeof(id)), NULL), ERR_OK);
	return sample_keep(arena, &encoded);
}

static inline struct view
sample_accepted(struct arena *arena, uint64_t *random)
{
	uint8_t digest[DIGEST_BYTES] = {(uint8_t)sample_below(random, 3)};
	struct bytes encoded = {0};

	assert_int_equal(codec_write_array(&encoded, 2, NULL), ERR_OK);
	assert_int_equal(codec_write_str(&encoded, view_text(sample_below(random, 2) == 0 ? "sum" : "tags"), NULL),
	                 ERR_OK);
	assert_int_equal(codec_write_bin(&encoded, view_of(digest, sizeof(digest)), NULL), ERR_OK);
	return sample_keep(arena, &encoded);
}

/* members with keys 1 to 6, each with up to three further fields: below, above and beside the key's number */
static inline struct view
sample_list(struct arena *arena, uint64_t *random)
{
	static const uint32_t numbers[] = {1, SAMPLE_LIST_KEY, 3, 200};
	struct bytes encoded = {0};
	unsigned keys = (unsigned)sample_below(random, 64);
	size_t count = 0;

	for (unsigned key = 0; key < 6; key++)
		count += keys >> key & 1;
	if (count == 0)
		return (struct view){0};
	assert_int_equal(codec_write_array(&encoded, count, NULL), ERR_OK);
	for (unsigned key = 0; key < 6; key++) {
		unsigned has = (unsigned)sample_below(random, 16) | 2U;

		if (!(keys >> key & 1))
			continue;
		assert_int_equal(
			codec_write_map(&encoded, (has & 1) + (has >> 1 & 1) + (has >> 2 & 1) + (has >> 3 & 1), NULL),
			ERR_OK);
		for (unsigned i = 0; i < 4; i++) {
			if (!(has >> i & 1))
				continue;
			assert_int_equal(codec_write_uint(&encoded, numbers[i], NULL), ERR_OK);
			if (numbers[i] == SAMPLE_LIST_KEY)
				assert_int_equal(codec_write_uint(&encoded, key + 1, NULL), ERR_OK);
			else
				assert_int_equal(bytes_append_view(&encoded, sample_scalar(arena, random), NULL),
				                 ERR_OK);
		}
	}
	return sample_keep(arena, &encoded);
}

static inline struct record
sample_record(struct arena *arena, uint64_t *random)
{
	struct record record = {.kind = SAMPLE_KIND.name, .schema_version = (uint32_t)sample_below(random, 3)};
	const uint32_t scalars[] = {1, 2, 3, 4, SAMPLE_UNKNOWN};

	for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
		if (sample_below(random, 3) > 0)
			assert_int_equal(record_set(&record, arena, scalars[i], sample_scalar(arena, random), NULL),
			                 ERR_OK);
	}
	assert_int_equal(record_set(&record, arena, SAMPLE_SET, sample_set(arena, random, 6, sample_scalar), NULL),
	                 ERR_OK);
	/* now and then the list is none that its kind demands */
	assert_int_equal(
		record_set(&record, arena, SAMPLE_LIST,
	                   sample_below(random, 20) == 0 ? sample_scalar(arena, random) : sample_list(arena, random),
	                   NULL),
		ERR_OK);
	record.built_in[RECORD_DISTINCT] = sample_set(arena, random, 3, sample_id);
	record.built_in[RECORD_WAS] = sample_set(arena, random, 2, sample_id);
	record.built_in[RECORD_ACCEPTED] = sample_set(arena, random, 2, sample_accepted);
	return record;
}

#endif
