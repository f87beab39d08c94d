/* The index of a pack, version 2 (git's Documentation/gitformat-pack). */
#include <stdlib.h>

#include "git/packer.h"
#include "git/sha1.h"

enum {
	INDEX_HEADER_BYTES = 8,
	FANOUT_COUNT = 256,
	BUCKET_COUNT = 65536,
	INSERTION_MAX = 32,
	WORD_BYTES = 4,
	LONG_BYTES = 8,
};

static const uint32_t OFFSET_IS_LONG = 0x80000000U;

static int
compare_entries(const void *a, const void *b)
{
	const struct pack_entry *x = a;
	const struct pack_entry *y = b;

	return memcmp(x->oid.bytes, y->oid.bytes, OID_BYTES);
}

static void
sort_bucket(struct pack_entry *entries, size_t count)
{
	if (count > INSERTION_MAX) {
		qsort(entries, count, sizeof(*entries), compare_entries);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct pack_entry moving = entries[i];
		size_t at = i;

		for (; at > 0 && compare_entries(&entries[at - 1], &moving) > 0; at--)
			entries[at] = entries[at - 1];
		entries[at] = moving;
	}
}

/* Ids are evenly spread: one distribution by their first two bytes leaves little to sort. In place (American flag sort). */
static enum err
sort_entries(struct pack_entry *entries, size_t count, struct err_info *info)
{
	uint32_t *ends;
	uint32_t *next;
	uint32_t start = 0;

	if (count < BUCKET_COUNT / 16) {
		qsort(entries, count, sizeof(*entries), compare_entries);
		return ERR_OK;
	}
	ends = calloc(2 * (size_t)BUCKET_COUNT, sizeof(*ends));
	if (ends == NULL)
		return err_nomem(info);
	next = ends + BUCKET_COUNT;
	for (size_t i = 0; i < count; i++)
		ends[load_u16(entries[i].oid.bytes)]++;
	for (size_t i = 0; i < BUCKET_COUNT; i++) {
		next[i] = start;
		start += ends[i];
		ends[i] = start;
	}
	for (size_t i = 0; i < BUCKET_COUNT; i++) {
		while (next[i] < ends[i]) {
			struct pack_entry moving = entries[next[i]];
			uint16_t home = load_u16(moving.oid.bytes);

			if (home == i) {
				next[i]++;
				continue;
			}
			entries[next[i]] = entries[next[home]];
			entries[next[home]++] = moving;
		}
	}
	start = 0;
	for (size_t i = 0; i < BUCKET_COUNT; i++) {
		sort_bucket(entries + start, ends[i] - start);
		start = ends[i];
	}
	free(ends);
	return ERR_OK;
}

static uint8_t *
put_offsets(uint8_t *at, const struct pack_entry *entries, size_t count)
{
	uint8_t *long_at = at + WORD_BYTES * count;
	uint32_t long_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (entries[i].offset < OFFSET_IS_LONG) {
			store_u32(at + WORD_BYTES * i, (uint32_t)entries[i].offset);
			continue;
		}
		store_u32(at + WORD_BYTES * i, OFFSET_IS_LONG | long_count++);
		store_u64(long_at, entries[i].offset);
		long_at += LONG_BYTES;
	}
	return long_at;
}

static uint8_t *
put_tables(uint8_t *at, const struct pack_entry *entries, size_t count)
{
	size_t passed = 0;

	store_u32(at, 0xff744f63U);
	store_u32(at + WORD_BYTES, 2);
	at += INDEX_HEADER_BYTES;
	for (unsigned first = 0; first < FANOUT_COUNT; first++) {
		while (passed < count && entries[passed].oid.bytes[0] <= first)
			passed++;
		store_u32(at, (uint32_t)passed);
		at += WORD_BYTES;
	}
	for (size_t i = 0; i < count; i++, at += OID_BYTES)
		memcpy(at, entries[i].oid.bytes, OID_BYTES);
	for (size_t i = 0; i < count; i++, at += WORD_BYTES)
		store_u32(at, entries[i].crc);
	return put_offsets(at, entries, count);
}

enum err
pack_index_encode(struct bytes *out, struct pack_entry *entries, size_t count, const struct oid *trailer,
                  struct err_info *info)
{
	size_t size = INDEX_HEADER_BYTES + (size_t)FANOUT_COUNT * WORD_BYTES + count * (OID_BYTES + 2 * WORD_BYTES) +
	              2 * (size_t)OID_BYTES;
	struct bytes index = {0};
	struct oid own;
	struct sha1 sha1;
	uint8_t *at;
	enum err err = sort_entries(entries, count, info);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < count; i++)
		size += entries[i].offset >= OFFSET_IS_LONG ? LONG_BYTES : 0;
	at = bytes_extend(&index, size);
	if (at == NULL)
		return err_nomem(info);
	at = put_tables(at, entries, count);
	memcpy(at, trailer->bytes, OID_BYTES);
	at += OID_BYTES;
	sha1_init(&sha1);
	sha1_add(&sha1, view_of(index.data, (size_t)(at - index.data)));
	sha1_finish(&sha1, &own);
	memcpy(at, own.bytes, OID_BYTES);
	*out = index;
	return ERR_OK;
}
