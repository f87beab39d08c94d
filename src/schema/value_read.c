/* Values on their way in: from JSON and from a cell's text to canonical bytes, every constraint checked. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/codec.h"
#include "json/json.h"
#include "schema/decimal.h"
#include "schema/inside.h"
#include "schema/list.h"
#include "schema/value.h"
#include "text/citizen.h"
#include "text/date.h"
#include "text/text.h"

enum err
schema_value_refuse(const struct schema_field *field, struct err_info *info, const char *expected, struct view given)
{
	int name_size = (int)field->name.size;
	int title_size = (int)field->title.zh.size;

	/* what is personal is not said again: messages go to screens and logs */
	if (field->tier >= 2 || given.size == 0 || given.size > 64)
		return err_set(info, ERR_RULE, _("field %.*s (%.*s): expected %s"), name_size,
		               (const char *)field->name.data, title_size, (const char *)field->title.zh.data,
		               expected);
	return err_set(info, ERR_RULE, _("field %.*s (%.*s): expected %s, not \"%.*s\""), name_size,
	               (const char *)field->name.data, title_size, (const char *)field->title.zh.data, expected,
	               (int)given.size, (const char *)given.data);
}

static enum err say(const struct schema_field *field, struct err_info *info, struct view given, const char *format, ...)
	FORMAT_OF(4, 5);

static enum err
say(const struct schema_field *field, struct err_info *info, struct view given, const char *format, ...)
{
	char expected[LIMIT_MESSAGE_BYTES_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(expected, sizeof(expected), format, args);
	va_end(args);
	return schema_value_refuse(field, info, expected, given);
}

enum err
schema_check_integer(const struct schema_field *field, int64_t value, struct err_info *info)
{
	char low[SCHEMA_DECIMAL_TEXT_BYTES];
	char high[SCHEMA_DECIMAL_TEXT_BYTES];
	const struct view nothing = {0};

	if (value < field->minimum || value > field->maximum) {
		schema_decimal_format(low, field->minimum, field->scale);
		schema_decimal_format(high, field->maximum, field->scale);
		if (field->minimum != INT64_MIN && field->maximum != INT64_MAX)
			return say(field, info, nothing, _("a number from %s to %s"), low, high);
		if (field->minimum != INT64_MIN)
			return say(field, info, nothing, _("a number of at least %s"), low);
		return say(field, info, nothing, _("a number of at most %s"), high);
	}
	if (field->multiple > 1 && value % field->multiple != 0)
		return say(field, info, nothing, _("a multiple of %lld"), (long long)field->multiple);
	return ERR_OK;
}

enum err
schema_check_length(const struct schema_field *field, struct view text, struct err_info *info)
{
	const struct view nothing = {0};
	size_t count;

	if (text.size > LIMIT_STRING_BYTES_MAX)
		return say(field, info, nothing, _("at most %d bytes"), LIMIT_STRING_BYTES_MAX);
	if (field->length_max >= text.size && field->length_min == 0) /* bytes are at least as many as characters */
		return ERR_OK;
	count = text_count(text);
	if (count > field->length_max)
		return say(field, info, nothing, _("at most %u characters; it has %zu"), field->length_max, count);
	if (count < field->length_min)
		return say(field, info, nothing, _("at least %u characters; it has %zu"), field->length_min, count);
	return ERR_OK;
}

enum err
schema_check_constant(const struct schema_field *field, struct view value, struct err_info *info)
{
	const struct view nothing = {0};

	if (field->constant.size == 0 || view_equal(field->constant, value))
		return ERR_OK;
	return schema_value_refuse(field, info, _("the one value that its schema allows"), nothing);
}

static enum err
write_string(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	struct bytes spare = {0};
	struct view normal;
	enum err err = text_normalise_view(&normal, &spare, text, info);

	if (err == ERR_FORMAT || err == ERR_RULE)
		err = schema_value_refuse(field, info, _("well-formed text (UTF-8, no NUL)"), (struct view){0});
	if (err == ERR_OK)
		err = schema_check_length(field, normal, info);
	if (err == ERR_OK)
		err = codec_write_str(out, normal, info);
	bytes_release(&spare);
	return err;
}

static enum err
write_code(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	const struct schema_code *code = schema_code_find(field->codes, text);
	struct bytes list = {0};
	enum err err = ERR_OK;

	if (code != NULL)
		return codec_write_uint(out, code->number, info);
	for (size_t i = 0; err == ERR_OK && i < field->codes->count && list.size < 80; i++)
		err = bytes_printf(&list, info, "%s%.*s", i == 0 ? "" : ", ", (int)field->codes->codes[i].code.size,
		                   (const char *)field->codes->codes[i].code.data);
	if (err == ERR_OK)
		err = say(field, info, text, _("a code of %.*s (%s%s)"), (int)field->codes->name.size,
		          (const char *)field->codes->name.data, bytes_text(&list), list.size >= 80 ? ", ..." : "");
	bytes_release(&list);
	return err;
}

static enum err
write_enum(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	struct bytes list = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; i < field->enum_count; i++) {
		if (view_equal(field->enum_values[i], text))
			return codec_write_uint(out, i + 1, info);
	}
	for (size_t i = 0; err == ERR_OK && i < field->enum_count && list.size < 80; i++)
		err = bytes_printf(&list, info, "%s%.*s", i == 0 ? "" : ", ", (int)field->enum_values[i].size,
		                   (const char *)field->enum_values[i].data);
	if (err == ERR_OK)
		err = say(field, info, text, _("one of %s"), bytes_text(&list));
	bytes_release(&list);
	return err;
}

