#include <string.h>

#include "test.h"
#include "text/text.h"

static void
every_code_point_goes_there_and_back(void **state)
{
	struct bytes out = {0};

	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		struct view rest;

		if (point >= 0xd800 && point <= 0xdfff)
			continue;
		bytes_clear(&out);
		assert_int_equal(text_append(&out, point, NULL), ERR_OK);
		rest = bytes_view(&out);
		if (!text_is_utf8(rest) || text_count(rest) != 1 || text_next(&rest) != point || rest.size != 0)
			fail_msg("U+%04X", (unsigned)point);
	}
	bytes_release(&out);
}

static void
malformed_sequences_are_found_where_they_begin(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		size_t prefix;
	} cases[] = {
		{"a\x80", 2, 1},                 /* a continuation alone */
		{"\xc0\xaf", 2, 0},              /* overlong '/' */
		{"\xc1\xbf", 2, 0},              /* overlong */
		{"\xe0\x80\xaf", 3, 0},          /* overlong */
		{"\xe0\x9f\xbf", 3, 0},          /* overlong */
		{"\xf0\x8f\xbf\xbf", 4, 0},      /* overlong */
		{"ab\xed\xa0\x80", 5, 2},        /* U+D800 */
		{"\xed\xbf\xbf", 3, 0},          /* U+DFFF */
		{"\xf4\x90\x80\x80", 4, 0},      /* U+110000 */
		{"\xf5\x80\x80\x80", 4, 0},      /* past Unicode */
		{"\xff", 1, 0},                  /* no lead byte */
		{"12345678\xe7\x8e", 10, 8},     /* cut */
		{"12345678\xe7\x8e\x41", 11, 8}, /* broken off */
		{"1234567\xf0\xa0\x80", 10, 7},  /* cut */
		{"\xe7\x8e\x8b\x00\xfe", 5, 4},  /* U+0000 is a character */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view text = view_of(cases[i].text, cases[i].size);

		assert_int_equal(text_utf8_prefix(text), cases[i].prefix);
		assert_false(text_is_utf8(text));
	}
	assert_true(text_is_utf8((struct view){0}));
	assert_int_equal(text_count(view_text("王小䶮𠂇")), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_goes_there_and_back),
		cmocka_unit_test(malformed_sequences_are_found_where_they_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
