#include "flow/history.h"

#include "git/history.h"
#include "git/tree.h"
#include "seal/seal.h"

struct counting {
	struct node *node;
	const struct id *id;
	struct arena arena;
	struct delta_writes writes;
	const struct schema_kind *kind;
	flow_change_visit visit;
	void *context;
	struct flow_edit_row row;
	struct bytes old_plaintext;
	struct bytes new_plaintext;
};

static enum err
diff_record(struct counting *counting, struct view old_plaintext, struct view new_plaintext, struct view *kind_out,
            struct err_info *info)
{
	const struct schema_set *set = node_schema(counting->node);
	struct record old;
	struct record new;
	bool has_old = old_plaintext.size > 0;
	bool has_new = new_plaintext.size > 0;
	enum err err = ERR_OK;

	arena_clear(&counting->arena);
	counting->writes = (struct delta_writes){0};
	if (has_old)
		err = record_read(&old, &counting->arena, old_plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err == ERR_OK && has_new)
		err = record_read(&new, &counting->arena, new_plaintext, LIMIT_RECORD_MERGED_BYTES_MAX, info);
	if (err != ERR_OK)
		return err;
	*kind_out = has_new ? new.kind : old.kind;
	counting->kind = set == NULL ? NULL : schema_set_kind(set, *kind_out);
	return delta_changes(&counting->writes, &counting->arena, has_old ? &old : NULL, has_new ? &new : NULL,
	                     counting->kind, info);
}

/* Counts by ids alone: no key is needed for that. */
static enum err
count_blob(void *context, const struct id *id, const struct oid *old_blob, const struct oid *new_blob,
           struct err_info *info)
{
	struct counting *counting = context;

	(void)id;
	(void)info;
	counting->row.added += old_blob == NULL ? 1U : 0U;
	counting->row.removed += new_blob == NULL ? 1U : 0U;
	counting->row.changed += old_blob != NULL && new_blob != NULL ? 1U : 0U;
	return ERR_OK;
}

static enum err
plaintext_at(struct bytes *out, struct partition *partition, const struct partition_version *version,
             const struct id *id, struct err_info *info)
{
	enum err err = partition_get(out, partition, version, id, info);

	if (err == ERR_NOT_FOUND) {
		bytes_clear(out);
		return ERR_OK;
	}
	return err;
}

static enum err
look_at_record(struct counting *counting, struct partition *partition, const struct partition_version *parent,
               const struct partition_version *version, bool *is_written, struct err_info *info)
{
	struct bytes *old = &counting->old_plaintext; /* the writes borrow from both until the visit is over */
	struct bytes *new = &counting->new_plaintext;
	struct view kind;
	enum err err;

	bytes_clear(old);
	bytes_clear(new);
	err = plaintext_at(old, partition, parent, counting->id, info);
	if (err == ERR_OK)
		err = plaintext_at(new, partition, version, counting->id, info);
	*is_written = err == ERR_OK && !view_equal(bytes_view(old), bytes_view(new));
	if (*is_written) {
		err = diff_record(counting, bytes_view(old), bytes_view(new), &kind, info);
		counting->row.added = old->size == 0 ? 1U : 0U;
		counting->row.removed = new->size == 0 ? 1U : 0U;
		counting->row.changed = old->size > 0 && new->size > 0 ? 1U : 0U;
		counting->row.writes = &counting->writes;
		counting->row.kind = counting->kind;
	}
	return err;
}

static enum err
log_commit(struct counting *counting, struct partition *partition, const struct oid *commit, flow_edit_visit visit,
           void *context, struct err_info *info)
{
	struct partition_version version;
	struct partition_version parent = {0};
	bool is_written = true;
	enum err err = partition_version_open(&version, partition, commit, info);

	if (err != ERR_OK)
		return err;
	counting->row = (struct flow_edit_row){.owner = partition_owner(partition), .version = &version};
	if (version.info.parent_count > 0)
		err = partition_version_open(&parent, partition, &version.info.parents[0], info);
	if (err == ERR_OK && counting->id != NULL) {
		err = look_at_record(counting, partition, &parent, &version, &is_written, info);
	} else if (err == ERR_OK) {
		const struct git_reader reader = {NULL, partition_store(partition)};

		err = git_idtree_diff(reader, &parent.records, &version.records, count_blob, counting, info);
	}
	if (err == ERR_OK && is_written)
		err = visit(context, &counting->row, info);
	partition_version_release(&parent);
	partition_version_release(&version);
	return err;
}

enum err
flow_log(struct node *node, const struct node_code *owner, const struct id *id, flow_edit_visit visit, void *context,
         struct err_info *info)
{
	struct counting counting = {.node = node, .id = id};
	struct partition *partition = NULL;
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	struct oid head = {{0}};
	enum err err = node_partition_open(&partition, node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	if (err == ERR_OK && !oid_is_none(&head)) {
		err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, info);
		if (err == ERR_OK)
			err = git_history_between(&commits, history, (struct git_oids_view){&head, 1},
			                          (struct git_oids_view){NULL, 0}, info);
	}
	for (size_t i = commits.count; err == ERR_OK && i-- > 0;)
		err = log_commit(&counting, partition, &commits.items[i], visit, context, info);
	git_oids_release(&commits);
	git_history_free(history);
	partition_free(partition);
	arena_release(&counting.arena);
	seal_wipe_bytes(&counting.old_plaintext);
	seal_wipe_bytes(&counting.new_plaintext);
	return err;
}

static enum err
tell_change(void *context, const struct id *id, struct view old_plaintext, struct view new_plaintext,
            struct err_info *info)
{
	struct counting *counting = context;
	struct flow_change change = {.id = id, .writes = &counting->writes};
	enum err err = diff_record(counting, old_plaintext, new_plaintext, &change.kind_name, info);

	change.kind = counting->kind;
	return err == ERR_OK ? counting->visit(counting->context, &change, info) : err;
}

enum err
flow_diff(struct node *node, const struct node_code *owner, const char *from, const char *to, flow_change_visit visit,
          void *context, struct err_info *info)
{
	struct counting counting = {.node = node, .visit = visit, .context = context};
	struct flow_view old = {0};
	struct flow_view new = {0};
	enum err err = flow_view_open(&old, node, owner, from, info);

	if (err == ERR_OK)
		err = flow_view_open(&new, node, owner, to, info);
	if (err == ERR_OK)
		err = partition_diff(new.partition, &old.version, &new.version, tell_change, &counting, info);
	flow_view_release(&old);
	flow_view_release(&new);
	arena_release(&counting.arena);
	return err;
}
