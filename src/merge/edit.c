/* The row after an ordinary edit, from its parent's row alone. */
#include "merge/inside.h"

static bool
is_removed_member(const struct delta_writes *writes, const struct record_path *path)
{
	const struct record_path member = {.type = RECORD_MEMBER, .field = path->field, .key = path->key};
	const struct delta_write *write = merge_path_is_member(path) ? merge_writes_find(writes, &member) : NULL;

	return write != NULL && write->act == DELTA_CLEAR;
}

/* an entry goes with a write of its register, a drop, or the removal of its member */
static bool
is_closed(const struct delta_writes *writes, const struct merge_entry *entry)
{
	struct record_path drop = entry->path;

	if (entry->kind == MERGE_RULE)
		return true; /* found anew */
	if (entry->kind == MERGE_TWIN)
		return false;
	drop.is_drop = true;
	return merge_writes_find(writes, &entry->path) != NULL || is_removed_member(writes, &entry->path) ||
	       (entry->kind == MERGE_REFUSED && merge_writes_find(writes, &drop) != NULL);
}

static enum err
keep_entries(struct merge_work *work, const struct merge_row *parent, const struct delta_writes *writes)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < parent->entries.count; i++) {
		if (!is_closed(writes, &parent->entries.items[i]))
			err = merge_work_entry(work, &parent->entries.items[i]);
	}
	return err;
}

static enum err
finish_record(struct merge_row *out, struct merge_work *work, const struct merge_edit_terms *terms,
              const struct merge_row *parent, const struct record *record)
{
	struct merge_row row = {.has_record = true, .record = *record, .epoch = parent->epoch};
	enum err err = merge_add_rules(work, record, terms->kind);

	if (err != ERR_OK)
		return err;
	row.entries = merge_work_entries(work);
	if (merge_row_changed(parent, &row))
		row.epoch = terms->epoch;
	*out = row;
	return ERR_OK;
}

enum err
merge_edit_row(struct merge_row *out, struct arena *arena, const struct merge_edit_terms *terms,
               const struct merge_row *parent, const struct delta_writes *writes, struct err_info *info)
{
	const struct merge_row nothing = {0};
	const struct delta_apply_terms apply = {terms->kind_name, terms->schema_version, DELTA_EQUAL_ALLOWED};
	const struct merge_row *old = parent == NULL ? &nothing : parent;
	struct merge_work work = {.arena = arena, .info = info};
	struct record record;
	bool is_gone = false;
	bool is_removed;
	enum err err;

	if (!old->has_record && old->entries.count > 0 && writes->count > 0 && !writes->items[0].path.is_drop)
		return err_set(info, ERR_FORMAT, "%s",
		               _("a record is written that is not there, but for what was refused in it"));
	err = delta_apply(&record, &is_gone, arena, old->has_record ? &old->record : NULL, &apply, writes, info);
	if (err != ERR_OK)
		return err;
	is_removed = is_gone && old->has_record;
	err = is_removed ? ERR_OK : keep_entries(&work, old, writes);
	if (err != ERR_OK)
		return err;
	return is_gone ? merge_work_finish_gone(out, &work, &old->epoch)
	               : finish_record(out, &work, terms, old, &record);
}

enum err
merge_added_row(struct merge_row *out, struct arena *arena, const struct merge_edit_terms *terms,
                const struct record *record, struct err_info *info)
{
	const struct merge_row nothing = {0};
	struct merge_work work = {.arena = arena, .info = info};
	struct record whole = *record;

	whole.schema_version = terms->schema_version;
	return finish_record(out, &work, terms, &nothing, &whole);
}
