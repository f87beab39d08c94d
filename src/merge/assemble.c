/* Registers into a record. */
#include "merge/inside.h"
#include "record/list.h"
#include "schema/schema.h"

/* the values of one field, or of one built-in set, in the order of their paths */
struct run {
	const struct merge_value *items;
	size_t count;
};

static struct run
run_at(const struct merge_work *work, size_t start)
{
	const struct record_path *first = &work->values[start].path;
	struct run run = {&work->values[start], 1};

	while (start + run.count < work->value_count) {
		const struct record_path *next = &work->values[start + run.count].path;

		if (next->field != first->field || (next->type == RECORD_BUILT_IN) != (first->type == RECORD_BUILT_IN))
			break;
		run.count++;
	}
	return run;
}

static enum err
make_set(struct view *out, struct merge_work *work, const struct run *run)
{
	struct record_items items = {arena_get(work->arena, run->count * sizeof(struct view)), 0};

	if (items.items == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < run->count && run->items[i].path.type == run->items[0].path.type; i++)
		items.items[items.count++] = run->items[i].path.key;
	return record_items_write(out, work->arena, &items, work->info);
}

/* which field of its members names them: as the kind has it, else as the writes say (the highest, if they differ) */
static uint32_t
key_field_of(const struct run *run, const struct schema_kind *kind)
{
	struct record_path path = run->items[0].path;

	for (size_t i = 1; i < run->count; i++) {
		if (run->items[i].path.key_field > path.key_field)
			path.key_field = run->items[i].path.key_field;
	}
	merge_path_complete(&path, kind);
	return path.key_field;
}

/* the member whose existence is the first of these values. *next_out: how many are its own */
static enum err
make_member(struct record_member *out, size_t *next_out, struct merge_work *work, const struct run *run,
            uint32_t key_field)
{
	const struct merge_value *items = run->items;
	struct record_member member = {.key = items[0].path.key};
	bool has_key = false;
	size_t i = 1;

	while (i < run->count && merge_same_member(&items[0].path, &items[i].path))
		i++;
	*next_out = i;
	member.fields = arena_get(work->arena, i * sizeof(*member.fields));
	if (member.fields == NULL)
		return err_nomem(work->info);
	for (i = 1; i <= *next_out; i++) {
		uint32_t number = i == *next_out ? UINT32_MAX : items[i].path.sub;

		if (!has_key && number >= key_field) {
			member.fields[member.field_count++] = (struct schema_slice){key_field, member.key};
			has_key = true;
		}
		if (i < *next_out && number != key_field)
			member.fields[member.field_count++] = (struct schema_slice){number, items[i].value};
	}
	if (member.field_count > LIMIT_FIELDS_MAX)
		return err_set(work->info, ERR_TOO_BIG, _("a member of a list would have more than %d fields"),
		               LIMIT_FIELDS_MAX);
	*out = member;
	return ERR_OK;
}

static enum err
make_list(struct view *out, struct merge_work *work, const struct run *run, const struct schema_kind *kind)
{
	struct record_members members = {arena_get(work->arena, run->count * sizeof(struct record_member)), 0};
	uint32_t key_field = key_field_of(run, kind);
	struct run rest = *run;

	if (members.items == NULL)
		return err_nomem(work->info);
	while (rest.count > 0) {
		size_t next = 0;
		enum err err = make_member(&members.items[members.count], &next, work, &rest, key_field);

		if (err != ERR_OK)
			return err;
		members.count++;
		rest.items += next;
		rest.count -= next;
	}
	return record_members_write(out, work->arena, &members, work->info);
}

/* If (edits whose forms are not those of one kind) a field has both a whole value and parts, the whole value stands. */
static enum err
make_field(struct record *record, struct merge_work *work, const struct run *run, const struct schema_kind *kind)
{
	const struct record_path *first = &run->items[0].path;
	struct view value = run->items[0].value;
	enum err err = ERR_OK;

	if (first->type == RECORD_ELEMENT || first->type == RECORD_BUILT_IN)
		err = make_set(&value, work, run);
	else if (merge_path_is_member(first))
		err = make_list(&value, work, run, kind);
	if (err != ERR_OK)
		return err;
	if (first->type != RECORD_BUILT_IN)
		return record_set(record, work->arena, first->field, value, work->info);
	record->built_in[first->field] = value;
	return ERR_OK;
}

enum err
merge_assemble(struct record *out, struct merge_work *work, const struct schema_kind *kind)
{
	struct record record = {.kind = work->kind_name};

	for (size_t i = 0; i < work->value_count;) {
		struct run run = run_at(work, i);
		enum err err = make_field(&record, work, &run, kind);

		if (err != ERR_OK)
			return err;
		i += run.count;
	}
	*out = record;
	return ERR_OK;
}
