/* Encoded values from outside, checked in place against all constraints of their fields. */
#include <stdlib.h>

#include "codec/codec.h"
#include "schema/inside.h"
#include "schema/list.h"
#include "schema/value.h"
#include "text/citizen.h"
#include "text/date.h"

static enum err check_at(const struct schema_field *field, struct codec_reader *reader, struct err_info *info);

/* Whether an integer is a value of a field that is stored as one, but for what schema_check_integer() says. */
static bool
is_in_range(const struct schema_field *field, int64_t value)
{
	switch (field->type) {
	case SCHEMA_DATE:
		return value >= TEXT_DAY_MIN && value <= TEXT_DAY_MAX;
	case SCHEMA_MONTH:
		return value >= TEXT_MONTH_MIN && value <= TEXT_MONTH_MAX;
	case SCHEMA_TIME:
		return value >= TEXT_TIME_MIN && value <= TEXT_TIME_MAX;
	case SCHEMA_CITIZEN_ID:
		return text_citizen_is_valid(value);
	case SCHEMA_DIVISION:
		return value >= 0 && value <= INT64_C(999999999999);
	case SCHEMA_ENUM:
		return value >= 1 && (uint64_t)value <= field->enum_count;
	case SCHEMA_CODE:
		return value >= 0 && schema_code_by_number(field->codes, (uint64_t)value) != NULL;
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
	case SCHEMA_STRING:
	case SCHEMA_BOOLEAN:
	case SCHEMA_RECORD_ID:
	case SCHEMA_ARRAY:
	case SCHEMA_OBJECT:
		break;
	}
	return true;
}

static enum err
check_number(const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	int64_t value;
	enum err err = codec_read_int(&value, reader, info);

	if (err != ERR_OK)
		return err;
	if (field->type == SCHEMA_INTEGER || field->type == SCHEMA_NUMBER)
		return schema_check_integer(field, value, info);
	return is_in_range(field, value) ? ERR_OK
	                                 : schema_value_refuse(field, info, _("a value of its type"), (struct view){0});
}

static enum err
check_list(const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	struct view *items;
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err != ERR_OK)
		return err;
	if (count == 0 || count > field->items_max)
		return schema_value_refuse(field, info, _("a list of the size that its schema allows"),
		                           (struct view){0});
	items = calloc(count, sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct codec_reader ahead = *reader;

		err = check_at(field->item, &ahead, info);
		if (err == ERR_OK)
			err = codec_read_raw(&items[i], reader, info);
	}
	if (err == ERR_OK)
		err = schema_list_check(field, items, count, info);
	free(items);
	return err;
}

static enum err
check_object(const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	const struct schema_object *object = field->object;
	size_t required = 0;
	size_t found = 0;
	uint32_t key = 0;
	size_t count;
	enum err err = codec_read_map(&count, reader, info);

	if (err == ERR_OK && count == 0)
		err = schema_value_refuse(field, info, _("an object that is not empty"), (struct view){0});
	for (size_t i = 0; i < object->count; i++)
		required += object->fields[i].is_required ? 1U : 0U;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct schema_field *member;
		struct view unknown;

		err = codec_read_key(&key, reader, i, info);
		member = schema_field_by_number(object, key);
		if (err == ERR_OK)
			err = member != NULL ? check_at(member, reader, info)
			                     : codec_read_value(&unknown, reader, info);
		found += member != NULL && member->is_required ? 1U : 0U;
	}
	if (err == ERR_OK && found < required)
		err = schema_value_refuse(field, info, _("all its required members"), (struct view){0});
	return err;
}

static enum err
check_plain(const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	uint8_t id[ID_BYTES];
	struct view text;
	bool truth;
	enum err err;

	if (field->type == SCHEMA_BOOLEAN)
		return codec_read_bool(&truth, reader, info);
	if (field->type == SCHEMA_RECORD_ID)
		return codec_read_bin_exact(id, sizeof(id), reader, info);
	if (field->type != SCHEMA_STRING)
		return check_number(field, reader, info);
	err = codec_read_str(&text, reader, info);
	if (err == ERR_OK && text.size == 0)
		err = schema_value_refuse(field, info, _("a text that is not empty"), (struct view){0});
	return err == ERR_OK ? schema_check_length(field, text, info) : err;
}

static enum err
check_at(const struct schema_field *field, struct codec_reader *reader, struct err_info *info)
{
	size_t start = reader->position;
	enum err err;

	if (field->type == SCHEMA_ARRAY)
		err = check_list(field, reader, info);
	else if (field->type == SCHEMA_OBJECT)
		err = check_object(field, reader, info);
	else
		err = check_plain(field, reader, info);
	if (err == ERR_OK)
		err = schema_check_constant(field, view_of(reader->view.data + start, reader->position - start), info);
	if (err == ERR_FORMAT)
		err = schema_value_refuse(field, info, schema_type_words(field), (struct view){0});
	return err;
}

enum err
schema_value_check(const struct schema_field *field, struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	enum err err = check_at(field, &reader, info);

	return err == ERR_OK ? codec_end(&reader, info) : err;
}

static enum err
check_record(const struct schema_kind *kind, const struct schema_slice *fields, size_t count, bool with_values,
             struct err_info *info)
{
	const struct schema_object *object = &kind->object;
	size_t k = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < object->count; i++) {
		const struct schema_field *field = &object->fields[i];
		bool is_there;

		while (k < count && fields[k].number < field->number)
			k++;
		is_there = k < count && fields[k].number == field->number;
		if (is_there && with_values)
			err = schema_value_check(field, fields[k].value, info);
		if (!is_there && field->is_required)
			err = schema_value_refuse(field, info, _("a value: it is required"), (struct view){0});
	}
	return err;
}

enum err
schema_record_check(const struct schema_kind *kind, const struct schema_slice *fields, size_t count,
                    struct err_info *info)
{
	return check_record(kind, fields, count, true, info);
}

enum err
schema_record_check_required(const struct schema_kind *kind, const struct schema_slice *fields, size_t count,
                             struct err_info *info)
{
	return check_record(kind, fields, count, false, info);
}
