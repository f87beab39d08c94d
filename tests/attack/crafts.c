/*
 * Hostile bundles by a sender who holds good keys and writes what he likes, row by row of the threat table: a second writer
 * (tests/unit/envelope/craft.h) makes the outside, this file the inside. The exit code beside each is what `take` owes it:
 * 3 or 4 where the whole bundle is refused and the store stays as it was, 7 where one partition is refused by its receipt.
 */
#include <stdio.h>
#include <string.h>

#include "../unit/envelope/craft.h"
#include "attack.h"
#include "bundle/preamble.h"
#include "bundle/small.h"
#include "codec/codec.h"
#include "delta/section.h"
#include "node/node.h"
#include "partition/partition.h"

enum {
	SECTIONS_MAX = 4,
	MIB = 1048576,
	BOMB_MIB = 512,
	BLOCK_BYTES = 131072, /* the largest block of zstd */
	COUNTY_CODE = 6,      /* on the wire: the sender's first 6 digits and zeros */
	CITY_CODE = 4,
	DEEP = 100000,
};

struct section {
	unsigned id;
	uint64_t plain;  /* size said of it once restored */
	uint64_t packed; /* 0: stored */
	struct bytes bytes;
};

struct hostile {
	struct node *from;
	struct node *to;
	struct craft outside;
	struct bytes preamble;
	uint64_t preamble_said; /* 0: its real size */
	struct section sections[SECTIONS_MAX];
	size_t section_count;
	struct bytes elements; /* of the manifest, instead of the right ones */
};

static const struct id *
partition_of(struct node *node)
{
	return &node_identity_of(node)->partition;
}

static struct section *
add_section(struct hostile *hostile, unsigned id)
{
	struct section *section = &hostile->sections[hostile->section_count++];

	assert(hostile->section_count <= SECTIONS_MAX);
	*section = (struct section){.id = id};
	return section;
}

static void
append(struct bytes *out, const void *data, size_t size)
{
	craft_ok(bytes_append(out, data, size, NULL));
}

/* A stored section of these bytes. */
static void
add_stored(struct hostile *hostile, unsigned id, const void *data, size_t size)
{
	struct section *section = add_section(hostile, id);

	append(&section->bytes, data, size);
	section->plain = size;
}

static void
add_small(struct hostile *hostile)
{
	add_stored(hostile, BUNDLE_SECTION_SMALL, "\x80", 1);
}

/* A preamble that says the truth. */
static void
say_partitions(struct hostile *hostile, struct bundle_partition *partitions, size_t count)
{
	const struct bundle_preamble preamble = {
		.sender = node_identity_of(hostile->from)->code,
		.recipient = node_identity_of(hostile->to)->code,
		.partitions = partitions,
		.partition_count = count,
	};

	craft_ok(bundle_preamble_write(&hostile->preamble, &preamble, NULL));
}

/* With one partition if `id` is not NULL, whose delta is section 1. */
static void
say_partition(struct hostile *hostile, const struct id *id, size_t count)
{
	struct bundle_partition partition = {.head = {{1}}, .section = 1};

	if (count > 0)
		partition.id = *id;
	say_partitions(hostile, &partition, count);
}

static void
idle(struct hostile *hostile)
{
	say_partition(hostile, NULL, 0);
	add_small(hostile);
}

/* One delta, of the sender's own partition. */
static void
delta(struct hostile *hostile, const void *data, size_t size)
{
	say_partition(hostile, partition_of(hostile->from), 1);
	add_small(hostile);
	add_stored(hostile, BUNDLE_SECTION_DELTA, data, size);
}

/* --- rows 4, 5: frames --- */

static void
fill_four_frames(struct hostile *hostile)
{
	struct bytes noise = {0};
	uint64_t seed = 4;

	idle(hostile);
	assert(bytes_extend(&noise, 200000) != NULL);
	craft_ok(craft_random(&seed, noise.data, noise.size, NULL));
	add_stored(hostile, BUNDLE_SECTION_DELTA, noise.data, noise.size);
	bytes_release(&noise);
}

