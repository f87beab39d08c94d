#include <string.h>

#include "cli/enrolment.h"
#include "cli/verbs.h"
#include "flow/enrol.h"
#include "statement/lines.h"

enum {
	CARD_BYTES_MAX = LIMIT_STATEMENT_BYTES_MAX,
	ANSWER_BYTES_MAX = 134217728
};

const struct cli_option cmd_request_options[] = {
	{"--out", "FILE", N_("where the card goes")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_enrol_options[] = {
	{"--out", "FILE", N_("where the answer goes")},
	{"--fingerprint", "F", N_("what the office read out: 40 digits; compared before anything is signed")},
	{"--replace", NULL, N_("new keys for an office that is enrolled: its old ones are revoked")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_accept_options[] = {
	{"--root", "F", N_("fingerprint of the root: 40 digits; compared before anything is believed")},
	{NULL, NULL, NULL},
};

static enum err
need_out(const char **out, struct cli *cli)
{
	*out = cli_value(cli, "--out");
	if (*out == NULL)
		return err_set(&cli->info, ERR_USAGE, _("%s needs --out FILE"), cli->verb->name);
	return ERR_OK;
}

enum err
cmd_request(struct cli *cli)
{
	struct node *node = NULL;
	struct bytes card = {0};
	struct seal_fingerprint fingerprint;
	struct json_writer *writer;
	const char *out;
	enum err err = need_out(&out, cli);

	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = flow_request(&card, node, &cli->info);
	if (err == ERR_OK)
		err = flow_own_fingerprint(&fingerprint, node, &cli->info);
	if (err == ERR_OK && !cli->dry_run)
		err = fs_write(out, bytes_view(&card), 0644, &cli->info);
	if (err == ERR_OK) {
		writer = cli_json_begin(cli, "request");
		cli_json_string(writer, "node", node_identity_of(node)->code.text);
		cli_json_string(writer, "fingerprint", fingerprint.text);
		cli_json_string(writer, "file", out);
		cli_json_end(cli);
		cli_line(cli, _("card of %s in %s"), node_label(node, &node_identity_of(node)->code), out);
		cli_line(cli, _("  fingerprint  %s"), fingerprint.text);
		cli_line(cli, _("  next         send the card to the superior and read the fingerprint out to it"));
	}
	bytes_release(&card);
	node_free(node);
	return err;
}

enum err
cli_fingerprint(struct seal_fingerprint *out, const struct seal_fingerprint **given, struct cli *cli,
                const char *option)
{
	const char *text = cli_value(cli, option);

	*given = NULL;
	if (text == NULL)
		return ERR_OK;
	if (!seal_fingerprint_read(out, view_text(text)))
		return err_set(&cli->info, ERR_USAGE, _("%s takes 40 digits in 8 groups of 5"), option);
	*given = out;
	return ERR_OK;
}

static bool
is_word(const struct bytes *answer, const char *a, const char *b)
{
	return view_equal(bytes_view(answer), view_text(a)) || view_equal(bytes_view(answer), view_text(b));
}

enum err
cli_confirm(struct cli *cli, const char *what, const struct seal_fingerprint *fingerprint, bool *is_confirmed)
{
	struct bytes answer = {0};
	struct bytes question = {0};
	struct err_info info;
	enum err err = bytes_printf(
		&question, &cli->info,
		_("%s has fingerprint %s\nIs it the one read out? [yes/no; Enter: nobody has compared it]"), what,
		fingerprint->text);

	*is_confirmed = false;
	if (err == ERR_OK && cli_ask(cli, bytes_text(&question), &answer, &info) == ERR_OK) {
		*is_confirmed = is_word(&answer, "yes", "y");
		if (!*is_confirmed && is_word(&answer, "no", "n"))
			err = err_set(&cli->info, ERR_AUTH,
			              _("%s is not who it says it is: the fingerprint is another; nothing was changed"),
			              what);
		else if (!*is_confirmed && answer.size > 0)
			err = err_set(&cli->info, ERR_USAGE, _("'%s' is neither yes nor no; nothing was changed"),
			              cli_safe(bytes_text(&answer)));
	}
	bytes_release(&question);
	bytes_release(&answer);
	return err;
}

static void
print_enrolled(struct cli *cli, const struct flow_enrol_result *result, const char *out)
{
	struct json_writer *writer = cli_json_begin(cli, "enrol");

	cli_json_string(writer, "node", result->code.text);
	cli_json_string(writer, "level", statement_level_name(result->level));
	cli_json_string(writer, "name", result->name);
	cli_json_string(writer, "fingerprint", result->fingerprint.text);
	cli_json_bool(writer, "confirmed", result->is_confirmed);
	cli_json_bool(writer, "known", result->was_known);
	cli_json_string(writer, "file", out);
	cli_json_end(cli);
	cli_line(cli,
	         result->was_known ? _("%s %s was enrolled before; the answer was written again to %s")
	                           : _("%s %s is enrolled; its answer is in %s"),
	         cli_safe(result->name), result->code.text, out);
	cli_line(cli, _("  fingerprint  %s%s"), result->fingerprint.text,
	         result->is_confirmed ? "" : _("  (unconfirmed: nobody compared it)"));
	cli_line(cli, _("  next         over there: tiersync accept %s"), out);
}

enum err
cmd_enrol(struct cli *cli)
{
	struct node *node = NULL;
	struct bytes card = {0};
	struct bytes answer = {0};
	struct seal_fingerprint fingerprint;
	struct flow_enrol_terms terms = {.is_replacement = cli_has(cli, "--replace")};
	struct flow_enrol_result result;
	const char *out;
	enum err err = need_out(&out, cli);

	if (err == ERR_OK)
		err = cli_fingerprint(&fingerprint, &terms.fingerprint, cli, "--fingerprint");
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = cli_read_file(&card, cli->arguments[0], CARD_BYTES_MAX, &cli->info);
	terms.card = bytes_view(&card);
	if (err == ERR_OK)
		err = flow_card_look(&result, terms.card, &cli->info);
	if (err == ERR_OK && terms.fingerprint == NULL)
		err = cli_confirm(cli, result.code.text, &result.fingerprint, &terms.is_confirmed);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_enrol(&answer, &result, &desk, &terms, &cli->info);
	}
	if (err == ERR_OK && !cli->dry_run)
		err = fs_write(out, bytes_view(&answer), 0644, &cli->info);
	if (err == ERR_OK)
		print_enrolled(cli, &result, out);
	if (err == ERR_OK && result.was_known && !result.is_confirmed &&
	    (terms.is_confirmed || terms.fingerprint != NULL))
		cli_note(cli, "%s",
		         _("note: the fingerprint is right, but the statement that enrolled it says unconfirmed and "
		           "stays; to have it "
		           "confirmed, let it write a new card from a new store, and enrol that with --replace"));
	bytes_release(&card);
	bytes_release(&answer);
	node_free(node);
	return err;
}

static void
print_accepted(struct cli *cli, struct node *node, const struct flow_accept_result *result)
{
	struct json_writer *writer = cli_json_begin(cli, "accept");

	cli_json_string(writer, "node", node_identity_of(node)->code.text);
	cli_json_string(writer, "superior", result->superior.text);
	cli_json_string(writer, "root", result->root.text);
	cli_json_bool(writer, "confirmed", result->is_confirmed);
	cli_json_bool(writer, "replaced", result->is_replaced);
	cli_json_bool(writer, "adopted", result->is_adopted);
	cli_json_end(cli);
	cli_line(cli, _("%s is enrolled under %s %s"), node_label(node, &node_identity_of(node)->code),
	         cli_safe(result->superior_name), result->superior.text);
	cli_line(cli, _("  root         %s%s"), result->root.text,
	         result->is_confirmed
	                 ? ""
	                 : _("  (unconfirmed: compare it with the root's and run accept again with --root)"));
	if (result->is_adopted)
		cli_line(cli, "%s",
		         _("  adopted      the root pinned before stands below this one now; each office below: enrol "
		           "its card "
		           "again here, and let it accept the answer with --root"));
	if (result->is_replaced)
		cli_line(cli, _("  partition    comes back with the next bundle of %s: let it sync, then sync here"),
		         result->superior.text);
	cli_line(cli, _("  next         tiersync peer add %s dir:PATH; tiersync sync"), result->superior.text);
}

enum err
cmd_accept(struct cli *cli)
{
	struct node *node = NULL;
	struct bytes answer = {0};
	struct seal_fingerprint fingerprint;
	const struct seal_fingerprint *root;
	struct flow_accept_result result = {0};
	bool is_confirmed = false;
	enum err err = cli_fingerprint(&fingerprint, &root, cli, "--root");

	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = cli_read_file(&answer, cli->arguments[0], ANSWER_BYTES_MAX, &cli->info);
	if (err == ERR_OK)
		err = flow_answer_look(&result, bytes_view(&answer), &cli->info);
	if (err == ERR_OK && root == NULL)
		err = cli_confirm(cli, _("the root"), &result.root, &is_confirmed);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_accept(&result, &desk, bytes_view(&answer), root, is_confirmed, &cli->info);
	}
	if (err == ERR_OK)
		print_accepted(cli, node, &result);
	bytes_release(&answer);
	node_free(node);
	return err;
}
