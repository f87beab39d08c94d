#include <sys/stat.h>

#include "base/fs.h"
#include "cli/verbs.h"
#include "flow/audit.h"
#include "flow/keys.h"
#include "node/key_backup.h"
#include "partition/partition.h"
#include "seal/seal.h"

const struct cli_option cmd_restore_options[] = {{NULL, NULL, NULL}};

static bool
is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static enum err
restore_backup(struct cli *cli, const char *from)
{
	struct json_writer *writer;
	enum err err;

	if (cli->store == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s",
		               _("name the new store: --store DIR or TIERSYNC_STORE; it must not be there yet"));
	err = seal_init(&cli->info);
	if (err == ERR_OK)
		err = flow_restore(from, cli->store, &cli->env, cli->dry_run, &cli->info);
	if (err != ERR_OK)
		return err;
	writer = cli_json_begin(cli, "restore");
	cli_json_string(writer, "from", from);
	cli_json_string(writer, "store", cli->store);
	cli_json_end(cli);
	cli_line(cli,
	         _("%s is a store again, as of its backup\n  next         tiersync sync: what came since comes home "
	           "from the "
	           "neighbours"),
	         cli->store);
	return ERR_OK;
}

/* Whether a file is a copy of keys; its bytes then. */
static enum err
read_keys(struct bytes *out, bool *is_keys, const char *path, struct err_info *info)
{
	struct err_info why;
	enum err err = fs_read(out, path, LIMIT_STATEMENT_BYTES_MAX, &why);

	*is_keys = err == ERR_OK && node_key_backup_is(bytes_view(out));
	return err == ERR_NOMEM || err == ERR_NOT_FOUND ? err_pass(info, err, &why)
	                                                : ERR_OK; /* what else it may be, `take` says */
}

static void
print_keys(struct cli *cli, const struct flow_keys_restored *restored)
{
	struct json_writer *writer = cli_json_begin(cli, "restore");

	cli_json_string(writer, "from", cli->arguments[0]);
	cli_json_string(writer, "store", cli->store);
	cli_json_string(writer, "node", restored->code.text);
	cli_json_integer(writer, "keys", (int64_t)restored->files);
	cli_json_bool(writer, "new", restored->is_new);
	cli_json_time(writer, "copied", restored->time);
	cli_json_end(cli);
	cli_line(cli, _("%s %s has its keys again, %zu of them, as copied %s"), cli_safe(restored->name),
	         restored->code.text, restored->files, cli_time(restored->time));
	cli_line(cli, _("  passphrase   that of the copy; to change it: tiersync key passphrase"));
	if (restored->is_new)
		cli_line(cli, _("  next         tiersync request --out CARD; there: tiersync enrol CARD --out ANSWER; "
		                "here: tiersync accept ANSWER"));
	if (restored->is_awaited)
		cli_line(cli, _("  partition    comes home from the superior with the exchange after that"));
}

static enum err
restore_keys(struct cli *cli, struct view text)
{
	struct flow_keys_restored restored = {.files = 0};
	struct bytes passphrase = {0};
	enum err err = ERR_OK;

	if (cli->store == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("name the store: --store DIR, or set TIERSYNC_STORE"));
	err = seal_init(&cli->info);
	if (err == ERR_OK)
		err = cli_passphrase(&passphrase, cli);
	if (err == ERR_OK && passphrase.size == 0 && cli_has_terminal())
		err = cli_ask_secret(&passphrase, _("Passphrase of the copy:"), false, &cli->info);
	if (err == ERR_OK)
		err = flow_key_restore(&restored, cli->store, text, bytes_view(&passphrase), &cli->env, cli->dry_run,
		                       &cli->info);
	seal_wipe_bytes(&passphrase);
	if (err == ERR_OK)
		print_keys(cli, &restored);
	return err;
}

/* Whether the office's own partition is there now, after bundles of its superior. */
static enum err
check_home(struct cli *cli)
{
	struct partition *partition = NULL;
	struct node *node = NULL;
	struct oid head = {{0}};
	struct json_writer *writer;
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK)
		err = node_partition_open(&partition, node, &node_identity_of(node)->code, &cli->info);
	if (err == ERR_OK)
		err = partition_head(partition, &head, &cli->info);
	if ((err == ERR_OK && oid_is_none(&head)) || err == ERR_NOT_FOUND)
		err = err_set(&cli->info, ERR_STATE,
		              _("the partition of %s is not in these bundles; have the superior write one with: "
		                "tiersync bundle --to "
		                "%s --full --out FILE"),
		              node_identity_of(node)->code.text, node_identity_of(node)->code.text);
	if (err == ERR_OK) {
		writer = cli_json_begin(cli, "restore");
		cli_json_string(writer, "partition", node_identity_of(node)->code.text);
		cli_json_oid(writer, "head", &head);
		cli_json_end(cli);
		cli_line(cli, _("the partition of %s came home: head %s"),
		         node_label(node, &node_identity_of(node)->code), cli_short_oid(&head));
	}
	partition_free(partition);
	node_free(node);
	return err;
}

/* A directory is a backup; a file may be a copy of keys; files are bundles of the superior, for an office whose machine was lost and replaced. */
enum err
cmd_restore(struct cli *cli)
{
	struct bytes text = {0};
	bool is_keys = false;
	enum err err;

	if (cli->arguments_count == 1 && is_directory(cli->arguments[0]))
		return restore_backup(cli, cli->arguments[0]);
	err = read_keys(&text, &is_keys, cli->arguments[0], &cli->info);
	if (err == ERR_NOT_FOUND && cli->arguments_count > 1)
		err = ERR_OK; /* one of several bundles: `take` says so, and takes the others */
	if (err == ERR_OK && is_keys)
		err = restore_keys(cli, bytes_view(&text));
	bytes_release(&text);
	if (err != ERR_OK || is_keys)
		return err;
	err = cmd_take(cli);
	return err == ERR_OK && cli->exit_code == 0 && !cli->dry_run ? check_home(cli) : err;
}
