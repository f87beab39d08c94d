#include "record/show.h"

#include <string.h>

#include "json/json.h"
#include "schema/value.h"
#include "text/text.h"

/* --- to JSON --- */

static enum err
write_field(struct json_writer *writer, const struct schema_kind *kind, const struct schema_slice *slice,
            struct err_info *info)
{
	const struct schema_field *field = kind == NULL ? NULL : schema_field_by_number(&kind->object, slice->number);
	struct bytes name = {0};
	struct bytes value = {0};
	enum err err = ERR_OK;

	if (kind != NULL && field == NULL)
		return ERR_OK; /* of a newer version: carried, not shown */
	if (field != NULL) {
		json_write_key_view(writer, field->name);
		err = schema_value_to_json(&value, field, slice->value, info);
	} else {
		err = bytes_printf(&name, info, "%lu", (unsigned long)slice->number);
		json_write_key_view(writer, bytes_view(&name));
		if (err == ERR_OK)
			err = schema_unknown_to_json(&value, slice->value, info);
	}
	if (err == ERR_OK)
		json_write_raw(writer, bytes_view(&value));
	bytes_release(&name);
	bytes_release(&value);
	return err;
}

enum err
record_to_json(struct json_writer *writer, const struct record *record, const struct schema_kind *kind,
               const struct id *id, struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];
	enum err err = ERR_OK;

	json_write_object(writer);
	if (id != NULL) {
		hex_write(hex, view_of(id->bytes, ID_BYTES));
		json_write_key(writer, "id");
		json_write_string(writer, hex);
	}
	json_write_key(writer, "kind");
	json_write_text(writer, record->kind);
	for (size_t i = 0; err == ERR_OK && i < record->field_count; i++)
		err = write_field(writer, kind, &record->fields[i], info);
	if (err == ERR_OK)
		json_write_close(writer);
	return err;
}

/* --- from JSON --- */

/* a name from outside, short and printable, for a message */
static enum err
refuse_name(struct err_info *info, enum err code, const char *format_text, struct view name)
{
	struct bytes shown = {0};
	struct view cut = name.size > LIMIT_NAME_BYTES_MAX ? view_of(name.data, LIMIT_NAME_BYTES_MAX) : name;
	enum err err = text_escape(&shown, cut, info);

	if (err == ERR_OK)
		err = err_set(info, code, "%s: %s", format_text, bytes_text(&shown) == NULL ? "" : bytes_text(&shown));
	bytes_release(&shown);
	return err;
}

static enum err
take_id(struct record_json_names *names, const struct json *value, struct err_info *info)
{
	if (json_form_of(value) != JSON_FORM_TEXT || !hex_read(names->id.bytes, ID_BYTES, json_text_of(value)))
		return err_set(info, ERR_FORMAT, "%s", _("\"id\" is not 32 hexadecimal digits"));
	names->has_id = true;
	return ERR_OK;
}

static enum err
check_kind(const struct schema_kind *kind, const struct json *value, struct err_info *info)
{
	if (json_form_of(value) != JSON_FORM_TEXT || !view_equal(json_text_of(value), kind->name))
		return err_set(info, ERR_FORMAT, _("\"kind\" is not %.*s"), (int)kind->name.size,
		               (const char *)kind->name.data);
	return ERR_OK;
}

static enum err
take_field(struct record *record, struct arena *arena, const struct schema_field *field, const struct json *value,
           struct err_info *info)
{
	struct bytes encoded = {0};
	struct view kept = {0};
	enum err err = schema_value_from_json(&encoded, field, value, info);

	if (err == ERR_OK && encoded.size > 0) {
		kept = view_of(arena_copy(arena, bytes_view(&encoded)), encoded.size);
		if (kept.data == NULL)
			err = err_nomem(info);
	}
	bytes_release(&encoded);
	return err != ERR_OK ? err : record_set(record, arena, field->number, kept, info);
}

/* a record being filled, and the fields that were named: one named by name and by title is refused */
struct filling {
	struct record *record;
	struct arena *arena;
	const struct schema_kind *kind;
	const struct schema_field **named;
	size_t named_count;
};

