#include <string.h>
#include <unistd.h>

#include "cli/findings_voice.h"
#include "cli/taken.h"
#include "cli/verbs.h"
#include "flow/reply.h"

const struct cli_option cmd_answer_options[] = {
	{"--out", "FILE", N_("where the answer goes; else standard output")},
	{NULL, NULL, NULL},
};

/* Standard input is what ssh brings: whoever says nothing for long is gone. */
static enum err
open_input(int *fd_out, const char *path, struct node *node, struct err_info *info)
{
	const struct fs_inflow input = {.fd = STDIN_FILENO,
	                                .name = _("standard input"),
	                                .size_max = LIMIT_BUNDLE_BYTES_MAX,
	                                .silent_seconds_max = FLOW_CALLER_SILENT_SECONDS};

	if (strcmp(path, "-") == 0)
		return fs_spool(fd_out, &input, node_directory(node), info);
	return fs_open(fd_out, path, LIMIT_BUNDLE_BYTES_MAX, info);
}

static void
print_reply(struct cli *cli, struct node *node, const char *path, const struct flow_reply *reply)
{
	const struct flow_sent *sent = &reply->sent;
	struct json_writer *writer;

	cli_print_taken(cli, node, path, &reply->taken);
	if (reply->found_why.code != ERR_OK)
		cli_note(cli, _("found      nothing could be compared: %s\n  %s"), reply->found_why.text,
		         _(err_remedy(reply->found_why.code, &reply->found_why)));
	else
		cli_print_findings(cli, &reply->found, false);
	if (reply->bundle.size == 0)
		return;
	writer = cli_json_begin(cli, "sent");
	cli_json_string(writer, "to", sent->to.text);
	cli_json_integer(writer, "number", (int64_t)sent->number);
	cli_json_integer(writer, "bytes", (int64_t)sent->bytes);
	cli_json_integer(writer, "partitions", (int64_t)sent->partition_count);
	cli_json_end(cli);
	cli_line(cli, _("answered   bundle %llu to %s, %s"), (unsigned long long)sent->number,
	         node_label(node, &sent->to), cli_size(sent->bytes));
	cli_print_left_out(cli, node, sent);
}

static enum err
hand_over(struct cli *cli, const struct flow_reply *reply, const char *out)
{
	enum err err =
		out != NULL ? fs_write(out, bytes_view(&reply->bundle), 0644, &cli->info)
			    : fs_write_all(STDOUT_FILENO, _("standard output"), bytes_view(&reply->bundle), &cli->info);

	if (err != ERR_OK)
		return err_in(&cli->info, err, "%s",
		              _("the bundle was taken, its answer is lost and comes with the next call"));
	return ERR_OK;
}

enum err
cmd_answer(struct cli *cli)
{
	const char *path = cli->arguments_count > 0 ? cli->arguments[0] : "-";
	const char *out = cli_value(cli, "--out");
	struct flow_reply reply = {.found_why = {.code = ERR_OK}};
	struct flow_file file = {
		.fd = -1, .name = strcmp(path, "-") == 0 ? _("standard input") : path, .is_only = true};
	struct node *node = NULL;
	enum err err = ERR_OK;

	if (out == NULL && cli->json)
		return err_set(&cli->info, ERR_USAGE, "%s",
		               _("standard output carries the answer itself: with --json, give --out FILE too"));
	cli->is_aside = out == NULL;
	err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = open_input(&file.fd, path, node, &cli->info);
	if (err == ERR_OK) {
		const struct flow_desk desk = cli_desk(cli, node);

		err = flow_reply(&reply, &desk, &file, &cli->info);
	}
	if (err == ERR_OK) {
		cli->exit_code = flow_reply_exit_code(&reply);
		print_reply(cli, node, file.name, &reply);
		err = cli->dry_run ? ERR_OK : hand_over(cli, &reply, out);
	}
	flow_reply_release(&reply);
	if (file.fd >= 0)
		(void)close(file.fd);
	node_free(node);
	return err;
}
