/* Records kept a moment: the same bytes come back, others do not, and it stays in its bounds. */
#include <stdlib.h>
#include <string.h>

#include "partition/recent.h"
#include "test.h"

enum {
	MANY = 5000,
	LENGTHS = 3001, /* 4.5 MB in all */
	LARGE_BYTES = 1 << 20,
	LARGE_COUNT = 40
};

static struct oid
blob_of(uint32_t number)
{
	struct oid blob = {0};

	store_u32(blob.bytes, number * 2654435761u);
	store_u32(blob.bytes + 16, number);
	return blob;
}

static void
many_are_kept_apart(void **state)
{
	struct partition_recent *recent = NULL;
	struct err_info info;
	struct view found;
	struct oid blob;
	uint8_t text[8];
	size_t right = 0;

	(void)state;
	assert_ok(partition_recent_new(&recent, &info));
	for (uint32_t i = 0; i < MANY; i++) {
		blob = blob_of(i);
		store_u64(text, i);
		partition_recent_put(recent, &blob, view_of(text, 1 + i % 8));
		partition_recent_put(recent, &blob, view_of("again", 5));
	}
	for (uint32_t i = 0; i < MANY; i++) {
		blob = blob_of(i);
		store_u64(text, i);
		right += partition_recent_find(&found, recent, &blob) && view_equal(found, view_of(text, 1 + i % 8));
	}
	assert_int_equal(right, MANY);
	blob = blob_of(MANY);
	assert_false(partition_recent_find(&found, recent, &blob));
	partition_recent_free(recent);
}

/* Lengths at which the blocks that texts lie in end in the midst of one. */
static void
texts_of_any_length_come_back(void **state)
{
	struct partition_recent *recent = NULL;
	uint8_t text[LENGTHS];
	struct err_info info;
	struct view found;
	size_t right = 0;

	(void)state;
	assert_ok(partition_recent_new(&recent, &info));
	for (uint32_t i = 0; i < LENGTHS; i++) {
		struct oid blob = blob_of(i);

		memset(text, (int)(i % 251), sizeof(text));
		partition_recent_put(recent, &blob, view_of(text, i + 1));
	}
	for (uint32_t i = 0; i < LENGTHS; i++) {
		struct oid blob = blob_of(i);

		memset(text, (int)(i % 251), sizeof(text));
		right += partition_recent_find(&found, recent, &blob) && view_equal(found, view_of(text, i + 1));
	}
	assert_int_equal(right, LENGTHS);
	partition_recent_free(recent);
}

static void
it_stays_in_its_bounds(void **state)
{
	struct partition_recent *recent = NULL;
	uint8_t *large = calloc(1, LARGE_BYTES);
	struct err_info info;
	struct view found;
	struct oid blob;
	uint32_t kept = 0;

	(void)state;
	assert_non_null(large);
	assert_ok(partition_recent_new(&recent, &info));
	for (uint32_t i = 0; i < LARGE_COUNT; i++) {
		blob = blob_of(i);
		partition_recent_put(recent, &blob, view_of(large, LARGE_BYTES));
	}
	for (uint32_t i = 0; i < LARGE_COUNT; i++) {
		blob = blob_of(i);
		kept += partition_recent_find(&found, recent, &blob);
	}
	assert_int_equal(kept, 32);
	partition_recent_free(recent);
	free(large);
}

static void
nothing_is_kept_in_none(void **state)
{
	struct oid blob = blob_of(1);
	struct view found;

	(void)state;
	partition_recent_put(NULL, &blob, view_of("a", 1));
	assert_false(partition_recent_find(&found, NULL, &blob));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_are_kept_apart),
		cmocka_unit_test(texts_of_any_length_come_back),
		cmocka_unit_test(it_stays_in_its_bounds),
		cmocka_unit_test(nothing_is_kept_in_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
