#include "keyring/build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUCKETS = 65536,      /* by an id's first two bytes */
	BUCKETS_WORTH = 4096, /* fewer rows are sorted at once */
	INSERTION_ROWS_MAX = 24,
};

struct entry {
	uint8_t id[ID_BYTES];
	uint8_t seed[4];
	uint8_t n[4];
};

struct single {
	uint8_t id[ID_BYTES];
	uint8_t salt[32];
};

struct seed_row {
	uint8_t seed[SEGMENT_SEED_BYTES];
	uint32_t was; /* its index before sorting */
};

_Static_assert(sizeof(struct entry) == SEGMENT_ENTRY_BYTES, "rows as in the file");
_Static_assert(sizeof(struct single) == SEGMENT_SINGLE_BYTES, "rows as in the file");

void
build_release(struct build *build)
{
	seal_wipe_bytes(&build->seeds);
	seal_wipe_bytes(&build->singles);
	bytes_release(&build->entries);
}

size_t
build_count(const struct build *build)
{
	return build->entries.size / sizeof(struct entry) + build->singles.size / sizeof(struct single);
}

static enum err
make_room(struct bytes *rows, size_t row_bytes, const struct build *build, uint32_t count, struct err_info *info)
{
	size_t held = build_count(build);

	if (count > LIMIT_KEYRING_SALTS_MAX || held > LIMIT_KEYRING_SALTS_MAX - (size_t)count)
		return err_set(info, ERR_TOO_BIG, _("more than %d salts at once"), LIMIT_KEYRING_SALTS_MAX);
	return bytes_reserve(rows, count * row_bytes, info);
}

/* A salt under another record's id is a lost record: the first and the last are derived whatever was given. */
static enum err
check_ids(const struct keyring_seed *seed, struct view ids, const struct id *partition, struct err_info *info)
{
	const uint32_t ends[] = {0, seed->count - 1};
	bool is_good = ids.size == (size_t)seed->count * ID_BYTES;
	struct seal_salt salt;

	for (size_t i = 0; is_good && i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct id id;

		keyring_derive(&salt, &id, &seed->seed, ends[i], partition);
		is_good = memcmp(id.bytes, ids.data + (size_t)ends[i] * ID_BYTES, ID_BYTES) == 0;
	}
	seal_wipe(&salt, sizeof(salt));
	return is_good ? ERR_OK
	               : err_set(info, ERR_INTERNAL, "%s", _("the ids of new records are not those of their seed"));
}

enum err
build_add_seed(struct build *build, const struct keyring_seed *seed, struct view ids, const struct id *partition,
               struct err_info *info)
{
	uint32_t index = (uint32_t)(build->seeds.size / SEGMENT_SEED_BYTES);
	struct seal_salt salt;
	enum err err = make_room(&build->entries, sizeof(struct entry), build, seed->count, info);

	if (err == ERR_OK && ids.size > 0 && seed->count > 0)
		err = check_ids(seed, ids, partition, info);
	if (err == ERR_OK)
		err = bytes_append(&build->seeds, seed->seed.bytes, sizeof(seed->seed.bytes), info);
	if (err == ERR_OK)
		err = bytes_append(&build->seeds, seed->commit.bytes, sizeof(seed->commit.bytes), info);
	for (uint32_t n = 0; err == ERR_OK && n < seed->count; n++) {
		struct entry entry;
		struct id id;

		if (ids.size == 0)
			keyring_derive(&salt, &id, &seed->seed, n, partition);
		memcpy(entry.id, ids.size == 0 ? id.bytes : ids.data + (size_t)n * ID_BYTES, ID_BYTES);
		store_u32(entry.seed, index);
		store_u32(entry.n, n);
		err = bytes_append(&build->entries, &entry, sizeof(entry), info);
	}
	seal_wipe(&salt, sizeof(salt));
	return err;
}

enum err
build_add_single(struct build *build, const struct seal_salt *salt, const struct id *partition, struct err_info *info)
{
	struct single single;
	struct id id;
	enum err err = make_room(&build->singles, sizeof(single), build, 1, info);

	if (err != ERR_OK)
		return err;
	seal_record_id(&id, salt, partition);
	memcpy(single.id, id.bytes, ID_BYTES);
	memcpy(single.salt, salt->bytes, sizeof(single.salt));
	err = bytes_append(&build->singles, &single, sizeof(single), info);
	seal_wipe(&single, sizeof(single));
	return err;
}

