#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "test.h"
#include "text/gb18030.h"
#include "text/text.h"

struct private_row {
	uint32_t private_point;
	uint32_t point;
	uint16_t code;
};

static const struct private_row private_rows[] = {
#define PRIVATE_USE(private_point, point, code) {private_point, point, code},
#include "text/private_use.def"
#undef PRIVATE_USE
};

enum {
	PRIVATE_ROWS = sizeof(private_rows) / sizeof(private_rows[0])
};

static void
becomes(const char *text, const char *expected)
{
	struct bytes out = {0};
	struct bytes spare = {0};
	struct view view;
	struct err_info info;

	assert_ok(text_normalise(&out, view_text(text), &info));
	assert_string_equal(bytes_text(&out), expected);
	assert_ok(text_normalise_view(&view, &spare, view_text(text), &info));
	assert_true(view_equal(view, view_text(expected)));
	/* a second time changes nothing */
	bytes_clear(&out);
	assert_ok(text_normalise(&out, view_text(expected), &info));
	assert_string_equal(bytes_text(&out), expected);
	bytes_release(&out);
	bytes_release(&spare);
}

static void
composed_and_decomposed_spellings_become_one(void **state)
{
	(void)state;
	becomes("", "");
	becomes("cafe\xcc\x81", "caf\xc3\xa9");
	becomes("caf\xc3\xa9", "caf\xc3\xa9");
	becomes("\xe2\x84\xab", "\xc3\x85");                             /* angstrom sign */
	becomes("\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8c");             /* ka + voiced mark */
	becomes("\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80");             /* jamo */
	becomes("q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87");               /* reordered */
	becomes("\xe6\x9d\x8e\xe5\x9b\x9b", "\xe6\x9d\x8e\xe5\x9b\x9b"); /* nothing to do */
	becomes("\xef\xbc\x91\xef\xbc\xa1", "\xef\xbc\x91\xef\xbc\xa1"); /* full width stays: NFC, not NFKC */
}

static void
compatibility_ideographs_stay_as_they_are(void **state)
{
	(void)state;
	becomes("\xef\xa4\xa9", "\xef\xa4\xa9");         /* U+F929, NFC would give U+6717 */
	becomes("\xf0\xaf\xa0\x80", "\xf0\xaf\xa0\x80"); /* U+2F800, NFC would give U+4E3D */
	becomes("e\xcc\x81\xef\xa4\xa9"
	        "e\xcc\x81",
	        "\xc3\xa9\xef\xa4\xa9\xc3\xa9"); /* between what is composed */
	becomes("\xef\xa4\xa9\xcc\x81", "\xef\xa4\xa9\xcc\x81");
}

static void
a_name_in_private_use_is_the_name(void **state)
{
	(void)state;
	becomes("\xee\xa1\xa3", "\xe4\xb6\xae"); /* U+E863 -> U+4DAE, scenario 9 */
	becomes("\xe7\x8e\x8b\xee\xa1\xa3", "\xe7\x8e\x8b\xe4\xb6\xae");
	becomes("\xee\x9f\x87\xcc\xa3", "\xe1\xb9\x83\xcc\x81"); /* U+E7C7 is m with acute, then NFC */
	becomes("\xee\x80\x80", "\xee\x80\x80");                 /* U+E000: nobody's, stays */
}

/* NFC by utf8proc alone. */
static void
nfc_of(struct bytes *out, uint32_t point)
{
	utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	utf8proc_uint8_t *composed = NULL;
	struct bytes text = {0};
	utf8proc_ssize_t size;

	assert_int_equal(text_append(&text, point, NULL), ERR_OK);
	size = utf8proc_map(text.data, (utf8proc_ssize_t)text.size, &composed, options);
	assert_true(size > 0);
	assert_int_equal(bytes_append(out, composed, (size_t)size, NULL), ERR_OK);
	free(composed);
	bytes_release(&text);
}

static uint32_t
expected_point(uint32_t point)
{
	for (size_t i = 0; i < PRIVATE_ROWS; i++) {
		if (private_rows[i].private_point == point)
			return private_rows[i].point;
	}
	return point;
}

