#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "text/csv.h"

/*
 * A whole file as one text: "number/line:[cell][cell]" a row, cells in quotes as ["cell"]; an error ends it as "!".
 * `step`: bytes read at once. Static.
 */
static const char *
rows_of(struct view content, enum text_encoding encoding, size_t step, struct err_info *info)
{
	static char text[8192];
	struct text_input *input = NULL;
	struct text_csv_reader *reader = NULL;
	size_t used = 0;

	text[0] = '\0';
	assert_int_equal(text_input_new_view(&input, content, "file.csv", encoding, info), ERR_OK);
	text_input_set_step(input, step);
	assert_int_equal(text_csv_reader_new(&reader, input, info), ERR_OK);
	for (;;) {
		struct text_csv_row row;
		bool is_end = false;
		enum err err = text_csv_next(reader, &row, &is_end, info);

		if (err != ERR_OK)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "!");
		if (err != ERR_OK || is_end)
			break;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%llu/%llu:", (unsigned long long)row.number,
		                         (unsigned long long)row.line);
		for (size_t i = 0; i < row.count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
			                         row.cells[i].is_quoted ? "[\"%.*s\"]" : "[%.*s]",
			                         (int)row.cells[i].text.size, (const char *)row.cells[i].text.data);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\n");
		assert_true(used < sizeof(text));
	}
	text_csv_reader_free(reader);
	text_input_free(input);
	return text;
}

/* Whatever the pieces are in which the file is read. */
static void
reads(const char *content, const char *expected)
{
	static const size_t steps[] = {1, 2, 3, 5, 7, 64, 65536};
	struct err_info info = {0};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		assert_string_equal(rows_of(view_text(content), TEXT_UTF8, steps[i], &info), expected);
}

static void
fails(const char *content, const char *part_of_message)
{
	static const size_t steps[] = {1, 2, 3, 65536};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct err_info info = {0};
		const char *text = rows_of(view_text(content), TEXT_UTF8, steps[i], &info);

		assert_int_equal(text[strlen(text) - 1], '!');
		if (strstr(info.text, part_of_message) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", info.text, part_of_message);
	}
}

static void
rows_end_in_crlf_lf_cr_or_nothing(void **state)
{
	(void)state;
	reads("", "");
	reads("a,b\r\nc,d\r\n", "1/1:[a][b]\n2/2:[c][d]\n");
	reads("a,b\nc,d", "1/1:[a][b]\n2/2:[c][d]\n");
	reads("a,b\rc,d\r", "1/1:[a][b]\n2/2:[c][d]\n");
	reads("\xef\xbb\xbf"
	      "a,b\n",
	      "1/1:[a][b]\n");
	reads("\xef\xbb\xbf", "");
	reads("a,,\n,,b\n", "1/1:[a][][]\n2/2:[][][b]\n");
	reads("姓名,䶮\n", "1/1:[姓名][䶮]\n");
}

static void
blank_lines_count_and_are_passed_over(void **state)
{
	(void)state;
	reads("\r\n\r\na\r\n\r\nb\r\n\r\n\r\n", "3/3:[a]\n5/5:[b]\n");
	reads("a\n\"\"\nb\n", "1/1:[a]\n2/2:[\"\"]\n3/3:[b]\n");
}

static void
quoted_cells_hold_anything(void **state)
{
	(void)state;
	reads("a,\"b,\r\nc\",d\ne,f,g\n", "1/1:[a][\"b,\r\nc\"][d]\n2/3:[e][f][g]\n");
	reads("\"a\"\"b\",\"\"\"\",\"\"\"c\"\"\"\n", "1/1:[\"a\"b\"][\"\"\"][\"\"c\"\"]\n");
	reads("\"a\"\r\n\"b\"", "1/1:[\"a\"]\n2/2:[\"b\"]\n");
	reads("\"\",x\n", "1/1:[\"\"][x]\n");
	reads("x,\"\"", "1/1:[x][\"\"]\n");
	reads("5\" pipe,=\"0123\",it's\n", "1/1:[5\" pipe][=\"0123\"][it's]\n");
}

static void
broken_quotes_are_errors_with_their_row(void **state)
{
	(void)state;
	fails("a,b\nc,\"d\n e\nf\n", "row 2: a cell in quotes begins in this row and is never closed");
	fails("a,b\n\"c\"d,e\n", "row 2: behind a cell in quotes");
	fails("a,b\n\"c\" ,e\n", "row 2: behind a cell in quotes");
	fails("a\n\"b\n\nc\"\n\"d\"e\n", "row 3: behind");
	fails("\"", "never closed");
}