static void
swap_frames(struct bytes *file, size_t frames_at)
{
	uint8_t kept[CRAFT_FRAME_BYTES];
	uint8_t *frames = file->data + frames_at;

	memcpy(kept, frames, CRAFT_FRAME_BYTES);
	memcpy(frames, frames + CRAFT_FRAME_BYTES, CRAFT_FRAME_BYTES);
	memcpy(frames + CRAFT_FRAME_BYTES, kept, CRAFT_FRAME_BYTES);
}

static void
double_frame(struct bytes *file, size_t frames_at)
{
	uint8_t *frames = file->data + frames_at;

	memcpy(frames + CRAFT_FRAME_BYTES, frames, CRAFT_FRAME_BYTES);
}

static void
flip_frame(struct bytes *file, size_t frames_at)
{
	file->data[frames_at + 1] ^= 1;
}

static void
frames_swapped(struct hostile *hostile)
{
	fill_four_frames(hostile);
	hostile->outside.change = swap_frames;
}

static void
frame_doubled(struct hostile *hostile)
{
	fill_four_frames(hostile);
	hostile->outside.change = double_frame;
}

static void
frame_changed(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.change = flip_frame;
}

static void
frame_after_final(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.frames_after = 1;
}

/* --- row 10 --- */

static void
number_far_ahead(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.number = UINT64_C(1) << 63;
}

/* --- rows 25 to 27: keys, recipients, suites --- */

static void
two_keys(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.recipients[0] = node_keys(hostile->from);
	hostile->outside.recipient_codes[0] = CITY_CODE;
	hostile->outside.recipients[1] = node_keys(hostile->to);
	hostile->outside.recipient_codes[1] = COUNTY_CODE;
	hostile->outside.recipient_count = 2;
	hostile->outside.second_key = true;
}

static void
other_commitment(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.other_commitment = true;
}

static void
low_order(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.low_order = true;
}

static void
recipients(struct hostile *hostile, size_t count)
{
	idle(hostile);
	for (size_t i = 0; i < count; i++) {
		hostile->outside.recipients[i] = node_keys(hostile->to);
		hostile->outside.recipient_codes[i] = COUNTY_CODE;
	}
	hostile->outside.recipient_count = count;
}

static void
recipients_65(struct hostile *hostile)
{
	recipients(hostile, LIMIT_RECIPIENTS_MAX + 1);
}

static void
recipient_twice(struct hostile *hostile)
{
	recipients(hostile, 2);
}

static void
keys_cut(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.keys_cut = 1;
}

static void
next_suite(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.suite = 2;
}

static void
next_version(struct hostile *hostile)
{
	idle(hostile);
	hostile->outside.version = 2;
}

/* --- row 15: addressed to others inside --- */

static void
other_names(struct hostile *hostile, const char *sender, const char *recipient)
{
	const struct bundle_preamble preamble = {.sender = craft_code(sender), .recipient = craft_code(recipient)};

	craft_ok(bundle_preamble_write(&hostile->preamble, &preamble, NULL));
	add_small(hostile);
}

static void
preamble_other_recipient(struct hostile *hostile)
{
	other_names(hostile, CRAFT_TOWNSHIP, CRAFT_CITY);
}

static void
preamble_other_sender(struct hostile *hostile)
{
	other_names(hostile, CRAFT_CITY, CRAFT_COUNTY);
}

/* --- row 28: zstd --- */

/* A frame of zeros without end: `blocks` blocks of one repeated byte, 4 bytes each. */
static void
zeros(struct bytes *out, uint32_t said, size_t blocks, uint8_t window)
{
	const uint8_t head[] = {0x28, 0xb5, 0x2f, 0xfd, 0x84, window};
	const uint8_t size[] = {(uint8_t)said, (uint8_t)(said >> 8), (uint8_t)(said >> 16), (uint8_t)(said >> 24)};

	append(out, head, sizeof(head));
	append(out, size, sizeof(size));
	for (size_t i = 0; i < blocks; i++) {
		uint32_t block = (i + 1 == blocks ? 1U : 0U) | 1U << 1 | (uint32_t)BLOCK_BYTES << 3;
		const uint8_t bytes[] = {(uint8_t)block, (uint8_t)(block >> 8), (uint8_t)(block >> 16), 0};

		append(out, bytes, sizeof(bytes));
	}
	append(out, "\0\0\0\0", 4); /* where the checksum stands; wrong */
}

