#include <string.h>

#include "cli/taken.h"
#include "cli/verbs.h"
#include "flow/stopped.h"

const struct cli_option cmd_held_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_refused_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_approve_options[] = {
	{"--reject", NULL, N_("drop it instead; --reason says why")},
	{"--reason", "CODE", N_("1 to 16 letters or digits")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

static void
print_stopped(struct cli *cli, struct node *node, const struct flow_stopped *item, const char *type)
{
	struct json_writer *writer = cli_json_begin(cli, type);

	if (item->number > 0)
		cli_json_integer(writer, "number", item->number);
	cli_json_string(writer, "from", item->sender.text);
	cli_json_string(writer, "partition", item->owner.text);
	cli_json_integer(writer, "bundle", (int64_t)item->bundle);
	cli_json_oid(writer, "head", &item->head);
	cli_json_time(writer, "time", item->time);
	cli_json_string(writer, "reason", item->reason);
	cli_json_string(writer, "text", item->why);
	cli_json_end(cli);
	if (item->number > 0)
		cli_line(cli,
		         _("%u  %s, bundle %llu from %s, %s: %s\n   tiersync approve %u, or: tiersync approve %u "
		           "--reject --reason CODE"),
		         item->number, node_label(node, &item->owner), (unsigned long long)item->bundle,
		         node_label(node, &item->sender), cli_time(item->time), cli_safe(item->why), item->number,
		         item->number);
	else
		cli_line(cli, _("%s, bundle %llu from %s, %s: %s: %s"), node_label(node, &item->owner),
		         (unsigned long long)item->bundle, node_label(node, &item->sender), cli_time(item->time),
		         item->reason, cli_safe(item->why));
}

static enum err
print_list(struct cli *cli, bool is_held)
{
	struct node *node = NULL;
	struct flow_stopped_list list = {0};
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK)
		err = is_held ? flow_held(&list, node, &cli->info) : flow_refused(&list, node, &cli->info);
	for (size_t i = 0; err == ERR_OK && i < list.count; i++)
		print_stopped(cli, node, &list.items[i], is_held ? "held" : "refused");
	if (err == ERR_OK && list.count == 0)
		cli_line(cli, "%s", is_held ? _("nothing is held") : _("nothing was refused"));
	flow_stopped_release(&list);
	node_free(node);
	return err;
}

enum err
cmd_held(struct cli *cli)
{
	return print_list(cli, true);
}

enum err
cmd_refused(struct cli *cli)
{
	return print_list(cli, false);
}

static enum err
read_held_number(uint32_t *out, struct cli *cli)
{
	uint64_t number = 0;

	for (const char *at = cli->arguments[0]; *at != '\0'; at++) {
		if (*at < '0' || *at > '9' || number > 1000000)
			return err_set(&cli->info, ERR_USAGE, _("'%s' is not a number of tiersync held"),
			               cli->arguments[0]);
		number = number * 10 + (uint64_t)(*at - '0');
	}
	*out = (uint32_t)number;
	return ERR_OK;
}

enum err
cmd_approve(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_taken taken = {0};
	uint32_t number;
	bool is_rejected = cli_has(cli, "--reject");
	enum err err = read_held_number(&number, cli);

	if (err == ERR_OK && is_rejected != cli_has(cli, "--reason"))
		err = err_set(&cli->info, ERR_USAGE, "%s", _("--reject and --reason CODE go together"));
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = is_rejected ? flow_reject(&desk, number, cli_value(cli, "--reason"), &cli->info)
		                  : flow_approve(&taken, &desk, number, &cli->info);
	}
	if (err == ERR_OK && !is_rejected) {
		cli->exit_code = flow_taken_exit_code(&taken);
		cli_print_taken(cli, node, "", &taken);
	} else if (err == ERR_OK) {
		cli_line(cli, _("number %u is rejected"), number);
	}
	flow_taken_release(&taken);
	node_free(node);
	return err;
}
