#include "golden.h"
#include "merge/entry.h"

static enum err
read_all(struct view content, struct err_info *info)
{
	struct arena arena = {0};
	struct merge_entries entries;
	struct bytes again = {0};
	enum err err = merge_entries_read(&entries, &arena, content, info);

	if (err == ERR_OK) {
		assert_int_equal(merge_entries_write(&again, &entries, info), ERR_OK);
		assert_true(view_equal(bytes_view(&again), content));
	}
	bytes_release(&again);
	arena_release(&arena);
	return err;
}

static void
golden_samples_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_merge_entries", read_all);
}

/* one of each kind, in order */
static struct bytes
sample(void)
{
	struct arena arena = {0};
	struct oid commits[] = {{{1}}, {{2}}};
	struct merge_pair pairs[] = {{{{1}}, {{2}}}};
	struct id records[] = {{{3}}, {{4}}};
	struct digest digest = {{5}};
	struct merge_entry items[] = {
		{.kind = MERGE_REMOVED, .count = 1, .path = {.type = RECORD_EXISTENCE}, .commits = commits},
		{.kind = MERGE_VALUE, .count = 2, .path = {.type = RECORD_FIELD, .field = 3}, .commits = commits},
		{.kind = MERGE_STALE, .count = 1, .path = {.type = RECORD_FIELD, .field = 5}, .pairs = pairs},
		{.kind = MERGE_STATE, .count = 2, .path = {.type = RECORD_FIELD, .field = 6}, .commits = commits},
		{.kind = MERGE_REFUSED,
	         .count = 1,
	         .path = {.type = RECORD_MEMBER_FIELD, .field = 8, .sub = 300, .key = view_text("\x05")},
	         .commits = commits},
		{.kind = MERGE_TWIN, .count = 2, .path = {.type = RECORD_EXISTENCE}, .records = records},
		{.kind = MERGE_RULE, .count = 1, .rule = view_text("items:tags"), .digest = &digest},
	};
	struct merge_entries entries = {items, sizeof(items) / sizeof(*items)};
	struct bytes out = {0};
	struct err_info info = {0};

	assert_ok(merge_entries_write(&out, &entries, &info));
	arena_release(&arena);
	return out;
}

static void
no_beginning_of_entries_is_taken(void **state)
{
	struct bytes whole = sample();
	struct err_info info = {0};

	(void)state;
	assert_ok(read_all(bytes_view(&whole), &info));
	for (size_t size = 0; size < whole.size; size++) {
		struct bytes cut = {0};

		assert_ok(bytes_append(&cut, whole.data, size, &info)); /* of its own size, for the sanitizer */
		assert_err(read_all(bytes_view(&cut), &info), ERR_FORMAT);
		bytes_release(&cut);
	}
	bytes_release(&whole);
}

static void
a_flipped_bit_is_refused_or_says_something_else(void **state)
{
	struct bytes whole = sample();
	struct err_info info = {0};

	(void)state;
	for (size_t bit = 0; bit < whole.size * 8; bit++) {
		whole.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		(void)read_all(bytes_view(&whole),
		               &info); /* what is taken is written again as it was: asserted there */
		whole.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	bytes_release(&whole);
}

static void
entries_past_their_limit_are_neither_written_nor_read(void **state)
{
	enum {
		KEY_BYTES = LIMIT_STRING_BYTES_MAX,
		COUNT = LIMIT_ENTRIES_BYTES_MAX / KEY_BYTES + 1
	};
	struct arena arena = {0};
	struct bytes key = {0};
	struct oid commits[] = {{{1}}, {{2}}};
	struct merge_entries entries = {arena_get(&arena, COUNT * sizeof(struct merge_entry)), COUNT};
	struct bytes out = {0};
	struct err_info info = {0};

	(void)state;
	assert_ok(bytes_append(&key, "\xc6\x00\x01\x00\x00", 5, &info));
	assert_non_null(bytes_extend(&key, KEY_BYTES));
	memset(key.data + 5, 'k', KEY_BYTES);
	for (uint32_t i = 0; i < COUNT; i++)
		entries.items[i] =
			(struct merge_entry){.kind = MERGE_VALUE,
		                             .count = 2,
		                             .path = {.type = RECORD_ELEMENT, .field = i + 1, .key = bytes_view(&key)},
		                             .commits = commits};
	assert_err(merge_entries_write(&out, &entries, &info), ERR_TOO_BIG);
	assert_int_equal(out.size, 0);
	assert_non_null(bytes_extend(&out, LIMIT_ENTRIES_BYTES_MAX + 1));
	assert_err(read_all(bytes_view(&out), &info), ERR_TOO_BIG);
	bytes_release(&key);
	bytes_release(&out);
	arena_release(&arena);
}

static void
an_entry_is_found_by_its_place_and_kind(void **state)
{
	struct bytes whole = sample();
	struct arena arena = {0};
	struct merge_entries entries;
	struct record_path path = {.type = RECORD_FIELD, .field = 3};
	struct err_info info = {0};

	(void)state;
	assert_ok(merge_entries_read(&entries, &arena, bytes_view(&whole), &info));
	assert_ptr_equal(merge_entries_find(&entries, &path, MERGE_VALUE), &entries.items[1]);
	assert_null(merge_entries_find(&entries, &path, MERGE_STATE));
	path.field = 4;
	assert_null(merge_entries_find(&entries, &path, MERGE_VALUE));
	assert_ptr_equal(merge_entries_twin(&entries), &entries.items[5]);
	bytes_release(&whole);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_samples_are_told_apart),
		cmocka_unit_test(no_beginning_of_entries_is_taken),
		cmocka_unit_test(a_flipped_bit_is_refused_or_says_something_else),
		cmocka_unit_test(entries_past_their_limit_are_neither_written_nor_read),
		cmocka_unit_test(an_entry_is_found_by_its_place_and_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
