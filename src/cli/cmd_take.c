#include <unistd.h>

#include "cli/findings_voice.h"
#include "cli/taken.h"
#include "cli/verbs.h"

const struct cli_option cmd_take_options[] = {{NULL, NULL, NULL}};

static enum err
take_one(struct cli *cli, struct node *node, const char *path, int *exit_code)
{
	const struct flow_desk desk = cli_desk(cli, node);
	struct flow_taken taken = {0};
	struct flow_file file = {.fd = -1, .name = path, .is_only = cli->arguments_count == 1};
	enum err err = cli_open_file(&file.fd, path, node_directory(node), LIMIT_BUNDLE_BYTES_MAX, &cli->info);

	if (err == ERR_OK)
		err = flow_take(&taken, &desk, &file, &cli->info);
	if (err == ERR_OK) {
		*exit_code = flow_taken_exit_code(&taken);
		cli_print_taken(cli, node, path, &taken);
	} else {
		*exit_code = err_exit_code(err);
		err = *exit_code == err_exit_code(ERR_FORMAT) || *exit_code == err_exit_code(ERR_AUTH)
		              ? err_in(&cli->info, err, _("%s: not taken, nothing was changed"), path)
		              : err_in(&cli->info, err, "%s", path);
	}
	flow_taken_release(&taken);
	if (file.fd >= 0)
		(void)close(file.fd);
	return err;
}

static void
print_failure(struct cli *cli, enum err err)
{
	struct json_writer *writer = cli_json_begin(cli, "error");

	cli_json_string(writer, "code", err_name(err));
	cli_json_string(writer, "text", cli->info.text);
	cli_json_end(cli);
	cli_note(cli, "%s\n  %s", cli->info.text, _(err_remedy(err, &cli->info)));
}

/* A hub compares what has come, once for all files. */
static enum err
compare(struct cli *cli, struct node *node, int *worst)
{
	const struct flow_desk desk = cli_desk(cli, node);
	struct flow_findings_result result;
	enum err err = flow_findings_check(&result, &desk, 0, &cli->info);

	if (err ==
	    ERR_STATE) { /* a kind `finding` of another sort: nothing can be written, and nothing is wrong with the files */
		cli_note(cli, _("found      nothing could be compared: %s"), cli->info.text);
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	cli_print_findings(cli, &result, false);
	if (result.skipped > 0 && *worst == 0)
		*worst = err_exit_code(ERR_PART);
	return ERR_OK;
}

/* One file: its own code. Several: 7 if anything was done and anything was not. */
enum err
cmd_take(struct cli *cli)
{
	struct node *node = NULL;
	size_t done = 0;
	int worst = 0;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK)
		err = node_lock(node, cli->wait_seconds, &cli->info);
	for (size_t i = 0; err == ERR_OK && i < cli->arguments_count; i++) {
		int exit_code;
		enum err one = take_one(cli, node, cli->arguments[i], &exit_code);

		if (one != ERR_OK && cli->arguments_count == 1)
			err = one;
		else if (one != ERR_OK)
			print_failure(cli, one);
		done += one == ERR_OK ? 1U : 0U;
		worst = worst == 0 ? exit_code : worst;
	}
	if (err == ERR_OK && done > 0 && !cli->dry_run)
		err = compare(cli, node, &worst);
	if (err == ERR_OK)
		cli->exit_code = worst != 0 && done > 0 ? err_exit_code(ERR_PART) : worst;
	node_free(node);
	return err;
}
