/*
 * Frozen samples of canonical values: each good one is read and is the one that is written; each bad one is a second spelling,
 * a lie about a size, or a thing that the profile does not have. And the readers' bounds, byte by byte.
 */
#include <stdio.h>
#include <string.h>

#include "codec/codec.h"
#include "golden.h"
#include "test.h"

static const char TARGET[] = "fuzz_codec_reader";

/* As codec_read_value() takes it: nothing empty, whatever the depth. */
static const struct {
	const char *name;
	const char *hex;
} samples[] = {
	{"good-0", "00"},
	{"good-127", "7f"},
	{"good-128", "cc80"},
	{"good-255", "ccff"},
	{"good-256", "cd0100"},
	{"good-65535", "cdffff"},
	{"good-65536", "ce00010000"},
	{"good-2-32", "cf0000000100000000"},
	{"good-largest", "cfffffffffffffffff"},
	{"good-minus-1", "ff"},
	{"good-minus-32", "e0"},
	{"good-minus-33", "d0df"},
	{"good-minus-128", "d080"},
	{"good-minus-129", "d1ff7f"},
	{"good-minus-32769", "d2ffff7fff"},
	{"good-smallest", "d38000000000000000"},
	{"good-false", "c2"},
	{"good-true", "c3"},
	{"good-man", "a3e794b7"},
	{"good-rare", "a4f0acacad"},
	{"good-text-31", "bf61616161616161616161616161616161616161616161616161616161616161"},
	{"good-text-32", "d9206161616161616161616161616161616161616161616161616161616161616161"},
	{"good-binary", "c403000102"},
	{"good-map-in-map", "8201a161cd012c92c305"},
	{"good-array-15", "9f010203040506070809010203040506"},
	{"good-array-16", "dc001001020304050607080901020304050607"},
	{"good-depth-16", "9191919191919191919191919191919107"},
	{"bad-empty", ""},
	{"bad-5-as-u8", "cc05"},
	{"bad-127-as-u8", "cc7f"},
	{"bad-255-as-u16", "cd00ff"},
	{"bad-65535-as-u32", "ce0000ffff"},
	{"bad-2-32-1-as-u64", "cf00000000ffffffff"},
	{"bad-1-as-i8", "d001"},
	{"bad-minus-1-as-i8", "d0ff"},
	{"bad-minus-32-as-i8", "d0e0"},
	{"bad-minus-128-as-i16", "d1ff80"},
	{"bad-positive-as-i64", "d30000000000000001"},
	{"bad-nil", "c0"},
	{"bad-never-used", "c1"},
	{"bad-float-32", "ca3f800000"},
	{"bad-float-64", "cb3ff0000000000000"},
	{"bad-nan", "cb7ff8000000000001"},
	{"bad-fixext", "d40100"},
	{"bad-ext", "c7000100"},
	{"bad-timestamp", "d6ff00000000"},
	{"bad-text-empty", "a0"},
	{"bad-binary-empty", "c400"},
	{"bad-array-empty", "90"},
	{"bad-map-empty", "80"},
	{"bad-empty-inside", "9181"
                             "01a0"},
	{"bad-nil-inside", "91c0"},
	{"bad-text-31-as-str8", "d91f61616161616161616161616161616161616161616161616161616161616161"},
	{"bad-text-1-as-str32", "db0000000161"},
	{"bad-binary-1-as-bin16", "c5000100"},
	{"bad-array-1-as-array16", "dc000107"},
	{"bad-map-1-as-map16", "de00010107"},
	{"bad-keys-descend", "8202010101"},
	{"bad-key-twice", "8201010101"},
	{"bad-key-text", "81a16101"},
	{"bad-key-negative", "81ff01"},
	{"bad-key-2-32", "81cf000000010000000001"},
	{"bad-overlong", "a2c0af"},
	{"bad-surrogate", "a3eda080"},
	{"bad-past-unicode", "a4f4908080"},
	{"bad-cut-character", "a1e7"},
	{"bad-cut-number", "cd01"},
	{"bad-cut-text", "a361"},
	{"bad-cut-array", "9207"},
	{"bad-cut-map", "8101"},
	{"bad-claims-2-29", "dd20000000"},
	{"bad-claims-all", "ddffffffff"},
	{"bad-claims-text", "dbffffffff"},
	{"bad-claims-map", "dfffffffff"},
	{"bad-depth-17", "919191919191919191919191919191919107"},
	{"bad-byte-behind", "0700"},
};

