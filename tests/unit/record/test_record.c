#include <string.h>

#include "base/fs.h"
#include "record/record.h"
#include "schema/schema.h"
#include "test.h"

/* kind "t", version 1, field 1 = 7, field 2 = "甲" */
static const char SMALL[] = "93 a174 01 82 0107 02a3e794b2";
/* the same with field 3 = [1, 2] and all three built-in sets */
static const char FULL[] =
	"94 a174 01 83 0107 02a3e794b2 03920102 83"
	"01 92 c41000000000000000000000000000000001 c41000000000000000000000000000000002"
	"02 91 c41000000000000000000000000000000003"
	"03 91 92 a572756c6531 c420 0000000000000000000000000000000000000000000000000000000000000004";

static enum err
read_hex(struct record *out, struct arena *arena, struct bytes *plaintext, const char *hex, struct err_info *info)
{
	*plaintext = from_hex(hex);
	return record_read(out, arena, bytes_view(plaintext), LIMIT_RECORD_BYTES_MAX, info);
}

static void
assert_refused(const char *hex, enum err code)
{
	struct arena arena = {0};
	struct bytes plaintext;
	struct err_info info = {0};
	struct record record;

	assert_err(read_hex(&record, &arena, &plaintext, hex, &info), code);
	bytes_release(&plaintext);
	arena_release(&arena);
}

static void
a_record_is_read_without_copying_its_values(void **state)
{
	struct arena arena = {0};
	struct bytes plaintext;
	struct err_info info;
	struct record record;

	(void)state;
	assert_ok(read_hex(&record, &arena, &plaintext, SMALL, &info));

	assert_true(view_equal(record.kind, view_text("t")));
	assert_int_equal(record.schema_version, 1);
	assert_int_equal(record.field_count, 2);
	assert_hex(record_get(&record, 1), "07");
	assert_hex(record_get(&record, 2), "a3e794b2");
	assert_ptr_equal(record_get(&record, 2).data, plaintext.data + 8);
	assert_int_equal(record_get(&record, 3).size, 0);
	bytes_release(&plaintext);
	arena_release(&arena);
}

static void
what_was_read_is_written_byte_for_byte(void **state)
{
	const char *const samples[] = {SMALL, FULL, "93a1740080", "93 a174 ceffffffff 81 cdffff c3"};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct arena arena = {0};
		struct bytes plaintext;
		struct bytes again = {0};
		struct err_info info;
		struct record record;

		assert_ok(read_hex(&record, &arena, &plaintext, samples[i], &info));
		assert_ok(record_write(&again, &record, LIMIT_RECORD_BYTES_MAX, &info));

		assert_hex(bytes_view(&again), samples[i]);
		bytes_release(&plaintext);
		bytes_release(&again);
		arena_release(&arena);
	}
}

static void
built_in_sets_are_found_by_their_number(void **state)
{
	struct arena arena = {0};
	struct bytes plaintext;
	struct err_info info;
	struct record record;

	(void)state;
	assert_ok(read_hex(&record, &arena, &plaintext, FULL, &info));

	assert_hex(record.built_in[RECORD_WAS], "91 c41000000000000000000000000000000003");
	assert_string_equal(record_built_in_name(RECORD_DISTINCT), "distinct");
	assert_string_equal(record_built_in_name(RECORD_ACCEPTED), "accepted");
	bytes_release(&plaintext);
	arena_release(&arena);
}

