/*
 * The dense form of values: frozen samples (made by the second reader, from schema/dense-v1.md alone), the table itself, bounds, and
 * values of every shape there and back.
 */
#include <string.h>

#include "codec/codec.h"
#include "codec/dense.h"
#include "golden.h"
#include "test.h"

static const char TARGET[] = "fuzz_codec_dense";

enum {
	VALUE_BYTES_MAX = 1 << 20
};

static enum err
read_sample(struct view dense, struct err_info *info)
{
	struct bytes value = {0};
	enum err err = codec_dense_read(&value, dense, VALUE_BYTES_MAX, info);

	bytes_release(&value);
	return err;
}

static void
samples_are_told_apart(void **state)
{
	(void)state;
	golden_run(TARGET, read_sample);
}

/* The samples of the schema's text. */
static void
known_values_have_known_forms(void **state)
{
	static const struct {
		const char *value;
		const char *dense;
	} known[] = {
		{"05", "f028"},
		{"ff", "f7f8"},
		{"cd012c", "f66dc380"},
		{"c3", "f618"},
		{"a3e794b7", "f51c5ff4"},
		{"93a1740182010702a3e794b2", "3d43f93704f03b74716f"},
		{"c403010203", "f62740c04080c0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct bytes value = from_hex(known[i].value);
		struct bytes dense = from_hex(known[i].dense);
		struct bytes back = {0};
		struct err_info info;
		uint8_t out[64];
		size_t size = 0;

		assert_true(codec_dense_write(out, sizeof(out), &size, bytes_view(&value)));
		assert_true(view_equal(view_of(out, size), bytes_view(&dense)));
		assert_ok(codec_dense_read(&back, bytes_view(&dense), VALUE_BYTES_MAX, &info));
		assert_true(view_equal(bytes_view(&back), bytes_view(&value)));
		bytes_release(&value);
		bytes_release(&dense);
		bytes_release(&back);
	}
}

static uint64_t seed = 20171201;

static uint64_t
draw(uint64_t below)
{
	return support_random(&seed) % below;
}

static void draw_value(struct bytes *out, unsigned depth);

static void
draw_container(struct bytes *out, bool is_map, unsigned depth)
{
	struct err_info info;
	size_t count = (size_t)draw(18);
	uint64_t key = 0;

	assert_ok(is_map ? codec_write_map(out, count, &info) : codec_write_array(out, count, &info));
	for (size_t i = 0; i < count; i++) {
		key += 1 + draw(draw(4) == 0 ? 60 : 2);
		if (is_map)
			assert_ok(codec_write_uint(out, key, &info));
		draw_value(out, depth - 1);
	}
}

/* A value of any shape, at most `depth` containers deep. */
static void
draw_value(struct bytes *out, unsigned depth)
{
	static const char *const words[] = {"", "a", "湘潭县易俗河镇", "430321100000", "𠮷", "\x01\x7f ascii"};
	uint64_t kind = draw(depth == 0 ? 4 : 6);
	int64_t number = (int64_t)(support_random(&seed) >> (1 + draw(63)));
	struct err_info info;

	if (kind == 0)
		assert_ok(codec_write_int(out, draw(2) == 0 ? number : -number, &info));
	else if (kind == 1)
		assert_ok(codec_write_bool(out, draw(2) == 0, &info));
	else if (kind == 2)
		assert_ok(codec_write_str(out, view_text(words[draw(6)]), &info));
	else if (kind == 3)
		assert_ok(codec_write_bin(out, view_of("\0\1\2\377", (size_t)draw(5)), &info));
	else
		draw_container(out, kind == 4, depth);
}

/* Whole; not into one byte less; not cut short; no flipped bit gives a second form of the same value. */
static void
check_forms_of(struct view value)
{
	struct bytes dense = {0};
	struct bytes back = {0};
	struct err_info info;
	size_t room = 3 * value.size;
	size_t size = 0;

	assert_non_null(bytes_extend(&dense, room));
	assert_true(codec_dense_write(dense.data, room, &size, value));
	dense.size = size;
	assert_ok(codec_dense_read(&back, bytes_view(&dense), value.size, &info));
	assert_true(view_equal(bytes_view(&back), value));
	assert_err(codec_dense_read(&back, bytes_view(&dense), value.size - 1, &info), ERR_TOO_BIG);
	assert_int_equal(back.size, value.size);
	for (size_t i = 0; i < size; i += 1 + size / 50) {
		bytes_clear(&back);
		assert_err(codec_dense_read(&back, view_of(dense.data, i), value.size + 64, &info), ERR_FORMAT);
		dense.data[i] ^= (uint8_t)(1U << draw(8));
		bytes_clear(&back);
		if (codec_dense_read(&back, bytes_view(&dense), 8 * size, NULL) == ERR_OK)
			assert_false(view_equal(bytes_view(&back), value));
		dense.data[i] = 0;
		bytes_clear(&dense);
		assert_true(codec_dense_write(dense.data, room, &size, value));
		dense.size = size;
	}
	assert_false(codec_dense_write(dense.data, size - 1, &size, value));
	bytes_release(&dense);
	bytes_release(&back);
}

static void
values_of_all_shapes_come_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		struct bytes value = {0};

		draw_value(&value, i % 5);
		check_forms_of(bytes_view(&value));
		bytes_release(&value);
	}
}

static void
what_is_no_value_has_no_form(void **state)
{
	static const char *const hex[] = {"",     "c0",   "c1",   "cb3ff0000000000000", "d40100", "0707", "cd01",
	                                  "a2e7", "9201", "8101", "dfffffffff"};

	(void)state;
	for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
		struct bytes value = from_hex(hex[i]);
		uint8_t out[64];
		size_t size = 0;

		assert_false(codec_dense_write(out, sizeof(out), &size, bytes_view(&value)));
		bytes_release(&value);
	}
}

/* A record of the shipped kinds takes less than half, and text that no table expects is no reason to fail. */
static void
sizes_are_what_the_text_says(void **state)
{
	struct bytes dense = {0};
	struct bytes value = {0};
	struct err_info info;
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t out[4 * 256];
	size_t size = 0;

	(void)state;
	assert_ok(fs_path(path, &info, "%s/golden/%s/good-case", TESTS_DIR, TARGET));
	assert_ok(fs_read(&dense, path, VALUE_BYTES_MAX, &info));
	assert_ok(codec_dense_read(&value, bytes_view(&dense), VALUE_BYTES_MAX, &info));
	assert_true(value.size > 2 * dense.size);
	bytes_clear(&value);
	for (unsigned i = 0; i < 256; i++)
		assert_ok(bytes_append_byte(&value, (uint8_t)(i < 4 ? (unsigned[]){0xda, 0, 253, '!'}[i] : i % 31),
		                            &info));
	assert_true(codec_dense_write(out, sizeof(out), &size, bytes_view(&value)));
	assert_true(size > value.size); /* who wants it smaller gives less room */
	bytes_release(&value);
	bytes_release(&dense);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_told_apart),         cmocka_unit_test(known_values_have_known_forms),
		cmocka_unit_test(values_of_all_shapes_come_back), cmocka_unit_test(what_is_no_value_has_no_form),
		cmocka_unit_test(sizes_are_what_the_text_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
