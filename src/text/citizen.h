/**
 * Citizen identity numbers (GB 11643): region 6, birth date 8, sequence 3, check character. Stored as the integer of the
 * first 17 digits; the check character follows from them. Source: schema/text-v1.md, section 5.
 */
#ifndef TEXT_CITIZEN_H
#define TEXT_CITIZEN_H

#include "base/bytes.h"

enum {
	TEXT_CITIZEN_BYTES = 19 /* 18 characters and NUL */
};

enum text_citizen_flags {
	TEXT_CITIZEN_PLAIN = 0,
	TEXT_CITIZEN_LEGACY = 1 << 0, /* take the 15-digit form too (import only): century 19 */
};

/**
 * Read a citizen id into the integer of its first 17 digits. Full-width digits and a lower-case or full-width x are taken
 * as their plain forms.
 *
 * @param flags  enum text_citizen_flags
 * @return ERR_OK; ERR_FORMAT: not 18 characters of digits and a final digit or X; ERR_RULE: the check character is
 *         wrong, the birth date does not exist, or the region begins with 0. No message quotes the number.
 */
enum err text_citizen_parse(int64_t *out, struct view text, unsigned flags, struct err_info *info) MUST_USE;
/** Whether an integer is the 17 digits of a possible citizen id (as above). */
bool text_citizen_is_valid(int64_t value);
/** Write the 18 characters with NUL into TEXT_CITIZEN_BYTES bytes; false (nothing written) if it is none. */
bool text_citizen_format(char *out, int64_t value) MUST_USE;
/** Day number of the birth date; `value` must be valid. */
int64_t text_citizen_birth_day(int64_t value);
/** GB/T 2261.1: 1 male (odd sequence), 2 female; `value` must be valid. */
int text_citizen_gender(int64_t value);

#endif
