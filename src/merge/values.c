/* Records as the registers that they are made of, and changesets as sorted lists of writes. */
#include <stdlib.h>

#include "merge/inside.h"
#include "schema/schema.h"

enum err
merge_registers_of(struct delta_writes *out, struct arena *arena, const struct record *record,
                   const struct schema_kind *kind, struct err_info *info)
{
	return delta_changes(out, arena, NULL, record, kind, info);
}

const struct delta_write *
merge_writes_find(const struct delta_writes *writes, const struct record_path *path)
{
	size_t low = 0;
	size_t high = writes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = record_path_compare(&writes->items[middle].path, path);

		if (order == 0)
			return &writes->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void
merge_path_complete(struct record_path *path, const struct schema_kind *kind)
{
	const struct schema_field *field;

	if (!merge_path_is_member(path) || kind == NULL)
		return;
	field = schema_field_by_number(&kind->object, path->field);
	if (field != NULL && field->merge == SCHEMA_MERGE_KEYED_LIST)
		path->key_field = field->member_key;
}

struct delta_write
merge_write_as(const struct delta_writes *registers, const struct record_path *path, const struct schema_kind *kind)
{
	const struct delta_write *found = merge_writes_find(registers, path);
	struct delta_write write = {*path, DELTA_CLEAR, {0}};

	if (found != NULL)
		return *found;
	merge_path_complete(&write.path, kind);
	return write;
}

static int
compare_writes(const void *a, const void *b)
{
	return record_path_compare(&((const struct delta_write *)a)->path, &((const struct delta_write *)b)->path);
}

void
merge_delta_sort(struct delta_writes *writes)
{
	if (writes->count > 1)
		qsort(writes->items, writes->count, sizeof(*writes->items), compare_writes);
}
