/* A keyed list: which of its members, then what is written in each. */
#include "delta/coding.h"
#include "record/list.h"
#include "schema/slice.h"

enum {
	MEMBER_BITS = 2,
	MEMBER_NONE = 0,
	MEMBER_ADD = 1,
	MEMBER_CLEAR = 2,
	MEMBER_KEEP = 3,
};

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
count_members(const struct delta_coding *coding, uint32_t name)
{
	const struct delta_write *items = coding->stream->is_reading ? NULL : coding->writes->items;
	size_t count = 0;

	for (size_t i = coding->next; items != NULL && i < coding->writes->count && is_of_list(&items[i], name); i++)
		count += i == coding->next || !view_equal(items[i].path.key, items[i - 1].path.key);
	return count;
}

/* They ascend strictly (record/list.h). The count: it is none of them. */
static size_t
find_member(const struct record_members *members, struct view key)
{
	size_t low = 0;
	size_t high = members->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = view_compare(members->items[middle].key, key);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return members->count;
}

/* the key is copied: whoever takes the row may ask for another record and so let go of this one */
static enum err
use_old(struct delta_coding *coding, struct list *list, size_t index, struct record_path *path,
        const struct record_member **member_out)
{
	const struct record_member *member = &list->old.items[index];
	const uint8_t *copy = arena_copy(&coding->stream->row.arena, member->key);

	if (copy == NULL)
		return err_nomem(coding->info);
	path->key = view_of(copy, member->key.size);
	list->next_old = index + 1;
	*member_out = member;
	return ERR_OK;
}

/* A member that was there is named by its place in the list, another one by its key; *member_out: what it was, or NULL. */
static enum err
name_member(struct delta_coding *coding, struct list *list, struct record_path *path,
            const struct record_member **member_out)
{
	struct column_place *place = list->field->place;
	size_t left = list->old.count - list->next_old;
	size_t index = coding->stream->is_reading ? 0 : find_member(&list->old, path->key);
	enum err err;

	*member_out = NULL;
	if (left > 0 && delta_coding_symbol(coding, place, DELTA_SORT_OLD, 1, index < list->old.count) != 0) {
		index = list->next_old +
		        (size_t)delta_coding_number(coding, place, DELTA_SORT_OLD, left - 1, index - list->next_old);
		err = column_state(coding->stream->column, coding->info);
		if (err != ERR_OK)
			return err;
		return use_old(coding, list, index, path, member_out);
	}
	err = delta_coding_value(coding, column_child(coding->stream->column, place, DELTA_PLACE_ELEMENT), &path->key,
	                         (struct view){0});
	if (err == ERR_OK && find_member(&list->old, path->key) < list->old.count)
		err = delta_coding_bad(coding, _("a member that was there is named by its key"));
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
member_fields(struct delta_coding *coding, struct list *list, const struct record_path *path, bool is_new,
              const struct record_member *member)
{
	struct delta_fields *fields = list->field->members;
	unsigned count = 0;
	enum err err = delta_coding_new_fields(coding, fields, list->field);

	for (size_t i = 0; err == ERR_OK && i < fields->count; i++) {
		struct delta_field *field = &fields->items[i];
		const struct delta_write *given = delta_coding_at(coding);
		bool is_here = given != NULL && is_of_list(given, list->name) &&
		               view_equal(given->path.key, path->key) && delta_coding_key(given, true) == field->key;
		struct delta_write write = {.path = *path, .act = DELTA_SET};

		if (!delta_coding_is_written(coding, field, is_here, count))
			continue;
		count++;
		write.path.type = RECORD_MEMBER_FIELD;
		write.path.sub = field->key;
		if (given != NULL)
			write.value = given->value;
		if (!is_new && delta_coding_is_cleared(coding, field->place, given)) {
			write.act = DELTA_CLEAR;
			err = delta_coding_done(coding, &write);
			continue;
		}
		err = delta_coding_value(coding, field->place, &write.value, member_value(member, field->key));
		if (err == ERR_OK)
			err = delta_coding_done(coding, &write);
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
member(struct delta_coding *coding, struct list *list)
{
	static const enum delta_act ACTS[] = {DELTA_SET, DELTA_ADD, DELTA_CLEAR, DELTA_KEEP};
	const struct delta_write *given = delta_coding_at(coding);
	struct delta_write write = {.path = {.type = RECORD_MEMBER, .field = list->name}};
	const struct record_member *was;
	unsigned act = member_act(given);
	enum err err;

	if (given != NULL)
		write.path.key = given->path.key;
	write.path.key_field = list->field->key_field;
	if (given != NULL && given->path.key_field != list->field->key_field)
		return delta_coding_bad(coding, _("the members of one list have two key fields"));
	err = name_member(coding, list, &write.path, &was);
	if (err != ERR_OK)
		return err;
	act = coding->is_added ? MEMBER_ADD
	                       : delta_coding_symbol(coding, list->field->place, DELTA_SORT_ACT, MEMBER_BITS, act);
	write.act = ACTS[act];
	if (act != MEMBER_NONE)
		err = delta_coding_done(coding, &write);
	if (err != ERR_OK || act == MEMBER_CLEAR)
		return err;
	return member_fields(coding, list, &write.path, act == MEMBER_ADD, was);
}

enum err
delta_coding_list(struct delta_coding *coding, struct delta_field *field, struct view old)
{
	struct list list = {.field = field, .name = field->key / DELTA_REGISTERS};
	uint64_t count = delta_coding_number(coding, field->place, DELTA_SORT_COUNT, LIMIT_DELTA_ROW_WRITES_MAX,
	                                     count_members(coding, list.name));
	enum err err = count == 0 ? delta_coding_bad(coding, _("a list is written in which nothing is")) : ERR_OK;

	if (coding->is_added)
		column_know_number(coding->stream->column, field->place, (int64_t)count);
	if (err == ERR_OK && old.size > 0 &&
	    record_members_read(&list.old, &coding->stream->row.arena, old, field->key_field, NULL) != ERR_OK)
		list.old = (struct record_members){0}; /* not a list of such members */
	for (uint64_t i = 0; err == ERR_OK && i < count; i++) {
		size_t before = coding->stream->is_reading ? coding->writes->count : coding->next;

		err = member(coding, &list);
		if (err == ERR_OK && (coding->stream->is_reading ? coding->writes->count : coding->next) == before)
			err = delta_coding_bad(coding, _("a member is named in which nothing is written"));
	}
	return err;
}
