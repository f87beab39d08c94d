/* A commit up to its rows: what it is, its parents, what an edit says. */
#include <stddef.h>
#include <string.h>

#include "codec/codec.h"
#include "delta/stream.h"

enum {
	TYPE_MERGE = 1,
	TYPE_SEED = 2,
	TYPE_SALTS = 4,
	TYPE_TEXTS = 8, /* operator, reason or voids */
	TEXTS = 3,
	LEVEL_BITS = 4,
};

static uint64_t
zigzag(int64_t number)
{
	return number >= 0 ? (uint64_t)number << 1 : ~((uint64_t)number << 1);
}

static int64_t
unzigzag(uint64_t number)
{
	return (int64_t)((number & 1) == 0 ? number >> 1 : ~(number >> 1));
}

static struct column_place *
commit_place(struct delta_stream *stream)
{
	return column_child(stream->column, column_root(stream->column), DELTA_PLACE_COMMIT);
}

static uint64_t
number(struct delta_stream *stream, enum delta_sort sort, uint32_t context, uint64_t max, uint64_t value)
{
	struct column_ask ask = {commit_place(stream), (unsigned)sort, 1, {context}};

	return column_number(stream->column, &ask, max, value);
}

static bool
flag(struct delta_stream *stream, enum delta_sort sort, uint32_t context, bool value)
{
	struct column_ask ask = {commit_place(stream), (unsigned)sort, 1, {context}};

	return column_symbol(stream->column, &ask, 1, value) != 0;
}

static enum err
bad(struct delta_stream *stream, struct err_info *info, const char *what)
{
	enum err err = column_state(stream->column, info);

	return err != ERR_OK ? err : err_set(info, ERR_FORMAT, _("a delta is not in its one encoding: %s"), what);
}

/* --- texts --- */

/* a text as a value; reading: borrowed from the commit's arena */
static enum err
text(struct delta_stream *stream, uint32_t key, struct view *out, size_t size_max, struct err_info *info)
{
	struct column_place *place = column_child(stream->column, column_root(stream->column), key);
	struct codec_reader reader;
	struct bytes encoded = {0};
	struct view value;
	enum err err = codec_write_str(&encoded, *out, info);

	if (err != ERR_OK)
		return err;
	value = bytes_view(&encoded);
	column_value(stream->column, place, &stream->commit_arena, &value, (struct view){0});
	err = column_state(stream->column, info);
	if (err == ERR_OK && stream->is_reading) {
		reader = codec_reader_of(value);
		err = codec_read_str_max(out, &reader, size_max, info);
	}
	bytes_release(&encoded);
	return err;
}

static enum err
texts(struct delta_stream *stream, struct delta_commit_info *edit, bool has_texts, struct err_info *info)
{
	static const size_t SIZE_MAX_OF[TEXTS] = {LIMIT_NAME_BYTES_MAX, LIMIT_REASON_BYTES_MAX, LIMIT_COMMIT_BYTES_MAX};
	struct view *fields[TEXTS] = {&edit->operator_name, &edit->reason, &edit->voids};
	size_t count = 0;
	enum err err = ERR_OK;

	for (uint32_t i = 0; err == ERR_OK && has_texts && i < TEXTS; i++) {
		bool is_there = flag(stream, DELTA_SORT_TEXT, i, fields[i]->size > 0);

		count += is_there;
		if (is_there)
			err = text(stream, DELTA_PLACE_TEXT + i, fields[i], SIZE_MAX_OF[i], info);
	}
	if (err == ERR_OK && has_texts && count == 0)
		err = bad(stream, info, _("a commit says that it has a text, and has none"));
	return err;
}

/* --- context --- */

static enum err
say_node(struct delta_stream *stream, struct node_code *code, struct err_info *info)
{
	struct view view = view_text(code->text);
	enum err err = text(stream, DELTA_PLACE_NODE, &view, NODE_CODE_BYTES - 1, info);

	if (err != ERR_OK || !stream->is_reading)
		return err;
	memset(code, 0, sizeof(*code));
	return node_code_read(code, view) ? ERR_OK
	                                  : bad(stream, info, _("a node has no code of 12 digits and a department"));
}

static enum err
say_signer(struct delta_stream *stream, void *part, struct err_info *info)
{
	struct delta_signer *signer = part;

	signer->level = column_plain(stream->column, LEVEL_BITS, signer->level);
	return say_node(stream, &signer->node, info);
}

static enum err
say_numbered(struct delta_stream *stream, void *part, struct err_info *info)
{
	struct delta_numbered *numbered = part;

	numbered->number = (uint32_t)number(stream, DELTA_SORT_NUMBER, 0, UINT32_MAX, numbered->number);
	column_raw(stream->column, numbered->digest.bytes, DIGEST_BYTES);
	return column_state(stream->column, info);
}

static enum err
say_rules(struct delta_stream *stream, void *part, struct err_info *info)
{
	uint32_t *rules = part;

	*rules = (uint32_t)number(stream, DELTA_SORT_NUMBER, 1, UINT32_MAX, *rules);
	return column_state(stream->column, info);
}

