/* A delta: which commits, from which bases, in which codec, and where it ends when not all of it fits. */
#include "partition/send.h"

#include <stdlib.h>
#include <string.h>

#include "git/reach.h"
#include "git/tree.h"
#include "partition/sending.h"

enum {
	MIXED_FIRST_RECORDS_MAX = 12000, /* of a first copy in the mixed codec */
	MIXED_WORK_MAX = 1 << 24,        /* decisions: a third of a second or so */
};

static void
send_release(struct send *send)
{
	delta_writer_free(send->writer);
	partition_bases_free(send->bases); /* it borrows from the touches */
	table_release(&send->positions);
	free(send->rows);
	seal_wipe(&send->seed, sizeof(send->seed));
	arena_release(&send->arena);
	bytes_release(&send->blob);
	partition_touches_release(&send->touches);
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
		err = send_remember(send, &bases->items[i], info);
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
	/* who cannot open records sends blobs; who lacks the schema set of the base alone can say the edits behind it */
	if ((err == ERR_RIGHT || err == ERR_STATE) && terms.sample_count > 0) {
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
