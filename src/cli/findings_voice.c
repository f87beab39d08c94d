#include "cli/findings_voice.h"

#include "codec/codec.h"

struct view
cli_finding_text(const struct flow_finding *finding, const char *name, const struct schema_field **field_out)
{
	struct codec_reader reader;
	struct view text = {0};

	*field_out = schema_field_by_name(&finding->kind->object, view_text(name));
	if (*field_out == NULL)
		return text;
	reader = codec_reader_of(record_get(finding->record, (*field_out)->number));
	if (codec_peek_type(&reader) != CODEC_STR || codec_read_str(&text, &reader, NULL) != ERR_OK)
		return (struct view){0};
	return text;
}

static void
print_json(struct cli *cli, const struct flow_findings_result *result)
{
	struct json_writer *writer = cli_json_begin(cli, "findings");

	if (writer == NULL)
		return;
	cli_json_bool(writer, "whole", result->is_whole);
	cli_json_integer(writer, "partitions", (int64_t)result->read);
	cli_json_integer(writer, "records", (int64_t)result->records);
	cli_json_integer(writer, "groups", (int64_t)result->groups);
	cli_json_integer(writer, "raised", (int64_t)result->raised);
	cli_json_integer(writer, "returned", (int64_t)result->returned);
	cli_json_integer(writer, "changed", (int64_t)result->changed);
	cli_json_integer(writer, "closed", (int64_t)result->closed);
	cli_json_integer(writer, "waiting", (int64_t)result->waiting);
	cli_json_integer(writer, "skipped", (int64_t)result->skipped);
	cli_json_integer(writer, "unreadable", (int64_t)result->unreadable);
	cli_json_integer(writer, "too_many", (int64_t)result->too_many);
	cli_json_end(cli);
}

void
cli_print_findings(struct cli *cli, const struct flow_findings_result *result, bool is_asked)
{
	bool has_news = result->raised + result->returned + result->closed + result->changed > 0;

	if (!result->is_hub)
		return;
	print_json(cli, result);
	if (has_news || is_asked)
		cli_line(cli,
		         _("found      %llu new, %llu came back, %llu gone, %llu changed (%llu records looked at)"),
		         (unsigned long long)result->raised, (unsigned long long)result->returned,
		         (unsigned long long)result->closed, (unsigned long long)result->changed,
		         (unsigned long long)result->records);
	if (result->waiting > 0)
		cli_note(cli,
		         _("found      %llu more wait for the next day: at most %d are written a day into one "
		           "partition"),
		         (unsigned long long)result->waiting, LIMIT_FINDINGS_NIGHT_MAX);
	if (result->skipped > 0)
		cli_note(cli, _("found      %zu partitions could not be written now; the next run does it"),
		         result->skipped);
	if (result->unreadable > 0)
		cli_note(cli, _("found      %llu records do not open here and were not compared"),
		         (unsigned long long)result->unreadable);
	if (result->too_many > 0)
		cli_note(cli,
		         _("found      %llu times more than %d records agree: is a rule of the schema too wide? only "
		           "part "
		           "of them was compared"),
		         (unsigned long long)result->too_many, LIMIT_FINDING_GROUP_MAX);
}
