/* What status says of records: how many of each kind in which state, and what each office has to do. */
#include "cli/counts.h"

#include <stdlib.h>
#include <string.h>

#include "cli/due.h"
#include "flow/bundle.h"
#include "schema/set.h"
#include "schema/slice.h"

enum {
	WITHIN_DAYS = 7
};

/* Counts of one kind, or of one kind in one partition: by the text of the status. */
struct tally {
	const struct schema_kind *kind;
	struct node_code owner;
	struct view status; /* encoded; in the counting's arena; empty: the kind has no machine, or nothing is said */
	uint64_t count;
};

struct office {
	struct node_code code;
	struct due_counts counts;
};

struct counting {
	struct cli *cli;
	struct node *node;
	int64_t now;
	struct arena arena;
	struct table index; /* owner, kind, status -> tally */
	struct tally *tallies;
	size_t tally_count;
	size_t tally_capacity;
	struct office *offices;
	size_t office_count;
	struct bytes key;
};

static enum err
grow(struct counting *counting, const struct flow_row *row, struct view status, struct err_info *info)
{
	struct tally *tally;

	if (counting->tally_count == counting->tally_capacity) {
		size_t capacity = counting->tally_capacity == 0 ? 64 : counting->tally_capacity * 2;
		struct tally *tallies = realloc(counting->tallies, capacity * sizeof(*tallies));

		if (tallies == NULL)
			return err_nomem(info);
		counting->tallies = tallies;
		counting->tally_capacity = capacity;
	}
	tally = &counting->tallies[counting->tally_count++];
	*tally = (struct tally){.kind = row->kind, .owner = *row->owner};
	tally->status = view_of(arena_copy(&counting->arena, status), status.size);
	return tally->status.data == NULL ? err_nomem(info) : ERR_OK;
}

static enum err
count_record(void *context, const struct flow_row *row, struct err_info *info)
{
	struct counting *counting = context;
	struct view status =
		row->kind->status == NULL ? (struct view){0} : record_get(row->record, row->kind->status->number);
	uint64_t *place = NULL;
	bool is_new = false;
	enum err err;

	bytes_clear(&counting->key);
	err = bytes_append_text(&counting->key, row->owner->text, info);
	if (err == ERR_OK)
		err = bytes_append_byte(&counting->key, 0, info);
	if (err == ERR_OK)
		err = bytes_append_view(&counting->key, row->kind->name, info);
	if (err == ERR_OK)
		err = bytes_append_byte(&counting->key, 0, info);
	if (err == ERR_OK)
		err = bytes_append_view(&counting->key, status, info);
	if (err == ERR_OK)
		err = table_put(&counting->index, bytes_view(&counting->key), &place, &is_new, info);
	if (err == ERR_OK && is_new) {
		*place = counting->tally_count;
		err = grow(counting, row, status, info);
	}
	if (err == ERR_OK)
		counting->tallies[*place].count++;
	return err;
}

static enum err
count_limit(void *context, const struct flow_due_row *row, struct err_info *info)
{
	struct counting *counting = context;
	struct office *offices;
	size_t i = 0;

	while (i < counting->office_count && strcmp(counting->offices[i].code.text, row->office.text) != 0)
		i++;
	if (i == counting->office_count) {
		offices = realloc(counting->offices, (i + 1) * sizeof(*offices));
		if (offices == NULL)
			return err_nomem(info);
		counting->offices = offices;
		counting->offices[counting->office_count++] = (struct office){.code = row->office};
	}
	due_count(&counting->offices[i].counts, row->item, due_today(counting->now), WITHIN_DAYS);
	return ERR_OK;
}

/* By kind, then in the order in which the machine or its codes name the statuses, then by partition. */
static int
compare_tallies(const void *a, const void *b)
{
	const struct tally *x = a;
	const struct tally *y = b;
	int order = view_compare(x->kind->name, y->kind->name);

	if (order == 0)
		order = view_compare(x->status, y->status);
	return order != 0 ? order : strcmp(x->owner.text, y->owner.text);
}

static enum err
append_status(struct bytes *out, const struct counting *counting, const struct tally *tally, uint64_t count,
              struct err_info *info)
{
	const struct schema_field *field = tally->kind->status;
	struct view word = field == NULL ? (struct view){0} : schema_word_of(field, tally->status);

	if (field == NULL)
		return ERR_OK;
	if (field->type == SCHEMA_CODE) {
		const struct schema_code *code = schema_code_by_text(field->codes, word);

		if (code != NULL)
			word = schema_title_in(&code->title,
			                       counting->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH);
	}
	if (word.size == 0)
		word = view_text(_("without a state"));
	return bytes_printf(out, info, "%s%.*s %llu", out->size == 0 ? "" : ", ", (int)word.size,
	                    (const char *)word.data, (unsigned long long)count);
}

