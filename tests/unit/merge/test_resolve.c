#include "history.h"
#include "merge/resolve.h"

static const char *const NONE[STORY_VERSIONS] = {NULL, NULL};

/* a record with field 4 = 1 or 2, both named */
static struct merge_row
disputed(struct story *story)
{
	story_begin(story, NONE);
	story_edit(story, 1, 1, 0);
	story_add(story);
	story_edit(story, 1, 1, 1);
	story_set(story, 4, 1);
	story_edit(story, 1, 1, 1);
	story_set(story, 4, 2);
	return story_fold(story);
}

static void
a_form_that_does_not_close_the_entry_is_refused(void **state)
{
	struct story story = {0};
	struct merge_row row = disputed(&story);
	struct merge_resolution resolution = {.row = &row, .entry = &row.entries.items[0]};
	struct delta_writes writes = {0};
	struct err_info info = {0};

	(void)state;
	for (int form = MERGE_FORM_KEPT; form <= (int)MERGE_FORM_DROP; form++) {
		resolution.form = (enum merge_form)form;
		assert_err(merge_resolve(&writes, NULL, &story.arena, &resolution, &info), ERR_USAGE);
	}
	story_end(&story);
}

/* the loser's value is taken: an ordinary edit, after which nothing is named any more, whoever folds it */
static void
taking_a_side_closes_the_entry(void **state)
{
	struct story story = {0};
	struct merge_row row = disputed(&story);
	struct merge_resolution resolution = {
		.form = MERGE_FORM_TAKE, .row = &row, .entry = &row.entries.items[0], .taken = &story.steps[2].writes};
	struct merge_edit_terms terms = {1, NULL, view_text("permit"), {1, {{0}}}};
	struct delta_writes writes = {0};
	struct delta_writes derived = {0};
	struct merge_row after;
	struct merge_row folded;
	struct err_info info = {0};

	(void)state;
	assert_ok(merge_resolve(&writes, NULL, &story.arena, &resolution, &info));
	assert_int_equal(writes.count, 1);
	assert_hex(writes.items[0].value, "02");
	assert_ok(merge_edit_row(&after, &story.arena, &terms, &row, &writes, &info));
	assert_int_equal(after.entries.count, 0);
	assert_ok(merge_derive(&derived, &story.arena, &(struct merge_change){.parent = &row, .child = &after}, &info));
	assert_int_equal(derived.count, 1);

	story_edit(&story, 1, 1, 7);
	story_set(&story, 4, 2);
	folded = story_fold(&story);
	assert_true(merge_row_equal(&folded, &after));
	story_end(&story);
}

static void
two_answers_to_one_field_must_agree(void **state)
{
	struct arena arena = {0};
	struct delta_write one = {{.type = RECORD_FIELD, .field = 4}, DELTA_SET, view_text("\x01")};
	struct delta_write two = {{.type = RECORD_FIELD, .field = 4}, DELTA_SET, view_text("\x02")};
	struct delta_write other = {{.type = RECORD_FIELD, .field = 3}, DELTA_SET, view_text("\x02")};
	struct delta_write gone = {{.type = RECORD_EXISTENCE}, DELTA_CLEAR, {0}};
	struct delta_writes writes = {0};
	struct err_info info = {0};

	(void)state;
	assert_ok(merge_writes_join(&writes, &arena, &(struct delta_writes){&one, 1, 1}, &info));
	assert_ok(merge_writes_join(&writes, &arena, &(struct delta_writes){&one, 1, 1}, &info));
	assert_ok(merge_writes_join(&writes, &arena, &(struct delta_writes){&other, 1, 1}, &info));
	assert_int_equal(writes.count, 2);
	assert_int_equal(writes.items[0].path.field, 3);
	assert_err(merge_writes_join(&writes, &arena, &(struct delta_writes){&two, 1, 1}, &info), ERR_EXISTS);
	assert_err(merge_writes_join(&writes, &arena, &(struct delta_writes){&gone, 1, 1}, &info), ERR_EXISTS);
	assert_int_equal(writes.count, 2);
	arena_release(&arena);
}

static void
of_one_level_the_last_word_counts_and_void_before_restore(void **state)
{
	struct story story = {0};
	struct merge_word words[3] = {{.correction = 1}, {.correction = 2, .is_restore = true}, {.correction = 3}};

	(void)state;
	story_begin(&story, NONE);
	story_edit(&story, 1, 1, 0);
	story_edit(&story, 2, 1, 1);
	story_edit(&story, 2, 1, 1);
	story_edit(&story, 1, 1, 7);
	assert_true(merge_words_void(&story.edits, words, 2)); /* neither knows the other */
	story.past[2] = 3;
	assert_false(merge_words_void(&story.edits, words, 2));
	assert_false(merge_words_void(&story.edits, words, 3)); /* a lower level is not heard */
	story.items[3].level = 3;
	assert_true(merge_words_void(&story.edits, words, 3));
	assert_false(merge_words_void(&story.edits, words, 0));
	story_end(&story);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_that_does_not_close_the_entry_is_refused),
		cmocka_unit_test(taking_a_side_closes_the_entry),
		cmocka_unit_test(two_answers_to_one_field_must_agree),
		cmocka_unit_test(of_one_level_the_last_word_counts_and_void_before_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
