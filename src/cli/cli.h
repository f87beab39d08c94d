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
#include "flow/flow.h"
#include "json/json.h"
#include "text/input.h"
#include "text/text.h"

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
	const char *passphrase_file;         /* --passphrase-file, or NULL */
	bool json;
	bool quiet;
	bool dry_run;
	bool show_personal;
	bool help;
	const char *family; /* --help for the verbs that begin with this word; NULL: for one, or all */
	int wait_seconds;
	bool is_chinese; /* messages and titles in zh_CN */
	struct env env;
	struct json_writer writer; /* of the object that is open */
	struct bytes out;          /* the answer, held back until the exit code is known (--quiet) or it grows large */
	bool is_cut_off;           /* stdout takes no more */
	bool is_aside;             /* stdout carries data alone: words go to stderr */
	struct bytes notes;        /* with --quiet: what stderr hears if the exit code is not 0 */
	struct bytes column;       /* cli_office_column */
	int exit_code;             /* set by a verb that did part of its work (7) or found something (4, 5) */
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
/** The value of --encoding; UTF-8 if it was not given. ERR_USAGE. */
enum err cli_encoding(enum text_encoding *out, struct cli *cli) MUST_USE;
/** Print the usage of the verb (or of all, when verb is NULL) on stdout. */
void cli_usage(struct cli *cli);

/* --- output --- */

/** A line of the answer in words; nothing with --json. The text is escaped for a terminal by the caller where it holds data. */
void cli_line(struct cli *cli, const char *format, ...) FORMAT_OF(2, 3);
/** Raw bytes of the answer (export), in both voices. */
void cli_data(struct cli *cli, struct view data);
/** A word beside the answer, on stderr; with --quiet only if the command does not end with 0. */
void cli_note(struct cli *cli, const char *format, ...) FORMAT_OF(2, 3);
/**
 * Start a JSON object of this type on a line of its own; NULL unless --json. Write its members with json_write_key() and the
 * others, then call cli_json_end. One object at a time.
 */
struct json_writer *cli_json_begin(struct cli *cli, const char *type);
void cli_json_end(struct cli *cli);
/** A member in one call; nothing when writer is NULL. */
void cli_json_string(struct json_writer *writer, const char *key, const char *text);
void cli_json_view(struct json_writer *writer, const char *key, struct view text);
void cli_json_integer(struct json_writer *writer, const char *key, int64_t value);
void cli_json_unsigned(struct json_writer *writer, const char *key, uint64_t value);
void cli_json_bool(struct json_writer *writer, const char *key, bool value);
void cli_json_oid(struct json_writer *writer, const char *key, const struct oid *oid);
void cli_json_id(struct json_writer *writer, const char *key, const struct id *id);
void cli_json_digest(struct json_writer *writer, const char *key, const struct digest *digest);
/** Hexadecimal digits of what this run drew or made: null in a dry run, where it will never exist. */
void cli_json_made(const struct cli *cli, struct json_writer *writer, const char *key, struct view bytes);
/** A unix time as 2017-12-01T08:00:00+08:00. */
void cli_json_time(struct json_writer *writer, const char *key, int64_t seconds);
/** Ask a person at the terminal. ERR_STATE when there is no terminal. */
enum err cli_ask(struct cli *cli, const char *question, struct bytes *answer_out, struct err_info *info) MUST_USE;
/** Print what is held back, the error if there is one, and the JSON summary; returns the exit code. */
int cli_finish(struct cli *cli, enum err err);

/* --- secrets; release what they give with seal_wipe_bytes --- */

/**
 * The passphrase of the keys as far as it was given: --passphrase-file, TIERSYNC_PASSPHRASE, TIERSYNC_PASSPHRASE_FILE, or what
 * the program TIERSYNC_PASSPHRASE_COMMAND prints (words between blanks, no shell). Empty when there is none. ERR_USAGE, ERR_IO.
 */
