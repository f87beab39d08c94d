/* Who may read which partition, and when a new key epoch is due. */
#include "offices.h"

static bool
may_read(const struct world *world, const struct office *owner, const struct office *reader)
{
	const struct id partition = office_partition(owner);

	return roster_may_read(world->roster, &partition, world_node(world, reader));
}

/* How many keys the next epoch must shut out. */
static size_t
due(const struct world *world, const struct office *owner)
{
	const struct id partition = office_partition(owner);
	struct roster_key_ids ids = {0};
	struct err_info info;
	size_t count;

	assert_ok(roster_epoch_due(&ids, world->roster, &partition, &info));
	count = ids.count;
	roster_key_ids_release(&ids);
	return count;
}

/* An epoch that shuts out all that is due now. */
static void
open_due(struct world *world, struct office *issuer, const struct office *owner, uint32_t number)
{
	struct statement epoch = epoch_of(owner, number);
	struct roster_key_ids ids = {0};
	struct err_info info;

	assert_ok(roster_epoch_due(&ids, world->roster, &epoch.partition, &info));
	epoch.ids = ids.items;
	epoch.id_count = ids.count;
	(void)world_say(world, issuer, epoch);
	roster_key_ids_release(&ids);
}

static void
owner_path_and_offices_below_may_read(void **state)
{
	struct world *world = *state;

	assert_true(may_read(world, &world->town, &world->town));
	assert_true(may_read(world, &world->town, &world->county));
	assert_true(may_read(world, &world->town, &world->city));
	assert_false(may_read(world, &world->town, &world->other_county));
	assert_true(may_read(world, &world->county, &world->town));
	assert_false(may_read(world, &world->other_county, &world->town));
	(void)world_say(world, &world->county, revoke_of(&world->town, 0));
	assert_false(may_read(world, &world->town, &world->town));
	assert_true(may_read(world, &world->town, &world->county));
}

static void
an_auditor_reads_what_it_was_granted(void **state)
{
	struct world *world = *state;
	struct statement grant = grant_of(&world->auditor, false);
	struct id partition = office_partition(&world->town);

	(void)world_say(world, &world->city, grant);
	assert_false(may_read(world, &world->town, &world->auditor));
	grant.may_read = true;
	grant.ids = &partition;
	grant.id_count = 1;
	(void)world_say(world, &world->city, grant);
	assert_true(may_read(world, &world->town, &world->auditor));
	assert_false(may_read(world, &world->county, &world->auditor));
	grant.ids = NULL;
	grant.id_count = 0;
	(void)world_say(world, &world->city, grant); /* more may be given */
	assert_true(may_read(world, &world->county, &world->auditor));
	assert_true(may_read(world, &world->city, &world->auditor));
	assert_order_decides_nothing(world);
}

static void
a_countys_auditor_sees_nothing_beside_or_above(void **state)
{
	struct world *world = *state;

	(void)world_say(world, &world->county, grant_of(&world->auditor, true));

	assert_true(may_read(world, &world->county, &world->auditor));
	assert_true(may_read(world, &world->town, &world->auditor));
	assert_false(may_read(world, &world->city, &world->auditor));
	assert_false(may_read(world, &world->other_county, &world->auditor));
}

static void
what_was_taken_away_is_not_given_again_to_the_same_key(void **state)
{
	struct world *world = *state;
	struct statement grant = grant_of(&world->auditor, true);
	struct err_info info;

	(void)world_say(world, &world->city, grant);
	grant.may_read = false;
	(void)world_say(world, &world->city, grant);
	assert_false(may_read(world, &world->town, &world->auditor));
	grant.may_read = true;
	grant.issuer = world->city.code;
	assert_err(roster_check(world->roster, &grant, &info), ERR_EXISTS);
	(void)world_say(world, &world->city, grant);
	assert_false(may_read(world, &world->town, &world->auditor));
	assert_order_decides_nothing(world);
}

static void
another_issuer_cannot_change_the_grant(void **state)
{
	struct world *world = *state;
	struct statement grant = grant_of(&world->auditor, false);

	(void)world_say(world, &world->city, grant);
	grant.may_read = true;
	(void)world_say(world, &world->county, grant);
	assert_false(may_read(world, &world->town, &world->auditor));
}

static void
an_auditor_says_nothing(void **state)
{
	struct world *world = *state;
	struct office fresh = {.code = code_of("430321200000")};
	struct statement statement = enrol_of(&fresh, 1, "甲");
	struct err_info info;

	(void)world_say(world, &world->city, grant_of(&world->auditor, true));
	statement.issuer = world->auditor.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_RIGHT);
	(void)world_say(world, &world->auditor, statement);
	assert_null(world_node(world, &fresh));
	office_release(&fresh);
}