enum err
build_add_segment(struct build *build, const struct segment *segment, struct err_info *info)
{
	uint32_t base = (uint32_t)(build->seeds.size / SEGMENT_SEED_BYTES);
	enum err err = make_room(&build->entries, sizeof(struct entry), build, segment_count(segment), info);

	if (err == ERR_OK)
		err = bytes_append(&build->seeds, segment->seeds, (size_t)segment->seeds_count * SEGMENT_SEED_BYTES,
		                   info);
	if (err == ERR_OK)
		err = bytes_append(&build->singles, segment->singles,
		                   (size_t)segment->singles_count * SEGMENT_SINGLE_BYTES, info);
	for (size_t i = 0; err == ERR_OK && i < segment->entries_count; i++) {
		const uint8_t *row = segment->entries + i * SEGMENT_ENTRY_BYTES;
		struct entry entry;

		memcpy(&entry, row, sizeof(entry));
		if (load_u32(entry.seed) >= segment->seeds_count)
			return err_set(info, ERR_FORMAT, "%s", _("an entry of a segment of salts names no seed"));
		store_u32(entry.seed, base + load_u32(entry.seed));
		err = bytes_append(&build->entries, &entry, sizeof(entry), info);
	}
	return err;
}

static int
compare_entries(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

static int
compare_seeds(const void *a, const void *b)
{
	return memcmp(a, b, SEGMENT_SEED_KEY_BYTES);
}

static void
sort_few(struct entry *rows, size_t count)
{
	if (count > INSERTION_ROWS_MAX) {
		qsort(rows, count, sizeof(*rows), compare_entries);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct entry row = rows[i];
		size_t at = i;

		for (; at > 0 && memcmp(rows[at - 1].id, row.id, ID_BYTES) > 0; at--)
			rows[at] = rows[at - 1];
		rows[at] = row;
	}
}

/* Ids are evenly spread: one pass into buckets by the first two bytes leaves little to sort in each. */
static enum err
sort_many(struct entry *rows, size_t count, struct err_info *info)
{
	uint32_t *ends = calloc(BUCKETS, sizeof(*ends));
	struct entry *sorted = malloc(count * sizeof(*sorted));
	uint32_t sum = 0;
	size_t start = 0;

	if (ends == NULL || sorted == NULL) {
		free(ends);
		free(sorted);
		return err_nomem(info);
	}
	for (size_t i = 0; i < count; i++)
		ends[load_u16(rows[i].id)]++;
	for (size_t i = 0; i < BUCKETS; i++) {
		uint32_t in_bucket = ends[i];

		ends[i] = sum; /* the bucket's start now; filling moves it to its end */
		sum += in_bucket;
	}
	for (size_t i = 0; i < count; i++)
		sorted[ends[load_u16(rows[i].id)]++] = rows[i];
	for (size_t i = 0; i < BUCKETS; i++) {
		sort_few(sorted + start, ends[i] - start);
		start = ends[i];
	}
	memcpy(rows, sorted, count * sizeof(*rows));
	free(sorted);
	free(ends);
	return ERR_OK;
}

/* Keep the first of rows with equal ids; returns how many stay. Rows of one id stand for the same salt. */
static size_t
drop_doubled(uint8_t *rows, size_t row_bytes, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && memcmp(rows + (kept - 1) * row_bytes, rows + i * row_bytes, ID_BYTES) == 0)
			continue;
		if (kept != i)
			memcpy(rows + kept * row_bytes, rows + i * row_bytes, row_bytes);
		kept++;
	}
	return kept;
}

static enum err
sort_rows(struct build *build, struct err_info *info)
{
	struct entry *entries = (struct entry *)(void *)build->entries.data;
	size_t count = build->entries.size / sizeof(*entries);
	size_t singles = build->singles.size / sizeof(struct single);
	enum err err = ERR_OK;

	if (count >= BUCKETS_WORTH)
		err = sort_many(entries, count, info);
	else if (count > 1)
		qsort(entries, count, sizeof(*entries), compare_entries);
	if (err != ERR_OK)
		return err;
	build->entries.size = drop_doubled(build->entries.data, sizeof(*entries), count) * sizeof(*entries);
	if (singles > 1)
		qsort(build->singles.data, singles, sizeof(struct single), compare_entries);
	build->singles.size = drop_doubled(build->singles.data, sizeof(struct single), singles) * sizeof(struct single);
	return ERR_OK;
}

