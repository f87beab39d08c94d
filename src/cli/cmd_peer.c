#include <stdio.h>
#include <stdlib.h>

#include "cli/verbs.h"
#include "flow/peer.h"

const struct cli_option cmd_peer_add_options[] = {
	{"--every", "DAYS", N_("silence agreed: not reaching it for so long is no failure")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_peer_remove_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_peer_list_options[] = {{NULL, NULL, NULL}};

enum err
cmd_peer_add(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_peer_place place = {0};
	int64_t days = 0;
	enum err err = cli_code(&place.code, "NODE", cli->arguments[0], &cli->info);

	if (err == ERR_OK)
		err = cli_number(cli, "--every", 0, 1, 3660, &days, &cli->info);
	if (err == ERR_OK && snprintf(place.url, sizeof(place.url), "%s", cli->arguments[1]) >= (int)sizeof(place.url))
		err = err_set(&cli->info, ERR_TOO_BIG, "%s", _("the address is too long"));
	place.every_days = (uint32_t)days;
	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_peer_add(&desk, &place, &cli->info);
	}
	if (err == ERR_OK) {
		struct json_writer *writer = cli_json_begin(cli, "peer");

		cli_json_string(writer, "node", place.code.text);
		cli_json_string(writer, "url", place.url);
		cli_json_end(cli);
		cli_line(cli, _("%s is reached by %s"), node_label(node, &place.code), place.url);
	}
	node_free(node);
	return err;
}

enum err
cmd_peer_remove(struct cli *cli)
{
	struct node *node = NULL;
	struct node_code code;
	enum err err = cli_code(&code, "NODE", cli->arguments[0], &cli->info);

	if (err == ERR_OK)
		err = cli_open(cli, &node);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_peer_remove(&desk, &code, &cli->info);
	}
	if (err == ERR_OK)
		cli_line(cli, _("%s is no peer any more; what was exchanged stays"), node_label(node, &code));
	node_free(node);
	return err;
}

enum err
cmd_peer_list(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_peer_place *peers = NULL;
	size_t count = 0;
	enum err err = cli_open_without_keys(cli, &node);

	if (err == ERR_OK)
		err = flow_peer_list(&peers, &count, node, &cli->info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct json_writer *writer = cli_json_begin(cli, "peer");

		cli_json_string(writer, "node", peers[i].code.text);
		cli_json_string(writer, "url", peers[i].url);
		cli_json_integer(writer, "every_days", peers[i].every_days);
		cli_json_end(cli);
		if (peers[i].every_days > 0)
			cli_line(cli, _("%s  %s  (%u days of silence are agreed)"), node_label(node, &peers[i].code),
			         peers[i].url, peers[i].every_days);
		else
			cli_line(cli, "%s  %s", node_label(node, &peers[i].code), peers[i].url);
	}
	if (err == ERR_OK && count == 0)
		cli_line(cli, _("no peer is known; add one with: tiersync peer add NODE dir:PATH, or ssh://user@host"));
	free(peers);
	node_free(node);
	return err;
}
