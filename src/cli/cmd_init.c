#include "cli/verbs.h"
#include "flow/enrol.h"
#include "seal/seal.h"
#include "statement/lines.h"

const struct cli_option cmd_init_options[] = {
	{"--node", "CODE", N_("12-digit statistical division code, .department where there is one")},
	{"--level", "LEVEL", N_("township, county, city, province, or auditor (reads, never writes)")},
	{"--name", "NAME", N_("the office's name")},
	{"--root", NULL, N_("this office is the root of trust, as a city is by itself")},
	{"--no-root", NULL, N_("a city that a superior is going to enrol")},
	{"--passphrase", NULL, N_("ask for a passphrase to put the keys under")},
	{NULL, NULL, NULL},
};

static enum err
read_terms(struct flow_init_terms *out, struct cli *cli)
{
	const char *node = cli_value(cli, "--node");
	const char *level = cli_value(cli, "--level");
	enum err err;

	out->name = cli_value(cli, "--name");
	if (node == NULL || level == NULL || out->name == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("init needs --node CODE, --level LEVEL and --name NAME"));
	if (cli->store == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("name the store: --store DIR, or set TIERSYNC_STORE"));
	err = cli_code(&out->code, "--node", node, &cli->info);
	if (err == ERR_OK && !statement_level_read(&out->level, view_text(level)))
		err = err_set(&cli->info, ERR_USAGE,
		              _("--level takes township, county, city, province or auditor, not '%s'"), level);
	if (err == ERR_OK && out->level == NODE_LEVEL_AUDITOR && cli_has(cli, "--root"))
		err = err_set(&cli->info, ERR_USAGE, "%s", _("an auditor is nobody's root"));
	if (err == ERR_OK && cli_has(cli, "--root") && cli_has(cli, "--no-root"))
		err = err_set(&cli->info, ERR_USAGE, "%s", _("either --root or --no-root"));
	out->is_root = cli_has(cli, "--root") || (out->level == NODE_LEVEL_CITY && !cli_has(cli, "--no-root"));
	return err;
}

enum err
cmd_init(struct cli *cli)
{
	struct flow_init_terms terms = {0};
	struct seal_fingerprint fingerprint;
	struct bytes passphrase = {0};
	struct json_writer *writer;
	enum err err = read_terms(&terms, cli);

	if (err == ERR_OK)
		err = seal_init(&cli->info);
	if (err == ERR_OK)
		err = cli_passphrase(&passphrase, cli);
	if (err == ERR_OK && passphrase.size == 0 && cli_has(cli, "--passphrase"))
		err = cli_ask_secret(&passphrase, _("Passphrase for the keys:"), true, &cli->info);
	terms.passphrase = bytes_view(&passphrase);
	if (err == ERR_OK && cli->dry_run) {
		cli_line(cli, _("would make the store %s of %s"), cli->store, terms.code.text);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = flow_init(cli->store, &terms, &cli->env, &fingerprint, &cli->info);
	seal_wipe_bytes(&passphrase);
	if (err != ERR_OK)
		return err;
	writer = cli_json_begin(cli, "init");
	cli_json_string(writer, "node", terms.code.text);
	cli_json_string(writer, "level", statement_level_name(terms.level));
	cli_json_bool(writer, "root", terms.is_root);
	cli_json_string(writer, "fingerprint", fingerprint.text);
	cli_json_end(cli);
	cli_line(cli, _("%s %s is ready in %s"), terms.name, terms.code.text, cli->store);
	cli_line(cli, _("  fingerprint  %s"), fingerprint.text);
	if (terms.is_root)
		cli_line(cli, _("  next         tiersync schema add KIND.json ...; tiersync enrol CARD --out ANSWER"));
	else
		cli_line(cli,
		         _("  next         tiersync request --out CARD, and read the fingerprint out to the superior"));
	return ERR_OK;
}
