#include <string.h>

#include "json/json.h"
#include "test.h"

static bool
scan(const char *text, const char *name, const char *expected)
{
	struct view found;

	return json_scan_text(&found, view_text(text), name) && view_equal(found, view_text(expected));
}

static void
a_member_of_the_top_is_found_wherever_it_stands(void **state)
{
	(void)state;
	assert_true(scan("{\"x\":\"one\"}", "x", "one"));
	assert_true(scan("{\"a\":[1,{\"x\":\"two\"},\"]\"],\"b\":{\"x\":\"}\"},\"x\":\"one\",\"z\":0}", "x", "one"));
	assert_true(scan("{\"a\":\"\\\"x\\\":\\\\\",\"x\":\"\"}", "x", ""));
	assert_true(scan("{\"a\":true,\"b\":-1,\"x\":\"甲\"}", "x", "甲"));
}

static void
what_is_not_a_plain_string_at_the_top_is_not_found(void **state)
{
	static const char *const texts[] = {"",
	                                    "{",
	                                    "{}",
	                                    "[\"x\"]",
	                                    "{\"a\":{\"x\":\"one\"}}",
	                                    "{\"x\":1}",
	                                    "{\"x\":[\"one\"]}",
	                                    "{\"x\":\"a\\u0041\"}",
	                                    "{\"x",
	                                    "{\"x\"",
	                                    "{\"x\":",
	                                    "{\"x\":\"",
	                                    "{\"xx\":\"one\"}",
	                                    "{x:\"one\"}"};
	struct view found;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(json_scan_text(&found, view_text(texts[i]), "x"));
}

static void
no_prefix_of_a_text_is_read_beyond(void **state)
{
	static const char text[] = "{\"a\":[1,{\"x\":\"two\"},\"]\"],\"b\":{\"x\":\"}\\\\\"},\"x\":\"one\",\"z\":0}";

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		struct bytes copy = {0}; /* of just this size, for the sanitizer */
		struct view found = {0};
		struct err_info info;

		assert_ok(bytes_append(&copy, text, size, &info));
		if (json_scan_text(&found, bytes_view(&copy), "x"))
			assert_true(view_equal(found, view_text("one")));
		bytes_release(&copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_of_the_top_is_found_wherever_it_stands),
		cmocka_unit_test(what_is_not_a_plain_string_at_the_top_is_not_found),
		cmocka_unit_test(no_prefix_of_a_text_is_read_beyond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
