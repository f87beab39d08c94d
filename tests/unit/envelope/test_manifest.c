#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "builder.h"
#include "test.h"

struct fixture {
	struct office sender;
	struct office county;
	struct bytes file;  /* a small good bundle */
	struct bytes plain; /* of the craft */
	struct craft craft;
};

static int
set_up(void **state)
{
	static struct fixture fixture;
	struct bytes noise = builder_noise(40, 5);

	fixture = (struct fixture){0};
	fixture.sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	fixture.county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	fixture.file = builder_small(&fixture.sender, &fixture.county, view_text("0123456789"), bytes_view(&noise));
	fixture.craft = builder_craft(&fixture.plain, &fixture.sender, &fixture.county, BUILDER_SECTION_BYTES);
	bytes_release(&noise);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	bytes_release(&fixture->file);
	bytes_release(&fixture->plain);
	office_release(&fixture->county);
	office_release(&fixture->sender);
	return 0;
}

/** Refused, with a code for damage or forgery, and a text that names the stage. */
static void
assert_refused(struct fixture *fixture, struct view file)
{
	struct envelope *envelope = NULL;
	struct err_info info = {0};
	enum err err = builder_read(&envelope, file, &fixture->sender, &fixture->county, &info);

	assert_true(err == ERR_FORMAT || err == ERR_TOO_BIG || err == ERR_VERSION || err == ERR_AUTH);
	assert_null(envelope);
	assert_memory_equal(info.text, "bundle, ", 8);
}

static void
every_flipped_bit_is_refused(void **state)
{
	struct fixture *fixture = *state;

	for (size_t bit = 0; bit < 8 * fixture->file.size; bit++) {
		fixture->file.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_refused(fixture, bytes_view(&fixture->file));
		fixture->file.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

static void
every_truncation_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct envelope *envelope = NULL;
	struct err_info info;

	for (size_t size = 0; size < fixture->file.size; size++)
		assert_err(envelope_open(&envelope, view_of(fixture->file.data, size), &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "truncated"));
}

static void
appended_bytes_are_refused(void **state)
{
	static const uint8_t skippable_frame[] = {0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0};
	struct fixture *fixture = *state;
	struct bytes first = {0};
	struct bytes file = {0};
	struct err_info info;
	const struct view tails[] = {
		{(const uint8_t *)"", 1}, bytes_view(&fixture->file), {skippable_frame, sizeof(skippable_frame)}};

	assert_ok(bytes_append_view(&first, bytes_view(&fixture->file), &info));
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct envelope *envelope = NULL;

		bytes_clear(&file);
		assert_ok(bytes_append_view(&file, bytes_view(&first), &info));
		assert_ok(bytes_append_view(&file, tails[i], &info));
		assert_err(envelope_open(&envelope, bytes_view(&file), &info), ERR_FORMAT);
	}
	bytes_release(&file);
	bytes_release(&first);
}

static void
a_newer_version_or_suite_is_named(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;
	struct err_info info;

	craft.version = 2;
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_VERSION);
	assert_non_null(strstr(info.text, "version 2"));
	craft.version = 0;
	craft.suite = 2;
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_VERSION);
	assert_non_null(strstr(info.text, "0x0002"));
	assert_non_null(strstr(info.text, "0x0001"));
	fixture->file.data[6] = 0;
	assert_refused(fixture, bytes_view(&fixture->file));
}

static void
a_stranger_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct envelope *envelope = NULL;
	struct err_info info;

	assert_ok(envelope_open(&envelope, bytes_view(&fixture->file), &info));
	assert_err(envelope_verify(envelope, office_sign_key(&fixture->county), &info), ERR_AUTH);
	assert_ok(envelope_verify(envelope, office_sign_key(&fixture->sender), &info));
	envelope_free(envelope);
}

/** Write the manifest's elements up to the keys from a list of encoded pieces, and read them. */
static enum err
read_elements(struct fixture *fixture, const char *hex, struct err_info *info)
{
	struct bytes elements = from_hex(hex);
	struct craft craft = fixture->craft;
	enum err err;

	craft.before_keys = bytes_view(&elements);
	err = builder_read_craft(&craft, &fixture->sender, &fixture->county, info);
	bytes_release(&elements);
	return err;
}

/* the frames of the craft's plaintext of 166 bytes have 183 = 0xb7 */
#define SENDER "cf 0000006431 22e4e0 "
#define TIME "ce 5a209b80 "
#define ROSTER "91 93 06 01 c4080102030405060708 "
#define SIZE "ccb7 "

