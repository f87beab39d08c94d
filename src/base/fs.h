/**
 * Files of our own, durable and checked: no stdio, every fsync and close looked at. Paths are plain strings.
 * Every function that fails leaves what was there before, or says so; messages name the path.
 */
#ifndef BASE_FS_H
#define BASE_FS_H

#include <sys/types.h>

#include "base/bytes.h"

/** Read a whole regular file (never a symbolic link, fifo or device). ERR_NOT_FOUND, ERR_IO, ERR_TOO_BIG (over size_max), ERR_FORMAT (not a regular file). */
enum err fs_read(struct bytes *out, const char *path, size_t size_max, struct err_info *info) MUST_USE;
/** Read all of a descriptor until its end. ERR_IO, ERR_TOO_BIG. */
enum err fs_read_all(struct bytes *out, int fd, const char *name, size_t size_max, struct err_info *info) MUST_USE;
/**
 * Replace a file so that after a crash the old or the new content is there, never a part: temporary name, write, fsync,
 * rename, fsync of the directory. ERR_IO.
 */
enum err fs_write(const char *path, struct view content, mode_t mode, struct err_info *info) MUST_USE;
/** The same, but ERR_EXISTS when the path is taken. */
enum err fs_write_new(const char *path, struct view content, mode_t mode, struct err_info *info) MUST_USE;
/**
 * Replace a file that can be rebuilt: as fs_write, but nothing is synced, so after a crash any content may be there. The
 * reader must be able to tell. ERR_IO.
 */
enum err fs_write_cache(const char *path, struct view content, struct err_info *info) MUST_USE;
/**
 * Create a temporary file beside `path`, to be renamed to it. It is locked (flock) as long as it is open: while it has its
 * temporary name, close it only to give it up. The name is the same in every run: what a killed run left is taken over.
 * @param temporary_out  its path; LIMIT_PATH_BYTES_MAX bytes
 * ERR_IO, ERR_TOO_BIG.
 */
enum err fs_open_temporary(int *fd_out, char *temporary_out, const char *path, mode_t mode,
                           struct err_info *info) MUST_USE;
/**
 * The end of a file of fs_open_temporary: synced, renamed to `path`, closed; with an error in `err`, or if this fails, it is
 * removed. ERR_OK; `err`; ERR_IO
 */
enum err fs_finish_temporary(int fd, const char *temporary, const char *path, enum err err,
                             struct err_info *info) MUST_USE;
/**
 * Create a temporary file beside `path`, for a cache that is written in pieces and then renamed into place. Not synced.
 * @param temporary_out  its path; LIMIT_PATH_BYTES_MAX bytes
 * @param word           part of its name: keeps writers apart
 * ERR_IO, ERR_TOO_BIG.
 */
enum err fs_create_temporary(int *fd_out, char *temporary_out, const char *path, const char *word,
                             struct err_info *info) MUST_USE;
/**
 * Map a whole regular file (never a symbolic link) for reading; it must only ever be replaced, not changed.
 * ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (empty, or not a regular file).
 */
enum err fs_map(struct view *out, const char *path, struct err_info *info) MUST_USE;
/** As fs_map(), and the descriptor, which the caller closes. */
enum err fs_map_open(struct view *out, int *fd_out, const char *path, struct err_info *info) MUST_USE;
/** Give the pages of a mapping back to the system; they are read again when they are looked at. */
void fs_map_forget(struct view map);
/** An empty view is fine. */
void fs_unmap(struct view *map);
/**
 * A file of which pieces are looked at here and there. A page fault in a mapped file brings sixteen pages along, and they stay: fifty
 * look-ups have all of three megabytes in memory. So a large file is read piece by piece while few are asked for, which costs no
 * more than the faults, and mapped once they are many. {0} is empty. For one thread.
 */
struct fs_pieces {
	size_t size;
	struct view map; /* empty: pieces are read */
	bool is_borrowed;
	int fd; /* while there is no map */
	unsigned asked;
	uint8_t *buffer;
	size_t at; /* where in the file the buffer begins */
	size_t held;
};

enum {
	FS_PIECE_BYTES_MAX = 4096
};

/** As fs_map(), and ERR_NOMEM. */
enum err fs_pieces_open(struct fs_pieces *out, const char *path, struct err_info *info) MUST_USE;
/** The same over bytes in memory, borrowed. */
struct fs_pieces fs_pieces_of(struct view content);
/**
 * @param size  at most FS_PIECE_BYTES_MAX
 * @return borrowed until the next call; NULL: it lies not inside, or cannot be read
 */
const uint8_t *fs_pieces_at(struct fs_pieces *pieces, size_t offset, size_t size);
void fs_pieces_release(struct fs_pieces *pieces);

/**
 * A file read through a window: one stretch of it is in memory, and moves. It costs what is asked for, and where one piece after the
 * other is asked for, a call for many of them. {.fd = -1} holds nothing. For one thread.
 */
struct fs_window {
	int fd; /* owned */
	uint64_t at;
	struct bytes bytes; /* of the file, from there on */
};

