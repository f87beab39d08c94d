/** Strict UTF-8 (RFC 3629), for those who may not reach the text module: no surrogate, nothing overlong, nothing past U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/bytes.h"

/** How many bytes at the start are well-formed: the whole size, or where the first wrong sequence begins. */
size_t utf8_prefix(struct view text);
/** Whether all of it is well-formed. The empty text is. */
bool utf8_is_valid(struct view text);
/** Number of code points of a well-formed text (bytes that continue a sequence are not counted). */
size_t utf8_count(struct view text);

#endif
