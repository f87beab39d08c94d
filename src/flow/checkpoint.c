#include "flow/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git/reach.h"
#include "partition/partition.h"
#include "receipt/checkpoint.h"
#include "roster/version.h"

enum {
	HUNDRED = 100
};

static const char NIGHT_DIRECTORY[] = FLOW_NIGHTS;

enum err
flow_checkpoint_path(char *out, const char *directory, uint32_t number, struct err_info *info)
{
	return fs_path(out, info, "%s/%06u/%08u", directory, number / HUNDRED, number);
}

/* The last name in a directory; "" when there is none. */
static enum err
last_name(char *out, struct node *node, const char *directory, struct err_info *info)
{
	struct fs_names names = {0};
	enum err err = node_file_list(&names, node, directory, info);

	out[0] = '\0';
	if (err == ERR_OK && names.count > 0)
		err = fs_path(out, info, "%s/%s", directory, names.names[names.count - 1]);
	fs_names_release(&names);
	return err;
}

/* The file of the highest number: names have a fixed width, so it is the last of the last hundred; empty when there is none. */
enum err
flow_checkpoint_last(struct bytes *out, struct node *node, const char *directory, struct err_info *info)
{
	char hundred[LIMIT_PATH_BYTES_MAX];
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = last_name(hundred, node, directory, info);

	bytes_clear(out);
	if (err != ERR_OK || hundred[0] == '\0')
		return err;
	err = last_name(path, node, hundred, info);
	return err == ERR_OK ? node_file_read(out, node, path, info) : err;
}

static enum err
put_numbered(struct node *node, const char *directory, uint32_t number, struct view content, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = flow_checkpoint_path(path, directory, number, info);

	if (err != ERR_OK)
		return err;
	return node_file_put(node, path, content, info);
}

enum err
flow_checkpoint_directory(char *out, const struct id *id, struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];

	hex_write(hex, view_of(id->bytes, ID_BYTES));
	return fs_path(out, info, "checkpoints/partitions/%s", hex);
}

/* Fills number and previous from the checkpoint before; *is_same when it names this very head. The first one has number 1. */
static enum err
chain(struct checkpoint *next, struct digest *last_digest, bool *is_same, struct node *node, const char *directory,
      struct err_info *info)
{
	struct bytes file = {0};
	struct statement_signed before;
	struct checkpoint last = {0};
	enum err err = flow_checkpoint_last(&file, node, directory, info);

	*is_same = false;
	next->number = 1;
	if (err == ERR_OK && file.size > 0) {
		err = statement_split(&before, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, info);
		if (err == ERR_OK)
			err = checkpoint_read(&last, before.text, info);
		if (err == ERR_OK) {
			*is_same = oid_equal(&last.head, &next->head);
			statement_digest(last_digest, before.text);
			next->number = last.number + 1;
			next->previous = *last_digest;
		}
		checkpoint_release(&last);
	}
	bytes_release(&file);
	return err;
}

/* A later head may pass a merge over, never an edit: so edits are named. Too many: it says less. */
static enum err
find_tips(struct git_oids *out, struct partition *partition, const struct oid *head, struct err_info *info)
{
	struct git_history *history = NULL;
	enum err err = git_history_open(&history, (struct git_reader){NULL, partition_store(partition)}, info);

	if (err == ERR_OK)
		err = git_history_tips(out, history, head, info);
	if (out->count > LIMIT_RECEIPT_TIPS_MAX)
		out->count = LIMIT_RECEIPT_TIPS_MAX;
	git_history_free(history);
	return err;
}

static enum err
sign_one(struct checkpoint_row *row, bool *has_moved, const struct flow_desk *desk, struct partition *partition,
         struct err_info *info)
{
	struct node *node = desk->node;
	char directory[LIMIT_PATH_BYTES_MAX];
	struct checkpoint next = {.node = node_identity_of(node)->code, .partition = *partition_id(partition)};
	struct partition_version version = {0};
	struct statement_signed written;
	struct git_oids tips = {0};
	struct bytes file = {0};
	bool is_same = false;
	enum err err = partition_head(partition, &next.head, info);

	row->partition = next.partition;
	if (err == ERR_OK)
		err = flow_checkpoint_directory(directory, &next.partition, info);
	if (err == ERR_OK)
		err = chain(&next, &row->digest, &is_same, node, directory, info);
	if (err != ERR_OK || is_same)
		return err;
	err = flow_head_check(node, partition, &next.head, info);
	if (err == ERR_OK)
		err = partition_version_open(&version, partition, &next.head, info);
	next.time = node_env(node)->now(node_env(node)->context);
	next.state = version.info.state_digest;
	if (err == ERR_OK)
		err = find_tips(&tips, partition, &next.head, info);
	next.tips = tips.items;
	next.tip_count = tips.count;
	if (err == ERR_OK)
		err = checkpoint_make(&file, &next, node_keys(node), info);
	if (err == ERR_OK)
		err = statement_split(&written, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, info);
	if (err == ERR_OK) {
		statement_digest(&row->digest, written.text);
		*has_moved = true;
		err = put_numbered(node, directory, next.number, bytes_view(&file), info);
	}
	partition_version_release(&version);
	git_oids_release(&tips);
	bytes_release(&file);
	return err;
}

