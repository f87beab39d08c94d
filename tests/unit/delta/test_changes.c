#include "delta/changes.h"
#include "samples.h"

static struct bytes
bytes_of(const struct record *record)
{
	struct bytes out = {0};
	struct err_info info;

	assert_ok(record_write(&out, record, LIMIT_RECORD_BYTES_MAX, &info));
	return out;
}

static void
assert_inverse(struct arena *arena, const struct record *old, const struct record *new, const struct schema_kind *kind)
{
	struct delta_apply_terms terms = {new->kind, new->schema_version, 0};
	struct delta_writes writes = {0};
	struct record result;
	struct bytes want = bytes_of(new);
	struct bytes got;
	struct err_info info = {0};
	bool is_gone = true;

	assert_ok(delta_changes(&writes, arena, old, new, kind, &info));
	assert_ok(delta_apply(&result, &is_gone, arena, old, &terms, &writes, &info));
	assert_false(is_gone);
	got = bytes_of(&result);
	assert_true(view_equal(bytes_view(&want), bytes_view(&got)));
	bytes_release(&want);
	bytes_release(&got);
}

static void
applying_what_changed_gives_the_new_record_byte_for_byte(void **state)
{
	uint64_t random = 20241124;

	(void)state;
	for (size_t round = 0; round < 5000; round++) {
		struct arena arena = {0};
		struct record old = sample_record(&arena, &random);
		struct record new = sample_record(&arena, &random);
		struct bytes before = bytes_of(&old);
		struct bytes after;

		if (new.schema_version < old.schema_version)
			new.schema_version = old.schema_version;
		assert_inverse(&arena, &old, &new, &SAMPLE_KIND);
		assert_inverse(&arena, &old, &new, NULL);
		assert_inverse(&arena, NULL, &new, &SAMPLE_KIND);
		assert_inverse(&arena, NULL, &new, NULL);
		after = bytes_of(&old);
		assert_true(view_equal(bytes_view(&before), bytes_view(&after)));
		bytes_release(&before);
		bytes_release(&after);
		arena_release(&arena);
	}
}

static void
equal_records_have_no_changes(void **state)
{
	uint64_t random = 7;

	(void)state;
	for (size_t round = 0; round < 200; round++) {
		struct arena arena = {0};
		struct record record = sample_record(&arena, &random);
		struct record copy;
		struct delta_writes writes = {0};
		struct err_info info;

		assert_ok(record_copy(&copy, &arena, &record, &info));
		copy.schema_version++;
		assert_ok(delta_changes(&writes, &arena, &record, &copy, &SAMPLE_KIND, &info));
		assert_int_equal(writes.count, 0);
		arena_release(&arena);
	}
}

/* a changeset that leaves any one of its writes out gives another record, or is refused: none is idle */
static void
no_write_of_a_changeset_is_idle(void **state)
{
	uint64_t random = 99;

	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct arena arena = {0};
		struct record old = sample_record(&arena, &random);
		struct record new = sample_record(&arena, &random);
		struct delta_apply_terms terms = {new.kind, 9, 0};
		struct delta_writes writes = {0};
		struct err_info info;

		new.schema_version = 9;
		assert_ok(delta_changes(&writes, &arena, &old, &new, &SAMPLE_KIND, &info));
		for (size_t leave = 0; leave < writes.count; leave++) {
			struct delta_writes fewer = {0};
			struct record result;
			bool is_gone;

			for (size_t i = 0; i < writes.count; i++) {
				if (i != leave)
					assert_ok(delta_writes_add(&fewer, &arena, &writes.items[i], &info));
			}
			if (delta_apply(&result, &is_gone, &arena, &old, &terms, &fewer, &info) == ERR_OK)
				assert_false(record_equal(&result, &new));
		}
		arena_release(&arena);
	}
}

static void
add_path(struct delta_writes *writes, struct arena *arena, struct record_path path, enum delta_act act,
         const char *value)
{
	struct delta_write write = {path, act, value == NULL ? (struct view){0} : view_text(value)};
	struct err_info info;

	assert_ok(delta_writes_add(writes, arena, &write, &info));
}

