#include "schema/compile.h"
#include "schema/set.h"

/* Each list: keywords that mean nothing for the type. */
#define NO_LIST                                                                                                        \
	SCHEMA_KEY_PROPERTIES, SCHEMA_KEY_REQUIRED, SCHEMA_KEY_ADDITIONAL_PROPERTIES, SCHEMA_KEY_ITEMS,                \
		SCHEMA_KEY_MIN_ITEMS, SCHEMA_KEY_MAX_ITEMS, SCHEMA_KEY_UNIQUE_ITEMS, SCHEMA_KEY_X_MEMBER_KEY
#define NO_NUMBER                                                                                                      \
	SCHEMA_KEY_MINIMUM, SCHEMA_KEY_MAXIMUM, SCHEMA_KEY_EXCLUSIVE_MINIMUM, SCHEMA_KEY_EXCLUSIVE_MAXIMUM,            \
		SCHEMA_KEY_MULTIPLE_OF
#define NO_TEXT SCHEMA_KEY_MIN_LENGTH, SCHEMA_KEY_MAX_LENGTH, SCHEMA_KEY_FORMAT

static const enum schema_keyword not_for_text[] = {NO_LIST, NO_NUMBER, SCHEMA_KEYWORDS};
static const enum schema_keyword not_for_named[] = {NO_LIST, NO_NUMBER, NO_TEXT, SCHEMA_KEYWORDS};
static const enum schema_keyword not_for_format[] = {
	NO_LIST, NO_NUMBER, SCHEMA_KEY_MIN_LENGTH, SCHEMA_KEY_MAX_LENGTH, SCHEMA_KEY_ENUM, SCHEMA_KEYWORDS};
static const enum schema_keyword not_for_integer[] = {NO_LIST, NO_TEXT, SCHEMA_KEY_X_CODES, SCHEMA_KEYWORDS};
static const enum schema_keyword not_for_number[] = {NO_LIST, NO_TEXT, SCHEMA_KEY_X_CODES, SCHEMA_KEY_ENUM,
                                                     SCHEMA_KEYWORDS};

enum {
	SCALE_MAX = 9,
	DIGITS_MAX = 15
};

static enum err
read_format(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
            struct err_info *info)
{
	static const struct {
		const char *text;
		enum schema_type type;
	} formats[] = {
		{"date", SCHEMA_DATE},         {"month", SCHEMA_MONTH},
		{"date-time", SCHEMA_TIME},    {"citizen-id", SCHEMA_CITIZEN_ID},
		{"division", SCHEMA_DIVISION}, {"record-id", SCHEMA_RECORD_ID},
	};
	const struct json *format = keywords->values[SCHEMA_KEY_FORMAT];

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (json_text_is(format, formats[i].text)) {
			out->type = formats[i].type;
			return schema_keywords_refuse(keywords, builder, not_for_format, info);
		}
	}
	return schema_refuse(
		builder, info, ERR_FORMAT,
		_("the keyword \"format\" is one of date, month, date-time, citizen-id, division, record-id"));
}

static enum err
read_codes(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
           struct err_info *info)
{
	static const enum schema_keyword besides[] = {SCHEMA_KEY_ENUM, SCHEMA_KEYWORDS};
	struct view name;
	enum err err = schema_read_name(&name, builder, keywords->values[SCHEMA_KEY_X_CODES], info);

	if (err == ERR_OK)
		err = schema_keywords_refuse(keywords, builder, not_for_named, info);
	if (err == ERR_OK)
		err = schema_keywords_refuse(keywords, builder, besides, info);
	if (err != ERR_OK)
		return err;
	out->type = SCHEMA_CODE;
	out->codes = builder->set == NULL ? NULL : schema_set_codes(builder->set, name);
	if (out->codes == NULL)
		return schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no code set \"%.*s\""), (int)name.size,
		                     (const char *)name.data);
	return ERR_OK;
}

