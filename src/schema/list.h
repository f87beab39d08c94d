/** Inside schema: lists and objects on their way in. */
#ifndef SCHEMA_LIST_H
#define SCHEMA_LIST_H

#include "schema/schema.h"

struct json;

/** A list that is not empty: items in order, or sorted and unique for a set or keyed list. ERR_RULE ... */
enum err schema_list_from_json(struct bytes *out, const struct schema_field *field, const struct json *json,
                               struct err_info *info) MUST_USE;
/** An object with at least one member; members that are empty are left out. Nothing appended: nothing was left. */
enum err schema_object_from_json(struct bytes *out, const struct schema_field *field, const struct json *json,
                                 struct err_info *info) MUST_USE;
/** Count, order and uniqueness of encoded items. `keys` are what they are sorted by. ERR_RULE. */
enum err schema_list_check(const struct schema_field *field, const struct view *items, size_t count,
                           struct err_info *info) MUST_USE;
/** The encoded key of an encoded member. ERR_RULE: it has none. */
enum err schema_member_key(struct view *out, const struct schema_field *field, struct view member,
                           struct err_info *info) MUST_USE;

/**
 * The same from the text of the simplest JSON, a list of plain strings, which is what most lists in a roll are. False: it is
 * something else, or wrong, and `out` is unchanged: parse it then.
 */
bool schema_list_from_plain(struct bytes *out, const struct schema_field *field, struct view text);

#endif
