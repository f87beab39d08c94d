#include <stdlib.h>
#include <string.h>

#include "cli/counts.h"
#include "cli/outlook.h"
#include "cli/verbs.h"
#include "flow/status.h"
#include "schema/set.h"

const struct cli_option cmd_status_options[] = {
	{"--strict", NULL, N_("exit 7 when anything wants a person's eye")},
	{NULL, NULL, NULL},
};

enum {
	SECONDS_PER_DAY = 86400,
	NAMED_MAX = 10 /* late offices named in one line */
};

static long long
days_since(const struct cli *cli, int64_t time)
{
	int64_t now = cli->env.now(cli->env.context);

	return now > time ? (long long)((now - time) / SECONDS_PER_DAY) : 0;
}

static void
print_partition(struct cli *cli, struct node *node, const struct flow_status_partition *row)
{
	struct json_writer *writer = cli_json_begin(cli, "partition");
	const char *words = "";

	cli_json_string(writer, "partition", row->owner.text);
	cli_json_oid(writer, "head", &row->head);
	if (row->newest != 0)
		cli_json_time(writer, "newest", row->newest);
	cli_json_bool(writer, "confirmed", row->is_confirmed);
	if (row->confirmed != 0)
		cli_json_time(writer, "confirmed_time", row->confirmed);
	cli_json_integer(writer, "conflicts", (int64_t)row->conflicts.records);
	cli_json_integer(writer, "held", (int64_t)row->held);
	cli_json_bool(writer, "damaged", row->is_damaged);
	cli_json_end(cli);
	if (row->is_damaged)
		words = _("  CANNOT BE READ: tiersync audit");
	else if (row->is_reported)
		words = row->is_confirmed ? _("  confirmed by the superior") : _("  not yet confirmed by the superior");
	cli_line(cli, "  %s  %s%s", cli_office_column(cli, node, &row->owner), cli_short_oid(&row->head), words);
	if (row->conflicts.records > 0)
		cli_line(cli, _("      %llu records with conflicts: tiersync conflicts --partition %s"),
		         (unsigned long long)row->conflicts.records, row->owner.text);
	if (row->held > 0)
		cli_line(cli, _("      %llu held: tiersync held"), (unsigned long long)row->held);
}

static void
print_office(struct cli *cli, struct node *node, const struct flow_status_office *row)
{
	struct json_writer *writer = cli_json_begin(cli, "neighbour");
	const char *words = row->is_revoked   ? _("; its key is revoked")
	                    : row->is_late    ? _("; LATE")
	                    : row->is_lagging ? _("; has not yet confirmed all that is here")
	                                      : "";

	cli_json_string(writer, "node", row->code.text);
	if (row->heard != 0)
		cli_json_time(writer, "heard", row->heard);
	cli_json_unsigned(writer, "taken", row->taken);
	cli_json_integer(writer, "sent", (int64_t)row->sent);
	cli_json_bool(writer, "superior", row->is_superior);
	cli_json_integer(writer, "silence_days", row->silence_days);
	cli_json_bool(writer, "late", row->is_late);
	cli_json_bool(writer, "lagging", row->is_lagging);
	cli_json_bool(writer, "revoked", row->is_revoked);
	cli_json_end(cli);
	if (row->heard == 0)
		cli_line(cli, _("  %s  nothing heard yet%s"), cli_office_column(cli, node, &row->code), words);
	else if (row->heard > cli->env.now(cli->env.context) + SECONDS_PER_DAY)
		cli_line(cli, _("  %s  last bundle %llu, taken %s (our clock was ahead then, or is behind now)%s"),
		         cli_office_column(cli, node, &row->code), (unsigned long long)row->taken, cli_time(row->heard),
		         words);
	else
		cli_line(cli, _("  %s  last bundle %llu, taken %s (%lld days ago)%s"),
		         cli_office_column(cli, node, &row->code), (unsigned long long)row->taken, cli_time(row->heard),
		         days_since(cli, row->heard), words);
}

