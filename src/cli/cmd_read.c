#include <string.h>

#include "cli/verbs.h"
#include "flow/view.h"
#include "schema/slice.h"
#include "schema/value.h"
#include "text/csv.h"
#include "text/gb18030.h"
#include "text/text.h"

#define READ_OPTIONS                                                                                                   \
	{"--partition", "NODE", N_("of whose partition (default: all held)")},                                         \
	{                                                                                                              \
		"--at", "REV", N_("head, ~N, YYYY-MM-DD, or digits of a commit")                                       \
	}

const struct cli_option cmd_get_options[] = {READ_OPTIONS, {NULL, NULL, NULL}};
const struct cli_option cmd_list_options[] = {
	READ_OPTIONS,
	{"--kind", "KIND", N_("of one kind")},
	{"--where", "F=V", N_("with this value")},
	{NULL, NULL, NULL},
};
const struct cli_option cmd_export_options[] = {
	READ_OPTIONS,
	{"--kind", "KIND", N_("of which kind")},
	{"--where", "F=V", N_("with this value")},
	{"--format", "NAME", N_("csv or jsonl")},
	{"--encoding", "NAME", N_("utf-8 or gb18030")},
	{"--notice", NULL, N_("the public notice: only what the kind allows, of records that are put up (csv)")},
	{"--out", "FILE", N_("instead of standard output")},
	{NULL, NULL, NULL},
};

struct reading {
	struct cli *cli;
	struct node *node;
	size_t count;
	struct bytes text;
	/* export */
	bool is_csv;
	bool is_notice;
	const struct schema_kind *kind;
	struct text_csv_writer writer;
	struct text_encoder *encoder; /* JSON Lines in GB 18030 */
	struct bytes out;
	int fd; /* of --out, under its temporary name; -1: standard output */
	char temporary[LIMIT_PATH_BYTES_MAX];
};

enum {
	EXPORT_WRITE_BYTES = 1 << 18 /* are gathered before they are written to --out */
};

static enum err
read_walk(struct flow_walk *out, struct node_code *code, struct cli *cli, const struct node *node)
{
	const char *partition = cli_value(cli, "--partition");

	*out = (struct flow_walk){
		.at = cli_value(cli, "--at"), .kind = cli_value(cli, "--kind"), .where = cli_value(cli, "--where")};
	if (partition == NULL || strcmp(partition, "all") == 0)
		return ERR_OK;
	out->owner = code;
	return cli_partition(code, partition, node, &cli->info);
}

static enum err
json_row(struct reading *reading, const struct flow_row *row, struct err_info *info)
{
	struct json_writer *writer = cli_json_begin(reading->cli, "record");
	enum err err;

	if (writer == NULL)
		return ERR_OK;
	bytes_clear(&reading->text);
	err = flow_row_json(&reading->text, row, info);
	cli_json_string(writer, "partition", row->owner->text);
	cli_json_id(writer, "id", row->id);
	cli_json_view(writer, "kind", row->record->kind);
	json_write_key(writer, "record");
	if (err == ERR_OK)
		json_write_raw(writer, bytes_view(&reading->text));
	else
		json_write_null(writer);
	cli_json_end(reading->cli);
	return err;
}

/* A value for the screen: masked by its tier unless personal data was asked for. */
static enum err
display(struct bytes *out, struct reading *reading, const struct schema_field *field, struct view value,
        struct err_info *info)
{
	enum schema_language language = reading->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH;
	struct bytes text = {0};
	enum err err = schema_value_to_display(&text, field, value, language, info);

	if (err == ERR_OK && reading->cli->show_personal)
		err = text_escape(out, bytes_view(&text), info);
	else if (err == ERR_OK)
		err = text_mask(out, bytes_view(&text), field->tier, cli_shape(field), info);
	bytes_release(&text);
	return err;
}

