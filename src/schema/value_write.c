/* Values on their way out: JSON, a cell's text, and words for people. */
#include <stdio.h>

#include "codec/codec.h"
#include "json/json.h"
#include "schema/decimal.h"
#include "schema/value.h"
#include "text/citizen.h"
#include "text/date.h"

static enum err
damaged(const struct schema_field *field, struct err_info *info)
{
	return err_set(info, ERR_FORMAT, _("field %.*s: its stored value is not of its type"), (int)field->name.size,
	               (const char *)field->name.data);
}

/* The text of a value that is no list and no object. */
static enum err
plain_text(struct bytes *out, const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	char text[SCHEMA_DECIMAL_TEXT_BYTES];
	uint8_t id[ID_BYTES];
	const struct schema_code *code;
	struct view view;
	int64_t value = 0;
	bool truth;
	bool is_good = true;
	enum err err;

	if (field->type == SCHEMA_STRING) {
		err = codec_read_str(&view, reader, info);
		return err == ERR_OK ? bytes_append_view(out, view, info) : err;
	}
	if (field->type == SCHEMA_BOOLEAN) {
		err = codec_read_bool(&truth, reader, info);
		return err == ERR_OK ? bytes_append_text(out, truth ? "true" : "false", info) : err;
	}
	if (field->type == SCHEMA_RECORD_ID) {
		err = codec_read_bin_exact(id, sizeof(id), reader, info);
		return err == ERR_OK ? bytes_append_hex(out, view_of(id, sizeof(id)), info) : err;
	}
	err = codec_read_int(&value, reader, info);
	if (err != ERR_OK)
		return err;
	if (field->type == SCHEMA_CODE) {
		code = value < 0 ? NULL : schema_code_by_number(field->codes, (uint64_t)value);
		return code == NULL ? damaged(field, info) : bytes_append_view(out, code->code, info);
	}
	if (field->type == SCHEMA_ENUM) {
		if (value < 1 || (uint64_t)value > field->enum_count)
			return damaged(field, info);
		return bytes_append_view(out, field->enum_values[value - 1], info);
	}
	if (field->type == SCHEMA_DATE)
		is_good = text_date_format(text, value);
	else if (field->type == SCHEMA_MONTH)
		is_good = text_month_format(text, value);
	else if (field->type == SCHEMA_TIME)
		is_good = text_time_format(text, value);
	else if (field->type == SCHEMA_CITIZEN_ID)
		is_good = text_citizen_format(text, value);
	else if (field->type == SCHEMA_DIVISION)
		(void)snprintf(text, sizeof(text), "%012lld", (long long)value);
	else
		schema_decimal_format(text, value, field->scale);
	return is_good ? bytes_append_text(out, text, info) : damaged(field, info);
}

static bool
is_bare(const struct schema_field *field)
{
	return field->type == SCHEMA_INTEGER || field->type == SCHEMA_NUMBER || field->type == SCHEMA_BOOLEAN ||
	       (field->type == SCHEMA_ENUM && field->is_enum_integer);
}

static enum err json_at(struct bytes *out, const struct schema_field *field, struct codec_reader *reader,
                        struct err_info *info);

static enum err
json_list(struct bytes *out, const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK)
		err = bytes_append_byte(out, '[', info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (i > 0)
			err = bytes_append_byte(out, ',', info);
		if (err == ERR_OK)
			err = json_at(out, field->item, reader, info);
	}
	return err == ERR_OK ? bytes_append_byte(out, ']', info) : err;
}

static enum err
json_member_of(struct bytes *out, const struct schema_object *object, uint32_t number, struct codec_reader *reader,
               struct err_info *info)
{
	const struct schema_field *member = schema_field_by_number(object, number);
	struct view unknown;
	enum err err;

	if (member != NULL) {
		err = json_quote(out, member->name, info);
		if (err == ERR_OK)
			err = bytes_append_byte(out, ':', info);
		return err == ERR_OK ? json_at(out, member, reader, info) : err;
	}
	err = codec_read_raw(&unknown, reader, info);
	if (err == ERR_OK)
		err = bytes_printf(out, info, "\"#%u\":\"", number);
	if (err == ERR_OK)
		err = bytes_append_hex(out, unknown, info);
	return err == ERR_OK ? bytes_append_byte(out, '"', info) : err;
}

static enum err
json_object(struct bytes *out, const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	uint32_t key = 0;
	size_t count;
	enum err err = codec_read_map(&count, reader, info);

	if (err == ERR_OK)
		err = bytes_append_byte(out, '{', info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (i > 0)
			err = bytes_append_byte(out, ',', info);
		if (err == ERR_OK)
			err = codec_read_key(&key, reader, i, info);
		if (err == ERR_OK)
			err = json_member_of(out, field->object, key, reader, info);
	}
	return err == ERR_OK ? bytes_append_byte(out, '}', info) : err;
}

static enum err
json_at(struct bytes *out, const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	struct bytes text = {0};
	enum err err;

	if (field->type == SCHEMA_ARRAY)
		return json_list(out, field, reader, info);
	if (field->type == SCHEMA_OBJECT)
		return json_object(out, field, reader, info);
	if (is_bare(field))
		return plain_text(out, field, reader, info);
	err = plain_text(&text, field, reader, info);
	if (err == ERR_OK)
		err = json_quote(out, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

enum err
schema_value_to_json(struct bytes *out, const struct schema_field *field, struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	size_t before = out->size;
	enum err err = json_at(out, field, &reader, info);

	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}

enum err
schema_value_to_text(struct bytes *out, const struct schema_field *field, struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	size_t before = out->size;
	enum err err;

	if (field->type == SCHEMA_ARRAY || field->type == SCHEMA_OBJECT)
		return schema_value_to_json(out, field, value, info);
	err = plain_text(out, field, &reader, info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}

enum err
schema_value_to_display(struct bytes *out, const struct schema_field *field, struct view value,
                        enum schema_language language, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	const struct schema_code *code;
	uint64_t number;
	bool truth;
	enum err err;

	if (field->type == SCHEMA_BOOLEAN && language == SCHEMA_CHINESE) {
		err = codec_read_bool(&truth, &reader, info);
		return err == ERR_OK ? bytes_append_text(out, truth ? "是" : "否", info) : err;
	}
	if (field->type == SCHEMA_CODE) {
		err = codec_read_uint(&number, &reader, info);
		code = err == ERR_OK ? schema_code_by_number(field->codes, number) : NULL;
		if (code != NULL)
			return bytes_append_view(out, schema_title_in(&code->title, language), info);
	}
	return schema_value_to_text(out, field, value, info);
}

enum err
schema_unknown_to_json(struct bytes *out, struct view value, struct err_info *info)
{
	enum err err = bytes_append_byte(out, '"', info);

	if (err == ERR_OK)
		err = bytes_append_hex(out, value, info);
	return err == ERR_OK ? bytes_append_byte(out, '"', info) : err;
}