/* Alone, and behind a letter (what is called plain must not compose with what stands before it). */
static void
every_code_point_gets_its_nfc(void **state)
{
	struct bytes text = {0};
	struct bytes out = {0};
	struct bytes expected = {0};
	struct err_info info;

	(void)state;
	for (uint32_t point = 1; point <= 0x10ffff; point++) {
		bool is_kept = (point >= 0xf900 && point <= 0xfaff) || (point >= 0x2f800 && point <= 0x2fa1f);

		if (point == 0xd800)
			point = 0xe000;
		bytes_clear(&text);
		bytes_clear(&out);
		bytes_clear(&expected);
		assert_ok(text_append(&text, point, &info));
		if (is_kept)
			assert_ok(bytes_append_view(&expected, bytes_view(&text), &info));
		else
			nfc_of(&expected, expected_point(point));
		assert_ok(text_normalise(&out, bytes_view(&text), &info));
		if (!view_equal(bytes_view(&out), bytes_view(&expected)))
			fail_msg("U+%04X", (unsigned)point);
	}
	bytes_release(&text);
	bytes_release(&out);
	bytes_release(&expected);
}

static void
private_use_table_agrees_with_the_c_library(void **state)
{
	struct bytes decoded = {0};
	struct bytes expected = {0};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < PRIVATE_ROWS; i++) {
		uint8_t code[2];

		store_u16(code, private_rows[i].code);
		bytes_clear(&decoded);
		bytes_clear(&expected);
		assert_ok(text_gb18030_read(&decoded, view_of(code, 2), &info));
		assert_ok(text_append(&expected, private_rows[i].point, &info));
		if (!view_equal(bytes_view(&decoded), bytes_view(&expected)))
			fail_msg("code %04X", private_rows[i].code);
		assert_true(i == 0 || private_rows[i - 1].private_point < private_rows[i].private_point);
	}
	bytes_release(&decoded);
	bytes_release(&expected);
}

static void
refuses_what_is_no_text(void **state)
{
	struct bytes out = {0};
	struct view view = {0};
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&out, "kept", &info));
	assert_err(text_normalise(&out, view_of("a\0b", 3), &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "byte 2"));
	assert_err(text_normalise(&out, view_of("12345678\0", 9), &info), ERR_FORMAT);
	assert_err(text_normalise(&out,
	                          view_of("\0"
	                                  "1234567",
	                                  8),
	                          &info),
	           ERR_FORMAT);
	assert_err(text_normalise(&out, view_text("王\xed\xa0\x80"), &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "byte 4"));
	assert_string_equal(bytes_text(&out), "kept");
	assert_err(text_normalise_view(&view, &out, view_text("\xff"), &info), ERR_FORMAT);
	bytes_release(&out);
}

static void
marks_in_a_row_are_bounded(void **state)
{
	struct bytes text = {0};
	struct bytes out = {0};
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&text, "e", &info));
	for (int i = 0; i < LIMIT_TEXT_MARKS_MAX; i++)
		assert_ok(bytes_append_text(&text, i % 2 == 0 ? "\xcc\xa3" : "\xcc\x87", &info));
	assert_ok(text_normalise(&out, bytes_view(&text), &info));
	assert_ok(bytes_append_text(&text, "\xcc\xa3", &info));
	assert_err(text_normalise(&out, bytes_view(&text), &info), ERR_RULE);
	bytes_clear(&text);
	for (int i = 0; i <= LIMIT_TEXT_MARKS_MAX; i++) /* U+0F73: a starter that decomposes into marks */
		assert_ok(bytes_append_text(&text, "\xe0\xbd\xb3", &info));
	assert_err(text_normalise(&out, bytes_view(&text), &info), ERR_RULE);
	bytes_release(&text);
	bytes_release(&out);
}

static void
plain_text_is_not_copied(void **state)
{
	struct view text = view_text("湖南省湘潭县易俗河镇 2024-06-30 ￥1,200 “一户一档”");
	struct bytes spare = {0};
	struct view out;
	struct err_info info;

	(void)state;
	assert_ok(text_normalise_view(&out, &spare, text, &info));
	assert_ptr_equal(out.data, text.data);
	assert_null(spare.data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(composed_and_decomposed_spellings_become_one),
		cmocka_unit_test(compatibility_ideographs_stay_as_they_are),
		cmocka_unit_test(a_name_in_private_use_is_the_name),
		cmocka_unit_test(every_code_point_gets_its_nfc),
		cmocka_unit_test(private_use_table_agrees_with_the_c_library),
		cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(marks_in_a_row_are_bounded),
		cmocka_unit_test(plain_text_is_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