static enum err
write_division(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	uint64_t value = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || text.size != 12)
			return schema_value_refuse(field, info, _("a division code of 12 digits"), text);
		value = value * 10 + (uint64_t)(text.data[i] - '0');
	}
	if (text.size != 12)
		return schema_value_refuse(field, info, _("a division code of 12 digits"), text);
	return codec_write_uint(out, value, info);
}

static enum err
write_record_id(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	struct id id;

	if (!hex_read(id.bytes, ID_BYTES, text))
		return schema_value_refuse(field, info, _("a record's id of 32 hexadecimal digits"), text);
	return codec_write_bin(out, view_of(id.bytes, ID_BYTES), info);
}

static enum err
parse(int64_t *out, const struct schema_field *field, struct view text, bool is_cell, struct err_info *why)
{
	if (field->type == SCHEMA_DATE)
		return is_cell ? text_date_parse_sheet(out, text, why) : text_date_parse(out, text, why);
	if (field->type == SCHEMA_MONTH)
		return is_cell ? text_month_parse_sheet(out, text, why) : text_month_parse(out, text, why);
	if (field->type == SCHEMA_TIME)
		return text_time_parse(out, text, why);
	return text_citizen_parse(out, text, is_cell ? TEXT_CITIZEN_LEGACY : TEXT_CITIZEN_PLAIN, why);
}

static enum err
refuse_parsed(const struct schema_field *field, struct view text, bool is_cell, struct err_info *info)
{
	struct err_info why = {.code = ERR_OK};
	int64_t value = 0;
	enum err err = parse(&value, field, text, is_cell, &why);

	return err_set(info, err == ERR_NOMEM ? err : ERR_RULE, "%s %.*s (%.*s): %s", _("field"), (int)field->name.size,
	               (const char *)field->name.data, (int)field->title.zh.size, (const char *)field->title.zh.data,
	               why.text);
}

/* Dates and citizen ids: parsed by text, whose reason is kept behind the field's name. */
static enum err
write_parsed(struct bytes *out, const struct schema_field *field, struct view text, bool is_cell, struct err_info *info)
{
	int64_t value = 0;

	/* the reason is asked for only where there is one: a kilobyte for each cell is worth saving */
	if (parse(&value, field, text, is_cell, NULL) != ERR_OK)
		return refuse_parsed(field, text, is_cell, info);
	return codec_write_int(out, value, info);
}

