#include "delta/changes.h"

#include <assert.h>
#include <string.h>

#include "record/list.h"
#include "schema/schema.h"

enum {
	WRITES_CAPACITY_MIN = 16
};

enum err
delta_writes_add(struct delta_writes *writes, struct arena *arena, const struct delta_write *write,
                 struct err_info *info)
{
	if (writes->count == writes->capacity) {
		size_t capacity = writes->capacity == 0 ? WRITES_CAPACITY_MIN : writes->capacity * 2;
		struct delta_write *items = arena_get(arena, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		if (writes->count > 0)
			memcpy(items, writes->items, writes->count * sizeof(*items));
		writes->items = items;
		writes->capacity = capacity;
	}
	writes->items[writes->count++] = *write;
	return ERR_OK;
}

/* One table for what is expected, instead of one that doubles. */
static enum err
reserve(struct delta_writes *writes, struct arena *arena, size_t count, struct err_info *info)
{
	writes->items = arena_get(arena, count * sizeof(*writes->items));
	writes->capacity = writes->items == NULL ? 0 : count;
	return writes->items == NULL ? err_nomem(info) : ERR_OK;
}

/* where the writes go, while two records are compared */
struct comparison {
	struct delta_writes writes;
	struct arena *arena;
	struct err_info *info;
};

static enum err
add(struct comparison *comparison, const struct record_path *path, enum delta_act act, struct view value)
{
	struct delta_write write = {*path, act, value};

	return delta_writes_add(&comparison->writes, comparison->arena, &write, comparison->info);
}

/* a value against another, either absent: one write if they differ */
static enum err
compare_value(struct comparison *comparison, const struct record_path *path, struct view old, struct view new)
{
	if (view_equal(old, new))
		return ERR_OK;
	return add(comparison, path, new.size == 0 ? DELTA_CLEAR : DELTA_SET, new);
}

/* one field number of two tables, with its values; an empty view: not there */
struct pair {
	uint32_t number;
	struct view old;
	struct view new;
};

/* two tables of fields, walked together */
struct walk {
	const struct schema_slice *old;
	size_t old_left;
	const struct schema_slice *new;
	size_t new_left;
};

static bool
next_pair(struct walk *walk, struct pair *out)
{
	bool is_old = walk->old_left > 0 && (walk->new_left == 0 || walk->old->number <= walk->new->number);
	bool is_new = walk->new_left > 0 && (walk->old_left == 0 || walk->new->number <= walk->old->number);

	*out = (struct pair){0};
	if (is_old) {
		*out = (struct pair){.number = walk->old->number, .old = walk->old->value};
		walk->old++;
		walk->old_left--;
	}
	if (is_new) {
		out->number = walk->new->number;
		out->new = walk->new->value;
		walk->new ++;
		walk->new_left--;
	}
	return is_old || is_new;
}

/* --- sets --- */

static enum err
compare_items(struct comparison *comparison, struct record_path path, const struct record_items *old,
              const struct record_items *new)
{
	size_t i = 0;
	size_t j = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && (i < old->count || j < new->count)) {
		int order = i == old->count ? 1 : j == new->count ? -1 : view_compare(old->items[i], new->items[j]);

		if (order < 0) {
			path.key = old->items[i];
			err = add(comparison, &path, DELTA_CLEAR, (struct view){0});
		} else if (order > 0) {
			path.key = new->items[j];
			err = add(comparison, &path, DELTA_ADD, (struct view){0});
		}
		i += order <= 0;
		j += order >= 0;
	}
	return err;
}

/* *is_set_out: both are sets, or absent */
static enum err
compare_sets(struct comparison *comparison, const struct record_path *path, struct view old, struct view new,
             bool *is_set_out)
{
	struct record_items before;
	struct record_items after;
	enum err err = record_items_read(&before, comparison->arena, old, comparison->info);

	if (err == ERR_OK)
		err = record_items_read(&after, comparison->arena, new, comparison->info);
	*is_set_out = err == ERR_OK;
	if (err != ERR_OK)
		return err == ERR_NOMEM ? err : ERR_OK;
	return compare_items(comparison, *path, &before, &after);
}

/* --- keyed lists --- */

/* the fields of two maps but the key; either may be none */
static enum err
compare_fields(struct comparison *comparison, struct record_path path, const struct record_member *old,
               const struct record_member *new)
{
	struct walk walk = {.new = new->fields, .new_left = new->field_count};
	struct pair pair;
	enum err err = ERR_OK;

	if (old != NULL) {
		walk.old = old->fields;
		walk.old_left = old->field_count;
	}
	path.type = RECORD_MEMBER_FIELD;
	while (err == ERR_OK && next_pair(&walk, &pair)) {
		path.sub = pair.number;
		if (path.sub != path.key_field)
			err = compare_value(comparison, &path, pair.old, pair.new);
	}
	return err;
}

static enum err
compare_member(struct comparison *comparison, struct record_path path, const struct record_member *old,
               const struct record_member *new)
{
	enum err err;

	assert(old != NULL || new != NULL);
	path.key = old == NULL ? new->key : old->key;
	if (new == NULL)
		return add(comparison, &path, DELTA_CLEAR, (struct view){0});
	if (old != NULL && view_equal(old->whole, new->whole))
		return ERR_OK;
	err = old == NULL ? add(comparison, &path, DELTA_ADD, (struct view){0}) : ERR_OK;
	return err != ERR_OK ? err : compare_fields(comparison, path, old, new);
}