static void
another_spelling_of_a_record_is_refused(void **state)
{
	(void)state;
	assert_refused("", ERR_FORMAT);
	assert_refused("92 a174 01", ERR_FORMAT);                     /* no fields */
	assert_refused("95 a174 01 80 8101 91 01", ERR_FORMAT);       /* five members */
	assert_refused("93 a0 01 80", ERR_FORMAT);                    /* no kind */
	assert_refused("93 a174 ff 80", ERR_FORMAT);                  /* a negative version */
	assert_refused("93 a174 cc01 80", ERR_FORMAT);                /* not the shortest version */
	assert_refused("93 a174 cf0000000100000000 80", ERR_TOO_BIG); /* version 2^32 */
	assert_refused("93 a174 01 82 0201 0101", ERR_FORMAT);        /* fields descend */
	assert_refused("93 a174 01 82 0101 0101", ERR_FORMAT);        /* a field twice */
	assert_refused("93 a174 01 81 0001", ERR_TOO_BIG);            /* field 0 */
	assert_refused("93 a174 01 81 ce00010000 01", ERR_TOO_BIG);   /* field 65536 */
	assert_refused("93 a174 01 81 01a0", ERR_FORMAT);             /* "" */
	assert_refused("93 a174 01 81 0190", ERR_FORMAT);             /* [] */
	assert_refused("93 a174 01 81 0180", ERR_FORMAT);             /* {} */
	assert_refused("93 a174 01 81 01c400", ERR_FORMAT);           /* no bytes */
	assert_refused("93 a174 01 81 01 81 01 a0", ERR_FORMAT);      /* {1: ""} */
	assert_refused("93 a174 01 81 01c0", ERR_FORMAT);             /* nil */
	assert_refused("93 a174 01 81 01ca00000000", ERR_FORMAT);     /* a float */
	assert_refused("93 a174 01 81 01a1ff", ERR_FORMAT);           /* not UTF-8 */
	assert_refused("93 a174 01 80 00", ERR_FORMAT);               /* a byte behind */
	assert_refused("93 a174 01 df10000000", ERR_FORMAT);          /* more fields than bytes */
	assert_refused("94 a174 01 80 80", ERR_FORMAT);               /* built-in sets that are none */
	assert_refused("94 a174 01 80 8101 90", ERR_FORMAT);          /* an empty one */
	assert_refused("94 a174 01 80 8104 9101", ERR_FORMAT);        /* a fourth one */
	assert_refused("94 a174 01 80 8101 91 c40f 000000000000000000000000000000", ERR_FORMAT); /* an id of 15 bytes */
	assert_refused("94 a174 01 80 8101 92 c41000000000000000000000000000000002"
	               "c41000000000000000000000000000000001",
	               ERR_FORMAT); /* not sorted */
	assert_refused("94 a174 01 80 8101 92 c41000000000000000000000000000000002"
	               "c41000000000000000000000000000000002",
	               ERR_FORMAT);                            /* twice */
	assert_refused("94 a174 01 80 8103 9101", ERR_FORMAT); /* no [rule, digest] */
}

static void
a_record_cut_at_any_byte_is_refused(void **state)
{
	struct bytes plaintext = from_hex(FULL);
	struct arena arena = {0};
	struct err_info info = {0};
	struct record record;

	(void)state;
	for (size_t size = 0; size < plaintext.size; size++)
		assert_err(record_read(&record, &arena, view_of(plaintext.data, size), LIMIT_RECORD_BYTES_MAX, &info),
		           ERR_FORMAT);
	bytes_release(&plaintext);
	arena_release(&arena);
}

static void
a_flipped_bit_is_refused_or_gives_another_record(void **state)
{
	struct bytes plaintext = from_hex(FULL);
	size_t accepted = 0;

	(void)state;
	for (size_t bit = 0; bit < plaintext.size * 8; bit++) {
		struct arena arena = {0};
		struct bytes again = {0};
		struct record record;

		plaintext.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (record_read(&record, &arena, bytes_view(&plaintext), LIMIT_RECORD_BYTES_MAX, NULL) == ERR_OK) {
			assert_int_equal(record_write(&again, &record, LIMIT_RECORD_BYTES_MAX, NULL), ERR_OK);
			assert_true(view_equal(bytes_view(&again), bytes_view(&plaintext)));
			accepted++;
		}
		plaintext.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		bytes_release(&again);
		arena_release(&arena);
	}
	assert_in_range(accepted, 1, plaintext.size * 8 - 1);
	bytes_release(&plaintext);
}

static void
the_limit_of_a_record_holds_both_ways(void **state)
{
	struct arena arena = {0};
	struct bytes plaintext = from_hex(SMALL);
	struct bytes out = {0};
	struct err_info info;
	struct record record;

	(void)state;
	assert_err(record_read(&record, &arena, bytes_view(&plaintext), plaintext.size - 1, &info), ERR_TOO_BIG);
	assert_ok(record_read(&record, &arena, bytes_view(&plaintext), plaintext.size, &info));
	assert_err(record_write(&out, &record, plaintext.size - 1, &info), ERR_TOO_BIG);
	assert_int_equal(out.size, 0);
	assert_ok(record_write(&out, &record, plaintext.size, &info));
	bytes_release(&plaintext);
	bytes_release(&out);
	arena_release(&arena);
}

