#include "partition/twins.h"

#include <stdlib.h>

#include "merge/twin.h"
#include "partition/natural.h"
#include "record/key.h"
#include "roster/rights.h"
#include "schema/set.h"

void
partition_twins_release(struct partition_twins *twins)
{
	bytes_release(&twins->ids);
	*twins = (struct partition_twins){.is_started = false};
}

/* The newest set held says what the keys are: a kind's key never changes. */
static const struct schema_set *
newest_set(struct partition_batch *batch)
{
	const struct partition_world *world = &batch->partition->world;
	const struct roster_schema_set *set;
	size_t position = 0;

	if (batch->newest != NULL)
		return batch->newest;
	while ((set = roster_schema_next(world->roster, &position)) != NULL) {
		const struct schema_set *held = world->find_schema_set(world->context, set->version, &set->digest);

		batch->newest = held == NULL ? batch->newest : held;
	}
	return batch->newest;
}

static const struct schema_kind *
kind_of(struct partition_batch *batch, const struct merge_row *row)
{
	const struct schema_set *set = row->has_record ? newest_set(batch) : NULL;

	return set == NULL ? NULL : schema_set_kind(set, row->record.kind);
}

enum err
partition_batch_natural(struct partition_natural **out, struct partition_batch *batch, const struct oid *at,
                        struct err_info *info)
{
	enum err err = ERR_OK;

	if (batch->natural == NULL)
		err = partition_natural_open(&batch->natural, batch->partition, batch, newest_set(batch), info);
	if (err == ERR_OK)
		err = partition_natural_move(batch->natural, at, info);
	if (err == ERR_OK)
		*out = batch->natural;
	return err;
}

/* The natural key, and the records that are known to be others: all that twins depend on. */
static bool
is_sight_equal(const struct merge_row *a, const struct merge_row *b, const struct schema_kind *kind)
{
	if (a->has_record != b->has_record)
		return false;
	if (!a->has_record)
		return true;
	if (!view_equal(a->record.kind, b->record.kind) ||
	    !view_equal(a->record.built_in[RECORD_DISTINCT], b->record.built_in[RECORD_DISTINCT]))
		return false;
	for (size_t i = 0; kind != NULL && i < kind->key_count; i++) {
		if (!view_equal(record_get(&a->record, kind->key[i]), record_get(&b->record, kind->key[i])))
			return false;
	}
	return true;
}

/* Whoever was a twin until now may name this record and must be looked at, also when the record is gone. */
static enum err
note_old_twins(struct partition_twins *twins, struct partition_batch *batch, const struct merge_row *before,
               struct err_info *info)
{
	const struct merge_entry *entry = merge_entries_twin(&before->entries);
	const struct schema_kind *kind = kind_of(batch, before);
	struct bytes key = {0};
	bool has_key = false;
	enum err err;

	if (entry == NULL)
		return ERR_OK;
	err = bytes_append(&twins->ids, entry->records, entry->count * sizeof(*entry->records), info);
	if (err == ERR_OK && entry->has_more && kind != NULL)
		err = record_natural_key(&key, &has_key, kind, &before->record, info);
	if (err == ERR_OK && has_key)
		err = partition_natural_find(&twins->ids, batch->natural, bytes_view(&key), info);
	seal_wipe_bytes(&key);
	return err;
}

enum err
partition_twins_note(struct partition_twins *twins, struct partition_batch *batch, const struct oid *start,
                     const struct id *id, const struct merge_row *before, const struct merge_row *after,
                     struct err_info *info)
{
	struct partition_natural *natural;
	const struct schema_kind *kind = kind_of(batch, after->has_record ? after : before);
	bool had_twins = merge_entries_twin(&before->entries) != NULL || merge_entries_twin(&after->entries) != NULL;
	bool is_met = false;
	enum err err = ERR_OK;

	if (!had_twins && is_sight_equal(before, after, kind))
		return ERR_OK;
	if (!twins->is_started) {
		err = partition_batch_natural(&natural, batch, start, info);
		twins->is_started = err == ERR_OK;
	}
	if (err == ERR_OK)
		err = partition_natural_note(&is_met, batch->natural, id, before->has_record ? &before->record : NULL,
		                             after->has_record ? &after->record : NULL, info);
	/* nobody else has its key, and whoever had its old one and was its twin is named in the entry that it had */
	if (err == ERR_OK && (had_twins || is_met))
		err = bytes_append(&twins->ids, id->bytes, ID_BYTES, info);
	if (err == ERR_OK)
		err = note_old_twins(twins, batch, before, info);
	return err;
}

/* --- applying --- */

