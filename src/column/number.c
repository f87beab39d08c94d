/* Integers: as they are, or as a difference to what says them better; spelled in decimal digits. */
#include "column/inside.h"
#include "text/date.h"

enum {
	DIGITS_MAX = 19, /* of 2^63 */
	DIGITS_LONG = 15,
	DIGIT_MAX = 9,
	ZEROS_MAX = 3,
	SECONDS_A_DAY = 86400,
	ZONE_SECONDS = 28800, /* +08:00, in which offices count their days */
};

uint64_t
column_zigzag(int64_t number)
{
	return number >= 0 ? (uint64_t)number << 1 : ~((uint64_t)number << 1);
}

static int64_t
unzigzag(uint64_t number)
{
	return (int64_t)((number & 1) == 0 ? number >> 1 : ~(number >> 1));
}

/* --- differences --- */

static int64_t
day_of(int64_t seconds)
{
	int64_t day = seconds / SECONDS_A_DAY;
	int64_t rest = seconds % SECONDS_A_DAY + ZONE_SECONDS;

	return rest < 0 ? day - 1 : rest >= SECONDS_A_DAY ? day + 1 : day;
}

/* a number of one form as one of another; false: they have nothing to do with each other */
static bool
convert(int64_t *out, enum form to, enum form from, int64_t number)
{
	int year;
	int month;
	int day;

	*out = number;
	if (to == from)
		return true;
	if (from == FORM_TIME && (to == FORM_DATE || to == FORM_MONTH)) {
		number = day_of(number);
		from = FORM_DATE;
	}
	*out = number;
	if (to == FORM_DATE && from == FORM_DATE)
		return true;
	if (to != FORM_MONTH || from != FORM_DATE || number < TEXT_DAY_MIN || number > TEXT_DAY_MAX)
		return false;
	text_day_split(number, &year, &month, &day);
	*out = ((int64_t)year - 1970) * 12 + month - 1;
	return true;
}

bool
column_convert(int64_t *out, const struct column_place *to, const struct column_place *from, int64_t number)
{
	return convert(out, to->form, from->form, number);
}

enum mode
column_mode(const struct column *column, const struct column_place *place, bool has_old, int64_t *reference_out)
{
	const struct column_place *from = place->reference;

	*reference_out = place->before.number;
	if (from == place && !has_old)
		return MODE_SIBLING;
	*reference_out = 0;
	if (from != NULL && from != place && from->current.row == column->row && from->current.is_number &&
	    (!has_old || from->current.is_new) && column_convert(reference_out, place, from, from->current.number))
		return MODE_SIBLING;
	if (column->has_now && (place->form == FORM_DATE || place->form == FORM_MONTH || place->form == FORM_TIME) &&
	    convert(reference_out, place->form, FORM_TIME, column->now))
		return MODE_NOW;
	*reference_out = 0;
	return MODE_ITSELF;
}

/* --- digits --- */

static unsigned
split(uint8_t digits[DIGITS_MAX], uint64_t number)
{
	uint8_t reversed[DIGITS_MAX + 1];
	unsigned count = 0;

	do {
		reversed[count++] = (uint8_t)(number % 10);
		number /= 10;
	} while (number > 0);
	for (unsigned i = 0; i < count && i < DIGITS_MAX; i++)
		digits[i] = reversed[count - 1 - i];
	return count;
}

static unsigned
count_digits(struct column *column, struct column_place *place, enum mode mode, unsigned count)
{
	const struct column_place *partner = place->partner;
	uint32_t told = partner != NULL && partner->current.row == column->row ? partner->current.hash : 0;
	struct column_ask ask = {place, SORT_DIGITS, 2, {mix_hash(mode, told), mode}};
	struct column_ask more = {place, SORT_DIGITS_MORE, 1, {mode}};
	unsigned symbol = column_symbol(column, &ask, 4, count < DIGITS_LONG ? count : DIGITS_LONG);

	if (symbol < DIGITS_LONG)
		count = symbol;
	else
		count = DIGITS_LONG + column_symbol(column, &more, 3, count - DIGITS_LONG);
	if (count == 0 || count > DIGITS_MAX) {
		column_fail(column, ERR_FORMAT, _("a delta holds a number without digits, or with too many"));
		return 0;
	}
	return count;
}

static int64_t
mixed_integer(struct column *column, struct column_place *place, enum mode mode, int64_t number)
{
	uint8_t digits[DIGITS_MAX] = {0};
	uint64_t magnitude = number < 0 ? ~(uint64_t)number + 1 : (uint64_t)number;
	unsigned count = count_digits(column, place, mode, split(digits, magnitude));
	struct column_ask sign = {place, SORT_SIGN, 1, {mode}};
	bool is_negative = column_symbol(column, &sign, 1, number < 0) != 0;
	uint32_t before = mix_hash(mode, count);
	unsigned zeros = 0;
	unsigned last = 0;

	magnitude = 0;
	for (unsigned i = 0; i < count; i++) {
		uint32_t place_value = mix_hash(mix_hash(mode, count - i), last << 2 | zeros);
		struct column_ask ask = {place, SORT_DIGIT, 2, {before, place_value}};

		last = column_symbol(column, &ask, 4, digits[i]);
		if (last > DIGIT_MAX || (i == 0 && last == 0 && (count > 1 || is_negative)))
			column_fail(column, ERR_FORMAT, _("a delta holds a number in another form than its own"));
		magnitude = magnitude * 10 + last;
		before = mix_hash(before, last);
		zeros = last != 0 ? 0 : zeros < ZEROS_MAX ? zeros + 1 : ZEROS_MAX;
	}
	if (magnitude > (uint64_t)INT64_MAX + (is_negative ? 1 : 0))
		column_fail(column, ERR_FORMAT, _("a delta holds a number that is too large"));
	return (int64_t)(is_negative ? ~magnitude + 1 : magnitude);
}

int64_t
column_integer(struct column *column, struct column_place *place, enum mode mode, int64_t number)
{
	struct stored *stored;

	if (column->codec == COLUMN_MIXED)
		return mixed_integer(column, place, mode, number);
	stored = column_stored(column, place, SORT_NUMBER);
	if (column->is_reading)
		return unzigzag(column_take_varint(column, stored));
	column_store_varint(column, stored, column_zigzag(number));
	return number;
}
