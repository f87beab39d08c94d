#include "schema/builder.h"

#include <stdarg.h>
#include <stdio.h>

#include "schema/value.h"

void
schema_builder_release(struct schema_builder *builder)
{
	bytes_release(&builder->pointer);
}

size_t
schema_builder_enter(struct schema_builder *builder, struct view step)
{
	struct bytes *pointer = &builder->pointer;
	size_t mark = pointer->size;
	enum err err = bytes_append_byte(pointer, '/', NULL);

	/* RFC 6901: "~" and "/" are escaped */
	for (size_t i = 0; i < step.size && err == ERR_OK; i++) {
		if (step.data[i] == '~' || step.data[i] == '/')
			err = bytes_append_text(pointer, step.data[i] == '~' ? "~0" : "~1", NULL);
		else
			err = bytes_append_byte(pointer, step.data[i], NULL);
	}
	return mark;
}

size_t
schema_builder_enter_index(struct schema_builder *builder, size_t index)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", index);
	return schema_builder_enter(builder, view_text(text));
}

void
schema_builder_leave(struct schema_builder *builder, size_t mark)
{
	builder->pointer.size = mark;
}

enum err
schema_refuse(struct schema_builder *builder, struct err_info *info, enum err code, const char *format, ...)
{
	char text[LIMIT_MESSAGE_BYTES_MAX];
	const char *place = bytes_text(&builder->pointer);
	va_list args;
	size_t line = json_line_of(builder->text, bytes_view(&builder->pointer));

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (place == NULL || place[0] == '\0')
		place = _("at the top");
	if (line > 0)
		return err_set(info, code, _("%s line %zu, %s: %s"), builder->file, line, place, text);
	return err_set(info, code, "%s, %s: %s", builder->file, place, text);
}

enum err
schema_expect(struct schema_builder *builder, struct err_info *info, const char *expected, const struct json *found)
{
	if (found == NULL)
		return schema_refuse(builder, info, ERR_FORMAT, _("expected %s, found nothing"), expected);
	return schema_refuse(builder, info, ERR_FORMAT, _("expected %s, found %s"), expected, json_form_name(found));
}

void *
schema_get(struct schema_builder *builder, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
		return NULL;
	return arena_get(builder->arena, count * size);
}

enum err
schema_keep(struct view *out, struct schema_builder *builder, struct view text, struct err_info *info)
{
	const uint8_t *copy = arena_copy(builder->arena, text);

	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, text.size);
	return ERR_OK;
}

static bool
is_name(struct view name)
{
	if (name.size == 0 || name.size > LIMIT_NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		uint8_t c = name.data[i];

		if (c <= ' ' || c == 0x7f || c == '=' || c == '/' || c == '"')
			return false;
	}
	return true;
}

enum err
schema_read_name(struct view *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	if (json == NULL || json_form_of(json) != JSON_FORM_TEXT)
		return schema_expect(builder, info, _("a name"), json);
	if (!is_name(json_text_of(json)))
		return schema_refuse(
			builder, info, ERR_FORMAT,
			_("a name has 1 to %d bytes and no blank, control character, \"=\", \"/\" or quote"),
			LIMIT_NAME_BYTES_MAX);
	return schema_keep(out, builder, json_text_of(json), info);
}

enum err
schema_read_words(struct view *out, struct schema_builder *builder, const struct json *json, struct err_info *info)
{
	if (json == NULL) {
		*out = (struct view){0};
		return ERR_OK;
	}
	if (json_form_of(json) != JSON_FORM_TEXT)
		return schema_expect(builder, info, _("a string"), json);
	if (json_text_of(json).size > LIMIT_REASON_BYTES_MAX)
		return schema_refuse(builder, info, ERR_TOO_BIG, _("a text has more than %d bytes"),
		                     LIMIT_REASON_BYTES_MAX);
	return schema_keep(out, builder, json_text_of(json), info);
}

static enum err
read_one_title(struct view *out, bool *has_out, struct schema_builder *builder, const struct json *json,
               struct err_info *info)
{
	enum err err = schema_read_words(out, builder, json, info);

	*has_out = err == ERR_OK && out->size > 0;
	return err;
}

enum err
schema_read_title(struct schema_title *out, struct schema_builder *builder, const struct json *json,
                  struct view fallback, struct err_info *info)
{
	static const char *const names[] = {"zh", "en", NULL};
	struct schema_title title = {0};
	enum err err = ERR_OK;

	if (json != NULL && json_form_of(json) == JSON_FORM_OBJECT) {
		err = schema_only(builder, json, names, info);
		if (err == ERR_OK)
			err = read_one_title(&title.zh, &title.has_zh, builder, json_member(json, "zh"), info);
		if (err == ERR_OK)
			err = read_one_title(&title.en, &title.has_en, builder, json_member(json, "en"), info);
	} else if (json != NULL) {
		err = read_one_title(&title.zh, &title.has_zh, builder, json, info);
		title.en = title.zh;
		title.has_en = title.has_zh;
	}
	if (err != ERR_OK)
		return err;
	if (!title.has_en)
		title.en = fallback;
	if (!title.has_zh)
		title.zh = title.en;
	*out = title;
	return ERR_OK;
}

