#include "cli/verbs.h"

#define ROW(text, arguments, help, name, least, most, flags)                                                           \
	{                                                                                                              \
		text, arguments, N_(help), cmd_##name##_options, least, most, flags, cmd_##name                        \
	}

const struct cli_verb cli_verbs[] = {
	ROW("init", "--node CODE --level LEVEL --name NAME [--root]", "make a node: keys and an empty store", init, 0,
            0, CLI_WRITES),
	ROW("request", "--out FILE", "write a card for the superior", request, 0, 0, CLI_WRITES),
	ROW("enrol", "FILE --out FILE [--fingerprint F] [--replace]", "sign an office's card and write the answer",
            enrol, 1, 1, CLI_WRITES),
	ROW("accept", "FILE [--root F]", "pin the root and take roster and schema set", accept, 1, 1, CLI_WRITES),
	ROW("schema list", "", "the kinds of the newest schema set", schema_list, 0, 0, 0),
	ROW("schema show", "KIND", "the fields of a kind", schema_show, 1, 1, 0),
	ROW("schema add", "FILE...", "sign a new version of the schema set (root only)", schema_add, 1,
            CLI_ARGUMENTS_MAX, CLI_WRITES),
	ROW("schema check", "OLD NEW", "would old records be misread?", schema_check, 2, 2, 0),
	ROW("import", "--kind KIND FILE", "CSV or JSON Lines into signed edits", import, 1, 1, CLI_WRITES),
	ROW("add", "--kind KIND field=value...", "one new record", add, 1, CLI_ARGUMENTS_MAX, CLI_WRITES),
	ROW("set", "ID field=value...", "change fields of a record; field= clears", set, 2, CLI_ARGUMENTS_MAX,
            CLI_WRITES),
	ROW("remove", "ID", "remove a record", remove, 1, 1, CLI_WRITES),
	ROW("get", "ID", "one record", get, 1, 1, CLI_DATA),
	ROW("list", "[--kind KIND] [--where F=V]", "records", list, 0, 0, CLI_DATA),
	ROW("export", "--kind KIND --format csv|jsonl", "records as a file that import takes back", export, 0, 0,
            CLI_DATA),
	ROW("peer add", "NODE URL [--every DAYS]", "how to reach a neighbour", peer_add, 2, 2, CLI_WRITES),
	ROW("peer remove", "NODE", "forget how to reach a neighbour", peer_remove, 1, 1, CLI_WRITES),
	ROW("peer list", "", "neighbours", peer_list, 0, 0, 0),
	ROW("bundle", "--to NODE --out FILE [--full]", "write a bundle", bundle, 0, 0, CLI_WRITES),
	ROW("take", "FILE...", "take bundles", take, 1, CLI_ARGUMENTS_MAX, CLI_WRITES),
	ROW("sync", "[DIR]", "the whole night: take, then hand over", sync, 0, 1, CLI_WRITES),
	ROW("held", "", "what waits for a person", held, 0, 0, 0),
	ROW("approve", "N [--reject --reason CODE]", "let a held delta in, or drop it", approve, 1, 1, CLI_WRITES),
	ROW("refused", "", "what was refused at the door", refused, 0, 0, 0),
	{NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
