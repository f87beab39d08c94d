#include <string.h>

#include "samples.h"
#include "seal/seal.h"
#include "test.h"

struct row {
	const char *kind;
	const char *text;
};

static const struct row rows[] = {
#define DOMAIN(kind, name, text, purpose) {#kind, text},
#include "../../../schema/domains.def"
#undef DOMAIN
};

static void
every_domain_string_is_used_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rows[i].text, rows[j].text);
	}
}

static void
every_domain_string_is_clean_and_of_its_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = strlen(rows[i].text);

		if (strcmp(rows[i].kind, "PERSONAL") == 0)
			assert_int_equal(size, 16);
		if (strcmp(rows[i].kind, "CONTEXT") == 0)
			assert_int_equal(size, 8);
		assert_in_range(size, 1, 32);
		for (size_t j = 0; j < size; j++)
			assert_in_range(rows[i].text[j], 0x21, 0x7e);
	}
}

static void
namespaces_are_those_of_git_and_of_the_product(void **state)
{
	(void)state;
	assert_string_equal(seal_namespace_text(SEAL_NAMESPACE_GIT), "git");
	assert_string_equal(seal_namespace_text(SEAL_NAMESPACE_ROSTER), "roster@tiersync");
	assert_string_equal(seal_namespace_text(SEAL_NAMESPACE_RECEIPT), "receipt@tiersync");
	assert_string_equal(seal_namespace_text(SEAL_NAMESPACE_CHECKPOINT), "checkpoint@tiersync");
	assert_string_equal(seal_namespace_text(SEAL_NAMESPACE_BUNDLE), "bundle@tiersync");
	assert_string_equal(seal_namespace_text(SEAL_NAMESPACE_CARD), "card@tiersync");
}

static void
seal_starts_twice(void **state)
{
	struct err_info info;

	(void)state;
	assert_ok(seal_init(&info));
	assert_ok(seal_init(&info));
}

static void
equal_means_size_and_content(void **state)
{
	(void)state;
	assert_true(seal_equal(view_text("abc"), view_text("abc")));
	assert_true(seal_equal(view_text(""), view_text("")));
	assert_false(seal_equal(view_text("abc"), view_text("abd")));
	assert_false(seal_equal(view_text("abc"), view_text("ab")));
}

static void
wiped_bytes_are_empty(void **state)
{
	struct bytes bytes = {0};
	uint8_t secret[4] = {1, 2, 3, 4};

	(void)state;
	assert_int_equal(bytes_append_text(&bytes, "secret", NULL), ERR_OK);
	seal_wipe_bytes(&bytes);
	seal_wipe_bytes(&bytes);
	assert_null(bytes.data);
	seal_wipe(secret, sizeof(secret));
	assert_hex(view_of(secret, sizeof(secret)), "00000000");
}

static void
base64_goes_both_ways_at_every_length(void **state)
{
	uint8_t data[64];
	struct err_info info;

	(void)state;
	count_bytes(data, 0xe0, sizeof(data));
	for (size_t size = 0; size <= sizeof(data); size++) {
		struct bytes text = {0};
		struct bytes back = {0};

		assert_ok(seal_base64_append(&text, view_of(data, size), &info));
		assert_int_equal(text.size, (size + 2) / 3 * 4);
		assert_ok(seal_base64_read(&back, bytes_view(&text), &info));
		assert_true(view_equal(bytes_view(&back), view_of(data, size)));
		bytes_release(&text);
		bytes_release(&back);
	}
}

static void
base64_appends_and_leaves_what_was_there(void **state)
{
	struct bytes text = {0};
	struct err_info info;

	(void)state;
	assert_ok(bytes_append_text(&text, "key ", &info));
	assert_ok(seal_base64_append(&text, view_text("foobar"), &info));
	assert_string_equal(bytes_text(&text), "key Zm9vYmFy");
	assert_ok(seal_base64_read(&text, view_text("Zg=="), &info));
	assert_string_equal(bytes_text(&text), "key Zm9vYmFyf");
	bytes_release(&text);
}

static void
base64_refuses_every_other_spelling(void **state)
{
	static const char *const bad[] = {"Z",     "Zg",    "Zg=",   "Zh==",  "Zm9=",     "Zg==\n",
	                                  " Zg==", "Zg== ", "Z g==", "Zg=A",  "Zg==Zg==", "Zm-_",
	                                  "====",  "=",     "Zg===", "Zm9v=", "Zm9v\n",   "Zm\n9v"};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes out = {0};

		assert_err(seal_base64_read(&out, view_text(bad[i]), &info), ERR_FORMAT);
		assert_int_equal(out.size, 0);
		bytes_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_domain_string_is_used_once),
		cmocka_unit_test(every_domain_string_is_clean_and_of_its_size),
		cmocka_unit_test(namespaces_are_those_of_git_and_of_the_product),
		cmocka_unit_test(seal_starts_twice),
		cmocka_unit_test(equal_means_size_and_content),
		cmocka_unit_test(wiped_bytes_are_empty),
		cmocka_unit_test(base64_goes_both_ways_at_every_length),
		cmocka_unit_test(base64_appends_and_leaves_what_was_there),
		cmocka_unit_test(base64_refuses_every_other_spelling),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
