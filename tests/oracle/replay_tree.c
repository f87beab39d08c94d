#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "schema/schema.h"

static struct err_info info;

/* --- edits --- */

static bool
has(const struct mask *mask, size_t bit)
{
	return (mask->words[bit / 64] >> (bit % 64) & 1) != 0;
}

void
set(struct mask *mask, size_t bit)
{
	mask->words[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static struct mask
either(const struct mask *a, const struct mask *b)
{
	struct mask mask;

	for (size_t i = 0; i < sizeof(mask.words) / sizeof(*mask.words); i++)
		mask.words[i] = a->words[i] | b->words[i];
	return mask;
}

bool
knows(const void *context, uint32_t a, uint32_t b)
{
	(void)context;
	return has(&world.edits[a].past, b);
}

const struct schema_kind *
find_kind(const void *context, struct view name, uint32_t version)
{
	(void)context;
	return view_equal(name, world.kinds[0]->name) && version >= 1 && version <= VERSIONS ? world.kinds[version - 1]
	                                                                                     : NULL;
}

/* all that the edits of a set did to a record */
struct merge_history
history_of(const struct id *id, const struct mask *mask)
{
	struct merge_step *steps = get(world.table.count * sizeof(*steps));
	struct merge_word *words = get(WORDS_MAX * sizeof(*words));
	struct merge_history history = {steps, 0, words, 0};

	for (uint32_t i = 0; i < world.table.count; i++) {
		if (!has(mask, i))
			continue;
		for (size_t j = 0; j < world.edits[i].touch_count; j++) {
			if (id_equal(&world.edits[i].touches[j].id, id))
				steps[history.step_count++] = world.edits[i].touches[j].step;
		}
		for (size_t j = 0; j < world.edits[i].word_count && history.word_count < WORDS_MAX; j++) {
			if (world.edits[i].words[j].is_whole || id_equal(&world.edits[i].word_ids[j], id))
				words[history.word_count++] = world.edits[i].words[j];
		}
	}
	return history;
}

/* --- trees --- */

struct merge_row *
row_in(struct tree *tree, const struct id *id)
{
	for (size_t i = 0; tree != NULL && i < tree->count; i++) {
		if (id_equal(&tree->slots[i].id, id))
			return &tree->slots[i].row;
	}
	return NULL;
}

static struct merge_row *
slot_of(struct tree *tree, const struct id *id)
{
	struct merge_row *row = row_in(tree, id);
	size_t at = 0;

	if (row != NULL)
		return row;
	while (at < tree->count && memcmp(tree->slots[at].id.bytes, id->bytes, ID_BYTES) < 0)
		at++;
	memmove(&tree->slots[at + 1], &tree->slots[at], (tree->count - at) * sizeof(tree->slots[0]));
	tree->slots[at] = (struct slot){*id, {0}};
	tree->count++;
	return &tree->slots[at].row;
}

static void
drop_empty(struct tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->count; i++) {
		if (!merge_row_is_empty(&tree->slots[i].row))
			tree->slots[kept++] = tree->slots[i];
	}
	tree->count = kept;
}

static struct merge_sight
sight_of(const struct merge_row *row)
{
	struct merge_sight sight = {0};

	if (row != NULL)
		check(merge_sight_of(&sight, &world.arena, row,
		                     row->has_record ? find_kind(NULL, row->record.kind, row->record.schema_version)
		                                     : NULL,
		                     &info),
		      &info, "sight");
	return sight;
}

/* twin entries from the pairs that may be asked: may[a][b] in the order of the tree's slots */
static void
set_twins(struct tree *tree, bool may[RECORDS_MAX][RECORDS_MAX])
{
	struct merge_sight sights[RECORDS_MAX];

	for (size_t i = 0; i < tree->count; i++)
		sights[i] = sight_of(&tree->slots[i].row);
	for (size_t i = 0; i < tree->count; i++) {
		struct id twins[RECORDS_MAX];
		size_t count = 0;

		for (size_t j = 0; j < tree->count; j++) {
			if (i != j && (may[i][j] || may[j][i]) &&
			    merge_are_twins(&tree->slots[i].id, &sights[i], &tree->slots[j].id, &sights[j]))
				twins[count++] = tree->slots[j].id;
		}
		check(merge_twins_set(&tree->slots[i].row, &world.arena, twins, count, &info), &info, "twins");
	}
}

static void
set_all_twins(struct tree *tree)
{
	static bool may[RECORDS_MAX][RECORDS_MAX];

	memset(may, 1, sizeof(may));
	set_twins(tree, may);
}

/* what a parent's twin entries ask again */
static void
ask_again(bool may[RECORDS_MAX][RECORDS_MAX], struct tree *tree, struct tree *parent)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct merge_row *row = row_in(parent, &tree->slots[i].id);
		const struct merge_entry *twin = row == NULL ? NULL : merge_entries_twin(&row->entries);

		for (size_t j = 0; twin != NULL && j < tree->count; j++) {
			for (size_t k = 0; k < twin->count; k++)
				may[i][j] |= twin->has_more || id_equal(&twin->records[k], &tree->slots[j].id);
		}
	}
}

