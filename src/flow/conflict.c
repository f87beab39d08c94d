#include "flow/conflict.h"

#include <string.h>

#include "node/node.h"
#include "record/record.h"
#include "schema/set.h"
#include "schema/value.h"

struct conflict_walk {
	struct node *node;
	struct partition *partition;
	const struct node_code *owner;
	flow_conflict_visit visit;
	void *context;
	struct arena arena;
	struct bytes place;
};

static const struct schema_field *
field_of(const struct schema_kind *kind, const struct merge_entry *entry)
{
	if (kind == NULL || entry->kind == MERGE_TWIN || entry->kind == MERGE_RULE ||
	    entry->path.type == RECORD_EXISTENCE || entry->path.type == RECORD_BUILT_IN)
		return NULL;
	return schema_field_by_number(&kind->object, entry->path.field);
}

/* The field whose values the register holds. */
static const struct schema_field *
shown_field(const struct schema_field *field, const struct record_path *path)
{
	if (field == NULL || path->type == RECORD_FIELD)
		return field;
	if (path->type == RECORD_MEMBER_FIELD && field->item != NULL && field->item->object != NULL)
		return schema_field_by_number(field->item->object, path->sub);
	return path->type == RECORD_ELEMENT ? field->item : NULL;
}

static enum err
write_key(struct bytes *out, const struct schema_field *field, struct view key, struct err_info *info)
{
	const struct schema_field *shown = field == NULL              ? NULL
	                                   : field->key_field != NULL ? field->key_field
	                                                              : field->item;
	enum err err = bytes_append_text(out, "[", info);

	if (err == ERR_OK && shown != NULL)
		err = schema_value_to_text(out, shown, key, info);
	else if (err == ERR_OK)
		err = schema_unknown_to_json(out, key, info);
	return err == ERR_OK ? bytes_append_text(out, "]", info) : err;
}

static enum err
write_register(struct bytes *out, const struct record_path *path, const struct schema_kind *kind, struct err_info *info)
{
	const struct schema_field *field = kind == NULL ? NULL : schema_field_by_number(&kind->object, path->field);
	const struct schema_field *sub = shown_field(field, path);
	enum err err;

	if (path->type == RECORD_EXISTENCE)
		return bytes_append_text(out, "record", info);
	if (path->type == RECORD_BUILT_IN)
		return bytes_append_text(out, record_built_in_name((enum record_built_in)path->field), info);
	if (field != NULL)
		err = bytes_append_view(out, field->name, info);
	else
		err = bytes_printf(out, info, "#%u", path->field);
	if (err == ERR_OK && path->type != RECORD_FIELD)
		err = write_key(out, field, path->key, info);
	if (err != ERR_OK || path->type != RECORD_MEMBER_FIELD)
		return err;
	err = bytes_append_text(out, ".", info);
	if (err != ERR_OK)
		return err;
	return sub != NULL ? bytes_append_view(out, sub->name, info) : bytes_printf(out, info, "#%u", path->sub);
}

enum err
flow_place_write(struct bytes *out, const struct merge_entry *entry, const struct schema_kind *kind,
                 struct err_info *info)
{
	if (entry->kind == MERGE_TWIN)
		return bytes_append_text(out, "twin", info);
	if (entry->kind == MERGE_RULE)
		return bytes_append_view(out, entry->rule, info);
	return write_register(out, &entry->path, kind, info);
}

/* What a row holds in a register; empty: nothing. `there` of existence, elements and members has no value. */
static enum err
value_in(struct view *out, struct arena *arena, const struct merge_row *row, const struct record_path *path,
         const struct schema_kind *kind, struct err_info *info)
{
	struct delta_writes all = {0};
	enum err err;

	*out = (struct view){0};
	if (!row->has_record)
		return ERR_OK;
	if (path->type == RECORD_FIELD) {
		*out = record_get(&row->record, path->field);
		return ERR_OK;
	}
	err = delta_changes(&all, arena, NULL, &row->record, kind, info);
	for (size_t i = 0; err == ERR_OK && i < all.count; i++) {
		if (record_path_compare(&all.items[i].path, path) == 0)
			*out = all.items[i].act == DELTA_SET ? all.items[i].value : all.items[i].path.key;
	}
	return err;
}

