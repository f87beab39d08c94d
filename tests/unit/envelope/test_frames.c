#include "builder.h"
#include "compress/compress.h"
#include "test.h"

enum {
	FOUR_FRAMES_SECTION = 3 * 65536 + 100,
	WHOLE_BESIDE = 19, /* table 9, preamble 10 */
};

struct fixture {
	struct office sender;
	struct office county;
	struct office city;
	struct bytes plain;
	struct craft craft; /* four frames, nothing wrong */
};

static int
set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){0};
	fixture.sender = office_of(CRAFT_TOWNSHIP, BUILDER_SENDER_SEED);
	fixture.county = office_of(CRAFT_COUNTY, BUILDER_COUNTY_SEED);
	fixture.city = office_of(CRAFT_CITY, BUILDER_CITY_SEED);
	fixture.craft = builder_craft(&fixture.plain, &fixture.sender, &fixture.county, FOUR_FRAMES_SECTION);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	bytes_release(&fixture->plain);
	office_release(&fixture->city);
	office_release(&fixture->county);
	office_release(&fixture->sender);
	return 0;
}

static void
assert_craft(struct fixture *fixture, const struct craft *craft, enum err expected, const char *word)
{
	struct err_info info = {0};
	enum err err = builder_read_craft(craft, &fixture->sender, &fixture->county, &info);

	if (err != expected || (word != NULL && strstr(info.text, word) == NULL))
		print_error("ERR_%s: %s\n", err_name(err), info.text);
	assert_int_equal(err, expected);
	if (word != NULL)
		assert_non_null(strstr(info.text, word));
}

static void
swap_frames(struct bytes *file, size_t at)
{
	struct bytes kept = {0};

	craft_ok(bytes_append(&kept, file->data + at, CRAFT_FRAME_BYTES, NULL));
	memcpy(file->data + at, file->data + at + CRAFT_FRAME_BYTES, CRAFT_FRAME_BYTES);
	memcpy(file->data + at + CRAFT_FRAME_BYTES, kept.data, CRAFT_FRAME_BYTES);
	bytes_release(&kept);
}

static void
double_frame(struct bytes *file, size_t at)
{
	memcpy(file->data + at + CRAFT_FRAME_BYTES, file->data + at, CRAFT_FRAME_BYTES);
}

static void
drop_first_frame(struct bytes *file, size_t at)
{
	memmove(file->data + at, file->data + at + CRAFT_FRAME_BYTES, file->size - at - CRAFT_FRAME_BYTES);
	file->size -= CRAFT_FRAME_BYTES;
}

static void
drop_middle_frame(struct bytes *file, size_t at)
{
	drop_first_frame(file, at + CRAFT_FRAME_BYTES);
}

static void
drop_last_frame(struct bytes *file, size_t at)
{
	(void)at;
	file->size -= CRAFT_FRAME_BYTES;
}

static void
flip_a_bit(struct bytes *file, size_t at)
{
	file->data[at + 2 * CRAFT_FRAME_BYTES + 1000] ^= 4;
}

static void
frames_that_moved_are_refused_even_when_signed(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;

	assert_craft(fixture, &craft, ERR_OK, NULL);
	craft.change = swap_frames;
	assert_craft(fixture, &craft, ERR_AUTH, "decryption");
	craft.change = double_frame;
	assert_craft(fixture, &craft, ERR_AUTH, "decryption");
	craft.change = flip_a_bit;
	assert_craft(fixture, &craft, ERR_AUTH, "decryption");
}