#define FIELD(f) ((struct record_path){.type = RECORD_FIELD, .field = (f)})
#define ELEMENT(f, e) ((struct record_path){.type = RECORD_ELEMENT, .field = (f), .key = view_text(e)})
#define MEMBER(f, m) ((struct record_path){.type = RECORD_MEMBER, .field = (f), .key_field = 2, .key = view_text(m)})
#define MEMBER_FIELD(f, m, g)                                                                                          \
	((struct record_path){                                                                                         \
		.type = RECORD_MEMBER_FIELD, .field = (f), .key_field = 2, .sub = (g), .key = view_text(m)})
#define EXISTENCE ((struct record_path){.type = RECORD_EXISTENCE})
#define DROP(f) ((struct record_path){.type = RECORD_FIELD, .is_drop = true, .field = (f)})

/* field 1 = 5, field 7 = set of 1 and 2, field 8 = members 1 (field 3 = 7) and 2 */
static struct record
example(struct arena *arena)
{
	struct record record = {.kind = SAMPLE_KIND.name, .schema_version = 1};
	struct err_info info;

	assert_ok(record_set(&record, arena, 1, view_text("\x05"), &info));
	assert_ok(record_set(&record, arena, 7, view_text("\x92\x01\x02"), &info));
	assert_ok(record_set(&record, arena, 8, view_text("\x92\x82\x02\x01\x03\x07\x81\x02\x02"), &info));
	return record;
}

static enum err
apply(struct arena *arena, const struct record *old, const struct delta_writes *writes, unsigned flags,
      struct record *out, struct err_info *info)
{
	struct delta_apply_terms terms = {SAMPLE_KIND.name, 1, flags};
	bool is_gone;

	return delta_apply(out, &is_gone, arena, old, &terms, writes, info);
}

struct refused {
	const char *why;
	size_t count;
	struct delta_write writes[3];
};

