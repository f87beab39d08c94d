#include "base/utf8.h"

#include <string.h>

enum {
	WORD = 8
};

/* Bytes of the well-formed sequence at `at` (at least one byte is left), or 0; table 3-7 of the Unicode standard. */
static size_t
sequence_size(const uint8_t *at, size_t left)
{
	uint8_t lead = at[0];
	uint8_t low = 0x80;
	uint8_t high = 0xbf;
	size_t size;

	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (left < size)
		return 0;
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return size;
}

size_t
utf8_prefix(struct view text)
{
	size_t at = 0;

	while (at < text.size) {
		uint64_t word;
		size_t size;

		while (text.size - at >= WORD) {
			memcpy(&word, text.data + at, WORD);
			if ((word & UINT64_C(0x8080808080808080)) != 0)
				break;
			at += WORD;
		}
		if (at == text.size)
			break;
		size = sequence_size(text.data + at, text.size - at);
		if (size == 0)
			break;
		at += size;
		/* Chinese text: stay among three-byte sequences without the look for whole words of ASCII */
		while (text.size - at >= 3 && text.data[at] >= 0xe0) {
			size = sequence_size(text.data + at, text.size - at);
			if (size == 0)
				return at;
			at += size;
		}
	}
	return at;
}

bool
utf8_is_valid(struct view text)
{
	return utf8_prefix(text) == text.size;
}

size_t
utf8_count(struct view text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += (text.data[i] & 0xc0) != 0x80;
	return count;
}
