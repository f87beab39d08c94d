/* What waits for a node in a directory, and reading it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "transport/place.h"
#include "transport/transport.h"

struct listing {
	const struct place *place;
	struct transport_files files;
	size_t capacity;
	transport_skipped *skipped;
	void *context;
};

static bool
is_bundle_name(const char *file)
{
	size_t size = strlen(file);

	/* FAT and people may write it in capitals */
	return size > 4 && size < TRANSPORT_NAME_BYTES && strcasecmp(file + size - 4, ".tsb") == 0 &&
	       !fs_is_temporary(file);
}

static void
tell(const struct listing *listing, const char *file, const char *reason)
{
	if (listing->skipped != NULL)
		listing->skipped(listing->context, file, reason);
}

/* Why a file is no bundle; NULL: it may be one. */
static const char *
reason_to_skip(const struct stat *status)
{
	if (S_ISLNK(status->st_mode))
		return _("a symbolic link; links are not followed");
	if (S_ISDIR(status->st_mode))
		return _("a directory");
	if (!S_ISREG(status->st_mode))
		return _("not a regular file");
	if (status->st_size <= 0)
		return _("empty");
	if (status->st_size > LIMIT_BUNDLE_BYTES_MAX)
		return _("larger than a bundle may be");
	return NULL;
}

static enum err
add_file(struct listing *listing, const char *file, uint64_t size_bytes, struct err_info *info)
{
	struct transport_files *files = &listing->files;
	struct transport_file *added;

	if (files->count == listing->capacity) {
		size_t larger = listing->capacity == 0 ? 16 : listing->capacity * 2;
		struct transport_file *grown = realloc(files->items, larger * sizeof(*grown));

		if (grown == NULL)
			return err_nomem(info);
		files->items = grown;
		listing->capacity = larger;
	}
	added = &files->items[files->count++];
	memset(added, 0, sizeof(*added));
	memcpy(added->file, file, strlen(file) + 1);
	added->size_bytes = size_bytes;
	added->is_named = transport_name_parse(&added->name, file);
	return ERR_OK;
}

static enum err
look_at(struct listing *listing, const char *file, struct err_info *info)
{
	struct stat status;
	const char *reason;

	if (!is_bundle_name(file))
		return ERR_OK;
	if (fstatat(listing->place->node, file, &status, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT) /* else another run took it meanwhile */
			tell(listing, file, _("cannot be looked at"));
		return ERR_OK;
	}
	reason = reason_to_skip(&status);
	if (reason == NULL)
		return add_file(listing, file, (uint64_t)status.st_size, info);
	tell(listing, file, reason);
	return ERR_OK;
}

static enum err
look_at_all(struct listing *listing, DIR *stream, struct err_info *info)
{
	size_t looked_at = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(stream);
		if (entry == NULL)
			return errno == 0 ? ERR_OK : place_errno(listing->place, _("cannot read"), "", info);
		if (looked_at++ == LIMIT_INBOX_FILES_MAX) {
			tell(listing, "", _("too many files; the rest was not looked at"));
			return ERR_OK;
		}
		err = look_at(listing, entry->d_name, info);
	}
	return err;
}

static int
compare_files(const void *a, const void *b)
{
	const struct transport_file *first = a;
	const struct transport_file *second = b;

	return strcmp(first->file, second->file);
}

enum err
transport_list(struct transport_files *out, const struct transport_url *url, const struct node_code *node,
               transport_skipped *skipped, void *context, struct err_info *info)
{
	struct place place = {-1, -1, NULL, NULL};
	struct listing listing = {.place = &place, .skipped = skipped, .context = context};
	DIR *stream = NULL;
	enum err err = place_open(&place, url, node, info);

	if (err != ERR_OK)
		return err;
	if (place.node < 0)
		goto out;
	stream = place_stream(place.node);
	if (stream == NULL) {
		err = place_errno(&place, _("cannot read"), "", info);
		goto out;
	}
	err = look_at_all(&listing, stream, info);
out:
	if (stream != NULL)
		(void)closedir(stream);
	place_close(&place);
	if (err != ERR_OK) {
		transport_files_release(&listing.files);
		return err;
	}
	if (listing.files.count > 1)
		qsort(listing.files.items, listing.files.count, sizeof(*listing.files.items), compare_files);
	*out = listing.files;
	return ERR_OK;
}

void
transport_files_release(struct transport_files *files)
{
	free(files->items);
	*files = (struct transport_files){0};
}

static enum err
check_opened(int fd, const struct place *place, const char *file, uint64_t *size_bytes_out, struct err_info *info)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return place_errno(place, _("cannot look at"), file, info);
	if (!S_ISREG(status.st_mode))
		return err_set(info, ERR_FORMAT, _("%s/%s/%s is not a regular file"), place->path, place->code, file);
	if (status.st_size > LIMIT_BUNDLE_BYTES_MAX)
		return err_set(info, ERR_TOO_BIG, _("%s/%s/%s is larger than %d bytes"), place->path, place->code, file,
		               LIMIT_BUNDLE_BYTES_MAX);
	if (size_bytes_out != NULL)
		*size_bytes_out = (uint64_t)status.st_size;
	return ERR_OK;
}

static enum err
open_file(int *fd_out, uint64_t *size_bytes_out, const struct place *place, const char *file, struct err_info *info)
{
	enum err err;
	int fd = -1;

	errno = ENOENT;
	if (place->node >= 0) /* O_NONBLOCK: a fifo must not make us wait */
		fd = openat(place->node, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(info, ERR_NOT_FOUND, _("%s/%s/%s is not there"), place->path, place->code, file);
	if (fd < 0 && errno == ELOOP)
		return err_set(info, ERR_FORMAT, _("%s/%s/%s is a symbolic link; links are not followed"), place->path,
		               place->code, file);
	if (fd < 0)
		return place_errno(place, _("cannot open"), file, info);
	err = check_opened(fd, place, file, size_bytes_out, info);
	if (err != ERR_OK) {
		(void)close(fd);
		return err;
	}
	*fd_out = fd;
	return ERR_OK;
}

enum err
transport_open(int *fd_out, uint64_t *size_bytes_out, const struct transport_url *url, const struct node_code *node,
               const char *file, struct err_info *info)
{
	struct place place = {-1, -1, NULL, NULL};
	enum err err;

	if (file[0] == '\0' || strchr(file, '/') != NULL)
		return err_set(info, ERR_FORMAT, "%s", _("a bundle's file name is one name, without '/'"));
	err = place_open(&place, url, node, info);
	if (err != ERR_OK)
		return err;
	err = open_file(fd_out, size_bytes_out, &place, file, info);
	place_close(&place);
	return err;
}

enum err
transport_read(struct bytes *out, const struct transport_url *url, const struct node_code *node, const char *file,
               struct err_info *info)
{
	uint64_t size_bytes = 0;
	int fd = -1;
	enum err err = transport_open(&fd, &size_bytes, url, node, file, info);

	if (err != ERR_OK)
		return err;
	err = fs_read_all(out, fd, file, LIMIT_BUNDLE_BYTES_MAX, info);
	(void)close(fd);
	return err;
}
