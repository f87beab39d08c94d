#include "schema/slice.h"

#include "codec/codec.h"
#include "text/date.h"

enum {
	SECONDS_PER_DAY = 86400,
	CHINA_SECONDS_EAST = 28800,
	MONTHS_OF_YEAR = 12
};

struct view
schema_slice_value(const struct schema_slice *fields, size_t count, uint32_t number)
{
	/* numbers begin at 1 and ascend, and most are there: none lies behind its own place, and few far before it */
	size_t at = number < count ? number : count;

	while (at > 0 && fields[at - 1].number > number)
		at--;
	return at > 0 && fields[at - 1].number == number ? fields[at - 1].value : (struct view){0};
}

bool
schema_integer_of(struct view value, int64_t *out)
{
	int64_t number;

	if (!codec_integer_of(&number, value))
		return false;
	*out = number;
	return true;
}

bool
schema_is_true(struct view value)
{
	struct codec_reader reader = codec_reader_of(value);
	bool truth = false;

	return value.size > 0 && codec_read_bool(&truth, &reader, NULL) == ERR_OK && truth;
}

struct view
schema_text_of(struct view value)
{
	struct codec_reader reader = codec_reader_of(value);
	struct view text = {0};

	if (value.size == 0 || codec_read_str(&text, &reader, NULL) != ERR_OK)
		return (struct view){0};
	return text;
}

struct view
schema_word_of(const struct schema_field *field, struct view value)
{
	const struct schema_code *code;
	int64_t number = 0;

	if (field->type == SCHEMA_STRING)
		return schema_text_of(value);
	if (!schema_integer_of(value, &number) || number < 0)
		return (struct view){0};
	if (field->type == SCHEMA_ENUM)
		return number >= 1 && (uint64_t)number <= field->enum_count ? field->enum_values[number - 1]
		                                                            : (struct view){0};
	code = field->type == SCHEMA_CODE ? schema_code_by_number(field->codes, (uint64_t)number) : NULL;
	return code == NULL ? (struct view){0} : code->code;
}

/* rounds down, also below 0 */
static int64_t
divide(int64_t value, int64_t by)
{
	return value >= 0 ? value / by : -((-value + by - 1) / by);
}

bool
schema_day_of(const struct schema_field *field, struct view value, int64_t *out)
{
	int64_t number = 0;
	int64_t year;

	if (field == NULL || !schema_integer_of(value, &number))
		return false;
	switch (field->type) {
	case SCHEMA_DATE:
		if (number < TEXT_DAY_MIN || number > TEXT_DAY_MAX)
			return false;
		*out = number;
		return true;
	case SCHEMA_MONTH:
		if (number < TEXT_MONTH_MIN || number > TEXT_MONTH_MAX)
			return false;
		year = divide(++number, MONTHS_OF_YEAR);
		*out = text_day_of((int)(1970 + year), (int)(number - year * MONTHS_OF_YEAR) + 1, 1) - 1;
		return true;
	case SCHEMA_TIME:
		if (number < TEXT_TIME_MIN || number > TEXT_TIME_MAX)
			return false;
		*out = divide(number + CHINA_SECONDS_EAST, SECONDS_PER_DAY);
		return true;
	case SCHEMA_STRING:
	case SCHEMA_INTEGER:
	case SCHEMA_BOOLEAN:
	case SCHEMA_NUMBER:
	case SCHEMA_CITIZEN_ID:
	case SCHEMA_DIVISION:
	case SCHEMA_RECORD_ID:
	case SCHEMA_ENUM:
	case SCHEMA_CODE:
	case SCHEMA_ARRAY:
	case SCHEMA_OBJECT:
		break;
	}
	return false;
}

static bool
is_one_of(const struct schema_choice *choice, struct view value)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (view_equal(choice->values[i], value))
			return true;
	}
	return false;
}

bool
schema_choice_holds(const struct schema_kind *kind, const struct schema_choice *choice,
                    const struct schema_slice *fields, size_t count)
{
	const struct schema_field *field = schema_field_by_number(&kind->object, choice->field);
	struct view value = schema_slice_value(fields, count, choice->field);
	struct codec_reader reader = codec_reader_of(value);
	size_t members = 0;

	if (value.size == 0)
		return false;
	if (field == NULL || field->type != SCHEMA_ARRAY)
		return is_one_of(choice, value);
	if (codec_read_array(&members, &reader, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < members; i++) {
		struct view member;

		if (codec_read_raw(&member, &reader, NULL) != ERR_OK)
			return false;
		if (is_one_of(choice, member))
			return true;
	}
	return false;
}

bool
schema_choices_hold(const struct schema_kind *kind, const struct schema_choice *choices, size_t choice_count,
                    const struct schema_slice *fields, size_t count)
{
	for (size_t i = 0; i < choice_count; i++) {
		if (!schema_choice_holds(kind, &choices[i], fields, count))
			return false;
	}
	return true;
}
