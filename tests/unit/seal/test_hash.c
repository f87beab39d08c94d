#include "samples.h"
#include "seal/hash.h"
#include "test.h"

static void
digests_are_those_of_hashlib(void **state)
{
	struct seal_key *key = sample_key(0x40);
	struct digest digest;
	struct id id;
	uint8_t sha512[SEAL_SHA512_BYTES];

	(void)state;
	seal_digest(&digest, view_text("abc"));
	assert_hex(view_of(&digest, sizeof(digest)),
	           "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	seal_digest_domain(&digest, SEAL_DOMAIN_LTHASH, view_text("abc"));
	assert_hex(view_of(&digest, sizeof(digest)),
	           "acc051723d36400c41a363e5f5eaf55a6b22411c23b2137bee83165294c1ba6d");
	seal_digest_keyed(&digest, SEAL_DOMAIN_PREAMBLE, key, view_text("abc"));
	assert_hex(view_of(&digest, sizeof(digest)),
	           "553d66b0ef542c23b814aa941aad48c88aa75fb6f15ffb9f9fb9b8c04bd64cf3");
	seal_digest_id(&id, view_text("abc"));
	assert_hex(view_of(&id, sizeof(id)), "cf4ab791c62b8d2b2109c90275287816");
	seal_sha512(sha512, view_text("abc"));
	assert_hex(view_of(sha512, sizeof(sha512)), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	                                            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	seal_key_free(key);
}

static void
a_digest_of_nothing_is_one_too(void **state)
{
	struct digest digest;

	(void)state;
	seal_digest(&digest, (struct view){0});
	assert_hex(view_of(&digest, sizeof(digest)),
	           "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

static void
parts_give_the_digest_of_the_whole(void **state)
{
	struct seal_key *key = sample_key(0x40);
	uint8_t message[300];
	struct digest whole[3];
	struct digest parts;

	(void)state;
	count_bytes(message, 9, sizeof(message));
	seal_digest(&whole[0], view_of(message, sizeof(message)));
	seal_digest_domain(&whole[1], SEAL_DOMAIN_LTHASH, view_of(message, sizeof(message)));
	seal_digest_keyed(&whole[2], SEAL_DOMAIN_LTHASH, key, view_of(message, sizeof(message)));
	for (size_t cut = 0; cut <= sizeof(message); cut += 25) {
		for (int kind = 0; kind < 3; kind++) {
			struct seal_hash hash;

			if (kind == 0)
				seal_hash_init(&hash);
			else if (kind == 1)
				seal_hash_init_domain(&hash, SEAL_DOMAIN_LTHASH);
			else
				seal_hash_init_keyed(&hash, SEAL_DOMAIN_LTHASH, key);
			seal_hash_update(&hash, view_of(message, cut));
			seal_hash_update(&hash, (struct view){0});
			seal_hash_update(&hash, view_of(message + cut, sizeof(message) - cut));
			seal_hash_final(&parts, &hash);
			assert_true(digest_equal(&parts, &whole[kind]));
		}
	}
	assert_false(digest_equal(&whole[0], &whole[1]));
	assert_false(digest_equal(&whole[1], &whole[2]));
	seal_key_free(key);
}

static void
salt_and_id_are_those_of_the_layout(void **state)
{
	struct id partition = sample_id(0xa0);
	struct seal_seed seed;
	struct seal_salt salt;
	struct id id;

	(void)state;
	count_bytes(seed.bytes, 0, sizeof(seed.bytes));
	seal_salt_derive(&salt, &seed, 7);
	assert_hex(view_of(&salt, sizeof(salt)), "3dbdf0ca11f50aa9e0da1a0fdc57d07bb8f5d9bb20999c424b5268ba07363e79");
	seal_record_id(&id, &salt, &partition);
	assert_hex(view_of(&id, sizeof(id)), "d180ea808e2a9a856c23cc7bd3ae7e4c");
}

static void
fingerprint_is_forty_digits_in_groups(void **state)
{
	struct seal_fingerprint fingerprint;

	(void)state;
	seal_fingerprint_of(&fingerprint, view_text("card"));
	assert_string_equal(fingerprint.text, "87939 41220 00928 48146 70095 70601 73745 73195");
}

static void
fingerprint_is_read_as_people_type_it(void **state)
{
	static const char *const spellings[] = {"87939 41220 00928 48146 70095 70601 73745 73195",
	                                        "8793941220009284814670095706017374573195",
	                                        "87939-41220-00928-48146-70095-70601-73745-73195",
	                                        "  8793 9412-2000 928 48146 70095 70601 73745 7319-5  "};
	struct seal_fingerprint expected;
	struct seal_fingerprint got;

	(void)state;
	seal_fingerprint_of(&expected, view_text("card"));
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		assert_true(seal_fingerprint_read(&got, view_text(spellings[i])));
		assert_true(seal_fingerprint_equal(&got, &expected));
	}
	assert_true(seal_fingerprint_read(&got, view_text("87939-41220-00928-48146-70095-70601-73745-73194")));
	assert_false(seal_fingerprint_equal(&got, &expected));
}

static void
fingerprint_refuses_other_texts_and_leaves_the_result(void **state)
{
	static const char *const bad[] = {"",
	                                  "87939",
	                                  "879394122000928481467009570601737457319",
	                                  "879394122000928481467009570601737457319556",
	                                  "8793941220009284814670095706017374573195x",
	                                  "87939\t41220 00928 48146 70095 70601 73745 73195",
	                                  "\xef\xbc\x98"
	                                  "793941220009284814670095706017374573195"};
	struct seal_fingerprint got = {"unchanged"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(seal_fingerprint_read(&got, view_text(bad[i])));
	assert_string_equal(got.text, "unchanged");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_hashlib),
		cmocka_unit_test(a_digest_of_nothing_is_one_too),
		cmocka_unit_test(parts_give_the_digest_of_the_whole),
		cmocka_unit_test(salt_and_id_are_those_of_the_layout),
		cmocka_unit_test(fingerprint_is_forty_digits_in_groups),
		cmocka_unit_test(fingerprint_is_read_as_people_type_it),
		cmocka_unit_test(fingerprint_refuses_other_texts_and_leaves_the_result),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
