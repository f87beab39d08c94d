#include "cli/verbs.h"
#include "flow/schema.h"

const struct cli_option cmd_schema_add_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_schema_check_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_schema_list_options[] = {{NULL, NULL, NULL}};
const struct cli_option cmd_schema_show_options[] = {{NULL, NULL, NULL}};

static void
print_findings(struct cli *cli, const struct schema_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct schema_finding *finding = &findings->items[i];
		struct json_writer *writer = cli_json_begin(cli, finding->is_note ? "note" : "misread");

		cli_json_view(writer, "kind", finding->kind);
		cli_json_view(writer, "field", finding->field);
		cli_json_view(writer, "text", finding->text);
		cli_json_end(cli);
		cli_line(cli, "%s  %.*s%s%.*s: %.*s", finding->is_note ? _("note   ") : _("refused"),
		         (int)finding->kind.size, (const char *)finding->kind.data, finding->field.size > 0 ? "." : "",
		         (int)finding->field.size, (const char *)finding->field.data, (int)finding->text.size,
		         (const char *)finding->text.data);
	}
}

enum err
cmd_schema_add(struct cli *cli)
{
	struct node *node = NULL;
	struct schema_findings findings = {0};
	struct flow_schema_result result;
	enum err err = cli_open(cli, &node);

	if (err == ERR_OK) {
		struct flow_desk desk = cli_desk(cli, node);

		err = flow_schema_add(&result, &findings, &desk, cli->arguments, cli->arguments_count, &cli->info);
	}
	print_findings(cli, &findings);
	if (err == ERR_OK) {
		struct json_writer *writer = cli_json_begin(cli, "schema");

		cli_json_integer(writer, "version", result.version);
		cli_json_digest(writer, "digest", &result.digest);
		cli_json_bool(writer, "changed", result.is_changed);
		cli_json_end(cli);
		cli_line(cli,
		         result.is_changed ? _("schema set %u is signed; bundles carry it down")
		                           : _("schema set %u says the same already; nothing was changed"),
		         result.version);
	}
	schema_findings_release(&findings);
	node_free(node);
	return err;
}

/* OLD and NEW are a kind or code-set file each, or a directory of them. */
enum err
cmd_schema_check(struct cli *cli)
{
	struct schema_set *old = NULL;
	struct schema_set *new = NULL;
	struct schema_findings findings = {0};
	enum err err = flow_schema_read(&old, 1, NULL, &cli->arguments[0], 1, &cli->info);

	if (err == ERR_OK)
		err = flow_schema_read(&new, 2, NULL, &cli->arguments[1], 1, &cli->info);
	if (err == ERR_OK)
		err = schema_check(&findings, old, new, &cli->info);
	if (err == ERR_OK)
		print_findings(cli, &findings);
	if (err == ERR_OK && findings.error_count > 0)
		err = err_set(&cli->info, ERR_RULE, _("%zu changes would misread old records"), findings.error_count);
	else if (err == ERR_OK)
		cli_line(cli, "%s", _("old records keep their meaning"));
	schema_findings_release(&findings);
	schema_set_free(old);
	schema_set_free(new);
	return err;
}

enum err
cmd_schema_list(struct cli *cli)
{
	struct node *node = NULL;
	const struct schema_set *set;
	enum err err = cli_open_without_keys(cli, &node);

	if (err != ERR_OK)
		return err;
	set = node_schema(node);
	if (set == NULL)
		cli_line(cli, "%s", _("no schema set is held here yet"));
	else
		cli_line(cli, _("schema set %u"), schema_set_version(set));
	for (size_t i = 0; set != NULL && i < schema_set_kind_count(set); i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);
		struct view title = schema_title_in(&kind->title, cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH);
		struct json_writer *writer = cli_json_begin(cli, "kind");

		cli_json_view(writer, "kind", kind->name);
		cli_json_view(writer, "zh", kind->title.zh);
		cli_json_view(writer, "en", kind->title.en);
		cli_json_integer(writer, "fields", (int64_t)kind->object.count);
		cli_json_integer(writer, "version", schema_set_version(set));
		cli_json_end(cli);
		cli_line(cli, "  %.*s  %.*s  (%zu)", (int)kind->name.size, (const char *)kind->name.data,
		         (int)title.size, (const char *)title.data, kind->object.count);
	}
	node_free(node);
	return ERR_OK;
}

static const char *
type_word(const struct schema_field *field)
{
	static const char *const WORDS[] = {"string", "integer",   "boolean",    "number",   "date",
	                                    "month",  "date-time", "citizen-id", "division", "record-id",
	                                    "enum",   "code",      "array",      "object"};

	return WORDS[field->type];
}

enum err
cmd_schema_show(struct cli *cli)
{
	struct node *node = NULL;
	const struct schema_set *set;
	const struct schema_kind *kind;
	enum err err = cli_open_without_keys(cli, &node);

	if (err != ERR_OK)
		return err;
	set = node_schema(node);
	kind = set == NULL ? NULL : schema_set_kind(set, view_text(cli->arguments[0]));
	if (kind == NULL) {
		node_free(node);
		return err_set(&cli->info, ERR_NOT_FOUND, _("there is no kind '%s'; see: tiersync schema list"),
		               cli->arguments[0]);
	}
	cli_line(cli, "%.*s  %.*s", (int)kind->name.size, (const char *)kind->name.data, (int)kind->title.zh.size,
	         (const char *)kind->title.zh.data);
	for (size_t i = 0; i < kind->object.count; i++) {
		const struct schema_field *field = &kind->object.fields[i];
		struct json_writer *writer = cli_json_begin(cli, "field");

		cli_json_integer(writer, "number", field->number);
		cli_json_view(writer, "name", field->name);
		cli_json_view(writer, "zh", field->title.zh);
		cli_json_view(writer, "en", field->title.en);
		cli_json_string(writer, "form", type_word(field));
		cli_json_bool(writer, "required", field->is_required);
		cli_json_integer(writer, "tier", field->tier);
		cli_json_end(cli);
		cli_line(cli, "  %4u  %-24.*s %-10s S%u %s %.*s", field->number, (int)field->name.size,
		         (const char *)field->name.data, type_word(field), field->tier, field->is_required ? "*" : " ",
		         (int)field->title.zh.size, (const char *)field->title.zh.data);
	}
	node_free(node);
	return ERR_OK;
}
