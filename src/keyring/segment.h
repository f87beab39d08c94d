/** Inside keyring: one immutable file of salts, schema/keyring-v1.md section 1. */
#ifndef KEYRING_SEGMENT_H
#define KEYRING_SEGMENT_H

#include "seal/hash.h"

enum {
	SEGMENT_NAME_BYTES = 16, /* "salts-" and 8 hexadecimal digits, NUL */
	SEGMENT_HEADER_BYTES = 40,
	SEGMENT_SEED_BYTES = 32 + OID_BYTES, /* with the commit behind it */
	SEGMENT_SEED_KEY_BYTES = 32,
	SEGMENT_ENTRY_BYTES = 24,
	SEGMENT_SINGLE_BYTES = 48,
	SEGMENT_VERSION = 1,
};

/** "TSKS" */
extern const uint8_t SEGMENT_MAGIC[4];

struct segment {
	char name[SEGMENT_NAME_BYTES]; /* empty if it was parsed from memory */
	struct view content;
	bool is_mapped;
	unsigned asked; /* since its pages were last given back */
	uint32_t seeds_count;
	uint32_t entries_count;
	uint32_t singles_count;
	const uint8_t *seeds;
	const uint8_t *entries;
	const uint8_t *singles;
};

/** Where a salt was found: with its seed, or singly. Pointers go into the segment. */
struct segment_found {
	const uint8_t *seed; /* the commit lies behind it; NULL: a single */
	uint32_t n;
	const uint8_t *salt; /* NULL: derive it */
};

/**
 * Look at a segment's header. Checks sizes and limits, not the content: a lookup proves itself.
 * @param content  untrusted; lives as long as the segment
 * @return ERR_OK; ERR_FORMAT; ERR_VERSION
 */
enum err segment_parse(struct segment *out, struct view content, const struct id *partition,
                       struct err_info *info) MUST_USE;
/** Map a file and parse it. ERR_NOT_FOUND: gone meanwhile; ERR_IO; and those of segment_parse. */
enum err segment_open(struct segment *out, const char *dir, const char *name, const struct id *partition,
                      struct err_info *info) MUST_USE;
void segment_release(struct segment *segment);

uint32_t segment_count(const struct segment *segment);
/** False: not there, or its seed's index is out of range. */
bool segment_find(struct segment_found *out, struct segment *segment, const struct id *record);
/** Is the trailing digest that of the content? */
bool segment_is_whole(const struct segment *segment);
/** Verify every byte. ERR_FORMAT. */
enum err segment_check(const struct segment *segment, const struct id *partition, struct err_info *info) MUST_USE;

#endif
