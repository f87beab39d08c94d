/**
 * finding: rules across records -> which records are found. Pure: it is given records and groups of them, and tells.
 *
 *   rules     the x-unique, x-excludes, x-requires and x-standards of a schema set, each with the sides that it looks at
 *   posting   one record (or one member of a list in it) standing on one side of one rule: the group in which it is
 *             compared, and its period. A group is a keyed hash over the compared values: whoever lacks the key learns
 *             nothing from it. Under x-standards a record that keeps its rule does not stand at all, and one that breaks it
 *             stands alone: who changes the rows must judge every record anew (policy_rows_digest)
 *   group     all postings of one hash: what agrees. Judged together, and by nothing outside it
 *
 * A finding's subject is a record and the rule; where the rule looks into a list, also the member. What a finding says,
 * where it is written and when it ends is flow's; the index that keeps postings between two nights is postings'.
 * It does not: read a file, know an office, a programme or a clock. Source: schema/kind-v1.md, section 3.
 */
#ifndef FINDING_FINDING_H
#define FINDING_FINDING_H

#include "base/ids.h"
#include "policy/policy.h"
#include "record/record.h"
#include "schema/across.h"
#include "schema/schema.h"

struct schema_set;
struct seal_key;

enum {
	FINDING_GROUP_BYTES = 16
};

/** From where a record is looked at by a rule. */
enum finding_role {
	FINDING_OWN,
	FINDING_OTHER,      /* of excludes and requires; of unique all stand in OWN */
	FINDING_UNLESS_OWN, /* the own record again, by the values that `unless` compares */
	FINDING_UNLESS,
};

/** A number below 65,536, told by finding_side_of(). */
struct finding_side {
	const struct schema_kind *declared_by;
	const struct schema_across *rule;
	const struct schema_side *side;
	enum finding_role role;
	uint32_t rule_index; /* over all kinds of the set */
};

struct finding_rules;

/** @param set  borrowed; outlives the rules. ERR_TOO_BIG: over LIMIT_FINDING_SIDES_MAX sides; ERR_NOMEM */
enum err finding_rules_new(struct finding_rules **out, const struct schema_set *set, struct err_info *info) MUST_USE;
void finding_rules_free(struct finding_rules *rules);
/** How many rules across records the set has. */
size_t finding_rules_count(const struct finding_rules *rules);
/** NULL: no such side. */
const struct finding_side *finding_side_of(const struct finding_rules *rules, uint16_t side);
/** The number of a rule's side; false: the rule has none of this role. */
bool finding_side_find(uint16_t *out, const struct finding_rules *rules, uint32_t rule_index, enum finding_role role);
/** Whether any rule looks at this kind. */
bool finding_looks_at(const struct finding_rules *rules, const struct schema_kind *kind);

/** Plain bytes once its padding-free layout is written: see postings. */
struct finding_posting {
	uint8_t group[FINDING_GROUP_BYTES];
	struct id record;
	uint16_t place; /* of the partition; the caller's number */
	uint16_t side;
	uint32_t element; /* tells the members of a list apart; 0: the record as a whole */
	int32_t from;     /* first and last day, INT32_MIN and INT32_MAX: open */
	int32_t to;
};

/** Bytewise by group, then record, side, element, place, period. */
int finding_posting_compare(const struct finding_posting *a, const struct finding_posting *b);

struct finding_postings {
	struct finding_posting *items;
	size_t count;
	size_t capacity;
};

void finding_postings_release(struct finding_postings *postings);
enum err finding_postings_add(struct finding_postings *postings, const struct finding_posting *posting,
                              struct err_info *info) MUST_USE;

/** A record to be looked at, and where it lies. */
struct finding_record {
	const struct record *record;
	const struct schema_kind *kind; /* of the rules' set */
	struct id id;
	uint16_t place;
	const struct policy *policy;   /* settled; NULL: x-standards are passed over */
	const struct node_code *owner; /* of the place, for the policy */
};

/**
 * The row that a record breaks an x-standards rule by; of several the one from the latest day.
 * @return false: it keeps the rule, or the rule says nothing of it
 */
bool finding_standard_broken(struct policy_found *out, const struct schema_across *rule,
                             const struct finding_record *record);

/**
 * Append all postings of a record: none when no rule looks at it, in no order.
 * @param key  of the groups' hashes
 * ERR_FORMAT: a list that is none (the record was not checked); ERR_NOMEM
 */
enum err finding_postings_of(struct finding_postings *out, const struct finding_rules *rules,
                             const struct seal_key *key, const struct finding_record *record,
                             struct err_info *info) MUST_USE;

/**
 * Append the postings of a record before (0) and after it was changed: all in which the two differ, and of a rule with `unless`
 * all that it has as the own record where one of them differs. Sides that see both alike are left out, and nothing of them is
 * hashed; what is in both lists has not changed.
 * @param records  of one kind, id, place, policy and owner
 * Errors as above.
 */
enum err finding_postings_between(struct finding_postings out[2], const struct finding_rules *rules,
                                  const struct seal_key *key, const struct finding_record records[2],
                                  struct err_info *info) MUST_USE;

/**
 * Append, as text, the member that a posting is about: its key, or the element of a set. Nothing for the record as a whole
 * or when the member is gone.
 */
enum err finding_about(struct bytes *out, const struct finding_rules *rules, uint16_t side, uint32_t element,
                       const struct record *record, struct err_info *info) MUST_USE;

/** Who decides what a group means here. The context is the caller's. */
struct finding_judge {
	void *context;
	/** Whether what two places (or one, given twice) show together is ours to write. */
	bool (*is_ours)(void *context, uint16_t place_a, uint16_t place_b);
	/**
	 * The place of rolls that decides about a record in `place`, for a rule that asks a roll of this kind.
	 * False: nobody above holds such a roll, or another office decides.
	 */
	bool (*find_rolls)(void *context, uint16_t place, const struct schema_kind *kind, uint16_t *rolls_out);
	/** Whether an own posting is excused by its rule's `unless`: asked once per found pair. */
	enum err (*is_excused)(void *context, const struct finding_posting *own, bool *out, struct err_info *info);
	/** A subject is found: by `other`, or (requires) because there is none: NULL. */
	enum err (*tell)(void *context, const struct finding_posting *subject, const struct finding_posting *other,
	                 struct err_info *info);
	/** A group has more postings than are compared; may be NULL. */
	void (*too_many)(void *context, const struct finding_side *side, size_t count);
};

/**
 * Judge the postings of one group (one hash, any order). Groups of `unless` tell nothing: their own records are judged in
 * the rule's own group. What the judge returned; ERR_NOMEM.
 */
enum err finding_group_judge(const struct finding_rules *rules, const struct finding_posting *postings, size_t count,
                             const struct finding_judge *judge, struct err_info *info) MUST_USE;

/** Whether a posting's record can be the subject of a finding of its rule. */
bool finding_is_subject(const struct finding_rules *rules, const struct finding_posting *posting);

#endif
