#include "record/record.h"

#include <assert.h>
#include <string.h>

#include "codec/codec.h"
#include "schema/schema.h"

enum {
	MEMBERS_MIN = 3, /* kind, version, fields */
	MEMBERS_MAX = 4, /* and built-in sets */
	FIELDS_CAPACITY_MIN = 16,
	ACCEPTED_MEMBERS = 2,
	/* msgpack: below and from these first bytes on, one byte is a whole integer */
	FIXINT_END = 0x80,
	NEGATIVE_FIXINT = 0xe0,
};

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("this is no record: %s"), what);
}

/* --- values --- */

static enum err
read_value(struct codec_reader *reader, struct view *out, struct err_info *info)
{
	/* the usual small numbers need no walk: one byte is the value */
	if (reader->position < reader->view.size) {
		const uint8_t *at = reader->view.data + reader->position;

		if (*at < FIXINT_END || *at >= NEGATIVE_FIXINT) {
			reader->position++;
			*out = view_of(at, 1);
			return ERR_OK;
		}
	}
	return codec_read_value(out, reader, info);
}

enum err
record_value_take(struct view *rest, struct view *out, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(*rest);
	enum err err = read_value(&reader, out, info);

	if (err != ERR_OK)
		return err;
	rest->data += out->size;
	rest->size -= out->size;
	return ERR_OK;
}

/* --- built-in sets --- */

const char *
record_built_in_name(enum record_built_in set)
{
	static const char *const NAMES[] = {"distinct", "was", "accepted"};

	return NAMES[set - 1];
}

static enum err
check_accepted(struct codec_reader *reader, struct err_info *info)
{
	struct view rule;
	uint8_t digest[DIGEST_BYTES];
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err == ERR_OK && count != ACCEPTED_MEMBERS)
		return bad(info, _("an accepted rule is not a rule and a digest"));
	if (err == ERR_OK)
		err = codec_read_str_max(&rule, reader, LIMIT_NAME_BYTES_MAX, info);
	if (err == ERR_OK && rule.size == 0)
		return bad(info, _("an accepted rule has no name"));
	return err != ERR_OK ? err : codec_read_bin_exact(digest, sizeof(digest), reader, info);
}

/* one element at the reader's place */
static enum err
check_element(struct codec_reader *reader, enum record_built_in set, struct err_info *info)
{
	uint8_t id[ID_BYTES];

	if (set == RECORD_ACCEPTED)
		return check_accepted(reader, info);
	return codec_read_bin_exact(id, sizeof(id), reader, info);
}

enum err
record_built_in_check(enum record_built_in set, struct view element, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(element);
	enum err err = check_element(&reader, set, info);

	return err != ERR_OK ? err : codec_end(&reader, info);
}

static struct view
view_since(const struct codec_reader *reader, size_t start)
{
	return view_of(reader->view.data + start, reader->position - start);
}

static enum err
read_set(struct codec_reader *reader, enum record_built_in set, struct view *out, struct err_info *info)
{
	size_t start = reader->position;
	struct view last = {0};
	size_t count;
	enum err err = codec_read_array(&count, reader, info);

	if (err != ERR_OK)
		return err;
	if (count == 0)
		return bad(info, _("an empty built-in set is stored"));
	if (count > LIMIT_ARRAY_ITEMS_MERGED_MAX)
		return err_set(info, ERR_TOO_BIG, _("a built-in set has %zu elements, at most %d are taken"), count,
		               LIMIT_ARRAY_ITEMS_MERGED_MAX);
	for (size_t i = 0; i < count; i++) {
		size_t at = reader->position;
		struct view element;

		err = check_element(reader, set, info);
		if (err != ERR_OK)
			return err;
		element = view_since(reader, at);
		if (i > 0 && view_compare(last, element) >= 0)
			return bad(info, _("a built-in set is not sorted, or holds an element twice"));
		last = element;
	}
	*out = view_since(reader, start);
	return ERR_OK;
}

