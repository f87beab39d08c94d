#include "cli/office.h"
#include "cli/verbs.h"
#include "roster/version.h"
#include "statement/lines.h"

const struct cli_option cmd_roster_list_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_roster_export_signers_options[] = {
	{"--out", "FILE", N_("instead of standard output")},
	{NULL, NULL, NULL},
};

void
cli_print_node(struct cli *cli, const struct roster *roster, const struct roster_node *node)
{
	const struct roster_node *superior = roster_superior(roster, node);
	struct json_writer *writer = cli_json_begin(cli, "node");
	const char *state = node->is_revoked     ? _("revoked")
	                    : node->is_disputed  ? _("disputed")
	                    : node->is_root      ? _("root")
	                    : node->may_read     ? _("reads")
	                    : node->is_confirmed ? _("confirmed")
	                                         : _("unconfirmed");

	cli_json_string(writer, "node", node->code.text);
	cli_json_string(writer, "name", node->name);
	cli_json_string(writer, "level", statement_level_name(node->level));
	cli_json_string(writer, "superior", superior == NULL ? "" : superior->code.text);
	cli_json_id(writer, "partition", &node->partition);
	cli_json_id(writer, "key", &node->key_id);
	cli_json_bool(writer, "root", node->is_root);
	cli_json_bool(writer, "confirmed", node->is_confirmed);
	cli_json_bool(writer, "revoked", node->is_revoked);
	cli_json_bool(writer, "disputed", node->is_disputed);
	if (node->is_auditor)
		cli_json_bool(writer, "read", node->may_read);
	cli_json_end(cli);
	cli_line(cli, "%s  %-9s %-12s %s", node->code.text, statement_level_name(node->level), state,
	         cli_safe(node->name));
}

enum err
cmd_roster_list(struct cli *cli)
{
	struct node *node = NULL;
	const struct roster_node *found;
	struct node_code code;
	size_t position = 0;
	enum err err = ERR_OK;

	if (cli->arguments_count > 0)
		err = cli_code(&code, "NODE", cli->arguments[0], &cli->info);
	if (err == ERR_OK)
		err = cli_open_without_keys(cli, &node);
	if (err == ERR_OK)
		err = flow_check_accepted(node, &cli->info);
	if (err == ERR_OK && cli->arguments_count > 0) {
		found = roster_node_find(node_roster(node), &code);
		err = found == NULL || found->is_rolls
		              ? err_set(&cli->info, ERR_NOT_FOUND, _("the roster knows no office %s"), code.text)
		              : cli_print_office(cli, node, found);
	} else {
		while (err == ERR_OK && (found = roster_next_below(node_roster(node), NULL, &position)) != NULL)
			cli_print_node(cli, node_roster(node), found);
	}
	node_free(node);
	return err;
}

enum err
cmd_roster_export_signers(struct cli *cli)
{
	struct node *node = NULL;
	struct bytes text = {0};
	const char *out = cli_value(cli, "--out");
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK)
		err = flow_check_accepted(node, &cli->info);
	if (err == ERR_OK)
		err = roster_export_signers(&text, node_roster(node), &cli->info);
	if (err == ERR_OK && out != NULL)
		err = fs_write(out, bytes_view(&text), 0644, &cli->info);
	else if (err == ERR_OK && cli->json) {
		struct json_writer *writer = cli_json_begin(cli, "signers");

		cli_json_view(writer, "text", bytes_view(&text));
		cli_json_end(cli);
	} else if (err == ERR_OK)
		cli_data(cli, bytes_view(&text));
	bytes_release(&text);
	node_free(node);
	return err;
}
