#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <git2.h>

#include "git/internal.h"

bool
git_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
git_ends_with(const char *text, const char *suffix)
{
	size_t size = strlen(text);
	size_t end = strlen(suffix);

	return size >= end && strcmp(text + size - end, suffix) == 0;
}

enum err
git_failed(struct err_info *info, int result, enum err code, const char *format, ...)
{
	const git_error *last = git_error_last();
	const char *said = last == NULL || last->message == NULL ? "" : last->message;
	enum err_advice advice;
	char text[LIMIT_MESSAGE_BYTES_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (result == GIT_ERROR && last != NULL && last->klass == GIT_ERROR_NOMEMORY)
		return err_nomem(info); /* nothing is damaged */
	if (result == GIT_ENOTFOUND)
		code = ERR_NOT_FOUND;
	if (result == GIT_ELOCKED)
		code = ERR_LOCKED;
	/* bytes that were read and not understood are no failure of the disk */
	advice = code == ERR_IO && last != NULL && last->klass != GIT_ERROR_OS ? ADVICE_AUDIT : ADVICE_OF_CODE;
	/* libgit2 sets no message for some errors, and may then hold the one before */
	if (said[0] == '\0')
		return err_set_advised(info, code, advice, "%s (libgit2 %d)", text, result);
	return err_set_advised(info, code, advice, "%s: %s (libgit2 %d)", text, said, result);
}

const char *
git_type_name(enum git_type type)
{
	switch (type) {
	case GIT_TYPE_COMMIT:
		return "commit";
	case GIT_TYPE_TREE:
		return "tree";
	case GIT_TYPE_BLOB:
		return "blob";
	}
	return "other";
}

size_t
git_type_bytes_max(enum git_type type)
{
	switch (type) {
	case GIT_TYPE_COMMIT:
		return LIMIT_COMMIT_BYTES_MAX;
	case GIT_TYPE_TREE:
		return LIMIT_TREE_BYTES_MAX;
	case GIT_TYPE_BLOB:
		return LIMIT_BLOB_BYTES_MAX;
	}
	return 0;
}

enum err
git_wrong_type(struct err_info *info, const struct oid *oid, int is, enum git_type expected)
{
	char hex[OID_HEX_BYTES];

	return err_set(info, ERR_FORMAT, _("object %s is a %s; a %s was expected"), git_oid_hex(oid, hex),
	               is == GIT_TYPE_TAG ? "tag" : git_type_name((enum git_type)is), git_type_name(expected));
}

const char *
git_oid_hex(const struct oid *oid, char out[OID_HEX_BYTES])
{
	hex_write(out, view_of(oid->bytes, OID_BYTES));
	return out;
}
