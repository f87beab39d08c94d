#include "base/fs.h"
#include "cli/verbs.h"
#include "flow/audit.h"

const struct cli_option cmd_audit_options[] = {
	{"--root", "F", N_("fingerprint of the root: 40 digits; compared with the pinned one")},
	{NULL, NULL, NULL},
};
const struct cli_option cmd_fsck_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_gc_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_backup_options[] = {{NULL, NULL, NULL}};

static void
tell_wrong(void *context, const char *what, const struct err_info *why)
{
	struct cli *cli = context;
	struct json_writer *writer = cli_json_begin(cli, "wrong");

	cli_json_string(writer, "what", what);
	cli_json_string(writer, "code", err_name(why->code));
	cli_json_string(writer, "text", why->text);
	cli_json_end(cli);
	cli_line(cli, _("WRONG      %s: %s"), what, why->text);
}

static void
print_audit(struct cli *cli, const struct flow_audit_result *result, bool has_keys)
{
	struct json_writer *writer = cli_json_begin(cli, "audit");

	cli_json_integer(writer, "statements", (int64_t)result->statements);
	cli_json_integer(writer, "receipts", (int64_t)result->receipts);
	cli_json_integer(writer, "checkpoints", (int64_t)result->checkpoints);
	cli_json_integer(writer, "partitions", (int64_t)result->partitions);
	cli_json_integer(writer, "commits", (int64_t)result->commits);
	cli_json_integer(writer, "node_commits", (int64_t)result->node_commits);
	cli_json_integer(writer, "records", (int64_t)result->records);
	cli_json_integer(writer, "merges", (int64_t)result->merges);
	cli_json_integer(writer, "merges_made", (int64_t)result->merges_made);
	cli_json_integer(writer, "judged", (int64_t)result->judged);
	cli_json_integer(writer, "unheard", (int64_t)result->unheard);
	cli_json_integer(writer, "unreadable", (int64_t)result->unreadable);
	cli_json_bool(writer, "keys", has_keys);
	cli_json_integer(writer, "wrong", (int64_t)result->wrong);
	cli_json_end(cli);
	cli_line(cli, _("checked    %llu roster statements: signatures and chains, from the root down"),
	         (unsigned long long)result->statements);
	cli_line(cli,
	         _("checked    %llu receipts, %llu checkpoints: signers, chains, and that all they name is still "
	           "held; none was taken away in %llu commits of node.git"),
	         (unsigned long long)result->receipts, (unsigned long long)result->checkpoints,
	         (unsigned long long)result->node_commits);
	cli_line(cli,
	         _("checked    %llu commits of %llu partitions: form, signature, who may sign, parents, state "
	           "digest; shape of the head"),
	         (unsigned long long)result->commits, (unsigned long long)result->partitions);
	if (result->records > 0)
		cli_line(cli, _("checked    %llu records: opened and canonical"), (unsigned long long)result->records);
	if (result->unreadable > 0)
		cli_line(cli, _("not checked: the content of the records of %llu partitions: no key for them here"),
		         (unsigned long long)result->unreadable);
	if (result->judged > 0)
		cli_line(cli, _("checked    %llu edits: each write by the rights of its signer, or corrected"),
		         (unsigned long long)result->judged);
	if (result->unheard > 0)
		cli_line(cli,
		         _("waiting    %llu writes of this office that its rights do not cover: its superior is not "
		           "known "
		           "to hold them yet; it will correct them, or has"),
		         (unsigned long long)result->unheard);
	if (result->merges_made > 0)
		cli_line(cli, _("checked    %llu merges: made again, and the same"),
		         (unsigned long long)result->merges_made);
	if (result->merges > result->merges_made)
		cli_line(cli,
		         _("checked    %llu merges: against their parents, path by path; what both sides wrote was not "
		           "made again: no key for it here"),
		         (unsigned long long)(result->merges - result->merges_made));
	if (!has_keys || result->unreadable > 0)
		cli_line(cli, "%s", _("not checked: whether each write had the right: that needs the keys"));
}

