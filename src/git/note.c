#include "git/note.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "git/refs.h"
#include "git/sha1.h"

enum {
	NOTE_BYTES_MAX = 256
};

static enum err
digest_refs(struct oid *out, struct git_store *store, struct err_info *info)
{
	struct git_refs refs = {0};
	struct sha1 sha1;
	enum err err = git_refs_list(&refs, store, "", info);

	if (err != ERR_OK)
		return err;
	sha1_init(&sha1);
	for (size_t i = 0; i < refs.count; i++) {
		sha1_add(&sha1, view_of(refs.items[i].name, strlen(refs.items[i].name) + 1));
		sha1_add(&sha1, view_of(refs.items[i].oid.bytes, OID_BYTES));
	}
	sha1_finish(&sha1, out);
	git_refs_release(&refs);
	return ERR_OK;
}

static enum err
digest_packs(struct oid *out, struct git_store *store, const char *pack, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char own[LIMIT_NAME_BYTES_MAX];
	struct fs_names names = {0};
	struct sha1 sha1;
	enum err err = fs_path(path, info, "%s/objects/pack", store->path);

	if (err == ERR_OK)
		err = fs_list(&names, path, LIMIT_PACK_FILES_MAX, info);
	if (err != ERR_OK)
		return err;
	(void)snprintf(own, sizeof(own), "%s%s.idx", GIT_OURS, pack);
	sha1_init(&sha1);
	for (size_t i = 0; i < names.count; i++) {
		if (!git_ends_with(names.names[i], ".idx") || strcmp(names.names[i], own) == 0)
			continue;
		sha1_add(&sha1, view_text(names.names[i]));
		sha1_add(&sha1, view_text("\n"));
	}
	sha1_finish(&sha1, out);
	fs_names_release(&names);
	return ERR_OK;
}

enum err
git_note_take(struct git_note *out, struct git_store *store, const char *pack, struct err_info *info)
{
	struct git_note note = {0};
	enum err err = digest_refs(&note.refs, store, info);

	if (err == ERR_OK)
		err = digest_packs(&note.packs, store, pack, info);
	if (err != ERR_OK)
		return err;
	(void)snprintf(note.pack, sizeof(note.pack), "%s", pack);
	*out = note;
	return ERR_OK;
}

static size_t
format_note(char out[NOTE_BYTES_MAX], const struct git_note *note)
{
	char refs[OID_HEX_BYTES];
	char packs[OID_HEX_BYTES];

	return (size_t)snprintf(out, NOTE_BYTES_MAX, "tiersync-pending 1\npack %s\nrefs %s\npacks %s\n", note->pack,
	                        git_oid_hex(&note->refs, refs), git_oid_hex(&note->packs, packs));
}

/* Always the same size, so it is overwritten in place. A torn one is of a pack that is not visible yet. */
static enum err
write_synced(int fd, const char *path, struct view text, struct err_info *info)
{
	enum err err = fs_write_all(fd, path, text, info);

	if (err == ERR_OK && fdatasync(fd) != 0)
		err = err_errno(info, errno, _("cannot sync %s"), path);
	(void)close(fd);
	return err;
}

enum err
git_note_write(struct git_store *store, const struct git_note *note, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	char text[NOTE_BYTES_MAX];
	size_t size = format_note(text, note);
	enum err err = fs_path(path, info, "%s/tiersync-pending", store->path);
	int fd;

	if (err != ERR_OK)
		return err;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return fs_write(path, view_of(text, size), FILE_MODE, info);
	if (fd < 0)
		return err_errno(info, errno, _("cannot write %s"), path);
	return write_synced(fd, path, view_of(text, size), info);
}

enum err
git_note_parse(struct git_note *out, struct view text, struct err_info *info)
{
	enum {
		/* where the digits are: behind "tiersync-pending 1\npack ", and each after the one before and a word */
		PACK_AT = 24,
		REFS_AT = 70,
		PACKS_AT = 117,
		DIGITS = 2 * OID_BYTES
	};
	struct git_note note = {0};
	struct oid pack;
	char again[NOTE_BYTES_MAX];

	if (text.size != PACKS_AT + DIGITS + 1 ||
	    !hex_read(pack.bytes, OID_BYTES, view_of(text.data + PACK_AT, DIGITS)) ||
	    !hex_read(note.refs.bytes, OID_BYTES, view_of(text.data + REFS_AT, DIGITS)) ||
	    !hex_read(note.packs.bytes, OID_BYTES, view_of(text.data + PACKS_AT, DIGITS)))
		return err_set(info, ERR_FORMAT, _("the note tiersync-pending has not the form of version 1"));
	(void)git_oid_hex(&pack, note.pack);
	if (format_note(again, &note) != text.size || memcmp(again, text.data, text.size) != 0)
		return err_set(info, ERR_FORMAT, _("the note tiersync-pending has not the form of version 1"));
	*out = note;
	return ERR_OK;
}

enum err
git_note_read(struct git_note *out, struct git_store *store, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes text = {0};
	enum err err = fs_path(path, info, "%s/tiersync-pending", store->path);

	if (err == ERR_OK)
		err = fs_read(&text, path, NOTE_BYTES_MAX, info);
	if (err == ERR_OK)
		err = git_note_parse(out, bytes_view(&text), info);
	bytes_release(&text);
	if (err == ERR_FORMAT || err == ERR_TOO_BIG)
		return err_set(info, ERR_NOT_FOUND, _("%s is not whole"), path);
	return err;
}
