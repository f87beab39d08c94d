/* Finishing a pack: trailer, index, note, names. The order is that of schema/store-v1.md, "Packs". */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "git/note.h"
#include "git/packer.h"
#include "git/sha1.h"

enum {
	READ_BYTES = 1 << 18,
	TEMPORARY_TRIES_MAX = 1000,
};

/*
 * The lock tells a janitor that the writer lives. Between making the file and locking it a janitor may take it away:
 * then it has no name any more, and another is made.
 */
static enum err
open_locked(int *fd_out, const char *path, struct err_info *info)
{
	struct stat status;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, PACK_MODE);

	if (fd < 0 && errno == EEXIST)
		return ERR_EXISTS;
	if (fd < 0)
		return err_errno(info, errno, _("cannot create %s"), path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &status) != 0 || status.st_nlink == 0) {
		(void)close(fd);
		return ERR_EXISTS;
	}
	*fd_out = fd;
	return ERR_OK;
}

enum err
pack_temporary(int *fd_out, char **path_out, const struct git_store *store, struct err_info *info)
{
	static unsigned number;
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = ERR_EXISTS;

	for (int i = 0; err == ERR_EXISTS && i < TEMPORARY_TRIES_MAX; i++) {
		err = fs_path(path, info, "%s/objects/pack/%s%ld_%u", store->path, GIT_TEMPORARY, (long)getpid(),
		              number++);
		if (err == ERR_OK)
			err = open_locked(fd_out, path, info);
	}
	if (err == ERR_EXISTS)
		return err_set(info, ERR_IO, _("no free name for a new pack in %s/objects/pack"), store->path);
	if (err != ERR_OK)
		return err;
	*path_out = strdup(path);
	if (*path_out != NULL)
		return ERR_OK;
	(void)unlink(path);
	(void)close(*fd_out);
	*fd_out = -1;
	return err_nomem(info);
}

/* The header has the count only now, so the sum is taken over the finished bytes: from memory, or from the page cache. */
static enum err
sum_file(struct sha1 *sha1, const struct git_pack *pack, struct err_info *info)
{
	uint8_t *part = malloc(READ_BYTES);
	enum err err = ERR_OK;

	if (part == NULL)
		return err_nomem(info);
	for (uint64_t at = 0; err == ERR_OK && at < pack->flushed; at += READ_BYTES) {
		size_t size = pack->flushed - at < READ_BYTES ? (size_t)(pack->flushed - at) : READ_BYTES;

		err = fs_read_at(pack->fd, pack->path, part, size, (off_t)at, info);
		if (err == ERR_OK)
			sha1_add(sha1, view_of(part, size));
	}
	free(part);
	return err;
}

static enum err
write_count(struct git_pack *pack, struct err_info *info)
{
	enum {
		COUNT_AT = 8,
		COUNT_BYTES = 4
	};
	uint8_t count[COUNT_BYTES];
	ssize_t put;

	store_u32(count, (uint32_t)pack->count);
	if (pack->flushed == 0) {
		memcpy(pack->buffer.data + COUNT_AT, count, sizeof(count));
		return ERR_OK;
	}
	put = pwrite(pack->fd, count, sizeof(count), COUNT_AT);
	if (put != (ssize_t)sizeof(count))
		return err_errno(info, put < 0 ? errno : EIO, _("cannot write %s"), pack->path);
	return ERR_OK;
}

static enum err
write_trailer(struct oid *trailer, struct git_pack *pack, struct err_info *info)
{
	struct sha1 sha1;
	enum err err = write_count(pack, info);

	sha1_init(&sha1);
	if (err == ERR_OK && pack->flushed > 0)
		err = sum_file(&sha1, pack, info);
	if (err != ERR_OK)
		return err;
	sha1_add(&sha1, bytes_view(&pack->buffer));
	sha1_finish(&sha1, trailer);
	err = bytes_append(&pack->buffer, trailer->bytes, OID_BYTES, info);
	if (err == ERR_OK)
		err = pack_flush(pack, info);
	if (err == ERR_OK && fsync(pack->fd) != 0)
		err = err_errno(info, errno, _("cannot sync %s"), pack->path);
	return err;
}

