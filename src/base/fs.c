#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
path_error(struct err_info *info, const char *doing, const char *path)
{
	return err_errno(info, errno, "%s %s", doing, path);
}

enum err
fs_path(char *out, struct err_info *info, const char *format, ...)
{
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(out, LIMIT_PATH_BYTES_MAX, format, args);
	va_end(args);
	if (size < 0 || size >= LIMIT_PATH_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("a path is longer than %d bytes"), LIMIT_PATH_BYTES_MAX - 1);
	return ERR_OK;
}

enum err
fs_read_all(struct bytes *out, int fd, const char *name, size_t size_max, struct err_info *info)
{
	enum {
		STEP = 65536
	};
	struct bytes content = {0};
	enum err err;

	for (;;) {
		ssize_t got;

		err = bytes_reserve(&content, STEP, info);
		if (err != ERR_OK)
			break;
		got = read(fd, content.data + content.size, STEP);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err = path_error(info, _("cannot read"), name);
			break;
		}
		if (got == 0) {
			bytes_release(out);
			*out = content;
			return ERR_OK;
		}
		content.size += (size_t)got;
		if (content.size > size_max) {
			err = err_set(info, ERR_TOO_BIG, _("%s is larger than %zu bytes"), name, size_max);
			break;
		}
	}
	bytes_release(&content);
	return err;
}

enum err
fs_open(int *fd_out, const char *path, uint64_t size_max, struct err_info *info)
{
	struct stat status;
	enum err err = ERR_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return err_set(info, ERR_NOT_FOUND, _("%s is not there"), path);
	if (fd < 0 && errno == ELOOP)
		return err_set_advised(info, ERR_FORMAT, ADVICE_NAME,
		                       _("%s is a symbolic link; a regular file was expected"), path);
	if (fd < 0)
		return path_error(info, _("cannot open"), path);
	if (fstat(fd, &status) != 0)
		err = path_error(info, _("cannot look at"), path);
	else if (!S_ISREG(status.st_mode))
		err = err_set_advised(info, ERR_FORMAT, ADVICE_NAME, _("%s is not a regular file"), path);
	else if ((uint64_t)status.st_size > size_max)
		err = err_set(info, ERR_TOO_BIG, _("%s is larger than %llu bytes"), path, (unsigned long long)size_max);
	if (err != ERR_OK) {
		(void)close(fd);
		return err;
	}
	*fd_out = fd;
	return ERR_OK;
}

enum err
fs_read(struct bytes *out, const char *path, size_t size_max, struct err_info *info)
{
	int fd = -1;
	enum err err = fs_open(&fd, path, size_max, info);

	if (err != ERR_OK)
		return err;
	err = fs_read_all(out, fd, path, size_max, info);
	(void)close(fd);
	return err;
}

enum err
fs_write_all(int fd, const char *name, struct view content, struct err_info *info)
{
	while (content.size > 0) {
		ssize_t put = write(fd, content.data, content.size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return path_error(info, _("cannot write"), name);
		content.data += put;
		content.size -= (size_t)put;
	}
	return ERR_OK;
}

enum err
fs_read_at(int fd, const char *name, void *out, size_t size, off_t offset, struct err_info *info)
{
	uint8_t *at = out;

	while (size > 0) {
		ssize_t got = pread(fd, at, size, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return path_error(info, _("cannot read"), name);
		if (got == 0)
			return err_set(info, ERR_IO, _("%s ends early"), name);
		at += got;
		size -= (size_t)got;
		offset += got;
	}
	return ERR_OK;
}

static enum err
parent_of(char *out, const char *path, struct err_info *info)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return fs_path(out, info, ".");
	if (slash == path)
		return fs_path(out, info, "/");
	return fs_path(out, info, "%.*s", (int)(slash - path), path);
}

enum err
fs_sync_dir(const char *path, struct err_info *info)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err err = ERR_OK;

	if (fd < 0)
		return path_error(info, _("cannot open"), path);
	/* some file systems (FAT on a stick, network shares) cannot sync a directory and say EINVAL */
	if (fsync(fd) != 0 && errno != EINVAL)
		err = path_error(info, _("cannot sync"), path);
	(void)close(fd);
	return err;
}

enum err
fs_sync_parent(const char *path, struct err_info *info)
{
	char parent[LIMIT_PATH_BYTES_MAX];
	enum err err = parent_of(parent, path, info);

	if (err != ERR_OK)
		return err;
	return fs_sync_dir(parent, info);
}

enum err
fs_mkdir(const char *path, struct err_info *info)
{
	if (mkdir(path, 0700) == 0)
		return fs_sync_parent(path, info);
	if (errno == EEXIST && fs_is_dir(path))
		return ERR_OK;
	return path_error(info, _("cannot create directory"), path);
}

enum err
fs_rename(const char *from, const char *to, struct err_info *info)
{
	if (rename(from, to) != 0)
		return path_error(info, _("cannot rename to"), to);
	return fs_sync_parent(to, info);
}

enum err
fs_remove(const char *path, struct err_info *info)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return path_error(info, _("cannot remove"), path);
	return ERR_OK;
}

enum err
fs_remove_tree(const char *path, struct err_info *info)
{
	struct fs_names names = {0};
	struct stat status;
	char child[LIMIT_PATH_BYTES_MAX];
	enum err err;

	if (lstat(path, &status) != 0)
		return errno == ENOENT ? ERR_OK : path_error(info, _("cannot look at"), path);
	if (!S_ISDIR(status.st_mode))
		return fs_remove(path, info);
	err = fs_list(&names, path, SIZE_MAX, info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		err = fs_path(child, info, "%s/%s", path, names.names[i]);
		if (err == ERR_OK)
			err = fs_remove_tree(child, info);
	}
	fs_names_release(&names);
	if (err == ERR_OK && rmdir(path) != 0 && errno != ENOENT)
		err = path_error(info, _("cannot remove"), path);
	return err;
}

bool
fs_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

bool
fs_is_dir(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err
names_add(struct fs_names *names, size_t *capacity, const char *name, struct err_info *info)
{
	if (names->count == *capacity) {
		size_t larger = *capacity == 0 ? 64 : *capacity * 2;
		char **grown = realloc(names->names, larger * sizeof(*grown));

		if (grown == NULL)
			return err_nomem(info);
		names->names = grown;
		*capacity = larger;
	}
	names->names[names->count] = strdup(name);
	if (names->names[names->count] == NULL)
		return err_nomem(info);
	names->count++;
	return ERR_OK;
}

enum err
fs_list(struct fs_names *out, const char *path, size_t count_max, struct err_info *info)
{
	struct fs_names names = {0};
	size_t capacity = 0;
	enum err err = ERR_OK;
	DIR *dir = opendir(path);

	if (dir == NULL && errno == ENOENT)
		return err_set(info, ERR_NOT_FOUND, _("%s is not there"), path);
	if (dir == NULL)
		return path_error(info, _("cannot open"), path);
	while (err == ERR_OK) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL) {
			if (errno != 0)
				err = path_error(info, _("cannot read"), path);
			break;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (names.count >= count_max)
			err = err_set(info, ERR_TOO_BIG, _("%s holds more than %zu names"), path, count_max);
		else
			err = names_add(&names, &capacity, entry->d_name, info);
	}
	(void)closedir(dir);
	if (err != ERR_OK) {
		fs_names_release(&names);
		return err;
	}
	if (names.count > 1)
		qsort(names.names, names.count, sizeof(*names.names), compare_names);
	*out = names;
	return ERR_OK;
}

void
fs_names_release(struct fs_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct fs_names){0};
}
