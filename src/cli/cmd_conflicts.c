#include <stdio.h>
#include <string.h>

#include "authority/authority.h"
#include "cli/verbs.h"
#include "flow/conflict.h"
#include "node/node.h"
#include "record/show.h"
#include "statement/lines.h"
#include "text/csv.h"

const struct cli_option cmd_conflicts_options[] = {
	{"--partition", "NODE", N_("of whose partition (default: of every one held)")},
	{"--csv", NULL, N_("as CSV; fill in the column answer, then: tiersync resolve --file FILE")},
	{"--encoding", "NAME", N_("of the CSV: utf-8 (default) or gb18030")},
	{"--fail-on-conflicts", NULL, N_("exit 5 if there is one")},
	{NULL, NULL, NULL},
};

enum {
	ID_DIGITS_SHOWN = 12
};

struct showing {
	struct cli *cli;
	struct node *node;
	struct text_csv_writer csv;
	struct bytes csv_out;
	struct bytes text;
	struct bytes decides;
	size_t count;
};

static enum err
show_value(struct bytes *out, const struct showing *showing, const struct flow_conflict *conflict,
           const struct flow_claim *claim, struct err_info *info)
{
	const struct record_display_terms terms = {
		.language = showing->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH,
		.is_personal_shown = showing->cli->show_personal,
	};

	bytes_clear(out);
	if (!claim->has_value)
		return bytes_append_text(out, conflict->entry->kind == MERGE_REMOVED ? _("removed") : _("written"),
		                         info);
	if (claim->value.size == 0)
		return bytes_append_text(out, _("nothing"), info);
	if (conflict->shown == NULL)
		return bytes_append_text(out, _("there"), info);
	return record_display_value(out, conflict->shown, claim->value, &terms, info);
}

static enum err
describe_deciders(struct bytes *out, const struct flow_conflict *conflict, struct err_info *info)
{
	bytes_clear(out);
	if (conflict->field == NULL)
		return bytes_append_text(out, _("the owner and the offices above it"), info);
	return authority_describe(out, conflict->field, info);
}

/* What closes it, as the words behind `tiersync resolve ID`. */
static const char *
answers_of(const struct flow_conflict *conflict, char *out, size_t size)
{
	const char *level = "LEVEL";

	if (conflict->claim_count > 0 && statement_level_name(conflict->claims[0].level) != NULL)
		level = statement_level_name(conflict->claims[0].level);
	switch (conflict->entry->kind) {
	case MERGE_VALUE:
	case MERGE_STATE:
		(void)snprintf(out, size, "--take %s | --value V", level);
		break;
	case MERGE_REMOVED:
		(void)snprintf(out, size, "--take kept | --take removed");
		break;
	case MERGE_STALE:
		(void)snprintf(out, size, "--confirm | --value V");
		break;
	case MERGE_TWIN: {
		char hex[2 * ID_BYTES + 1];

		hex_write(hex, view_of(conflict->entry->records[0].bytes, ID_BYTES));
		(void)snprintf(out, size, "--same-as %.*s | --both", ID_DIGITS_SHOWN, hex);
		break;
	}
	case MERGE_RULE:
		(void)snprintf(out, size, "--accept");
		break;
	case MERGE_REFUSED:
		(void)snprintf(out, size, "--drop");
		break;
	}
	return out;
}

static const char *
command_of(const struct flow_conflict *conflict, char *out, size_t size)
{
	char hex[2 * ID_BYTES + 1];
	char answers[128];

	hex_write(hex, view_of(conflict->id->bytes, ID_BYTES));
	(void)snprintf(out, size, "tiersync resolve %.*s --field '%s' --reason CODE %s", ID_DIGITS_SHOWN, hex,
	               conflict->place, answers_of(conflict, answers, sizeof(answers)));
	return out;
}

static enum err
json_claims(struct json_writer *writer, struct showing *showing, const struct flow_conflict *conflict,
            struct err_info *info)
{
	enum err err = ERR_OK;

	json_write_key(writer, "claims");
	json_write_array(writer);
	for (size_t i = 0; err == ERR_OK && i < conflict->claim_count; i++) {
		const struct flow_claim *claim = &conflict->claims[i];

		err = show_value(&showing->text, showing, conflict, claim, info);
		json_write_object(writer);
		cli_json_oid(writer, "commit", &claim->commit);
		cli_json_string(writer, "node", claim->node.text);
		cli_json_string(writer, "level", statement_level_name(claim->level));
		cli_json_time(writer, "time", claim->time);
		cli_json_view(writer, "operator", claim->operator_name);
		cli_json_view(writer, "value", bytes_view(&showing->text));
		cli_json_bool(writer, "stands", claim->stands);
		json_write_close(writer);
	}
	json_write_close(writer);
	return err;
}

