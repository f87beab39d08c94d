/** What the files of finding share. */
#ifndef FINDING_INSIDE_H
#define FINDING_INSIDE_H

#include "finding/finding.h"

/** The sides that look at one kind. */
struct finding_lookers {
	const struct schema_kind *kind;
	uint16_t *sides;
	size_t count;
	uint32_t *fields; /* that any of these sides reads, each once */
	size_t field_count;
};

struct finding_rules {
	const struct schema_set *set;
	struct finding_side *sides;
	size_t side_count;
	size_t rule_count;
	struct finding_lookers *lookers; /* by kind's address */
	size_t looker_count;
};

const struct finding_lookers *finding_lookers_of(const struct finding_rules *rules, const struct schema_kind *kind);

/** A member of a list, or the record as a whole (member empty). */
struct finding_member {
	struct view
		element; /* its key, or the element itself; for a list without keys its position; empty: the record */
	struct view map; /* the member's encoded object; empty where elements are plain values */
};

/** Walk what a side looks at in a record: start with {0}; false at the end. */
struct finding_walk {
	const struct schema_side *side;
	const struct record *record;
	struct view rest;
	size_t left;
	bool is_started;
	uint8_t position[8];
	uint32_t index;
};

/** ERR_FORMAT: the field holds no list. */
enum err finding_walk_start(struct finding_walk *walk, const struct schema_side *side, const struct record *record,
                            struct err_info *info) MUST_USE;
enum err finding_walk_next(struct finding_walk *walk, struct finding_member *out, bool *is_end,
                           struct err_info *info) MUST_USE;
/** A value by its path; empty: absent. */
enum err finding_value(struct view *out, const struct finding_walk *walk, const struct finding_member *member,
                       const struct schema_path *path, struct err_info *info) MUST_USE;
/** Tells members apart; never 0 for a member. */
uint32_t finding_element_of(const struct finding_member *member);
/** First or last day of a date or month; false: another type, or out of the calendar's range. */
bool finding_day_of(int64_t *out, const struct schema_path *path, int64_t number, bool is_last);

#endif