static enum err
fill_claim(struct flow_claim *out, struct conflict_walk *walk, const struct flow_conflict *conflict,
           const struct oid *commit, bool wants_value, struct err_info *info)
{
	struct partition_version version;
	struct merge_row row;
	const uint8_t *operator_name;
	const uint8_t *reason;
	enum err err = partition_version_open(&version, walk->partition, commit, info);

	if (err != ERR_OK)
		return err;
	operator_name = arena_copy(&walk->arena, version.info.operator_name);
	reason = arena_copy(&walk->arena, version.info.reason);
	*out = (struct flow_claim){
		.commit = *commit,
		.node = version.info.node,
		.level = version.info.level,
		.time = version.info.time,
		.operator_name = view_of(operator_name, version.info.operator_name.size),
		.reason = view_of(reason, version.info.reason.size),
		.has_value = wants_value,
	};
	if (operator_name == NULL || reason == NULL)
		err = err_nomem(info);
	if (err == ERR_OK && wants_value) {
		err = partition_row(&row, &walk->arena, walk->partition, &version, conflict->id, info);
		if (err == ERR_OK)
			err = value_in(&out->value, &walk->arena, &row, &conflict->entry->path, conflict->kind, info);
	}
	partition_version_release(&version);
	return err;
}

static enum err
fill_claims(struct flow_conflict *conflict, struct conflict_walk *walk, struct err_info *info)
{
	const struct merge_entry *entry = conflict->entry;
	bool is_stale = entry->kind == MERGE_STALE;
	size_t count = is_stale ? 2U * entry->count : entry->count;
	struct flow_claim *claims = arena_get(&walk->arena, (count + 1) * sizeof(*claims));
	enum err err = claims == NULL ? err_nomem(info) : ERR_OK;

	if (err != ERR_OK || entry->kind == MERGE_TWIN || entry->kind == MERGE_RULE)
		return err;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		const struct oid *commit = &entry->commits[is_stale ? 0 : i];
		bool wants_value = entry->kind != MERGE_REMOVED && entry->path.type != RECORD_EXISTENCE;

		if (is_stale) {
			commit = i % 2 == 0 ? &entry->pairs[i / 2].decision : &entry->pairs[i / 2].edit;
			wants_value = i % 2 == 0;
		}
		err = fill_claim(&claims[i], walk, conflict, commit, wants_value, info);
		claims[i].stands = i == 0 && (entry->kind == MERGE_VALUE || entry->kind == MERGE_STATE);
	}
	conflict->claims = claims;
	conflict->claim_count = count;
	return err;
}

static enum err
tell_entry(struct conflict_walk *walk, const struct id *id, const struct merge_row *row,
           const struct merge_entry *entry, struct err_info *info)
{
	const struct schema_set *set = node_schema(walk->node);
	struct flow_conflict conflict = {.owner = walk->owner, .id = id, .row = row, .entry = entry};
	enum err err;

	if (row->has_record)
		conflict.kind_name = row->record.kind;
	conflict.kind = set == NULL || !row->has_record ? NULL : schema_set_kind(set, row->record.kind);
	conflict.field = field_of(conflict.kind, entry);
	conflict.shown = conflict.field == NULL ? NULL : shown_field(conflict.field, &entry->path);
	bytes_clear(&walk->place);
	err = flow_place_write(&walk->place, entry, conflict.kind, info);
	conflict.place = bytes_text(&walk->place);
	if (err == ERR_OK)
		err = fill_claims(&conflict, walk, info);
	return err == ERR_OK ? walk->visit(walk->context, &conflict, info) : err;
}

static enum err
tell_row(void *context, const struct id *id, const struct merge_row *row, struct err_info *info)
{
	struct conflict_walk *walk = context;
	enum err err = ERR_OK;

	arena_clear(&walk->arena);
	for (size_t i = 0; err == ERR_OK && i < row->entries.count; i++)
		err = tell_entry(walk, id, row, &row->entries.items[i], info);
	return err;
}

static enum err
tell_partition(struct conflict_walk *walk, const struct node_code *owner, struct err_info *info)
{
	struct partition_version version = {0};
	struct oid head = {{0}};
	enum err err = node_partition_open(&walk->partition, walk->node, owner, info);

	walk->owner = owner;
	if (err == ERR_OK)
		err = partition_head(walk->partition, &head, info);
	if (err == ERR_OK)
		err = partition_version_open(&version, walk->partition, &head, info);
	if (err == ERR_OK)
		err = partition_each_conflict(walk->partition, &version, tell_row, walk, info);
	partition_version_release(&version);
	partition_free(walk->partition);
	walk->partition = NULL;
	return err;
}

enum err
flow_conflicts(struct node *node, const struct node_code *owner, flow_conflict_visit visit, void *context,
               struct err_info *info)
{
	struct conflict_walk walk = {.node = node, .visit = visit, .context = context};
	struct node_codes codes = {0};
	enum err err = ERR_OK;

	if (owner != NULL)
		err = tell_partition(&walk, owner, info);
	else
		err = node_partitions(&codes, node, info);
	for (size_t i = 0; err == ERR_OK && owner == NULL && i < codes.count; i++)
		err = tell_partition(&walk, &codes.codes[i], info);
	node_codes_release(&codes);
	arena_release(&walk.arena);
	bytes_release(&walk.place);
	return err;
}
