#include "cli/taken.h"
#include "cli/verbs.h"
#include "flow/bundle.h"
#include "node/node.h"

const struct cli_option cmd_bundle_options[] = {
	{"--to", "NODE", N_("for whom")},
	{"--out", "FILE", N_("where it goes")},
	{"--full", NULL, N_("everything from the beginning, whatever the office is known to hold")},
	{NULL, NULL, NULL},
};

static void
print_bundle(struct cli *cli, struct node *node, const struct flow_sent *sent, const char *out)
{
	struct json_writer *writer;

	for (size_t i = 0; i < sent->partition_count; i++) {
		const struct flow_sent_partition *row = &sent->partitions[i];

		writer = cli_json_begin(cli, "partition");
		cli_json_string(writer, "partition", row->owner.text);
		cli_json_integer(writer, "edits", (int64_t)row->edits);
		cli_json_integer(writer, "added", (int64_t)row->added);
		cli_json_integer(writer, "changed", (int64_t)row->changed);
		cli_json_integer(writer, "removed", (int64_t)row->removed);
		cli_json_oid(writer, "end", &row->end);
		cli_json_bool(writer, "whole", row->is_whole);
		cli_json_end(cli);
		cli_line(cli, _("  %s: %llu edits; %llu added, %llu changed, %llu removed%s"),
		         node_label(node, &row->owner), (unsigned long long)row->edits, (unsigned long long)row->added,
		         (unsigned long long)row->changed, (unsigned long long)row->removed,
		         row->is_whole ? "" : _("; the next bundle goes on from there"));
	}
	writer = cli_json_begin(cli, "bundle");
	cli_json_string(writer, "to", sent->to.text);
	cli_json_integer(writer, "number", (int64_t)sent->number);
	cli_json_integer(writer, "bytes", (int64_t)sent->bytes);
	cli_json_made(cli, writer, "digest", view_of(sent->digest.bytes, DIGEST_BYTES));
	cli_json_string(writer, "file", out);
	cli_json_end(cli);
	cli_line(cli, _("bundle %llu for %s: %s in %s"), (unsigned long long)sent->number, node_label(node, &sent->to),
	         cli_size(sent->bytes), out);
}

enum err
cmd_bundle(struct cli *cli)
{
	const char *to = cli_value(cli, "--to");
	const char *out = cli_value(cli, "--out");
	struct node *node = NULL;
	struct node_code code;
	struct flow_sent sent = {0};
	struct bytes file = {0};
	enum err err;

	if (to == NULL || out == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("bundle needs --to NODE and --out FILE"));
	err = cli_code(&code, "--to", to, &cli->info);
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK)
		err = node_lock(node, cli->wait_seconds, &cli->info);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_bundle_make(&file, &sent, &desk, &code, cli_has(cli, "--full"), &cli->info);
	}
	if (err == ERR_OK && !cli->dry_run)
		err = node_commit(node, "bundle", &cli->info);
	if (err == ERR_OK && !cli->dry_run)
		err = fs_write(out, bytes_view(&file), 0644, &cli->info);
	if (err == ERR_OK)
		print_bundle(cli, node, &sent, out);
	if (err == ERR_OK)
		cli_print_left_out(cli, node, &sent);
	if (err == ERR_OK && sent.left_out_count > 0)
		cli->exit_code = err_exit_code(ERR_PART);
	flow_sent_release(&sent);
	bytes_release(&file);
	node_free(node);
	return err;
}