static enum err
read_enum_value(struct view *out, struct schema_builder *builder, const struct json *value, bool is_integer,
                struct err_info *info)
{
	char digits[SCHEMA_DECIMAL_TEXT_BYTES];

	if (json_form_of(value) != (is_integer ? JSON_FORM_INTEGER : JSON_FORM_TEXT))
		return schema_refuse(builder, info, ERR_FORMAT,
		                     _("the values of \"enum\" are all strings or all integers"));
	if (is_integer) {
		schema_decimal_format(digits, json_integer_of(value), 0);
		return schema_keep(out, builder, view_text(digits), info);
	}
	if (json_text_of(value).size == 0 || json_text_of(value).size > LIMIT_NAME_BYTES_MAX)
		return schema_refuse(builder, info, ERR_FORMAT, _("a value of \"enum\" has 1 to %d bytes"),
		                     LIMIT_NAME_BYTES_MAX);
	return schema_keep(out, builder, json_text_of(value), info);
}

static enum err
read_enum(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
          struct err_info *info)
{
	const struct json *list = keywords->values[SCHEMA_KEY_ENUM];
	size_t count = json_count(list);
	struct view *values;
	enum err err = schema_keywords_refuse(keywords, builder, not_for_named, info);

	if (err != ERR_OK)
		return err;
	if (count == 0 || count > LIMIT_FIELDS_MAX)
		return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"enum\" needs 1 to %d values"),
		                     LIMIT_FIELDS_MAX);
	values = schema_get(builder, count, sizeof(*values));
	if (values == NULL)
		return err_nomem(info);
	out->is_enum_integer = json_form_of(json_item(list, 0)) == JSON_FORM_INTEGER;
	if (keywords->type != SCHEMA_JSON_ANY && (keywords->type == SCHEMA_JSON_INTEGER) != out->is_enum_integer)
		return schema_refuse(builder, info, ERR_FORMAT, _("the values of \"enum\" are not of the type"));
	for (size_t i = 0; i < count; i++) {
		err = read_enum_value(&values[i], builder, json_item(list, i), out->is_enum_integer, info);
		if (err != ERR_OK)
			return err;
		for (size_t j = 0; j < i; j++) {
			if (view_equal(values[i], values[j]))
				return schema_refuse(builder, info, ERR_FORMAT,
				                     _("the keyword \"enum\" has a value twice"));
		}
	}
	out->type = SCHEMA_ENUM;
	out->enum_values = values;
	out->enum_count = count;
	return ERR_OK;
}

/* The power of ten that multipleOf is; false: none. */
static bool
read_scale(struct schema_field *out, const struct schema_decimal *multiple)
{
	int64_t mantissa = multiple->mantissa;
	int zeros = 0;

	while (mantissa > 1 && mantissa % 10 == 0) {
		mantissa /= 10;
		zeros++;
	}
	if (mantissa != 1 || multiple->scale > SCALE_MAX || zeros > DIGITS_MAX)
		return false;
	out->scale = (uint8_t)multiple->scale;
	out->multiple = multiple->scale == 0 ? multiple->mantissa : 1;
	return true;
}

static void
read_bounds(struct schema_field *out, const struct schema_keywords *keywords)
{
	for (int i = 0; i < 4; i += 2) {
		const struct schema_bound *lower = &keywords->bounds[i];
		const struct schema_bound *upper = &keywords->bounds[i + 1];

		if (lower->is_given) {
			int64_t least = lower->is_exclusive ? schema_decimal_floor(&lower->value, out->scale) + 1
			                                    : schema_decimal_ceil(&lower->value, out->scale);
			out->minimum = least > out->minimum ? least : out->minimum;
		}
		if (upper->is_given) {
			int64_t most = upper->is_exclusive ? schema_decimal_ceil(&upper->value, out->scale) - 1
			                                   : schema_decimal_floor(&upper->value, out->scale);
			out->maximum = most < out->maximum ? most : out->maximum;
		}
	}
}

static enum err
read_integer(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
             struct err_info *info)
{
	enum err err = schema_keywords_refuse(keywords, builder, not_for_integer, info);

