#include "codec/codec.h"

enum {
	FIXMAP = 0x80,
	FIXARRAY = 0x90,
	FIXSTR = 0xa0,
	FALSE_BYTE = 0xc2,
	BIN8 = 0xc4,
	UINT8_BYTE = 0xcc,
	INT8_BYTE = 0xd0,
	STR8 = 0xd9,
	ARRAY16 = 0xdc,
	MAP16 = 0xde,
	HEAD_BYTES_MAX = 9,
};

/* A first byte and `size` bytes of a big-endian number. */
static enum err
write_head(struct bytes *out, unsigned first, uint64_t value, size_t size, struct err_info *info)
{
	uint8_t head[HEAD_BYTES_MAX];

	head[0] = (uint8_t)first;
	for (size_t i = 0; i < size; i++)
		head[1 + i] = (uint8_t)(value >> (8 * (size - 1 - i)));
	return bytes_append(out, head, 1 + size, info);
}

/* The shortest of 1, 2, 4, 8 bytes; `first` is the first byte of the one-byte form, the others follow it. */
static enum err
write_sized(struct bytes *out, unsigned first, uint64_t value, struct err_info *info)
{
	if (value <= UINT8_MAX)
		return write_head(out, first, value, 1, info);
	if (value <= UINT16_MAX)
		return write_head(out, first + 1, value, 2, info);
	if (value <= UINT32_MAX)
		return write_head(out, first + 2, value, 4, info);
	return write_head(out, first + 3, value, 8, info);
}

enum err
codec_write_uint(struct bytes *out, uint64_t value, struct err_info *info)
{
	if (value < 0x80)
		return bytes_append_byte(out, (uint8_t)value, info);
	return write_sized(out, UINT8_BYTE, value, info);
}

enum err
codec_write_int(struct bytes *out, int64_t value, struct err_info *info)
{
	uint64_t bits = (uint64_t)value;

	if (value >= 0)
		return codec_write_uint(out, bits, info);
	if (value >= -32)
		return bytes_append_byte(out, (uint8_t)bits, info);
	if (value >= INT8_MIN)
		return write_head(out, INT8_BYTE, bits, 1, info);
	if (value >= INT16_MIN)
		return write_head(out, INT8_BYTE + 1, bits, 2, info);
	if (value >= INT32_MIN)
		return write_head(out, INT8_BYTE + 2, bits, 4, info);
	return write_head(out, INT8_BYTE + 3, bits, 8, info);
}

enum err
codec_write_bool(struct bytes *out, bool value, struct err_info *info)
{
	return bytes_append_byte(out, (uint8_t)(FALSE_BYTE + (value ? 1 : 0)), info);
}

enum err
codec_write_str(struct bytes *out, struct view text, struct err_info *info)
{
	enum err err;

	if (text.size < 32)
		err = bytes_append_byte(out, (uint8_t)(FIXSTR | text.size), info);
	else
		err = write_sized(out, STR8, text.size, info);
	if (err != ERR_OK)
		return err;
	return bytes_append_view(out, text, info);
}

enum err
codec_write_bin(struct bytes *out, struct view data, struct err_info *info)
{
	enum err err = write_sized(out, BIN8, data.size, info);

	if (err != ERR_OK)
		return err;
	return bytes_append_view(out, data, info);
}

static enum err
write_count(struct bytes *out, unsigned fixed, unsigned first16, size_t count, struct err_info *info)
{
	if (count < 16)
		return bytes_append_byte(out, (uint8_t)(fixed | count), info);
	if (count <= UINT16_MAX)
		return write_head(out, first16, count, 2, info);
	return write_head(out, first16 + 1, count, 4, info);
}

enum err
codec_write_array(struct bytes *out, size_t count, struct err_info *info)
{
	return write_count(out, FIXARRAY, ARRAY16, count, info);
}

enum err
codec_write_map(struct bytes *out, size_t count, struct err_info *info)
{
	return write_count(out, FIXMAP, MAP16, count, info);
}
