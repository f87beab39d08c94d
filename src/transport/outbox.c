/* Putting a bundle into a directory, durably. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "transport/place.h"
#include "transport/transport.h"

static const char TEMPORARY_MARK[] = ".tiersync-tmp"; /* base/fs.c knows such names: fs_is_temporary() */

static enum err
write_temporary(const struct place *place, const char *temporary, struct view content, struct err_info *info)
{
	enum err err;
	int fd;

	(void)unlinkat(place->node, temporary, 0); /* of a killed run with our process id */
	fd = openat(place->node, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return place_errno(place, _("cannot create"), temporary, info);
	err = fs_write_all(fd, temporary, content, info);
	if (err == ERR_OK && fsync(fd) != 0)
		err = place_errno(place, _("cannot sync"), temporary, info);
	if (close(fd) != 0 && err == ERR_OK)
		err = place_errno(place, _("cannot close"), temporary, info);
	if (err != ERR_OK)
		(void)unlinkat(place->node, temporary, 0);
	return err;
}

static enum err
write_file(const struct place *place, const char *file, struct view content, struct err_info *info)
{
	char temporary[TRANSPORT_NAME_BYTES];
	enum err err;

	(void)snprintf(temporary, sizeof(temporary), "%.200s%s.%ld", file, TEMPORARY_MARK, (long)getpid());
	err = write_temporary(place, temporary, content, info);
	if (err != ERR_OK)
		return err;
	if (renameat(place->node, temporary, place->node, file) != 0) {
		err = place_errno(place, _("cannot rename to"), file, info);
		(void)unlinkat(place->node, temporary, 0);
		return err;
	}
	if (place_sync(place->node) != 0)
		return place_errno(place, _("cannot sync"), "", info);
	return ERR_OK;
}

/* Our own, and older: a bundle with a lower number, or what a killed run left of it. */
static bool
is_own_older(const struct transport_name *own, const char *file)
{
	char head[TRANSPORT_NAME_BYTES];
	const char *mark = strstr(file, TEMPORARY_MARK);
	struct transport_name found;
	size_t size = mark == NULL ? strlen(file) : (size_t)(mark - file);

	if (size >= sizeof(head))
		return false;
	memcpy(head, file, size);
	head[size] = '\0';
	if (!transport_name_parse(&found, head) || strcmp(found.sender.text, own->sender.text) != 0 ||
	    found.incarnation != own->incarnation)
		return false;
	return found.number < own->number || (mark != NULL && found.number == own->number);
}

/* The new one stands; an older one that cannot be removed does no harm, so nothing here is an error. */
static void
remove_older(const struct place *place, const struct transport_name *own)
{
	DIR *stream = place_stream(place->node);
	const struct dirent *entry;
	size_t looked_at = 0;

	if (stream == NULL)
		return;
	while (looked_at++ < LIMIT_INBOX_FILES_MAX && (entry = readdir(stream)) != NULL) {
		if (is_own_older(own, entry->d_name))
			(void)unlinkat(place->node, entry->d_name, 0);
	}
	(void)closedir(stream);
}

enum err
transport_put(const struct transport_url *url, const struct node_code *to, const struct transport_name *name,
              struct view content, struct err_info *info)
{
	char file[TRANSPORT_NAME_BYTES];
	struct place place = {-1, -1, NULL, NULL};
	enum err err = place_open(&place, url, to, info);

	if (err != ERR_OK)
		return err;
	transport_name_format(file, name);
	err = place_make_node(&place, info);
	if (err == ERR_OK)
		err = write_file(&place, file, content, info);
	if (err == ERR_OK)
		remove_older(&place, name);
	place_close(&place);
	return err;
}
