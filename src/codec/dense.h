/**
 * The dense form of a canonical value: the same value in fewer bytes, by fixed prefix codes that follow the value's structure.
 * Deterministic for ever: one value has one form, and no library's version decides it. Thread-safe.
 * Source: schema/dense-v1.md.
 */
#ifndef CODEC_DENSE_H
#define CODEC_DENSE_H

#include "base/bytes.h"

/**
 * Write the dense form of one canonical value.
 *
 * @param out       `capacity` bytes; undefined if nothing is written
 * @param size_out  bytes written; at least 1
 * @param value     exactly one canonical value
 * @return false: it does not fit in `capacity` bytes, or the bytes have no dense form (they are no such value, or nest too deep)
 */
bool codec_dense_write(uint8_t *out, size_t capacity, size_t *size_out, struct view value) MUST_USE;

/**
 * Read a dense form.
 *
 * @param out       the value is appended; unchanged on error, but that room behind its end may hold what was read so far
 * @param dense     untrusted
 * @param size_max  of the value, in bytes
 * @return ERR_OK; ERR_FORMAT: no dense form; ERR_TOO_BIG: the value has more than `size_max` bytes; ERR_NOMEM.
 * What comes out has the structure of a value; whether it is canonical its own reader says.
 */
enum err codec_dense_read(struct bytes *out, struct view dense, size_t size_max, struct err_info *info) MUST_USE;

#endif
