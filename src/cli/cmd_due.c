/* due: what is or will be late, soonest first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/due.h"
#include "cli/verbs.h"
#include "schema/slice.h"
#include "schema/value.h"
#include "text/date.h"
#include "text/text.h"

const struct cli_option cmd_due_options[] = {
	{"--at", "DAY", N_("as of the end of this day, YYYY-MM-DD (default: now)")},
	{"--within", "DAYS", N_("what will be late within so many days (7)")},
	{"--office", "NODE", N_("only what this office has to do")},
	{"--partition", "NODE", N_("of whose partition (default: all held)")},
	{"--kind", "KIND", N_("of one kind")},
	{NULL, NULL, NULL},
};

enum {
	WITHIN_DEFAULT = 7,
	WITHIN_MAX = 36500,
	COLUMNS = 6,
	COLUMN_WIDTH_MAX = 56
};

/* One line of the table: texts in one buffer, NUL behind each. */
struct line {
	int64_t day;
	size_t serial;
	size_t texts[COLUMNS]; /* where they start */
};

struct listing {
	struct cli *cli;
	struct node *node;
	int64_t now;
	int64_t within;
	const char *office;
	struct bytes texts;
	struct line *lines;
	size_t count;
	size_t capacity;
	struct due_counts counts;
	struct bytes text;
};

static bool
is_shown(const struct listing *listing, const struct due_item *item)
{
	return item->state == DUE_LATE || item->state == DUE_EARLY || item->state == DUE_NO_START ||
	       (item->state == DUE_IN_TIME && item->day - due_today(listing->now) <= listing->within);
}

/* --- words --- */

static const char *
state_word(const struct due_item *item)
{
	static const char *const WORDS[] = {"late", "due", "early", "not-before", "stopped", "no-start"};

	return WORDS[item->state];
}

static const char *
unit_word(const struct due_item *item)
{
	if (item->form == SCHEMA_LIMIT_WORKING_DAYS)
		return "working_days";
	return item->form == SCHEMA_LIMIT_HOURS ? "hours" : "days";
}

static enum err
write_when(struct bytes *out, const struct due_item *item, struct err_info *info)
{
	char day[TEXT_DATE_BYTES];
	char time[TEXT_TIME_BYTES];

	if (item->state == DUE_NO_START)
		return bytes_append_text(out, _("no date"), info);
	if (item->has_time && text_time_format(time, item->time))
		return bytes_printf(out, info, "%.10s %.5s", time, time + 11);
	if (!text_date_format(day, item->day))
		return bytes_append_text(out, "?", info);
	return bytes_printf(out, info, "%s%s", day, item->is_exact ? "" : "~");
}

static enum err
write_left(struct bytes *out, const struct due_item *item, struct err_info *info)
{
	long long left = item->left < 0 ? -(long long)item->left : (long long)item->left;

	if (item->state == DUE_NO_START)
		return ERR_OK;
	if (item->state == DUE_EARLY)
		return bytes_append_text(out, _("ended too early"), info);
	if (item->state != DUE_LATE && left == 0)
		return bytes_append_text(out, item->form == SCHEMA_LIMIT_HOURS ? _("this hour") : _("today"), info);
	if (item->form == SCHEMA_LIMIT_WORKING_DAYS)
		return bytes_printf(out, info,
		                    item->state == DUE_LATE ? _("%lld working days late") : _("%lld working days left"),
		                    left);
	if (item->form == SCHEMA_LIMIT_HOURS)
		return bytes_printf(out, info, item->state == DUE_LATE ? _("%lld hours late") : _("%lld hours left"),
		                    left);
	return bytes_printf(out, info, item->state == DUE_LATE ? _("%lld days late") : _("%lld days left"), left);
}

/* A person reads a code's title, a program the code. */
static enum err
write_value(struct bytes *out, struct listing *listing, const struct schema_field *field, struct view value,
            struct err_info *info)
{
	struct bytes text = {0};
	enum err err =
		listing->cli->json
			? schema_value_to_text(&text, field, value, info)
			: schema_value_to_display(&text, field, value,
	                                          listing->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH, info);

