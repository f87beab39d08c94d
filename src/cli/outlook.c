#include "cli/outlook.h"

#include <stdio.h>

#include "node/node.h"

enum {
	SECONDS_PER_DAY = 86400
};

static void
json_outlook(struct cli *cli, const struct flow_outlook *outlook)
{
	struct json_writer *writer = cli_json_begin(cli, "outlook");

	if (writer == NULL)
		return;
	if (outlook->has_superior) {
		cli_json_string(writer, "superior", outlook->superior.text);
		cli_json_bool(writer, "confirmed", outlook->is_confirmed);
	}
	if (outlook->is_any_confirmed) {
		cli_json_oid(writer, "confirmed_head", &outlook->confirmed);
		cli_json_time(writer, "confirmed_time", outlook->confirmed_time);
	}
	cli_json_integer(writer, "conflicts", (int64_t)outlook->conflicts);
	if (outlook->oldest != 0)
		cli_json_time(writer, "oldest_conflict", outlook->oldest);
	cli_json_integer(writer, "held", (int64_t)outlook->held);
	cli_json_integer(writer, "refused", (int64_t)outlook->refused);
	cli_json_integer(writer, "damaged", (int64_t)outlook->damaged);
	cli_json_end(cli);
}

static void
print_confirmed(struct cli *cli, struct node *node, const struct flow_outlook *outlook)
{
	if (!outlook->has_superior)
		return;
	if (!outlook->is_any_confirmed)
		cli_line(cli, _("confirmed  %s has confirmed nothing yet"), node_label(node, &outlook->superior));
	else if (outlook->is_confirmed)
		cli_line(cli, _("confirmed  %s holds all up to %s (%s)"), node_label(node, &outlook->superior),
		         cli_short_oid(&outlook->confirmed), cli_time(outlook->confirmed_time));
	else
		cli_line(cli, _("confirmed  %s held %s (%s); what came since is on its way"),
		         node_label(node, &outlook->superior), cli_short_oid(&outlook->confirmed),
		         cli_time(outlook->confirmed_time));
}

static void
print_waiting(struct cli *cli, const struct flow_outlook *outlook)
{
	int64_t now = cli->env.now(cli->env.context);

	if (outlook->conflicts > 0 && outlook->oldest != 0)
		cli_line(cli,
		         _("for you    %llu records with conflicts (oldest %lld days)        see: tiersync conflicts"),
		         (unsigned long long)outlook->conflicts,
		         (long long)(now > outlook->oldest ? (now - outlook->oldest) / SECONDS_PER_DAY : 0));
	else if (outlook->conflicts > 0)
		cli_line(cli, _("for you    %llu records with conflicts        see: tiersync conflicts"),
		         (unsigned long long)outlook->conflicts);
	if (outlook->held > 0)
		cli_line(cli, _("for you    %llu held        see: tiersync held"), (unsigned long long)outlook->held);
	if (outlook->refused > 0)
		cli_line(cli, _("for you    %llu refused        see: tiersync refused"),
		         (unsigned long long)outlook->refused);
	if (outlook->damaged > 0)
		cli_line(cli, _("for you    %zu partitions that cannot be read        see: tiersync audit"),
		         outlook->damaged);
}

enum err
cli_print_outlook(struct flow_outlook *out, struct cli *cli, struct node *node)
{
	enum err err = flow_outlook(out, node, &cli->info);

	if (err != ERR_OK)
		return err;
	json_outlook(cli, out);
	print_confirmed(cli, node, out);
	print_waiting(cli, out);
	return ERR_OK;
}
