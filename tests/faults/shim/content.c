/* Opening, closing, writing, syncing. */
#undef _FORTIFY_SOURCE /* the fortified names are functions of this file */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "shim.h"

enum {
	FDS = 1024
};

static bool is_written[FDS]; /* opened for writing below the root: closing it counts */

/* What opening changes: NULL for nothing. */
static const char *
change_of(int directory, const char *path, int flags)
{
	struct stat status;
	int number = errno;
	bool is_there = fstatat(directory, path, &status, 0) == 0;

	errno = number;
	if ((flags & O_CREAT) != 0 && !is_there)
		return "create";
	return (flags & O_TRUNC) != 0 && is_there && status.st_size > 0 ? "truncate" : NULL;
}

static int
open_any(int directory, const char *path, int flags, mode_t mode)
{
	char full[SHIM_PATH_BYTES];
	bool counts = shim_path_at(full, directory, path);
	const char *kind = counts ? change_of(directory, path, flags) : NULL;
	int fd = -1;

	if (kind == NULL || shim_count(kind) != SHIM_FAIL)
		fd = (int)syscall(SYS_openat, directory, path, flags, mode);
	if (kind != NULL)
		shim_tell(kind, fd, "%s\t%llu\t%d", full, shim_inode(fd), kind[0] == 'c' ? (int)mode : 0);
	if (fd >= 0 && fd < FDS)
		is_written[fd] = counts && (flags & O_ACCMODE) != O_RDONLY;
	return fd;
}

/* The mode is there only if a file may be made. */
#define OPEN_AT(directory)                                                                                             \
	mode_t mode = 0;                                                                                               \
	va_list args;                                                                                                  \
                                                                                                                       \
	va_start(args, flags);                                                                                         \
	if ((flags & (O_CREAT | O_TMPFILE)) != 0)                                                                      \
		mode = (mode_t)va_arg(args, unsigned);                                                                 \
	va_end(args);                                                                                                  \
	return open_any(directory, path, flags, mode)

EXPORT int
open(const char *path, int flags, ...)
{
	OPEN_AT(AT_FDCWD);
}

EXPORT int
open64(const char *path, int flags, ...)
{
	OPEN_AT(AT_FDCWD);
}

EXPORT int
openat(int directory, const char *path, int flags, ...)
{
	OPEN_AT(directory);
}

EXPORT int
openat64(int directory, const char *path, int flags, ...)
{
	OPEN_AT(directory);
}

/* What fortified callers call when no mode is given. */
EXPORT int __open_2(const char *path, int flags);
EXPORT int __open64_2(const char *path, int flags);
EXPORT int __openat_2(int directory, const char *path, int flags);
EXPORT int __openat64_2(int directory, const char *path, int flags);

int
__open_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}

int
__open64_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}

int
__openat_2(int directory, const char *path, int flags)
{
	return open_any(directory, path, flags, 0);
}

int
__openat64_2(int directory, const char *path, int flags)
{
	return open_any(directory, path, flags, 0);
}

EXPORT int
creat(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

EXPORT int
creat64(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

EXPORT int
close(int fd)
{
	char path[SHIM_PATH_BYTES];
	bool counts = fd >= 0 && fd < FDS && is_written[fd] && shim_path_of(path, fd);
	bool fails = counts && shim_count("close") == SHIM_FAIL;
	int number = errno;
	int result = (int)syscall(SYS_close, fd); /* one that fails is closed all the same, as in Linux */

	if (fails) {
		errno = number;
		result = -1;
	}
	if (counts) {
		is_written[fd] = false;
		shim_tell("close", result, "%s", path);
	}
	return result;
}

static off_t
offset_of(int fd)
{
	struct stat status;

	if ((fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &status) == 0)
		return status.st_size;
	return lseek(fd, 0, SEEK_CUR);
}

/* `at` -1: where the descriptor stands. */
static ssize_t
write_any(int fd, const void *data, size_t size, off_t at)
{
	char path[SHIM_PATH_BYTES];
	bool counts = shim_path_of(path, fd);
	enum shim_verdict verdict = counts ? shim_count("write") : SHIM_GO_ON;
	off_t offset = !counts || at >= 0 ? at : offset_of(fd);
	ssize_t result = -1;

	if (verdict == SHIM_HALF && size > 1)
		size /= 2;
	if (verdict != SHIM_FAIL && at < 0)
		result = syscall(SYS_write, fd, data, size);
	else if (verdict != SHIM_FAIL)
		result = syscall(SYS_pwrite64, fd, data, size, at);
	if (counts)
		shim_tell_write(result, fd, offset, data, path);
	if (verdict == SHIM_HALF)
		shim_end_half();
	return result;
}

EXPORT ssize_t
write(int fd, const void *data, size_t size)
{
	return write_any(fd, data, size, -1);
}

EXPORT ssize_t
pwrite(int fd, const void *data, size_t size, off_t offset)
{
	return write_any(fd, data, size, offset);
}

EXPORT ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	return write_any(fd, data, size, offset);
}

/* One part at a time: a short answer is allowed. */
EXPORT ssize_t
writev(int fd, const struct iovec *parts, int part_count)
{
	char path[SHIM_PATH_BYTES];

	if (!shim_path_of(path, fd))
		return syscall(SYS_writev, fd, parts, part_count);
	for (int i = 0; i < part_count; i++) {
		if (parts[i].iov_len > 0)
			return write_any(fd, parts[i].iov_base, parts[i].iov_len, -1);
	}
	return 0;
}

static int
truncate_any(int fd, off_t size)
{
	char path[SHIM_PATH_BYTES];
	bool counts = shim_path_of(path, fd);
	int result = -1;

	if (!counts || shim_count("truncate") != SHIM_FAIL)
		result = (int)syscall(SYS_ftruncate, fd, size);
	if (counts)
		shim_tell("truncate", result, "%s\t%llu\t%lld", path, shim_inode(fd), (long long)size);
	return result;
}

EXPORT int
ftruncate(int fd, off_t size)
{
	return truncate_any(fd, size);
}

EXPORT int
ftruncate64(int fd, off64_t size)
{
	return truncate_any(fd, size);
}

static int
sync_any(const char *kind, long call, int fd)
{
	char path[SHIM_PATH_BYTES];
	bool counts = shim_path_of(path, fd);
	int result = -1;

	if (!counts || shim_count(kind) != SHIM_FAIL)
		result = (int)syscall(call, fd);
	if (counts)
		shim_tell(kind, result, "%s\t%llu", path, shim_inode(fd));
	return result;
}

EXPORT int
fsync(int fd)
{
	return sync_any("fsync", SYS_fsync, fd);
}

EXPORT int
fdatasync(int fd)
{
	return sync_any("fsync", SYS_fdatasync, fd);
}

EXPORT int
syncfs(int fd)
{
	return sync_any("syncfs", SYS_syncfs, fd);
}
