#include "merge/twin.h"

#include <string.h>

#include "codec/codec.h"
#include "merge/inside.h"
#include "schema/schema.h"

enum {
	ELEMENT_FRAME_BYTES = 2 /* of a binary of 16 bytes */
};

static enum err
write_key(struct bytes *out, const struct record *record, const struct schema_kind *kind, struct err_info *info)
{
	enum err err = codec_write_array(out, kind->key_count + 1, info);

	if (err == ERR_OK)
		err = codec_write_str(out, record->kind, info);
	for (size_t i = 0; err == ERR_OK && i < kind->key_count; i++)
		err = bytes_append_view(out, record_get(record, kind->key[i]), info);
	return err;
}

static bool
has_whole_key(const struct record *record, const struct schema_kind *kind)
{
	for (size_t i = 0; kind != NULL && i < kind->key_count; i++) {
		if (record_get(record, kind->key[i]).size == 0)
			return false;
	}
	return kind != NULL && kind->key_count > 0;
}

enum err
merge_sight_of(struct merge_sight *out, struct arena *arena, const struct merge_row *row,
               const struct schema_kind *kind, struct err_info *info)
{
	struct merge_sight sight = {0};
	struct bytes key = {0};
	enum err err = ERR_OK;

	if (row != NULL && row->has_record && has_whole_key(&row->record, kind)) {
		const uint8_t *copy = NULL;

		err = write_key(&key, &row->record, kind, info);
		if (err == ERR_OK) {
			copy = arena_copy(arena, bytes_view(&key));
			err = copy == NULL ? err_nomem(info) : ERR_OK;
		}
		if (err == ERR_OK)
			sight.key = view_of(copy, key.size);
	}
	bytes_release(&key);
	if (err == ERR_OK && row != NULL && row->has_record)
		err = record_items_read(&sight.distinct, arena, row->record.built_in[RECORD_DISTINCT], info);
	if (err == ERR_OK)
		*out = sight;
	return err;
}

bool
merge_sight_equal(const struct merge_sight *a, const struct merge_sight *b)
{
	if (!view_equal(a->key, b->key) || a->distinct.count != b->distinct.count)
		return false;
	for (size_t i = 0; i < a->distinct.count; i++) {
		if (!view_equal(a->distinct.items[i], b->distinct.items[i]))
			return false;
	}
	return true;
}

static bool
holds(const struct record_items *distinct, const struct id *id)
{
	for (size_t i = 0; i < distinct->count; i++) {
		if (memcmp(distinct->items[i].data + ELEMENT_FRAME_BYTES, id->bytes, ID_BYTES) == 0)
			return true;
	}
	return false;
}

bool
merge_are_twins(const struct id *a, const struct merge_sight *a_sight, const struct id *b,
                const struct merge_sight *b_sight)
{
	return a_sight->key.size > 0 && view_equal(a_sight->key, b_sight->key) && !holds(&a_sight->distinct, b) &&
	       !holds(&b_sight->distinct, a);
}

enum err
merge_twins_set(struct merge_row *row, struct arena *arena, const struct id *ids, size_t count, struct err_info *info)
{
	struct merge_work work = {.arena = arena, .info = info};
	struct merge_entry twin = {.kind = MERGE_TWIN,
	                           .has_more = count > LIMIT_ENTRY_NAMES_MAX,
	                           .count = (uint8_t)(count > LIMIT_ENTRY_NAMES_MAX ? LIMIT_ENTRY_NAMES_MAX : count),
	                           .path = {.type = RECORD_EXISTENCE}};
	struct id *names = arena_get(arena, twin.count * sizeof(*names));
	enum err err = ERR_OK;

	if (names == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < row->entries.count; i++) {
		if (row->entries.items[i].kind != MERGE_TWIN)
			err = merge_work_entry(&work, &row->entries.items[i]);
	}
	if (err == ERR_OK && twin.count > 0) {
		memcpy(names, ids, twin.count * sizeof(*names));
		twin.records = names;
		err = merge_work_entry(&work, &twin);
	}
	if (err == ERR_OK)
		row->entries = merge_work_entries(&work);
	return err;
}
