#include <string.h>

#include "base/fs.h"
#include "record/path.h"
#include "test.h"

#define HEX_A "000102030405060708090a0b0c0d0e0f"
#define HEX_B "f00102030405060708090a0b0c0d0e0f"
#define DIGEST_A                                                                                                       \
	{                                                                                                              \
		(const uint8_t *)"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", ID_BYTES          \
	}
#define DIGEST_B                                                                                                       \
	{                                                                                                              \
		(const uint8_t *)"\xf0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", ID_BYTES          \
	}

/* in canonical order, with their texts */
static const struct sample {
	const char *text;
	struct record_path path;
} samples[] = {
	{"x", {.type = RECORD_EXISTENCE}},
	{"1", {.type = RECORD_FIELD, .field = 1}},
	{"7", {.type = RECORD_FIELD, .field = 7}},
	{"7/e#" HEX_A, {.type = RECORD_ELEMENT, .field = 7, .key = DIGEST_A}},
	{"7/e#" HEX_B, {.type = RECORD_ELEMENT, .field = 7, .key = DIGEST_B}},
	{"8/m#" HEX_A, {.type = RECORD_MEMBER, .field = 8, .key = DIGEST_A}},
	{"8/m#" HEX_A "/3", {.type = RECORD_MEMBER_FIELD, .field = 8, .sub = 3, .key = DIGEST_A}},
	{"8/m#" HEX_A "/65535", {.type = RECORD_MEMBER_FIELD, .field = 8, .sub = 65535, .key = DIGEST_A}},
	{"8/m#" HEX_B, {.type = RECORD_MEMBER, .field = 8, .key = DIGEST_B}},
	{"65535", {.type = RECORD_FIELD, .field = 65535}},
	{"distinct/e#" HEX_A, {.type = RECORD_BUILT_IN, .field = RECORD_DISTINCT, .key = DIGEST_A}},
	{"was/e#" HEX_A, {.type = RECORD_BUILT_IN, .field = RECORD_WAS, .key = DIGEST_A}},
	{"accepted/e#" HEX_A, {.type = RECORD_BUILT_IN, .field = RECORD_ACCEPTED, .key = DIGEST_A}},
	{"drop/x", {.type = RECORD_EXISTENCE, .is_drop = true}},
	{"drop/8/m#" HEX_A "/3", {.type = RECORD_MEMBER_FIELD, .is_drop = true, .field = 8, .sub = 3, .key = DIGEST_A}},
};

enum {
	SAMPLES = sizeof(samples) / sizeof(samples[0])
};

static void
each_register_has_one_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct arena arena = {0};
		struct bytes text = {0};
		struct err_info info;
		struct record_path read;

		assert_ok(record_path_write(&text, &samples[i].path, &info));
		assert_string_equal(bytes_text(&text), samples[i].text);
		assert_ok(record_path_read(&read, bytes_view(&text), &arena, &info));
		assert_int_equal(record_path_compare(&read, &samples[i].path), 0);
		assert_int_equal(read.type, samples[i].path.type);
		bytes_release(&text);
		arena_release(&arena);
	}
}

static void
registers_have_a_total_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		for (size_t j = 0; j < SAMPLES; j++) {
			int order = record_path_compare(&samples[i].path, &samples[j].path);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
	}
}

static void
only_existence_is_existence(void **state)
{
	(void)state;
	assert_true(record_path_is_existence(&samples[0].path));
	assert_true(record_path_is_existence(&samples[5].path));
	assert_false(record_path_is_existence(&samples[1].path));
	assert_false(record_path_is_existence(&samples[6].path));
}

