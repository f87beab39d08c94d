/* The writes of one record: which fields, then what is written in each. */
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "delta/stream.h"
#include "record/list.h"
#include "schema/schema.h"

enum {
	WRITES_CAPACITY_MIN = 64,
	FIELDS_CAPACITY_MIN = 16,
	ELEMENT = 0, /* key of the place of a set's elements, and of a list's keys */
	HISTORY_MASK = 3,
	COUNT_MAX = 3, /* of written fields that tell about the next */
	EXISTENCE_BITS = 2,
	EXISTENCE_NONE = 0,
	EXISTENCE_ADD = 1,
	EXISTENCE_KEEP = 2,
	MEMBER_BITS = 2,
	MEMBER_NONE = 0,
	MEMBER_ADD = 1,
	MEMBER_CLEAR = 2,
	MEMBER_KEEP = 3,
	BUILT_IN_BITS = 2,
	PATH_BITS = 3,
};

/* one record's writes, on their way in or out */
struct coding {
	struct delta_stream *stream;
	struct delta_kind *kind;
	struct delta_writes *writes; /* writing: given; reading: stream->writes */
	size_t next;                 /* writing: the first one not yet said */
	const struct record *old;    /* or NULL */
	bool is_added;
	struct err_info *info;
};

static enum err
bad(struct coding *coding, const char *what)
{
	enum err err = column_state(coding->stream->column, coding->info);

	return err != ERR_OK ? err : err_set(coding->info, ERR_FORMAT, _("a row of a delta: %s"), what);
}

static uint64_t
number(struct coding *coding, struct column_place *place, enum delta_sort sort, uint64_t max, uint64_t value)
{
	struct column_ask ask = {place, (unsigned)sort, 1, {1U + coding->is_added}};

	return column_number(coding->stream->column, &ask, max, value);
}

static unsigned
symbol(struct coding *coding, struct column_place *place, enum delta_sort sort, unsigned width, unsigned value)
{
	struct column_ask ask = {place, (unsigned)sort, 1, {0}};

	return column_symbol(coding->stream->column, &ask, width, value);
}

/* the write at hand; NULL: there is none, or we are reading */
static const struct delta_write *
at(const struct coding *coding)
{
	return coding->stream->is_reading || coding->next >= coding->writes->count
	               ? NULL
	               : &coding->writes->items[coding->next];
}

/* Writing steps over the write at hand; reading keeps what was read. */
static enum err
done(struct coding *coding, const struct delta_write *write)
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

static enum err
value(struct coding *coding, struct column_place *place, struct view *out, struct view old)
{
	struct delta_stream *stream = coding->stream;

	column_value(stream->column, place, &stream->row_arena, out, old);
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
add_field(struct coding *coding, struct delta_fields *fields, uint32_t key, struct delta_field **out)
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
static uint32_t
key_of(const struct delta_write *write, bool is_member)
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
describe(struct coding *coding, struct delta_field *field, const struct schema_object *object)
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
	element = column_child(coding->stream->column, field->place, ELEMENT);
	column_describe(element, field->key % DELTA_REGISTERS == DELTA_LIST ? schema->key_field : schema->item);
}

/* what the schema says of the members of a list; NULL: nothing */
static const struct schema_object *
members_of(const struct coding *coding, const struct delta_field *list)
{
	const struct schema_kind *kind = coding->kind->schema;
	const struct schema_field *field =
		kind == NULL ? NULL : schema_field_by_number(&kind->object, list->key / DELTA_REGISTERS);

	return field == NULL || field->item == NULL ? NULL : field->item->object;
}

static enum err
new_field(struct coding *coding, struct delta_fields *fields, const struct delta_field *list, uint32_t key)
{
	struct delta_field *field;
	const struct delta_write *write = at(coding);
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
	field->key_field = (uint32_t)number(coding, fields->place, DELTA_SORT_NEW_FIELD, LIMIT_FIELD_NUMBER_MAX,
	                                    write == NULL ? 0 : write->path.key_field);
	return column_state(coding->stream->column, coding->info);
}

