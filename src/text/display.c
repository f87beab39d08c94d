#include <string.h>

#include <utf8proc.h>

#include "text/text.h"

static const char ELLIPSIS[] = "\xe2\x80\xa6";

/* Invisible by Unicode's Default_Ignorable_Code_Point, beyond what the categories Cc, Cf, Zl and Zp say. */
static bool
is_ignorable(uint32_t point)
{
	return point == 0x034f || point == 0x115f || point == 0x1160 || point == 0x17b4 || point == 0x17b5 ||
	       (point >= 0x180b && point <= 0x180f) || point == 0x2065 || point == 0x3164 ||
	       (point >= 0xfe00 && point <= 0xfe0f) || point == 0xffa0 || (point >= 0xfff0 && point <= 0xfff8) ||
	       (point >= 0xe0000 && point <= 0xe0fff);
}

static bool
is_shown_escaped(uint32_t point)
{
	utf8proc_category_t category;

	if (point < 0x7f)
		return point < 0x20;
	if (is_ignorable(point) || (point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef))
		return true;
	category = utf8proc_category((utf8proc_int32_t)point);
	return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
	       category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

enum err
text_escape(struct bytes *out, struct view text, struct err_info *info)
{
	size_t size_before = out->size;
	enum err err = ERR_OK;

	while (err == ERR_OK && text.size > 0) {
		const uint8_t *at = text.data;
		uint32_t point = text_next(&text);

		if (point == UINT32_MAX)
			err = bytes_printf(out, info, "\\x{%02x}", (unsigned)at[0]);
		else if (is_shown_escaped(point))
			err = bytes_printf(out, info, "\\u{%x}", (unsigned)point);
		else
			err = bytes_append(out, at, (size_t)(text.data - at), info);
	}
	if (err != ERR_OK)
		out->size = size_before;
	return err;
}

static size_t
point_width(uint32_t point)
{
	int width;

	if (point >= 0x20 && point < 0x300)
		return 1;
	/* both ideographic planes are wide, also where this utf8proc knows no character yet */
	if (point >= 0x20000 && point <= 0x3fffd)
		return 2;
	if (point == UINT32_MAX || utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_CN)
		return 1;
	width = utf8proc_charwidth((utf8proc_int32_t)point);
	return width <= 0 ? 0 : (size_t)width;
}

size_t
text_width(struct view text)
{
	size_t width = 0;

	while (text.size > 0)
		width += point_width(text_next(&text));
	return width;
}

/* The longest start that is at most `columns` wide, marks on its last character included. */
static struct view
cut_to_width(struct view text, size_t columns, size_t *width_out)
{
	struct view rest = text;
	size_t width = 0;

	while (rest.size > 0) {
		struct view next = rest;
		size_t more = point_width(text_next(&next));

		if (width + more > columns)
			break;
		width += more;
		rest = next;
	}
	*width_out = width;
	return view_of(text.data, text.size - rest.size);
}

static enum err
append_spaces(struct bytes *out, size_t count, struct err_info *info)
{
	uint8_t *at;

	if (count == 0)
		return ERR_OK;
	at = bytes_extend(out, count);
	if (at == NULL)
		return err_nomem(info);
	memset(at, ' ', count);
	return ERR_OK;
}

enum err
text_pad(struct bytes *out, struct view text, size_t columns, enum text_align align, struct err_info *info)
{
	struct bytes escaped = {0};
	size_t size_before = out->size;
	const char *mark = "";
	size_t width = 0;
	struct view shown;
	enum err err = text_escape(&escaped, text, info);

	if (err != ERR_OK)
		goto out;
	shown = bytes_view(&escaped);
	if (text_width(shown) > columns && columns > 0) {
		shown = cut_to_width(shown, columns - 1, &width);
		width += 1;
		mark = ELLIPSIS;
	} else {
		shown = cut_to_width(shown, columns, &width);
	}
	if (align == TEXT_RIGHT)
		err = append_spaces(out, columns - width, info);
	if (err == ERR_OK)
		err = bytes_append_view(out, shown, info);
	if (err == ERR_OK)
		err = bytes_append_text(out, mark, info);
	if (err == ERR_OK && align == TEXT_LEFT)
		err = append_spaces(out, columns - width, info);
out:
	if (err != ERR_OK)
		out->size = size_before;
	bytes_release(&escaped);
	return err;
}

static size_t
leading_digits(struct view text)
{
	size_t count = 0;

	while (count < text.size && text.data[count] >= '0' && text.data[count] <= '9')
		count++;
	return count;
}

/* Append the first `head` bytes, the stars and the last `tail` bytes. */
static enum err
append_masked(struct bytes *out, struct view text, size_t head, const char *stars, size_t tail, struct err_info *info)
{
	size_t size_before = out->size;
	enum err err = text_escape(out, view_of(text.data, head), info);

	if (err == ERR_OK)
		err = bytes_append_text(out, stars, info);
	if (err == ERR_OK)
		err = text_escape(out, view_of(text.data + text.size - tail, tail), info);
	if (err != ERR_OK)
		out->size = size_before;
	return err;
}

enum err
text_mask(struct bytes *out, struct view text, int tier, enum text_shape shape, struct err_info *info)
{
	size_t digits = leading_digits(text);
	struct view rest = text;

	if (tier <= 1 || text.size == 0)
		return text_escape(out, text, info);
	if (shape == TEXT_SHAPE_CITIZEN_ID && text.size == 18 && digits >= 17)
		return append_masked(out, text, 6, "**********", 2, info);
	if (tier >= 3)
		return bytes_append_text(out, "**", info);
	if (shape == TEXT_SHAPE_DATE && digits == 4)
		return append_masked(out, text, 4, "-**", 0, info);
	if (shape == TEXT_SHAPE_DIVISION && text.size == 12 && digits == 12)
		return append_masked(out, text, 6, "******", 0, info);
	if (shape != TEXT_SHAPE_WORDS)
		return bytes_append_text(out, "**", info);
	(void)text_next(&rest);
	if (rest.size == 0) /* a single character would be shown whole */
		return bytes_append_text(out, "**", info);
	return append_masked(out, text, text.size - rest.size, "**", 0, info);
}