static void
only_the_one_spelling_of_a_manifest_is_taken(void **state)
{
	static const struct {
		const char *hex;
		enum err err;
	} rows[] = {
		{"97" SENDER "91 06 07" TIME ROSTER SIZE, ERR_OK},
		{"97" SENDER "91 06 07" TIME "90" SIZE, ERR_OK},
		{"98" SENDER "91 06 07" TIME ROSTER SIZE "91 c401aa", ERR_OK},
		{"96" SENDER "91 06 07" TIME ROSTER, ERR_FORMAT},
		{"99" SENDER "91 06 07" TIME ROSTER SIZE "91 c401aa 00", ERR_FORMAT},
		{"dc0007" SENDER "91 06 07" TIME ROSTER SIZE, ERR_FORMAT},
		{"97" SENDER "90 07" TIME ROSTER SIZE, ERR_FORMAT},                     /* no recipient */
		{"97" SENDER "91 cf 0000006431215e40 07" TIME ROSTER SIZE, ERR_FORMAT}, /* the county, not shortened */
		{"97" SENDER "91 07 07" TIME ROSTER SIZE, ERR_OK},                      /* the township by 7 digits */
		{"97" SENDER "91 08 07" TIME ROSTER SIZE, ERR_FORMAT}, /* 43032110: seven digits say it */
		{"97" SENDER "91 03 07" TIME ROSTER SIZE, ERR_FORMAT}, /* 430: two digits say it */
		{"97" SENDER "91 00 07" TIME ROSTER SIZE, ERR_FORMAT}, /* no code */
		{"97" SENDER "91 0d 07" TIME ROSTER SIZE, ERR_OK},     /* 000000000013 */
		{"97" SENDER "91 cf 000000e8d4a51000 07" TIME ROSTER SIZE, ERR_FORMAT}, /* 13 digits */
		{"97" SENDER "91 9206a3 66696e 07" TIME ROSTER SIZE, ERR_OK},           /* a department */
		{"97" SENDER "91 9206a0 07" TIME ROSTER SIZE, ERR_FORMAT},
		{"97" SENDER "91 9206a3 46696e 07" TIME ROSTER SIZE, ERR_FORMAT},
		{"97" SENDER "91 9106 07" TIME ROSTER SIZE, ERR_FORMAT},
		{"97" SENDER "91 06 00" TIME ROSTER SIZE, ERR_FORMAT}, /* number 0 */
		{"97" SENDER "91 06 cc07" TIME ROSTER SIZE, ERR_FORMAT},
		{"97" SENDER "91 06 07 ff" ROSTER SIZE, ERR_FORMAT},
		{"97" SENDER "91 06 07 cf 0000003afff44180" ROSTER SIZE, ERR_TOO_BIG}, /* the year 10000 */
		{"97" SENDER "91 06 07" TIME "91 93 06 00 c4080102030405060708" SIZE, ERR_FORMAT},
		{"97" SENDER "91 06 07" TIME "91 93 06 cf0000000100000000 c4080102030405060708" SIZE, ERR_TOO_BIG},
		{"97" SENDER "91 06 07" TIME "91 93 06 01 c40701020304050607" SIZE, ERR_FORMAT},
		{"97" SENDER "91 06 07" TIME "91 92 06 01" SIZE, ERR_FORMAT},
		{"97" SENDER "91 06 07" TIME "92 93 06 01 c4080102030405060708 93 06 02 c4080102030405060708" SIZE,
	         ERR_FORMAT},
		{"97" SENDER "91 06 07" TIME "99 93 06 01 c4080102030405060708" SIZE, ERR_TOO_BIG},
		{"97" SENDER "91 06 07" TIME ROSTER "ccb8", ERR_FORMAT}, /* a byte more than there is */
		{"97" SENDER "91 06 07" TIME ROSTER "ccb6", ERR_FORMAT},
		{"97" SENDER "91 06 07" TIME ROSTER "11", ERR_FORMAT}, /* a frame of nothing */
		{"97" SENDER "91 06 07" TIME ROSTER "ce40000001", ERR_TOO_BIG},
		{"98" SENDER "91 06 07" TIME ROSTER SIZE "90", ERR_FORMAT},
		{"98" SENDER "91 06 07" TIME ROSTER SIZE "91 c400", ERR_FORMAT},
		{"98" SENDER "91 06 07" TIME ROSTER SIZE "dd ffffffff", ERR_FORMAT}, /* more than bytes left */
		{"97" SENDER "dd ffffffff 06 07" TIME ROSTER SIZE, ERR_FORMAT},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err_info info = {0};
		enum err err = read_elements(fixture, rows[i].hex, &info);

		/* addressed to another office is good spelling too */
		if (err == ERR_RIGHT)
			err = ERR_OK;
		if (err != rows[i].err)
			print_error("row %zu: ERR_%s, not ERR_%s: %s\n", i, err_name(err), err_name(rows[i].err),
			            info.text);
		assert_int_equal(err, rows[i].err);
	}
}

