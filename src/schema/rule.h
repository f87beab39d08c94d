/**
 * Rules inside a record: what a kind's x-rules declare, and what a merge alone can break. They read the record and nothing
 * else, and every evaluation ends: no loops but over the record's own members, integers only. So every node finds the same.
 * Source: schema/kind-v1.md, section 3a.
 */
#ifndef SCHEMA_RULE_H
#define SCHEMA_RULE_H

#include "schema/schema.h"

/**
 * Whether a rule of the kind holds of a record.
 * @param fields  by number, ascending, unique; the values are canonical (a checked record, or a merged one)
 */
bool schema_rule_holds(const struct schema_kind *kind, const struct schema_rule *rule,
                       const struct schema_slice *fields, size_t count);

/**
 * What an edit made of a record: ERR_RULE names the first rule that the new fields break and the old ones kept, with its
 * title and the fields that it reads.
 * @param old_fields  NULL: a new record, of which every rule must hold
 */
enum err schema_rules_check(const struct schema_kind *kind, const struct schema_slice *old_fields, size_t old_count,
                            const struct schema_slice *fields, size_t count, struct err_info *info) MUST_USE;

#endif
