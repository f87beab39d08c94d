/**
 * GB 18030 in and out, strict both ways: what cannot be said exactly is an error, never a question mark. The tables are
 * the C library's (iconv), checked at both ends by this module. Source: schema/text-v1.md, section 3.
 */
#ifndef TEXT_GB18030_H
#define TEXT_GB18030_H

#include "base/bytes.h"

struct text_decoder;

/** A decoder for a stream of pieces. Release with text_decoder_free(). ERR_NOMEM; ERR_STATE: this system has no GB18030. */
enum err text_decoder_new(struct text_decoder **out, struct err_info *info) MUST_USE;
void text_decoder_free(struct text_decoder *decoder);
/**
 * Append the UTF-8 of the next piece. A character cut by the end of the piece waits for the next one; after the last
 * piece that is an error.
 *
 * @return ERR_OK; ERR_FORMAT: names the byte offset (from 0) and the line (from 1) in the whole stream; ERR_NOMEM
 */
enum err text_decoder_put(struct text_decoder *decoder, struct bytes *out, struct view piece, bool is_last,
                          struct err_info *info) MUST_USE;

/** Append the UTF-8 of a whole GB 18030 text. ERR_FORMAT (byte and line), ERR_STATE, ERR_NOMEM. */
enum err text_gb18030_read(struct bytes *out, struct view text, struct err_info *info) MUST_USE;

struct text_encoder;

enum err text_encoder_new(struct text_encoder **out, struct err_info *info) MUST_USE;
void text_encoder_free(struct text_encoder *encoder);
/**
 * Append the GB 18030 of a whole UTF-8 text; `out` is unchanged on error.
 *
 * @return ERR_OK; ERR_FORMAT: not UTF-8; ERR_RULE: a character that would not come back as itself, named as U+HEX;
 *         ERR_NOMEM
 */
enum err text_encoder_put(struct text_encoder *encoder, struct bytes *out, struct view text,
                          struct err_info *info) MUST_USE;

/** The same for a single text. ERR_STATE: this system has no GB18030. */
enum err text_gb18030_write(struct bytes *out, struct view text, struct err_info *info) MUST_USE;

#endif
