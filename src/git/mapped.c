#include "git/mapped.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "git/packer.h"

enum {
	NAME_BYTES_MAX = 128,
	FANOUT_AT = 8,
	FANOUT_COUNT = 256,
	OIDS_AT = FANOUT_AT + FANOUT_COUNT * 4,
	ENTRY_BYTES = OID_BYTES + 8,
	TRAILER_BYTES = 2 * OID_BYTES,
	WORD_BYTES = 4,
	LONG_BYTES = 8,
	LOOK_NEAR = 32,            /* ids before and behind the place that an id names: mostly it lies among them */
	READ_BYTES_MAX = 16 << 20, /* of a pack that came into memory, before its pages are given back to the system */
	READ_AROUND = 65536,       /* so much comes with a page that is not there yet */
	READ_LARGE_BYTES =
		1 << 17, /* a pack from this size on is read, not mapped: a page fault costs three short reads */
	READ_FIRST_BYTES = 2048,  /* most entries are shorter */
	DEFLATED_MORE_BYTES = 64, /* a deflated object has at most so many more, and 1/256 of its size */
	DEFLATED_MORE_SHIFT = 8,
};

static const uint32_t OFFSET_IS_LONG = 0x80000000U;

struct git_mapped_pack {
	char name[NAME_BYTES_MAX]; /* of the index, with suffix */
	struct fs_pieces index;
	uint32_t fanout[FANOUT_COUNT]; /* how many ids have at most that first byte */
	struct view pack;
	bool is_large;           /* to be read through a window, which is opened when it is first asked for */
	struct fs_window window; /* fd -1: its entries are read where they are mapped */
	uint32_t count;
	uint64_t read; /* bytes since its pages were last given back */
	uint64_t last; /* offset of the entry read last */
	bool is_seen;  /* while looking */
};

static void
pack_release(struct git_mapped_pack *pack)
{
	fs_pieces_release(&pack->index);
	fs_unmap(&pack->pack);
	fs_window_release(&pack->window);
}

void
git_mapped_release(struct git_mapped *mapped)
{
	for (size_t i = 0; i < mapped->count; i++)
		pack_release(&mapped->packs[i]);
	free(mapped->packs);
	free(mapped->directory);
	git_cache_release(&mapped->cache);
	pack_inflater_release(&mapped->inflater);
	*mapped = (struct git_mapped){0};
}

/* Is it an index of version 2 whose tables fit? The order of ids is not checked: a wrong one only finds less. */
static bool
read_index(struct git_mapped_pack *pack)
{
	size_t size = pack->index.size;
	const uint8_t *head = fs_pieces_at(&pack->index, 0, OIDS_AT);
	uint32_t last = 0;
	uint64_t tables;

	if (head == NULL || size < OIDS_AT + TRAILER_BYTES || load_u32(head) != 0xff744f63U ||
	    load_u32(head + WORD_BYTES) != 2)
		return false;
	for (size_t i = 0; i < FANOUT_COUNT; i++) {
		pack->fanout[i] = load_u32(head + FANOUT_AT + WORD_BYTES * i);
		if (pack->fanout[i] < last)
			return false;
		last = pack->fanout[i];
	}
	tables = size - OIDS_AT - TRAILER_BYTES;
	pack->count = last;
	return last <= LIMIT_PACK_OBJECTS_MAX && (uint64_t)last * ENTRY_BYTES <= tables &&
	       (tables - (uint64_t)last * ENTRY_BYTES) % LONG_BYTES == 0;
}

/* The two belong together: the index names the pack's trailer. Without a page of a large pack: a fault brings a megabyte of it along. */
static bool
is_index_of(struct git_mapped_pack *pack, int fd)
{
	const uint8_t *named = fs_pieces_at(&pack->index, pack->index.size - TRAILER_BYTES, OID_BYTES);
	uint8_t head[PACK_HEADER_BYTES];
	uint8_t trailer[OID_BYTES];
	off_t end = (off_t)(pack->pack.size - OID_BYTES);

	return named != NULL && fs_read_at(fd, "", head, sizeof(head), 0, NULL) == ERR_OK &&
	       memcmp(head, "PACK\0\0\0\2", LONG_BYTES) == 0 && load_u32(head + LONG_BYTES) == pack->count &&
	       fs_read_at(fd, "", trailer, sizeof(trailer), end, NULL) == ERR_OK &&
	       memcmp(trailer, named, OID_BYTES) == 0;
}

/* The path of a pack, by the name of its index. */
static enum err
path_of(char *out, const char *directory, const char *name)
{
	return fs_path(out, NULL, "%s/%.*spack", directory, (int)(strlen(name) - strlen("idx")), name);
}

