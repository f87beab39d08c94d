/* The file that answers a card. */
#include "golden.h"
#include "offices.h"
#include "roster/answer.h"

static struct bytes
answer_for(struct world *world, const struct office *office)
{
	const struct view sets[] = {view_text("a schema set, opaque here"), view_text("another")};
	struct bytes file = {0};
	struct err_info info;

	assert_ok(roster_answer_write(&file, world->roster, &world->county.code, &office->code, sets, 2, &info));
	return file;
}

static void
an_answer_gives_roster_and_sets(void **state)
{
	struct world *world = *state;
	struct bytes file = answer_for(world, &world->town);
	struct seal_fingerprint fingerprint;
	struct roster_answer answer;
	struct roster *roster = NULL;
	struct err_info info;

	assert_ok(roster_answer_read(&answer, bytes_view(&file), &info));
	assert_string_equal(answer.node.text, TOWN);
	assert_string_equal(answer.issuer.text, COUNTY);
	assert_true(digest_equal(&answer.root, roster_root_digest(world->roster)));
	assert_int_equal(answer.schema_set_count, 2);
	assert_true(view_equal(answer.schema_sets[1], view_text("another")));
	assert_ok(roster_answer_fingerprint(&fingerprint, &answer, &info));
	assert_ok(roster_answer_roster(&roster, &answer, &info));
	assert_non_null(roster_node_find(roster, &world->town.code));
	roster_free(roster);
	roster_answer_release(&answer);
	bytes_release(&file);
}

static void
a_cut_answer_is_refused_at_every_byte(void **state)
{
	struct world *world = *state;
	struct bytes file = answer_for(world, &world->town);
	struct roster_answer answer;
	struct err_info info;

	for (size_t size = 0; size < file.size; size++)
		assert_err(roster_answer_read(&answer, view_of(file.data, size), &info), ERR_FORMAT);
	assert_ok(bytes_append_byte(&file, 0, &info));
	assert_err(roster_answer_read(&answer, bytes_view(&file), &info), ERR_FORMAT);
	bytes_release(&file);
}

/* What is signed cannot be changed; the rest (for whom, schema sets) is compared by others. */
static void
a_flipped_bit_gives_no_other_roster(void **state)
{
	struct world *world = *state;
	struct bytes file = answer_for(world, &world->town);
	struct bytes expected = world_dump(world->roster);
	struct err_info info;
	size_t taken = 0;

	for (size_t bit = 0; bit < file.size * 8; bit += 5) {
		struct roster_answer answer;
		struct roster *roster = NULL;

		file.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (roster_answer_read(&answer, bytes_view(&file), &info) == ERR_OK) {
			if (digest_equal(&answer.root, roster_root_digest(world->roster)) &&
			    roster_answer_roster(&roster, &answer, &info) == ERR_OK) {
				struct bytes dump = world_dump(roster);

				assert_true(strstr(bytes_text(&expected), bytes_text(&dump)) != NULL ||
				            roster_node_find(roster, &world->town.code) != NULL);
				bytes_release(&dump);
				taken++;
			}
			roster_free(roster);
			roster_answer_release(&answer);
		}
		file.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	assert_true(taken > 0 && taken * 5 < file.size * 8); /* bits of the sets and of the codes */
	bytes_release(&file);
	bytes_release(&expected);
}

static void
a_later_version_says_so(void **state)
{
	struct world *world = *state;
	struct bytes file = answer_for(world, &world->town);
	struct roster_answer answer;
	struct err_info info;

	file.data[3] = '2';
	assert_err(roster_answer_read(&answer, bytes_view(&file), &info), ERR_VERSION);
	bytes_release(&file);
}

static void
claims_are_checked_before_memory_is_taken(void **state)
{
	static const char *const claims[] = {
		"54534131 83 01 ac 343330333231313030303030 02 ac 343330333231303030303030 03 dd 000fffff c4 00",
		"54534131 83 01 ac 343330333231313030303030 02 ac 343330333231303030303030 03 dd ffffffff c4 00",
		"54534131 83 01 ac 343330333231313030303030 02 ac 343330333231303030303030 03 90",
		"54534131 df ffffffff",
	};
	struct roster_answer answer;
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		struct bytes file = from_hex(claims[i]);
		enum err err = roster_answer_read(&answer, bytes_view(&file), &info);

		assert_true(err == ERR_FORMAT || err == ERR_TOO_BIG);
		bytes_release(&file);
	}
}

/* The frozen samples; a new one is written with TS_GOLDEN_WRITE=1, one that exists is never rewritten. */
static void
compare(const char *name, struct view built)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes frozen = {0};
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/golden/fuzz_roster_answer/%s", TESTS_DIR, name));
	if (getenv("TS_GOLDEN_WRITE") != NULL && !fs_exists(path))
		assert_ok(fs_write(path, built, 0644, &info));
	assert_ok(fs_read(&frozen, path, LIMIT_BUNDLE_BYTES_MAX, &info));
	assert_true(view_equal(built, bytes_view(&frozen)));
	bytes_release(&frozen);
}

static void
samples_are_what_is_written_now(void **state)
{
	struct world *world = *state;
	struct bytes file = {0};
	struct err_info info;

	file = answer_for(world, &world->town);
	compare("good-sets", bytes_view(&file));
	compare("bad-cut", view_of(file.data, file.size - 1));
	file.data[3] = '2';
	compare("bad-version", bytes_view(&file));
	file.data[3] = '1';
	file.data[4] = 0x83;
	compare("bad-count", bytes_view(&file));
	bytes_clear(&file);
	(void)world_say(world, &world->town, rotate_to(&world->town, 1));
	(void)world_say(world, &world->county, revoke_of(&world->town, 0));
	(void)world_say(world, &world->city, grant_of(&world->auditor, true));
	assert_ok(roster_answer_write(&file, world->roster, &world->city.code, &world->auditor.code, NULL, 0, &info));
	compare("good-auditor", bytes_view(&file));
	assert_ok(bytes_append_byte(&file, 0xc3, &info));
	compare("bad-behind", bytes_view(&file));
	bytes_release(&file);
}

static enum err
read_golden(struct view content, struct err_info *info)
{
	struct roster_answer answer;
	enum err err = roster_answer_read(&answer, content, info);

	if (err == ERR_OK)
		roster_answer_release(&answer);
	return err;
}

static void
golden_samples_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_roster_answer", read_golden);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(an_answer_gives_roster_and_sets),
		WORLD_TEST(a_cut_answer_is_refused_at_every_byte),
		WORLD_TEST(a_flipped_bit_gives_no_other_roster),
		WORLD_TEST(a_later_version_says_so),
		WORLD_TEST(claims_are_checked_before_memory_is_taken),
		WORLD_TEST(samples_are_what_is_written_now),
		WORLD_TEST(golden_samples_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
