/* What an office and those below it have brought us so far: named by a word that ends its key, so that it stays valid. */
#include <stdlib.h>
#include <string.h>

#include "flow/roster.h"
#include "git/reach.h"

enum {
	NEWEST_MAX = 8
};

/* Tips, not merges: an edit once taken is below every later head, a merge can be passed over. */
static enum err
fill_head(struct statement_head *out, bool *has_head, struct partition *partition, struct arena *arena,
          struct err_info *info)
{
	struct git_history *history = NULL;
	struct git_oids tips = {0};
	enum err err = partition_head(partition, &out->head, info);

	*has_head = err == ERR_OK && !oid_is_none(&out->head);
	if (!*has_head)
		return err;
	out->partition = *partition_id(partition);
	err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, info);
	if (err == ERR_OK)
		err = git_history_tips(&tips, history, &out->head, info);
	if (err == ERR_OK) {
		out->tips = arena_get(arena, (tips.count + 1) * sizeof(*out->tips));
		if (out->tips == NULL)
			err = err_nomem(info);
	}
	if (err == ERR_OK && tips.count > 0)
		memcpy(out->tips, tips.items, tips.count * sizeof(*out->tips));
	out->tip_count = tips.count;
	git_oids_release(&tips);
	git_history_free(history);
	return err;
}

static int
compare_heads(const void *a, const void *b)
{
	return memcmp(((const struct statement_head *)a)->partition.bytes,
	              ((const struct statement_head *)b)->partition.bytes, ID_BYTES);
}

enum err
flow_accepted_heads(struct statement *statement, struct node *node, const struct node_code *about, struct arena *arena,
                    struct err_info *info)
{
	struct node_codes codes = {0};
	size_t count = 0;
	enum err err = node_partitions(&codes, node, info);

	if (err == ERR_OK) {
		statement->heads = arena_get(arena, (codes.count + 1) * sizeof(*statement->heads));
		if (statement->heads == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct partition *partition = NULL;
		bool has_head = false;

		if (strcmp(codes.codes[i].text, about->text) != 0 &&
		    !roster_is_superior(node_roster(node), about, &codes.codes[i]))
			continue;
		err = node_partition_open(&partition, node, &codes.codes[i], info);
		if (err == ERR_OK)
			err = fill_head(&statement->heads[count], &has_head, partition, arena, info);
		partition_free(partition);
		count += has_head ? 1U : 0U;
	}
	node_codes_release(&codes);
	statement->head_count = count;
	if (err == ERR_OK && count > 1)
		qsort(statement->heads, count, sizeof(*statement->heads), compare_heads);
	return err;
}

/* Newest first: by the commit's own time, which is what its signer said. */
static void
note_edit(struct flow_revoked_partition *row, const struct oid *commit, int64_t time)
{
	size_t at = row->newest_count < NEWEST_MAX ? row->newest_count++ : NEWEST_MAX;

	row->edits++;
	for (; at > 0 && row->times[at - 1] <= time; at--) {
		if (at < NEWEST_MAX) {
			row->newest[at] = row->newest[at - 1];
			row->times[at] = row->times[at - 1];
		}
	}
	if (at < NEWEST_MAX) {
		row->newest[at] = *commit;
		row->times[at] = time;
	}
}

static enum err
look_at_commit(struct flow_revoked_partition *row, struct partition *partition, const struct oid *oid,
               const struct statement *revoke, struct err_info *info)
{
	struct delta_commit_parts parts = {0};
	struct delta_commit_info commit;
	struct bytes text = {0};
	struct id key_id;
	enum err err = git_store_read(&text, partition_store(partition), oid, GIT_TYPE_COMMIT, info);

	if (err == ERR_OK)
		err = delta_commit_read(&commit, &parts, bytes_view(&text), info);
	if (err == ERR_OK && !commit.is_merge && strcmp(commit.node.text, revoke->node.text) == 0) {
		seal_key_id(&key_id, &parts.sshsig.signer);
		if (id_equal(&key_id, &revoke->key_id))
			note_edit(row, oid, commit.time);
	}
	delta_commit_parts_release(&parts);
	bytes_release(&text);
	return err;
}

static enum err
look_at_partition(struct flow_revoked_partition *row, struct node *node, const struct statement_head *head,
                  const struct statement *revoke, struct err_info *info)
{
	const struct roster_node *owner = roster_owner(node_roster(node), &head->partition);
	struct partition *partition = NULL;
	struct git_history *history = NULL;
	struct git_oids commits = {0};
	enum err err;

	*row = (struct flow_revoked_partition){.owner = owner->code, .head = head->head};
	err = node_partition_open(&partition, node, &row->owner, info);
	if (err == ERR_OK)
		err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, info);
	if (err == ERR_OK)
		err = git_history_between(&commits, history, (struct git_oids_view){&head->head, 1},
		                          (struct git_oids_view){NULL, 0}, info);
	for (size_t i = 0; err == ERR_OK && i < commits.count; i++)
		err = look_at_commit(row, partition, &commits.items[i], revoke, info);
	git_oids_release(&commits);
	git_history_free(history);
	partition_free(partition);
	return err;
}

enum err
flow_signed_by(struct flow_revoked_partition **out, size_t *count_out, struct node *node,
               const struct statement *revoke, struct err_info *info)
{
	struct flow_revoked_partition *rows = calloc(revoke->head_count + 1, sizeof(*rows));
	enum err err = rows == NULL ? err_nomem(info) : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < revoke->head_count; i++)
		err = look_at_partition(&rows[i], node, &revoke->heads[i], revoke, info);
	if (err != ERR_OK) {
		free(rows);
		return err;
	}
	*out = rows;
	*count_out = revoke->head_count;
	return ERR_OK;
}
