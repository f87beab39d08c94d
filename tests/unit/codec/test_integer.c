/* The shortcut for values that were read before gives what the strict reader gives. */
#include "codec/codec.h"
#include "test.h"

#define SIXTEEN "61616161616161616161616161616161"

static void
assert_same(int64_t value)
{
	struct bytes encoded = {0};
	struct err_info info;
	int64_t found = 0;

	assert_ok(codec_write_int(&encoded, value, &info));
	assert_true(codec_integer_of(&found, bytes_view(&encoded)));
	assert_true(found == value);
	bytes_release(&encoded);
}

static void
every_size_of_integer_is_read(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 63; bit++) {
		for (int64_t near = -2; near <= 2; near++) {
			assert_same((INT64_C(1) << bit) + near);
			assert_same(-(INT64_C(1) << bit) + near);
		}
	}
	assert_same(INT64_MAX);
	assert_same(INT64_MIN);
	assert_same(0);
}

static void
what_is_no_integer_is_none(void **state)
{
	static const char *const others[] = {"c2",   "a161", "90", "80", "c40161", "cfffffffffffffffff",
	                                     "9101", "cc",   "d0"};
	int64_t value;

	(void)state;
	assert_false(codec_integer_of(&value, (struct view){0}));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct bytes encoded = from_hex(others[i]);

		assert_false(codec_integer_of(&value, bytes_view(&encoded)));
		bytes_release(&encoded);
	}
}

static void
a_value_is_skipped_alike_whether_short_or_long(void **state)
{
	static const char *const values[] = {"00",
	                                     "7f",
	                                     "e0",
	                                     "ff",
	                                     "a161",
	                                     "a3e794b2",
	                                     "cc80",
	                                     "cd0100",
	                                     "ce00010000",
	                                     "d0df",
	                                     "c2",
	                                     "c3",
	                                     "9101",
	                                     "810102",
	                                     "c40161",
	                                     "92a16101",
	                                     "d920" SIXTEEN SIXTEEN};
	static const char *const wrong[] = {"", "a1", "a2ff61", "a0", "c0", "cc01", "90", "80", "a3e794"};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct bytes encoded = from_hex(values[i]);
		struct codec_reader reader;
		struct view value;
		size_t size = encoded.size;

		assert_ok(bytes_append_byte(&encoded, 0xc0, &info)); /* what comes behind is another's */
		reader = codec_reader_of(bytes_view(&encoded));
		assert_ok(codec_read_value(&value, &reader, &info));
		assert_int_equal(value.size, size);
		assert_int_equal(reader.position, size);
		bytes_release(&encoded);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct bytes encoded = from_hex(wrong[i]);
		struct codec_reader reader = codec_reader_of(bytes_view(&encoded));
		struct view value;

		assert_err(codec_read_value(&value, &reader, &info), ERR_FORMAT);
		assert_int_equal(reader.position, 0);
		bytes_release(&encoded);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_of_integer_is_read),
		cmocka_unit_test(what_is_no_integer_is_none),
		cmocka_unit_test(a_value_is_skipped_alike_whether_short_or_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
