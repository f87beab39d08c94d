#include "text/citizen.h"

#include "text/date.h"
#include "text/text.h"

enum {
	LEGACY_CHARACTERS = 15,
	CHARACTERS = 18,
	CHECK_X = 10, /* how an X counts among the digits */
	FULL_WIDTH_ZERO = 0xff10,
	FULL_WIDTH_NINE = 0xff19,
	FULL_WIDTH_X = 0xff38,
	FULL_WIDTH_SMALL_X = 0xff58,
};

static const char CHECK_CHARACTERS[] = "10X98765432";
static const int64_t REGION_UNIT = INT64_C(100000000000); /* below the 6 digits: date 8, sequence 3 */

/* GB 11643: weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, the sum modulo 11 picks from "10X98765432". */
static char
check_character(int64_t value)
{
	static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int64_t sum = 0;

	for (size_t i = 17; i > 0; i--) {
		sum += value % 10 * weights[i - 1];
		value /= 10;
	}
	return CHECK_CHARACTERS[sum % 11];
}

static bool
birth_exists(int64_t value)
{
	int date = (int)(value / 1000 % 100000000);

	return text_date_exists(date / 10000, date / 100 % 100, date % 100);
}

bool
text_citizen_is_valid(int64_t value)
{
	int64_t region = value / REGION_UNIT;

	return region >= 100000 && region <= 999999 && birth_exists(value);
}

/* 0 to 9, CHECK_X, or -1 for any other character. */
static int
digit_of(uint32_t point)
{
	if (point >= '0' && point <= '9')
		return (int)(point - '0');
	if (point >= FULL_WIDTH_ZERO && point <= FULL_WIDTH_NINE)
		return (int)(point - FULL_WIDTH_ZERO);
	if (point == 'X' || point == 'x' || point == FULL_WIDTH_X || point == FULL_WIDTH_SMALL_X)
		return CHECK_X;
	return -1;
}

/* Up to 18 digits, an X as the 18th alone; the count, or 0 if it is anything else. */
static size_t
read_digits(uint8_t digits[CHARACTERS], struct view text)
{
	size_t count = 0;

	while (text.size > 0) {
		int digit = digit_of(text_next(&text));

		if (digit < 0 || count == CHARACTERS || (digit == CHECK_X && count != CHARACTERS - 1))
			return 0;
		digits[count++] = (uint8_t)digit;
	}
	return count;
}

static int64_t
number_of(const uint8_t *digits, size_t count)
{
	int64_t value = 0;

	for (size_t i = 0; i < count; i++)
		value = value * 10 + digits[i];
	return value;
}

enum err
text_citizen_parse(int64_t *out, struct view text, unsigned flags, struct err_info *info)
{
	uint8_t digits[CHARACTERS] = {0};
	size_t count = read_digits(digits, text);
	bool is_legacy = count == LEGACY_CHARACTERS && (flags & TEXT_CITIZEN_LEGACY) != 0;
	int64_t value;
	char last;

	if (count != CHARACTERS && !is_legacy)
		return err_set(info, ERR_FORMAT, "%s",
		               _("a citizen id has 18 characters: 17 digits and a last digit or X"));
	value = number_of(digits, CHARACTERS - 1);
	if (is_legacy) /* RRRRRRYYMMDDSSS: century 19, GB 11643-1989 */
		value = number_of(digits, 6) * REGION_UNIT + INT64_C(19000000000) + number_of(digits + 6, 9);
	if (value / REGION_UNIT < 100000)
		return err_set(info, ERR_RULE, "%s", _("the citizen id begins with 0: no region does"));
	if (!birth_exists(value))
		return err_set(info, ERR_RULE, "%s", _("the birth date in the citizen id does not exist"));
	last = digits[CHARACTERS - 1] == CHECK_X ? 'X' : (char)('0' + digits[CHARACTERS - 1]);
	if (!is_legacy && check_character(value) != last)
		return err_set(info, ERR_RULE, "%s",
		               _("the last character of the citizen id does not fit the others: one is mistyped"));
	*out = value;
	return ERR_OK;
}

bool
text_citizen_format(char *out, int64_t value)
{
	int64_t rest = value;

	if (!text_citizen_is_valid(value))
		return false;
	for (size_t i = CHARACTERS - 1; i > 0; i--) {
		out[i - 1] = (char)('0' + rest % 10);
		rest /= 10;
	}
	out[CHARACTERS - 1] = check_character(value);
	out[CHARACTERS] = '\0';
	return true;
}

int64_t
text_citizen_birth_day(int64_t value)
{
	int date = (int)(value / 1000 % 100000000);

	return text_day_of(date / 10000, date / 100 % 100, date % 100);
}

int
text_citizen_gender(int64_t value)
{
	return value % 2 == 1 ? 1 : 2;
}
