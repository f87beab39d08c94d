/** Small histories in words, for the tests of merge: edits that know of each other, each with a few writes in one record. */
#ifndef TESTS_MERGE_HISTORY_H
#define TESTS_MERGE_HISTORY_H

#include "codec/codec.h"
#include "merge/merge.h"
#include "schema/schema.h"
#include "schema/set.h"
#include "test.h"

enum {
	STORY_EDITS = 64,
	STORY_VERSIONS = 2,
};

/** A record's history in the making. {0} and story_begin(). */
struct story {
	struct arena arena;
	struct schema_set *sets[STORY_VERSIONS]; /* NULL: no such version */
	struct merge_edit items[STORY_EDITS];
	uint64_t past[STORY_EDITS]; /* masks */
	struct merge_edits edits;
	struct merge_step steps[STORY_EDITS];
	struct merge_word words[STORY_EDITS];
	struct merge_history history;
	struct err_info info;
};

static inline bool
story_knows(const void *context, uint32_t a, uint32_t b)
{
	return (((const struct story *)context)->past[a] >> b & 1) != 0;
}

static inline const struct schema_kind *
story_find_kind(const void *context, struct view name, uint32_t version)
{
	const struct story *story = context;

	if (version < 1 || version > STORY_VERSIONS || story->sets[version - 1] == NULL)
		return NULL;
	return schema_set_kind(story->sets[version - 1], name);
}

/** kinds: JSON of the kind "permit" in schema set 1 and 2; NULL: that set does not have it. */
static inline void
story_begin(struct story *story, const char *const kinds[STORY_VERSIONS])
{
	struct err_info info = {0};

	story->edits = (struct merge_edits){
		.items = story->items, .knows = story_knows, .find_kind = story_find_kind, .context = story};
	story->history = (struct merge_history){story->steps, 0, story->words, 0};
	for (uint32_t i = 0; i < STORY_VERSIONS; i++) {
		struct schema_file file = {"permit.json", {0}};

		if (kinds[i] == NULL)
			continue;
		file.text = view_text(kinds[i]);
		assert_ok(schema_set_new(&story->sets[i], i + 1, NULL, &file, 1, &info));
	}
}

static inline void
story_end(struct story *story)
{
	for (size_t i = 0; i < STORY_VERSIONS; i++)
		schema_set_free(story->sets[i]);
	arena_release(&story->arena);
}

/** An edit of a level under a schema set, on top of the edits of a mask; its commit id ends in its number. */
static inline uint32_t
story_edit(struct story *story, uint8_t level, uint32_t version, uint64_t past)
{
	uint32_t edit = (uint32_t)story->edits.count++;
	struct err_info info = {0};

	story->items[edit] = (struct merge_edit){.level = level, .schema_version = version, .epoch = {1, {{0}}}};
	story->items[edit].commit.bytes[OID_BYTES - 1] = (uint8_t)edit;
	story->past[edit] = past;
	story->steps[story->history.step_count++] = (struct merge_step){edit, true, view_text("permit"), {0}};
	assert_ok(merge_edits_index(&story->edits, &story->arena, &info));
	return edit;
}

static inline void
story_write(struct story *story, struct record_path path, enum delta_act act, struct view value)
{
	struct delta_write write = {path, act, value};
	struct merge_step *step = &story->steps[story->history.step_count - 1];
	struct err_info info = {0};

	assert_ok(delta_writes_add(&step->writes, &story->arena, &write, &info));
}

static inline struct view
story_number(struct story *story, int64_t number)
{
	struct bytes encoded = {0};
	struct view view;

	assert_int_equal(codec_write_int(&encoded, number, NULL), ERR_OK);
	view = view_of(arena_copy(&story->arena, bytes_view(&encoded)), encoded.size);
	bytes_release(&encoded);
	return view;
}

/** The last edit adds the record. */
static inline void
story_add(struct story *story)
{
	story_write(story, (struct record_path){.type = RECORD_EXISTENCE}, DELTA_ADD, (struct view){0});
}

static inline void
story_set(struct story *story, uint32_t field, int64_t number)
{
	story_write(story, (struct record_path){.type = RECORD_FIELD, .field = field}, DELTA_SET,
	            story_number(story, number));
}

static inline struct merge_row
story_fold(struct story *story)
{
	struct merge_row row = {0};
	struct err_info info = {0};

	assert_ok(merge_fold(&row, &story->arena, &story->edits, &story->history, &info));
	return row;
}

/** The one entry at a field; fails unless there is one. */
static inline const struct merge_entry *
story_entry(const struct merge_row *row, uint32_t field, enum merge_entry_kind kind)
{
	const struct record_path path = {.type = RECORD_FIELD, .field = field};
	const struct merge_entry *entry = merge_entries_find(&row->entries, &path, kind);

	assert_non_null(entry);
	return entry;
}

#endif