static enum err
show_get(void *context, const struct flow_row *row, struct err_info *info)
{
	struct reading *reading = context;
	char id[2 * ID_BYTES + 1];
	enum err err = json_row(reading, row, info);

	hex_write(id, view_of(row->id->bytes, ID_BYTES));
	cli_line(reading->cli, "%s  %.*s  %s", id, (int)row->record->kind.size, (const char *)row->record->kind.data,
	         node_label(reading->node, row->owner));
	for (size_t i = 0; err == ERR_OK && i < row->record->field_count; i++) {
		const struct schema_slice *slice = &row->record->fields[i];
		const struct schema_field *field =
			row->kind == NULL ? NULL : schema_field_by_number(&row->kind->object, slice->number);

		if (field == NULL) {
			cli_line(reading->cli, "  #%u", slice->number);
			continue;
		}
		bytes_clear(&reading->text);
		err = display(&reading->text, reading, field, slice->value, info);
		if (err == ERR_OK)
			cli_line(reading->cli, "  %-24.*s %s  (%.*s)", (int)field->name.size,
			         (const char *)field->name.data, bytes_text(&reading->text), (int)field->title.zh.size,
			         (const char *)field->title.zh.data);
	}
	return err;
}

static enum err
show_list(void *context, const struct flow_row *row, struct err_info *info)
{
	struct reading *reading = context;
	char id[2 * ID_BYTES + 1];
	enum err err = json_row(reading, row, info);

	reading->count++;
	if (reading->cli->json)
		return err;
	hex_write(id, view_of(row->id->bytes, ID_BYTES));
	bytes_clear(&reading->text);
	for (size_t i = 0; err == ERR_OK && row->kind != NULL && i < row->kind->key_count; i++) {
		const struct schema_field *field = schema_field_by_number(&row->kind->object, row->kind->key[i]);
		struct view value = record_get(row->record, row->kind->key[i]);

		err = bytes_append_text(&reading->text, "  ", info);
		if (err == ERR_OK && value.size > 0)
			err = display(&reading->text, reading, field, value, info);
	}
	if (err == ERR_OK)
		cli_line(reading->cli, "%s  %.*s%s", id, (int)row->record->kind.size,
		         (const char *)row->record->kind.data, bytes_text(&reading->text));
	return err;
}

static void
reading_release(struct reading *reading)
{
	bytes_release(&reading->text);
	bytes_release(&reading->out);
	text_encoder_free(reading->encoder);
	node_free(reading->node);
}

enum err
cmd_get(struct cli *cli)
{
	struct reading reading = {.cli = cli};
	struct flow_walk walk;
	struct node_code code;
	enum err err = cli_open(cli, &reading.node);

	if (err == ERR_OK)
		err = read_walk(&walk, &code, cli, reading.node);
	if (err == ERR_OK)
		err = flow_get(reading.node, &walk, cli->arguments[0], show_get, &reading, &cli->info);
	reading_release(&reading);
	return err;
}

static void
skip_partition(void *context, const struct node_code *owner, const struct err_info *why)
{
	struct reading *reading = context;

	cli_list_without(reading->cli, reading->node, owner, why);
}

enum err
cmd_list(struct cli *cli)
{
	struct reading reading = {.cli = cli};
	struct flow_walk walk;
	struct node_code code;
	enum err err = cli_open(cli, &reading.node);

	if (err == ERR_OK)
		err = read_walk(&walk, &code, cli, reading.node);
	walk.skipped = skip_partition;
	if (err == ERR_OK)
		err = flow_each(reading.node, &walk, show_list, &reading, &cli->info);
	if (err == ERR_OK)
		cli_note(cli, _("%zu records"), reading.count);
	reading_release(&reading);
	return err;
}

static bool
is_money(const struct schema_field *field)
{
	return field->type == SCHEMA_INTEGER && view_equal(field->unit, view_text("fen"));
}

static enum err
append_yuan(struct bytes *out, struct view value, struct err_info *info)
{
	int64_t fen = 0;

	if (!schema_integer_of(value, &fen))
		return ERR_OK;
	return bytes_printf(out, info, "%s%lld.%02lld", fen < 0 ? "-" : "",
	                    (long long)(fen < 0 ? -(fen / 100) : fen / 100),
	                    (long long)(fen < 0 ? -(fen % 100) : fen % 100));
}

