#include <string.h>

#include "cli/verbs.h"
#include "flow/history.h"
#include "schema/value.h"

const struct cli_option cmd_log_options[] = {{"--partition", "NODE", N_("of whose partition (default: our own)")},
                                             {NULL, NULL, NULL}};
const struct cli_option cmd_diff_options[] = {{"--partition", "NODE", N_("of whose partition (default: our own)")},
                                              {NULL, NULL, NULL}};
const struct cli_option cmd_blame_options[] = {
	{"--partition", "NODE", N_("of whose partition (default: where it is found)")}, {NULL, NULL, NULL}};

enum {
	BLAMED_MAX = 1024
};

struct telling {
	struct cli *cli;
	struct node *node;
	uint32_t blamed[BLAMED_MAX]; /* fields whose last writer was told already */
	size_t blamed_count;
};

static enum err
read_owner(struct node_code *out, struct cli *cli, struct node *node)
{
	const char *text = cli_value(cli, "--partition");

	*out = node_identity_of(node)->code;
	return text == NULL ? ERR_OK : cli_partition(out, text, node, &cli->info);
}

static void
print_commit(struct telling *telling, const struct flow_edit_row *row)
{
	const struct delta_commit_info *commit = &row->version->info;
	struct json_writer *writer = cli_json_begin(telling->cli, commit->is_merge ? "merge" : "edit");

	cli_json_oid(writer, "commit", &row->version->commit);
	cli_json_string(writer, "partition", row->owner->text);
	if (!commit->is_merge)
		cli_json_string(writer, "node", commit->node.text);
	cli_json_time(writer, "time", commit->time);
	cli_json_view(writer, "operator", commit->operator_name);
	cli_json_view(writer, "reason", commit->reason);
	cli_json_integer(writer, "added", (int64_t)row->added);
	cli_json_integer(writer, "changed", (int64_t)row->changed);
	cli_json_integer(writer, "removed", (int64_t)row->removed);
	cli_json_end(telling->cli);
	if (commit->is_merge) {
		cli_line(telling->cli, _("%s  %s  merge of %s and %s"), cli_short_oid(&row->version->commit),
		         cli_time(commit->time), cli_short_oid(&commit->parents[0]),
		         cli_short_oid(&commit->parents[1]));
		return;
	}
	cli_line(telling->cli, _("%s  %s  %s%s%.*s: %llu added, %llu changed, %llu removed%s%.*s"),
	         cli_short_oid(&row->version->commit), cli_time(commit->time), node_label(telling->node, &commit->node),
	         commit->operator_name.size > 0 ? " / " : "", (int)commit->operator_name.size,
	         (const char *)commit->operator_name.data, (unsigned long long)row->added,
	         (unsigned long long)row->changed, (unsigned long long)row->removed,
	         commit->reason.size > 0 ? "; " : "", (int)commit->reason.size, (const char *)commit->reason.data);
}

static void
print_fields(struct telling *telling, const struct delta_writes *writes, const struct schema_kind *kind)
{
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; writes != NULL && i < writes->count; i++) {
		uint32_t number = writes->items[i].path.field;
		const struct schema_field *field = kind == NULL ? NULL : schema_field_by_number(&kind->object, number);
		struct json_writer *writer;

		if (writes->items[i].path.type == RECORD_EXISTENCE || number == last)
			continue;
		last = number;
		writer = cli_json_begin(telling->cli, "field");
		cli_json_integer(writer, "number", number);
		if (field != NULL)
			cli_json_view(writer, "name", field->name);
		cli_json_bool(writer, "cleared", writes->items[i].act == DELTA_CLEAR);
		cli_json_end(telling->cli);
		if (field != NULL)
			cli_line(telling->cli, "    %.*s (%.*s)%s", (int)field->name.size,
			         (const char *)field->name.data, (int)field->title.zh.size,
			         (const char *)field->title.zh.data,
			         writes->items[i].act == DELTA_CLEAR ? _(" cleared") : "");
		else
			cli_line(telling->cli, "    #%u", number);
	}
}

static enum err
tell_edit(void *context, const struct flow_edit_row *row, struct err_info *info)
{
	(void)info;
	print_commit(context, row);
	print_fields(context, row->writes, row->kind);
	return ERR_OK;
}

