/* The past, once gathered, as merging asks for it. */
#include <stdlib.h>

#include "git/tree.h"
#include "partition/past_state.h"
#include "roster/rights.h"
#include "schema/set.h"

static enum err
blob_at(struct oid *out, struct git_reader reader, const struct oid *map, const struct id *id, struct err_info *info)
{
	struct git_idtree *tree = NULL;
	enum err err;

	*out = (struct oid){{0}};
	if (oid_is_none(map))
		return ERR_OK;
	err = git_idtree_open(&tree, reader, map, info);
	if (err == ERR_OK)
		err = git_idtree_get(out, tree, id, info);
	git_idtree_free(tree);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
past_blobs(struct partition_blobs *out, struct git_reader reader, const struct partition_version *version,
           const struct id *id, struct err_info *info)
{
	enum err err = blob_at(&out->record, reader, &version->records, id, info);

	return err == ERR_OK ? blob_at(&out->entries, reader, &version->conflicts, id, info) : err;
}

static bool
knows(const void *context, uint32_t a, uint32_t b)
{
	const struct partition_past *past = context;

	if (past->has_top && a == past->edit_count)
		return true; /* it lies on top of all the others */
	if (past->has_top && b == past->edit_count)
		return false;
	return git_reach_has(past->reach, a, b);
}

static const struct schema_set *
set_of_version(const struct partition_past *past, uint32_t version)
{
	const struct partition_world *world = &past->source.partition->world;
	const struct roster_schema_set *found = NULL;
	const struct roster_schema_set *set;
	size_t position = 0;

	while ((set = roster_schema_next(world->roster, &position)) != NULL) {
		if (set->version == version)
			found = set; /* of two with one version the larger digest stands */
	}
	return found == NULL ? NULL : world->find_schema_set(world->context, found->version, &found->digest);
}

static const struct schema_kind *
find_kind(const void *context, struct view name, uint32_t version)
{
	struct partition_past *past = (struct partition_past *)(uintptr_t)context; /* it notes what was missing */
	const struct schema_set *set = set_of_version(past, version);

	if (set == NULL) {
		past->missing_schema = version;
		return NULL;
	}
	return schema_set_kind(set, name);
}

enum err
partition_past_check(const struct partition_past *past, struct err_info *info)
{
	if (past->missing_schema == 0)
		return ERR_OK;
	return err_set(info, ERR_STATE, _("schema set %u is not held here; it comes with the superior's next bundle"),
	               past->missing_schema);
}

struct past_order {
	uint32_t generation;
	struct oid commit;
	uint32_t place;
};

static int
compare_edits(const void *a, const void *b)
{
	const struct past_order *x = a;
	const struct past_order *y = b;

	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return memcmp(x->commit.bytes, y->commit.bytes, OID_BYTES);
}

/* Whoever knows an edit has a larger generation number. */
static enum err
order_edits(struct partition_past *past, struct err_info *info)
{
	struct past_order *order = calloc(past->edit_count + 1, sizeof(*order));
	struct oid *oids = calloc(past->edit_count + 1, sizeof(*oids));
	enum err err = ERR_OK;

	past->order = calloc(past->edit_count + 1, sizeof(*past->order));
	if (order == NULL || oids == NULL || past->order == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < past->edit_count; i++)
		order[i] = (struct past_order){past->edits[i].generation, past->edits[i].edit.commit, (uint32_t)i};
	if (err == ERR_OK && past->edit_count > 1)
		qsort(order, past->edit_count, sizeof(*order), compare_edits);
	for (size_t i = 0; err == ERR_OK && i < past->edit_count; i++) {
		past->order[i] = order[i].place;
		past->edits[order[i].place].index = (uint32_t)i;
		oids[i] = order[i].commit;
	}
	if (err == ERR_OK)
		err = git_reach_new(&past->reach, past->history, (struct git_oids_view){oids, past->edit_count}, info);
	free(order);
	free(oids);
	return err;
}

/* By record, then by edit. */
static int
compare_steps(const void *a, const void *b)
{
	const struct past_step *x = a;
	const struct past_step *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return (x->edit > y->edit) - (x->edit < y->edit);
}

static void
order_steps(struct partition_past *past)
{
	for (size_t i = 0; i < past->step_count; i++)
		past->steps[i].edit = past->edits[past->steps[i].edit].index;
	if (past->step_count > 1)
		qsort(past->steps, past->step_count, sizeof(*past->steps), compare_steps);
	for (size_t i = past->step_count; i-- > 0;) {
		past->records[past->steps[i].record].step_first = i;
		past->records[past->steps[i].record].step_count++;
	}
}

enum err
partition_past_seal(struct partition_past *past, const struct partition_past_top *top, struct err_info *info)
{
	struct merge_edit *items;
	bool found = false;
	enum err err = ERR_OK;

	if (top != NULL)
		err = past_add_words(past, PAST_TOP, top->commit->voids, &found, info);
	if (err == ERR_OK)
		err = order_edits(past, info);
	if (err != ERR_OK)
		return err;
	order_steps(past);
	items = arena_get(&past->arena, (past->edit_count + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < past->edit_count; i++)
		items[i] = past->edits[past->order[i]].edit;
	past->has_top = top != NULL;
	if (top != NULL)
		items[past->edit_count] = top->edit;
	past->merge = (struct merge_edits){
		.items = items,
		.count = past->edit_count + (top != NULL ? 1U : 0U),
		.knows = knows,
		.find_kind = find_kind,
		.context = past,
	};
	return merge_edits_index(&past->merge, &past->arena, info);
}

const struct merge_edits *
partition_past_edits(const struct partition_past *past)
{
	return &past->merge;
}

static int
compare_words(const void *a, const void *b)
{
	const struct merge_word *x = a;
	const struct merge_word *y = b;

	return (x->target > y->target) - (x->target < y->target);
}

/* The words about one record, by target, as their lines name them. A line for an edit that touched none of the records says nothing here. */
static enum err
words_of(struct merge_word **out, size_t *count_out, struct partition_past *past, size_t record, struct err_info *info)
{
	struct merge_word *words = arena_get(&past->arena, (past->word_count + 1) * sizeof(*words));
	size_t count = 0;

	if (words == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < past->word_count; i++) {
		const struct past_word *word = &past->words[i];
		uint32_t target;

		if ((!word->line.is_whole && word->record != record) ||
		    !merge_edits_find(&target, &past->merge, &word->line.commit))
			continue;
		words[count++] = (struct merge_word){
			.correction = word->correction == PAST_TOP ? (uint32_t)past->edit_count
		                                                   : past->edits[word->correction].index,
			.target = target,
			.is_restore = word->line.is_restore,
			.is_whole = word->line.is_whole,
			.path = word->line.path,
		};
	}
	if (count > 1)
		qsort(words, count, sizeof(*words), compare_words);
	*out = words;
	*count_out = count;
	return ERR_OK;
}

/* A register of a step with its name. */
struct past_name {
	struct record_path named;
	const struct record_path *path;
};

static int
compare_names(const void *a, const void *b)
{
	return record_path_compare(&((const struct past_name *)a)->named, &((const struct past_name *)b)->named);
}

static enum err
name_writes(struct past_name **out, struct partition_past *past, const struct id *id, const struct delta_writes *writes,
            struct err_info *info)
{
	const struct partition_source *source = &past->source;
	struct past_name *names = arena_get(&past->arena, (writes->count + 1) * sizeof(*names));
	struct id *digests = arena_get(&past->arena, (writes->count + 1) * sizeof(*digests));
	struct seal_salt salt;
	enum err err = names == NULL || digests == NULL
	                       ? err_nomem(info)
	                       : partition_salt(&salt, source->partition, source->batch, id, info);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < writes->count; i++) {
		names[i].path = &writes->items[i].path;
		record_path_name(&names[i].named, &digests[i], names[i].path, &salt);
	}
	seal_wipe(&salt, sizeof(salt));
	if (writes->count > 1)
		qsort(names, writes->count, sizeof(*names), compare_names);
	*out = names;
	return ERR_OK;
}

/* The words about a step, now that its writes are known: a key's digest is looked up among them. One that is not there
 * says nothing. */
static enum err
settle_words(struct merge_history *history, struct merge_word *settled, struct partition_past *past,
             const struct id *id, const struct merge_word *words, size_t count, struct err_info *info)
{
	const struct merge_step *step = &history->steps[history->step_count - 1];
	struct past_name *names = NULL;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct past_name sought = {.named = words[i].path};
		const struct past_name *found = NULL;

		if (words[i].is_whole || !record_path_has_key(&words[i].path)) {
			settled[history->word_count++] = words[i];
			continue;
		}
		if (names == NULL)
			err = name_writes(&names, past, id, &step->writes, info);
		if (err == ERR_OK)
			found = bsearch(&sought, names, step->writes.count, sizeof(*names), compare_names);
		if (found == NULL)
			continue;
		settled[history->word_count] = words[i];
		settled[history->word_count++].path = *found->path;
	}
	return err;
}

