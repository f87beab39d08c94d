#include "flow/stopped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/peer.h"
#include "flow/reason.h"
#include "statement/lines.h"

static const char TYPE[] = "stopped";

void
flow_stopped_release(struct flow_stopped_list *list)
{
	free(list->items);
	*list = (struct flow_stopped_list){0};
}

enum err
flow_stopped_write(struct bytes *out, const struct flow_stopped *stopped, struct err_info *info)
{
	struct statement_writer writer;

	statement_writer_init(&writer, out, TYPE, info);
	statement_put_code(&writer, "sender", &stopped->sender);
	statement_put_words(&writer, "owner", "%s", stopped->owner.text[0] == '\0' ? "-" : stopped->owner.text);
	statement_put_id(&writer, "partition", &stopped->partition);
	statement_put_oid(&writer, "head", &stopped->head);
	statement_put_number(&writer, "bundle", stopped->bundle);
	statement_put_time(&writer, "time", stopped->time);
	statement_put_words(&writer, "reason", "%s", stopped->reason);
	statement_put_words(&writer, "why", "%s", stopped->why);
	return statement_writer_end(&writer);
}

static void
read_words(char *out, size_t out_bytes, struct statement_reader *reader, const char *key)
{
	struct view value = statement_get(reader, key);

	if (value.size >= out_bytes)
		statement_reader_fail(reader, key);
	else
		(void)snprintf(out, out_bytes, "%.*s", (int)value.size, (const char *)value.data);
}

enum err
flow_stopped_read(struct flow_stopped *out, struct view text, struct err_info *info)
{
	struct flow_stopped stopped = {.number = 0};
	struct statement_reader reader;
	struct view owner;
	enum err err;

	statement_reader_init(&reader, text, TYPE, info);
	stopped.sender = statement_get_code(&reader, "sender");
	owner = statement_get(&reader, "owner"); /* "-": nobody that the roster knew */
	if (!view_equal(owner, view_text("-")) && !node_code_read(&stopped.owner, owner))
		statement_reader_fail(&reader, "owner");
	stopped.partition = statement_get_id(&reader, "partition");
	stopped.head = statement_get_oid(&reader, "head");
	stopped.bundle = statement_get_number(&reader, "bundle", UINT64_MAX);
	stopped.time = statement_get_time(&reader, "time");
	read_words(stopped.reason, sizeof(stopped.reason), &reader, "reason");
	read_words(stopped.why, sizeof(stopped.why), &reader, "why");
	err = statement_reader_end(&reader);
	if (err == ERR_OK)
		*out = stopped;
	return err;
}

static void
describe(struct flow_stopped *out, const struct flow_desk *desk, const struct flow_taken *taken,
         const struct flow_taken_partition *row, const struct oid *head)
{
	*out = (struct flow_stopped){
		.sender = taken->sender,
		.owner = row->owner,
		.partition = row->id,
		.head = *head,
		.bundle = taken->number,
		.time = node_env(desk->node)->now(node_env(desk->node)->context),
	};
	memcpy(out->reason, row->reason, sizeof(out->reason));
	(void)snprintf(out->why, sizeof(out->why), "%s", row->why);
}

/* The bundle and a note beside it, under one stem. */
static enum err
write_pair(const char *stem, const struct flow_stopped *stopped, const struct flow_file *file, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes note = {0};
	enum err err = flow_stopped_write(&note, stopped, info);

	if (err == ERR_OK)
		err = fs_path(path, info, "%s.tsb", stem);
	if (err == ERR_OK)
		err = file->fd < 0 ? fs_write(path, file->bytes, 0600, info)
		                   : fs_copy(path, file->fd, file->name, LIMIT_BUNDLE_BYTES_MAX, 0600, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s.txt", stem);
	if (err == ERR_OK)
		err = fs_write(path, bytes_view(&note), 0600, info); /* last: a bundle without its note is not listed */
	bytes_release(&note);
	return err;
}

/* The note first, durably: what is decided must not be asked again, and a note without its bundle could not be decided. */
static enum err
remove_pair(const char *stem, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s.txt", stem);

	if (err == ERR_OK)
		err = fs_remove(path, info);
	if (err == ERR_OK)
		err = fs_sync_parent(path, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s.tsb", stem);
	if (err == ERR_OK)
		err = fs_remove(path, info);
	return err;
}

static enum err
read_list(struct flow_stopped_list *out, struct node *node, const char *directory, bool is_held, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct flow_stopped_list list = {0};
	struct fs_names names = {0};
	enum err err = fs_path(path, info, "%s/%s", node_directory(node), directory);

	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_INBOX_FILES_MAX, info);
	if (err == ERR_OK) {
		list.items = calloc(names.count + 1, sizeof(*list.items));
		if (list.items == NULL)
			err = err_nomem(info);
	}
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		size_t size = strlen(names.names[i]);
		struct bytes note = {0};

		if (size < 4 || strcmp(names.names[i] + size - 4, ".txt") != 0)
			continue;
		err = fs_path(path, info, "%s/%s/%s", node_directory(node), directory, names.names[i]);
		if (err == ERR_OK)
			err = fs_read(&note, path, LIMIT_STATEMENT_BYTES_MAX, info);
		if (err == ERR_OK)
			err = flow_stopped_read(&list.items[list.count], bytes_view(&note), info);
		if (err == ERR_OK && is_held)
			list.items[list.count].number = (uint32_t)strtoul(names.names[i], NULL, 10);
		list.count += err == ERR_OK ? 1U : 0U;
		bytes_release(&note);
	}
	fs_names_release(&names);
	if (err != ERR_OK) {
		flow_stopped_release(&list);
		return err;
	}
	*out = list;
	return ERR_OK;
}

