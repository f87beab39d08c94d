#include <stdio.h>
#include <string.h>

#include "import/import.h"
#include "test.h"

/*
 * A whole source as text: a row is "number/line: column=value ..." with "-" for clear and {json} for JSON; a bad row
 * "number/line BAD raw"; an error ends it as "!". Static.
 */
struct shown {
	char text[131072];
	size_t used;
};

static void
show(struct shown *shown, const char *format, struct view view)
{
	shown->used += (size_t)snprintf(shown->text + shown->used, sizeof(shown->text) - shown->used, "%s%.*s", format,
	                                (int)view.size, view.size == 0 ? "" : (const char *)view.data);
	assert_true(shown->used < sizeof(shown->text));
}

static void
show_cell(struct shown *shown, const struct import_source *source, const struct import_cell *cell)
{
	struct bytes json = {0};

	show(shown, " ", import_source_column(source, cell->column));
	if (cell->type == IMPORT_EMPTY) {
		show(shown, "=-", (struct view){0});
	} else if (cell->type == IMPORT_TEXT) {
		show(shown, "=", cell->text);
	} else {
		assert_int_equal(json_print(&json, cell->json, NULL), ERR_OK);
		show(shown, "={", bytes_view(&json));
		show(shown, "}", (struct view){0});
	}
	bytes_release(&json);
}

static void
show_row(struct shown *shown, const struct import_source *source, const struct import_row *row, bool is_bad)
{
	char number[64];

	(void)snprintf(number, sizeof(number), "%llu/%llu%s", (unsigned long long)row->number,
	               (unsigned long long)row->line, is_bad ? " BAD " : ":");
	show(shown, number, is_bad ? row->raw : (struct view){0});
	for (size_t i = 0; i < row->count; i++)
		show_cell(shown, source, &row->cells[i]);
	show(shown, "\n", (struct view){0});
}

static const char *
rows_of(const char *content, enum import_format format, struct err_info *info)
{
	static struct shown shown;
	struct import_source *source = NULL;
	struct err_info unused;
	enum err err = import_source_new_view(&source, view_text(content), "file", format, TEXT_UTF8, info);

	shown = (struct shown){0};
	while (err == ERR_OK) {
		struct import_row row;
		bool is_bad = false;
		bool is_end = false;

		err = import_source_next(source, &row, &is_bad, &is_end, &unused);
		if (err == ERR_OK && is_end)
			break;
		if (err == ERR_OK)
			show_row(&shown, source, &row, is_bad);
		if (err != ERR_OK || is_bad)
			*info = unused;
	}
	if (err != ERR_OK)
		show(&shown, "!", (struct view){0});
	import_source_free(source);
	return shown.text;
}

static void
csv_rows_come_by_column(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(
		rows_of("name, 性别 ,=\"code\"\r\n王,,'01\r\n,,\r\n\r\n李,1,=\"02\"\r\n", IMPORT_CSV, &info),
		"2/2: name=王 性别=- code=01\n"
		"5/5: name=李 性别=1 code=02\n");
	assert_string_equal(rows_of("a,b\n\"x\ny\",z\n1,2\n", IMPORT_CSV, &info), "2/2: a=x\ny b=z\n3/4: a=1 b=2\n");
	assert_string_equal(rows_of("a\n", IMPORT_CSV, &info), "");
	assert_string_equal(rows_of("\n\xef\xbb\xbf\xe3\x80\x80"
	                            "a ,b\n1,2\n",
	                            IMPORT_CSV, &info),
	                    "3/3: a=1 b=2\n");
}

static void
csv_headers_are_checked(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(rows_of("", IMPORT_CSV, &info), "!");
	assert_non_null(strstr(info.text, "is empty"));
	assert_string_equal(rows_of("a,b, a\n1,2,3\n", IMPORT_CSV, &info), "!");
	assert_non_null(strstr(info.text, "\"a\" stands twice"));
	assert_string_equal(rows_of("caf\u00e9,cafe\u0301\n1,2\n", IMPORT_CSV, &info), "!");
	assert_non_null(strstr(info.text, "stands twice"));
	assert_string_equal(rows_of("a;b\n1;2\n", IMPORT_CSV, &info), "!");
	assert_non_null(strstr(info.text, "semicolons"));
}

static void
csv_rows_that_do_not_fit_are_bad_alone(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(rows_of("a,b\n1\n3,4\n5,6,\n7,8,9\n", IMPORT_CSV, &info),
	                    "2/2 BAD 1\n3/3: a=3 b=4\n4/4: a=5 b=6\n5/5 BAD 7,8,9\n");
	assert_string_equal(rows_of("a,b\n1\n", IMPORT_CSV, &info), "2/2 BAD 1\n");
	assert_non_null(strstr(info.text, "file row 2: 1 cells were found, 2 expected"));
	assert_string_equal(rows_of("a,,\n1,,\n2,x,\n", IMPORT_CSV, &info), "2/2: a=1\n3/3 BAD 2,x,\n");
	assert_non_null(strstr(info.text, "cell 2 is filled, but its column has no name"));
}

