/** What the files of postings share. */
#ifndef POSTINGS_INSIDE_H
#define POSTINGS_INSIDE_H

#include "base/fs.h"
#include "base/table.h"
#include "postings/postings.h"
#include "seal/blob.h"

enum {
	POSTINGS_GENERATION_BYTES = 16,
	POSTINGS_ENTRY_BYTES = 48,
	POSTINGS_PAGE_BYTES = 4096,
	POSTINGS_PAGE_CONTENT = POSTINGS_PAGE_BYTES - SEAL_TAG_BYTES,
	POSTINGS_PAGE_ENTRIES = 84,
	POSTINGS_FENCE_BYTES = 8,
	POSTINGS_PAGE_FENCES = POSTINGS_PAGE_CONTENT / POSTINGS_FENCE_BYTES,
	POSTINGS_FILTER_PAGES =
		64, /* of postings, for each page of a filter: 6 bits a posting, and 1 of 18 is let through in vain */
	POSTINGS_SEGMENTS_MAX = 64,
	POSTINGS_CHANGES_MAX = 1048576, /* in memory, before a segment is written early */
	POSTINGS_GONE = 1 << 15,        /* in an entry's side */
};

/** A sorted file. */
struct postings_segment {
	uint8_t generation[POSTINGS_GENERATION_BYTES];
	uint64_t count;
	int fd; /* while is_open: read page by page, so that a night touches no more of a large file than it looks at */
	bool is_open;
	size_t pages;    /* of postings */
	uint8_t *fences; /* pages * POSTINGS_FENCE_BYTES */
	uint8_t *page;   /* the page opened last, or NULL */
	size_t page_at;
	uint8_t **filters; /* pages of filters, as far as they were opened */
	bool is_new;       /* written by this run: the head on disk does not name it yet */
};

struct postings_roll {
	uint16_t place;
	char *kind;
	uint64_t count;
};

struct postings {
	char *directory;
	struct seal_key *key;
	struct env env;
	struct postings_segment segments[POSTINGS_SEGMENTS_MAX]; /* oldest first */
	size_t segment_count;
	struct finding_postings changes; /* bit 15 of side: gone */
	bool is_settled;
	struct postings_place *places;
	size_t place_count;
	size_t place_capacity;
	struct postings_roll *rolls;
	size_t roll_count;
	struct table notes; /* subject -> index */
	struct postings_note *note_items;
	size_t note_count;
	size_t note_capacity;
	struct bytes pending[POSTINGS_PENDINGS];
	bool is_read;                          /* the head was taken up */
	struct postings_expectation *expected; /* NULL: nothing */
};

void postings_entry_write(uint8_t out[POSTINGS_ENTRY_BYTES], const struct finding_posting *posting);
void postings_entry_read(struct finding_posting *out, const uint8_t entry[POSTINGS_ENTRY_BYTES]);
/** Same group, record, side (but for bit 15), element and place. */
int postings_compare_identity(const struct finding_posting *a, const struct finding_posting *b);

/* --- segment.c --- */
enum err postings_segment_path(char *out, const struct postings *postings, const uint8_t *generation,
                               struct err_info *info) MUST_USE;
/** Open a segment that the head names. ERR_FORMAT: not there, or damaged; ERR_NOMEM */
enum err postings_segment_open(struct postings_segment *out, const struct postings *postings, const uint8_t *generation,
                               uint64_t count) MUST_USE;
/** Open and check one page; `out` has room for POSTINGS_PAGE_CONTENT bytes. False: damaged. */
bool postings_page_open(uint8_t *out, const struct postings *postings, const struct postings_segment *segment,
                        size_t number);