/* the next key behind `last` that the writes from coding->next on have and the table has not; 0: none */
static uint32_t
next_new(struct coding *coding, const struct delta_fields *fields, bool is_member, uint32_t last)
{
	for (uint32_t key; (key = key_of(at(coding), is_member)) != 0; coding->next++) {
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
static enum err
new_fields(struct coding *coding, struct delta_fields *fields, const struct delta_field *list)
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
	count = number(coding, fields->place, DELTA_SORT_NEW_FIELDS, LIMIT_DELTA_PLACES_MAX, count);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		uint32_t key = next_new(coding, fields, is_member, last);
		size_t place;

		key = last + (uint32_t)number(coding, fields->place, DELTA_SORT_NEW_FIELD, max - last, key - last);
		place = find_field(fields, key);
		if (key == last || key < (is_member ? 1U : (unsigned)DELTA_REGISTERS) ||
		    (place < fields->count && fields->items[place].key == key))
			return bad(coding, _("a field is told that is none, or was told before"));
		err = new_field(coding, fields, list, key);
		last = key;
	}
	coding->next = start;
	return err;
}

/* whether a field is written */
static bool
is_written(struct coding *coding, struct delta_field *field, bool is_there, unsigned count)
{
	uint32_t told = coding->is_added ? 4 + (field->history & HISTORY_MASK) : count < COUNT_MAX ? count : COUNT_MAX;
	struct column_ask ask = {field->place, DELTA_SORT_WRITTEN, 2, {told, 8U + coding->is_added}};

	is_there = column_symbol(coding->stream->column, &ask, 1, is_there) != 0;
	if (coding->is_added)
		field->history = field->history << 1 | is_there;
	return is_there;
}

/* --- whole values --- */

static bool
is_cleared(struct coding *coding, struct column_place *place, const struct delta_write *write)
{
	return symbol(coding, place, DELTA_SORT_CLEARED, 1, write != NULL && write->act == DELTA_CLEAR) != 0;
}

static enum err
whole(struct coding *coding, struct delta_field *field, struct view old)
{
	const struct delta_write *given = at(coding);
	struct delta_write write = {.path = {.type = RECORD_FIELD, .field = field->key / DELTA_REGISTERS}};
	enum err err;

	if (given != NULL)
		write = *given;
	else
		write.act = DELTA_SET;
	if (!coding->is_added && is_cleared(coding, field->place, given)) {
		write.act = DELTA_CLEAR;
		return done(coding, &write);
	}
	err = value(coding, field->place, &write.value, old);
	if (err != ERR_OK)
		return err;
	column_know(coding->stream->column, field->place, write.value, true);
	return done(coding, &write);
}

/* --- sets --- */

static size_t
count_elements(const struct coding *coding, uint32_t field)
{
	size_t end = coding->next;

	while (!coding->stream->is_reading && end < coding->writes->count &&
	       coding->writes->items[end].path.type == RECORD_ELEMENT && !coding->writes->items[end].path.is_drop &&
	       coding->writes->items[end].path.field == field)
		end++;
	return end - coding->next;
}

static enum err
set(struct coding *coding, struct delta_field *field)
{
	struct column_place *element = column_child(coding->stream->column, field->place, ELEMENT);
	uint32_t name = field->key / DELTA_REGISTERS;
	uint64_t count = number(coding, field->place, DELTA_SORT_COUNT, LIMIT_DELTA_ROW_WRITES_MAX,
	                        count_elements(coding, name));
	enum err err = count == 0 ? bad(coding, _("a set is written in which nothing is")) : ERR_OK;

	if (coding->is_added)
		column_know_number(coding->stream->column, field->place, (int64_t)count);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		const struct delta_write *given = at(coding);
		struct delta_write write = {.path = {.type = RECORD_ELEMENT, .field = name}, .act = DELTA_ADD};

		if (given != NULL)
			write = *given;
		if (!coding->is_added)
			write.act = symbol(coding, field->place, DELTA_SORT_ACT, 1, write.act == DELTA_CLEAR) != 0
			                    ? DELTA_CLEAR
			                    : DELTA_ADD;
		err = value(coding, element, &write.path.key, (struct view){0});
		if (err == ERR_OK)
			err = done(coding, &write);
	}
	return err;
}

