/* Who is in the roster, and what may not come in. */
#include "offices.h"

static void
an_enrolled_office_stands_below_its_issuer(void **state)
{
	struct world *world = *state;
	const struct roster_node *path[LIMIT_LEVELS_MAX];
	const struct roster_node *town = world_node(world, &world->town);
	const struct id partition = office_partition(&world->town);

	assert_non_null(town);
	assert_int_equal(town->level, 1);
	assert_string_equal(town->name, "易俗河镇");
	assert_true(town->is_confirmed);
	assert_ptr_equal(roster_superior(world->roster, town), world_node(world, &world->county));
	assert_ptr_equal(roster_owner(world->roster, &partition), town);
	assert_int_equal(roster_path(world->roster, &world->town.code, path), 3);
	assert_ptr_equal(path[0], roster_root(world->roster));
	assert_ptr_equal(path[2], town);
	assert_true(roster_is_superior(world->roster, &world->city.code, &world->town.code));
	assert_false(roster_is_superior(world->roster, &world->other_county.code, &world->town.code));
	assert_false(roster_is_superior(world->roster, &world->town.code, &world->town.code));
}

static void
the_order_of_arrival_decides_nothing(void **state)
{
	struct world *world = *state;

	(void)world_say(world, &world->city, grant_of(&world->auditor, true));
	(void)world_say(world, &world->town, epoch_of(&world->town, 1));
	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	world->town.key = 1;
	(void)world_say(world, &world->county, rotate_to(&world->county, 1));
	world->county.key = 1;
	(void)world_say(world, &world->county, revoke_of(&world->town, 1));
	(void)world_say(world, &world->county, epoch_of(&world->town, 2));
	(void)world_say(world, &world->county, replace_of(&world->town, 2));
	world->town.key = 2;
	(void)world_say(world, &world->town, epoch_of(&world->town, 3));

	assert_order_decides_nothing(world);
}

static void
a_known_statement_changes_nothing(void **state)
{
	struct world *world = *state;
	struct bytes before = world_dump(world->roster);
	enum roster_outcome outcome = ROSTER_ADDED;
	struct bytes after;
	struct err_info info;

	assert_ok(world_add(world, world->roster, 2, &outcome, &info));
	assert_int_equal(outcome, ROSTER_KNOWN);
	after = world_dump(world->roster);
	assert_string_equal(bytes_text(&after), bytes_text(&before));
	bytes_release(&before);
	bytes_release(&after);
}

static void
only_the_pinned_root_comes_first(void **state)
{
	struct world *world = *state;
	struct digest other = world->said[0].digest;
	struct roster *roster = NULL;
	struct err_info info;

	other.bytes[31] ^= 1;
	assert_ok(roster_new(&roster, &other, &info));
	assert_err(world_add(world, roster, 0, NULL, &info), ERR_AUTH);
	assert_err(world_add(world, roster, 1, NULL, &info), ERR_AUTH);
	assert_null(roster_root(roster));
	roster_free(roster);
}

static void
a_statement_by_another_key_is_refused(void **state)
{
	struct world *world = *state;
	struct statement statement = enrol_of(&world->auditor, 1, "谁");
	struct err_info info;
	size_t said;

	world->county.key = 3;
	said = world_next(world, &world->county, statement);
	assert_err(world_add(world, world->roster, said, NULL, &info), ERR_AUTH);
	assert_null(world_node(world, &world->auditor));
}

static void
one_flipped_bit_is_refused(void **state)
{
	struct world *world = *state;
	size_t said = world_next(world, &world->county, enrol_of(&world->auditor, 1, "谁"));
	struct bytes *text = &world->said[said].text;
	struct err_info info;

	for (size_t bit = 0; bit < text->size * 8; bit += 7) {
		text->data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_not_equal(world_add(world, world->roster, said, NULL, &info), ERR_OK);
		text->data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t bit = 0; bit < SEAL_SIGNATURE_BYTES * 8; bit++) {
		world->said[said].signature.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_err(world_add(world, world->roster, said, NULL, &info), ERR_AUTH);
		world->said[said].signature.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	assert_null(world_node(world, &world->auditor));
}

static void
a_gap_and_an_unknown_issuer_wait(void **state)
{
	struct world *world = *state;
	struct office nobody = {.code = code_of("430399000000")};
	struct err_info info;
	size_t first = world_next(world, &world->town, epoch_of(&world->town, 1));
	size_t second = world_next(world, &world->town, epoch_of(&world->town, 2));
	size_t stranger = world_next(world, &nobody, epoch_of(&nobody, 1));

	assert_err(world_add(world, world->roster, second, NULL, &info), ERR_STATE);
	assert_err(world_add(world, world->roster, stranger, NULL, &info), ERR_STATE);
	assert_ok(world_add(world, world->roster, first, NULL, &info));
	assert_ok(world_add(world, world->roster, second, NULL, &info));
	office_release(&nobody);
}

static void
a_card_is_no_statement_of_a_chain(void **state)
{
	struct world *world = *state;
	struct statement card = enrol_of(&world->auditor, 1, "谁");
	struct err_info info;
	size_t said;

	card.type = STATEMENT_CARD;
	card.issuer = card.node;
	said = world_sign(world, &world->auditor, &card);
	assert_err(world_add(world, world->roster, said, NULL, &info), ERR_FORMAT);
}

/* Threat table, row 24: the eight small-order points, and one of mixed order, verify signatures that nobody made. */
static void
a_weak_key_is_not_enrolled(void **state)
{
	static const char *const weak[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"9599999999999999999999999999999999999999999999999999999999999999",
	};
	struct world *world = *state;
	struct err_info info;

	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		struct statement statement = enrol_of(&world->auditor, 1, "弱");
		uint32_t number = world->county.number;
		struct digest last = world->county.last;
		struct bytes key = from_hex(weak[i]);
		size_t said;

		memcpy(statement.keys.sign.bytes, key.data, key.size);
		bytes_release(&key);
		if (i == 2) /* all zero is no value of a line */
			continue;
		said = world_next(world, &world->county, statement);
		assert_err(world_add(world, world->roster, said, NULL, &info), ERR_FORMAT);
		world->county.number = number;
		world->county.last = last;
	}
	assert_null(world_node(world, &world->auditor));
}

