/* One record's writes on their way in or out, and the tables of fields that they stand in. */
#include <stdlib.h>
#include <string.h>

#include "delta/coding.h"
#include "schema/schema.h"

enum {
	WRITES_CAPACITY_MIN = 64,
	FIELDS_CAPACITY_MIN = 16,
	HISTORY_MASK = 3,
	COUNT_MAX = 3, /* of written fields that tell about the next */
};

enum err
delta_coding_bad(struct delta_coding *coding, const char *what)
{
	enum err err = column_state(coding->stream->column, coding->info);

	return err != ERR_OK ? err : err_set(coding->info, ERR_FORMAT, _("a row of a delta: %s"), what);
}

uint64_t
delta_coding_number(struct delta_coding *coding, struct column_place *place, enum delta_sort sort, uint64_t max,
                    uint64_t value)
{
	struct column_ask ask = {place, (unsigned)sort, 1, {1U + coding->is_added}};

	return column_number(coding->stream->column, &ask, max, value);
}

unsigned
delta_coding_symbol(struct delta_coding *coding, struct column_place *place, enum delta_sort sort, unsigned width,
                    unsigned value)
{
	struct column_ask ask = {place, (unsigned)sort, 1, {0}};

	return column_symbol(coding->stream->column, &ask, width, value);
}

/* the write at hand; NULL: there is none, or we are reading */
const struct delta_write *
delta_coding_at(const struct delta_coding *coding)
{
	return coding->stream->is_reading || coding->next >= coding->writes->count
	               ? NULL
	               : &coding->writes->items[coding->next];
}

