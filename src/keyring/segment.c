#include "keyring/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"

enum {
	AT_VERSION = 4,
	AT_ZERO = 6,
	AT_PARTITION = 8,
	AT_SEEDS = 24,
	AT_ENTRIES = 28,
	AT_SINGLES = 32,
	AT_ZERO_2 = 36,
	LOOK_NEAR = 64, /* first half-width of the interval looked at, in entries */
	ASKED_MAX = 32, /* records are mostly asked for in the order of their ids, as they lie here */
};

const uint8_t SEGMENT_MAGIC[4] = {'T', 'S', 'K', 'S'};

static enum err
bad_header(struct err_info *info, const char *what)
{
	return err_set(info, ERR_FORMAT, _("not a segment of salts of this partition: %s"), what);
}

enum err
segment_parse(struct segment *out, struct view content, const struct id *partition, struct err_info *info)
{
	struct segment segment = {.content = content};
	uint64_t count;
	uint64_t size;

	if (content.size < SEGMENT_HEADER_BYTES + DIGEST_BYTES || memcmp(content.data, SEGMENT_MAGIC, 4) != 0)
		return bad_header(info, _("its first bytes are others"));
	if (load_u16(content.data + AT_VERSION) > SEGMENT_VERSION)
		return err_set(info, ERR_VERSION, _("a segment of salts has version %u; this tiersync reads %d"),
		               (unsigned)load_u16(content.data + AT_VERSION), SEGMENT_VERSION);
	if (load_u16(content.data + AT_VERSION) != SEGMENT_VERSION || load_u16(content.data + AT_ZERO) != 0 ||
	    load_u32(content.data + AT_ZERO_2) != 0)
		return bad_header(info, _("its header is not as expected"));
	if (memcmp(content.data + AT_PARTITION, partition->bytes, ID_BYTES) != 0)
		return bad_header(info, _("it names another partition"));
	segment.seeds_count = load_u32(content.data + AT_SEEDS);
	segment.entries_count = load_u32(content.data + AT_ENTRIES);
	segment.singles_count = load_u32(content.data + AT_SINGLES);
	count = (uint64_t)segment.entries_count + segment.singles_count;
	if (count < 1 || count > LIMIT_KEYRING_SALTS_MAX || segment.seeds_count > segment.entries_count)
		return bad_header(info, _("its numbers are out of range"));
	size = SEGMENT_HEADER_BYTES + (uint64_t)segment.seeds_count * SEGMENT_SEED_BYTES +
	       (uint64_t)segment.entries_count * SEGMENT_ENTRY_BYTES +
	       (uint64_t)segment.singles_count * SEGMENT_SINGLE_BYTES + DIGEST_BYTES;
	if (content.size != size)
		return bad_header(info, _("its size is not what its header says"));
	segment.seeds = content.data + SEGMENT_HEADER_BYTES;
	segment.entries = segment.seeds + (size_t)segment.seeds_count * SEGMENT_SEED_BYTES;
	segment.singles = segment.entries + (size_t)segment.entries_count * SEGMENT_ENTRY_BYTES;
	*out = segment;
	return ERR_OK;
}

enum err
segment_open(struct segment *out, const char *dir, const char *name, const struct id *partition, struct err_info *info)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct view content = {0};
	struct segment segment;
	enum err err = fs_path(path, info, "%s/%s", dir, name);

	if (err == ERR_OK)
		err = fs_map(&content, path, info);
	if (err != ERR_OK)
		return err;
	err = segment_parse(&segment, content, partition, info);
	if (err != ERR_OK) {
		fs_unmap(&content);
		return err_in(info, err_advise(info, err, ADVICE_AUDIT), "%s", path);
	}
	segment.is_mapped = true;
	(void)snprintf(segment.name, sizeof(segment.name), "%s", name);
	*out = segment;
	return ERR_OK;
}

void
segment_release(struct segment *segment)
{
	if (segment->is_mapped)
		fs_unmap(&segment->content);
	*segment = (struct segment){0};
}

uint32_t
segment_count(const struct segment *segment)
{
	return segment->entries_count + segment->singles_count;
}

/* The row of an id in a table sorted by ids. They are evenly spread: look near the place that the id's first bytes
 * name (half-width doubled while it lies outside), then halve. No order of the rows makes it slower than 2 log2 n. */