/* the pairs that a merge can have made: merge/twin.h */
static void
set_merged_twins(struct tree *tree, struct tree *parents[2])
{
	bool may[RECORDS_MAX][RECORDS_MAX] = {{false}};
	bool is_new[2][RECORDS_MAX];

	for (size_t side = 0; side < 2; side++) {
		ask_again(may, tree, parents[side]);
		for (size_t i = 0; i < tree->count; i++) {
			struct merge_sight now = sight_of(&tree->slots[i].row);
			struct merge_sight before = sight_of(row_in(parents[side], &tree->slots[i].id));

			is_new[side][i] = !merge_sight_equal(&now, &before);
		}
	}
	for (size_t i = 0; i < tree->count; i++) {
		for (size_t j = 0; j < tree->count; j++)
			may[i][j] |= (is_new[0][i] && is_new[1][j]) || (is_new[0][i] && is_new[1][i]);
	}
	set_twins(tree, may);
}

/* --- printing --- */

void
print_hex(struct view view)
{
	for (size_t i = 0; i < view.size; i++)
		printf("%02x", view.data[i]);
	if (view.size == 0)
		putchar('-');
}

static void
print_row(const struct slot *slot)
{
	struct bytes record = {0};
	struct bytes entries = {0};
	struct arena local = {0};
	struct merge_row again = {.has_record = slot->row.has_record, .epoch = slot->row.epoch};

	if (slot->row.has_record) {
		check(record_write(&record, &slot->row.record, LIMIT_RECORD_MERGED_BYTES_MAX, &info), &info,
		      "record_write");
		check(record_read(&again.record, &local, bytes_view(&record), LIMIT_RECORD_MERGED_BYTES_MAX, &info),
		      &info, "record_read");
	}
	if (slot->row.entries.count > 0) {
		check(merge_entries_write(&entries, &slot->row.entries, &info), &info, "entries_write");
		check(merge_entries_read(&again.entries, &local, bytes_view(&entries), &info), &info, "entries_read");
	}
	need(merge_row_equal(&slot->row, &again), "a row that was read back");
	printf("row ");
	print_hex(view_of(slot->id.bytes, ID_BYTES));
	printf(" %u.%u ", slot->row.epoch.number, slot->row.epoch.digest.bytes[0]);
	print_hex(bytes_view(&record));
	putchar(' ');
	print_hex(bytes_view(&entries));
	putchar('\n');
	bytes_release(&record);
	bytes_release(&entries);
	arena_release(&local);
}

static void
print_tree(const struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		print_row(&tree->slots[i]);
	printf("end\n");
}

/* --- commits --- */

static struct tree *
new_tree(const struct tree *parent)
{
	struct tree *tree = get(sizeof(*tree));

	if (parent != NULL)
		*tree = *parent;
	if (world.tree_count == COMMITS_MAX)
		exit(1);
	world.trees[world.tree_count++] = tree;
	return tree;
}

static struct merge_row
fold(const struct id *id, const struct mask *mask)
{
	struct merge_history history = history_of(id, mask);
	struct merge_row row;

	check(merge_fold(&row, &world.arena, &world.table, &history, &info), &info, "fold");
	return row;
}

