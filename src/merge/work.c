/* A row in the making. */
#include <stdlib.h>
#include <string.h>

#include "merge/inside.h"

enum {
	CAPACITY_MIN = 16
};

/* room for one more of `size` bytes behind `count`; a new table in the arena when it is full. NULL: no memory */
static void *
grown(struct arena *arena, void *items, size_t size, size_t count, size_t *capacity)
{
	size_t wanted = *capacity == 0 ? CAPACITY_MIN : *capacity * 2;
	void *table;

	if (count < *capacity)
		return items;
	table = arena_get(arena, wanted * size);
	if (table != NULL && count > 0)
		memcpy(table, items, count * size);
	if (table != NULL)
		*capacity = wanted;
	return table;
}

enum err
merge_work_value(struct merge_work *work, const struct record_path *path, struct view value)
{
	struct merge_value *items =
		grown(work->arena, work->values, sizeof(*items), work->value_count, &work->value_capacity);

	if (items == NULL)
		return err_nomem(work->info);
	work->values = items;
	items[work->value_count++] = (struct merge_value){*path, value};
	return ERR_OK;
}

enum err
merge_work_entry(struct merge_work *work, const struct merge_entry *entry)
{
	struct merge_entry *items =
		grown(work->arena, work->entries, sizeof(*items), work->entry_count, &work->entry_capacity);

	if (items == NULL)
		return err_nomem(work->info);
	work->entries = items;
	items[work->entry_count] = *entry;
	items[work->entry_count].path.key_field = 0;
	work->entry_count++;
	return ERR_OK;
}

static int
compare_commits(const void *a, const void *b)
{
	return memcmp(a, b, OID_BYTES);
}

static int
compare_pairs(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct merge_pair));
}

/* how many of sorted names are left without their doubles */
static size_t
without_doubles(void *names, size_t count, size_t size)
{
	uint8_t *bytes = names;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && memcmp(bytes + (kept - 1) * size, bytes + i * size, size) == 0)
			continue;
		memmove(bytes + kept * size, bytes + i * size, size);
		kept++;
	}
	return kept;
}

/* the first names, and whether there were more */
static void
cut(struct merge_entry *entry, size_t count)
{
	entry->has_more = count > LIMIT_ENTRY_NAMES_MAX;
	entry->count = (uint8_t)(entry->has_more ? LIMIT_ENTRY_NAMES_MAX : count);
}

enum err
merge_work_commits(struct merge_work *work, enum merge_entry_kind kind, const struct record_path *path,
                   const struct merge_writes *writes, bool is_sorted)
{
	struct merge_entry entry = {.kind = kind, .path = *path};
	struct oid *names = arena_get(work->arena, writes->count * sizeof(*names));
	size_t count = writes->count;

	if (names == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < count; i++)
		names[i] = work->edits->items[writes->items[i].edit].commit;
	if (is_sorted) {
		qsort(names, count, sizeof(*names), compare_commits);
		count = without_doubles(names, count, sizeof(*names));
	}
	entry.commits = names;
	cut(&entry, count);
	return merge_work_entry(work, &entry);
}

enum err
merge_work_pair(struct merge_pairs *pairs, struct merge_work *work, uint32_t decision, uint32_t edit)
{
	struct merge_index_pair *items =
		grown(work->arena, pairs->items, sizeof(*items), pairs->count, &pairs->capacity);

	if (items == NULL)
		return err_nomem(work->info);
	pairs->items = items;
	items[pairs->count++] = (struct merge_index_pair){decision, edit};
	return ERR_OK;
}

enum err
merge_work_pairs(struct merge_work *work, const struct record_path *path, const struct merge_pairs *pairs)
{
	struct merge_entry entry = {.kind = MERGE_STALE, .path = *path};
	struct merge_pair *names;

	if (pairs->count == 0)
		return ERR_OK;
	names = arena_get(work->arena, pairs->count * sizeof(*names));
	if (names == NULL)
		return err_nomem(work->info);
	for (size_t i = 0; i < pairs->count; i++) {
		names[i].decision = work->edits->items[pairs->items[i].decision].commit;
		names[i].edit = work->edits->items[pairs->items[i].edit].commit;
	}
	qsort(names, pairs->count, sizeof(*names), compare_pairs);
	entry.pairs = names;
	cut(&entry, without_doubles(names, pairs->count, sizeof(*names)));
	return merge_work_entry(work, &entry);
}

static int
compare_entries(const void *a, const void *b)
{
	return merge_entry_compare(a, b);
}

struct merge_entries
merge_work_entries(struct merge_work *work)
{
	if (work->entry_count > 1)
		qsort(work->entries, work->entry_count, sizeof(*work->entries), compare_entries);
	return (struct merge_entries){work->entries, work->entry_count};
}

enum err
merge_work_finish(struct merge_row *out, struct merge_work *work, uint32_t schema_version,
                  const struct merge_epoch *epoch)
{
	struct merge_row row = {.has_record = true, .epoch = *epoch};
	const struct schema_kind *kind = work->edits->find_kind(work->edits->context, work->kind_name, schema_version);
	enum err err = merge_assemble(&row.record, work, kind);

	row.record.kind = work->kind_name;
	row.record.schema_version = schema_version;
	if (err == ERR_OK)
		err = merge_add_rules(work, &row.record, kind);
	if (err != ERR_OK)
		return err;
	row.entries = merge_work_entries(work);
	*out = row;
	return ERR_OK;
}

enum err
merge_work_finish_gone(struct merge_row *out, struct merge_work *work, const struct merge_epoch *epoch)
{
	struct merge_row row = {.entries = merge_work_entries(work)};

	if (row.entries.count > 0)
		row.epoch = *epoch;
	*out = row;
	return ERR_OK;
}
