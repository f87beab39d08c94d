/**
 * Deflate for one kind of content: a directory of ids (git/tree.h), entries of 60 bytes of which 20 are random and 32 are
 * digits. One Huffman code made for that, and every entry but the first begins with a copy of the one before. A stream like
 * any other (RFC 1950, RFC 1951), a twentieth smaller than zlib's and made some ten times as fast. Internal to git.
 */
#ifndef GIT_LEAF_H
#define GIT_LEAF_H

#include "base/bytes.h"

enum {
	LEAF_ENTRY_BYTES = 60, /* "100644 ", 32 digits, NUL, id */
	LEAF_LITERALS = 257,   /* bytes and the end of the block */
	LEAF_SYMBOLS = 288,
	LEAF_LOOKS = 512, /* of nine bits: no code has more */
	LEAF_DIGITS = 32, /* of five bits: a digit */
};

/** The code; made anew when the length of the copy changes. {0}: none yet. */
struct leaf_coder {
	unsigned copied;              /* bytes that each entry takes from the one before; 0: no code yet */
	unsigned symbol;              /* of that length */
	uint16_t codes[LEAF_SYMBOLS]; /* as they are written, lowest bit first */
	uint8_t sizes[LEAF_SYMBOLS];
	uint8_t head[64]; /* the block's header */
	size_t head_bits;
	uint32_t copy; /* all of a copy: length and distance */
	unsigned copy_bits;
};

/** The same code to read by. {0}: none yet. */
struct leaf_decoder {
	struct leaf_coder coder;
	uint16_t symbols[LEAF_LOOKS]; /* by the next nine bits: the symbol, and above it the size of its code */
	uint8_t digits[LEAF_DIGITS];  /* by the next five: the digit; 0: it is none */
};

/** Is it a directory of ids? Its size, and the mode and the end of each name. */
bool leaf_is_one(struct view content);
/** Append the zlib stream of a directory of ids. ERR_NOMEM. */
enum err leaf_encode(struct bytes *out, struct leaf_coder *coder, struct view content, struct err_info *info) MUST_USE;

/**
 * Append the directory of `size` bytes that begins a stream as leaf_encode() writes it; other bytes may follow. A reader of any stream
 * makes its tables anew for each, which costs more than reading so short a one.
 * @param used_out  bytes of the stream
 * @return false: it is not one of ours, is damaged, or there is no memory: a reader of any stream says what is wrong; `out` is as before
 */
bool leaf_decode(struct bytes *out, size_t *used_out, struct leaf_decoder *decoder, size_t size, struct view stream);

#endif