/* the record has been written before: adding it again brings it back as it was */
static bool
has_past(const struct id *id, const struct mask *past)
{
	return history_of(id, past).step_count > 0;
}

/* the row that adding a record again, with nothing else, would give */
static struct merge_row
again_row(const struct id *id, const struct tree *parent)
{
	struct merge_history history = history_of(id, &parent->mask);
	struct delta_write add = {{.type = RECORD_EXISTENCE}, DELTA_ADD, {0}};
	struct merge_step *steps = get((history.step_count + 1) * sizeof(*steps));
	struct merge_row row;

	/* as the edit that is being made: it knows all that its parent reaches */
	memcpy(steps, history.steps, history.step_count * sizeof(*steps));
	steps[history.step_count] =
		(struct merge_step){(uint32_t)world.table.count - 1, false, world.kinds[0]->name, {&add, 1, 1}};
	history.steps = steps;
	history.step_count++;
	check(merge_fold_edit(&row, &world.arena, &world.table, &history, NULL, &info), &info, "again");
	return row;
}

/* one record of an edit that writes; the new row lies in the tree */
static void
write_record(struct tree *tree, struct tree *parent, uint32_t index, struct touch *touch)
{
	const struct merge_edit *edit = &world.items[index];
	const struct delta_writes *writes = &touch->step.writes;
	struct merge_edit_terms terms = {edit->schema_version, world.kinds[edit->schema_version - 1],
	                                 world.kinds[0]->name, edit->epoch};
	bool is_added = writes->items[0].path.type == RECORD_EXISTENCE && !writes->items[0].path.is_drop &&
	                writes->items[0].act == DELTA_ADD;
	bool is_again = is_added && parent != NULL && has_past(&touch->id, &parent->mask);
	struct merge_row *before = row_in(parent, &touch->id);
	struct merge_row after = {0};
	struct merge_row again;
	struct merge_change change = {before, &after, NULL, terms.kind};
	struct delta_writes derived = {0};

	if (is_again) {
		struct merge_history history = history_of(&touch->id, &tree->mask);

		check(merge_fold_edit(&after, &world.arena, &world.table, &history, before, &info), &info, "fold_edit");
		again = again_row(&touch->id, parent);
		change.again = &again;
	} else {
		check(merge_edit_row(&after, &world.arena, &terms, before, writes, &info), &info, "edit_row");
	}
	touch->step.is_changed = merge_row_changed(before, &after);
	check(merge_derive(&derived, &world.arena, &change, &info), &info, "derive");
	need(derived.count == writes->count, "derive: another number of writes");
	for (size_t i = 0; i < derived.count && i < writes->count; i++)
		need(record_path_compare(&derived.items[i].path, &writes->items[i].path) == 0 &&
		             derived.items[i].act == writes->items[i].act &&
		             view_equal(derived.items[i].value, writes->items[i].value),
		     "derive: another write");
	*slot_of(tree, &touch->id) = after;
}

/* one record of a correction */
static void
correct_record(struct tree *tree, struct tree *parent, struct touch *touch)
{
	struct merge_history history = history_of(&touch->id, &tree->mask);
	struct merge_row *before = row_in(parent, &touch->id);
	struct merge_row after;

	check(merge_fold_edit(&after, &world.arena, &world.table, &history, before, &info), &info, "fold_edit");
	touch->step.is_changed = merge_row_changed(before, &after);
	*slot_of(tree, &touch->id) = after;
}

void
make_edit(struct tree *parent)
{
	uint32_t index = (uint32_t)world.table.count - 1;
	struct tree *tree = new_tree(parent);

	if (parent != NULL)
		tree->mask = either(&world.edits[index].past, &parent->mask);
	set(&tree->mask, index);
	for (size_t i = 0; i < world.edits[index].touch_count; i++) {
		if (world.edits[index].word_count > 0)
			correct_record(tree, parent, &world.edits[index].touches[i]);
		else
			write_record(tree, parent, index, &world.edits[index].touches[i]);
	}
	drop_empty(tree);
	set_all_twins(tree);
	for (size_t i = 0; i < world.edits[index].touch_count; i++) {
		struct merge_row folded = fold(&world.edits[index].touches[i].id, &tree->mask);
		struct merge_row *row = row_in(tree, &world.edits[index].touches[i].id);
		struct merge_row bare = row == NULL ? (struct merge_row){0} : *row;

		check(merge_twins_set(&bare, &world.arena, NULL, 0, &info), &info, "twins");
		need(merge_row_equal(&folded, &bare), "an edit's row is not that of its history");
	}
	print_tree(tree);
}

