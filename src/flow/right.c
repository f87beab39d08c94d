/* Delegations and withdrawals: who may write which fields, from when to when, up to how much. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/roster.h"
#include "roster/rights.h"
#include "schema/set.h"
#include "text/date.h"

/* What is being said, with the memory that it points to. */
struct wording {
	struct statement statement;
	const struct schema_kind *kind; /* NULL: every kind */
	uint32_t fields[LIMIT_STATEMENT_FIELDS_MAX];
	struct bytes shown;
};

void
flow_right_release(struct flow_right *right)
{
	bytes_release(&right->fields);
	*right = (struct flow_right){0};
}

static enum err
find_kind(struct wording *wording, struct node *node, const char *name, struct err_info *info)
{
	const struct schema_set *set = node_schema(node);

	if (name == NULL)
		return ERR_OK;
	if (set == NULL)
		return err_set(info, ERR_STATE, "%s", _("no schema set is held here, so no kind can be named"));
	wording->kind = schema_set_kind(set, view_text(name));
	if (wording->kind == NULL)
		return err_set(info, ERR_NOT_FOUND, _("schema set %u has no kind '%s'; see: tiersync schema list"),
		               schema_set_version(set), name);
	(void)snprintf(wording->statement.kind, sizeof(wording->statement.kind), "%s", name);
	return ERR_OK;
}

/* A field by name, title or number. Without a kind only numbers and `existence` mean something. */
static enum err
find_field(uint32_t *out, const struct schema_field **field_out, const struct wording *wording, struct view name,
           struct err_info *info)
{
	const struct schema_field *field = NULL;
	uint64_t number = 0;

	*field_out = NULL;
	if (view_equal(name, view_text("existence"))) {
		*out = STATEMENT_FIELD_EXISTENCE;
		return ERR_OK;
	}
	if (statement_number_read(&number, name, LIMIT_FIELD_NUMBER_MAX) && number > 0) {
		if (wording->kind != NULL)
			field = schema_field_by_number(&wording->kind->object, (uint32_t)number);
	} else if (wording->kind != NULL) {
		field = schema_field_find(&wording->kind->object, name);
	}
	if (wording->kind != NULL && field == NULL)
		return err_set(info, ERR_NOT_FOUND, _("kind %.*s has no field '%.*s'; see: tiersync schema show %.*s"),
		               (int)wording->kind->name.size, (const char *)wording->kind->name.data, (int)name.size,
		               (const char *)name.data, (int)wording->kind->name.size,
		               (const char *)wording->kind->name.data);
	if (wording->kind == NULL && number == 0)
		return err_set(info, ERR_USAGE, _("field '%.*s' of which kind? give --kind KIND"), (int)name.size,
		               (const char *)name.data);
	*out = field != NULL ? field->number : (uint32_t)number;
	*field_out = field;
	return ERR_OK;
}

static int
compare_numbers(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return (*x > *y) - (*x < *y);
}

static enum err
show_field(struct wording *wording, struct view name, const struct schema_field *field, struct err_info *info)
{
	const char *comma = wording->shown.size == 0 ? "" : ", ";

	if (field == NULL)
		return bytes_printf(&wording->shown, info, "%s%.*s", comma, (int)name.size, (const char *)name.data);
	return bytes_printf(&wording->shown, info, "%s%.*s (%.*s)", comma, (int)field->name.size,
	                    (const char *)field->name.data, (int)field->title.zh.size,
	                    (const char *)field->title.zh.data);
}

