/**
 * Text at the doors and on the screen: strict UTF-8, the normal form of field values, escaping, columns, masks.
 *
 * A text is a view of UTF-8 bytes. text_normalise() makes the form in which values are stored: NFC, except that CJK
 * compatibility ideographs stay as they are (they are legal name characters), and known private-use points of GB 18030
 * become the characters that they stood for. Only the doors (import, add, set) call it; the canonical encoding never
 * does, so no Unicode table decides an identity. What is printed for people goes through text_escape(), text_pad() or
 * text_mask(), because names and messages come from other offices.
 * Source: schema/text-v1.md.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/bytes.h"

/**
 * How many bytes at the start are well-formed UTF-8 (RFC 3629: no surrogate, nothing overlong, nothing past U+10FFFF):
 * the whole size, or where the first wrong byte sequence begins (a cut one at the end included).
 */
size_t text_utf8_prefix(struct view text);
/** Whether all of it is well-formed UTF-8. The empty text is. */
bool text_is_utf8(struct view text);
/** Number of code points; `text` must be well-formed (a wrong byte counts as one). */
size_t text_count(struct view text);

/**
 * Take the next code point of a non-empty text and step over it. A byte that begins no well-formed sequence gives
 * UINT32_MAX and is stepped over alone.
 */
uint32_t text_next(struct view *text);
/** Append a code point (0 .. 0x10FFFF, no surrogate: asserted) as UTF-8. ERR_NOMEM. */
enum err text_append(struct bytes *out, uint32_t point, struct err_info *info) MUST_USE;

/**
 * Append the normal form of a text. `out` is unchanged on error.
 *
 * @param text  untrusted; may not lie in `out`
 * @return ERR_OK; ERR_FORMAT: not UTF-8, or holds U+0000; ERR_RULE: more than LIMIT_TEXT_MARKS_MAX combining marks in a
 *         row (Unicode UAX #15, stream-safe text); ERR_NOMEM. No message quotes the text.
 * Source: schema/text-v1.md, section 2.
 */
enum err text_normalise(struct bytes *out, struct view text, struct err_info *info) MUST_USE;
/**
 * The same without a copy for the usual text that is in normal form already: *out borrows `text` then, else `spare`
 * (cleared first; valid until it changes). Same errors.
 */
enum err text_normalise_view(struct view *out, struct bytes *spare, struct view text, struct err_info *info) MUST_USE;

/**
 * Append a text made safe for a terminal, on one line: control, bidirectional, zero-width and other invisible characters
 * become \u{HEX}, bytes that are no UTF-8 become \x{HH}. Everything else stays. For people, not to be read back.
 * ERR_NOMEM.
 */
enum err text_escape(struct bytes *out, struct view text, struct err_info *info) MUST_USE;

/** Columns on a terminal of an escaped text: 2 for wide (CJK) characters, 0 for combining marks, else 1. */
size_t text_width(struct view text);

enum text_align {
	TEXT_LEFT,
	TEXT_RIGHT,
};

/**
 * Append the escaped text filled with spaces to `columns`; a longer one is cut and ends in U+2026. ERR_NOMEM.
 */
enum err text_pad(struct bytes *out, struct view text, size_t columns, enum text_align align,
                  struct err_info *info) MUST_USE;

/** What a masked value looks like; by the field's type. */
enum text_shape {
	TEXT_SHAPE_WORDS,      /* a name, an address, free text, a code, a number, a list */
	TEXT_SHAPE_DATE,       /* YYYY-MM-DD, YYYY-MM or a date-time */
	TEXT_SHAPE_DIVISION,   /* 12 digits */
	TEXT_SHAPE_CITIZEN_ID, /* 18 characters */
};

/**
 * Append what a screen may show of a value of sensitivity `tier` (0 to 3): tiers 0 and 1 whole and escaped; tier 2 its
 * first character, its year or its county; tier 3 nothing but a citizen id's county and last two characters. The
 * number of hidden characters does not show. Empty stays empty. ERR_NOMEM.
 * Source: schema/text-v1.md, section 6.
 */
enum err text_mask(struct bytes *out, struct view text, int tier, enum text_shape shape,
                   struct err_info *info) MUST_USE;

#endif
