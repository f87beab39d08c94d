#include <string.h>

#include "import/import.h"
#include "test.h"

enum {
	ID,
	NAME,
	GENDER,
	FIRST,
	SECOND,
	FIELDS,
};

static struct import_field fields[FIELDS];

static int
name_fields(void **state)
{
	static const char *const names[FIELDS] = {"id_number", "name", "gender", "first", "second"};
	static const char *const titles[FIELDS] = {"公民身份号码", "姓名", "性别", "备注", "备注"};

	(void)state;
	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = (struct import_field){view_text(names[i]), view_text(titles[i])};
	return 0;
}

/* The fields of a header's columns, as one digit each ('.' none); or NULL and the error. Static. */
static const char *
bound(const char *content, const char *map, struct err_info *info)
{
	static char text[64];
	struct import_source *source = NULL;
	struct import_binding *binding = NULL;
	enum err err;

	memset(text, 0, sizeof(text));
	assert_int_equal(import_source_new_view(&source, view_text(content), "file", IMPORT_CSV, TEXT_UTF8, info),
	                 ERR_OK);
	err = import_binding_new(&binding, fields, FIELDS, view_text(map), info);
	if (err == ERR_OK)
		err = import_binding_update(binding, source, info);
	for (size_t i = 0; err == ERR_OK && i < import_source_columns(source); i++) {
		int field = import_binding_field(binding, i);

		text[i] = field == IMPORT_NO_FIELD ? '.' : (char)('0' + field);
		if (field != IMPORT_NO_FIELD)
			assert_int_equal(import_binding_column(binding, (size_t)field), i);
	}
	import_binding_free(binding);
	import_source_free(source);
	return err == ERR_OK ? text : NULL;
}

static void
refuses(const char *content, const char *map, const char *part_of_message)
{
	struct err_info info = {0};

	assert_null(bound(content, map, &info));
	if (strstr(info.text, part_of_message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", info.text, part_of_message);
}

static void
columns_are_found_by_name_title_and_map(void **state)
{
	struct err_info info;

	(void)state;
	assert_string_equal(bound("name,性别,公民身份号码\n", "", &info), "120");
	assert_string_equal(bound("first,second\n", "", &info), "34");
	assert_string_equal(bound("XM,户主姓名,x\n", "{\"XM\":\"name\",\"户主姓名\":\"性别\",\"x\":\"\"}", &info),
	                    "12.");
	assert_string_equal(bound("name,tiersync_reason,\n", "{\"unused\":\"name\"}", &info), "1..");
	/* the map goes before the column's own name */
	assert_string_equal(bound("name,gender\n", "{\"name\":\"gender\",\"gender\":\"name\"}", &info), "21");
}

static void
unknown_columns_are_all_named(void **state)
{
	(void)state;
	refuses("name,foo,性别,b\u202er\n", "", "\"foo\", \"b\\u{202e}r\"");
	refuses("Name\n", "", "\"Name\"");
}

static void
two_columns_for_one_field_are_named(void **state)
{
	(void)state;
	refuses("name,性别,姓名\n", "", "mean one field: \"name\", \"姓名\"");
	refuses("name,x\n", "{\"x\":\"name\"}", "\"name\", \"x\"");
}

static void
a_title_of_two_fields_is_no_name(void **state)
{
	(void)state;
	refuses("备注\n", "", "two fields");
	refuses("a\n", "{\"a\":\"备注\"}", "two fields");
}

static void
wrong_maps_are_refused(void **state)
{
	(void)state;
	refuses("name\n", "[]", "a map is a JSON object");
	refuses("name\n", "{\"a\":1}", "\"a\"");
	refuses("name\n", "{\"a\":\"nothing\"}", "does not have: \"nothing\"");
	refuses("name\n", "{\"a\":\"name\",\"a\":\"gender\"}", "");
	refuses("name\n", "{", "");
}

static void
keys_that_come_later_are_bound_later(void **state)
{
	struct import_source *source = NULL;
	struct import_binding *binding = NULL;
	struct import_row row;
	struct err_info info;
	bool is_bad = false;
	bool is_end = false;

	(void)state;
	assert_ok(import_source_new_view(&source,
	                                 view_text("{\"name\":1}\n{\"gender\":1}\n{\"foo\":1}\n{\"姓名\":1}\n"), "file",
	                                 IMPORT_JSONL, TEXT_UTF8, &info));
	assert_ok(import_binding_new(&binding, fields, FIELDS, (struct view){0}, &info));
	assert_ok(import_binding_update(binding, source, &info));
	assert_int_equal(import_binding_column(binding, NAME), SIZE_MAX);
	assert_ok(import_source_next(source, &row, &is_bad, &is_end, &info));
	assert_ok(import_binding_update(binding, source, &info));
	assert_int_equal(import_binding_field(binding, row.cells[0].column), NAME);
	assert_ok(import_source_next(source, &row, &is_bad, &is_end, &info));
	assert_ok(import_binding_update(binding, source, &info));
	assert_int_equal(import_binding_field(binding, row.cells[0].column), GENDER);
	assert_ok(import_source_next(source, &row, &is_bad, &is_end, &info));
	assert_err(import_binding_update(binding, source, &info), ERR_RULE);
	assert_err(import_binding_update(binding, source, &info), ERR_RULE);
	assert_int_equal(import_binding_column(binding, NAME), 0);
	import_binding_free(binding);
	import_source_free(source);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_found_by_name_title_and_map),
		cmocka_unit_test(unknown_columns_are_all_named),
		cmocka_unit_test(two_columns_for_one_field_are_named),
		cmocka_unit_test(a_title_of_two_fields_is_no_name),
		cmocka_unit_test(wrong_maps_are_refused),
		cmocka_unit_test(keys_that_come_later_are_bound_later),
	};

	return cmocka_run_group_tests(tests, name_fields, NULL);
}