static void
packed(struct hostile *hostile, unsigned id, struct bytes *frame, uint64_t plain)
{
	struct section *section = add_section(hostile, id);

	section->bytes = *frame;
	section->packed = frame->size;
	section->plain = plain;
}

enum {
	WINDOW_8_MIB = 0x68,
	WINDOW_128_MIB = 0x88,
};

static void
bomb_delta(struct hostile *hostile)
{
	struct bytes frame = {0};

	say_partition(hostile, partition_of(hostile->from), 1);
	add_small(hostile);
	zeros(&frame, (uint32_t)BOMB_MIB * MIB, (size_t)BOMB_MIB * MIB / BLOCK_BYTES, WINDOW_8_MIB);
	packed(hostile, BUNDLE_SECTION_DELTA, &frame, (uint64_t)BOMB_MIB * MIB);
}

static void
bomb_small(struct hostile *hostile)
{
	struct bytes frame = {0};

	say_partition(hostile, NULL, 0);
	zeros(&frame, (uint32_t)BOMB_MIB * MIB, (size_t)BOMB_MIB * MIB / BLOCK_BYTES, WINDOW_8_MIB);
	packed(hostile, BUNDLE_SECTION_SMALL, &frame, (uint64_t)BOMB_MIB * MIB);
}

static void
bomb_schema(struct hostile *hostile)
{
	struct bytes frame = {0};

	idle(hostile);
	zeros(&frame, (uint32_t)BOMB_MIB * MIB, (size_t)BOMB_MIB * MIB / BLOCK_BYTES, WINDOW_8_MIB);
	packed(hostile, BUNDLE_SECTION_SCHEMA, &frame, (uint64_t)BOMB_MIB * MIB);
}

/* It says 1 MiB and gives 512. */
static void
bomb_beyond_its_word(struct hostile *hostile)
{
	struct bytes frame = {0};

	say_partition(hostile, NULL, 0);
	zeros(&frame, MIB, (size_t)BOMB_MIB * MIB / BLOCK_BYTES, WINDOW_8_MIB);
	packed(hostile, BUNDLE_SECTION_SMALL, &frame, MIB);
}

static void
wide_window(struct hostile *hostile)
{
	struct bytes frame = {0};

	say_partition(hostile, NULL, 0);
	zeros(&frame, BLOCK_BYTES, 1, WINDOW_128_MIB);
	packed(hostile, BUNDLE_SECTION_SMALL, &frame, BLOCK_BYTES);
}

static void
two_zstd_frames(struct hostile *hostile)
{
	struct bytes frame = {0};

	say_partition(hostile, NULL, 0);
	zeros(&frame, BLOCK_BYTES, 1, WINDOW_8_MIB);
	zeros(&frame, BLOCK_BYTES, 1, WINDOW_8_MIB);
	packed(hostile, BUNDLE_SECTION_SMALL, &frame, BLOCK_BYTES);
}

/* --- row 29: msgpack, and other claims --- */

static void
claim_in_preamble(struct hostile *hostile)
{
	append(&hostile->preamble, "\xdd\x20\x00\x00\x00", 5); /* 2^29 members */
	add_small(hostile);
}

static void
deep_preamble(struct hostile *hostile)
{
	for (size_t i = 0; i < DEEP; i++)
		append(&hostile->preamble, "\x91", 1);
	add_small(hostile);
}

static void
claim_in_small(struct hostile *hostile)
{
	static const uint8_t CLAIM[] = {0x81, 0x01, 0xdd, 0x20, 0x00, 0x00, 0x00};

	say_partition(hostile, NULL, 0);
	add_stored(hostile, BUNDLE_SECTION_SMALL, CLAIM, sizeof(CLAIM));
}

static void
doubled_key_in_small(struct hostile *hostile)
{
	static const uint8_t DOUBLED[] = {0x82, 0x01, 0x91, 0xc4, 0x01, 0x00, 0x01, 0x91, 0xc4, 0x01, 0x00};

	say_partition(hostile, NULL, 0);
	add_stored(hostile, BUNDLE_SECTION_SMALL, DOUBLED, sizeof(DOUBLED));
}

