#include "cli/verbs.h"
#include "seal/seal.h"

const struct cli_option cmd_version_options[] = {{NULL, NULL, NULL}};

enum err
cmd_version(struct cli *cli)
{
	struct json_writer *writer;
	enum err err = seal_init(&cli->info); /* says no when libsodium is too old to be safe */

	if (err != ERR_OK)
		return err;
	writer = cli_json_begin(cli, "version");
	cli_json_string(writer, "version", TIERSYNC_VERSION);
	cli_json_integer(writer, "store", NODE_FORMAT_VERSION);
	cli_json_end(cli);
	cli_line(cli, "tiersync %s (store format %d)", TIERSYNC_VERSION, NODE_FORMAT_VERSION);
	return ERR_OK;
}