static enum err
take_member(struct filling *filling, struct view name, const struct json *value, struct err_info *info)
{
	const struct schema_field *field = schema_field_find(&filling->kind->object, name);

	if (field == NULL)
		return refuse_name(info, ERR_NOT_FOUND, _("the kind has no such field"), name);
	for (size_t i = 0; i < filling->named_count; i++) {
		if (filling->named[i] == field)
			return refuse_name(info, ERR_FORMAT, _("a field is named twice, by name and by title"), name);
	}
	filling->named[filling->named_count++] = field;
	return take_field(filling->record, filling->arena, field, value, info);
}

enum err
record_take_json(struct record *record, struct arena *arena, const struct json *object, const struct schema_kind *kind,
                 struct record_json_names *names_out, struct err_info *info)
{
	struct record_json_names names = {0};
	struct filling filling = {.record = record, .arena = arena, .kind = kind};
	const struct json *value;
	void *position = NULL;
	struct view name;
	enum err err = ERR_OK;

	if (json_form_of(object) != JSON_FORM_OBJECT)
		return err_set(info, ERR_FORMAT, _("a record is a JSON object; this is %s"), json_form_name(object));
	filling.named = arena_get(arena, (kind->object.count + 1) * sizeof(struct schema_field *));
	if (filling.named == NULL)
		return err_nomem(info);
	while (err == ERR_OK && json_next(object, &position, &name, &value)) {
		if (view_equal(name, view_text("id")))
			err = take_id(&names, value, info);
		else if (view_equal(name, view_text("kind")))
			err = check_kind(kind, value, info);
		else
			err = take_member(&filling, name, value, info);
	}
	if (err == ERR_OK)
		*names_out = names;
	return err;
}

/* --- for people --- */

uint8_t
record_tier_of(const struct schema_field *field)
{
	uint8_t tier = field->tier;
	uint8_t inner = field->item == NULL ? 0 : record_tier_of(field->item);

	if (inner > tier)
		tier = inner;
	for (size_t i = 0; field->object != NULL && i < field->object->count; i++) {
		inner = record_tier_of(&field->object->fields[i]);
		if (inner > tier)
			tier = inner;
	}
	return tier;
}

static enum text_shape
shape_of(const struct schema_field *field)
{
	if (field->type == SCHEMA_DATE || field->type == SCHEMA_MONTH || field->type == SCHEMA_TIME)
		return TEXT_SHAPE_DATE;
	if (field->type == SCHEMA_DIVISION)
		return TEXT_SHAPE_DIVISION;
	return field->type == SCHEMA_CITIZEN_ID ? TEXT_SHAPE_CITIZEN_ID : TEXT_SHAPE_WORDS;
}

enum err
record_display_value(struct bytes *out, const struct schema_field *field, struct view value,
                     const struct record_display_terms *terms, struct err_info *info)
{
	struct bytes plain = {0};
	enum err err = schema_value_to_display(&plain, field, value, terms->language, info);

	if (err == ERR_OK)
		err = terms->is_personal_shown
		              ? text_escape(out, bytes_view(&plain), info)
		              : text_mask(out, bytes_view(&plain), record_tier_of(field), shape_of(field), info);
	bytes_release(&plain);
	return err;
}

enum err
record_display(struct bytes *out, const struct record *record, const struct schema_kind *kind,
               const struct record_display_terms *terms, struct err_info *info)
{
	size_t start = out->size;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < record->field_count; i++) {
		const struct schema_field *field = schema_field_by_number(&kind->object, record->fields[i].number);

		if (field == NULL)
			continue;
		err = text_escape(out, schema_title_in(&field->title, terms->language), info);
		if (err == ERR_OK)
			err = bytes_append_text(out, ": ", info);
		if (err == ERR_OK)
			err = record_display_value(out, field, record->fields[i].value, terms, info);
		if (err == ERR_OK)
			err = bytes_append_byte(out, '\n', info);
	}
	if (err != ERR_OK)
		out->size = start;
	return err;
}
