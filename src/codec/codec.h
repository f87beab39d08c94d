/**
 * Canonical msgpack: one value has exactly one encoding, and the reader refuses every other one before it allocates.
 *
 * The profile: integers in their shortest form (not negative: unsigned forms), shortest lengths, true and false, UTF-8
 * strings, binaries, arrays, and maps keyed by ascending unsigned integers. Never nil, floats or extensions. A value nests at
 * most LIMIT_DEPTH_MAX containers. The reader is a cursor over borrowed bytes: it allocates nothing, and a count is
 * checked against the bytes left before it is given out. It knows nothing of fields or types: that is schema's.
 * Source: schema/codec-v1.md.
 */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/bytes.h"

/* --- writing: each appends one value or header; ERR_NOMEM; ERR_TOO_BIG: more than 2^32-1 bytes or members --- */

enum err codec_write_uint(struct bytes *out, uint64_t value, struct err_info *info) MUST_USE;
enum err codec_write_int(struct bytes *out, int64_t value, struct err_info *info) MUST_USE;
enum err codec_write_bool(struct bytes *out, bool value, struct err_info *info) MUST_USE;
/** The text must be well-formed UTF-8 (asserted: what comes from outside is checked at its door). */
enum err codec_write_str(struct bytes *out, struct view text, struct err_info *info) MUST_USE;
enum err codec_write_bin(struct bytes *out, struct view data, struct err_info *info) MUST_USE;
/** The header; `count` values follow. */
enum err codec_write_array(struct bytes *out, size_t count, struct err_info *info) MUST_USE;
/** The header; `count` times a key (codec_write_uint, ascending) and a value follow. */
enum err codec_write_map(struct bytes *out, size_t count, struct err_info *info) MUST_USE;

/** Bytes that codec_write_uint() appends for a value. */
size_t codec_uint_size(uint64_t value);

/* --- reading: each takes the next value or header and steps over it. On an error the position is unchanged.
 *     ERR_FORMAT: another type, another encoding than the canonical one, or the end; the text names the byte --- */

enum codec_type {
	CODEC_NONE, /* the end, or a byte that begins no value of the profile */
	CODEC_INTEGER,
	CODEC_BOOL,
	CODEC_STR,
	CODEC_BIN,
	CODEC_ARRAY,
	CODEC_MAP,
};

struct codec_reader {
	struct view view; /* untrusted; borrowed */
	size_t position;  /* of the next value; <= view.size */
};

/** A reader at the start of a view. */
struct codec_reader codec_reader_of(struct view view);
size_t codec_left(const struct codec_reader *reader);
/** The type that the next byte says; nothing is checked yet. */
enum codec_type codec_peek_type(const struct codec_reader *reader);

enum err codec_read_uint(uint64_t *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** The same with a bound: ERR_TOO_BIG above `max`. */
enum err codec_read_uint_max(uint64_t *out, struct codec_reader *reader, uint64_t max, struct err_info *info) MUST_USE;
/** Any integer from INT64_MIN to INT64_MAX. */
enum err codec_read_int(int64_t *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
enum err codec_read_bool(bool *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** *out borrows from the reader's view; it is well-formed UTF-8. May be empty. */
enum err codec_read_str(struct view *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** The same; ERR_TOO_BIG above `size_max` bytes. */
enum err codec_read_str_max(struct view *out, struct codec_reader *reader, size_t size_max,
                            struct err_info *info) MUST_USE;
enum err codec_read_bin(struct view *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** A binary of exactly `size` bytes, copied to `out`. */
enum err codec_read_bin_exact(void *out, size_t size, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** Member count of an array; never more than the bytes left. */
enum err codec_read_array(size_t *count_out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** Pair count of a map; never more than half the bytes left. */
enum err codec_read_map(size_t *count_out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/**
 * The key of the pair number `index` (from 0) of a map: above the key before it.
 * @param key  in: the previous key, not looked at when index is 0; out: this one
 */
enum err codec_read_key(uint32_t *key, struct codec_reader *reader, size_t index, struct err_info *info) MUST_USE;

/** Step over the next value, checked in full: canonical in all its parts, keys ascending, at most LIMIT_DEPTH_MAX deep. */
enum err codec_skip(struct codec_reader *reader, struct err_info *info) MUST_USE;
/** The same, and give its bytes, borrowed. */
enum err codec_read_raw(struct view *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** The same for a record's value: an empty string, binary, array or map is refused at every level. */
enum err codec_read_value(struct view *out, struct codec_reader *reader, struct err_info *info) MUST_USE;
/** ERR_FORMAT unless the view is read to its end. */
enum err codec_end(const struct codec_reader *reader, struct err_info *info) MUST_USE;

/** The integer of a value that is known to be canonical; false: it is no integer, or past INT64_MAX. For values read before. */
bool codec_integer_of(int64_t *out, struct view value) MUST_USE;

/** Whether a view is exactly one canonical value, as codec_read_value() takes it. */
enum err codec_check_value(struct view value, struct err_info *info) MUST_USE;

#endif
