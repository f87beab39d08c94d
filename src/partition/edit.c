/* One edit: records sealed and put into the tree as they come, then the commit over the result. */
#include "partition/edit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "schema/set.h"

static enum err
copy_text(struct view *out, struct arena *arena, struct view text, struct err_info *info)
{
	const uint8_t *copy = arena_copy(arena, text);

	if (copy == NULL)
		return err_nomem(info);
	*out = view_of(copy, text.size);
	return ERR_OK;
}

static enum err
take_terms(struct partition_edit *edit, const struct partition_edit_terms *terms, struct err_info *info)
{
	struct delta_commit_info *commit = &edit->commit;
	enum err err;

	if (terms->roster_count > LIMIT_LEVELS_MAX)
		return err_set(info, ERR_TOO_BIG, _("an edit names more than %d issuers"), LIMIT_LEVELS_MAX);
	commit->time = terms->time;
	commit->partition = edit->partition->id;
	commit->schema_version = terms->schema_version;
	commit->schema_digest = terms->schema_digest;
	commit->rules = terms->rules;
	commit->epoch = terms->epoch;
	commit->epoch_digest = terms->epoch_digest;
	commit->node = terms->node;
	commit->level = terms->level;
	commit->roster_count = (uint8_t)terms->roster_count;
	if (terms->roster_count > 0)
		memcpy(commit->roster, terms->roster, terms->roster_count * sizeof(*terms->roster));
	if (!oid_is_none(&terms->parent)) {
		commit->parent_count = 1;
		commit->parents[0] = terms->parent;
	}
	err = copy_text(&commit->operator_name, &edit->arena, terms->operator_name, info);
	if (err == ERR_OK)
		err = copy_text(&commit->reason, &edit->arena, terms->reason, info);
	if (err == ERR_OK)
		err = copy_text(&commit->voids, &edit->arena, terms->voids, info);
	return err;
}

/* No edit names a lower epoch or schema set than its parent. */
static enum err
check_order(const struct partition_edit *edit, struct err_info *info)
{
	const struct delta_commit_info *parent = &edit->parent.info;
	const struct delta_commit_info *commit = &edit->commit;

	if (oid_is_none(&edit->parent.commit))
		return ERR_OK;
	if (commit->epoch < parent->epoch ||
	    (commit->epoch == parent->epoch &&
	     memcmp(commit->epoch_digest.bytes, parent->epoch_digest.bytes, DIGEST_BYTES) < 0))
		return err_set(info, ERR_FORMAT, _("the edit names key epoch %u, its parent the later %u"),
		               commit->epoch, parent->epoch);
	if (commit->schema_version < parent->schema_version)
		return err_set(info, ERR_FORMAT, _("the edit names schema set %u, its parent the later %u"),
		               commit->schema_version, parent->schema_version);
	return ERR_OK;
}

enum err
partition_edit_begin(struct partition_edit **out, struct partition_batch *batch,
                     const struct partition_edit_terms *terms, struct err_info *info)
{
	struct partition_edit *edit = calloc(1, sizeof(*edit));
	const struct partition_source source = {batch->partition, batch,
	                                        partition_reader(batch->partition, batch->pack)};
	const struct partition_world *world = &batch->partition->world;
	struct seal_lthash state;
	enum err err;

	if (edit == NULL)
		return err_nomem(info);
	edit->batch = batch;
	edit->partition = batch->partition;
	err = take_terms(edit, terms, info);
	if (err == ERR_OK)
		err = partition_version_read(&edit->parent, edit->partition, source.reader, &terms->parent, info);
	if (err == ERR_OK)
		err = check_order(edit, info);
	if (err == ERR_OK)
		err = partition_state_of(&state, &batch->states, edit->partition, source.reader, &edit->parent, info);
	if (err == ERR_OK)
		err = partition_tree_open(&edit->tree, &source, batch->pack, &edit->parent, &state, info);
	if (err != ERR_OK) {
		partition_edit_free(edit);
		return err;
	}
	edit->is_blind = terms->is_blind;
	edit->tree.noting.is_on = !terms->is_blind && world->keys != NULL;
	edit->schemas = world->find_schema_set(world->context, terms->schema_version, &terms->schema_digest);
	*out = edit;
	return ERR_OK;
}