struct twinning {
	struct partition_tree *tree;
	struct arena arena; /* of one record at a time */
	struct table done;
	struct bytes open; /* ids to look at */
};

static enum err
open_row(struct merge_row *out, struct twinning *twinning, const struct id *id, struct err_info *info)
{
	struct partition_blobs blobs;
	enum err err = partition_tree_find(&blobs, twinning->tree, id, info);

	if (err == ERR_OK)
		err = partition_row_open(out, &twinning->arena, &twinning->tree->source, id, &blobs, info);
	return err;
}

static enum err
sight_of(struct merge_sight *out, struct twinning *twinning, const struct merge_row *row, struct err_info *info)
{
	return merge_sight_of(out, &twinning->arena, row, kind_of(twinning->tree->source.batch, row), info);
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

/* Of the records with the same natural key those that are twins of this one; ascending, in twinning->arena. */
static enum err
find_twins(struct id **out, size_t *count_out, struct twinning *twinning, const struct id *id,
           const struct merge_row *row, struct err_info *info)
{
	const struct schema_kind *kind = kind_of(twinning->tree->source.batch, row);
	struct merge_sight own;
	struct bytes key = {0};
	struct bytes found = {0};
	bool has_key = false;
	size_t count = 0;
	enum err err = sight_of(&own, twinning, row, info);

	*out = NULL;
	if (err == ERR_OK && own.key.size > 0 && kind != NULL)
		err = record_natural_key(&key, &has_key, kind, &row->record, info);
	if (err == ERR_OK && has_key)
		err = partition_natural_find(&found, twinning->tree->source.batch->natural, bytes_view(&key), info);
	if (err == ERR_OK && found.size > 0)
		*out = arena_get(&twinning->arena, found.size);
	if (err == ERR_OK && found.size > 0 && *out == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < found.size; i += ID_BYTES) {
		struct merge_row other_row;
		struct merge_sight other;
		struct id other_id;

		memcpy(other_id.bytes, found.data + i, ID_BYTES);
		if (id_equal(&other_id, id))
			continue;
		err = open_row(&other_row, twinning, &other_id, info);
		if (err == ERR_OK)
			err = sight_of(&other, twinning, &other_row, info);
		if (err == ERR_OK && merge_are_twins(id, &own, &other_id, &other))
			(*out)[count++] = other_id;
	}
	if (count > 1)
		qsort(*out, count, sizeof(**out), compare_ids);
	*count_out = count;
	seal_wipe_bytes(&key);
	bytes_release(&found);
	return err;
}

static enum err
look_at_too(struct twinning *twinning, const struct id *ids, size_t count, struct err_info *info)
{
	return count == 0 ? ERR_OK : bytes_append(&twinning->open, ids[0].bytes, count * ID_BYTES, info);
}

/* One record: its entry brought into line; whoever it names, now or before, is looked at too. */
static enum err
settle(struct twinning *twinning, const struct id *id, struct err_info *info)
{
	const struct merge_entry *old;
	struct merge_entries before;
	struct merge_row row;
	struct id *twins;
	size_t count;
	enum err err = open_row(&row, twinning, id, info);

	if (err == ERR_OK)
		err = find_twins(&twins, &count, twinning, id, &row, info);
	if (err != ERR_OK)
		return err;
	old = merge_entries_twin(&row.entries);
	if (old != NULL)
		err = look_at_too(twinning, old->records, old->count, info);
	if (err == ERR_OK)
		err = look_at_too(twinning, twins, count, info);
	before = row.entries;
	if (err == ERR_OK && (old != NULL || count > 0))
		err = merge_twins_set(&row, &twinning->arena, twins, count, info);
	if (err == ERR_OK && !merge_entries_equal(&before, &row.entries))
		err = partition_tree_put(twinning->tree, id, &row, info);
	return err;
}

enum err
partition_twins_apply(struct partition_twins *twins, struct partition_tree *tree, struct err_info *info)
{
	struct twinning twinning = {.tree = tree};
	enum err err = ERR_OK;

	if (twins->ids.size > 0)
		err = bytes_append_view(&twinning.open, bytes_view(&twins->ids), info);
	for (size_t i = 0; err == ERR_OK && i < twinning.open.size; i += ID_BYTES) {
		struct id id;
		bool is_new;

		memcpy(id.bytes, twinning.open.data + i, ID_BYTES);
		err = table_put(&twinning.done, view_of(id.bytes, ID_BYTES), NULL, &is_new, info);
		if (err == ERR_OK && is_new)
			err = settle(&twinning, &id, info);
		arena_clear(&twinning.arena);
	}
	bytes_release(&twinning.open);
	table_release(&twinning.done);
	arena_release(&twinning.arena);
	return err;
}
