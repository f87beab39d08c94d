#include "schema/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/codec.h"
#include "json/json.h"
#include "schema/inside.h"
#include "schema/value.h"

enum {
	PLAIN_ITEMS_MAX = 16 /* of a list that is read without parsing JSON */
};

enum err
schema_member_key(struct view *out, const struct schema_field *field, struct view member, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(member);
	uint32_t key = 0;
	size_t count;
	enum err err = codec_read_map(&count, &reader, info);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = codec_read_key(&key, &reader, i, info);
		if (err == ERR_OK)
			err = codec_read_raw(out, &reader, info);
		if (err == ERR_OK && key == field->member_key)
			return ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	return schema_value_refuse(field, info, _("members that each have their key"), (struct view){0});
}

static enum err
order_of(int *out, const struct schema_field *field, struct view a, struct view b, struct err_info *info)
{
	struct view key_a = a;
	struct view key_b = b;
	enum err err = ERR_OK;

	if (field->merge == SCHEMA_MERGE_KEYED_LIST) {
		err = schema_member_key(&key_a, field, a, info);
		if (err == ERR_OK)
			err = schema_member_key(&key_b, field, b, info);
	}
	if (err == ERR_OK)
		*out = view_compare(key_a, key_b);
	return err;
}

static bool
has_double(const struct view *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = i + 1; k < count; k++) {
			if (view_equal(items[i], items[k]))
				return true;
		}
	}
	return false;
}

enum err
schema_list_check(const struct schema_field *field, const struct view *items, size_t count, struct err_info *info)
{
	enum err err = ERR_OK;

	if (count < field->items_min || count > field->items_max)
		return err_set(info, ERR_RULE, _("field %.*s (%.*s): expected %u to %u items, not %zu"),
		               (int)field->name.size, (const char *)field->name.data, (int)field->title.zh.size,
		               (const char *)field->title.zh.data, field->items_min, field->items_max, count);
	for (size_t i = 1; err == ERR_OK && field->merge != SCHEMA_MERGE_VALUE && i < count; i++) {
		int order = 0;

		err = order_of(&order, field, items[i - 1], items[i], info);
		if (err == ERR_OK && order >= 0)
			err = schema_value_refuse(field, info, _("items in order, none twice"), (struct view){0});
	}
	if (err == ERR_OK && field->items_unique && field->merge == SCHEMA_MERGE_VALUE && has_double(items, count))
		err = schema_value_refuse(field, info, _("no item twice"), (struct view){0});
	return err;
}

/* Insertion keeps it simple: lists of a record are short, and sorted ones stay cheap. */
static enum err
sort_items(const struct schema_field *field, struct view *items, size_t count, struct err_info *info)
{
	for (size_t i = 1; i < count; i++) {
		struct view item = items[i];
		size_t k = i;

		for (; k > 0; k--) {
			int order = 0;
			enum err err = order_of(&order, field, items[k - 1], item, info);

			if (err != ERR_OK)
				return err;
			if (order <= 0)
				break;
			items[k] = items[k - 1];
		}
		items[k] = item;
	}
	return ERR_OK;
}

static enum err
encode_items(struct bytes *encoded, struct view *items, const struct schema_field *field, const struct json *json,
             struct err_info *info)
{
	size_t count = json_count(json);
	size_t *ends = calloc(count + 1, sizeof(*ends));
	enum err err = ends == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		size_t before = encoded->size;

		err = schema_value_from_json(encoded, field->item, json_item(json, i), info);
		if (err == ERR_OK && encoded->size == before)
			err = schema_value_refuse(field, info, _("no empty item"), (struct view){0});
		if (err == ERR_OK)
			ends[i] = encoded->size;
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		size_t start = i == 0 ? 0 : ends[i - 1];

		items[i] = view_of(encoded->data + start, ends[i] - start);
	}
	free(ends);
	return err;
}

/* Items in their order, checked, as one value. */
static enum err
write_items(struct bytes *out, const struct schema_field *field, struct view *items, size_t count,
            struct err_info *info)
{
	size_t before = out->size;
	enum err err = field->merge != SCHEMA_MERGE_VALUE ? sort_items(field, items, count, info) : ERR_OK;