static void
gigabytes_of_preamble(struct hostile *hostile)
{
	idle(hostile);
	hostile->preamble_said = (uint64_t)3 << 30;
}

static void
gigabytes_of_section(struct hostile *hostile)
{
	idle(hostile);
	hostile->sections[0].plain = (uint64_t)3 << 30;
	hostile->sections[0].packed = 1;
}

static void
gigabytes_of_frames(struct hostile *hostile)
{
	idle(hostile);
	craft_elements(&hostile->elements, &hostile->outside, 1073000000);
}

static void
gigabytes_of_random(struct hostile *hostile)
{
	delta(hostile, "\x01\x01\x00\x15\xff\xff\xff\xff\x0f", 9); /* one stored column of 2^32 - 1 bytes */
}

static void
gigabytes_of_commits(struct hostile *hostile)
{
	delta(hostile, "\x01\x01\x00\x15\x03\x10\x7f\xff", 8); /* 65,535 commits in nothing, stored */
}

static void
bomb(struct hostile *hostile, const struct attack_bomb *bomb)
{
	struct bundle_partition partition = {
		.id = *partition_of(hostile->from), .head = {{1}}, .base_count = 1, .section = 1};
	struct bytes section = {0};
	struct oid base;

	attack_bomb(&section, &base, hostile->from, bomb);
	partition.bases = &base;
	say_partitions(hostile, &partition, 1);
	add_small(hostile);
	add_stored(hostile, BUNDLE_SECTION_DELTA, section.data, section.size);
	bytes_release(&section);
}

static void
bomb_of_symbols(struct hostile *hostile)
{
	bomb(hostile, &(struct attack_bomb){.rows = 1, .texts = 15, .parts = 1});
}

/* By the first large row so many were taken that the others are read before it is looked at. */
static void
bombs_behind_good_rows(struct hostile *hostile)
{
	bomb(hostile, &(struct attack_bomb){.good_rows = 100, .rows = 60, .texts = 1, .parts = 2});
}

static void
delta_of_next_version(struct hostile *hostile)
{
	delta(hostile, "\x63nobody knows", 13);
}

static void
delta_of_nothing(struct hostile *hostile)
{
	delta(hostile, "", 0);
}

static void
small_not_first(struct hostile *hostile)
{
	idle(hostile);
	add_small(hostile);
}

static void
unknown_section(struct hostile *hostile)
{
	idle(hostile);
	add_stored(hostile, 77, "what is this", 12);
}

static void
delta_nobody_names(struct hostile *hostile)
{
	idle(hostile);
	add_stored(hostile, BUNDLE_SECTION_DELTA, "rides along", 11);
}

/* --- row 17: whose partition is it --- */

static void
partition_of_recipient(struct hostile *hostile)
{
	say_partition(hostile, partition_of(hostile->to), 1);
	add_small(hostile);
	add_stored(hostile, BUNDLE_SECTION_DELTA, "\x01", 1);
}

static void
partition_of_nobody(struct hostile *hostile)
{
	static const struct id NOBODY = {{0xde, 0xad}};

	say_partition(hostile, &NOBODY, 1);
	add_small(hostile);
	add_stored(hostile, BUNDLE_SECTION_DELTA, "\x01", 1);
}

/* --- all of them --- */

