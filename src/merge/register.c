/* The registers of one record's history: every write to each, those that count and those that are void. */
#include <stdlib.h>
#include <string.h>

#include "merge/inside.h"
#include "merge/resolve.h"

/* one write on its way to its register */
struct flat {
	struct record_path path;
	struct merge_write write;
	bool is_void;
};

bool
merge_same_member(const struct record_path *a, const struct record_path *b)
{
	return merge_path_is_member(a) && merge_path_is_member(b) && a->is_drop == b->is_drop && a->field == b->field &&
	       view_equal(a->key, b->key);
}

/* by register, those that count first, then by edit */
static int
compare_flat(const void *left, const void *right)
{
	const struct flat *a = left;
	const struct flat *b = right;
	int order = record_path_compare(&a->path, &b->path);

	if (order != 0)
		return order;
	if (a->is_void != b->is_void)
		return a->is_void ? 1 : -1;
	return (a->write.edit > b->write.edit) - (a->write.edit < b->write.edit);
}

const struct merge_step *
merge_step_find(const struct merge_step *steps, size_t count, uint32_t edit)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (steps[middle].edit == edit)
			return &steps[middle];
		if (steps[middle].edit < edit)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* --- words --- */

/* Of these words, one of the highest level that no other one of that level knows says Void. */
bool
merge_words_void(const struct merge_edits *edits, const struct merge_word *words, size_t count)
{
	const struct merge_work work = {.edits = edits};
	uint8_t level = 0;

	for (size_t i = 0; i < count; i++) {
		if (edits->items[words[i].correction].level > level)
			level = edits->items[words[i].correction].level;
	}
	for (size_t i = 0; i < count; i++) {
		bool is_last = edits->items[words[i].correction].level == level && !words[i].is_restore;

		for (size_t j = 0; is_last && j < count; j++)
			is_last = edits->items[words[j].correction].level != level ||
			          !merge_knows(&work, words[j].correction, words[i].correction);
		if (is_last)
			return true;
	}
	return false;
}

static int
compare_words(const void *a, const void *b)
{
	uint32_t left = ((const struct merge_word *)a)->target;
	uint32_t right = ((const struct merge_word *)b)->target;

	return (left > right) - (left < right);
}

/* the words about the writes of one edit, of all words sorted by target; and room to pick some of them */
struct words {
	const struct merge_word *items;
	size_t count;
	struct merge_word *picked;
};

static enum err
sort_words(struct merge_word **out, struct merge_work *work, const struct merge_history *history)
{
	struct merge_word *words = arena_get(work->arena, history->word_count * sizeof(*words));

	if (words == NULL)
		return err_nomem(work->info);
	if (history->word_count > 0)
		memcpy(words, history->words, history->word_count * sizeof(*words));
	if (history->word_count > 1)
		qsort(words, history->word_count, sizeof(*words), compare_words);
	*out = words;
	return ERR_OK;
}

static bool
is_void(const struct merge_work *work, const struct words *words, const struct record_path *path)
{
	size_t count = 0;

	for (size_t i = 0; i < words->count; i++) {
		if (words->items[i].is_whole || record_path_compare(&words->items[i].path, path) == 0)
			words->picked[count++] = words->items[i];
	}
	return count > 0 && merge_words_void(work->edits, words->picked, count);
}

/* --- registers --- */

/* the words about the writes of an edit; asked in the order of edits */
static void
words_about(struct words *words, const struct merge_word *end, uint32_t edit)
{
	words->items += words->count;
	while (words->items < end && words->items->target < edit)
		words->items++;
	words->count = 0;
	while (words->items + words->count < end && words->items[words->count].target == edit)
		words->count++;
}

static enum err
flatten(struct flat **out, size_t *count_out, struct merge_work *work, const struct merge_history *history)
{
	struct words words = {0};
	struct merge_word *sorted = NULL;
	struct flat *flat;
	size_t total = 0;
	enum err err = sort_words(&sorted, work, history);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < history->step_count; i++)
		total += history->steps[i].writes.count;
	flat = arena_get(work->arena, total * sizeof(*flat));
	words.items = sorted;
	words.picked = arena_get(work->arena, history->word_count * sizeof(*words.picked));
	if (flat == NULL || words.picked == NULL)
		return err_nomem(work->info);
	total = 0;
	for (size_t i = 0; i < history->step_count; i++) {
		const struct merge_step *step = &history->steps[i];

		words_about(&words, sorted + history->word_count, step->edit);
		for (size_t j = 0; j < step->writes.count; j++) {
			const struct delta_write *write = &step->writes.items[j];

			flat[total++] = (struct flat){write->path,
			                              {step->edit, write->act, write->value},
			                              is_void(work, &words, &write->path)};
		}
	}
	if (total > 1)
		qsort(flat, total, sizeof(*flat), compare_flat);
	*out = flat;
	*count_out = total;
	return ERR_OK;
}

/* sorted writes into registers */
static enum err
group(struct merge_registers *out, struct merge_work *work, const struct flat *flat, size_t count)
{
	struct merge_registers registers = {arena_get(work->arena, count * sizeof(struct merge_register)), .count = 0};
	struct merge_write *writes = arena_get(work->arena, count * sizeof(*writes));

	if (registers.items == NULL || writes == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < count; i++) {
		struct merge_register *last = registers.count == 0 ? NULL : &registers.items[registers.count - 1];
		struct merge_writes *list;

		writes[i] = flat[i].write;
		if (last == NULL || record_path_compare(&last->path, &flat[i].path) != 0) {
			last = &registers.items[registers.count++];
			last->path = flat[i].path;
			registers.drops += !last->path.is_drop;
		}
		if (flat[i].path.key_field > last->path.key_field)
			last->path.key_field = flat[i].path.key_field;
		list = flat[i].is_void ? &last->voided : &last->counted;
		if (list->count == 0)
			list->items = &writes[i];
		list->count++;
	}
	*out = registers;
	return ERR_OK;
}