static enum err
find_fields(struct wording *wording, const char *text, struct err_info *info)
{
	struct statement *statement = &wording->statement;
	struct view rest = view_text(text == NULL ? "" : text);
	enum err err = ERR_OK;

	while (err == ERR_OK && rest.size > 0) {
		const uint8_t *comma = memchr(rest.data, ',', rest.size);
		size_t size = comma == NULL ? rest.size : (size_t)(comma - rest.data);
		struct view name = view_of(rest.data, size);
		const struct schema_field *field;

		rest = view_of(rest.data + size, rest.size - size);
		if (comma != NULL)
			rest = view_of(rest.data + 1, rest.size - 1);
		if (statement->field_count == LIMIT_STATEMENT_FIELDS_MAX)
			return err_set(info, ERR_TOO_BIG, _("more than %d fields"), LIMIT_STATEMENT_FIELDS_MAX);
		err = find_field(&wording->fields[statement->field_count], &field, wording, name, info);
		if (err == ERR_OK)
			err = show_field(wording, name, field, info);
		statement->field_count++;
	}
	statement->fields = wording->fields;
	qsort(wording->fields, statement->field_count, sizeof(wording->fields[0]), compare_numbers);
	for (size_t i = 1; err == ERR_OK && i < statement->field_count; i++) {
		if (wording->fields[i - 1] == wording->fields[i])
			err = err_set(info, ERR_USAGE, _("--field names field %u twice"), wording->fields[i]);
	}
	return err;
}

static enum err
find_day(int64_t *out, const char *option, const char *text, struct err_info *info)
{
	if (text == NULL)
		return ERR_OK;
	if (text_date_parse(out, view_text(text), NULL) != ERR_OK || *out == 0)
		return err_set(info, ERR_USAGE, _("%s takes a day, YYYY-MM-DD, not '%s'"), option, text);
	return ERR_OK;
}

static bool
is_integer(const struct schema_field *field)
{
	return field != NULL && (field->type == SCHEMA_INTEGER || field->type == SCHEMA_NUMBER);
}

/* FIELD=N: that field of the record limits all that is delegated. N: the fields themselves, which must be numbers. */
static enum err
find_limit(struct wording *wording, const char *text, struct err_info *info)
{
	struct statement *statement = &wording->statement;
	const char *equals = text == NULL ? NULL : strchr(text, '=');
	const char *number = equals == NULL ? text : equals + 1;
	const struct schema_field *field = NULL;
	enum err err;

	if (text == NULL)
		return ERR_OK;
	if (!statement_number_read(&statement->amount_max, view_text(number), INT64_MAX) || statement->amount_max == 0)
		return err_set(info, ERR_USAGE,
		               _("--limit takes FIELD=N or N, a whole number from 1 (money in fen), not '%s'"), text);
	if (equals != NULL) {
		err = find_field(&statement->amount_field, &field, wording, view_of(text, (size_t)(equals - text)),
		                 info);
		if (err == ERR_OK && (statement->amount_field == 0 || (wording->kind != NULL && !is_integer(field))))
			err = err_set(info, ERR_RULE, _("--limit %s: that field is no number"), text);
		return err;
	}
	for (size_t i = 0; wording->kind != NULL && i < statement->field_count; i++) {
		if (!is_integer(schema_field_by_number(&wording->kind->object, wording->fields[i])))
			return err_set(info, ERR_RULE,
			               _("--limit %s limits the fields named, and field %u is no number; name the one "
			                 "that counts: --limit FIELD=%s"),
			               text, wording->fields[i], text);
	}
	if (statement->field_count == 0)
		return err_set(info, ERR_USAGE, "%s", _("--limit N needs --field; or give --limit FIELD=N"));
	return ERR_OK;
}

static enum err
word(struct wording *wording, struct node *node, const struct flow_right_terms *terms, struct err_info *info)
{
	struct statement *statement = &wording->statement;
	enum err err = find_kind(wording, node, terms->kind, info);

	statement->type = terms->is_withdrawal ? STATEMENT_WITHDRAW : STATEMENT_DELEGATE;
	statement->node = terms->node;
	statement->is_hard = terms->is_hard;
	if (err == ERR_OK)
		err = find_fields(wording, terms->fields, info);
	if (err == ERR_OK)
		err = find_day(&statement->first_day, "--from", terms->from, info);
	if (err == ERR_OK)
		err = find_day(&statement->last_day, "--to", terms->to, info);
	if (err == ERR_OK && statement->last_day != 0 && statement->last_day < statement->first_day)
		err = err_set(info, ERR_RULE, _("--to %s is before --from %s"), terms->to, terms->from);
	if (err == ERR_OK)
		err = find_limit(wording, terms->limit, info);
	return err;
}

