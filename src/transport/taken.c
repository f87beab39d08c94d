/* Moving a bundle aside that was taken, or that can never be, and keeping the newest few per sender. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transport/place.h"
#include "transport/transport.h"

/* The newest files of one sender seen so far, newest first; the one just moved stands first, whatever its time. */
struct kept {
	char files[LIMIT_REFUSED_KEPT_MAX][TRANSPORT_NAME_BYTES];
	struct timespec times[LIMIT_REFUSED_KEPT_MAX];
	size_t count;
};

static bool
is_read_only(int number)
{
	return number == EROFS || number == EACCES || number == EPERM;
}

/* Two names of one sender; all names that say no sender are one. */
static bool
is_same_sender(const char *a, const char *b)
{
	struct transport_name first;
	struct transport_name second;
	bool is_named = transport_name_parse(&first, a);

	if (transport_name_parse(&second, b) != is_named)
		return false;
	return !is_named || strcmp(first.sender.text, second.sender.text) == 0;
}

static bool
is_newer(struct timespec a, const char *a_file, struct timespec b, const char *b_file)
{
	if (a.tv_sec != b.tv_sec)
		return a.tv_sec > b.tv_sec;
	if (a.tv_nsec != b.tv_nsec)
		return a.tv_nsec > b.tv_nsec;
	return strcmp(a_file, b_file) > 0;
}

/* Put a file into its place; what falls off the end is removed. */
static void
keep_or_remove(struct kept *kept, int aside, const char *file, struct timespec time)
{
	size_t at = kept->count;

	while (at > 1 && is_newer(time, file, kept->times[at - 1], kept->files[at - 1]))
		at--;
	if (at == LIMIT_REFUSED_KEPT_MAX) {
		(void)unlinkat(aside, file, 0);
		return;
	}
	if (kept->count == LIMIT_REFUSED_KEPT_MAX)
		(void)unlinkat(aside, kept->files[--kept->count], 0);
	for (size_t i = kept->count; i > at; i--) {
		memcpy(kept->files[i], kept->files[i - 1], sizeof(kept->files[i]));
		kept->times[i] = kept->times[i - 1];
	}
	(void)snprintf(kept->files[at], TRANSPORT_NAME_BYTES, "%s", file);
	kept->times[at] = time;
	kept->count++;
}

/* Old files that cannot be removed do no harm: nothing here is an error. */
static void
remove_old(int aside, const char *moved)
{
	struct kept kept = {.count = 1};
	DIR *stream = place_stream(aside);
	const struct dirent *entry;
	size_t looked_at = 0;

	if (stream == NULL)
		return;
	(void)snprintf(kept.files[0], TRANSPORT_NAME_BYTES, "%s", moved);
	while (looked_at++ < LIMIT_INBOX_FILES_MAX && (entry = readdir(stream)) != NULL) {
		struct stat status;

		if (strcmp(entry->d_name, moved) == 0 || strlen(entry->d_name) >= TRANSPORT_NAME_BYTES ||
		    !is_same_sender(entry->d_name, moved))
			continue;
		if (fstatat(aside, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode))
			keep_or_remove(&kept, aside, entry->d_name, status.st_mtim);
	}
	(void)closedir(stream);
}

/* To `aside`, a directory beside it. */
static enum err
move(const struct place *place, const char *file, const char *aside, bool *is_moved, struct err_info *info)
{
	int directory = -1;
	enum err err;

	if (mkdirat(place->node, aside, 0777) != 0 && errno != EEXIST)
		return is_read_only(errno) ? ERR_OK : place_errno(place, _("cannot create"), aside, info);
	err = place_open_below(&directory, place, place->node, aside, info);
	if (err != ERR_OK)
		return err;
	if (directory < 0)
		return err_set(info, ERR_IO, _("%s/%s/%s went away"), place->path, place->code, aside);
	if (renameat(place->node, file, directory, file) == 0)
		*is_moved = true;
	else if (errno != ENOENT && !is_read_only(errno))
		err = place_errno(place, _("cannot move aside"), file, info);
	if (*is_moved && (place_sync(directory) != 0 || place_sync(place->node) != 0))
		err = place_errno(place, _("cannot sync"), aside, info);
	if (*is_moved)
		remove_old(directory, file);
	(void)close(directory);
	return err;
}

static enum err
put_aside(bool *is_moved_out, const struct transport_url *url, const struct node_code *node, const char *file,
          const char *aside, struct err_info *info)
{
	struct place place = {-1, -1, NULL, NULL};
	bool is_moved = false;
	enum err err;

	if (file[0] == '\0' || strchr(file, '/') != NULL || strlen(file) >= TRANSPORT_NAME_BYTES)
		return err_set(info, ERR_FORMAT, "%s", _("a bundle's file name is one name, without '/'"));
	err = place_open(&place, url, node, info);
	if (err == ERR_OK && place.node >= 0)
		err = move(&place, file, aside, &is_moved, info);
	place_close(&place);
	if (err == ERR_OK && is_moved_out != NULL)
		*is_moved_out = is_moved;
	return err;
}

enum err
transport_taken(bool *is_moved_out, const struct transport_url *url, const struct node_code *node, const char *file,
                struct err_info *info)
{
	return put_aside(is_moved_out, url, node, file, "taken", info);
}

enum err
transport_refused(bool *is_moved_out, const struct transport_url *url, const struct node_code *node, const char *file,
                  struct err_info *info)
{
	return put_aside(is_moved_out, url, node, file, "refused", info);
}
