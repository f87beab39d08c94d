/* What two nodes show each other of their chains, and what one sends the other. */
#include "offices.h"
#include "roster/version.h"

/* Adds what `from` has and the heads of `to` do not cover, for a recipient; returns how many. */
static size_t
send(struct roster *to, const struct roster *from, const struct node_code *recipient)
{
	struct statement_reference *heads = NULL;
	struct roster_statement *items = NULL;
	struct err_info info;
	size_t head_count = 0;
	size_t count = 0;

	assert_ok(roster_heads(&heads, &head_count, to, NULL, &info));
	assert_ok(roster_newer(&items, &count, from, recipient, heads, head_count, &info));
	for (size_t i = 0; i < count; i++)
		assert_ok(roster_add(to, items[i].text, &items[i].sshsig.signature, NULL, &info));
	free(heads);
	free(items);
	return count;
}

static struct roster *
root_alone(struct world *world)
{
	struct roster *roster = NULL;
	struct err_info info;

	assert_ok(roster_new(&roster, roster_root_digest(world->roster), &info));
	assert_ok(world_add(world, roster, 0, NULL, &info));
	return roster;
}

static void
everything_comes_in_an_order_that_can_be_added(void **state)
{
	struct world *world = *state;
	struct roster *other = root_alone(world);
	struct bytes mine;
	struct bytes theirs;

	(void)world_say(world, &world->city, grant_of(&world->auditor, true));
	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	world->town.key = 1;
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));

	assert_int_equal(send(other, world->roster, NULL), world->said_count - 1);
	mine = world_dump(world->roster);
	theirs = world_dump(other);
	assert_string_equal(bytes_text(&theirs), bytes_text(&mine));
	assert_int_equal(send(other, world->roster, NULL), 0);
	bytes_release(&mine);
	bytes_release(&theirs);
	roster_free(other);
}

static void
nobody_gets_the_chains_of_other_branches(void **state)
{
	struct world *world = *state;
	struct roster *other = root_alone(world);

	(void)world_say(world, &world->other_county, epoch_of(&world->other_county, 1));
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)send(other, world->roster, &world->town.code);

	assert_non_null(roster_epoch_newest(other, &world_node(world, &world->town)->partition));
	assert_null(roster_epoch_newest(other, &world_node(world, &world->other_county)->partition));
	roster_free(other);
}

static void
an_auditor_gets_what_its_issuer_has(void **state)
{
	struct world *world = *state;
	struct roster *other = root_alone(world);

	(void)world_say(world, &world->county, grant_of(&world->auditor, true));
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)world_say(world, &world->other_county, epoch_of(&world->other_county, 1));
	(void)send(other, world->roster, &world->auditor.code);

	assert_non_null(roster_node_find(other, &world->auditor.code));
	assert_non_null(roster_epoch_newest(other, &world_node(world, &world->town)->partition));
	assert_null(roster_epoch_newest(other, &world_node(world, &world->other_county)->partition));
	roster_free(other);
}

static void
a_foreign_reference_brings_the_whole_chain(void **state)
{
	struct world *world = *state;
	struct statement_reference heads[] = {
		{.issuer = world->city.code, .number = 2, .digest = {1, 2, 3}},
		{.issuer = world->county.code, .number = 1},
	};
	struct roster_statement *items = NULL;
	struct err_info info;
	size_t count = 0;

	memcpy(heads[1].digest, world->said[3].digest.bytes, sizeof(heads[1].digest));
	assert_ok(roster_newer(&items, &count, world->roster, NULL, heads, 2, &info));
	assert_int_equal(count, 3); /* all of the city's, none of the county's */
	free(items);
}

static void
the_path_alone_leads_to_the_senders_key(void **state)
{
	struct world *world = *state;
	struct roster_statement *items = NULL;
	struct err_info info;
	size_t count = 0;

	(void)world_say(world, &world->other_county, epoch_of(&world->other_county, 1));
	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	assert_ok(roster_newer_path(&items, &count, world->roster, &world->town.code, NULL, 0, &info));
	for (size_t i = 0; i < count; i++)
		assert_true(memcmp(items[i].issuer.text, OTHER_COUNTY, sizeof(OTHER_COUNTY)) != 0);
	assert_int_equal(count, 5);
	free(items);
	assert_err(roster_newer_path(&items, &count, world->roster, &world->auditor.code, NULL, 0, &info),
	           ERR_NOT_FOUND);
}

static void
versions_join_to_the_later_of_each(void **state)
{
	struct world *world = *state;
	struct roster_version before;
	struct roster_version after;
	struct roster_version joined;
	struct roster_version other;
	struct roster_signer signer;
	struct err_info info;

	assert_ok(roster_version_for(&before, world->roster, &world->town.code, &info));
	(void)world_say(world, &world->city, grant_of(&world->auditor, false));
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	assert_ok(roster_version_for(&after, world->roster, &world->town.code, &info));
	assert_true(roster_version_holds(&after, &before));
	assert_false(roster_version_holds(&before, &after));
	roster_version_join(&joined, world->roster, &world->town.code, &before, &after);
	assert_true(roster_version_holds(&joined, &after) && roster_version_holds(&after, &joined));
	other = before;
	other.items[0] = other.items[1]; /* the county alone */
	other.count = 1;
	after.items[1] = after.items[2]; /* city and township */
	after.count = 2;
	roster_version_join(&joined, world->roster, &world->town.code, &after, &other);
	assert_ok(roster_at(&signer, world->roster, &world->town.code, &joined, &info)); /* in the order of the path */
	assert_ok(roster_version_for(&after, world->roster, &world->town.code, &info));
	assert_true(roster_version_has(&after, &world->town.code, 1));
	assert_false(roster_version_has(&before, &world->town.code, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(everything_comes_in_an_order_that_can_be_added),
		WORLD_TEST(nobody_gets_the_chains_of_other_branches),
		WORLD_TEST(an_auditor_gets_what_its_issuer_has),
		WORLD_TEST(a_foreign_reference_brings_the_whole_chain),
		WORLD_TEST(the_path_alone_leads_to_the_senders_key),
		WORLD_TEST(versions_join_to_the_later_of_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