/* One line a kind: all of it, and how many in each state. */
static enum err
print_kind(struct counting *counting, size_t *at, struct err_info *info)
{
	const struct schema_kind *kind = counting->tallies[*at].kind;
	struct view title = schema_title_in(&kind->title, counting->cli->is_chinese ? SCHEMA_CHINESE : SCHEMA_ENGLISH);
	struct bytes states = {0};
	uint64_t total = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && *at < counting->tally_count && counting->tallies[*at].kind == kind) {
		const struct tally *tally = &counting->tallies[*at];
		uint64_t count = 0;

		for (; *at < counting->tally_count && counting->tallies[*at].kind == kind &&
		       view_equal(counting->tallies[*at].status, tally->status);
		     (*at)++)
			count += counting->tallies[*at].count;
		total += count;
		err = append_status(&states, counting, tally, count, info);
	}
	if (err == ERR_OK)
		cli_line(counting->cli, "  %-18.*s %8llu  %.*s%s%s", (int)kind->name.size,
		         (const char *)kind->name.data, (unsigned long long)total, (int)title.size,
		         (const char *)title.data, states.size == 0 ? "" : ": ", bytes_text(&states));
	bytes_release(&states);
	return err;
}

static void
print_json(struct counting *counting)
{
	for (size_t i = 0; i < counting->tally_count; i++) {
		const struct tally *tally = &counting->tallies[i];
		struct json_writer *writer = cli_json_begin(counting->cli, "count");

		cli_json_string(writer, "partition", tally->owner.text);
		cli_json_view(writer, "kind", tally->kind->name);
		cli_json_view(writer, "status",
		              tally->kind->status == NULL ? (struct view){0}
		                                          : schema_word_of(tally->kind->status, tally->status));
		cli_json_integer(writer, "count", (int64_t)tally->count);
		cli_json_end(counting->cli);
	}
	for (size_t i = 0; i < counting->office_count; i++) {
		const struct office *office = &counting->offices[i];
		struct json_writer *writer = cli_json_begin(counting->cli, "office");

		cli_json_string(writer, "office", office->code.text);
		cli_json_integer(writer, "late", (int64_t)office->counts.late);
		cli_json_integer(writer, "due", (int64_t)office->counts.soon);
		cli_json_integer(writer, "early", (int64_t)office->counts.early);
		cli_json_integer(writer, "no_start", (int64_t)office->counts.undated);
		cli_json_end(counting->cli);
	}
}

static enum err
print(struct counting *counting, struct err_info *info)
{
	size_t late = 0;
	size_t soon = 0;
	enum err err = ERR_OK;

	if (counting->tally_count > 1)
		qsort(counting->tallies, counting->tally_count, sizeof(*counting->tallies), compare_tallies);
	print_json(counting);
	if (counting->tally_count > 0)
		cli_line(counting->cli, "%s", _("records:"));
	for (size_t at = 0; err == ERR_OK && at < counting->tally_count;)
		err = print_kind(counting, &at, info);
	for (size_t i = 0; i < counting->office_count; i++) {
		late += counting->offices[i].counts.late;
		soon += counting->offices[i].counts.soon;
	}
	if (late + soon > 0)
		cli_line(counting->cli, "%s", _("to do (tiersync due):"));
	for (size_t i = 0; i < counting->office_count; i++) {
		const struct office *office = &counting->offices[i];

		if (office->counts.late + office->counts.soon > 0)
			cli_line(counting->cli, _("  %s  %zu late, %zu due within %d days"),
			         cli_office_column(counting->cli, counting->node, &office->code), office->counts.late,
			         office->counts.soon, WITHIN_DAYS);
	}
	return err;
}

/* A partition that cannot be read is told and passed over: status says what it can. */
static enum err
count_partitions(struct counting *counting, struct policy *policy, struct err_info *info)
{
	struct node_codes codes = {0};
	enum err err = node_partitions(&codes, counting->node, info);

	for (size_t i = 0; err == ERR_OK && i < codes.count; i++) {
		const struct flow_due_terms terms = {
			.now = counting->now, .owner = &codes.codes[i], .policy = policy, .count = count_record};
		struct err_info why = {0};
		enum err one = flow_due(counting->node, &terms, count_limit, counting, &why);

		if (one == ERR_NOMEM)
			err = err_nomem(info);
		else if (one != ERR_OK)
			cli_note(counting->cli, _("the records of %s are not all counted: %s"),
			         node_label(counting->node, &codes.codes[i]), why.text);
	}
	node_codes_release(&codes);
	return err;
}

enum err
counts_print(struct cli *cli, struct node *node)
{
	struct counting counting = {.cli = cli, .node = node, .now = cli->env.now(cli->env.context)};
	struct policy *policy = NULL;
	struct err_info why;
	enum err err;

	if (node_schema(node) == NULL || node_keys(node) == NULL)
		return ERR_OK;
	err = flow_policy_open(&policy, node, node_schema(node), &why);
	if (flow_is_of_one(err)) { /* what is due hangs on it */
		cli_note(cli, _("no records are counted: %s"), why.text);
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err_pass(&cli->info, err, &why);
	err = count_partitions(&counting, policy, &cli->info);
	if (err == ERR_OK)
		err = print(&counting, &cli->info);
	if (err == ERR_OK && policy_count(policy) > 0)
		due_warn_policy(cli, node, policy, counting.now);
	policy_free(policy);
	table_release(&counting.index);
	arena_release(&counting.arena);
	bytes_release(&counting.key);
	free(counting.tallies);
	free(counting.offices);
	return err;
}
