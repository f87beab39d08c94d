/* What goes wrong, and the log. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim.h"

enum {
	LINE_BYTES = 3 * SHIM_PATH_BYTES,
	LOG_FD_MIN = 200
};

static struct {
	char root[SHIM_PATH_BYTES];
	int log_fd;
	_Atomic long calls;
	long kill_at;
	long fail_at;
	long stop_at;
	const char *stop_file;
	int number;
	bool is_torn;
	bool is_short;
	bool is_sticky;
	bool is_seeded;
	long clock_off;
	uint64_t random;
} plan = {.log_fd = -1};

static void
open_log(const char *path)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	plan.log_fd = fcntl(fd, F_DUPFD_CLOEXEC, LOG_FD_MIN);
	(void)syscall(SYS_close, fd);
	if (plan.log_fd < 0)
		abort();
}

static void
read_fail(const char *text)
{
	char *end;

	plan.fail_at = strtol(text, &end, 10);
	plan.is_short = strcmp(end, ":short") == 0;
	if (plan.is_short || *end != ':')
		return;
	plan.number = (int)strtol(end + 1, &end, 10);
	plan.is_sticky = strcmp(end, ":on") == 0;
}

__attribute__((constructor)) static void
read_plan(void)
{
	const char *root = getenv("FAULTS_ROOT");
	const char *log = getenv("FAULTS_LOG");
	const char *kill_text = getenv("FAULTS_KILL");
	const char *fail = getenv("FAULTS_FAIL");
	const char *seed = getenv("FAULTS_SEED");
	const char *stop = getenv("FAULTS_STOP");
	const char *clock_off = getenv("FAULTS_CLOCK");
	char *end;

	if (root != NULL)
		(void)snprintf(plan.root, sizeof(plan.root), "%s", root);
	if (log != NULL)
		open_log(log);
	if (kill_text != NULL) {
		plan.kill_at = strtol(kill_text, &end, 10);
		plan.is_torn = strcmp(end, ":torn") == 0;
	}
	if (fail != NULL)
		read_fail(fail);
	if (stop != NULL) {
		plan.stop_at = strtol(stop, &end, 10);
		plan.stop_file = *end == ':' ? end + 1 : NULL;
	}
	if (clock_off != NULL)
		plan.clock_off = strtol(clock_off, NULL, 10);
	plan.is_seeded = seed != NULL;
	if (seed != NULL)
		plan.random = strtoull(seed, NULL, 10);
}

static bool
is_below_root(const char *path)
{
	size_t size = strlen(plan.root);

	return size > 0 && strncmp(path, plan.root, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static bool
path_of_fd(char out[SHIM_PATH_BYTES], int fd)
{
	char name[64];
	ssize_t size;
	int number = errno;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	size = readlink(name, out, SHIM_PATH_BYTES - 1);
	errno = number;
	if (size < 0)
		return false;
	out[size] = '\0';
	return true;
}

bool
shim_path_at(char out[SHIM_PATH_BYTES], int directory, const char *path)
{
	char base[SHIM_PATH_BYTES];
	int number = errno;
	bool is_known;

	if (plan.root[0] == '\0')
		return false;
	if (path[0] == '/') {
		(void)snprintf(out, SHIM_PATH_BYTES, "%s", path);
		return is_below_root(out);
	}
	is_known = directory == AT_FDCWD ? getcwd(base, sizeof(base)) != NULL : path_of_fd(base, directory);
	errno = number;
	return is_known && snprintf(out, SHIM_PATH_BYTES, "%.2000s/%.2000s", base, path) < SHIM_PATH_BYTES &&
	       is_below_root(out);
}

bool
shim_path_of(char out[SHIM_PATH_BYTES], int fd)
{
	struct stat status;
	int number = errno;
	bool counts = plan.root[0] != '\0' && fd > STDERR_FILENO && fstat(fd, &status) == 0 &&
	              (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) && path_of_fd(out, fd) && is_below_root(out);

	errno = number;
	return counts;
}

unsigned long long
shim_inode(int fd)
{
	struct stat status;

	return fd >= 0 && fstat(fd, &status) == 0 ? (unsigned long long)status.st_ino : 0;
}

static void
die(void)
{
	(void)syscall(SYS_kill, getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

static void
stop(void)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, plan.stop_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct stat status;

	(void)syscall(SYS_close, fd);
	while (stat(plan.stop_file, &status) == 0)
		(void)usleep(1000);
}

/* A full disk still lets names go. */
static bool
is_hit(const char *kind)
{
	return plan.number != ENOSPC ||
	       (strcmp(kind, "unlink") != 0 && strcmp(kind, "rmdir") != 0 && strcmp(kind, "chmod") != 0);
}

enum shim_verdict
shim_count(const char *kind)
{
	bool is_write = strcmp(kind, "write") == 0;
	long call = ++plan.calls;

	if (call == plan.stop_at && plan.stop_file != NULL)
		stop();
	if (call == plan.kill_at) {
		if (plan.is_torn && is_write)
			return SHIM_HALF;
		die();
	}
	if (plan.fail_at == 0 || call < plan.fail_at || (call > plan.fail_at && !plan.is_sticky))
		return SHIM_GO_ON;
	if (plan.is_short)
		return is_write ? SHIM_HALF : SHIM_GO_ON;
	if (!is_hit(kind))
		return SHIM_GO_ON;
	errno = plan.number;
	return SHIM_FAIL;
}

void
shim_end_half(void)
{
	if (plan.is_torn)
		die();
}

static void
put_line(const char *line, size_t size)
{
	while (size > 0) {
		ssize_t put = syscall(SYS_write, plan.log_fd, line, size);

		if (put <= 0)
			abort();
		line += put;
		size -= (size_t)put;
	}
}

void
shim_tell(const char *kind, long result, const char *format, ...)
{
	char line[LINE_BYTES];
	int number = errno;
	va_list args;
	int used;

	if (plan.log_fd < 0)
		return;
	used = snprintf(line, sizeof(line), "%s\t%ld\t", kind, result < 0 ? -(long)number : result);
	va_start(args, format);
	used += vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, args);
	va_end(args);
	line[used++] = '\n';
	put_line(line, (size_t)used);
	errno = number;
}

void
shim_tell_write(long result, int fd, off_t offset, const uint8_t *data, const char *path)
{
	static const char digits[] = "0123456789abcdef";
	size_t size = result < 0 ? 0 : (size_t)result;
	int number = errno;
	char *text;
	size_t used;

	if (plan.log_fd < 0)
		return;
	text = malloc(2 * size + LINE_BYTES);
	if (text == NULL)
		abort();
	used = (size_t)snprintf(text, LINE_BYTES, "write\t%ld\t%s\t%llu\t%lld\t", result < 0 ? -(long)number : result,
	                        path, shim_inode(fd), (long long)offset);
	for (size_t i = 0; i < size; i++) {
		text[used++] = digits[data[i] >> 4];
		text[used++] = digits[data[i] & 15];
	}
	text[used++] = '\n';
	put_line(text, used);
	free(text);
	errno = number;
}

bool
shim_is_seeded(void)
{
	return plan.is_seeded;
}

long
shim_clock_off(void)
{
	return plan.clock_off;
}

/* splitmix64, a byte a step: short, and no two seeds alike */
void
shim_random(uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint64_t z = plan.random += 0x9e3779b97f4a7c15U;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
		out[i] = (uint8_t)(z ^ (z >> 31));
	}
}
