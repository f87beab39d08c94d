#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct error_row {
	enum err code;
	int exit_code;
	const char *name;
	const char *remedy;
};

static const struct error_row rows[] = {
#define ERROR(name, number, exit_code, remedy) {ERR_##name, exit_code, #name, remedy},
#include "../../schema/errors.def"
#undef ERROR
};

static const char *const advices[] = {
	NULL,
#define ADVICE(name, text) text,
#include "../../schema/advice.def"
#undef ADVICE
};

static const struct error_row *
find_row(enum err code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code)
			return &rows[i];
	}
	return &rows[0];
}

static void
strip_control(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || (unsigned char)*text == 0x7f)
			*text = '?';
	}
}

static enum err set(struct err_info *info, enum err code, enum err_advice advice, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

static enum err
set(struct err_info *info, enum err code, enum err_advice advice, const char *format, va_list args)
{
	if (info == NULL)
		return code;
	info->code = code;
	info->advice = advice;
	(void)vsnprintf(info->text, sizeof(info->text), format, args);
	strip_control(info->text);
	return code;
}

enum err
err_set(struct err_info *info, enum err code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	code = set(info, code, ADVICE_OF_CODE, format, args);
	va_end(args);
	return code;
}

enum err
err_set_advised(struct err_info *info, enum err code, enum err_advice advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	code = set(info, code, advice, format, args);
	va_end(args);
	return code;
}

enum err
err_in(struct err_info *info, enum err code, const char *format, ...)
{
	char old[LIMIT_MESSAGE_BYTES_MAX];
	va_list args;
	int used;

	if (info == NULL)
		return code;
	memcpy(old, info->text, sizeof(old));
	va_start(args, format);
	used = vsnprintf(info->text, sizeof(info->text), format, args);
	va_end(args);
	if (used >= 0 && (size_t)used < sizeof(info->text))
		(void)snprintf(info->text + used, sizeof(info->text) - (size_t)used, ": %s", old);
	strip_control(info->text);
	info->code = code;
	return code;
}

enum err
err_advise(struct err_info *info, enum err code, enum err_advice advice)
{
	if (info != NULL && code != ERR_OK && info->advice == ADVICE_OF_CODE)
		info->advice = advice;
	return code;
}

enum err
err_pass(struct err_info *info, enum err code, const struct err_info *why)
{
	return err_set_advised(info, code, why->advice, "%s", why->text);
}

enum err
err_errno(struct err_info *info, int number, const char *format, ...)
{
	char what[LIMIT_MESSAGE_BYTES_MAX];
	char why[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (strerror_r(number, why, sizeof(why)) != 0)
		(void)snprintf(why, sizeof(why), "error %d", number);
	if (number == ENOMEM)
		return err_nomem(info);
	return err_set(info, ERR_IO, "%s: %s", what, why);
}

static atomic_bool has_run_out; /* a worker may find out */

bool
err_has_run_out(void)
{
	return has_run_out;
}

enum err
err_nomem(struct err_info *info)
{
	has_run_out = true;
	return err_set(info, ERR_NOMEM, "%s", _("not enough memory"));
}

int
err_exit_code(enum err code)
{
	return find_row(code)->exit_code;
}

const char *
err_name(enum err code)
{
	return find_row(code)->name;
}

const char *
err_remedy(enum err code, const struct err_info *info)
{
	size_t advice = (size_t)info->advice;
	bool is_own = advice != ADVICE_OF_CODE && advice < sizeof(advices) / sizeof(advices[0]);

	return is_own ? advices[advice] : find_row(code)->remedy;
}
