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

static void
tell_bad(void *context, const char *text)
{
	struct cli *cli = context;
	struct json_writer *writer = cli_json_begin(cli, "bad");

	cli_json_string(writer, "text", text);
	cli_json_end(cli);
	cli_note(cli, "%s", cli_safe(text));
}

static void
print_result(struct cli *cli, const struct flow_import_result *result)
{
	struct json_writer *writer = cli_json_begin(cli, "import");

	cli_json_integer(writer, "rows", (int64_t)result->rows);
	cli_json_integer(writer, "added", (int64_t)result->added);
	cli_json_integer(writer, "changed", (int64_t)result->changed);
	cli_json_integer(writer, "unchanged", (int64_t)result->unchanged);
	cli_json_integer(writer, "removed", (int64_t)result->removed);
	cli_json_integer(writer, "bad", (int64_t)result->bad);
	cli_json_integer(writer, "unmatched", (int64_t)result->unmatched);
	cli_json_integer(writer, "commits", (int64_t)result->commits);
	cli_json_oid(writer, "head", &result->head);
	cli_json_end(cli);
	if (result->commits == 0 && result->bad == 0)
		cli_line(cli, _("%llu rows: nothing changed"), (unsigned long long)result->rows);
	else
		cli_line(cli, _("%llu rows: %llu added, %llu changed, %llu unchanged, %llu removed, %llu bad; head %s"),
		         (unsigned long long)result->rows, (unsigned long long)result->added,
		         (unsigned long long)result->changed, (unsigned long long)result->unchanged,
		         (unsigned long long)result->removed, (unsigned long long)result->bad,
		         cli_short_oid(&result->head));
}

static enum err
read_partition(struct flow_import_terms *out, struct node_code *code, struct cli *cli, const struct node *node)
{
	const char *partition = cli_value(cli, "--partition");

	out->is_match_only = partition != NULL && strcmp(partition, "all") == 0;
	if (partition == NULL || out->is_match_only)
		return ERR_OK;
	out->owner = code;
	return cli_partition(code, partition, node, &cli->info);
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
	return err;
}

static enum err
read_encoding(enum text_encoding *out, struct cli *cli)
{
	const char *name = cli_value(cli, "--encoding");

	*out = TEXT_UTF8;
	if (name == NULL || strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0)
		return ERR_OK;
	*out = TEXT_GB18030;
	if (strcmp(name, "gb18030") == 0)
		return ERR_OK;
	return err_set(&cli->info, ERR_USAGE, _("--encoding takes utf-8 or gb18030, not '%s'"), name);
}

static enum err
import_once(struct flow_import_result *result, struct cli *cli, struct node *node,
            const struct flow_import_terms *terms, enum text_encoding encoding)
{
	const char *path = cli->arguments[0];
	bool is_stdin = strcmp(path, "-") == 0;
	struct flow_desk desk = cli_desk(cli, node);
	struct import_source *source = NULL;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	enum err err;

	if (fd < 0)
		return err_set(&cli->info, ERR_NOT_FOUND, _("%s cannot be opened"), path);
	err = import_source_new_fd(&source, fd, terms->file_name, import_format_of(path), encoding, &cli->info);
	if (err == ERR_OK)
		err = flow_import(result, &desk, terms, source, &cli->info);
	import_source_free(source);
	if (!is_stdin)
		(void)close(fd);
	return err;
}

static void
add_result(struct flow_import_result *sum, const struct flow_import_result *one)
{
	uint64_t rows = one->rows;

	sum->added += one->added;
	sum->changed += one->changed;
	sum->unchanged += one->unchanged;
	sum->removed += one->removed;
	sum->bad = one->bad;
	sum->commits += one->commits;
	sum->head = one->head;
	sum->rows = rows;
}

/* Every partition held in turn: a row is matched where its record lies, and nothing is ever added. */
static enum err
import_all(struct flow_import_result *sum, struct cli *cli, struct node *node, const struct flow_import_terms *given,
           enum text_encoding encoding)
{
	struct flow_import_terms terms = *given;
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, node, &cli->info);

	if (err == ERR_OK && strcmp(cli->arguments[0], "-") == 0)
		err = err_set(&cli->info, ERR_USAGE, "%s",
		              _("--partition all reads the file several times: name a file"));
	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		struct flow_import_result one = {0};

		terms.owner = &codes.codes[i];
		err = import_once(&one, cli, node, &terms, encoding);
		add_result(sum, &one);
		if (terms.rejects != NULL && i + 1 < codes.count)
			bytes_clear(terms.rejects);
	}
	sum->unmatched = sum->rows - sum->changed - sum->unchanged - sum->bad;
	node_codes_release(&codes);
	return err;
}

enum err
cmd_import(struct cli *cli)
{
	struct node *node = NULL;
	struct node_code code;
	struct bytes map = {0};
	struct bytes rejects = {0};
	struct flow_import_result result = {0};
	struct flow_import_terms terms = {.file_name = cli->arguments[0], .bad_row = tell_bad, .context = cli};
	enum text_encoding encoding;
	enum err err = read_terms(&terms, &map, cli);

	terms.rejects = &rejects;
	if (err == ERR_OK)
		err = read_encoding(&encoding, cli);
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = read_partition(&terms, &code, cli, node);
	if (err == ERR_OK)
		err = terms.is_match_only ? import_all(&result, cli, node, &terms, encoding)
		                          : import_once(&result, cli, node, &terms, encoding);
	if (err == ERR_OK && terms.is_skipping && result.bad > 0) {
		cli->exit_code = err_exit_code(ERR_PART);
		if (!cli->dry_run)
			err = fs_write(cli_value(cli, "--skip-bad"), bytes_view(&rejects), 0600, &cli->info);
	}
	if (err == ERR_OK)
		print_result(cli, &result);
	bytes_release(&map);
	bytes_release(&rejects);
	node_free(node);
	return err;
}
