#include <string.h>

#include "delta/writer.h"

static enum err
put_distance(struct delta_writer *writer, size_t parent, struct err_info *info)
{
	size_t position = writer->base_count + writer->now.commit_count;

	if (parent == DELTA_NO_PARENT)
		return delta_put_varint(&writer->rows, 0, info);
	if (parent >= position)
		return err_set(info, ERR_FORMAT, "%s", _("a delta's commit comes before its parent"));
	return delta_put_varint(&writer->rows, position - parent, info);
}

/* the entry's index; for a new one its size, and *is_new_out */
static enum err
put_reference(struct delta_writer *writer, struct delta_list *list, const void *item, size_t *index_out,
              bool *is_new_out, struct err_info *info)
{
	size_t index = delta_list_find(list, item);
	enum err err = delta_put_varint(&writer->rows, index, info);

	*index_out = index;
	*is_new_out = index == list->count;
	if (err == ERR_OK && *is_new_out)
		err = delta_list_add(list, item, info);
	return err;
}

static enum err
put_node(struct delta_writer *writer, const struct node_code *node, size_t *index_out, struct err_info *info)
{
	struct node_code code = {{0}};
	bool is_new = false;
	enum err err;

	if (memchr(node->text, '\0', NODE_CODE_BYTES) == NULL || !node_code_read(&code, view_text(node->text)))
		return err_set(info, ERR_FORMAT, "%s", _("an edit names no node"));
	err = put_reference(writer, &writer->tables.nodes, &code, index_out, &is_new, info);
	if (err == ERR_OK && is_new)
		err = delta_put_string(&writer->rows, view_text(code.text), info);
	return err;
}

static enum err
put_numbered(struct delta_writer *writer, struct delta_list *list, const struct delta_named_digest *item,
             size_t *index_out, struct err_info *info)
{
	bool is_new = false;
	enum err err = put_reference(writer, list, item, index_out, &is_new, info);

	if (err == ERR_OK && is_new)
		err = delta_put_varint(&writer->rows, item->number, info);
	if (err == ERR_OK && is_new)
		err = bytes_append(&writer->random, item->digest.bytes, DIGEST_BYTES, info);
	return err;
}

static struct delta_roster
roster_of(const struct delta_commit_info *edit)
{
	struct delta_roster roster = {.count = edit->roster_count};

	for (size_t i = 0; i < edit->roster_count; i++) {
		const struct delta_roster_reference *from = &edit->roster[i];
		struct delta_roster_reference *to = &roster.references[i];

		(void)node_code_read(&to->issuer, view_text(from->issuer.text)); /* zero-filled behind its end */
		to->number = from->number;
		memcpy(to->digest, from->digest, sizeof(to->digest));
	}
	return roster;
}

static enum err
put_roster(struct delta_writer *writer, const struct delta_commit_info *edit, size_t *index_out, struct err_info *info)
{
	struct delta_roster roster = roster_of(edit);
	bool is_new = false;
	size_t node;
	enum err err = put_reference(writer, &writer->tables.rosters, &roster, index_out, &is_new, info);

	if (err != ERR_OK || !is_new)
		return err;
	err = delta_put_varint(&writer->rows, roster.count, info);
	for (size_t i = 0; err == ERR_OK && i < roster.count; i++) {
		err = put_node(writer, &roster.references[i].issuer, &node, info);
		if (err == ERR_OK)
			err = delta_put_varint(&writer->rows, roster.references[i].number, info);
		if (err == ERR_OK)
			err = bytes_append(&writer->random, roster.references[i].digest, DELTA_ROSTER_DIGEST_BYTES,
			                   info);
	}
	return err;
}

