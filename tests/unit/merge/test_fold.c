#include "history.h"
#include "merge/inside.h"

static const char ONE[] = "{\"x-kind\": \"permit\", \"type\": \"object\", \"properties\": {"
			  "\"status\": {\"x-field\": 3, \"type\": \"string\", \"enum\": [\"a\", \"b\", \"c\"],"
			  "             \"x-states\": {\"follow\": {\"a\": [\"b\"]}}},"
			  "\"fee\": {\"x-field\": 4, \"type\": \"integer\"},"
			  "\"decision\": {\"x-field\": 5, \"type\": \"integer\", \"x-depends-on\": [\"fee\"]}}}";
/* the machine lets c follow b, and the decision rests on the status */
static const char TWO[] = "{\"x-kind\": \"permit\", \"type\": \"object\", \"required\": [\"note\"], \"properties\": {"
			  "\"status\": {\"x-field\": 3, \"type\": \"string\", \"enum\": [\"a\", \"b\", \"c\"],"
			  "             \"x-states\": {\"follow\": {\"b\": [\"c\"]}}},"
			  "\"fee\": {\"x-field\": 4, \"type\": \"integer\"},"
			  "\"decision\": {\"x-field\": 5, \"type\": \"integer\", \"x-depends-on\": [\"status\"]},"
			  "\"note\": {\"x-field\": 6, \"type\": \"string\"}}}";
static const char *const KINDS[STORY_VERSIONS] = {ONE, TWO};

enum {
	TOWNSHIP = 1,
	COUNTY = 2,
};

static void
the_higher_level_stands_and_both_are_named(void **state)
{
	struct story story = {0};
	struct merge_row row;
	const struct merge_entry *entry;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	story_edit(&story, TOWNSHIP, 1, 1);
	story_set(&story, 4, 1);
	story_edit(&story, COUNTY, 1, 1);
	story_set(&story, 4, 2);
	row = story_fold(&story);
	assert_hex(record_get(&row.record, 4), "02");
	entry = story_entry(&row, 4, MERGE_VALUE);
	assert_int_equal(entry->count, 2);
	assert_int_equal(entry->commits[0].bytes[OID_BYTES - 1], 2);
	assert_int_equal(entry->commits[1].bytes[OID_BYTES - 1], 1);
	assert_int_equal(row.entries.count, 1);
	story_end(&story);
}

static void
equal_values_are_no_conflict(void **state)
{
	struct story story = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	story_edit(&story, TOWNSHIP, 1, 1);
	story_set(&story, 4, 7);
	story_edit(&story, COUNTY, 1, 1);
	story_set(&story, 4, 7);
	row = story_fold(&story);
	assert_int_equal(row.entries.count, 0);
	story_end(&story);
}

/* b and c: under set 1 neither may follow the other, under set 2 c may follow b */
static void
the_machine_is_that_of_the_writes_not_of_later_ones(void **state)
{
	struct story story = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	story_edit(&story, TOWNSHIP, 1, 1);
	story_set(&story, 3, 2);
	story_edit(&story, COUNTY, 1, 1);
	story_set(&story, 3, 3);
	row = story_fold(&story);
	(void)story_entry(&row, 3, MERGE_STATE);

	story_edit(&story, COUNTY, 2, 7); /* something else, under the newer set */
	story_set(&story, 4, 1);
	row = story_fold(&story);
	assert_int_equal(row.record.schema_version, 2);
	(void)story_entry(&row, 3, MERGE_STATE);

	story.items[2].schema_version = 2; /* had one of the two been written under it, they were values */
	row = story_fold(&story);
	(void)story_entry(&row, 3, MERGE_VALUE);
	story_end(&story);
}

static void
what_a_decision_rests_on_is_said_by_the_newer_of_two_edits(void **state)
{
	struct story story = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	story_edit(&story, COUNTY, 1, 1);
	story_set(&story, 5, 1);
	story_edit(&story, TOWNSHIP, 1, 1);
	story_set(&story, 4, 9);
	row = story_fold(&story);
	assert_int_equal(story_entry(&row, 5, MERGE_STALE)->pairs[0].edit.bytes[OID_BYTES - 1], 2);

	story.items[2].schema_version = 2; /* under the newer set the fee is nothing to the decision */
	row = story_fold(&story);
	assert_null(
		merge_entries_find(&row.entries, &(struct record_path){.type = RECORD_FIELD, .field = 5}, MERGE_STALE));
	story_end(&story);
}

static void
rules_are_those_of_the_record_s_own_version(void **state)
{
	struct story story = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	row = story_fold(&story);
	assert_int_equal(row.entries.count, 0);
	story_edit(&story, TOWNSHIP, 2, 1);
	story_set(&story, 4, 1);
	row = story_fold(&story);
	assert_int_equal(row.entries.count, 1);
	assert_int_equal(row.entries.items[0].kind, MERGE_RULE);
	assert_true(view_equal(row.entries.items[0].rule, view_text("required:note")));
	story_end(&story);
}

