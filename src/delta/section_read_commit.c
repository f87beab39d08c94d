#include <string.h>

#include "delta/reader.h"

static enum err
bad(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("a delta is not in its one encoding: %s"), what);
}

static enum err
take_parent(struct delta_reader *reader, uint64_t *distance_out, struct err_info *info)
{
	return delta_take_number(&reader->rows, distance_out, reader->base_count + reader->commits_done,
	                         _("the distance to a parent"), info);
}

static size_t
position_of(const struct delta_reader *reader, uint64_t distance)
{
	return reader->base_count + reader->commits_done - (size_t)distance;
}

/* an index into the table, or its size: then *is_new_out */
static enum err
take_reference(struct delta_reader *reader, const struct delta_list *list, size_t *index_out, bool *is_new_out,
               struct err_info *info)
{
	uint64_t index = 0;
	enum err err = delta_take_number(&reader->rows, &index, list->count, _("a place in a table"), info);

	*index_out = (size_t)index;
	*is_new_out = err == ERR_OK && index == list->count;
	return err;
}

static enum err
add_new(struct delta_list *list, const void *item, struct err_info *info)
{
	if (delta_list_find(list, item) < list->count)
		return bad(info, _("an entry of a table stands in it twice"));
	return delta_list_add(list, item, info);
}

static enum err
take_node(struct delta_reader *reader, size_t *index_out, struct err_info *info)
{
	struct node_code code = {{0}};
	struct view text;
	bool is_new;
	enum err err = take_reference(reader, &reader->tables.nodes, index_out, &is_new, info);

	if (err != ERR_OK || !is_new)
		return err;
	err = delta_take_string(&reader->rows, &text, NODE_CODE_BYTES - 1, _("the size of a node's code"), info);
	if (err != ERR_OK)
		return err;
	if (!node_code_read(&code, text))
		return bad(info, _("a node has no code of 12 digits and a department"));
	return add_new(&reader->tables.nodes, &code, info);
}

static enum err
take_numbered(struct delta_reader *reader, struct delta_list *list, uint64_t max, size_t *index_out,
              struct err_info *info)
{
	struct delta_named_digest item = {0};
	struct view digest;
	uint64_t number = 0;
	bool is_new;
	enum err err = take_reference(reader, list, index_out, &is_new, info);

	if (err != ERR_OK || !is_new)
		return err;
	err = delta_take_number(&reader->rows, &number, max, _("the number of a schema set or an epoch"), info);
	if (err == ERR_OK)
		err = delta_take_bytes(&reader->random, &digest, DIGEST_BYTES, info);
	if (err != ERR_OK)
		return err;
	item.number = (uint32_t)number;
	memcpy(item.digest.bytes, digest.data, DIGEST_BYTES);
	return add_new(list, &item, info);
}

static enum err
take_roster_reference(struct delta_reader *reader, struct delta_roster_reference *out, struct err_info *info)
{
	struct view digest;
	uint64_t number = 0;
	size_t node = 0;
	enum err err = take_node(reader, &node, info);

	if (err == ERR_OK)
		err = delta_take_number(&reader->rows, &number, UINT32_MAX, _("the number of a statement"), info);
	if (err == ERR_OK)
		err = delta_take_bytes(&reader->random, &digest, DELTA_ROSTER_DIGEST_BYTES, info);
	if (err != ERR_OK)
		return err;
	memcpy(&out->issuer, delta_list_at(&reader->tables.nodes, node), sizeof(out->issuer));
	out->number = (uint32_t)number;
	memcpy(out->digest, digest.data, DELTA_ROSTER_DIGEST_BYTES);
	return ERR_OK;
}

static enum err
take_roster(struct delta_reader *reader, size_t *index_out, struct err_info *info)
{
	struct delta_roster roster = {0};
	uint64_t count = 0;
	bool is_new;
	enum err err = take_reference(reader, &reader->tables.rosters, index_out, &is_new, info);

	if (err != ERR_OK || !is_new)
		return err;
	err = delta_take_number(&reader->rows, &count, LIMIT_LEVELS_MAX, _("the number of issuers"), info);
	roster.count = (uint32_t)count;
	for (size_t i = 0; err == ERR_OK && i < roster.count; i++)
		err = take_roster_reference(reader, &roster.references[i], info);
	return err != ERR_OK ? err : add_new(&reader->tables.rosters, &roster, info);
}

