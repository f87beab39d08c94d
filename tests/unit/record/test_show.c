#include <string.h>

#include "json/json.h"
#include "record/show.h"
#include "schema/set.h"
#include "test.h"

static const char KIND[] =
	"{\"x-kind\": \"case\", \"x-title\": {\"zh\": \"个案\", \"en\": \"case\"}, \"type\": \"object\","
	" \"additionalProperties\": false, \"x-key\": [\"number\"], \"required\": [\"number\"], \"properties\": {"
	"\"number\": {\"x-field\": 1, \"type\": \"string\", \"x-title\": {\"zh\": \"编号\", \"en\": \"number\"}},"
	"\"since\": {\"x-field\": 2, \"type\": \"string\", \"format\": \"date\", \"x-title\": {\"zh\": \"起始日\", "
	"\"en\": "
	"\"since\"}},"
	"\"name\": {\"x-field\": 3, \"type\": \"string\", \"x-tier\": \"S2\", \"x-title\": {\"zh\": \"姓名\", \"en\": "
	"\"name\"}},"
	"\"tags\": {\"x-field\": 4, \"type\": \"array\", \"items\": {\"type\": \"string\"}, \"x-merge\": \"set\", "
	"\"x-title\": {\"zh\": \"标签\", \"en\": \"tags\"}},"
	"\"members\": {\"x-field\": 5, \"type\": \"array\", \"x-merge\": \"keyed-list\", \"x-member-key\": \"seat\","
	" \"x-title\": {\"zh\": \"成员\", \"en\": \"members\"}, \"items\": {\"type\": \"object\", "
	"\"additionalProperties\": "
	"false, \"required\": [\"seat\"], \"properties\": {"
	"\"seat\": {\"x-field\": 1, \"type\": \"integer\"},"
	"\"who\": {\"x-field\": 2, \"type\": \"string\", \"x-tier\": \"S3\"}}}}}}";

static const char OBJECT[] = "{\"id\":\"000102030405060708090a0b0c0d0e0f\",\"kind\":\"case\",\"number\":\"7\","
			     "\"since\":\"2024-06-28\",\"name\":\"王芳\",\"tags\":[\"a\",\"b\"],"
			     "\"members\":[{\"seat\":1,\"who\":\"李明\"},{\"seat\":2}]}";

struct fixture {
	struct schema_set *set;
	const struct schema_kind *kind;
	struct arena arena;
};

static int
set_up(void **state)
{
	static struct fixture fixture;
	struct schema_file file = {"case.json", view_text(KIND)};
	struct err_info info;

	fixture = (struct fixture){0};
	assert_ok(schema_set_new(&fixture.set, 1, NULL, &file, 1, &info));
	fixture.kind = schema_set_kind(fixture.set, view_text("case"));
	assert_non_null(fixture.kind);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_release(&fixture->arena);
	schema_set_free(fixture->set);
	return 0;
}

static enum err
take(struct fixture *fixture, struct record *record, const char *text, struct record_json_names *names,
     struct err_info *info)
{
	struct json *json = NULL;
	enum err err = json_parse(&json, view_text(text), LIMIT_ROW_BYTES_MAX, 0, info);

	if (err == ERR_OK)
		err = record_take_json(record, &fixture->arena, json, fixture->kind, names, info);
	json_free(json);
	return err;
}

static struct record
example(struct fixture *fixture)
{
	struct record record = {.kind = fixture->kind->name, .schema_version = 1};
	struct record_json_names names;
	struct err_info info;

	assert_ok(take(fixture, &record, OBJECT, &names, &info));
	assert_true(names.has_id);
	assert_int_equal(names.id.bytes[15], 15);
	return record;
}

static void
what_goes_out_as_json_comes_back_as_it_was(void **state)
{
	struct fixture *fixture = *state;
	struct record record = example(fixture);
	struct id id;
	struct bytes out = {0};
	struct json_writer writer = json_writer_of(&out);
	struct err_info info;

	for (uint8_t i = 0; i < ID_BYTES; i++)
		id.bytes[i] = i;
	assert_ok(record_to_json(&writer, &record, fixture->kind, &id, &info));
	assert_ok(json_writer_end(&writer, &info));
	assert_string_equal(bytes_text(&out), OBJECT);
	bytes_release(&out);
}

