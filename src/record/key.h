/** The natural key of a record: what an import matches on, and what twins have in common. Source: schema/store-v1.md. */
#ifndef RECORD_KEY_H
#define RECORD_KEY_H

#include "record/record.h"

struct schema_kind;

/**
 * The natural key as bytes, appended: kind name, then for each field of x-key 0x00 and its encoded value.
 * @param has_key_out  false: the kind has none, or part of it is missing here
 * @param kind         the record's
 * ERR_NOMEM.
 */
enum err record_natural_key(struct bytes *out, bool *has_key_out, const struct schema_kind *kind,
                            const struct record *record, struct err_info *info) MUST_USE;

#endif
