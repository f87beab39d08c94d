/* roster grant: auditors. */
#include "cli/enrolment.h"
#include "cli/taken.h"
#include "cli/verbs.h"
#include "flow/grant.h"

const struct cli_option cmd_roster_grant_options[] = {
	{"--out", "FILE", N_("where the answer goes")},
	{"--read", NULL, N_("may read; without it: may verify and carry")},
	{"--partition", "NODE,...", N_("of these offices alone; else all at and below this office")},
	{"--fingerprint", "F", N_("what the auditor read out: 40 digits; compared before anything is signed")},
	{NULL, NULL, NULL},
};

static void
print_granted(struct cli *cli, const struct flow_granted *granted, const char *out)
{
	const struct flow_enrol_result *auditor = &granted->auditor;
	struct json_writer *writer = cli_json_begin(cli, "grant");

	cli_json_string(writer, "node", auditor->code.text);
	cli_json_string(writer, "name", auditor->name);
	cli_json_string(writer, "fingerprint", auditor->fingerprint.text);
	cli_json_bool(writer, "confirmed", auditor->is_confirmed);
	cli_json_bool(writer, "known", auditor->was_known);
	cli_json_bool(writer, "read", granted->may_read);
	cli_json_integer(writer, "partitions", (int64_t)granted->partitions);
	cli_json_epochs(writer, &granted->said.epochs);
	cli_json_string(writer, "file", out);
	cli_json_end(cli);
	cli_line(cli,
	         granted->may_read ? _("%s %s may read; its answer is in %s")
	                           : _("%s %s may verify; its answer is in %s"),
	         cli_safe(auditor->name), auditor->code.text, out);
	if (granted->may_read && granted->partitions == 0)
		cli_line(cli, _("  partitions   this office's and all below it"));
	else if (granted->may_read)
		cli_line(cli, _("  partitions   %zu, as named"), granted->partitions);
	cli_line(cli, _("  fingerprint  %s%s"), auditor->fingerprint.text,
	         auditor->is_confirmed ? "" : _("  (unconfirmed: nobody compared it)"));
	if (granted->said.epochs.opened > 0)
		cli_line(cli,
		         _("  epochs       %zu new key epochs: what is written from now on is closed to what was taken "
		           "away"),
		         granted->said.epochs.opened);
	cli_print_still_due(cli, &granted->said.epochs);
	cli_line(cli, _("  next         over there: tiersync accept %s; here: tiersync peer add %s dir:PATH"), out,
	         auditor->code.text);
}

/* A card, or the code of an auditor that was granted before. */
static enum err
read_who(struct flow_grant_terms *terms, struct node_code *code, struct bytes *card, struct cli *cli)
{
	struct flow_enrol_result look;
	enum err err;

	if (node_code_read(code, view_text(cli->arguments[0]))) {
		terms->code = code;
		return ERR_OK;
	}
	err = cli_read_file(card, cli->arguments[0], LIMIT_STATEMENT_BYTES_MAX, &cli->info);
	terms->card = bytes_view(card);
	if (err == ERR_OK)
		err = flow_card_look(&look, terms->card, &cli->info);
	if (err == ERR_OK && terms->fingerprint == NULL)
		err = cli_confirm(cli, look.code.text, &look.fingerprint, &terms->is_confirmed);
	return err;
}

enum err
cmd_roster_grant(struct cli *cli)
{
	struct flow_grant_terms terms = {.may_read = cli_has(cli, "--read"),
	                                 .partitions = cli_value(cli, "--partition")};
	struct seal_fingerprint fingerprint;
	struct flow_granted granted;
	struct node *node = NULL;
	struct bytes card = {0};
	struct bytes answer = {0};
	struct node_code code;
	const char *out = cli_value(cli, "--out");
	enum err err = cli_fingerprint(&fingerprint, &terms.fingerprint, cli, "--fingerprint");

	if (err == ERR_OK && out == NULL)
		err = err_set(&cli->info, ERR_USAGE, "%s", _("roster grant needs --out FILE"));
	if (err == ERR_OK && terms.partitions != NULL && !terms.may_read)
		err = err_set(&cli->info, ERR_USAGE, "%s", _("--partition says what may be read: give --read too"));
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = read_who(&terms, &code, &card, cli);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_grant(&answer, &granted, &desk, &terms, &cli->info);
	}
	if (err == ERR_OK && !cli->dry_run)
		err = fs_write(out, bytes_view(&answer), 0644, &cli->info);
	if (err == ERR_OK)
		print_granted(cli, &granted, out);
	bytes_release(&card);
	bytes_release(&answer);
	node_free(node);
	return err;
}
