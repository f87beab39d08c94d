#include "test.h"
#include "text/text.h"

static void
escapes_to(struct view text, const char *expected)
{
	struct bytes out = {0};

	assert_int_equal(text_escape(&out, text, NULL), ERR_OK);
	assert_string_equal(bytes_text(&out), expected);
	assert_true(text_is_utf8(bytes_view(&out)));
	bytes_release(&out);
}

static void
what_moves_or_hides_on_a_terminal_is_escaped(void **state)
{
	(void)state;
	escapes_to(view_text("王小明 a~"), "王小明 a~");
	escapes_to(view_text("\x1b[2J"), "\\u{1b}[2J");
	escapes_to(view_text("a\r\n\tb\x7f"), "a\\u{d}\\u{a}\\u{9}b\\u{7f}");
	escapes_to(view_of("a\0b", 3), "a\\u{0}b");
	escapes_to(view_text("\xc2\x9b"
	                     "31m"),
	           "\\u{9b}31m"); /* C1 CSI */
	escapes_to(view_text("\u202e\u2066\u200f\u061c"), "\\u{202e}\\u{2066}\\u{200f}\\u{61c}");
	escapes_to(view_text("\u200b\u200d\ufeff\u2060\u00ad"), "\\u{200b}\\u{200d}\\u{feff}\\u{2060}\\u{ad}");
	escapes_to(view_text("\u2028\u3164\ufe0f\U000e0041\ufff9"), "\\u{2028}\\u{3164}\\u{fe0f}\\u{e0041}\\u{fff9}");
	escapes_to(view_text("a\xff\xe7\x8e"), "a\\x{ff}\\x{e7}\\x{8e}");
	escapes_to(view_text("\xed\xa0\x80"), "\\x{ed}\\x{a0}\\x{80}");
	escapes_to(view_text("\xef\xbf\xbf"), "\\u{ffff}");
}

static void
wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width(view_text("")), 0);
	assert_int_equal(text_width(view_text("abc")), 3);
	assert_int_equal(text_width(view_text("王a䶮")), 5);
	assert_int_equal(text_width(view_text("Ａ。")), 4);
	assert_int_equal(text_width(view_text("\U00020087\U00030000\U000323af")), 6); /* newer than the table */
	assert_int_equal(text_width(view_text("e\u0301")), 1);
}

static void
pads_to(const char *text, size_t columns, enum text_align align, const char *expected)
{
	struct bytes out = {0};

	assert_int_equal(text_pad(&out, view_text(text), columns, align, NULL), ERR_OK);
	assert_string_equal(bytes_text(&out), expected);
	assert_int_equal(text_width(bytes_view(&out)), columns);
	bytes_release(&out);
}

static void
columns_stay_aligned(void **state)
{
	(void)state;
	pads_to("王明", 6, TEXT_LEFT, "王明  ");
	pads_to("12", 5, TEXT_RIGHT, "   12");
	pads_to("易俗河镇", 8, TEXT_LEFT, "易俗河镇");
	pads_to("易俗河镇政府", 8, TEXT_LEFT, "易俗河… ");
	pads_to("易俗河镇政府", 7, TEXT_LEFT, "易俗河…");
	pads_to("易俗河镇政府", 6, TEXT_LEFT, "易俗… ");
	pads_to("易俗河", 2, TEXT_RIGHT, " …");
	pads_to("易", 1, TEXT_LEFT, "…");
	pads_to("", 3, TEXT_LEFT, "   ");
	pads_to("abc", 0, TEXT_LEFT, "");
	pads_to("\n", 6, TEXT_LEFT, "\\u{a} ");
}

static void
masks_to(const char *text, int tier, enum text_shape shape, const char *expected)
{
	struct bytes out = {0};

	assert_int_equal(text_mask(&out, view_text(text), tier, shape, NULL), ERR_OK);
	assert_int_equal(out.size, view_text(expected).size);
	if (out.size > 0)
		assert_string_equal(bytes_text(&out), expected);
	bytes_release(&out);
}

static void
masks_show_what_a_clerk_needs_and_no_more(void **state)
{
	(void)state;
	masks_to("王小明", 0, TEXT_SHAPE_WORDS, "王小明");
	masks_to("王小明", 1, TEXT_SHAPE_WORDS, "王小明");
	masks_to("王小明", 2, TEXT_SHAPE_WORDS, "王**");
	masks_to("欧阳娜娜", 2, TEXT_SHAPE_WORDS, "欧**");
	masks_to("易俗河镇金霞路8号", 3, TEXT_SHAPE_WORDS, "**");
	masks_to("1", 2, TEXT_SHAPE_WORDS, "**");
	masks_to("", 3, TEXT_SHAPE_WORDS, "");
	masks_to("11010519491231002X", 3, TEXT_SHAPE_CITIZEN_ID, "110105**********2X");
	masks_to("11010519491231002X", 2, TEXT_SHAPE_CITIZEN_ID, "110105**********2X");
	masks_to("1101051949", 3, TEXT_SHAPE_CITIZEN_ID, "**");
	masks_to("1949-12-31", 2, TEXT_SHAPE_DATE, "1949-**");
	masks_to("1949-12-31", 3, TEXT_SHAPE_DATE, "**");
	masks_to("430321100000", 2, TEXT_SHAPE_DIVISION, "430321******");
	masks_to("430321100000", 3, TEXT_SHAPE_DIVISION, "**");
	masks_to("\x1b[31m", 2, TEXT_SHAPE_WORDS, "\\u{1b}**");
	masks_to("\x1b[31m", 1, TEXT_SHAPE_WORDS, "\\u{1b}[31m");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_moves_or_hides_on_a_terminal_is_escaped),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(columns_stay_aligned),
		cmocka_unit_test(masks_show_what_a_clerk_needs_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
