/* Rows opened: from two blobs to a record and its entries. */
#include "partition/row.h"

bool
partition_blobs_equal(const struct partition_blobs *a, const struct partition_blobs *b)
{
	return oid_equal(&a->record, &b->record) && oid_equal(&a->entries, &b->entries);
}

/* One blob opened into the arena. The epochs of record and entries are the same; the last one read is told. */
static enum err
open_blob(struct view *out, struct merge_epoch *epoch, struct arena *arena, const struct partition_source *source,
          const struct id *id, enum seal_role role, const struct oid *oid, struct partition_seen *seen,
          struct err_info *info)
{
	struct git_content blob = {0};
	struct bytes plaintext = {0};
	const uint8_t *copy = NULL;
	enum err err = git_reader_get(&blob, source->reader, oid, GIT_TYPE_BLOB, info);

	if (err == ERR_OK)
		err = partition_unseal(&plaintext, epoch, source->partition, &seen->salt, id, role, blob.content, info);
	if (err == ERR_OK && role == SEAL_ROLE_RECORD) {
		seen->record = *oid;
		err = bytes_append_view(&seen->blob, blob.content, info);
	}
	if (err == ERR_OK) {
		copy = arena_copy(arena, bytes_view(&plaintext));
		if (copy == NULL)
			err = err_nomem(info);
	}
	*out = view_of(copy, plaintext.size);
	git_content_release(&blob);
	seal_wipe_bytes(&plaintext);
	return err;
}

void
partition_seen_forget(struct partition_seen *seen)
{
	seal_wipe(&seen->salt, sizeof(seen->salt));
	seen->is_set = false;
	seen->record = (struct oid){{0}};
	bytes_clear(&seen->blob);
}

enum err
partition_row_see(struct merge_row *out, struct arena *arena, const struct partition_source *source,
                  const struct id *id, const struct partition_blobs *blobs, struct partition_seen *seen,
                  struct err_info *info)
{
	struct merge_row row = {.has_record = false};
	struct view plaintext;
	enum err err = ERR_OK;

	partition_seen_forget(seen);
	if (oid_is_none(&blobs->record) && oid_is_none(&blobs->entries)) {
		*out = row;
		return ERR_OK;
	}
	err = partition_salt(&seen->salt, source->partition, source->batch, id, info);
	if (err == ERR_OK && !oid_is_none(&blobs->entries)) {
		err = open_blob(&plaintext, &row.epoch, arena, source, id, SEAL_ROLE_ENTRY, &blobs->entries, seen,
		                info);
		if (err == ERR_OK)
			err = merge_entries_read(&row.entries, arena, plaintext, info);
	}
	if (err == ERR_OK && !oid_is_none(&blobs->record)) {
		err = open_blob(&plaintext, &row.epoch, arena, source, id, SEAL_ROLE_RECORD, &blobs->record, seen,
		                info);
		if (err == ERR_OK)
			err = record_read(&row.record, arena, plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
		row.has_record = err == ERR_OK;
	}
	if (err != ERR_OK) {
		partition_seen_forget(seen);
		return err;
	}
	seen->is_set = true;
	seen->id = *id;
	*out = row;
	return ERR_OK;
}

enum err
partition_row_open(struct merge_row *out, struct arena *arena, const struct partition_source *source,
                   const struct id *id, const struct partition_blobs *blobs, struct err_info *info)
{
	struct partition_seen seen = {.is_set = false};
	enum err err = partition_row_see(out, arena, source, id, blobs, &seen, info);

	partition_seen_forget(&seen);
	bytes_release(&seen.blob);
	return err;
}

enum err
partition_row_copy(struct merge_row *row, struct arena *arena, struct err_info *info)
{
	struct bytes bytes = {0};
	const uint8_t *copy = NULL;
	enum err err = ERR_OK;

	if (row->has_record) {
		err = record_write(&bytes, &row->record, LIMIT_RECORD_MERGED_BYTES_MAX, info);
		copy = err == ERR_OK ? arena_copy(arena, bytes_view(&bytes)) : NULL;
		if (err == ERR_OK)
			err = copy == NULL ? err_nomem(info)
			                   : record_read(&row->record, arena, view_of(copy, bytes.size),
			                                 LIMIT_RECORD_MERGED_BYTES_MAX, info);
	}
	bytes_clear(&bytes);
	if (err == ERR_OK && row->entries.count > 0) {
		err = merge_entries_write(&bytes, &row->entries, info);
		copy = err == ERR_OK ? arena_copy(arena, bytes_view(&bytes)) : NULL;
		if (err == ERR_OK)
			err = copy == NULL ? err_nomem(info)
			                   : merge_entries_read(&row->entries, arena, view_of(copy, bytes.size), info);
	}
	seal_wipe_bytes(&bytes);
	return err;
}