const struct merge_register *
merge_registers_find(const struct merge_registers *registers, const struct record_path *path)
{
	size_t low = 0;
	size_t high = registers->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = record_path_compare(&registers->items[middle].path, path);

		if (order == 0)
			return &registers->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* --- a member that is added again starts empty --- */

static bool
is_writer(const struct merge_writes *writes, uint32_t edit)
{
	for (size_t i = 0; i < writes->count; i++) {
		if (writes->items[i].edit == edit)
			return true;
	}
	return false;
}

static bool
knows_any(const struct merge_work *work, uint32_t edit, const struct merge_writes *writes)
{
	for (size_t i = 0; i < writes->count; i++) {
		if (merge_knows(work, edit, writes->items[i].edit))
			return true;
	}
	return false;
}

/* the adds of the member also clear this field of it */
static enum err
clear_by_adds(struct merge_register *field, struct merge_work *work, const struct merge_writes *existence)
{
	struct merge_writes all = {0};

	if (field->counted.count == 0)
		return ERR_OK;
	for (size_t i = 0; i < existence->count; i++) {
		struct merge_write clear = {existence->items[i].edit, DELTA_CLEAR, {0}};

		if (existence->items[i].act != DELTA_ADD || is_writer(&field->counted, clear.edit) ||
		    is_writer(&field->voided, clear.edit) || !knows_any(work, clear.edit, &field->counted))
			continue;
		if (all.items == NULL) {
			all.items =
				arena_get(work->arena, (field->counted.count + existence->count) * sizeof(*all.items));
			if (all.items == NULL)
				return err_nomem(work->info);
			memcpy(all.items, field->counted.items, field->counted.count * sizeof(*all.items));
			all.count = field->counted.count;
		}
		all.items[all.count++] = clear;
	}
	if (all.items == NULL)
		return ERR_OK;
	merge_writes_sort(&all);
	field->counted = all;
	return ERR_OK;
}

/* --- scopes --- */

/* a write of a register of the scope that no removal knows, and that is none */
static bool
has_unknown(const struct merge_work *work, const struct merge_register *item, bool is_existence,
            const struct merge_writes *removals)
{
	for (size_t i = 0; i < item->counted.count; i++) {
		const struct merge_write *write = &item->counted.items[i];
		bool is_known = is_existence && write->act == DELTA_CLEAR;

		for (size_t j = 0; !is_known && j < removals->count; j++)
			is_known = merge_knows(work, removals->items[j].edit, write->edit);
		if (!is_known)
			return true;
	}
	return false;
}

/* scope->first and ->end are set; `existence` may be NULL: never written */
static enum err
judge_scope(struct merge_scope *scope, struct merge_work *work, const struct merge_registers *registers,
            const struct merge_register *existence)
{
	struct merge_writes removals = {0};
	enum err err = ERR_OK;

	if (existence == NULL)
		return ERR_OK;
	for (size_t i = 0; i < existence->counted.count; i++)
		scope->is_added |= existence->counted.items[i].act != DELTA_CLEAR;
	if (scope->is_added)
		err = merge_removals(&removals, work, &existence->counted);
	if (err == ERR_OK && removals.count > 0)
		err = merge_maximal(&removals, work, &removals);
	for (size_t i = scope->first; scope->is_added && err == ERR_OK && !scope->stands && i < scope->end; i++) {
		const struct merge_register *item = &registers->items[i];

		scope->stands = has_unknown(work, item, item == existence, &removals);
	}
	if (err != ERR_OK || !scope->stands)
		return err;
	err = merge_maximal(&scope->beaten, work, &existence->counted);
	return err != ERR_OK ? err : merge_removals(&scope->beaten, work, &scope->beaten);
}

/* the member whose registers begin at `first` */
static enum err
judge_member(size_t *end_out, struct merge_registers *registers, struct merge_work *work, size_t first)
{
	struct merge_register *items = registers->items;
	const struct merge_register *existence = items[first].path.type == RECORD_MEMBER ? &items[first] : NULL;
	struct merge_scope *scope = arena_get(work->arena, sizeof(*scope));
	size_t end = first;
	enum err err = ERR_OK;

	if (scope == NULL)
		return err_nomem(work->info);
	while (end < registers->drops && merge_same_member(&items[first].path, &items[end].path))
		items[end++].member = scope;
	for (size_t i = first + 1; err == ERR_OK && existence != NULL && i < end; i++)
		err = clear_by_adds(&items[i], work, &existence->counted);
	scope->first = first;
	scope->end = end;
	*end_out = end;
	return err != ERR_OK ? err : judge_scope(scope, work, registers, existence);
}

enum err
merge_registers_build(struct merge_registers *out, struct merge_work *work, const struct merge_history *history)
{
	struct merge_registers registers = {0};
	struct flat *flat = NULL;
	size_t count = 0;
	enum err err = flatten(&flat, &count, work, history);

	if (err == ERR_OK)
		err = group(&registers, work, flat, count);
	for (size_t i = 0; err == ERR_OK && i < registers.drops;) {
		if (merge_path_is_member(&registers.items[i].path))
			err = judge_member(&i, &registers, work, i);
		else
			i++;
	}
	if (err != ERR_OK)
		return err;
	registers.record.end = registers.drops;
	err = judge_scope(&registers.record, work, &registers,
	                  registers.drops > 0 && registers.items[0].path.type == RECORD_EXISTENCE ? &registers.items[0]
	                                                                                          : NULL);
	if (err == ERR_OK)
		*out = registers;
	return err;
}
