/**
 * Another program: started without a shell, fed, listened to, and bounded in bytes and time. It inherits no descriptor but
 * its three, none of our passphrases, and a process group of its own, which is ended with it.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/bytes.h"

enum {
	PROCESS_ERRORS_BYTES = 1024, /* what is kept of its standard error: the end of it, and NUL */
	PROCESS_WORDS_MAX = 32
};

/** Told of each piece of its standard output. An error ends the program and is given back. */
typedef enum err process_output(void *context, struct view bytes, struct err_info *info);

struct process_terms {
	const char *const *words; /* NULL at the end; the first is looked for in PATH if it holds no '/' */
	struct view input;        /* all of its standard input */
	process_output *output;
	void *context;
	uint64_t output_bytes_max;
	unsigned silent_seconds_max; /* without a byte of output, and without a byte of input taken */
	unsigned seconds_max;
};

struct process_end {
	int exit_code;                     /* 128 + N: ended by signal N */
	char errors[PROCESS_ERRORS_BYTES]; /* untrusted: escape it before printing */
};

/**
 * The words of a line, split at blanks, with no shell and no quotes; NULL behind the last. `line` is cut up and owns them.
 * @return how many; words past PROCESS_WORDS_MAX are left out
 */
size_t process_words(const char *words[PROCESS_WORDS_MAX + 1], char *line);

/**
 * Run it to its end. What it does not read of its input is no error, and no SIGPIPE comes of it.
 *
 * @param out  filled also on an error, as far as it was reached
 * @return ERR_OK: it ended by itself, whatever its exit code; ERR_NOT_FOUND: there is no such program; ERR_TOO_BIG: more output
 *         than allowed; ERR_PEER: silent for too long, or too slow; ERR_IO: the system refused; what `output` returned
 */
enum err process_run(struct process_end *out, const struct process_terms *terms, struct err_info *info) MUST_USE;

#endif