static void
other_separators_are_named(void **state)
{
	(void)state;
	fails("name;id;kind\n1;2;3\n", "semicolons");
	fails("name\tid\n1\t2\n", "tabs");
	fails("姓名，性别\n", "full-width");
	reads("a;b,c\n1,2\n", "1/1:[a;b][c]\n2/2:[1][2]\n");
	reads("note\na;b\n", "1/1:[note]\n2/2:[a;b]\n");
}

static void
wrong_bytes_name_line_byte_and_remedy(void **state)
{
	(void)state;
	fails("a,b\nc,\xcd\xf5\n", "line 2, byte 7 of the file: not UTF-8; if it was saved as GBK or GB 18030, give "
	                           "--encoding gb18030");
	fails("\xef\xbb\xbf"
	      "a,b\nc,d\xff\xff\xff\xff",
	      "line 2, byte 11 ");
	fails("a,b\nc,\xe7\x8e", "line 2, byte 7 ");
	fails("\xff\xfe"
	      "a",
	      "UTF-16");
}

static void
rows_before_a_wrong_byte_are_the_same_however_it_is_read(void **state)
{
	static const size_t steps[] = {1, 3, 65536};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_string_equal(rows_of(view_text("a,b\nc,d\ne,\xff\n"), TEXT_UTF8, steps[i], &info),
		                    "1/1:[a][b]\n2/2:[c][d]\n!");
		assert_string_equal(rows_of(view_of("a,b\nc,d\ne,\0\n", 13), TEXT_UTF8, steps[i], &info),
		                    "1/1:[a][b]\n2/2:[c][d]\n!");
		assert_non_null(strstr(info.text, "line 3 holds a NUL"));
		assert_string_equal(rows_of(view_text("a,b\n\xcd\xf5,d\ne,\xff\n"), TEXT_GB18030, steps[i], &info),
		                    "1/1:[a][b]\n2/2:[王][d]\n!");
		assert_non_null(strstr(info.text, "line 3, byte 12 "));
	}
}

static void
gb18030_is_read_when_asked_and_a_mark_decides(void **state)
{
	static const size_t steps[] = {1, 2, 3, 65536};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_string_equal(
			rows_of(view_text("\xcd\xf5\xfe\x9f,\x99\x33\xa9\x32\n"), TEXT_GB18030, steps[i], &info),
			"1/1:[王䶮][𬭎]\n");
		assert_string_equal(rows_of(view_text("\x84\x31\x95\x33"
		                                      "a,b\n"),
		                            TEXT_GB18030, steps[i], &info),
		                    "1/1:[a][b]\n");
		assert_string_equal(rows_of(view_text("\xef\xbb\xbf"
		                                      "王,b\n"),
		                            TEXT_GB18030, steps[i], &info),
		                    "1/1:[王][b]\n");
	}
}

static void
a_cut_at_any_byte_gives_the_rows_before_it(void **state)
{
	static const char whole[] = "a,\"b\"\"c\",d\r\n王,\"x\ny\",\r\nlast,1,2\r\n";
	struct err_info info;

	(void)state;
	for (size_t size = 0; size < sizeof(whole) - 1; size++) {
		char small[8192];

		(void)snprintf(small, sizeof(small), "%s", rows_of(view_of(whole, size), TEXT_UTF8, 1, &info));
		assert_string_equal(rows_of(view_of(whole, size), TEXT_UTF8, 65536, &info), small);
		if (size >= 12)
			assert_memory_equal(small, "1/1:[a][\"b\"c\"][d]\n", 18);
	}
}

static void
limits_hold(void **state)
{
	struct bytes content = {0};
	struct err_info info;
	const char *text;

	(void)state;
	for (int i = 0; i < LIMIT_COLUMNS_MAX - 1; i++)
		assert_ok(bytes_append_text(&content, ",", &info));
	text = rows_of(bytes_view(&content), TEXT_UTF8, 65536, &info);
	assert_int_equal(strchr(text, '!') == NULL, 1);
	assert_ok(bytes_append_text(&content, ",", &info));
	text = rows_of(bytes_view(&content), TEXT_UTF8, 65536, &info);
	assert_string_equal(text, "!");
	assert_int_equal(info.code, ERR_TOO_BIG);
	bytes_clear(&content);
	assert_ok(bytes_append_text(&content, "a\n\"", &info));
	for (int i = 0; i < LIMIT_ROW_BYTES_MAX / 8 + 10000; i++)
		assert_ok(bytes_append_text(&content, "1234567\n", &info));
	text = rows_of(bytes_view(&content), TEXT_UTF8, 65536, &info);
	assert_string_equal(text, "1/1:[a]\n!");
	assert_int_equal(info.code, ERR_TOO_BIG);
	assert_non_null(strstr(info.text, "is a quote never closed"));
	bytes_release(&content);
}