static enum err
from_text(struct bytes *out, const struct schema_field *field, struct view text, bool is_cell, struct err_info *info)
{
	switch (field->type) {
	case SCHEMA_STRING:
		return write_string(out, field, text, info);
	case SCHEMA_CODE:
		return write_code(out, field, text, info);
	case SCHEMA_ENUM:
		return write_enum(out, field, text, info);
	case SCHEMA_DIVISION:
		return write_division(out, field, text, info);
	case SCHEMA_RECORD_ID:
		return write_record_id(out, field, text, info);
	case SCHEMA_DATE:
	case SCHEMA_MONTH:
	case SCHEMA_TIME:
	case SCHEMA_CITIZEN_ID:
		return write_parsed(out, field, text, is_cell, info);
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
	case SCHEMA_BOOLEAN:
	case SCHEMA_ARRAY:
	case SCHEMA_OBJECT:
		break;
	}
	return schema_value_refuse(field, info, schema_type_words(field), text);
}

const char *
schema_type_words(const struct schema_field *field)
{
	switch (field->type) {
	case SCHEMA_INTEGER:
		return _("a whole number");
	case SCHEMA_NUMBER:
		return _("a number");
	case SCHEMA_BOOLEAN:
		return _("true or false");
	case SCHEMA_ARRAY:
		return _("a list");
	case SCHEMA_OBJECT:
		return _("an object");
	case SCHEMA_STRING:
	case SCHEMA_DATE:
	case SCHEMA_MONTH:
	case SCHEMA_TIME:
	case SCHEMA_CITIZEN_ID:
	case SCHEMA_DIVISION:
	case SCHEMA_RECORD_ID:
	case SCHEMA_ENUM:
	case SCHEMA_CODE:
		break;
	}
	return _("a string");
}

static enum err
write_number(struct bytes *out, const struct schema_field *field, const struct schema_decimal *decimal,
             struct view given, struct err_info *info)
{
	int64_t value;
	enum err err;

	if (!schema_decimal_scaled(&value, decimal, field->scale)) {
		if (field->scale == 0)
			return schema_value_refuse(field, info, _("a whole number"), given);
		return say(field, info, given, _("a number with at most %d digits behind the point"), field->scale);
	}
	err = schema_check_integer(field, value, info);
	return err == ERR_OK ? codec_write_int(out, value, info) : err;
}

static enum err
from_json(struct bytes *out, const struct schema_field *field, const struct json *json, struct err_info *info)
{
	enum json_form form = json_form_of(json);
	struct schema_decimal decimal;

	if (field->type == SCHEMA_ARRAY && form == JSON_FORM_ARRAY)
		return schema_list_from_json(out, field, json, info);
	if (field->type == SCHEMA_OBJECT && form == JSON_FORM_OBJECT)
		return schema_object_from_json(out, field, json, info);
	if (field->type == SCHEMA_BOOLEAN && form == JSON_FORM_BOOL)
		return codec_write_bool(out, json_bool_of(json), info);
	if (field->type == SCHEMA_INTEGER && form == JSON_FORM_INTEGER) {
		enum err err = schema_check_integer(field, json_integer_of(json), info);

		return err == ERR_OK ? codec_write_int(out, json_integer_of(json), info) : err;
	}
	if (field->type == SCHEMA_NUMBER && schema_decimal_of_json(&decimal, json))
		return write_number(out, field, &decimal, (struct view){0}, info);
	if (field->type == SCHEMA_ENUM && field->is_enum_integer && form == JSON_FORM_INTEGER) {
		char digits[SCHEMA_DECIMAL_TEXT_BYTES];

		schema_decimal_format(digits, json_integer_of(json), 0);
		return write_enum(out, field, view_text(digits), info);
	}
	if (form == JSON_FORM_TEXT && !(field->type == SCHEMA_ENUM && field->is_enum_integer))
		return from_text(out, field, json_text_of(json), false, info);
	return say(field, info, (struct view){0}, _("%s, not %s"), schema_type_words(field), json_form_name(json));
}