static enum err
notice_header(struct reading *reading, struct err_info *info)
{
	enum schema_language language = reading->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH;
	const struct schema_kind *kind = reading->kind;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < kind->notice_count; i++) {
		const struct schema_field *field = schema_field_by_number(&kind->object, kind->notice[i]);

		bytes_clear(&reading->text);
		err = bytes_append_view(&reading->text, schema_title_in(&field->title, language), info);
		if (err == ERR_OK && is_money(field))
			err = bytes_append_text(&reading->text, _(" (yuan)"), info);
		if (err == ERR_OK)
			err = text_csv_put_cell(&reading->writer, bytes_view(&reading->text), info);
	}
	return err == ERR_OK ? text_csv_end_row(&reading->writer, info) : err;
}

/* As people read it: a notice is printed, not imported. */
static enum err
notice_row(struct reading *reading, const struct flow_row *row, struct err_info *info)
{
	enum schema_language language = reading->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH;
	const struct schema_kind *kind = reading->kind;
	enum err err = ERR_OK;

	if (!schema_choices_hold(kind, kind->notice_while, kind->notice_while_count, row->record->fields,
	                         row->record->field_count))
		return ERR_OK;
	reading->count++;
	for (size_t i = 0; err == ERR_OK && i < kind->notice_count; i++) {
		const struct schema_field *field = schema_field_by_number(&kind->object, kind->notice[i]);
		struct view value = record_get(row->record, field->number);

		bytes_clear(&reading->text);
		if (value.size > 0 && is_money(field))
			err = append_yuan(&reading->text, value, info);
		else if (value.size > 0)
			err = schema_value_to_display(&reading->text, field, value, language, info);
		if (err == ERR_OK)
			err = text_csv_put(&reading->writer, bytes_view(&reading->text), info);
	}
	return err == ERR_OK ? text_csv_end_row(&reading->writer, info) : err;
}

static enum err
csv_header(struct reading *reading, struct err_info *info)
{
	enum err err = text_csv_put_cell(&reading->writer, view_text("id"), info);

	if (err == ERR_OK)
		err = text_csv_put_cell(&reading->writer, view_text("kind"), info);
	for (size_t i = 0; err == ERR_OK && i < reading->kind->object.count; i++)
		err = text_csv_put_cell(&reading->writer, reading->kind->object.fields[i].name, info);
	return err == ERR_OK ? text_csv_end_row(&reading->writer, info) : err;
}

static enum err
csv_row(struct reading *reading, const struct flow_row *row, struct err_info *info)
{
	char id[2 * ID_BYTES + 1];
	enum err err;

	hex_write(id, view_of(row->id->bytes, ID_BYTES));
	err = text_csv_put_cell(&reading->writer, view_text(id), info);
	if (err == ERR_OK)
		err = text_csv_put_cell(&reading->writer, row->record->kind, info);
	for (size_t i = 0; err == ERR_OK && i < reading->kind->object.count; i++) {
		const struct schema_field *field = &reading->kind->object.fields[i];
		struct view value = record_get(row->record, field->number);

		bytes_clear(&reading->text);
		if (value.size > 0)
			err = schema_value_to_text(&reading->text, field, value, info);
		if (err == ERR_OK)
			err = text_csv_put(&reading->writer, bytes_view(&reading->text), info);
	}
	return err == ERR_OK ? text_csv_end_row(&reading->writer, info) : err;
}

static enum err
jsonl_row(struct reading *reading, const struct flow_row *row, struct err_info *info)
{
	enum err err;

	bytes_clear(&reading->text);
	err = flow_row_json(&reading->text, row, info);
	if (err == ERR_OK)
		err = bytes_append_byte(&reading->text, '\n', info);
	if (err == ERR_OK && reading->encoder != NULL)
		return text_encoder_put(reading->encoder, &reading->out, bytes_view(&reading->text), info);
	return err == ERR_OK ? bytes_append_view(&reading->out, bytes_view(&reading->text), info) : err;
}

static enum err
export_flush(struct reading *reading, struct err_info *info)
{
	enum err err = ERR_OK;

	if (reading->fd < 0)
		cli_data(reading->cli, bytes_view(&reading->out));
	else
		err = fs_write_all(reading->fd, reading->temporary, bytes_view(&reading->out), info);
	bytes_clear(&reading->out);
	return err;
}