/* Who is late, again and together: at the end of a long list. */
static void
print_late(struct cli *cli, struct node *node, const struct flow_status *status)
{
	size_t named = 0;

	if (status->late == 0)
		return;
	cli_line(cli, _("late       %zu of %zu neighbours:"), status->late, status->office_count);
	for (size_t i = 0; i < status->office_count && named < NAMED_MAX; i++) {
		const struct flow_status_office *row = &status->offices[i];

		if (!row->is_late)
			continue;
		named++;
		if (row->heard == 0)
			cli_line(cli, _("           %s, never heard of"), node_label(node, &row->code));
		else
			cli_line(cli, _("           %s, silent for %lld days (%u are agreed)"),
			         node_label(node, &row->code), days_since(cli, row->heard), row->silence_days);
	}
	if (status->late > named)
		cli_line(cli, _("           and %zu more"), status->late - named);
}

static void
print_ages(struct cli *cli, const struct flow_conflict_ages *ages)
{
	struct json_writer *writer = cli_json_begin(cli, "conflicts");

	cli_json_integer(writer, "records", (int64_t)ages->records);
	cli_json_integer(writer, "up_to_7_days", (int64_t)ages->week);
	cli_json_integer(writer, "up_to_30_days", (int64_t)ages->month);
	cli_json_integer(writer, "older", (int64_t)ages->older);
	cli_json_integer(writer, "undated", (int64_t)ages->undated);
	cli_json_end(cli);
	if (ages->records > 0)
		cli_line(cli,
		         _("conflicts  %llu records: %llu up to 7 days old, %llu up to 30, %llu older, %llu undated"),
		         (unsigned long long)ages->records, (unsigned long long)ages->week,
		         (unsigned long long)ages->month, (unsigned long long)ages->older,
		         (unsigned long long)ages->undated);
}

static void
print_status(struct cli *cli, struct node *node, const struct flow_status *status)
{
	cli_line(cli, _("schema set %u; partitions:"),
	         node_schema(node) == NULL ? 0 : schema_set_version(node_schema(node)));
	for (size_t i = 0; i < status->partition_count; i++)
		print_partition(cli, node, &status->partitions[i]);
	cli_line(cli, "%s", _("neighbours:"));
	for (size_t i = 0; i < status->office_count; i++)
		print_office(cli, node, &status->offices[i]);
}

/* What stands above all tables: whether this store can be trusted with anything. */
static void
print_warnings(struct cli *cli, struct node *node)
{
	const struct node_identity *self = node_identity_of(node);

	cli_line(cli, "%s", node_label(node, &self->code));
	if (!self->is_accepted) {
		cli_line(cli, "%s", _("  not enrolled yet: tiersync request --out CARD, then tiersync accept ANSWER"));
		return;
	}
	if (!self->is_root_confirmed)
		cli_line(cli, "%s",
		         _("  the root is unconfirmed: compare its fingerprint, then tiersync accept ANSWER --root F"));
	if (node_keys(node) == NULL)
		cli_line(cli, "%s",
		         _("  no keys here: this copy can be audited, it cannot write, and it is no backup"));
}

enum err
cmd_status(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_status status = {0};
	struct flow_outlook outlook = {.conflicts = 0};
	bool is_eye_wanted = true;
	enum err err = cli_open_without_keys(cli, &node);

	if (err != ERR_OK)
		return err;
	print_warnings(cli, node);
	if (node_identity_of(node)->is_accepted) {
		err = flow_status(&status, node, &cli->info);
		if (err == ERR_OK) {
			print_status(cli, node, &status);
			err = counts_print(cli, node);
		}
		if (err == ERR_OK) {
			print_late(cli, node, &status);
			print_ages(cli, &status.conflicts);
			err = cli_print_outlook(&outlook, cli, node);
		}
		is_eye_wanted = status.late + status.unconfirmed > 0 ||
		                outlook.conflicts + outlook.held + outlook.refused + outlook.damaged > 0 ||
		                !node_identity_of(node)->is_root_confirmed || node_keys(node) == NULL;
	}
	if (err == ERR_OK && is_eye_wanted && cli_has(cli, "--strict"))
		cli->exit_code = err_exit_code(ERR_PART);
	flow_status_release(&status);
	node_free(node);
	return err;
}