enum err cli_passphrase(struct bytes *out, struct cli *cli) MUST_USE;
/** Another one, for the keys or a copy of them: --new-passphrase-file (of the verb), TIERSYNC_NEW_PASSPHRASE; else empty. */
enum err cli_new_passphrase(struct bytes *out, struct cli *cli) MUST_USE;
/** Whether a person can be asked. */
bool cli_has_terminal(void);
/**
 * Ask for a secret, which the terminal does not show.
 * @param is_new  ask twice and compare
 * @return ERR_OK; ERR_STATE: no terminal; ERR_USAGE: empty, too long, or the two differ
 */
enum err cli_ask_secret(struct bytes *out, const char *question, bool is_new, struct err_info *info) MUST_USE;

/* --- the store --- */

/** Open the node of --store or TIERSYNC_STORE. ERR_USAGE when neither is given, and the errors of node_open. */
enum err cli_open(struct cli *cli, struct node **out) MUST_USE;
/** The same without asking for keys: for audit, inspect, status and the like on a copy. */
enum err cli_open_without_keys(struct cli *cli, struct node **out) MUST_USE;
/** The same for the audit: of a damaged roster what can be read. */
enum err cli_open_damaged(struct cli *cli, struct node **out) MUST_USE;
/** What a writing use case is told: operator (--operator or TIERSYNC_OPERATOR), --note, --dry-run, --wait. */
struct flow_desk cli_desk(const struct cli *cli, struct node *node);
/** An office's name and code, filled up with blanks so that lists stand in columns. Borrowed until the next call. */
const char *cli_office_column(struct cli *cli, struct node *node, const struct node_code *code);
/** Say which partition something is done without, and what becomes of the others. */
void cli_left_out(struct cli *cli, struct node *node, const struct node_code *owner, const struct err_info *why,
                  const char *others);
/** The same of a list, which goes on without it: the exit code says that it is not all. */
void cli_list_without(struct cli *cli, struct node *node, const struct node_code *owner, const struct err_info *why);
/** The same for a change of passphrase: the keys are not looked at, and nobody is asked. */
enum err cli_open_leaving_keys(struct cli *cli, struct node **out) MUST_USE;
/** Read a node code; ERR_USAGE with the option or argument named. */
enum err cli_code(struct node_code *out, const char *what, const char *text, struct err_info *info) MUST_USE;
/** The code of --partition: of an office, or `rolls` for the rolls of the node that is open. ERR_USAGE. */
enum err cli_partition(struct node_code *out, const char *text, const struct node *node,
                       struct err_info *info) MUST_USE;
/** Read a file named on the command line, or standard input for "-". */
enum err cli_read_file(struct bytes *out, const char *path, size_t size_max, struct err_info *info) MUST_USE;
/**
 * Open a file named on the command line to be read piece by piece; "-" is standard input, which then goes through a file
 * without a name in `directory`. The caller closes it.
 */
enum err cli_open_file(int *fd_out, const char *path, const char *directory, uint64_t size_max,
                       struct err_info *info) MUST_USE;

/** 10 hexadecimal digits of a commit for the screen; static storage for the last 4 calls. */
const char *cli_short_oid(const struct oid *oid);
/** A time for the screen: "2017-12-01 08:00" (+08:00); static storage for the last 4 calls. */
const char *cli_time(int64_t seconds);
/** Bytes for the screen: "2.1 kB"; static storage for the last 4 calls. */
const char *cli_size(uint64_t bytes);
/** Text that came from outside, escaped for a terminal; static storage for the last 4 calls, cut at 1,000 bytes. */
const char *cli_safe(const char *text);

/** The options that every edit takes; end a verb's table with CLI_EDIT_OPTIONS and a row of NULLs. */
#define CLI_EDIT_OPTIONS                                                                                               \
	{"--operator", "NAME", N_("who sits at the desk (or TIERSYNC_OPERATOR)")},                                     \
	{                                                                                                              \
		"--note", "TEXT", N_("why: kept in the signed edit")                                                   \
	}

struct schema_field;
/** What a field's values look like, for text_mask(): one rule for every verb that shows them. */
enum text_shape cli_shape(const struct schema_field *field);

#endif