enum err
flow_held(struct flow_stopped_list *out, struct node *node, struct err_info *info)
{
	return read_list(out, node, "held", true, info);
}

enum err
flow_refused(struct flow_stopped_list *out, struct node *node, struct err_info *info)
{
	return read_list(out, node, "refused", false, info);
}

static enum err
held_stem(char *out, const struct node *node, uint32_t number, struct err_info *info)
{
	return fs_path(out, info, "%s/held/%06u", node_directory(node), number);
}

/* One held delta per partition, the newest; it keeps its number, so that what a person wrote down stays right. */
static enum err
keep_held(const struct flow_desk *desk, const struct flow_taken *taken, struct flow_taken_partition *row,
          const struct flow_file *file, struct err_info *info)
{
	char stem[LIMIT_PATH_BYTES_MAX];
	struct flow_stopped_list list = {0};
	struct flow_stopped stopped;
	uint32_t number = 1;
	enum err err = flow_held(&list, desk->node, info);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++) {
		if (list.items[i].number >= number)
			number = list.items[i].number + 1;
	}
	for (size_t i = 0; err == ERR_OK && i < list.count; i++) {
		if (id_equal(&list.items[i].partition, &row->id))
			number = list.items[i].number;
	}
	describe(&stopped, desk, taken, row, &row->end);
	if (err == ERR_OK)
		err = held_stem(stem, desk->node, number, info);
	if (err == ERR_OK)
		err = write_pair(stem, &stopped, file, info);
	row->waiting_number = number;
	flow_stopped_release(&list);
	return err;
}

/* Keeps the newest of each sender: names sort by sender, then by number. */
static enum err
trim_refused(const struct flow_desk *desk, const struct node_code *sender, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	size_t kept = 0;
	enum err err = fs_path(path, info, "%s/refused", node_directory(desk->node));

	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_INBOX_FILES_MAX, info);
	for (size_t i = names.count; err == ERR_OK && i-- > 0;) {
		size_t size = strlen(names.names[i]);

		if (strncmp(names.names[i], sender->text, strlen(sender->text)) != 0 || size < 4 ||
		    strcmp(names.names[i] + size - 4, ".txt") != 0 || kept++ < LIMIT_REFUSED_KEPT_MAX)
			continue;
		err = fs_path(path, info, "%s/refused/%.*s", node_directory(desk->node), (int)(size - 4),
		              names.names[i]);
		if (err == ERR_OK)
			err = remove_pair(path, info);
	}
	fs_names_release(&names);
	return err;
}

static enum err
keep_refused(const struct flow_desk *desk, const struct flow_taken *taken, const struct flow_taken_partition *row,
             const struct flow_file *file, struct err_info *info)
{
	char stem[LIMIT_PATH_BYTES_MAX];
	char hex[2 * 4 + 1];
	struct flow_stopped stopped;
	enum err err;

	hex_write(hex, view_of(row->id.bytes, 4));
	describe(&stopped, desk, taken, row, &row->end);
	err = fs_path(stem, info, "%s/refused/%s-%010llu-%s", node_directory(desk->node), taken->sender.text,
	              (unsigned long long)taken->number, hex);
	if (err == ERR_OK)
		err = write_pair(stem, &stopped, file, info);
	if (err == ERR_OK)
		err = trim_refused(desk, &taken->sender, info);
	return err;
}