static bool
is_store(const char *directory)
{
	char path[LIMIT_PATH_BYTES_MAX];

	return (fs_path(path, NULL, "%s/format", directory) == ERR_OK && fs_exists(path)) ||
	       node_check_vacant(directory, NULL, NULL) == ERR_EXISTS;
}

enum err
cmd_audit(struct cli *cli)
{
	struct node *node = NULL;
	struct seal_fingerprint fingerprint;
	const char *root = cli_value(cli, "--root");
	struct flow_audit_result result = {0};
	enum err err = ERR_OK;

	if (cli->arguments_count > 0)
		cli->store = cli->arguments[0];
	if (root != NULL && !seal_fingerprint_read(&fingerprint, view_text(root)))
		err = err_set(&cli->info, ERR_USAGE, "%s", _("--root takes 40 digits in 8 groups of 5"));
	if (err == ERR_OK)
		err = cli_open_damaged(cli, &node);
	if (err == ERR_OK) {
		err = flow_audit(&result, node, root == NULL ? NULL : &fingerprint, tell_wrong, cli, &cli->info);
		print_audit(cli, &result, node_keys(node) != NULL);
	}
	/* a store so damaged that it does not open is not authentic either */
	if (cli->store != NULL && node == NULL && is_store(cli->store) &&
	    (err == ERR_FORMAT || err == ERR_IO || err == ERR_NOT_FOUND || err == ERR_TOO_BIG)) {
		(void)flow_audit_files(cli->store, tell_wrong, cli);
		err = err_in(&cli->info, ERR_AUTH, "%s", _("it cannot even be opened"));
		if (cli->info.advice == ADVICE_AUDIT || cli->info.advice == ADVICE_OF_CODE)
			cli->info.advice = ADVICE_RESTORE; /* this is the audit */
	}
	node_free(node);
	return err;
}

enum err
cmd_fsck(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_audit_result result = {0};
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);
		struct json_writer *writer;

		err = flow_fsck(&result, &desk, tell_wrong, cli, &cli->info);
		writer = cli_json_begin(cli, "fsck");
		cli_json_integer(writer, "partitions", (int64_t)result.partitions);
		cli_json_integer(writer, "records", (int64_t)result.records);
		cli_json_integer(writer, "wrong", (int64_t)result.wrong);
		cli_json_end(cli);
		if (err == ERR_OK ||
		    result.wrong > 0) /* else it was stopped: what was not looked at is not called clean */
			cli_line(cli, _("%llu partitions, %llu records: %s"), (unsigned long long)result.partitions,
			         (unsigned long long)result.records, result.wrong == 0 ? _("clean") : _("damaged"));
		if (node_keys(node) == NULL)
			cli_line(cli, "%s", _("this copy has no keys: it is no backup"));
	}
	node_free(node);
	return err;
}

enum err
cmd_gc(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_gc_result result = {0};
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK && cli->dry_run) {
		cli_line(cli, "%s", _("would write every repository anew as one pack"));
		node_free(node);
		return ERR_OK;
	}
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_gc(&result, &desk, &cli->info);
	}
	if (err == ERR_OK) {
		struct json_writer *writer = cli_json_begin(cli, "gc");

		cli_json_integer(writer, "objects", (int64_t)result.objects);
		cli_json_integer(writer, "bytes_before", (int64_t)result.bytes_before);
		cli_json_integer(writer, "bytes_after", (int64_t)result.bytes_after);
		cli_json_end(cli);
		cli_line(cli, _("%llu objects, %s before, %s now"), (unsigned long long)result.objects,
		         cli_size(result.bytes_before), cli_size(result.bytes_after));
	}
	node_free(node);
	return err;
}

enum err
cmd_backup(struct cli *cli)
{
	struct node *node = NULL;
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_backup(&desk, cli->arguments[0], &cli->info);
	}
	if (err == ERR_OK) {
		struct json_writer *writer = cli_json_begin(cli, "backup");

		cli_json_string(writer, "directory", cli->arguments[0]);
		cli_json_end(cli);
		cli_line(cli, _("the store is copied to %s, keys and salts included: keep it as safe as the store"),
		         cli->arguments[0]);
	}
	node_free(node);
	return err;
}