/* The record as it was, for one that is added again: what adding it with nothing else would give. */
static enum err
row_again(struct merge_row *out, struct partition_past *past, const struct merge_history *history,
          const struct past_step *step, struct view kind, struct err_info *info)
{
	static const struct merge_row nothing;
	static struct delta_write existence = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};
	struct merge_step *steps = arena_get(&past->arena, (history->step_count + 1) * sizeof(*steps));
	struct merge_word *words = arena_get(&past->arena, (history->word_count + 1) * sizeof(*words));
	struct merge_history known = {steps, 0, words, 0};
	uint32_t edit = (uint32_t)step->edit;

	if (steps == NULL || words == NULL)
		return err_nomem(info);
	for (size_t i = 0; i < history->step_count; i++) {
		if (knows(past, edit, history->steps[i].edit))
			steps[known.step_count++] = history->steps[i];
	}
	for (size_t i = 0; i < history->word_count; i++) {
		if (history->words[i].correction != edit && knows(past, edit, history->words[i].correction))
			words[known.word_count++] = history->words[i];
	}
	if (known.step_count == 0) {
		*out = nothing;
		return ERR_OK;
	}
	steps[known.step_count++] =
		(struct merge_step){.edit = edit, .kind = kind, .writes = {.items = &existence, .count = 1}};
	return merge_fold_edit(out, &past->arena, &past->merge, &known, &nothing, info);
}