/** Pages of `each` entries for so many. */
size_t postings_pages_for(uint64_t count, size_t each);
/** The page on which a group begins, if it is there. */
size_t postings_segment_page(const struct postings_segment *segment, const uint8_t group[FINDING_GROUP_BYTES]);
void postings_segment_release(struct postings_segment *segment);
/** The entry at a place. ERR_FORMAT: its page is damaged. */
enum err postings_segment_at(struct finding_posting *out, const struct postings *postings,
                             struct postings_segment *segment, uint64_t at, struct err_info *info) MUST_USE;
/** The first place that can hold the group. */
enum err postings_segment_find(uint64_t *out, const struct postings *postings, struct postings_segment *segment,
                               const uint8_t group[FINDING_GROUP_BYTES], struct err_info *info) MUST_USE;

/** A segment being written, in order. */
struct postings_writer {
	const struct postings *postings;
	uint8_t generation[POSTINGS_GENERATION_BYTES];
	int fd;
	char path[LIMIT_PATH_BYTES_MAX];
	uint8_t plain[POSTINGS_PAGE_CONTENT];
	size_t used; /* entries in it */
	uint32_t number;
	uint64_t count;
	struct bytes fences;
	uint8_t filter[POSTINGS_PAGE_CONTENT];
	struct bytes filters;
	struct bytes out; /* pages not yet written */
};

enum err postings_writer_begin(struct postings_writer *writer, const struct postings *postings,
                               struct err_info *info) MUST_USE;
enum err postings_writer_put(struct postings_writer *writer, const struct finding_posting *posting,
                             struct err_info *info) MUST_USE;
/** Rename into place and open. The writer is used up. */
enum err postings_writer_end(struct postings_segment *out, struct postings_writer *writer,
                             struct err_info *info) MUST_USE;
void postings_writer_drop(struct postings_writer *writer);

/* --- filter.c --- */
void postings_filter_add(uint8_t filter[POSTINGS_PAGE_CONTENT], const uint8_t group[FINDING_GROUP_BYTES]);
/** *out false: no posting of the group is in the segment. True may be wrong. ERR_FORMAT: a page is damaged; ERR_NOMEM. */
enum err postings_filter_ask(bool *out, const struct postings *postings, const struct postings_segment *segment,
                             const uint8_t group[FINDING_GROUP_BYTES], struct err_info *info) MUST_USE;

/* --- expect.c --- */
/** This group is asked for now. */
void postings_expect_group(struct postings *postings, const uint8_t *group);
/** A page that the other thread has opened; waits for it. False: it was not given that one, or it is damaged. */
bool postings_expect_take(uint8_t *out, const struct postings *postings, const struct postings_segment *segment,
                          size_t page);

/* --- join.c --- */
/** All sources from segment `first` on (and the changes, if is_with_changes) in order, the newest of each identity. */
struct postings_cursor {
	struct postings *postings;
	size_t first;
	uint64_t at[POSTINGS_SEGMENTS_MAX + 1]; /* the last one: the changes */
	struct finding_posting head[POSTINGS_SEGMENTS_MAX + 1];
	bool has_head[POSTINGS_SEGMENTS_MAX + 1];
	bool is_with_changes;
};

enum err postings_cursor_begin(struct postings_cursor *cursor, struct postings *postings, size_t first,
                               bool is_with_changes, struct err_info *info) MUST_USE;
/** Gone ones are told too. */
enum err postings_cursor_next(struct postings_cursor *cursor, struct finding_posting *out, bool *is_end,
                              struct err_info *info) MUST_USE;
/** Write the changes as the newest segment, and join what must be joined. */
enum err postings_flush(struct postings *postings, struct err_info *info) MUST_USE;

/* --- head.c --- */
/** Read the head's content, once it is opened. ERR_FORMAT, ERR_VERSION, ERR_NOMEM. */
enum err postings_head_parse(struct postings *postings, struct digest *context_out, struct view content) MUST_USE;
bool postings_head_read(struct postings *postings, struct digest *context_out);
enum err postings_head_write(struct postings *postings, const struct digest *context, struct err_info *info) MUST_USE;

#endif
