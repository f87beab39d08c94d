/** Inside flow: findings being written; shared by finding_write.c (which) and finding_say.c (what they say). */
#ifndef FLOW_FINDING_WRITING_H
#define FLOW_FINDING_WRITING_H

#include "flow/finding_check.h"

/* One subject whose finding may have to change. */
struct finding_action {
	uint16_t place;
	const struct finding_wanted *wanted; /* NULL: it is gone, or it is a step */
	const struct finding_step *step;
	uint8_t subject[FINDING_GROUP_BYTES];
	const struct finding_part *parts;
	size_t part_count;
};

struct finding_writing {
	struct finding_check *check;
	struct finding_action *actions;
	size_t count;
	size_t capacity;
	struct flow_editing editing;
	bool is_open;
	struct arena arena;
	struct bytes plaintext;
	struct bytes text;
};

/** A field by its text. */
enum err finding_say_text(struct finding_writing *writing, struct record *record, enum flow_finding_field field,
                          struct view text, struct err_info *info) MUST_USE;
/** Rule, own record, office, member: what never changes. */
enum err finding_say_names(struct finding_writing *writing, struct record *record, const struct finding_action *action,
                           struct err_info *info) MUST_USE;
/** Marks and number of the others, and what a roll or a step shows: what may change while it is open. */
enum err finding_say_cause(struct finding_writing *writing, struct record *record, const struct finding_action *action,
                           struct err_info *info) MUST_USE;
/** Open since today, with nothing that was said of it before. */
enum err finding_say_open(struct finding_writing *writing, struct record *record, struct err_info *info) MUST_USE;
/** The name of the rule about steps of a kind's status, into `out`. */
enum err finding_rule_of_step(struct bytes *out, const struct schema_kind *kind, struct err_info *info) MUST_USE;

#endif
