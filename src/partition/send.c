#include "partition/send.h"

#include <stdlib.h>
#include <string.h>

#include "delta/section.h"
#include "git/reach.h"
#include "git/tree.h"
#include "partition/bases.h"
#include "partition/derive.h"
#include "partition/internal.h"
#include "schema/set.h"

enum {
	MIXED_FIRST_RECORDS_MAX = 12000, /* of a first copy in the mixed codec */
	MIXED_WORK_MAX = 1 << 24,        /* decisions: a third of a second or so */
};

/* One record that differs between an edit and its parent. */
struct send_row {
	struct partition_touch *touch;
	bool is_new;              /* there is a record where none was */
	bool is_added;            /* by the edit's seed */
	uint32_t number;          /* n of an added one */
	struct delta_place place; /* of another one */
};

struct send {
	struct partition *partition;
	struct git_reader reader;
	struct partition_bases *bases;
	struct delta_writer *writer;
	struct table positions; /* commit id -> position */
	struct git_history *history;
	struct partition_touches touches;
	struct send_row *rows; /* of the edit at hand */
	size_t row_count;
	struct seal_seed seed;
	bool has_seed;
	bool has_opaque; /* a record of the edit at hand travelled as its blob */
	bool is_blind;   /* all do */
	struct arena arena;
	struct bytes blob;
};

static void
send_release(struct send *send)
{
	delta_writer_free(send->writer);
	partition_bases_free(send->bases);
	table_release(&send->positions);
	free(send->rows);
	seal_wipe(&send->seed, sizeof(send->seed));
	arena_release(&send->arena);
	bytes_release(&send->blob);
	partition_touches_release(&send->touches);
}

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
		err = delta_writer_place(&rows[i].place, send->writer, &touch->id, info);
		if (err == ERR_OK && rows[i].is_new && !send->is_blind)
			err = look_up_seed(send, edit, &rows[i], info);
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

static enum err
remember(struct send *send, const struct oid *commit, struct err_info *info)
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
	if (commit.is_merge && out->parents[0] < out->parents[1]) { /* by position on the wire, by id in the commit */
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

	send->touches.count = 0;
	send->has_seed = false;
	if (version->info.parent_count > 0)
		err = partition_version_read(&parent, send->partition, send->reader, &version->info.parents[0], info);
	*is_new_epoch = version->info.parent_count == 0 ||
	                !digest_equal(&version->info.epoch_digest, &parent.info.epoch_digest);
	/* what a correction does follows from its words, for who can read */
	if (err == ERR_OK && (version->info.voids.size == 0 || send->is_blind))
		err = partition_touches_find(&send->touches, send->reader, &parent, version, info);
	if (err == ERR_OK)
		err = list_rows(send, &version->commit, info);
	partition_version_release(&parent);
	return err;
}

static enum err
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
		err = remember(send, oid, info);
	delta->has_new_epoch = delta->has_new_epoch || is_new_epoch;
	delta->edit_count += version.info.is_merge ? 0U : 1U;
	partition_version_release(&version);
	return err;
}

static int
compare_oids(const void *a, const void *b)
{
	return memcmp(a, b, OID_BYTES);
}

