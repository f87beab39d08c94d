/*
 * The frozen samples of tests/golden: built again from their seeds they are the same bytes, good ones are read and bad ones
 * refused. A new sample is written by running this test once with TS_GOLDEN_WRITE=1; one that exists is never rewritten.
 */
#include <stdlib.h>

#include "base/fs.h"
#include "builder.h"
#include "compress/compress.h"
#include "golden.h"
#include "test.h"

struct offices {
	struct office sender;
	struct office county;
	struct office city;
};

static int
set_up(void **state)
{
	static struct offices offices;

	offices.sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	offices.county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	offices.city = office_of(CRAFT_CITY, BUILDER_CITY_SEED);
	*state = &offices;
	return 0;
}

static int
tear_down(void **state)
{
	struct offices *offices = *state;

	office_release(&offices->sender);
	office_release(&offices->county);
	office_release(&offices->city);
	return 0;
}

/** A good craft of 150 bytes, changed by the sample's own function. */
static void
write_craft(struct bytes *out, const struct offices *offices, void (*change)(struct craft *, const struct offices *))
{
	struct bytes plain = {0};
	struct craft craft = builder_craft(&plain, &offices->sender, &offices->county, BUILDER_SECTION_BYTES);

	if (change != NULL)
		change(&craft, offices);
	craft_write(out, &craft);
	bytes_release(&plain);
}

static void
idle(struct bytes *out, const struct offices *offices)
{
	struct bytes noise = builder_noise(BUILDER_SECTION_BYTES, 5);

	*out = builder_small(&offices->sender, &offices->county, view_text("0123456789"), bytes_view(&noise));
	bytes_release(&noise);
}

static void
statements(struct bytes *out, const struct offices *offices)
{
	struct view texts[] = {view_text("tiersync-enrol 1\n"), view_text("tiersync-rotate 1\n")};
	struct envelope_addressee addressees[] = {office_addressee(&offices->county), office_addressee(&offices->city)};
	struct envelope_content contents[] = {{.id = 1, .plain = view_text("one")}, {.id = 2}};
	struct envelope_letter letter = {
		.terms = builder_terms(),
		.addressees = addressees,
		.addressee_count = 2,
		.sections = contents,
		.section_count = 2,
		.level = 1,
	};
	uint64_t seed = 78;
	struct env env = craft_env(&seed);

	letter.terms.sender = craft_code("430321000000.fin");
	letter.terms.statements = texts;
	letter.terms.statement_count = 2;
	craft_ok(envelope_write(out, NULL, &letter, offices->sender.key, &env, NULL));
}

/** zstd's own bytes differ between its versions: this one is read, not compared. */
static void
packed(struct bytes *out, const struct offices *offices)
{
	struct bytes text = {0};

	for (int i = 0; i < 50; i++)
		craft_ok(bytes_append_text(&text, "the same line again\n", NULL));
	*out = builder_small(&offices->sender, &offices->county, view_text("preamble"), bytes_view(&text));
	bytes_release(&text);
}

static void
recipients_65(struct craft *craft, const struct offices *offices)
{
	craft->recipient_count = 65;
	for (size_t i = 0; i < 65; i++) {
		craft->recipients[i] = offices->county.key;
		craft->recipient_codes[i] = 110000000000 + i;
	}
}

static void
recipient_twice(struct craft *craft, const struct offices *offices)
{
	craft->recipient_count = 2;
	craft->recipients[1] = offices->county.key;
	craft->recipient_codes[1] = craft->recipient_codes[0];
}

static void
recipient_in_full(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->recipient_codes[0] = 430321000000;
}

static void
keys_cut(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->keys_cut = 1;
}

static void
newer_version(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->version = 2;
}

static void
newer_suite(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->suite = 2;
}

static void
second_key(struct craft *craft, const struct offices *offices)
{
	craft->recipient_count = 2;
	craft->recipients[0] = offices->city.key;
	craft->recipients[1] = offices->county.key;
	craft->recipient_codes[0] = 4;
	craft->recipient_codes[1] = 6;
	craft->second_key = true;
}

static void
low_order(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->low_order = true;
}

static void
other_commitment(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->other_commitment = true;
}

static void
flip_last(struct bytes *file, size_t at)
{
	(void)at;
	file->data[file->size - 1] ^= 1;
}

static void
flipped_frame(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->change = flip_last;
}

static void
table_short(struct craft *craft, const struct offices *offices)
{
	(void)offices;
	craft->plain.size--;
}

/** A sample: built by `build`, or by a craft and what is changed of it. */
struct sample {
	const char *name;
	void (*build)(struct bytes *out, const struct offices *offices);
	void (*change)(struct craft *craft, const struct offices *offices);
	bool is_compared;
};

