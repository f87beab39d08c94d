#include "cli/office.h"

#include <stdlib.h>
#include <string.h>

#include "roster/rights.h"
#include "schema/set.h"
#include "text/date.h"

static void
print_keys(struct cli *cli, struct node *node, const struct roster_node *office)
{
	const struct roster *roster = node_roster(node);
	struct roster_key key;
	size_t position = 0;

	while (roster_key_next(&key, roster, &office->code, &position)) {
		struct json_writer *writer;
		char hex[2 * ID_BYTES + 1];
		struct id id;

		seal_key_id(&id, &key.keys.sign);
		hex_write(hex, view_of(id.bytes, ID_BYTES));
		writer = cli_json_begin(cli, "key");
		cli_json_string(writer, "key", hex);
		cli_json_bool(writer, "newest", key.is_newest);
		cli_json_bool(writer, "revoked", key.is_revoked);
		if (key.revocation != NULL)
			cli_json_string(writer, "by", key.revocation->issuer.text);
		if (key.revocation != NULL)
			cli_json_time(writer, "time", key.revocation->time);
		cli_json_end(cli);
		if (key.revocation == NULL)
			cli_line(cli, _("  key        %s%s"), hex,
			         key.is_newest ? "" : _("  an older one; what it signed is valid"));
		else
			cli_line(cli, _("  key        %s  ended by %s, %s %s"), hex,
			         node_label(node, &key.revocation->issuer), cli_time(key.revocation->time),
			         cli_safe(key.revocation->reason));
	}
}

static enum err
append_fields(struct bytes *out, const struct node *node, const struct roster_right_said *right, struct err_info *info)
{
	const struct schema_set *set = node_schema(node);
	const struct schema_kind *kind = set == NULL ? NULL : schema_set_kind(set, right->kind);
	enum err err = ERR_OK;

	if (right->field_count == 0)
		return bytes_append_text(out, _("every field, and existence"), info);
	for (size_t i = 0; err == ERR_OK && i < right->field_count; i++) {
		const struct schema_field *field =
			kind == NULL ? NULL : schema_field_by_number(&kind->object, right->fields[i]);

		if (right->fields[i] == STATEMENT_FIELD_EXISTENCE)
			err = bytes_printf(out, info, "%sexistence", i == 0 ? "" : ", ");
		else if (field == NULL)
			err = bytes_printf(out, info, "%s%u", i == 0 ? "" : ", ", (unsigned)right->fields[i]);
		else
			err = bytes_printf(out, info, "%s%.*s", i == 0 ? "" : ", ", (int)field->name.size,
			                   (const char *)field->name.data);
	}
	return err;
}

/* ", from 2025-07-01", or nothing. */
static enum err
append_day(struct bytes *out, const char *format, int64_t day, struct err_info *info)
{
	char text[TEXT_DATE_BYTES];

	if (day == 0 || !text_date_format(text, day))
		return ERR_OK;
	return bytes_printf(out, info, "%s %s", format, text);
}

static void
json_day(struct json_writer *writer, const char *key, int64_t day)
{
	char text[TEXT_DATE_BYTES];

	if (day != 0 && text_date_format(text, day))
		cli_json_string(writer, key, text);
}

static enum err
print_right(struct cli *cli, struct node *node, const struct roster_right_said *right)
{
	struct bytes fields = {0};
	struct bytes terms = {0};
	struct json_writer *writer;
	enum err err = append_fields(&fields, node, right, &cli->info);

	if (err == ERR_OK)
		err = append_day(&terms, _(", from"), right->first_day, &cli->info);
	if (err == ERR_OK)
		err = append_day(&terms, _(", to"), right->last_day, &cli->info);
	if (err == ERR_OK && right->amount_max > 0 && right->amount_field > 0)
		err = bytes_printf(&terms, &cli->info, _(", while field %u is at most %llu"), right->amount_field,
		                   (unsigned long long)right->amount_max);
	else if (err == ERR_OK && right->amount_max > 0)
		err = bytes_printf(&terms, &cli->info, _(", at most %llu"), (unsigned long long)right->amount_max);
	if (err == ERR_OK && right->is_hard)
		err = bytes_append_text(&terms, _(", at once"), &cli->info);
	if (err == ERR_OK) {
		writer = cli_json_begin(cli, right->word == ROSTER_WORD_DELEGATED ? "delegate" : "withdraw");
		cli_json_string(writer, "issuer", right->issuer->code.text);
		cli_json_integer(writer, "number", right->number);
		cli_json_view(writer, "kind", right->kind);
		cli_json_view(writer, "fields", bytes_view(&fields));
		cli_json_bool(writer, "hard", right->is_hard);
		cli_json_integer(writer, "amount_field", right->amount_field);
		cli_json_integer(writer, "amount_max", (int64_t)right->amount_max);
		json_day(writer, "from", right->first_day);
		json_day(writer, "to", right->last_day);
		cli_json_end(cli);
		cli_line(cli,
		         right->word == ROSTER_WORD_DELEGATED
		                 ? _("  right      may write %.*s: %s%s (%s, statement %u)")
		                 : _("  right      may not write %.*s: %s%s (%s, statement %u)"),
		         right->kind.size == 0 ? 1 : (int)right->kind.size,
		         right->kind.size == 0 ? "*" : (const char *)right->kind.data, bytes_text(&fields),
		         terms.size == 0 ? "" : bytes_text(&terms), right->issuer->code.text, right->number);
	}
	bytes_release(&fields);
	bytes_release(&terms);
	return err;
}