/* --- lists --- */

struct list {
	struct delta_field *field;
	uint32_t name; /* number of the list */
	struct record_members old;
	size_t next_old; /* members before it were named, or passed over */
};

static bool
is_of_list(const struct delta_write *write, uint32_t name)
{
	return write != NULL && !write->path.is_drop && write->path.field == name &&
	       (write->path.type == RECORD_MEMBER || write->path.type == RECORD_MEMBER_FIELD);
}

static size_t
count_members(const struct coding *coding, uint32_t name)
{
	const struct delta_write *items = coding->stream->is_reading ? NULL : coding->writes->items;
	size_t count = 0;

	for (size_t i = coding->next; items != NULL && i < coding->writes->count && is_of_list(&items[i], name); i++)
		count += i == coding->next || !view_equal(items[i].path.key, items[i - 1].path.key);
	return count;
}

static size_t
find_member(const struct record_members *members, struct view key)
{
	size_t i = 0;

	while (i < members->count && !view_equal(members->items[i].key, key))
		i++;
	return i;
}

/* the key is copied: whoever takes the row may ask for another record and so let go of this one */
static enum err
use_old(struct coding *coding, struct list *list, size_t index, struct record_path *path,
        const struct record_member **member_out)
{
	const struct record_member *member = &list->old.items[index];
	const uint8_t *copy = arena_copy(&coding->stream->row_arena, member->key);

	if (copy == NULL)
		return err_nomem(coding->info);
	path->key = view_of(copy, member->key.size);
	list->next_old = index + 1;
	*member_out = member;
	return ERR_OK;
}

/* A member that was there is named by its place in the list, another one by its key; *member_out: what it was, or NULL. */
static enum err
name_member(struct coding *coding, struct list *list, struct record_path *path, const struct record_member **member_out)
{
	struct column_place *place = list->field->place;
	size_t left = list->old.count - list->next_old;
	size_t index = coding->stream->is_reading ? 0 : find_member(&list->old, path->key);
	enum err err;

	*member_out = NULL;
	if (left > 0 && symbol(coding, place, DELTA_SORT_OLD, 1, index < list->old.count) != 0) {
		index = list->next_old +
		        (size_t)number(coding, place, DELTA_SORT_OLD, left - 1, index - list->next_old);
		err = column_state(coding->stream->column, coding->info);
		if (err != ERR_OK)
			return err;
		return use_old(coding, list, index, path, member_out);
	}
	err = value(coding, column_child(coding->stream->column, place, ELEMENT), &path->key, (struct view){0});
	if (err == ERR_OK && find_member(&list->old, path->key) < list->old.count)
		err = bad(coding, _("a member that was there is named by its key"));
	return err;
}

static struct view
member_value(const struct record_member *member, uint32_t number)
{
	for (size_t i = 0; member != NULL && i < member->field_count; i++) {
		if (member->fields[i].number == number)
			return member->fields[i].value;
	}
	return (struct view){0};
}

static enum err
member_fields(struct coding *coding, struct list *list, const struct record_path *path, bool is_new,
              const struct record_member *member)
{
	struct delta_fields *fields = list->field->members;
	unsigned count = 0;
	enum err err = new_fields(coding, fields, list->field);

	for (size_t i = 0; err == ERR_OK && i < fields->count; i++) {
		struct delta_field *field = &fields->items[i];
		const struct delta_write *given = at(coding);
		bool is_here = given != NULL && is_of_list(given, list->name) &&
		               view_equal(given->path.key, path->key) && key_of(given, true) == field->key;
		struct delta_write write = {.path = *path, .act = DELTA_SET};

		if (!is_written(coding, field, is_here, count))
			continue;
		count++;
		write.path.type = RECORD_MEMBER_FIELD;
		write.path.sub = field->key;
		if (given != NULL)
			write.value = given->value;
		if (!is_new && is_cleared(coding, field->place, given)) {
			write.act = DELTA_CLEAR;
			err = done(coding, &write);
			continue;
		}
		err = value(coding, field->place, &write.value, member_value(member, field->key));
		if (err == ERR_OK)
			err = done(coding, &write);
	}
	return err;
}