	if (err == ERR_OK && listing->cli->show_personal)
		err = text_escape(out, bytes_view(&text), info);
	else if (err == ERR_OK)
		err = text_mask(out, bytes_view(&text), field->tier, cli_shape(field), info);
	bytes_release(&text);
	return err;
}

/* The natural key, its parts with blanks between them; without one, the id. */
static enum err
write_key(struct bytes *out, struct listing *listing, const struct flow_row *row, struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < row->kind->key_count; i++) {
		const struct schema_field *field = schema_field_by_number(&row->kind->object, row->kind->key[i]);
		struct view value = record_get(row->record, row->kind->key[i]);

		if (i > 0)
			err = bytes_append_byte(out, ' ', info);
		if (err == ERR_OK && value.size > 0)
			err = write_value(out, listing, field, value, info);
	}
	if (err == ERR_OK && row->kind->key_count == 0) {
		hex_write(hex, view_of(row->id->bytes, ID_BYTES));
		err = bytes_append_text(out, hex, info);
	}
	return err;
}

static struct view
title_of(const struct listing *listing, const struct schema_title *title)
{
	return schema_title_in(title, listing->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH);
}

/* --- rows --- */

static enum err
write_column(struct listing *listing, const struct flow_due_row *row, int column, struct err_info *info)
{
	struct bytes *out = &listing->texts;
	enum err err;

	switch (column) {
	case 0:
		return write_when(out, row->item, info);
	case 1:
		return write_left(out, row->item, info);
	case 2:
		return bytes_append_text(out, node_label(listing->node, &row->office), info);
	case 3:
		err = bytes_append_view(out, title_of(listing, &row->row->kind->title), info);
		if (err == ERR_OK)
			err = bytes_append_byte(out, ' ', info);
		return err == ERR_OK ? write_key(out, listing, row->row, info) : err;
	case 4:
		return bytes_append_view(out, title_of(listing, &row->item->limit->title), info);
	default:
		return row->person.size == 0 ? ERR_OK : write_value(out, listing, row->person_field, row->person, info);
	}
}

static enum err
add_line(struct listing *listing, const struct flow_due_row *row, struct err_info *info)
{
	struct line line = {.day = row->item->state == DUE_NO_START ? INT64_MAX : row->item->day,
	                    .serial = listing->count};
	enum err err = ERR_OK;

	for (int i = 0; err == ERR_OK && i < COLUMNS; i++) {
		line.texts[i] = listing->texts.size;
		err = write_column(listing, row, i, info);
		if (err == ERR_OK)
			err = bytes_append_byte(&listing->texts, 0, info);
	}
	if (err != ERR_OK)
		return err;
	if (listing->count == listing->capacity) {
		size_t capacity = listing->capacity == 0 ? 64 : listing->capacity * 2;
		struct line *lines = realloc(listing->lines, capacity * sizeof(*lines));

		if (lines == NULL)
			return err_nomem(info);
		listing->lines = lines;
		listing->capacity = capacity;
	}
	listing->lines[listing->count++] = line;
	return ERR_OK;
}

static enum err
json_words(struct json_writer *writer, struct listing *listing, const struct flow_due_row *row, struct err_info *info)
{
	const struct flow_row *record = row->row;
	const struct due_item *item = row->item;
	enum err err;

	cli_json_view(writer, "limit", item->limit->name);
	cli_json_view(writer, "zh", item->limit->title.zh);
	cli_json_view(writer, "en", item->limit->title.en);
	cli_json_view(writer, "status",
	              schema_word_of(record->kind->status, record_get(record->record, record->kind->status->number)));
	cli_json_string(writer, "office", row->office.text);
	bytes_clear(&listing->text);
	err = row->person.size == 0 ? ERR_OK
	                            : write_value(&listing->text, listing, row->person_field, row->person, info);
	cli_json_view(writer, "person", bytes_view(&listing->text));
	bytes_clear(&listing->text);
	if (err == ERR_OK)
		err = write_key(&listing->text, listing, record, info);
	cli_json_view(writer, "key", bytes_view(&listing->text));
	cli_json_view(writer, "rule", item->limit->rule);
	if (item->has_policy)
		cli_json_view(writer, "policy", item->policy.source);
	return err;
}