static enum err
json_conflict(struct showing *showing, const struct flow_conflict *conflict, struct err_info *info)
{
	struct json_writer *writer = cli_json_begin(showing->cli, "conflict");
	const struct merge_entry *entry = conflict->entry;
	char command[512];
	enum err err = ERR_OK;

	if (writer == NULL)
		return ERR_OK;
	cli_json_string(writer, "partition", conflict->owner->text);
	cli_json_id(writer, "id", conflict->id);
	cli_json_view(writer, "kind", conflict->kind_name);
	cli_json_string(writer, "conflict", merge_entry_kind_name(entry->kind));
	cli_json_string(writer, "field", conflict->place);
	if (conflict->field != NULL)
		cli_json_view(writer, "title", conflict->field->title.zh);
	cli_json_bool(writer, "more", entry->has_more);
	cli_json_string(writer, "decides", bytes_text(&showing->decides));
	if (entry->kind == MERGE_TWIN) {
		json_write_key(writer, "twins");
		json_write_array(writer);
		for (size_t i = 0; i < entry->count; i++) {
			char hex[2 * ID_BYTES + 1];

			hex_write(hex, view_of(entry->records[i].bytes, ID_BYTES));
			json_write_string(writer, hex);
		}
		json_write_close(writer);
	}
	err = json_claims(writer, showing, conflict, info);
	cli_json_string(writer, "command", command_of(conflict, command, sizeof(command)));
	cli_json_end(showing->cli);
	return err;
}

static enum err
print_conflict(struct showing *showing, const struct flow_conflict *conflict, struct err_info *info)
{
	struct cli *cli = showing->cli;
	char hex[2 * ID_BYTES + 1];
	char command[512];
	enum err err = ERR_OK;

	hex_write(hex, view_of(conflict->id->bytes, ID_BYTES));
	cli_line(cli, "%s  %.*s %.*s  %s%s%.*s%s: %s", node_label(showing->node, conflict->owner),
	         (int)conflict->kind_name.size, (const char *)conflict->kind_name.data, ID_DIGITS_SHOWN, hex,
	         cli_safe(conflict->place), conflict->field == NULL ? "" : " (",
	         conflict->field == NULL ? 0 : (int)conflict->field->title.zh.size,
	         conflict->field == NULL ? "" : (const char *)conflict->field->title.zh.data,
	         conflict->field == NULL ? "" : ")", merge_entry_kind_name(conflict->entry->kind));
	for (size_t i = 0; err == ERR_OK && i < conflict->claim_count; i++) {
		const struct flow_claim *claim = &conflict->claims[i];

		err = show_value(&showing->text, showing, conflict, claim, info);
		cli_line(cli, "    %s  %s  %s%s%s  %s%s", bytes_text(&showing->text),
		         node_label(showing->node, &claim->node), cli_time(claim->time),
		         claim->operator_name.size > 0 ? " / " : "",
		         claim->operator_name.size > 0 ? cli_safe((const char *)claim->operator_name.data) : "",
		         cli_short_oid(&claim->commit), claim->stands ? _("  (stands)") : "");
	}
	for (size_t i = 0; conflict->entry->kind == MERGE_TWIN && i < conflict->entry->count; i++) {
		hex_write(hex, view_of(conflict->entry->records[i].bytes, ID_BYTES));
		cli_line(cli, _("    the same natural key as record %s"), hex);
	}
	if (conflict->entry->has_more)
		cli_line(cli, "%s", _("    and more"));
	cli_line(cli, _("    decides: %s"), bytes_text(&showing->decides));
	cli_line(cli, "    %s", command_of(conflict, command, sizeof(command)));
	return err;
}

static const char *const COLUMNS[] = {"partition", "id",    "kind",     "field",   "title",  "conflict",
                                      "stands",    "other", "other_by", "decides", "answer", "reason"};

static enum err
csv_header(struct showing *showing, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < sizeof(COLUMNS) / sizeof(COLUMNS[0]); i++)
		err = text_csv_put(&showing->csv, view_text(COLUMNS[i]), info);
	return err == ERR_OK ? text_csv_end_row(&showing->csv, info) : err;
}

/* All claims but the first, or who they are by, in one cell. */
static enum err
csv_others(struct showing *showing, const struct flow_conflict *conflict, bool is_by, struct err_info *info)
{
	struct bytes all = {0};
	enum err err = ERR_OK;

	for (size_t i = 1; err == ERR_OK && i < conflict->claim_count; i++) {
		const struct flow_claim *claim = &conflict->claims[i];

		err = show_value(&showing->text, showing, conflict, claim, info);
		if (err == ERR_OK)
			err = bytes_printf(&all, info, "%s%s%s%s", i == 1 ? "" : "; ",
			                   is_by ? claim->node.text : bytes_text(&showing->text), is_by ? " " : "",
			                   is_by ? cli_short_oid(&claim->commit) : "");
	}
	for (size_t i = 0; err == ERR_OK && conflict->entry->kind == MERGE_TWIN && !is_by && i < conflict->entry->count;
	     i++) {
		char hex[2 * ID_BYTES + 1];

		hex_write(hex, view_of(conflict->entry->records[i].bytes, ID_BYTES));
		err = bytes_printf(&all, info, "%s%s", i == 0 ? "" : "; ", hex);
	}
	if (err == ERR_OK)
		err = text_csv_put(&showing->csv, bytes_view(&all), info);
	bytes_release(&all);
	return err;
}