static enum err
print_rights(struct cli *cli, struct node *node, const struct roster_node *office)
{
	struct roster_right_said right;
	size_t position = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && roster_right_next(&right, node_roster(node), &office->code, &position))
		err = print_right(cli, node, &right);
	return err;
}

static void
print_epochs(struct cli *cli, struct node *node, const struct roster_node *office)
{
	const struct roster_epoch *epoch;
	size_t position = 0;

	while (!office->is_auditor &&
	       (epoch = roster_epoch_next(node_roster(node), &office->partition, &position)) != NULL) {
		struct json_writer *writer = cli_json_begin(cli, "epoch");

		cli_json_integer(writer, "epoch", epoch->number);
		cli_json_string(writer, "opener", epoch->opener.text);
		cli_json_integer(writer, "shut_out", (int64_t)epoch->without_count);
		cli_json_end(cli);
		if (epoch->without_count == 0)
			cli_line(cli, _("  epoch      %u, opened by %s"), (unsigned)epoch->number, epoch->opener.text);
		else
			cli_line(cli, _("  epoch      %u, opened by %s, closed to %zu keys"), (unsigned)epoch->number,
			         epoch->opener.text, epoch->without_count);
	}
}

static void
print_grant(struct cli *cli, struct node *node, const struct roster_node *office)
{
	size_t count;
	const struct id *partitions = roster_granted(&count, office);

	if (!office->is_auditor)
		return;
	cli_line(cli, office->may_read ? _("  auditor    may read") : _("  auditor    may verify and carry, not read"));
	for (size_t i = 0; office->may_read && i < count; i++) {
		const struct roster_node *owner = roster_owner(node_roster(node), &partitions[i]);
		struct json_writer *writer = cli_json_begin(cli, "granted");

		cli_json_id(writer, "partition", &partitions[i]);
		cli_json_end(cli);
		if (owner != NULL)
			cli_line(cli, _("             the partition of %s"), node_label(node, &owner->code));
	}
}

/* Two statements with one number: a superior names the one that counts. */
static enum err
print_dispute(struct cli *cli, struct node *node, const struct roster_node *office)
{
	struct roster_statement *items = NULL;
	size_t count = 0;
	enum err err = ERR_OK;

	if (office->is_disputed)
		err = roster_newer(&items, &count, node_roster(node), NULL, NULL, 0, &cli->info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct statement statement;
		struct json_writer *writer;
		char hex[2 * DIGEST_BYTES + 1];

		if (items[i].is_effective || strcmp(items[i].issuer.text, office->code.text) != 0)
			continue;
		err = statement_read(&statement, items[i].text, &cli->info);
		if (err != ERR_OK)
			break;
		hex_write(hex, view_of(items[i].digest.bytes, DIGEST_BYTES));
		writer = cli_json_begin(cli, "disputed");
		cli_json_integer(writer, "number", items[i].number);
		cli_json_string(writer, "digest", hex);
		cli_json_string(writer, "statement", statement_type_name(statement.type));
		cli_json_time(writer, "time", statement.time);
		cli_json_end(cli);
		cli_line(cli, _("  disputed   number %u: %-10s %s, %.16s"), items[i].number,
		         statement_type_name(statement.type), cli_time(statement.time), hex);
		statement_release(&statement);
	}
	if (err == ERR_OK && office->is_disputed)
		cli_line(cli,
		         _("             an office above it says which one counts: tiersync roster settle %s DIGEST"),
		         office->code.text);
	free(items);
	return err;
}

enum err
cli_print_office(struct cli *cli, struct node *node, const struct roster_node *office)
{
	const struct roster_node *superior = roster_superior(node_roster(node), office);
	enum err err;

	cli_print_node(cli, node_roster(node), office);
	if (superior != NULL)
		cli_line(cli, _("  below      %s"), node_label(node, &superior->code));
	print_keys(cli, node, office);
	print_grant(cli, node, office);
	err = print_rights(cli, node, office);
	if (err == ERR_OK)
		print_epochs(cli, node, office);
	if (err == ERR_OK)
		err = print_dispute(cli, node, office);
	return err;
}