static enum err
json_line(struct listing *listing, const struct flow_due_row *row, struct err_info *info)
{
	const struct due_item *item = row->item;
	struct json_writer *writer = cli_json_begin(listing->cli, "due");
	char day[TEXT_DATE_BYTES];
	enum err err;

	if (writer == NULL)
		return ERR_OK;
	cli_json_string(writer, "state", state_word(item));
	cli_json_string(writer, "partition", row->row->owner->text);
	cli_json_id(writer, "id", row->row->id);
	cli_json_view(writer, "kind", row->row->record->kind);
	err = json_words(writer, listing, row, info);
	if (item->has_since && text_date_format(day, item->since))
		cli_json_string(writer, "since", day);
	if (item->state != DUE_NO_START) {
		if (item->has_time)
			cli_json_time(writer, "due", item->time);
		else if (text_date_format(day, item->day))
			cli_json_string(writer, "due", day);
		cli_json_integer(writer, "left", item->left);
		cli_json_string(writer, "unit", unit_word(item));
		cli_json_bool(writer, "exact", item->is_exact);
	}
	cli_json_end(listing->cli);
	return err;
}

static enum err
list_row(void *context, const struct flow_due_row *row, struct err_info *info)
{
	struct listing *listing = context;

	if (listing->office != NULL && strcmp(listing->office, row->office.text) != 0)
		return ERR_OK;
	due_count(&listing->counts, row->item, due_today(listing->now), listing->within);
	if (!is_shown(listing, row->item))
		return ERR_OK;
	if (listing->cli->json)
		return json_line(listing, row, info);
	return add_line(listing, row, info);
}

/* --- the table --- */

static int
compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static struct view
text_at(const struct listing *listing, const struct line *line, int column)
{
	return view_text((const char *)listing->texts.data + line->texts[column]);
}

static enum err
print_table(struct listing *listing, struct err_info *info)
{
	size_t widths[COLUMNS] = {0};
	struct bytes out = {0};
	enum err err = ERR_OK;

	if (listing->count > 1)
		qsort(listing->lines, listing->count, sizeof(*listing->lines), compare_lines);
	for (size_t i = 0; i < listing->count; i++) {
		for (int k = 0; k < COLUMNS; k++) {
			size_t width = text_width(text_at(listing, &listing->lines[i], k));

			if (width > widths[k])
				widths[k] = width < COLUMN_WIDTH_MAX ? width : COLUMN_WIDTH_MAX;
		}
	}
	for (size_t i = 0; err == ERR_OK && i < listing->count; i++) {
		bytes_clear(&out);
		for (int k = 0; err == ERR_OK && k < COLUMNS - 1; k++) {
			err = text_pad(&out, text_at(listing, &listing->lines[i], k), widths[k], TEXT_LEFT, info);
			if (err == ERR_OK)
				err = bytes_append_text(&out, "  ", info);
		}
		if (err == ERR_OK)
			err = bytes_append_view(&out, text_at(listing, &listing->lines[i], COLUMNS - 1), info);
		while (out.size > 0 && out.data[out.size - 1] == ' ')
			out.size--;
		if (err == ERR_OK)
			cli_line(listing->cli, "%s", bytes_text(&out));
	}
	bytes_release(&out);
	return err;
}

/* --- the frame --- */

