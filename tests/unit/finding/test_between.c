/* What changed between two states of a record, against the plain way: all postings of the one and all of the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "seal/key.h"

enum {
	PAIRS = 4000,
	VALUES = 4,
	TEXT_BYTES = 1024,
};

static const char RULES[] =
	"\"x-unique\": ["
	"{\"rule\": \"U\", \"fields\": [\"who\"], \"while\": {\"state\": [\"open\", \"paid\", null]}, "
	"\"during\": [\"from\", \"to\"]}, "
	"{\"rule\": \"F\", \"fields\": [\"family/who\"], \"while\": {\"family/counted\": true, \"town\": \"a\"}}], "
	"\"x-excludes\": ["
	"{\"rule\": \"X\", \"kind\": \"check\", \"match\": {\"set\": \"who\"}}, "
	"{\"rule\": \"E\", \"kind\": \"check\", \"match\": {\"other\": \"who\"}, \"while\": {\"mark\": true}, "
	"\"unless\": {\"kind\": \"check\", \"match\": {\"proxy\": \"who\"}}}], "
	"\"x-requires\": ["
	"{\"rule\": \"C\", \"kind\": \"check\", \"match\": {\"who\": \"who\"}, \"during\": [\"day\", \"day\"], "
	"\"other_during\": [\"day\", null]}], "
	"\"x-standards\": ["
	"{\"rule\": \"K\", \"kind\": \"standard\", \"match\": {\"what\": \"what\"}, \"amount\": \"fen\", "
	"\"times\": \"persons\", \"since\": \"begin\", \"is\": \"at_most\"}]";

static const char CHECK[] = "{\"x-kind\": \"check\", \"type\": \"object\", \"properties\": {"
			    "\"who\": {\"x-field\": 1, \"type\": \"string\"},"
			    "\"day\": {\"x-field\": 2, \"type\": \"string\", \"format\": \"date\"}}}";

#define STRING "\"type\": \"string\""
#define MONTH STRING ", \"format\": \"month\""
#define INTEGER "\"type\": \"integer\""
#define FAMILY                                                                                                         \
	"\"type\": \"array\", \"x-merge\": \"keyed-list\", \"x-member-key\": \"who\", \"items\": {\"type\": "          \
	"\"object\", \"required\": [\"who\"], \"properties\": {\"who\": {\"x-field\": 1, \"type\": \"string\"}, "      \
	"\"counted\": {\"x-field\": 2, \"type\": \"boolean\"}, \"note\": {\"x-field\": 3, \"type\": \"string\"}}}"

/* The fields of `aid`, and what each may hold; NULL: absent. The last one is in no rule. */
static const struct {
	const char *name;
	const char *type;
	const char *values[VALUES];
} FIELDS[] = {
	{"who", STRING, {NULL, "\"x\"", "\"y\"", "\"y\""}},
	{"state", STRING, {NULL, "\"open\"", "\"paid\"", "\"closed\""}},
	{"from", MONTH, {NULL, "\"2017-01\"", "\"2017-05\"", "\"2018-01\""}},
	{"to", MONTH, {NULL, "\"2016-12\"", "\"2017-06\"", "\"2019-01\""}},
	{"day", STRING ", \"format\": \"date\"", {NULL, "\"2017-05-01\"", "\"2017-05-02\"", "\"2017-05-02\""}},
	{"family",
         FAMILY,
         {NULL, "[{\"who\": \"x\", \"counted\": true, \"note\": \"n\"}]", "[{\"who\": \"x\", \"counted\": false}]",
          "[{\"who\": \"x\", \"counted\": false}, {\"who\": \"z\", \"counted\": true}]"}},
	{"set",
         "\"type\": \"array\", \"x-merge\": \"set\", \"items\": {\"type\": \"string\"}",
         {NULL, "[\"x\"]", "[\"x\", \"y\"]", "[\"z\"]"}},
	{"other", STRING, {NULL, "\"x\"", "\"y\"", "\"z\""}},
	{"proxy", STRING, {NULL, "\"x\"", "\"y\"", "\"z\""}},
	{"mark", "\"type\": \"boolean\"", {NULL, "true", "true", "false"}},
	{"what", STRING, {NULL, "\"a\"", "\"b\"", "\"a\""}},
	{"begin", MONTH, {NULL, "\"2017-12\"", "\"2018-02\"", "\"2020-01\""}},
	{"town", STRING, {NULL, "\"a\"", "\"b\"", "\"a\""}},
	{"fen", INTEGER, {NULL, "100", "60000", "60000"}},
	{"persons", INTEGER, {NULL, "1", "2", "1"}},
	{"note", STRING, {NULL, "\"1\"", "\"2\"", "\"3\""}},
};

