#include <string.h>

#include "git/git.h"
#include "git/sha1.h"
#include "test.h"

enum {
	SIZE_MAX_TRIED = 300
};

static void
sum(struct oid *out, const uint8_t *data, size_t size, size_t part)
{
	struct sha1 sha1;

	sha1_init(&sha1);
	for (size_t at = 0; at < size; at += part)
		sha1_add(&sha1, view_of(data + at, size - at < part ? size - at : part));
	sha1_finish(&sha1, out);
}

static void
sums_are_those_of_fips_180(void **state)
{
	static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	struct oid oid;

	(void)state;
	for (int without = 0; without < 2; without++) {
		sha1_without_instructions(without != 0);
		sum(&oid, (const uint8_t *)"", 0, 1);
		assert_hex(view_of(oid.bytes, OID_BYTES), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
		sum(&oid, (const uint8_t *)"abc", 3, 3);
		assert_hex(view_of(oid.bytes, OID_BYTES), "a9993e364706816aba3e25717850c26c9cd0d89d");
		sum(&oid, (const uint8_t *)text, strlen(text), 7);
		assert_hex(view_of(oid.bytes, OID_BYTES), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	}
	sha1_without_instructions(false);
}

static void
instructions_parts_and_libgit2_agree_at_every_size(void **state)
{
	uint8_t data[SIZE_MAX_TRIED];
	uint64_t seed = 1;
	struct err_info info;

	(void)state;
	assert_ok(git_start(&info));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(support_random(&seed) >> 40);
	for (size_t size = 0; size <= sizeof(data); size++) {
		struct oid fast;
		struct oid plain;
		struct oid quick;
		struct oid slow;

		sum(&fast, data, size, 1 + size % 70);
		sha1_without_instructions(true);
		sum(&plain, data, size, 1 + size % 61);
		sha1_without_instructions(false);
		assert_true(oid_equal(&fast, &plain));
		for (int type = GIT_TYPE_COMMIT; type <= GIT_TYPE_BLOB; type++) {
			git_oid_quick(&quick, (enum git_type)type, view_of(data, size));
			assert_ok(git_oid_of(&slow, (enum git_type)type, view_of(data, size), &info));
			assert_true(oid_equal(&quick, &slow));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_those_of_fips_180),
		cmocka_unit_test(instructions_parts_and_libgit2_agree_at_every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