enum err
schema_value_from_string(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	size_t before = out->size;
	enum err err;

	if (field->type == SCHEMA_ENUM && field->is_enum_integer)
		return ERR_RULE;
	err = from_text(out, field, text, false, info);
	if (err == ERR_OK)
		err = schema_check_constant(field, view_of(out->data + before, out->size - before), info);
	return err;
}

bool
schema_json_is_empty(const struct json *json)
{
	enum json_form form = json_form_of(json);

	return form == JSON_FORM_NULL || (form == JSON_FORM_TEXT && json_text_of(json).size == 0) ||
	       ((form == JSON_FORM_ARRAY || form == JSON_FORM_OBJECT) && json_count(json) == 0);
}

enum err
schema_value_from_json(struct bytes *out, const struct schema_field *field, const struct json *json,
                       struct err_info *info)
{
	size_t before = out->size;
	enum err err;

	if (schema_json_is_empty(json))
		return ERR_OK;
	err = from_json(out, field, json, info);
	if (err == ERR_OK)
		err = schema_check_constant(field, view_of(out->data + before, out->size - before), info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}

static struct view
trim(struct view text)
{
	while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = view_of(text.data + 1, text.size - 1);
	while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
		text.size--;
	return text;
}

static enum err
boolean_from_text(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	static const char *const YES[] = {"true", "是", "1", "TRUE"};
	static const char *const NO[] = {"false", "否", "0", "FALSE"};

	for (size_t i = 0; i < sizeof(YES) / sizeof(YES[0]); i++) {
		if (view_equal(text, view_text(YES[i])))
			return codec_write_bool(out, true, info);
		if (view_equal(text, view_text(NO[i])))
			return codec_write_bool(out, false, info);
	}
	return schema_value_refuse(field, info, _("true or false (是, 否, 1, 0)"), text);
}

static enum err
nested_from_text(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	struct json *json = NULL;
	enum err err;

	if (field->type == SCHEMA_ARRAY && schema_list_from_plain(out, field, text))
		return ERR_OK;
	err = json_parse(&json, text, LIMIT_ROW_BYTES_MAX, JSON_PARSE_REALS, NULL);
	if (err != ERR_OK)
		return schema_value_refuse(field, info, _("a list or object in JSON"), text);
	err = schema_value_from_json(out, field, json, info);
	json_free(json);
	return err;
}

static enum err
cell_from_text(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	struct schema_decimal decimal;
	int64_t integer;

	if (field->type == SCHEMA_INTEGER && schema_integer_of_text(&integer, text)) {
		enum err err = schema_check_integer(field, integer, info);

		return err == ERR_OK ? codec_write_int(out, integer, info) : err;
	}
	if (field->type == SCHEMA_INTEGER || field->type == SCHEMA_NUMBER) {
		if (!schema_decimal_of_text(&decimal, text))
			return schema_value_refuse(field, info, schema_type_words(field), text);
		return write_number(out, field, &decimal, text, info);
	}
	if (field->type == SCHEMA_BOOLEAN)
		return boolean_from_text(out, field, text, info);
	if (field->type == SCHEMA_ARRAY || field->type == SCHEMA_OBJECT)
		return nested_from_text(out, field, text, info);
	return from_text(out, field, text, true, info);
}

enum err
schema_value_from_text(struct bytes *out, const struct schema_field *field, struct view text, struct err_info *info)
{
	size_t before = out->size;
	enum err err;

	if (field->type != SCHEMA_STRING)
		text = trim(text);
	if (text.size == 0)
		return ERR_OK;
	err = cell_from_text(out, field, text, info);
	if (err == ERR_OK && out->size > before)
		err = schema_check_constant(field, view_of(out->data + before, out->size - before), info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}