static void
a_kind_that_no_set_has_is_whole_values(void **state)
{
	static const char *const none[STORY_VERSIONS] = {NULL, NULL};
	struct story story = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, none);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	story_edit(&story, TOWNSHIP, 1, 1);
	story_set(&story, 3, 2);
	story_edit(&story, COUNTY, 1, 1);
	story_set(&story, 3, 1);
	row = story_fold(&story);
	(void)story_entry(&row, 3, MERGE_VALUE);
	assert_hex(record_get(&row.record, 3), "01");
	story_end(&story);
}

/* an id that is there, added again in another branch by someone who knew its salt, as a record of another kind */
static void
two_kinds_for_one_id_are_the_smaller_everywhere(void **state)
{
	struct story story = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	story_edit(&story, COUNTY, 1, 0);
	story_add(&story);
	story.steps[1].kind = view_text("garden");
	row = story_fold(&story);
	assert_true(view_equal(row.record.kind, view_text("garden")));
	story_end(&story);
}

/* --- limits --- */

static struct view
text_of(struct story *story, size_t size)
{
	struct bytes encoded = {0};
	uint8_t *text = arena_get(&story->arena, size);
	struct view view;

	memset(text, 'x', size);
	assert_int_equal(codec_write_str(&encoded, view_of(text, size), NULL), ERR_OK);
	view = view_of(arena_copy(&story->arena, bytes_view(&encoded)), encoded.size);
	bytes_release(&encoded);
	return view;
}

static void
a_merged_record_past_its_limit_stands_with_an_entry(void **state)
{
	struct story story = {0};
	struct bytes plaintext = {0};
	struct err_info info = {0};
	struct merge_row row;

	(void)state;
	story_begin(&story, KINDS);
	story_edit(&story, TOWNSHIP, 1, 0);
	story_add(&story);
	for (uint64_t side = 0; side < 2; side++) {
		story_edit(&story, TOWNSHIP, 1, 1);
		for (uint32_t i = 0; i < 9; i++)
			story_write(&story,
			            (struct record_path){.type = RECORD_FIELD, .field = 100 + (uint32_t)side * 100 + i},
			            DELTA_SET, text_of(&story, LIMIT_STRING_BYTES_MAX));
	}
	row = story_fold(&story);
	assert_int_equal(row.entries.count, 1);
	assert_true(view_equal(row.entries.items[0].rule, view_text("size")));
	assert_err(record_write(&plaintext, &row.record, LIMIT_RECORD_BYTES_MAX, &info), ERR_TOO_BIG);
	assert_ok(record_write(&plaintext, &row.record, LIMIT_RECORD_MERGED_BYTES_MAX, &info));
	bytes_release(&plaintext);
	story_end(&story);
}

/* the entry comes with the first byte past the limit, neither before nor after */
static void
the_size_rule_counts_the_bytes_of_the_record(void **state)
{
	struct err_info info = {0};

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct story story = {0};
		struct bytes plaintext = {0};
		struct merge_row row;
		size_t left;

		story_begin(&story, KINDS);
		story_edit(&story, TOWNSHIP, 1, 0);
		story_add(&story);
		for (uint32_t i = 0; i < 15; i++)
			story_write(&story, (struct record_path){.type = RECORD_FIELD, .field = 100 + i}, DELTA_SET,
			            text_of(&story, LIMIT_STRING_BYTES_MAX));
		row = story_fold(&story);
		assert_ok(record_write(&plaintext, &row.record, LIMIT_RECORD_BYTES_MAX, &info));
		left = LIMIT_RECORD_BYTES_MAX - plaintext.size;
		/* a 16th field makes the map's head two bytes longer; its number has three, its text a head of three */
		story_write(&story, (struct record_path){.type = RECORD_FIELD, .field = 300}, DELTA_SET,
		            text_of(&story, left - 2 - 3 - 3 + more));
		row = story_fold(&story);
		bytes_clear(&plaintext);
		assert_int_equal(record_write(&plaintext, &row.record, LIMIT_RECORD_BYTES_MAX, &info),
		                 more ? ERR_TOO_BIG : ERR_OK);
		assert_int_equal(plaintext.size, more ? 0 : LIMIT_RECORD_BYTES_MAX);
		assert_int_equal(row.entries.count, more);
		bytes_release(&plaintext);
		story_end(&story);
	}
}

/* --- whatever was written --- */

/* any register of a small record, in any form, whether its kind has it so or not */
static struct record_path
any_path(struct story *story, uint64_t *random)
{
	uint64_t pick = support_random(random) >> 32;
	struct record_path path = {.type = (enum record_path_type)(pick % 6), .field = (uint32_t)(pick / 8 % 4) + 1};

	if (path.type == RECORD_EXISTENCE)
		path.field = 0;
	if (path.type == RECORD_BUILT_IN)
		path.field = (uint32_t)(pick / 8 % 2) + 1;
	if (path.type == RECORD_MEMBER || path.type == RECORD_MEMBER_FIELD)
		path.key_field = (uint32_t)(pick / 64 % 3) + 1;
	if (path.type == RECORD_MEMBER_FIELD) {
		path.sub = (uint32_t)(pick / 256 % 4) + 1;
		path.sub += path.sub >= path.key_field;
	}
	if (path.type == RECORD_BUILT_IN)
		path.key = view_of(pick / 1024 % 2 ? "\xc4\x10................" : "\xc4\x10++++++++++++++++", 18);
	else if (path.type >= RECORD_ELEMENT)
		path.key = story_number(story, (int64_t)(pick / 1024 % 3) * 300);
	path.is_drop = pick / 65536 % 16 == 0;
	return path;
}

