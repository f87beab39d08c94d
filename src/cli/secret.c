/* Passphrases: from files, the environment, a program, or a person at the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/process.h"
#include "cli/cli.h"
#include "seal/seal.h"

enum {
	FILE_BYTES_MAX = LIMIT_PASSPHRASE_BYTES_MAX + 2, /* with a line end */
	COMMAND_SECONDS_MAX = 60
};

/* A line end at the end is not part of it. */
static void
cut_line_end(struct bytes *text)
{
	if (text->size > 0 && text->data[text->size - 1] == '\n')
		text->size--;
	if (text->size > 0 && text->data[text->size - 1] == '\r')
		text->size--;
}

/* A file that was named and is empty is a mistake, not "no passphrase". */
static enum err
read_file(struct bytes *out, const char *path, struct err_info *info)
{
	enum err err = bytes_reserve(out, FILE_BYTES_MAX, info); /* all at once: memory that grows leaves copies */

	if (err == ERR_OK)
		err = fs_read(out, path, FILE_BYTES_MAX, info);
	cut_line_end(out);
	if (err == ERR_OK && out->size == 0)
		err = err_set(info, ERR_USAGE, _("%s holds no passphrase"), path);
	return err;
}

static enum err
take_output(void *context, struct view piece, struct err_info *info)
{
	return bytes_append_view(context, piece, info);
}

static enum err
run_command(struct bytes *out, const char *line, struct err_info *info)
{
	const char *words[PROCESS_WORDS_MAX + 1];
	char *copy = strdup(line);
	const struct process_terms terms = {.words = words,
	                                    .output = take_output,
	                                    .context = out,
	                                    .output_bytes_max = FILE_BYTES_MAX,
	                                    .silent_seconds_max = COMMAND_SECONDS_MAX,
	                                    .seconds_max = COMMAND_SECONDS_MAX};
	struct process_end end = {0};
	enum err err = copy == NULL ? err_nomem(info) : bytes_reserve(out, FILE_BYTES_MAX, info);

	if (err == ERR_OK) {
		err = process_words(words, copy) == 0
		              ? err_set(info, ERR_USAGE, "%s", _("TIERSYNC_PASSPHRASE_COMMAND names no program"))
		              : process_run(&end, &terms, info);
	}
	if (err == ERR_OK && end.exit_code != 0)
		err = err_set(info, ERR_IO, _("TIERSYNC_PASSPHRASE_COMMAND: %s ended with %d"), words[0],
		              end.exit_code);
	cut_line_end(out);
	if (err == ERR_OK && out->size == 0)
		err = err_set(info, ERR_USAGE, "%s", _("TIERSYNC_PASSPHRASE_COMMAND printed no passphrase"));
	free(copy);
	return err;
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

enum err
cli_passphrase(struct bytes *out, struct cli *cli)
{
	const char *value = variable("TIERSYNC_PASSPHRASE");
	const char *path = variable("TIERSYNC_PASSPHRASE_FILE");
	const char *command = variable("TIERSYNC_PASSPHRASE_COMMAND");

	if (cli->passphrase_file != NULL)
		return read_file(out, cli->passphrase_file, &cli->info);
	if (value != NULL)
		return bytes_append_text(out, value, &cli->info);
	if (path != NULL)
		return read_file(out, path, &cli->info);
	return command == NULL ? ERR_OK : run_command(out, command, &cli->info);
}

enum err
cli_new_passphrase(struct bytes *out, struct cli *cli)
{
	const char *path = cli_value(cli, "--new-passphrase-file");
	const char *value = variable("TIERSYNC_NEW_PASSPHRASE");

	if (path != NULL)
		return read_file(out, path, &cli->info);
	return value == NULL ? ERR_OK : bytes_append_text(out, value, &cli->info);
}

/* --- at the terminal --- */

static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught = number;
}

/* One line; a signal ends it. */
static enum err
read_line(struct bytes *out, int terminal, struct err_info *info)
{
	enum err err = bytes_reserve(out, FILE_BYTES_MAX, info);

	while (err == ERR_OK) {
		uint8_t byte = 0;
		ssize_t size = read(terminal, &byte, 1);

		if (size < 0 && errno == EINTR && caught == 0)
			continue;
		if (size <= 0 || byte == '\n' || byte == '\r')
			return size < 0 ? err_set(info, ERR_STATE, "%s", _("nothing was typed")) : ERR_OK;
		if (out->size >= LIMIT_PASSPHRASE_BYTES_MAX)
			return err_set(info, ERR_USAGE, _("a passphrase has at most %d bytes"),
			               LIMIT_PASSPHRASE_BYTES_MAX);
		err = bytes_append_byte(out, byte, info);
	}
	return err;
}

/* Without showing it; the terminal is as it was afterwards, also when the person gives up with Ctrl-C. */
static enum err
read_hidden(struct bytes *out, int terminal, const char *question, struct err_info *info)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	struct sigaction before[sizeof(numbers) / sizeof(numbers[0])];
	struct sigaction action = {.sa_handler = catch};
	struct termios shown;
	struct termios hidden;
	enum err err;

	if (tcgetattr(terminal, &shown) != 0)
		return err_set(info, ERR_STATE, "%s", _("there is no terminal to ask at"));
	caught = 0;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaction(numbers[i], &action, &before[i]);
	/* hidden before the question is seen: whoever answers it is never shown */
	err = tcsetattr(terminal, TCSAFLUSH, &hidden) == 0
	              ? fs_write_all(terminal, "/dev/tty", view_text(question), info)
	              : err_errno(info, errno, "%s", _("cannot hide what is typed"));
	if (err == ERR_OK)
		err = fs_write_all(terminal, "/dev/tty", view_text(" "), info);
	if (err == ERR_OK)
		err = read_line(out, terminal, info);
	(void)tcsetattr(terminal, TCSANOW, &shown);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaction(numbers[i], &before[i], NULL);
	if (caught != 0)
		(void)raise(caught);
	return err;
}

bool
cli_has_terminal(void)
{
	int terminal = isatty(STDIN_FILENO) ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;

	if (terminal >= 0)
		(void)close(terminal);
	return terminal >= 0;
}

enum err
cli_ask_secret(struct bytes *out, const char *question, bool is_new, struct err_info *info)
{
	struct bytes again = {0};
	int terminal = isatty(STDIN_FILENO) ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	enum err err;

	if (terminal < 0)
		return err_set(info, ERR_STATE, "%s", _("there is no terminal to ask at"));
	err = read_hidden(out, terminal, question, info);
	if (err == ERR_OK && out->size == 0)
		err = err_set(info, ERR_USAGE, "%s", _("an empty passphrase is none"));
	if (err == ERR_OK && is_new)
		err = read_hidden(&again, terminal, _("The same again:"), info);
	if (err == ERR_OK && is_new && !seal_equal(bytes_view(out), bytes_view(&again)))
		err = err_set(info, ERR_USAGE, "%s", _("the two were not the same; nothing was changed"));
	(void)close(terminal);
	seal_wipe_bytes(&again);
	return err;
}