/* One step: both rows opened, and the writes between them. `earlier`: the record's steps and words so far, or NULL. */
static enum err
derive_step(struct merge_step *out, struct partition_past *past, const struct past_step *step,
            const struct merge_history *earlier, struct err_info *info)
{
	const struct past_edit *edit = &past->edits[past->order[step->edit]];
	const struct partition_world *world = &past->source.partition->world;
	const struct schema_set *set =
		world->find_schema_set(world->context, edit->edit.schema_version, &edit->schema_digest);
	const struct id *id = &past->records[step->record].id;
	struct merge_row before;
	struct merge_row after;
	struct merge_row again = {.has_record = false};
	struct merge_change change;
	enum err err = partition_row_open(&before, &past->arena, &past->source, id, &step->before, info);

	if (err == ERR_OK)
		err = partition_row_open(&after, &past->arena, &past->source, id, &step->after, info);
	if (err != ERR_OK)
		return err;
	*out = (struct merge_step){
		.edit = (uint32_t)step->edit,
		.is_changed = !oid_equal(&step->before.record, &step->after.record),
		.kind = after.has_record ? after.record.kind : before.record.kind,
	};
	if (edit->is_correction)
		return ERR_OK; /* it writes nothing; what it voids shows in the tree */
	if (set == NULL && edit->edit.schema_version != 0)
		past->missing_schema = edit->edit.schema_version;
	if (earlier != NULL && !before.has_record && after.has_record)
		err = row_again(&again, past, earlier, step, after.record.kind, info);
	change = (struct merge_change){
		.parent = &before,
		.child = &after,
		.again = merge_row_is_empty(&again) ? NULL : &again,
		.kind = set == NULL || out->kind.size == 0 ? NULL : schema_set_kind(set, out->kind),
	};
	if (err == ERR_OK)
		err = merge_derive(&out->writes, &past->arena, &change, info);
	return err;
}

