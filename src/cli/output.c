#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "text/date.h"
#include "text/text.h"

enum {
	OUT_HELD_BYTES = 65536,
	KEPT = 4,
	SAFE_BYTES = 1024,
	SHORT_OID_BYTES = 12,
	NOTES_BYTES_MAX = 262144
};

static void
flush(struct cli *cli)
{
	struct err_info info;
	bool is_writer = cli->verb != NULL && (cli->verb->flags & CLI_WRITES) != 0 && !cli->dry_run;
	enum err err = cli->is_cut_off
	                       ? ERR_OK
	                       : fs_write_all(STDOUT_FILENO, _("standard output"), bytes_view(&cli->out), &info);

	bytes_clear(&cli->out);
	if (err == ERR_OK)
		return;
	/* whoever reads no further (head) knows; a full disk must be told, once */
	if (errno != EPIPE)
		(void)fprintf(stderr, "tiersync: %s%s\n", info.text,
		              is_writer ? _("; what the command did stands, its answer is lost") : "");
	cli->is_cut_off = true;
	if (cli->exit_code == 0)
		cli->exit_code = err_exit_code(ERR_IO);
}

static bool
is_held_back(const struct cli *cli)
{
	return cli->quiet && !(cli->verb != NULL && (cli->verb->flags & CLI_DATA) != 0);
}

static void
put(struct cli *cli, struct view text)
{
	struct err_info info;

	if (bytes_append_view(&cli->out, text, &info) != ERR_OK)
		cli->exit_code = err_exit_code(ERR_NOMEM);
	if (cli->out.size > OUT_HELD_BYTES && !is_held_back(cli))
		flush(cli);
}

static bool
is_plain(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < 0x20 || text.data[i] >= 0x7f)
			return false;
	}
	return true;
}

/* Whatever came from outside into a message: nothing that moves or hides on a terminal goes there. Lines stay lines. */
static enum err
escape_lines(struct bytes *out, struct view text, struct err_info *info)
{
	enum err err = ERR_OK;

	while (err == ERR_OK && text.size > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.size);
		struct view line = view_of(text.data, end == NULL ? text.size : (size_t)(end - text.data));

		err = is_plain(line) ? bytes_append_view(out, line, info) : text_escape(out, line, info);
		if (err == ERR_OK && end != NULL)
			err = bytes_append_byte(out, '\n', info);
		text = view_of(text.data + line.size + (end == NULL ? 0U : 1U),
		               text.size - line.size - (end == NULL ? 0U : 1U));
	}
	return err;
}

static enum err compose(struct bytes *out, const char *format, va_list args, struct err_info *info) FORMAT_OF(2, 0);
static void complain(const char *format, va_list args) FORMAT_OF(1, 0);
static void keep_note(struct cli *cli, const char *format, va_list args) FORMAT_OF(2, 0);
static void say_error(const char *format, ...) FORMAT_OF(1, 2);

/* The formatted text and a line feed. */
static enum err
compose(struct bytes *out, const char *format, va_list args, struct err_info *info)
{
	struct bytes text = {0};
	va_list again;
	int size;
	uint8_t *at;
	enum err err;

	va_copy(again, args);
	size = vsnprintf(NULL, 0, format, again);
	va_end(again);
	at = size < 0 ? NULL : bytes_extend(&text, (size_t)size + 1);
	if (at == NULL)
		return err_nomem(info);
	(void)vsnprintf((char *)at, (size_t)size + 1, format, args);
	at[size] = '\n';
	err = escape_lines(out, bytes_view(&text), info);
	bytes_release(&text);
	return err;
}

void
cli_line(struct cli *cli, const char *format, ...)
{
	struct err_info info;
	struct bytes line = {0};
	va_list args;
	enum err err;

	if (cli->json)
		return;
	va_start(args, format);
	err = compose(&line, format, args, &info);
	va_end(args);
	if (err != ERR_OK)
		cli->exit_code = err_exit_code(err);
	else if (!cli->is_aside)
		put(cli, bytes_view(&line));
	else
		cli_note(cli, "%.*s", (int)(line.size - 1), (const char *)line.data);
	bytes_release(&line);
}

void
cli_data(struct cli *cli, struct view data)
{
	put(cli, data);
}