enum err
schema_only(struct schema_builder *builder, const struct json *object, const char *const *names, struct err_info *info)
{
	void *position = NULL;
	struct view name;
	const struct json *value;

	while (json_next(object, &position, &name, &value)) {
		size_t i = 0;

		while (names[i] != NULL && !view_equal(name, view_text(names[i])))
			i++;
		if (names[i] == NULL)
			return schema_refuse(builder, info, ERR_FORMAT, _("the member \"%.*s\" has no meaning here"),
			                     (int)(name.size > LIMIT_NAME_BYTES_MAX ? LIMIT_NAME_BYTES_MAX : name.size),
			                     (const char *)name.data);
	}
	return ERR_OK;
}

enum err
schema_read_field(const struct schema_field **out, struct schema_builder *builder, const struct json *json,
                  const struct schema_object *object, struct err_info *info)
{
	const struct schema_field *field;
	struct view name;
	enum err err = schema_read_name(&name, builder, json, info);

	if (err != ERR_OK)
		return err;
	field = schema_field_by_name(object, name);
	if (field == NULL)
		return schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no field \"%.*s\""), (int)name.size,
		                     (const char *)name.data);
	*out = field;
	return ERR_OK;
}

static enum err
read_field_number(uint32_t *out, struct schema_builder *builder, const struct json *json,
                  const struct schema_object *object, struct err_info *info)
{
	const struct schema_field *field;
	enum err err = schema_read_field(&field, builder, json, object, info);

	if (err == ERR_OK)
		*out = field->number;
	return err;
}

enum err
schema_read_fields(const uint32_t **out, size_t *count_out, struct schema_builder *builder, const struct json *json,
                   const struct schema_object *object, struct err_info *info)
{
	bool is_list = json != NULL && json_form_of(json) == JSON_FORM_ARRAY;
	size_t count = is_list ? json_count(json) : 1;
	uint32_t *numbers;

	if (count == 0 || count > LIMIT_FIELDS_MAX)
		return schema_expect(builder, info, _("names of fields"), json);
	numbers = schema_get(builder, count, sizeof(*numbers));
	if (numbers == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count; i++) {
		enum err err =
			read_field_number(&numbers[i], builder, is_list ? json_item(json, i) : json, object, info);

		if (err != ERR_OK)
			return err;
		for (size_t j = 0; j < i; j++) {
			if (numbers[j] == numbers[i])
				return schema_refuse(builder, info, ERR_FORMAT, _("a field is named twice"));
		}
	}
	*out = numbers;
	*count_out = count;
	return ERR_OK;
}

enum err
schema_read_value(struct view *out, struct schema_builder *builder, const struct json *json,
                  const struct schema_field *field, struct err_info *info)
{
	struct bytes encoded = {0};
	struct err_info why = {0};
	enum err err = schema_value_from_json(&encoded, field, json, &why);

	if (err == ERR_OK && encoded.size == 0)
		err = schema_refuse(builder, info, ERR_FORMAT, _("an empty value"));
	else if (err == ERR_OK)
		err = schema_keep(out, builder, bytes_view(&encoded), info);
	else
		err = schema_refuse(builder, info, err == ERR_NOMEM ? err : ERR_FORMAT, "%s", why.text);
	bytes_release(&encoded);
	return err;
}

enum err
schema_read_values(const struct view **out, size_t *count_out, struct schema_builder *builder, const struct json *json,
                   const struct schema_field *field, struct err_info *info)
{
	bool is_list = json != NULL && json_form_of(json) == JSON_FORM_ARRAY;
	size_t count = is_list ? json_count(json) : 1;
	struct view *values;

	if (json == NULL || count > LIMIT_ARRAY_ITEMS_MAX)
		return schema_expect(builder, info, _("a list of values"), json);
	values = schema_get(builder, count, sizeof(*values));
	if (values == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < count; i++) {
		enum err err = schema_read_value(&values[i], builder, is_list ? json_item(json, i) : json, field, info);

		if (err != ERR_OK)
			return err;
	}
	*out = values;
	*count_out = count;
	return ERR_OK;
}

enum err
schema_read_choices(const struct schema_choice **out, size_t *count_out, struct schema_builder *builder,
                    const struct json *json, const struct schema_object *object, struct err_info *info)
{
	struct schema_choice *rows = schema_get(builder, json_count(json) + 1, sizeof(*rows));
	void *position = NULL;
	struct view name;
	const struct json *value;
	size_t count = 0;
	enum err err = rows == NULL ? err_nomem(info) : ERR_OK;

	if (err == ERR_OK && json != NULL && (json_form_of(json) != JSON_FORM_OBJECT || json_count(json) == 0))
		err = schema_expect(builder, info, _("an object of fields and their values"), json);
	while (err == ERR_OK && json != NULL && json_next(json, &position, &name, &value)) {
		const struct schema_field *field = schema_field_by_name(object, name);

		if (field == NULL)
			return schema_refuse(builder, info, ERR_NOT_FOUND, _("there is no field \"%.*s\""),
			                     (int)name.size, (const char *)name.data);
		rows[count].field = field->number;
		err = schema_read_values(&rows[count].values, &rows[count].count, builder, value,
		                         field->type == SCHEMA_ARRAY ? field->item : field, info);
		count++;
	}
	*out = rows;
	*count_out = count;
	return err;
}
