/**
 * Values between their three forms: canonical bytes (as stored), JSON, and a cell's text. Every way in checks every
 * constraint of the field, and normalises texts (text/text.h); every way out gives what the way in takes back as the same
 * bytes. Messages name the field and what was expected; values of tier S2 and S3 are not repeated in them.
 * Source: schema/kind-v1.md, section 5.
 */
#ifndef SCHEMA_VALUE_H
#define SCHEMA_VALUE_H

#include "schema/schema.h"

struct json;

/**
 * Append a value's canonical bytes. Nothing appended: the value is empty (null, "", [], {}), which clears the field.
 *
 * @param out   unchanged on error
 * @param json  untrusted
 * @return ERR_OK; ERR_RULE: not a value of the field, the text says what was expected; ERR_TOO_BIG; ERR_NOMEM
 */
enum err schema_value_from_json(struct bytes *out, const struct schema_field *field, const struct json *json,
                                struct err_info *info) MUST_USE;
/**
 * The same from a cell of a CSV file or an argument of the command line: codes by code or title, booleans as true, false,
 * 是, 否, 1, 0, lists and objects as JSON. Blanks around anything but a string are passed over; an empty text clears.
 */
enum err schema_value_from_text(struct bytes *out, const struct schema_field *field, struct view text,
                                struct err_info *info) MUST_USE;

/**
 * Append the value as JSON text.
 * @param value  canonical (from a checked record); else ERR_FORMAT and `out` is unchanged
 */
enum err schema_value_to_json(struct bytes *out, const struct schema_field *field, struct view value,
                              struct err_info *info) MUST_USE;
/** Append the value as a cell's text: what schema_value_from_text() takes back. Not yet CSV-quoted. */
enum err schema_value_to_text(struct bytes *out, const struct schema_field *field, struct view value,
                              struct err_info *info) MUST_USE;
/** Append the value for a reader: code titles, 是/否, lists with separators. Not masked and not escaped. */
enum err schema_value_to_display(struct bytes *out, const struct schema_field *field, struct view value,
                                 enum schema_language language, struct err_info *info) MUST_USE;
/** Append the value of a field that no schema knows, as JSON: binaries as hexadecimal strings, map keys as strings. */
enum err schema_unknown_to_json(struct bytes *out, struct view value, struct err_info *info) MUST_USE;

/**
 * Check an encoded value from outside against all constraints of its field, in place. Unknown numbers in nested objects
 * pass (a newer version wrote them).
 * @return ERR_OK; ERR_FORMAT: not canonical; ERR_RULE: not a value of the field; ERR_TOO_BIG
 */
enum err schema_value_check(const struct schema_field *field, struct view value, struct err_info *info) MUST_USE;

/**
 * Check a record's fields: each known one by schema_value_check(), and the required ones are there. Unknown numbers pass.
 * @param fields  by number, ascending, unique
 */
enum err schema_record_check(const struct schema_kind *kind, const struct schema_slice *fields, size_t count,
                             struct err_info *info) MUST_USE;
/** The same of fields whose values all came through schema_value_from_text() or schema_value_from_json(). */
enum err schema_record_check_required(const struct schema_kind *kind, const struct schema_slice *fields, size_t count,
                                      struct err_info *info) MUST_USE;

#endif
