#include "keyring/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "keyring/inside.h"

enum {
	TRIES_MAX = 16, /* times that a reader lists again because a writer swallowed a segment meanwhile */
};

static const char SEGMENT_PREFIX[] = "salts-";

void
keyring_derive(struct seal_salt *salt_out, struct id *id_out, const struct seal_seed *seed, uint32_t n,
               const struct id *partition)
{
	seal_salt_derive(salt_out, seed, n);
	seal_record_id(id_out, salt_out, partition);
}

bool
keyring_segment_number(uint32_t *out, const char *name)
{
	uint8_t bytes[4];

	if (strncmp(name, SEGMENT_PREFIX, strlen(SEGMENT_PREFIX)) != 0 ||
	    !hex_read(bytes, sizeof(bytes), view_text(name + strlen(SEGMENT_PREFIX))))
		return false;
	*out = load_u32(bytes);
	return true;
}

static void
release_segments(struct segment *segments, size_t count)
{
	for (size_t i = 0; i < count; i++)
		segment_release(&segments[i]);
	free(segments);
}

static int
compare_segments(const void *a, const void *b)
{
	const struct segment *one = a;
	const struct segment *other = b;
	uint32_t one_count = segment_count(one);
	uint32_t other_count = segment_count(other);

	if (one_count != other_count)
		return one_count < other_count ? 1 : -1;
	return strcmp(one->name, other->name);
}

/* ERR_NOT_FOUND: a segment went away between listing and opening. */
static enum err
open_segments(struct segment **out, size_t *count_out, const struct keyring *keyring, const struct fs_names *names,
              struct err_info *info)
{
	struct segment *segments = calloc(names->count + 1, sizeof(*segments));
	size_t count = 0;
	enum err err = ERR_OK;

	if (segments == NULL)
		return err_nomem(info);
	for (size_t i = 0; err == ERR_OK && i < names->count; i++) {
		uint32_t number;

		if (!keyring_segment_number(&number, names->names[i]))
			continue;
		err = segment_open(&segments[count], keyring->dir, names->names[i], &keyring->partition, info);
		if (err == ERR_OK)
			count++;
	}
	if (err != ERR_OK) {
		release_segments(segments, count);
		return err;
	}
	qsort(segments, count, sizeof(*segments), compare_segments);
	*out = segments;
	*count_out = count;
	return ERR_OK;
}

enum err
keyring_reload(struct keyring *keyring, struct err_info *info)
{
	struct segment *segments = NULL;
	size_t count = 0;
	enum err err = ERR_NOT_FOUND;

	for (int tries = 0; err == ERR_NOT_FOUND && tries < TRIES_MAX; tries++) {
		struct fs_names names = {0};

		err = fs_list(&names, keyring->dir, LIMIT_KEYRING_FILES_MAX, info);
		if (err == ERR_NOT_FOUND) { /* no directory: nothing held yet */
			err = ERR_OK;
			break;
		}
		if (err == ERR_OK)
			err = open_segments(&segments, &count, keyring, &names, info);
		fs_names_release(&names);
	}
	if (err == ERR_NOT_FOUND)
		return err_set(info, ERR_IO, _("%s changes too fast to be read"), keyring->dir);
	if (err != ERR_OK)
		return err;
	release_segments(keyring->segments, keyring->count);
	keyring->segments = segments;
	keyring->count = count;
	return ERR_OK;
}

enum err
keyring_open(struct keyring **out, const char *dir, const struct id *partition, struct err_info *info)
{
	struct keyring *keyring = calloc(1, sizeof(*keyring));
	enum err err;

	if (keyring == NULL)
		return err_nomem(info);
	keyring->partition = *partition;
	err = fs_path(keyring->dir, info, "%s", dir);
	if (err == ERR_OK)
		err = keyring_reload(keyring, info);
	if (err == ERR_OK)
		*out = keyring;
	else
		keyring_free(keyring);
	return err;
}

void
keyring_free(struct keyring *keyring)
{
	if (keyring == NULL)
		return;
	release_segments(keyring->segments, keyring->count);
	free(keyring);
}

uint64_t
keyring_count(const struct keyring *keyring)
{
	uint64_t count = 0;

	for (size_t i = 0; i < keyring->count; i++)
		count += segment_count(&keyring->segments[i]);
	return count;
}

