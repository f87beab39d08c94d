#include "transport/place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum err
place_errno(const struct place *place, const char *doing, const char *file, struct err_info *info)
{
	return err_errno(info, errno, "%s %s/%s/%s", doing, place->path, place->code, file);
}

enum err
place_open_below(int *out, const struct place *place, int directory, const char *name, struct err_info *info)
{
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return err_set(info, ERR_FORMAT,
		               _("%s in %s is not a directory of its own (a symbolic link is refused)"), name,
		               place->path);
	if (fd < 0 && errno != ENOENT)
		return err_errno(info, errno, _("cannot open %s in %s"), name, place->path);
	*out = fd < 0 ? -1 : fd;
	return ERR_OK;
}

static enum err
open_root(int *out, const struct transport_url *url, struct err_info *info)
{
	int fd;

	if (url->scheme != TRANSPORT_DIR)
		return err_set(info, ERR_USAGE, "%s",
		               _("a peer behind ssh:// is called, there is no directory to look at"));
	fd = open(url->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(info, ERR_IO, _("%s is not there; is the stick plugged in, the share mounted?"),
		               url->path);
	if (fd < 0 && errno == ENOTDIR)
		return err_set_advised(info, ERR_FORMAT, ADVICE_NAME, _("%s is not a directory"), url->path);
	if (fd < 0)
		return err_errno(info, errno, _("cannot open %s"), url->path);
	*out = fd;
	return ERR_OK;
}

enum err
place_open(struct place *out, const struct transport_url *url, const struct node_code *node, struct err_info *info)
{
	struct place place = {-1, -1, url->path, node->text};
	enum err err = open_root(&place.root, url, info);

	if (err == ERR_OK)
		err = place_open_below(&place.node, &place, place.root, node->text, info);
	if (err != ERR_OK) {
		place_close(&place);
		return err;
	}
	*out = place;
	return ERR_OK;
}

enum err
place_make_node(struct place *place, struct err_info *info)
{
	enum err err;

	if (place->node >= 0)
		return ERR_OK;
	/* the umask and the share decide who may read and write there: bundles are sealed, and the peer must move them */
	if (mkdirat(place->root, place->code, 0777) != 0 && errno != EEXIST)
		return place_errno(place, _("cannot create"), "", info);
	if (place_sync(place->root) != 0)
		return err_errno(info, errno, _("cannot sync %s"), place->path);
	err = place_open_below(&place->node, place, place->root, place->code, info);
	if (err == ERR_OK && place->node < 0)
		err = err_set(info, ERR_IO, _("%s/%s went away"), place->path, place->code);
	return err;
}

void
place_close(struct place *place)
{
	if (place->node >= 0)
		(void)close(place->node);
	if (place->root >= 0)
		(void)close(place->root);
	place->node = -1;
	place->root = -1;
}

DIR *
place_stream(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (stream == NULL && fd >= 0) {
		int number = errno;

		(void)close(fd);
		errno = number;
	}
	return stream;
}

int
place_sync(int directory)
{
	return fsync(directory) == 0 || errno == EINVAL ? 0 : -1;
}

enum err
transport_reach(const struct transport_url *url, struct err_info *info)
{
	struct place place = {-1, -1, url->path, ""};
	enum err err = open_root(&place.root, url, info);
	DIR *stream;

	if (err != ERR_OK)
		return err;
	stream = place_stream(place.root);
	if (stream == NULL)
		err = err_errno(info, errno, _("cannot read %s"), url->path);
	else
		(void)closedir(stream);
	place_close(&place);
	return err;
}
