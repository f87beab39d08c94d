#include <sys/stat.h>

#include "cli/verbs.h"
#include "flow/audit.h"
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

/* A directory is a backup; files are bundles of the superior, for an office whose machine was lost and replaced. */
enum err
cmd_restore(struct cli *cli)
{
	enum err err;

	if (cli->arguments_count == 1 && is_directory(cli->arguments[0]))
		return restore_backup(cli, cli->arguments[0]);
	err = cmd_take(cli);
	return err == ERR_OK && cli->exit_code == 0 && !cli->dry_run ? check_home(cli) : err;
}