/* With --quiet it is heard if the command does not end with 0. */
static void
keep_note(struct cli *cli, const char *format, va_list args)
{
	struct bytes line = {0};
	enum err err = compose(&line, format, args, NULL);

	if (err == ERR_OK && cli->notes.size < NOTES_BYTES_MAX)
		err = bytes_append_view(&cli->notes, bytes_view(&line), NULL);
	(void)err; /* want of memory is told anyhow */
	bytes_release(&line);
}

/* For want of memory nothing from outside is shown. */
static void
complain(const char *format, va_list args)
{
	struct err_info info;
	struct bytes text = {0};

	if (compose(&text, format, args, &info) == ERR_OK)
		(void)fwrite(text.data, 1, text.size, stderr);
	else
		(void)fprintf(stderr, "tiersync: %s\n", info.text);
	bytes_release(&text);
}

void
cli_note(struct cli *cli, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (cli->quiet)
		keep_note(cli, format, args);
	else
		complain(format, args);
	va_end(args);
}

static void
say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
}

struct json_writer *
cli_json_begin(struct cli *cli, const char *type)
{
	if (!cli->json)
		return NULL;
	cli->writer = json_writer_of(&cli->out);
	json_write_object(&cli->writer);
	cli_json_string(&cli->writer, "type", type);
	return &cli->writer;
}

void
cli_json_end(struct cli *cli)
{
	struct err_info info;

	if (!cli->json)
		return;
	json_write_close(&cli->writer);
	if (json_writer_end(&cli->writer, &info) != ERR_OK)
		cli->exit_code = err_exit_code(ERR_NOMEM);
	put(cli, view_text("\n"));
}

void
cli_json_string(struct json_writer *writer, const char *key, const char *text)
{
	if (writer == NULL)
		return;
	json_write_key(writer, key);
	json_write_string(writer, text);
}

void
cli_json_view(struct json_writer *writer, const char *key, struct view text)
{
	if (writer == NULL)
		return;
	json_write_key(writer, key);
	json_write_text(writer, text);
}

void
cli_json_integer(struct json_writer *writer, const char *key, int64_t value)
{
	if (writer == NULL)
		return;
	json_write_key(writer, key);
	json_write_integer(writer, value);
}

void
cli_json_unsigned(struct json_writer *writer, const char *key, uint64_t value)
{
	if (writer == NULL)
		return;
	json_write_key(writer, key);
	json_write_unsigned(writer, value);
}

void
cli_json_bool(struct json_writer *writer, const char *key, bool value)
{
	if (writer == NULL)
		return;
	json_write_key(writer, key);
	json_write_bool(writer, value);
}

static void
json_hex(struct json_writer *writer, const char *key, struct view bytes)
{
	char hex[2 * DIGEST_BYTES + 1];

	hex_write(hex, bytes);
	cli_json_string(writer, key, hex);
}

void
cli_json_oid(struct json_writer *writer, const char *key, const struct oid *oid)
{
	json_hex(writer, key, view_of(oid->bytes, OID_BYTES));
}

void
cli_json_id(struct json_writer *writer, const char *key, const struct id *id)
{
	json_hex(writer, key, view_of(id->bytes, ID_BYTES));
}

void
cli_json_digest(struct json_writer *writer, const char *key, const struct digest *digest)
{
	json_hex(writer, key, view_of(digest->bytes, DIGEST_BYTES));
}

void
cli_json_made(const struct cli *cli, struct json_writer *writer, const char *key, struct view bytes)
{
	if (writer == NULL)
		return;
	if (!cli->dry_run) {
		json_hex(writer, key, bytes);
		return;
	}
	json_write_key(writer, key);
	json_write_null(writer);
}

void
cli_json_time(struct json_writer *writer, const char *key, int64_t seconds)
{
	char text[TEXT_TIME_BYTES];

	if (writer == NULL)
		return;
	if (!text_time_format(text, seconds))
		text[0] = '\0';
	cli_json_string(writer, key, text);
}

const char *
cli_short_oid(const struct oid *oid)
{
	static char kept[KEPT][2 * OID_BYTES + 1];
	static size_t next;
	char *out = kept[next++ % KEPT];

	hex_write(out, view_of(oid->bytes, OID_BYTES));
	out[SHORT_OID_BYTES] = '\0';
	return out;
}

