#include "partition/past.h"

#include <stdlib.h>

#include "git/tree.h"
#include "partition/past_state.h"

enum err
partition_past_new(struct partition_past **out, const struct partition_source *source, struct git_history *history,
                   struct err_info *info)
{
	struct partition_past *past = calloc(1, sizeof(*past));

	if (past == NULL)
		return err_nomem(info);
	past->source = *source;
	past->history = history;
	*out = past;
	return ERR_OK;
}

void
partition_past_free(struct partition_past *past)
{
	if (past == NULL)
		return;
	table_release(&past->record_by_id);
	table_release(&past->edit_by_oid);
	free(past->records);
	free(past->edits);
	free(past->steps);
	free(past->words);
	free(past->order);
	git_reach_free(past->reach);
	arena_release(&past->arena);
	free(past);
}

/* Room for one more item of an array that grows by doubling. */
static enum err
grow(void **items, size_t *capacity, size_t count, size_t size, struct err_info *info)
{
	size_t more = *capacity == 0 ? 16 : *capacity * 2;
	void *grown;

	if (count < *capacity)
		return ERR_OK;
	grown = realloc(*items, more * size);
	if (grown == NULL)
		return err_nomem(info);
	*items = grown;
	*capacity = more;
	return ERR_OK;
}

enum err
partition_past_record(struct partition_past *past, const struct id *id, struct err_info *info)
{
	uint64_t *value;
	bool is_new;
	void *items = past->records;
	enum err err = grow(&items, &past->record_capacity, past->record_count, sizeof(*past->records), info);

	past->records = items;
	if (err == ERR_OK)
		err = table_put(&past->record_by_id, view_of(id->bytes, ID_BYTES), &value, &is_new, info);
	if (err != ERR_OK || !is_new)
		return err;
	*value = past->record_count;
	past->records[past->record_count++] = (struct past_record){.id = *id};
	return ERR_OK;
}

bool
past_find_record(size_t *out, const struct partition_past *past, const struct id *id)
{
	const uint64_t *found = table_find(&past->record_by_id, view_of(id->bytes, ID_BYTES));

	if (found == NULL)
		return false;
	*out = (size_t)*found;
	return true;
}

/* The place of an edit, made if new. */
static enum err
edit_at(size_t *out, struct partition_past *past, const struct oid *oid, const struct delta_commit_info *commit,
        struct err_info *info)
{
	uint64_t *value;
	bool is_new;
	void *items = past->edits;
	enum err err = grow(&items, &past->edit_capacity, past->edit_count, sizeof(*past->edits), info);

	past->edits = items;
	if (err == ERR_OK)
		err = table_put(&past->edit_by_oid, view_of(oid->bytes, OID_BYTES), &value, &is_new, info);
	if (err != ERR_OK)
		return err;
	*out = (size_t)*value;
	if (!is_new)
		return ERR_OK;
	*out = past->edit_count;
	*value = past->edit_count;
	past->edits[past->edit_count++] = (struct past_edit){
		.edit = {.commit = *oid,
	                 .level = commit->level,
	                 .schema_version = commit->schema_version,
	                 .epoch = {commit->epoch, commit->epoch_digest}},
		.schema_digest = commit->schema_digest,
		.is_correction = commit->voids.size > 0,
	};
	return git_history_generation(&past->edits[*out].generation, past->history, oid, info);
}

static enum err
add_step(struct partition_past *past, const struct past_step *step, struct err_info *info)
{
	void *items = past->steps;
	enum err err = grow(&items, &past->step_capacity, past->step_count, sizeof(*past->steps), info);

	past->steps = items;
	if (err == ERR_OK)
		past->steps[past->step_count++] = *step;
	return err;
}

static enum err
add_word(struct partition_past *past, const struct past_word *word, struct err_info *info)
{
	void *items = past->words;
	enum err err = grow(&items, &past->word_capacity, past->word_count, sizeof(*past->words), info);

	past->words = items;
	if (err == ERR_OK)
		past->words[past->word_count++] = *word;
	return err;
}

/* A correction's lines about the records asked for; a line for a whole edit may be about any of them. */
enum err
past_add_words(struct partition_past *past, size_t correction, struct view voids, bool *found_out,
               struct err_info *info)
{
	struct view rest = voids;
	enum err err = ERR_OK;

	while (rest.size > 0) {
		struct past_word word = {.correction = correction};

		err = delta_void_next(&word.line, &rest, &past->arena, info);
		if (err != ERR_OK)
			break;
		if (!word.line.is_whole && !past_find_record(&word.record, past, &word.line.record))
			continue;
		err = add_word(past, &word, info);
		if (err != ERR_OK)
			break;
		*found_out = true;
	}
	return err;
}

static enum err
keep_text(struct view *out, struct partition_past *past, struct view text, struct err_info *info)
{
	const uint8_t *copy = arena_copy(&past->arena, text);

	*out = view_of(copy, text.size);
	return copy == NULL ? err_nomem(info) : ERR_OK;
}

/* One commit of a walk with its parent's and its own maps. */
struct past_look {
	struct partition_past *past;
	const struct partition_version *parent;
	const struct partition_version *version;
	unsigned side;
};

