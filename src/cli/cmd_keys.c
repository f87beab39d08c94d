/* The life of keys and rights: roster rotate, revoke, settle, delegate, withdraw. */
#include <stdlib.h>

#include "cli/taken.h"
#include "cli/verbs.h"
#include "flow/roster.h"

const struct cli_option cmd_roster_rotate_options[] = {{NULL, NULL, NULL}};

const struct cli_option cmd_roster_revoke_options[] = {
	{"--reason", "CODE", N_("why: 1 to 16 letters or digits, or a code of the code set REASON")},
	{"--key", "ID", N_("an older key of the office (see roster list NODE); else its newest")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_roster_settle_options[] = {{NULL, NULL, NULL}};

const struct cli_option cmd_roster_delegate_options[] = {
	{"--kind", "KIND", N_("of records; else every kind")},
	{"--field", "FIELD,...", N_("names, titles or numbers, and `existence`; else all fields and existence")},
	{"--from", "DAY", N_("first day, YYYY-MM-DD; else at once")},
	{"--to", "DAY", N_("last day; else until withdrawn")},
	{"--limit", "[FIELD=]N",
         N_("only while FIELD is at most N (money in fen); without FIELD: the fields themselves")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_roster_withdraw_options[] = {
	{"--kind", "KIND", N_("of records; else every kind")},
	{"--field", "FIELD,...", N_("names, titles or numbers, and `existence`; else all fields and existence")},
	{"--hard", NULL, N_("counts at once, also for edits made before the office had heard of it")},
	{NULL, NULL, NULL},
};

static void
json_said(const struct cli *cli, struct json_writer *writer, const struct flow_said *said)
{
	cli_json_string(writer, "node", said->node.text);
	cli_json_integer(writer, "number", said->number);
	cli_json_made(cli, writer, "digest", view_of(said->digest.bytes, DIGEST_BYTES));
	cli_json_epochs(writer, &said->epochs);
}

static void
print_said(struct cli *cli, const struct flow_said *said)
{
	if (said->epochs.opened > 0)
		cli_line(cli, _("  epochs       %zu new key epochs: what is written from now on is closed to that key"),
		         said->epochs.opened);
	cli_print_still_due(cli, &said->epochs);
	cli_line(cli, cli->dry_run ? _("  dry run      nothing was changed")
	                           : _("  next         it travels with the next bundles: tiersync sync"));
}

static void
print_rotated(struct cli *cli, struct node *node, const struct flow_rotated *rotated)
{
	if (rotated->was_begun) {
		cli_line(cli,
		         _("%s had new keys already: a run that was broken off had signed them, and its files are in "
		           "order "
		           "now; nothing was signed. For yet other keys, say it again"),
		         node_label(node, &rotated->said.node));
	} else {
		cli_line(cli, _("%s has new keys; what the old ones signed stays valid"),
		         node_label(node, &rotated->said.node));
		cli_line(cli, _("  statement    %u"), rotated->said.number);
		print_said(cli, &rotated->said);
	}
	cli_line(cli, "%s", _("  copy         tiersync key backup FILE: a copy made before lacks the new keys"));
}

enum err
cmd_roster_rotate(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_rotated rotated;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_rotate(&rotated, &desk, &cli->info);
	}
	if (err == ERR_OK) {
		struct json_writer *writer = cli_json_begin(cli, "rotate");

		if (!rotated.was_begun) {
			json_said(cli, writer, &rotated.said);
			cli_json_id(writer, "old_key", &rotated.old_key);
		}
		cli_json_bool(writer, "begun_before", rotated.was_begun);
		cli_json_made(cli, writer, "key", view_of(rotated.new_key.bytes, ID_BYTES));
		if (!cli->dry_run)
			cli_json_string(writer, "fingerprint", rotated.fingerprint.text);
		cli_json_end(cli);
		print_rotated(cli, node, &rotated);
	}
	node_free(node);
	return err;
}

static void
print_revoked_partition(struct cli *cli, struct node *node, const struct flow_revoked_partition *row)
{
	struct json_writer *writer = cli_json_begin(cli, "accepted");

	cli_json_string(writer, "partition", row->owner.text);
	cli_json_oid(writer, "head", &row->head);
	cli_json_integer(writer, "edits", (int64_t)row->edits);
	cli_json_end(cli);
	if (row->edits == 0)
		return;
	cli_line(cli, _("  accepted     %llu edits by it in the partition of %s, up to head %s; the newest:"),
	         (unsigned long long)row->edits, node_label(node, &row->owner), cli_short_oid(&row->head));
	for (size_t i = 0; i < row->newest_count; i++) {
		writer = cli_json_begin(cli, "edit");
		cli_json_string(writer, "partition", row->owner.text);
		cli_json_oid(writer, "commit", &row->newest[i]);
		cli_json_time(writer, "time", row->times[i]);
		cli_json_end(cli);
		cli_line(cli, "    %s  %s", cli_time(row->times[i]), cli_short_oid(&row->newest[i]));
	}
}

static void
print_revoked(struct cli *cli, struct node *node, const struct flow_revoked *revoked)
{
	struct json_writer *writer;
	char key[2 * ID_BYTES + 1];

	for (size_t i = 0; cli->json && i < revoked->count; i++)
		print_revoked_partition(cli, node, &revoked->partitions[i]);
	writer = cli_json_begin(cli, "revoke");
	json_said(cli, writer, &revoked->said);
	cli_json_id(writer, "key", &revoked->key);
	cli_json_end(cli);
	hex_write(key, view_of(revoked->key.bytes, ID_BYTES));
	cli_line(cli, _("the key %s of %s counts no longer"), key, node_label(node, &revoked->said.node));
	for (size_t i = 0; !cli->json && i < revoked->count; i++)
		print_revoked_partition(cli, node, &revoked->partitions[i]);
	print_said(cli, &revoked->said);
	if (revoked->count > 0)
		cli_line(cli,
		         _("  look         tiersync log --partition %s: what was signed since the key was lost is "
		           "undone "
		           "with tiersync revert COMMIT"),
		         revoked->said.node.text);
	cli_line(cli, _("  new keys     there: tiersync request; here: tiersync enrol CARD --replace --out ANSWER"));
}

enum err
cmd_roster_revoke(struct cli *cli)
{
	struct flow_revoke_terms terms = {.reason = cli_value(cli, "--reason")};
	const char *key_text = cli_value(cli, "--key");
	struct flow_revoked revoked = {.count = 0};
	struct node *node = NULL;
	struct id key;
	enum err err = cli_code(&terms.node, "NODE", cli->arguments[0], &cli->info);

	if (err == ERR_OK && terms.reason == NULL)
		err = err_set(&cli->info, ERR_USAGE, "%s", _("roster revoke needs --reason CODE"));
	if (err == ERR_OK && key_text != NULL && !hex_read(key.bytes, ID_BYTES, view_text(key_text)))
		err = err_set(&cli->info, ERR_USAGE, "%s", _("--key takes the 32 digits that roster list NODE shows"));
	terms.key = key_text == NULL ? NULL : &key;
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_revoke(&revoked, &desk, &terms, &cli->info);
	}
	if (err == ERR_OK)
		print_revoked(cli, node, &revoked);
	flow_revoked_release(&revoked);
	node_free(node);
	return err;
}

enum err
cmd_roster_settle(struct cli *cli)
{
	struct node *node = NULL;
	struct node_code code;
	struct flow_said said;
	enum err err = cli_code(&code, "NODE", cli->arguments[0], &cli->info);

	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_settle(&said, &desk, &code, cli->arguments[1], &cli->info);
	}
	if (err == ERR_OK) {
		json_said(cli, cli_json_begin(cli, "settle"), &said);
		cli_json_end(cli);
		cli_line(cli, _("the chain of %s goes on from the statement named"), node_label(node, &said.node));
		print_said(cli, &said);
	}
	node_free(node);
	return err;
}

static void
print_right(struct cli *cli, struct node *node, const struct flow_right_terms *terms, struct flow_right *right)
{
	struct json_writer *writer = cli_json_begin(cli, terms->is_withdrawal ? "withdraw" : "delegate");
	const char *fields = right->fields.size == 0 ? _("every field, and existence") : bytes_text(&right->fields);

	if (!right->was_said)
		json_said(cli, writer, &right->said);
	cli_json_bool(writer, "known", right->was_said);
	cli_json_string(writer, "kind", terms->kind == NULL ? "" : terms->kind);
	cli_json_string(writer, "fields", right->fields.size == 0 ? "" : fields);
	if (right->amount_max > 0)
		cli_json_integer(writer, "amount_max", (int64_t)right->amount_max);
	cli_json_end(cli);
	cli_line(cli, terms->is_withdrawal ? _("%s may no longer write:") : _("%s may write:"),
	         node_label(node, &right->said.node));
	cli_line(cli, _("  kind         %s"), terms->kind == NULL ? _("every kind") : terms->kind);
	cli_line(cli, _("  fields       %s"), fields);
	if (terms->from != NULL)
		cli_line(cli, _("  from         %s"), terms->from);
	if (terms->to != NULL)
		cli_line(cli, _("  to           %s"), terms->to);
	if (terms->limit != NULL)
		cli_line(cli, _("  limit        %s"), terms->limit);
	if (right->was_said)
		cli_line(cli, _("  stands       already, by statement %u of this office: nothing was signed"),
		         right->said.number);
	else
		print_said(cli, &right->said);
}

static enum err
say_right(struct cli *cli, struct flow_right_terms *terms)
{
	struct node *node = NULL;
	struct flow_right right = {.amount_max = 0};
	enum err err = cli_code(&terms->node, "NODE", cli->arguments[0], &cli->info);

	terms->kind = cli_value(cli, "--kind");
	terms->fields = cli_value(cli, "--field");
	if (err == ERR_OK && !terms->is_withdrawal && terms->kind == NULL && terms->fields == NULL)
		err = err_set(&cli->info, ERR_USAGE, "%s",
		              _("say what: --kind KIND, or --kind KIND --field FIELD,... (a right to everything is no "
		                "delegation)"));
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_say_right(&right, &desk, terms, &cli->info);
	}
	if (err == ERR_OK)
		print_right(cli, node, terms, &right);
	flow_right_release(&right);
	node_free(node);
	return err;
}

enum err
cmd_roster_delegate(struct cli *cli)
{
	struct flow_right_terms terms = {
		.from = cli_value(cli, "--from"), .to = cli_value(cli, "--to"), .limit = cli_value(cli, "--limit")};

	return say_right(cli, &terms);
}

enum err
cmd_roster_withdraw(struct cli *cli)
{
	struct flow_right_terms terms = {.is_withdrawal = true, .is_hard = cli_has(cli, "--hard")};

	return say_right(cli, &terms);
}
