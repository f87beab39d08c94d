/* Rules across records, on a few records: who is found, because of whom, and where nobody may be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "seal/key.h"

enum {
	RECORDS_MAX = 16,
	TOLD_BYTES = 2048,
	TOWN_A = 0,
	TOWN_B = 1,
	ROLLS = 2,
	FAR_TOWN = 3, /* what it has in common with the others is another office's duty */
};

/* Three kinds; the rules of `aid` are the test's. */
static struct schema_set *
kinds(const char *rules)
{
	static const char FIELDS[] =
		"\"type\": \"object\", \"properties\": {"
		"\"who\": {\"x-field\": 1, \"type\": \"string\"},"
		"\"state\": {\"x-field\": 2, \"type\": \"string\"},"
		"\"from\": {\"x-field\": 3, \"type\": \"string\", \"format\": \"month\"},"
		"\"to\": {\"x-field\": 4, \"type\": \"string\", \"format\": \"month\"},"
		"\"day\": {\"x-field\": 5, \"type\": \"string\", \"format\": \"date\"},"
		"\"family\": {\"x-field\": 6, \"type\": \"array\", \"x-merge\": \"keyed-list\", \"x-member-key\": "
		"\"who\", \"items\": {\"type\": \"object\", \"required\": [\"who\"], \"properties\": {"
		"\"who\": {\"x-field\": 1, \"type\": \"string\"}, \"counted\": {\"x-field\": 2, \"type\": "
		"\"boolean\"}}}},"
		"\"set\": {\"x-field\": 7, \"type\": \"array\", \"x-merge\": \"set\", \"items\": {\"type\": "
		"\"string\"}}}}";
	static char texts[4][4096];
	struct schema_file files[4];
	struct schema_set *set = NULL;
	struct err_info info;

	(void)snprintf(texts[0], sizeof(texts[0]), "{\"x-kind\": \"aid\", %s, %s", rules, FIELDS);
	(void)snprintf(texts[1], sizeof(texts[1]), "{\"x-kind\": \"deaths\", \"x-roll\": true, %s", FIELDS);
	(void)snprintf(texts[2], sizeof(texts[2]), "{\"x-kind\": \"check\", %s", FIELDS);
	(void)snprintf(texts[3], sizeof(texts[3]), "{\"x-kind\": \"excuse\", %s", FIELDS);
	for (size_t i = 0; i < 4; i++)
		files[i] = (struct schema_file){"kind.json", view_text(texts[i])};
	assert_ok(schema_set_new(&set, 1, NULL, files, 4, &info));
	return set;
}

struct world {
	struct schema_set *set;
	struct finding_rules *rules;
	struct seal_key *key;
	struct arena arena;
	struct record records[RECORDS_MAX];
	uint16_t places[RECORDS_MAX];
	size_t count;
	struct finding_postings postings;
	bool has_rolls;
	char told[TOLD_BYTES];
};

static void
start(struct world *world, const char *rules)
{
	static const uint8_t bytes[32] = {7};
	struct err_info info;

	*world = (struct world){.set = kinds(rules)};
	assert_ok(finding_rules_new(&world->rules, world->set, &info));
	assert_ok(seal_key_from_bytes(&world->key, bytes, &info));
}

static void
finish(struct world *world)
{
	finding_postings_release(&world->postings);
	finding_rules_free(world->rules);
	seal_key_free(world->key);
	schema_set_free(world->set);
	arena_release(&world->arena);
}

/* A record with this number (one letter on from 'a'), of a kind, in a place. */
static void
add(struct world *world, uint16_t place, const char *kind_name, const char *text)
{
	const struct schema_kind *kind = schema_set_kind(world->set, view_text(kind_name));
	struct record *record = &world->records[world->count];
	struct finding_record looked_at = {.record = record, .kind = kind, .place = place};
	struct err_info info;

	sample_record(record, &world->arena, kind, text);
	memset(looked_at.id.bytes, 'a' + (int)world->count, ID_BYTES);
	world->places[world->count++] = place;
	assert_ok(finding_postings_of(&world->postings, world->rules, world->key, &looked_at, &info));
}

static bool
is_ours(void *context, uint16_t place_a, uint16_t place_b)
{
	(void)context;
	return place_a != FAR_TOWN && place_b != FAR_TOWN;
}