static unsigned
member_act(const struct delta_write *write)
{
	if (write == NULL || write->path.type != RECORD_MEMBER)
		return MEMBER_NONE;
	return write->act == DELTA_ADD ? MEMBER_ADD : write->act == DELTA_CLEAR ? MEMBER_CLEAR : MEMBER_KEEP;
}

static enum err
member(struct coding *coding, struct list *list)
{
	static const enum delta_act ACTS[] = {DELTA_SET, DELTA_ADD, DELTA_CLEAR, DELTA_KEEP};
	const struct delta_write *given = at(coding);
	struct delta_write write = {.path = {.type = RECORD_MEMBER, .field = list->name}};
	const struct record_member *was;
	unsigned act = member_act(given);
	enum err err;

	if (given != NULL)
		write.path.key = given->path.key;
	write.path.key_field = list->field->key_field;
	if (given != NULL && given->path.key_field != list->field->key_field)
		return bad(coding, _("the members of one list have two key fields"));
	err = name_member(coding, list, &write.path, &was);
	if (err != ERR_OK)
		return err;
	act = coding->is_added ? MEMBER_ADD : symbol(coding, list->field->place, DELTA_SORT_ACT, MEMBER_BITS, act);
	write.act = ACTS[act];
	if (act != MEMBER_NONE)
		err = done(coding, &write);
	if (err != ERR_OK || act == MEMBER_CLEAR)
		return err;
	return member_fields(coding, list, &write.path, act == MEMBER_ADD, was);
}

static enum err
list(struct coding *coding, struct delta_field *field, struct view old)
{
	struct list list = {.field = field, .name = field->key / DELTA_REGISTERS};
	uint64_t count = number(coding, field->place, DELTA_SORT_COUNT, LIMIT_DELTA_ROW_WRITES_MAX,
	                        count_members(coding, list.name));
	enum err err = count == 0 ? bad(coding, _("a list is written in which nothing is")) : ERR_OK;

	if (coding->is_added)
		column_know_number(coding->stream->column, field->place, (int64_t)count);
	if (err == ERR_OK && old.size > 0 &&
	    record_members_read(&list.old, &coding->stream->row_arena, old, field->key_field, NULL) != ERR_OK)
		list.old = (struct record_members){0}; /* not a list of such members */
	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		size_t before = coding->stream->is_reading ? coding->writes->count : coding->next;

		err = member(coding, &list);
		if (err == ERR_OK && (coding->stream->is_reading ? coding->writes->count : coding->next) == before)
			err = bad(coding, _("a member is named in which nothing is written"));
	}
	return err;
}

/* --- what is no field --- */

static unsigned
existence_of(const struct delta_write *write)
{
	if (write == NULL || write->path.is_drop || write->path.type != RECORD_EXISTENCE)
		return EXISTENCE_NONE;
	return write->act == DELTA_ADD ? EXISTENCE_ADD : EXISTENCE_KEEP;
}

static struct column_place *
register_place(struct coding *coding)
{
	return column_child(coding->stream->column, column_root(coding->stream->column), DELTA_PLACE_REGISTER);
}

static enum err
existence(struct coding *coding)
{
	struct delta_write write = {.path = {.type = RECORD_EXISTENCE}};
	unsigned said =
		symbol(coding, register_place(coding), DELTA_SORT_REGISTER, EXISTENCE_BITS, existence_of(at(coding)));

	if (said > EXISTENCE_KEEP)
		return bad(coding, _("existence is written in no way"));
	write.act = said == EXISTENCE_ADD ? DELTA_ADD : DELTA_KEEP;
	return said == EXISTENCE_NONE ? ERR_OK : done(coding, &write);
}

