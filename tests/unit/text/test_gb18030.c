#include <string.h>

#include "test.h"
#include "text/gb18030.h"
#include "text/text.h"

static void
rare_names_go_there_and_back(void **state)
{
	struct bytes out = {0};
	struct bytes back = {0};
	struct err_info info;

	(void)state;
	assert_ok(text_gb18030_write(&out, view_text("王䶮𬭎é€"), &info));
	assert_hex(bytes_view(&out), "cdf5 fe9f 9933a932 a8a6 a2e3");
	assert_ok(text_gb18030_read(&back, bytes_view(&out), &info));
	assert_string_equal(bytes_text(&back), "王䶮𬭎é€");
	bytes_release(&out);
	bytes_release(&back);
}

static void
the_18_codes_of_2022_are_real_characters(void **state)
{
	struct bytes in =
		from_hex("fe59 fe61 fe66 fe67 fe6d fe7e fe90 fea0 a6d9 a6da a6db a6dc a6dd a6de a6df a6ec a6ed a6f3");
	struct bytes out = {0};
	struct bytes back = {0};
	struct err_info info;

	(void)state;
	assert_ok(text_gb18030_read(&out, bytes_view(&in), &info));
	assert_string_equal(bytes_text(&out), "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb"
	                                      "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19");
	assert_ok(text_gb18030_write(&back, bytes_view(&out), &info));
	assert_true(view_equal(bytes_view(&in), bytes_view(&back)));
	bytes_release(&in);
	bytes_release(&out);
	bytes_release(&back);
}

/* What the encoder takes must come back as itself: over every character there is. */
static void
every_code_point_comes_back_or_is_refused(void **state)
{
	struct text_encoder *encoder = NULL;
	struct text_decoder *decoder = NULL;
	struct bytes text = {0};
	struct bytes encoded = {0};
	struct bytes back = {0};
	struct err_info info;
	size_t refused = 0;

	(void)state;
	assert_ok(text_encoder_new(&encoder, &info));
	assert_ok(text_decoder_new(&decoder, &info));
	for (uint32_t point = 1; point <= 0x10ffff; point++) {
		enum err err;

		if (point == 0xd800)
			point = 0xe000;
		bytes_clear(&text);
		bytes_clear(&encoded);
		bytes_clear(&back);
		assert_ok(text_append(&text, point, &info));
		err = text_encoder_put(encoder, &encoded, bytes_view(&text), &info);
		if (err == ERR_RULE) {
			assert_true(point >= 0xe000 && point <= 0xf8ff);
			refused++;
			continue;
		}
		assert_int_equal(err, ERR_OK);
		assert_ok(text_decoder_put(decoder, &back, bytes_view(&encoded), true, &info));
		if (!view_equal(bytes_view(&text), bytes_view(&back)))
			fail_msg("U+%04X", (unsigned)point);
	}
	assert_true(refused < 100);
	text_encoder_free(encoder);
	text_decoder_free(decoder);
	bytes_release(&text);
	bytes_release(&encoded);
	bytes_release(&back);
}

static void
errors_name_byte_and_line(void **state)
{
	struct bytes out = {0};
	struct err_info info;

	(void)state;
	assert_err(text_gb18030_read(&out, view_text("a\nb\n\xcd\xf5\xff"), &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "line 3, byte 7 "));
	assert_err(text_gb18030_read(&out, view_text("ab\xcd"), &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "line 1, byte 3 "));
	assert_err(text_gb18030_read(&out, view_text("\x81\x30\x81"), &info), ERR_FORMAT);
	assert_err(text_gb18030_read(&out, view_text("\x80"), &info), ERR_FORMAT);
	assert_err(text_gb18030_read(&out, view_text("\xfe\x39\xfe\x39"), &info), ERR_FORMAT);
	assert_int_equal(out.size, 0);
	assert_err(text_gb18030_write(&out, view_text("王\xee\x9e\x8d"), &info), ERR_RULE);
	assert_non_null(strstr(info.text, "U+E78D"));
	assert_err(text_gb18030_write(&out, view_text("\xff"), &info), ERR_FORMAT);
	assert_int_equal(out.size, 0);
	bytes_release(&out);
}

/* One byte at a time, and in pieces around the inner step, the stream gives what the whole gives. */
static void
pieces_give_what_the_whole_gives(void **state)
{
	struct bytes text = {0};
	struct bytes encoded = {0};
	struct err_info info;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_ok(bytes_append_text(&text, "a王䶮𬭎\n", &info));
	assert_ok(text_gb18030_write(&encoded, bytes_view(&text), &info));
	for (size_t step = 1; step < 9; step++) {
		struct text_decoder *decoder = NULL;
		struct bytes out = {0};
		size_t at = 0;

		assert_ok(text_decoder_new(&decoder, &info));
		while (at < encoded.size) {
			size_t size = encoded.size - at < step ? encoded.size - at : step;

			assert_ok(text_decoder_put(decoder, &out, view_of(encoded.data + at, size),
			                           at + size == encoded.size, &info));
			at += size;
		}
		assert_true(view_equal(bytes_view(&out), bytes_view(&text)));
		text_decoder_free(decoder);
		bytes_release(&out);
	}
	bytes_release(&text);
	bytes_release(&encoded);
}

static void
truncation_at_every_byte_is_an_error_or_a_shorter_text(void **state)
{
	struct bytes in = from_hex("61 cdf5 fe9f 9933a932 62 8135f437");
	struct err_info info;

	(void)state;
	for (size_t size = 0; size <= in.size; size++) {
		struct bytes out = {0};
		bool is_whole = size < 2 || size == 3 || size == 5 || size == 9 || size == 10 || size == 14;
		enum err err = text_gb18030_read(&out, view_of(in.data, size), &info);

		assert_int_equal(err, is_whole ? ERR_OK : ERR_FORMAT);
		assert_true(text_is_utf8(bytes_view(&out)));
		bytes_release(&out);
	}
	bytes_release(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rare_names_go_there_and_back),
		cmocka_unit_test(the_18_codes_of_2022_are_real_characters),
		cmocka_unit_test(every_code_point_comes_back_or_is_refused),
		cmocka_unit_test(errors_name_byte_and_line),
		cmocka_unit_test(pieces_give_what_the_whole_gives),
		cmocka_unit_test(truncation_at_every_byte_is_an_error_or_a_shorter_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