/* *is_list_out: both are keyed lists, or absent */
static enum err
compare_members(struct comparison *comparison, const struct record_path *path, struct view old, struct view new,
                bool *is_list_out)
{
	struct record_members before;
	struct record_members after;
	size_t i = 0;
	size_t j = 0;
	enum err err = record_members_read(&before, comparison->arena, old, path->key_field, comparison->info);

	if (err == ERR_OK)
		err = record_members_read(&after, comparison->arena, new, path->key_field, comparison->info);
	*is_list_out = err == ERR_OK;
	if (err != ERR_OK)
		return err == ERR_NOMEM ? err : ERR_OK;
	while (err == ERR_OK && (i < before.count || j < after.count)) {
		int order = i == before.count  ? 1
		            : j == after.count ? -1
		                               : view_compare(before.items[i].key, after.items[j].key);

		err = compare_member(comparison, *path, order <= 0 ? &before.items[i] : NULL,
		                     order >= 0 ? &after.items[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	return err;
}

/* --- records --- */

static enum err
compare_field(struct comparison *comparison, const struct schema_kind *kind, const struct pair *pair)
{
	struct record_path path = {.type = RECORD_FIELD, .field = pair->number};
	const struct schema_field *field;
	bool is_done = false;
	enum err err = ERR_OK;

	if (view_equal(pair->old, pair->new))
		return ERR_OK;
	field = kind == NULL ? NULL : schema_field_by_number(&kind->object, pair->number);
	if (field != NULL && field->merge == SCHEMA_MERGE_SET) {
		path.type = RECORD_ELEMENT;
		err = compare_sets(comparison, &path, pair->old, pair->new, &is_done);
	} else if (field != NULL && field->merge == SCHEMA_MERGE_KEYED_LIST) {
		path.type = RECORD_MEMBER;
		path.key_field = field->member_key;
		err = compare_members(comparison, &path, pair->old, pair->new, &is_done);
	}
	if (err != ERR_OK || is_done)
		return err;
	path = (struct record_path){.type = RECORD_FIELD, .field = pair->number};
	return compare_value(comparison, &path, pair->old, pair->new);
}

static enum err
compare_built_in(struct comparison *comparison, const struct record *old, const struct record *new)
{
	enum err err = ERR_OK;

	for (uint32_t set = 1; err == ERR_OK && set <= RECORD_BUILT_INS; set++) {
		struct record_path path = {.type = RECORD_BUILT_IN, .field = set};
		bool is_set;

		if (!view_equal(old->built_in[set], new->built_in[set]))
			err = compare_sets(comparison, &path, old->built_in[set], new->built_in[set], &is_set);
	}
	return err;
}

static enum err
compare_records(struct comparison *comparison, const struct record *old, const struct record *new,
                const struct schema_kind *kind)
{
	struct walk walk = {old->fields, old->field_count, new->fields, new->field_count};
	struct pair pair;
	enum err err = ERR_OK;

	while (err == ERR_OK && next_pair(&walk, &pair))
		err = compare_field(comparison, kind, &pair);
	return err != ERR_OK ? err : compare_built_in(comparison, old, new);
}

enum err
delta_writes_copy(struct delta_writes *out, struct arena *arena, const struct delta_writes *writes,
                  struct err_info *info)
{
	struct delta_write *items = arena_get(arena, (writes->count + 1) * sizeof(*items));

	if (items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < writes->count; i++) {
		const uint8_t *key = arena_copy(arena, writes->items[i].path.key);
		const uint8_t *value = arena_copy(arena, writes->items[i].value);

		if (key == NULL || value == NULL)
			return err_nomem(info);
		items[i] = writes->items[i];
		items[i].path.key = view_of(key, writes->items[i].path.key.size);
		items[i].value = view_of(value, writes->items[i].value.size);
	}
	*out = (struct delta_writes){items, writes->count, writes->count};
	return ERR_OK;
}

bool
delta_writes_equal(const struct delta_writes *a, const struct delta_writes *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (record_path_compare(&a->items[i].path, &b->items[i].path) != 0 ||
		    a->items[i].act != b->items[i].act ||
		    (a->items[i].act == DELTA_SET && !view_equal(a->items[i].value, b->items[i].value)))
			return false;
	}
	return true;
}

enum err
delta_changes(struct delta_writes *out, struct arena *arena, const struct record *old, const struct record *new,
              const struct schema_kind *kind, struct err_info *info)
{
	const struct record_path existence = {.type = RECORD_EXISTENCE};
	const struct record nothing = {0};
	struct comparison comparison = {.arena = arena, .info = info};
	enum err err = ERR_OK;

	assert(old != NULL || new != NULL);
	if (old != NULL && new != NULL && !view_equal(old->kind, new->kind))
		return err_set(info, ERR_FORMAT, "%s", _("a record cannot become one of another kind"));
	if (old == NULL)
		err = reserve(&comparison.writes, arena, new->field_count + WRITES_CAPACITY_MIN, info);
	if (err == ERR_OK && (old == NULL || new == NULL))
		err = add(&comparison, &existence, new == NULL ? DELTA_CLEAR : DELTA_ADD, (struct view){0});
	if (err == ERR_OK && new != NULL)
		err = compare_records(&comparison, old == NULL ? &nothing : old, new, kind);
	if (err == ERR_OK)
		*out = comparison.writes;
	return err;
}

/* --- counting --- */

static bool
is_of_existence(const struct delta_write *write)
{
	return write->path.type == RECORD_EXISTENCE && !write->path.is_drop;
}

void
delta_counts_writes(struct delta_counts *counts, const struct delta_writes *writes)
{
	bool is_existence = writes->count > 0 && is_of_existence(&writes->items[0]);

	if (is_existence && writes->items[0].act == DELTA_ADD) {
		counts->added++;
	} else if (is_existence && writes->items[0].act == DELTA_CLEAR) {
		counts->removed++;
	} else if (writes->count > 0) {
		counts->changed++;
		counts->fields += writes->count - is_existence;
	}
}
