/**
 * column: values and small numbers as symbols, each at its place: a kind's field, a member's field, an element. What is
 * known of a place (values seen there, the alphabet of its texts, which other field of the record tells about it) makes the
 * next symbol cheap. Two codecs carry the symbols: stored (a column of bytes for each sort of symbol at each place, for a
 * general compressor behind) and mixed (mix/mix.h, the smallest that we know, and slow: for nights, not for first copies).
 *
 * One description serves both directions: the same calls in the same order write, read, or (both sides the same) only learn. A call in reading
 * gives what was written; a value handed in is then not looked at. Reading is strict: what a writer would have written
 * otherwise is refused. The first failure stays: everything after it reads as 0 and writes nothing, and column_state() tells
 * it; so a caller need not ask after each symbol, only before it trusts what it got.
 * It knows no rows: what stands in which order is delta's. Source: schema/delta-v1.md, sections 2 to 5.
 */
#ifndef COLUMN_COLUMN_H
#define COLUMN_COLUMN_H

#include "base/arena.h"

struct column;
struct column_place;
struct schema_field;

enum column_codec {
	COLUMN_STORED = 1,
	COLUMN_MIXED = 2,
};

/** A coder that knows nothing, for writing. ERR_NOMEM. */
enum err column_new(struct column **out, enum column_codec codec, struct err_info *info) MUST_USE;
void column_free(struct column *column);

/**
 * From now on symbols are read from `body`: untrusted, borrowed until the column is freed. Before anything else is done.
 * ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM.
 */
enum err column_read(struct column *column, struct view body, struct err_info *info) MUST_USE;
/** While it is on, all is known to both sides: nothing is written or read, values are handed in. Mixed codec only. */
void column_learn(struct column *column, bool is_on);
/** Whether values are given out: in reading, but not while it learns. */
bool column_is_reading(const struct column *column);

/** The first failure, ERR_OK if there was none: ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM. */
enum err column_state(const struct column *column, struct err_info *info) MUST_USE;
/** Fail, unless it failed before. */
void column_fail(struct column *column, enum err err, const char *text);
/** The same with ERR_NOMEM. */
void column_nomem(struct column *column);

/** Append what was written. Errors of column_state(). */
enum err column_finish(struct column *column, struct bytes *out, struct err_info *info) MUST_USE;
/** ERR_FORMAT unless all that was given is read and is what a writer writes. Errors of column_state(). */
enum err column_end(struct column *column, struct err_info *info) MUST_USE;
/** No symbol comes any more: most of its memory is given back. What may follow is column_end(), column_finish() and column_free(). */
void column_rest(struct column *column);
/** Bytes written so far, about. */
size_t column_size(const struct column *column);
/** Work done so far in the mixed codec, in decisions. */
uint64_t column_work(const struct column *column);

/* --- places --- */

struct column_place *column_root(struct column *column);
/** The place of that key below another; made if need be. Never NULL: a failure gives the root. */
struct column_place *column_child(struct column *column, struct column_place *parent, uint32_t key);
/** What the schema says about the values of a place; NULL: nothing. To be told before the first value. */
void column_describe(struct column_place *place, const struct schema_field *field);

/* --- symbols --- */

enum {
	COLUMN_SORTS = 64, /* sorts of symbols; below COLUMN_SORT_FIRST they are this module's own */
	COLUMN_SORT_FIRST = 24,
	COLUMN_CONTEXTS_MAX = 3,
};

struct column_ask {
	struct column_place *place;
	unsigned sort;  /* which column of the place */
	unsigned count; /* of contexts, 1 to 3, the most telling first */
	uint32_t contexts[COLUMN_CONTEXTS_MAX];
};

/** A symbol of 1 to 4 bits. */
unsigned column_symbol(struct column *column, const struct column_ask *ask, unsigned width, unsigned symbol);
/** A number, small ones cheaper, at most `max`; reading gives ERR_TOO_BIG past it. */
uint64_t column_number(struct column *column, const struct column_ask *ask, uint64_t max, uint64_t number);
/** `width` bits (1 to 32) that nothing tells anything about. */
uint32_t column_plain(struct column *column, unsigned width, uint32_t number);
/** Bytes that nothing tells anything about: digests, seeds, signatures. Reading fills `data`. */
void column_raw(struct column *column, uint8_t *data, size_t size);

/* --- values --- */

/**
 * One canonical value, not empty.
 *
 * @param value  reading: set to bytes in `arena`
 * @param old    the value that it replaces; empty: none
 */
void column_value(struct column *column, struct column_place *place, struct arena *arena, struct view *value,
                  struct view old);

/* --- the record at hand --- */

/** A record of a kind begins: nothing is known of it. */
void column_row(struct column *column, struct column_place *kind);
/**
 * The record at hand has this value, known to both sides by now. `place` is one below the kind's.
 * @param is_new  the edit at hand gave it; else it was there before
 */
void column_know(struct column *column, struct column_place *place, struct view value, bool is_new);
/** The same for a number that is no value: how many members a list has. */
void column_know_number(struct column *column, struct column_place *place, int64_t number);
/** The record at hand was given in full: learn which fields tell about which. */
void column_row_end(struct column *column);
/** The time of the edit at hand, seconds since 1970-01-01 UTC. */
void column_now(struct column *column, int64_t time);

#endif
