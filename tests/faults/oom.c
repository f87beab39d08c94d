/*
 * Linked around our own allocations (-Wl,--wrap) into a second tiersync, for tests/faults/run: FAULTS_MEMORY=K makes the K-th
 * fail, FAULTS_MEMORY=K:on every one from it. FAULTS_MEMORY=0 with FAULTS_COUNT=FILE: how many there were. libgit2's own
 * are left alone: 1.5.1 crashes in its error path, and the next run repairs what a crash leaves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

static long calls;
static long fail_at;
static bool is_sticky;

__attribute__((constructor)) static void
read_plan(void)
{
	const char *text = getenv("FAULTS_MEMORY");
	char *end;

	if (text == NULL)
		return;
	fail_at = strtol(text, &end, 10);
	is_sticky = strcmp(end, ":on") == 0;
}

__attribute__((destructor)) static void
write_count(void)
{
	const char *path = getenv("FAULTS_COUNT");
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	(void)dprintf(fd, "%ld\n", calls);
	(void)close(fd);
}

static bool
fails(void)
{
	long call = ++calls;

	if (fail_at == 0 || call < fail_at || (call > fail_at && !is_sticky))
		return false;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

char *
__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t size)
{
	return fails() ? NULL : __real_strndup(text, size);
}
