/* What verbs share: the store, the desk, names and files from the command line. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "seal/seal.h"

enum {
	PASSPHRASE_BYTES_MAX = 4096
};

enum err
cli_passphrase(struct bytes *out, struct err_info *info)
{
	const char *value = getenv("TIERSYNC_PASSPHRASE");
	const char *path = getenv("TIERSYNC_PASSPHRASE_FILE");
	enum err err;

	if (value != NULL && value[0] != '\0')
		return bytes_append_text(out, value, info);
	if (path == NULL || path[0] == '\0')
		return ERR_OK;
	err = fs_read(out, path, PASSPHRASE_BYTES_MAX, info);
	while (err == ERR_OK && out->size > 0 && (out->data[out->size - 1] == '\n' || out->data[out->size - 1] == '\r'))
		out->size--;
	return err;
}

static enum err
open_store(struct cli *cli, struct node **out, unsigned flags)
{
	struct bytes passphrase = {0};
	enum err err = ERR_OK;

	if (cli->store == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("name the store: --store DIR, or set TIERSYNC_STORE"));
	err = seal_init(&cli->info);
	if (err == ERR_OK)
		err = cli_passphrase(&passphrase, &cli->info);
	if (err == ERR_OK)
		err = node_open(out, cli->store, flags, bytes_view(&passphrase), &cli->env, &cli->info);
	seal_wipe_bytes(&passphrase);
	return err;
}

enum err
cli_open(struct cli *cli, struct node **out)
{
	return open_store(cli, out, 0);
}

enum err
cli_open_without_keys(struct cli *cli, struct node **out)
{
	return open_store(cli, out, NODE_WITHOUT_KEYS);
}

enum err
cli_open_damaged(struct cli *cli, struct node **out)
{
	return open_store(cli, out, NODE_WITHOUT_KEYS | NODE_DAMAGED);
}

struct flow_desk
cli_desk(const struct cli *cli, struct node *node)
{
	struct flow_desk desk = {.node = node, .is_dry_run = cli->dry_run, .wait_seconds = cli->wait_seconds};

	desk.operator_name = cli_value(cli, "--operator");
	if (desk.operator_name == NULL)
		desk.operator_name = getenv("TIERSYNC_OPERATOR");
	desk.note = cli_value(cli, "--note");
	return desk;
}

enum err
cli_code(struct node_code *out, const char *what, const char *text, struct err_info *info)
{
	if (!node_code_read(out, view_text(text)))
		return err_set(info, ERR_USAGE,
		               _("%s takes a 12-digit division code, with a department behind a dot where there is "
		                 "one; '%s' is none"),
		               what, text);
	return ERR_OK;
}

enum err
cli_partition(struct node_code *out, const char *text, const struct node *node, struct err_info *info)
{
	if (strcmp(text, "rolls") != 0)
		return cli_code(out, "--partition", text, info);
	if (!node_code_rolls(out, &node_identity_of(node)->code))
		return err_set(info, ERR_USAGE, _("%s has no partition of rolls"), node_identity_of(node)->code.text);
	return ERR_OK;
}

enum err
cli_read_file(struct bytes *out, const char *path, size_t size_max, struct err_info *info)
{
	if (strcmp(path, "-") == 0)
		return fs_read_all(out, STDIN_FILENO, _("standard input"), size_max, info);
	return fs_read(out, path, size_max, info);
}

enum err
cli_open_file(int *fd_out, const char *path, const char *directory, uint64_t size_max, struct err_info *info)
{
	if (strcmp(path, "-") == 0)
		return fs_spool(fd_out, STDIN_FILENO, _("standard input"), directory, size_max, info);
	return fs_open(fd_out, path, size_max, info);
}
