/**
 * A record as people and other programs see it: by the names and titles of its kind instead of numbers.
 * Fields that the kind does not know are left out and stay in the record; a record whose kind is not at hand is shown by
 * numbers. Source: schema/record-v1.md, section 6.
 */
#ifndef RECORD_SHOW_H
#define RECORD_SHOW_H

#include "record/record.h"
#include "schema/schema.h"

struct json;
struct json_writer;

/**
 * Write a record as one JSON object: "id", "kind", then its fields by name.
 *
 * @param kind  NULL: not known; then fields are named by number
 * @param id    NULL: without "id"
 * @return ERR_OK; ERR_FORMAT: a value is not of its field's type (the writer is spoilt then); ERR_NOMEM
 */
enum err record_to_json(struct json_writer *writer, const struct record *record, const struct schema_kind *kind,
                        const struct id *id, struct err_info *info) MUST_USE;

/** What a JSON object says besides fields. */
struct record_json_names {
	bool has_id;
	struct id id;
};

/**
 * Take the fields of a JSON object into a record: each member by name or title; null, "", [] and {} clear; what is not named
 * stays as it is. "kind", if there, must be the kind's name.
 *
 * @param record     changed; on error partly: work on a copy. Values lie in `arena`
 * @param object     untrusted
 * @param names_out  set on success
 * @return ERR_OK; ERR_FORMAT: not an object, an id that is none, another kind, a field named twice; ERR_NOT_FOUND: no such
 *         field; ERR_RULE: not a value of its field; ERR_TOO_BIG; ERR_NOMEM. Messages name the field
 */
enum err record_take_json(struct record *record, struct arena *arena, const struct json *object,
                          const struct schema_kind *kind, struct record_json_names *names_out,
                          struct err_info *info) MUST_USE;

struct record_display_terms {
	enum schema_language language;
	bool is_personal_shown; /* else values of tier S2 and S3 are masked */
};

/**
 * Append a field's value for a screen: code titles, masked by the highest tier in it, control characters escaped, one
 * line. ERR_FORMAT, ERR_NOMEM.
 */
enum err record_display_value(struct bytes *out, const struct schema_field *field, struct view value,
                              const struct record_display_terms *terms, struct err_info *info) MUST_USE;
/** Append "TITLE: VALUE\n" for each field that the kind knows. Same errors. */
enum err record_display(struct bytes *out, const struct record *record, const struct schema_kind *kind,
                        const struct record_display_terms *terms, struct err_info *info) MUST_USE;

/** The highest sensitivity in a field: its own, or that of anything inside it. */
uint8_t record_tier_of(const struct schema_field *field);

#endif