static void
frames_that_moved_on_the_way_are_refused_before_a_key_is_used(void **state)
{
	static void (*const changes[])(struct bytes *, size_t) = {swap_frames, double_frame, flip_a_bit};
	struct fixture *fixture = *state;
	struct bytes file = {0};
	struct envelope *envelope = NULL;
	struct err_info info;

	craft_write(&file, &fixture->craft);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		size_t encrypted = fixture->plain.size + 4 * (size_t)17;
		struct bytes copy = {0};

		assert_ok(bytes_append_view(&copy, bytes_view(&file), &info));
		changes[i](&copy, copy.size - encrypted);
		assert_ok(envelope_open(&envelope, bytes_view(&copy), &info));
		assert_ok(envelope_verify(envelope, office_sign_key(&fixture->sender), &info));
		assert_err(envelope_check_frames(envelope, &info), ERR_FORMAT);
		envelope_free(envelope);
		assert_err(builder_read(&envelope, bytes_view(&copy), &fixture->sender, &fixture->county, &info),
		           ERR_FORMAT);
		bytes_release(&copy);
	}
	bytes_release(&file);
}

static void
a_frame_left_out_is_refused_though_sizes_and_table_fit(void **state)
{
	static void (*const changes[])(struct bytes *, size_t) = {drop_first_frame, drop_middle_frame, drop_last_frame};
	struct fixture *fixture = *state;
	struct bytes plain = {0};
	struct craft craft = builder_craft(&plain, &fixture->sender, &fixture->county, 3 * 65536 - WHOLE_BESIDE);
	uint8_t *more = bytes_extend(&plain, 65536);

	assert_non_null(more);
	memset(more, 0, 65536);
	craft.plain = bytes_view(&plain);
	craft.missing_frames = 1; /* the table names three frames of the four */
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		craft.change = changes[i];
		assert_craft(fixture, &craft, ERR_AUTH, "frame");
	}
	bytes_release(&plain);
}

static void
frames_behind_the_final_one_are_refused_though_sizes_and_table_fit(void **state)
{
	struct fixture *fixture = *state;
	struct bytes plain = {0};
	struct craft craft =
		builder_craft(&plain, &fixture->sender, &fixture->county, 2 * 65536 - WHOLE_BESIDE + CRAFT_AFTER_BYTES);

	craft.plain.size -= CRAFT_AFTER_BYTES;
	assert_int_equal(craft.plain.size, 2 * 65536); /* FINAL is on a whole frame, so that one more fits the sizes */
	craft.frames_after = 1;
	assert_craft(fixture, &craft, ERR_AUTH, "frame");
	bytes_release(&plain);
}

static void
a_second_content_key_for_one_recipient_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;
	struct envelope *envelope = NULL;
	struct bytes file = {0};
	struct err_info info;

	craft.recipient_count = 2;
	craft.recipients[0] = fixture->city.key;
	craft.recipients[1] = fixture->county.key;
	craft.recipient_codes[0] = 4;
	craft.recipient_codes[1] = 6;
	craft.second_key = true;
	craft_write(&file, &craft);

	assert_err(builder_read(&envelope, bytes_view(&file), &fixture->sender, &fixture->county, &info), ERR_AUTH);
	assert_non_null(strstr(info.text, "commit"));

	/* the first recipient has the key that is committed to */
	assert_ok(builder_read(&envelope, bytes_view(&file), &fixture->sender, &fixture->city, &info));
	envelope_free(envelope);
	bytes_release(&file);
}

static void
a_commitment_to_other_frames_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;

	craft.other_commitment = true;
	assert_craft(fixture, &craft, ERR_AUTH, "commit");
}

static void
a_low_order_ephemeral_key_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;

	craft.low_order = true;
	assert_craft(fixture, &craft, ERR_AUTH, "content key");
}

static void
a_bundle_for_others_is_told_from_one_for_a_lost_key(void **state)
{
	struct fixture *fixture = *state;
	const struct seal_node_key *const keys[] = {fixture->city.key, fixture->county.key};
	struct envelope *envelope = NULL;
	struct bytes file = {0};
	struct err_info info;

	craft_write(&file, &fixture->craft);
	assert_ok(envelope_open(&envelope, bytes_view(&file), &info));
	assert_ok(envelope_verify(envelope, office_sign_key(&fixture->sender), &info));

	assert_err(envelope_decrypt(envelope, &fixture->city.code, keys, 2, &info), ERR_RIGHT);
	assert_err(envelope_decrypt(envelope, &fixture->county.code, keys, 1, &info), ERR_NOT_FOUND);
	assert_err(envelope_decrypt(envelope, &fixture->county.code, NULL, 0, &info), ERR_NOT_FOUND);
	assert_ok(envelope_decrypt(envelope, &fixture->county.code, keys, 2, &info));

	envelope_free(envelope);
	bytes_release(&file);
}

