#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "schema/set.h"
#include "schema/value.h"
#include "seal/seal.h"
#include "test.h"

/* Every kind and code set of schema/, read strictly. */
static struct schema_set *
shipped(void)
{
	static const char *const folders[] = {"kinds", "codes"};
	struct schema_file files[256];
	struct bytes texts[256] = {{0}};
	struct schema_set *set = NULL;
	struct err_info info;
	size_t count = 0;

	for (size_t i = 0; i < 2; i++) {
		char path[LIMIT_PATH_BYTES_MAX];
		struct fs_names names = {0};

		assert_ok(fs_path(path, &info, "%s/schema/%s", SOURCE_DIR, folders[i]));
		assert_ok(fs_list(&names, path, 128, &info));
		for (size_t k = 0; k < names.count; k++) {
			if (strstr(names.names[k], ".json") == NULL)
				continue;
			assert_ok(fs_path(path, &info, "%s/schema/%s/%s", SOURCE_DIR, folders[i], names.names[k]));
			assert_ok(fs_read(&texts[count], path, LIMIT_KIND_FILE_BYTES_MAX, &info));
			files[count] = (struct schema_file){"a file", bytes_view(&texts[count])};
			count++;
		}
		fs_names_release(&names);
	}
	assert_ok(schema_set_new(&set, 7, NULL, files, count, &info));
	for (size_t i = 0; i < count; i++)
		bytes_release(&texts[i]);
	return set;
}

static void
assert_same_kind(const struct schema_kind *a, const struct schema_kind *b)
{
	assert_true(view_equal(a->name, b->name) && view_equal(a->text, b->text) &&
	            digest_equal(&a->digest, &b->digest));
	assert_int_equal(a->object.count, b->object.count);
	assert_int_equal(a->key_count, b->key_count);
	assert_int_equal(a->rule_count, b->rule_count);
	assert_int_equal(a->across_count, b->across_count);
	for (size_t i = 0; i < a->object.count; i++) {
		const struct schema_field *x = &a->object.fields[i];
		const struct schema_field *y = &b->object.fields[i];

		assert_true(x->number == y->number && x->type == y->type && view_equal(x->name, y->name));
		assert_int_equal(x->codes == NULL, y->codes == NULL);
		if (x->codes != NULL)
			assert_int_equal(x->codes->count, y->codes->count);
		assert_ptr_equal(schema_field_by_name(&b->object, x->name), y);
	}
}

static void
a_set_opened_by_its_digest_answers_like_one_read_strictly(void **state)
{
	struct schema_set *strict = shipped();
	struct schema_set *opened = NULL;
	struct err_info info;

	(void)state;
	assert_ok(schema_set_open(&opened, schema_set_bytes(strict), schema_set_digest(strict), &info));

	assert_int_equal(schema_set_version(opened), 7);
	assert_true(view_equal(schema_set_bytes(opened), schema_set_bytes(strict)));
	assert_int_equal(schema_set_kind_count(opened), schema_set_kind_count(strict));
	assert_int_equal(schema_set_codes_count(opened), schema_set_codes_count(strict));
	for (size_t i = schema_set_kind_count(strict); i > 0;
	     i--) { /* backwards: whoever refers to another comes first */
		const struct schema_kind *kind = schema_set_kind_at(strict, i - 1);

		assert_true(view_equal(schema_set_kind_name(opened, i - 1), kind->name));
		assert_true(view_equal(schema_set_kind_text(opened, i - 1), kind->text));
		assert_true(kind->across_count == 0 || schema_set_kind_may_compare(opened, i - 1));
		assert_int_equal(schema_set_kind(opened, kind->name)->across_count, 0);
		assert_ptr_equal(schema_set_kind_across(opened, i - 1), schema_set_kind(opened, kind->name));
		assert_same_kind(kind, schema_set_kind(opened, kind->name));
	}
	for (size_t i = 0; i < schema_set_codes_count(strict); i++) {
		const struct schema_codes *codes = schema_set_codes_at(strict, i);
		const struct schema_codes *again = schema_set_codes(opened, codes->name);

		assert_int_equal(codes->count, again->count);
		assert_ptr_equal(schema_code_by_text(again, codes->codes[0].code), &again->codes[0]);
	}
	assert_null(schema_set_kind(opened, view_text("no_such_kind")));
	schema_set_free(strict);
	schema_set_free(opened);
}

static void
another_digest_is_refused_as_is_every_cut(void **state)
{
	struct schema_set *strict = shipped();
	struct schema_set *opened = NULL;
	struct view bytes = schema_set_bytes(strict);
	struct digest other = *schema_set_digest(strict);
	struct err_info info;

	(void)state;
	other.bytes[31] ^= 1;
	assert_err(schema_set_open(&opened, bytes, &other, &info), ERR_AUTH);
	for (size_t size = 0; size < bytes.size; size += 1 + bytes.size / 97)
		assert_true(schema_set_open(&opened, view_of(bytes.data, size), schema_set_digest(strict), &info) !=
		            ERR_OK);
	assert_null(opened);
	schema_set_free(strict);
}

static void
a_kind_that_does_not_compile_is_not_there(void **state)
{
	/* version 7, no code sets, one kind: {"x-kind":"t"} */
	struct bytes bytes = from_hex("83 01 07 02 90 03 91 ae 7b22782d6b696e64223a2274227d");
	struct schema_set *opened = NULL;
	struct bytes digest =
		from_hex("6f50505342c7f22badd95c85a1ed400ecee1ddddb9efb38ffec9402cd578ce57"); /* of hashlib */
	struct digest named;
	struct err_info info;

	(void)state;
	memcpy(named.bytes, digest.data, DIGEST_BYTES);
	assert_ok(schema_set_open(&opened, bytes_view(&bytes), &named, &info));
	assert_int_equal(schema_set_kind_count(opened), 1);

	assert_null(schema_set_kind(opened, view_text("t")));
	assert_null(schema_set_kind(opened, view_text("t"))); /* nor the second time */

	assert_null(schema_field_by_name(&schema_set_kind_at(opened, 0)->object, view_text("a")));
	schema_set_free(opened);
	bytes_release(&bytes);
	bytes_release(&digest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_opened_by_its_digest_answers_like_one_read_strictly),
		cmocka_unit_test(another_digest_is_refused_as_is_every_cut),
		cmocka_unit_test(a_kind_that_does_not_compile_is_not_there),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
