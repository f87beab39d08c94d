/* One commit on its way into a delta: what it changed, record by record, and its own bytes. */
#include <stdlib.h>
#include <string.h>

#include "partition/sending.h"
#include "schema/set.h"

/* Finds out whether a new record is one of those that this edit's own seed gave, or one that comes back. */
static enum err
look_up_seed(struct send *send, const struct oid *edit, struct send_row *row, struct err_info *info)
{
	struct keyring_seed seed;
	enum err err = keyring_seed_of(&seed, &row->number, send->partition->keyring, &row->touch->id, info);

	if (err == ERR_NOT_FOUND)
		return ERR_OK; /* it travels as its blob */
	if (err != ERR_OK)
		return err;
	row->is_added = oid_equal(&seed.commit, edit);
	if (row->is_added) {
		send->seed = seed.seed;
		send->has_seed = true;
	}
	seal_wipe(&seed, sizeof(seed));
	return ERR_OK;
}

/* Added rows first, by number; the others by their place. */
static int
compare_rows(const void *a, const void *b)
{
	const struct send_row *x = a;
	const struct send_row *y = b;

	if (x->is_added != y->is_added)
		return x->is_added ? -1 : 1;
	if (x->is_added)
		return (x->number > y->number) - (x->number < y->number);
	return delta_place_compare(&x->place, &y->place);
}

static enum err
list_rows(struct send *send, const struct oid *edit, struct err_info *info)
{
	struct send_row *rows = realloc(send->rows, (send->touches.count + 1) * sizeof(*rows));
	enum err err = ERR_OK;

	if (rows == NULL)
		return err_nomem(info);
	send->rows = rows;
	send->row_count = send->touches.count;
	for (size_t i = 0; err == ERR_OK && i < send->row_count; i++) {
		struct partition_touch *touch = &send->touches.items[i];

		rows[i] = (struct send_row){.touch = touch};
		rows[i].is_new = oid_is_none(&touch->before[0]) && !oid_is_none(&touch->after[0]);
		if (rows[i].is_new && !send->is_blind)
			err = look_up_seed(send, edit, &rows[i], info);
		if (err == ERR_OK && !rows[i].is_added) /* those stand nowhere yet */
			err = delta_writer_place(&rows[i].place, send->writer, &touch->id, info);
	}
	if (err == ERR_OK && send->row_count > 1)
		qsort(rows, send->row_count, sizeof(*rows), compare_rows);
	return err;
}

static enum err
send_blob(struct send *send, const struct send_row *row, size_t role, struct err_info *info)
{
	static const enum delta_row_type OPAQUE[] = {DELTA_ROW_OPAQUE, DELTA_ROW_ENTRY_OPAQUE};
	static const enum delta_row_type REMOVED[] = {DELTA_ROW_REMOVED, DELTA_ROW_ENTRY_REMOVED};
	const struct delta_write gone = {.path = {.type = RECORD_EXISTENCE}, .act = DELTA_CLEAR};
	const struct oid *blob = &row->touch->after[role];
	struct delta_row wire = {.type = oid_is_none(blob) ? REMOVED[role] : OPAQUE[role], .id = row->touch->id};
	enum err err = ERR_OK;

	bytes_clear(&send->blob);
	if (!oid_is_none(blob))
		err = git_reader_read(&send->blob, send->reader, blob, GIT_TYPE_BLOB, info);
	else if (role == 0)
		err = delta_writes_add(&wire.writes, &send->arena, &gone, info);
	wire.content = bytes_view(&send->blob);
	return err == ERR_OK ? delta_writer_add_row(send->writer, &wire, info) : err;
}

/* A record that we cannot open on one side travels as its blob; its entries follow behind all records. */
static enum err
send_row(struct send *send, const struct partition_version *version, struct send_row *row, struct err_info *info)
{
	const struct partition_deriving deriving = {send->partition, NULL, send->history};
	const struct partition_touch *touch = row->touch;
	struct delta_row wire = {.type = row->is_added ? DELTA_ROW_ADDED : DELTA_ROW_CHANGED, .id = row->touch->id};
	struct partition_change change;
	struct err_info why;
	enum err err;

	if (send->is_blind) {
		send->has_opaque = true;
		return oid_equal(&touch->before[0], &touch->after[0]) ? ERR_OK : send_blob(send, row, 0, info);
	}
	err = partition_touch_derive(&change, &wire.writes, &send->arena, &deriving, version, row->touch, &why);
	if (err == ERR_RIGHT && !row->is_added) {
		send->has_opaque = true;
		return send_blob(send, row, 0, info);
	}
	if (err != ERR_OK) {
		*info = why;
		return err;
	}
	if (wire.writes.count == 0)
		return ERR_OK; /* twin or rule entries alone: they follow from the rest */
	if (!change.after.has_record && wire.writes.items[0].path.type == RECORD_EXISTENCE &&
	    !wire.writes.items[0].path.is_drop)
		wire.type = DELTA_ROW_REMOVED;
	wire.kind = change.kind;
	wire.old = change.before.has_record ? &change.before.record : NULL;
	return delta_writer_add_row(send->writer, &wire, info);
}

