/*
 * Random chains by honest and dishonest offices: whatever was said, in whatever order it comes, gives the same roster. The
 * seed is printed with a failure; TIERSYNC_SEED replays it.
 */
#include "offices.h"

enum {
	ROUNDS = 20,
	STEPS = 26
};

static struct office *
any_office(struct world *world, uint64_t *seed)
{
	struct office *const offices[] = {&world->city,         &world->county, &world->county,
	                                  &world->other_county, &world->town,   &world->town};

	return offices[support_random(seed) % (sizeof(offices) / sizeof(offices[0]))];
}

static struct statement
any_statement(struct world *world, struct office *about, uint64_t *seed)
{
	size_t n = (size_t)(support_random(seed) % 3) + 1;
	struct statement statement;

	switch (support_random(seed) % 8) {
	case 0:
		return rotate_to(about, n);
	case 1:
		return replace_of(about, n);
	case 2:
		return revoke_of(about, n - 1);
	case 3:
		return enrol_of(about, (uint8_t)(support_random(seed) % 3 + 1), "谁");
	case 4:
		return grant_of(&world->auditor, support_random(seed) % 2 == 0);
	case 5:
		return (struct statement){.type = STATEMENT_SETTLE,
		                          .node = about->code,
		                          .chain_number = about->number == 0 ? 1 : about->number,
		                          .chain_digest = about->last};
	default:
		statement = epoch_of(about, (uint32_t)n);
		statement.digest.bytes[9] = (uint8_t)support_random(seed);
		return statement;
	}
}

/* One statement by an office that may have lost its key, may say a number twice, may say what it has no right to. */
static void
say_something(struct world *world, uint64_t *seed)
{
	struct office *issuer = any_office(world, seed);
	struct office *about = any_office(world, seed);
	struct statement statement = any_statement(world, about, seed);
	uint32_t number = issuer->number;
	struct digest last = issuer->last;
	struct err_info info;
	size_t said;

	if (statement.type == STATEMENT_ROTATE)
		statement = rotate_to(issuer, (size_t)(support_random(seed) % 3) + 1);
	issuer->key = (size_t)(support_random(seed) % 4 == 0 ? support_random(seed) % 3 : issuer->key);
	said = world_next(world, issuer, statement);
	if (world_add(world, world->roster, said, NULL, &info) != ERR_OK) {
		issuer->number = number; /* nobody took it: the next one has its number */
		issuer->last = last;
		return;
	}
	if (statement.type == STATEMENT_ROTATE) {
		for (size_t n = 1; n < 4; n++) {
			if (seal_public_key_equal(&office_key(issuer, n)->sign, &statement.keys.sign))
				issuer->key = n;
		}
	}
	if (support_random(seed) % 5 == 0) { /* a cloned disk: the next one says this number again */
		issuer->number = number;
		issuer->last = last;
	}
}

static void
run(uint64_t seed)
{
	size_t order[SAID_MAX];
	void *state;

	for (size_t i = 0; i < SAID_MAX; i++)
		order[i] = i;
	assert_int_equal(world_set_up(&state), 0);
	for (int step = 0; step < STEPS; step++)
		say_something(state, &seed);
	world_fill(state, ((struct world *)state)->roster, order); /* what was refused at first may fit by now */
	assert_order_decides_nothing(state);
	assert_int_equal(world_tear_down(&state), 0);
}

static void
what_was_said_decides_and_not_its_order(void **state)
{
	const char *given = getenv("TIERSYNC_SEED");
	uint64_t first = given == NULL ? 1 : strtoull(given, NULL, 10);

	(void)state;
	for (uint64_t seed = first; seed < first + (given == NULL ? ROUNDS : 1); seed++) {
		print_message("TIERSYNC_SEED=%llu\n", (unsigned long long)seed);
		run(seed * 7919 + 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_said_decides_and_not_its_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