static void
a_descriptor_is_read_like_memory(void **state)
{
	struct text_input *input = NULL;
	struct text_csv_reader *reader = NULL;
	struct text_csv_row row;
	struct err_info info;
	bool is_end = false;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "a,b\r\n1,2\r\n", 10), 10);
	assert_int_equal(close(ends[1]), 0);
	assert_ok(text_input_new_fd(&input, ends[0], "standard input", TEXT_UTF8, &info));
	assert_ok(text_csv_reader_new(&reader, input, &info));
	assert_ok(text_csv_next(reader, &row, &is_end, &info));
	assert_ok(text_csv_next(reader, &row, &is_end, &info));
	assert_false(is_end);
	assert_true(view_equal(row.raw, view_text("1,2")));
	assert_ok(text_csv_next(reader, &row, &is_end, &info));
	assert_true(is_end);
	assert_ok(text_csv_next(reader, &row, &is_end, &info));
	assert_true(is_end);
	text_csv_reader_free(reader);
	text_input_free(input);
	assert_int_equal(close(ends[0]), 0);
	assert_ok(text_input_new_fd(&input, ends[0], "closed", TEXT_UTF8, &info));
	assert_err(text_input_more(input, &is_end, &info), ERR_IO);
	text_input_free(input);
}

static void
means(const char *cell, const char *expected)
{
	struct view value = text_csv_cell_value(view_text(cell));

	assert_true(view_equal(value, view_text(expected)));
}

static void
a_spreadsheets_ways_are_undone(void **state)
{
	(void)state;
	means("", "");
	means("王", "王");
	means("=\"0123\"", "0123");
	means("=\"\"", "");
	means("=\"", "=\"");
	means("=\"a\"&\"b\"", "=\"a\"&\"b\"");
	means("=1+1", "=1+1");
	means("'0123", "0123");
	means("''0", "'0");
	means("'=\"1\"", "=\"1\"");
	means("'", "");
}

