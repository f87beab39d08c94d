#include "codec/codec.h"
#include "column/column.h"
#include "schema/schema.h"
#include "test.h"

enum {
	KIND = 64,
	SORT = COLUMN_SORT_FIRST,
};

static const enum column_codec CODECS[] = {COLUMN_STORED, COLUMN_MIXED};

static struct column *
a_writer(enum column_codec codec)
{
	struct column *column = NULL;
	struct err_info info;

	assert_ok(column_new(&column, codec, &info));
	return column;
}

static struct bytes
finished(struct column *column)
{
	struct bytes body = {0};
	struct err_info info;

	assert_ok(column_finish(column, &body, &info));
	column_free(column);
	return body;
}

static struct column *
a_reader(enum column_codec codec, const struct bytes *body)
{
	struct column *column = a_writer(codec);
	struct err_info info;

	assert_ok(column_read(column, bytes_view(body), &info));
	return column;
}

/* encoded values of every class, and neighbours of every limit of their forms */
static size_t
samples(struct bytes *out, size_t max)
{
	static const int64_t NUMBERS[] = {
		0, 1, -1, 9, 10, 127, 128, -32, -33, 20170630, INT64_MAX, INT64_MIN, 999999999999999999};
	static const char *const TEXTS[] = {"a",
	                                    "甲",
	                                    "ab",
	                                    "湖南省湘潭市",
	                                    "湖南省湘潭县易俗河镇",
	                                    "\xf0\x9f\x98\x80",
	                                    "430321",
	                                    "one text of more than thirty-two bytes"};
	static const char *const OTHERS[] = {"c3",
	                                     "c2",
	                                     "c403616263",
	                                     "cfffffffffffffffff",
	                                     "9301a178 92c301",
	                                     "8201a3e794b2 cd012c05",
	                                     "8100 8101 9107",
	                                     "81 ceffffffff 01"};
	size_t count = 0;
	struct err_info info;

	for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
		assert_ok(codec_write_int(&out[count++], NUMBERS[i], &info));
	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
		assert_ok(codec_write_str(&out[count++], view_text(TEXTS[i]), &info));
	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
		out[count++] = from_hex(OTHERS[i]);
	assert_true(count <= max);
	return count;
}

static void
say_values(struct column *column, struct arena *arena, struct bytes *values, size_t count, uint64_t seed)
{
	struct err_info info;

	for (size_t i = 0; i < 400; i++) {
		const struct bytes *value = &values[support_random(&seed) % count];
		const struct bytes *old = &values[support_random(&seed) % count];
		struct column_place *place =
			column_child(column, column_root(column), (uint32_t)(support_random(&seed) % 3));
		struct view said = column_is_reading(column) ? (struct view){0} : bytes_view(value);

		column_value(column, place, arena, &said, i % 3 == 0 ? bytes_view(old) : (struct view){0});
		assert_ok(column_state(column, &info));
		assert_true(view_equal(said, bytes_view(value)));
	}
}

static void
values_of_every_class_come_back(void **state)
{
	struct bytes values[64] = {{0}};
	size_t count = samples(values, 64);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena arena = {0};
		struct column *column = a_writer(CODECS[i]);
		struct bytes body;
		struct err_info info;

		say_values(column, &arena, values, count, 7);
		body = finished(column);
		column = a_reader(CODECS[i], &body);
		say_values(column, &arena, values, count, 7);
		assert_ok(column_end(column, &info));
		column_free(column);
		bytes_release(&body);
		arena_release(&arena);
	}
	for (size_t i = 0; i < count; i++)
		bytes_release(&values[i]);
}

static void
say_numbers(struct column *column)
{
	struct column_ask ask = {column_root(column), SORT, 1, {0}};
	uint8_t raw[5] = {1, 2, 3, 4, 5};

	for (unsigned bits = 0; bits < 63; bits++) {
		uint64_t number = (UINT64_C(1) << bits) - (bits % 2);

		assert_true(column_number(column, &ask, UINT64_MAX >> 1, column_is_reading(column) ? 0 : number) ==
		            number);
	}
	assert_int_equal(column_symbol(column, &ask, 3, column_is_reading(column) ? 0 : 5), 5);
	assert_int_equal(column_plain(column, 32, column_is_reading(column) ? 0 : 0xdeadbeef), 0xdeadbeef);
	assert_int_equal(column_plain(column, 1, column_is_reading(column) ? 0 : 1), 1);
	if (column_is_reading(column))
		memset(raw, 0, sizeof(raw));
	column_raw(column, raw, sizeof(raw));
	assert_memory_equal(raw, "\1\2\3\4\5", sizeof(raw));
}

static void
numbers_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct column *column = a_writer(CODECS[i]);
		struct bytes body;
		struct err_info info;

		say_numbers(column);
		body = finished(column);
		column = a_reader(CODECS[i], &body);
		say_numbers(column);
		assert_ok(column_end(column, &info));
		column_free(column);
		bytes_release(&body);
	}
}