static enum err
add_base(struct git_oids *bases, const struct oid *commit, struct err_info *info)
{
	struct oid *items;

	for (size_t i = 0; i < bases->count; i++) {
		if (oid_equal(&bases->items[i], commit))
			return ERR_OK;
	}
	if (bases->count == LIMIT_BASES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has at most %d bases"), LIMIT_BASES_MAX);
	items = realloc(bases->items, (bases->count + 1) * sizeof(*items));
	if (items == NULL)
		return err_nomem(info);
	bases->items = items;
	bases->items[bases->count++] = *commit;
	return ERR_OK;
}

/* The bases that a delta names are the parents outside of it: all of them are below what the peer is known to hold. */
static enum err
find_bases(struct git_oids *bases, struct send *send, const struct git_oids *commits, struct err_info *info)
{
	struct table inside = {0};
	struct git_content content = {0};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits->count; i++) {
		struct git_commit_links links;

		err = table_put(&inside, view_of(commits->items[i].bytes, OID_BYTES), NULL, NULL, info);
		if (err == ERR_OK)
			err = git_reader_get(&content, send->reader, &commits->items[i], GIT_TYPE_COMMIT, info);
		if (err == ERR_OK)
			err = git_commit_links_read(&links, content.content, info);
		for (size_t k = 0; err == ERR_OK && k < links.parent_count; k++) {
			if (table_find(&inside, view_of(links.parents[k].bytes, OID_BYTES)) == NULL)
				err = add_base(bases, &links.parents[k], info);
		}
		git_content_release(&content);
		content = (struct git_content){0};
	}
	table_release(&inside);
	if (err == ERR_OK && bases->count > 1)
		qsort(bases->items, bases->count, sizeof(*bases->items), compare_oids);
	for (size_t i = 0; err == ERR_OK && i < bases->count; i++)
		err = remember(send, &bases->items[i], info);
	return err;
}

static enum err
send_all(size_t *fits_out, struct partition_delta *delta, struct send *send, const struct git_oids *commits,
         size_t size_limit, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits->count; i++) {
		size_t edit_count = delta->edit_count;

		err = send_commit(send, delta, &commits->items[i], info);
		if (err == ERR_OK && delta_writer_work(send->writer) > MIXED_WORK_MAX) {
			*fits_out = i; /* it is begun anew, stored */
			return ERR_OK;
		}
		if (edit_count > 0 &&
		    (err == ERR_TOO_BIG || (err == ERR_OK && delta_writer_size(send->writer) > size_limit))) {
			*fits_out = i;
			return ERR_OK;
		}
	}
	*fits_out = commits->count;
	return err;
}

/*
 * A delta that does not fit ends at an edit among those that do: an edit, once taken, is below every later head, while a
 * merge can be passed over. The one with the longest history below it; several are possible where offices wrote side by side.
 */
static enum err
find_end(struct oid *out, struct git_history *history, const struct git_oids *commits, size_t count,
         struct err_info *info)
{
	uint32_t best = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct oid parents[GIT_PARENTS_MAX];
		uint32_t generation = 0;
		size_t parent_count = 0;

		err = git_history_parents(parents, &parent_count, history, &commits->items[i], info);
		if (err == ERR_OK)
			err = git_history_generation(&generation, history, &commits->items[i], info);
		if (err == ERR_OK && parent_count < GIT_PARENTS_MAX && generation > best) {
			best = generation;
			*out = commits->items[i];
		}
	}
	return err;
}

/* What is sent, from where, and how. */
struct job {
	struct partition *partition;
	struct git_history *history;
	struct git_oids_view known;
	size_t size_limit;
	bool is_without_sample;
	bool is_blind;
	enum column_codec codec;
};

/* A first copy of many records is stored in columns: mixed it would take its receiver seconds that a night never does. */
static enum err
choose_codec(struct delta_terms *terms, struct send *send, const struct job *job, const struct oid *end,
             struct err_info *info)
{
	struct partition_version version;
	struct git_idtree *tree = NULL;
	struct id middle = {{0x80}};
	size_t count = 0;
	enum err err = ERR_OK;

	terms->codec = job->codec;
	if (terms->base_count == 0 && job->codec == COLUMN_MIXED) {
		err = partition_version_read(&version, send->partition, send->reader, end, info);
		if (err == ERR_OK)
			err = git_idtree_open(&tree, send->reader, &version.records, info);
		if (err == ERR_OK)
			err = git_idtree_estimate(&count, tree, &middle, info);
		git_idtree_free(tree);
		partition_version_release(&version);
		if (count > MIXED_FIRST_RECORDS_MAX)
			terms->codec = COLUMN_STORED;
	}
	if (terms->codec == COLUMN_STORED || job->is_without_sample)
		terms->sample_count = 0;
	return err;
}

