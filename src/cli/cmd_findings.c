#include <string.h>

#include "cli/findings_voice.h"
#include "cli/verbs.h"
#include "flow/findings.h"
#include "schema/across.h"
#include "schema/value.h"
#include "text/date.h"
#include "text/text.h"

const struct cli_option cmd_findings_options[] = {
	{"--partition", "NODE", N_("of whose partition (default: all held)")},
	{"--all", NULL, N_("those that were explained or are gone too")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_findings_explain_options[] = {
	{"--partition", "NODE", N_("in whose partition (default: where it is found)")},
	{"--reason", "CODE", N_("1 to 16 letters or digits, or a code of the set REASON")},
	{"--note", "TEXT", N_("what was found out: kept in the finding, readable by this office and those above")},
	{"--operator", "NAME", N_("who sits at the desk (or TIERSYNC_OPERATOR)")},
	{NULL, NULL, NULL},
};

const struct cli_option cmd_findings_check_options[] = {
	{"--whole", NULL, N_("read every record again, whatever the cache says")},
	{NULL, NULL, NULL},
};

struct listing {
	struct cli *cli;
	struct node *node;
	size_t count;
	struct bytes text;
};

/* A field's value, masked by its tier unless personal data was asked for; appended. A person reads a code's title, a program
 * the code. */
static enum err
show_value(struct bytes *out, const struct listing *listing, const struct schema_field *field, struct view value,
           struct err_info *info)
{
	enum schema_language language = listing->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH;
	struct bytes text = {0};
	enum err err = ERR_OK;

	if (value.size > 0 && listing->cli->json)
		err = schema_value_to_text(&text, field, value, info);
	else if (value.size > 0)
		err = schema_value_to_display(&text, field, value, language, info);

	if (err == ERR_OK && listing->cli->show_personal)
		err = text_escape(out, bytes_view(&text), info);
	else if (err == ERR_OK)
		err = text_mask(out, bytes_view(&text), field->tier, cli_shape(field), info);
	bytes_release(&text);
	return err;
}

static struct view
field_of(const struct flow_finding *finding, const struct schema_field **field_out, const char *name)
{
	*field_out = schema_field_by_name(&finding->kind->object, view_text(name));
	return *field_out == NULL ? (struct view){0} : record_get(finding->record, (*field_out)->number);
}

/* One field of the finding into the JSON object, in words. */
static enum err
json_field(struct json_writer *writer, struct listing *listing, const struct flow_finding *finding, const char *name,
           struct err_info *info)
{
	const struct schema_field *field;
	struct view value = field_of(finding, &field, name);
	enum err err;

	if (value.size == 0)
		return ERR_OK;
	bytes_clear(&listing->text);
	if (field->type == SCHEMA_INTEGER) {
		json_write_key(writer, name);
		err = schema_value_to_json(&listing->text, field, value, info);
		if (err == ERR_OK)
			json_write_raw(writer, bytes_view(&listing->text));
		return err;
	}
	err = show_value(&listing->text, listing, field, value, info);
	if (err == ERR_OK)
		cli_json_view(writer, name, bytes_view(&listing->text));
	return err;
}

/* The natural key of the record that it is about. */
static enum err
json_key(struct json_writer *writer, struct listing *listing, const struct flow_finding *finding, struct err_info *info)
{
	enum err err = ERR_OK;

	if (finding->about == NULL || finding->of_kind == NULL || finding->of_kind->key_count == 0)
		return ERR_OK;
	json_write_key(writer, "key");
	json_write_object(writer);
	for (size_t i = 0; err == ERR_OK && i < finding->of_kind->key_count; i++) {
		const struct schema_field *field =
			schema_field_by_number(&finding->of_kind->object, finding->of_kind->key[i]);

		bytes_clear(&listing->text);
		err = show_value(&listing->text, listing, field, record_get(finding->about, field->number), info);
		json_write_key_view(writer, field->name);
		json_write_text(writer, bytes_view(&listing->text));
	}
	json_write_close(writer);
	return err;
}

static struct view
title_of(const struct listing *listing, const struct flow_finding *finding)
{
	static const char STATES[] = "states:";
	const struct schema_field *field;
	struct view rule;

	if (finding->rule != NULL)
		return listing->cli->is_chinese ? finding->rule->title_zh : finding->rule->title_en;
	rule = cli_finding_text(finding, "rule", &field);
	if (rule.size > sizeof(STATES) - 1 && memcmp(rule.data, STATES, sizeof(STATES) - 1) == 0)
		return view_text(_("a step that the status machine does not have"));
	return rule;
}

static enum err
json_finding(struct listing *listing, const struct flow_finding *finding, struct err_info *info)
{
	static const char *const FIELDS[] = {"rule",   "declared_by", "record_kind", "about",    "others",
	                                     "shown",  "since",       "closed_on",   "returned", "office",
	                                     "reason", "note",        "explained_on"};
	struct json_writer *writer = cli_json_begin(listing->cli, "finding");
	enum err err = ERR_OK;

	if (writer == NULL)
		return ERR_OK;
	cli_json_id(writer, "id", finding->id);
	cli_json_string(writer, "partition", finding->owner->text);
	cli_json_view(writer, "state", finding->state);
	cli_json_view(writer, "title", title_of(listing, finding));
	if (finding->rule != NULL && finding->rule->source.size > 0)
		cli_json_view(writer, "source", finding->rule->source);
	if (finding->about_id != NULL)
		cli_json_id(writer, "record", finding->about_id);
	for (size_t i = 0; err == ERR_OK && i < sizeof(FIELDS) / sizeof(FIELDS[0]); i++)
		err = json_field(writer, listing, finding, FIELDS[i], info);
	if (err == ERR_OK)
		err = json_key(writer, listing, finding, info);
	cli_json_end(listing->cli);
	return err;
}

/* "payment  201712 ... 43**" : the kind's title and the natural key. */
static enum err
line_record(struct listing *listing, const struct flow_finding *finding, struct err_info *info)
{
	const struct schema_kind *kind = finding->of_kind;
	struct view title = kind == NULL ? (struct view){0}
	                                 : schema_title_in(&kind->title,
	                                                   listing->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH);
	const struct schema_field *field;
	struct view about = field_of(finding, &field, "about");
	enum err err;

	bytes_clear(&listing->text);
	err = bytes_append_view(&listing->text, title, info);
	for (size_t i = 0; err == ERR_OK && finding->about != NULL && kind != NULL && i < kind->key_count; i++) {
		const struct schema_field *key = schema_field_by_number(&kind->object, kind->key[i]);

		err = bytes_append_text(&listing->text, "  ", info);
		if (err == ERR_OK)
			err = show_value(&listing->text, listing, key, record_get(finding->about, key->number), info);
	}
	if (err == ERR_OK && finding->about == NULL)
		err = bytes_append_text(&listing->text, _("  (the record is gone)"), info);
	if (err == ERR_OK && about.size > 0) {
		err = bytes_append_text(&listing->text, ": ", info);
		if (err == ERR_OK)
			err = show_value(&listing->text, listing, field, about, info);
	}
	if (err == ERR_OK)
		cli_line(listing->cli, "   %s", bytes_text(&listing->text));
	return err;
}

static const char *
label_of_office(struct listing *listing, const struct flow_finding *finding)
{
	const struct schema_field *field;
	struct node_code code;

	if (!node_code_read(&code, cli_finding_text(finding, "office", &field)))
		return "?";
	return node_label(listing->node, &code);
}

/* "open" on an English screen, the code's title on a Chinese one. */
static struct view
state_of(const struct listing *listing, const struct flow_finding *finding)
{
	const struct schema_field *field = schema_field_by_name(&finding->kind->object, view_text("state"));
	const struct schema_code *code =
		field == NULL || field->codes == NULL ? NULL : schema_code_by_text(field->codes, finding->state);

	return code != NULL && listing->cli->is_chinese ? schema_title_in(&code->title, SCHEMA_CHINESE)
	                                                : finding->state;
}

static enum err
line_state(struct listing *listing, const struct flow_finding *finding, struct err_info *info)
{
	const struct schema_field *field;
	struct view others = field_of(finding, &field, "others");
	struct view state = state_of(listing, finding);
	struct view shown;
	char day[TEXT_DATE_BYTES] = "?";
	enum err err = ERR_OK;

	bytes_clear(&listing->text);
	if (others.size > 0 && others.data[0] != 0) { /* a required record that is missing is no other one */
		err = bytes_append_text(&listing->text, _("; other records: "), info);
		if (err == ERR_OK)
			err = show_value(&listing->text, listing, field, others, info);
	}
	shown = field_of(finding, &field, "shown");
	if (err == ERR_OK && shown.size > 0) {
		err = bytes_append_text(&listing->text, "; ", info);
		if (err == ERR_OK)
			err = show_value(&listing->text, listing, field, shown, info);
	}
	if (err != ERR_OK)
		return err;
	(void)(finding->since != INT64_MIN && text_date_format(day, finding->since));
	cli_line(listing->cli, _("   %.*s since %s, found by %s%s"), (int)state.size, (const char *)state.data, day,
	         label_of_office(listing, finding), bytes_text(&listing->text));
	return ERR_OK;
}

static enum err
show(void *context, const struct flow_finding *finding, struct err_info *info)
{
	struct listing *listing = context;
	struct view title = title_of(listing, finding);
	const struct schema_field *field;
	struct view rule = cli_finding_text(finding, "rule", &field);
	char id[2 * ID_BYTES + 1];
	enum err err = json_finding(listing, finding, info);

	listing->count++;
	if (err != ERR_OK || listing->cli->json)
		return err;
	hex_write(id, view_of(finding->id->bytes, ID_BYTES));
	cli_line(listing->cli, "%.12s  %s  %.*s: %.*s%s%.*s%s", id, node_label(listing->node, finding->owner),
	         (int)rule.size, (const char *)rule.data, (int)title.size, (const char *)title.data,
	         finding->rule != NULL && finding->rule->source.size > 0 ? " (" : "",
	         finding->rule == NULL ? 0 : (int)finding->rule->source.size,
	         finding->rule == NULL ? "" : (const char *)finding->rule->source.data,
	         finding->rule != NULL && finding->rule->source.size > 0 ? ")" : "");
	err = line_record(listing, finding, info);
	if (err == ERR_OK)
		err = line_state(listing, finding, info);
	if (err == ERR_OK && view_equal(finding->state, view_text("open")))
		cli_line(listing->cli, "   tiersync findings explain %.12s --reason CODE --note TEXT", id);
	return err;
}

enum err
cmd_findings(struct cli *cli)
{
	struct listing listing = {.cli = cli};
	const char *partition = cli_value(cli, "--partition");
	struct node_code owner;
	enum err err = cli_open(cli, &listing.node);

	if (err == ERR_OK && partition != NULL)
		err = cli_partition(&owner, partition, listing.node, &cli->info);
	if (err == ERR_OK)
		err = flow_findings_each(listing.node, partition == NULL ? NULL : &owner, cli_has(cli, "--all"), show,
		                         &listing, &cli->info);
	if (err == ERR_OK && listing.count == 0)
		cli_line(cli, "%s", cli_has(cli, "--all") ? _("nothing was found") : _("nothing is open"));
	bytes_release(&listing.text);
	node_free(listing.node);
	return err;
}

enum err
cmd_findings_explain(struct cli *cli)
{
	const char *partition = cli_value(cli, "--partition");
	struct node *node = NULL;
	struct flow_edit_result result;
	struct node_code owner;
	char id[2 * ID_BYTES + 1];
	enum err err = cli_value(cli, "--reason") == NULL
	                       ? err_set(&cli->info, ERR_USAGE, "%s", _("findings explain needs --reason CODE"))
	                       : cli_open(cli, &node);

	if (err == ERR_OK && partition != NULL)
		err = cli_partition(&owner, partition, node, &cli->info);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		desk.note = cli_value(cli, "--reason"); /* the edit's reason stands in the clear: the note does not */
		err = flow_findings_explain(&result, &desk, partition == NULL ? NULL : &owner, cli->arguments[0],
		                            cli_value(cli, "--reason"), cli_value(cli, "--note"), &cli->info);
	}
	if (err == ERR_OK) {
		struct json_writer *writer = cli_json_begin(cli, "explained");

		cli_json_id(writer, "id", &result.id);
		cli_json_string(writer, "partition", result.owner.text);
		cli_json_made(cli, writer, "commit", view_of(result.commit.bytes, OID_BYTES));
		cli_json_end(cli);
		hex_write(id, view_of(result.id.bytes, ID_BYTES));
		cli_line(cli, _("%s is explained"), id);
	}
	node_free(node);
	return err;
}

enum err
cmd_findings_check(struct cli *cli)
{
	struct node *node = NULL;
	struct flow_findings_result result;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK)
		err = node_lock(node, cli->wait_seconds, &cli->info);
	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_findings_check(&result, &desk, cli_has(cli, "--whole") ? FLOW_FINDINGS_WHOLE : 0,
		                          &cli->info);
	}
	if (err == ERR_OK && !result.is_hub)
		cli_line(cli, "%s", _("this office has nobody below it, or no rules: there is nothing to compare"));
	else if (err == ERR_OK)
		cli_print_findings(cli, &result, true);
	if (err == ERR_OK && result.skipped > 0)
		cli->exit_code = err_exit_code(ERR_PART);
	node_free(node);
	return err;
}
