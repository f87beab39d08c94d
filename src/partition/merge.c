/* The merge of two commits: a pure function of the edits below them. Rows that only one side wrote are taken unopened. */
#include "partition/merge.h"

#include <stdlib.h>

#include "git/tree.h"
#include "partition/edit.h"
#include "partition/natural.h"
#include "partition/past_state.h"
#include "partition/twins.h"

enum {
	SIDES = 2
};

/* One parent and what only it reaches. */
struct merge_parent {
	struct partition_version version;
	struct git_oids commits; /* parents first */
	size_t edit_count;
};

struct merging {
	struct partition_batch *batch;
	struct partition_source source;
	struct git_history *history;
	struct merge_parent parents[SIDES]; /* ascending by id */
	struct table touched;               /* id -> bits 1, 2: which sides wrote it */
	struct partition_tree tree;
	struct partition_twins twins;
	struct arena arena;
	unsigned side; /* of the walk at hand */
};

static void
merging_release(struct merging *merging)
{
	for (size_t i = 0; i < SIDES; i++) {
		partition_version_release(&merging->parents[i].version);
		git_oids_release(&merging->parents[i].commits);
	}
	partition_twins_release(&merging->twins);
	partition_tree_release(&merging->tree);
	table_release(&merging->touched);
	arena_release(&merging->arena);
	git_history_free(merging->history);
}

static enum err
count_edits(struct merge_parent *parent, struct git_history *history, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < parent->commits.count; i++) {
		struct oid above[GIT_PARENTS_MAX];
		size_t count = 0;

		err = git_history_parents(above, &count, history, &parent->commits.items[i], info);
		parent->edit_count += count < GIT_PARENTS_MAX ? 1U : 0U;
	}
	return err;
}

static enum err
open_parents(struct merging *merging, const struct oid *a, const struct oid *b, struct err_info *info)
{
	bool is_ordered = memcmp(a->bytes, b->bytes, OID_BYTES) < 0;
	const struct oid *heads[SIDES] = {is_ordered ? a : b, is_ordered ? b : a};
	enum err err = git_history_open(&merging->history, merging->source.reader, info);

	for (size_t i = 0; err == ERR_OK && i < SIDES; i++) {
		struct merge_parent *parent = &merging->parents[i];

		err = partition_version_read(&parent->version, merging->source.partition, merging->source.reader,
		                             heads[i], info);
		if (err == ERR_OK)
			err = git_history_between(&parent->commits, merging->history,
			                          (struct git_oids_view){heads[i], 1},
			                          (struct git_oids_view){heads[1 - i], 1}, info);
		if (err == ERR_OK)
			err = count_edits(parent, merging->history, info);
	}
	return err;
}

static enum err
touch(void *context, const struct id *id, const struct oid *old, const struct oid *new, struct err_info *info)
{
	struct merging *merging = context;
	uint64_t *value;
	enum err err = table_put(&merging->touched, view_of(id->bytes, ID_BYTES), &value, NULL, info);

	(void)old;
	(void)new;
	if (err == ERR_OK)
		*value |= merging->side;
	return err;
}

static enum err
touch_all(struct merging *merging, const struct partition_version *version, struct err_info *info)
{
	struct partition_version parent = {0};
	enum err err = ERR_OK;

	if (version->info.parent_count > 0)
		err = partition_version_read(&parent, merging->source.partition, merging->source.reader,
		                             &version->info.parents[0], info);
	if (err == ERR_OK)
		err = git_idtree_diff(merging->source.reader, &parent.records, &version->records, touch, merging, info);
	if (err == ERR_OK)
		err = git_idtree_diff(merging->source.reader, &parent.conflicts, &version->conflicts, touch, merging,
		                      info);
	partition_version_release(&parent);
	return err;
}

