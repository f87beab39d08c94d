/** Inside flow: the kind `finding` and its fields by name, and a record of it being made. */
#ifndef FLOW_FINDING_KIND_H
#define FLOW_FINDING_KIND_H

#include "record/record.h"
#include "schema/schema.h"

struct schema_set;

/* FIELD(id, name) */
#define FLOW_FINDING_FIELDS(FIELD)                                                                                     \
	FIELD(RULE, "rule")                                                                                            \
	FIELD(DECLARED_BY, "declared_by")                                                                              \
	FIELD(RECORD, "record")                                                                                        \
	FIELD(RECORD_KIND, "record_kind")                                                                              \
	FIELD(ABOUT, "about")                                                                                          \
	FIELD(OTHERS, "others")                                                                                        \
	FIELD(OFFICE, "office")                                                                                        \
	FIELD(STATE, "state")                                                                                          \
	FIELD(SINCE, "since")                                                                                          \
	FIELD(CLOSED_ON, "closed_on")                                                                                  \
	FIELD(RETURNED, "returned")                                                                                    \
	FIELD(REASON, "reason")                                                                                        \
	FIELD(NOTE, "note")                                                                                            \
	FIELD(EXPLAINED_ON, "explained_on")                                                                            \
	FIELD(PARTS, "parts")                                                                                          \
	FIELD(SHOWN, "shown")                                                                                          \
	FIELD(ELEMENT, "element")

enum flow_finding_field {
#define FIELD(id, name) FLOW_FINDING_##id,
	FLOW_FINDING_FIELDS(FIELD)
#undef FIELD
	FLOW_FINDING_FIELD_COUNT
};

struct flow_finding_kind {
	const struct schema_kind *kind;
	const struct schema_field *fields[FLOW_FINDING_FIELD_COUNT];
};

extern const char FLOW_FINDING_KIND[]; /* "finding" */

/** ERR_STATE: the set has no such kind, or it lacks a field; names it. */
enum err flow_finding_kind_find(struct flow_finding_kind *out, const struct schema_set *set,
                                struct err_info *info) MUST_USE;

/** A value as text, as a person would type it, into a field; "" clears. The bytes are the arena's. */
enum err flow_finding_set(struct record *record, struct arena *arena, const struct flow_finding_kind *kind,
                          enum flow_finding_field field, struct view text, struct err_info *info) MUST_USE;
enum err flow_finding_set_number(struct record *record, struct arena *arena, const struct flow_finding_kind *kind,
                                 enum flow_finding_field field, int64_t number, struct err_info *info) MUST_USE;
enum err flow_finding_set_day(struct record *record, struct arena *arena, const struct flow_finding_kind *kind,
                              enum flow_finding_field field, int64_t day, struct err_info *info) MUST_USE;

/** The encoded value; empty: absent. */
struct view flow_finding_get(const struct record *record, const struct flow_finding_kind *kind,
                             enum flow_finding_field field);
/** A text, borrowed; empty: absent or no text. */
struct view flow_finding_text(const struct record *record, const struct flow_finding_kind *kind,
                              enum flow_finding_field field);
int64_t flow_finding_number(const struct record *record, const struct flow_finding_kind *kind,
                            enum flow_finding_field field, int64_t fallback);
/** The record that it is about; false: none is named. */
bool flow_finding_record(struct id *out, const struct record *record, const struct flow_finding_kind *kind);
/** Whether the state is this one ("open"). */
bool flow_finding_is(const struct record *record, const struct flow_finding_kind *kind, const char *state);

#endif
