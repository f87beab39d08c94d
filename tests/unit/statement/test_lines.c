#include <stdio.h>

#include "statement/lines.h"
#include "test.h"

static bool
is_plain(const char *text)
{
	return statement_text_is_plain(view_text(text), LIMIT_NAME_BYTES_MAX);
}

static void
plain_text_is_visible_text(void **state)
{
	(void)state;
	assert_true(is_plain("湘潭县民政局"));
	assert_true(is_plain("a b"));
	assert_true(is_plain("\xf0\xa0\xae\xb7")); /* U+20BB7, a name character outside of the first plane */
	assert_false(is_plain(""));
	assert_false(is_plain(" a"));
	assert_false(is_plain("a "));
	assert_false(is_plain("a\nb"));
	assert_false(is_plain("a\x7f"));
	assert_false(is_plain("a\xc2\x85z"));     /* U+0085 */
	assert_false(is_plain("a\xe2\x80\xaez")); /* U+202E turns the line round */
	assert_false(is_plain("a\xe2\x80\x8bz")); /* U+200B has no width */
	assert_false(is_plain("a\xef\xbb\xbf"));  /* U+FEFF */
	assert_false(is_plain("a\xff"));
	assert_false(is_plain("\xed\xa0\x80")); /* a surrogate */
}

static void
plain_text_ends_at_its_limit(void **state)
{
	(void)state;
	assert_true(statement_text_is_plain(view_text("abc"), 3));
	assert_false(statement_text_is_plain(view_text("abcd"), 3));
}

static void
levels_have_one_word_each(void **state)
{
	uint8_t level = 9;

	(void)state;
	for (uint8_t i = 0; i < 5; i++) {
		assert_true(statement_level_read(&level, view_text(statement_level_name(i))));
		assert_int_equal(level, i);
	}
	assert_null(statement_level_name(5));
	assert_false(statement_level_read(&level, view_text("County")));
	assert_false(statement_level_read(&level, view_text("")));
}

static void
numbers_have_one_spelling_and_a_maximum(void **state)
{
	uint64_t number = 7;

	(void)state;
	assert_true(statement_number_read(&number, view_text("0"), 10));
	assert_int_equal(number, 0);
	assert_true(statement_number_read(&number, view_text("10"), 10));
	assert_int_equal(number, 10);
	assert_false(statement_number_read(&number, view_text("11"), 10));
	assert_false(statement_number_read(&number, view_text("9"), 8));
	assert_false(statement_number_read(&number, view_text("01"), 10));
	assert_false(statement_number_read(&number, view_text("+1"), 10));
	assert_false(statement_number_read(&number, view_text(""), 10));
	assert_true(statement_number_read(&number, view_text("18446744073709551615"), UINT64_MAX));
	assert_true(number == UINT64_MAX);
	assert_false(statement_number_read(&number, view_text("18446744073709551616"), UINT64_MAX));
}

static void
words_are_cut_at_single_blanks(void **state)
{
	struct view value = view_text("a  b");

	(void)state;
	assert_true(view_equal(statement_word(&value), view_text("a")));
	assert_true(view_equal(statement_word(&value), view_text("")));
	assert_true(view_equal(statement_word(&value), view_text("b")));
	assert_int_equal(statement_word(&value).size, 0);
}

static enum err
read_time(const char *value, int64_t *out, struct err_info *info)
{
	char text[200];
	struct statement_reader reader;

	(void)snprintf(text, sizeof(text), "tiersync-x 1\ntime %s\n", value);
	statement_reader_init(&reader, view_text(text), "x", info);
	*out = statement_get_time(&reader, "time");
	return statement_reader_end(&reader);
}

static void
a_time_has_one_zone(void **state)
{
	struct err_info info;
	int64_t seconds;

	(void)state;
	assert_ok(read_time("1970-01-01T08:00:01+08:00", &seconds, &info));
	assert_int_equal(seconds, 1);
	assert_err(read_time("1970-01-01T00:00:01+00:00", &seconds, &info), ERR_FORMAT);
	assert_err(read_time("1970-01-01T00:00:01Z", &seconds, &info), ERR_FORMAT);
	assert_err(read_time("1970-01-32T00:00:01+08:00", &seconds, &info), ERR_FORMAT);
}

static enum err
read_first(const char *text, struct err_info *info)
{
	struct statement_reader reader;

	statement_reader_init(&reader, view_text(text), "x", info);
	return statement_reader_end(&reader);
}

static void
the_first_line_names_type_and_version(void **state)
{
	struct err_info info;

	(void)state;
	assert_ok(read_first("tiersync-x 1\n", &info));
	assert_err(read_first("tiersync-x 2\n", &info), ERR_VERSION);
	assert_err(read_first("tiersync-x 0\n", &info), ERR_FORMAT);
	assert_err(read_first("tiersync-x 1", &info), ERR_FORMAT);
	assert_err(read_first("tiersync-y 1\n", &info), ERR_FORMAT);
	assert_err(read_first("", &info), ERR_FORMAT);
	assert_err(read_first("tiersync-x 1\nmore 1\n", &info), ERR_FORMAT);
}

static void
a_reader_keeps_its_first_error(void **state)
{
	struct err_info info;
	struct statement_reader reader;

	(void)state;
	statement_reader_init(&reader, view_text("tiersync-x 1\na 1\nb 2\n"), "x", &info);
	assert_int_equal(statement_get_number(&reader, "b", 9), 0);
	assert_int_equal(statement_get_number(&reader, "a", 9), 0);
	assert_err(statement_reader_end(&reader), ERR_FORMAT);
	assert_non_null(strstr(info.text, "\"b\""));
}

static void
a_message_shows_no_control_bytes(void **state)
{
	struct err_info info;

	(void)state;
	assert_err(read_first("tiersync-x 1\n\x1b[2Jevil\n", &info), ERR_FORMAT);
	assert_null(strchr(info.text, '\x1b'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_visible_text),
		cmocka_unit_test(plain_text_ends_at_its_limit),
		cmocka_unit_test(levels_have_one_word_each),
		cmocka_unit_test(numbers_have_one_spelling_and_a_maximum),
		cmocka_unit_test(words_are_cut_at_single_blanks),
		cmocka_unit_test(a_time_has_one_zone),
		cmocka_unit_test(the_first_line_names_type_and_version),
		cmocka_unit_test(a_reader_keeps_its_first_error),
		cmocka_unit_test(a_message_shows_no_control_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