static enum err
say_roster(struct delta_stream *stream, void *part, struct err_info *info)
{
	struct delta_roster *roster = part;
	enum err err = ERR_OK;

	roster->count = (uint32_t)number(stream, DELTA_SORT_NUMBER, 2, LIMIT_LEVELS_MAX, roster->count);
	for (size_t i = 0; err == ERR_OK && i < roster->count; i++) {
		struct delta_roster_reference *reference = &roster->references[i];

		err = say_node(stream, &reference->issuer, info);
		reference->number = (uint32_t)number(stream, DELTA_SORT_NUMBER, 3, UINT32_MAX, reference->number);
		column_raw(stream->column, reference->digest, sizeof(reference->digest));
	}
	return err != ERR_OK ? err : column_state(stream->column, info);
}

static const struct part {
	size_t offset;
	size_t size;
	enum err (*say)(struct delta_stream *stream, void *part, struct err_info *info);
} PARTS[] = {
	{offsetof(struct delta_context, signer), sizeof(struct delta_signer), say_signer},
	{offsetof(struct delta_context, schema), sizeof(struct delta_numbered), say_numbered},
	{offsetof(struct delta_context, epoch), sizeof(struct delta_numbered), say_numbered},
	{offsetof(struct delta_context, rules), sizeof(uint32_t), say_rules},
	{offsetof(struct delta_context, roster), sizeof(struct delta_roster), say_roster},
};

/* each part as that of the context used last, or said */
static enum err
say_context(struct delta_stream *stream, struct delta_context *context, struct err_info *info)
{
	static const struct delta_context NOTHING;
	const struct delta_context *last = stream->context_count == 0 ? &NOTHING : &stream->contexts[stream->context];
	enum err err = ERR_OK;

	for (uint32_t i = 0; err == ERR_OK && i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
		uint8_t *part = (uint8_t *)context + PARTS[i].offset;
		const uint8_t *before = (const uint8_t *)last + PARTS[i].offset;

		if (flag(stream, DELTA_SORT_SAME, i, memcmp(part, before, PARTS[i].size) == 0)) {
			memcpy(part, before, PARTS[i].size);
			continue;
		}
		err = PARTS[i].say(stream, part, info);
		if (err == ERR_OK && memcmp(part, before, PARTS[i].size) == 0)
			err = bad(stream, info, _("an edit says what it could have repeated"));
	}
	return err;
}

static size_t
find_context(const struct delta_stream *stream, const struct delta_context *context)
{
	for (size_t i = stream->context_count; i > 0; i--) {
		if (memcmp(&stream->contexts[i - 1], context, sizeof(*context)) == 0)
			return i - 1;
	}
	return stream->context_count;
}

static void
fill(struct delta_commit_info *edit, const struct delta_context *context)
{
	edit->node = context->signer.node;
	edit->level = (uint8_t)context->signer.level;
	edit->schema_version = context->schema.number;
	edit->schema_digest = context->schema.digest;
	edit->epoch = context->epoch.number;
	edit->epoch_digest = context->epoch.digest;
	edit->rules = context->rules;
	edit->roster_count = (uint8_t)context->roster.count;
	memcpy(edit->roster, context->roster.references, sizeof(edit->roster));
}

/* one of the contexts that were there before, or a new one */
static enum err
context(struct delta_stream *stream, struct delta_commit_info *edit, struct err_info *info)
{
	struct delta_context said;
	size_t index = 0;
	enum err err = ERR_OK;

	memset(&said, 0, sizeof(said));
	if (!stream->is_reading) {
		delta_context_of(&said, edit);
		index = find_context(stream, &said);
	}
	index = (size_t)number(stream, DELTA_SORT_CONTEXT, (uint32_t)stream->context, stream->context_count, index);
	if (index == stream->context_count) {
		err = say_context(stream, &said, info);
		if (err == ERR_OK && find_context(stream, &said) != stream->context_count)
			err = bad(stream, info, _("an edit says what it could have repeated"));
		if (err == ERR_OK)
			err = delta_stream_add_context(stream, &said, info);
	}
	if (err != ERR_OK)
		return err;
	stream->context = index;
	if (stream->is_reading)
		fill(edit, &stream->contexts[index]);
	return ERR_OK;
}

/* --- commits --- */

/* a parent as its distance back: 1 is the commit just before, or the last base; 0: none */
static size_t
parent(struct delta_stream *stream, uint32_t which, size_t position)
{
	size_t here = stream->terms.base_count + stream->commits_done;
	uint64_t distance = position == DELTA_NO_PARENT ? 0 : here - position;

	distance = number(stream, DELTA_SORT_PARENT, which, here, distance);
	return distance == 0 ? DELTA_NO_PARENT : here - (size_t)distance;
}

static enum err
merge(struct delta_stream *stream, struct delta_commit *commit, struct err_info *info)
{
	commit->info.parent_count = DELTA_PARENTS_MAX;
	for (uint32_t i = 0; i < DELTA_PARENTS_MAX; i++)
		commit->parents[i] = parent(stream, 1 + i, commit->parents[i]);
	if (commit->parents[0] == DELTA_NO_PARENT || commit->parents[1] == DELTA_NO_PARENT ||
	    commit->parents[0] <= commit->parents[1])
		return bad(stream, info, _("the parents of a merge are not the nearer one first"));
	return column_state(stream->column, info);
}

