#include <string.h>

#include "cli/verbs.h"
#include "flow/answers.h"

const struct cli_option cmd_resolve_options[] = {
	{"--field", "F", N_("which of the record's conflicts, as tiersync conflicts shows it")},
	{"--reason", "CODE", N_("why: 1 to 16 letters or digits, or a code of the set REASON")},
	{"--take", "WHAT", N_("a level, node or commit: its value; kept or removed: the record")},
	{"--value", "V", N_("this value")},
	{"--confirm", NULL, N_("the decision again, after all")},
	{"--same-as", "ID", N_("this record is that one: it goes, that one stays")},
	{"--both", NULL, N_("two records, not one")},
	{"--accept", NULL, N_("a broken rule as it is, until one of its values changes")},
	{"--drop", NULL, N_("a refused write was seen")},
	{"--file", "FILE", N_("many, from the CSV of tiersync conflicts --csv")},
	{"--encoding", "NAME", N_("of the file: utf-8 (default) or gb18030")},
	{"--partition", "NODE", N_("in whose partition (default: where the record is found)")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

const struct cli_option cmd_revert_options[] = {
	{"--partition", "NODE", N_("in whose partition (default: where the commit is found)")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

/* The one form that was asked for. */
static enum err
read_form(struct flow_answer *answer, struct cli *cli)
{
	static const struct {
		const char *option;
		enum merge_form form;
	} FORMS[] = {
		{"--take", MERGE_FORM_TAKE},       {"--value", MERGE_FORM_VALUE}, {"--confirm", MERGE_FORM_CONFIRM},
		{"--same-as", MERGE_FORM_SAME_AS}, {"--both", MERGE_FORM_BOTH},   {"--accept", MERGE_FORM_ACCEPT},
		{"--drop", MERGE_FORM_DROP},
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
		if (!cli_has(cli, FORMS[i].option))
			continue;
		answer->form = FORMS[i].form;
		answer->text = cli_value(cli, FORMS[i].option);
		count++;
	}
	if (count != 1)
		return err_set(&cli->info, ERR_USAGE, "%s",
		               _("resolve needs one answer: --take, --value, --confirm, --same-as, --both, --accept or "
		                 "--drop"));
	if (answer->form == MERGE_FORM_TAKE && strcmp(answer->text, "kept") == 0)
		answer->form = MERGE_FORM_KEPT;
	else if (answer->form == MERGE_FORM_TAKE && strcmp(answer->text, "removed") == 0)
		answer->form = MERGE_FORM_REMOVED;
	return ERR_OK;
}

static enum err
read_file(struct flow_answers *out, struct cli *cli)
{
	const char *name = cli_value(cli, "--encoding");
	enum text_encoding encoding = name != NULL && strcmp(name, "gb18030") == 0 ? TEXT_GB18030 : TEXT_UTF8;
	struct text_input *input = NULL;
	struct bytes content = {0};
	enum err err = ERR_OK;

	if (name != NULL && strcmp(name, "gb18030") != 0 && strcmp(name, "utf-8") != 0)
		return err_set(&cli->info, ERR_USAGE, _("--encoding: utf-8 or gb18030, not '%s'"), name);
	err = cli_read_file(&content, cli_value(cli, "--file"), LIMIT_BUNDLE_BYTES_MAX, &cli->info);
	if (err == ERR_OK)
		err = text_input_new_view(&input, bytes_view(&content), cli_value(cli, "--file"), encoding, &cli->info);
	if (err == ERR_OK)
		err = flow_answers_read(out, input, cli_value(cli, "--reason"), &cli->info);
	text_input_free(input);
	bytes_release(&content);
	return err;
}

static void
json_resolved(struct cli *cli, const char *type, const struct flow_resolved *resolved)
{
	struct json_writer *writer = cli_json_begin(cli, type);

	cli_json_integer(writer, "settled", (int64_t)resolved->settled);
	cli_json_integer(writer, "commits", (int64_t)resolved->commits);
	cli_json_made(cli, writer, "commit", view_of(resolved->commit.bytes, OID_BYTES));
	cli_json_end(cli);
}

enum err
cmd_resolve(struct cli *cli)
{
	struct flow_answers answers = {.count = 0};
	struct flow_answer answer = {.place = cli_value(cli, "--field"), .reason = cli_value(cli, "--reason")};
	struct flow_resolved resolved = {.settled = 0};
	struct node_code owner;
	struct node *node = NULL;
	bool has_file = cli_has(cli, "--file");
	enum err err = ERR_OK;

	if (has_file == (cli->arguments_count > 0))
		return err_set(&cli->info, ERR_USAGE, "%s", _("resolve takes the id of a record, or --file FILE"));
	if (!has_file)
		err = read_form(&answer, cli);
	if (err == ERR_OK && cli_value(cli, "--partition") != NULL) {
		err = cli_code(&owner, "--partition", cli_value(cli, "--partition"), &cli->info);
		answer.owner = &owner;
	}
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK && has_file)
		err = read_file(&answers, cli);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		answer.record = has_file ? NULL : cli->arguments[0];
		err = flow_resolve(&resolved, &desk, has_file ? answers.items : &answer, has_file ? answers.count : 1,
		                   &cli->info);
	}
	if (err != ERR_OK && has_file)
		err = err_in(&cli->info, err, "%s", cli_value(cli, "--file"));
	if (err == ERR_OK) {
		json_resolved(cli, "resolve", &resolved);
		cli_line(cli, _("%zu conflicts settled in %zu edits"), resolved.settled, resolved.commits);
	}
	flow_answers_release(&answers);
	node_free(node);
	return err;
}

enum err
cmd_revert(struct cli *cli)
{
	struct flow_resolved resolved = {.settled = 0};
	struct node_code owner;
	const char *text = cli_value(cli, "--partition");
	struct node *node = NULL;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK && text != NULL)
		err = cli_code(&owner, "--partition", text, &cli->info);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_revert(&resolved, &desk, text == NULL ? NULL : &owner, cli->arguments[0], &cli->info);
	}
	if (err == ERR_OK) {
		json_resolved(cli, "revert", &resolved);
		if (resolved.commits == 0)
			cli_line(cli, _("nothing of %s stands any more: nothing to take back"), cli->arguments[0]);
		else
			cli_line(cli, _("%zu taken back in %zu edits"), resolved.settled, resolved.commits);
	}
	node_free(node);
	return err;
}