static bool
find_rolls(void *context, uint16_t place, const struct schema_kind *kind, uint16_t *rolls_out)
{
	const struct world *world = context;

	(void)kind;
	*rolls_out = ROLLS;
	return world->has_rolls && place != FAR_TOWN;
}

static enum err
is_excused(void *context, const struct finding_posting *own, bool *out, struct err_info *info)
{
	const struct world *world = context;

	(void)info;
	*out = false;
	for (size_t i = 0; i < world->postings.count; i++) {
		const struct finding_posting *unless_own = &world->postings.items[i];

		if (!id_equal(&unless_own->record, &own->record) ||
		    finding_side_of(world->rules, unless_own->side)->role != FINDING_UNLESS_OWN)
			continue;
		for (size_t k = 0; k < world->postings.count; k++) {
			const struct finding_posting *other = &world->postings.items[k];

			*out = *out || (finding_side_of(world->rules, other->side)->role == FINDING_UNLESS &&
			                memcmp(other->group, unless_own->group, FINDING_GROUP_BYTES) == 0);
		}
	}
	return ERR_OK;
}

static enum err
tell(void *context, const struct finding_posting *subject, const struct finding_posting *other, struct err_info *info)
{
	struct world *world = context;
	size_t used = strlen(world->told);

	(void)info;
	(void)snprintf(world->told + used, sizeof(world->told) - used, "%s%c%c", used == 0 ? "" : " ",
	               subject->record.bytes[0], other == NULL ? '-' : other->record.bytes[0]);
	return ERR_OK;
}

static int
compare(const void *a, const void *b)
{
	return finding_posting_compare(a, b);
}

/* All groups judged; what was told, "ab ba" for a because of b and b because of a. */
static const char *
judged(struct world *world)
{
	const struct finding_judge judge = {world, is_ours, find_rolls, is_excused, tell, NULL};
	struct finding_posting *items = world->postings.items;
	size_t from = 0;
	struct err_info info;

	world->told[0] = '\0';
	if (world->postings.count > 1)
		qsort(items, world->postings.count, sizeof(*items), compare);
	while (from < world->postings.count) {
		size_t to = from + 1;

		while (to < world->postings.count &&
		       memcmp(items[to].group, items[from].group, FINDING_GROUP_BYTES) == 0)
			to++;
		assert_ok(finding_group_judge(world->rules, items + from, to - from, &judge, &info));
		from = to;
	}
	return world->told;
}

#define UNIQUE(more) "\"x-unique\": [{\"rule\": \"U\", \"fields\": [\"who\"]" more "}]"

static void
two_that_agree_are_found_and_three_pairwise(void **state)
{
	struct world world;

	(void)state;
	start(&world, UNIQUE(", \"while\": {\"state\": [\"open\", null]}"));
	add(&world, TOWN_A, "aid", "{\"who\": \"x\", \"state\": \"open\"}");
	add(&world, TOWN_B, "aid", "{\"who\": \"x\"}");
	add(&world, TOWN_B, "aid", "{\"who\": \"x\", \"state\": \"closed\"}");
	add(&world, TOWN_B, "aid", "{\"who\": \"y\", \"state\": \"open\"}");
	add(&world, TOWN_B, "aid", "{\"state\": \"open\"}");
	assert_string_equal(judged(&world), "ab ba");

	add(&world, TOWN_A, "aid", "{\"who\": \"x\", \"state\": \"open\"}");
	assert_string_equal(judged(&world), "ab ba af fa bf fb");
	finish(&world);
}

static void
what_is_another_offices_duty_is_not_told(void **state)
{
	struct world world;

	(void)state;
	start(&world, UNIQUE(""));
	add(&world, TOWN_A, "aid", "{\"who\": \"x\"}");
	add(&world, FAR_TOWN, "aid", "{\"who\": \"x\"}");
	assert_string_equal(judged(&world), "");
	finish(&world);
}

