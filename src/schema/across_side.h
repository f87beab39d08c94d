/** Inside schema: one side of a rule across records, from its members of the rule's JSON object. */
#ifndef SCHEMA_ACROSS_SIDE_H
#define SCHEMA_ACROSS_SIDE_H

#include "schema/across.h"
#include "schema/compile.h"

/** What a rule's members are called for one of its sides. */
struct schema_side_names {
	const char *conditions;
	const char *period;
	const char *lag;
};

extern const struct schema_side_names schema_own_names;   /* while, during, lag_months */
extern const struct schema_side_names schema_other_names; /* other_while ... */

/** A name in the JSON, borrowed. */
enum err schema_read_path_name(struct view *out, struct schema_builder *builder, const struct json *json,
                               struct err_info *info) MUST_USE;
/** NAME, or LIST/FIELD. A set stands for each of its elements. @param list  of the side; set, or compared */
enum err schema_read_path(struct schema_path *out, uint32_t *list, struct schema_builder *builder,
                          const struct schema_kind *kind, struct view name, struct err_info *info) MUST_USE;
/** "kind": of the same set; `kind` itself when absent. */
enum err schema_read_other_kind(struct schema_side *other, struct schema_builder *builder, const struct json *json,
                                const struct schema_kind *kind, struct err_info *info) MUST_USE;
/** "match": own names to names of the other side. */
enum err schema_read_match(struct schema_side *own, struct schema_side *other, struct schema_builder *builder,
                           const struct json *match, struct err_info *info) MUST_USE;
/** Conditions and period, out of the rule's object. */
enum err schema_read_side(struct schema_side *side, struct schema_builder *builder, const struct json *json,
                          const struct schema_side_names *names, struct err_info *info) MUST_USE;
/** "rule", "x-title" and "source". */
enum err schema_read_rule_names(struct schema_across *rule, struct schema_builder *builder, const struct json *json,
                                struct err_info *info) MUST_USE;
/** One of x-standards; the rule knows its kind. */
enum err schema_read_standard(struct schema_across *rule, struct schema_builder *builder, const struct json *json,
                              struct err_info *info) MUST_USE;

#endif
