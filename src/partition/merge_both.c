/* The records that both sides of a merge wrote: joined from what is new, or folded from their whole history. */
#include <string.h>

#include "partition/merging.h"
#include "partition/past_state.h"

struct both {
	struct id id;
	struct partition_blobs blobs[MERGE_SIDES];
	struct merge_row rows[MERGE_SIDES];
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

	for (size_t i = 0; err == ERR_OK && i < MERGE_SIDES; i++) {
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
	for (size_t i = 0; err == ERR_OK && i < MERGE_SIDES; i++) {
		const struct git_oids *commits = &merging->parents[i].commits;

		err = partition_past_walk(past, (struct git_oids_view){commits->items, commits->count},
		                          i == 0 ? PAST_SIDE_A : PAST_SIDE_B, info);
	}
	for (size_t i = 0; err == ERR_OK && i < boths->count; i++) {
		for (size_t k = 0; err == ERR_OK && k < MERGE_SIDES; k++)
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
		for (size_t k = 0; k < MERGE_SIDES; k++)
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
	const struct oid heads[MERGE_SIDES] = {merging->parents[0].version.commit, merging->parents[1].version.commit};
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
	err = partition_past_whole(&past, &merging->source, merging->history,
	                           (struct git_oids_view){heads, MERGE_SIDES}, ids, count, NULL, info);
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

enum err
partition_merging_both(struct merging *merging, struct err_info *info)
{
	struct boths boths = {0};
	enum err err = list_boths(&boths, merging, info);

	for (size_t i = 0; err == ERR_OK && i < boths.count; i++)
		err = open_both(&boths.items[i], merging, info);
	if (err == ERR_OK && boths.count > 0)
		err = join_boths(merging, &boths, info);
	if (err == ERR_OK && boths.count > 0)
		err = fold_boths(merging, &boths, info);
	return err;
}
