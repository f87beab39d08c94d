#include "partition/derive.h"

#include <stdlib.h>

#include "git/tree.h"
#include "partition/journal.h"
#include "partition/past_state.h"
#include "schema/set.h"

/* Both maps tell their differences in id order; the second one's are merged in. */
struct finding_touches {
	struct partition_touches *touches;
	size_t role; /* 0 records, 1 entries */
};

static enum err
add_touch(void *context, const struct id *id, const struct oid *old, const struct oid *new, struct err_info *info)
{
	const struct finding_touches *finding = context;
	struct partition_touch touch = {.id = *id};

	if (old != NULL)
		touch.before[finding->role] = *old;
	if (new != NULL)
		touch.after[finding->role] = *new;
	return partition_touches_add(finding->touches, &touch, info);
}

static int
compare_touches(const void *a, const void *b)
{
	return memcmp(((const struct partition_touch *)a)->id.bytes, ((const struct partition_touch *)b)->id.bytes,
	              ID_BYTES);
}

static enum err
find_blob(struct oid *out, struct git_idtree *tree, const struct id *id, struct err_info *info)
{
	enum err err = git_idtree_get(out, tree, id, info);

	if (err != ERR_NOT_FOUND)
		return err;
	*out = (struct oid){{0}};
	return ERR_OK;
}

/* A touch knows only what differs; the other blob of the id, which does not, is looked up. */
static enum err
complete(struct partition_touches *touches, struct git_reader reader, const struct partition_version *version,
         size_t role, struct err_info *info)
{
	const struct oid *map = role == 0 ? &version->records : &version->conflicts;
	struct git_idtree *tree = NULL;
	enum err err = git_idtree_open(&tree, reader, map, info);

	for (size_t i = 0; err == ERR_OK && i < touches->count; i++) {
		struct partition_touch *touch = &touches->items[i];

		if (!oid_equal(&touch->before[role], &touch->after[role]))
			continue;
		err = find_blob(&touch->before[role], tree, &touch->id, info);
		touch->after[role] = touch->before[role];
	}
	git_idtree_free(tree);
	return err;
}

/* Touches of one id, one for each map, become one. */
static void
unite(struct partition_touches *touches)
{
	size_t count = 0;

	for (size_t i = 0; i < touches->count; i++) {
		struct partition_touch *touch = &touches->items[i];
		struct partition_touch *last = count == 0 ? NULL : &touches->items[count - 1];

		if (last == NULL || !id_equal(&last->id, &touch->id)) {
			touches->items[count++] = *touch;
			continue;
		}
		for (size_t role = 0; role < 2; role++) {
			if (!oid_equal(&touch->before[role], &touch->after[role])) {
				last->before[role] = touch->before[role];
				last->after[role] = touch->after[role];
			}
		}
	}
	touches->count = count;
}

enum err
partition_touches_find(struct partition_touches *out, struct git_reader reader, const struct partition_version *parent,
                       const struct partition_version *version, struct err_info *info)
{
	struct finding_touches finding = {out, 0};
	size_t records;
	enum err err;

	partition_touches_clear(out);
	err = git_idtree_diff(reader, &parent->records, &version->records, add_touch, &finding, info);
	records = out->count;
	finding.role = 1;
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &parent->conflicts, &version->conflicts, add_touch, &finding, info);
	if (err == ERR_OK && out->count > records && records > 0)
		qsort(out->items, out->count, sizeof(*out->items), compare_touches);
	unite(out);
	if (err == ERR_OK && out->count > records)
		err = complete(out, reader, version, 0, info);
	if (err == ERR_OK && !oid_is_none(&version->conflicts))
		err = complete(out, reader, version, 1, info);
	return err;
}

static struct partition_source
source_of(const struct partition_deriving *deriving)
{
	struct git_pack *pack = deriving->batch == NULL ? NULL : deriving->batch->pack;

	return (struct partition_source){deriving->partition, deriving->batch,
	                                 partition_reader(deriving->partition, pack)};
}

/* The row before (side 0) or after; what is known of it is not opened. */
static enum err
open_row(struct merge_row *out, struct arena *arena, const struct partition_source *source,
         const struct partition_touch *touch, size_t side, struct err_info *info)
{
	const struct oid *oids = side == 0 ? touch->before : touch->after;
	struct partition_blobs blobs = {oids[0], oids[1]};
	struct record record;
	enum err err = ERR_OK;

	if (touch->text[side].size == 0)
		return partition_row_open(out, arena, source, &touch->id, &blobs, info);
	blobs.record = (struct oid){{0}};
	err = partition_row_open(out, arena, source, &touch->id, &blobs, info);
	if (err == ERR_OK)
		err = record_read(&record, arena, touch->text[side], LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK) {
		out->record = record;
		out->has_record = true;
	}
	return err;
}