static enum err
csv_conflict(struct showing *showing, const struct flow_conflict *conflict, struct err_info *info)
{
	struct view title = conflict->field == NULL ? (struct view){0} : conflict->field->title.zh;
	char hex[2 * ID_BYTES + 1];
	const struct view begin[] = {
		view_text(conflict->owner->text),
		view_text(hex),
		conflict->kind_name,
		view_text(conflict->place),
		title,
		view_text(merge_entry_kind_name(conflict->entry->kind)),
	};
	enum err err = ERR_OK;

	hex_write(hex, view_of(conflict->id->bytes, ID_BYTES));
	for (size_t i = 0; err == ERR_OK && i < sizeof(begin) / sizeof(begin[0]); i++)
		err = text_csv_put(&showing->csv, i == 1 ? view_text(hex) : begin[i], info);
	bytes_clear(&showing->text);
	if (err == ERR_OK && conflict->claim_count > 0)
		err = show_value(&showing->text, showing, conflict, &conflict->claims[0], info);
	if (err == ERR_OK)
		err = text_csv_put(&showing->csv, bytes_view(&showing->text), info);
	if (err == ERR_OK)
		err = csv_others(showing, conflict, false, info);
	if (err == ERR_OK)
		err = csv_others(showing, conflict, true, info);
	if (err == ERR_OK)
		err = text_csv_put(&showing->csv, bytes_view(&showing->decides), info);
	for (int i = 0; err == ERR_OK && i < 2; i++)
		err = text_csv_put(&showing->csv, (struct view){0}, info);
	if (err == ERR_OK)
		err = text_csv_end_row(&showing->csv, info);
	if (err == ERR_OK) {
		cli_data(showing->cli, bytes_view(&showing->csv_out));
		bytes_clear(&showing->csv_out);
	}
	return err;
}

static enum err
show(void *context, const struct flow_conflict *conflict, struct err_info *info)
{
	struct showing *showing = context;
	enum err err = describe_deciders(&showing->decides, conflict, info);

	showing->count++;
	if (err == ERR_OK && cli_has(showing->cli, "--csv"))
		return csv_conflict(showing, conflict, info);
	if (err == ERR_OK && showing->cli->json)
		return json_conflict(showing, conflict, info);
	return err == ERR_OK ? print_conflict(showing, conflict, info) : err;
}

static enum err
start_csv(struct showing *showing)
{
	struct cli *cli = showing->cli;
	const char *name = cli_value(cli, "--encoding");
	enum text_encoding encoding = TEXT_UTF8;
	enum err err = ERR_OK;

	if (cli->json)
		return err_set(&cli->info, ERR_USAGE, "%s", _("--csv and --json do not go together"));
	if (name != NULL && strcmp(name, "gb18030") == 0)
		encoding = TEXT_GB18030;
	else if (name != NULL && strcmp(name, "utf-8") != 0)
		return err_set(&cli->info, ERR_USAGE, _("--encoding: utf-8 or gb18030, not '%s'"), name);
	err = text_csv_writer_init(&showing->csv, &showing->csv_out, encoding, &cli->info);
	return err == ERR_OK ? csv_header(showing, &cli->info) : err;
}

enum err
cmd_conflicts(struct cli *cli)
{
	struct showing showing = {.cli = cli};
	struct node_code owner;
	const char *text = cli_value(cli, "--partition");
	bool is_csv = cli_has(cli, "--csv");
	enum err err = cli_open(cli, &showing.node);

	if (err == ERR_OK && text != NULL)
		err = cli_code(&owner, "--partition", text, &cli->info);
	if (err == ERR_OK && is_csv)
		err = start_csv(&showing);
	if (err == ERR_OK)
		err = flow_conflicts(showing.node, text == NULL ? NULL : &owner, show, &showing, &cli->info);
	if (err == ERR_OK && is_csv)
		cli_data(cli, bytes_view(&showing.csv_out));
	if (err == ERR_OK && showing.count == 0 && !is_csv)
		cli_line(cli, "%s", _("no conflict waits"));
	if (err == ERR_OK && showing.count > 0 && cli_has(cli, "--fail-on-conflicts"))
		cli->exit_code = err_exit_code(ERR_CONFLICTS);
	if (is_csv)
		text_csv_writer_release(&showing.csv);
	bytes_release(&showing.csv_out);
	bytes_release(&showing.text);
	bytes_release(&showing.decides);
	node_free(showing.node);
	return err;
}
