/* What holds of every kind and code set of schema/: an office can read it, and numbers stay where they are. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fs.h"
#include "schema/set.h"
#include "test.h"

enum {
	FILES_MAX = 512,
	BLOCK_MAX = 39 /* fields that all case kinds share */
};

static struct schema_set *set;
static struct arena arena;

static void
load(struct schema_file *files, size_t *count, const char *directory)
{
	struct fs_names names = {0};
	struct err_info info = {0};

	assert_ok(fs_list(&names, directory, FILES_MAX, &info));
	for (size_t i = 0; i < names.count; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};

		assert_ok(fs_path(path, &info, "%s/%s", directory, names.names[i]));
		assert_ok(fs_read(&content, path, LIMIT_KIND_FILE_BYTES_MAX, &info));
		files[*count].name = (const char *)arena_copy(&arena, view_text(names.names[i]));
		files[(*count)++].text = view_of(arena_copy(&arena, bytes_view(&content)), content.size);
		bytes_release(&content);
	}
	fs_names_release(&names);
}

static int
open_set(void **state)
{
	struct schema_file files[FILES_MAX];
	struct err_info info = {0};
	size_t count = 0;

	(void)state;
	load(files, &count, SOURCE_DIR "/schema/kinds");
	load(files, &count, SOURCE_DIR "/schema/codes");
	assert_ok(schema_set_new(&set, 1, NULL, files, count, &info));
	return 0;
}

static int
close_set(void **state)
{
	(void)state;
	schema_set_free(set);
	arena_release(&arena);
	return 0;
}

static void
check_titles(const struct schema_object *object, const char *kind)
{
	for (size_t i = 0; i < object->count; i++) {
		const struct schema_field *field = &object->fields[i];

		if (!field->title.has_zh || !field->title.has_en)
			fail_msg("%s.%.*s has no title in both languages", kind, (int)field->name.size,
			         (const char *)field->name.data);
		if (field->type == SCHEMA_OBJECT)
			check_titles(field->object, kind);
		if (field->type == SCHEMA_ARRAY && field->item->type == SCHEMA_OBJECT)
			check_titles(field->item->object, kind);
	}
}

static void
everything_has_a_title_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);

		assert_true(kind->title.has_zh && kind->title.has_en);
		check_titles(&kind->object, (const char *)kind->name.data);
		for (size_t k = 0; k < kind->rule_count; k++)
			assert_true(kind->rules[k].title.has_zh && kind->rules[k].title.has_en);
	}
	for (size_t i = 0; i < schema_set_codes_count(set); i++) {
		const struct schema_codes *codes = schema_set_codes_at(set, i);

		for (size_t k = 0; k < codes->count; k++)
			assert_true(codes->codes[k].title.has_zh && codes->codes[k].title.has_en);
	}
}

static void
every_limit_has_its_name_its_title_and_its_source(void **state)
{
	size_t limits = 0;

	(void)state;
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);

		for (size_t k = 0; kind->status != NULL && k < kind->status->states->limit_count; k++) {
			const struct schema_limit *limit = &kind->status->states->limits[k];

			if (!limit->title.has_zh || !limit->title.has_en || limit->rule.size == 0 ||
			    limit->name.size == 0)
				fail_msg("%s: limit %.*s", (const char *)kind->name.data, (int)limit->name.size,
				         (const char *)limit->name.data);
			/* a clock that no field starts would need the whole history */
			assert_true(limit->since != 0 || limit->form == SCHEMA_LIMIT_AT);
			limits++;
		}
	}
	assert_true(limits > 40);
}

static void
every_kind_that_is_matched_has_a_key_that_it_requires(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);

		/* what a hub finds is written by the program, never matched by hand */
		assert_true(kind->key_count > 0 || view_equal(kind->name, view_text("finding")));
		for (size_t k = 0; k < kind->key_count; k++)
			assert_true(schema_field_by_number(&kind->object, kind->key[k])->is_required);
	}
}

/* A person who knows one case kind knows all of them; columns of different programmes line up. */
static void
case_kinds_share_their_first_numbers(void **state)
{
	const struct schema_kind *model = schema_set_kind(set, view_text("mla_case"));
	size_t kinds = 0;

	(void)state;
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		const struct schema_kind *kind = schema_set_kind_at(set, i);
		const struct schema_field *number = schema_field_by_name(&kind->object, view_text("case_no"));

		if (number == NULL || number->number != 1 || kind->key_count != 1 || kind->key[0] != 1)
			continue;
		kinds++;
		for (size_t k = 0; k < kind->object.count && kind->object.fields[k].number <= BLOCK_MAX; k++) {
			const struct schema_field *field = &kind->object.fields[k];
			const struct schema_field *same = schema_field_by_number(&model->object, field->number);

			if (same == NULL || !view_equal(same->name, field->name) || same->type != field->type)
				fail_msg("%s.%.*s is not field %u of mla_case", (const char *)kind->name.data,
				         (int)field->name.size, (const char *)field->name.data, field->number);
		}
	}
	assert_int_equal(kinds, 9);
}

/* "为保护儿童隐私，不宜设置公示环节": no field, no status and no period of a notice. */
static void
a_childs_case_has_no_public_notice(void **state)
{
	static const char *const KINDS[] = {"child_case", "lbc_child"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct schema_kind *kind = schema_set_kind(set, view_text(KINDS[i]));

		for (size_t k = 0; k < kind->object.count; k++) {
			const struct schema_field *field = &kind->object.fields[k];

			assert_false(field->name.size >= 6 && memcmp(field->name.data, "notice", 6) == 0);
		}
		assert_int_equal(kind->status->states->period_count, 0);
		for (size_t k = 0; k < kind->status->codes->count; k++)
			assert_false(view_equal(kind->status->codes->codes[k].code, view_text("notice")));
	}
}

/* Money is integer fen and says so; what a name promises a type keeps. */
static void
money_is_integer_fen(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		const struct schema_object *object = &schema_set_kind_at(set, i)->object;

		for (size_t k = 0; k < object->count; k++) {
			const struct schema_field *field = &object->fields[k];
			bool is_named = (field->name.size >= 4 &&
			                 memcmp(field->name.data + field->name.size - 4, "_fen", 4) == 0) ||
			                view_equal(field->name, view_text("fen"));

			if (is_named)
				assert_true(field->type == SCHEMA_INTEGER && view_equal(field->unit, view_text("fen")));
			if (view_equal(field->unit, view_text("fen")))
				assert_int_equal(field->type, SCHEMA_INTEGER);
		}
	}
}

static void
what_tells_a_person_is_sensitive(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_set_kind_count(set); i++) {
		const struct schema_object *object = &schema_set_kind_at(set, i)->object;

		for (size_t k = 0; k < object->count; k++) {
			if (object->fields[k].type == SCHEMA_CITIZEN_ID)
				assert_int_equal(object->fields[k].tier, 3);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_has_a_title_in_both_languages),
		cmocka_unit_test(every_limit_has_its_name_its_title_and_its_source),
		cmocka_unit_test(every_kind_that_is_matched_has_a_key_that_it_requires),
		cmocka_unit_test(case_kinds_share_their_first_numbers),
		cmocka_unit_test(a_childs_case_has_no_public_notice),
		cmocka_unit_test(money_is_integer_fen),
		cmocka_unit_test(what_tells_a_person_is_sensitive),
	};

	return cmocka_run_group_tests(tests, open_set, close_set);
}