/* A correction touches every record of which it speaks, also where its tree shows nothing. */
static enum err
touch_words(struct merging *merging, struct view voids, struct err_info *info)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && voids.size > 0) {
		struct partition_version target;
		struct delta_void word;

		err = delta_void_next(&word, &voids, &merging->arena, info);
		if (err != ERR_OK)
			break;
		if (!word.is_whole) {
			err = touch(merging, &word.record, NULL, NULL, info);
			continue;
		}
		err = partition_version_read(&target, merging->source.partition, merging->source.reader, &word.commit,
		                             info);
		if (err != ERR_OK)
			break;
		err = touch_all(merging, &target, info);
		partition_version_release(&target);
	}
	return err;
}

static enum err
find_touched(struct merging *merging, size_t side, struct err_info *info)
{
	const struct git_oids *commits = &merging->parents[side].commits;
	enum err err = ERR_OK;

	merging->side = 1U << side;
	for (size_t i = 0; err == ERR_OK && i < commits->count; i++) {
		struct partition_version version;

		err = partition_version_read(&version, merging->source.partition, merging->source.reader,
		                             &commits->items[i], info);
		if (err != ERR_OK)
			break;
		if (!version.info.is_merge)
			err = touch_all(merging, &version, info);
		if (err == ERR_OK)
			err = touch_words(merging, version.info.voids, info);
		partition_version_release(&version);
	}
	return err;
}

/* --- the records that both sides wrote --- */

struct both {
	struct id id;
	struct partition_blobs blobs[SIDES];
	struct merge_row rows[SIDES];
	bool needs_history;
};

struct boths {
	struct both *items;
	size_t count;
};

static enum err
list_boths(struct boths *out, struct merging *merging, struct err_info *info)
{
	size_t position = 0;
	struct view key;
	uint64_t bits;

	out->items = arena_get(&merging->arena, (merging->touched.count + 1) * sizeof(*out->items));
	if (out->items == NULL)
		return err_nomem(info);
	while (table_next(&merging->touched, &position, &key, &bits)) {
		if (bits == 3)
			memcpy(out->items[out->count++].id.bytes, key.data, ID_BYTES);
	}
	return ERR_OK;
}

static enum err
open_both(struct both *both, struct merging *merging, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < SIDES; i++) {
		err = past_blobs(&both->blobs[i], merging->source.reader, &merging->parents[i].version, &both->id,
		                 info);
		if (err == ERR_OK)
			err = partition_row_open(&both->rows[i], &merging->arena, &merging->source, &both->id,
			                         &both->blobs[i], info);
	}
	return err;
}

/* Every commit that the entries of a row name. */
static enum err
name_all(struct partition_past *past, const struct id *id, const struct merge_entries *entries, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < entries->count; i++) {
		const struct merge_entry *entry = &entries->items[i];
		bool wants_writes = entry->kind == MERGE_VALUE || entry->kind == MERGE_STATE;

		if (entry->kind == MERGE_TWIN || entry->kind == MERGE_RULE)
			continue;
		for (size_t k = 0; err == ERR_OK && k < entry->count; k++) {
			if (entry->kind != MERGE_STALE) {
				err = partition_past_name(past, id, &entry->commits[k], wants_writes, info);
				continue;
			}
			err = partition_past_name(past, id, &entry->pairs[k].decision, false, info);
			if (err == ERR_OK)
				err = partition_past_name(past, id, &entry->pairs[k].edit, false, info);
		}
	}
	return err;
}

/* The new edits of both sides, and what entries name: most records need no more. */
static enum err
gather_sides(struct partition_past **out, struct merging *merging, const struct boths *boths, struct err_info *info)
{
	struct partition_past *past = NULL;
	enum err err = partition_past_new(&past, &merging->source, merging->history, info);

	for (size_t i = 0; err == ERR_OK && i < boths->count; i++)
		err = partition_past_record(past, &boths->items[i].id, info);
	for (size_t i = 0; err == ERR_OK && i < SIDES; i++) {
		const struct git_oids *commits = &merging->parents[i].commits;

		err = partition_past_walk(past, (struct git_oids_view){commits->items, commits->count},
		                          i == 0 ? PAST_SIDE_A : PAST_SIDE_B, info);
	}
	for (size_t i = 0; err == ERR_OK && i < boths->count; i++) {
		for (size_t k = 0; err == ERR_OK && k < SIDES; k++)
			err = name_all(past, &boths->items[i].id, &boths->items[i].rows[k].entries, info);
	}
	if (err == ERR_OK)
		err = partition_past_seal(past, NULL, info);
	if (err != ERR_OK) {
		partition_past_free(past);
		return err;
	}
	*out = past;
	return ERR_OK;
}