static void
jsonl_rows_look_the_same(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(rows_of("{\"name\":\"王\",\"n\":12,\"list\":[1,2]}\r\n\n  \n"
	                            "{\"b\":true,\"name\":null,\"list\":[],\"o\":{},\"t\":\"\"}\n{\"x\":1.50}",
	                            IMPORT_JSONL, &info),
	                    "1/1: name=王 n={12} list={[1,2]}\n"
	                    "4/4: b={true} name=- list=- o=- t=-\n"
	                    "5/5: x={1.5}\n");
	assert_string_equal(rows_of("", IMPORT_JSONL, &info), "");
	assert_string_equal(rows_of("{}", IMPORT_JSONL, &info), "1/1:\n");
}

static void
jsonl_rows_that_are_no_objects_are_bad_alone(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(rows_of("[1]\n{\"a\":1}\n{\"a\":1,\"a\":2}\n{\"a\":\n3\n", IMPORT_JSONL, &info),
	                    "1/1 BAD [1]\n2/2: a={1}\n3/3 BAD {\"a\":1,\"a\":2}\n4/4 BAD {\"a\":\n5/5 BAD 3\n");
	assert_non_null(strstr(info.text, "file row 5: "));
	assert_string_equal(rows_of("{\"caf\u00e9\":1,\"cafe\u0301\":2}\n", IMPORT_JSONL, &info),
	                    "1/1 BAD {\"caf\u00e9\":1,\"cafe\u0301\":2}\n");
	assert_string_equal(
		rows_of("{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}\n{\"a\":1}\n", IMPORT_JSONL, &info),
		"1/1 BAD {\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}\n2/2: a={1}\n");
}

static void
limits_hold(void **state)
{
	struct bytes content = {0};
	struct err_info info;

	(void)state;
	for (int i = 0; i <= LIMIT_COLUMNS_MAX; i++)
		assert_ok(bytes_printf(&content, &info, "{\"k%d\":1}\n", i));
	assert_int_equal(*(strrchr(rows_of(bytes_text(&content), IMPORT_JSONL, &info), '\n') + 1), '!');
	assert_int_equal(info.code, ERR_TOO_BIG);
	bytes_clear(&content);
	assert_ok(bytes_append_text(&content, "{\"a\":\"", &info));
	for (int i = 0; i < LIMIT_ROW_BYTES_MAX / 8; i++)
		assert_ok(bytes_append_text(&content, "12345678", &info));
	assert_ok(bytes_append_text(&content, "\"}\n", &info));
	assert_string_equal(rows_of(bytes_text(&content), IMPORT_JSONL, &info), "!");
	assert_int_equal(info.code, ERR_TOO_BIG);
	bytes_release(&content);
}

static void
format_follows_from_the_name_or_the_first_byte(void **state)
{
	struct err_info info;

	(void)state;
	assert_int_equal(import_format_of("a.csv"), IMPORT_CSV);
	assert_int_equal(import_format_of("-"), IMPORT_ANY);
	assert_int_equal(import_format_of("dir.jsonl/a"), IMPORT_ANY);
	assert_int_equal(import_format_of("a.jsonl"), IMPORT_JSONL);
	assert_int_equal(import_format_of("a.ndjson"), IMPORT_JSONL);
	assert_string_equal(rows_of("a\n1\n", IMPORT_ANY, &info), "2/2: a=1\n");
	assert_string_equal(rows_of("\xef\xbb\xbf\n \t{\"a\":\"1\"}\n", IMPORT_ANY, &info), "2/2: a=1\n");
	assert_string_equal(rows_of("\xef\xbb\xbf\r\n\"{a\"\n1\n", IMPORT_ANY, &info), "3/3: {a=1\n");
	assert_string_equal(rows_of("", IMPORT_ANY, &info), "!");
	assert_string_equal(rows_of("\n\n", IMPORT_ANY, &info), "!");
	assert_string_equal(rows_of("\xff\xfe{", IMPORT_ANY, &info), "!");
}

/* Every row refused; the file of rejected rows. Static. */
static const char *
rejects_of(const char *content, enum import_format format, enum text_encoding encoding)
{
	static char text[4096];
	struct import_source *source = NULL;
	struct import_rejects rejects;
	struct bytes out = {0};
	struct err_info info;
	bool is_bad = false;
	bool is_end = false;

	assert_ok(import_source_new_view(&source, view_text(content), "file", format, encoding, &info));
	import_rejects_init(&rejects, source, &out);
	for (;;) {
		struct import_row row;

		assert_ok(import_source_next(source, &row, &is_bad, &is_end, &info));
		if (is_end)
			break;
		assert_ok(import_rejects_add(&rejects, &row, view_text("no, \"because\""), &info));
	}
	(void)snprintf(text, sizeof(text), "%s", bytes_text(&out));
	import_rejects_release(&rejects);
	import_source_free(source);
	bytes_release(&out);
	return text;
}

