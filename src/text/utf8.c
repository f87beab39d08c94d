#include "base/utf8.h"

#include <assert.h>
#include <string.h>

#include "text/text.h"

/* Size of the well-formed sequence at the start of `text`, 0: none. Table 3-7 of the Unicode standard. */
static size_t
sequence_size(struct view text)
{
	const uint8_t *at = text.data;
	uint8_t low = 0x80;
	uint8_t high = 0xbf;
	size_t size;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	size = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (text.size < size)
		return 0;
	if (at[0] == 0xe0)
		low = 0xa0;
	else if (at[0] == 0xed)
		high = 0x9f;
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
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
text_utf8_prefix(struct view text)
{
	return utf8_prefix(text);
}

bool
text_is_utf8(struct view text)
{
	return text_utf8_prefix(text) == text.size;
}

size_t
text_count(struct view text)
{
	size_t count = 0;

	while (text.size > 0) {
		(void)text_next(&text);
		count++;
	}
	return count;
}

uint32_t
text_next(struct view *text)
{
	const uint8_t *at = text->data;
	size_t size = sequence_size(*text);
	uint32_t point = UINT32_MAX;

	if (size == 1)
		point = at[0];
	else if (size == 2)
		point = (uint32_t)(at[0] & 0x1f) << 6 | (uint32_t)(at[1] & 0x3f);
	else if (size == 3)
		point = (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (uint32_t)(at[2] & 0x3f);
	else if (size == 4)
		point = (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 |
		        (uint32_t)(at[2] & 0x3f) << 6 | (uint32_t)(at[3] & 0x3f);
	else
		size = 1;
	text->data += size;
	text->size -= size;
	return point;
}

enum err
text_append(struct bytes *out, uint32_t point, struct err_info *info)
{
	uint8_t at[4];
	size_t size;

	assert(point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff));
	if (point < 0x80) {
		at[0] = (uint8_t)point;
		size = 1;
	} else if (point < 0x800) {
		at[0] = (uint8_t)(0xc0 | point >> 6);
		size = 2;
	} else if (point < 0x10000) {
		at[0] = (uint8_t)(0xe0 | point >> 12);
		size = 3;
	} else {
		at[0] = (uint8_t)(0xf0 | point >> 18);
		size = 4;
	}
	for (size_t i = 1; i < size; i++)
		at[i] = (uint8_t)(0x80 | (point >> (6 * (size - 1 - i)) & 0x3f));
	return bytes_append(out, at, size, info);
}
