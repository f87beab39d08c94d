/* Rotate, revoke, replace: which key counts when. */
#include "offices.h"
#include "roster/version.h"

static struct roster_version
version_of(struct world *world, const struct office *office)
{
	struct roster_version version;
	struct err_info info;

	assert_ok(roster_version_for(&version, world->roster, &office->code, &info));
	return version;
}

/* Borrowed until the next call. */
static const struct roster_signer *
signer_at(struct world *world, const struct office *office, const struct roster_version *version)
{
	static struct roster_signer signer;
	struct err_info info;

	assert_ok(roster_at(&signer, world->roster, &office->code, version, &info));
	return &signer;
}

static void
a_rotated_key_counts_from_the_next_number_on(void **state)
{
	struct world *world = *state;
	struct roster_version before = version_of(world, &world->town);
	struct roster_version after;
	struct err_info info;
	size_t late;

	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	after = version_of(world, &world->town);

	assert_true(seal_public_key_equal(&signer_at(world, &world->town, &before)->keys.sign,
	                                  &office_key(&world->town, 0)->sign));
	assert_true(seal_public_key_equal(&signer_at(world, &world->town, &after)->keys.seal,
	                                  &office_key(&world->town, 1)->seal));
	assert_false(signer_at(world, &world->town, &before)->is_revoked_now);
	assert_err(roster_key_check(world->roster, &world->town.code, &office_key(&world->town, 0)->sign, &info),
	           ERR_AUTH);
	assert_ok(roster_key_check(world->roster, &world->town.code, &office_key(&world->town, 1)->sign, &info));
	late = world_next(world, &world->town, epoch_of(&world->town, 1)); /* still by the old key */
	assert_err(world_add(world, world->roster, late, NULL, &info), ERR_AUTH);
}

static void
a_root_rotates_too_and_stays_pinned(void **state)
{
	struct world *world = *state;
	struct seal_fingerprint before;
	struct seal_fingerprint after;
	struct err_info info;

	assert_ok(roster_root_fingerprint(&before, world->roster, &info));
	(void)world_say(world, &world->city, rotate_to(&world->city, 1));
	world->city.key = 1;
	assert_ok(roster_root_fingerprint(&after, world->roster, &info));
	assert_true(seal_fingerprint_equal(&before, &after));
	(void)world_say(world, &world->city, grant_of(&world->auditor, false));

	assert_true(seal_public_key_equal(&roster_root(world->roster)->keys.sign, &office_key(&world->city, 1)->sign));
	assert_true(digest_equal(&roster_root(world->roster)->enrolled_by, &world->said[0].digest));
	assert_non_null(world_node(world, &world->auditor));
	assert_order_decides_nothing(world);
}

static void
a_revoked_key_signs_no_more_and_its_past_stays(void **state)
{
	struct world *world = *state;
	struct roster_version before;
	struct roster_version after;
	const struct roster_signer *signer;
	struct err_info info;
	size_t late;

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	before = version_of(world, &world->town);
	(void)world_say(world, &world->county, revoke_of(&world->town, 0));
	after = version_of(world, &world->town);

	assert_true(world_node(world, &world->town)->is_revoked);
	signer = signer_at(world, &world->town, &before);
	assert_false(signer->is_revoked);
	assert_true(signer->is_revoked_now);
	assert_true(signer_at(world, &world->town, &after)->is_revoked);
	assert_err(roster_key_check(world->roster, &world->town.code, &office_key(&world->town, 0)->sign, &info),
	           ERR_AUTH);
	assert_non_null(roster_epoch_newest(world->roster, &world_node(world, &world->town)->partition));
	late = world_next(world, &world->town, epoch_of(&world->town, 2));
	assert_err(world_add(world, world->roster, late, NULL, &info), ERR_AUTH);
}

static void
a_revocation_names_what_its_issuer_had_accepted(void **state)
{
	struct world *world = *state;
	struct oid tip = {{0x11}};
	struct statement_head head = {office_partition(&world->town), {{0x21}}, &tip, 1};
	struct statement revoke = revoke_of(&world->town, 0);
	struct roster_key key;
	struct err_info info;
	struct id key_id;

	revoke.heads = &head;
	revoke.head_count = 1;
	(void)world_say(world, &world->county, revoke);
	seal_key_id(&key_id, &office_key(&world->town, 0)->sign);

	assert_ok(roster_key_find(&key, world->roster, &key_id, &info));
	assert_true(key.is_revoked && key.is_newest);
	assert_int_equal(key.revocation->head_count, 1);
	assert_true(oid_equal(&key.revocation->heads[0].tips[0], &tip));
}

