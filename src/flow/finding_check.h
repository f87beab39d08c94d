/** Inside flow: one run of looking for findings; shared by findings.c (order), finding_read.c, finding_post.c, finding_steps.c,
 *  finding_judge.c and finding_write.c. */
#ifndef FLOW_FINDING_CHECK_H
#define FLOW_FINDING_CHECK_H

#include "base/table.h"
#include "flow/finding_kind.h"
#include "flow/findings.h"
#include "flow/view.h"
#include "postings/postings.h"

enum {
	FLOW_FINDING_VIEWS = 8
};

/** A partition that is held, by its number in the cache. */
struct finding_place {
	struct node_code owner;
	const struct roster_node *path[LIMIT_LEVELS_MAX]; /* root .. owner */
	size_t depth;                                     /* 0: nothing is known of it */
	struct oid from;                                  /* where the run before had read to */
	struct oid head;
	bool has_moved;
};

/** A partition up to the commit where the run before had read to. */
struct finding_past {
	struct id partition;
	struct oid commit;
};

/** A subject that must have a finding. */
struct finding_wanted {
	uint8_t subject[FINDING_GROUP_BYTES];
	struct finding_posting posting;
	uint64_t others;
	uint16_t other_place; /* of one of them, for what a roll shows */
	struct id other;
};

/** The mark of one other record. */
struct finding_part {
	uint32_t wanted;
	uint64_t mark;
};

/** A status that does not follow the one before. */
struct finding_step {
	uint16_t place;
	struct id record;
	const struct schema_kind *kind;
	char shown[LIMIT_NAME_BYTES_MAX]; /* "from > to"; "" : it is gone */
	bool is_again; /* the cache knew the partition before: a finding that was closed is opened again */
};

struct finding_check {
	const struct flow_desk *desk;
	struct node *node;
	const struct schema_set *set;
	struct flow_finding_kind kind;
	struct finding_rules *rules;
	struct policy *policy; /* NULL: no rule asks for standards */
	struct postings *postings;
	struct digest context;
	struct flow_findings_result *result;
	int64_t today;
	bool is_whole;   /* judge every group */
	bool must_whole; /* an old version did not open: only reading everything anew is right */
	struct finding_place *places;
	size_t place_count;
	struct finding_past *past; /* how far each partition had been read when this run began */
	size_t past_count;
	struct table dirty;    /* groups */
	struct table fresh;    /* records judged in all of their groups: place and id; not when is_whole */
	struct table affected; /* subject -> place; not used when is_whole */
	struct table wanted_by_subject;
	struct finding_wanted *wanted;
	size_t wanted_count;
	size_t wanted_capacity;
	struct finding_part *parts;
	size_t part_count;
	size_t part_capacity;
	struct finding_step *steps;
	size_t step_count;
	size_t step_capacity;
	struct finding_postings between[2]; /* of the record at hand, before and after */
	struct arena arena;                 /* of the record at hand */
	struct {
		struct flow_view view;
		uint16_t place;
		bool is_open;
	} views[FLOW_FINDING_VIEWS];
	size_t view_next;
};

/* --- findings.c --- */
/** A partition opened at the head that this run read. Borrowed until eight others were asked for. */
enum err finding_view(struct flow_view **out, struct finding_check *check, uint16_t place,
                      struct err_info *info) MUST_USE;
/** A record of it. *plaintext is the caller's, to be wiped. ERR_NOT_FOUND, ERR_RIGHT. */
enum err finding_open_record(struct record *out, struct bytes *plaintext, struct finding_check *check, uint16_t place,
                             const struct id *id, struct err_info *info) MUST_USE;
/** Whose duty a finding over two places (or one twice) is; NULL: nobody's. */
const struct roster_node *finding_writer(const struct finding_check *check, uint16_t place_a, uint16_t place_b);
bool finding_is_ours(const struct finding_check *check, uint16_t place_a, uint16_t place_b);

/* --- finding_read.c --- */
/** Read what has changed in every partition into postings, notes and dirty groups. */
enum err finding_read_all(struct finding_check *check, struct err_info *info) MUST_USE;

/* --- finding_post.c --- */
/** A posting's record in check->fresh. */
struct finding_name {
	uint8_t bytes[2 + ID_BYTES];
};
struct finding_name finding_name_of(const struct finding_posting *posting);
enum err finding_mark_dirty(struct finding_check *check, const uint8_t group[FINDING_GROUP_BYTES],
                            struct err_info *info) MUST_USE;
/** A record of a place as rules see it; NULL: there is none, and it has no kind. Borrows all but the id. */
struct finding_record finding_look_at(const struct finding_check *check, uint16_t place, const struct id *id,
                                      const struct record *record);
/** A record before (0) and after: what came and what went of its postings, and the groups to be judged because of it. */
enum err finding_post(struct finding_check *check, const struct finding_record records[2],
                      struct err_info *info) MUST_USE;
/** All groups in which the record stands are judged. */
enum err finding_judge_again(struct finding_check *check, const struct finding_record *record,
                             struct err_info *info) MUST_USE;

/* --- finding_steps.c --- */
/** Records of a partition whose status must be followed edit by edit. */
struct finding_suspects {
	struct id *ids;
	size_t count;
	size_t capacity;
};

/** Look at one record that changed, before (0) and after, either of which may be NULL: is its step one that the machine has? */
enum err finding_step_look(struct finding_suspects *suspects, struct finding_check *check,
                           const struct finding_record records[2], struct err_info *info) MUST_USE;
/** Follow the suspects through the edits since `old` (none: from the beginning). */
enum err finding_steps_follow(struct finding_check *check, uint16_t place, const struct finding_suspects *suspects,
                              struct partition *partition, const struct oid *old, struct err_info *info) MUST_USE;

/* --- finding_judge.c --- */
enum err finding_judge_all(struct finding_check *check, struct err_info *info) MUST_USE;
enum err finding_subject_of(uint8_t out[FINDING_GROUP_BYTES], const struct finding_check *check,
                            const struct finding_posting *posting);
enum err finding_affected(struct finding_check *check, const struct finding_posting *posting,
                          struct err_info *info) MUST_USE;

/* --- finding_write.c --- */
enum err finding_write_all(struct finding_check *check, struct err_info *info) MUST_USE;

#endif