static void
null_clears_and_what_is_missing_stays(void **state)
{
	struct fixture *fixture = *state;
	struct record record = example(fixture);
	struct record_json_names names;
	struct err_info info;

	assert_ok(take(fixture, &record, "{\"name\": null, \"标签\": [], \"起始日\": \"\"}", &names, &info));

	assert_false(names.has_id);
	assert_int_equal(record.field_count, 2);
	assert_hex(record_get(&record, 1), "a137");
	assert_true(record_get(&record, 5).size > 0);
}

static void
a_set_is_stored_sorted(void **state)
{
	struct fixture *fixture = *state;
	struct record record = example(fixture);
	struct record_json_names names;
	struct err_info info;

	assert_ok(take(fixture, &record, "{\"tags\": [\"b\", \"a\"]}", &names, &info));

	assert_hex(record_get(&record, 4), "92 a161 a162");
}

static void
what_the_kind_does_not_know_is_refused_by_name(void **state)
{
	static const struct {
		const char *text;
		enum err code;
		const char *says;
	} cases[] = {
		{"{\"colour\": 1}", ERR_NOT_FOUND, "colour"},
		{"{\"kind\": \"other\"}", ERR_FORMAT, "case"},
		{"{\"id\": \"00\"}", ERR_FORMAT, "32"},
		{"{\"number\": \"1\", \"编号\": \"2\"}", ERR_FORMAT, "编号"},
		{"{\"number\": 5}", ERR_RULE, ""},
		{"[]", ERR_FORMAT, "object"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record record = example(fixture);
		struct record_json_names names;
		struct err_info info = {0};

		assert_err(take(fixture, &record, cases[i].text, &names, &info), cases[i].code);
		if (strstr(info.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].text, info.text);
	}
}

static void
unknown_fields_are_carried_and_not_shown(void **state)
{
	struct fixture *fixture = *state;
	struct record record = {.kind = fixture->kind->name};
	struct bytes out = {0};
	struct json_writer writer = json_writer_of(&out);
	struct err_info info;

	assert_ok(record_set(&record, &fixture->arena, 1,
	                     view_text("\xa1"
	                               "7"),
	                     &info));
	assert_ok(record_set(&record, &fixture->arena, 99, view_text("\x05"), &info));
	assert_ok(record_to_json(&writer, &record, fixture->kind, NULL, &info));
	assert_ok(json_writer_end(&writer, &info));
	assert_string_equal(bytes_text(&out), "{\"kind\":\"case\",\"number\":\"7\"}");
	bytes_clear(&out);
	writer = json_writer_of(&out);
	assert_ok(record_to_json(&writer, &record, NULL, NULL, &info));
	assert_ok(json_writer_end(&writer, &info));
	assert_memory_equal(bytes_text(&out), "{\"kind\":\"case\",\"1\":", 19);
	assert_non_null(strstr(bytes_text(&out), ",\"99\":"));
	bytes_release(&out);
}

static void
a_screen_shows_titles_and_masks_what_is_personal(void **state)
{
	struct fixture *fixture = *state;
	struct record record = example(fixture);
	struct record_display_terms terms = {SCHEMA_CHINESE, false};
	struct bytes out = {0};
	struct err_info info;

	assert_ok(record_display(&out, &record, fixture->kind, &terms, &info));
	assert_non_null(strstr(bytes_text(&out), "编号: 7\n"));
	assert_non_null(strstr(bytes_text(&out), "姓名: 王"));
	assert_null(strstr(bytes_text(&out), "王芳"));
	assert_null(strstr(bytes_text(&out), "李")); /* tier S3 inside a list */
	bytes_clear(&out);
	terms.is_personal_shown = true;
	assert_ok(record_display(&out, &record, fixture->kind, &terms, &info));
	assert_non_null(strstr(bytes_text(&out), "姓名: 王芳\n"));
	assert_non_null(strstr(bytes_text(&out), "李明"));
	bytes_release(&out);
}

static void
the_tier_of_a_list_is_that_of_what_is_in_it(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(record_tier_of(schema_field_by_number(&fixture->kind->object, 5)), 3);
	assert_int_equal(record_tier_of(schema_field_by_number(&fixture->kind->object, 4)), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_goes_out_as_json_comes_back_as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(null_clears_and_what_is_missing_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_set_is_stored_sorted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_kind_does_not_know_is_refused_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unknown_fields_are_carried_and_not_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_screen_shows_titles_and_masks_what_is_personal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_tier_of_a_list_is_that_of_what_is_in_it, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