void
partition_edit_free(struct partition_edit *edit)
{
	if (edit == NULL)
		return;
	partition_twins_release(&edit->twins);
	partition_tree_release(&edit->tree);
	partition_version_release(&edit->parent);
	arena_release(&edit->arena);
	arena_release(&edit->row_arena);
	free(edit);
}

/* The edit's seed, kept with the batch: an orphan seed does no harm, a record without its salt is lost. */
static enum err
keep_seed(struct partition_edit *edit, const struct seal_seed *seed, struct err_info *info)
{
	struct partition_fresh *fresh = &edit->batch->fresh;

	if (fresh->count == fresh->capacity) {
		size_t capacity = fresh->capacity == 0 ? 16 : fresh->capacity * 2;
		struct keyring_seed *seeds = calloc(capacity, sizeof(*seeds));

		if (seeds == NULL)
			return err_nomem(info);
		if (fresh->count > 0)
			memcpy(seeds, fresh->seeds, fresh->count * sizeof(*seeds));
		seal_wipe(fresh->seeds, fresh->count * sizeof(*seeds));
		free(fresh->seeds);
		fresh->seeds = seeds;
		fresh->capacity = capacity;
	}
	fresh->seeds[fresh->count] = (struct keyring_seed){.seed = *seed};
	edit->seed = fresh->count++;
	edit->has_seed = true;
	return ERR_OK;
}

enum err
partition_edit_seed(struct partition_edit *edit, const uint8_t seed[DIGEST_BYTES], struct err_info *info)
{
	struct seal_seed given;
	struct seal_salt salt;
	struct id first;
	enum err err;

	assert(!edit->has_seed);
	memcpy(given.bytes, seed, sizeof(given.bytes));
	keyring_derive(&salt, &first, &given, 0, &edit->partition->id);
	err = partition_origin(&edit->origin, edit->partition, edit->batch, &first, info);
	edit->has_origin = err == ERR_OK;
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = keep_seed(edit, &given, info);
	seal_wipe(&salt, sizeof(salt));
	seal_wipe(&given, sizeof(given));
	return err;
}

static enum err
need_seed(struct partition_edit *edit, struct err_info *info)
{
	const struct env *env = &edit->partition->world.env;
	struct seal_seed seed;
	enum err err;

	if (edit->has_seed)
		return ERR_OK;
	err = env->random(env->context, seed.bytes, sizeof(seed.bytes), info);
	if (err == ERR_OK)
		err = keep_seed(edit, &seed, info);
	seal_wipe(&seed, sizeof(seed));
	return err;
}

static void
derive_next(const struct partition_edit *edit, struct seal_salt *salt, struct id *id)
{
	const struct keyring_seed *seed = &edit->batch->fresh.seeds[edit->seed];

	keyring_derive(salt, id, &seed->seed, seed->count, &edit->partition->id);
}

enum err
partition_edit_next_id(struct partition_edit *edit, struct id *out, struct err_info *info)
{
	struct seal_salt salt;
	enum err err = need_seed(edit, info);

	if (err != ERR_OK)
		return err;
	derive_next(edit, &salt, out);
	seal_wipe(&salt, sizeof(salt));
	return ERR_OK;
}

size_t
partition_edit_count(const struct partition_edit *edit)
{
	return edit->count;
}

enum err
partition_edit_row(const struct merge_row **out, struct partition_edit *edit, const struct id *id,
                   struct err_info *info)
{
	enum err err;

