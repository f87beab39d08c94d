#include <string.h>

#include "base/fs.h"
#include "record/path.h"
#include "test.h"

/* in canonical order, with their texts */
static const struct sample {
	const char *text;
	struct record_path path;
} samples[] = {
	{"x", {.type = RECORD_EXISTENCE}},
	{"1", {.type = RECORD_FIELD, .field = 1}},
	{"7", {.type = RECORD_FIELD, .field = 7}},
	{"7/e:01", {.type = RECORD_ELEMENT, .field = 7, .key = {(const uint8_t *)"\x01", 1}}},
	{"7/e:a161",
         {.type = RECORD_ELEMENT,
          .field = 7,
          .key = {(const uint8_t *)"\xa1"
                                   "a",
                  2}}},
	{"8/m:05", {.type = RECORD_MEMBER, .field = 8, .key = {(const uint8_t *)"\x05", 1}}},
	{"8/m:05/3", {.type = RECORD_MEMBER_FIELD, .field = 8, .sub = 3, .key = {(const uint8_t *)"\x05", 1}}},
	{"8/m:05/65535", {.type = RECORD_MEMBER_FIELD, .field = 8, .sub = 65535, .key = {(const uint8_t *)"\x05", 1}}},
	{"8/m:06", {.type = RECORD_MEMBER, .field = 8, .key = {(const uint8_t *)"\x06", 1}}},
	{"65535", {.type = RECORD_FIELD, .field = 65535}},
	{"distinct/e:09", {.type = RECORD_BUILT_IN, .field = RECORD_DISTINCT, .key = {(const uint8_t *)"\x09", 1}}},
	{"was/e:09", {.type = RECORD_BUILT_IN, .field = RECORD_WAS, .key = {(const uint8_t *)"\x09", 1}}},
	{"accepted/e:09", {.type = RECORD_BUILT_IN, .field = RECORD_ACCEPTED, .key = {(const uint8_t *)"\x09", 1}}},
	{"drop/x", {.type = RECORD_EXISTENCE, .is_drop = true}},
	{"drop/8/m:05/3",
         {.type = RECORD_MEMBER_FIELD, .is_drop = true, .field = 8, .sub = 3, .key = {(const uint8_t *)"\x05", 1}}},
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
	                                  "7/e:",
	                                  "7/e:1",
	                                  "7/e:0g",
	                                  "7/e:0A",
	                                  "7/m:01/",
	                                  "7/m:01/0",
	                                  "7/m:01/03",
	                                  "7/e:01/3",
	                                  "7/f:01",
	                                  "distinct",
	                                  "distinct/m:01",
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

static void
a_key_is_at_most_as_long_as_a_string(void **state)
{
	static uint8_t key[LIMIT_STRING_BYTES_MAX + 1];
	struct record_path path = {.type = RECORD_ELEMENT, .field = 1, .key = {key, LIMIT_STRING_BYTES_MAX}};
	struct arena arena = {0};
	struct bytes text = {0};
	struct err_info info = {0};

	(void)state;
	assert_ok(record_path_write(&text, &path, &info));
	assert_ok(record_path_read(&path, bytes_view(&text), &arena, &info));
	assert_ok(bytes_append_text(&text, "00", &info));
	assert_err(record_path_read(&path, bytes_view(&text), &arena, &info), ERR_FORMAT);
	path.key = view_of(key, sizeof(key));
	bytes_clear(&text);
	assert_err(record_path_write(&text, &path, &info), ERR_TOO_BIG);
	assert_int_equal(text.size, 0);
	bytes_release(&text);
	arena_release(&arena);
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
		cmocka_unit_test(a_key_is_at_most_as_long_as_a_string),
		cmocka_unit_test(golden_samples_keep_their_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