enum err
cmd_log(struct cli *cli)
{
	struct telling telling = {.cli = cli};
	struct node_code owner;
	struct id id;
	bool has_id = cli->arguments_count > 0;
	enum err err = has_id ? cli_open(cli, &telling.node) : cli_open_without_keys(cli, &telling.node);

	if (err == ERR_OK)
		err = read_owner(&owner, cli, telling.node);
	if (err == ERR_OK && has_id)
		err = flow_find_ever(&owner, &id, telling.node, cli_has(cli, "--partition") ? &owner : NULL,
		                     cli->arguments[0], &cli->info);
	if (err == ERR_OK)
		err = flow_log(telling.node, &owner, has_id ? &id : NULL, tell_edit, &telling, &cli->info);
	node_free(telling.node);
	return err;
}

static enum err
tell_change(void *context, const struct flow_change *change, struct err_info *info)
{
	struct telling *telling = context;
	struct json_writer *writer = cli_json_begin(telling->cli, "change");
	char hex[2 * ID_BYTES + 1];
	const char *what = "changed";

	(void)info;
	if (change->writes->count > 0 && change->writes->items[0].path.type == RECORD_EXISTENCE)
		what = change->writes->items[0].act == DELTA_CLEAR ? "removed" : "added";
	hex_write(hex, view_of(change->id->bytes, ID_BYTES));
	cli_json_string(writer, "id", hex);
	cli_json_view(writer, "kind", change->kind_name);
	cli_json_string(writer, "what", what);
	cli_json_end(telling->cli);
	cli_line(telling->cli, "%s  %.*s  %s", hex, (int)change->kind_name.size, (const char *)change->kind_name.data,
	         _(what));
	print_fields(telling, change->writes, change->kind);
	return ERR_OK;
}

enum err
cmd_diff(struct cli *cli)
{
	struct telling telling = {.cli = cli};
	struct node_code owner;
	enum err err = cli_open(cli, &telling.node);

	if (err == ERR_OK)
		err = read_owner(&owner, cli, telling.node);
	if (err == ERR_OK)
		err = flow_diff(telling.node, &owner, cli->arguments[0], cli->arguments[1], tell_change, &telling,
		                &cli->info);
	node_free(telling.node);
	return err;
}

/* Edits come newest first: the first one that wrote a field is the one to blame. */
static enum err
tell_blame(void *context, const struct flow_edit_row *row, struct err_info *info)
{
	struct telling *telling = context;
	const struct delta_commit_info *commit = &row->version->info;

	(void)info;
	for (size_t i = 0; row->writes != NULL && i < row->writes->count; i++) {
		uint32_t number = row->writes->items[i].path.field;
		const struct schema_field *field =
			row->kind == NULL ? NULL : schema_field_by_number(&row->kind->object, number);
		struct json_writer *writer;
		bool is_told = row->writes->items[i].path.type == RECORD_EXISTENCE;

		for (size_t k = 0; k < telling->blamed_count; k++)
			is_told = is_told || telling->blamed[k] == number;
		if (is_told || telling->blamed_count == BLAMED_MAX || field == NULL)
			continue;
		telling->blamed[telling->blamed_count++] = number;
		writer = cli_json_begin(telling->cli, "field");
		cli_json_view(writer, "name", field->name);
		cli_json_oid(writer, "commit", &row->version->commit);
		cli_json_string(writer, "node", commit->node.text);
		cli_json_time(writer, "time", commit->time);
		cli_json_view(writer, "operator", commit->operator_name);
		cli_json_end(telling->cli);
		cli_line(telling->cli, "%s  %s  %s  %.*s (%.*s)", cli_short_oid(&row->version->commit),
		         cli_time(commit->time), node_label(telling->node, &commit->node), (int)field->name.size,
		         (const char *)field->name.data, (int)field->title.zh.size, (const char *)field->title.zh.data);
	}
	return ERR_OK;
}

enum err
cmd_blame(struct cli *cli)
{
	static struct telling telling;
	struct node_code owner;
	struct id id;
	enum err err;

	telling = (struct telling){.cli = cli};
	err = cli_open(cli, &telling.node);
	if (err == ERR_OK)
		err = read_owner(&owner, cli, telling.node);
	if (err == ERR_OK)
		err = flow_find_anywhere(&owner, &id, telling.node, cli_has(cli, "--partition") ? &owner : NULL,
		                         cli->arguments[0], &cli->info);
	if (err == ERR_OK)
		err = flow_log(telling.node, &owner, &id, tell_blame, &telling, &cli->info);
	node_free(telling.node);
	return err;
}