static void
periods_share_a_day_or_nothing_is_found(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool is_found;
	} rows[] = {
		{"\"from\": \"2017-01\", \"to\": \"2017-06\"", "\"from\": \"2017-07\"", false},
		{"\"from\": \"2017-01\", \"to\": \"2017-07\"", "\"from\": \"2017-07\"", true},
		{"\"from\": \"2017-01\"", "\"from\": \"2030-12\", \"to\": \"2030-12\"", true},
		{"\"to\": \"2016-12\"", "\"from\": \"2017-01\"", false},
		{"\"to\": \"2016-12\"", "\"to\": \"2010-01\"", true},
		{"\"from\": \"1969-12\", \"to\": \"1969-12\"", "\"from\": \"1970-01\"", false},
		{"\"from\": \"2017-06\", \"to\": \"2017-05\"", "\"from\": \"2017-01\"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world world;
		char text[256];

		start(&world, UNIQUE(", \"during\": [\"from\", \"to\"]"));
		(void)snprintf(text, sizeof(text), "{\"who\": \"x\", %s}", rows[i].a);
		add(&world, TOWN_A, "aid", text);
		(void)snprintf(text, sizeof(text), "{\"who\": \"x\", %s}", rows[i].b);
		add(&world, TOWN_B, "aid", text);
		if ((judged(&world)[0] != '\0') != rows[i].is_found)
			fail_msg("row %zu: told '%s'", i, world.told);
		finish(&world);
	}
}

/* Who died in May may be paid for May; not for June. */
static void
a_lag_counts_from_the_first_of_a_later_month(void **state)
{
	struct world world;

	(void)state;
	start(&world, "\"x-excludes\": [{\"rule\": \"X\", \"kind\": \"deaths\", \"match\": {\"who\": \"who\"}, "
	              "\"during\": [\"from\", \"from\"], \"other_during\": [\"day\", null], \"other_lag_months\": 1}]");
	add(&world, ROLLS, "deaths", "{\"who\": \"x\", \"day\": \"2017-05-31\"}");
	add(&world, TOWN_A, "aid", "{\"who\": \"x\", \"from\": \"2017-05\"}");
	add(&world, TOWN_A, "aid", "{\"who\": \"x\", \"from\": \"2017-06\"}");
	/* a roll is never told of */
	assert_string_equal(judged(&world), "ca");
	finish(&world);
}

static void
each_member_of_a_list_is_looked_at_by_itself(void **state)
{
	struct world world;
	struct bytes about = {0};
	struct err_info info;

	(void)state;
	start(&world, "\"x-unique\": [{\"rule\": \"U\", \"fields\": [\"family/who\"], \"while\": {\"family/counted\": "
	              "true}}]");
	add(&world, TOWN_A, "aid",
	    "{\"family\": [{\"who\": \"x\", \"counted\": true}, {\"who\": \"y\", \"counted\": true}]}");
	add(&world, TOWN_B, "aid",
	    "{\"family\": [{\"who\": \"x\", \"counted\": false}, {\"who\": \"y\", \"counted\": true}]}");
	assert_string_equal(judged(&world), "ab ba");
	for (size_t i = 0; i < world.postings.count; i++) {
		const struct finding_posting *posting = &world.postings.items[i];

		bytes_clear(&about);
		assert_ok(finding_about(&about, world.rules, posting->side, posting->element,
		                        &world.records[posting->record.bytes[0] - 'a'], &info));
		assert_true(view_equal(bytes_view(&about), view_text("x")) ||
		            view_equal(bytes_view(&about), view_text("y")));
	}
	bytes_release(&about);
	finish(&world);
}

static void
elements_of_a_set_meet_a_field(void **state)
{
	struct world world;

	(void)state;
	start(&world,
	      "\"x-excludes\": [{\"rule\": \"X\", \"kind\": \"check\", \"match\": {\"set\": \"who\"}, \"tells\": "
	      "\"other\"}]");
	add(&world, TOWN_A, "aid", "{\"set\": [\"x\", \"y\"]}");
	add(&world, TOWN_B, "check", "{\"who\": \"y\"}");
	add(&world, TOWN_B, "check", "{\"who\": \"z\"}");
	assert_string_equal(judged(&world), "ba");
	finish(&world);
}

