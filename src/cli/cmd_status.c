#include <stdlib.h>
#include <string.h>

#include "cli/counts.h"
#include "cli/outlook.h"
#include "cli/verbs.h"
#include "flow/peer.h"
#include "partition/partition.h"
#include "schema/set.h"

const struct cli_option cmd_status_options[] = {
	{"--strict", NULL, N_("exit 7 when anything wants a person's eye")},
	{NULL, NULL, NULL},
};

enum {
	SECONDS_PER_DAY = 86400,
	LATE_DAYS = 7
};

static enum err
print_partition(struct cli *cli, struct node *node, const struct node_code *owner, bool *is_behind)
{
	const struct roster_node *self = roster_node_find(node_roster(node), &node_identity_of(node)->code);
	const struct roster_node *superior = self == NULL ? NULL : roster_superior(node_roster(node), self);
	struct partition *partition = NULL;
	struct flow_exchange exchange = {0};
	const struct flow_confirmed *confirmed = NULL;
	struct oid head = {{0}};
	bool is_ours = strcmp(owner->text, node_identity_of(node)->code.text) == 0 ||
	               roster_is_superior(node_roster(node), &node_identity_of(node)->code, owner);
	struct json_writer *writer;
	enum err err = node_partition_open(&partition, node, owner, &cli->info);

	if (err == ERR_OK)
		err = partition_head(partition, &head, &cli->info);
	if (err == ERR_OK && superior != NULL && is_ours) {
		err = flow_exchange_load(&exchange, node, &superior->code, &cli->info);
		if (err == ERR_OK)
			confirmed = flow_exchange_confirmed(&exchange, partition_id(partition));
	}
	if (err == ERR_OK) {
		bool is_confirmed = confirmed != NULL && oid_equal(&confirmed->head, &head);

		writer = cli_json_begin(cli, "partition");
		cli_json_string(writer, "partition", owner->text);
		cli_json_oid(writer, "head", &head);
		cli_json_bool(writer, "confirmed", is_confirmed);
		cli_json_end(cli);
		cli_line(cli, "  %-28s %s%s", node_label(node, owner), cli_short_oid(&head),
		         superior == NULL || !is_ours ? ""
		         : is_confirmed               ? _("  confirmed by the superior")
		                                      : _("  not yet confirmed by the superior"));
		*is_behind = *is_behind || (superior != NULL && is_ours && !is_confirmed);
		flow_exchange_release(&exchange);
	}
	partition_free(partition);
	return err;
}

static enum err
print_neighbour(struct cli *cli, struct node *node, const struct node_code *code, bool *is_late)
{
	struct flow_exchange exchange;
	int64_t now = cli->env.now(cli->env.context);
	struct json_writer *writer;
	enum err err = flow_exchange_load(&exchange, node, code, &cli->info);

	if (err != ERR_OK)
		return err;
	writer = cli_json_begin(cli, "neighbour");
	cli_json_string(writer, "node", code->text);
	cli_json_integer(writer, "heard", exchange.heard_here);
	cli_json_integer(writer, "taken", (int64_t)exchange.taken);
	cli_json_integer(writer, "sent", (int64_t)exchange.sent);
	cli_json_end(cli);
	if (exchange.heard_here == 0)
		cli_line(cli, _("  %-28s nothing heard yet"), node_label(node, code));
	else if (exchange.heard_here > now)
		cli_line(cli, _("  %-28s last bundle %llu, taken %s (our clock was ahead then, or is behind now)"),
		         node_label(node, code), (unsigned long long)exchange.taken, cli_time(exchange.heard_here));
	else
		cli_line(cli, _("  %-28s last bundle %llu, taken %s (%lld days ago)"), node_label(node, code),
		         (unsigned long long)exchange.taken, cli_time(exchange.heard_here),
		         (long long)((now - exchange.heard_here) / SECONDS_PER_DAY));
	*is_late = *is_late || exchange.heard_here == 0 || exchange.heard_here > now ||
	           now - exchange.heard_here > LATE_DAYS * SECONDS_PER_DAY;
	flow_exchange_release(&exchange);
	return ERR_OK;
}

static enum err
print_neighbours(struct cli *cli, struct node *node, bool *is_late)
{
	const struct roster *roster = node_roster(node);
	const struct roster_node *self = roster_node_find(roster, &node_identity_of(node)->code);
	const struct roster_node *superior = self == NULL ? NULL : roster_superior(roster, self);
	const struct roster_node *below;
	size_t position = 0;
	enum err err = superior == NULL ? ERR_OK : print_neighbour(cli, node, &superior->code, is_late);

	while (err == ERR_OK && self != NULL && (below = roster_next_below(roster, &self->code, &position)) != NULL)
		err = print_neighbour(cli, node, &below->code, is_late);
	return err;
}

enum err
cmd_status(struct cli *cli)
{
	struct node *node = NULL;
	struct node_codes codes = {0};
	const struct node_identity *self;
	bool is_late = false;
	bool is_behind = false;
	struct flow_outlook outlook = {.conflicts = 0};
	enum err err = cli_open_without_keys(cli, &node);

	if (err != ERR_OK)
		return err;
	self = node_identity_of(node);
	cli_line(cli, "%s", node_label(node, &self->code));
	if (!self->is_accepted) {
		cli_line(cli, "%s", _("  not enrolled yet: tiersync request --out CARD, then tiersync accept ANSWER"));
		node_free(node);
		cli->exit_code = cli_has(cli, "--strict") ? err_exit_code(ERR_PART) : 0;
		return ERR_OK;
	}
	if (!self->is_root_confirmed)
		cli_line(cli, "%s",
		         _("  the root is unconfirmed: compare its fingerprint, then tiersync accept ANSWER --root F"));
	if (node_keys(node) == NULL)
		cli_line(cli, "%s",
		         _("  no keys here: this copy can be audited, it cannot write, and it is no backup"));
	cli_line(cli, _("schema set %u; partitions:"),
	         node_schema(node) == NULL ? 0 : schema_set_version(node_schema(node)));
	err = node_partitions(&codes, node, &cli->info);
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++)
		err = print_partition(cli, node, &codes.codes[i], &is_behind);
	cli_line(cli, "%s", _("neighbours:"));
	if (err == ERR_OK)
		err = print_neighbours(cli, node, &is_late);
	if (err == ERR_OK)
		err = counts_print(cli, node);
	if (err == ERR_OK)
		err = cli_print_outlook(&outlook, cli, node);
	if (err == ERR_OK && cli_has(cli, "--strict") &&
	    (is_late || is_behind || outlook.conflicts + outlook.held + outlook.refused > 0 ||
	     !self->is_root_confirmed || node_keys(node) == NULL))
		cli->exit_code = err_exit_code(ERR_PART);
	node_codes_release(&codes);
	node_free(node);
	return err;
}