/* Everything up to one commit, or as much of it as fits: then *fits_out is less than all. */
static enum err
make_section(struct partition_delta *delta, struct send *send, const struct job *job, const struct git_oids *commits,
             size_t *fits_out, struct err_info *info)
{
	struct delta_terms terms = {.commit_count = commits->count};
	enum err err = find_bases(&delta->bases, send, commits, info);

	if (err == ERR_OK)
		err = partition_bases_new(&send->bases, send->partition, NULL, delta->bases.items, delta->bases.count,
		                          info);
	if (err == ERR_OK)
		err = partition_bases_choose(send->bases, &terms, info);
	if (err == ERR_OK)
		err = choose_codec(&terms, send, job, &delta->end, info);
	if (err == ERR_OK)
		err = delta_writer_new(&send->writer, &terms, partition_bases_source(send->bases), info);
	if (err == ERR_RIGHT && terms.sample_count > 0) { /* who cannot open records sends blobs */
		terms.sample_count = 0;
		err = delta_writer_new(&send->writer, &terms, partition_bases_source(send->bases), info);
	}
	if (err == ERR_OK)
		err = send_all(fits_out, delta, send, commits, job->size_limit, info);
	if (err == ERR_OK && *fits_out == commits->count)
		err = delta_writer_finish(send->writer, &delta->section, info);
	return err;
}

static enum err
make_delta(struct partition_delta *out, const struct job *job, struct err_info *info)
{
	struct send send = {
		.partition = job->partition,
		.reader = partition_reader(job->partition, NULL),
		.history = job->history,
		.is_blind = job->is_blind,
	};
	struct git_oids commits = {0};
	struct job again = *job;
	struct oid end = out->end;
	size_t fits = 0;
	bool is_mixed_too_long;
	enum err err =
		git_history_between(&commits, job->history, (struct git_oids_view){&out->end, 1}, job->known, info);

	if (err == ERR_OK && commits.count > 0)
		err = make_section(out, &send, job, &commits, &fits, info);
	is_mixed_too_long = err == ERR_OK && send.writer != NULL && delta_writer_work(send.writer) > MIXED_WORK_MAX;
	if (is_mixed_too_long)
		again.codec = COLUMN_STORED;
	if (err == ERR_OK && !is_mixed_too_long && fits < commits.count) {
		err = find_end(&end, job->history, &commits, fits, info);
		again.size_limit = SIZE_MAX; /* a part of what fitted */
	}
	if (err == ERR_OK && (is_mixed_too_long || fits < commits.count)) {
		send_release(&send);
		partition_delta_release(out);
		out->end = end;
		err = make_delta(out, &again, info);
	} else {
		send_release(&send);
	}
	git_oids_release(&commits);
	return err;
}

enum err
partition_delta_make(struct partition_delta *out, struct partition *partition, const struct oid *head,
                     const struct partition_delta_terms *terms, struct err_info *info)
{
	struct partition_delta delta = {.end = *head};
	struct job job = {.partition = partition,
	                  .size_limit = terms->size_limit,
	                  .is_without_sample = terms->is_without_sample,
	                  .is_blind = terms->is_blind,
	                  .codec = terms->is_blind ? COLUMN_STORED : COLUMN_MIXED}; /* ciphertext does not mix */
	struct git_oids edits = {0};
	enum err err = git_history_open(&job.history, partition_reader(partition, NULL), info);

	if (err == ERR_OK)
		err = git_history_maximal(&edits, job.history, terms->known, info); /* bases are edits, never merges */
	job.known = (struct git_oids_view){edits.items, edits.count};
	if (err == ERR_OK)
		err = make_delta(&delta, &job, info);
	delta.is_whole = oid_equal(&delta.end, head);
	git_oids_release(&edits);
	git_history_free(job.history);
	if (err != ERR_OK) {
		partition_delta_release(&delta);
		return err_in(info, err, _("partition of %s"), partition->owner.text);
	}
	*out = delta;
	return ERR_OK;
}

void
partition_delta_release(struct partition_delta *delta)
{
	bytes_release(&delta->section);
	git_oids_release(&delta->bases);
	*delta = (struct partition_delta){0};
}