static void
any_other_text_is_refused(void **state)
{
	static const char *const bad[] = {"",
	                                  "y",
	                                  "x/",
	                                  "01",
	                                  "0",
	                                  "65536",
	                                  "+1",
	                                  "1 ",
	                                  " 1",
	                                  "1/",
	                                  "7/e#",
	                                  "7/e#" HEX_A "0",
	                                  "7/e#" HEX_A "00",
	                                  "7/e#" HEX_A "/",
	                                  "7/e#000102030405060708090a0b0c0d0e0",
	                                  "7/e#000102030405060708090a0b0c0d0e0g",
	                                  "7/e#000102030405060708090A0B0C0D0E0F",
	                                  "7/e:" HEX_A,
	                                  "8/m:05",
	                                  "7/m#" HEX_A "/",
	                                  "7/m#" HEX_A "/0",
	                                  "7/m#" HEX_A "/03",
	                                  "7/e#" HEX_A "/3",
	                                  "7/f#" HEX_A,
	                                  "distinct",
	                                  "distinct/m#" HEX_A,
	                                  "drop/",
	                                  "drop",
	                                  "drop/drop/x",
	                                  "xx",
	                                  "99999999999999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena arena = {0};
		struct err_info info = {0};
		struct record_path path;

		assert_err(record_path_read(&path, view_text(bad[i]), &arena, &info), ERR_FORMAT);
		arena_release(&arena);
	}
}

/* Computed with Python's hashlib: blake2b(b"\x03" + b"\0\0\0\x08" + key, key=bytes(range(32)), person=b"ts-register-01..", digest_size=16) */
static void
a_name_hides_the_key_from_who_lacks_the_salt(void **state)
{
	const struct record_path member = {.type = RECORD_MEMBER_FIELD,
	                                   .field = 8,
	                                   .sub = 3,
	                                   .key_field = 1,
	                                   .key = view_text("\xa3\xe7\x94\xb2")};
	struct record_path named;
	struct record_path other;
	struct seal_salt salt;
	struct id digests[2];
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(salt.bytes); i++)
		salt.bytes[i] = (uint8_t)i;
	record_path_name(&named, &digests[0], &member, &salt);
	assert_ok(record_path_write(&text, &named, &info));
	assert_string_equal(bytes_text(&text), "8/m#151cd763bb738eaccf8af3c00fe5b07e/3");

	other = member;
	other.type = RECORD_MEMBER;
	other.sub = 0;
	record_path_name(&other, &digests[1], &other, &salt);
	assert_memory_equal(&digests[0], &digests[1], sizeof(digests[0])); /* a member and its fields: one name */
	other = member;
	other.type = RECORD_BUILT_IN;
	record_path_name(&other, &digests[1], &other, &salt);
	assert_memory_not_equal(&digests[0], &digests[1], sizeof(digests[0]));
	salt.bytes[0] ^= 1;
	record_path_name(&named, &digests[1], &member, &salt);
	assert_memory_not_equal(&digests[0], &digests[1], sizeof(digests[0]));
	bytes_release(&text);
}

static void
what_has_no_key_is_named_as_it_is(void **state)
{
	const struct record_path field = {.type = RECORD_FIELD, .field = 12};
	struct record_path named;
	struct id digest;

	(void)state;
	record_path_name(&named, &digest, &field, NULL);
	assert_int_equal(record_path_compare(&named, &field), 0);
}

static void
golden_samples_keep_their_verdict(void **state)
{
	static const char directory[] = TESTS_DIR "/golden/fuzz_record_path";
	struct fs_names names;
	struct err_info info;

	(void)state;
	assert_ok(fs_list(&names, directory, SIZE_MAX, &info));
	assert_true(names.count > 10);
	for (size_t i = 0; i < names.count; i++) {
		bool is_good = strncmp(names.names[i], "good", 4) == 0;
		char path[LIMIT_PATH_BYTES_MAX];
		struct arena arena = {0};
		struct bytes content = {0};
		struct record_path read;
		enum err err;

		assert_ok(fs_path(path, &info, "%s/%s", directory, names.names[i]));
		assert_ok(fs_read(&content, path, LIMIT_STRING_BYTES_MAX, &info));
		err = record_path_read(&read, bytes_view(&content), &arena, &info);
		if ((err == ERR_OK) != is_good)
			fail_msg("%s: ERR_%s", names.names[i], err_name(err));
		bytes_release(&content);
		arena_release(&arena);
	}
	fs_names_release(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_register_has_one_text),
		cmocka_unit_test(registers_have_a_total_order),
		cmocka_unit_test(only_existence_is_existence),
		cmocka_unit_test(any_other_text_is_refused),
		cmocka_unit_test(a_name_hides_the_key_from_who_lacks_the_salt),
		cmocka_unit_test(what_has_no_key_is_named_as_it_is),
		cmocka_unit_test(golden_samples_keep_their_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