	*out = &edit->row;
	if (edit->has_row && id_equal(&edit->row_id, id))
		return ERR_OK;
	edit->has_row = false;
	arena_clear(&edit->row_arena);
	err = partition_tree_row(&edit->row, &edit->row_arena, &edit->tree, id, info);
	if (err != ERR_OK)
		return err;
	edit->has_row = true;
	edit->row_id = *id;
	return ERR_OK;
}

void
partition_edit_forget(struct partition_edit *edit)
{
	edit->has_row = false;
}

enum err
partition_edit_know(struct partition_edit *edit, struct partition_looked *looked, struct err_info *info)
{
	struct partition_blobs blobs;
	struct partition_seen seen = edit->tree.seen;
	enum err err = ERR_OK;

	if (!oid_is_none(&looked->list.oid))
		err = git_idtree_know(edit->tree.records, &looked->id, &looked->list, info);
	if (err == ERR_OK)
		err = partition_tree_find(&blobs, &edit->tree, &looked->id, info);
	if (err != ERR_OK || !partition_blobs_equal(&blobs, &looked->blobs))
		return err;
	edit->tree.seen = looked->seen;
	looked->seen = seen;
	edit->row = looked->row;
	edit->row_id = looked->id;
	edit->has_row = true;
	return ERR_OK;
}

enum err
partition_edit_get(struct bytes *out, struct partition_edit *edit, const struct id *id, struct err_info *info)
{
	const struct merge_row *row;
	char hex[2 * ID_BYTES + 1];
	enum err err = partition_edit_row(&row, edit, id, info);

	if (err == ERR_OK && !row->has_record) {
		hex_write(hex, view_of(id->bytes, ID_BYTES));
		return err_set(info, ERR_NOT_FOUND, _("there is no record %s"), hex);
	}
	return err == ERR_OK ? record_write(out, &row->record, LIMIT_RECORD_MERGED_BYTES_MAX, info) : err;
}

static struct merge_edit_terms
row_terms(const struct partition_edit *edit, struct view kind)
{
	return (struct merge_edit_terms){
		.schema_version = edit->commit.schema_version,
		.kind = edit->schemas == NULL ? NULL : schema_set_kind(edit->schemas, kind),
		.kind_name = kind,
		.epoch = {edit->commit.epoch, edit->commit.epoch_digest},
	};
}

static enum err
note_twins(struct partition_edit *edit, const struct partition_change *change, struct err_info *info)
{
	return partition_twins_note(&edit->twins, edit->batch, &edit->parent.commit, &change->id, &change->before,
	                            &change->after, info);
}

/* One content has one changeset: what the wire says is what anybody derives from the two trees. */
static enum err
check_manner(const struct partition_edit *edit, const struct delta_writes *writes, const struct schema_kind *kind,
             struct err_info *info)
{
	return edit->schemas == NULL ? ERR_OK : delta_writes_fit(writes, kind, info);
}

enum err
partition_edit_add(struct partition_edit *edit, struct partition_change *change, struct arena *arena,
                   struct err_info *info)
{
	const struct merge_edit_terms terms = row_terms(edit, change->kind);
	struct seal_salt salt;
	enum err err = need_seed(edit, info);

	if (err == ERR_OK && change->writes != NULL)
		err = check_manner(edit, change->writes, terms.kind, info);
	if (err == ERR_OK && change->whole != NULL)
		err = merge_added_row(&change->after, arena, &terms, change->whole, info);
	else if (err == ERR_OK)
		err = merge_edit_row(&change->after, arena, &terms, NULL, change->writes, info);
	if (err == ERR_OK && change->whole != NULL && change->after.entries.count > 0)
		err = ERR_RULE;
	if (err != ERR_OK)
		return err;
	derive_next(edit, &salt, &change->id);
	err = bytes_reserve(&edit->batch->fresh.ids, ID_BYTES, info);
	if (err == ERR_OK)
		err = partition_tree_add(&edit->tree, &change->id, &salt, &change->after, info);
	seal_wipe(&salt, sizeof(salt));
	if (err == ERR_OK)
		err = bytes_append(&edit->batch->fresh.ids, change->id.bytes, ID_BYTES, info);
	if (err != ERR_OK)
		return err;
	edit->batch->fresh.seeds[edit->seed].count++;
	edit->count++;
	return note_twins(edit, change, info);
}

