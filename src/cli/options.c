#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const struct cli_option common_options[] = {
	{"--store", "DIR", N_("the store (or TIERSYNC_STORE)")},
	{"--passphrase-file", "FILE", N_("the passphrase of the keys (or TIERSYNC_PASSPHRASE, _FILE, _COMMAND)")},
	{"--json", NULL, N_("one JSON object a line; the last one is the summary")},
	{"--quiet", NULL, N_("print nothing at exit 0")},
	{"--show-personal", NULL, N_("do not mask personal data on the screen")},
	{"--help", NULL, N_("this text")},
	{NULL, NULL, NULL},
};

static const struct cli_option writer_options[] = {
	{"--dry-run", NULL, N_("say what would be done and change nothing")},
	{"--wait", "SECONDS", N_("how long to wait for another run's lock (60)")},
	{NULL, NULL, NULL},
};

static size_t
words_of(const char *name)
{
	return strchr(name, ' ') == NULL ? 1 : 2;
}

static bool
matches_verb(const char *name, const char *first, const char *second)
{
	size_t size = strlen(first);

	if (words_of(name) == 1)
		return strcmp(name, first) == 0;
	return second != NULL && strncmp(name, first, size) == 0 && name[size] == ' ' &&
	       strcmp(name + size + 1, second) == 0;
}

/* "peer add" is of the family "peer" */
static bool
is_of_family(const char *name, const char *family)
{
	size_t size = strlen(family);

	return strncmp(name, family, size) == 0 && name[size] == ' ';
}

static enum err
find_verb(struct cli *cli, int argc, char **argv, int *used)
{
	const char *second = argc > 2 ? argv[2] : NULL;
	bool has_group = false;

	for (const struct cli_verb *verb = cli_verbs; verb->name != NULL; verb++) {
		has_group = has_group || is_of_family(verb->name, argv[1]);
		if (matches_verb(verb->name, argv[1], second)) {
			cli->verb = verb;
			*used = 1 + (int)words_of(verb->name);
			return ERR_OK;
		}
	}
	if (has_group && second != NULL && strcmp(second, "--help") == 0) {
		cli->family = argv[1];
		cli->help = true;
		*used = argc;
		return ERR_OK;
	}
	if (has_group)
		return err_set(&cli->info, ERR_USAGE, _("'%s' needs a second word; see: tiersync %s --help"), argv[1],
		               argv[1]);
	return err_set(&cli->info, ERR_USAGE, _("there is no verb '%s'; see: tiersync --help"), argv[1]);
}

static const struct cli_option *
find_option(const struct cli_option *options, const char *name, size_t size)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (strlen(options->name) == size && strncmp(options->name, name, size) == 0)
			return options;
	}
	return NULL;
}

static enum err
set_wait(struct cli *cli, const char *value)
{
	char *end;
	long seconds;

	errno = 0;
	seconds = strtol(value, &end, 10);
	if (errno != 0 || *end != '\0' || end == value || seconds < 0 || seconds > 86400)
		return err_set(&cli->info, ERR_USAGE, _("--wait takes whole seconds from 0 to 86400"));
	cli->wait_seconds = (int)seconds;
	return ERR_OK;
}

static enum err
set_common(struct cli *cli, const char *name, const char *value)
{
	if (strcmp(name, "--store") == 0)
		cli->store = value;
	else if (strcmp(name, "--passphrase-file") == 0)
		cli->passphrase_file = value;
	else if (strcmp(name, "--json") == 0)
		cli->json = true;
	else if (strcmp(name, "--quiet") == 0)
		cli->quiet = true;
	else if (strcmp(name, "--show-personal") == 0)
		cli->show_personal = true;
	else if (strcmp(name, "--help") == 0)
		cli->help = true;
	else if (strcmp(name, "--dry-run") == 0)
		cli->dry_run = true;
	else
		return set_wait(cli, value);
	return ERR_OK;
}

/* An option that takes a list ("F,...") may be given several times: the lists are joined. */
static enum err
set_own(struct cli *cli, const struct cli_option *option, const char *value)
{
	size_t at = (size_t)(option - cli->verb->options);
	const char *before = cli->values[at];
	bool is_list = option->argument != NULL && strstr(option->argument, ",...") != NULL;
	char *joined;
	size_t size;

	if (before == NULL) {
		cli->values[at] = value;
		return ERR_OK;
	}
	if (!is_list)
		return err_set(&cli->info, ERR_USAGE, _("option %s was given twice"), option->name);
	size = strlen(before) + strlen(value) + 2;
	joined = malloc(size); /* lives as long as the words of the command line */
	if (joined == NULL)
		return err_nomem(&cli->info);
	(void)snprintf(joined, size, "%s,%s", before, value);
	cli->values[at] = joined;
	return ERR_OK;
}

