#include <string.h>

#include "keyring/keyring.h"
#include "seal/seal.h"
#include "test.h"

enum {
	COUNT = 5,
};

static const struct id PARTITION = {{9}};
static const struct keyring_seed SEED = {.seed = {{7}}, .count = COUNT, .commit = {{3}}};

static void
ids_of_the_seed(struct id ids[COUNT])
{
	struct seal_salt salt;

	for (uint32_t n = 0; n < COUNT; n++)
		keyring_derive(&salt, &ids[n], &SEED.seed, n, &PARTITION);
}

static enum err
add(struct keyring **keyring, struct view ids)
{
	const struct keyring_batch batch = {.seeds = &SEED, .seeds_count = 1, .ids = ids};
	struct err_info info;

	assert_ok(keyring_open(keyring, support_scratch(), &PARTITION, &info));
	return keyring_add(*keyring, &batch, &info);
}

static void
known_ids_and_derived_ones_hold_the_same_salts(void **state)
{
	struct id ids[COUNT];

	(void)state;
	ids_of_the_seed(ids);
	for (size_t i = 0; i < 2; i++) {
		struct keyring *keyring;
		struct err_info info;

		assert_ok(add(&keyring, view_of(ids[0].bytes, i == 0 ? 0 : sizeof(ids))));
		for (uint32_t n = 0; n < COUNT; n++) {
			struct seal_salt held;
			struct seal_salt derived;
			struct id id;

			keyring_derive(&derived, &id, &SEED.seed, n, &PARTITION);
			assert_ok(keyring_salt(&held, keyring, &ids[n], &info));
			assert_memory_equal(held.bytes, derived.bytes, sizeof(held.bytes));
		}
		keyring_free(keyring);
	}
}

static void
ids_of_another_seed_are_refused_and_nothing_is_written(void **state)
{
	(void)state;
	for (size_t wrong = 0; wrong < COUNT; wrong += COUNT - 1) {
		struct id ids[COUNT];
		struct keyring *keyring;

		ids_of_the_seed(ids);
		ids[wrong].bytes[0] ^= 1;
		assert_int_equal(add(&keyring, view_of(ids[0].bytes, sizeof(ids))), ERR_INTERNAL);
		assert_int_equal(keyring_count(keyring), 0);
		keyring_free(keyring);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_ids_and_derived_ones_hold_the_same_salts),
		cmocka_unit_test(ids_of_another_seed_are_refused_and_nothing_is_written),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