/* Held, nothing of it was published: once the partition has its head, all of it was taken after all. */
static enum err
is_taken_after_all(bool *out, const struct flow_desk *desk, const struct flow_stopped *held, struct err_info *info)
{
	struct partition *partition = NULL;
	enum err err = node_partition_open(&partition, desk->node, &held->owner, info);

	*out = err == ERR_OK && git_store_has(partition_store(partition), &held->head);
	partition_free(partition);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
flow_stopped_settle(const struct flow_desk *desk, struct err_info *info)
{
	char stem[LIMIT_PATH_BYTES_MAX];
	struct flow_stopped_list list = {0};
	enum err err = flow_held(&list, desk->node, info);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++) {
		bool is_settled;

		err = is_taken_after_all(&is_settled, desk, &list.items[i], info);
		if (err != ERR_OK || !is_settled)
			continue;
		err = held_stem(stem, desk->node, list.items[i].number, info);
		if (err == ERR_OK)
			err = remove_pair(stem, info);
	}
	flow_stopped_release(&list);
	return err;
}

enum err
flow_stopped_keep(const struct flow_desk *desk, struct flow_taken *taken, const struct flow_file *file,
                  struct err_info *info)
{
	enum err err = node_schema_check(desk->node, info); /* what was not read here stops nobody's bundle */

	for (size_t i = 0; err == ERR_OK && i < taken->partition_count; i++) {
		struct flow_taken_partition *row = &taken->partitions[i];

		if (row->outcome == RECEIPT_HELD)
			err = keep_held(desk, taken, row, file, info);
		else if (row->outcome == RECEIPT_REFUSED)
			err = keep_refused(desk, taken, row, file, info);
	}
	return err;
}

static enum err
find_held(struct flow_stopped *out, struct node *node, uint32_t number, struct err_info *info)
{
	struct flow_stopped_list list = {0};
	bool is_found = false;
	enum err err = flow_held(&list, node, info);

	for (size_t i = 0; err == ERR_OK && i < list.count; i++) {
		if (list.items[i].number == number) {
			*out = list.items[i];
			is_found = true;
		}
	}
	flow_stopped_release(&list);
	if (err == ERR_OK && !is_found)
		err = err_set(info, ERR_NOT_FOUND, _("nothing is held under number %u; see: tiersync held"), number);
	return err;
}

enum err
flow_approve(struct flow_taken *out, const struct flow_desk *desk, uint32_t number, struct err_info *info)
{
	char stem[LIMIT_PATH_BYTES_MAX];
	char path[LIMIT_PATH_BYTES_MAX];
	struct flow_stopped held;
	struct flow_file file = {.fd = -1, .name = path};
	struct bytes note = {0};
	enum err err = node_lock(desk->node, desk->wait_seconds, info);

	if (err == ERR_OK)
		err = find_held(&held, desk->node, number, info);
	if (err == ERR_OK)
		err = intake_approval_path(path, &held.partition, &held.head, info);
	if (err == ERR_OK)
		err = bytes_printf(&note, info, "%s\n", desk->operator_name == NULL ? "" : desk->operator_name);
	if (err == ERR_OK)
		err = node_file_put(desk->node, path, bytes_view(&note), info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, "approve", info);
	if (err == ERR_OK)
		err = held_stem(stem, desk->node, number, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s.tsb", stem);
	if (err == ERR_OK)
		err = fs_open(&file.fd, path, LIMIT_BUNDLE_BYTES_MAX, info);
	if (err == ERR_OK)
		err = flow_take(out, desk, &file, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = remove_pair(stem, info);
	node_discard(desk->node);
	node_unlock(desk->node);
	if (file.fd >= 0)
		(void)close(file.fd);
	bytes_release(&note);
	return err;
}

enum err
flow_reject(const struct flow_desk *desk, uint32_t number, const char *reason, struct err_info *info)
{
	char stem[LIMIT_PATH_BYTES_MAX];
	char path[LIMIT_PATH_BYTES_MAX];
	struct flow_stopped held;
	struct bytes note = {0};
	enum err err = flow_reason_check(desk->node, reason == NULL ? "" : reason, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = find_held(&held, desk->node, number, info);
	if (err == ERR_OK) {
		(void)snprintf(held.reason, sizeof(held.reason), "%s", reason);
		err = flow_stopped_write(&note, &held, info);
	}
	/* the decision is kept where approvals are, so that an auditor sees both */
	if (err == ERR_OK)
		err = fs_path(path, info, "rejections/%s-%010llu", held.sender.text, (unsigned long long)held.bundle);
	if (err == ERR_OK)
		err = node_file_put(desk->node, path, bytes_view(&note), info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = node_commit(desk->node, "reject", info);
	if (err == ERR_OK)
		err = held_stem(stem, desk->node, number, info);
	if (err == ERR_OK && !desk->is_dry_run)
		err = remove_pair(stem, info);
	node_discard(desk->node);
	node_unlock(desk->node);
	bytes_release(&note);
	return err;
}