/* Takes one option, and the next word as its value when it has one and the word is not joined by '='. */
static enum err
take_option(struct cli *cli, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	const char *joined = strchr(word, '=');
	size_t size = joined == NULL ? strlen(word) : (size_t)(joined - word);
	const struct cli_option *own = find_option(cli->verb->options, word, size);
	const struct cli_option *option = own != NULL ? own : find_option(common_options, word, size);
	const char *value = "";

	if (option == NULL && (cli->verb->flags & CLI_WRITES) != 0)
		option = find_option(writer_options, word, size);
	if (option == NULL)
		return err_set(&cli->info, ERR_USAGE, _("'%s' has no option '%.*s'; see: tiersync %s --help"),
		               cli->verb->name, (int)size, word, cli->verb->name);
	if (option->argument == NULL && joined != NULL)
		return err_set(&cli->info, ERR_USAGE, _("option %s takes no value"), option->name);
	if (option->argument != NULL) {
		if (joined == NULL && *at + 1 >= argc)
			return err_set(&cli->info, ERR_USAGE, _("option %s needs a value: %s %s"), option->name,
			               option->name, option->argument);
		value = joined != NULL ? joined + 1 : argv[++*at];
	}
	if (own == NULL)
		return set_common(cli, option->name, value);
	return set_own(cli, own, value);
}

static enum err
check_arguments(struct cli *cli)
{
	if (cli->help)
		return ERR_OK;
	if (cli->arguments_count < cli->verb->arguments_min)
		return err_set(&cli->info, ERR_USAGE, _("something is missing: tiersync %s %s"), cli->verb->name,
		               cli->verb->arguments);
	if (cli->arguments_count > cli->verb->arguments_max)
		return err_set(&cli->info, ERR_USAGE, _("'%s' is one word too many: tiersync %s %s"),
		               cli->arguments[cli->verb->arguments_max], cli->verb->name, cli->verb->arguments);
	return ERR_OK;
}

enum err
cli_read(struct cli *cli, int argc, char **argv)
{
	bool is_options = true;
	int at = 1;
	enum err err;

	cli->wait_seconds = LIMIT_WAIT_SECONDS_DEFAULT;
	cli->store = getenv("TIERSYNC_STORE");
	if (cli->store != NULL && cli->store[0] == '\0')
		cli->store = NULL;
	if (argc < 2)
		return err_set(&cli->info, ERR_USAGE, _("say what to do; see: tiersync --help"));
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		cli->help = true;
		return ERR_OK;
	}
	err = find_verb(cli, argc, argv, &at);
	for (; err == ERR_OK && at < argc; at++) {
		if (is_options && strcmp(argv[at], "--") == 0)
			is_options = false;
		else if (is_options && strncmp(argv[at], "--", 2) == 0)
			err = take_option(cli, argc, argv, &at);
		else if (cli->arguments_count >= CLI_ARGUMENTS_MAX)
			err = err_set(&cli->info, ERR_USAGE, _("more than %d words"), CLI_ARGUMENTS_MAX);
		else
			cli->arguments[cli->arguments_count++] = argv[at];
	}
	if (err == ERR_OK)
		err = check_arguments(cli);
	return err;
}

const char *
cli_value(const struct cli *cli, const char *name)
{
	const struct cli_option *option = find_option(cli->verb->options, name, strlen(name));

	return option == NULL ? NULL : cli->values[option - cli->verb->options];
}

bool
cli_has(const struct cli *cli, const char *name)
{
	return cli_value(cli, name) != NULL;
}

enum err
cli_number(const struct cli *cli, const char *name, int64_t fallback, int64_t minimum, int64_t maximum, int64_t *out,
           struct err_info *info)
{
	const char *value = cli_value(cli, name);
	long long number;
	char *end;

	if (value == NULL) {
		*out = fallback;
		return ERR_OK;
	}
	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || *end != '\0' || end == value || number < minimum || number > maximum)
		return err_set(info, ERR_USAGE, _("%s takes a whole number from %lld to %lld"), name,
		               (long long)minimum, (long long)maximum);
	*out = number;
	return ERR_OK;
}

static void
print_options(struct cli *cli, const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "%s%s%s", options->name, options->argument == NULL ? "" : " ",
		               options->argument == NULL ? "" : options->argument);
		cli_line(cli, "  %-24s %s", left, _(options->help));
	}
}

void
cli_usage(struct cli *cli)
{
	bool was_json = cli->json;

	cli->json = false; /* help is for people */
	cli->quiet = false;
	if (cli->verb != NULL) {
		cli_line(cli, "tiersync %s %s", cli->verb->name, cli->verb->arguments);
		cli_line(cli, "  %s", _(cli->verb->help));
		cli_line(cli, "%s", "");
		print_options(cli, cli->verb->options);
		if ((cli->verb->flags & CLI_WRITES) != 0)
			print_options(cli, writer_options);
		print_options(cli, common_options);
	} else {
		cli_line(cli, "%s", _("tiersync VERB: signed, encrypted, versioned case records between offices"));
		for (const struct cli_verb *verb = cli_verbs; verb->name != NULL; verb++) {
			if (cli->family == NULL || is_of_family(verb->name, cli->family))
				cli_line(cli, "  %-24s %s", verb->name, _(verb->help));
		}
		cli_line(cli, "%s",
		         _("Every verb has --help. Exit codes: 0 done, 1 failed, 2 usage, 3 bad input refused, "
		           "4 not authentic, 5 conflicts wait, 6 locked, 7 done in part."));
	}
	cli->json = was_json;
}

enum err
cli_encoding(enum text_encoding *out, struct cli *cli)
{
	const char *name = cli_value(cli, "--encoding");

	*out = TEXT_UTF8;
	if (name == NULL || strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0)
		return ERR_OK;
	*out = TEXT_GB18030;
	if (strcmp(name, "gb18030") == 0)
		return ERR_OK;
	return err_set(&cli->info, ERR_USAGE, _("--encoding takes utf-8 or gb18030, not '%s'"), name);
}