static void
every_word_that_ended_a_key_can_be_walked(void **state)
{
	struct world *world = *state;
	const struct statement *word;
	struct id key_id;
	size_t position = 0;
	size_t count = 0;

	(void)world_say(world, &world->county, revoke_of(&world->town, 0));
	(void)world_say(world, &world->city, revoke_of(&world->town, 0));
	(void)world_say(world, &world->county, replace_of(&world->town, 1));
	seal_key_id(&key_id, &office_key(&world->town, 0)->sign);
	while ((word = roster_revocation_next(world->roster, &key_id, &position)) != NULL) {
		assert_true(word->type == STATEMENT_REVOKE || word->type == STATEMENT_REPLACE);
		count++;
	}
	assert_int_equal(count, 3);
	seal_key_id(&key_id, &office_key(&world->town, 1)->sign);
	position = 0;
	assert_null(roster_revocation_next(world->roster, &key_id, &position));
}

static void
what_was_said_behind_the_revocation_counts_no_longer(void **state)
{
	struct world *world = *state;
	struct statement revoke = revoke_of(&world->town, 0); /* accepts an empty chain */

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)world_say(world, &world->county, revoke);

	assert_null(roster_epoch_newest(world->roster, &world_node(world, &world->town)->partition));
	assert_order_decides_nothing(world);
}

static void
only_a_superior_revokes(void **state)
{
	struct world *world = *state;
	struct statement revoke = revoke_of(&world->county, 0);
	struct err_info info;

	revoke.issuer = world->town.code;
	assert_err(roster_check(world->roster, &revoke, &info), ERR_RIGHT);
	(void)world_say(world, &world->town, revoke);
	revoke = revoke_of(&world->town, 0);
	(void)world_say(world, &world->other_county, revoke);

	assert_false(world_node(world, &world->county)->is_revoked);
	assert_false(world_node(world, &world->town)->is_revoked);
	(void)world_say(world, &world->city, revoke); /* not only the one directly above */
	assert_true(world_node(world, &world->town)->is_revoked);
}

static void
an_old_key_is_revoked_alone(void **state)
{
	struct world *world = *state;
	struct roster_version before = version_of(world, &world->town);

	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	world->town.key = 1;
	(void)world_say(world, &world->county, revoke_of(&world->town, 0));

	assert_false(world_node(world, &world->town)->is_revoked);
	assert_true(signer_at(world, &world->town, &before)->is_revoked_now);
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	assert_order_decides_nothing(world);
}

static void
a_replaced_key_goes_on_where_the_old_one_was_accepted(void **state)
{
	struct world *world = *state;
	struct statement theirs = epoch_of(&world->town, 2);
	struct statement replace;
	struct err_info info;
	size_t dropped;

	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	replace = replace_of(&world->town, 1);
	theirs.digest.bytes[0] = 0xef;
	dropped = world_say(world, &world->town, theirs); /* by whoever found the old machine */
	(void)world_say(world, &world->county, replace);
	world->town.number = replace.chain_number;
	world->town.last = replace.chain_digest;
	world->town.key = 1;

	assert_false(world_node(world, &world->town)->is_revoked);
	assert_true(world_node(world, &world->town)->is_replaced);
	assert_int_equal(roster_epoch_newest(world->roster, &world_node(world, &world->town)->partition)->number, 1);
	(void)world_say(world, &world->town, epoch_of(&world->town, 2));
	assert_false(
		digest_equal(&roster_epoch_newest(world->roster, &world_node(world, &world->town)->partition)->digest,
	                     &world->said[dropped].digest));
	assert_err(roster_key_check(world->roster, &world->town.code, &office_key(&world->town, 0)->sign, &info),
	           ERR_AUTH);
	assert_order_decides_nothing(world);
}

/* Who holds the old key signs a text that the new one signed, and brings it first. */
static void
a_signature_by_the_old_key_keeps_no_statement_out(void **state)
{
	struct world *world = *state;
	size_t replace = world_next(world, &world->county, replace_of(&world->town, 1));
	struct err_info info;
	enum roster_outcome outcome = ROSTER_KNOWN;
	size_t forged;
	size_t honest;

	forged = world_next(world, &world->town, epoch_of(&world->town, 1));
	world->town.number = 0;
	world->town.last = (struct digest){{0}};
	world->town.key = 1;
	honest = world_next(world, &world->town, epoch_of(&world->town, 1));
	assert_true(digest_equal(&world->said[forged].digest, &world->said[honest].digest));

	assert_ok(world_add(world, world->roster, forged, NULL, &info));
	assert_ok(world_add(world, world->roster, replace, NULL, &info));
	assert_null(roster_epoch_newest(world->roster, &world_node(world, &world->town)->partition));
	assert_ok(world_add(world, world->roster, honest, &outcome, &info));
	assert_int_equal(outcome, ROSTER_ADDED);
	assert_non_null(roster_epoch_newest(world->roster, &world_node(world, &world->town)->partition));
	assert_order_decides_nothing(world);
}

