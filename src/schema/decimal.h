/** Inside schema: exact decimal numbers of keywords (minimum, multipleOf ...) and instances: mantissa / 10^scale. */
#ifndef SCHEMA_DECIMAL_H
#define SCHEMA_DECIMAL_H

#include "base/bytes.h"

struct json;

enum {
	SCHEMA_DECIMAL_DIGITS_MAX = 18, /* of the mantissa and of the scale */
};

struct schema_decimal {
	int64_t mantissa;
	int scale; /* 0 .. SCHEMA_DECIMAL_DIGITS_MAX; no trailing zeros in the mantissa unless 0 */
};

/** Of an INTEGER or REAL; false: any other form, or more digits than fit. */
bool schema_decimal_of_json(struct schema_decimal *out, const struct json *json);
/** Of a text "-12.50": digits, one point; no exponent. */
bool schema_decimal_of_text(struct schema_decimal *out, struct view text);
/** Of a text "-1250", whatever an int64_t holds; false: anything else. */
bool schema_integer_of_text(int64_t *out, struct view text);
/** -1, 0, 1. */
int schema_decimal_compare(const struct schema_decimal *a, const struct schema_decimal *b);
/** Whether a is a multiple of b, b > 0. */
bool schema_decimal_is_multiple(const struct schema_decimal *a, const struct schema_decimal *b);
bool schema_decimal_is_integer(const struct schema_decimal *decimal);
/** The greatest integer <= decimal * 10^scale, and the least >= it, held within INT64_MIN + 1 .. INT64_MAX - 1. */
int64_t schema_decimal_floor(const struct schema_decimal *decimal, int scale);
int64_t schema_decimal_ceil(const struct schema_decimal *decimal, int scale);
/** decimal * 10^scale if that is an integer of at most 15 digits; else false. */
bool schema_decimal_scaled(int64_t *out, const struct schema_decimal *decimal, int scale);

enum {
	SCHEMA_DECIMAL_TEXT_BYTES = 48
};

/** Write a scaled integer as "-12.50" with just `scale` digits behind the point, NUL-terminated. */
void schema_decimal_format(char out[SCHEMA_DECIMAL_TEXT_BYTES], int64_t value, int scale);

#endif