	if (err != ERR_OK)
		return err;
	out->type = SCHEMA_INTEGER;
	if (keywords->multiple.is_given) {
		if (!schema_decimal_is_integer(&keywords->multiple.value))
			return schema_refuse(builder, info, ERR_FORMAT,
			                     _("the keyword \"multipleOf\" of an integer is an integer"));
		out->multiple = keywords->multiple.value.mantissa;
	}
	read_bounds(out, keywords);
	return ERR_OK;
}

static enum err
read_number(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
            struct err_info *info)
{
	enum err err = schema_keywords_refuse(keywords, builder, not_for_number, info);

	if (err != ERR_OK)
		return err;
	out->type = SCHEMA_NUMBER;
	if (!keywords->multiple.is_given || !read_scale(out, &keywords->multiple.value))
		return schema_refuse(
			builder, info, ERR_FORMAT,
			_("the type number needs \"multipleOf\", a power of ten from 1e-9 to 1e15 (0.01: two digits)"));
	read_bounds(out, keywords);
	return ERR_OK;
}

static enum err
read_text(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
          struct err_info *info)
{
	if (keywords->values[SCHEMA_KEY_X_CODES] != NULL)
		return read_codes(out, builder, keywords, info);
	if (keywords->values[SCHEMA_KEY_ENUM] != NULL)
		return read_enum(out, builder, keywords, info);
	if (keywords->values[SCHEMA_KEY_FORMAT] != NULL)
		return read_format(out, builder, keywords, info);
	out->type = SCHEMA_STRING;
	out->length_min = keywords->length_min;
	out->length_max = keywords->length_max;
	return schema_keywords_refuse(keywords, builder, not_for_text, info);
}

/* The type that goes without saying. */
static enum schema_json_type
implied_type(const struct schema_keywords *keywords)
{
	const struct json *constant = keywords->values[SCHEMA_KEY_CONST];

	if (keywords->type != SCHEMA_JSON_ANY)
		return keywords->type;
	if (keywords->values[SCHEMA_KEY_X_CODES] != NULL || keywords->values[SCHEMA_KEY_ENUM] != NULL)
		return SCHEMA_JSON_STRING;
	if (constant == NULL)
		return SCHEMA_JSON_ANY;
	if (json_form_of(constant) == JSON_FORM_TEXT)
		return SCHEMA_JSON_STRING;
	if (json_form_of(constant) == JSON_FORM_INTEGER)
		return SCHEMA_JSON_INTEGER;
	return json_form_of(constant) == JSON_FORM_BOOL ? SCHEMA_JSON_BOOLEAN : SCHEMA_JSON_ANY;
}

enum err
schema_compile_scalar(struct schema_field *out, struct schema_builder *builder, const struct schema_keywords *keywords,
                      struct err_info *info)
{
	static const enum schema_keyword not_for_boolean[] = {
		NO_LIST, NO_NUMBER, NO_TEXT, SCHEMA_KEY_X_CODES, SCHEMA_KEY_ENUM, SCHEMA_KEYWORDS};

	switch (implied_type(keywords)) {
	case SCHEMA_JSON_STRING:
		return read_text(out, builder, keywords, info);
	case SCHEMA_JSON_INTEGER:
		if (keywords->values[SCHEMA_KEY_ENUM] != NULL)
			return read_enum(out, builder, keywords, info);
		return read_integer(out, builder, keywords, info);
	case SCHEMA_JSON_NUMBER:
		return read_number(out, builder, keywords, info);
	case SCHEMA_JSON_BOOLEAN:
		out->type = SCHEMA_BOOLEAN;
		return schema_keywords_refuse(keywords, builder, not_for_boolean, info);
	case SCHEMA_JSON_ANY:
	case SCHEMA_JSON_ARRAY:
	case SCHEMA_JSON_OBJECT:
		break;
	}
	return schema_refuse(builder, info, ERR_FORMAT, _("the keyword \"type\" is missing"));
}
