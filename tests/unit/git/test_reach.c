/* Which commits reach which, and the tips of a head, over random histories: held against the plain closure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git/pack.h"
#include "git/reach.h"
#include "test.h"

enum {
	COMMITS = 300, /* more than one chunk of columns */
	HISTORIES = 6,
};

struct graph {
	struct oid ids[COMMITS];
	size_t parents[COMMITS][GIT_PARENTS_MAX];
	size_t parent_count[COMMITS];
	bool reaches[COMMITS][COMMITS];
};

static void
add_commit(struct graph *graph, size_t at, struct git_pack *pack)
{
	struct err_info info = {0};
	struct bytes text = {0};
	char hex[OID_HEX_BYTES];

	assert_ok(bytes_printf(&text, &info, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"));
	for (size_t i = 0; i < graph->parent_count[at]; i++) {
		size_t parent = graph->parents[at][i];

		assert_ok(bytes_printf(&text, &info, "parent %s\n", git_oid_hex(&graph->ids[parent], hex)));
		graph->reaches[at][parent] = true;
		for (size_t k = 0; k < at; k++)
			graph->reaches[at][k] = graph->reaches[at][k] || graph->reaches[parent][k];
	}
	assert_ok(bytes_printf(&text, &info, "author a <a@b> %zu +0000\ncommitter a <a@b> 1 +0000\n\nx\n", at));
	assert_ok(git_pack_add(pack, GIT_TYPE_COMMIT, bytes_view(&text), &graph->ids[at], &info));
	bytes_release(&text);
}

/* Edits and merges at random; a merge never joins what one side has already. */
static void
grow(struct graph *graph, struct git_pack *pack, uint64_t *seed)
{
	for (size_t i = 0; i < COMMITS; i++) {
		size_t a = i == 0 ? 0 : i - 1 - (size_t)(support_random(seed) % (i < 12 ? i : 12));
		size_t b = i == 0 ? 0 : i - 1 - (size_t)(support_random(seed) % (i < 40 ? i : 40));

		graph->parent_count[i] = i == 0 ? 0 : 1;
		graph->parents[i][0] = a;
		if (a != b && !graph->reaches[a][b] && !graph->reaches[b][a]) {
			graph->parent_count[i] = 2;
			graph->parents[i][1] = b;
		}
		add_commit(graph, i, pack);
	}
}

static bool
is_edit(const struct graph *graph, size_t at)
{
	return graph->parent_count[at] < 2;
}

static void
check_tips(const struct graph *graph, struct git_history *history, size_t head)
{
	struct err_info info = {0};
	struct git_oids tips = {0};
	size_t expected = 0;

	assert_ok(git_history_tips(&tips, history, &graph->ids[head], &info));
	for (size_t i = 0; i <= head; i++) {
		bool is_tip = is_edit(graph, i) && (i == head || graph->reaches[head][i]);
		bool is_found = false;

		for (size_t k = 0; k <= head && is_tip; k++)
			is_tip = !(is_edit(graph, k) && (k == head || graph->reaches[head][k]) && graph->reaches[k][i]);
		for (size_t k = 0; k < tips.count; k++)
			is_found = is_found || oid_equal(&tips.items[k], &graph->ids[i]);
		assert_int_equal(is_found, is_tip);
		expected += is_tip ? 1U : 0U;
	}
	assert_int_equal(tips.count, expected);
	git_oids_release(&tips);
}

static void
check_all(const struct graph *graph, struct git_history *history, uint64_t *seed)
{
	struct err_info info = {0};
	struct git_reach *reach = NULL;
	size_t asked[COMMITS];
	struct oid ids[COMMITS];
	size_t count = 0;

	for (size_t i = 0; i < COMMITS; i++) {
		if (support_random(seed) % 10 != 0) {
			asked[count] = i;
			ids[count++] = graph->ids[i];
		}
	}
	assert_ok(git_reach_new(&reach, history, (struct git_oids_view){ids, count}, &info));
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++)
			assert_int_equal(git_reach_has(reach, i, k), graph->reaches[asked[i]][asked[k]]);
	}
	git_reach_free(reach);
	for (size_t i = 0; i < COMMITS; i += 7)
		check_tips(graph, history, i);
}

static void
reach_and_tips_are_those_of_the_closure(void **state)
{
	struct err_info info = {0};
	uint64_t seed = 20261125;
	const char *scratch = support_scratch();
	char path[512];

	(void)state;
	assert_ok(git_start(&info));
	for (size_t i = 0; i < HISTORIES; i++) {
		struct graph *graph = calloc(1, sizeof(*graph));
		struct git_store *store = NULL;
		struct git_pack *pack = NULL;
		struct git_history *history = NULL;

		assert_non_null(graph);
		(void)snprintf(path, sizeof(path), "%s/%zu.git", scratch, i);
		assert_ok(git_store_create(path, &info));
		assert_ok(git_store_open(&store, path, &info));
		assert_ok(git_pack_new(&pack, store, &info));
		grow(graph, pack, &seed);
		assert_ok(git_history_open(&history, (struct git_reader){pack, store}, &info));
		check_all(graph, history, &seed);
		git_history_free(history);
		git_pack_free(pack);
		git_store_free(store);
		free(graph);
	}
	support_remove(scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reach_and_tips_are_those_of_the_closure)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
