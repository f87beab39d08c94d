/* key passphrase, key backup. */
#include "cli/verbs.h"
#include "flow/keys.h"
#include "seal/seal.h"

const struct cli_option cmd_key_passphrase_options[] = {
	{"--new-passphrase-file", "FILE", N_("the passphrase to come (or TIERSYNC_NEW_PASSPHRASE, or the prompt)")},
	{"--remove", NULL, N_("under none from now on")},
	{NULL, NULL, NULL},
};
const struct cli_option cmd_key_backup_options[] = {
	{"--new-passphrase-file", "FILE",
         N_("the copy's own passphrase (or TIERSYNC_NEW_PASSPHRASE); else that of the keys")},
	{NULL, NULL, NULL},
};

/* The present one: as given, or asked for where the keys are under one. */
static enum err
find_present(struct bytes *out, struct cli *cli)
{
	enum err err = cli_passphrase(out, cli);

	if (err == ERR_OK && out->size == 0 && node_key_is_wrapped(cli->store) && cli_has_terminal())
		err = cli_ask_secret(out, _("Present passphrase of the keys:"), false, &cli->info);
	return err;
}

/* The one to come. Keys that are under none have no present passphrase: what was given as one is then the new one. */
static enum err
find_next(struct bytes *out, struct bytes *present, struct cli *cli)
{
	bool is_removed = cli_has(cli, "--remove");
	enum err err = cli_new_passphrase(out, cli);

	if (err == ERR_OK && is_removed && cli_value(cli, "--new-passphrase-file") != NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("--remove and a new passphrase: give one of the two"));
	if (is_removed) {
		seal_wipe_bytes(out);
		return err;
	}
	if (err == ERR_OK && out->size == 0 && !node_key_is_wrapped(cli->store) && present->size > 0)
		err = bytes_append_view(out, bytes_view(present), &cli->info);
	if (err == ERR_OK && out->size == 0 && cli_has_terminal())
		err = cli_ask_secret(out, _("New passphrase of the keys:"), true, &cli->info);
	if (err == ERR_OK && out->size == 0)
		err = err_set(&cli->info, ERR_USAGE, "%s",
		              _("say which: --new-passphrase-file FILE, TIERSYNC_NEW_PASSPHRASE, or --remove"));
	return err;
}

enum err
cmd_key_passphrase(struct cli *cli)
{
	struct flow_keys_result result = {0};
	struct bytes present = {0};
	struct bytes next = {0};
	struct node *node = NULL;
	struct json_writer *writer;
	enum err err = cli_open_leaving_keys(cli, &node);

	if (err == ERR_OK)
		err = find_present(&present, cli);
	if (err == ERR_OK)
		err = find_next(&next, &present, cli);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_key_passphrase(&result, &desk, bytes_view(&present), bytes_view(&next), &cli->info);
	}
	if (err == ERR_OK) {
		writer = cli_json_begin(cli, "key_passphrase");
		cli_json_integer(writer, "files", (int64_t)result.files);
		cli_json_bool(writer, "protected", result.is_protected);
		cli_json_end(cli);
		if (result.files == 0)
			cli_line(cli, "%s", _("the keys are so already: nothing was changed"));
		else
			cli_line(cli,
			         result.is_protected ? _("%zu key files are under the new passphrase")
			                             : _("%zu key files are under no passphrase any more"),
			         result.files);
		if (result.is_protected)
			cli_line(cli, "%s",
			         _("  next         tiersync key backup FILE; a timer needs TIERSYNC_PASSPHRASE_FILE"));
	}
	seal_wipe_bytes(&present);
	seal_wipe_bytes(&next);
	node_free(node);
	return err;
}

/* The copy's own passphrase, or that of the keys; a copy under none is not made. */
static enum err
find_for_copy(struct bytes *out, struct cli *cli)
{
	enum err err = cli_new_passphrase(out, cli);

	if (err == ERR_OK && out->size == 0)
		err = cli_passphrase(out, cli);
	if (err == ERR_OK && out->size == 0 && cli_has_terminal())
		err = cli_ask_secret(out, _("Passphrase for the copy of the keys:"), true, &cli->info);
	if (err == ERR_OK && out->size == 0)
		err = err_set(&cli->info, ERR_USAGE, "%s",
		              _("a copy of keys is always under a passphrase: give --new-passphrase-file FILE"));
	return err;
}

enum err
cmd_key_backup(struct cli *cli)
{
	struct flow_keys_result result = {0};
	struct bytes passphrase = {0};
	struct node *node = NULL;
	struct json_writer *writer;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK)
		err = find_for_copy(&passphrase, cli);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_key_backup(&result, &desk, cli->arguments[0], bytes_view(&passphrase), &cli->info);
	}
	if (err == ERR_OK) {
		writer = cli_json_begin(cli, "key_backup");
		cli_json_string(writer, "file", cli->arguments[0]);
		cli_json_integer(writer, "keys", (int64_t)result.files);
		cli_json_end(cli);
		cli_line(cli, _("%zu keys are copied to %s, under its passphrase"), result.files, cli->arguments[0]);
		cli_line(cli, "%s",
		         _("  keep         away from the store, and the passphrase away from both; after a change of "
		           "keys "
		           "make a new copy"));
		cli_line(cli, "%s", _("  to use it    tiersync restore FILE --store DIR"));
	}
	seal_wipe_bytes(&passphrase);
	node_free(node);
	return err;
}
