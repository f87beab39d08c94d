#include <stdio.h>
#include <stdlib.h>

#include "partition/natural_edges.h"
#include "seal/key.h"
#include "seal/seal.h"
#include "test.h"

enum {
	PAIRS = 40,
};

struct place {
	char path[LIMIT_PATH_BYTES_MAX];
	uint64_t seed;
	struct lookup *lookup;
	struct natural_edges edges;
};

static void
place_init(struct place *place)
{
	uint8_t bytes[32] = {7};
	struct seal_key *key = NULL;
	struct err_info info;
	struct env env;

	*place = (struct place){.seed = 1};
	env = support_env(&place->seed);
	(void)snprintf(place->path, sizeof(place->path), "%s/keys", support_scratch());
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	assert_ok(lookup_new(&place->lookup, place->path, key, &env, &info));
}

static void
place_release(struct place *place)
{
	natural_edges_release(&place->edges);
	lookup_free(place->lookup);
}

static struct oid
commit(unsigned number)
{
	return (struct oid){{(uint8_t)number, 1}};
}

static struct lookup_pair
pair_of(unsigned number)
{
	return (struct lookup_pair){.hash = {{(uint8_t)number, 9}}, .id = {{(uint8_t)number, 3}}};
}

/* Pairs `first` to `last` come or go; the way from one commit to the other is remembered. */
static void
go(struct place *place, unsigned from, unsigned to, unsigned first, unsigned last, bool is_there)
{
	struct oid ends[2] = {commit(from), commit(to)};
	struct bytes changes = {0};
	const struct lookup_change *made;
	struct err_info info;
	size_t count;

	for (unsigned i = first; i <= last; i++) {
		struct lookup_pair pair = pair_of(i);

		assert_ok(lookup_put(place->lookup, &pair, is_there, &info));
	}
	made = lookup_changes(place->lookup, &count);
	assert_true(natural_edge_record(&changes, made, count));
	natural_edges_add(&place->edges, &ends[0], &ends[1], &changes);
	lookup_settle(place->lookup);
}

static size_t
walk(struct place *place, unsigned from, unsigned to)
{
	struct natural_step steps[NATURAL_EDGES_MAX];
	struct oid ends[2] = {commit(from), commit(to)};
	size_t count = natural_edges_path(steps, &place->edges, &ends[0], &ends[1]);
	struct err_info info;

	for (size_t i = 0; i < count; i++)
		assert_ok(natural_step_go(place->lookup, &steps[i], &info));
	return count;
}

/* Which pairs are there, a bit each. */
static uint64_t
there(struct place *place)
{
	uint64_t bits = 0;
	struct err_info info;

	for (unsigned i = 0; i < PAIRS; i++) {
		struct lookup_pair pair = pair_of(i);
		struct bytes ids = {0};

		assert_ok(lookup_find(&ids, place->lookup, &pair.hash, &info));
		bits |= (uint64_t)(ids.size > 0) << i;
		bytes_release(&ids);
	}
	return bits;
}

static void
from_one_parent_to_the_other_by_their_base(void **state)
{
	struct place place;
	uint64_t base;
	uint64_t one;
	uint64_t other;

	(void)state;
	place_init(&place);
	go(&place, 1, 2, 0, 9, true); /* the base, 2 */
	base = there(&place);
	go(&place, 2, 3, 5, 14, true); /* half of it is there already */
	go(&place, 3, 4, 0, 2, false);
	one = there(&place);
	assert_int_equal(walk(&place, 4, 2), 2);
	assert_true(there(&place) == base);
	go(&place, 2, 5, 20, 24, true);
	other = there(&place);

	assert_int_equal(walk(&place, 5, 4), 3);
	assert_true(there(&place) == one);
	assert_int_equal(walk(&place, 4, 5), 3);
	assert_true(there(&place) == other);
	assert_int_equal(walk(&place, 5, 1), 2);
	assert_true(there(&place) == 0);
	place_release(&place);
}

static void
no_way_is_made_up(void **state)
{
	struct place place;

	(void)state;
	place_init(&place);
	assert_int_equal(walk(&place, 1, 2), 0);
	go(&place, 1, 2, 0, 3, true);
	go(&place, 3, 4, 4, 5, true);
	assert_int_equal(walk(&place, 2, 3), 0);
	assert_int_equal(walk(&place, 2, 7), 0);
	assert_int_equal(walk(&place, 0, 0), 0);
	place_release(&place);
}

static void
the_oldest_way_gives_room_and_a_long_one_is_not_kept(void **state)
{
	struct place place;
	struct lookup_change *many;
	struct bytes changes = {0};

	(void)state;
	place_init(&place);
	for (unsigned i = 1; i <= NATURAL_EDGES_MAX + 1; i++)
		go(&place, i, i + 1, i, i, true);
	assert_int_equal(walk(&place, NATURAL_EDGES_MAX + 2, 1), 0);
	assert_int_equal(walk(&place, NATURAL_EDGES_MAX + 2, 2), NATURAL_EDGES_MAX);
	assert_true(there(&place) == 2);
	many = calloc(NATURAL_CHANGES_MAX, sizeof(*many));
	assert_non_null(many);
	assert_true(natural_edge_record(&changes, many, NATURAL_CHANGES_MAX));
	assert_false(natural_edge_record(&changes, many, 1));
	bytes_release(&changes);
	free(many);
	place_release(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_one_parent_to_the_other_by_their_base),
		cmocka_unit_test(no_way_is_made_up),
		cmocka_unit_test(the_oldest_way_gives_room_and_a_long_one_is_not_kept),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