static const struct sample manifest_samples[] = {
	{"good-idle.tsb", idle, NULL, true},
	{"good-statements.tsb", statements, NULL, true},
	{"good-second-writer.tsb", NULL, NULL, true},
	{"bad-65-recipients.tsb", NULL, recipients_65, true},
	{"bad-recipient-twice.tsb", NULL, recipient_twice, true},
	{"bad-recipient-in-full.tsb", NULL, recipient_in_full, true},
	{"bad-keys-cut.tsb", NULL, keys_cut, true},
	{"bad-newer-version.tsb", NULL, newer_version, true},
	{"bad-newer-suite.tsb", NULL, newer_suite, true},
};

static const struct sample bundle_samples[] = {
	{"good-idle.tsb", idle, NULL, true},
	{"good-packed.tsb", packed, NULL, false},
	{"good-two-recipients.tsb", statements, NULL, true},
	{"good-second-writer.tsb", NULL, NULL, true},
	{"bad-second-key.tsb", NULL, second_key, true},
	{"bad-low-order.tsb", NULL, low_order, true},
	{"bad-other-commitment.tsb", NULL, other_commitment, true},
	{"bad-flipped-frame.tsb", NULL, flipped_frame, true},
	{"bad-table-short.tsb", NULL, table_short, true},
};

/** The sample's frozen bytes, compared with what is built now. */
static struct bytes
sample_load(const struct sample *sample, const char *directory, const struct offices *offices)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes frozen = {0};
	struct bytes built = {0};
	struct err_info info;

	if (sample->build != NULL)
		sample->build(&built, offices);
	else
		write_craft(&built, offices, sample->change);
	assert_ok(fs_path(path, &info, "%s/golden/%s/%s", TESTS_DIR, directory, sample->name));
	if (getenv("TS_GOLDEN_WRITE") != NULL && !fs_exists(path))
		assert_ok(fs_write(path, bytes_view(&built), 0644, &info));
	assert_ok(fs_read(&frozen, path, LIMIT_BUNDLE_BYTES_MAX, &info));
	if (sample->is_compared && !view_equal(bytes_view(&built), bytes_view(&frozen)))
		print_error("%s is not what is built now\n", path);
	if (sample->is_compared)
		assert_true(view_equal(bytes_view(&built), bytes_view(&frozen)));
	bytes_release(&built);
	return frozen;
}

static void
golden_manifests_are_opened_or_refused(void **state)
{
	const struct offices *offices = *state;

	for (size_t i = 0; i < sizeof(manifest_samples) / sizeof(*manifest_samples); i++) {
		const struct sample *sample = &manifest_samples[i];
		struct bytes file = sample_load(sample, "fuzz_envelope_manifest", offices);
		struct envelope *envelope = NULL;
		struct err_info info;
		bool is_good = strncmp(sample->name, "good-", 5) == 0;

		assert_int_equal(envelope_open(&envelope, bytes_view(&file), &info) == ERR_OK, is_good);
		envelope_free(envelope);
		bytes_release(&file);
	}
}

static void
golden_bundles_are_read_or_refused(void **state)
{
	const struct offices *offices = *state;

	for (size_t i = 0; i < sizeof(bundle_samples) / sizeof(*bundle_samples); i++) {
		const struct sample *sample = &bundle_samples[i];
		struct bytes file = sample_load(sample, "fuzz_envelope_bundle", offices);
		struct envelope *envelope = NULL;
		struct bytes section = {0};
		struct err_info info;
		bool is_good = strncmp(sample->name, "good-", 5) == 0;
		enum err err = builder_read(&envelope, bytes_view(&file), &offices->sender, &offices->county, &info);

		assert_int_equal(err == ERR_OK, is_good);
		if (is_good)
			assert_ok(envelope_section(&section, envelope, 0, (struct view){0}, SIZE_MAX, &info));
		bytes_release(&section);
		envelope_free(envelope);
		bytes_release(&file);
	}
}

/** The offices' keys as files, for a reader that does not know how their seeds become keys. */
static void
keys_are_what_is_written_now(void **state)
{
	const struct offices *offices = *state;
	const struct {
		const char *name;
		const struct seal_node_key *key;
	} keys[] = {{"township.key", offices->sender.key}, {"county.key", offices->county.key}};
	const struct env env = env_system();
	const char *directory = support_scratch();

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes file = {0};
		struct err_info info;

		assert_ok(fs_path(path, &info, "%s/%s", directory, keys[i].name));
		assert_ok(seal_node_key_save(path, keys[i].key, (struct view){0}, &env, &info));
		assert_ok(fs_read(&file, path, LIMIT_KEY_FILE_BYTES_MAX, &info));
		golden_frozen("keys", keys[i].name, &file);
	}
	support_remove(directory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(golden_manifests_are_opened_or_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys_are_what_is_written_now, set_up, tear_down),
		cmocka_unit_test_setup_teardown(golden_bundles_are_read_or_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
