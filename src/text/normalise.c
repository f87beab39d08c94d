#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "text/text.h"

enum {
	PRIVATE_FIRST = 0xe76c,
	PRIVATE_LAST = 0xe864,
};

/* The character that a private-use point stood for; 0: none is known. */
static const uint32_t private_use[PRIVATE_LAST - PRIVATE_FIRST + 1] = {
#define PRIVATE_USE(private_point, point, code) [(private_point)-PRIVATE_FIRST] = (point),
#include "text/private_use.def"
#undef PRIVATE_USE
};

static uint32_t
private_use_meaning(uint32_t point)
{
	return point < PRIVATE_FIRST || point > PRIVATE_LAST ? 0 : private_use[point - PRIVATE_FIRST];
}

static bool
is_compatibility_ideograph(uint32_t point)
{
	return (point >= 0xf900 && point <= 0xfaff) || (point >= 0x2f800 && point <= 0x2fa1f);
}

/*
 * Characters that normalisation leaves alone among their like: each is its own NFC and composes with none of them. The
 * list is short on purpose (what Chinese records are made of); all else takes the slow way.
 */
static bool
is_plain(uint32_t point)
{
	if (point < 0x300)
		return point != 0;
	if (point >= 0x3400 && point <= 0x9fff)
		return true;
	if (point >= 0x3001 && point <= 0x3098)
		return point < 0x302a || point > 0x302f;
	if (point >= 0xe000 && point <= 0xf8ff)
		return private_use_meaning(point) == 0;
	if (point >= 0x2010 && point <= 0x2027)
		return true;
	if (point >= 0xff01 && point <= 0xffee)
		return true;
	return (point >= 0x20000 && point <= 0x2f7ff) || is_compatibility_ideograph(point);
}

static bool
has_nul_or_high(uint64_t eight)
{
	uint64_t zero = (eight - UINT64_C(0x0101010101010101)) & ~eight;

	return ((zero | eight) & UINT64_C(0x8080808080808080)) != 0;
}

/* One pass: checks that it is UTF-8 without U+0000, and tells whether there is anything to do. */
static enum err
scan(struct view text, bool *is_plain_out, struct err_info *info)
{
	struct view rest = text;
	bool plain = true;

	while (rest.size > 0) {
		size_t at = text.size - rest.size;
		uint64_t eight;
		uint32_t point;

		if (rest.size >= sizeof(eight)) {
			memcpy(&eight, rest.data, sizeof(eight));
			if (!has_nul_or_high(eight)) {
				rest.data += sizeof(eight);
				rest.size -= sizeof(eight);
				continue;
			}
		}
		point = text_next(&rest);
		if (point == UINT32_MAX)
			return err_set(info, ERR_FORMAT, _("the text is not UTF-8 at byte %zu"), at + 1);
		if (point == 0)
			return err_set(info, ERR_FORMAT, _("the text holds a NUL at byte %zu"), at + 1);
		plain = plain && is_plain(point);
	}
	*is_plain_out = plain;
	return ERR_OK;
}

/* A combining mark, or one of the three starters whose decomposition begins with one (they reorder like marks). */
static bool
is_mark(uint32_t point)
{
	if (point < 0x300)
		return false;
	if (point == 0x0f73 || point == 0x0f75 || point == 0x0f81)
		return true;
	return utf8proc_get_property((utf8proc_int32_t)point)->combining_class != 0;
}

/* Replace private-use points; bound the runs of marks, which utf8proc sorts in quadratic time. */
static enum err
map_private_use(struct bytes *out, struct view text, struct err_info *info)
{
	size_t marks = 0;

	while (text.size > 0) {
		uint32_t point = text_next(&text);
		uint32_t meaning = private_use_meaning(point);
		enum err err;

		marks = is_mark(point) ? marks + 1 : 0;
		if (marks > LIMIT_TEXT_MARKS_MAX)
			return err_set(info, ERR_RULE, _("the text has more than %d combining marks in a row"),
			               LIMIT_TEXT_MARKS_MAX);
		err = text_append(out, meaning != 0 ? meaning : point, info);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err
append_nfc(struct bytes *out, struct view text, struct err_info *info)
{
	utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t size;
	enum err err;

	if (text.size == 0)
		return ERR_OK;
	size = utf8proc_map(text.data, (utf8proc_ssize_t)text.size, &composed, options);
	if (size == UTF8PROC_ERROR_NOMEM || size == UTF8PROC_ERROR_OVERFLOW)
		return err_nomem(info);
	if (size < 0)
		return err_set(info, ERR_INTERNAL, "utf8proc: %s", utf8proc_errmsg(size));
	err = bytes_append(out, composed, (size_t)size, info);
	free(composed);
	return err;
}

/* NFC of the pieces between compatibility ideographs: those are starters that compose with nothing. */
static enum err
append_pieces(struct bytes *out, struct view text, struct err_info *info)
{
	struct view rest = text;
	const uint8_t *piece = text.data;

	while (rest.size > 0) {
		const uint8_t *at = rest.data;
		enum err err;

		if (!is_compatibility_ideograph(text_next(&rest)))
			continue;
		err = append_nfc(out, view_of(piece, (size_t)(at - piece)), info);
		if (err == ERR_OK)
			err = bytes_append(out, at, (size_t)(rest.data - at), info);
		if (err != ERR_OK)
			return err;
		piece = rest.data;
	}
	return append_nfc(out, view_of(piece, (size_t)(rest.data - piece)), info);
}

static enum err
append_slowly(struct bytes *out, struct view text, struct err_info *info)
{
	struct bytes mapped = {0};
	size_t size_before = out->size;
	enum err err = map_private_use(&mapped, text, info);

	if (err == ERR_OK)
		err = append_pieces(out, bytes_view(&mapped), info);
	if (err != ERR_OK)
		out->size = size_before;
	bytes_release(&mapped);
	return err;
}

enum err
text_normalise(struct bytes *out, struct view text, struct err_info *info)
{
	bool plain = false;
	enum err err = scan(text, &plain, info);

	if (err != ERR_OK)
		return err;
	if (plain)
		return bytes_append_view(out, text, info);
	return append_slowly(out, text, info);
}

enum err
text_normalise_view(struct view *out, struct bytes *spare, struct view text, struct err_info *info)
{
	bool plain = false;
	enum err err = scan(text, &plain, info);

	if (err != ERR_OK)
		return err;
	if (plain) {
		*out = text;
		return ERR_OK;
	}
	bytes_clear(spare);
	err = append_slowly(spare, text, info);
	if (err == ERR_OK)
		*out = bytes_view(spare);
	return err;
}
