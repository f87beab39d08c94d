/* Files mapped for reading. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

enum err
fs_map(struct view *out, const char *path, struct err_info *info)
{
	struct stat status;
	enum err err = ERR_OK;
	void *at;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return err_set(info, ERR_NOT_FOUND, _("%s is not there"), path);
	if (fd < 0)
		return err_errno(info, errno, _("cannot open %s"), path);
	if (fstat(fd, &status) != 0) {
		err = err_errno(info, errno, _("cannot look at %s"), path);
	} else if (!S_ISREG(status.st_mode) || status.st_size < 1) {
		err = err_set(info, ERR_FORMAT, _("%s is empty, or no regular file"), path);
	} else {
		at = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (at == MAP_FAILED)
			err = err_errno(info, errno, _("cannot map %s"), path);
		else
			*out = view_of(at, (size_t)status.st_size);
	}
	(void)close(fd);
	return err;
}

void
fs_map_forget(struct view map)
{
	if (map.size > 0)
		(void)madvise((void *)(uintptr_t)map.data, map.size, MADV_DONTNEED);
}

void
fs_unmap(struct view *map)
{
	if (map->size > 0)
		(void)munmap((void *)(uintptr_t)map->data, map->size);
	*map = (struct view){0};
}