static enum err
join_boths(struct merging *merging, const struct boths *boths, struct err_info *info)
{
	struct partition_past *past = NULL;
	enum err err = gather_sides(&past, merging, boths, info);

	for (size_t i = 0; err == ERR_OK && i < boths->count; i++) {
		struct both *both = &boths->items[i];
		struct merge_sides sides;
		struct merge_row row;

		err = partition_past_sides(&sides, past, &both->id, info);
		for (size_t k = 0; k < SIDES; k++)
			sides.rows[k] = &both->rows[k];
		if (err == ERR_OK)
			err = merge_join(&row, &both->needs_history, &merging->arena, partition_past_edits(past),
			                 &sides, info);
		if (err == ERR_OK && !both->needs_history)
			err = partition_tree_put(&merging->tree, &both->id, &row, info);
	}
	if (err == ERR_OK)
		err = partition_past_check(past, info);
	partition_past_free(past);
	return err;
}

/* The rest is folded from the whole history; one walk serves all of it. */
static enum err
fold_boths(struct merging *merging, const struct boths *boths, struct err_info *info)
{
	const struct oid heads[SIDES] = {merging->parents[0].version.commit, merging->parents[1].version.commit};
	struct id *ids = arena_get(&merging->arena, (boths->count + 1) * sizeof(*ids));
	struct partition_past *past = NULL;
	size_t count = 0;
	enum err err = ids == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < boths->count; i++) {
		if (boths->items[i].needs_history)
			ids[count++] = boths->items[i].id;
	}
	if (err != ERR_OK || count == 0)
		return err;
	err = partition_past_whole(&past, &merging->source, merging->history, (struct git_oids_view){heads, SIDES}, ids,
	                           count, NULL, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct merge_history history;
		struct merge_row row;

		err = partition_past_history(&history, past, &ids[i], info);
		if (err == ERR_OK)
			err = merge_fold(&row, &merging->arena, partition_past_edits(past), &history, info);
		if (err == ERR_OK)
			err = partition_tree_put(&merging->tree, &ids[i], &row, info);
	}
	if (err == ERR_OK)
		err = partition_past_check(past, info);
	partition_past_free(past);
	return err;
}

/* --- the tree --- */

/* What only the second side wrote is taken from there as it lies. */
static enum err
take_unopened(struct merging *merging, struct err_info *info)
{
	size_t position = 0;
	struct view key;
	uint64_t bits;
	enum err err = ERR_OK;

	while (err == ERR_OK && table_next(&merging->touched, &position, &key, &bits)) {
		struct partition_blobs blobs;
		struct id id;

		if (bits != 2)
			continue;
		memcpy(id.bytes, key.data, ID_BYTES);
		err = past_blobs(&blobs, merging->source.reader, &merging->parents[1].version, &id, info);
		if (err == ERR_OK)
			err = partition_tree_place(&merging->tree, &id, &blobs, info);
	}
	return err;
}

static enum err
start_tree(struct merging *merging, struct err_info *info)
{
	struct seal_lthash state;
	enum err err = partition_state_of(&state, merging->source.partition, merging->source.reader,
	                                  &merging->parents[0].version, &merging->batch->state_commit,
	                                  &merging->batch->state, info);

	if (err == ERR_OK)
		err = partition_tree_open(&merging->tree, &merging->source, merging->batch->pack,
		                          &merging->parents[0].version, &state, info);
	merging->tree.size_max = LIMIT_RECORD_MERGED_BYTES_MAX;
	return err;
}

