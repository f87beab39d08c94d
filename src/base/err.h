/**
 * Errors: a code that says what the caller may do next, and a text that says what happened. The text is set once, where
 * the failure is detected, and passed up untouched. Codes, exit codes and remedies: schema/errors.def; remedies of their own: advice.def.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/limits.h"

enum err {
#define ERROR(name, number, exit_code, remedy) ERR_##name = (number),
#include "../../schema/errors.def"
#undef ERROR
};

/** What to do next, where the code's remedy would mislead: schema/advice.def. 0 is the remedy of the code. */
enum err_advice {
	ADVICE_OF_CODE = 0,
#define ADVICE(name, text) ADVICE_##name,
#include "../../schema/advice.def"
#undef ADVICE
};

struct err_info {
	enum err code;
	enum err_advice advice;
	char text[LIMIT_MESSAGE_BYTES_MAX];
};

#define MUST_USE __attribute__((warn_unused_result))
#define FORMAT_OF(f, a) __attribute__((format(printf, f, a)))

/** Mark a string for translation and return its translation in the running locale (base/message.c). */
const char *message(const char *text) __attribute__((format_arg(1)));
#define _(text) message(text)
/** The locale was set, or is another one now. */
void message_forget(void);

/** Set code and text, with the code's own remedy; returns the code, to be returned at once. `info` may be NULL. Control bytes become '?'. */
enum err err_set(struct err_info *info, enum err code, const char *format, ...) FORMAT_OF(3, 4);

/** Put "what: " before the text set below, to name the file, row or commit that an error belongs to. Returns info->code. */
enum err err_in(struct err_info *info, enum err code, const char *format, ...) FORMAT_OF(3, 4);

/** err_set() with a remedy of its own instead of the code's. */
enum err err_set_advised(struct err_info *info, enum err code, enum err_advice advice, const char *format, ...)
	FORMAT_OF(4, 5);

/**
 * Give the failure in `info` a remedy of its own instead of its code's; err_in() keeps it. The first one stands: what is nearest to the
 * failure knows best. Returns `code`; ERR_OK changes nothing. `info` may be NULL.
 */
enum err err_advise(struct err_info *info, enum err code, enum err_advice advice);

/** What `why` tells is told in `info` too, under `code`: text and remedy. Returns `code`. `info` may be NULL. */
enum err err_pass(struct err_info *info, enum err code, const struct err_info *why);

/** ERR_IO with the text of the system error `number` (an errno) behind the formatted words; ERR_NOMEM for ENOMEM. */
enum err err_errno(struct err_info *info, int number, const char *format, ...) FORMAT_OF(3, 4);

/** ERR_NOMEM with its text. */
enum err err_nomem(struct err_info *info);
/**
 * Whether memory was ever short in this process. Code that looks something up takes its absence for an answer, so what it then
 * says may be wrong ("no such kind"): whoever talks to people asks here before it blames their data.
 */
bool err_has_run_out(void);

/** The exit code of the command line for a code. */
int err_exit_code(enum err code);

/** The code's name without prefix ("FORMAT"); static. */
const char *err_name(enum err code);
/** What to do about the failure `code` that `info` tells of, to be translated with _(); static. */
const char *err_remedy(enum err code, const struct err_info *info);

#endif