/* It stays a link, so that the mistake stops nobody, and gives nothing. */
static void
what_an_issuer_may_not_say_has_no_effect(void **state)
{
	struct world *world = *state;
	struct office fresh = {.code = code_of("430321200000")};
	struct statement statement;
	struct err_info info;

	statement = enrol_of(&fresh, 2, "不低");
	statement.issuer = world->county.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_RIGHT);
	(void)world_say(world, &world->county, statement);
	assert_null(world_node(world, &fresh));

	statement = enrol_of(&fresh, 1, "同号");
	statement.node = world->town.code;
	statement.issuer = world->county.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_EXISTS);
	(void)world_say(world, &world->county, statement);
	assert_string_equal(world_node(world, &world->town)->name, "易俗河镇");

	statement = enrol_of(&fresh, 1, "同钥");
	statement.keys = *office_key(&world->town, 0);
	statement.issuer = world->county.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_EXISTS);
	(void)world_say(world, &world->county, statement);
	assert_null(world_node(world, &fresh));

	statement = enrol_of(&fresh, 1, "同库");
	statement.partition = office_partition(&world->town);
	statement.issuer = world->county.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_EXISTS);
	(void)world_say(world, &world->county, statement);
	assert_null(world_node(world, &fresh));

	statement = (struct statement){.type = STATEMENT_SCHEMA_SET, .version = 1, .digest = {{1}}};
	statement.issuer = world->county.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_RIGHT);
	(void)world_say(world, &world->county, statement);
	assert_null(roster_schema_newest(world->roster));

	(void)world_say(world, &world->county, enrol_of(&fresh, 1, "好"));
	assert_non_null(world_node(world, &fresh));
	assert_order_decides_nothing(world);
	office_release(&fresh);
}

static void
of_two_claims_the_one_nearer_to_the_root_stands(void **state)
{
	struct world *world = *state;
	struct office fresh = {.code = code_of("430321200000")};

	(void)world_say(world, &world->county, enrol_of(&fresh, 1, "县里说"));
	(void)world_say(world, &world->city, enrol_of(&fresh, 1, "市里说"));

	assert_string_equal(world_node(world, &fresh)->name, "市里说");
	assert_ptr_equal(roster_superior(world->roster, world_node(world, &fresh)), roster_root(world->roster));
	assert_order_decides_nothing(world);
	office_release(&fresh);
}

/* A county that piloted alone: its own root statement is a link without effect. */
static void
an_adopted_root_keeps_its_chain(void **state)
{
	struct world *world = *state;
	struct office pilot = {.code = code_of("430381000000")};
	struct statement root = {.type = STATEMENT_ROOT, .level = 2, .name = "试点县"};
	struct office below = {.code = code_of("430381100000")};

	root.keys = *office_key(&pilot, 0);
	root.partition = office_partition(&pilot);
	(void)world_next(world, &pilot, root);
	(void)world_next(world, &pilot, enrol_of(&below, 1, "试点镇"));
	(void)world_say(world, &world->city, enrol_of(&pilot, 2, "试点县"));
	for (size_t i = world->said_count - 3; i < world->said_count - 1; i++) {
		struct err_info info;

		assert_ok(world_add(world, world->roster, i, NULL, &info));
	}

	assert_false(world_node(world, &pilot)->is_root);
	assert_string_equal(world_node(world, &below)->name, "试点镇");
	assert_order_decides_nothing(world);
	office_release(&pilot);
	office_release(&below);
}

static void
a_file_form_is_taken_from_the_own_store(void **state)
{
	struct world *world = *state;
	size_t said = world_next(world, &world->town, epoch_of(&world->town, 1));
	const struct statement_signed signed_text = {
		bytes_view(&world->said[said].text),
		{office_key(&world->town, 0)->sign, world->said[said].signature},
	};
	struct bytes file = {0};
	struct err_info info;
	enum roster_outcome outcome = ROSTER_KNOWN;

	assert_ok(statement_join(&file, &signed_text, SEAL_NAMESPACE_ROSTER, &info));
	assert_ok(roster_add_file(world->roster, bytes_view(&file), true, &outcome, &info));
	assert_int_equal(outcome, ROSTER_ADDED);
	bytes_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(an_enrolled_office_stands_below_its_issuer),
		WORLD_TEST(the_order_of_arrival_decides_nothing),
		WORLD_TEST(a_known_statement_changes_nothing),
		WORLD_TEST(only_the_pinned_root_comes_first),
		WORLD_TEST(a_statement_by_another_key_is_refused),
		WORLD_TEST(one_flipped_bit_is_refused),
		WORLD_TEST(a_gap_and_an_unknown_issuer_wait),
		WORLD_TEST(a_card_is_no_statement_of_a_chain),
		WORLD_TEST(a_weak_key_is_not_enrolled),
		WORLD_TEST(what_an_issuer_may_not_say_has_no_effect),
		WORLD_TEST(of_two_claims_the_one_nearer_to_the_root_stands),
		WORLD_TEST(an_adopted_root_keeps_its_chain),
		WORLD_TEST(a_file_form_is_taken_from_the_own_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