/* False: it is libgit2's to read. */
static bool
pack_open(struct git_mapped_pack *out, const char *directory, const char *name)
{
	struct git_mapped_pack pack = {.window = {.fd = -1}, .is_seen = true};
	char path[LIMIT_PATH_BYTES_MAX];
	int fd = -1;
	bool is_open;

	if (strlen(name) >= sizeof(pack.name))
		return false;
	memcpy(pack.name, name, strlen(name) + 1);
	is_open = fs_path(path, NULL, "%s/%s", directory, name) == ERR_OK &&
	          fs_pieces_open(&pack.index, path, NULL) == ERR_OK && read_index(&pack) &&
	          path_of(path, directory, name) == ERR_OK && fs_map_open(&pack.pack, &fd, path, NULL) == ERR_OK &&
	          pack.pack.size >= PACK_HEADER_BYTES + OID_BYTES && is_index_of(&pack, fd);
	if (fd >= 0)
		(void)close(fd);
	if (!is_open) {
		pack_release(&pack);
		return false;
	}
	pack.is_large = pack.pack.size >= READ_LARGE_BYTES;
	*out = pack;
	return true;
}

static struct git_mapped_pack *
find_pack(const struct git_mapped *mapped, const char *name)
{
	for (size_t i = 0; i < mapped->count; i++) {
		if (strcmp(mapped->packs[i].name, name) == 0)
			return &mapped->packs[i];
	}
	return NULL;
}

static enum err
add_pack(struct git_mapped *mapped, const char *directory, const char *name, struct err_info *info)
{
	struct git_mapped_pack *known = find_pack(mapped, name);
	struct git_mapped_pack pack;
	struct git_mapped_pack *packs;

	if (known != NULL) {
		known->is_seen = true;
		return ERR_OK;
	}
	if (!git_starts_with(name, GIT_OURS) || !pack_open(&pack, directory, name)) {
		mapped->has_others = true;
		return ERR_OK;
	}
	packs = realloc(mapped->packs, (mapped->count + 1) * sizeof(*packs));
	if (packs == NULL) {
		pack_release(&pack);
		return err_nomem(info);
	}
	mapped->packs = packs;
	mapped->packs[mapped->count++] = pack;
	return ERR_OK;
}

static void
drop_unseen(struct git_mapped *mapped)
{
	size_t kept = 0;

	for (size_t i = 0; i < mapped->count; i++) {
		if (mapped->packs[i].is_seen)
			mapped->packs[kept++] = mapped->packs[i];
		else
			pack_release(&mapped->packs[i]);
	}
	mapped->count = kept;
}

enum err
git_mapped_look(struct git_mapped *out, const char *path, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	enum err err = fs_path(directory, info, "%s/objects/pack", path);

	if (err == ERR_OK)
		err = fs_list(&names, directory, LIMIT_PACK_FILES_MAX, info);
	if (err == ERR_OK && out->directory == NULL) {
		out->directory = strdup(directory);
		err = out->directory == NULL ? err_nomem(info) : ERR_OK;
	}
	if (err != ERR_OK) {
		fs_names_release(&names);
		return err;
	}
	out->has_others = false;
	for (size_t i = 0; i < out->count; i++)
		out->packs[i].is_seen = false;
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		if (git_ends_with(names.names[i], ".idx"))
			err = add_pack(out, directory, names.names[i], info);
	}
	if (err == ERR_OK)
		drop_unseen(out);
	fs_names_release(&names);
	return err;
}

