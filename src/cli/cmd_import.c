#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "flow/import.h"

const struct cli_option cmd_import_options[] = {
	{"--kind", "KIND", N_("of which kind the rows are")},
	{"--partition", "NODE",
         N_("in whose partition (default: our own); rolls: our external rolls; all: match in every partition held, add "
            "nothing")},
	{"--full", NULL, N_("the file is the whole roll: what is absent is removed")},
	{"--allow-removals", "N", N_("with --full: how many records may be removed")},
	{"--skip-bad", "FILE", N_("take the good rows, write the bad ones with their reasons to FILE")},
	{"--encoding", "NAME", N_("utf-8 or gb18030")},
	{"--map", "FILE", N_("JSON object: column name to field name")},
	CLI_EDIT_OPTIONS,
	{NULL, NULL, NULL},
};

/* One run of the verb: what it reads and where bad rows go. */
struct run {
	struct cli *cli;
	enum text_encoding encoding;
	int fd;
	struct bytes map;
	struct bytes rejects;
	struct node_code owner; /* of the partition, if one was named */
};

/* For messages. */
static const char *
file_name(const struct cli *cli)
{
	return strcmp(cli->arguments[0], "-") == 0 ? _("standard input") : cli->arguments[0];
}

static void
tell_bad(void *context, const char *text)
{
	const struct run *run = context;
	struct cli *cli = run->cli;
	struct json_writer *writer = cli_json_begin(cli, "bad");

	cli_json_string(writer, "text", text);
	cli_json_end(cli);
	cli_note(cli, "%s", cli_safe(text));
}

static void
print_result(struct cli *cli, const struct flow_import_result *result)
{
	struct json_writer *writer = cli_json_begin(cli, "import");
	bool has_head = result->commits > 0 && !cli->dry_run;

	cli_json_integer(writer, "rows", (int64_t)result->rows);
	cli_json_integer(writer, "added", (int64_t)result->added);
	cli_json_integer(writer, "changed", (int64_t)result->changed);
	cli_json_integer(writer, "unchanged", (int64_t)result->unchanged);
	cli_json_integer(writer, "removed", (int64_t)result->removed);
	cli_json_integer(writer, "bad", (int64_t)result->bad);
	cli_json_integer(writer, "unmatched", (int64_t)result->unmatched);
	cli_json_integer(writer, "commits", (int64_t)result->commits);
	cli_json_made(cli, writer, "head", view_of(result->head.bytes, OID_BYTES));
	cli_json_end(cli);
	if (result->commits == 0 && result->bad == 0 && result->unmatched == 0) {
		cli_line(cli, _("%llu rows: nothing changed"), (unsigned long long)result->rows);
		return;
	}
	cli_line(cli, _("%llu rows: %llu added, %llu changed, %llu unchanged, %llu removed, %llu bad%s%s"),
	         (unsigned long long)result->rows, (unsigned long long)result->added,
	         (unsigned long long)result->changed, (unsigned long long)result->unchanged,
	         (unsigned long long)result->removed, (unsigned long long)result->bad, has_head ? _("; head ") : "",
	         has_head ? cli_short_oid(&result->head) : "");
	if (result->unmatched > 0)
		cli_line(cli, _("%llu rows match no record in any partition held; nothing was added for them"),
		         (unsigned long long)result->unmatched);
}

static enum err
read_terms(struct flow_import_terms *out, struct bytes *map, struct cli *cli)
{
	enum err err;

	out->kind = cli_value(cli, "--kind");
	if (out->kind == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("import needs --kind KIND"));
	out->is_full = cli_has(cli, "--full");
	err = cli_number(cli, "--allow-removals", -1, 0, INT64_MAX, &out->removals_allowed, &cli->info);
	if (err == ERR_OK && cli_has(cli, "--map")) {
		err = fs_read(map, cli_value(cli, "--map"), LIMIT_KIND_FILE_BYTES_MAX, &cli->info);
		out->map = bytes_view(map);
	}
	out->is_skipping = cli_has(cli, "--skip-bad");
	if (err == ERR_OK && out->removals_allowed >= 0 && !out->is_full)
		err = err_set(&cli->info, ERR_USAGE, "%s", _("--allow-removals goes with --full"));
	return err;
}

static enum err
open_file(struct run *run)
{
	const char *path = run->cli->arguments[0];

	run->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (run->fd >= 0)
		return ERR_OK;
	if (errno == ENOENT)
		return err_set(&run->cli->info, ERR_NOT_FOUND, _("there is no file %s"), path);
	return err_errno(&run->cli->info, errno, "%s %s", _("cannot open"), path);
}

static enum err
read_file(struct import_source **out, void *context, struct err_info *info)
{
	struct run *run = context;

	return import_source_new_fd(out, run->fd, file_name(run->cli), import_format_of(run->cli->arguments[0]),
	                            run->encoding, info);
}

/* From the start, once more for each partition. */
static enum err
read_again(struct import_source **out, void *context, struct err_info *info)
{
	struct run *run = context;

	if (lseek(run->fd, 0, SEEK_SET) != 0)
		return err_set(info, ERR_USAGE, "%s",
		               _("--partition all reads the file several times: name a file, not a pipe"));
	return read_file(out, context, info);
}

/* Before anything is published, so that no bad row is lost. */
static enum err
keep_rejects(void *context, struct err_info *info)
{
	struct run *run = context;

	if (run->rejects.size == 0 || run->cli->dry_run)
		return ERR_OK;
	return fs_write(cli_value(run->cli, "--skip-bad"), bytes_view(&run->rejects), 0600, info);
}

static enum err
import_rows(struct flow_import_result *result, struct run *run, struct node *node, struct flow_import_terms *terms)
{
	struct cli *cli = run->cli;
	struct flow_desk desk = cli_desk(cli, node);
	const char *partition = cli_value(cli, "--partition");
	struct import_source *source = NULL;
	enum err err;

	if (partition != NULL && strcmp(partition, "all") == 0)
		return flow_import_all(result, &desk, terms, read_again, run, &cli->info);
	if (partition != NULL) {
		terms->owner = &run->owner;
		err = cli_partition(&run->owner, partition, node, &cli->info);
		if (err != ERR_OK)
			return err;
	}
	err = read_file(&source, run, &cli->info);
	if (err == ERR_OK)
		err = flow_import(result, &desk, terms, source, &cli->info);
	import_source_free(source);
	return err;
}

static void
run_release(struct run *run)
{
	bytes_release(&run->map);
	bytes_release(&run->rejects);
	if (run->fd > STDIN_FILENO)
		(void)close(run->fd);
}

enum err
cmd_import(struct cli *cli)
{
	struct run run = {.cli = cli, .fd = -1};
	struct node *node = NULL;
	struct flow_import_result result = {0};
	struct flow_import_terms terms = {.file_name = file_name(cli),
	                                  .bad_row = tell_bad,
	                                  .before_publish = keep_rejects,
	                                  .context = &run,
	                                  .rejects = &run.rejects};
	enum err err = read_terms(&terms, &run.map, cli);

	if (err == ERR_OK)
		err = cli_encoding(&run.encoding, cli);
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = open_file(&run);
	if (err == ERR_OK)
		err = import_rows(&result, &run, node, &terms);
	if (err == ERR_OK) {
		if (result.bad > 0)
			cli->exit_code = err_exit_code(ERR_PART);
		print_result(cli, &result);
	}
	run_release(&run);
	node_free(node);
	return err;
}
