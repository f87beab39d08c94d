/* The row of a record that was written on both sides of a merge, register by register, without its history. */
#include "merge/join.h"

#include <stdlib.h>
#include <string.h>

/* where a piece comes from; the order in which pieces of one place are looked at */
enum source {
	FROM_RECORD, /* the register as the parent's row has it */
	FROM_STEP,   /* a new write */
	FROM_DROP,   /* a new drop */
	FROM_ENTRY,
};

/* something about one register */
struct piece {
	struct record_path path; /* never a drop */
	enum source source;
	enum merge_side side;
	struct merge_write write; /* RECORD: its value; STEP, DROP */
	const struct merge_entry *entry;
};

struct pieces {
	struct piece *items;
	size_t count;
};

/* --- when the rows do not say enough --- */

static bool
is_row_unclear(const struct merge_row *row)
{
	if (row == NULL || !row->has_record)
		return true;
	for (size_t i = 0; i < row->entries.count; i++) {
		const struct merge_entry *entry = &row->entries.items[i];

		if (entry->kind != MERGE_TWIN && entry->has_more)
			return true;
		if (entry->kind == MERGE_REFUSED && record_path_is_existence(&entry->path))
			return true;
	}
	return false;
}

/* something was removed, or the record added again */
static bool
is_side_unclear(const struct merge_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < steps[i].writes.count; j++) {
			const struct delta_write *write = &steps[i].writes.items[j];

			if (write->path.is_drop || !record_path_is_existence(&write->path))
				continue;
			if (write->act == DELTA_CLEAR ||
			    (write->act == DELTA_ADD && write->path.type == RECORD_EXISTENCE))
				return true;
		}
	}
	return false;
}

static bool
is_unclear(const struct merge_sides *sides)
{
	return sides->is_corrected || is_row_unclear(sides->rows[MERGE_A]) || is_row_unclear(sides->rows[MERGE_B]) ||
	       !view_equal(sides->rows[MERGE_A]->record.kind, sides->rows[MERGE_B]->record.kind) ||
	       is_side_unclear(sides->steps[MERGE_A], sides->step_counts[MERGE_A]) ||
	       is_side_unclear(sides->steps[MERGE_B], sides->step_counts[MERGE_B]);
}

/* --- collecting --- */

static int
compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left;
	const struct piece *b = right;
	int order = record_path_compare(&a->path, &b->path);

	if (order != 0)
		return order;
	if (a->source != b->source)
		return (int)a->source - (int)b->source;
	if (a->side != b->side)
		return (int)a->side - (int)b->side;
	return (a->write.edit > b->write.edit) - (a->write.edit < b->write.edit);
}

static void
add_steps(struct pieces *pieces, const struct merge_step *steps, size_t count, enum merge_side side)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < steps[i].writes.count; j++) {
			const struct delta_write *write = &steps[i].writes.items[j];
			struct piece *piece = &pieces->items[pieces->count++];

			*piece = (struct piece){write->path,
			                        write->path.is_drop ? FROM_DROP : FROM_STEP,
			                        side,
			                        {steps[i].edit, write->act, write->value},
			                        NULL};
			piece->path.is_drop = false;
		}
	}
}

static void
add_row(struct pieces *pieces, const struct delta_writes *registers, const struct merge_entries *entries,
        enum merge_side side)
{
	for (size_t i = 0; i < registers->count; i++) {
		const struct delta_write *write = &registers->items[i];

		pieces->items[pieces->count++] =
			(struct piece){write->path, FROM_RECORD, side, {0, write->act, write->value}, NULL};
	}
	for (size_t i = 0; i < entries->count; i++) {
		const struct merge_entry *entry = &entries->items[i];

		if (entry->kind <= MERGE_REFUSED)
			pieces->items[pieces->count++] = (struct piece){entry->path, FROM_ENTRY, side, {0}, entry};
	}
}

static enum err
collect(struct pieces *pieces, struct merge_join *join, const struct schema_kind *kind)
{
	const struct merge_sides *sides = join->sides;
	struct merge_work *work = &join->work;
	struct delta_writes registers[MERGE_SIDES] = {{0}, {0}};
	size_t count = 0;
	enum err err = ERR_OK;

	for (enum merge_side side = MERGE_A; err == ERR_OK && side < MERGE_SIDES; side++) {
		err = merge_registers_of(&registers[side], work->arena, &sides->rows[side]->record, kind, work->info);
		count += registers[side].count + sides->rows[side]->entries.count;
		for (size_t i = 0; i < sides->step_counts[side]; i++)
			count += sides->steps[side][i].writes.count;
	}
	if (err != ERR_OK)
		return err;
	pieces->items = arena_get(work->arena, count * sizeof(*pieces->items));
	if (pieces->items == NULL)
		return err_nomem(work->info);
	for (enum merge_side side = MERGE_A; side < MERGE_SIDES; side++) {
		add_row(pieces, &registers[side], &sides->rows[side]->entries, side);
		add_steps(pieces, sides->steps[side], sides->step_counts[side], side);
	}
	qsort(pieces->items, pieces->count, sizeof(*pieces->items), compare_pieces);
	return ERR_OK;
}

/* --- all registers --- */