/* Words are about edits that their corrections know: a step needs only those about the steps before it. */
enum err
partition_past_history(struct merge_history *out, struct partition_past *past, const struct id *id,
                       struct err_info *info)
{
	struct merge_history history = {.steps = NULL};
	struct merge_step *steps;
	struct merge_word *words = NULL;
	struct merge_word *settled;
	size_t word_count = 0;
	size_t record;
	size_t next = 0;
	enum err err;

	if (!past_find_record(&record, past, id))
		return err_set(info, ERR_INTERNAL, "%s", _("the past of a record was not asked for"));
	steps = arena_get(&past->arena, (past->records[record].step_count + 1) * sizeof(*steps));
	history.steps = steps;
	err = steps == NULL ? err_nomem(info) : words_of(&words, &word_count, past, record, info);
	settled = arena_get(&past->arena, (word_count + 1) * sizeof(*settled));
	history.words = settled;
	if (err == ERR_OK && settled == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < past->records[record].step_count; i++) {
		size_t end;

		err = derive_step(&steps[i], past, &past->steps[past->records[record].step_first + i], &history, info);
		if (err != ERR_OK)
			break;
		history.step_count++;
		while (next < word_count && words[next].target < steps[i].edit)
			next++;
		end = next;
		while (end < word_count && words[end].target == steps[i].edit)
			end++;
		err = settle_words(&history, settled, past, id, words + next, end - next, info);
		next = end;
	}
	if (err == ERR_OK)
		*out = history;
	return err;
}

enum err
partition_past_sides(struct merge_sides *out, struct partition_past *past, const struct id *id, struct err_info *info)
{
	struct merge_step *lists[3];
	size_t counts[3] = {0, 0, 0};
	bool is_corrected = false;
	size_t record;
	enum err err = ERR_OK;

	if (!past_find_record(&record, past, id))
		return err_set(info, ERR_INTERNAL, "%s", _("the past of a record was not asked for"));
	for (size_t i = 0; i < 3; i++) {
		lists[i] = arena_get(&past->arena, (past->records[record].step_count + 1) * sizeof(*lists[i]));
		if (lists[i] == NULL)
			return err_nomem(info);
	}
	for (size_t i = 0; i < past->word_count; i++) /* a line for a whole edit may be about this record */
		is_corrected = is_corrected || past->words[i].line.is_whole || past->words[i].record == record;
	for (size_t i = 0; err == ERR_OK && i < past->records[record].step_count; i++) {
		const struct past_step *step = &past->steps[past->records[record].step_first + i];
		size_t list = step->side == PAST_SIDE_A ? 0 : step->side == PAST_SIDE_B ? 1 : 2;

		if (counts[list] > 0 && lists[list][counts[list] - 1].edit == step->edit)
			continue; /* two entries name one edit */
		err = derive_step(&lists[list][counts[list]], past, step, NULL, info);
		counts[list]++;
	}
	if (err != ERR_OK)
		return err;
	*out = (struct merge_sides){
		.steps = {lists[0], lists[1]},
		.step_counts = {counts[0], counts[1]},
		.named = lists[2],
		.named_count = counts[2],
		.is_corrected = is_corrected,
	};
	return ERR_OK;
}