static void
what_excuses_a_record_keeps_it_from_being_told(void **state)
{
	struct world world;

	(void)state;
	start(&world, "\"x-excludes\": [{\"rule\": \"X\", \"kind\": \"deaths\", \"match\": {\"who\": \"who\"}, "
	              "\"unless\": {\"kind\": \"excuse\", \"match\": {\"who\": \"who\"}, \"while\": {\"state\": "
	              "\"given\"}}}]");
	add(&world, TOWN_A, "aid", "{\"who\": \"x\"}");
	add(&world, ROLLS, "deaths", "{\"who\": \"x\"}");
	add(&world, TOWN_A, "excuse", "{\"who\": \"x\", \"state\": \"asked\"}");
	assert_string_equal(judged(&world), "ab");

	add(&world, TOWN_A, "excuse", "{\"who\": \"x\", \"state\": \"given\"}");
	assert_string_equal(judged(&world), "");
	finish(&world);
}

static void
what_is_required_must_lie_in_the_same_partition(void **state)
{
	struct world world;

	(void)state;
	start(&world,
	      "\"x-requires\": [{\"rule\": \"C\", \"kind\": \"check\", \"match\": {\"who\": \"who\"}, \"during\": "
	      "[\"day\", \"day\"], \"other_during\": [\"day\", null]}]");
	add(&world, TOWN_A, "aid", "{\"who\": \"x\", \"day\": \"2017-05-10\"}");
	add(&world, TOWN_B, "check", "{\"who\": \"x\", \"day\": \"2017-05-01\"}");
	add(&world, TOWN_A, "check", "{\"who\": \"x\", \"day\": \"2017-05-11\"}");
	assert_string_equal(judged(&world), "a-");

	add(&world, TOWN_A, "check", "{\"who\": \"x\", \"day\": \"2017-05-10\"}");
	assert_string_equal(judged(&world), "");
	finish(&world);
}

static void
a_roll_that_nobody_holds_requires_nothing(void **state)
{
	struct world world;

	(void)state;
	start(&world, "\"x-requires\": [{\"rule\": \"C\", \"kind\": \"deaths\", \"match\": {\"who\": \"who\"}}]");
	add(&world, TOWN_A, "aid", "{\"who\": \"x\"}");
	assert_string_equal(judged(&world), "");

	world.has_rolls = true;
	assert_string_equal(judged(&world), "a-");
	add(&world, ROLLS, "deaths", "{\"who\": \"x\"}");
	assert_string_equal(judged(&world), "");
	finish(&world);
}

static void
groups_differ_between_keys_rules_and_values(void **state)
{
	static const uint8_t bytes[32] = {8};
	struct world world;
	struct finding_postings again = {0};
	struct finding_record looked_at = {.place = TOWN_A};
	struct seal_key *key = NULL;
	struct err_info info;

	(void)state;
	start(&world,
	      "\"x-unique\": [{\"rule\": \"U\", \"fields\": [\"who\"]}, {\"rule\": \"V\", \"fields\": [\"who\"]}]");
	add(&world, TOWN_A, "aid", "{\"who\": \"x\"}");
	assert_int_equal(world.postings.count, 2);
	assert_memory_not_equal(world.postings.items[0].group, world.postings.items[1].group, FINDING_GROUP_BYTES);
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	looked_at.record = &world.records[0];
	looked_at.kind = schema_set_kind(world.set, view_text("aid"));
	assert_ok(finding_postings_of(&again, world.rules, key, &looked_at, &info));
	assert_memory_not_equal(world.postings.items[0].group, again.items[0].group, FINDING_GROUP_BYTES);
	finding_postings_release(&again);
	seal_key_free(key);
	finish(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_agree_are_found_and_three_pairwise),
		cmocka_unit_test(what_is_another_offices_duty_is_not_told),
		cmocka_unit_test(periods_share_a_day_or_nothing_is_found),
		cmocka_unit_test(a_lag_counts_from_the_first_of_a_later_month),
		cmocka_unit_test(each_member_of_a_list_is_looked_at_by_itself),
		cmocka_unit_test(elements_of_a_set_meet_a_field),
		cmocka_unit_test(what_excuses_a_record_keeps_it_from_being_told),
		cmocka_unit_test(what_is_required_must_lie_in_the_same_partition),
		cmocka_unit_test(a_roll_that_nobody_holds_requires_nothing),
		cmocka_unit_test(groups_differ_between_keys_rules_and_values),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