/* The first of `count` ids that is not below this one. */
static uint32_t
first_from(const uint8_t *oids, uint32_t count, const struct oid *oid)
{
	uint32_t low = 0;
	uint32_t high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (memcmp(oids + (size_t)middle * OID_BYTES, oid->bytes, OID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The place of an id in the index; false: it is not in this pack. */
static bool
find_place(uint32_t *out, struct git_mapped_pack *pack, const struct oid *oid)
{
	uint8_t first = oid->bytes[0];
	uint32_t low = first == 0 ? 0 : pack->fanout[first - 1U];
	uint32_t high = pack->fanout[first];
	/* where among those with this first byte the next bytes put it */
	uint32_t at = low + (uint32_t)(((uint64_t)load_u32(oid->bytes + 1) * (high - low)) >> 32);

	while (low < high) {
		uint32_t from = at - low > LOOK_NEAR ? at - LOOK_NEAR : low;
		uint32_t count = high - from < 2 * LOOK_NEAR ? high - from : 2 * LOOK_NEAR;
		const uint8_t *oids =
			fs_pieces_at(&pack->index, OIDS_AT + (size_t)from * OID_BYTES, (size_t)count * OID_BYTES);
		uint32_t place = oids == NULL ? count : first_from(oids, count, oid);

		if (oids == NULL)
			return false;
		if (place < count && memcmp(oids + (size_t)place * OID_BYTES, oid->bytes, OID_BYTES) == 0) {
			*out = from + place;
			return true;
		}
		if (place > 0 && place < count)
			return false; /* it would lie between two of these */
		if (place == 0)
			high = from;
		else
			low = from + count;
		at = low + (high - low) / 2;
	}
	return false;
}

bool
git_mapped_has(const struct git_mapped *mapped, const struct oid *oid)
{
	uint32_t place;

	for (size_t i = 0; i < mapped->count; i++) {
		if (find_place(&place, &mapped->packs[i], oid))
			return true;
	}
	return false;
}

/* False: the index says something impossible. */
static bool
offset_at(uint64_t *out, struct git_mapped_pack *pack, uint32_t place)
{
	size_t offsets = OIDS_AT + (size_t)pack->count * (OID_BYTES + WORD_BYTES);
	size_t longs = offsets + (size_t)pack->count * WORD_BYTES;
	size_t long_count = (pack->index.size - TRAILER_BYTES - longs) / LONG_BYTES;
	const uint8_t *at = fs_pieces_at(&pack->index, offsets + (size_t)place * WORD_BYTES, WORD_BYTES);
	uint64_t offset = at == NULL ? 0 : load_u32(at);

	if (offset >= OFFSET_IS_LONG) {
		if (offset - OFFSET_IS_LONG >= long_count)
			return false;
		at = fs_pieces_at(&pack->index, longs + LONG_BYTES * (size_t)(offset - OFFSET_IS_LONG), LONG_BYTES);
		offset = at == NULL ? 0 : load_u64(at);
	}
	*out = offset;
	return offset >= PACK_HEADER_BYTES && offset < pack->pack.size - OID_BYTES;
}

/* What a pack holds from an offset on: `size` bytes at least, unless it ends before. Borrowed until the next call. */
static bool
bytes_at(struct view *out, const struct git_mapped *mapped, struct git_mapped_pack *pack, uint64_t offset, size_t size)
{
	size_t left = pack->pack.size - OID_BYTES - (size_t)offset;
	char path[LIMIT_PATH_BYTES_MAX];
	size_t file_size;

	if (pack->is_large && pack->window.fd < 0) {
		pack->is_large = path_of(path, mapped->directory, pack->name) == ERR_OK &&
		                 fs_window_open(&pack->window, &file_size, path, NULL) == ERR_OK &&
		                 file_size == pack->pack.size; /* no descriptor to spare: where it is mapped */
	}
	if (pack->is_large)
		return fs_window_at(out, &pack->window, offset, size < left ? size : left, left, "", NULL) == ERR_OK;
	*out = view_of(pack->pack.data + offset, left);
	return true;
}

/* Pages of a mapped pack are given back from time to time: memory does not grow with what is read. */
static void
count_read(struct git_mapped_pack *pack, uint64_t offset, size_t size)
{
	if (pack->is_large)
		return;
	pack->read += offset - pack->last < READ_AROUND ? size : READ_AROUND; /* before it: a large difference */
	pack->last = offset;
	if (pack->read > READ_BYTES_MAX) {
		fs_map_forget(pack->pack);
		pack->read = 0;
	}
}

static enum err
read_at(struct bytes *out, int *type_out, struct git_mapped *mapped, struct git_mapped_pack *pack, uint32_t place,
        const struct oid *oid, struct err_info *info)
{
	struct view entry;
	struct oid found;
	uint64_t size;
	uint64_t offset;
	size_t used;
	size_t inflated;
	size_t most;
	int type;
	enum err err;

	if (!offset_at(&offset, pack, place) || !bytes_at(&entry, mapped, pack, offset, READ_FIRST_BYTES) ||
	    pack_decode_header(&type, &size, &used, entry, NULL) != ERR_OK || type < GIT_TYPE_COMMIT ||
	    type > GIT_TYPE_BLOB || size > git_type_bytes_max((enum git_type)type))
		return ERR_NOT_FOUND;
	most = used + (size_t)size + ((size_t)size >> DEFLATED_MORE_SHIFT) + DEFLATED_MORE_BYTES;
	if (!bytes_at(&entry, mapped, pack, offset, most))
		return ERR_NOT_FOUND;
	entry.size = entry.size < most ? entry.size : most;
	err = pack_inflate_start(out, &inflated, (size_t)size, view_of(entry.data + used, entry.size - used),
	                         &mapped->inflater, info);
	if (err != ERR_OK)
		return err == ERR_NOMEM ? err : ERR_NOT_FOUND;
	git_oid_quick(&found, (enum git_type)type, bytes_view(out));
	count_read(pack, offset, used + (size_t)size);
	*type_out = type;
	return oid_equal(&found, oid) ? ERR_OK : ERR_NOT_FOUND;
}

enum err
git_mapped_read(struct bytes *out, int *type_out, struct git_mapped *mapped, const struct oid *oid, bool is_kept,
                struct err_info *info)
{
	struct bytes content = {0};

	if (git_cache_get(&content, type_out, &mapped->cache, oid)) {
		*out = content;
		return ERR_OK;
	}
	for (size_t i = 0; i < mapped->count; i++) {
		uint32_t place;
		enum err err;

		if (!find_place(&place, &mapped->packs[i], oid))
			continue;
		err = read_at(&content, type_out, mapped, &mapped->packs[i], place, oid, info);
		if (err != ERR_OK) {
			bytes_release(&content);
			return err;
		}
		if (is_kept && *type_out != GIT_TYPE_BLOB)
			git_cache_put(&mapped->cache, oid, *type_out, bytes_view(&content));
		*out = content;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}