/* whether all of an edit's context is in the tables and the same as before; the indices are those of before then */
static bool
is_same_context(const struct delta_writer *writer, const struct delta_commit_info *edit)
{
	const struct delta_context *context = &writer->now.context;
	const struct delta_tables *tables = &writer->tables;
	struct delta_named_digest schema = {edit->schema_version, edit->schema_digest};
	struct delta_named_digest epoch = {edit->epoch, edit->epoch_digest};
	struct delta_roster roster = roster_of(edit);
	struct node_code node = {{0}};

	if (!writer->now.has_context || !node_code_read(&node, view_text(edit->node.text)))
		return false;
	return context->rules == edit->rules && context->level == edit->level &&
	       memcmp(delta_list_at(&tables->nodes, context->node), &node, sizeof(node)) == 0 &&
	       memcmp(delta_list_at(&tables->schemas, context->schema), &schema, sizeof(schema)) == 0 &&
	       memcmp(delta_list_at(&tables->epochs, context->epoch), &epoch, sizeof(epoch)) == 0 &&
	       memcmp(delta_list_at(&tables->rosters, context->roster), &roster, sizeof(roster)) == 0;
}

static enum err
put_context(struct delta_writer *writer, const struct delta_commit_info *edit, struct err_info *info)
{
	struct delta_named_digest schema = {edit->schema_version, edit->schema_digest};
	struct delta_named_digest epoch = {edit->epoch, edit->epoch_digest};
	struct delta_context context = {.rules = edit->rules, .level = edit->level};
	enum err err;

	if (is_same_context(writer, edit)) {
		writer->rows.data[writer->head_at] |= DELTA_BIT_SAME_CONTEXT;
		return ERR_OK;
	}
	err = put_node(writer, &edit->node, &context.node, info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->rows, edit->level, info);
	if (err == ERR_OK)
		err = put_numbered(writer, &writer->tables.schemas, &schema, &context.schema, info);
	if (err == ERR_OK)
		err = put_numbered(writer, &writer->tables.epochs, &epoch, &context.epoch, info);
	if (err == ERR_OK)
		err = delta_put_varint(&writer->rows, edit->rules, info);
	if (err == ERR_OK)
		err = put_roster(writer, edit, &context.roster, info);
	if (err != ERR_OK)
		return err;
	writer->now.context = context;
	writer->now.has_context = true;
	return ERR_OK;
}

static enum err
put_text(struct delta_writer *writer, struct view text, unsigned bit, struct err_info *info)
{
	if (text.size == 0)
		return ERR_OK;
	writer->rows.data[writer->head_at] |= (uint8_t)bit;
	return delta_put_string(&writer->rows, text, info);
}

static enum err
put_edit(struct delta_writer *writer, const struct delta_commit *commit, struct err_info *info)
{
	const struct delta_commit_info *edit = &commit->info;
	enum err err = put_distance(writer, edit->parent_count == 0 ? DELTA_NO_PARENT : commit->parents[0], info);

	if (err == ERR_OK)
		err = delta_put_varint(&writer->rows, delta_zigzag(edit->time - writer->now.time), info);
	if (err == ERR_OK)
		err = put_context(writer, edit, info);
	if (err == ERR_OK)
		err = put_text(writer, edit->operator_name, DELTA_BIT_OPERATOR, info);
	if (err == ERR_OK)
		err = put_text(writer, edit->reason, DELTA_BIT_REASON, info);
	if (err == ERR_OK)
		err = put_text(writer, edit->voids, DELTA_BIT_VOIDS, info);
	if (err == ERR_OK)
		err = bytes_append(&writer->random, commit->signature.bytes, SEAL_SIGNATURE_BYTES, info);
	if (err == ERR_OK && commit->keys == DELTA_KEYS_SEED)
		err = bytes_append(&writer->random, commit->seed, DELTA_SALT_BYTES, info);
	writer->now.time = edit->time;
	writer->now.edit_count++;
	return err;
}

static enum err
put_merge(struct delta_writer *writer, const struct delta_commit *commit, struct err_info *info)
{
	enum err err;

	if (commit->parents[0] <= commit->parents[1] || commit->parents[0] == DELTA_NO_PARENT)
		return err_set(info, ERR_FORMAT, "%s", _("the parents of a merge are not descending by position"));
	err = put_distance(writer, commit->parents[0], info);
	return err != ERR_OK ? err : put_distance(writer, commit->parents[1], info);
}

enum err
delta_writer_put_commit(struct delta_writer *writer, const struct delta_commit *commit, struct err_info *info)
{
	return commit->info.is_merge ? put_merge(writer, commit, info) : put_edit(writer, commit, info);
}
