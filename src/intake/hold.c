#include "intake/hold.h"

#include <string.h>

#include "git/tree.h"

/* A field without x-authority is the owner's; one with it belongs to those whom it names (the rights were judged before). */
static bool
is_foreign(const struct authority_question *question, const struct delta_row *row)
{
	if (node_code_is_owner(&question->signer, &question->owner))
		return false;
	for (size_t i = 0; i < row->writes.count; i++) {
		const struct schema_field *field =
			schema_field_by_number(&question->kind->object, row->writes.items[i].path.field);

		if (field == NULL || !field->has_authority)
			return true;
	}
	return false;
}

enum err
intake_hold_row(struct intake_hold *hold, const struct authority_question *question, const struct delta_row *row,
                struct err_info *info)
{
	if (row->type == DELTA_ROW_REMOVED)
		hold->pending_removed++;
	if (row->type != DELTA_ROW_CHANGED || !is_foreign(question, row))
		return ERR_OK;
	return bytes_append(&hold->pending_foreign, row->id.bytes, ID_BYTES, info);
}

void
intake_hold_forget(struct intake_hold *hold)
{
	hold->pending_removed = 0;
	bytes_clear(&hold->pending_foreign);
}

static enum err
count_pending(struct intake_hold *hold, struct err_info *info)
{
	enum err err = ERR_OK;

	hold->removed += hold->pending_removed;
	for (size_t i = 0; err == ERR_OK && i < hold->pending_foreign.size; i += ID_BYTES)
		err = table_put(&hold->foreign, view_of(hold->pending_foreign.data + i, ID_BYTES), NULL, NULL, info);
	intake_hold_forget(hold);
	return err;
}

enum err
intake_hold_commit(struct intake_hold *hold, struct node *node, const struct id *partition, const struct oid *commit,
                   struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	enum err err = count_pending(hold, info);

	if (err != ERR_OK || (hold->removed == 0 && hold->foreign.count == 0))
		return err;
	err = intake_approval_path(path, partition, commit, info);
	if (err == ERR_OK)
		err = node_file_read(&content, node, path, info);
	if (err == ERR_OK) {
		hold->removed = 0;
		table_release(&hold->foreign);
	}
	bytes_release(&content);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
count_records(size_t *out, const struct intake *intake, struct err_info *info)
{
	struct partition_version version;
	struct git_reader reader = {NULL, partition_store(intake->partition)};
	struct git_idtree *tree = NULL;
	enum err err = partition_version_open(&version, intake->partition, &intake->old_head, info);

	if (err != ERR_OK)
		return err;
	err = git_idtree_open(&tree, reader, &version.records, info);
	if (err == ERR_OK)
		err = git_idtree_count(out, tree, info);
	git_idtree_free(tree);
	partition_version_release(&version);
	return err;
}

enum err
intake_hold_decide(const struct intake_hold *hold, const struct intake *intake, struct err_info *info)
{
	size_t total;
	enum err err;

	if (oid_is_none(&intake->old_head) ||
	    (hold->removed <= HOLD_RECORDS_MIN && hold->foreign.count <= HOLD_RECORDS_MIN))
		return ERR_OK;
	err = count_records(&total, intake, info);
	if (err != ERR_OK)
		return err;
	if (hold->removed > HOLD_RECORDS_MIN && hold->removed * 100 > (uint64_t)total * HOLD_REMOVED_PERCENT)
		return err_set(info, ERR_STATE,
		               _("it removes %llu of %zu records; look at it, then: tiersync approve N"),
		               (unsigned long long)hold->removed, total);
	if (hold->foreign.count > HOLD_RECORDS_MIN && hold->foreign.count * 100 > total * HOLD_FOREIGN_PERCENT)
		return err_set(
			info, ERR_STATE,
			_("it changes %zu of %zu records in fields that its signer does not own; look at it, then: "
		          "tiersync approve N"),
			hold->foreign.count, total);
	return ERR_OK;
}

void
intake_hold_release(struct intake_hold *hold)
{
	table_release(&hold->foreign);
	bytes_release(&hold->pending_foreign);
}
