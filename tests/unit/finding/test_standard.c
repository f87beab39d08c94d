/* x-standards: a record against dated rows of regions. */
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "seal/key.h"

static const char AID[] =
	"{\"x-kind\": \"aid\", \"x-standards\": [%s], \"type\": \"object\", \"properties\": {"
	"\"what\": {\"x-field\": 1, \"type\": \"string\"},"
	"\"fen\": {\"x-field\": 2, \"type\": \"integer\"},"
	"\"persons\": {\"x-field\": 3, \"type\": \"integer\"},"
	"\"begin\": {\"x-field\": 4, \"type\": \"string\", \"format\": \"month\"},"
	"\"state\": {\"x-field\": 5, \"type\": \"string\"},"
	"\"names\": {\"x-field\": 6, \"type\": \"array\", \"x-merge\": \"set\", \"items\": {\"type\": \"string\"}}}}";

struct world {
	struct schema_set *set;
	struct finding_rules *rules;
	struct seal_key *key;
	struct arena arena;
	struct policy *policy;
	struct node_code owner;
};

static enum err
make_set(struct schema_set **out, const char *rule, struct err_info *info)
{
	char text[4096];
	const struct schema_file files[] = {{"standard.json", view_text(SAMPLE_STANDARD)}, {"aid.json", {0}}};
	struct schema_file both[2];

	memcpy(both, files, sizeof(both));
	(void)snprintf(text, sizeof(text), AID, rule);
	both[1].text = view_text(text);
	return schema_set_new(out, 1, NULL, both, 2, info);
}

static void
add_row(struct world *world, uint8_t number, const char *owner, const char *text)
{
	sample_row(world->policy, &world->arena, schema_set_kind(world->set, view_text("standard")), number, owner,
	           text);
}

static void
start(struct world *world, const char *rule)
{
	static const uint8_t bytes[32] = {7};
	struct err_info info;

	*world = (struct world){0};
	assert_ok(make_set(&world->set, rule, &info));
	assert_ok(finding_rules_new(&world->rules, world->set, &info));
	assert_ok(seal_key_from_bytes(&world->key, bytes, &info));
	assert_ok(policy_new(&world->policy, world->set, &info));
	assert_true(node_code_read(&world->owner, view_text("430321100000")));
}

static void
finish(struct world *world)
{
	finding_rules_free(world->rules);
	seal_key_free(world->key);
	policy_free(world->policy);
	schema_set_free(world->set);
	arena_release(&world->arena);
}

/* How many postings a record has: one for each rule that it breaks. */
static size_t
broken(struct world *world, const char *text, const struct policy *policy)
{
	struct finding_postings postings = {0};
	struct record record;
	const struct finding_record looked_at = {.record = &record,
	                                         .kind = schema_set_kind(world->set, view_text("aid")),
	                                         .id = {{9}},
	                                         .policy = policy,
	                                         .owner = &world->owner};
	struct err_info info;
	size_t count;

	sample_record(&record, &world->arena, looked_at.kind, text);
	assert_ok(finding_postings_of(&postings, world->rules, world->key, &looked_at, &info));
	count = postings.count;
	finding_postings_release(&postings);
	return count;
}

struct expectation {
	const char *record;
	size_t count;
};

static void
expect_all(struct world *world, const struct expectation *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (broken(world, rows[i].record, world->policy) != rows[i].count)
			fail_msg("%s: %zu rules are broken, expected %zu", rows[i].record,
			         broken(world, rows[i].record, world->policy), rows[i].count);
	}
}

#define RULE(more) "{\"rule\": \"K\", \"kind\": \"standard\", \"match\": {\"what\": \"what\"}, " more "}"
#define AMOUNT(is) RULE("\"amount\": \"fen\", \"times\": \"persons\", \"since\": \"begin\", \"is\": \"" is "\"")