static enum err
built_in(struct coding *coding)
{
	const struct delta_write *given = at(coding);
	struct delta_write write = {.path = {.type = RECORD_BUILT_IN}, .act = DELTA_ADD};
	struct column_place *root = column_root(coding->stream->column);
	enum err err;

	if (given != NULL)
		write = *given;
	write.path.field = symbol(coding, register_place(coding), DELTA_SORT_KIND, BUILT_IN_BITS, write.path.field);
	write.act = symbol(coding, register_place(coding), DELTA_SORT_ACT, 1, write.act == DELTA_CLEAR) != 0
	                    ? DELTA_CLEAR
	                    : DELTA_ADD;
	err = value(coding, column_child(coding->stream->column, root, DELTA_PLACE_BUILT_IN + write.path.field),
	            &write.path.key, (struct view){0});
	return err == ERR_OK ? done(coding, &write) : err;
}

static enum err
drop(struct coding *coding)
{
	const struct delta_write *given = at(coding);
	struct delta_write write = {.path = {.is_drop = true}, .act = DELTA_ADD};
	struct column_place *place = register_place(coding);
	struct column_place *root = column_root(coding->stream->column);
	unsigned type;
	enum err err = ERR_OK;

	if (given != NULL)
		write = *given;
	type = symbol(coding, place, DELTA_SORT_WAY, PATH_BITS, (unsigned)write.path.type);
	if (type > RECORD_BUILT_IN)
		return bad(coding, _("a drop of a register that does not exist"));
	write.path.type = (enum record_path_type)type;
	if (type != RECORD_EXISTENCE)
		write.path.field =
			(uint32_t)number(coding, place, DELTA_SORT_NUMBER, LIMIT_FIELD_NUMBER_MAX, write.path.field);
	if (type != RECORD_EXISTENCE && type != RECORD_FIELD)
		err = value(coding, column_child(coding->stream->column, root, DELTA_PLACE_DROP), &write.path.key,
		            (struct view){0});
	if (type == RECORD_MEMBER_FIELD)
		write.path.sub =
			(uint32_t)number(coding, place, DELTA_SORT_NUMBER, LIMIT_FIELD_NUMBER_MAX, write.path.sub);
	write.path.key_field = 0; /* says how, not which; a drop needs none */
	return err == ERR_OK ? done(coding, &write) : err;
}

/* built-in sets and drops stand behind all fields */
static enum err
behind(struct coding *coding)
{
	size_t left = coding->stream->is_reading ? 0 : coding->writes->count - coding->next;
	size_t built_ins = 0;
	uint64_t count;
	enum err err = ERR_OK;

	while (built_ins < left && !coding->writes->items[coding->next + built_ins].path.is_drop)
		built_ins++;
	count = number(coding, register_place(coding), DELTA_SORT_COUNT, LIMIT_DELTA_ROW_WRITES_MAX, built_ins);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++)
		err = built_in(coding);
	count = number(coding, register_place(coding), DELTA_SORT_SIZE, LIMIT_DELTA_ROW_WRITES_MAX, left - built_ins);
	for (uint64_t i = 0; err == ERR_OK && i < count; i++)
		err = drop(coding);
	return err;
}

static bool
has_extras(const struct coding *coding)
{
	const struct delta_writes *writes = coding->writes;
	const struct delta_write *last = writes->count == 0 ? NULL : &writes->items[writes->count - 1];

	if (coding->stream->is_reading || last == NULL)
		return false;
	return (!coding->is_added && existence_of(&writes->items[0]) != EXISTENCE_NONE) || last->path.is_drop ||
	       last->path.type == RECORD_BUILT_IN;
}

/* --- the record --- */

/* what the record was, for what tells about what */
static void
know_old(struct coding *coding)
{
	const struct record *old = coding->old;
	struct column *column = coding->stream->column;
	struct delta_fields *fields = &coding->kind->fields;
	size_t next = 0;

	for (size_t i = 0; old != NULL && i < old->field_count; i++) {
		const struct schema_slice *slice = &old->fields[i];

		while (next < fields->count && fields->items[next].key / DELTA_REGISTERS < slice->number)
			next++;
		if (next == fields->count || fields->items[next].key / DELTA_REGISTERS != slice->number)
			continue;
		if (fields->items[next].key % DELTA_REGISTERS == DELTA_VALUE) {
			column_know(column, fields->items[next].place, slice->value, false);
		} else {
			struct codec_reader reader = codec_reader_of(slice->value);
			size_t count = 0;

			if (codec_peek_type(&reader) == CODEC_ARRAY &&
			    codec_read_array(&count, &reader, NULL) == ERR_OK)
				column_know_number(column, fields->items[next].place, (int64_t)count);
		}
	}
}

