/** Inside schema: what the compiler of one file carries along: memory, the place for messages, and what may be referred to. */
#ifndef SCHEMA_BUILDER_H
#define SCHEMA_BUILDER_H

#include "base/arena.h"
#include "json/json.h"
#include "schema/schema.h"

struct schema_set;

struct schema_builder {
	struct arena *arena; /* everything made lives there */
	const char *file;
	struct view text;             /* of the file, to find the line of a mistake; empty: none is said */
	struct bytes pointer;         /* JSON pointer of the place looked at */
	const struct schema_set *set; /* code sets to refer to; NULL: none */
};

void schema_builder_release(struct schema_builder *builder);

/** Go down one step; the result is handed to schema_builder_leave(). Without memory the place stays coarse. */
size_t schema_builder_enter(struct schema_builder *builder, struct view step);
size_t schema_builder_enter_index(struct schema_builder *builder, size_t index);
void schema_builder_leave(struct schema_builder *builder, size_t mark);

/** Set the text with "file, place: " before it. */
enum err schema_refuse(struct schema_builder *builder, struct err_info *info, enum err code, const char *format, ...)
	FORMAT_OF(4, 5);
/** ERR_FORMAT: something else was expected here. */
enum err schema_expect(struct schema_builder *builder, struct err_info *info, const char *expected,
                       const struct json *found);

/** Zeroed memory of the set; NULL: none left (also when count * size overflows). */
void *schema_get(struct schema_builder *builder, size_t count, size_t size);
/** A copy of a text in the set's memory. ERR_NOMEM. */
enum err schema_keep(struct view *out, struct schema_builder *builder, struct view text,
                     struct err_info *info) MUST_USE;

/** A name as section 1 of kind-v1.md has it; kept. */
enum err schema_read_name(struct view *out, struct schema_builder *builder, const struct json *json,
                          struct err_info *info) MUST_USE;
/** x-title or the zh and en of a code: any of an object, a string, NULL. `fallback` is kept already. */
enum err schema_read_title(struct schema_title *out, struct schema_builder *builder, const struct json *json,
                           struct view fallback, struct err_info *info) MUST_USE;
/** A text for people of at most LIMIT_REASON_BYTES_MAX; NULL gives an empty one. */
enum err schema_read_words(struct view *out, struct schema_builder *builder, const struct json *json,
                           struct err_info *info) MUST_USE;
/** Refuse a member of an object whose name is not in the list that NULL ends. */
enum err schema_only(struct schema_builder *builder, const struct json *object, const char *const *names,
                     struct err_info *info) MUST_USE;

/** Numbers of the fields that an array names (or one string), all of `object`. */
enum err schema_read_fields(const uint32_t **out, size_t *count_out, struct schema_builder *builder,
                            const struct json *json, const struct schema_object *object,
                            struct err_info *info) MUST_USE;
/** The field that a string names. */
enum err schema_read_field(const struct schema_field **out, struct schema_builder *builder, const struct json *json,
                           const struct schema_object *object, struct err_info *info) MUST_USE;
/** Encoded values of a field: of an array of JSON values, or one. */
enum err schema_read_values(const struct view **out, size_t *count_out, struct schema_builder *builder,
                            const struct json *json, const struct schema_field *field, struct err_info *info) MUST_USE;
/** {field: value or [values]}, of a list field the values of its items; JSON NULL: none. */
enum err schema_read_choices(const struct schema_choice **out, size_t *count_out, struct schema_builder *builder,
                             const struct json *json, const struct schema_object *object,
                             struct err_info *info) MUST_USE;
enum err schema_read_value(struct view *out, struct schema_builder *builder, const struct json *json,
                           const struct schema_field *field, struct err_info *info) MUST_USE;

#endif