static const uint8_t *
find_row(const uint8_t *table, size_t row_bytes, uint32_t count, const struct id *id)
{
	uint64_t guess = (uint64_t)load_u32(id->bytes) * count >> 32;
	uint64_t low = guess; /* the first row not below the id lies in [low, high] */
	uint64_t high = guess;
	uint64_t step = LOOK_NEAR;

	while (low > 0 && memcmp(table + low * row_bytes, id->bytes, ID_BYTES) >= 0) {
		high = low;
		low = low > step ? low - step : 0;
		step *= 2;
	}
	while (high < count && memcmp(table + high * row_bytes, id->bytes, ID_BYTES) < 0) {
		low = high + 1;
		high = count - high > step ? high + step : count;
		step *= 2;
	}
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (memcmp(table + middle * row_bytes, id->bytes, ID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || memcmp(table + low * row_bytes, id->bytes, ID_BYTES) != 0)
		return NULL;
	return table + low * row_bytes;
}

static bool
entry_of(struct segment_found *out, const struct segment *segment, const uint8_t *row)
{
	uint32_t seed = load_u32(row + ID_BYTES);

	if (seed >= segment->seeds_count)
		return false;
	*out = (struct segment_found){segment->seeds + (size_t)seed * SEGMENT_SEED_BYTES, load_u32(row + ID_BYTES + 4),
	                              NULL};
	return true;
}

bool
segment_find(struct segment_found *out, struct segment *segment, const struct id *record)
{
	const uint8_t *row;

	if (segment->is_mapped && segment->asked++ == ASKED_MAX) {
		fs_map_forget(segment->content);
		segment->asked = 0;
	}
	row = find_row(segment->entries, SEGMENT_ENTRY_BYTES, segment->entries_count, record);
	if (row != NULL && entry_of(out, segment, row))
		return true;
	row = find_row(segment->singles, SEGMENT_SINGLE_BYTES, segment->singles_count, record);
	if (row == NULL)
		return false;
	*out = (struct segment_found){NULL, 0, row + ID_BYTES};
	return true;
}

bool
segment_is_whole(const struct segment *segment)
{
	struct digest digest;
	size_t size = segment->content.size - DIGEST_BYTES;

	seal_digest(&digest, view_of(segment->content.data, size));
	return memcmp(digest.bytes, segment->content.data + size, DIGEST_BYTES) == 0;
}

static bool
is_ascending(const uint8_t *table, size_t row_bytes, size_t key_bytes, uint32_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (memcmp(table + (i - 1) * row_bytes, table + i * row_bytes, key_bytes) >= 0)
			return false;
	}
	return true;
}

static bool
is_salt_of(const struct seal_salt *salt, const uint8_t *row, const struct id *partition)
{
	struct id id;

	seal_record_id(&id, salt, partition);
	return memcmp(id.bytes, row, ID_BYTES) == 0;
}

/* Each entry's seed is there and gives the entry's id; marks the seeds used. */
static bool
entries_are_good(const struct segment *segment, const struct id *partition, bool *is_used)
{
	for (size_t i = 0; i < segment->entries_count; i++) {
		const uint8_t *row = segment->entries + i * SEGMENT_ENTRY_BYTES;
		struct segment_found found;
		struct seal_seed seed;
		struct seal_salt salt;

		if (!entry_of(&found, segment, row))
			return false;
		memcpy(seed.bytes, found.seed, sizeof(seed.bytes));
		seal_salt_derive(&salt, &seed, found.n);
		if (!is_salt_of(&salt, row, partition))
			return false;
		is_used[load_u32(row + ID_BYTES)] = true;
	}
	return true;
}

static bool
singles_are_good(const struct segment *segment, const struct id *partition)
{
	for (size_t i = 0; i < segment->singles_count; i++) {
		const uint8_t *row = segment->singles + i * SEGMENT_SINGLE_BYTES;
		struct seal_salt salt;

		memcpy(salt.bytes, row + ID_BYTES, sizeof(salt.bytes));
		if (!is_salt_of(&salt, row, partition))
			return false;
	}
	return true;
}

static enum err
check_tables(const struct segment *segment, const struct id *partition, bool *is_used, struct err_info *info)
{
	if (!is_ascending(segment->seeds, SEGMENT_SEED_BYTES, SEGMENT_SEED_KEY_BYTES, segment->seeds_count) ||
	    !is_ascending(segment->entries, SEGMENT_ENTRY_BYTES, ID_BYTES, segment->entries_count) ||
	    !is_ascending(segment->singles, SEGMENT_SINGLE_BYTES, ID_BYTES, segment->singles_count))
		return err_set(info, ERR_FORMAT, "%s", _("a segment of salts is not sorted"));
	if (!entries_are_good(segment, partition, is_used) || !singles_are_good(segment, partition))
		return err_set(info, ERR_FORMAT, "%s", _("a salt in a segment does not give its record's id"));
	for (size_t i = 0; i < segment->seeds_count; i++) {
		if (!is_used[i])
			return err_set(info, ERR_FORMAT, "%s", _("a seed in a segment of salts is used by no record"));
	}
	return ERR_OK;
}

enum err
segment_check(const struct segment *segment, const struct id *partition, struct err_info *info)
{
	bool *is_used;
	enum err err;

	if (!segment_is_whole(segment))
		return err_set(info, ERR_FORMAT, "%s", _("a segment of salts is damaged: its digest is another"));
	is_used = calloc((size_t)segment->seeds_count + 1, sizeof(*is_used));
	if (is_used == NULL)
		return err_nomem(info);
	err = check_tables(segment, partition, is_used, info);
	free(is_used);
	return err;
}
