/**
 * The canonical msgpack profile of schema/codec-v1.md: one value has exactly one encoding, and the reader refuses any other
 * before anything is allocated (it allocates nothing at all).
 *
 * Profile: integers, bool, str (well-formed UTF-8), bin, array, map keyed by ascending unique unsigned integers; the
 * shortest form of each number and length; no nil, no float, no ext. Counts are compared with the bytes left; nesting is
 * at most LIMIT_DEPTH_MAX. It does not: know what a value means.
 */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/bytes.h"

enum codec_type {
	CODEC_UINT, /* zero or positive */
	CODEC_NEGATIVE,
	CODEC_BOOL,
	CODEC_STR,
	CODEC_BIN,
	CODEC_ARRAY,
	CODEC_MAP,
	CODEC_NOTHING, /* the end, or a first byte outside the profile */
};

/* --- writing: each appends; ERR_NOMEM only --- */

enum err codec_write_uint(struct bytes *out, uint64_t value, struct err_info *info) MUST_USE;
enum err codec_write_int(struct bytes *out, int64_t value, struct err_info *info) MUST_USE;
enum err codec_write_bool(struct bytes *out, bool value, struct err_info *info) MUST_USE;
/** The text must be well-formed UTF-8 (programmer's duty). */
enum err codec_write_str(struct bytes *out, struct view text, struct err_info *info) MUST_USE;
enum err codec_write_bin(struct bytes *out, struct view data, struct err_info *info) MUST_USE;
/** The header; `count` values follow. */
enum err codec_write_array(struct bytes *out, size_t count, struct err_info *info) MUST_USE;
/** The header; `count` pairs follow, keys ascending and unique (programmer's duty). */
enum err codec_write_map(struct bytes *out, size_t count, struct err_info *info) MUST_USE;

/* --- reading --- */

/** A cursor over untrusted bytes. Copy it to look ahead. */
struct codec_reader {
	const uint8_t *at;
	const uint8_t *end;
};

/** Start at the beginning of the bytes, which are borrowed. */
struct codec_reader codec_reader_of(struct view bytes);
/** The type of the next value by its first byte; nothing is checked yet. */
enum codec_type codec_peek(const struct codec_reader *reader);
/** Bytes not yet read. */
size_t codec_left(const struct codec_reader *reader);

/** Each moves the reader on success only. ERR_FORMAT: another type, not the shortest form, cut short, not UTF-8. */
enum err codec_read_uint(struct codec_reader *reader, uint64_t *out, struct err_info *info) MUST_USE;
/** The same, ERR_TOO_BIG over `maximum`. */
enum err codec_read_uint_max(struct codec_reader *reader, uint64_t maximum, uint64_t *out,
                             struct err_info *info) MUST_USE;
enum err codec_read_int(struct codec_reader *reader, int64_t *out, struct err_info *info) MUST_USE;
enum err codec_read_bool(struct codec_reader *reader, bool *out, struct err_info *info) MUST_USE;
/** Borrowed; ERR_TOO_BIG over size_max bytes. */
enum err codec_read_str(struct codec_reader *reader, size_t size_max, struct view *out, struct err_info *info) MUST_USE;
enum err codec_read_bin(struct codec_reader *reader, size_t size_max, struct view *out, struct err_info *info) MUST_USE;
/** A bin of just this size, copied out. */
enum err codec_read_bin_exact(struct codec_reader *reader, size_t size, uint8_t *out, struct err_info *info) MUST_USE;
/** The count; ERR_TOO_BIG over count_max; ERR_FORMAT over the bytes left. */
enum err codec_read_array(struct codec_reader *reader, size_t count_max, size_t *count_out,
                          struct err_info *info) MUST_USE;
enum err codec_read_map(struct codec_reader *reader, size_t count_max, size_t *count_out,
                        struct err_info *info) MUST_USE;
/**
 * The key of a map's next pair. *previous is the key before it, -1 at the start; it is moved on.
 * ERR_FORMAT: not an unsigned integer up to 2^32 - 1, or not above the previous one.
 */
enum err codec_read_key(struct codec_reader *reader, int64_t *previous, uint32_t *out, struct err_info *info) MUST_USE;
/** The bytes of the next value, fully checked (nested values too); borrowed. ERR_FORMAT; ERR_TOO_BIG: too deep. */
enum err codec_read_raw(struct codec_reader *reader, struct view *out, struct err_info *info) MUST_USE;
/** ERR_FORMAT unless everything was read. */
enum err codec_end(const struct codec_reader *reader, struct err_info *info) MUST_USE;

/** Whether the text is well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF). */
bool codec_is_utf8(struct view text);

#endif
