/* Writing salts. The caller holds the partition's lock. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "keyring/build.h"
#include "keyring/inside.h"

enum {
	RATIO = 2 /* a segment stays if it holds at least this times what all smaller ones hold */
};

static bool
holds(const struct keyring *keyring, const struct id *record)
{
	struct seal_salt salt;
	bool result = keyring_salt(&salt, keyring, record, NULL) == ERR_OK;

	seal_wipe(&salt, sizeof(salt));
	return result;
}

/* A seed's salts are always added together: the first and the last stand for all. */
static bool
holds_seed(const struct keyring *keyring, const struct keyring_seed *seed)
{
	struct keyring_seed held;
	struct seal_salt salt;
	struct id first;
	struct id last;
	uint32_t n;
	bool result;

	keyring_derive(&salt, &first, &seed->seed, 0, &keyring->partition);
	keyring_derive(&salt, &last, &seed->seed, seed->count - 1, &keyring->partition);
	result = keyring_seed_of(&held, &n, keyring, &first, NULL) == ERR_OK &&
	         keyring_seed_of(&held, &n, keyring, &last, NULL) == ERR_OK;
	seal_wipe(&salt, sizeof(salt));
	seal_wipe(&held, sizeof(held));
	return result;
}

static enum err
gather_new(struct build *build, const struct keyring *keyring, const struct keyring_batch *batch, struct err_info *info)
{
	struct view ids = batch->ids;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < batch->seeds_count; i++) {
		const struct keyring_seed *seed = &batch->seeds[i];
		size_t size = batch->ids.size == 0 ? 0 : (size_t)seed->count * ID_BYTES;

		assert(size <= ids.size);
		if (seed->count > 0 && !holds_seed(keyring, seed))
			err = build_add_seed(build, seed, view_of(ids.data, size), &keyring->partition, info);
		ids = size == 0 ? ids : view_of(ids.data + size, ids.size - size);
	}
	for (size_t i = 0; err == ERR_OK && i < batch->singles_count; i++) {
		struct id id;

		seal_record_id(&id, &batch->singles[i], &keyring->partition);
		if (!holds(keyring, &id))
			err = build_add_single(build, &batch->singles[i], &keyring->partition, info);
	}
	return err;
}

/* The first segment (largest first) that the new one swallows, with all behind it; count if none. */
static size_t
first_swallowed(const struct keyring *keyring, uint64_t new_count)
{
	uint64_t smaller = new_count + keyring_count(keyring);

	for (size_t i = 0; i < keyring->count; i++) {
		uint64_t here = segment_count(&keyring->segments[i]);

		if (smaller <= LIMIT_KEYRING_SALTS_MAX && here < RATIO * (smaller - here))
			return i;
		smaller -= here;
	}
	return keyring->count;
}

/* Take over the rows of all from `first` on; is_swallowed says of which. A damaged one is left alone. */
static enum err
gather_old(struct build *build, bool *is_swallowed, const struct keyring *keyring, size_t first, struct err_info *info)
{
	enum err err = ERR_OK;

	for (size_t i = first; err == ERR_OK && i < keyring->count; i++) {
		if (!segment_is_whole(&keyring->segments[i]))
			continue;
		err = build_add_segment(build, &keyring->segments[i], info);
		is_swallowed[i] = true;
	}
	return err;
}

static uint32_t
last_number(const struct keyring *keyring)
{
	uint32_t last = 0;

	for (size_t i = 0; i < keyring->count; i++) {
		uint32_t number;

		if (keyring_segment_number(&number, keyring->segments[i].name) && number > last)
			last = number;
	}
	return last;
}

static enum err
write_segment(const struct keyring *keyring, struct build *build, struct err_info *info)
{
	uint32_t last = last_number(keyring);
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	enum err err;

	if (last == UINT32_MAX)
		return err_set(info, ERR_TOO_BIG, _("%s has used up its numbers"), keyring->dir);
	err = fs_path(path, info, "%s/salts-%08x", keyring->dir, (unsigned)last + 1);
	if (err == ERR_OK)
		err = build_finish(&content, build, &keyring->partition, info);
	if (err == ERR_OK)
		err = fs_write_new(path, bytes_view(&content), 0600, info);
	seal_wipe_bytes(&content);
	return err;
}

/* The new segment is durable: what it swallowed may go. One that cannot be removed only doubles what is held. */
static enum err
remove_swallowed(const struct keyring *keyring, const bool *is_swallowed, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < keyring->count; i++) {
		if (!is_swallowed[i])
			continue;
		err = fs_path(path, info, "%s/%s", keyring->dir, keyring->segments[i].name);
		if (err == ERR_OK)
			err = fs_remove(path, info);
	}
	return err;
}

static enum err
write_and_swallow(struct keyring *keyring, struct build *build, struct err_info *info)
{
	bool *is_swallowed = calloc(keyring->count + 1, sizeof(*is_swallowed));
	enum err err;

	if (is_swallowed == NULL)
		return err_nomem(info);
	err = gather_old(build, is_swallowed, keyring, first_swallowed(keyring, build_count(build)), info);
	if (err == ERR_OK)
		err = write_segment(keyring, build, info);
	if (err == ERR_OK)
		err = remove_swallowed(keyring, is_swallowed, info);
	free(is_swallowed);
	if (err != ERR_OK)
		return err;
	return keyring_reload(keyring, info);
}

enum err
keyring_add(struct keyring *keyring, const struct keyring_batch *batch, struct err_info *info)
{
	struct build build = {0};
	enum err err = fs_mkdir(keyring->dir, info);

	if (err == ERR_OK)
		err = fs_clean(keyring->dir, info);
	if (err == ERR_OK)
		err = keyring_reload(keyring, info);
	if (err == ERR_OK)
		err = gather_new(&build, keyring, batch, info);
	if (err == ERR_OK && build_count(&build) > 0)
		err = write_and_swallow(keyring, &build, info);
	build_release(&build);
	return err;
}

enum err
keyring_add_seed(struct keyring *keyring, const struct keyring_seed *seed, struct err_info *info)
{
	const struct keyring_batch batch = {.seeds = seed, .seeds_count = 1};

	return keyring_add(keyring, &batch, info);
}