static void
what_is_no_changeset_of_its_record_is_refused(void **state)
{
	const struct refused cases[] = {
		{"an equal value", 1, {{FIELD(1), DELTA_SET, view_text("\x05")}}},
		{"a field cleared that is absent", 1, {{FIELD(2), DELTA_CLEAR, {0}}}},
		{"set without a value", 1, {{FIELD(1), DELTA_SET, {0}}}},
		{"clear with a value", 1, {{FIELD(1), DELTA_CLEAR, view_text("\x05")}}},
		{"add of a field", 1, {{FIELD(1), DELTA_ADD, {0}}}},
		{"field 0", 1, {{FIELD(0), DELTA_SET, view_text("\x06")}}},
		{"field 65536", 1, {{FIELD(65536), DELTA_SET, view_text("\x06")}}},
		{"descending", 2, {{FIELD(2), DELTA_SET, view_text("\x06")}, {FIELD(1), DELTA_SET, view_text("\x06")}}},
		{"twice", 2, {{FIELD(1), DELTA_SET, view_text("\x06")}, {FIELD(1), DELTA_SET, view_text("\x07")}}},
		{"an element added that is there", 1, {{ELEMENT(7, "\x01"), DELTA_ADD, {0}}}},
		{"an element cleared that is absent", 1, {{ELEMENT(7, "\x03"), DELTA_CLEAR, {0}}}},
		{"an element kept", 1, {{ELEMENT(7, "\x01"), DELTA_KEEP, {0}}}},
		{"an element of no set", 1, {{ELEMENT(1, "\x03"), DELTA_ADD, {0}}}},
		{"one field in two manners", 2, {{FIELD(7), DELTA_CLEAR, {0}}, {ELEMENT(7, "\x01"), DELTA_CLEAR, {0}}}},
		{"set and list", 2, {{ELEMENT(7, "\x01"), DELTA_CLEAR, {0}}, {MEMBER(7, "\x01"), DELTA_ADD, {0}}}},
		{"a member of no list", 1, {{MEMBER(1, "\x01"), DELTA_ADD, {0}}}},
		{"a member added that is there", 1, {{MEMBER(8, "\x01"), DELTA_ADD, {0}}}},
		{"a member cleared that is absent", 1, {{MEMBER(8, "\x03"), DELTA_CLEAR, {0}}}},
		{"a member kept that is absent", 1, {{MEMBER(8, "\x03"), DELTA_KEEP, {0}}}},
		{"a field of an absent member", 1, {{MEMBER_FIELD(8, "\x03", 3), DELTA_SET, view_text("\x06")}}},
		{"an equal field of a member", 1, {{MEMBER_FIELD(8, "\x01", 3), DELTA_SET, view_text("\x07")}}},
		{"the key field of a member", 1, {{MEMBER_FIELD(8, "\x01", 2), DELTA_SET, view_text("\x06")}}},
		{"below a cleared member",
	         2,
	         {{MEMBER(8, "\x01"), DELTA_CLEAR, {0}}, {MEMBER_FIELD(8, "\x01", 3), DELTA_SET, view_text("\x06")}}},
		{"cleared in an added member",
	         2,
	         {{MEMBER(8, "\x03"), DELTA_ADD, {0}}, {MEMBER_FIELD(8, "\x03", 3), DELTA_CLEAR, {0}}}},
		{"another key field",
	         1,
	         {{{.type = RECORD_MEMBER, .field = 8, .key_field = 9, .key = {(const uint8_t *)"\x01", 1}},
	           DELTA_CLEAR,
	           {0}}}},
		{"no key field",
	         1,
	         {{{.type = RECORD_MEMBER, .field = 8, .key = {(const uint8_t *)"\x01", 1}}, DELTA_CLEAR, {0}}}},
		{"below a removed record",
	         2,
	         {{EXISTENCE, DELTA_CLEAR, {0}}, {FIELD(1), DELTA_SET, view_text("\x06")}}},
		{"set of existence", 1, {{EXISTENCE, DELTA_SET, view_text("\x06")}}},
		{"a drop that is no add", 1, {{DROP(1), DELTA_CLEAR, {0}}}},
		{"a drop before a write", 2, {{DROP(1), DELTA_ADD, {0}}, {FIELD(1), DELTA_SET, view_text("\x06")}}},
		{"a built-in set that does not exist",
	         1,
	         {{{.type = RECORD_BUILT_IN, .field = 4, .key = {(const uint8_t *)"\x01", 1}}, DELTA_ADD, {0}}}},
		{"a built-in element that is none",
	         1,
	         {{{.type = RECORD_BUILT_IN, .field = 1, .key = {(const uint8_t *)"\x01", 1}}, DELTA_ADD, {0}}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct record old = example(&arena);
		struct record result;
		struct delta_writes writes = {0};
		struct err_info info = {0};
		enum err err;

		for (size_t j = 0; j < cases[i].count; j++)
			assert_ok(delta_writes_add(&writes, &arena, &cases[i].writes[j], &info));
		err = apply(&arena, &old, &writes, 0, &result, &info);
		if (err != ERR_FORMAT || info.text[0] == '\0')
			fail_msg("%s: ERR_%s", cases[i].why, err_name(err));
		arena_release(&arena);
	}
}

static void
a_resolution_may_write_what_is_there(void **state)
{
	struct arena arena = {0};
	struct record old = example(&arena);
	struct record result;
	struct delta_writes writes = {0};
	struct err_info info = {0};

	(void)state;
	add_path(&writes, &arena, EXISTENCE, DELTA_KEEP, NULL);
	add_path(&writes, &arena, FIELD(1), DELTA_SET, "\x05");
	add_path(&writes, &arena, FIELD(2), DELTA_CLEAR, NULL);
	add_path(&writes, &arena, ELEMENT(7, "\x01"), DELTA_ADD, NULL);
	add_path(&writes, &arena, ELEMENT(7, "\x09"), DELTA_CLEAR, NULL);
	add_path(&writes, &arena, MEMBER(8, "\x01"), DELTA_KEEP, NULL);
	add_path(&writes, &arena, MEMBER_FIELD(8, "\x01", 3), DELTA_SET, "\x07");
	add_path(&writes, &arena, DROP(5), DELTA_ADD, NULL);

	assert_ok(apply(&arena, &old, &writes, DELTA_EQUAL_ALLOWED, &result, &info));
	assert_true(record_equal(&result, &old));
	assert_err(apply(&arena, &old, &writes, 0, &result, &info), ERR_FORMAT);
	arena_release(&arena);
}

static void
existence_decides_whether_a_record_results(void **state)
{
	struct arena arena = {0};
	struct record old = example(&arena);
	struct record result = {0};
	struct delta_writes add = {0};
	struct delta_writes remove = {0};
	struct delta_writes drop = {0};
	struct delta_writes field = {0};
	struct delta_apply_terms terms = {SAMPLE_KIND.name, 4, 0};
	struct delta_apply_terms nameless = {{0}, 4, 0};
	struct err_info info = {0};
	bool is_gone = false;

	(void)state;
	add_path(&add, &arena, EXISTENCE, DELTA_ADD, NULL);
	add_path(&remove, &arena, EXISTENCE, DELTA_CLEAR, NULL);
	add_path(&drop, &arena, DROP(5), DELTA_ADD, NULL);
	add_path(&field, &arena, FIELD(5), DELTA_SET, "\x01");

	assert_ok(delta_apply(&result, &is_gone, &arena, &old, &terms, &remove, &info));
	assert_true(is_gone);
	assert_err(delta_apply(&result, &is_gone, &arena, NULL, &terms, &remove, &info), ERR_FORMAT);
	assert_ok(delta_apply(&result, &is_gone, &arena, NULL, &terms, &drop, &info));
	assert_true(is_gone);
	assert_err(delta_apply(&result, &is_gone, &arena, NULL, &terms, &field, &info), ERR_FORMAT);
	assert_ok(delta_apply(&result, &is_gone, &arena, NULL, &terms, &add, &info));
	assert_false(is_gone);
	assert_int_equal(result.field_count, 0);
	assert_int_equal(result.schema_version, 4);
	assert_err(delta_apply(&result, &is_gone, &arena, NULL, &nameless, &add, &info), ERR_FORMAT);
	assert_ok(delta_apply(&result, &is_gone, &arena, &old, &terms, &add, &info)); /* comes back as it was */
	assert_int_equal(result.field_count, old.field_count);
	terms.kind = view_text("other");
	assert_err(delta_apply(&result, &is_gone, &arena, &old, &terms, &field, &info), ERR_FORMAT);
	arena_release(&arena);
}

static void
a_set_changes_by_element_and_a_list_by_member_and_field(void **state)
{
	struct arena arena = {0};
	struct record old = example(&arena);
	struct record new = example(&arena);
	struct delta_writes writes = {0};
	struct err_info info;

	(void)state;
	assert_ok(record_set(&new, &arena, 7, view_text("\x92\x02\x03"), &info));
	assert_ok(record_set(&new, &arena, 8, view_text("\x92\x82\x02\x01\x03\x09\x82\x02\x05\x03\x01"), &info));

	assert_ok(delta_changes(&writes, &arena, &old, &new, &SAMPLE_KIND, &info));
	assert_int_equal(writes.count, 6);
	assert_int_equal(writes.items[0].path.type, RECORD_ELEMENT);
	assert_int_equal(writes.items[0].act, DELTA_CLEAR);
	assert_hex(writes.items[1].path.key, "03");
	assert_int_equal(writes.items[2].path.type, RECORD_MEMBER_FIELD);
	assert_hex(writes.items[2].value, "09");
	assert_int_equal(writes.items[2].path.key_field, 2);
	assert_int_equal(writes.items[3].path.type, RECORD_MEMBER);
	assert_int_equal(writes.items[3].act, DELTA_CLEAR);
	assert_int_equal(writes.items[4].act, DELTA_ADD);
	assert_int_equal(writes.items[5].path.type, RECORD_MEMBER_FIELD);
	writes = (struct delta_writes){0};
	assert_ok(delta_changes(&writes, &arena, &old, &new, NULL, &info));
	assert_int_equal(writes.count, 2);
	assert_int_equal(writes.items[0].path.type, RECORD_FIELD);
	arena_release(&arena);
}

/* Random records hold a list that is none now and then; only such a one is written as a whole. */
static void
changes_are_written_in_the_manner_of_their_kind(void **state)
{
	uint64_t random = 8;
	size_t counts[2] = {0, 0};

	(void)state;
	for (size_t round = 0; round < 500; round++) {
		struct arena arena = {0};
		struct record old = sample_record(&arena, &random);
		struct record new = sample_record(&arena, &random);
		struct delta_writes writes = {0};
		bool is_bent = false;
		struct err_info info;

		assert_ok(delta_changes(&writes, &arena, round % 2 == 0 ? &old : NULL, &new, &SAMPLE_KIND, &info));
		for (size_t i = 0; i < writes.count; i++)
			is_bent = is_bent || (writes.items[i].path.type == RECORD_FIELD &&
			                      (writes.items[i].path.field == SAMPLE_SET ||
			                       writes.items[i].path.field == SAMPLE_LIST));
		assert_int_equal(delta_writes_fit(&writes, &SAMPLE_KIND, &info), is_bent ? ERR_FORMAT : ERR_OK);
		counts[is_bent]++;
		writes = (struct delta_writes){0};
		assert_ok(delta_changes(&writes, &arena, &old, &new, NULL, &info));
		assert_ok(delta_writes_fit(&writes, NULL, &info));
		arena_release(&arena);
	}
	assert_true(counts[0] > 400 && counts[1] > 20);
}

static void
another_manner_than_the_kinds_is_refused(void **state)
{
	const struct delta_write cases[] = {
		{FIELD(7), DELTA_SET, view_text("\x92\x01\x02")},
		{FIELD(7), DELTA_SET, view_text("\x05")},
		{FIELD(8), DELTA_CLEAR, {0}},
		{ELEMENT(1, "\x05"), DELTA_ADD, {0}},
		{ELEMENT(8, "\x81\x02\x01"), DELTA_ADD, {0}},
		{ELEMENT(SAMPLE_UNKNOWN, "\x05"), DELTA_ADD, {0}},
		{MEMBER(7, "\x05"), DELTA_ADD, {0}},
		{{.type = RECORD_MEMBER, .field = 8, .key_field = 3, .key = {(const uint8_t *)"\x05", 1}},
	         DELTA_ADD,
	         {0}},
		{DROP(7), DELTA_ADD, {0}},
		{{.type = RECORD_MEMBER_FIELD,
	          .is_drop = true,
	          .field = 8,
	          .sub = SAMPLE_LIST_KEY,
	          .key = {(const uint8_t *)"\x05", 1}},
	         DELTA_ADD,
	         {0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct delta_write write = cases[i];
		const struct delta_writes writes = {&write, 1, 1};
		struct err_info info = {0};

		assert_err(delta_writes_fit(&writes, &SAMPLE_KIND, &info), ERR_FORMAT);
		assert_true(info.text[0] != '\0');
	}
}

static void
records_of_two_kinds_are_not_compared(void **state)
{
	struct arena arena = {0};
	struct record old = example(&arena);
	struct record new = example(&arena);
	struct delta_writes writes = {0};
	struct err_info info;

	(void)state;
	new.kind = view_text("other");
	assert_err(delta_changes(&writes, &arena, &old, &new, NULL, &info), ERR_FORMAT);
	arena_release(&arena);
}

static void
counts_tell_added_changed_and_removed_apart(void **state)
{
	struct arena arena = {0};
	struct record old = example(&arena);
	struct record new = example(&arena);
	struct delta_counts counts = {0};
	struct delta_writes writes = {0};
	struct err_info info;

	(void)state;
	assert_ok(record_set(&new, &arena, 1, view_text("\x06"), &info));
	assert_ok(record_set(&new, &arena, 2, view_text("\x06"), &info));
	assert_ok(delta_changes(&writes, &arena, &old, &new, &SAMPLE_KIND, &info));
	delta_counts_writes(&counts, &writes);
	assert_ok(delta_changes(&writes, &arena, NULL, &new, &SAMPLE_KIND, &info));
	delta_counts_writes(&counts, &writes);
	assert_ok(delta_changes(&writes, &arena, &old, NULL, &SAMPLE_KIND, &info));
	delta_counts_writes(&counts, &writes);

	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.changed, 1);
	assert_int_equal(counts.removed, 1);
	assert_int_equal(counts.fields, 2);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(applying_what_changed_gives_the_new_record_byte_for_byte),
		cmocka_unit_test(equal_records_have_no_changes),
		cmocka_unit_test(no_write_of_a_changeset_is_idle),
		cmocka_unit_test(what_is_no_changeset_of_its_record_is_refused),
		cmocka_unit_test(a_resolution_may_write_what_is_there),
		cmocka_unit_test(existence_decides_whether_a_record_results),
		cmocka_unit_test(a_set_changes_by_element_and_a_list_by_member_and_field),
		cmocka_unit_test(changes_are_written_in_the_manner_of_their_kind),
		cmocka_unit_test(another_manner_than_the_kinds_is_refused),
		cmocka_unit_test(records_of_two_kinds_are_not_compared),
		cmocka_unit_test(counts_tell_added_changed_and_removed_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