/* Writing steps over the write at hand; reading keeps what was read. */
enum err
delta_coding_done(struct delta_coding *coding, const struct delta_write *write)
{
	struct delta_writes *writes = coding->writes;

	if (!coding->stream->is_reading) {
		coding->next++;
		return ERR_OK;
	}
	if (writes->count == LIMIT_DELTA_ROW_WRITES_MAX)
		return err_set(coding->info, ERR_TOO_BIG, _("a row writes more than %d registers"),
		               LIMIT_DELTA_ROW_WRITES_MAX);
	if (writes->count == writes->capacity) {
		size_t capacity = writes->capacity == 0 ? WRITES_CAPACITY_MIN : writes->capacity * 2;
		struct delta_write *items = realloc(writes->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(coding->info);
		writes->items = items;
		writes->capacity = capacity;
	}
	writes->items[writes->count++] = *write;
	return ERR_OK;
}

enum err
delta_coding_value(struct delta_coding *coding, struct column_place *place, struct view *out, struct view old)
{
	struct delta_stream *stream = coding->stream;

	column_value(stream->column, place, &stream->row.arena, out, old);
	stream->row_bytes += out->size;
	if (stream->row_bytes > LIMIT_RECORD_MERGED_BYTES_MAX)
		column_fail(stream->column, ERR_TOO_BIG, _("a row of a delta holds more than a record may"));
	return column_state(stream->column, coding->info);
}

/* --- fields --- */

static size_t
find_field(const struct delta_fields *fields, uint32_t key)
{
	size_t low = 0;
	size_t high = fields->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fields->items[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum err
add_field(struct delta_coding *coding, struct delta_fields *fields, uint32_t key, struct delta_field **out)
{
	size_t place = find_field(fields, key);

	if (fields->count == LIMIT_FIELDS_MAX * DELTA_REGISTERS)
		return err_set(coding->info, ERR_TOO_BIG, "%s", _("a delta speaks of too many fields"));
	if (fields->count == fields->capacity) {
		size_t capacity = fields->capacity == 0 ? FIELDS_CAPACITY_MIN : fields->capacity * 2;
		struct delta_field *items = realloc(fields->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(coding->info);
		fields->items = items;
		fields->capacity = capacity;
	}
	memmove(fields->items + place + 1, fields->items + place, (fields->count - place) * sizeof(*fields->items));
	fields->items[place] =
		(struct delta_field){.key = key, .place = column_child(coding->stream->column, fields->place, key)};
	fields->count++;
	*out = &fields->items[place];
	return column_state(coding->stream->column, coding->info);
}

static enum delta_register
register_of(const struct delta_write *write)
{
	switch (write->path.type) {
	case RECORD_ELEMENT:
		return DELTA_SET_OF;
	case RECORD_MEMBER:
	case RECORD_MEMBER_FIELD:
		return DELTA_LIST;
	case RECORD_EXISTENCE:
	case RECORD_FIELD:
	case RECORD_BUILT_IN:
	default:
		return DELTA_VALUE;
	}
}

/* the key of a write among the kind's fields, or (is_member) among those of a list's members; 0: of neither */
uint32_t
delta_coding_key(const struct delta_write *write, bool is_member)
{
	if (write == NULL || write->path.is_drop)
		return 0;
	if (is_member)
		return write->path.type == RECORD_MEMBER_FIELD ? write->path.sub : 0;
	if (write->path.type == RECORD_EXISTENCE || write->path.type == RECORD_BUILT_IN)
		return 0;
	return DELTA_REGISTERS * write->path.field + (uint32_t)register_of(write);
}

static void
describe(struct delta_coding *coding, struct delta_field *field, const struct schema_object *object)
{
	const struct schema_field *schema =
		object == NULL ? NULL : schema_field_by_number(object, field->key / DELTA_REGISTERS);
	struct column_place *element;

	if (schema == NULL)
		return;
	if (field->key % DELTA_REGISTERS == DELTA_VALUE) {
		column_describe(field->place, schema);
		return;
	}
	element = column_child(coding->stream->column, field->place, DELTA_PLACE_ELEMENT);
	column_describe(element, field->key % DELTA_REGISTERS == DELTA_LIST ? schema->key_field : schema->item);
}

/* what the schema says of the members of a list; NULL: nothing */
static const struct schema_object *
members_of(const struct delta_coding *coding, const struct delta_field *list)
{
	const struct schema_kind *kind = coding->kind->schema;
	const struct schema_field *field =
		kind == NULL ? NULL : schema_field_by_number(&kind->object, list->key / DELTA_REGISTERS);

	return field == NULL || field->item == NULL ? NULL : field->item->object;
}

static enum err
new_field(struct delta_coding *coding, struct delta_fields *fields, const struct delta_field *list, uint32_t key)
{
	struct delta_field *field;
	const struct delta_write *write = delta_coding_at(coding);
	enum err err = add_field(coding, fields, key, &field);

	if (err != ERR_OK)
		return err;
	if (list != NULL) {
		const struct schema_object *object = members_of(coding, list);

		column_describe(field->place, object == NULL ? NULL : schema_field_by_number(object, key));
		return ERR_OK;
	}
	describe(coding, field, coding->kind->schema == NULL ? NULL : &coding->kind->schema->object);
	if (key % DELTA_REGISTERS != DELTA_LIST)
		return ERR_OK;
	field->members = calloc(1, sizeof(*field->members));
	if (field->members == NULL)
		return err_nomem(coding->info);
	field->members->place = field->place;
	field->key_field =
		(uint32_t)delta_coding_number(coding, fields->place, DELTA_SORT_NEW_FIELD, LIMIT_FIELD_NUMBER_MAX,
	                                      write == NULL ? 0 : write->path.key_field);
	return column_state(coding->stream->column, coding->info);
}

/* the next key behind `last` that the writes from coding->next on have and the table has not; 0: none */
static uint32_t
next_new(struct delta_coding *coding, const struct delta_fields *fields, bool is_member, uint32_t last)
{
	for (uint32_t key; (key = delta_coding_key(delta_coding_at(coding), is_member)) != 0; coding->next++) {
		size_t place;

		if (key <= last)
			continue;
		place = find_field(fields, key);
		if (place == fields->count || fields->items[place].key != key)
			return key;
	}
	return 0;
}

/* Fields that the table does not know yet are told first: how many, and by what steps their keys ascend. */
enum err
delta_coding_new_fields(struct delta_coding *coding, struct delta_fields *fields, const struct delta_field *list)
{
	size_t start = coding->next;
	bool is_member = list != NULL;
	uint64_t max =
		is_member ? LIMIT_FIELD_NUMBER_MAX : DELTA_REGISTERS * (uint64_t)LIMIT_FIELD_NUMBER_MAX + DELTA_LIST;
	uint64_t count = 0;
	uint32_t last = 0;
	enum err err = ERR_OK;

	for (uint32_t key = 0; (key = next_new(coding, fields, is_member, key)) != 0;)
		count++;
	coding->next = start;
	count = delta_coding_number(coding, fields->place, DELTA_SORT_NEW_FIELDS, LIMIT_DELTA_PLACES_MAX, count);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		uint32_t key = next_new(coding, fields, is_member, last);
		size_t place;

		key = last + (uint32_t)delta_coding_number(coding, fields->place, DELTA_SORT_NEW_FIELD, max - last,
		                                           key - last);
		place = find_field(fields, key);
		if (key == last || key < (is_member ? 1U : (unsigned)DELTA_REGISTERS) ||
		    (place < fields->count && fields->items[place].key == key))
			return delta_coding_bad(coding, _("a field is told that is none, or was told before"));
		err = new_field(coding, fields, list, key);
		last = key;
	}
	coding->next = start;
	return err;
}

/* whether a field is written */
bool
delta_coding_is_written(struct delta_coding *coding, struct delta_field *field, bool is_there, unsigned count)
{
	uint32_t told = coding->is_added ? 4 + (field->history & HISTORY_MASK) : count < COUNT_MAX ? count : COUNT_MAX;
	struct column_ask ask = {field->place, DELTA_SORT_WRITTEN, 2, {told, 8U + coding->is_added}};

	is_there = column_symbol(coding->stream->column, &ask, 1, is_there) != 0;
	if (coding->is_added)
		field->history = field->history << 1 | is_there;
	return is_there;
}

/* --- values --- */

bool
delta_coding_is_cleared(struct delta_coding *coding, struct column_place *place, const struct delta_write *write)
{
	return delta_coding_symbol(coding, place, DELTA_SORT_CLEARED, 1, write != NULL && write->act == DELTA_CLEAR) !=
	       0;
}