/* steps of a record by the edits of one set that another lacks */
static size_t
steps_of(struct merge_step *out, const struct id *id, const struct mask *mask, const struct mask *without)
{
	struct merge_history history = history_of(id, mask);
	size_t count = 0;

	for (size_t i = 0; i < history.step_count; i++) {
		if (!has(without, history.steps[i].edit))
			out[count++] = history.steps[i];
	}
	return count;
}

/* steps of all edits that value entries name */
static size_t
named_steps(struct merge_step *out, const struct id *id, const struct merge_row *a, const struct merge_row *b,
            const struct mask *mask)
{
	struct merge_history history = history_of(id, mask);
	const struct merge_row *rows[] = {a, b};
	bool is_named[EDITS_MAX] = {false};
	size_t count = 0;

	for (size_t side = 0; side < 2; side++) {
		for (size_t i = 0; rows[side] != NULL && i < rows[side]->entries.count; i++) {
			const struct merge_entry *entry = &rows[side]->entries.items[i];
			uint32_t edit;

			for (size_t j = 0; entry->kind <= MERGE_STATE && j < entry->count; j++) {
				if (merge_edits_find(&edit, &world.table, &entry->commits[j]))
					is_named[edit] = true;
			}
		}
	}
	for (size_t i = 0; i < history.step_count; i++) {
		if (is_named[history.steps[i].edit])
			out[count++] = history.steps[i];
	}
	return count;
}

static struct merge_row
join(const struct id *id, struct tree *parents[2], const struct mask *mask)
{
	struct merge_step *steps[3] = {get(EDITS_MAX * sizeof(struct merge_step)),
	                               get(EDITS_MAX * sizeof(struct merge_step)),
	                               get(EDITS_MAX * sizeof(struct merge_step))};
	struct merge_sides sides = {.rows = {row_in(parents[0], id), row_in(parents[1], id)}};
	struct merge_row joined = {0};
	struct merge_row folded = fold(id, mask);
	bool needs_history = false;

	for (size_t side = 0; side < 2; side++) {
		sides.steps[side] = steps[side];
		sides.step_counts[side] = steps_of(steps[side], id, &parents[side]->mask, &parents[1 - side]->mask);
		for (size_t i = 0; i < sides.step_counts[side]; i++)
			sides.is_corrected |= steps[side][i].writes.count == 0;
	}
	sides.named = steps[2];
	sides.named_count = named_steps(steps[2], id, sides.rows[0], sides.rows[1], mask);
	if (sides.step_counts[0] == 0 || sides.step_counts[1] == 0) {
		size_t side = sides.step_counts[1] > 0; /* written on one side only: taken from there, unopened */

		if (sides.rows[side] != NULL)
			joined = *sides.rows[side];
		check(merge_twins_set(&joined, &world.arena, NULL, 0, &info), &info, "twins");
		need(merge_row_equal(&joined, &folded), "a row of one side is not that of the history");
		return joined;
	}
	check(merge_join(&joined, &needs_history, &world.arena, &world.table, &sides, &info), &info, "join");
	if (needs_history) {
		world.folds++;
		return folded;
	}
	world.joins++;
	need(merge_row_equal(&joined, &folded), "a joined row is not that of the history");
	return joined;
}

void
make_merge(struct tree *a, struct tree *b)
{
	struct tree *tree = new_tree(NULL);
	struct tree *parents[] = {a, b};

	tree->mask = either(&a->mask, &b->mask);
	for (uint32_t i = 0; i < world.table.count; i++) {
		for (size_t j = 0; has(&tree->mask, i) && j < world.edits[i].touch_count; j++) {
			const struct id *id = &world.edits[i].touches[j].id;

			if (row_in(tree, id) == NULL)
				*slot_of(tree, id) = join(id, parents, &tree->mask);
		}
	}
	drop_empty(tree);
	set_merged_twins(tree, parents);
	print_tree(tree);
}
