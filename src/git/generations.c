#include "git/generations.h"

#include <assert.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"

enum {
	MAGIC_BYTES = 8,
	NUMBER_AT = OID_BYTES,
	CHECK_AT = OID_BYTES + 4,
	RECORD_BYTES = OID_BYTES + 8,
	ITEMS_MIN = 64,
	/* twice what the limit on commits needs: two processes may append the same numbers */
	FILE_BYTES_MAX = 2 * 28 * (LIMIT_HISTORY_COMMITS_MAX / 2),
};

static const uint8_t MAGIC[MAGIC_BYTES] = {'T', 'S', 'G', 'E', 'N', '1', '\n', '\n'};

uint32_t
generations_find(const struct generations *generations, const struct oid *commit)
{
	uint32_t position =
		git_oidset_find(&generations->index, generations->items, sizeof(*generations->items), commit);

	return position == OIDSET_NONE ? 0 : generations->items[position].number;
}

enum err
generations_add(struct generations *generations, const struct oid *commit, uint32_t number, struct err_info *info)
{
	enum err err;

	assert(number > 0);
	if (generations_find(generations, commit) != 0)
		return ERR_OK;
	if (generations->count == generations->capacity) {
		size_t capacity = generations->capacity + generations->capacity / 2 + ITEMS_MIN;
		struct generation *items = realloc(generations->items, capacity * sizeof(*items));

		if (items == NULL)
			return err_nomem(info);
		generations->items = items;
		generations->capacity = capacity;
	}
	err = git_oidset_reserve(&generations->index, generations->items, sizeof(*generations->items), info);
	if (err != ERR_OK)
		return err;
	generations->items[generations->count] = (struct generation){*commit, number};
	git_oidset_add(&generations->index, generations->items, sizeof(*generations->items),
	               (uint32_t)generations->count);
	generations->count++;
	return ERR_OK;
}

static uint32_t
check_of(const uint8_t *record)
{
	return libdeflate_crc32(0, record, CHECK_AT);
}

enum err
generations_parse(struct generations *out, struct view file, struct err_info *info)
{
	struct oid commit;
	enum err err = ERR_OK;

	out->is_whole = false;
	if (file.size < MAGIC_BYTES || memcmp(file.data, MAGIC, MAGIC_BYTES) != 0)
		return ERR_OK;
	file = view_of(file.data + MAGIC_BYTES, file.size - MAGIC_BYTES);
	while (err == ERR_OK && file.size >= RECORD_BYTES) {
		uint32_t number = load_u32(file.data + NUMBER_AT);

		if (number == 0 || number > LIMIT_HISTORY_COMMITS_MAX ||
		    load_u32(file.data + CHECK_AT) != check_of(file.data))
			break;
		memcpy(commit.bytes, file.data, OID_BYTES);
		err = generations_add(out, &commit, number, info);
		file = view_of(file.data + RECORD_BYTES, file.size - RECORD_BYTES);
	}
	out->is_whole = err == ERR_OK && file.size == 0;
	return err;
}

static enum err
file_path(char *out, const struct git_store *store)
{
	return fs_path(out, NULL, "%s/tiersync-generations", store->path);
}

enum err
generations_load(struct generations *out, const struct git_store *store, struct err_info *info)
{
	struct bytes file = {0};
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = ERR_OK;

	if (store == NULL)
		return ERR_OK;
	if (file_path(path, store) == ERR_OK && fs_read(&file, path, FILE_BYTES_MAX, NULL) == ERR_OK)
		err = generations_parse(out, bytes_view(&file), info);
	out->saved = out->count;
	bytes_release(&file);
	return err;
}

static enum err
encode(struct bytes *out, const struct generations *generations, size_t from)
{
	enum err err = from == 0 ? bytes_append(out, MAGIC, MAGIC_BYTES, NULL) : ERR_OK;

	for (size_t i = from; err == ERR_OK && i < generations->count; i++) {
		uint8_t record[RECORD_BYTES];

		memcpy(record, generations->items[i].commit.bytes, OID_BYTES);
		store_u32(record + NUMBER_AT, generations->items[i].number);
		store_u32(record + CHECK_AT, check_of(record));
		err = bytes_append(out, record, sizeof(record), NULL);
	}
	return err;
}

/* One write at the end of the file: whole, or cut where the next reader stops. */
static bool
append(const char *path, struct view records)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	ssize_t put;

	if (fd < 0)
		return false;
	put = write(fd, records.data, records.size);
	(void)close(fd);
	return put == (ssize_t)records.size;
}

void
generations_save(struct generations *generations, const struct git_store *store)
{
	struct bytes file = {0};
	char path[LIMIT_PATH_BYTES_MAX];
	size_t from = generations->is_whole ? generations->saved : 0;

	if (store->is_rehearsed || generations->saved == generations->count || file_path(path, store) != ERR_OK)
		return;
	if (encode(&file, generations, from) == ERR_OK)
		generations->is_whole = from > 0 ? append(path, bytes_view(&file))
		                                 : fs_write_cache(path, bytes_view(&file), NULL) == ERR_OK;
	generations->saved = generations->count;
	bytes_release(&file);
}

void
generations_forget(struct generations *generations)
{
	generations_release(generations);
}

void
generations_release(struct generations *generations)
{
	git_oidset_release(&generations->index);
	free(generations->items);
	*generations = (struct generations){0};
}
