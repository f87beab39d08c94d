/* Joining small packs by copying their entries. schema/store-v1.md, "Care". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "git/packer.h"
#include "git/upkeep.h"

enum {
	INDEX_ENTRY_BYTES = OID_BYTES + 8,
	INDEX_COUNT_AT = 8 + 255 * 4,
	INDEX_OIDS_AT = INDEX_COUNT_AT + 4,
	INDEX_TRAILER_BYTES = 2 * OID_BYTES,
	WORD_BYTES = 4,
	LONG_BYTES = 8,
	NAME_BYTES_MAX = 128,
};

static const uint32_t OFFSET_IS_LONG = 0x80000000U;

/* One pack of ours: its name without suffix, and the size of its file. */
struct own_pack {
	char name[NAME_BYTES_MAX];
	uint64_t size;
};

struct own_packs {
	struct own_pack *items;
	size_t count;
};

static enum err
damaged(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("pack %s and its index do not agree; it was left as it is"), what);
}

static int
compare_offsets(const void *a, const void *b)
{
	const struct pack_entry *x = a;
	const struct pack_entry *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The entries of an index in the order of the pack. Every offset is checked against the pack's size. */
static enum err
index_entries(struct pack_entry **out, size_t *count_out, struct view index, size_t pack_size, const char *name,
              struct err_info *info)
{
	struct pack_entry *entries;
	const uint8_t *oids = index.data + INDEX_OIDS_AT;
	const uint8_t *crcs;
	size_t long_count;
	size_t count;

	if (index.size < INDEX_OIDS_AT + INDEX_TRAILER_BYTES || load_u32(index.data) != 0xff744f63U ||
	    load_u32(index.data + WORD_BYTES) != 2)
		return damaged(info, name);
	count = load_u32(index.data + INDEX_COUNT_AT);
	if (count > LIMIT_PACK_OBJECTS_MAX ||
	    count * INDEX_ENTRY_BYTES > index.size - INDEX_OIDS_AT - INDEX_TRAILER_BYTES)
		return damaged(info, name);
	long_count = (index.size - INDEX_OIDS_AT - INDEX_TRAILER_BYTES - count * INDEX_ENTRY_BYTES) / LONG_BYTES;
	entries = calloc(count + 1, sizeof(*entries));
	if (entries == NULL)
		return err_nomem(info);
	crcs = oids + count * OID_BYTES;
	for (size_t i = 0; i < count; i++) {
		uint64_t offset = load_u32(crcs + WORD_BYTES * (count + i));

		if (offset >= OFFSET_IS_LONG && offset - OFFSET_IS_LONG < long_count)
			offset = load_u64(crcs + WORD_BYTES * 2 * count + LONG_BYTES * (offset - OFFSET_IS_LONG));
		memcpy(entries[i].oid.bytes, oids + OID_BYTES * i, OID_BYTES);
		entries[i].crc = load_u32(crcs + WORD_BYTES * i);
		entries[i].offset = offset;
		if (offset < PACK_HEADER_BYTES || offset >= pack_size - OID_BYTES) {
			free(entries);
			return damaged(info, name);
		}
	}
	qsort(entries, count, sizeof(*entries), compare_offsets);
	entries[count].offset = pack_size - OID_BYTES; /* where the last entry ends */
	*out = entries;
	*count_out = count;
	return ERR_OK;
}

static enum err
copy_entries(struct git_pack *into, const struct pack_entry *entries, size_t count, struct fs_window *pack,
             const char *name, struct err_info *info)
{
	for (size_t i = 0; i < count; i++) {
		size_t entry_size = (size_t)(entries[i + 1].offset - entries[i].offset);
		struct view entry;
		uint64_t size;
		size_t used;
		int type;
		enum err err;

		err = fs_window_at(&entry, pack, entries[i].offset, entry_size,
		                   (size_t)(entries[count].offset - entries[i].offset), name, info);
		if (err != ERR_OK)
			return err;
		entry.size = entry_size;
		err = pack_decode_header(&type, &size, &used, entry, info);
		if (err != ERR_OK || type == 0 || type >= PACK_TYPE_DELTA_MIN)
			return damaged(info, name);
		err = pack_add_raw(into, entry, &entries[i].oid, entries[i].crc, info);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err
copy_pack(struct git_pack *into, const char *directory, const char *name, struct err_info *info)
{
	struct pack_entry *entries = NULL;
	struct fs_window pack = {.fd = -1};
	struct view index = {0};
	struct view head;
	char path[LIMIT_PATH_BYTES_MAX];
	size_t size = 0;
	size_t count;
	enum err err = fs_path(path, info, "%s/%s.idx", directory, name);

	if (err == ERR_OK)
		err = fs_map(&index, path, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/%s.pack", directory, name);
	if (err == ERR_OK)
		err = fs_window_open(&pack, &size, path, info);
	if (err == ERR_OK && size < PACK_HEADER_BYTES + OID_BYTES)
		err = damaged(info, name);
	if (err == ERR_OK)
		err = index_entries(&entries, &count, index, size, name, info);
	if (err == ERR_OK)
		err = fs_window_at(&head, &pack, 0, PACK_HEADER_BYTES, PACK_HEADER_BYTES, name, info);
	if (err == ERR_OK && load_u32(head.data + WORD_BYTES * 2) != count)
		err = damaged(info, name);
	if (err == ERR_OK)
		err = copy_entries(into, entries, count, &pack, name, info);
	free(entries);
	fs_window_release(&pack);
	fs_unmap(&index);
	return err;
}

static int
compare_sizes(const void *a, const void *b)
{
	const struct own_pack *x = a;
	const struct own_pack *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Our packs that have an index, smallest first. One with a .keep file is somebody's wish and stays. */
static enum err
list_own(struct own_packs *out, const char *directory, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct own_packs packs = {0};
	struct stat status;
	enum err err = fs_list(&names, directory, LIMIT_PACK_FILES_MAX, info);

	if (err != ERR_OK)
		return err;
	packs.items = calloc(names.count + 1, sizeof(*packs.items));
	if (packs.items == NULL)
		err = err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		const char *name = names.names[i];
		struct own_pack *pack = &packs.items[packs.count];
		size_t size = strlen(name) - strlen(".idx");

		if (!git_starts_with(name, GIT_OURS) || !git_ends_with(name, ".idx") || size >= sizeof(pack->name))
			continue;
		memcpy(pack->name, name, size);
		pack->name[size] = '\0';
		err = fs_path(path, info, "%s/%s.keep", directory, pack->name);
		if (err != ERR_OK || fs_exists(path))
			continue;
		err = fs_path(path, info, "%s/%s.pack", directory, pack->name);
		if (err != ERR_OK || stat(path, &status) != 0)
			continue;
		pack->size = (uint64_t)status.st_size;
		packs.count++;
	}
	fs_names_release(&names);
	if (err != ERR_OK) {
		free(packs.items);
		return err;
	}
	qsort(packs.items, packs.count, sizeof(*packs.items), compare_sizes);
	*out = packs;
	return ERR_OK;
}

/* How many of the smallest are joined: up to the largest pack that is less than twice the sum of all smaller ones. */
static size_t
count_to_join(const struct own_packs *packs)
{
	uint64_t sum = 0;
	size_t join = 0;

	for (size_t i = 0; i < packs->count; i++) {
		if (i > 0 && packs->items[i].size < 2 * sum)
			join = i + 1;
		sum += packs->items[i].size;
	}
	return join;
}

/* The pack first: an index without a pack is harmless, a pack without an index might be taken for somebody's last copy. */
static enum err
remove_pack(const char *directory, const char *name, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = fs_path(path, info, "%s/%s.pack", directory, name);

	if (err == ERR_OK)
		err = fs_remove(path, info);
	if (err == ERR_OK)
		err = fs_path(path, info, "%s/%s.idx", directory, name);
	if (err == ERR_OK)
		err = fs_remove(path, info);
	return err;
}

static enum err
remove_joined(const char *directory, const struct own_packs *packs, size_t count, const char *kept,
              struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	/* stock git's index over several packs names the ones that go; it is a cache */
	enum err err = fs_path(path, info, "%s/multi-pack-index", directory);

	if (err == ERR_OK)
		err = fs_remove(path, info);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (strcmp(packs->items[i].name, kept) != 0)
			err = remove_pack(directory, packs->items[i].name, info);
	}
	return err;
}

static enum err
join(struct git_store *store, const char *directory, const struct own_packs *packs, size_t count, struct err_info *info)
{
	struct git_pack *pack = NULL;
	char name[OID_HEX_BYTES + 32];
	enum err err = git_pack_new(&pack, store, info);

	if (err != ERR_OK)
		return err;
	pack->is_whole_store = true;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = copy_pack(pack, directory, packs->items[i].name, info);
	if (err == ERR_OK)
		err = pack_publish(name, pack, info);
	if (err == ERR_OK)
		err = remove_joined(directory, packs, count, name, info);
	git_pack_free(pack);
	if (err == ERR_OK)
		err = git_store_reopen(store, info);
	return err;
}

static enum err
join_small(struct git_store *store, struct err_info *info)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct own_packs packs = {0};
	size_t count;
	enum err err = fs_path(directory, info, "%s/objects/pack", store->path);

	if (err == ERR_OK)
		err = list_own(&packs, directory, info);
	if (err != ERR_OK)
		return err;
	count = packs.count > LIMIT_PACKS_MAX ? count_to_join(&packs) : 0;
	if (count > 1)
		err = join(store, directory, &packs, count, info);
	free(packs.items);
	return err;
}

enum err
git_store_compact(struct git_store *store, struct err_info *info)
{
	enum err err = join_small(store, info);

	if (err != ERR_OK)
		return err_in(info, err, _("what was written to %s stands, but its small packs could not be joined"),
		              store->path);
	return ERR_OK;
}