static void
sixty_five_recipients_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;
	struct err_info info;

	craft.recipient_count = LIMIT_RECIPIENTS_MAX + 1;
	for (size_t i = 0; i < craft.recipient_count; i++) {
		craft.recipients[i] = fixture->county.key;
		craft.recipient_codes[i] = 110000000000 + i;
	}
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_TOO_BIG);
	assert_non_null(strstr(info.text, "65 recipients"));
	craft.recipient_count = LIMIT_RECIPIENTS_MAX;
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_RIGHT);
}

static void
recipients_twice_or_out_of_order_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;
	struct err_info info;

	craft.recipient_count = 2;
	craft.recipients[1] = fixture->county.key;
	craft.recipient_codes[1] = 6;
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_FORMAT);
	assert_non_null(strstr(info.text, "twice"));
	craft.recipient_codes[1] = 4; /* the city comes before the county */
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_FORMAT);
	craft.recipient_codes[0] = 4;
	craft.recipient_codes[1] = 6;
	assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_OK);
}

static void
keys_of_the_wrong_size_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;
	struct err_info info;

	for (size_t cut = 1; cut <= 32; cut++) {
		craft.keys_cut = cut;
		assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info), ERR_FORMAT);
	}
}

static void
statements_over_their_limit_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct bytes elements = from_hex("98" SENDER "91 06 07" TIME ROSTER SIZE "92");
	struct bytes statement = builder_noise(LIMIT_MANIFEST_STATEMENTS_BYTES_MAX / 2, 5);
	struct craft craft = fixture->craft;
	size_t start = elements.size;
	struct err_info info;

	for (int more = 0; more < 2; more++) {
		elements.size = start;
		assert_ok(codec_write_bin(&elements, bytes_view(&statement), &info));
		if (more == 1)
			assert_ok(bytes_append_byte(&statement, 0, &info));
		assert_ok(codec_write_bin(&elements, bytes_view(&statement), &info));
		craft.before_keys = bytes_view(&elements);
		assert_int_equal(builder_read_craft(&craft, &fixture->sender, &fixture->county, &info),
		                 more == 1 ? ERR_TOO_BIG : ERR_OK);
	}
	bytes_release(&statement);
	bytes_release(&elements);
}

static void
a_manifest_over_its_limit_is_refused_unread(void **state)
{
	struct fixture *fixture = *state;
	struct envelope *envelope = NULL;
	struct err_info info;

	fixture->file.data[7] = 0x04;
	fixture->file.data[8] = 0x00;
	fixture->file.data[9] = 0x01;
	assert_err(envelope_open(&envelope, bytes_view(&fixture->file), &info), ERR_TOO_BIG);
}

static long
peak_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void
a_large_hostile_file_takes_no_memory(void **state)
{
	enum {
		HOSTILE_BYTES = 64 << 20,
		ROOM_KIB = 16 << 10,
	};
	struct fixture *fixture = *state;
	struct bytes elements = from_hex("97" SENDER "91 06 07" TIME ROSTER);
	struct craft craft = fixture->craft;
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes file = {0};
	struct envelope *envelope = NULL;
	struct err_info info;
	long before;
	FILE *stream;

	assert_ok(codec_write_uint(&elements, HOSTILE_BYTES, &info));
	craft.before_keys = bytes_view(&elements);
	craft_write(&file, &craft);
	assert_ok(fs_path(path, &info, "%s/a.tsb", directory));
	assert_ok(fs_write(path, bytes_view(&file), 0600, &info));
	/* 183 bytes of real frames, then a hole */
	assert_int_equal(truncate(path, (off_t)(file.size - 183 + HOSTILE_BYTES)), 0);
	stream = fopen(path, "rb");
	assert_non_null(stream);
	before = peak_kib();

	assert_ok(envelope_open_fd(&envelope, fileno(stream), path, &info));
	assert_ok(envelope_verify(envelope, office_sign_key(&fixture->sender), &info));
	assert_err(envelope_check_frames(envelope, &info), ERR_FORMAT);

	assert_true(peak_kib() - before < ROOM_KIB);
	envelope_free(envelope);
	(void)fclose(stream);
	support_remove(directory);
	bytes_release(&file);
	bytes_release(&elements);
}

static void
a_pipe_is_no_bundle(void **state)
{
	struct envelope *envelope = NULL;
	struct err_info info;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_err(envelope_open_fd(&envelope, ends[0], "pipe", &info), ERR_FORMAT);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_flipped_bit_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_truncation_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(appended_bytes_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_newer_version_or_suite_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stranger_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_the_one_spelling_of_a_manifest_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sixty_five_recipients_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(recipients_twice_or_out_of_order_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys_of_the_wrong_size_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(statements_over_their_limit_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_manifest_over_its_limit_is_refused_unread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_large_hostile_file_takes_no_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_pipe_is_no_bundle, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
