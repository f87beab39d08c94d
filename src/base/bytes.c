#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BYTES_CAPACITY_MIN = 64
};

struct view
bytes_view(const struct bytes *bytes)
{
	return (struct view){bytes->data, bytes->size};
}

struct view
view_text(const char *text)
{
	return (struct view){(const uint8_t *)text, strlen(text)};
}

struct view
view_of(const void *data, size_t size)
{
	return (struct view){data, size};
}

bool
view_equal(struct view a, struct view b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int
view_compare(struct view a, struct view b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

void
bytes_release(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){0};
}

void
bytes_clear(struct bytes *bytes)
{
	bytes->size = 0;
}

enum err
bytes_reserve(struct bytes *bytes, size_t more, struct err_info *info)
{
	size_t capacity = bytes->capacity < BYTES_CAPACITY_MIN ? BYTES_CAPACITY_MIN : bytes->capacity;
	uint8_t *data;

	if (more > SIZE_MAX / 2 - bytes->size)
		return err_nomem(info);
	if (bytes->data != NULL && bytes->size + more <= bytes->capacity)
		return ERR_OK;
	while (capacity < bytes->size + more)
		capacity += capacity / 2;
	data = realloc(bytes->data, capacity);
	if (data == NULL)
		return err_nomem(info);
	bytes->data = data;
	bytes->capacity = capacity;
	return ERR_OK;
}

enum err
bytes_append(struct bytes *bytes, const void *data, size_t size, struct err_info *info)
{
	enum err err;

	if (size == 0)
		return ERR_OK;
	err = bytes_reserve(bytes, size, info);
	if (err != ERR_OK)
		return err;
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
	return ERR_OK;
}

enum err
bytes_append_view(struct bytes *bytes, struct view view, struct err_info *info)
{
	return bytes_append(bytes, view.data, view.size, info);
}

enum err
bytes_append_text(struct bytes *bytes, const char *text, struct err_info *info)
{
	return bytes_append(bytes, text, strlen(text), info);
}

enum err
bytes_append_byte(struct bytes *bytes, uint8_t byte, struct err_info *info)
{
	return bytes_append(bytes, &byte, 1, info);
}

enum err
bytes_printf(struct bytes *bytes, struct err_info *info, const char *format, ...)
{
	va_list args;
	int size;
	enum err err;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		return err_set(info, ERR_INTERNAL, "a text could not be formatted");
	err = bytes_reserve(bytes, (size_t)size + 1, info);
	if (err != ERR_OK)
		return err;
	va_start(args, format);
	(void)vsnprintf((char *)bytes->data + bytes->size, (size_t)size + 1, format, args);
	va_end(args);
	bytes->size += (size_t)size;
	return ERR_OK;
}

enum err
bytes_append_hex(struct bytes *bytes, struct view view, struct err_info *info)
{
	enum err err = bytes_reserve(bytes, view.size * 2 + 1, info);

	if (err != ERR_OK)
		return err;
	hex_write((char *)bytes->data + bytes->size, view);
	bytes->size += view.size * 2;
	return ERR_OK;
}

const char *
bytes_text(struct bytes *bytes)
{
	if (bytes_reserve(bytes, 1, NULL) != ERR_OK)
		return NULL;
	bytes->data[bytes->size] = '\0';
	return (const char *)bytes->data;
}

uint8_t *
bytes_extend(struct bytes *bytes, size_t size)
{
	uint8_t *at;

	if (bytes_reserve(bytes, size, NULL) != ERR_OK)
		return NULL;
	at = bytes->data + bytes->size;
	bytes->size += size;
	return at;
}

static const char HEX_DIGITS[] = "0123456789abcdef";

void
hex_write(char *out, struct view view)
{
	for (size_t i = 0; i < view.size; i++) {
		out[2 * i] = HEX_DIGITS[view.data[i] >> 4];
		out[2 * i + 1] = HEX_DIGITS[view.data[i] & 0x0f];
	}
	out[2 * view.size] = '\0';
}

/* The value of a digit and bit 4; 0: it is none. A tree is digits for the greater part, so this is no place for branches. */
static const uint8_t HEX_VALUES[256] = {
	['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15, ['6'] = 0x16, ['7'] = 0x17,
	['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1a, ['b'] = 0x1b, ['c'] = 0x1c, ['d'] = 0x1d, ['e'] = 0x1e, ['f'] = 0x1f,
};

bool
hex_read(uint8_t *out, size_t size, struct view text)
{
	unsigned all = 0x10;

	if (text.size != size * 2)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned high = HEX_VALUES[text.data[2 * i]];
		unsigned low = HEX_VALUES[text.data[2 * i + 1]];

		all &= high & low;
		out[i] = (uint8_t)(high << 4 | (low & 0x0f));
	}
	return (all & 0x10) != 0;
}

uint16_t
load_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t
load_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint64_t
load_u64(const uint8_t *at)
{
	return (uint64_t)load_u32(at) << 32 | load_u32(at + 4);
}

void
store_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void
store_u32(uint8_t *at, uint32_t value)
{
	store_u16(at, (uint16_t)(value >> 16));
	store_u16(at + 2, (uint16_t)value);
}

void
store_u64(uint8_t *at, uint64_t value)
{
	store_u32(at, (uint32_t)(value >> 32));
	store_u32(at + 4, (uint32_t)value);
}
