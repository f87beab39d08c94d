/** Inside a record's past: past.c gathers it, past_ask.c answers from it. Internal to partition. */
#ifndef PARTITION_PAST_STATE_H
#define PARTITION_PAST_STATE_H

#include "partition/past.h"

struct past_edit {
	struct merge_edit edit;
	struct digest schema_digest;
	uint32_t generation;
	uint32_t index; /* among the merge edits, once sealed */
	bool is_correction;
};

struct past_record {
	struct id id;
	size_t step_first; /* of its steps, once sealed */
	size_t step_count;
};

struct past_step {
	size_t edit; /* place in past->edits */
	size_t record;
	unsigned side;
	struct partition_blobs before;
	struct partition_blobs after;
};

struct past_word {
	size_t correction; /* place in past->edits; PAST_TOP: the edit on top */
	size_t record;     /* of a line that names one */
	struct delta_void line;
};

#define PAST_TOP SIZE_MAX

struct partition_past {
	struct partition_source source;
	struct git_history *history;
	struct arena arena;
	struct table record_by_id;
	struct past_record *records;
	size_t record_count;
	size_t record_capacity;
	struct table edit_by_oid;
	struct past_edit *edits;
	size_t edit_count;
	size_t edit_capacity;
	struct past_step *steps;
	size_t step_count;
	size_t step_capacity;
	struct past_word *words;
	size_t word_count;
	size_t word_capacity;
	/* sealed */
	uint32_t *order; /* merge index -> place in edits */
	struct git_reach *reach;
	struct merge_edits merge;
	bool has_top;
	uint32_t missing_schema; /* a version that was asked for and is not held; 0: none */
};

bool past_find_record(size_t *out, const struct partition_past *past, const struct id *id);
/** The lines of a correction about the records asked for; *found_out is set to true if there are any. */
enum err past_add_words(struct partition_past *past, size_t correction, struct view voids, bool *found_out,
                        struct err_info *info) MUST_USE;
/** The blobs of an id in a version's tree; none where there are none. */
enum err past_blobs(struct partition_blobs *out, struct git_reader reader, const struct partition_version *version,
                    const struct id *id, struct err_info *info) MUST_USE;

#endif
