/* Which of several writes nobody has superseded, and which of them stands. */
#include <stdlib.h>
#include <string.h>

#include "merge/inside.h"
#include "schema/schema.h"

static int
compare_edits(const void *a, const void *b)
{
	uint32_t left = ((const struct merge_write *)a)->edit;
	uint32_t right = ((const struct merge_write *)b)->edit;

	return (left > right) - (left < right);
}

void
merge_writes_sort(struct merge_writes *writes)
{
	if (writes->count > 1)
		qsort(writes->items, writes->count, sizeof(*writes->items), compare_edits);
}

/* An edit that is known to any is known to a maximal one, and that comes behind it: so one pass from the end is enough. */
enum err
merge_maximal(struct merge_writes *out, struct merge_work *work, const struct merge_writes *writes)
{
	struct merge_writes maximal = {arena_get(work->arena, writes->count * sizeof(struct merge_write)), 0};

	if (maximal.items == NULL)
		return err_nomem(work->info);
	for (size_t i = writes->count; i-- > 0;) {
		bool is_known = false;

		for (size_t j = 0; !is_known && j < maximal.count; j++)
			is_known = merge_knows(work, maximal.items[j].edit, writes->items[i].edit);
		if (!is_known)
			maximal.items[maximal.count++] = writes->items[i];
	}
	merge_writes_sort(&maximal);
	*out = maximal;
	return ERR_OK;
}

enum err
merge_removals(struct merge_writes *out, struct merge_work *work, const struct merge_writes *writes)
{
	struct merge_writes removals = {arena_get(work->arena, writes->count * sizeof(struct merge_write)), 0};

	if (removals.items == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < writes->count; i++) {
		if (writes->items[i].act == DELTA_CLEAR)
			removals.items[removals.count++] = writes->items[i];
	}
	*out = removals;
	return ERR_OK;
}

/* a maximal write with what its place in the standing order depends on */
struct candidate {
	struct merge_write write;
	const struct merge_edit *edit;
};

static int
compare_standing(const void *left, const void *right)
{
	const struct candidate *a = left;
	const struct candidate *b = right;
	bool is_a_gone = a->write.act == DELTA_CLEAR;
	bool is_b_gone = b->write.act == DELTA_CLEAR;
	int order;

	if (a->edit->level != b->edit->level)
		return a->edit->level > b->edit->level ? -1 : 1;
	if (is_a_gone != is_b_gone)
		return is_a_gone ? 1 : -1;
	order = view_compare(a->write.value, b->write.value);
	return order != 0 ? order : memcmp(a->edit->commit.bytes, b->edit->commit.bytes, OID_BYTES);
}

static bool
is_same_value(const struct merge_write *a, const struct merge_write *b)
{
	return (a->act == DELTA_CLEAR) == (b->act == DELTA_CLEAR) && view_equal(a->value, b->value);
}

/* the machine of the field, by the highest schema version of those who wrote; NULL: it has none */
static const struct schema_states *
machine_of(const struct merge_work *work, const struct record_path *path, const struct merge_writes *writes)
{
	const struct schema_kind *kind;
	const struct schema_field *field;
	uint32_t latest = writes->items[0].edit;

	if (path->type != RECORD_FIELD)
		return NULL;
	for (size_t i = 1; i < writes->count; i++) {
		if (work->edits->items[writes->items[i].edit].schema_version >
		    work->edits->items[latest].schema_version)
			latest = writes->items[i].edit;
	}
	kind = merge_kind_of(work, latest, latest);
	field = kind == NULL ? NULL : schema_field_by_number(&kind->object, path->field);
	return field == NULL ? NULL : field->states;
}

/* whether the machine lets any of the values follow any of them; absence follows nothing */
static bool
may_any_follow(const struct schema_states *states, const struct merge_writes *writes)
{
	for (size_t i = 0; i < writes->count; i++) {
		for (size_t j = 0; j < writes->count; j++) {
			struct view from = writes->items[i].value;
			struct view to = writes->items[j].value;

			if (from.size > 0 && to.size > 0 && schema_states_may_follow(states, from, to))
				return true;
		}
	}
	return false;
}

/* one write of each value, the writes being in standing order within their levels */
static enum err
distinct_values(struct merge_writes *out, struct merge_work *work, const struct merge_writes *writes)
{
	struct merge_writes values = {arena_get(work->arena, writes->count * sizeof(struct merge_write)), 0};

	if (values.items == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < writes->count; i++) {
		bool is_there = false;

		for (size_t j = 0; !is_there && j < values.count; j++)
			is_there = is_same_value(&values.items[j], &writes->items[i]);
		if (!is_there)
			values.items[values.count++] = writes->items[i];
	}
	*out = values;
	return ERR_OK;
}

static enum err
add_conflict(struct merge_work *work, const struct record_path *path, const struct merge_writes *standing)
{
	const struct schema_states *states = machine_of(work, path, standing);
	enum merge_entry_kind kind = MERGE_VALUE;
	struct merge_writes values = {0};
	enum err err = distinct_values(&values, work, standing);

	if (err != ERR_OK || values.count < 2)
		return err;
	if (states != NULL && !may_any_follow(states, &values))
		kind = MERGE_STATE;
	return merge_work_commits(work, kind, path, standing, false);
}

enum err
merge_stand(struct merge_work *work, const struct record_path *path, const struct merge_writes *maximal)
{
	struct candidate *candidates;
	const struct merge_write *first;
	struct merge_writes standing = {0};
	enum err err = ERR_OK;

	if (maximal->count == 0)
		return ERR_OK;
	candidates = arena_get(work->arena, maximal->count * sizeof(*candidates));
	standing.items = arena_get(work->arena, maximal->count * sizeof(*standing.items));
	if (candidates == NULL || standing.items == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < maximal->count; i++)
		candidates[i] = (struct candidate){maximal->items[i], &work->edits->items[maximal->items[i].edit]};
	qsort(candidates, maximal->count, sizeof(*candidates), compare_standing);
	for (size_t i = 0; i < maximal->count; i++)
		standing.items[standing.count++] = candidates[i].write;
	first = &standing.items[0];
	if (first->act != DELTA_CLEAR)
		err = merge_work_value(work, path, first->value);
	return err != ERR_OK || standing.count < 2 ? err : add_conflict(work, path, &standing);
}