static enum err
night_before(struct checkpoint_night *next, struct node *node, struct err_info *info)
{
	struct bytes file = {0};
	struct statement_signed before;
	struct checkpoint_night last;
	enum err err = flow_checkpoint_last(&file, node, NIGHT_DIRECTORY, info);

	next->number = 1;
	if (err == ERR_OK && file.size > 0) {
		err = statement_split(&before, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, info);
		if (err == ERR_OK)
			err = checkpoint_night_read(&last, before.text, info);
		if (err == ERR_OK) {
			next->number = last.number + 1;
			statement_digest(&next->previous, before.text);
		}
	}
	bytes_release(&file);
	return err;
}

static enum err
sign_night(const struct flow_desk *desk, struct checkpoint_row *rows, size_t count, struct err_info *info)
{
	struct node *node = desk->node;
	struct checkpoint_night night = {.node = node_identity_of(node)->code, .count = (uint32_t)count};
	struct roster_version version;
	struct bytes file = {0};
	enum err err = night_before(&night, node, info);

	if (err == ERR_OK)
		err = roster_version_for(&version, node_roster(node), &night.node, info);
	if (err != ERR_OK)
		return err;
	night.time = node_env(node)->now(node_env(node)->context);
	checkpoint_rows_digest(&night.rows, rows, count);
	memcpy(night.roster, version.items, version.count * sizeof(version.items[0]));
	night.roster_count = version.count;
	err = checkpoint_night_make(&file, &night, node_keys(node), info);
	if (err == ERR_OK)
		err = put_numbered(node, NIGHT_DIRECTORY, night.number, bytes_view(&file), info);
	bytes_release(&file);
	return err;
}

static enum err
sign_partition(struct checkpoint_row *row, bool *has_row, bool *has_moved, const struct flow_desk *desk,
               const struct node_code *owner, struct err_info *info)
{
	struct partition *partition = NULL;
	struct oid head = {{0}};
	enum err err = node_partition_open(&partition, desk->node, owner, info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, info);
	*has_row = err == ERR_OK && !oid_is_none(&head);
	if (*has_row)
		err = sign_one(row, has_moved, desk, partition, info);
	partition_free(partition);
	return err;
}

/* Of a partition whose head nobody can answer for the night says what it said before. */
static enum err
keep_row(struct checkpoint_row *row, bool *has_row, struct node *node, const struct node_code *owner,
         struct err_info *info)
{
	const struct roster_node *known = roster_node_find(node_roster(node), owner);
	char directory[LIMIT_PATH_BYTES_MAX];
	struct checkpoint next = {0};
	bool is_same;
	enum err err;

	*has_row = false;
	if (known == NULL)
		return ERR_OK;
	row->partition = known->partition;
	err = flow_checkpoint_directory(directory, &known->partition, info);
	if (err == ERR_OK)
		err = chain(&next, &row->digest, &is_same, node, directory, info);
	*has_row = err == ERR_OK && next.number > 1;
	return err;
}

enum err
flow_checkpoint_all(struct flow_sent *sent, const struct flow_desk *desk, struct err_info *info)
{
	struct node_codes codes = {0};
	struct checkpoint_row *rows = NULL;
	size_t count = 0;
	bool has_moved = false;
	enum err err = node_partitions(&codes, desk->node, info);

	if (err == ERR_OK) {
		rows = calloc(codes.count + 1, sizeof(*rows));
		if (rows == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		bool has_row;

		err = sign_partition(&rows[count], &has_row, &has_moved, desk, &codes.codes[i], info);
		if (flow_is_of_content(err)) {
			err = flow_leave_out(sent, &codes.codes[i], info);
			if (err == ERR_OK)
				err = keep_row(&rows[count], &has_row, desk->node, &codes.codes[i], info);
		}
		count += err == ERR_OK && has_row ? 1U : 0U;
	}
	if (err == ERR_OK && has_moved)
		err = sign_night(desk, rows, count, info);
	free(rows);
	node_codes_release(&codes);
	return err;
}

enum err
flow_checkpoint_night(struct bytes *wire_out, uint32_t *number_out, struct node *node,
                      const struct checkpoint_version *version, struct err_info *info)
{
	struct bytes file = {0};
	struct statement_signed signed_text;
	struct checkpoint_night night;
	enum err err = flow_checkpoint_last(&file, node, NIGHT_DIRECTORY, info);

	*number_out = 0;
	if (err == ERR_OK && file.size > 0) {
		err = statement_split(&signed_text, bytes_view(&file), SEAL_NAMESPACE_CHECKPOINT, info);
		if (err == ERR_OK)
			err = checkpoint_night_read(&night, signed_text.text, info);
		if (err == ERR_OK)
			err = checkpoint_night_wire_write(wire_out, &night, version, &signed_text.sshsig.signature,
			                                  info);
		if (err == ERR_OK)
			*number_out = night.number;
	}
	bytes_release(&file);
	return err;
}