static void
setting_fields_in_any_order_gives_one_encoding(void **state)
{
	struct arena arena = {0};
	struct bytes out = {0};
	struct err_info info;
	struct record record = {.kind = view_text("t"), .schema_version = 1};

	(void)state;
	for (uint32_t number = 40; number > 0; number--)
		assert_ok(record_set(&record, &arena, number, view_text("\x05"), &info));
	for (uint32_t number = 3; number <= 40; number++)
		assert_ok(record_set(&record, &arena, number, (struct view){0}, &info));
	assert_ok(record_set(&record, &arena, 17, (struct view){0}, &info));
	assert_ok(record_set(&record, &arena, 1, view_text("\x07"), &info));
	assert_ok(record_set(&record, &arena, 2, view_text("\xa3甲"), &info));

	assert_ok(record_write(&out, &record, LIMIT_RECORD_BYTES_MAX, &info));
	assert_hex(bytes_view(&out), SMALL);
	bytes_release(&out);
	arena_release(&arena);
}

static void
a_record_takes_no_more_fields_than_the_limit(void **state)
{
	struct arena arena = {0};
	struct err_info info;
	struct record record = {.kind = view_text("t")};

	(void)state;
	for (uint32_t number = 1; number <= LIMIT_FIELDS_MAX; number++)
		assert_ok(record_set(&record, &arena, number, view_text("\x05"), &info));

	assert_err(record_set(&record, &arena, LIMIT_FIELDS_MAX + 1, view_text("\x05"), &info), ERR_TOO_BIG);
	arena_release(&arena);
}

static void
a_copy_outlives_what_it_was_copied_from(void **state)
{
	struct arena arena = {0};
	struct arena other = {0};
	struct bytes plaintext;
	struct bytes out = {0};
	struct err_info info;
	struct record record;
	struct record copy;

	(void)state;
	assert_ok(read_hex(&record, &other, &plaintext, FULL, &info));
	assert_ok(record_copy(&copy, &arena, &record, &info));
	assert_true(record_equal(&copy, &record));
	bytes_release(&plaintext);
	arena_release(&other);

	assert_ok(record_write(&out, &copy, LIMIT_RECORD_BYTES_MAX, &info));
	assert_hex(bytes_view(&out), FULL);
	assert_ok(record_set(&copy, &arena, 9, view_text("\x05"), &info));
	bytes_release(&out);
	arena_release(&arena);
}

static void
golden_samples_keep_their_verdict(void **state)
{
	static const char directory[] = TESTS_DIR "/golden/fuzz_record_reader";
	struct fs_names names;
	struct err_info info;

	(void)state;
	assert_ok(fs_list(&names, directory, SIZE_MAX, &info));
	assert_true(names.count > 10);
	for (size_t i = 0; i < names.count; i++) {
		bool is_good = strncmp(names.names[i], "good", 4) == 0;
		char path[LIMIT_PATH_BYTES_MAX];
		struct arena arena = {0};
		struct bytes content = {0};
		struct record record;
		enum err err;

		assert_ok(fs_path(path, &info, "%s/%s", directory, names.names[i]));
		assert_ok(fs_read(&content, path, LIMIT_RECORD_BYTES_MAX + 1, &info));
		err = record_read(&record, &arena, bytes_view(&content), LIMIT_RECORD_BYTES_MAX, &info);
		if ((err == ERR_OK) != is_good)
			fail_msg("%s: ERR_%s", names.names[i], err_name(err));
		bytes_release(&content);
		arena_release(&arena);
	}
	fs_names_release(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read_without_copying_its_values),
		cmocka_unit_test(what_was_read_is_written_byte_for_byte),
		cmocka_unit_test(built_in_sets_are_found_by_their_number),
		cmocka_unit_test(another_spelling_of_a_record_is_refused),
		cmocka_unit_test(a_record_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_gives_another_record),
		cmocka_unit_test(the_limit_of_a_record_holds_both_ways),
		cmocka_unit_test(setting_fields_in_any_order_gives_one_encoding),
		cmocka_unit_test(a_record_takes_no_more_fields_than_the_limit),
		cmocka_unit_test(a_copy_outlives_what_it_was_copied_from),
		cmocka_unit_test(golden_samples_keep_their_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
