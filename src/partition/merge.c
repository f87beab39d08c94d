/* The merge of two commits: a pure function of the edits below them. Rows that only one side wrote are taken unopened. */
#include "partition/merge.h"

#include <stdlib.h>
#include <string.h>

#include "git/tree.h"
#include "partition/merging.h"
#include "partition/natural.h"
#include "partition/past_state.h"

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
	enum err err = partition_state_of(&state, &merging->batch->states, merging->source.partition,
	                                  merging->source.reader, &merging->parents[0].version, info);

	if (err == ERR_OK)
		err = partition_tree_open(&merging->tree, &merging->source, merging->batch->pack,
		                          &merging->parents[0].version, &state, info);
	merging->tree.size_max = LIMIT_RECORD_MERGED_BYTES_MAX;
	merging->tree.noting.is_on = true;
	return err;
}

static enum err
make_tree(struct merging *merging, struct err_info *info)
{
	enum err err = partition_merging_touch(merging, 0, info);

	if (err == ERR_OK)
		err = partition_merging_touch(merging, 1, info);
	if (err == ERR_OK)
		err = start_tree(merging, info);
	if (err == ERR_OK)
		err = take_unopened(merging, info);
	return err == ERR_OK ? partition_merging_both(merging, info) : err;
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
		.parent_count = MERGE_SIDES,
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
	const struct partition_touches *touches;
	struct bytes text = {0};
	enum err err = partition_tree_finish(&merging->tree, &merging->parents[0].version, &commit, info);

	if (err == ERR_OK)
		err = delta_commit_write(&text, &commit, info);
	if (err == ERR_OK)
		err = git_pack_add(merging->batch->pack, GIT_TYPE_COMMIT, bytes_view(&text), out, info);
	if (err == ERR_OK) {
		partition_state_note(&merging->batch->states, out, &merging->tree.state);
		if (merging->twins.is_started)
			partition_natural_settle(merging->batch->natural, out);
		touches = partition_noting_end(&merging->tree.noting, NULL);
		if (touches != NULL)
			partition_journal_note(merging->batch, out, &commit.parents[0], touches);
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
	err = partition_merging_open(&merging, a, b, info);
	if (err == ERR_OK) {
		const struct merge_parent *parents = merging.parents;

		*is_merge_out = parents[0].edit_count > 0 && parents[1].edit_count > 0;
		if (*is_merge_out)
			err = merge_parents(out, &merging, info);
		else /* one holds the other's edits, or both hold the same: then the smaller id */
			*out = parents[parents[1].edit_count > 0 ? 1 : 0].version.commit;
	}
	partition_merging_release(&merging);
	return err;
}
