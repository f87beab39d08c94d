/* The cache of objects: it gives back what was put, grows with it, and stays within its bounds. */
#include <stdio.h>

#include "git/cache.h"
#include "test.h"

enum {
	MANY = 20000,
	SIZE = 100,
	LARGE = 4097, /* one byte more than is kept */
};

static struct oid
oid_of(uint32_t n)
{
	struct oid oid = {{0}};

	store_u32(oid.bytes, n);
	store_u32(oid.bytes + 4, n * 2654435761U); /* as evenly spread as hashes are */
	return oid;
}

static bool
is_kept(const struct git_cache *cache, uint32_t n)
{
	const struct oid oid = oid_of(n);
	struct bytes found = {0};
	int type = 0;
	bool is_found = git_cache_get(&found, &type, cache, &oid);

	if (is_found) {
		assert_int_equal(type, 2);
		assert_int_equal(found.size, SIZE);
		assert_int_equal(load_u32(found.data), n);
	}
	bytes_release(&found);
	return is_found;
}

static void
put(struct git_cache *cache, uint32_t n)
{
	const struct oid oid = oid_of(n);
	uint8_t content[SIZE] = {0};

	store_u32(content, n);
	git_cache_put(cache, &oid, 2, view_of(content, sizeof(content)));
}

static void
few_are_all_kept(void **state)
{
	struct git_cache cache = {0};

	(void)state;
	assert_false(is_kept(&cache, 1));
	for (uint32_t n = 0; n < 32; n++)
		put(&cache, n);
	assert_true(cache.set_count * GIT_CACHE_WAYS <= 128); /* no larger than what is in it */
	for (uint32_t n = 0; n < 32; n++)
		assert_true(is_kept(&cache, n));
	assert_false(is_kept(&cache, 32));
	git_cache_release(&cache);
	assert_false(is_kept(&cache, 1));
}

static void
it_grows_and_stays_bounded(void **state)
{
	struct git_cache cache = {0};
	size_t kept = 0;

	(void)state;
	for (uint32_t n = 0; n < 2000; n++)
		put(&cache, n);
	for (uint32_t n = 0; n < 2000; n++)
		kept += is_kept(&cache, n) ? 1U : 0U;
	assert_true(kept > 1800); /* four places a set: a few had to make room */
	assert_int_equal(kept, cache.count);
	assert_int_equal(kept * SIZE, cache.all);
	for (uint32_t n = 2000; n < MANY; n++)
		put(&cache, n);
	assert_true(cache.set_count <= 2048);
	assert_true(cache.count <= cache.set_count * GIT_CACHE_WAYS);
	assert_int_equal(cache.count * SIZE, cache.all);
	assert_true(is_kept(&cache, MANY - 1));
	git_cache_release(&cache);
}

static void
a_large_one_is_not_kept(void **state)
{
	static const uint8_t large[LARGE];
	const struct oid oid = oid_of(7);
	struct git_cache cache = {0};
	struct bytes found = {0};
	int type;

	(void)state;
	git_cache_put(&cache, &oid, 2, view_of(large, sizeof(large)));
	assert_false(git_cache_get(&found, &type, &cache, &oid));
	assert_int_equal(cache.count, 0);
	git_cache_release(&cache);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_are_all_kept),
		cmocka_unit_test(it_grows_and_stays_bounded),
		cmocka_unit_test(a_large_one_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