enum {
	FIELD_COUNT = sizeof(FIELDS) / sizeof(FIELDS[0]),
	NOTE = FIELD_COUNT - 1,
};

struct world {
	struct schema_set *set;
	struct finding_rules *rules;
	struct seal_key *key;
	struct policy *policy;
	struct arena arena;
	struct node_code owner;
	struct finding_postings all[2];
	struct finding_postings between[2];
};

static const char *
aid_kind(void)
{
	static char text[4 * TEXT_BYTES];
	size_t used = (size_t)snprintf(text, sizeof(text),
	                               "{\"x-kind\": \"aid\", %s, \"type\": \"object\", "
	                               "\"properties\": {",
	                               RULES);

	for (size_t i = 0; i < FIELD_COUNT; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s\"%s\": {\"x-field\": %zu, %s}",
		                         i == 0 ? "" : ", ", FIELDS[i].name, i + 1, FIELDS[i].type);
	(void)snprintf(text + used, sizeof(text) - used, "}}");
	return text;
}

static void
start(struct world *world)
{
	static const uint8_t bytes[32] = {7};
	const struct schema_file files[] = {{"aid.json", view_text(aid_kind())},
	                                    {"check.json", view_text(CHECK)},
	                                    {"standard.json", view_text(SAMPLE_STANDARD)}};
	struct err_info info;

	*world = (struct world){0};
	assert_ok(schema_set_new(&world->set, 1, NULL, files, 3, &info));
	assert_ok(finding_rules_new(&world->rules, world->set, &info));
	assert_ok(seal_key_from_bytes(&world->key, bytes, &info));
	assert_ok(policy_new(&world->policy, world->set, &info));
	assert_true(node_code_read(&world->owner, view_text("430321100000")));
	sample_row(world->policy, &world->arena, schema_set_kind(world->set, view_text("standard")), 1, "430300000000",
	           "{\"what\": \"a\", \"region\": \"430300000000\", \"from\": \"2018-01-01\", \"to\": \"2019-12-31\", "
	           "\"fen\": 50000, \"period\": \"month\"}");
	assert_ok(policy_settle(world->policy, &info));
}

static void
finish(struct world *world)
{
	for (size_t i = 0; i < 2; i++) {
		finding_postings_release(&world->all[i]);
		finding_postings_release(&world->between[i]);
	}
	finding_rules_free(world->rules);
	seal_key_free(world->key);
	policy_free(world->policy);
	schema_set_free(world->set);
	arena_release(&world->arena);
}

static bool
has(const struct finding_postings *postings, const struct finding_posting *posting)
{
	for (size_t i = 0; i < postings->count; i++) {
		if (finding_posting_compare(&postings->items[i], posting) == 0)
			return true;
	}
	return false;
}

/* What one list has and the other lacks must be told by `between`, which invents nothing. */
static size_t
assert_told(const struct world *world, size_t side, const char *why)
{
	const struct finding_postings *mine = &world->all[side];
	const struct finding_postings *told = &world->between[side];
	size_t differ = 0;

	for (size_t i = 0; i < mine->count; i++) {
		if (has(&world->all[1 - side], &mine->items[i]))
			continue;
		differ++;
		if (!has(told, &mine->items[i]))
			fail_msg("a change is not told: %s", why);
	}
	for (size_t i = 0; i < told->count; i++) {
		if (!has(mine, &told->items[i]))
			fail_msg("told, and not there: %s", why);
		if (has(&world->all[1 - side], &told->items[i]) && !has(&world->between[1 - side], &told->items[i]))
			fail_msg("told as changed, and it is not: %s", why);
	}
	return differ;
}

/* The own record of `unless` changed: what it stands for now is told too, so that it can be judged again. */
static void
assert_own_told(const struct world *world, const char *why)
{
	bool differs = false;

	for (size_t side = 0; side < 2; side++) {
		for (size_t i = 0; i < world->all[side].count; i++) {
			const struct finding_posting *posting = &world->all[side].items[i];

			differs =
				differs || (finding_side_of(world->rules, posting->side)->role == FINDING_UNLESS_OWN &&
			                    !has(&world->all[1 - side], posting));
		}
	}
	for (size_t i = 0; differs && i < world->all[1].count; i++) {
		const struct finding_posting *posting = &world->all[1].items[i];
		const struct finding_side *side = finding_side_of(world->rules, posting->side);

		if (side->role == FINDING_OWN && side->rule->has_unless && !has(&world->between[1], posting))
			fail_msg("not judged again: %s", why);
	}
}