static void
an_amount_is_held_against_the_rows_since_it_began(void **state)
{
	static const struct expectation ROWS[] = {
		{"{\"what\": \"a\", \"fen\": 45000, \"persons\": 1, \"begin\": \"2017-12\"}", 0},
		{"{\"what\": \"a\", \"fen\": 90000, \"persons\": 2, \"begin\": \"2017-12\"}", 0},
		/* it rose with the standard of 2018, whenever that was said */
		{"{\"what\": \"a\", \"fen\": 50000, \"persons\": 1, \"begin\": \"2017-12\"}", 0},
		{"{\"what\": \"a\", \"fen\": 50001, \"persons\": 1, \"begin\": \"2017-12\"}", 1},
		{"{\"what\": \"a\", \"fen\": 100001, \"persons\": 2, \"begin\": \"2018-03\"}", 1},
		/* it ended before the standard rose: no row from then on */
		{"{\"what\": \"a\", \"fen\": 99999, \"persons\": 1, \"begin\": \"2020-01\"}", 0},
		/* no row speaks of it, or the record does not say what the rule needs */
		{"{\"what\": \"z\", \"fen\": 99999999, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"fen\": 99999999, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"a\", \"fen\": 99999999, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"a\", \"fen\": 99999999, \"persons\": 1}", 0},
		{"{\"what\": \"a\", \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		/* by the year: 3,400.00 is 283.33 a month, rounded up 283.34, for two 566.67 */
		{"{\"what\": \"y\", \"fen\": 28334, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"y\", \"fen\": 28335, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
		{"{\"what\": \"y\", \"fen\": 56667, \"persons\": 2, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"y\", \"fen\": 56668, \"persons\": 2, \"begin\": \"2018-01\"}", 1},
		/* a period that nobody explained bears nothing out; neither do numbers past 64 bits */
		{"{\"what\": \"o\", \"fen\": 1, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
		{"{\"what\": \"y\", \"fen\": 9000000000000000000, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
	};
	struct world world;
	struct err_info info;

	(void)state;
	start(&world, AMOUNT("at_most"));
	add_row(&world, 1, "430300000000",
	        "{\"what\": \"a\", \"region\": \"430300000000\", \"from\": \"2017-01-01\", \"to\": \"2017-12-31\", "
	        "\"fen\": "
	        "45000, \"period\": \"month\"}");
	add_row(&world, 2, "430300000000",
	        "{\"what\": \"a\", \"region\": \"430300000000\", \"from\": \"2018-01-01\", \"to\": \"2019-12-31\", "
	        "\"fen\": "
	        "50000, \"period\": \"month\"}");
	add_row(&world, 3, "430300000000",
	        "{\"what\": \"y\", \"region\": \"430300000000\", \"from\": \"2018-01-01\", \"fen\": 340000, "
	        "\"period\": "
	        "\"year\"}");
	add_row(&world, 4, "430300000000",
	        "{\"what\": \"o\", \"region\": \"430300000000\", \"from\": \"2018-01-01\", \"fen\": 340000, "
	        "\"period\": "
	        "\"once\"}");
	assert_ok(policy_settle(world.policy, &info));
	expect_all(&world, ROWS, sizeof(ROWS) / sizeof(ROWS[0]));
	assert_int_equal(broken(&world, ROWS[3].record, NULL), 0); /* nobody has read a policy: nothing is said */
	finish(&world);
}

static void
at_least_and_equal_allow_less_than_a_fen_of_rounding(void **state)
{
	static const struct expectation LEAST[] = {
		{"{\"what\": \"y\", \"fen\": 28333, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"y\", \"fen\": 28332, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
		{"{\"what\": \"y\", \"fen\": 99999, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
	};
	static const struct expectation EQUAL[] = {
		{"{\"what\": \"y\", \"fen\": 28333, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"y\", \"fen\": 28334, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"y\", \"fen\": 28335, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
		{"{\"what\": \"y\", \"fen\": 28332, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
	};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world world;

		start(&world, i == 0 ? AMOUNT("at_least") : AMOUNT("equal"));
		add_row(&world, 3, "430300000000",
		        "{\"what\": \"y\", \"region\": \"430300000000\", \"from\": \"2018-01-01\", \"fen\": 340000, "
		        "\"period\": \"year\"}");
		assert_ok(policy_settle(world.policy, &info));
		expect_all(&world, i == 0 ? LEAST : EQUAL, i == 0 ? 3 : 4);
		finish(&world);
	}
}

static void
the_narrower_region_counts_where_it_speaks(void **state)
{
	static const struct expectation ROWS[] = {
		/* of the county from 2018 on; in 2017 the city's */
		{"{\"what\": \"a\", \"fen\": 40000, \"persons\": 1, \"begin\": \"2018-01\"}", 0},
		{"{\"what\": \"a\", \"fen\": 45000, \"persons\": 1, \"begin\": \"2018-01\"}", 1},
		{"{\"what\": \"a\", \"fen\": 45000, \"persons\": 1, \"begin\": \"2017-06\"}", 0},
		{"{\"what\": \"a\", \"fen\": 45001, \"persons\": 1, \"begin\": \"2017-06\"}", 1},
	};
	struct world world;
	struct err_info info;

	(void)state;
	start(&world, AMOUNT("at_most"));
	add_row(&world, 1, "430300000000",
	        "{\"what\": \"a\", \"region\": \"430300000000\", \"from\": \"2017-01-01\", \"fen\": 45000, \"period\": "
	        "\"month\"}");
	add_row(&world, 2, "430321000000",
	        "{\"what\": \"a\", \"region\": \"430321000000\", \"from\": \"2018-01-01\", \"fen\": 40000, \"period\": "
	        "\"month\"}");
	/* of a neighbour, and one that a neighbour's county made for ours: neither counts here */
	add_row(&world, 3, "430382000000",
	        "{\"what\": \"a\", \"region\": \"430382000000\", \"from\": \"2018-01-01\", \"fen\": 99999, \"period\": "
	        "\"month\"}");
	add_row(&world, 4, "430382000000",
	        "{\"what\": \"a\", \"region\": \"430321000000\", \"from\": \"2016-01-01\", \"fen\": 99999, \"period\": "
	        "\"month\"}");
	assert_ok(policy_settle(world.policy, &info));
	expect_all(&world, ROWS, sizeof(ROWS) / sizeof(ROWS[0]));
	finish(&world);
}

static void
none_forbids_a_row_of_any_day_and_region(void **state)
{
	static const struct expectation ROWS[] = {
		{"{\"what\": \"a\", \"state\": \"open\"}", 1},
		{"{\"what\": \"a\", \"state\": \"closed\"}", 0},
		{"{\"what\": \"b\", \"state\": \"open\"}", 0},
		{"{\"what\": \"c\", \"state\": \"open\"}", 0},
	};
	struct world world;
	struct err_info info;

	(void)state;
	start(&world,
	      RULE("\"while\": {\"state\": \"open\"}, \"other_while\": {\"class\": [\"gone\", \"merged\"]}, \"is\": "
	           "\"none\""));
	add_row(&world, 1, "430300000000",
	        "{\"what\": \"a\", \"region\": \"430382000000\", \"from\": \"2001-01-01\", \"to\": \"2002-01-01\", "
	        "\"class\": \"gone\"}");
	add_row(&world, 2, "430300000000",
	        "{\"what\": \"b\", \"region\": \"430321000000\", \"from\": \"2001-01-01\", \"class\": \"used\"}");
	add_row(&world, 3, "430300000000", "{\"what\": \"c\", \"region\": \"430321000000\", \"from\": \"2001-01-01\"}");
	assert_ok(policy_settle(world.policy, &info));
	expect_all(&world, ROWS, sizeof(ROWS) / sizeof(ROWS[0]));
	finish(&world);
}

static void
another_row_is_another_digest(void **state)
{
	struct digest digests[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world world;
		struct err_info info;

		start(&world, AMOUNT("at_most"));
		add_row(&world, 1, "430300000000",
		        i == 2 ? "{\"what\": \"a\", \"region\": \"430300000000\", \"from\": \"2017-01-01\", \"fen\": "
		                 "45001}"
		               : "{\"what\": \"a\", \"region\": \"430300000000\", \"from\": \"2017-01-01\", \"fen\": "
		                 "45000}");
		assert_ok(policy_settle(world.policy, &info));
		policy_rows_digest(&digests[i], world.policy);
		finish(&world);
	}
	assert_true(digest_equal(&digests[0], &digests[1]));
	assert_false(digest_equal(&digests[0], &digests[2]));
}

static void
a_wrong_standard_is_refused_by_name(void **state)
{
	static const struct {
		const char *rule;
		const char *said;
	} ROWS[] = {
		{RULE("\"is\": \"most\""), "\"is\" of a standard is one of"},
		{RULE("\"amount\": \"fen\", \"since\": \"begin\""), "\"is\" of a standard is one of"},
		{RULE("\"amount\": \"fen\", \"is\": \"at_most\""), "names \"amount\" and \"since\""},
		{RULE("\"since\": \"begin\", \"is\": \"equal\""), "names \"amount\" and \"since\""},
		{RULE("\"amount\": \"fen\", \"since\": \"begin\", \"is\": \"none\""), "names neither"},
		{RULE("\"amount\": \"what\", \"since\": \"begin\", \"is\": \"equal\""),
	         "not of the type that \"amount\" needs"},
		{RULE("\"amount\": \"fen\", \"since\": \"fen\", \"is\": \"equal\""),
	         "not of the type that \"since\" needs"},
		{RULE("\"amount\": \"fens\", \"since\": \"begin\", \"is\": \"equal\""), "no field \"fens\""},
		{RULE("\"is\": \"none\", \"shows\": [\"nothing\"]"), "nothing"},
		{RULE("\"is\": \"none\", \"during\": [null, null]"), "during"},
		{"{\"rule\": \"K\", \"kind\": \"aid\", \"match\": {\"what\": \"what\"}, \"is\": \"none\"}",
	         "is no policy"},
		{"{\"rule\": \"K\", \"kind\": \"gone\", \"match\": {\"what\": \"what\"}, \"is\": \"none\"}",
	         "no kind \"gone\""},
		{"{\"rule\": \"K\", \"kind\": \"standard\", \"match\": {\"names\": \"what\"}, \"is\": \"none\"}",
	         "lists"},
		{"{\"rule\": \"K\", \"kind\": \"standard\", \"match\": {\"fen\": \"what\"}, \"is\": \"none\"}",
	         "of one type"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct schema_set *set = NULL;
		struct err_info info = {0};

		if (make_set(&set, ROWS[i].rule, &info) == ERR_OK)
			fail_msg("%s was taken", ROWS[i].rule);
		if (strstr(info.text, ROWS[i].said) == NULL || strstr(info.text, "aid.json") == NULL)
			fail_msg("%s: %s", ROWS[i].rule, info.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_amount_is_held_against_the_rows_since_it_began),
		cmocka_unit_test(at_least_and_equal_allow_less_than_a_fen_of_rounding),
		cmocka_unit_test(the_narrower_region_counts_where_it_speaks),
		cmocka_unit_test(none_forbids_a_row_of_any_day_and_region),
		cmocka_unit_test(another_row_is_another_digest),
		cmocka_unit_test(a_wrong_standard_is_refused_by_name),
	};

	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