/* Entries of records that travel as blobs: the receiver may be unable to find them. Records that this edit added have a place by now. */
static enum err
send_entries(struct send *send, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < send->row_count; i++) {
		send->rows[i].is_added = false;
		err = delta_writer_place(&send->rows[i].place, send->writer, &send->rows[i].touch->id, info);
	}
	if (err == ERR_OK && send->row_count > 1)
		qsort(send->rows, send->row_count, sizeof(*send->rows), compare_rows);
	for (size_t i = 0; err == ERR_OK && i < send->row_count; i++) {
		const struct send_row *row = &send->rows[i];

		if (!oid_equal(&row->touch->before[1], &row->touch->after[1]))
			err = send_blob(send, row, 1, info);
	}
	return err;
}

static enum err
send_rows(struct send *send, const struct partition_version *version, struct delta_counts *counts,
          struct err_info *info)
{
	enum err err = ERR_OK;

	send->has_opaque = false;
	for (size_t i = 0; err == ERR_OK && i < send->row_count; i++) {
		struct send_row *row = &send->rows[i];
		bool was_there = !oid_is_none(&row->touch->before[0]);
		bool is_there = !oid_is_none(&row->touch->after[0]);

		arena_clear(&send->arena);
		err = send_row(send, version, row, info);
		counts->added += row->is_new ? 1U : 0U;
		counts->removed += was_there && !is_there ? 1U : 0U;
		counts->changed += was_there && is_there ? 1U : 0U;
	}
	return err == ERR_OK && send->has_opaque ? send_entries(send, info) : err;
}

static enum err
position_of(size_t *out, const struct send *send, const struct oid *commit, struct err_info *info)
{
	const uint64_t *position = table_find(&send->positions, view_of(commit->bytes, OID_BYTES));

	if (position == NULL)
		return err_set(info, ERR_INTERNAL, _("a commit is sent before its parent"));
	*out = (size_t)*position;
	return ERR_OK;
}

enum err
send_remember(struct send *send, const struct oid *commit, struct err_info *info)
{
	size_t position = send->positions.count;
	uint64_t *value;
	enum err err = table_put(&send->positions, view_of(commit->bytes, OID_BYTES), &value, NULL, info);

	if (err == ERR_OK)
		*value = position;
	return err;
}

static enum err
fill_commit(struct delta_commit *out, struct send *send, const struct partition_version *version, struct err_info *info)
{
	struct delta_commit_parts parts = {0};
	struct delta_commit_info commit;
	enum err err = delta_commit_read(&commit, &parts, bytes_view(&version->text), info);

	*out = (struct delta_commit){.parents = {DELTA_NO_PARENT, DELTA_NO_PARENT}};
	out->info = version->info;
	out->info.tree = (struct oid){{0}};
	out->info.parents_digest = (struct digest){{0}};
	out->info.state_digest = (struct digest){{0}};
	for (size_t i = 0; err == ERR_OK && i < version->info.parent_count; i++) {
		out->info.parents[i] = (struct oid){{0}};
		err = position_of(&out->parents[i], send, &version->info.parents[i], info);
	}
	if (err == ERR_OK && commit.is_merge &&
	    out->parents[0] < out->parents[1]) { /* by position on the wire, by id in the commit */
		size_t first = out->parents[0];

		out->parents[0] = out->parents[1];
		out->parents[1] = first;
	}
	if (err == ERR_OK && !commit.is_merge)
		out->signature = parts.sshsig.signature;
	if (send->has_seed) {
		out->keys = DELTA_KEYS_SEED;
		memcpy(out->seed, send->seed.bytes, sizeof(out->seed));
	}
	delta_commit_parts_release(&parts);
	return err;
}

static enum err
diff_commit(struct send *send, const struct partition_version *version, bool *is_new_epoch, struct err_info *info)
{
	struct partition_version parent = {0};
	enum err err = ERR_OK;

	partition_touches_clear(&send->touches);
	send->has_seed = false;
	if (version->info.parent_count > 0)
		err = partition_version_read(&parent, send->partition, send->reader, &version->info.parents[0], info);
	*is_new_epoch = version->info.parent_count == 0 ||
	                !digest_equal(&version->info.epoch_digest, &parent.info.epoch_digest);
	/* what a correction does follows from its words, for who can read */
	if (err == ERR_OK && (version->info.voids.size == 0 || send->is_blind))
		err = partition_touches_of(&send->touches, send->partition, &parent, version, info);
	if (err == ERR_OK) {
		partition_bases_set_touches(send->bases, &send->touches, &parent.commit);
		err = list_rows(send, &version->commit, info);
	}
	partition_version_release(&parent);
	return err;
}

enum err
send_commit(struct send *send, struct partition_delta *delta, const struct oid *oid, struct err_info *info)
{
	struct partition_version version;
	struct delta_commit commit;
	struct delta_counts unsaid = {0}; /* what a merge changed was counted with its edits */
	bool is_new_epoch = false;
	enum err err = partition_version_read(&version, send->partition, send->reader, oid, info);

	if (err != ERR_OK)
		return err;
	send->row_count = 0;
	send->has_seed = false;
	if (!version.info.is_merge || send->is_blind)
		err = diff_commit(send, &version, &is_new_epoch, info);
	if (err == ERR_OK)
		err = fill_commit(&commit, send, &version, info);
	if (err == ERR_OK)
		err = delta_writer_add_commit(send->writer, &commit, info);
	if (err == ERR_OK && (!version.info.is_merge || send->is_blind))
		err = send_rows(send, &version, version.info.is_merge ? &unsaid : &delta->counts, info);
	if (err == ERR_OK)
		err = send_remember(send, oid, info);
	delta->has_new_epoch = delta->has_new_epoch || is_new_epoch;
	delta->edit_count += version.info.is_merge ? 0U : 1U;
	partition_version_release(&version);
	return err;
}