static void
shortened_numbers_are_recognised(void **state)
{
	static const char *const yes[] = {"4.31221E+17", "4E+17", "-1.5E+20", "1.2E-05", "4.31221e+17", "1E+100"};
	static const char *const no[] = {"",    "4.31221", "E+17",  "1E17",      "12.3E+17", "4.E+17",
	                                 "1E+", "1E+1234", "1E+1x", "431221E+1", " 4E+17",   "4E+17 "};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(text_csv_is_spreadsheet_number(view_text(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(text_csv_is_spreadsheet_number(view_text(no[i])));
}

static void
apostrophes_stand_where_a_spreadsheet_would_run_or_round(void **state)
{
	static const char *const yes[] = {"=1",
	                                  "+1",
	                                  "-5",
	                                  "@a",
	                                  "\tx",
	                                  "\rx",
	                                  "\nx",
	                                  "'a",
	                                  "1234567890123456",
	                                  "431221195001011235",
	                                  "0.123456789012345678"};
	static const char *const no[] = {
		"", "王", "123456789012345", "11010519491231002X", "a=1", "1234-1234-1234-1234", "1.5"};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(text_csv_needs_apostrophe(view_text(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(text_csv_needs_apostrophe(view_text(no[i])));
}

static void
writes(enum text_encoding encoding, const char *const *cells, size_t count, const char *expected)
{
	struct text_csv_writer writer;
	struct bytes out = {0};
	struct err_info info;

	assert_ok(text_csv_writer_init(&writer, &out, encoding, &info));
	for (size_t i = 0; i < count; i++)
		assert_ok(text_csv_put(&writer, view_text(cells[i]), &info));
	assert_ok(text_csv_end_row(&writer, &info));
	assert_string_equal(bytes_text(&out), expected);
	text_csv_writer_release(&writer);
	bytes_release(&out);
}

static void
rows_are_written_for_wps_and_excel(void **state)
{
	static const char *const cells[] = {"王",     "a,b", "say \"hi\"", "", "=1+1", "431221195001011235",
	                                    "l1\nl2", " x"};
	static const char *const one[] = {""};
	static const char *const name[] = {"王䶮", "-5"};

	(void)state;
	writes(TEXT_UTF8, cells, 8,
	       "\xef\xbb\xbf王,\"a,b\",\"say \"\"hi\"\"\",,'=1+1,'431221195001011235,\"l1\nl2\",\" x\"\r\n");
	writes(TEXT_UTF8, one, 1, "\xef\xbb\xbf\"\"\r\n");
	writes(TEXT_GB18030, name, 2, "\xcd\xf5\xfe\x9f,'-5\r\n");
}

static void
gb18030_refuses_what_would_be_lost_and_goes_on(void **state)
{
	struct text_csv_writer writer;
	struct bytes out = {0};
	struct err_info info;

	(void)state;
	assert_ok(text_csv_writer_init(&writer, &out, TEXT_GB18030, &info));
	assert_ok(text_csv_put(&writer, view_text("a\xee\x9e\x8d"), &info));
	assert_err(text_csv_end_row(&writer, &info), ERR_RULE);
	assert_int_equal(out.size, 0);
	assert_ok(text_csv_put(&writer, view_text("b"), &info));
	assert_ok(text_csv_end_row(&writer, &info));
	assert_string_equal(bytes_text(&out), "b\r\n");
	text_csv_writer_release(&writer);
	bytes_release(&out);
}

static void
make_value(char *out, uint64_t *seed)
{
	static const char *const pieces[] = {"a", "1234567", "\"", ",", "\r\n", "王", "=", "'", "\t", " ", "-", "𬭎"};
	size_t count = support_random(seed) % 5;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		(void)strcat(out, pieces[support_random(seed) % (sizeof(pieces) / sizeof(pieces[0]))]);
}

/* What the writer writes, the reader takes back, whatever stands in the cells. */
static void
values_go_out_and_come_back(void **state)
{
	enum {
		ROWS = 2000,
		COLUMNS = 5
	};
	static char values[ROWS][COLUMNS][64];
	struct text_csv_writer writer;
	struct text_input *input = NULL;
	struct text_csv_reader *reader = NULL;
	struct text_csv_row row;
	struct bytes out = {0};
	struct err_info info;
	uint64_t seed = 20240630;
	bool is_end = false;

	(void)state;
	assert_ok(text_csv_writer_init(&writer, &out, TEXT_GB18030, &info));
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < COLUMNS; j++) {
			make_value(values[i][j], &seed);
			assert_ok(text_csv_put(&writer, view_text(values[i][j]), &info));
		}
		assert_ok(text_csv_end_row(&writer, &info));
	}
	text_csv_writer_release(&writer);
	assert_ok(text_input_new_view(&input, bytes_view(&out), "x", TEXT_GB18030, &info));
	text_input_set_step(input, 100);
	assert_ok(text_csv_reader_new(&reader, input, &info));
	for (size_t i = 0; i < ROWS; i++) {
		assert_ok(text_csv_next(reader, &row, &is_end, &info));
		assert_false(is_end);
		assert_int_equal(row.count, COLUMNS);
		for (size_t j = 0; j < COLUMNS; j++)
			assert_true(view_equal(text_csv_cell_value(row.cells[j].text), view_text(values[i][j])));
	}
	assert_ok(text_csv_next(reader, &row, &is_end, &info));
	assert_true(is_end);
	text_csv_reader_free(reader);
	text_input_free(input);
	bytes_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_end_in_crlf_lf_cr_or_nothing),
		cmocka_unit_test(blank_lines_count_and_are_passed_over),
		cmocka_unit_test(quoted_cells_hold_anything),
		cmocka_unit_test(broken_quotes_are_errors_with_their_row),
		cmocka_unit_test(other_separators_are_named),
		cmocka_unit_test(wrong_bytes_name_line_byte_and_remedy),
		cmocka_unit_test(rows_before_a_wrong_byte_are_the_same_however_it_is_read),
		cmocka_unit_test(gb18030_is_read_when_asked_and_a_mark_decides),
		cmocka_unit_test(a_cut_at_any_byte_gives_the_rows_before_it),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(a_descriptor_is_read_like_memory),
		cmocka_unit_test(a_spreadsheets_ways_are_undone),
		cmocka_unit_test(shortened_numbers_are_recognised),
		cmocka_unit_test(apostrophes_stand_where_a_spreadsheet_would_run_or_round),
		cmocka_unit_test(rows_are_written_for_wps_and_excel),
		cmocka_unit_test(gb18030_refuses_what_would_be_lost_and_goes_on),
		cmocka_unit_test(values_go_out_and_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