static void
rejected_csv_rows_are_given_back_as_they_stood(void **state)
{
	(void)state;
	assert_string_equal(rejects_of("a,\"b\"\n\"1\",=\"02\"\n'3\n", IMPORT_CSV, TEXT_UTF8),
	                    "\xef\xbb\xbf"
	                    "a,\"b\",tiersync_reason\r\n"
	                    "\"1\",=\"02\",\"no, \"\"because\"\"\"\r\n"
	                    "'3,\"no, \"\"because\"\"\"\r\n");
	assert_string_equal(rejects_of("a\n\xcd\xf5\n", IMPORT_CSV, TEXT_GB18030),
	                    "a,tiersync_reason\r\n\xcd\xf5,\"no, \"\"because\"\"\"\r\n");
	assert_string_equal(rejects_of("a\n", IMPORT_CSV, TEXT_UTF8), "");
	/* empty cells behind the last column would push the reason out of its own */
	assert_string_equal(rejects_of("a,b\n\"1\",'2,,\n3,4,,5\n", IMPORT_CSV, TEXT_UTF8),
	                    "\xef\xbb\xbf"
	                    "a,b,tiersync_reason\r\n1,'2,\"no, \"\"because\"\"\"\r\n"
	                    "3,4,,5,\"no, \"\"because\"\"\"\r\n");
}

static void
rejected_rows_go_round_without_gathering_reasons(void **state)
{
	char first[4096];

	(void)state;
	(void)snprintf(first, sizeof(first), "%s", rejects_of("a,b\n1,\"x,y\"\n", IMPORT_CSV, TEXT_UTF8));
	assert_string_equal(rejects_of(first, IMPORT_CSV, TEXT_UTF8), first);
	(void)snprintf(first, sizeof(first), "%s", rejects_of("{\"a\":1,\"b\":[2]}\n", IMPORT_JSONL, TEXT_UTF8));
	assert_string_equal(rejects_of(first, IMPORT_JSONL, TEXT_UTF8), first);
	(void)snprintf(first, sizeof(first), "%s",
	               rejects_of("[1]\nno object\n{\"a\":1,\"a\":2}\n", IMPORT_JSONL, TEXT_UTF8));
	assert_string_equal(rejects_of(first, IMPORT_JSONL, TEXT_UTF8), first);
}

static void
a_line_kept_as_a_string_is_read_as_the_line_that_it_was(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(rows_of("{\"tiersync_row\":\"{\\\"a\\\":\\\"1\\\"}\",\"tiersync_reason\":\"x\"}\n",
	                            IMPORT_JSONL, &info),
	                    "1/1: a=1\n");
	assert_string_equal(rows_of("{\"tiersync_row\":\"{\\\"tiersync_row\\\":\\\"{}\\\"}\"}\n", IMPORT_JSONL, &info),
	                    "1/1: tiersync_row={}\n");
	assert_string_equal(rows_of("{\"tiersync_row\":1}\n", IMPORT_JSONL, &info), "1/1: tiersync_row={1}\n");
}

static void
rejected_json_rows_are_given_back_as_they_stood(void **state)
{
	(void)state;
	assert_string_equal(rejects_of("{ \"a\" : 1.50 } \n{}\n[1]\n", IMPORT_JSONL, TEXT_UTF8),
	                    "{ \"a\" : 1.50 ,\"tiersync_reason\":\"no, \\\"because\\\"\"}\n"
	                    "{\"tiersync_reason\":\"no, \\\"because\\\"\"}\n"
	                    "{\"tiersync_row\":\"[1]\",\"tiersync_reason\":\"no, \\\"because\\\"\"}\n");
}

static void
an_earlier_reason_is_no_cell(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(rows_of("a,tiersync_reason\n1,bad\n", IMPORT_CSV, &info), "2/2: a=1\n");
	assert_string_equal(rows_of("{\"a\":1,\"tiersync_reason\":\"bad\"}\n", IMPORT_JSONL, &info), "1/1: a={1}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_rows_come_by_column),
		cmocka_unit_test(csv_headers_are_checked),
		cmocka_unit_test(csv_rows_that_do_not_fit_are_bad_alone),
		cmocka_unit_test(jsonl_rows_look_the_same),
		cmocka_unit_test(jsonl_rows_that_are_no_objects_are_bad_alone),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(format_follows_from_the_name_or_the_first_byte),
		cmocka_unit_test(rejected_csv_rows_are_given_back_as_they_stood),
		cmocka_unit_test(rejected_rows_go_round_without_gathering_reasons),
		cmocka_unit_test(a_line_kept_as_a_string_is_read_as_the_line_that_it_was),
		cmocka_unit_test(rejected_json_rows_are_given_back_as_they_stood),
		cmocka_unit_test(an_earlier_reason_is_no_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
