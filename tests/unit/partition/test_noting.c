/* Notes of what an edit changes: one touch an id, with its shelf, or nothing at all. */
#include "git/tree.h"
#include "partition/noting.h"
#include "partition/row.h"
#include "sample_journal.h"
#include "test.h"

static void
notes_are_united_and_bounded(void **state)
{
	const struct partition_blobs none = {.record = {{0}}};
	const struct partition_blobs a = {.record = sample_oid(1)};
	const struct partition_blobs b = {.record = sample_oid(2)};
	struct git_idtree *tree = NULL;
	struct partition_noting noting = {.is_on = true};
	const struct partition_touches *touches;
	struct err_info info;

	(void)state;
	assert_ok(git_idtree_open(&tree, (struct git_reader){NULL, NULL}, NULL, &info));
	partition_noting_text(&noting, view_text("b"));
	partition_noting_put(&noting, &(struct id){{7}}, &a, &b);
	partition_noting_text(&noting, view_text("c"));
	partition_noting_put(&noting, &(struct id){{3}}, &none, &a);
	partition_noting_put(&noting, &(struct id){{3}}, &a, &none); /* came to nothing */
	partition_noting_put(&noting, &(struct id){{7}}, &b, &none);
	touches = partition_noting_end(&noting, tree);
	assert_int_equal(touches->count, 1);
	assert_true(oid_equal(&touches->items[0].before[0], &a.record));
	assert_true(oid_is_none(&touches->items[0].after[0]));
	assert_int_equal(touches->items[0].text[1].size, 0);
	assert_int_equal(touches->items[0].shelf.size, ID_BYTES); /* it stood there alone */

	partition_noting_stop(&noting);
	noting.is_on = true;
	for (uint32_t i = 0; i <= LIMIT_CHANGES_ROWS_MAX; i++) {
		struct id id = {{0}};

		store_u32(id.bytes, i);
		assert_true(noting.is_on);
		partition_noting_put(&noting, &id, &none, &a);
	}
	assert_null(partition_noting_end(&noting, tree));
	git_idtree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_are_united_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
