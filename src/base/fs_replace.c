/* Replacing a file so that a crash leaves the old or the new one, and nothing else that stays. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

static const char TEMPORARY_MARK[] = ".tiersync-tmp";

enum {
	TEMPORARIES_MAX = 100 /* writers of one file at the same time */
};

bool
fs_is_temporary(const char *name)
{
	return strstr(name, TEMPORARY_MARK) != NULL;
}

static enum err
path_error(struct err_info *info, const char *doing, const char *path)
{
	return err_errno(info, errno, "%s %s", doing, path);
}

enum err
fs_remove_unlocked(const char *path, struct err_info *info)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum err err = ERR_OK;

	if (fd < 0 && errno == ENOENT)
		return ERR_OK;
	if (fd < 0)
		return path_error(info, _("cannot open"), path);
	/* who holds the lock may remove it; if another did so meanwhile, the name is a new file's */
	if ((flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) && fstat(fd, &status) == 0 &&
	    status.st_nlink > 0)
		err = fs_remove(path, info);
	(void)close(fd);
	return err;
}

enum err
fs_clean(const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_list(&names, directory, SIZE_MAX, info);

	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (!fs_is_temporary(names.names[i]))
			continue;
		err = fs_path(path, info, "%s/%s", directory, names.names[i]);
		if (err == ERR_OK && !fs_is_dir(path))
			err = fs_remove_unlocked(path, info);
	}
	fs_names_release(&names);
	return err;
}

/*
 * The name is the same in every run, so that the next one takes over what a killed one left; the lock says that a writer
 * lives. Whoever cleans between making and locking takes the name away: then it is made again.
 */
static int
create_locked(const char *temporary, mode_t mode)
{
	struct stat status;
	int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return -1;
	if ((flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) || fstat(fd, &status) != 0 ||
	    status.st_nlink == 0) {
		(void)close(fd);
		errno = EEXIST;
		return -1;
	}
	return fd;
}

enum err
fs_open_temporary(int *fd_out, char *temporary, const char *path, mode_t mode, struct err_info *info)
{
	for (unsigned i = 0; i < TEMPORARIES_MAX; i++) {
		enum err err = fs_path(temporary, info, "%s%s.%u", path, TEMPORARY_MARK, i);

		if (err != ERR_OK)
			return err;
		*fd_out = create_locked(temporary, mode);
		if (*fd_out < 0 && errno == EEXIST && fs_remove_unlocked(temporary, info) == ERR_OK)
			*fd_out = create_locked(temporary, mode);
		if (*fd_out >= 0)
			return ERR_OK;
		if (errno != EEXIST)
			break;
	}
	return path_error(info, _("cannot create"), temporary);
}

enum err
fs_create_temporary(int *fd_out, char *temporary_out, const char *path, const char *word, struct err_info *info)
{
	enum err err = fs_path(temporary_out, info, "%s%s.%s", path, TEMPORARY_MARK, word);

	if (err != ERR_OK)
		return err;
	(void)unlink(temporary_out);
	*fd_out = open(temporary_out, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *fd_out < 0 ? path_error(info, _("cannot create"), temporary_out) : ERR_OK;
}

static enum err
finish(int fd, const char *temporary, const char *path, enum err err, bool is_synced, struct err_info *info)
{
	if (err == ERR_OK && is_synced && fsync(fd) != 0)
		err = path_error(info, _("cannot sync"), temporary);
	if (err == ERR_OK && rename(temporary, path) != 0)
		err = path_error(info, _("cannot replace"), path);
	if (err != ERR_OK)
		(void)unlink(temporary);
	(void)close(fd); /* what it could still report, fsync has */
	return err;
}

/* The lock is held until the file has its name: nobody takes it for a dead writer's. */
static enum err
replace(const char *path, struct view content, mode_t mode, bool is_synced, struct err_info *info)
{
	char temporary[LIMIT_PATH_BYTES_MAX];
	int fd;
	enum err err = fs_open_temporary(&fd, temporary, path, mode, info);

	if (err != ERR_OK)
		return err;
	err = fs_write_all(fd, temporary, content, info);
	return finish(fd, temporary, path, err, is_synced, info);
}

enum err
fs_finish_temporary(int fd, const char *temporary, const char *path, enum err err, struct err_info *info)
{
	err = finish(fd, temporary, path, err, true, info);
	return err == ERR_OK ? fs_sync_parent(path, info) : err;
}

enum err
fs_write(const char *path, struct view content, mode_t mode, struct err_info *info)
{
	enum err err = replace(path, content, mode, true, info);

	if (err != ERR_OK)
		return err;
	return fs_sync_parent(path, info);
}

enum err
fs_write_cache(const char *path, struct view content, struct err_info *info)
{
	return replace(path, content, 0600, false, info);
}

enum err
fs_write_new(const char *path, struct view content, mode_t mode, struct err_info *info)
{
	if (fs_exists(path))
		return err_set(info, ERR_EXISTS, _("%s is there already"), path);
	return fs_write(path, content, mode, info);
}