/** Read a plaintext given as hexadecimal text and zeros up to `size` bytes. */
static enum err
read_plain(struct fixture *fixture, const char *hex, size_t size, struct err_info *info)
{
	struct bytes plain = from_hex(hex);
	struct craft craft = fixture->craft;
	enum err err;

	while (plain.size < size)
		assert_int_equal(bytes_append_byte(&plain, 0, NULL), ERR_OK);
	craft.plain = bytes_view(&plain);
	err = builder_read_craft(&craft, &fixture->sender, &fixture->county, info);
	bytes_release(&plain);
	return err;
}

static void
a_table_that_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *hex; /* array, preamble's size, then id, plain, packed */
		size_t size;
		enum err err;
	} rows[] = {
		{"91 00", 2, ERR_OK},
		{"91 05", 7, ERR_OK},
		{"91 05", 8, ERR_FORMAT},
		{"91 05", 6, ERR_FORMAT},
		{"90", 1, ERR_FORMAT},
		{"92 00 01", 3, ERR_FORMAT},
		{"dc0001 00", 4, ERR_FORMAT},
		{"81 00 00", 3, ERR_FORMAT},
		{"91 ce00800001", 65536, ERR_TOO_BIG}, /* preamble over 8 MiB */
		{"94 00 01 05 00", 10, ERR_OK},
		{"94 00 ce00010000 05 00", 13, ERR_TOO_BIG}, /* id over 65,535 */
		{"94 00 01 05 04", 9, ERR_OK},               /* packed in 4: looked at when it is asked for */
		{"94 00 01 05 05", 10, ERR_FORMAT},          /* packed and no smaller */
		{"94 00 01 ce20000001 04", 13, ERR_TOO_BIG}, /* plain over 512 MiB */
		{"94 00 01 ce20000000 04", 13, ERR_TOO_BIG}, /* a bomb: more than 16 MiB and 256 times what is there */
		{"94 00 01 ce01000401 04", 13, ERR_TOO_BIG},
		{"94 00 01 ce01000400 04", 13, ERR_OK},
		{"94 00 01 ce20000000 00", 65536, ERR_FORMAT}, /* stored, and not there */
		{"97 00 01 00 00 02 00 00", 8, ERR_OK},        /* empty sections */
		{"dc3034 00", 65536, ERR_TOO_BIG},             /* 12,340 members: 4,113 sections */
		{"dd7fffffff 00", 65536, ERR_FORMAT},          /* more members than bytes */
		{"94 00 01 05", 3, ERR_FORMAT},                /* ends within */
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err_info info = {0};
		enum err err = read_plain(fixture, rows[i].hex, rows[i].size, &info);

		if (err != rows[i].err)
			print_error("row %zu: ERR_%s, not ERR_%s: %s\n", i, err_name(err), err_name(rows[i].err),
			            info.text);
		assert_int_equal(err, rows[i].err);
	}
}

static void
the_largest_table_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct craft craft = fixture->craft;
	struct bytes plain = {0};

	/* the longest row that can be: sizes of sections past what is there are refused only after the last row */
	craft_ok(codec_write_array(&plain, 1 + 3 * (size_t)LIMIT_SECTIONS_MAX, NULL));
	craft_ok(codec_write_uint(&plain, 0, NULL));
	for (size_t i = 0; i < LIMIT_SECTIONS_MAX; i++) {
		craft_ok(codec_write_uint(&plain, 65535, NULL));
		craft_ok(codec_write_uint(&plain, 0, NULL));
		craft_ok(codec_write_uint(&plain, 0, NULL));
	}
	craft.plain = bytes_view(&plain);
	assert_craft(fixture, &craft, ERR_OK, NULL);
	bytes_release(&plain);
}