static void
samples_are_what_is_written_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct bytes content = from_hex(samples[i].hex);

		golden_frozen(TARGET, samples[i].name, &content);
	}
}

static void
samples_are_told_apart(void **state)
{
	(void)state;
	golden_run(TARGET, codec_check_value);
}

/* What is written is the shortest form, and the only one that the reader takes. */
static void
integers_of_all_sizes_come_back(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		for (int step = -2; step <= 2; step++) {
			uint64_t value = (UINT64_C(1) << bit) + (uint64_t)(int64_t)step;
			struct bytes out = {0};
			struct codec_reader reader;
			struct err_info info;
			uint64_t back = 0;
			int64_t negative = 0;

			assert_ok(codec_write_uint(&out, value, &info));
			assert_int_equal(out.size, codec_uint_size(value));
			reader = codec_reader_of(bytes_view(&out));
			assert_ok(codec_read_uint(&back, &reader, &info));
			assert_true(back == value && codec_left(&reader) == 0);
			bytes_clear(&out);
			if (value >= UINT64_C(1) << 63)
				value -= UINT64_C(1) << 63;
			assert_ok(codec_write_int(&out, -(int64_t)value - 1, &info));
			reader = codec_reader_of(bytes_view(&out));
			assert_ok(codec_read_int(&negative, &reader, &info));
			assert_true(negative == -(int64_t)value - 1);
			assert_ok(codec_check_value(bytes_view(&out), &info));
			bytes_release(&out);
		}
	}
}

static void
bounds_are_looked_at_before_anything_is_given_out(void **state)
{
	struct bytes out = {0};
	struct codec_reader reader;
	struct err_info info;
	struct view text;
	uint8_t fixed[3];
	uint64_t number = 0;
	size_t count = 0;

	(void)state;
	assert_ok(codec_write_uint(&out, 300, &info));
	reader = codec_reader_of(bytes_view(&out));
	assert_err(codec_read_uint_max(&number, &reader, 299, &info), ERR_TOO_BIG);
	assert_int_equal(reader.position, 0);
	assert_ok(codec_read_uint_max(&number, &reader, 300, &info));
	bytes_clear(&out);
	assert_ok(codec_write_str(&out, view_text("abcd"), &info));
	reader = codec_reader_of(bytes_view(&out));
	assert_err(codec_read_str_max(&text, &reader, 3, &info), ERR_TOO_BIG);
	assert_ok(codec_read_str_max(&text, &reader, 4, &info));
	bytes_clear(&out);
	assert_ok(codec_write_bin(&out, view_text("abcd"), &info));
	reader = codec_reader_of(bytes_view(&out));
	assert_err(codec_read_bin_exact(fixed, sizeof(fixed), &reader, &info), ERR_FORMAT);
	bytes_clear(&out);
	assert_ok(codec_write_array(&out, 3, &info));
	assert_ok(codec_write_uint(&out, 1, &info));
	assert_ok(codec_write_uint(&out, 2, &info));
	reader = codec_reader_of(bytes_view(&out));
	assert_err(codec_read_array(&count, &reader, &info), ERR_FORMAT); /* three members in two bytes */
	bytes_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_what_is_written_now),
		cmocka_unit_test(samples_are_told_apart),
		cmocka_unit_test(integers_of_all_sizes_come_back),
		cmocka_unit_test(bounds_are_looked_at_before_anything_is_given_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
