/* Names of files and directories; and the random bytes and the clock that a seed gives. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

enum {
	FIXED_TIME = 1512086400 /* 2017-12-01 in Changsha */
};

static bool
is_there(int directory, const char *path)
{
	struct stat status;
	int number = errno;
	bool result = fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0;

	errno = number;
	return result;
}

/* Two names of which either may lie below the root. */
static bool
two_paths(char from[SHIM_PATH_BYTES], char to[SHIM_PATH_BYTES], int from_directory, const char *from_path,
          int to_directory, const char *to_path)
{
	bool has_from = shim_path_at(from, from_directory, from_path);
	bool has_to = shim_path_at(to, to_directory, to_path);

	return has_from || has_to;
}

static int
link_any(int from_directory, const char *from_path, int to_directory, const char *to_path, int flags)
{
	char from[SHIM_PATH_BYTES];
	char to[SHIM_PATH_BYTES];
	bool counts = two_paths(from, to, from_directory, from_path, to_directory, to_path);
	int result = -1;

	if (!counts || shim_count("link") != SHIM_FAIL)
		result = (int)syscall(SYS_linkat, from_directory, from_path, to_directory, to_path, flags);
	if (counts)
		shim_tell("link", result, "%s\t%s", from, to);
	return result;
}

EXPORT int
link(const char *from, const char *to)
{
	return link_any(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
	return link_any(from_directory, from, to_directory, to, flags);
}

static int
rename_any(int from_directory, const char *from_path, int to_directory, const char *to_path, unsigned flags)
{
	char from[SHIM_PATH_BYTES];
	char to[SHIM_PATH_BYTES];
	bool counts = two_paths(from, to, from_directory, from_path, to_directory, to_path);
	int result = -1;

	if (!counts || shim_count("rename") != SHIM_FAIL)
		result = (int)syscall(SYS_renameat2, from_directory, from_path, to_directory, to_path, flags);
	if (counts)
		shim_tell("rename", result, "%s\t%s", from, to);
	return result;
}

EXPORT int
rename(const char *from, const char *to)
{
	return rename_any(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int
renameat(int from_directory, const char *from, int to_directory, const char *to)
{
	return rename_any(from_directory, from, to_directory, to, 0);
}

EXPORT int
renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags)
{
	return rename_any(from_directory, from, to_directory, to, flags);
}

/* A name that is not there is not removed: nothing changes, nothing is counted. */
static int
unlink_any(int directory, const char *path, int flags)
{
	char full[SHIM_PATH_BYTES];
	const char *kind = (flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink";
	bool counts = shim_path_at(full, directory, path) && is_there(directory, path);
	int result = -1;

	if (!counts || shim_count(kind) != SHIM_FAIL)
		result = (int)syscall(SYS_unlinkat, directory, path, flags);
	if (counts)
		shim_tell(kind, result, "%s", full);
	return result;
}

EXPORT int
unlink(const char *path)
{
	return unlink_any(AT_FDCWD, path, 0);
}

EXPORT int
unlinkat(int directory, const char *path, int flags)
{
	return unlink_any(directory, path, flags);
}

EXPORT int
rmdir(const char *path)
{
	return unlink_any(AT_FDCWD, path, AT_REMOVEDIR);
}

static int
mkdir_any(int directory, const char *path, mode_t mode)
{
	char full[SHIM_PATH_BYTES];
	bool counts = shim_path_at(full, directory, path) && !is_there(directory, path);
	int result = -1;
	struct stat status = {0};

	if (!counts || shim_count("mkdir") != SHIM_FAIL)
		result = (int)syscall(SYS_mkdirat, directory, path, mode);
	if (counts && result == 0)
		(void)fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW);
	if (counts)
		shim_tell("mkdir", result, "%s\t%llu\t%d", full, (unsigned long long)status.st_ino, (int)mode);
	return result;
}

EXPORT int
mkdir(const char *path, mode_t mode)
{
	return mkdir_any(AT_FDCWD, path, mode);
}

EXPORT int
mkdirat(int directory, const char *path, mode_t mode)
{
	return mkdir_any(directory, path, mode);
}

EXPORT int
symlinkat(const char *target, int directory, const char *path)
{
	char full[SHIM_PATH_BYTES];
	bool counts = shim_path_at(full, directory, path);
	int result = -1;

	if (!counts || shim_count("symlink") != SHIM_FAIL)
		result = (int)syscall(SYS_symlinkat, target, directory, path);
	if (counts)
		shim_tell("symlink", result, "%s\t%s", full, target);
	return result;
}

EXPORT int
symlink(const char *target, const char *path)
{
	return symlinkat(target, AT_FDCWD, path);
}

static int
chmod_any(int directory, const char *path, mode_t mode)
{
	char full[SHIM_PATH_BYTES];
	bool counts = shim_path_at(full, directory, path);
	int result = -1;

	if (!counts || shim_count("chmod") != SHIM_FAIL)
		result = (int)syscall(SYS_fchmodat, directory, path, mode);
	if (counts)
		shim_tell("chmod", result, "%s\t%d", full, (int)mode);
	return result;
}

EXPORT int
chmod(const char *path, mode_t mode)
{
	return chmod_any(AT_FDCWD, path, mode);
}

EXPORT int
fchmodat(int directory, const char *path, mode_t mode, int flags)
{
	(void)flags;
	return chmod_any(directory, path, mode);
}

EXPORT int
fchmod(int fd, mode_t mode)
{
	char path[SHIM_PATH_BYTES];
	bool counts = shim_path_of(path, fd);
	int result = -1;

	if (!counts || shim_count("chmod") != SHIM_FAIL)
		result = (int)syscall(SYS_fchmod, fd, mode);
	if (counts)
		shim_tell("chmod", result, "%s\t%d", path, (int)mode);
	return result;
}

EXPORT ssize_t
getrandom(void *out, size_t size, unsigned flags)
{
	if (!shim_is_seeded())
		return syscall(SYS_getrandom, out, size, flags);
	shim_random(out, size);
	return (ssize_t)size;
}

EXPORT int
getentropy(void *out, size_t size)
{
	return getrandom(out, size, 0) == (ssize_t)size ? 0 : -1;
}

EXPORT int
clock_gettime(clockid_t clock, struct timespec *out)
{
	int result = 0;

	if (shim_is_seeded() && clock == CLOCK_REALTIME)
		*out = (struct timespec){FIXED_TIME, 0};
	else
		result = (int)syscall(SYS_clock_gettime, clock, out);
	if (clock == CLOCK_REALTIME)
		out->tv_sec += shim_clock_off();
	return result;
}

EXPORT time_t
time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

EXPORT int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	*out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return 0;
}
