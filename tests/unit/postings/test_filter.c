/* What the filters of a segment keep back: groups that are not there, and never one that is. */
#include <string.h>

#include "base/env.h"
#include "base/fs.h"
#include "postings/inside.h"
#include "test.h"

enum {
	PAGES = 3 * POSTINGS_FILTER_PAGES + 5,
	COUNT = PAGES * POSTINGS_PAGE_ENTRIES,
};

struct fixture {
	const char *directory;
	uint64_t seed;
	struct env env;
	struct postings *postings;
};

static int
set_up(void **state)
{
	static const uint8_t bytes[32] = {9};
	static struct fixture fixture;
	char path[LIMIT_PATH_BYTES_MAX];
	struct seal_key *key = NULL;
	struct err_info info;

	fixture = (struct fixture){.directory = support_scratch(), .seed = 77};
	fixture.env = support_env(&fixture.seed);
	assert_ok(fs_path(path, &info, "%s/findings", fixture.directory));
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	assert_ok(postings_new(&fixture.postings, path, key, &fixture.env, &info));
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	postings_free(fixture->postings);
	support_remove(fixture->directory);
	return 0;
}

typedef void (*group_of)(uint8_t out[FINDING_GROUP_BYTES], uint64_t number);

/* One segment of COUNT groups, read from its file. */
static void
make_segment(struct postings *postings, group_of group)
{
	const struct digest context = {{1}};
	struct digest held;
	struct err_info info;

	for (uint64_t i = 0; i < COUNT; i++) {
		struct finding_posting posting = {.side = 1};

		group(posting.group, i);
		assert_ok(postings_change(postings, &posting, true, &info));
	}
	assert_ok(postings_save(postings, &context, &info));
	assert_true(postings_load(postings, &held));
	assert_int_equal(postings->segment_count, 1);
	assert_int_equal(postings->segments[0].pages, PAGES);
}

static void
any_group(uint8_t out[FINDING_GROUP_BYTES], uint64_t number)
{
	uint64_t random = number;

	store_u64(out, support_random(&random));
	store_u64(out + 8, support_random(&random));
}

/* First bytes that are the same over a filter and a half, so that their fences tell them not apart; then each its own. */
static void
alike_group(uint8_t out[FINDING_GROUP_BYTES], uint64_t number)
{
	store_u64(out, number < COUNT / 2 ? 5 : number);
	store_u64(out + 8, number * UINT64_C(0x9e3779b97f4a7c15));
}

static void
every_group_is_found_through_the_filters(void **state)
{
	static const group_of WAYS[] = {any_group, alike_group};
	struct postings *postings = ((struct fixture *)*state)->postings;
	struct finding_postings found = {0};
	struct err_info info;

	for (size_t way = 0; way < 2; way++) {
		postings_clear(postings);
		make_segment(postings, WAYS[way]);
		for (uint64_t i = 0; i < COUNT; i += 1 + i % 97) {
			uint8_t group[FINDING_GROUP_BYTES];

			WAYS[way](group, i);
			found.count = 0;
			assert_ok(postings_group(&found, postings, group, &info));
			assert_int_equal(found.count, 1);
		}
	}
	finding_postings_release(&found);
}

/* 1 of 18 is let through in vain, and then looked up; none, or far more, would say that the filters are not asked. */
static void
few_that_are_not_there_are_let_through(void **state)
{
	struct postings *postings = ((struct fixture *)*state)->postings;
	size_t let_through = 0;
	struct err_info info;

	make_segment(postings, any_group);
	for (uint64_t i = COUNT; i < 2 * COUNT; i++) {
		uint8_t group[FINDING_GROUP_BYTES];
		bool may_be = false;

		any_group(group, i);
		assert_ok(postings_filter_ask(&may_be, postings, &postings->segments[0], group, &info));
		let_through += may_be ? 1U : 0U;
	}
	assert_in_range(let_through, COUNT / 25, COUNT / 14);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_group_is_found_through_the_filters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(few_that_are_not_there_are_let_through, set_up, tear_down),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