static bool
is_added_again(const struct merge_row *before, const struct delta_writes *writes)
{
	return !before->has_record && writes->count > 0 && writes->items[0].path.type == RECORD_EXISTENCE &&
	       !writes->items[0].path.is_drop && writes->items[0].act == DELTA_ADD;
}

/* The changeset must be exactly what its two rows say: no equal value that closes nothing, no write to what is not there. */
static enum err
check_exact(const struct partition_edit *edit, const struct partition_change *change, struct view kind,
            struct arena *arena, const struct merge_row *again, struct err_info *info)
{
	struct delta_writes derived = {0};
	const struct merge_change rows = {&change->before, &change->after, again, row_terms(edit, kind).kind};
	enum err err = merge_derive(&derived, arena, &rows, info);

	if (err == ERR_OK && !delta_writes_equal(&derived, change->writes))
		err = err_set(info, ERR_FORMAT, "%s",
		              _("a changeset writes what it need not: its two trees say something else"));
	return err;
}

enum err
partition_edit_change(struct partition_edit *edit, struct partition_change *change, struct arena *arena,
                      struct err_info *info)
{
	const struct merge_row *row;
	struct merge_row again = {.has_record = false};
	struct view kind = change->kind;
	bool is_again = false;
	enum err err = partition_edit_row(&row, edit, &change->id, info);

	if (err != ERR_OK)
		return err;
	change->before = *row;
	if (row->has_record) /* a row names the kind only where it says something about the record */
		kind = row->record.kind;
	is_again = is_added_again(row, change->writes);
	err = check_manner(edit, change->writes, row_terms(edit, kind).kind, info);
	if (err != ERR_OK)
		return err;
	if (is_again) {
		static struct delta_write existence = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_ADD};
		const struct delta_writes alone = {.items = &existence, .count = 1};

		err = partition_edit_again(&again, arena, edit, &change->id, kind, &alone, info);
		if (err == ERR_OK)
			err = partition_edit_again(&change->after, arena, edit, &change->id, kind, change->writes,
			                           info);
	} else {
		const struct merge_edit_terms terms = row_terms(edit, kind);

		err = merge_edit_row(&change->after, arena, &terms, row, change->writes, info);
	}
	if (err == ERR_OK)
		err = check_exact(edit, change, kind, arena, is_again ? &again : NULL, info);
	if (err == ERR_OK)
		err = partition_tree_put(&edit->tree, &change->id, &change->after, info);
	if (err == ERR_OK && change->before.has_record)
		partition_noting_before(&edit->tree.noting, &change->id, &change->before.record);
	if (err == ERR_OK)
		err = note_twins(edit, change, info);
	if (err != ERR_OK)
		return err;
	edit->has_row = false;
	edit->count++;
	return ERR_OK;
}

enum err
partition_edit_put_blob(struct partition_edit *edit, const struct id *id, bool is_entries, struct view blob,
                        struct err_info *info)
{
	enum err err;

	if ((blob.size > 0 || (!is_entries && !edit->is_blind)) &&
	    (blob.size < PARTITION_BLOB_OVERHEAD_BYTES || blob.size > LIMIT_BLOB_BYTES_MAX))
		return err_set(info, ERR_FORMAT, _("an opaque row has %zu bytes"), blob.size);
	edit->has_row = false;
	err = partition_tree_put_blob(&edit->tree, id, is_entries ? SEAL_ROLE_ENTRY : SEAL_ROLE_RECORD, blob, info);
	edit->count += err == ERR_OK ? 1U : 0U;
	return err;
}
