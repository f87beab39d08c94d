#include <string.h>

#include "codec/codec.h"

enum {
	WORD_BYTES = 8
};

static bool
is_ascii_word(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return (word & 0x8080808080808080U) == 0;
}

/* Bytes of the sequence that starts here, or 0. Table 3-7 of the Unicode Standard. */
static size_t
sequence_bytes(const uint8_t *at, size_t left)
{
	unsigned first = at[0];
	unsigned low = 0x80;
	unsigned high = 0xbf;
	size_t size;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (left < size)
		return 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return size;
}

bool
codec_is_utf8(struct view text)
{
	size_t i = 0;

	while (i < text.size) {
		size_t size;

		if (text.size - i >= WORD_BYTES && is_ascii_word(text.data + i)) {
			i += WORD_BYTES;
			continue;
		}
		size = sequence_bytes(text.data + i, text.size - i);
		if (size == 0)
			return false;
		i += size;
	}
	return true;
}
