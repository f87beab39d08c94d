/**
 * compress: one zstd frame, bounded on both sides. A frame names its exact size, carries a checksum, needs a window of at
 * most 2^LIMIT_ZSTD_WINDOW_LOG_MAX bytes, and nothing follows it. The compressed bytes are not an identity of anything:
 * they differ between zstd versions. Integrity comes from the seal around them; the checksum only locates a fault.
 */
#ifndef COMPRESS_COMPRESS_H
#define COMPRESS_COMPRESS_H

#include "base/bytes.h"

enum {
	COMPRESS_LEVEL_MIN = 1,
	COMPRESS_LEVEL_MAX = 19,
};

/**
 * Append the frame of `plain`.
 *
 * @param plain       may be empty; at most LIMIT_DELTA_BYTES_MAX bytes
 * @param level       COMPRESS_LEVEL_MIN to COMPRESS_LEVEL_MAX; asserted
 * @param dictionary  raw content that the reader holds too, byte for byte; empty: none. Bytes further back than the window
 *                    (8 MiB, plain and dictionary together) are of no use
 * @return ERR_OK; ERR_TOO_BIG; ERR_NOMEM; out is unchanged on error
 */
enum err compress_shrink(struct bytes *out, struct view plain, int level, struct view dictionary,
                         struct err_info *info) MUST_USE;
/**
 * Append what compress_shrink() shrank.
 *
 * @param shrunk      untrusted: exactly one frame
 * @param size_exact  the signed size; the frame must name it and give it. Memory grows with what is really restored
 * @param dictionary  the same bytes as at compress_shrink(); another one is not noticed here but by the checksum
 * @return ERR_OK; ERR_FORMAT: not one such frame; ERR_TOO_BIG: size_exact over LIMIT_DELTA_BYTES_MAX or the window over
 *         its limit; ERR_NOMEM; out is unchanged on error
 */
enum err compress_restore(struct bytes *out, struct view shrunk, size_t size_exact, struct view dictionary,
                          struct err_info *info) MUST_USE;

#endif