static enum err
read_built_in(struct record *record, struct codec_reader *reader, struct err_info *info)
{
	uint32_t set = 0;
	size_t count;
	enum err err = codec_read_map(&count, reader, info);

	if (err != ERR_OK)
		return err;
	if (count == 0)
		return bad(info, _("it says that it has built-in sets and has none"));
	for (size_t i = 0; i < count; i++) {
		err = codec_read_key(&set, reader, i, info);
		if (err == ERR_OK && (set == 0 || set > RECORD_BUILT_INS))
			return bad(info, _("a built-in set that does not exist"));
		if (err == ERR_OK)
			err = read_set(reader, (enum record_built_in)set, &record->built_in[set], info);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* --- reading --- */

static enum err
read_fields(struct record *record, struct arena *arena, struct codec_reader *reader, struct err_info *info)
{
	uint32_t number = 0;
	size_t count;
	enum err err = codec_read_map(&count, reader, info);

	if (err != ERR_OK)
		return err;
	if (count > LIMIT_FIELDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a record has %zu fields, at most %d are taken"), count,
		               LIMIT_FIELDS_MAX);
	record->fields = arena_get(arena, count * sizeof(*record->fields));
	if (record->fields == NULL)
		return err_nomem(info);
	record->field_capacity = count;
	for (size_t i = 0; i < count; i++) {
		err = codec_read_key(&number, reader, i, info);
		if (err == ERR_OK && (number == 0 || number > LIMIT_FIELD_NUMBER_MAX))
			return err_set(info, ERR_TOO_BIG, _("a record has field %lu, they are 1 to %d"),
			               (unsigned long)number, LIMIT_FIELD_NUMBER_MAX);
		if (err == ERR_OK)
			err = read_value(reader, &record->fields[i].value, info);
		if (err != ERR_OK)
			return err;
		record->fields[i].number = number;
	}
	record->field_count = count;
	return ERR_OK;
}

enum err
record_read(struct record *out, struct arena *arena, struct view plaintext, size_t size_max, struct err_info *info)
{
	struct codec_reader reader = codec_reader_of(plaintext);
	struct record record = {0};
	uint64_t version = 0;
	size_t members = 0;
	enum err err;

	if (plaintext.size > size_max)
		return err_set(info, ERR_TOO_BIG, _("a record has %zu bytes, at most %zu are taken"), plaintext.size,
		               size_max);
	err = codec_read_array(&members, &reader, info);
	if (err == ERR_OK && (members < MEMBERS_MIN || members > MEMBERS_MAX))
		return bad(info, _("it is not kind, version and fields"));
	if (err == ERR_OK)
		err = codec_read_str_max(&record.kind, &reader, LIMIT_NAME_BYTES_MAX, info);
	if (err == ERR_OK && record.kind.size == 0)
		return bad(info, _("its kind has no name"));
	if (err == ERR_OK)
		err = codec_read_uint_max(&version, &reader, UINT32_MAX, info);
	if (err == ERR_OK)
		err = read_fields(&record, arena, &reader, info);
	if (err == ERR_OK && members == MEMBERS_MAX)
		err = read_built_in(&record, &reader, info);
	if (err == ERR_OK)
		err = codec_end(&reader, info);
	if (err != ERR_OK)
		return err;
	record.schema_version = (uint32_t)version;
	*out = record;
	return ERR_OK;
}

/* --- writing --- */

static size_t
count_built_in(const struct record *record)
{
	size_t count = 0;

	for (size_t set = 1; set <= RECORD_BUILT_INS; set++)
		count += record->built_in[set].size > 0;
	return count;
}

static enum err
write_head(struct bytes *out, const struct record *record, size_t built_in_count, struct err_info *info)
{
	enum err err = codec_write_array(out, built_in_count > 0 ? MEMBERS_MAX : MEMBERS_MIN, info);

	if (err == ERR_OK)
		err = codec_write_str(out, record->kind, info);
	if (err == ERR_OK)
		err = codec_write_uint(out, record->schema_version, info);
	return err != ERR_OK ? err : codec_write_map(out, record->field_count, info);
}

static enum err
write_built_in(struct bytes *out, const struct record *record, size_t count, struct err_info *info)
{
	enum err err = count > 0 ? codec_write_map(out, count, info) : ERR_OK;

	for (size_t set = 1; err == ERR_OK && set <= RECORD_BUILT_INS; set++) {
		if (record->built_in[set].size == 0)
			continue;
		err = codec_write_uint(out, set, info);
		if (err == ERR_OK)
			err = bytes_append_view(out, record->built_in[set], info);
	}
	return err;
}

enum err
record_write(struct bytes *out, const struct record *record, size_t size_max, struct err_info *info)
{
	size_t start = out->size;
	size_t built_in_count = count_built_in(record);
	enum err err = write_head(out, record, built_in_count, info);

	for (size_t i = 0; err == ERR_OK && i < record->field_count; i++) {
		err = codec_write_uint(out, record->fields[i].number, info);
		if (err == ERR_OK)
			err = bytes_append_view(out, record->fields[i].value, info);
	}
	if (err == ERR_OK)
		err = write_built_in(out, record, built_in_count, info);
	if (err == ERR_OK && out->size - start > size_max)
		err = err_set(info, ERR_TOO_BIG, _("a record would have %zu bytes, at most %zu are taken"),
		              out->size - start, size_max);
	if (err != ERR_OK)
		out->size = start;
	return err;
}

/* --- fields --- */

/* the first field whose number is not below `number` */
static size_t
find_place(const struct record *record, uint32_t number)
{
	size_t low = 0;
	size_t high = record->field_count;

	if (high == 0 || record->fields[high - 1].number < number) /* mostly they come in their order */
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (record->fields[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct view
record_get(const struct record *record, uint32_t number)
{
	size_t place = find_place(record, number);

	if (place == record->field_count || record->fields[place].number != number)
		return (struct view){0};
	return record->fields[place].value;
}

static enum err
make_room(struct record *record, struct arena *arena, struct err_info *info)
{
	size_t capacity =
		record->field_capacity < FIELDS_CAPACITY_MIN ? FIELDS_CAPACITY_MIN : record->field_capacity * 2;
	struct schema_slice *fields;

	if (record->field_count == LIMIT_FIELDS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a record has %d fields, and no more are taken"), LIMIT_FIELDS_MAX);
	if (record->field_count < record->field_capacity)
		return ERR_OK;
	fields = arena_get(arena, capacity * sizeof(*fields));
	if (fields == NULL)
		return err_nomem(info);
	if (record->field_count > 0)
		memcpy(fields, record->fields, record->field_count * sizeof(*fields));
	record->fields = fields;
	record->field_capacity = capacity;
	return ERR_OK;
}

enum err
record_set(struct record *record, struct arena *arena, uint32_t number, struct view value, struct err_info *info)
{
	size_t place = find_place(record, number);
	bool is_there = place < record->field_count && record->fields[place].number == number;
	enum err err;

	assert(number >= 1 && number <= LIMIT_FIELD_NUMBER_MAX);
	if (value.size == 0) {
		if (is_there) {
			record->field_count--;
			memmove(record->fields + place, record->fields + place + 1,
			        (record->field_count - place) * sizeof(*record->fields));
		}
		return ERR_OK;
	}
	if (!is_there) {
		err = make_room(record, arena, info);
		if (err != ERR_OK)
			return err;
		if (place < record->field_count)
			memmove(record->fields + place + 1, record->fields + place,
			        (record->field_count - place) * sizeof(*record->fields));
		record->field_count++;
	}
	record->fields[place] = (struct schema_slice){number, value};
	return ERR_OK;
}

static bool
copy_view(struct arena *arena, struct view *view)
{
	if (view->size == 0)
		return true;
	view->data = arena_copy(arena, *view);
	return view->data != NULL;
}

enum err
record_copy(struct record *out, struct arena *arena, const struct record *record, struct err_info *info)
{
	struct record copy = *record;
	bool has_memory = copy_view(arena, &copy.kind);

	copy.fields = arena_get(arena, record->field_count * sizeof(*copy.fields));
	copy.field_capacity = record->field_count;
	if (copy.fields == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < record->field_count; i++) {
		copy.fields[i] = record->fields[i];
		has_memory = has_memory && copy_view(arena, &copy.fields[i].value);
	}
	for (size_t set = 1; set <= RECORD_BUILT_INS; set++)
		has_memory = has_memory && copy_view(arena, &copy.built_in[set]);
	if (!has_memory)
		return err_nomem(info);
	*out = copy;
	return ERR_OK;
}

bool
record_equal(const struct record *a, const struct record *b)
{
	if (!view_equal(a->kind, b->kind) || a->schema_version != b->schema_version || a->field_count != b->field_count)
		return false;
	for (size_t i = 0; i < a->field_count; i++) {
		if (a->fields[i].number != b->fields[i].number || !view_equal(a->fields[i].value, b->fields[i].value))
			return false;
	}
	for (size_t set = 1; set <= RECORD_BUILT_INS; set++) {
		if (!view_equal(a->built_in[set], b->built_in[set]))
			return false;
	}
	return true;
}
