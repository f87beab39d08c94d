/* Two different statements with one number: a stolen key, a cloned disk, or a lie. */
#include "offices.h"
#include "roster/version.h"

/* Two statements of the county with one number; the roster has both. Gives the index of the first; the second follows. */
static size_t
county_says_both(struct world *world, struct statement one, struct statement other)
{
	uint32_t number = world->county.number;
	struct digest last = world->county.last;
	enum roster_outcome outcome = ROSTER_KNOWN;
	struct err_info info;
	size_t first = world_say(world, &world->county, one);
	size_t second;

	world->county.number = number;
	world->county.last = last;
	second = world_next(world, &world->county, other);
	assert_int_equal(second, first + 1);
	assert_ok(world_add(world, world->roster, second, &outcome, &info));
	assert_int_equal(outcome, ROSTER_EVIDENCE);
	return first;
}

static struct statement
settle_of(const struct world *world, const struct office *office, size_t said, uint32_t number)
{
	return (struct statement){.type = STATEMENT_SETTLE,
	                          .node = office->code,
	                          .chain_number = number,
	                          .chain_digest = world->said[said].digest};
}

static void
neither_of_two_grants_anything(void **state)
{
	struct world *world = *state;
	struct office a = {.code = code_of("430321200000")};
	struct office b = {.code = code_of("430321300000")};
	struct statement next = {.type = STATEMENT_ENROL};
	struct err_info info;

	(void)county_says_both(world, enrol_of(&a, 1, "甲"), enrol_of(&b, 1, "乙"));

	assert_true(world_node(world, &world->county)->is_disputed);
	assert_null(world_node(world, &a));
	assert_null(world_node(world, &b));
	assert_non_null(world_node(world, &world->town)); /* what it had said before stays */
	assert_err(roster_next(&next, world->roster, &world->county.code, &info), ERR_STATE);
	assert_order_decides_nothing(world);
	office_release(&a);
	office_release(&b);
}

static void
a_revocation_in_either_counts(void **state)
{
	struct world *world = *state;
	struct office a = {.code = code_of("430321200000")};

	(void)county_says_both(world, enrol_of(&a, 1, "甲"), revoke_of(&world->town, 0));

	assert_null(world_node(world, &a));
	assert_true(world_node(world, &world->town)->is_revoked);
	assert_order_decides_nothing(world);
	office_release(&a);
}

static void
a_revocation_behind_the_dispute_counts_too(void **state)
{
	struct world *world = *state;
	struct office a = {.code = code_of("430321200000")};
	struct office b = {.code = code_of("430321300000")};
	enum roster_outcome outcome = ROSTER_KNOWN;
	struct err_info info;
	size_t behind;

	(void)county_says_both(world, enrol_of(&a, 1, "甲"), enrol_of(&b, 1, "乙"));
	behind = world_next(world, &world->county, revoke_of(&world->town, 0));
	assert_ok(world_add(world, world->roster, behind, &outcome, &info));

	assert_int_equal(outcome, ROSTER_EVIDENCE);
	assert_true(world_node(world, &world->town)->is_revoked);
	assert_null(world_node(world, &b));
	assert_order_decides_nothing(world);
	office_release(&a);
	office_release(&b);
}

static void
the_superior_names_the_one_that_counts(void **state)
{
	struct world *world = *state;
	struct office a = {.code = code_of("430321200000")};
	struct office b = {.code = code_of("430321300000")};
	size_t first = county_says_both(world, enrol_of(&a, 1, "甲"), enrol_of(&b, 1, "乙"));
	uint32_t number = world->county.number;

	(void)world_say(world, &world->city, settle_of(world, &world->county, first, number));

	assert_false(world_node(world, &world->county)->is_disputed);
	assert_non_null(world_node(world, &a));
	assert_null(world_node(world, &b));
	world->county.last = world->said[first].digest;
	(void)world_say(world, &world->county, epoch_of(&world->county, 1)); /* the chain goes on from there */
	assert_non_null(roster_epoch_newest(world->roster, &world_node(world, &world->county)->partition));
	assert_order_decides_nothing(world);
	office_release(&a);
	office_release(&b);
}

static void
nobody_else_settles_it(void **state)
{
	struct world *world = *state;
	struct office a = {.code = code_of("430321200000")};
	struct office b = {.code = code_of("430321300000")};
	size_t first = county_says_both(world, enrol_of(&a, 1, "甲"), enrol_of(&b, 1, "乙"));
	struct statement settle = settle_of(world, &world->county, first, world->county.number);
	struct err_info info;

	settle.issuer = world->other_county.code;
	assert_err(roster_check(world->roster, &settle, &info), ERR_RIGHT);
	(void)world_say(world, &world->other_county, settle);
	(void)world_say(world, &world->town, settle);

	assert_true(world_node(world, &world->county)->is_disputed);
	assert_order_decides_nothing(world);
	office_release(&a);
	office_release(&b);
}

