#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/fs.h"
#include "test.h"

void
support_assert_ok(enum err err, const struct err_info *info, const char *what, const char *file, int line)
{
	if (err == ERR_OK)
		return;
	print_error("%s: ERR_%s: %s\n", what, err_name(err), info->text);
	_fail(file, line);
}

void
support_assert_err(enum err err, enum err expected, const struct err_info *info, const char *what, const char *file,
                   int line)
{
	if (err == expected && info->text[0] != '\0')
		return;
	print_error("%s: ERR_%s, not ERR_%s: %s\n", what, err_name(err), err_name(expected), info->text);
	_fail(file, line);
}

struct bytes
from_hex(const char *text)
{
	struct bytes out = {0};
	char pair[3] = {0};
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text))
			continue;
		pair[n++] = *text;
		if (n == 2) {
			assert_int_equal(bytes_append_byte(&out, (uint8_t)strtoul(pair, NULL, 16), NULL), ERR_OK);
			n = 0;
		}
	}
	return out;
}

void
assert_hex(struct view actual, const char *expected)
{
	struct bytes want = from_hex(expected);
	struct bytes shown = {0};

	if (!view_equal(actual, bytes_view(&want))) {
		assert_int_equal(bytes_append_hex(&shown, actual, NULL), ERR_OK);
		print_error("bytes are %s\nexpected  %s\n", bytes_text(&shown), expected);
		fail();
	}
	bytes_release(&shown);
	bytes_release(&want);
}

const char *
support_scratch(void)
{
	enum {
		KEPT = 8
	};
	static char paths[KEPT][LIMIT_PATH_BYTES_MAX];
	static size_t next;
	char *path = paths[next++ % KEPT];
	const char *base = getenv("TMPDIR");

	(void)snprintf(path, LIMIT_PATH_BYTES_MAX, "%s/tiersync-test-XXXXXX", base == NULL ? "/tmp" : base);
	assert_non_null(mkdtemp(path));
	return path;
}

void
support_remove(const char *path)
{
	struct err_info info;

	assert_ok(fs_remove_tree(path, &info));
}

uint64_t
support_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dU;
}

static int64_t
fixed_now(void *context)
{
	(void)context;
	return 1512086400; /* 2017-12-01T00:00:00Z */
}

static enum err
seeded_random(void *context, void *out, size_t size, struct err_info *info)
{
	uint8_t *at = out;

	(void)info;
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)(support_random(context) >> 56);
	return ERR_OK;
}

struct env
support_env(uint64_t *state)
{
	return (struct env){fixed_now, seeded_random, NULL, state};
}
