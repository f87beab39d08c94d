/* Delegations and withdrawals: the last word of the highest issuer, by scope, day, limit and roster state. */
#include "offices.h"

enum {
	FIELD_DECISION = 20,
	FIELD_AMOUNT = 21,
	JULY_1 = 20270
};

static struct statement
delegate_of(const struct office *office, const char *kind, const uint32_t *fields, size_t count)
{
	struct statement statement = {.type = STATEMENT_DELEGATE, .node = office->code, .field_count = count};
	static uint32_t copy[8];

	memcpy(copy, fields, count * sizeof(*fields));
	statement.fields = count == 0 ? NULL : copy;
	(void)snprintf(statement.name, sizeof(statement.name), "%s", "");
	(void)snprintf(statement.kind, sizeof(statement.kind), "%s", kind);
	return statement;
}

static struct statement
withdraw_of(const struct office *office, const char *kind, const uint32_t *fields, size_t count, bool is_hard)
{
	struct statement statement = delegate_of(office, kind, fields, count);

	statement.type = STATEMENT_WITHDRAW;
	statement.is_hard = is_hard;
	return statement;
}

static enum roster_word
ask(const struct world *world, const struct office *office, const char *kind, uint32_t field, int64_t day)
{
	struct roster_version version;
	struct err_info info;
	struct roster_question question = {
		.node = office->code, .kind = view_text(kind), .field = field, .day = day, .version = &version};

	assert_ok(roster_version_for(&version, world->roster, &office->code, &info));
	return roster_word_on(world->roster, &question);
}

static void
nothing_said_leaves_it_to_the_schema(void **state)
{
	struct world *world = *state;

	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_NONE);
}

static void
a_delegation_is_for_its_kind_and_fields(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};

	(void)world_say(world, &world->county, delegate_of(&world->town, "case", fields, 1));

	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_DELEGATED);
	assert_int_equal(ask(world, &world->town, "case", FIELD_AMOUNT, JULY_1), ROSTER_WORD_NONE);
	assert_int_equal(ask(world, &world->town, "benefit", FIELD_DECISION, JULY_1), ROSTER_WORD_NONE);
	assert_int_equal(ask(world, &world->county, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_NONE);
	(void)world_say(world, &world->county, delegate_of(&world->town, "", fields, 0)); /* everything */
	assert_int_equal(ask(world, &world->town, "benefit", STATEMENT_FIELD_EXISTENCE, JULY_1), ROSTER_WORD_DELEGATED);
}

static void
a_delegation_has_days(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};
	struct statement statement = delegate_of(&world->town, "case", fields, 1);

	statement.first_day = JULY_1;
	statement.last_day = JULY_1 + 30;
	(void)world_say(world, &world->county, statement);

	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1 - 1), ROSTER_WORD_NONE);
	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_DELEGATED);
	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1 + 30), ROSTER_WORD_DELEGATED);
	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1 + 31), ROSTER_WORD_NONE);
}

static void
the_last_word_decides(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};

	(void)world_say(world, &world->county, delegate_of(&world->town, "case", fields, 1));
	(void)world_say(world, &world->county, withdraw_of(&world->town, "case", fields, 1, false));
	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_WITHDRAWN);
	(void)world_say(world, &world->county, delegate_of(&world->town, "case", fields, 1));
	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_DELEGATED);
	assert_order_decides_nothing(world);
}

static void
the_highest_issuer_decides(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};

	(void)world_say(world, &world->city, withdraw_of(&world->town, "case", fields, 1, false));
	(void)world_say(world, &world->county, delegate_of(&world->town, "case", fields, 1));

	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_WITHDRAWN);
}

static void
only_a_superior_delegates(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};
	struct statement statement = delegate_of(&world->town, "case", fields, 1);
	struct err_info info;

	statement.issuer = world->other_county.code;
	assert_err(roster_check(world->roster, &statement, &info), ERR_RIGHT);
	(void)world_say(world, &world->other_county, statement);
	(void)world_say(world, &world->town, delegate_of(&world->town, "case", fields, 1));

	assert_int_equal(ask(world, &world->town, "case", FIELD_DECISION, JULY_1), ROSTER_WORD_NONE);
}

static void
a_word_counts_for_who_has_read_it_and_a_hard_one_at_once(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};
	struct roster_version before;
	struct err_info info;
	struct roster_question question = {.node = world->town.code,
	                                   .kind = view_text("case"),
	                                   .field = FIELD_DECISION,
	                                   .day = JULY_1,
	                                   .version = &before};

	(void)world_say(world, &world->county, delegate_of(&world->town, "case", fields, 1));
	assert_ok(roster_version_for(&before, world->roster, &world->town.code, &info));
	(void)world_say(world, &world->county, withdraw_of(&world->town, "case", fields, 1, false));

	assert_int_equal(roster_word_on(world->roster, &question), ROSTER_WORD_DELEGATED);
	(void)world_say(world, &world->county, withdraw_of(&world->town, "case", fields, 1, true));
	assert_int_equal(roster_word_on(world->roster, &question), ROSTER_WORD_WITHDRAWN);
}

struct amount {
	uint32_t field;
	uint64_t value;
};

static bool
is_within(void *context, uint32_t amount_field, uint64_t amount_max)
{
	const struct amount *amount = context;

	return amount->field == amount_field && amount->value <= amount_max;
}

static void
a_limit_leaves_what_is_over_it_to_the_word_before(void **state)
{
	struct world *world = *state;
	const uint32_t fields[] = {FIELD_DECISION};
	struct statement statement = delegate_of(&world->town, "case", fields, 1);
	struct amount amount = {FIELD_AMOUNT, 200000};
	struct roster_version version;
	struct err_info info;
	struct roster_question question = {.node = world->town.code,
	                                   .kind = view_text("case"),
	                                   .field = FIELD_DECISION,
	                                   .day = JULY_1,
	                                   .version = &version,
	                                   .is_within = is_within,
	                                   .context = &amount};

	(void)world_say(world, &world->county, withdraw_of(&world->town, "case", fields, 1, false));
	statement.amount_field = FIELD_AMOUNT;
	statement.amount_max = 200000;
	(void)world_say(world, &world->county, statement);
	assert_ok(roster_version_for(&version, world->roster, &world->town.code, &info));

	assert_int_equal(roster_word_on(world->roster, &question), ROSTER_WORD_DELEGATED);
	amount.value++;
	assert_int_equal(roster_word_on(world->roster, &question), ROSTER_WORD_WITHDRAWN);
	question.is_within = NULL; /* who cannot see the amount does not count it */
	assert_int_equal(roster_word_on(world->roster, &question), ROSTER_WORD_WITHDRAWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(nothing_said_leaves_it_to_the_schema),
		WORLD_TEST(a_delegation_is_for_its_kind_and_fields),
		WORLD_TEST(a_delegation_has_days),
		WORLD_TEST(the_last_word_decides),
		WORLD_TEST(the_highest_issuer_decides),
		WORLD_TEST(only_a_superior_delegates),
		WORLD_TEST(a_word_counts_for_who_has_read_it_and_a_hard_one_at_once),
		WORLD_TEST(a_limit_leaves_what_is_over_it_to_the_word_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
