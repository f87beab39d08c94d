/**
 * Byte strings. `struct bytes` owns its memory and grows; `struct view` borrows. An empty value of either ({0}) is valid
 * everywhere and releasing it is fine. Growth is geometric; on error the value is unchanged.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct bytes {
	uint8_t *data;
	size_t size;
	size_t capacity;
};

struct view {
	const uint8_t *data;
	size_t size;
};

/** Borrow: valid until the bytes are changed or released. */
struct view bytes_view(const struct bytes *bytes);
/** Borrow a NUL-terminated string, without its NUL. */
struct view view_text(const char *text);
struct view view_of(const void *data, size_t size);

bool view_equal(struct view a, struct view b);
/** memcmp order, a prefix first. */
int view_compare(struct view a, struct view b);

void bytes_release(struct bytes *bytes);
/** Forget the content, keep the memory. */
void bytes_clear(struct bytes *bytes);
/** Make room for `more` bytes behind the end. ERR_NOMEM. */
enum err bytes_reserve(struct bytes *bytes, size_t more, struct err_info *info) MUST_USE;
/** Append; the data may not lie inside `bytes`. ERR_NOMEM. */
enum err bytes_append(struct bytes *bytes, const void *data, size_t size, struct err_info *info) MUST_USE;
enum err bytes_append_view(struct bytes *bytes, struct view view, struct err_info *info) MUST_USE;
enum err bytes_append_text(struct bytes *bytes, const char *text, struct err_info *info) MUST_USE;
enum err bytes_append_byte(struct bytes *bytes, uint8_t byte, struct err_info *info) MUST_USE;
enum err bytes_printf(struct bytes *bytes, struct err_info *info, const char *format, ...) FORMAT_OF(3, 4) MUST_USE;
/** Lower-case hexadecimal. ERR_NOMEM. */
enum err bytes_append_hex(struct bytes *bytes, struct view view, struct err_info *info) MUST_USE;
/** The content as a C string: a NUL is put behind the end, not counted. Valid until the next change. NULL: no memory. */
const char *bytes_text(struct bytes *bytes);
/** Grow by `size` bytes and return where they start, for the caller to fill; NULL: no memory. */
uint8_t *bytes_extend(struct bytes *bytes, size_t size);

/** Write 2 * view.size lower-case hexadecimal digits and a NUL. */
void hex_write(char *out, struct view view);
/** Read exactly 2 * size lower-case digits; false if text is anything else. Upper case is refused: one value, one spelling. */
bool hex_read(uint8_t *out, size_t size, struct view text);

/** Big-endian loads and stores. */
uint32_t load_u32(const uint8_t *at);
uint64_t load_u64(const uint8_t *at);
void store_u16(uint8_t *at, uint16_t value);
void store_u32(uint8_t *at, uint32_t value);
void store_u64(uint8_t *at, uint64_t value);
uint16_t load_u16(const uint8_t *at);

#endif
