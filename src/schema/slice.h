/** Looking into a record's fields as they are stored. The fields stand by number, ascending; a value of another type than asked for is absent. */
#ifndef SCHEMA_SLICE_H
#define SCHEMA_SLICE_H

#include "schema/schema.h"

/** The encoded value of a field, borrowed; empty: absent. */
struct view schema_slice_value(const struct schema_slice *fields, size_t count, uint32_t number);
/** The integer of an encoded value; false (and *out as it was): absent, or no integer. */
bool schema_integer_of(struct view value, int64_t *out);
/** Whether an encoded value is true. */
bool schema_is_true(struct view value);
/** The text of an encoded string; empty: absent, or none. */
struct view schema_text_of(struct view value);
/** The text of a string, an enum or a code: what people write. */
struct view schema_word_of(const struct schema_field *field, struct view value);
/** The day of a date, month (its last day) or date-time (in +08:00) field. false: absent. */
bool schema_day_of(const struct schema_field *field, struct view value, int64_t *out);
/** Whether a choice holds: the field has one of its values, a list holds one of them. Absent: it does not. */
bool schema_choice_holds(const struct schema_kind *kind, const struct schema_choice *choice,
                         const struct schema_slice *fields, size_t count);
/** All of several choices. */
bool schema_choices_hold(const struct schema_kind *kind, const struct schema_choice *choices, size_t choice_count,
                         const struct schema_slice *fields, size_t count);

#endif