static void
a_revoked_reader_makes_an_epoch_due_for_all_that_it_read(void **state)
{
	struct world *world = *state;

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)world_say(world, &world->county, epoch_of(&world->county, 1));
	(void)world_say(world, &world->other_county, epoch_of(&world->other_county, 1));
	assert_int_equal(due(world, &world->town), 0);
	(void)world_say(world, &world->county, revoke_of(&world->town, 0));

	assert_int_equal(due(world, &world->town), 1);
	assert_int_equal(due(world, &world->county), 1); /* the township read its county's own */
	assert_int_equal(due(world, &world->other_county), 0);
	open_due(world, &world->county, &world->county, 2);
	open_due(world, &world->county, &world->town, 2); /* the owner is revoked: its superior opens */
	assert_int_equal(due(world, &world->county), 0);
	assert_int_equal(due(world, &world->town), 0);
	assert_order_decides_nothing(world);
}

static void
a_rotated_key_makes_none_due(void **state)
{
	struct world *world = *state;

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	world->town.key = 1;
	assert_int_equal(due(world, &world->town), 0);
	(void)world_say(world, &world->county, revoke_of(&world->town, 0)); /* only now, by a superior's word */
	assert_int_equal(due(world, &world->town), 1);
	open_due(world, &world->town, &world->town, 2);
	assert_int_equal(due(world, &world->town), 0);
}

static void
a_narrowed_grant_makes_one_due(void **state)
{
	struct world *world = *state;
	struct statement grant = grant_of(&world->auditor, true);

	(void)world_say(world, &world->city, grant);
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	assert_int_equal(due(world, &world->town), 0);
	grant.may_read = false;
	(void)world_say(world, &world->city, grant);
	assert_int_equal(due(world, &world->town), 1);
	open_due(world, &world->town, &world->town, 2);
	assert_int_equal(due(world, &world->town), 0);
}

static void
a_replacement_lets_the_superior_open(void **state)
{
	struct world *world = *state;
	struct statement epoch = epoch_of(&world->town, 2);
	struct err_info info;

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	epoch.issuer = world->county.code;
	assert_err(roster_check(world->roster, &epoch, &info), ERR_RIGHT);
	(void)world_say(world, &world->county, replace_of(&world->town, 1));
	world->town.key = 1;
	assert_ok(roster_next(&epoch, world->roster, &world->county.code, &info));
	assert_ok(roster_check(world->roster, &epoch, &info));
	assert_ok(roster_next(&epoch, world->roster, &world->city.code, &info));
	assert_err(roster_check(world->roster, &epoch, &info), ERR_RIGHT); /* it ended no key */
	open_due(world, &world->county, &world->town, 2);
	assert_int_equal(due(world, &world->town), 0);
	assert_order_decides_nothing(world);
}

/* Two openers who did not know of each other: what the one that loses had shut out is due again. */
static void
a_rival_epoch_with_the_same_number_shuts_out_for_itself_alone(void **state)
{
	struct world *world = *state;
	struct statement rival = epoch_of(&world->town, 2);

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)world_say(world, &world->county, replace_of(&world->town, 1));
	world->town.key = 1;
	open_due(world, &world->county, &world->town, 2);
	for (int i = 0; i < 16; i++) { /* until one has the larger digest */
		rival.digest.bytes[7] = (uint8_t)i;
		(void)world_say(world, &world->town, rival);
		if (memcmp(roster_epoch_newest(world->roster, &rival.partition)->opener.text, TOWN, sizeof(TOWN)) == 0)
			break;
	}
	assert_string_equal(roster_epoch_newest(world->roster, &rival.partition)->opener.text, TOWN);
	assert_int_equal(due(world, &world->town), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(owner_path_and_offices_below_may_read),
		WORLD_TEST(an_auditor_reads_what_it_was_granted),
		WORLD_TEST(a_countys_auditor_sees_nothing_beside_or_above),
		WORLD_TEST(what_was_taken_away_is_not_given_again_to_the_same_key),
		WORLD_TEST(another_issuer_cannot_change_the_grant),
		WORLD_TEST(an_auditor_says_nothing),
		WORLD_TEST(a_revoked_reader_makes_an_epoch_due_for_all_that_it_read),
		WORLD_TEST(a_rotated_key_makes_none_due),
		WORLD_TEST(a_narrowed_grant_makes_one_due),
		WORLD_TEST(a_replacement_lets_the_superior_open),
		WORLD_TEST(a_rival_epoch_with_the_same_number_shuts_out_for_itself_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