const char *
cli_time(int64_t seconds)
{
	static char kept[KEPT][TEXT_TIME_BYTES];
	static size_t next;
	char *out = kept[next++ % KEPT];

	if (!text_time_format(out, seconds))
		(void)snprintf(out, sizeof(kept[0]), "?               ?");
	out[10] = ' ';  /* the T */
	out[16] = '\0'; /* without seconds and zone */
	return out;
}

const char *
cli_size(uint64_t bytes)
{
	static char kept[KEPT][32];
	static size_t next;
	char *out = kept[next++ % KEPT];

	if (bytes < 1000)
		(void)snprintf(out, sizeof(kept[0]), "%llu B", (unsigned long long)bytes);
	else if (bytes < 1000000)
		(void)snprintf(out, sizeof(kept[0]), "%.1f kB", (double)bytes / 1e3);
	else
		(void)snprintf(out, sizeof(kept[0]), "%.1f MB", (double)bytes / 1e6);
	return out;
}

const char *
cli_safe(const char *text)
{
	static char kept[KEPT][SAFE_BYTES];
	static size_t next;
	char *out = kept[next++ % KEPT];
	struct bytes escaped = {0};
	struct err_info info;

	if (text_escape(&escaped, view_text(text), &info) != ERR_OK)
		out[0] = '\0';
	else
		(void)snprintf(out, sizeof(kept[0]), "%.*s", (int)escaped.size, (const char *)escaped.data);
	bytes_release(&escaped);
	return out;
}

enum err
cli_ask(struct cli *cli, const char *question, struct bytes *answer_out, struct err_info *info)
{
	char line[512];
	FILE *terminal;
	enum err err;

	(void)cli;
	if (!isatty(STDIN_FILENO))
		return err_set(info, ERR_STATE, "%s", _("there is no terminal to ask at"));
	terminal = fopen("/dev/tty", "r+");
	if (terminal == NULL)
		return err_set(info, ERR_STATE, "%s", _("there is no terminal to ask at"));
	(void)fprintf(terminal, "%s ", question);
	(void)fflush(terminal);
	if (fgets(line, sizeof(line), terminal) == NULL)
		line[0] = '\0';
	(void)fclose(terminal);
	line[strcspn(line, "\r\n")] = '\0';
	err = bytes_append_text(answer_out, line, info);
	return err;
}

static void
print_error(struct cli *cli, enum err err)
{
	struct json_writer *writer = cli_json_begin(cli, "error");

	cli_json_string(writer, "code", err_name(err));
	cli_json_string(writer, "text", cli->info.text);
	if (writer != NULL)
		cli_json_end(cli);
	say_error("tiersync%s%s: %s\n  %s", cli->verb == NULL ? "" : " ", cli->verb == NULL ? "" : cli->verb->name,
	          cli->info.text, _(err_remedy(err, &cli->info)));
}

/* What was said for want of memory is not to be believed: nobody's data is blamed for it. */
static enum err
check_memory(struct cli *cli, enum err err)
{
	bool is_writer = cli->verb != NULL && (cli->verb->flags & CLI_WRITES) != 0 && !cli->dry_run;

	if (!err_has_run_out() || (err == ERR_OK && cli->exit_code == 0))
		return err;
	if (err == ERR_OK && cli->exit_code == err_exit_code(ERR_NOMEM))
		return is_writer ? err_in(&cli->info, err_nomem(&cli->info), "%s",
		                          _("what the command did stands, its answer is lost"))
		                 : err_nomem(&cli->info);
	if (err == ERR_OK || err == ERR_NOMEM)
		return err == ERR_OK ? ERR_OK : err_nomem(&cli->info);
	return err_in(&cli->info, ERR_NOMEM, "%s", _("not enough memory; what came of it"));
}

int
cli_finish(struct cli *cli, enum err err)
{
	err = check_memory(cli, err);
	if (err != ERR_OK) {
		cli->exit_code = err_exit_code(err);
		print_error(cli, err);
	}
	if (cli->json) {
		struct json_writer *writer = cli_json_begin(cli, "summary");

		cli_json_integer(writer, "exit", cli->exit_code);
		cli_json_end(cli);
	}
	if (cli->exit_code != 0 || !is_held_back(cli))
		flush(cli);
	if (cli->exit_code != 0 && cli->notes.size > 0)
		(void)fwrite(cli->notes.data, 1, cli->notes.size, stderr);
	bytes_release(&cli->notes);
	bytes_release(&cli->out);
	bytes_release(&cli->column);
	return cli->exit_code;
}