static void
a_replacement_that_names_one_settles_it_too(void **state)
{
	struct world *world = *state;
	struct office a = {.code = code_of("430321200000")};
	struct office b = {.code = code_of("430321300000")};
	struct statement replace;
	size_t first = county_says_both(world, enrol_of(&a, 1, "甲"), enrol_of(&b, 1, "乙"));

	replace = replace_of(&world->county, 1);
	replace.chain_digest = world->said[first + 1].digest;
	(void)world_say(world, &world->city, replace);

	assert_false(world_node(world, &world->county)->is_disputed);
	assert_null(world_node(world, &a));
	assert_non_null(world_node(world, &b));
	world->county.key = 1;
	(void)world_say(world, &world->county, epoch_of(&world->county, 1));
	assert_order_decides_nothing(world);
	office_release(&a);
	office_release(&b);
}

/* Whoever knows of the dispute has another head than who does not; both send what the other lacks. */
static void
two_who_know_of_it_have_equal_heads(void **state)
{
	struct world *world = *state;
	struct statement_reference *heads = NULL;
	struct statement_reference *theirs = NULL;
	struct roster_statement *items = NULL;
	struct office a = {.code = code_of("430321200000")};
	struct office b = {.code = code_of("430321300000")};
	struct roster *other = NULL;
	struct err_info info;
	size_t count = 0;
	size_t heads_count = 0;
	size_t first = county_says_both(world, enrol_of(&a, 1, "甲"), enrol_of(&b, 1, "乙"));

	assert_ok(roster_new(&other, roster_root_digest(world->roster), &info));
	for (size_t i = 0; i <= first; i++)
		assert_ok(world_add(world, other, i, NULL, &info));
	assert_ok(roster_heads(&heads, &heads_count, world->roster, NULL, &info));
	assert_ok(roster_heads(&theirs, &count, other, NULL, &info));
	assert_int_equal(count, heads_count);
	assert_memory_not_equal(heads[1].digest, theirs[1].digest, sizeof(heads[1].digest));

	assert_ok(roster_newer(&items, &count, world->roster, NULL, theirs, count, &info));
	assert_true(count >= 2);
	for (size_t i = 0; i < count; i++)
		assert_ok(roster_add(other, items[i].text, &items[i].sshsig.signature, NULL, &info));
	free(theirs);
	free(items);
	assert_ok(roster_heads(&theirs, &count, other, NULL, &info));
	assert_memory_equal(heads[1].digest, theirs[1].digest, sizeof(heads[1].digest));
	assert_ok(roster_newer(&items, &count, world->roster, NULL, theirs, count, &info));
	assert_int_equal(count, 0);
	assert_true(roster_node_find(other, &world->county.code)->is_disputed);
	free(heads);
	free(theirs);
	free(items);
	roster_free(other);
	office_release(&a);
	office_release(&b);
}

static void
evidence_is_kept_up_to_a_limit(void **state)
{
	struct world *world = *state;
	struct statement epoch = epoch_of(&world->county, 1);
	struct err_info info;
	enum err err = ERR_OK;
	size_t kept = 0;

	for (int i = 0; err == ERR_OK && i < 2 * LIMIT_EVIDENCE_MAX; i++) {
		struct bytes *text;
		size_t said;

		epoch.digest.bytes[5] = (uint8_t)i;
		world->county.number = 1;
		world->county.last = world->said[3].digest;
		said = world_next(world, &world->county, epoch);
		err = world_add(world, world->roster, said, NULL, &info);
		kept += err == ERR_OK ? 1U : 0U;
		text = &world->said[--world->said_count].text;
		bytes_release(text);
	}
	assert_int_equal(err, ERR_TOO_BIG);
	assert_true(kept >= LIMIT_EVIDENCE_MAX && kept <= LIMIT_EVIDENCE_MAX + 1);
	assert_true(world_node(world, &world->county)->is_disputed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(neither_of_two_grants_anything),
		WORLD_TEST(a_revocation_in_either_counts),
		WORLD_TEST(a_revocation_behind_the_dispute_counts_too),
		WORLD_TEST(the_superior_names_the_one_that_counts),
		WORLD_TEST(nobody_else_settles_it),
		WORLD_TEST(a_replacement_that_names_one_settles_it_too),
		WORLD_TEST(two_who_know_of_it_have_equal_heads),
		WORLD_TEST(evidence_is_kept_up_to_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
