/**
 * The command line: a table of verbs, their options (which also print --help), and the two voices of every answer, words
 * and JSON lines. No decisions here: a verb reads its options, calls one flow_ function and prints what came back.
 *
 * stdout carries the answer, stderr everything else. With --json each answer is one object a line, the first key is
 * `type`, and the last line is {"type":"summary","exit":N}. With --quiet nothing is printed at exit 0.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/env.h"
#include "base/ids.h"

struct json;
struct node;

enum {
	CLI_OPTIONS_MAX = 24,
	CLI_ARGUMENTS_MAX = 4096,
};

/** One option. argument NULL: a flag. The help text is translated when printed: mark it with N_(). */
struct cli_option {
	const char *name;     /* "--kind" */
	const char *argument; /* "KIND", or NULL for a flag */
	const char *help;
};

/** Marks a text of a table for translation; it is translated when it is printed. */
#define N_(text) text

enum cli_verb_flags {
	CLI_WRITES = 1 << 0, /* takes --dry-run and --wait */
	CLI_DATA = 1 << 1,   /* its answer is data that somebody asked for: --quiet does not swallow it */
	CLI_NO_STORE = 1 << 2,
};

struct cli;

struct cli_verb {
	const char *name;      /* "import" or "peer add" */
	const char *arguments; /* "FILE", for the usage line */
	const char *help;
	const struct cli_option *options; /* ends with a row of NULLs; may be NULL */
	size_t arguments_min;
	size_t arguments_max;
	unsigned flags;
	/** Does the work. Returns ERR_OK, or an error whose text is in cli->info; cli->exit_code may be set beside ERR_OK. */
	enum err (*run)(struct cli *cli);
};

/** All verbs, in the order in which --help lists them; ends with a row of NULLs (cli/verbs.c). */
extern const struct cli_verb cli_verbs[];

struct cli {
	const struct cli_verb *verb;
	const char *arguments[CLI_ARGUMENTS_MAX];
	size_t arguments_count;
	const char *values[CLI_OPTIONS_MAX]; /* of verb->options, by position; "" for a flag that was given */
	const char *store;                   /* --store, TIERSYNC_STORE, or NULL */
	bool json;
	bool quiet;
	bool dry_run;
	bool show_personal;
	bool help;
	int wait_seconds;
	bool is_chinese; /* messages and titles in zh_CN */
	struct env env;
	struct bytes out; /* the answer, held back until the exit code is known (--quiet) or it grows large */
	int exit_code;    /* set by a verb that did part of its work (7) or found something (4, 5) */
	struct err_info info;
};

/* --- options --- */

/** Read argv into `cli` (verb, arguments, options). ERR_USAGE with a text that names the word. */
enum err cli_read(struct cli *cli, int argc, char **argv) MUST_USE;
/** The value of an option of this verb, or NULL if it was not given. The name must be in the verb's table. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_has(const struct cli *cli, const char *name);
/** The value as a number from minimum to maximum, or `fallback` if it was not given. ERR_USAGE. */
enum err cli_number(const struct cli *cli, const char *name, int64_t fallback, int64_t minimum, int64_t maximum,
                    int64_t *out, struct err_info *info) MUST_USE;
/** Print the usage of the verb (or of all, when verb is NULL) on stdout. */
void cli_usage(struct cli *cli);

/* --- output --- */

/** A line of the answer in words; nothing with --json. The text is escaped for a terminal by the caller where it holds data. */
void cli_line(struct cli *cli, const char *format, ...) FORMAT_OF(2, 3);
/** Raw bytes of the answer (export), in both voices. */
void cli_data(struct cli *cli, struct view data);
/** A word beside the answer, on stderr; not with --quiet. */
void cli_note(struct cli *cli, const char *format, ...) FORMAT_OF(2, 3);
/** Start a JSON object of this type; NULL unless --json. Fill it with json_ functions, then give it to cli_json_end. */
struct json *cli_json_begin(struct cli *cli, const char *type);
void cli_json_end(struct cli *cli, struct json *object);
/** Ask a person at the terminal. ERR_STATE when there is no terminal. */
enum err cli_ask(struct cli *cli, const char *question, struct bytes *answer_out, struct err_info *info) MUST_USE;
/** Print what is held back, the error if there is one, and the JSON summary; returns the exit code. */
int cli_finish(struct cli *cli, enum err err);

/* --- the store --- */

/** Open the node of --store or TIERSYNC_STORE. ERR_USAGE when neither is given, and the errors of node_open. */
enum err cli_open(struct cli *cli, struct node **out) MUST_USE;

#endif
