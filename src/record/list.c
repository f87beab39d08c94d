#include "record/list.h"

#include "codec/codec.h"
#include "schema/schema.h"

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("a value is not what its field demands: %s"), what);
}

static enum err
read_count(size_t *count_out, struct codec_reader *reader, struct err_info *info)
{
	size_t count = 0;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK && count > LIMIT_ARRAY_ITEMS_MERGED_MAX)
		return err_set(info, ERR_TOO_BIG, _("a list has %zu members, at most %d are taken"), count,
		               LIMIT_ARRAY_ITEMS_MERGED_MAX);
	*count_out = count;
	return err;
}

enum err
record_items_read(struct record_items *out, struct arena *arena, struct view value, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	struct record_items set = {0};
	enum err err;

	if (value.size == 0) {
		*out = set;
		return ERR_OK;
	}
	if (codec_peek_type(&reader) != CODEC_ARRAY)
		return bad(info, _("it is no list"));
	err = read_count(&set.count, &reader, info);
	if (err != ERR_OK)
		return err;
	set.items = arena_get(arena, set.count * sizeof(*set.items));
	if (set.items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < set.count; i++) {
		err = codec_read_value(&set.items[i], &reader, info);
		if (err != ERR_OK)
			return err;
		if (i > 0 && view_compare(set.items[i - 1], set.items[i]) >= 0)
			return bad(info, _("a set is not sorted, or holds an element twice"));
	}
	*out = set;
	return ERR_OK;
}

/* hand the bytes over to the arena; put together they must still be a value (depth) */
static enum err
keep(struct view *out, struct arena *arena, const struct bytes *encoded, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(bytes_view(encoded));
	struct view value;
	const uint8_t *copy;
	enum err err = codec_read_value(&value, &reader, info);

	if (err != ERR_OK)
		return err;
	copy = arena_copy(arena, value);
	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, encoded->size);
	return ERR_OK;
}

static enum err
write_count(struct bytes *encoded, size_t count, struct err_info *info)
{
	if (count > LIMIT_ARRAY_ITEMS_MERGED_MAX)
		return err_set(info, ERR_TOO_BIG, _("a list would have %zu members, at most %d are taken"), count,
		               LIMIT_ARRAY_ITEMS_MERGED_MAX);
	return codec_write_array(encoded, count, info);
}

enum err
record_items_write(struct view *out, struct arena *arena, const struct record_items *items, struct err_info *info)
{
	struct bytes encoded = {0};
	enum err err;

	if (items->count == 0) {
		*out = (struct view){0};
		return ERR_OK;
	}
	err = write_count(&encoded, items->count, info);
	for (size_t i = 0; err == ERR_OK && i < items->count; i++)
		err = bytes_append_view(&encoded, items->items[i], info);
	if (err == ERR_OK)
		err = keep(out, arena, &encoded, info);
	bytes_release(&encoded);
	return err;
}

/* --- members --- */

static enum err
read_member(struct record_member *out, struct arena *arena, struct codec_reader *reader, uint32_t key_field,
            struct err_info *info)
{
	size_t start = reader->position;
	struct record_member member = {0};
	uint32_t number = 0;
	enum err err;

	if (codec_peek_type(reader) != CODEC_MAP)
		return bad(info, _("a member of a keyed list is no map"));
	err = codec_read_map(&member.field_count, reader, info);
	if (err != ERR_OK)
		return err;
	if (member.field_count > LIMIT_FIELDS_MAX)
		return bad(info, _("a member of a keyed list has too many fields"));
	member.fields = arena_get(arena, member.field_count * sizeof(*member.fields));
	if (member.fields == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < member.field_count; i++) {
		err = codec_read_key(&number, reader, i, info);
		if (err == ERR_OK)
			err = codec_read_value(&member.fields[i].value, reader, info);
		if (err != ERR_OK)
			return err;
		if (number == 0 || number > LIMIT_FIELD_NUMBER_MAX)
			return bad(info, _("a member has a field that cannot be"));
		member.fields[i].number = number;
		if (number == key_field)
			member.key = member.fields[i].value;
	}
	if (member.key.size == 0)
		return bad(info, _("a member of a keyed list has no key"));
	member.whole = view_of(reader->view.data + start, reader->position - start);
	*out = member;
	return ERR_OK;
}

enum err
record_members_read(struct record_members *out, struct arena *arena, struct view value, uint32_t key_field,
                    struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(value);
	struct record_members members = {0};
	enum err err;

	if (value.size == 0) {
		*out = members;
		return ERR_OK;
	}
	if (codec_peek_type(&reader) != CODEC_ARRAY)
		return bad(info, _("it is no list"));
	err = read_count(&members.count, &reader, info);
	if (err != ERR_OK)
		return err;
	members.items = arena_get(arena, members.count * sizeof(*members.items));
	if (members.items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < members.count; i++) {
		err = read_member(&members.items[i], arena, &reader, key_field, info);
		if (err != ERR_OK)
			return err;
		if (i > 0 && view_compare(members.items[i - 1].key, members.items[i].key) >= 0)
			return bad(info, _("a keyed list is not sorted by key, or holds a key twice"));
	}
	*out = members;
	return ERR_OK;
}

static enum err
write_member(struct bytes *encoded, const struct record_member *member, struct err_info *info)
{
	enum err err;

	if (member->whole.size > 0)
		return bytes_append_view(encoded, member->whole, info);
	err = codec_write_map(encoded, member->field_count, info);
	for (size_t i = 0; err == ERR_OK && i < member->field_count; i++) {
		err = codec_write_uint(encoded, member->fields[i].number, info);
		if (err == ERR_OK)
			err = bytes_append_view(encoded, member->fields[i].value, info);
	}
	return err;
}

enum err
record_members_write(struct view *out, struct arena *arena, const struct record_members *members, struct err_info *info)
{
	struct bytes encoded = {0};
	enum err err;

	if (members->count == 0) {
		*out = (struct view){0};
		return ERR_OK;
	}
	err = write_count(&encoded, members->count, info);
	for (size_t i = 0; err == ERR_OK && i < members->count; i++)
		err = write_member(&encoded, &members->items[i], info);
	if (err == ERR_OK)
		err = keep(out, arena, &encoded, info);
	bytes_release(&encoded);
	return err;
}
