#include "base/idset.h"
#include "test.h"

enum {
	MANY = 20000
};

static struct id
id_number(uint32_t number)
{
	struct id id = {{0}};

	store_u32(id.bytes, number % 500); /* many meet in one slot */
	store_u32(id.bytes + 8, number + 1);
	return id;
}

static void
what_was_added_is_there_and_nothing_else(void **state)
{
	struct idset set = {0};
	struct err_info info;
	struct id id = id_number(0);

	(void)state;
	assert_false(idset_has(&set, &id));
	for (uint32_t i = 0; i < MANY; i += 2) {
		id = id_number(i);
		assert_ok(idset_add(&set, &id, &info));
		assert_ok(idset_add(&set, &id, &info));
	}
	assert_int_equal(set.count, MANY / 2);
	for (uint32_t i = 0; i < MANY; i++) {
		id = id_number(i);
		assert_int_equal(idset_has(&set, &id), i % 2 == 0);
	}
	idset_release(&set);
	assert_false(idset_has(&set, &id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_there_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