static void
a_superiors_replacement_stands_over_the_thiefs_rotation(void **state)
{
	struct world *world = *state;
	struct statement replace = replace_of(&world->town, 2);

	(void)world_say(world, &world->town, rotate_to(&world->town, 1)); /* the thief's key */
	(void)world_say(world, &world->county, replace);

	assert_true(
		seal_public_key_equal(&world_node(world, &world->town)->keys.sign, &office_key(&world->town, 2)->sign));
	assert_order_decides_nothing(world);
}

static void
signers_are_exported_without_revoked_keys(void **state)
{
	struct world *world = *state;
	struct bytes text = {0};
	struct bytes old = {0};
	struct bytes new = {0};
	struct err_info info;

	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	(void)world_say(world, &world->county, revoke_of(&world->town, 1));
	assert_ok(seal_ssh_public_append(&old, &office_key(&world->town, 0)->sign, &info));
	assert_ok(seal_ssh_public_append(&new, &office_key(&world->town, 1)->sign, &info));
	assert_ok(roster_export_signers(&text, world->roster, &info));

	assert_non_null(
		strstr(bytes_text(&text), bytes_text(&old))); /* rotated away, not revoked: it signed the past */
	assert_null(strstr(bytes_text(&text), bytes_text(&new)));
	bytes_release(&text);
	bytes_release(&old);
	bytes_release(&new);
}

static void
a_version_of_another_path_is_not_authentic(void **state)
{
	struct world *world = *state;
	struct roster_version version = version_of(world, &world->other_county);
	struct roster_signer signer;
	struct err_info info;

	version.items[version.count] = (struct statement_reference){.issuer = world->other_county.code, .number = 1};
	version.count++;
	assert_err(roster_at(&signer, world->roster, &world->town.code, &version, &info), ERR_AUTH);
	version = version_of(world, &world->town);
	version.items[0].number = 1; /* a state in which the county was not enrolled */
	memcpy(version.items[0].digest, world->said[0].digest.bytes, STATEMENT_REFERENCE_DIGEST_BYTES);
	assert_err(roster_at(&signer, world->roster, &world->town.code, &version, &info), ERR_AUTH);
	version = version_of(world, &world->town);
	version.items[0].number += 5;
	assert_err(roster_at(&signer, world->roster, &world->town.code, &version, &info), ERR_NOT_FOUND);
	version = version_of(world, &world->town);
	version.items[0].digest[0] ^= 1;
	assert_err(roster_at(&signer, world->roster, &world->town.code, &version, &info), ERR_NOT_FOUND);
}

/* A store is read chain by chain: the city's word about a township comes before the county's that enrolled it. */
static void
a_word_about_an_office_two_levels_below_is_not_lost(void **state)
{
	struct world *world = *state;
	struct roster *other = NULL;
	struct err_info info;
	size_t epoch;
	size_t revoke = world_say(world, &world->city, revoke_of(&world->town, 0));

	epoch = world_say(world, &world->city, epoch_of(&world->town, 1));
	assert_ok(roster_new(&other, roster_root_digest(world->roster), &info));
	for (size_t i = 0; i < 3; i++)
		assert_ok(world_add(world, other, i, NULL, &info));
	assert_ok(world_add(world, other, revoke, NULL, &info));
	assert_ok(world_add(world, other, epoch, NULL, &info));
	assert_ok(world_add(world, other, 3, NULL, &info)); /* the enrolment */

	assert_true(roster_node_find(other, &world->town.code)->is_revoked);
	assert_non_null(roster_epoch_newest(other, &world_node(world, &world->town)->partition));
	roster_free(other);
	assert_order_decides_nothing(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_rotated_key_counts_from_the_next_number_on),
		WORLD_TEST(a_root_rotates_too_and_stays_pinned),
		WORLD_TEST(a_revoked_key_signs_no_more_and_its_past_stays),
		WORLD_TEST(a_revocation_names_what_its_issuer_had_accepted),
		WORLD_TEST(every_word_that_ended_a_key_can_be_walked),
		WORLD_TEST(what_was_said_behind_the_revocation_counts_no_longer),
		WORLD_TEST(only_a_superior_revokes),
		WORLD_TEST(an_old_key_is_revoked_alone),
		WORLD_TEST(a_replaced_key_goes_on_where_the_old_one_was_accepted),
		WORLD_TEST(a_signature_by_the_old_key_keeps_no_statement_out),
		WORLD_TEST(a_superiors_replacement_stands_over_the_thiefs_rotation),
		WORLD_TEST(signers_are_exported_without_revoked_keys),
		WORLD_TEST(a_word_about_an_office_two_levels_below_is_not_lost),
		WORLD_TEST(a_version_of_another_path_is_not_authentic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