static void
a_number_past_its_limit_fails_and_stays_failed(void **state)
{
	struct column *column = a_writer(COLUMN_MIXED);
	struct column_ask ask = {column_root(column), SORT, 1, {0}};
	struct bytes body;
	struct err_info info;

	(void)state;
	(void)column_number(column, &ask, 100, 100);
	body = finished(column);
	column = a_reader(COLUMN_MIXED, &body);
	ask.place = column_root(column);
	assert_int_equal(column_number(column, &ask, 99, 0), 0);
	assert_err(column_state(column, &info), ERR_TOO_BIG);
	assert_int_equal(column_number(column, &ask, 1000, 0), 0);
	assert_err(column_end(column, &info), ERR_TOO_BIG);
	column_free(column);
	bytes_release(&body);
}

/* --- which field tells about which --- */

/* 400 records of a kind: a citizen id, a day, and a second day that `follow` says from record number, id and day */
static size_t
size_of_records(enum column_codec codec, int64_t (*follow)(uint64_t *random, int64_t birthday, int64_t day))
{
	static const struct schema_field DATE = {.type = SCHEMA_DATE};
	static const struct schema_field CITIZEN = {.type = SCHEMA_CITIZEN_ID};
	static const struct schema_field *const FIELDS[] = {&CITIZEN, &DATE, &DATE};
	struct column *column = a_writer(codec);
	struct column_place *kind = column_child(column, column_root(column), KIND);
	uint64_t random = 5;
	struct bytes body;
	size_t size;

	for (uint32_t i = 0; i < 3; i++)
		column_describe(column_child(column, kind, 1 + i), FIELDS[i]);
	for (size_t row = 0; row < 400; row++) {
		int64_t date = 1 + (int64_t)(support_random(&random) % 31);
		int64_t day = 17000 + (int64_t)(support_random(&random) % 500);
		int64_t numbers[] = {(43032119800100 + date) * 1000 + 999, day, follow(&random, 3651 + date, day)};

		column_row(column, kind);
		for (uint32_t i = 0; i < 3; i++) {
			struct column_place *place = column_child(column, kind, 1 + i);
			struct bytes value = {0};
			struct view said;

			assert_int_equal(codec_write_int(&value, numbers[i], NULL), ERR_OK);
			said = bytes_view(&value);
			column_value(column, place, NULL, &said, (struct view){0});
			column_know(column, place, said, true);
			bytes_release(&value);
		}
		column_row_end(column);
	}
	body = finished(column);
	size = body.size;
	bytes_release(&body);
	return size;
}

static int64_t
follow_nothing(uint64_t *random, int64_t birthday, int64_t day)
{
	(void)birthday;
	(void)day;
	return 17000 + (int64_t)(support_random(random) % 500);
}

static int64_t
follow_day(uint64_t *random, int64_t birthday, int64_t day)
{
	(void)birthday;
	(void)support_random(random);
	return day + 7;
}

static int64_t
follow_birthday(uint64_t *random, int64_t birthday, int64_t day)
{
	(void)day;
	(void)support_random(random);
	return birthday;
}

static void
a_field_that_follows_from_another_costs_nothing(void **state)
{
	size_t free_one = size_of_records(COLUMN_MIXED, follow_nothing);

	(void)state;
	/* 400 days of 9 bits are 450 bytes; it is found out after 32 records */
	assert_true(size_of_records(COLUMN_MIXED, follow_day) + 350 < free_one);
	assert_true(size_of_records(COLUMN_MIXED, follow_birthday) + 350 < free_one);
	assert_true(size_of_records(COLUMN_STORED, follow_day) + 350 < size_of_records(COLUMN_STORED, follow_nothing));
}

/* --- texts --- */

static size_t
size_of_text(const char *old, const char *new)
{
	struct column *column = a_writer(COLUMN_MIXED);
	struct column_place *place = column_child(column, column_root(column), 1);
	struct bytes before = {0};
	struct bytes after = {0};
	struct view said;
	struct bytes body;
	size_t size;

	assert_int_equal(codec_write_str(&before, view_text(old), NULL), ERR_OK);
	assert_int_equal(codec_write_str(&after, view_text(new), NULL), ERR_OK);
	said = bytes_view(&before);
	column_learn(column, true); /* the record was there before */
	column_value(column, place, NULL, &said, (struct view){0});
	column_learn(column, false);
	said = bytes_view(&after);
	column_value(column, place, NULL, &said, bytes_view(&before));
	body = finished(column);
	size = body.size;
	bytes_release(&before);
	bytes_release(&after);
	bytes_release(&body);
	return size;
}

static void
a_text_that_goes_on_costs_its_end(void **state)
{
	const char *old = "经入户调查，情况属实；家庭收入低于当地低保标准；户主患有慢性病，长期服药";

	(void)state;
	assert_true(size_of_text(old, "经入户调查，情况属实；家庭收入低于当地低保标准；户主患有慢性病，长期服药；已") <
	            16);
	assert_true(size_of_text("x", old) > 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_every_class_come_back),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(a_number_past_its_limit_fails_and_stays_failed),
		cmocka_unit_test(a_field_that_follows_from_another_costs_nothing),
		cmocka_unit_test(a_text_that_goes_on_costs_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
