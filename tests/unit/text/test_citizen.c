#include <string.h>

#include "test.h"
#include "text/citizen.h"
#include "text/date.h"

static void
published_vectors_are_valid_and_come_back(void **state)
{
	static const char *const valid[] = {"11010519491231002X", "440524188001010014", "431221195001011235"};
	char text[TEXT_CITIZEN_BYTES];
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++) {
		int64_t out = 0;

		assert_ok(text_citizen_parse(&out, view_text(valid[i]), TEXT_CITIZEN_PLAIN, &info));
		assert_true(text_citizen_is_valid(out));
		assert_true(text_citizen_format(text, out));
		assert_string_equal(text, valid[i]);
	}
}

static void
a_wrong_check_character_is_refused(void **state)
{
	char text[] = "431221195001011234";
	struct err_info info;
	int64_t out = 3;

	(void)state;
	for (char last = '0'; last <= '9'; last++) {
		text[17] = last;
		if (last == '5')
			assert_ok(text_citizen_parse(&out, view_text(text), TEXT_CITIZEN_PLAIN, &info));
		else
			assert_err(text_citizen_parse(&out, view_text(text), TEXT_CITIZEN_PLAIN, &info), ERR_RULE);
	}
	assert_null(strstr(info.text, "4312"));
	text[17] = 'X';
	assert_err(text_citizen_parse(&out, view_text(text), TEXT_CITIZEN_PLAIN, &info), ERR_RULE);
}

/* GB 11643: any one wrong digit is found. */
static void
any_one_changed_digit_is_refused(void **state)
{
	static const char good[] = "11010519491231002X";
	struct err_info info;
	int64_t out = 3;

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		for (char digit = '0'; digit <= '9'; digit++) {
			char text[sizeof(good)];

			memcpy(text, good, sizeof(text));
			if (text[i] == digit)
				continue;
			text[i] = digit;
			assert_err(text_citizen_parse(&out, view_text(text), TEXT_CITIZEN_PLAIN, &info), ERR_RULE);
		}
	}
	assert_int_equal(out, 3);
}

static void
other_spellings_become_the_plain_one(void **state)
{
	static const char *const spellings[] = {"11010519491231002x", "11010519491231002Ｘ", "11010519491231002ｘ",
	                                        "１１０１０５１９４９１２３１００２Ｘ"};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		int64_t out = 0;

		assert_ok(text_citizen_parse(&out, view_text(spellings[i]), TEXT_CITIZEN_PLAIN, &info));
		assert_int_equal(out, 11010519491231002);
	}
}

static void
fifteen_digits_are_taken_on_import_alone(void **state)
{
	char text[TEXT_CITIZEN_BYTES];
	struct err_info info;
	int64_t out = 0;

	(void)state;
	assert_err(text_citizen_parse(&out, view_text("110105491231002"), TEXT_CITIZEN_PLAIN, &info), ERR_FORMAT);
	assert_ok(text_citizen_parse(&out, view_text("110105491231002"), TEXT_CITIZEN_LEGACY, &info));
	assert_true(text_citizen_format(text, out));
	assert_string_equal(text, "11010519491231002X");
	assert_err(text_citizen_parse(&out, view_text("110105491331002"), TEXT_CITIZEN_LEGACY, &info), ERR_RULE);
	assert_err(text_citizen_parse(&out, view_text("11010549123100X"), TEXT_CITIZEN_LEGACY, &info), ERR_FORMAT);
}

static void
impossible_ones_are_refused(void **state)
{
	static const char *const malformed[] = {"",
	                                        "1101051949123100",
	                                        "11010519491231002",
	                                        "11010519491231002XX",
	                                        "1101051949123100X2",
	                                        "11010519491231002 ",
	                                        "11010519491231002Y",
	                                        "11010519491231\xff"
	                                        "02X"};
	static const char *const impossible[] = {"110105194902310020", "010105194912310020", "110105179912310020"};
	struct err_info info;
	int64_t out = 3;
	char text[TEXT_CITIZEN_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_err(text_citizen_parse(&out, view_text(malformed[i]), TEXT_CITIZEN_LEGACY, &info), ERR_FORMAT);
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++)
		assert_err(text_citizen_parse(&out, view_text(impossible[i]), TEXT_CITIZEN_PLAIN, &info), ERR_RULE);
	assert_int_equal(out, 3);
	assert_false(text_citizen_is_valid(0));
	assert_false(text_citizen_is_valid(-11010519491231002));
	assert_false(text_citizen_is_valid(INT64_MAX));
	assert_false(text_citizen_is_valid(INT64_MIN));
	assert_false(text_citizen_is_valid(11010519490231002));
	assert_false(text_citizen_format(text, 1));
}

static void
birth_date_and_gender_follow(void **state)
{
	int year = 0;
	int month = 0;
	int day = 0;

	(void)state;
	text_day_split(text_citizen_birth_day(11010519491231002), &year, &month, &day);
	assert_int_equal(year * 10000 + month * 100 + day, 19491231);
	assert_int_equal(text_citizen_gender(11010519491231002), 2);
	assert_int_equal(text_citizen_gender(44052418800101001), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors_are_valid_and_come_back),
		cmocka_unit_test(a_wrong_check_character_is_refused),
		cmocka_unit_test(any_one_changed_digit_is_refused),
		cmocka_unit_test(other_spellings_become_the_plain_one),
		cmocka_unit_test(fifteen_digits_are_taken_on_import_alone),
		cmocka_unit_test(impossible_ones_are_refused),
		cmocka_unit_test(birth_date_and_gender_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
