#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "git/packer.h"

enum {
	ENTRIES_MIN = 16
};

enum err
git_pack_new(struct git_pack **out, struct git_store *store, struct err_info *info)
{
	static const uint8_t header[PACK_HEADER_BYTES] = {'P', 'A', 'C', 'K', 0, 0, 0, 2}; /* the count comes last */
	struct git_pack *pack = calloc(1, sizeof(*pack));
	enum err err;

	if (pack == NULL)
		return err_nomem(info);
	pack->store = store;
	pack->fd = -1;
	err = bytes_append(&pack->buffer, header, sizeof(header), info);
	if (err != ERR_OK) {
		git_pack_free(pack);
		return err;
	}
	*out = pack;
	return ERR_OK;
}

void
git_pack_abort(struct git_pack *pack)
{
	if (pack->fd >= 0) {
		(void)unlink(pack->path);
		(void)close(pack->fd);
	}
	pack->fd = -1;
	free(pack->path);
	pack->path = NULL;
	pack->is_broken = true;
	pack->count = 0;
	git_oidset_release(&pack->index);
	bytes_release(&pack->buffer);
}

void
git_pack_free(struct git_pack *pack)
{
	if (pack == NULL)
		return;
	git_pack_abort(pack);
	pack_encoder_release(&pack->encoder);
	pack_inflater_release(&pack->inflater);
	free(pack->entries);
	free(pack);
}

uint64_t
pack_size(const struct git_pack *pack)
{
	return pack->flushed + pack->buffer.size;
}

static enum err
check_usable(const struct git_pack *pack, struct err_info *info)
{
	if (!pack->is_broken)
		return ERR_OK;
	return err_set(info, ERR_STATE, _("a pack for %s is closed: it was finished, or writing it failed"),
	               pack->store->path);
}

enum err
pack_flush(struct git_pack *pack, struct err_info *info)
{
	enum err err = check_usable(pack, info);

	if (err == ERR_OK && pack->fd < 0)
		err = pack_temporary(&pack->fd, &pack->path, pack->store, info);
	if (err == ERR_OK)
		err = fs_write_all(pack->fd, pack->path, bytes_view(&pack->buffer), info);
	if (err != ERR_OK) {
		pack->is_broken = true;
		return err;
	}
	pack->flushed += pack->buffer.size;
	bytes_clear(&pack->buffer);
	return ERR_OK;
}

/* Make room for one more entry, so that nothing can fail once its bytes are in the buffer. */
static enum err
reserve_entry(struct git_pack *pack, struct err_info *info)
{
	enum err err = check_usable(pack, info);

	if (err != ERR_OK)
		return err;
	if (pack->count >= LIMIT_PACK_OBJECTS_MAX)
		return err_set(info, ERR_TOO_BIG, _("a pack has more than %d objects"), LIMIT_PACK_OBJECTS_MAX);
	if (pack->count == pack->capacity) {
		size_t capacity = pack->capacity < ENTRIES_MIN ? ENTRIES_MIN : pack->capacity + pack->capacity / 2;
		struct pack_entry *entries = realloc(pack->entries, capacity * sizeof(*entries));

		if (entries == NULL)
			return err_nomem(info);
		pack->entries = entries;
		pack->capacity = capacity;
	}
	return git_oidset_reserve(&pack->index, pack->entries, sizeof(*pack->entries), info);
}

/* The entry's bytes are the buffer's from `start`. */
static enum err
note_entry(struct git_pack *pack, const struct oid *oid, size_t start, uint32_t crc, struct err_info *info)
{
	pack->entries[pack->count] = (struct pack_entry){*oid, crc, pack->flushed + start};
	git_oidset_add(&pack->index, pack->entries, sizeof(*pack->entries), (uint32_t)pack->count);
	pack->count++;
	if (pack->buffer.size < PACK_BUFFER_BYTES)
		return ERR_OK;
	return pack_flush(pack, info);
}

bool
pack_wants(const struct git_pack *pack, const struct oid *oid)
{
	return !git_pack_has(pack, oid) && (pack->is_whole_store || !git_store_has(pack->store, oid));
}

enum err
pack_add(struct git_pack *pack, int type, struct view content, const struct oid *oid, struct err_info *info)
{
	size_t start;
	enum err err;

	if (!pack_wants(pack, oid))
		return check_usable(pack, info);
	err = reserve_entry(pack, info);
	if (err != ERR_OK)
		return err;
	start = pack->buffer.size;
	err = pack_encode(&pack->buffer, &pack->encoder, type, content, info);
	if (err != ERR_OK)
		return err;
	return note_entry(pack, oid, start, libdeflate_crc32(0, pack->buffer.data + start, pack->buffer.size - start),
	                  info);
}