static enum err
export_row(void *context, const struct flow_row *row, struct err_info *info)
{
	struct reading *reading = context;
	enum err err;

	reading->count += reading->is_notice ? 0U : 1U;
	if (reading->is_notice)
		err = notice_row(reading, row, info);
	else
		err = reading->is_csv ? csv_row(reading, row, info) : jsonl_row(reading, row, info);
	if (err != ERR_OK) {
		char id[2 * ID_BYTES + 1];

		hex_write(id, view_of(row->id->bytes, ID_BYTES));
		return err_in(info, err, _("record %s"), id);
	}
	return reading->fd < 0 || reading->out.size >= EXPORT_WRITE_BYTES ? export_flush(reading, info) : ERR_OK;
}

static enum err
start_export(struct reading *reading, struct cli *cli)
{
	const char *format = cli_value(cli, "--format");
	const struct schema_set *set = node_schema(reading->node);
	enum text_encoding encoding;
	enum err err = cli_encoding(&encoding, cli);

	if (err != ERR_OK)
		return err;

	reading->is_notice = cli_has(cli, "--notice");
	if (reading->is_notice && format == NULL)
		format = "csv";
	if (format == NULL || (strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0))
		return err_set(&cli->info, ERR_USAGE, "%s", _("export needs --format csv or --format jsonl"));
	reading->is_csv = strcmp(format, "csv") == 0;
	reading->kind = set == NULL ? NULL : schema_set_kind(set, view_text(cli_value(cli, "--kind")));
	if (reading->kind == NULL)
		return err_set(&cli->info, ERR_NOT_FOUND, _("there is no kind '%s'; see: tiersync schema list"),
		               cli_value(cli, "--kind"));
	if (reading->is_notice && !reading->is_csv)
		return err_set(&cli->info, ERR_USAGE, "%s", _("--notice goes with --format csv"));
	if (reading->is_notice && reading->kind->notice_count == 0)
		return err_set(&cli->info, ERR_RULE, _("kind %s has no public notice: nothing of it may be put up"),
		               cli_value(cli, "--kind"));
	if (!reading->is_csv)
		return encoding == TEXT_GB18030 ? text_encoder_new(&reading->encoder, &cli->info) : ERR_OK;
	err = text_csv_writer_init(&reading->writer, &reading->out, encoding, &cli->info);
	if (err != ERR_OK)
		return err;
	return reading->is_notice ? notice_header(reading, &cli->info) : csv_header(reading, &cli->info);
}

/* To FILE a piece at a time; it gets its name when it is whole. */
static enum err
export_all(struct reading *reading, const struct flow_walk *walk, struct cli *cli)
{
	const char *out = cli_value(cli, "--out");
	enum err err = start_export(reading, cli);

	if (err == ERR_OK && out != NULL)
		err = fs_open_temporary(&reading->fd, reading->temporary, out, 0600, &cli->info);
	if (err != ERR_OK)
		return err;
	err = flow_each(reading->node, walk, export_row, reading, &cli->info);
	if (err == ERR_OK)
		err = export_flush(reading, &cli->info);
	return out == NULL ? err : fs_finish_temporary(reading->fd, reading->temporary, out, err, &cli->info);
}

enum err
cmd_export(struct cli *cli)
{
	struct reading reading = {.cli = cli, .fd = -1};
	struct flow_walk walk;
	struct node_code code;
	enum err err = cli_value(cli, "--kind") == NULL
	                       ? err_set(&cli->info, ERR_USAGE, "%s", _("export needs --kind KIND"))
	                       : cli_open(cli, &reading.node);

	if (err == ERR_OK)
		err = read_walk(&walk, &code, cli, reading.node);
	if (err == ERR_OK)
		err = export_all(&reading, &walk, cli);
	if (err == ERR_OK)
		cli_note(cli, _("%zu records"), reading.count);
	if (reading.is_csv)
		text_csv_writer_release(&reading.writer);
	reading_release(&reading);
	return err;
}
