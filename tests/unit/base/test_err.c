#include "base/err.h"
#include "test.h"

static void
a_remedy_is_that_of_the_code_until_another_is_given(void **state)
{
	struct err_info info;

	(void)state;
	assert_err(err_set(&info, ERR_FORMAT, "a"), ERR_FORMAT);
	assert_string_equal(err_remedy(ERR_FORMAT, &info),
	                    "the bytes are not what the format says; correct the file, or get it again");
	assert_err(err_advise(&info, ERR_FORMAT, ADVICE_HELP), ERR_FORMAT);
	assert_string_equal(err_remedy(ERR_FORMAT, &info), "see the verb's --help");
	assert_err(err_set(&info, ERR_NOT_FOUND, "b"), ERR_NOT_FOUND);
	assert_string_equal(err_remedy(ERR_NOT_FOUND, &info), "check the name, the id or the path");
}

static void
the_remedy_given_first_stands(void **state)
{
	struct err_info info;

	(void)state;
	assert_err(err_set_advised(&info, ERR_STATE, ADVICE_PASSPHRASE, "a %d", 1), ERR_STATE);
	assert_string_equal(info.text, "a 1");
	assert_err(err_advise(&info, ERR_STATE, ADVICE_AUDIT), ERR_STATE);
	assert_int_equal(info.advice, ADVICE_PASSPHRASE);
}

static void
a_remedy_is_kept_where_a_text_is_told_on(void **state)
{
	struct err_info info;
	struct err_info other;

	(void)state;
	assert_err(err_set_advised(&info, ERR_FORMAT, ADVICE_KEYS, "inside"), ERR_FORMAT);
	assert_err(err_in(&info, ERR_AUTH, "around"), ERR_AUTH);
	assert_string_equal(info.text, "around: inside");
	assert_int_equal(info.advice, ADVICE_KEYS);
	assert_err(err_pass(&other, ERR_AUTH, &info), ERR_AUTH);
	assert_string_equal(other.text, "around: inside");
	assert_int_equal(other.advice, ADVICE_KEYS);
}

static void
success_is_given_no_remedy(void **state)
{
	struct err_info info = {.code = ERR_OK};

	(void)state;
	assert_ok(err_advise(&info, ERR_OK, ADVICE_AUDIT));
	assert_int_equal(info.advice, ADVICE_OF_CODE);
	assert_int_equal(err_advise(NULL, ERR_IO, ADVICE_AUDIT), ERR_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_remedy_is_that_of_the_code_until_another_is_given),
		cmocka_unit_test(the_remedy_given_first_stands),
		cmocka_unit_test(a_remedy_is_kept_where_a_text_is_told_on),
		cmocka_unit_test(success_is_given_no_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
