#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/codec.h"

enum {
	HEADER_BYTES_MAX = 9
};

/* Append a first byte and the low `width` bytes of a number, big-endian. */
static enum err
write_head(struct bytes *out, uint8_t first, uint64_t value, size_t width, struct err_info *info)
{
	uint8_t *at;

	if (out->capacity - out->size < HEADER_BYTES_MAX) {
		enum err err = bytes_reserve(out, HEADER_BYTES_MAX, info);

		if (err != ERR_OK)
			return err;
	}
	at = out->data + out->size;
	at[0] = first;
	for (size_t i = 0; i < width; i++)
		at[1 + i] = (uint8_t)(value >> (8 * (width - 1 - i)));
	out->size += 1 + width;
	return ERR_OK;
}

enum err
codec_write_uint(struct bytes *out, uint64_t value, struct err_info *info)
{
	if (value < 0x80)
		return write_head(out, (uint8_t)value, 0, 0, info);
	if (value <= UINT8_MAX)
		return write_head(out, 0xcc, value, 1, info);
	if (value <= UINT16_MAX)
		return write_head(out, 0xcd, value, 2, info);
	if (value <= UINT32_MAX)
		return write_head(out, 0xce, value, 4, info);
	return write_head(out, 0xcf, value, 8, info);
}

size_t
codec_uint_size(uint64_t value)
{
	if (value < 0x80)
		return 1;
	if (value <= UINT8_MAX)
		return 2;
	if (value <= UINT16_MAX)
		return 3;
	return value <= UINT32_MAX ? 5 : 9;
}

enum err
codec_write_int(struct bytes *out, int64_t value, struct err_info *info)
{
	if (value >= 0)
		return codec_write_uint(out, (uint64_t)value, info);
	if (value >= -32)
		return write_head(out, (uint8_t)value, 0, 0, info);
	if (value >= INT8_MIN)
		return write_head(out, 0xd0, (uint64_t)value, 1, info);
	if (value >= INT16_MIN)
		return write_head(out, 0xd1, (uint64_t)value, 2, info);
	if (value >= INT32_MIN)
		return write_head(out, 0xd2, (uint64_t)value, 4, info);
	return write_head(out, 0xd3, (uint64_t)value, 8, info);
}

enum err
codec_write_bool(struct bytes *out, bool value, struct err_info *info)
{
	return write_head(out, value ? 0xc3 : 0xc2, 0, 0, info);
}

static enum err
too_long(struct err_info *info)
{
	return err_set(info, ERR_TOO_BIG, _("a value has more than 4294967295 bytes or members"));
}

/* Header and content together, so that an error leaves nothing behind. */
static enum err
write_content(struct bytes *out, uint8_t first, size_t width, struct view content, struct err_info *info)
{
	size_t before = out->size;
	enum err err = write_head(out, first, width == 0 ? 0 : content.size, width, info);

	if (err == ERR_OK)
		err = bytes_append_view(out, content, info);
	if (err != ERR_OK)
		out->size = before;
	return err;
}

enum err
codec_write_str(struct bytes *out, struct view text, struct err_info *info)
{
	assert(utf8_is_valid(text));
	if (text.size < 32)
		return write_content(out, (uint8_t)(0xa0 | text.size), 0, text, info);
	if (text.size <= UINT8_MAX)
		return write_content(out, 0xd9, 1, text, info);
	if (text.size <= UINT16_MAX)
		return write_content(out, 0xda, 2, text, info);
	return text.size <= UINT32_MAX ? write_content(out, 0xdb, 4, text, info) : too_long(info);
}

enum err
codec_write_bin(struct bytes *out, struct view data, struct err_info *info)
{
	if (data.size <= UINT8_MAX)
		return write_content(out, 0xc4, 1, data, info);
	if (data.size <= UINT16_MAX)
		return write_content(out, 0xc5, 2, data, info);
	return data.size <= UINT32_MAX ? write_content(out, 0xc6, 4, data, info) : too_long(info);
}

enum err
codec_write_array(struct bytes *out, size_t count, struct err_info *info)
{
	if (count < 16)
		return write_head(out, (uint8_t)(0x90 | count), 0, 0, info);
	if (count <= UINT16_MAX)
		return write_head(out, 0xdc, count, 2, info);
	return count <= UINT32_MAX ? write_head(out, 0xdd, count, 4, info) : too_long(info);
}

enum err
codec_write_map(struct bytes *out, size_t count, struct err_info *info)
{
	if (count < 16)
		return write_head(out, (uint8_t)(0x80 | count), 0, 0, info);
	if (count <= UINT16_MAX)
		return write_head(out, 0xde, count, 2, info);
	return count <= UINT32_MAX ? write_head(out, 0xdf, count, 4, info) : too_long(info);
}