/** Open a regular file (never a symbolic link) and tell its size. ERR_NOT_FOUND, ERR_IO, ERR_FORMAT (empty, or not a regular file). */
enum err fs_window_open(struct fs_window *out, size_t *size_out, const char *path, struct err_info *info) MUST_USE;
/**
 * What lies at an offset: `size` bytes at least, borrowed until the next call.
 * @param left  how many may be looked at from there on: `size`, or more
 * @param name  of the file, for messages
 * @return ERR_IO: it ends before, or cannot be read; ERR_NOMEM
 */
enum err fs_window_at(struct view *out, struct fs_window *window, uint64_t offset, size_t size, size_t left,
                      const char *name, struct err_info *info) MUST_USE;
void fs_window_release(struct fs_window *window);
/** As fs_write, with the content of an open regular file, read piece by piece. ERR_IO; ERR_TOO_BIG (over size_max). */
enum err fs_copy(const char *path, int from, const char *name, uint64_t size_max, mode_t mode,
                 struct err_info *info) MUST_USE;
/** Open a regular file for reading, no symbolic link, fifo or device. The caller closes it. Errors of fs_read. */
enum err fs_open(int *fd_out, const char *path, uint64_t size_max, struct err_info *info) MUST_USE;
/**
 * A file without a name in `directory`, to be written and then read; gone when the caller closes it. ERR_IO.
 * @param path_out  LIMIT_PATH_BYTES_MAX bytes: what it would be called, for messages
 */
enum err fs_spool_open(int *fd_out, char *path_out, const char *directory, struct err_info *info) MUST_USE;

/** What is read to its end: a pipe, a terminal. */
struct fs_inflow {
	int fd;           /* borrowed */
	const char *name; /* for messages */
	uint64_t size_max;
	unsigned silent_seconds_max; /* 0: as long as it takes */
};

/**
 * Read a descriptor to its end into a file without a name in `directory`, so that memory does not grow with it. The caller
 * closes *fd_out, and the file is gone. ERR_IO (also: silent for too long), ERR_TOO_BIG.
 */
enum err fs_spool(int *fd_out, const struct fs_inflow *from, const char *directory, struct err_info *info) MUST_USE;
/** Write all of a view to a descriptor, over short writes and EINTR. ERR_IO. */
enum err fs_write_all(int fd, const char *name, struct view content, struct err_info *info) MUST_USE;
/** Read exactly `size` bytes at `offset`. ERR_IO (also at an early end). */
enum err fs_read_at(int fd, const char *name, void *out, size_t size, off_t offset, struct err_info *info) MUST_USE;
/** Make one directory (mode 0700) and sync its parent; fine if it is there. ERR_IO. */
enum err fs_mkdir(const char *path, struct err_info *info) MUST_USE;
/** fsync a directory. ERR_IO. */
enum err fs_sync_dir(const char *path, struct err_info *info) MUST_USE;
/** fsync the directory in which this name is. ERR_IO. */
enum err fs_sync_parent(const char *path, struct err_info *info) MUST_USE;
/** rename(2) and fsync of the target's directory. ERR_IO. */
enum err fs_rename(const char *from, const char *to, struct err_info *info) MUST_USE;
/** Remove a file; fine if it is gone. ERR_IO. */
enum err fs_remove(const char *path, struct err_info *info) MUST_USE;
/** Remove a directory with all in it; fine if it is gone; follows no link. ERR_IO. */
enum err fs_remove_tree(const char *path, struct err_info *info) MUST_USE;
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);

struct fs_names {
	char **names; /* sorted bytewise; "." and ".." left out */
	size_t count;
};

/** The names in a directory. ERR_NOT_FOUND, ERR_IO, ERR_TOO_BIG (over count_max). Release with fs_names_release. */
enum err fs_list(struct fs_names *out, const char *path, size_t count_max, struct err_info *info) MUST_USE;
void fs_names_release(struct fs_names *names);

/** Build "a/b/c" from the formatted words; ERR_TOO_BIG past LIMIT_PATH_BYTES_MAX. `out` has LIMIT_PATH_BYTES_MAX bytes. */
enum err fs_path(char *out, struct err_info *info, const char *format, ...) FORMAT_OF(3, 4) MUST_USE;

/** Temporary names that fs_write leaves behind when killed. The next fs_write of the same path takes them over. */
bool fs_is_temporary(const char *name);
/** Remove a file that its writer locks (flock) while it lives, unless it lives. Fine if it is gone. ERR_IO. */
enum err fs_remove_unlocked(const char *path, struct err_info *info) MUST_USE;
/** Remove what killed runs of fs_write left in a directory; fine if there is no such directory. ERR_IO. */
enum err fs_clean(const char *directory, struct err_info *info) MUST_USE;

/**
 * An exclusive flock on a file that is created if missing and never removed. Waits up to wait_seconds, looking again
 * every few milliseconds. The lock ends with lock_release or with the process. ERR_LOCKED, ERR_IO.
 */
struct lock {
	int fd; /* -1: not held */
};

enum err lock_take(struct lock *out, const char *path, int wait_seconds, struct err_info *info) MUST_USE;
void lock_release(struct lock *lock);

#endif