static enum err
make_tree(struct merging *merging, struct err_info *info)
{
	struct boths boths = {0};
	enum err err = find_touched(merging, 0, info);

	if (err == ERR_OK)
		err = find_touched(merging, 1, info);
	if (err == ERR_OK)
		err = start_tree(merging, info);
	if (err == ERR_OK)
		err = take_unopened(merging, info);
	if (err == ERR_OK)
		err = list_boths(&boths, merging, info);
	for (size_t i = 0; err == ERR_OK && i < boths.count; i++)
		err = open_both(&boths.items[i], merging, info);
	if (err == ERR_OK && boths.count > 0)
		err = join_boths(merging, &boths, info);
	if (err == ERR_OK && boths.count > 0)
		err = fold_boths(merging, &boths, info);
	return err;
}

/* --- the commit --- */

static int
compare_epochs(const struct delta_commit_info *a, const struct delta_commit_info *b)
{
	const struct merge_epoch x = {a->epoch, a->epoch_digest};
	const struct merge_epoch y = {b->epoch, b->epoch_digest};

	return merge_epoch_compare(&x, &y);
}

static bool
has_later_schema(const struct delta_commit_info *a, const struct delta_commit_info *b)
{
	if (a->schema_version != b->schema_version)
		return a->schema_version > b->schema_version;
	return memcmp(a->schema_digest.bytes, b->schema_digest.bytes, DIGEST_BYTES) > 0;
}

struct delta_commit_info
partition_merge_commit(const struct partition_version *smaller, const struct partition_version *larger)
{
	const struct delta_commit_info *a = &smaller->info;
	const struct delta_commit_info *b = &larger->info;
	const struct delta_commit_info *schema = has_later_schema(a, b) ? a : b;
	const struct delta_commit_info *epoch = compare_epochs(a, b) > 0 ? a : b;

	return (struct delta_commit_info){
		.is_merge = true,
		.parent_count = SIDES,
		.parents = {smaller->commit, larger->commit},
		.time = a->time > b->time ? a->time : b->time,
		.partition = a->partition,
		.schema_version = schema->schema_version,
		.schema_digest = schema->schema_digest,
		.rules = a->rules > b->rules ? a->rules : b->rules,
		.epoch = epoch->epoch,
		.epoch_digest = epoch->epoch_digest,
	};
}

static enum err
write_commit(struct oid *out, struct merging *merging, struct err_info *info)
{
	struct delta_commit_info commit =
		partition_merge_commit(&merging->parents[0].version, &merging->parents[1].version);
	struct bytes text = {0};
	enum err err = partition_tree_finish(&merging->tree, &merging->parents[0].version, &commit, info);

	if (err == ERR_OK)
		err = delta_commit_write(&text, &commit, info);
	if (err == ERR_OK)
		err = git_pack_add(merging->batch->pack, GIT_TYPE_COMMIT, bytes_view(&text), out, info);
	if (err == ERR_OK) {
		merging->batch->state_commit = *out;
		merging->batch->state = merging->tree.state;
		if (merging->twins.is_started)
			partition_natural_settle(merging->batch->natural, out);
	}
	bytes_release(&text);
	return err;
}

/* Twins can only be new where the second side wrote: what the first tree says of the others stays true. */
static enum err
note_twins(struct merging *merging, struct err_info *info)
{
	const struct partition_version *start = &merging->parents[0].version;
	struct arena arena = {0};
	size_t position = 0;
	struct view key;
	uint64_t bits;
	enum err err = ERR_OK;

	while (err == ERR_OK && table_next(&merging->touched, &position, &key, &bits)) {
		struct partition_blobs blobs[2];
		struct merge_row rows[2];
		struct id id;

		if ((bits & 2) == 0)
			continue;
		memcpy(id.bytes, key.data, ID_BYTES);
		err = past_blobs(&blobs[0], merging->source.reader, start, &id, info);
		if (err == ERR_OK)
			err = partition_tree_find(&blobs[1], &merging->tree, &id, info);
		for (size_t i = 0; err == ERR_OK && i < 2; i++)
			err = partition_row_open(&rows[i], &arena, &merging->source, &id, &blobs[i], info);
		if (err == ERR_OK)
			err = partition_twins_note(&merging->twins, merging->batch, &start->commit, &id, &rows[0],
			                           &rows[1], info);
		arena_clear(&arena);
	}
	arena_release(&arena);
	return err == ERR_OK ? partition_twins_apply(&merging->twins, &merging->tree, info) : err;
}