static enum err
take_context(struct delta_reader *reader, struct err_info *info)
{
	struct delta_context context = {0};
	uint64_t level = 0;
	uint64_t rules = 0;
	enum err err = take_node(reader, &context.node, info);

	if (err == ERR_OK)
		err = delta_take_number(&reader->rows, &level, LIMIT_LEVELS_MAX, _("a level"), info);
	if (err == ERR_OK)
		err = take_numbered(reader, &reader->tables.schemas, UINT32_MAX, &context.schema, info);
	if (err == ERR_OK)
		err = take_numbered(reader, &reader->tables.epochs, LIMIT_EPOCH_MAX, &context.epoch, info);
	if (err == ERR_OK)
		err = delta_take_number(&reader->rows, &rules, UINT32_MAX, _("the version of the merge rules"), info);
	if (err == ERR_OK)
		err = take_roster(reader, &context.roster, info);
	if (err != ERR_OK)
		return err;
	context.level = (uint32_t)level;
	context.rules = (uint32_t)rules;
	if (reader->has_context && delta_context_equal(&context, &reader->context))
		return bad(info, _("an edit repeats the context of the one before"));
	reader->context = context;
	reader->has_context = true;
	return ERR_OK;
}

static void
fill_context(const struct delta_reader *reader, struct delta_commit_info *edit)
{
	const struct delta_tables *tables = &reader->tables;
	const struct delta_context *context = &reader->context;
	struct delta_named_digest named;
	struct delta_roster roster;

	memcpy(&edit->node, delta_list_at(&tables->nodes, context->node), sizeof(edit->node));
	memcpy(&named, delta_list_at(&tables->schemas, context->schema), sizeof(named));
	edit->schema_version = named.number;
	edit->schema_digest = named.digest;
	memcpy(&named, delta_list_at(&tables->epochs, context->epoch), sizeof(named));
	edit->epoch = named.number;
	edit->epoch_digest = named.digest;
	memcpy(&roster, delta_list_at(&tables->rosters, context->roster), sizeof(roster));
	edit->roster_count = (uint8_t)roster.count;
	memcpy(edit->roster, roster.references, sizeof(edit->roster));
	edit->level = (uint8_t)context->level;
	edit->rules = context->rules;
}

static enum err
take_text(struct delta_reader *reader, struct view *out, bool is_there, size_t size_max, struct err_info *info)
{
	enum err err;

	if (!is_there)
		return ERR_OK;
	err = delta_take_string(&reader->rows, out, size_max, _("the size of a text"), info);
	return err == ERR_OK && out->size == 0 ? bad(info, _("it says an empty text")) : err;
}

static enum err
take_texts(struct delta_reader *reader, struct delta_commit_info *edit, unsigned bits, struct err_info *info)
{
	enum err err = take_text(reader, &edit->operator_name, bits & DELTA_BIT_OPERATOR, LIMIT_NAME_BYTES_MAX, info);

	if (err == ERR_OK)
		err = take_text(reader, &edit->reason, bits & DELTA_BIT_REASON, LIMIT_REASON_BYTES_MAX, info);
	if (err == ERR_OK)
		err = take_text(reader, &edit->voids, bits & DELTA_BIT_VOIDS, LIMIT_COMMIT_BYTES_MAX, info);
	return err != ERR_OK ? err : delta_commit_check(edit, info);
}

static enum err
take_secrets(struct delta_reader *reader, struct delta_commit *commit, struct err_info *info)
{
	struct view bytes;
	enum err err = delta_take_bytes(&reader->random, &bytes, SEAL_SIGNATURE_BYTES, info);

	if (err != ERR_OK)
		return err;
	memcpy(commit->signature.bytes, bytes.data, SEAL_SIGNATURE_BYTES);
	if (commit->keys != DELTA_KEYS_SEED)
		return ERR_OK;
	err = delta_take_bytes(&reader->random, &bytes, DELTA_SALT_BYTES, info);
	if (err == ERR_OK)
		memcpy(commit->seed, bytes.data, DELTA_SALT_BYTES);
	return err;
}

