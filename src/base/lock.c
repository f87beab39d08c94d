#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"

enum {
	LOCK_LOOK_MS = 20,
	MS_PER_SECOND = 1000,
	NS_PER_MS = 1000000
};

enum err
lock_take(struct lock *out, const char *path, int wait_seconds, struct err_info *info)
{
	const struct timespec pause = {0, LOCK_LOOK_MS * NS_PER_MS};
	int64_t looks = (int64_t)wait_seconds * MS_PER_SECOND / LOCK_LOOK_MS;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_errno(info, errno, _("cannot open the lock %s"), path);
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int number = errno;

		if (number == EINTR)
			continue;
		if (number != EWOULDBLOCK || looks-- <= 0) {
			(void)close(fd);
			if (number != EWOULDBLOCK)
				return err_errno(info, number, _("cannot lock %s"), path);
			return err_set(info, ERR_LOCKED,
			               _("%s is locked by another run; waited %d s; nothing was changed; run the "
			                 "command again, or give --wait SECONDS"),
			               path, wait_seconds);
		}
		(void)nanosleep(&pause, NULL);
	}
	out->fd = fd;
	return ERR_OK;
}

void
lock_release(struct lock *lock)
{
	if (lock->fd > 0)
		(void)close(lock->fd);
	lock->fd = -1;
}