/* The salt that a row stands for, if it gives the record's id. */
static bool
prove(struct seal_salt *out, const struct segment_found *found, const struct id *record, const struct id *partition)
{
	struct seal_seed seed;
	struct id id;

	if (found->seed == NULL) {
		memcpy(out->bytes, found->salt, sizeof(out->bytes));
	} else {
		memcpy(seed.bytes, found->seed, sizeof(seed.bytes));
		seal_salt_derive(out, &seed, found->n);
		seal_wipe(&seed, sizeof(seed));
	}
	seal_record_id(&id, out, partition);
	return id_equal(&id, record);
}

/* The first row that proves itself; with `wants_seed`, singles do not count. */
static enum err
find(struct segment_found *found_out, struct seal_salt *salt_out, const struct keyring *keyring,
     const struct id *record, bool wants_seed, struct err_info *info)
{
	char hex[2 * ID_BYTES + 1];
	const struct segment *damaged = NULL;

	for (size_t i = 0; i < keyring->count; i++) {
		struct segment_found found;
		struct seal_salt salt;

		if (!segment_find(&found, &keyring->segments[i], record) || (wants_seed && found.seed == NULL))
			continue;
		if (prove(&salt, &found, record, &keyring->partition)) {
			*found_out = found;
			*salt_out = salt;
			seal_wipe(&salt, sizeof(salt));
			return ERR_OK;
		}
		damaged = &keyring->segments[i];
	}
	hex_write(hex, view_of(record->bytes, ID_BYTES));
	if (damaged != NULL)
		return err_set_advised(info, ERR_FORMAT, ADVICE_AUDIT,
		                       _("%s/%s is damaged: what it holds for record %s is not its salt"), keyring->dir,
		                       damaged->name, hex);
	return err_set(info, ERR_NOT_FOUND, _("no %s is held for record %s"), wants_seed ? _("seed") : _("salt"), hex);
}

enum err
keyring_salt(struct seal_salt *out, const struct keyring *keyring, const struct id *record, struct err_info *info)
{
	struct segment_found found;

	return find(&found, out, keyring, record, false, info);
}

enum err
keyring_seed_of(struct keyring_seed *seed_out, uint32_t *n_out, const struct keyring *keyring, const struct id *record,
                struct err_info *info)
{
	struct segment_found found;
	struct seal_salt salt;
	enum err err = find(&found, &salt, keyring, record, true, info);

	if (err != ERR_OK)
		return err;
	*seed_out = (struct keyring_seed){.count = 0};
	memcpy(seed_out->seed.bytes, found.seed, sizeof(seed_out->seed.bytes));
	memcpy(seed_out->commit.bytes, found.seed + SEGMENT_SEED_KEY_BYTES, OID_BYTES);
	*n_out = found.n;
	seal_wipe(&salt, sizeof(salt));
	return ERR_OK;
}

static enum err
check_file(struct keyring_counts *counts, const struct keyring *keyring, const char *name, struct err_info *info)
{
	struct keyring_wrap wrap;
	struct segment segment;
	uint32_t number;
	enum err err;

	if (fs_is_temporary(name))
		return ERR_OK; /* of a killed run; the next write removes it */
	if (keyring_is_wrap_name(name)) {
		counts->wraps++;
		return keyring_read_wrap(&wrap, keyring, name, info);
	}
	if (!keyring_segment_number(&number, name))
		return err_set(info, ERR_FORMAT, _("%s/%s is no file of a keyring"), keyring->dir, name);
	err = segment_open(&segment, keyring->dir, name, &keyring->partition, info);
	if (err != ERR_OK)
		return err;
	counts->segments++;
	counts->salts += segment_count(&segment);
	err = segment_check(&segment, &keyring->partition, info);
	if (err != ERR_OK)
		(void)err_in(info, err, "%s/%s", keyring->dir, name);
	segment_release(&segment);
	return err;
}

enum err
keyring_check(struct keyring_counts *out, const struct keyring *keyring, struct err_info *info)
{
	struct keyring_counts counts = {0};
	struct fs_names names = {0};
	enum err err = fs_list(&names, keyring->dir, LIMIT_KEYRING_FILES_MAX, info);

	if (err == ERR_NOT_FOUND)
		err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < names.count; i++) {
		err = check_file(&counts, keyring, names.names[i], info);
		if (err == ERR_NOT_FOUND) /* swallowed meanwhile by a writer: its salts lie in another */
			err = ERR_OK;
	}
	fs_names_release(&names);
	if (err == ERR_OK)
		*out = counts;
	return err;
}
