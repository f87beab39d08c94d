/** Inside schema: from JSON to descriptors, one function for each thing that a file holds. */
#ifndef SCHEMA_COMPILE_H
#define SCHEMA_COMPILE_H

#include "schema/keywords.h"

/** A kind on the way: what refers to fields, or to other kinds, is read when they are there. */
struct schema_draft {
	struct schema_kind kind;
	struct schema_keywords keywords; /* of the top; borrows from the JSON tree */
};

/** A code set from its file. */
enum err schema_compile_codes(struct schema_codes *out, struct schema_builder *builder, const struct json *json,
                              struct err_info *info) MUST_USE;
/** Name, titles, fields, key and machine of a kind. */
enum err schema_compile_kind(struct schema_draft *out, struct schema_builder *builder, const struct json *json,
                             struct err_info *info) MUST_USE;
/** The rules of a single record. */
enum err schema_compile_rules(struct schema_draft *draft, struct schema_builder *builder,
                              struct err_info *info) MUST_USE;
/** x-unique, x-excludes, x-requires; of a field too. */
enum err schema_compile_across(struct schema_kind *kind, struct schema_builder *builder,
                               const struct schema_keywords *keywords, struct err_info *info) MUST_USE;

/** The properties of an object, nested ones too. `tier` is that of what it is in. */
enum err schema_compile_object(struct schema_object *out, struct schema_builder *builder,
                               const struct schema_keywords *keywords, enum schema_place place, unsigned tier,
                               struct err_info *info) MUST_USE;
/** One property, or the items of an array (number 0). out->name and number are set already. */
enum err schema_compile_field(struct schema_field *out, struct schema_builder *builder, const struct json *json,
                              enum schema_place place, unsigned tier, struct err_info *info) MUST_USE;
/** Type, bounds, enum, codes, format of a field that is no array and no object. */
enum err schema_compile_scalar(struct schema_field *out, struct schema_builder *builder,
                               const struct schema_keywords *keywords, struct err_info *info) MUST_USE;
/** x-authority. */
enum err schema_compile_writers(struct schema_field *out, struct schema_builder *builder, const struct json *json,
                                struct err_info *info) MUST_USE;
/** x-states of a field. */
enum err schema_compile_states(struct schema_field *field, struct schema_builder *builder, const struct json *json,
                               const struct schema_object *object, struct err_info *info) MUST_USE;

/** x-states of a field that has its machine: `periods`, then `limits`. */
enum err schema_compile_limits(struct schema_states *out, struct schema_builder *builder, const struct json *json,
                               const struct schema_field *field, const struct schema_object *object,
                               struct err_info *info) MUST_USE;
/** x-policy of a kind that has its fields and its key. */
enum err schema_compile_policy(struct schema_kind *kind, struct schema_builder *builder, const struct json *json,
                               struct err_info *info) MUST_USE;
/** "county" or "county.fin". */
enum err schema_read_writer(struct schema_writer *out, struct schema_builder *builder, const struct json *json,
                            struct err_info *info) MUST_USE;
/** The encoded value of a status by its text. */
enum err schema_state_value(struct bytes *out, struct schema_builder *builder, const struct schema_field *field,
                            struct view name, struct err_info *info) MUST_USE;

/** Build the lookups. ERR_EXISTS: a name, number or code twice; ERR_NOMEM. */
enum err schema_index_object(struct schema_object *object, struct schema_builder *builder,
                             struct err_info *info) MUST_USE;
enum err schema_index_codes(struct schema_codes *codes, struct schema_builder *builder, struct err_info *info) MUST_USE;

#endif