/* Whether the two words speak of some field of some kind alike. */
static bool
meet(const struct roster_right_said *right, const struct statement *statement)
{
	if (right->kind.size > 0 && statement->kind[0] != '\0' && !view_equal(right->kind, view_text(statement->kind)))
		return false;
	for (size_t i = 0; i < right->field_count && statement->field_count > 0; i++) {
		for (size_t j = 0; j < statement->field_count; j++) {
			if (right->fields[i] == statement->fields[j])
				return true;
		}
	}
	return right->field_count == 0 || statement->field_count == 0;
}

/* A hard withdrawal is a soft one too. */
static bool
is_same(const struct roster_right_said *right, const struct statement *statement)
{
	bool is_withdrawal = statement->type == STATEMENT_WITHDRAW;

	return (right->word == ROSTER_WORD_WITHDRAWN) == is_withdrawal && (right->is_hard || !statement->is_hard) &&
	       view_equal(right->kind, view_text(statement->kind)) && right->field_count == statement->field_count &&
	       (right->field_count == 0 ||
	        memcmp(right->fields, statement->fields, right->field_count * sizeof(right->fields[0])) == 0) &&
	       right->amount_field == statement->amount_field && right->amount_max == statement->amount_max &&
	       right->first_day == statement->first_day && right->last_day == statement->last_day;
}

/* The last word of ours that is about any of it is just this one: the number of that statement, else 0. */
static uint32_t
stands_since(struct node *node, const struct statement *statement)
{
	const char *self = node_identity_of(node)->code.text;
	struct roster_right_said right;
	size_t position = 0;
	uint32_t last = 0;
	uint32_t number = 0;

	while (roster_right_next(&right, node_roster(node), &statement->node, &position)) {
		if (strcmp(right.issuer->code.text, self) != 0 || right.number < last || !meet(&right, statement))
			continue;
		last = right.number;
		number = is_same(&right, statement) ? last : 0;
	}
	return number;
}

static enum err
say_it(struct flow_right *out, struct wording *wording, const struct flow_desk *desk,
       const struct flow_right_terms *terms, struct err_info *info)
{
	const struct roster_node *node = roster_node_find(node_roster(desk->node), &terms->node);
	enum err err;

	if (node == NULL || node->is_rolls)
		return err_set(info, ERR_NOT_FOUND, _("the roster knows no office %s"), terms->node.text);
	if (node->is_auditor)
		return err_set(info, ERR_RIGHT, _("%s is an auditor and writes nothing"), terms->node.text);
	err = word(wording, desk->node, terms, info);
	out->said.node = terms->node;
	out->said.number = err == ERR_OK ? stands_since(desk->node, &wording->statement) : 0;
	out->was_said = out->said.number > 0;
	if (err == ERR_OK && !out->was_said)
		err = flow_say(&out->said, desk, &wording->statement, info);
	out->amount_field = wording->statement.amount_field;
	out->amount_max = wording->statement.amount_max;
	out->fields = wording->shown;
	wording->shown = (struct bytes){0};
	return err;
}

enum err
flow_say_right(struct flow_right *out, const struct flow_desk *desk, const struct flow_right_terms *terms,
               struct err_info *info)
{
	struct wording *wording = calloc(1, sizeof(*wording));
	struct flow_right result = {.amount_max = 0};
	enum err err = wording == NULL ? err_nomem(info) : flow_check_accepted(desk->node, info);

	if (err == ERR_OK)
		err = node_lock(desk->node, desk->wait_seconds, info);
	if (err == ERR_OK)
		err = say_it(&result, wording, desk, terms, info);
	err = flow_say_finish(desk, terms->is_withdrawal ? "withdraw" : "delegate", err, info);
	node_unlock(desk->node);
	if (wording != NULL)
		bytes_release(&wording->shown);
	free(wording);
	if (err == ERR_OK)
		*out = result;
	else
		flow_right_release(&result);
	return err;
}
