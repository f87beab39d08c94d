/* What an ordinary edit wrote, from its two rows. */
#include "merge/inside.h"

/* the writes in the making, and the rows as registers */
struct derivation {
	struct arena *arena;
	struct err_info *info;
	const struct schema_kind *kind;
	struct delta_writes writes; /* by path, until entries are looked at */
	size_t found;               /* how many of them are not there for an entry */
	struct delta_writes before; /* registers */
	struct delta_writes after;
};

static enum err
add(struct derivation *derivation, const struct delta_write *write)
{
	return delta_writes_add(&derivation->writes, derivation->arena, write, derivation->info);
}

/* a field of a member that was there and is not: gone with it */
static bool
is_lost(const struct derivation *derivation, const struct record_path *path)
{
	const struct record_path member = {.type = RECORD_MEMBER, .field = path->field, .key = path->key};

	return path->type == RECORD_MEMBER_FIELD && merge_writes_find(&derivation->before, &member) != NULL &&
	       merge_writes_find(&derivation->after, &member) == NULL;
}

/* whether the register is written already: because it differs, or for the entry just before */
static bool
is_written(const struct derivation *derivation, const struct record_path *path)
{
	const struct delta_writes found = {derivation->writes.items, derivation->found, 0};
	size_t count = derivation->writes.count;

	return merge_writes_find(&found, path) != NULL ||
	       (count > derivation->found && record_path_compare(&derivation->writes.items[count - 1].path, path) == 0);
}

/* the write that closed an entry. At one register, `refused` comes last */
static enum err
close_entry(struct derivation *derivation, const struct merge_entry *entry)
{
	struct delta_write write;

	if (entry->kind == MERGE_TWIN || entry->kind == MERGE_RULE || is_lost(derivation, &entry->path) ||
	    is_written(derivation, &entry->path))
		return ERR_OK;
	if (entry->kind == MERGE_REFUSED) {
		write = (struct delta_write){entry->path, DELTA_ADD, {0}};
		write.path.is_drop = true;
	} else if (entry->kind == MERGE_REMOVED) {
		write = (struct delta_write){entry->path, DELTA_KEEP, {0}};
		merge_path_complete(&write.path, derivation->kind);
	} else {
		write = merge_write_as(&derivation->after, &entry->path, derivation->kind);
	}
	return add(derivation, &write);
}

/* value and state are one entry in two names */
static bool
has_entry(const struct merge_entries *entries, const struct merge_entry *entry)
{
	return merge_entries_find(entries, &entry->path, entry->kind) != NULL;
}

static enum err
close_entries(struct derivation *derivation, const struct merge_entries *before, const struct merge_entries *after)
{
	enum err err = ERR_OK;

	derivation->found = derivation->writes.count;
	for (size_t i = 0; err == ERR_OK && i < before->count; i++) {
		if (!has_entry(after, &before->items[i]))
			err = close_entry(derivation, &before->items[i]);
	}
	merge_delta_sort(&derivation->writes);
	return err;
}

static enum err
registers_of(struct delta_writes *out, struct derivation *derivation, const struct merge_row *row)
{
	if (!row->has_record)
		return ERR_OK;
	return merge_registers_of(out, derivation->arena, &row->record, derivation->kind, derivation->info);
}

/* the writes that make the record of `before`, or none, that of `after` */
static enum err
compare(struct derivation *derivation, const struct merge_row *before, const struct merge_row *after, bool is_added)
{
	const struct delta_write add_record = {{.type = RECORD_EXISTENCE}, DELTA_ADD, {0}};
	struct delta_writes changes = {0};
	enum err err = ERR_OK;

	if (before->has_record || after->has_record)
		err = delta_changes(&changes, derivation->arena, before->has_record ? &before->record : NULL,
		                    after->has_record ? &after->record : NULL, derivation->kind, derivation->info);
	if (err == ERR_OK && is_added && before->has_record)
		err = add(derivation, &add_record);
	for (size_t i = 0; err == ERR_OK && i < changes.count; i++)
		err = add(derivation, &changes.items[i]);
	return err;
}

enum err
merge_derive(struct delta_writes *out, struct arena *arena, const struct merge_change *change, struct err_info *info)
{
	const struct merge_row nothing = {0};
	struct derivation derivation = {.arena = arena, .info = info, .kind = change->kind};
	const struct merge_row *before = change->parent == NULL ? &nothing : change->parent;
	const struct merge_row *after = change->child == NULL ? &nothing : change->child;
	bool is_added = !before->has_record && after->has_record;
	bool is_removed = before->has_record && !after->has_record;
	enum err err;

	if (is_added && change->again != NULL)
		before = change->again; /* a record of the past comes back as it was: compare with that */
	err = compare(&derivation, before, after, is_added);
	if (err == ERR_OK && !is_removed)
		err = registers_of(&derivation.before, &derivation, before);
	if (err == ERR_OK && !is_removed)
		err = registers_of(&derivation.after, &derivation, after);
	if (err == ERR_OK && !is_removed)
		err = close_entries(&derivation, &before->entries, &after->entries);
	if (err == ERR_OK)
		*out = derivation.writes;
	return err;
}