static enum err
merge_parents(struct oid *out, struct merging *merging, struct err_info *info)
{
	enum err err = make_tree(merging, info);

	if (err == ERR_OK)
		err = note_twins(merging, info);
	return err == ERR_OK ? write_commit(out, merging, info) : err;
}

enum err
partition_merge(struct oid *out, bool *is_merge_out, struct partition_batch *batch, const struct oid *a,
                const struct oid *b, struct err_info *info)
{
	struct merging merging = {
		.batch = batch,
		.source = {batch->partition, batch, partition_reader(batch->partition, batch->pack)},
	};
	enum err err;

	*is_merge_out = false;
	if (oid_equal(a, b)) {
		*out = *a;
		return ERR_OK;
	}
	err = open_parents(&merging, a, b, info);
	if (err == ERR_OK) {
		const struct merge_parent *parents = merging.parents;

		*is_merge_out = parents[0].edit_count > 0 && parents[1].edit_count > 0;
		if (*is_merge_out)
			err = merge_parents(out, &merging, info);
		else /* one holds the other's edits, or both hold the same: then the smaller id */
			*out = parents[parents[1].edit_count > 0 ? 1 : 0].version.commit;
	}
	merging_release(&merging);
	return err;
}

/* --- without keys --- */

struct merge_checking {
	const struct merging *merging;
	size_t side; /* of the parent that the merge is held against */
};

/* A record differs between a parent and the merge: so the other side wrote it. */
static enum err
check_difference(void *context, const struct id *id, const struct oid *old, const struct oid *new,
                 struct err_info *info)
{
	const struct merge_checking *checking = context;
	const uint64_t *bits = table_find(&checking->merging->touched, view_of(id->bytes, ID_BYTES));
	char hex[2 * ID_BYTES + 1];

	(void)old;
	(void)new;
	if (bits != NULL && (*bits >> (1 - checking->side) & 1) != 0)
		return ERR_OK;
	hex_write(hex, view_of(id->bytes, ID_BYTES));
	return err_set(info, ERR_AUTH, _("record %s is not as the one side that wrote it has it"), hex);
}

/* Time, schema set, rules and epoch follow from the parents'; tree and digests are held against what they stand for elsewhere. */
static enum err
check_text(const struct merging *merging, const struct partition_version *merge, struct err_info *info)
{
	struct delta_commit_info commit =
		partition_merge_commit(&merging->parents[0].version, &merging->parents[1].version);
	struct bytes text = {0};
	enum err err;

	commit.tree = merge->info.tree;
	commit.parents_digest = merge->info.parents_digest;
	commit.state_digest = merge->info.state_digest;
	err = delta_commit_write(&text, &commit, info);
	if (err == ERR_OK && !view_equal(bytes_view(&text), bytes_view(&merge->text)))
		err = err_set(info, ERR_AUTH, "%s",
		              _("its time, schema set, rules or epoch do not follow from its parents'"));
	bytes_release(&text);
	return err;
}

enum err
partition_merge_check(struct partition *partition, const struct partition_version *merge, struct err_info *info)
{
	struct merging merging = {.source = {partition, NULL, partition_reader(partition, NULL)}};
	struct merge_checking checking = {.merging = &merging};
	enum err err = open_parents(&merging, &merge->info.parents[0], &merge->info.parents[1], info);

	if (err == ERR_OK && (merging.parents[0].edit_count == 0 || merging.parents[1].edit_count == 0))
		err = err_set(info, ERR_AUTH, "%s", _("one of its parents holds all edits of the other"));
	if (err == ERR_OK)
		err = check_text(&merging, merge, info);
	for (size_t i = 0; err == ERR_OK && i < SIDES; i++)
		err = find_touched(&merging, i, info);
	for (checking.side = 0; err == ERR_OK && checking.side < SIDES; checking.side++)
		err = git_idtree_diff(merging.source.reader, &merging.parents[checking.side].version.records,
		                      &merge->records, check_difference, &checking, info);
	merging_release(&merging);
	return err;
}