enum err
partition_touch_open(struct partition_change *out, struct arena *arena, const struct partition_deriving *deriving,
                     const struct partition_touch *touch, struct err_info *info)
{
	const struct partition_source source = source_of(deriving);
	enum err err;

	*out = (struct partition_change){.id = touch->id};
	err = open_row(&out->before, arena, &source, touch, 0, info);
	if (err == ERR_OK)
		err = open_row(&out->after, arena, &source, touch, 1, info);
	if (out->after.has_record)
		out->kind = out->after.record.kind;
	else if (out->before.has_record)
		out->kind = out->before.record.kind;
	return err;
}

/* A record that was not there before the edit: the edit's own, or one of the past that came back. */
static enum err
derive_again(struct delta_writes *out, bool *is_found, struct arena *arena, const struct partition_deriving *deriving,
             const struct partition_version *edit, const struct id *id, struct err_info *info)
{
	const struct partition_source source = source_of(deriving);
	const struct git_oids_view heads = {&edit->commit, 1};
	struct partition_past *past = NULL;
	struct merge_history history;
	enum err err = partition_past_whole(&past, &source, deriving->history, heads, id, 1, NULL, info);

	*is_found = false;
	if (err == ERR_OK)
		err = partition_past_history(&history, past, id, info);
	if (err == ERR_OK)
		err = partition_past_check(past, info);
	if (err == ERR_OK && history.step_count > 1) {
		const struct delta_writes *last = &history.steps[history.step_count - 1].writes;

		*is_found = true;
		err = delta_writes_copy(out, arena, last, info);
	}
	partition_past_free(past);
	return err;
}

/* Whether a record that the edit's parent lacks is one of the past: then another edit drew its seed. */
static enum err
find_again(bool *out, const struct partition_deriving *deriving, const struct partition_version *edit,
           const struct partition_change *change, struct err_info *info)
{
	struct oid origin;
	enum err err = ERR_OK;

	*out = false;
	if (change->before.has_record || !change->after.has_record)
		return ERR_OK;
	err = partition_origin(&origin, deriving->partition, deriving->batch, &change->id, info);
	*out = err == ERR_OK ? !oid_equal(&origin, &edit->commit) : err == ERR_NOT_FOUND; /* its history knows */
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
partition_touch_derive(struct partition_change *out, struct delta_writes *writes_out, struct arena *arena,
                       const struct partition_deriving *deriving, const struct partition_version *edit,
                       const struct partition_touch *touch, struct err_info *info)
{
	const struct partition_world *world = &deriving->partition->world;
	const struct schema_set *set =
		world->find_schema_set(world->context, edit->info.schema_version, &edit->info.schema_digest);
	struct merge_change change = {.parent = &out->before, .child = &out->after};
	bool is_again = false;
	bool is_found = false;
	enum err err = partition_touch_open(out, arena, deriving, touch, info);

	*writes_out = (struct delta_writes){0};
	out->writes = writes_out;
	if (err == ERR_OK && set == NULL && edit->info.schema_version != 0)
		err = err_set(info, ERR_STATE, _("schema set %u is not held here"), edit->info.schema_version);
	if (err != ERR_OK || edit->info.voids.size > 0)
		return err; /* a correction writes nothing */
	change.kind = set == NULL || out->kind.size == 0 ? NULL : schema_set_kind(set, out->kind);
	err = find_again(&is_again, deriving, edit, out, info);
	if (err == ERR_OK && is_again)
		err = derive_again(writes_out, &is_found, arena, deriving, edit, &touch->id, info);
	if (err == ERR_OK && !is_found)
		err = merge_derive(writes_out, arena, &change, info);
	return err;
}

enum err
partition_derive_one(struct partition_change *out, struct delta_writes *writes_out, struct arena *arena,
                     const struct partition_deriving *deriving, const struct oid *edit, const struct id *id,
                     struct err_info *info)
{
	const struct git_reader reader = source_of(deriving).reader;
	struct partition_version version = {0};
	struct partition_version parent = {0};
	struct partition_touch touch = {.id = *id};
	struct partition_blobs blobs;
	enum err err = partition_version_read(&version, deriving->partition, reader, edit, info);

	if (err == ERR_OK && version.info.parent_count > 0)
		err = partition_version_read(&parent, deriving->partition, reader, &version.info.parents[0], info);
	if (err == ERR_OK)
		err = past_blobs(&blobs, reader, &parent, id, info);
	touch.before[0] = blobs.record;
	touch.before[1] = blobs.entries;
	if (err == ERR_OK)
		err = past_blobs(&blobs, reader, &version, id, info);
	touch.after[0] = blobs.record;
	touch.after[1] = blobs.entries;
	if (err == ERR_OK)
		err = partition_touch_derive(out, writes_out, arena, deriving, &version, &touch, info);
	partition_version_release(&parent);
	partition_version_release(&version);
	return err;
}