struct new_index {
	int fd;
	char *path;
};

static enum err
write_index(struct new_index *index, struct git_pack *pack, const struct oid *trailer, struct err_info *info)
{
	struct bytes content = {0};
	enum err err = pack_temporary(&index->fd, &index->path, pack->store, info);

	if (err == ERR_OK)
		err = pack_index_encode(&content, pack->entries, pack->count, trailer, info);
	if (err == ERR_OK)
		err = fs_write_all(index->fd, index->path, bytes_view(&content), info);
	if (err == ERR_OK && fsync(index->fd) != 0)
		err = err_errno(info, errno, _("cannot sync %s"), index->path);
	bytes_release(&content);
	return err;
}

static enum err
note_pack(struct git_pack *pack, const char *digits, struct err_info *info)
{
	struct git_note note;
	enum err err = git_note_take(&note, pack->store, digits, info);

	if (err == ERR_OK)
		err = git_note_write(pack->store, &note, info);
	return err;
}

static enum err
give_name(const char *from, const char *to, struct err_info *info)
{
	if (rename(from, to) != 0)
		return err_errno(info, errno, _("cannot rename %s to %s"), from, to);
	return ERR_OK;
}

/*
 * Whether a pack is visible depends on its index alone. On an error nothing points at the new files: they go again.
 * The same objects in the same order may be there already and in use (gc run twice): then nothing is noted, because the
 * note would let the next janitor take the pack that everything now rests on.
 */
static enum err
make_visible(struct git_pack *pack, struct new_index *index, const char *digits, struct err_info *info)
{
	char pack_path[LIMIT_PATH_BYTES_MAX];
	char index_path[LIMIT_PATH_BYTES_MAX];
	char directory[LIMIT_PATH_BYTES_MAX];
	bool is_new;
	enum err err = fs_path(directory, info, "%s/objects/pack", pack->store->path);

	if (err == ERR_OK)
		err = fs_path(pack_path, info, "%s/%s%s.pack", directory, GIT_OURS, digits);
	if (err == ERR_OK)
		err = fs_path(index_path, info, "%s/%s%s.idx", directory, GIT_OURS, digits);
	if (err != ERR_OK)
		return err;
	is_new = !fs_exists(index_path) || !fs_exists(pack_path);
	if (is_new)
		err = note_pack(pack, digits, info);
	if (err == ERR_OK && is_new)
		err = give_name(pack->path, pack_path, info);
	if (err == ERR_OK && is_new)
		err = give_name(index->path, index_path, info);
	if (err == ERR_OK)
		err = fs_sync_dir(directory, info);
	if (err != ERR_OK) {
		if (is_new) {
			(void)unlink(index_path);
			(void)unlink(pack_path);
		}
		return err;
	}
	return git_store_refresh(pack->store, info);
}

enum err
pack_publish(char name_out[OID_HEX_BYTES + 32], struct git_pack *pack, struct err_info *info)
{
	struct new_index index = {-1, NULL};
	struct oid trailer;
	char digits[OID_HEX_BYTES];
	enum err err = ERR_OK;

	name_out[0] = '\0';
	if (pack->is_broken)
		return pack_flush(pack, info); /* says so */
	if (pack->count == 0)
		goto out;
	err = write_trailer(&trailer, pack, info);
	if (err == ERR_OK)
		err = write_index(&index, pack, &trailer, info);
	if (err != ERR_OK)
		goto out;
	(void)snprintf(name_out, OID_HEX_BYTES + 32, "%s%s", GIT_OURS, git_oid_hex(&trailer, digits));
	err = make_visible(pack, &index, digits, info);
out:
	if (index.fd >= 0) {
		(void)unlink(index.path); /* gone already if it was renamed */
		(void)close(index.fd);
	}
	free(index.path);
	git_pack_abort(pack);
	return err;
}

enum err
git_pack_finish(struct git_pack *pack, struct err_info *info)
{
	char name[OID_HEX_BYTES + 32];

	return pack_publish(name, pack, info);
}
