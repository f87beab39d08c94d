/** Policy as an office holds it: the records with x-policy of its own partition and of those of hubs. */
#ifndef FLOW_POLICY_H
#define FLOW_POLICY_H

#include "flow/view.h"
#include "policy/policy.h"

struct schema_set;

/**
 * Read all policy that is held here: from the partitions of offices above the township and from our own. Not settled.
 * @param out  released by policy_free(); empty when no schema set is held
 */
enum err flow_policy_load(struct policy **out, struct node *node, struct err_info *info) MUST_USE;
/** The same, settled: for looking things up. @param set  whose kinds it will be asked by: the newest held; may be NULL */
enum err flow_policy_open(struct policy **out, struct node *node, const struct schema_set *set,
                          struct err_info *info) MUST_USE;
/** Append what is wrong in words: kind, id, partition, days. */
enum err flow_policy_describe(struct bytes *out, const struct policy_problem *problem, struct err_info *info) MUST_USE;
/** ERR_RULE: the record, written to this owner's partition, would be wrong or overlap another one. */
enum err flow_policy_check(const struct policy *policy, const struct node_code *owner, const struct id *id,
                           const struct schema_kind *kind, const struct record *record, struct err_info *info) MUST_USE;
/** The last day up to which the calendar of an office speaks without a gap, from `day` on; day - 1: it does not speak of it. */
int64_t flow_calendar_end(struct policy *policy, const struct node_code *office, int64_t day);

#endif
