#include "schema/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

/* 10^18 * 10^18 fits: no product here passes 2^127 */
__extension__ typedef __int128 wide;

enum {
	STORED_DIGITS_MAX = 15
};

static wide
power_of_ten(int exponent)
{
	wide power = 1;

	for (int i = 0; i < exponent; i++)
		power *= 10;
	return power;
}

static void
trim(struct schema_decimal *decimal)
{
	while (decimal->scale > 0 && decimal->mantissa % 10 == 0) {
		decimal->mantissa /= 10;
		decimal->scale--;
	}
}

/* A run of digits behind what stands in *value; false when it passes 18 digits. */
static bool
take_digits(struct view *text, int64_t *value, int *count)
{
	*count = 0;
	while (text->size > 0 && text->data[0] >= '0' && text->data[0] <= '9') {
		if (*value > (INT64_C(1000000000000000000) - 10) / 10)
			return false;
		*value = *value * 10 + (text->data[0] - '0');
		text->data++;
		text->size--;
		(*count)++;
	}
	return true;
}

bool
schema_decimal_of_text(struct schema_decimal *out, struct view text)
{
	bool is_negative = text.size > 0 && text.data[0] == '-';
	int64_t value = 0;
	int count = 0;
	int scale = 0;

	if (is_negative)
		text = view_of(text.data + 1, text.size - 1);
	if (!take_digits(&text, &value, &count) || count == 0)
		return false;
	if (text.size > 0) {
		if (text.data[0] != '.')
			return false;
		text = view_of(text.data + 1, text.size - 1);
		while (text.size > 1 && text.data[text.size - 1] == '0')
			text.size--;
		if (!take_digits(&text, &value, &scale) || scale == 0 || scale > SCHEMA_DECIMAL_DIGITS_MAX ||
		    text.size > 0)
			return false;
	}
	*out = (struct schema_decimal){is_negative ? -value : value, scale};
	trim(out);
	return true;
}

bool
schema_integer_of_text(int64_t *out, struct view text)
{
	bool is_negative = text.size > 0 && text.data[0] == '-';
	size_t first = is_negative ? 1 : 0;
	wide value = 0;

	if (text.size == first)
		return false;
	for (size_t i = first; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (text.data[i] - '0');
		if (value > (wide)INT64_MAX + 1)
			return false;
	}
	if (is_negative)
		value = -value;
	if (value > INT64_MAX)
		return false;
	*out = (int64_t)value;
	return true;
}

/* "1.5e-07" as printed by %g: shift the point of the mantissa by the exponent. */
static bool
shift(struct schema_decimal *decimal, long exponent)
{
	if (decimal->mantissa == 0) {
		decimal->scale = 0;
		return true;
	}
	if (exponent < -SCHEMA_DECIMAL_DIGITS_MAX || exponent > SCHEMA_DECIMAL_DIGITS_MAX)
		return false;
	decimal->scale -= (int)exponent;
	while (decimal->scale < 0) {
		if (decimal->mantissa > INT64_C(99999999999999999) || decimal->mantissa < -INT64_C(99999999999999999))
			return false;
		decimal->mantissa *= 10;
		decimal->scale++;
	}
	trim(decimal);
	return decimal->scale <= SCHEMA_DECIMAL_DIGITS_MAX;
}

static bool
of_real(struct schema_decimal *out, double value)
{
	char text[40];
	char *exponent;

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*e", digits - 1, value);
		if (strtod(text, NULL) == value)
			break;
	}
	for (char *at = text; *at != '\0'; at++) {
		if (*at == ',')
			*at = '.'; /* some locales write a comma */
	}
	exponent = strchr(text, 'e');
	if (exponent == NULL)
		return false;
	*exponent = '\0';
	return schema_decimal_of_text(out, view_text(text)) && shift(out, strtol(exponent + 1, NULL, 10));
}

bool
schema_decimal_of_json(struct schema_decimal *out, const struct json *json)
{
	if (json_form_of(json) == JSON_FORM_REAL)
		return of_real(out, json_real_of(json));
	if (json_form_of(json) != JSON_FORM_INTEGER)
		return false;
	*out = (struct schema_decimal){json_integer_of(json), 0};
	return true;
}

static wide
at_scale(const struct schema_decimal *decimal, int scale)
{
	return decimal->mantissa * power_of_ten(scale - decimal->scale);
}

int
schema_decimal_compare(const struct schema_decimal *a, const struct schema_decimal *b)
{
	int scale = a->scale > b->scale ? a->scale : b->scale;
	wide x = at_scale(a, scale);
	wide y = at_scale(b, scale);

	return (x > y) - (x < y);
}

bool
schema_decimal_is_multiple(const struct schema_decimal *a, const struct schema_decimal *b)
{
	int scale = a->scale > b->scale ? a->scale : b->scale;

	return at_scale(a, scale) % at_scale(b, scale) == 0;
}

bool
schema_decimal_is_integer(const struct schema_decimal *decimal)
{
	return decimal->scale == 0;
}

static int64_t
held(wide value)
{
	if (value > INT64_MAX - 1)
		return INT64_MAX - 1;
	return value < INT64_MIN + 1 ? INT64_MIN + 1 : (int64_t)value;
}

int64_t
schema_decimal_floor(const struct schema_decimal *decimal, int scale)
{
	wide divisor;
	wide quotient;

	if (decimal->scale <= scale)
		return held(at_scale(decimal, scale));
	divisor = power_of_ten(decimal->scale - scale);
	quotient = decimal->mantissa / divisor;
	if (decimal->mantissa < 0 && decimal->mantissa % divisor != 0)
		quotient--;
	return held(quotient);
}

int64_t
schema_decimal_ceil(const struct schema_decimal *decimal, int scale)
{
	struct schema_decimal negated = {decimal->mantissa == INT64_MIN ? INT64_MAX : -decimal->mantissa,
	                                 decimal->scale};

	return -schema_decimal_floor(&negated, scale);
}

bool
schema_decimal_scaled(int64_t *out, const struct schema_decimal *decimal, int scale)
{
	wide value;

	if (decimal->scale > scale)
		return false;
	value = at_scale(decimal, scale);
	if (value >= power_of_ten(STORED_DIGITS_MAX) || value <= -power_of_ten(STORED_DIGITS_MAX))
		return false;
	*out = (int64_t)value;
	return true;
}

void
schema_decimal_format(char out[SCHEMA_DECIMAL_TEXT_BYTES], int64_t value, int scale)
{
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint64_t unit = 1;

	for (int i = 0; i < scale; i++)
		unit *= 10;
	if (scale == 0)
		(void)snprintf(out, SCHEMA_DECIMAL_TEXT_BYTES, "%" PRId64, value);
	else
		(void)snprintf(out, SCHEMA_DECIMAL_TEXT_BYTES, "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "",
		               magnitude / unit, scale, magnitude % unit);
}