enum err
pack_add_made(struct git_pack *pack, struct view entry, const struct oid *oid, uint32_t crc, struct err_info *info)
{
	size_t start;
	enum err err;

	if (git_pack_has(pack, oid))
		return check_usable(pack, info);
	err = reserve_entry(pack, info);
	if (err != ERR_OK)
		return err;
	start = pack->buffer.size;
	err = bytes_append_view(&pack->buffer, entry, info);
	return err == ERR_OK ? note_entry(pack, oid, start, crc, info) : err;
}

enum err
pack_add_raw(struct git_pack *pack, struct view entry, const struct oid *oid, uint32_t crc, struct err_info *info)
{
	if (!git_pack_has(pack, oid) && libdeflate_crc32(0, entry.data, entry.size) != crc)
		return err_set(info, ERR_IO, _("an entry of a pack in %s is damaged: its checksum is not the index's"),
		               pack->store->path);
	return pack_add_made(pack, entry, oid, crc, info);
}

enum err
git_pack_add_known(struct git_pack *pack, enum git_type type, struct view content, const struct oid *oid,
                   struct err_info *info)
{
	assert(type >= GIT_TYPE_COMMIT && type <= GIT_TYPE_BLOB);
	if (content.size > git_type_bytes_max(type))
		return err_set(info, ERR_TOO_BIG, _("a %s has %zu bytes, and may have %zu"), git_type_name(type),
		               content.size, git_type_bytes_max(type));
	return pack_add(pack, (int)type, content, oid, info);
}

enum err
git_pack_add(struct git_pack *pack, enum git_type type, struct view content, struct oid *oid_out, struct err_info *info)
{
	struct oid oid;
	enum err err = git_oid_of(&oid, type, content, info);

	if (err == ERR_OK)
		err = git_pack_add_known(pack, type, content, &oid, info);
	if (err == ERR_OK && oid_out != NULL)
		*oid_out = oid;
	return err;
}

bool
git_pack_has(const struct git_pack *pack, const struct oid *oid)
{
	return git_oidset_find(&pack->index, pack->entries, sizeof(*pack->entries), oid) != OIDSET_NONE;
}

size_t
git_pack_count(const struct git_pack *pack)
{
	return pack->count;
}

/* An entry lies wholly in the file or wholly in the buffer, as a flush takes all. */
static enum err
entry_bytes(struct bytes *owned, struct view *out, const struct git_pack *pack, size_t position, struct err_info *info)
{
	uint64_t offset = pack->entries[position].offset;
	uint64_t end = position + 1 < pack->count ? pack->entries[position + 1].offset : pack_size(pack);
	size_t size = (size_t)(end - offset);
	uint8_t *at;

	if (offset >= pack->flushed) {
		*out = view_of(pack->buffer.data + (offset - pack->flushed), size);
		return ERR_OK;
	}
	at = bytes_extend(owned, size);
	if (at == NULL)
		return err_nomem(info);
	*out = view_of(at, size);
	return fs_read_at(pack->fd, pack->path, at, size, (off_t)offset, info);
}

static enum err
decode_entry(struct git_content *out, struct git_pack *pack, struct view entry, const struct oid *oid,
             enum git_type expected, struct err_info *info)
{
	struct bytes content = {0};
	uint64_t size;
	size_t used;
	int type;
	enum err err = pack_decode_header(&type, &size, &used, entry, info);

	if (err != ERR_OK)
		return err;
	if (type != (int)expected)
		return git_wrong_type(info, oid, type, expected);
	if (size > git_type_bytes_max(expected))
		return err_set(info, ERR_TOO_BIG, _("a %s is larger than %zu bytes"), git_type_name(expected),
		               git_type_bytes_max(expected));
	err = pack_inflate(&content, (size_t)size, view_of(entry.data + used, entry.size - used), &pack->inflater,
	                   info);
	if (err != ERR_OK) {
		bytes_release(&content);
		return err;
	}
	*out = (struct git_content){.type = expected, .content = bytes_view(&content), .owned = content};
	return ERR_OK;
}

enum err
git_pack_get(struct git_content *out, struct git_pack *pack, const struct oid *oid, enum git_type type,
             struct err_info *info)
{
	uint32_t position = git_oidset_find(&pack->index, pack->entries, sizeof(*pack->entries), oid);
	struct bytes owned = {0};
	struct view entry;
	char hex[OID_HEX_BYTES];
	enum err err;

	if (position == OIDSET_NONE)
		return err_set(info, ERR_NOT_FOUND, _("object %s is not in the pack being written"),
		               git_oid_hex(oid, hex));
	err = entry_bytes(&owned, &entry, pack, position, info);
	if (err == ERR_OK)
		err = decode_entry(out, pack, entry, oid, type, info);
	bytes_release(&owned);
	return err;
}
