/** Inside schema: what the ways in and the check of stored values share. */
#ifndef SCHEMA_INSIDE_H
#define SCHEMA_INSIDE_H

#include "schema/schema.h"

struct json;

/** ERR_RULE: "field NAME (TITLE): expected ..., not ..."; the value given is left out for tiers S2 and S3. */
enum err schema_value_refuse(const struct schema_field *field, struct err_info *info, const char *expected,
                             struct view given);
/** Bounds and multiple of a (scaled) integer; length of a text; const. ERR_RULE. */
enum err schema_check_integer(const struct schema_field *field, int64_t value, struct err_info *info) MUST_USE;
enum err schema_check_length(const struct schema_field *field, struct view text, struct err_info *info) MUST_USE;
enum err schema_check_constant(const struct schema_field *field, struct view value, struct err_info *info) MUST_USE;
/** "a whole number", "a list" ... */
const char *schema_type_words(const struct schema_field *field);
/** null, "", [] and {}. */
bool schema_json_is_empty(const struct json *json);

/** A value from a JSON string, as schema_value_from_json() takes it. ERR_RULE also if the field takes no strings. */
enum err schema_value_from_string(struct bytes *out, const struct schema_field *field, struct view text,
                                  struct err_info *info) MUST_USE;

#endif