static void
any_write(struct story *story, uint64_t *random)
{
	struct record_path path = any_path(story, random);
	uint64_t pick = support_random(random) >> 40;
	enum delta_act act = pick % 4 == 0 ? DELTA_CLEAR : DELTA_ADD;
	struct view value = {0};

	if (path.is_drop)
		act = DELTA_ADD;
	else if (path.type == RECORD_FIELD || path.type == RECORD_MEMBER_FIELD)
		act = pick % 4 == 0 ? DELTA_CLEAR : DELTA_SET;
	else if (record_path_is_existence(&path) && pick % 8 == 1)
		act = DELTA_KEEP;
	if (act == DELTA_SET)
		value = story_number(story, (int64_t)(pick / 16 % 5) * 100);
	story_write(story, path, act, value);
}

static void
any_words(struct story *story, uint64_t *random)
{
	for (size_t i = 0; i < 3; i++) {
		struct merge_word *word = &story->words[story->history.word_count++];

		*word = (struct merge_word){.correction = (uint32_t)story->edits.count - 1,
		                            .target = (uint32_t)(support_random(random) % (story->edits.count - 1)),
		                            .is_restore = support_random(random) % 3 == 0,
		                            .is_whole = support_random(random) % 2 == 0,
		                            .path = any_path(story, random)};
	}
}

/* writes sorted, one for each register */
static void
settle(struct merge_step *step)
{
	size_t kept = 0;

	merge_delta_sort(&step->writes);
	for (size_t i = 0; i < step->writes.count; i++) {
		if (kept == 0 ||
		    record_path_compare(&step->writes.items[kept - 1].path, &step->writes.items[i].path) != 0)
			step->writes.items[kept++] = step->writes.items[i];
	}
	step->writes.count = kept;
}

static void
any_history(struct story *story, uint64_t *random)
{
	for (size_t i = 0; i < 12; i++) {
		uint64_t past = support_random(random) & ((UINT64_C(1) << i) - 1);

		for (size_t j = 0; j < i; j++) { /* who knows an edit knows what that one knows */
			if (past >> j & 1)
				past |= story->past[j];
		}
		story_edit(story, (uint8_t)(support_random(random) % 3 + 1), (uint32_t)(support_random(random) % 2 + 1),
		           past);
		if (i == 0)
			story_add(story);
		if (i > 0 && support_random(random) % 5 == 0) {
			any_words(story, random);
			continue;
		}
		for (size_t j = 0; j < 4; j++)
			any_write(story, random);
		settle(&story->steps[i]);
	}
}

static void
whatever_was_written_gives_a_record_and_entries_that_can_be_read(void **state)
{
	uint64_t random = 20251130;
	size_t records = 0;

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		struct story story = {0};
		struct bytes record = {0};
		struct bytes entries = {0};
		struct merge_row row;
		struct merge_row again = {0};
		struct err_info info = {0};

		story_begin(&story, KINDS);
		any_history(&story, &random);
		row = story_fold(&story);
		again = (struct merge_row){.has_record = row.has_record, .epoch = row.epoch};
		if (row.has_record) {
			records++;
			assert_ok(record_write(&record, &row.record, LIMIT_RECORD_BYTES_MAX, &info));
			assert_ok(record_read(&again.record, &story.arena, bytes_view(&record), LIMIT_RECORD_BYTES_MAX,
			                      &info));
		}
		if (row.entries.count > 0) {
			assert_ok(merge_entries_write(&entries, &row.entries, &info));
			assert_ok(merge_entries_read(&again.entries, &story.arena, bytes_view(&entries), &info));
		}
		assert_true(merge_row_equal(&row, &again));
		bytes_release(&record);
		bytes_release(&entries);
		story_end(&story);
	}
	assert_true(records > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_higher_level_stands_and_both_are_named),
		cmocka_unit_test(equal_values_are_no_conflict),
		cmocka_unit_test(the_machine_is_that_of_the_writes_not_of_later_ones),
		cmocka_unit_test(what_a_decision_rests_on_is_said_by_the_newer_of_two_edits),
		cmocka_unit_test(rules_are_those_of_the_record_s_own_version),
		cmocka_unit_test(a_kind_that_no_set_has_is_whole_values),
		cmocka_unit_test(two_kinds_for_one_id_are_the_smaller_everywhere),
		cmocka_unit_test(a_merged_record_past_its_limit_stands_with_an_entry),
		cmocka_unit_test(the_size_rule_counts_the_bytes_of_the_record),
		cmocka_unit_test(whatever_was_written_gives_a_record_and_entries_that_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
