#include <stdlib.h>

#include "cli/findings_voice.h"
#include "cli/outlook.h"
#include "cli/taken.h"
#include "cli/verbs.h"
#include "flow/sync.h"
#include "transport/ssh.h"

enum {
	SECONDS_PER_DAY = 86400
};

const struct cli_option cmd_sync_options[] = {
	{"--fail-on-conflicts", NULL, N_("exit 5 if all went well and conflicts wait")},
	{"--patience", "SECONDS", N_("how long a peer that is called by ssh may say nothing (300)")},
	{NULL, NULL, NULL},
};

struct sync_voice {
	struct cli *cli;
	struct node *node;
};

static void
say_took(void *context, const char *file, const struct flow_taken *taken)
{
	const struct sync_voice *voice = context;

	cli_print_taken(voice->cli, voice->node, file, taken);
}

static void
say_not_taken(void *context, const char *file, const struct err_info *why)
{
	struct cli *cli = ((const struct sync_voice *)context)->cli;
	struct json_writer *writer = cli_json_begin(cli, "error");

	cli_json_string(writer, "file", file);
	cli_json_string(writer, "code", err_name(why->code));
	cli_json_string(writer, "text", why->text);
	cli_json_end(cli);
	cli_note(cli, _("not taken  %s: %s\n  %s"), cli_safe(file), why->text, _(err_remedy(why->code, why)));
}

static void
say_sent(void *context, const struct flow_sent *sent)
{
	const struct sync_voice *voice = context;
	struct json_writer *writer = cli_json_begin(voice->cli, "sent");
	uint64_t edits = 0;
	uint64_t records = 0;

	for (size_t i = 0; i < sent->partition_count; i++) {
		edits += sent->partitions[i].edits;
		records += sent->partitions[i].added + sent->partitions[i].changed + sent->partitions[i].removed;
	}
	cli_json_string(writer, "to", sent->to.text);
	cli_json_integer(writer, "number", (int64_t)sent->number);
	cli_json_integer(writer, "bytes", (int64_t)sent->bytes);
	cli_json_integer(writer, "partitions", (int64_t)sent->partition_count);
	cli_json_integer(writer, "edits", (int64_t)edits);
	cli_json_integer(writer, "records", (int64_t)records);
	cli_json_end(voice->cli);
	cli_line(voice->cli, _("sent       bundle %llu to %s, %s: %llu changes in %llu edits"),
	         (unsigned long long)sent->number, node_label(voice->node, &sent->to), cli_size(sent->bytes),
	         (unsigned long long)records, (unsigned long long)edits);
	cli_print_left_out(voice->cli, voice->node, sent);
}

static void
say_failed(void *context, const char *what, const struct err_info *why, bool is_agreed)
{
	struct cli *cli = ((const struct sync_voice *)context)->cli;
	struct json_writer *writer = cli_json_begin(cli, is_agreed ? "silent" : "unreached");

	cli_json_string(writer, "node", what);
	cli_json_string(writer, "code", err_name(why->code));
	cli_json_string(writer, "text", why->text);
	cli_json_end(cli);
	if (is_agreed)
		cli_note(cli, _("silent     %s: %s (within the silence agreed)"), what, why->text);
	else
		cli_note(cli, _("failed     %s: %s\n  %s"), what, why->text, _(err_remedy(why->code, why)));
}

static void
say_skipped(void *context, const char *file, const char *reason)
{
	cli_note(((const struct sync_voice *)context)->cli, _("passed over %s: %s"), cli_safe(file), reason);
}

static void
say_found(void *context, const struct flow_findings_result *result, const struct err_info *why)
{
	struct cli *cli = ((const struct sync_voice *)context)->cli;

	if (why == NULL)
		cli_print_findings(cli, result, false);
	else
		cli_note(cli, _("found      nothing could be compared: %s\n  %s"), why->text,
		         _(err_remedy(why->code, why)));
}

static enum err
read_terms(struct flow_sync_terms *out, struct cli *cli)
{
	int64_t seconds = 0;
	enum err err =
		cli_number(cli, "--patience", TRANSPORT_SILENT_SECONDS, 1, SECONDS_PER_DAY, &seconds, &cli->info);

	*out = (struct flow_sync_terms){.directory = cli->arguments_count > 0 ? cli->arguments[0] : NULL,
	                                .ssh = getenv("TIERSYNC_SSH"),
	                                .silent_seconds_max = (unsigned)seconds};
	if (out->ssh != NULL && out->ssh[0] == '\0')
		out->ssh = NULL;
	return err;
}

/* The last line of a night that was done in part: what was not. */
static void
say_part(struct cli *cli, const struct flow_sync_result *result)
{
	if (cli->exit_code == err_exit_code(ERR_PART))
		cli_line(cli,
		         _("done in part: %zu sent, %zu taken; %zu peers or places failed, %zu files not taken, %zu "
		           "bundles "
		           "stopped in part"),
		         result->sent, result->taken, result->failed, result->not_taken, result->stopped);
}

enum err
cmd_sync(struct cli *cli)
{
	struct sync_voice voice = {.cli = cli};
	const struct flow_sync_watch watch = {&voice,     say_took,    say_not_taken, say_sent,
	                                      say_failed, say_skipped, say_found};
	struct flow_sync_result result;
	struct flow_outlook outlook = {.conflicts = 0};
	struct flow_sync_terms terms;
	enum err err = read_terms(&terms, cli);

	if (err == ERR_OK)
		err = cli_open(cli, &voice.node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, voice.node);

		err = flow_sync(&result, &desk, &terms, &watch, &cli->info);
	}
	if (err == ERR_OK) {
		if (!node_identity_of(voice.node)->is_root_confirmed)
			cli_note(cli, _("note: the root of this office is unconfirmed: compare its fingerprint, then "
			                "accept again with --root"));
		cli->exit_code = flow_sync_exit_code(&result);
		err = cli_print_outlook(&outlook, cli, voice.node);
		if (cli->exit_code == 0 && outlook.damaged > 0)
			cli->exit_code = err_exit_code(ERR_PART);
		say_part(cli, &result);
		if (cli->exit_code == 0 && outlook.conflicts > 0 && cli_has(cli, "--fail-on-conflicts"))
			cli->exit_code = err_exit_code(ERR_CONFLICTS);
	}
	node_free(voice.node);
	return err;
}
