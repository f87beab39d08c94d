/* Files that go from descriptor to descriptor piece by piece, so that memory does not grow with them. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

enum {
	PIECE_BYTES = 65536,
	MS_PER_SECOND = 1000
};

/* A file is read from its start, whatever was read of it before, a pipe from where it is. */
static enum err
copy_all(int fd, const char *path, const struct fs_inflow *source, bool is_seekable, struct err_info *info)
{
	uint8_t piece[PIECE_BYTES];
	uint64_t done = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		struct pollfd watched = {source->fd, POLLIN, 0};
		ssize_t got;

		if (source->silent_seconds_max > 0 &&
		    poll(&watched, 1, (int)source->silent_seconds_max * MS_PER_SECOND) == 0)
			return err_set(info, ERR_IO, _("%s: silent for %u s"), source->name,
			               source->silent_seconds_max);
		got = is_seekable ? pread(source->fd, piece, sizeof(piece), (off_t)done)
		                  : read(source->fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(info, errno, _("cannot read %s"), source->name);
		if (got == 0)
			break;
		done += (uint64_t)got;
		if (done > source->size_max)
			return err_set(info, ERR_TOO_BIG, _("%s is larger than %llu bytes"), source->name,
			               (unsigned long long)source->size_max);
		err = fs_write_all(fd, path, view_of(piece, (size_t)got), info);
	}
	return err;
}

enum err
fs_copy(const char *path, int from, const char *name, uint64_t size_max, mode_t mode, struct err_info *info)
{
	const struct fs_inflow source = {.fd = from, .name = name, .size_max = size_max};
	char temporary[LIMIT_PATH_BYTES_MAX];
	int fd = -1;
	enum err err = fs_open_temporary(&fd, temporary, path, 0600, info);

	if (err != ERR_OK)
		return err;
	err = copy_all(fd, temporary, &source, true, info);
	if (err == ERR_OK && fchmod(fd, mode) != 0)
		err = err_errno(info, errno, _("cannot set the rights of %s"), temporary);
	return fs_finish_temporary(fd, temporary, path, err, info);
}

enum err
fs_spool_open(int *fd_out, char *path_out, const char *directory, struct err_info *info)
{
	char temporary[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path_out, info, "%s/spool", directory);

	if (err == ERR_OK)
		err = fs_open_temporary(fd_out, temporary, path_out, 0600, info);
	if (err == ERR_OK)
		(void)unlink(temporary);
	return err;
}

enum err
fs_spool(int *fd_out, const struct fs_inflow *from, const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	int fd = -1;
	enum err err = fs_spool_open(&fd, path, directory, info);

	if (err != ERR_OK)
		return err;
	err = copy_all(fd, path, from, false, info);
	if (err != ERR_OK) {
		(void)close(fd);
		return err;
	}
	*fd_out = fd;
	return ERR_OK;
}