static enum err
one_field(struct coding *coding, struct delta_field *field)
{
	struct view old =
		coding->old == NULL ? (struct view){0} : record_get(coding->old, field->key / DELTA_REGISTERS);

	switch ((enum delta_register)(field->key % DELTA_REGISTERS)) {
	case DELTA_SET_OF:
		return set(coding, field);
	case DELTA_LIST:
		return list(coding, field, old);
	case DELTA_VALUE:
	case DELTA_REGISTERS:
	default:
		return whole(coding, field, old);
	}
}

static enum err
all_fields(struct coding *coding)
{
	struct delta_fields *fields = &coding->kind->fields;
	unsigned count = 0;
	enum err err = new_fields(coding, fields, NULL);

	for (size_t i = 0; err == ERR_OK && i < fields->count; i++) {
		struct delta_field *field = &fields->items[i];

		if (!is_written(coding, field, key_of(at(coding), false) == field->key, count))
			continue;
		count++;
		err = one_field(coding, field);
	}
	return err;
}

static enum err
record(struct coding *coding)
{
	struct column_place *place = coding->kind->fields.place;
	size_t before = coding->stream->is_reading ? coding->writes->count : coding->next;
	bool is_more = has_extras(coding);
	enum err err = ERR_OK;

	coding->stream->row_bytes = 0;
	column_row(coding->stream->column, place);
	know_old(coding);
	is_more = symbol(coding, place, DELTA_SORT_EXTRAS, 1, is_more) != 0;
	if (is_more && !coding->is_added)
		err = existence(coding);
	if (err == ERR_OK)
		err = all_fields(coding);
	if (err == ERR_OK && is_more)
		err = behind(coding);
	if (err == ERR_OK && !coding->is_added &&
	    (coding->stream->is_reading ? coding->writes->count : coding->next) == before)
		err = bad(coding, _("a changed record in which nothing is written"));
	if (err == ERR_OK && coding->is_added)
		column_row_end(coding->stream->column);
	return err == ERR_OK ? column_state(coding->stream->column, coding->info) : err;
}

enum err
delta_stream_record(struct delta_stream *stream, struct delta_kind *kind, struct delta_row *row,
                    const struct record *old, struct err_info *info)
{
	const struct delta_write add = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};
	struct coding coding = {.stream = stream,
	                        .kind = kind,
	                        .writes = stream->is_reading ? &stream->writes : &row->writes,
	                        .old = old,
	                        .is_added = row->type == DELTA_ROW_ADDED,
	                        .info = info};
	enum err err = ERR_OK;

	if (stream->is_reading) {
		stream->writes.count = 0;
		row->kind = kind->name;
	} else {
		err = delta_writes_check(&row->writes, coding.is_added, info);
		if (err == ERR_OK && !coding.is_added &&
		    (row->writes.count == 0 || (existence_of(&row->writes.items[0]) == EXISTENCE_KEEP &&
		                                row->writes.items[0].act == DELTA_CLEAR)))
			err = bad(&coding, _("a changed record in which nothing is written, or which is removed"));
	}
	if (err == ERR_OK && coding.is_added)
		err = done(&coding, &add); /* understood */
	if (err == ERR_OK)
		err = record(&coding);
	if (err == ERR_OK && !stream->is_reading && coding.next != row->writes.count)
		err = bad(&coding, _("its writes are not in the order of its registers"));
	if (!stream->is_reading)
		return err;
	row->writes = stream->writes;
	return err == ERR_OK ? delta_writes_check(&stream->writes, coding.is_added, info) : err;
}
