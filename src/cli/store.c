/* What verbs share: the store, the desk, names and files from the command line. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "schema/schema.h"
#include "seal/seal.h"

enum {
	OFFICE_COLUMNS = 26 /* for a name of six characters with its code */
};

static enum err
open_store(struct cli *cli, struct node **out, unsigned flags)
{
	struct bytes passphrase = {0};
	enum err err = ERR_OK;

	if (cli->store == NULL)
		return err_set(&cli->info, ERR_USAGE, "%s", _("name the store: --store DIR, or set TIERSYNC_STORE"));
	err = seal_init(&cli->info);
	if (err == ERR_OK && (flags & NODE_LEAVE_KEYS) == 0)
		err = cli_passphrase(&passphrase, cli);
	if (err == ERR_OK && passphrase.size == 0 && flags == 0 && node_key_is_wrapped(cli->store) &&
	    cli_has_terminal())
		err = cli_ask_secret(&passphrase, _("Passphrase of the keys:"), false, &cli->info);
	if (err == ERR_OK)
		err = node_open(out, cli->store, flags, bytes_view(&passphrase), &cli->env, &cli->info);
	if (err == ERR_OK && cli->dry_run)
		err = node_rehearse(*out, &cli->info);
	seal_wipe_bytes(&passphrase);
	return err;
}

enum err
cli_open(struct cli *cli, struct node **out)
{
	return open_store(cli, out, 0);
}

enum err
cli_open_without_keys(struct cli *cli, struct node **out)
{
	return open_store(cli, out, NODE_WITHOUT_KEYS);
}

enum err
cli_open_leaving_keys(struct cli *cli, struct node **out)
{
	return open_store(cli, out, NODE_LEAVE_KEYS);
}

enum err
cli_open_damaged(struct cli *cli, struct node **out)
{
	return open_store(cli, out, NODE_WITHOUT_KEYS | NODE_DAMAGED);
}

struct flow_desk
cli_desk(const struct cli *cli, struct node *node)
{
	struct flow_desk desk = {.node = node, .is_dry_run = cli->dry_run, .wait_seconds = cli->wait_seconds};

	desk.operator_name = cli_value(cli, "--operator");
	if (desk.operator_name == NULL)
		desk.operator_name = getenv("TIERSYNC_OPERATOR");
	desk.note = cli_value(cli, "--note");
	return desk;
}

const char *
cli_office_column(struct cli *cli, struct node *node, const struct node_code *code)
{
	const char *label = node_label(node, code);
	size_t width = text_width(view_text(label));
	int blanks = width < OFFICE_COLUMNS ? (int)(OFFICE_COLUMNS - width) : 0;

	bytes_clear(&cli->column);
	if (bytes_printf(&cli->column, NULL, "%s%*s", label, blanks, "") != ERR_OK)
		return label;
	return bytes_text(&cli->column);
}

void
cli_left_out(struct cli *cli, struct node *node, const struct node_code *owner, const struct err_info *why,
             const char *others)
{
	struct json_writer *writer = cli_json_begin(cli, "left-out");

	cli_json_string(writer, "partition", owner->text);
	cli_json_string(writer, "code", err_name(why->code));
	cli_json_string(writer, "text", why->text);
	cli_json_end(cli);
	cli_note(cli, _("left out   %s: %s\n  %s; look at: tiersync audit"), node_label(node, owner), why->text,
	         others);
}

void
cli_list_without(struct cli *cli, struct node *node, const struct node_code *owner, const struct err_info *why)
{
	cli_left_out(cli, node, owner, why, _("the others are all here"));
	cli->exit_code = err_exit_code(ERR_PART);
}

enum err
cli_code(struct node_code *out, const char *what, const char *text, struct err_info *info)
{
	if (!node_code_read(out, view_text(text)))
		return err_set(info, ERR_USAGE,
		               _("%s takes a 12-digit division code, with a department behind a dot where there is "
		                 "one; '%s' is none"),
		               what, text);
	return ERR_OK;
}

enum err
cli_partition(struct node_code *out, const char *text, const struct node *node, struct err_info *info)
{
	if (strcmp(text, "rolls") != 0)
		return cli_code(out, "--partition", text, info);
	if (!node_code_rolls(out, &node_identity_of(node)->code))
		return err_set(info, ERR_USAGE, _("%s has no partition of rolls"), node_identity_of(node)->code.text);
	return ERR_OK;
}

enum err
cli_read_file(struct bytes *out, const char *path, size_t size_max, struct err_info *info)
{
	if (strcmp(path, "-") == 0)
		return fs_read_all(out, STDIN_FILENO, _("standard input"), size_max, info);
	return fs_read(out, path, size_max, info);
}

enum err
cli_open_file(int *fd_out, const char *path, const char *directory, uint64_t size_max, struct err_info *info)
{
	const struct fs_inflow input = {.fd = STDIN_FILENO, .name = _("standard input"), .size_max = size_max};

	if (strcmp(path, "-") == 0)
		return fs_spool(fd_out, &input, directory, info);
	return fs_open(fd_out, path, size_max, info);
}

enum text_shape
cli_shape(const struct schema_field *field)
{
	if (field->type == SCHEMA_DATE || field->type == SCHEMA_MONTH || field->type == SCHEMA_TIME)
		return TEXT_SHAPE_DATE;
	if (field->type == SCHEMA_DIVISION)
		return TEXT_SHAPE_DIVISION;
	return field->type == SCHEMA_CITIZEN_ID ? TEXT_SHAPE_CITIZEN_ID : TEXT_SHAPE_WORDS;
}