	if (err == ERR_OK)
		err = schema_list_check(field, items, count, info);
	if (err == ERR_OK)
		err = codec_write_array(out, count, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = bytes_append_view(out, items[i], info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}

enum err
schema_list_from_json(struct bytes *out, const struct schema_field *field, const struct json *json,
                      struct err_info *info)
{
	size_t count = json_count(json);
	struct bytes encoded = {0};
	struct view *items;
	enum err err;

	if (count > field->items_max)
		return schema_list_check(field, NULL, count, info);
	items = calloc(count, sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	err = encode_items(&encoded, items, field, json, info);
	if (err == ERR_OK)
		err = write_items(out, field, items, count, info);
	free(items);
	bytes_release(&encoded);
	return err;
}

/* The next string of ["a","b"]: no blanks, no escapes, not empty. False at anything else. */
static bool
take_plain_string(struct view *out, struct view *rest)
{
	const uint8_t *end;

	if (rest->size < 3 || rest->data[0] != '"')
		return false;
	end = memchr(rest->data + 1, '"', rest->size - 1);
	if (end == NULL || end == rest->data + 1)
		return false;
	*out = view_of(rest->data + 1, (size_t)(end - rest->data - 1));
	for (size_t i = 0; i < out->size; i++) {
		if (out->data[i] < ' ' || out->data[i] == '\\')
			return false;
	}
	*rest = view_of(end + 1, rest->size - out->size - 2);
	return utf8_is_valid(*out);
}

bool
schema_list_from_plain(struct bytes *out, const struct schema_field *field, struct view text)
{
	struct view rest = view_of(text.data + 1, text.size - 1);
	struct view items[PLAIN_ITEMS_MAX];
	size_t ends[PLAIN_ITEMS_MAX];
	struct bytes encoded = {0};
	size_t count = 0;
	bool is_plain = text.size > 2 && text.data[0] == '[';

	while (is_plain && (count == 0 || (rest.size > 1 && rest.data[0] == ','))) {
		struct view item;

		if (count > 0)
			rest = view_of(rest.data + 1, rest.size - 1);
		is_plain = count < PLAIN_ITEMS_MAX && take_plain_string(&item, &rest) &&
		           schema_value_from_string(&encoded, field->item, item, NULL) == ERR_OK;
		if (is_plain)
			ends[count++] = encoded.size;
	}
	is_plain = is_plain && rest.size == 1 && rest.data[0] == ']';
	for (size_t i = 0; is_plain && i < count; i++)
		items[i] = view_of(encoded.data + (i == 0 ? 0 : ends[i - 1]), ends[i] - (i == 0 ? 0 : ends[i - 1]));
	is_plain = is_plain && count <= field->items_max && write_items(out, field, items, count, NULL) == ERR_OK;
	bytes_release(&encoded);
	return is_plain;
}

/* Members under names that no schema knows: "#NUMBER": "HEX", as they were written out. */
static enum err
check_names(const struct schema_field *field, const struct json *json, struct err_info *info)
{
	void *position = NULL;
	struct view name;
	const struct json *value;

	while (json_next(json, &position, &name, &value)) {
		if (schema_field_by_name(field->object, name) == NULL)
			return err_set(info, ERR_RULE, _("field %.*s (%.*s): it has no member \"%.*s\""),
			               (int)field->name.size, (const char *)field->name.data, (int)field->title.zh.size,
			               (const char *)field->title.zh.data, (int)name.size, (const char *)name.data);
	}
	return ERR_OK;
}

enum err
schema_object_from_json(struct bytes *out, const struct schema_field *field, const struct json *json,
                        struct err_info *info)
{
	struct bytes members = {0};
	size_t count = 0;
	enum err err = check_names(field, json, info);

	for (size_t i = 0; err == ERR_OK && i < field->object->count; i++) {
		const struct schema_field *member = &field->object->fields[i];
		const struct json *value = json_member_view(json, member->name);
		size_t before = members.size;

		if (value != NULL && !schema_json_is_empty(value)) {
			err = codec_write_uint(&members, member->number, info);
			before = members.size;
			if (err == ERR_OK)
				err = schema_value_from_json(&members, member, value, info);
			count += err == ERR_OK && members.size > before ? 1U : 0U;
		}
		if (err == ERR_OK && members.size == before && member->is_required)
			err = schema_value_refuse(member, info, _("a value: it is required"), (struct view){0});
	}
	if (err == ERR_OK && count > 0)
		err = codec_write_map(out, count, info);
	if (err == ERR_OK && count > 0)
		err = bytes_append_view(out, bytes_view(&members), info);
	bytes_release(&members);
	return err;
}