static enum err
edit(struct delta_stream *stream, struct delta_commit *commit, bool has_texts, struct err_info *info)
{
	struct delta_commit_info *said = &commit->info;
	uint64_t step = zigzag((int64_t)((uint64_t)said->time - (uint64_t)stream->time));
	enum err err;

	commit->parents[0] = parent(stream, 0, commit->parents[0]);
	said->parent_count = commit->parents[0] == DELTA_NO_PARENT ? 0 : 1;
	/* twice the last second there is: a step from any time to any other */
	step = number(stream, DELTA_SORT_TIME, 0, 2 * (uint64_t)DELTA_TIME_MAX + 1, step);
	said->time = stream->time = (int64_t)((uint64_t)stream->time + (uint64_t)unzigzag(step));
	err = column_state(stream->column, info);
	if (err == ERR_OK)
		err = context(stream, said, info);
	if (err == ERR_OK)
		err = texts(stream, said, has_texts, info);
	if (err != ERR_OK)
		return err;
	column_raw(stream->column, commit->signature.bytes, SEAL_SIGNATURE_BYTES);
	if (commit->keys == DELTA_KEYS_SEED)
		column_raw(stream->column, commit->seed, DELTA_SALT_BYTES);
	err = column_state(stream->column, info);
	return err == ERR_OK ? delta_commit_check(said, info) : err;
}

static enum err
check_counts(struct delta_stream *stream, bool is_merge, struct err_info *info)
{
	if (stream->commits_done == stream->terms.commit_count)
		return err_set(info, ERR_FORMAT, "%s", _("a delta with more commits than its head says"));
	if (is_merge ? stream->commits_done - stream->edits_done == LIMIT_DELTA_MERGES_MAX
	             : stream->edits_done == LIMIT_DELTA_COMMITS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has more than %d edits or %d merges"),
		               LIMIT_DELTA_COMMITS_MAX, LIMIT_DELTA_MERGES_MAX);
	return ERR_OK;
}

static unsigned
type_of(const struct delta_commit *commit)
{
	const struct delta_commit_info *said = &commit->info;
	bool has_texts = said->operator_name.size + said->reason.size + said->voids.size > 0;

	if (said->is_merge)
		return TYPE_MERGE;
	return (commit->keys == DELTA_KEYS_SEED ? (unsigned)TYPE_SEED : 0U) +
	       (commit->keys == DELTA_KEYS_SALTS ? (unsigned)TYPE_SALTS : 0U) + (has_texts ? (unsigned)TYPE_TEXTS : 0U);
}

static enum err
check_parents(const struct delta_stream *stream, const struct delta_commit *commit, struct err_info *info)
{
	size_t here = stream->terms.base_count + stream->commits_done;

	for (size_t i = 0; i < (commit->info.is_merge ? 2U : 1U); i++) {
		if (commit->parents[i] != DELTA_NO_PARENT && commit->parents[i] >= here)
			return err_set(info, ERR_FORMAT, "%s", _("a delta's commit comes before its parent"));
	}
	return ERR_OK;
}

enum err
delta_stream_commit(struct delta_stream *stream, struct delta_commit *commit, struct err_info *info)
{
	struct column_ask ask = {commit_place(stream), DELTA_SORT_COMMIT, 1, {stream->last_type}};
	unsigned type = stream->is_reading ? 0 : type_of(commit);
	enum err err = ERR_OK;

	if (!stream->is_reading)
		err = check_parents(stream, commit, info);
	if (err == ERR_OK && !stream->is_reading && !commit->info.is_merge)
		err = delta_commit_check(&commit->info, info);
	arena_clear(&stream->commit_arena);
	if (err != ERR_OK)
		return err;
	type = column_symbol(stream->column, &ask, 4, type);
	if ((type & TYPE_MERGE) != 0 ? type != TYPE_MERGE
	                             : (type & (TYPE_SEED | TYPE_SALTS)) == (TYPE_SEED | TYPE_SALTS))
		return bad(stream, info, _("a commit of no type"));
	commit->info.is_merge = type == TYPE_MERGE;
	commit->keys = (type & TYPE_SEED) != 0    ? DELTA_KEYS_SEED
	               : (type & TYPE_SALTS) != 0 ? DELTA_KEYS_SALTS
	                                          : DELTA_KEYS_NONE;
	err = check_counts(stream, commit->info.is_merge, info);
	if (err == ERR_OK)
		err = commit->info.is_merge ? merge(stream, commit, info)
		                            : edit(stream, commit, (type & TYPE_TEXTS) != 0, info);
	if (err != ERR_OK)
		return err;
	stream->last_type = type;
	delta_stream_begin_rows(stream, commit);
	stream->commits_done++;
	stream->edits_done += commit->info.is_merge ? 0 : 1;
	return ERR_OK;
}