/* How many postings differ. */
static size_t
change(struct world *world, const char *before, const char *after)
{
	const char *texts[2] = {before, after};
	struct record records[2];
	struct finding_record looked_at[2];
	char why[2 * TEXT_BYTES + 8];
	struct err_info info;
	size_t differ;

	(void)snprintf(why, sizeof(why), "%s -> %s", before, after);
	arena_clear(&world->arena);
	for (size_t i = 0; i < 2; i++) {
		sample_record(&records[i], &world->arena, schema_set_kind(world->set, view_text("aid")), texts[i]);
		looked_at[i] = (struct finding_record){.record = &records[i],
		                                       .kind = schema_set_kind(world->set, view_text("aid")),
		                                       .id = {{9}},
		                                       .policy = world->policy,
		                                       .owner = &world->owner};
		world->all[i].count = 0;
		world->between[i].count = 0;
		assert_ok(finding_postings_of(&world->all[i], world->rules, world->key, &looked_at[i], &info));
	}
	assert_ok(finding_postings_between(world->between, world->rules, world->key, looked_at, &info));
	differ = assert_told(world, 0, why);
	differ += assert_told(world, 1, why);
	assert_own_told(world, why);
	return differ;
}

static void
write_record(char out[TEXT_BYTES], const size_t chosen[FIELD_COUNT])
{
	size_t used = 1;

	(void)snprintf(out, TEXT_BYTES, "{");
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *value = FIELDS[i].values[chosen[i]];

		if (value != NULL)
			used += (size_t)snprintf(out + used, TEXT_BYTES - used, "%s\"%s\": %s", used == 1 ? "" : ", ",
			                         FIELDS[i].name, value);
	}
	(void)snprintf(out + used, TEXT_BYTES - used, "}");
}

static void
choose(size_t chosen[FIELD_COUNT], uint64_t *random)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		chosen[i] = support_random(random) % 5 % VALUES; /* some are often absent */
}

static void
one_field_that_changed_is_told_as_reading_all_tells_it(void **state)
{
	size_t differed[FIELD_COUNT] = {0};
	uint64_t random = 20171;
	struct world world;

	(void)state;
	start(&world);
	for (size_t i = 0; i < PAIRS; i++) {
		size_t field = i % FIELD_COUNT;
		size_t chosen[FIELD_COUNT];
		char before[TEXT_BYTES];
		char after[TEXT_BYTES];
		size_t differ;

		choose(chosen, &random);
		write_record(before, chosen);
		chosen[field] = (chosen[field] + 1 + support_random(&random) % (VALUES - 1)) % VALUES;
		write_record(after, chosen);
		differ = change(&world, before, after);
		differed[field] += differ > 0 ? 1U : 0U;
		if (field == NOTE)
			assert_int_equal(world.between[0].count + world.between[1].count, 0);
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if ((differed[i] > 0) != (i != NOTE))
			fail_msg("%s changed a posting %zu times", FIELDS[i].name, differed[i]);
	}
	finish(&world);
}

static void
many_fields_that_changed_are_told_as_reading_all_tells_it(void **state)
{
	uint64_t random = 20172;
	struct world world;

	(void)state;
	start(&world);
	for (size_t i = 0; i < PAIRS; i++) {
		size_t chosen[FIELD_COUNT];
		char before[TEXT_BYTES];
		char after[TEXT_BYTES];

		choose(chosen, &random);
		write_record(before, chosen);
		choose(chosen, &random);
		write_record(after, chosen);
		(void)change(&world, before, after);
	}
	finish(&world);
}

/* A status that goes on within what a rule looks at, or a period's end that no rule reads, is nothing to look up. */
static void
what_stays_within_a_condition_is_not_told(void **state)
{
	struct world world;

	(void)state;
	start(&world);
	assert_int_equal(
		change(&world, "{\"who\": \"x\", \"state\": \"open\"}", "{\"who\": \"x\", \"state\": \"paid\"}"), 0);
	assert_int_equal(world.between[0].count + world.between[1].count, 0);
	assert_int_equal(
		change(&world, "{\"who\": \"x\", \"state\": \"open\"}", "{\"who\": \"x\", \"state\": \"closed\"}"), 1);
	assert_int_equal(change(&world, "{\"other\": \"x\", \"proxy\": \"y\", \"mark\": true}",
	                        "{\"other\": \"x\", \"proxy\": \"z\", \"mark\": true}"),
	                 2);
	assert_int_equal(world.between[1].count, 2); /* its own group with it */
	finish(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_field_that_changed_is_told_as_reading_all_tells_it),
		cmocka_unit_test(many_fields_that_changed_are_told_as_reading_all_tells_it),
		cmocka_unit_test(what_stays_within_a_condition_is_not_told),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
