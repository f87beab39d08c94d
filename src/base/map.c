/* Files mapped for reading, or read in pieces, or through a window. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

enum {
	SMALL_BYTES = 262144,  /* below, it does not matter if all of it is in memory */
	ASKED_FEW = 1024,      /* pieces that are read: a millisecond */
	READ_ON_BYTES = 65536, /* through a window at once, where one piece after the other is asked for */
	WINDOW_BYTES_MAX = 4 * READ_ON_BYTES, /* that it keeps for the next */
};

static enum err
open_file(int *fd_out, size_t *size_out, const char *path, struct err_info *info)
{
	struct stat status;
	enum err err = ERR_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return err_set(info, ERR_NOT_FOUND, _("%s is not there"), path);
	if (fd < 0)
		return err_errno(info, errno, _("cannot open %s"), path);
	if (fstat(fd, &status) != 0)
		err = err_errno(info, errno, _("cannot look at %s"), path);
	else if (!S_ISREG(status.st_mode) || status.st_size < 1)
		err = err_set(info, ERR_FORMAT, _("%s is empty, or no regular file"), path);
	if (err != ERR_OK) {
		(void)close(fd);
		return err;
	}
	*fd_out = fd;
	*size_out = (size_t)status.st_size;
	return ERR_OK;
}

static bool
map(struct view *out, int fd, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		return false;
	*out = view_of(at, size);
	return true;
}

enum err
fs_map_open(struct view *out, int *fd_out, const char *path, struct err_info *info)
{
	size_t size = 0;
	int fd = -1;
	enum err err = open_file(&fd, &size, path, info);

	if (err == ERR_OK && !map(out, fd, size))
		err = err_errno(info, errno, _("cannot map %s"), path);
	if (err != ERR_OK && fd >= 0) {
		(void)close(fd);
		fd = -1;
	}
	if (err == ERR_OK)
		*fd_out = fd;
	return err;
}

enum err
fs_map(struct view *out, const char *path, struct err_info *info)
{
	int fd = -1;
	enum err err = fs_map_open(out, &fd, path, info);

	if (err == ERR_OK)
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

enum err
fs_pieces_open(struct fs_pieces *out, const char *path, struct err_info *info)
{
	struct fs_pieces pieces = {.fd = -1};
	enum err err = open_file(&pieces.fd, &pieces.size, path, info);

	if (err != ERR_OK)
		return err;
	if (pieces.size < SMALL_BYTES) {
		if (!map(&pieces.map, pieces.fd, pieces.size))
			err = err_errno(info, errno, _("cannot map %s"), path);
		(void)close(pieces.fd);
		pieces.fd = -1;
	} else {
		pieces.buffer = malloc(FS_PIECE_BYTES_MAX);
		if (pieces.buffer == NULL)
			err = err_nomem(info);
	}
	if (err == ERR_OK)
		*out = pieces;
	else
		fs_pieces_release(&pieces);
	return err;
}

struct fs_pieces
fs_pieces_of(struct view content)
{
	return (struct fs_pieces){.size = content.size, .map = content, .is_borrowed = true};
}

/* From now on it is mapped; if it cannot be, it is read as before. */
static void
map_pieces(struct fs_pieces *pieces)
{
	pieces->asked = 0;
	if (!map(&pieces->map, pieces->fd, pieces->size))
		return;
	(void)close(pieces->fd);
	pieces->fd = -1;
	free(pieces->buffer);
	pieces->buffer = NULL;
}

const uint8_t *
fs_pieces_at(struct fs_pieces *pieces, size_t offset, size_t size)
{
	assert(size <= FS_PIECE_BYTES_MAX);
	if (offset > pieces->size || size > pieces->size - offset)
		return NULL;
	if (pieces->map.size > 0)
		return pieces->map.data + offset;
	if (offset < pieces->at || offset + size > pieces->at + pieces->held) {
		if (pieces->asked++ == ASKED_FEW)
			map_pieces(pieces);
		if (pieces->map.size > 0)
			return pieces->map.data + offset;
		pieces->held = 0;
		if (fs_read_at(pieces->fd, "", pieces->buffer, size, (off_t)offset, NULL) != ERR_OK)
			return NULL;
		pieces->at = offset;
		pieces->held = size;
	}
	return pieces->buffer + (offset - pieces->at);
}

void
fs_pieces_release(struct fs_pieces *pieces)
{
	if (pieces->map.size == 0 && pieces->size > 0 && pieces->fd >= 0)
		(void)close(pieces->fd);
	if (!pieces->is_borrowed)
		fs_unmap(&pieces->map);
	free(pieces->buffer);
	*pieces = (struct fs_pieces){0};
}

enum err
fs_window_open(struct fs_window *out, size_t *size_out, const char *path, struct err_info *info)
{
	struct fs_window window = {.fd = -1};
	enum err err = open_file(&window.fd, size_out, path, info);

	if (err == ERR_OK)
		*out = window;
	return err;
}

static enum err
move_window(struct fs_window *window, uint64_t offset, size_t size, const char *name, struct err_info *info)
{
	ssize_t got;
	enum err err;

	bytes_clear(&window->bytes);
	if (window->bytes.capacity > WINDOW_BYTES_MAX && size <= WINDOW_BYTES_MAX)
		bytes_release(&window->bytes); /* it was for one large piece */
	err = bytes_reserve(&window->bytes, size, info);
	if (err != ERR_OK)
		return err;
	got = pread(window->fd, window->bytes.data, size, (off_t)offset);
	window->bytes.size = got < 0 ? 0 : (size_t)got;
	window->at = offset;
	return got < 0 ? err_errno(info, errno, _("cannot read %s"), name) : ERR_OK;
}

enum err
fs_window_at(struct view *out, struct fs_window *window, uint64_t offset, size_t size, size_t left, const char *name,
             struct err_info *info)
{
	enum err err = ERR_OK;
	size_t skipped;

	if (offset < window->at || offset + size > window->at + window->bytes.size) {
		bool goes_on = offset > window->at && offset <= window->at + window->bytes.size;
		size_t more = goes_on && size < READ_ON_BYTES ? READ_ON_BYTES : size;

		err = move_window(window, offset, more < left ? more : left, name, info);
	}
	if (err != ERR_OK)
		return err;
	skipped = (size_t)(offset - window->at);
	if (window->bytes.size - skipped < size)
		return err_set(info, ERR_IO, _("%s ends early"), name);
	*out = view_of(window->bytes.data + skipped, window->bytes.size - skipped);
	return ERR_OK;
}

void
fs_window_release(struct fs_window *window)
{
	if (window->fd >= 0)
		(void)close(window->fd);
	bytes_release(&window->bytes);
	*window = (struct fs_window){.fd = -1};
}