static enum err
read_at(int64_t *out, const struct cli *cli, struct err_info *info)
{
	const char *at = cli_value(cli, "--at");
	struct err_info why;
	int64_t day;

	*out = cli->env.now(cli->env.context);
	if (at == NULL)
		return ERR_OK;
	if (text_time_parse(out, view_text(at), &why) == ERR_OK)
		return ERR_OK;
	if (text_date_parse(&day, view_text(at), &why) != ERR_OK)
		return err_set(info, ERR_USAGE, _("--at takes a day such as 2018-02-28, not '%s'"), at);
	*out = (day + 1) * DUE_SECONDS_PER_DAY - DUE_SECONDS_EAST - 1;
	return ERR_OK;
}

static void
print_counts(struct listing *listing)
{
	const struct due_counts *counts = &listing->counts;
	struct json_writer *writer = cli_json_begin(listing->cli, "due-counts");

	cli_json_integer(writer, "late", (int64_t)counts->late);
	cli_json_integer(writer, "due", (int64_t)counts->soon);
	cli_json_integer(writer, "later", (int64_t)counts->later);
	cli_json_integer(writer, "early", (int64_t)counts->early);
	cli_json_integer(writer, "not_before", (int64_t)counts->waiting);
	cli_json_integer(writer, "stopped", (int64_t)counts->stopped);
	cli_json_integer(writer, "no_start", (int64_t)counts->undated);
	cli_json_integer(writer, "inexact", (int64_t)counts->inexact);
	cli_json_end(listing->cli);
	cli_line(listing->cli, _("%zu late, %zu due within %lld days, %zu later; %zu stand still, %zu without a date"),
	         counts->late, counts->soon, (long long)listing->within, counts->later, counts->stopped,
	         counts->undated);
	if (counts->inexact > 0)
		cli_line(listing->cli, _("~ %zu rest on days that no calendar speaks of"), counts->inexact);
}

static enum err
read_terms(struct flow_due_terms *terms, struct listing *listing, struct node_code *owner, struct node_code *office,
           struct err_info *info)
{
	struct cli *cli = listing->cli;
	enum err err = read_at(&terms->now, cli, info);

	listing->now = terms->now;
	terms->kind = cli_value(cli, "--kind");
	if (err == ERR_OK)
		err = cli_number(cli, "--within", WITHIN_DEFAULT, 0, WITHIN_MAX, &listing->within, info);
	if (err == ERR_OK && cli_has(cli, "--office")) {
		err = cli_code(office, "--office", cli_value(cli, "--office"), info);
		listing->office = office->text;
	}
	if (err == ERR_OK && cli_has(cli, "--partition") && strcmp(cli_value(cli, "--partition"), "all") != 0) {
		err = cli_partition(owner, cli_value(cli, "--partition"), listing->node, info);
		terms->owner = owner;
	}
	return err;
}

static void
skip_partition(void *context, const struct node_code *owner, const struct err_info *why)
{
	struct listing *listing = context;

	cli_list_without(listing->cli, listing->node, owner, why);
}

enum err
cmd_due(struct cli *cli)
{
	struct listing listing = {.cli = cli};
	struct flow_due_terms terms = {.skipped = skip_partition};
	struct node_code owner;
	struct node_code office;
	enum err err = cli_open(cli, &listing.node);

	if (err == ERR_OK)
		err = read_terms(&terms, &listing, &owner, &office, &cli->info);
	if (err == ERR_OK)
		err = flow_policy_open(&terms.policy, listing.node, node_schema(listing.node), &cli->info);
	if (err == ERR_OK)
		err = flow_due(listing.node, &terms, list_row, &listing, &cli->info);
	if (err == ERR_OK && !cli->json)
		err = print_table(&listing, &cli->info);
	if (err == ERR_OK) {
		print_counts(&listing);
		due_warn_policy(cli, listing.node, terms.policy, listing.now);
	}
	policy_free(terms.policy);
	bytes_release(&listing.texts);
	bytes_release(&listing.text);
	free(listing.lines);
	node_free(listing.node);
	return err;
}
