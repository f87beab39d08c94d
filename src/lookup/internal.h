/** What the files of lookup share. */
#ifndef LOOKUP_INTERNAL_H
#define LOOKUP_INTERNAL_H

#include "base/fs.h"
#include "lookup/lookup.h"

enum {
	LOOKUP_PAIR_BYTES = LOOKUP_HASH_BYTES + ID_BYTES,
	LOOKUP_TAG_BYTES = 16,
	LOOKUP_GENERATION_BYTES = 16,
	LOOKUP_PAGE_BYTES = 4096,
	LOOKUP_PAGE_PAIRS = 127,
	LOOKUP_RECENT_MIN = 64,
	LOOKUP_RECENT_MAX = 2048,
	LOOKUP_RECENT_SHARE = 8,     /* of the base */
	LOOKUP_OVERLAY_MAX = 131072, /* changes in memory; more if the base is large */
	LOOKUP_OVERLAY_SHARE = 4,    /* of the base */
	LOOKUP_STATE_NONE = 0,       /* of a slot: empty */
	LOOKUP_STATE_THERE = 1,
	LOOKUP_STATE_GONE = 2,
};

/** The sorted file. {0}: no pairs, no file. */
struct lookup_base {
	struct fs_pieces file;
	uint8_t generation[LOOKUP_GENERATION_BYTES];
	struct lookup_stamp stamp;
	uint64_t count;
	size_t pages;     /* of pairs, behind the header */
	uint8_t *checked; /* a bit for each page */
	char *temporary;  /* its path while it has not been renamed into place, or NULL */
};

/** What differs from the base: open addressing over the hash's last 8 bytes. */
struct lookup_overlay {
	struct lookup_pair *pairs;
	uint8_t *states;
	size_t capacity; /* power of two, or 0 */
	size_t count;
};

struct lookup {
	char *path;
	struct seal_key *key;
	struct env env;
	struct lookup_base base;
	struct lookup_overlay overlay;
	struct lookup_change *changes;
	size_t change_count;
	size_t change_capacity;
	bool is_spill_failed; /* no room on the disk: changes stay in memory */
};

static inline int
lookup_pair_compare(const struct lookup_pair *a, const struct lookup_pair *b)
{
	return memcmp(a, b, sizeof(*a));
}

/** The tag of one page or of the recent file. */
void lookup_tag(uint8_t out[LOOKUP_TAG_BYTES], const struct lookup *lookup, uint32_t number, struct view generation,
                struct view content);

/* --- base.c --- */

/** Put the tag at the end of a page. */
void lookup_page_close(uint8_t page[LOOKUP_PAGE_BYTES], const struct lookup *lookup, uint32_t number,
                       const uint8_t generation[LOOKUP_GENERATION_BYTES]);
/** Page 0 of a base with this generation, stamp and count. */
void lookup_header_write(uint8_t page[LOOKUP_PAGE_BYTES], const struct lookup *lookup, const struct lookup_base *base);

/** Look at a base: header and size. Borrows the bytes. False: not one of ours, or damaged. */
bool lookup_base_read(struct lookup_base *out, const struct lookup *lookup, struct view content);
/** Open a file and look at it. False: as above, or not there. */
bool lookup_base_open(struct lookup_base *out, const struct lookup *lookup, const char *path);
void lookup_base_release(struct lookup_base *base);
/** The pair at a place below base->count; NULL: its page is damaged. Borrowed until the base is asked again. */
const struct lookup_pair *lookup_base_at(struct lookup *lookup, uint64_t at);
/** The first place whose pair is not below this one (base->count: none). False: damaged. */
bool lookup_base_find(uint64_t *out, struct lookup *lookup, const struct lookup_pair *pair);

/* --- overlay.c --- */
uint8_t lookup_overlay_state(const struct lookup_overlay *overlay, const struct lookup_pair *pair);
enum err lookup_overlay_set(struct lookup_overlay *overlay, const struct lookup_pair *pair, uint8_t state,
                            struct err_info *info) MUST_USE;
/** Call for each slot of a hash: start with *position = SIZE_MAX; NULL at the end. */
const struct lookup_pair *lookup_overlay_next(const struct lookup_overlay *overlay, const struct lookup_hash *hash,
                                              size_t *position, uint8_t *state_out);
void lookup_overlay_release(struct lookup_overlay *overlay);

/* --- save.c --- */

/** Merge base and overlay into a new base under a temporary name, and use that. Errors of files; ERR_FORMAT: damaged. */
enum err lookup_merge(struct lookup *lookup, const struct lookup_stamp *stamp, struct err_info *info) MUST_USE;
/** Take up the changes of the recent file, if it belongs to this base; its stamp replaces the base's. */
void lookup_recent_load(struct lookup *lookup, struct lookup_stamp *stamp);
/** Check and take up its bytes: for lookup_recent_load and the fuzzer. False: damaged, or for another base. */
bool lookup_recent_read(struct lookup *lookup, struct lookup_stamp *stamp, struct view content);

#endif