/* Sort the seeds, each once, unused ones left out; `new_index` has a place for each old one, 1 where it is used. */
static enum err
sort_seeds(struct build *build, uint32_t *new_index, size_t count, struct err_info *info)
{
	struct seed_row *rows = calloc(count + 1, sizeof(*rows));
	struct bytes sorted = {0};
	size_t used = 0;
	enum err err = rows == NULL ? err_nomem(info) : bytes_reserve(&sorted, build->seeds.size, info);

	if (err != ERR_OK)
		goto out;
	for (size_t i = 0; i < count; i++) {
		if (new_index[i] == 0)
			continue;
		memcpy(rows[used].seed, build->seeds.data + i * SEGMENT_SEED_BYTES, SEGMENT_SEED_BYTES);
		rows[used++].was = (uint32_t)i;
	}
	if (used > 1)
		qsort(rows, used, sizeof(*rows), compare_seeds);
	for (size_t i = 0; i < used; i++) {
		if (i == 0 || memcmp(rows[i - 1].seed, rows[i].seed, SEGMENT_SEED_KEY_BYTES) != 0) {
			memcpy(sorted.data + sorted.size, rows[i].seed, SEGMENT_SEED_BYTES);
			sorted.size += SEGMENT_SEED_BYTES;
		}
		new_index[rows[i].was] = (uint32_t)(sorted.size / SEGMENT_SEED_BYTES - 1);
	}
	seal_wipe_bytes(&build->seeds);
	build->seeds = sorted;
	sorted = (struct bytes){0};
out:
	if (rows != NULL)
		seal_wipe(rows, (count + 1) * sizeof(*rows));
	free(rows);
	seal_wipe_bytes(&sorted);
	return err;
}

/* The index of each entry's seed in the sorted table. */
static enum err
number_seeds(struct build *build, struct err_info *info)
{
	size_t count = build->seeds.size / SEGMENT_SEED_BYTES;
	uint32_t *new_index = calloc(count + 1, sizeof(*new_index));
	enum err err;

	if (new_index == NULL)
		return err_nomem(info);
	for (size_t at = 0; at < build->entries.size; at += sizeof(struct entry))
		new_index[load_u32(build->entries.data + at + ID_BYTES)] = 1;
	err = sort_seeds(build, new_index, count, info);
	for (size_t at = 0; err == ERR_OK && at < build->entries.size; at += sizeof(struct entry)) {
		uint8_t *seed = build->entries.data + at + ID_BYTES;

		store_u32(seed, new_index[load_u32(seed)]);
	}
	free(new_index);
	return err;
}

enum err
build_finish(struct bytes *out, struct build *build, const struct id *partition, struct err_info *info)
{
	uint8_t header[SEGMENT_HEADER_BYTES] = {0};
	struct bytes content = {0};
	struct digest digest;
	enum err err = sort_rows(build, info);

	if (err == ERR_OK)
		err = number_seeds(build, info);
	if (err == ERR_OK)
		err = bytes_reserve(&content,
		                    sizeof(header) + build->seeds.size + build->entries.size + build->singles.size +
		                            DIGEST_BYTES,
		                    info);
	if (err != ERR_OK)
		return err;
	assert(build_count(build) >= 1);
	memcpy(header, SEGMENT_MAGIC, sizeof(SEGMENT_MAGIC));
	store_u16(header + 4, SEGMENT_VERSION);
	memcpy(header + 8, partition->bytes, ID_BYTES);
	store_u32(header + 24, (uint32_t)(build->seeds.size / SEGMENT_SEED_BYTES));
	store_u32(header + 28, (uint32_t)(build->entries.size / sizeof(struct entry)));
	store_u32(header + 32, (uint32_t)(build->singles.size / sizeof(struct single)));
	err = bytes_append(&content, header, sizeof(header), info);
	if (err == ERR_OK)
		err = bytes_append_view(&content, bytes_view(&build->seeds), info);
	if (err == ERR_OK)
		err = bytes_append_view(&content, bytes_view(&build->entries), info);
	if (err == ERR_OK)
		err = bytes_append_view(&content, bytes_view(&build->singles), info);
	seal_digest(&digest, bytes_view(&content));
	if (err == ERR_OK)
		err = bytes_append(&content, digest.bytes, DIGEST_BYTES, info);
	if (err == ERR_OK) {
		*out = content;
		content = (struct bytes){0};
	}
	seal_wipe_bytes(&content);
	return err;
}