static enum err
take_edit(struct delta_reader *reader, struct delta_commit *commit, unsigned bits, struct err_info *info)
{
	uint64_t distance = 0;
	uint64_t time = 0;
	enum err err = take_parent(reader, &distance, info);

	if (err == ERR_OK) /* twice the last second there is: a step from any time to any other */
		err = delta_take_number(&reader->rows, &time, 2 * (uint64_t)DELTA_TIME_MAX + 1, _("a step in time"),
		                        info);
	if (err != ERR_OK)
		return err;
	if (++reader->edits_done > LIMIT_DELTA_COMMITS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a delta has more than %d edits"), LIMIT_DELTA_COMMITS_MAX);
	if ((bits & DELTA_BIT_SEED) && (bits & DELTA_BIT_SALTS))
		return bad(info, _("an edit has a seed and salts"));
	if ((bits & DELTA_BIT_SAME_CONTEXT) ? !reader->has_context : false)
		return bad(info, _("its first edit has the context of the one before"));
	if (!(bits & DELTA_BIT_SAME_CONTEXT))
		err = take_context(reader, info);
	if (err != ERR_OK)
		return err;
	commit->keys = (bits & DELTA_BIT_SEED)    ? DELTA_KEYS_SEED
	               : (bits & DELTA_BIT_SALTS) ? DELTA_KEYS_SALTS
	                                          : DELTA_KEYS_NONE;
	commit->info.parent_count = distance == 0 ? 0 : 1;
	commit->parents[0] = distance == 0 ? DELTA_NO_PARENT : position_of(reader, distance);
	reader->time += delta_unzigzag(time);
	commit->info.time = reader->time;
	fill_context(reader, &commit->info);
	err = take_texts(reader, &commit->info, bits, info);
	return err != ERR_OK ? err : take_secrets(reader, commit, info);
}

static enum err
take_merge(struct delta_reader *reader, struct delta_commit *commit, unsigned bits, struct err_info *info)
{
	uint64_t near = 0;
	uint64_t far = 0;
	enum err err;

	if (bits & ~(unsigned)(DELTA_BIT_MERGE | DELTA_BIT_ROWS))
		return bad(info, _("a merge says what only an edit may say"));
	err = take_parent(reader, &near, info);
	if (err == ERR_OK)
		err = take_parent(reader, &far, info);
	if (err != ERR_OK)
		return err;
	if (near == 0 || far <= near)
		return bad(info, _("the parents of a merge are not the nearer one first"));
	commit->info.is_merge = true;
	commit->info.parent_count = DELTA_PARENTS_MAX;
	commit->parents[0] = position_of(reader, near);
	commit->parents[1] = position_of(reader, far);
	return ERR_OK;
}

/* how many rows follow; each has a byte at least */
static enum err
take_counts(struct delta_reader *reader, unsigned bits, struct err_info *info)
{
	uint64_t counts[3] = {0};
	bool has_added = (bits & (DELTA_BIT_SEED | DELTA_BIT_SALTS)) != 0;
	enum err err = ERR_OK;

	if (!(bits & DELTA_BIT_ROWS))
		return has_added ? bad(info, _("an edit with a seed adds no record")) : ERR_OK;
	for (size_t i = has_added ? 0 : 1; err == ERR_OK && i < 3; i++)
		err = delta_take_number(&reader->rows, &counts[i], LIMIT_DELTA_ROWS_MAX, _("the number of rows"), info);
	if (err != ERR_OK)
		return err;
	if (counts[0] + counts[1] + counts[2] > LIMIT_DELTA_ROWS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a commit has more than %d rows"), LIMIT_DELTA_ROWS_MAX);
	if (counts[0] + counts[1] + counts[2] == 0 || (has_added && counts[0] == 0) ||
	    counts[0] + counts[1] + counts[2] > reader->rows.size)
		return bad(info, _("it says no rows, or more than fit"));
	reader->added_left = (size_t)counts[0];
	reader->named_left = (size_t)counts[1];
	reader->entries_left = (size_t)counts[2];
	return ERR_OK;
}

enum err
delta_reader_take_commit(struct delta_reader *reader, struct delta_commit *commit, struct err_info *info)
{
	struct view first;
	unsigned bits;
	enum err err = delta_take_bytes(&reader->rows, &first, 1, info);

	if (err != ERR_OK)
		return err;
	bits = first.data[0];
	err = (bits & DELTA_BIT_MERGE) ? take_merge(reader, commit, bits, info) : take_edit(reader, commit, bits, info);
	if (err == ERR_OK)
		err = take_counts(reader, bits, info);
	reader->is_merge = commit->info.is_merge;
	reader->keys = commit->keys;
	reader->has_last = false;
	reader->last_salt = NULL;
	reader->commits_done++;
	return err;
}