/* What the edit did to one record asked for; `wanted`: a step even if nothing differs. */
static enum err
look_at(const struct past_look *look, size_t record, bool wanted, struct err_info *info)
{
	struct partition_past *past = look->past;
	struct past_step step = {.record = record, .side = look->side};
	const struct id *id = &past->records[record].id;
	enum err err = past_blobs(&step.before, past->source.reader, look->parent, id, info);

	if (err == ERR_OK)
		err = past_blobs(&step.after, past->source.reader, look->version, id, info);
	if (err != ERR_OK || (!wanted && partition_blobs_equal(&step.before, &step.after)))
		return err;
	err = edit_at(&step.edit, past, &look->version->commit, &look->version->info, info);
	return err == ERR_OK ? add_step(past, &step, info) : err;
}

struct past_differing {
	const struct past_look *look;
	struct table seen; /* records told already: both maps may differ */
};

static enum err
differs(void *context, const struct id *id, const struct oid *old, const struct oid *new, struct err_info *info)
{
	struct past_differing *differing = context;
	size_t record;
	bool is_new;
	enum err err;

	(void)old;
	(void)new;
	if (!past_find_record(&record, differing->look->past, id))
		return ERR_OK;
	err = table_put(&differing->seen, view_of(id->bytes, ID_BYTES), NULL, &is_new, info);
	return err == ERR_OK && is_new ? look_at(differing->look, record, false, info) : err;
}

/* Few records: look each up. Many: walk what differs. */
static enum err
look_for_steps(const struct past_look *look, struct err_info *info)
{
	enum {
		LOOK_UP_MAX = 32
	};
	struct past_differing differing = {.look = look};
	struct git_reader reader = look->past->source.reader;
	enum err err = ERR_OK;

	if (oid_equal(&look->parent->records, &look->version->records) &&
	    oid_equal(&look->parent->conflicts, &look->version->conflicts))
		return ERR_OK;
	if (look->past->record_count <= LOOK_UP_MAX) {
		for (size_t i = 0; err == ERR_OK && i < look->past->record_count; i++)
			err = look_at(look, i, false, info);
		return err;
	}
	err = git_idtree_diff(reader, &look->parent->records, &look->version->records, differs, &differing, info);
	if (err == ERR_OK)
		err = git_idtree_diff(reader, &look->parent->conflicts, &look->version->conflicts, differs, &differing,
		                      info);
	table_release(&differing.seen);
	return err;
}

static enum err
look_through(struct partition_past *past, const struct oid *commit, unsigned side, struct err_info *info)
{
	struct partition_version version;
	struct partition_version parent = {0};
	struct past_look look = {past, &parent, &version, side};
	enum err err = partition_version_read(&version, past->source.partition, past->source.reader, commit, info);

	if (err != ERR_OK)
		return err;
	if (!version.info.is_merge && version.info.parent_count > 0)
		err = partition_version_read(&parent, past->source.partition, past->source.reader,
		                             &version.info.parents[0], info);
	if (err == ERR_OK && !version.info.is_merge)
		err = look_for_steps(&look, info);
	if (err == ERR_OK && version.info.voids.size > 0) {
		struct view voids;
		size_t correction;
		bool found = false;

		err = keep_text(&voids, past, version.info.voids, info);
		if (err == ERR_OK)
			err = edit_at(&correction, past, commit, &version.info, info);
		if (err == ERR_OK)
			err = past_add_words(past, correction, voids, &found, info);
	}
	partition_version_release(&parent);
	partition_version_release(&version);
	return err;
}

enum err
partition_past_walk(struct partition_past *past, struct git_oids_view commits, unsigned side, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < commits.count; i++)
		err = look_through(past, &commits.items[i], side, info);
	return err;
}

enum err
partition_past_name(struct partition_past *past, const struct id *record, const struct oid *commit, bool wants_writes,
                    struct err_info *info)
{
	struct partition_version version;
	struct partition_version parent = {0};
	struct past_look look = {past, &parent, &version, PAST_NAMED};
	size_t place;
	enum err err = partition_version_read(&version, past->source.partition, past->source.reader, commit, info);

	if (err != ERR_OK)
		return err;
	if (version.info.is_merge)
		err = err_set(info, ERR_FORMAT, "%s", _("a conflict entry names a merge"));
	if (err == ERR_OK && version.info.parent_count > 0)
		err = partition_version_read(&parent, past->source.partition, past->source.reader,
		                             &version.info.parents[0], info);
	if (err == ERR_OK && wants_writes && past_find_record(&place, past, record))
		err = look_at(&look, place, true, info);
	else if (err == ERR_OK)
		err = edit_at(&place, past, commit, &version.info, info);
	partition_version_release(&parent);
	partition_version_release(&version);
	return err;
}

enum err
partition_past_whole(struct partition_past **out, const struct partition_source *source, struct git_history *history,
                     struct git_oids_view heads, const struct id *records, size_t record_count,
                     const struct partition_past_top *top, struct err_info *info)
{
	struct partition_past *past = NULL;
	struct git_oids commits = {0};
	enum err err = partition_past_new(&past, source, history, info);

	for (size_t i = 0; err == ERR_OK && i < record_count; i++)
		err = partition_past_record(past, &records[i], info);
	if (err == ERR_OK)
		err = git_history_between(&commits, history, heads, (struct git_oids_view){NULL, 0}, info);
	if (err == ERR_OK)
		err = partition_past_walk(past, (struct git_oids_view){commits.items, commits.count}, 0, info);
	if (err == ERR_OK)
		err = partition_past_seal(past, top, info);
	git_oids_release(&commits);
	if (err != ERR_OK) {
		partition_past_free(past);
		return err;
	}
	*out = past;
	return ERR_OK;
}
