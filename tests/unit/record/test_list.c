#include "record/list.h"
#include "schema/schema.h"
#include "test.h"

enum {
	KEY_FIELD = 2
};

static enum err
read_set(const char *hex, struct record_items *out, struct arena *arena, struct err_info *info)
{
	struct bytes value = from_hex(hex);
	struct view kept = {arena_copy(arena, bytes_view(&value)), value.size};

	bytes_release(&value);
	return record_items_read(out, arena, kept, info);
}

static enum err
read_members(const char *hex, struct record_members *out, struct arena *arena, struct err_info *info)
{
	struct bytes value = from_hex(hex);
	struct view kept = {arena_copy(arena, bytes_view(&value)), value.size};

	bytes_release(&value);
	return record_members_read(out, arena, kept, KEY_FIELD, info);
}

static void
a_set_comes_apart_and_together_again(void **state)
{
	struct arena arena = {0};
	struct record_items items;
	struct view again;
	struct err_info info;

	(void)state;
	assert_ok(read_set("93 05 a161 cd0100", &items, &arena, &info));
	assert_int_equal(items.count, 3);
	assert_hex(items.items[1], "a161");
	assert_ok(record_items_write(&again, &arena, &items, &info));
	assert_hex(again, "93 05 a161 cd0100");
	arena_release(&arena);
}

static void
no_value_is_the_empty_set_and_the_empty_list(void **state)
{
	struct arena arena = {0};
	struct record_items items;
	struct record_members members;
	struct view again = {(const uint8_t *)"x", 1};
	struct err_info info;

	(void)state;
	assert_ok(read_set("", &items, &arena, &info));
	assert_int_equal(items.count, 0);
	assert_ok(record_items_write(&again, &arena, &items, &info));
	assert_int_equal(again.size, 0);
	assert_ok(read_members("", &members, &arena, &info));
	assert_ok(record_members_write(&again, &arena, &members, &info));
	assert_int_equal(again.size, 0);
	arena_release(&arena);
}

static void
what_is_no_set_is_refused(void **state)
{
	static const char *const bad[] = {"05", "81 01 05", "92 05 05", "92 06 05", "92 05", "91 a0", "92 a162 a161"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena arena = {0};
		struct record_items items;
		struct err_info info = {0};

		assert_err(read_set(bad[i], &items, &arena, &info), ERR_FORMAT);
		arena_release(&arena);
	}
}

static void
a_keyed_list_comes_apart_by_member(void **state)
{
	static const char hex[] = "92 82 0107 0205 81 02a161";
	struct arena arena = {0};
	struct record_members members;
	struct view again;
	struct err_info info;

	(void)state;
	assert_ok(read_members(hex, &members, &arena, &info));
	assert_int_equal(members.count, 2);
	assert_hex(members.items[0].key, "05");
	assert_int_equal(members.items[0].field_count, 2);
	assert_hex(members.items[1].key, "a161");
	assert_ok(record_members_write(&again, &arena, &members, &info));
	assert_hex(again, hex);
	members.items[0].whole = (struct view){0}; /* put together anew from its fields */
	assert_ok(record_members_write(&again, &arena, &members, &info));
	assert_hex(again, hex);
	arena_release(&arena);
}

static void
what_is_no_keyed_list_is_refused(void **state)
{
	static const char *const bad[] = {"05",
	                                  "91 05",
	                                  "91 81 0105",              /* no key */
	                                  "92 81 0205 81 0205",      /* one key twice */
	                                  "92 81 0206 81 0205",      /* keys descend */
	                                  "91 82 0205 0105",         /* fields descend */
	                                  "91 82 0005 0205",         /* field 0 */
	                                  "91 82 0205 ce0001000005", /* field 65536 */
	                                  "91 82 0205 03a0"};        /* an empty field */

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena arena = {0};
		struct record_members members;
		struct err_info info = {0};

		assert_err(read_members(bad[i], &members, &arena, &info), ERR_FORMAT);
		arena_release(&arena);
	}
}

static void
a_list_takes_no_more_members_than_the_limit(void **state)
{
	struct arena arena = {0};
	struct record_items items = {arena_get(&arena, (LIMIT_ARRAY_ITEMS_MERGED_MAX + 1) * sizeof(struct view)),
	                             LIMIT_ARRAY_ITEMS_MERGED_MAX + 1};
	struct view value;
	struct err_info info = {0};

	(void)state;
	for (uint32_t i = 0; i < items.count; i++) {
		uint8_t *at = arena_get(&arena, 5);

		at[0] = 0xce;
		store_u32(at + 1, i + 0x10000);
		items.items[i] = view_of(at, 5);
	}
	assert_err(record_items_write(&value, &arena, &items, &info), ERR_TOO_BIG);
	items.count--;
	assert_ok(record_items_write(&value, &arena, &items, &info));
	assert_ok(record_items_read(&items, &arena, value, &info));
	assert_int_equal(items.count, LIMIT_ARRAY_ITEMS_MERGED_MAX);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_comes_apart_and_together_again),
		cmocka_unit_test(no_value_is_the_empty_set_and_the_empty_list),
		cmocka_unit_test(what_is_no_set_is_refused),
		cmocka_unit_test(a_keyed_list_comes_apart_by_member),
		cmocka_unit_test(what_is_no_keyed_list_is_refused),
		cmocka_unit_test(a_list_takes_no_more_members_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