static void
add_write(struct merge_writes *writes, const struct merge_write *write)
{
	writes->items[writes->count++] = *write;
}

/* Pieces of one register into a place; `room` has space for all their writes. How many pieces were used up. */
static size_t
gather_place(struct merge_place *place, const struct pieces *pieces, size_t start, struct merge_write *room)
{
	size_t i;

	place->path = pieces->items[start].path;
	for (enum merge_side side = MERGE_A; side < MERGE_SIDES; side++) {
		place->writes[side] = (struct merge_writes){0};
		place->drops[side] = (struct merge_writes){0};
		place->value[side] = NULL;
		memset(place->entries[side], 0, sizeof(place->entries[side]));
	}
	for (i = start; i < pieces->count && record_path_compare(&pieces->items[i].path, &place->path) == 0; i++) {
		const struct piece *piece = &pieces->items[i];
		struct merge_writes *list =
			piece->source == FROM_STEP ? &place->writes[piece->side] : &place->drops[piece->side];

		if (piece->path.key_field > place->path.key_field)
			place->path.key_field = piece->path.key_field;
		if (piece->source == FROM_RECORD) {
			place->value[piece->side] = &piece->write;
		} else if (piece->source == FROM_ENTRY) {
			enum merge_entry_kind kind =
				piece->entry->kind == MERGE_STATE ? MERGE_VALUE : piece->entry->kind;

			place->entries[piece->side][kind] = piece->entry;
		} else {
			if (list->count == 0)
				list->items = room + (i - start); /* writes of one side and source lie together */
			add_write(list, &piece->write);
		}
	}
	return i - start;
}

/* what is new in the member that begins here */
static void
find_touched(struct merge_place *place, const struct pieces *pieces, size_t start)
{
	place->is_member_touched[MERGE_A] = false;
	place->is_member_touched[MERGE_B] = false;
	for (size_t i = start;
	     i < pieces->count && merge_same_member(&pieces->items[start].path, &pieces->items[i].path); i++) {
		if (pieces->items[i].source == FROM_STEP)
			place->is_member_touched[pieces->items[i].side] = true;
	}
}

/* a member added on one side and touched on the other; or one field written in two forms */
static bool
is_place_unclear(const struct merge_place *place, const struct record_path *before)
{
	for (enum merge_side side = MERGE_A; side < MERGE_SIDES; side++) {
		for (size_t i = 0; i < place->writes[side].count; i++) {
			if (place->path.type == RECORD_MEMBER && place->writes[side].items[i].act == DELTA_ADD &&
			    place->is_member_touched[side == MERGE_A ? MERGE_B : MERGE_A])
				return true;
		}
	}
	return before->field == place->path.field && before->type != place->path.type &&
	       before->type != RECORD_EXISTENCE && before->type != RECORD_BUILT_IN &&
	       place->path.type != RECORD_BUILT_IN &&
	       !(merge_path_is_member(before) && merge_path_is_member(&place->path));
}

static enum err
join_all(struct merge_join *join, const struct pieces *pieces)
{
	struct merge_write *room = arena_get(join->work.arena, pieces->count * sizeof(*room));
	struct merge_place place = {0};
	enum err err = ERR_OK;

	if (room == NULL)
		return err_nomem(join->work.info);
	for (size_t i = 0; err == ERR_OK && !join->needs_history && i < pieces->count;) {
		const struct record_path before = place.path;
		bool is_same_member = i > 0 && merge_same_member(&before, &pieces->items[i].path);

		if (!is_same_member)
			find_touched(&place, pieces, i);
		i += gather_place(&place, pieces, i, room);
		join->needs_history = is_place_unclear(&place, &before);
		if (!join->needs_history)
			err = merge_join_place(join, &place);
	}
	return err;
}

enum err
merge_join(struct merge_row *out, bool *needs_history_out, struct arena *arena, const struct merge_edits *edits,
           const struct merge_sides *sides, struct err_info *info)
{
	struct merge_join join = {.work = {.arena = arena, .edits = edits, .info = info}, .sides = sides};
	const struct merge_row *const *rows = sides->rows;
	struct pieces pieces = {0};
	const struct merge_epoch *epoch;
	uint32_t version;
	enum err err;

	*needs_history_out = true;
	if (is_unclear(sides))
		return ERR_OK;
	version = rows[MERGE_A]->record.schema_version > rows[MERGE_B]->record.schema_version
	                  ? rows[MERGE_A]->record.schema_version
	                  : rows[MERGE_B]->record.schema_version;
	epoch = merge_epoch_compare(&rows[MERGE_A]->epoch, &rows[MERGE_B]->epoch) > 0 ? &rows[MERGE_A]->epoch
	                                                                              : &rows[MERGE_B]->epoch;
	join.work.kind_name = rows[MERGE_A]->record.kind;
	err = collect(&pieces, &join, edits->find_kind(edits->context, join.work.kind_name, version));
	if (err == ERR_OK)
		err = join_all(&join, &pieces);
	if (err != ERR_OK || join.needs_history)
		return err;
	err = merge_work_finish(out, &join.work, version, epoch);
	*needs_history_out = err != ERR_OK;
	return err;
}
