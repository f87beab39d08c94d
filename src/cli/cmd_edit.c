#include "cli/verbs.h"
#include "flow/desk.h"

const struct cli_option cmd_add_options[] = {
	{"--kind", "KIND", N_("of which kind")},
	{"--partition", "NODE", N_("in whose partition (default: our own)")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

const struct cli_option cmd_set_options[] = {
	{"--partition", "NODE", N_("in whose partition (default: where it is found)")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

const struct cli_option cmd_remove_options[] = {
	{"--partition", "NODE", N_("in whose partition (default: where it is found)")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

static enum err
read_owner(struct node_code *out, const struct node_code **owner, struct cli *cli, const struct node *node)
{
	const char *text = cli_value(cli, "--partition");

	*owner = NULL;
	if (text == NULL)
		return ERR_OK;
	*owner = out;
	return cli_partition(out, text, node, &cli->info);
}

static void
print_edit(struct cli *cli, const char *type, const struct flow_edit_result *result, bool is_new)
{
	struct json_writer *writer = cli_json_begin(cli, type);
	char id[2 * ID_BYTES + 1];

	hex_write(id, view_of(result->id.bytes, ID_BYTES));
	if (is_new)
		cli_json_made(cli, writer, "id", view_of(result->id.bytes, ID_BYTES));
	else
		cli_json_id(writer, "id", &result->id);
	cli_json_string(writer, "partition", result->owner.text);
	cli_json_bool(writer, "changed", result->is_changed);
	cli_json_made(cli, writer, "commit", view_of(result->commit.bytes, OID_BYTES));
	cli_json_end(cli);
	if (is_new && cli->dry_run)
		cli_line(cli, "%s", _("one record would be added; nothing was changed"));
	else if (!result->is_changed)
		cli_line(cli, _("%s: nothing changed"), id);
	else
		cli_line(cli, "%s", id);
}

enum err
cmd_add(struct cli *cli)
{
	struct node *node = NULL;
	struct node_code code;
	const struct node_code *owner;
	struct flow_edit_result result;
	enum err err = cli_value(cli, "--kind") == NULL
	                       ? err_set(&cli->info, ERR_USAGE, "%s", _("add needs --kind KIND"))
	                       : cli_open(cli, &node);

	if (err == ERR_OK)
		err = read_owner(&code, &owner, cli, node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_add(&result, &desk, owner, cli_value(cli, "--kind"), cli->arguments, cli->arguments_count,
		               &cli->info);
	}
	if (err == ERR_OK)
		print_edit(cli, "add", &result, true);
	node_free(node);
	return err;
}

enum err
cmd_set(struct cli *cli)
{
	struct node *node = NULL;
	struct node_code code;
	const struct node_code *owner;
	struct flow_edit_result result;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK)
		err = read_owner(&code, &owner, cli, node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_set(&result, &desk, owner, cli->arguments[0], cli->arguments + 1, cli->arguments_count - 1,
		               &cli->info);
	}
	if (err == ERR_OK)
		print_edit(cli, "set", &result, false);
	node_free(node);
	return err;
}

enum err
cmd_remove(struct cli *cli)
{
	struct node *node = NULL;
	struct node_code code;
	const struct node_code *owner;
	struct flow_edit_result result;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK)
		err = read_owner(&code, &owner, cli, node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_remove(&result, &desk, owner, cli->arguments[0], &cli->info);
	}
	if (err == ERR_OK)
		print_edit(cli, "remove", &result, false);
	node_free(node);
	return err;
}