static const struct {
	const char *name;
	int exit_code;
	void (*make)(struct hostile *hostile);
} CRAFTS[] = {
	{"00_idle_and_honest", 0, idle},
	{"04_frames_swapped", 4, frames_swapped},
	{"04_frame_doubled", 4, frame_doubled},
	{"04_frame_changed", 4, frame_changed},
	{"05_frame_after_final", 4, frame_after_final},
	{"10_number_far_ahead", 0, number_far_ahead},
	{"15_preamble_names_another_recipient", 4, preamble_other_recipient},
	{"15_preamble_names_another_sender", 4, preamble_other_sender},
	{"17_partition_of_the_recipient", 7, partition_of_recipient},
	{"17_partition_of_nobody", 7, partition_of_nobody},
	{"25_two_content_keys", 4, two_keys},
	{"25_commitment_to_other_frames", 4, other_commitment},
	{"26_recipients_65", 3, recipients_65},
	{"26_recipient_twice", 3, recipient_twice},
	{"26_low_order_key", 4, low_order},
	{"26_keys_cut", 3, keys_cut},
	{"27_next_suite", 3, next_suite},
	{"27_next_version", 3, next_version},
	{"28_bomb_in_delta", 3, bomb_delta},
	{"28_bomb_of_symbols", 7, bomb_of_symbols},
	{"28_bombs_behind_good_rows", 7, bombs_behind_good_rows},
	{"28_bomb_in_small_section", 3, bomb_small},
	{"28_bomb_in_schema_set", 3, bomb_schema},
	{"28_bomb_beyond_its_word", 3, bomb_beyond_its_word},
	{"28_wide_window", 3, wide_window},
	{"28_two_zstd_frames", 3, two_zstd_frames},
	{"29_claim_in_preamble", 3, claim_in_preamble},
	{"29_deep_preamble", 3, deep_preamble},
	{"29_claim_in_small_section", 3, claim_in_small},
	{"29_doubled_key_in_small_section", 3, doubled_key_in_small},
	{"29_gigabytes_of_preamble", 3, gigabytes_of_preamble},
	{"29_gigabytes_of_section", 3, gigabytes_of_section},
	{"29_gigabytes_of_frames", 3, gigabytes_of_frames},
	{"29_gigabytes_of_random", 7, gigabytes_of_random},
	{"29_gigabytes_of_commits", 7, gigabytes_of_commits},
	{"29_delta_of_next_version", 7, delta_of_next_version},
	{"29_delta_of_nothing", 3, delta_of_nothing},
	{"29_small_section_not_first", 3, small_not_first},
	{"29_section_that_nobody_knows", 3, unknown_section},
	{"29_delta_that_nobody_names", 3, delta_nobody_names},
};

enum {
	CRAFT_COUNT = sizeof(CRAFTS) / sizeof(CRAFTS[0])
};

void
attack_craft_list(void)
{
	for (size_t i = 0; i < CRAFT_COUNT; i++)
		(void)printf("%d %s\n", CRAFTS[i].exit_code, CRAFTS[i].name);
}

static void
write_plain(struct bytes *out, const struct hostile *hostile)
{
	craft_ok(codec_write_array(out, 1 + 3 * hostile->section_count, NULL));
	craft_ok(codec_write_uint(out, hostile->preamble_said != 0 ? hostile->preamble_said : hostile->preamble.size,
	                          NULL));
	for (size_t i = 0; i < hostile->section_count; i++) {
		craft_ok(codec_write_uint(out, hostile->sections[i].id, NULL));
		craft_ok(codec_write_uint(out, hostile->sections[i].plain, NULL));
		craft_ok(codec_write_uint(out, hostile->sections[i].packed, NULL));
	}
	craft_ok(bytes_append_view(out, bytes_view(&hostile->preamble), NULL));
	for (size_t i = 0; i < hostile->section_count; i++)
		craft_ok(bytes_append_view(out, bytes_view(&hostile->sections[i].bytes), NULL));
}

bool
attack_craft(struct bytes *out, const char *name, struct node *from, struct node *to)
{
	struct hostile hostile = {
		.from = from,
		.to = to,
		.outside = {.seed = 99,
	                    .sender = node_keys(from),
	                    .recipients = {node_keys(to)},
	                    .recipient_codes = {COUNTY_CODE},
	                    .recipient_count = 1},
	};
	struct bytes plain = {0};
	size_t found = CRAFT_COUNT;

	for (size_t i = 0; i < CRAFT_COUNT; i++)
		found = strcmp(CRAFTS[i].name, name) == 0 ? i : found;
	if (found == CRAFT_COUNT)
		return false;
	CRAFTS[found].make(&hostile);
	write_plain(&plain, &hostile);
	hostile.outside.plain = bytes_view(&plain);
	hostile.outside.before_keys = bytes_view(&hostile.elements);
	craft_write(out, &hostile.outside);
	bytes_release(&plain);
	bytes_release(&hostile.preamble);
	bytes_release(&hostile.elements);
	for (size_t i = 0; i < hostile.section_count; i++)
		bytes_release(&hostile.sections[i].bytes);
	return true;
}