/** Let a section claim `plain_bytes` and hold these bytes, and ask for it. */
static enum err
read_section(struct fixture *fixture, struct view packed, size_t plain_bytes, size_t size_max, struct err_info *info)
{
	struct craft craft = fixture->craft;
	struct envelope *envelope = NULL;
	struct bytes plain = {0};
	struct bytes file = {0};
	struct bytes out = {0};
	enum err err;

	craft_ok(codec_write_array(&plain, 4, NULL));
	craft_ok(codec_write_uint(&plain, 0, NULL));
	craft_ok(codec_write_uint(&plain, 2, NULL));
	craft_ok(codec_write_uint(&plain, plain_bytes, NULL));
	craft_ok(codec_write_uint(&plain, packed.size, NULL));
	craft_ok(bytes_append_view(&plain, packed, NULL));
	craft.plain = bytes_view(&plain);
	craft_write(&file, &craft);
	craft_ok(builder_read(&envelope, bytes_view(&file), &fixture->sender, &fixture->county, info));
	err = envelope_section(&out, envelope, 0, (struct view){0}, size_max, info);
	if (err == ERR_OK)
		assert_int_equal(out.size, plain_bytes);
	else
		assert_int_equal(out.size, 0);
	envelope_free(envelope);
	bytes_release(&out);
	bytes_release(&file);
	bytes_release(&plain);
	return err;
}

static void
bombs_in_sections_are_refused(void **state)
{
	enum {
		RESTORED = 4 << 20
	};
	struct fixture *fixture = *state;
	struct bytes zeros = {0};
	struct bytes bomb = {0};
	struct bytes two = {0};
	struct err_info info;

	assert_non_null(bytes_extend(&zeros, RESTORED));
	memset(zeros.data, 0, RESTORED);
	assert_ok(compress_shrink(&bomb, bytes_view(&zeros), 3, (struct view){0}, &info));
	assert_ok(bytes_append_view(&two, bytes_view(&bomb), &info));
	assert_ok(bytes_append_view(&two, bytes_view(&bomb), &info));

	assert_ok(read_section(fixture, bytes_view(&bomb), RESTORED, RESTORED, &info));
	assert_err(read_section(fixture, bytes_view(&bomb), RESTORED, RESTORED - 1, &info), ERR_TOO_BIG);
	assert_err(read_section(fixture, bytes_view(&bomb), RESTORED - 1, RESTORED, &info), ERR_FORMAT);
	assert_err(read_section(fixture, bytes_view(&bomb), RESTORED + 1, 2 * RESTORED, &info), ERR_FORMAT);
	assert_err(read_section(fixture, bytes_view(&two), 2 * RESTORED, SIZE_MAX, &info), ERR_FORMAT);
	assert_err(read_section(fixture, view_of(bomb.data, bomb.size - 1), RESTORED, SIZE_MAX, &info), ERR_FORMAT);
	assert_err(read_section(fixture, view_text("no frame"), RESTORED, SIZE_MAX, &info), ERR_FORMAT);

	bytes_release(&two);
	bytes_release(&bomb);
	bytes_release(&zeros);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(frames_that_moved_are_refused_even_when_signed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(frames_that_moved_on_the_way_are_refused_before_a_key_is_used, set_up,
	                                        tear_down),
		cmocka_unit_test_setup_teardown(a_frame_left_out_is_refused_though_sizes_and_table_fit, set_up,
	                                        tear_down),
		cmocka_unit_test_setup_teardown(frames_behind_the_final_one_are_refused_though_sizes_and_table_fit,
	                                        set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_second_content_key_for_one_recipient_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_commitment_to_other_frames_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_low_order_ephemeral_key_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bundle_for_others_is_told_from_one_for_a_lost_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_table_that_does_not_fit_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_largest_table_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bombs_in_sections_are_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
