#include <string.h>

#include "base/fs.h"
#include "delta/section.h"
#include "rewrite.h"
#include "samples.h"

enum {
	BASES = 2
};

static const char GOLDEN[] = TESTS_DIR "/golden/fuzz_delta_section";

/* --- builders --- */

static struct delta_commit
an_edit(size_t parent, int64_t time)
{
	struct delta_commit commit = {.info = {.parent_count = 1, .rules = 1, .level = 1, .epoch = 2},
	                              .keys = DELTA_KEYS_NONE};

	commit.info.time = time;
	commit.info.schema_version = 3;
	commit.info.schema_digest.bytes[0] = 3;
	commit.info.epoch_digest.bytes[0] = 2;
	commit.info.roster_count = 1;
	commit.info.roster[0].number = 7;
	assert_true(node_code_read(&commit.info.node, view_text("430321100000")));
	assert_true(node_code_read(&commit.info.roster[0].issuer, view_text("430300000000")));
	commit.parents[0] = parent;
	memset(commit.signature.bytes, 0x5a, sizeof(commit.signature.bytes));
	return commit;
}

static struct delta_commit
a_merge(size_t near, size_t far)
{
	struct delta_commit commit = {.info = {.is_merge = true, .parent_count = 2}, .parents = {near, far}};

	return commit;
}

static struct delta_row
a_row(enum delta_row_type type, uint8_t id)
{
	struct delta_row row = {.type = type, .kind = SAMPLE_KIND.name};

	row.id.bytes[0] = id;
	return row;
}

static struct delta_row
a_change(struct arena *arena, uint8_t id, uint32_t field, const char *value)
{
	struct delta_row row = a_row(DELTA_ROW_CHANGED, id);
	struct delta_write write = {{.type = RECORD_FIELD, .field = field}, DELTA_SET, view_text(value)};

	assert_int_equal(delta_writes_add(&row.writes, arena, &write, NULL), ERR_OK);
	return row;
}

static struct bytes
finish(struct delta_writer *writer)
{
	struct bytes section = {0};
	struct err_info info;

	assert_ok(delta_writer_finish(writer, &section, NULL, &info));
	delta_writer_free(writer);
	return section;
}

static struct delta_writer *
new_writer(void)
{
	struct delta_writer *writer;
	struct err_info info;

	assert_ok(delta_writer_new(&writer, BASES, &info));
	return writer;
}

/* --- a random delta: written, read again and compared row by row --- */

static void
add_changes(struct delta_writer *writer, struct arena *arena, uint64_t *random, struct delta_row *row,
            const struct record *old, const struct record *new)
{
	struct err_info info;
	const struct delta_write drop = {{.type = RECORD_FIELD, .is_drop = true, .field = 3}, DELTA_ADD, {0}};

	row->writes = (struct delta_writes){0};
	assert_ok(delta_changes(&row->writes, arena, old, new, &SAMPLE_KIND, &info));
	if (old != NULL && (row->writes.count == 0 || sample_below(random, 10) == 0))
		assert_ok(delta_writes_add(&row->writes, arena, &drop, &info));
	assert_ok(delta_writer_add_row(writer, row, &info));
}

static void
add_rows(struct delta_writer *writer, struct arena *arena, uint64_t *random, enum delta_keys keys)
{
	static const char *const kinds[] = {"sample", "other"};
	struct err_info info;
	uint8_t id = 0;

	for (uint8_t n = 0; keys != DELTA_KEYS_NONE && n < 3; n++) {
		struct record new = sample_record(arena, random);
		struct delta_row row = a_row(DELTA_ROW_ADDED, 0);
		uint8_t *salt = arena_get(arena, DELTA_SALT_BYTES);

		row.kind = view_text(kinds[sample_below(random, 2)]);
		assert_non_null(salt);
		salt[0] = n;
		row.salt = keys == DELTA_KEYS_SALTS ? salt : NULL;
		add_changes(writer, arena, random, &row, NULL, &new);
	}
	for (size_t n = (size_t)sample_below(random, 6); n > 0; n--) {
		struct record old = sample_record(arena, random);
		struct record new = sample_record(arena, random);
		struct delta_row row = a_row(DELTA_ROW_CHANGED, ++id);
		uint64_t choice = sample_below(random, 5);

		row.kind = view_text(kinds[sample_below(random, 2)]);
		row.content = view_text("an encrypted blob");
		if (choice > 1) {
			add_changes(writer, arena, random, &row, &old, &new);
			continue;
		}
		row.type = choice == 0 ? DELTA_ROW_REMOVED : DELTA_ROW_OPAQUE;
		assert_ok(delta_writer_add_row(writer, &row, &info));
	}
	for (size_t n = (size_t)sample_below(random, 3); n > 0; n--) {
		struct delta_row row = a_row(DELTA_ROW_ENTRY, ++id);

		row.type = (enum delta_row_type)(DELTA_ROW_ENTRY + (int)sample_below(random, 3));
		row.content = view_text("entries");
		assert_ok(delta_writer_add_row(writer, &row, &info));
	}
}

static struct delta_commit
random_edit(uint64_t *random, size_t position)
{
	static const enum delta_keys KEYS[] = {DELTA_KEYS_NONE, DELTA_KEYS_SEED, DELTA_KEYS_SALTS};
	struct delta_commit commit =
		an_edit(sample_below(random, position), 1719567600 + (int64_t)sample_below(random, 9000));

	commit.info.level = (uint8_t)(1 + sample_below(random, 2));
	commit.info.schema_version = (uint32_t)sample_below(random, 2);
	commit.info.epoch = (uint32_t)sample_below(random, 2);
	commit.info.roster[0].number = (uint32_t)(1 + sample_below(random, 2));
	commit.keys = KEYS[sample_below(random, 3)];
	if (commit.keys == DELTA_KEYS_SEED)
		commit.seed[5] = 5;
	if (sample_below(random, 2) == 0)
		commit.info.operator_name = view_text("王芳");
	if (sample_below(random, 3) == 0)
		commit.info.reason = view_text("moved house");
	if (sample_below(random, 5) == 0)
		commit.info.voids = view_text("Void: 9b9b2c33408ca361406a96eae24b9b7347c52a3e\n");
	return commit;
}

static struct bytes
random_section(struct arena *arena, uint64_t *random)
{
	struct delta_writer *writer = new_writer();
	size_t count = 1 + (size_t)sample_below(random, 6);
	struct err_info info;

	for (size_t i = 0; i < count; i++) {
		size_t position = BASES + i;
		struct delta_commit commit = sample_below(random, 4) == 0 ? a_merge(position - 1, position - 2)
		                                                          : random_edit(random, position);

		assert_ok(delta_writer_add_commit(writer, &commit, &info));
		if (!commit.info.is_merge)
			add_rows(writer, arena, random, commit.keys);
	}
	return finish(writer);
}

static void
what_is_read_is_written_byte_for_byte(void **state)
{
	uint64_t random = 4321;

	(void)state;
	for (size_t round = 0; round < 500; round++) {
		struct arena arena = {0};
		struct bytes section = random_section(&arena, &random);
		struct bytes again = {0};
		struct err_info info;
		bool is_read;

		assert_ok(rewrite_section(&again, bytes_view(&section), BASES, &is_read, &info));
		assert_true(view_equal(bytes_view(&again), bytes_view(&section)));
		bytes_release(&again);
		bytes_release(&section);
		arena_release(&arena);
	}
}

static void
records_travel_as_changesets(void **state)
{
	uint64_t random = 31;

	(void)state;
	for (size_t round = 0; round < 500; round++) {
		struct arena arena = {0};
		struct delta_writer *writer = new_writer();
		struct record old = sample_record(&arena, &random);
		struct record new = sample_record(&arena, &random);
		struct delta_commit edit = an_edit(0, 1000);
		struct delta_row row = a_row(DELTA_ROW_ADDED, 1);
		struct delta_reader *reader;
		struct delta_commit commit;
		struct delta_row got;
		struct delta_apply_terms terms = {SAMPLE_KIND.name, 3, DELTA_EQUAL_ALLOWED};
		struct record result;
		struct bytes section;
		struct err_info info;
		bool is_end;
		bool is_gone;

		new.schema_version = 3;
		edit.keys = DELTA_KEYS_SEED;
		assert_ok(delta_writer_add_commit(writer, &edit, &info));
		add_changes(writer, &arena, &random, &row, NULL, &new);
		row.type = DELTA_ROW_CHANGED;
		add_changes(writer, &arena, &random, &row, &old, &new);
		section = finish(writer);
		assert_ok(delta_reader_new(&reader, bytes_view(&section), BASES, &info));
		assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
		assert_ok(delta_reader_row(reader, &got, &is_end, &info));
		assert_ok(delta_apply(&result, &is_gone, &arena, NULL, &terms, &got.writes, &info));
		assert_true(record_equal(&result, &new));
		assert_ok(delta_reader_row(reader, &got, &is_end, &info));
		assert_int_equal(got.type, DELTA_ROW_CHANGED);
		assert_ok(delta_apply(&result, &is_gone, &arena, &old, &terms, &got.writes, &info));
		assert_true(record_equal(&result, &new));
		delta_reader_free(reader);
		bytes_release(&section);
		arena_release(&arena);
	}
}

static void
a_commit_comes_back_as_it_was_sent(void **state)
{
	struct arena arena = {0};
	struct delta_writer *writer = new_writer();
	struct delta_commit root = an_edit(DELTA_NO_PARENT, 5);
	struct delta_commit edit = an_edit(1, 3);
	struct delta_commit merge = a_merge(BASES + 1, 0);
	struct delta_row change = a_change(&arena, 9, 4, "\x2a");
	struct delta_reader *reader;
	struct delta_commit commit;
	struct delta_row row;
	struct bytes section;
	struct err_info info;
	bool is_end;

	(void)state;
	root.info.parent_count = 0;
	edit.info.operator_name = view_text("王芳");
	edit.info.voids = view_text("Void: 9b9b2c33408ca361406a96eae24b9b7347c52a3e\n");
	assert_ok(delta_writer_add_commit(writer, &root, &info));
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_ok(delta_writer_add_row(writer, &change, &info));
	assert_ok(delta_writer_add_commit(writer, &merge, &info));
	assert_int_equal(delta_writer_count(writer), 3);
	section = finish(writer);

	assert_ok(delta_reader_new(&reader, bytes_view(&section), BASES, &info));
	assert_int_equal(delta_reader_count(reader), 3);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_int_equal(commit.info.parent_count, 0);
	assert_true(commit.parents[0] == DELTA_NO_PARENT);
	assert_int_equal(commit.info.time, 5);
	assert_string_equal(commit.info.node.text, "430321100000");
	assert_int_equal(commit.info.schema_digest.bytes[0], 3);
	assert_int_equal(commit.info.epoch, 2);
	assert_int_equal(commit.info.roster[0].number, 7);
	assert_memory_equal(commit.signature.bytes, root.signature.bytes, SEAL_SIGNATURE_BYTES);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_int_equal(commit.parents[0], 1);
	assert_int_equal(commit.info.time, 3);
	assert_true(view_equal(commit.info.operator_name, edit.info.operator_name));
	assert_true(view_equal(commit.info.voids, edit.info.voids));
	assert_ok(delta_reader_row(reader, &row, &is_end, &info));
	assert_false(is_end);
	assert_int_equal(row.id.bytes[0], 9);
	assert_int_equal(row.writes.items[0].path.field, 4);
	assert_hex(row.writes.items[0].value, "2a");
	assert_ok(delta_reader_row(reader, &row, &is_end, &info));
	assert_true(is_end);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_true(commit.info.is_merge);
	assert_int_equal(commit.parents[0], BASES + 1);
	assert_int_equal(commit.parents[1], 0);
	assert_false(is_end);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_true(is_end);
	delta_reader_free(reader);
	bytes_release(&section);
	arena_release(&arena);
}

/* the same two commits, with one in between that was given up in the first delta only */
static struct bytes
with_or_without(struct arena *arena, uint64_t seed, const struct delta_commit *given_up)
{
	struct delta_writer *writer = new_writer();
	struct delta_commit commit = an_edit(0, 10);
	uint64_t other = seed + 1;
	struct err_info info;

	commit.keys = DELTA_KEYS_SEED;
	assert_ok(delta_writer_add_commit(writer, &commit, &info));
	add_rows(writer, arena, &seed, commit.keys);
	assert_ok(delta_writer_keep(writer, &info));
	if (given_up != NULL) {
		assert_ok(delta_writer_add_commit(writer, given_up, &info));
		add_rows(writer, arena, &other, given_up->keys);
		delta_writer_back(writer);
	}
	assert_int_equal(delta_writer_count(writer), 1);
	commit.parents[0] = BASES;
	assert_ok(delta_writer_add_commit(writer, &commit, &info));
	add_rows(writer, arena, &seed, commit.keys);
	return finish(writer);
}

static void
going_back_leaves_no_trace(void **state)
{
	uint64_t random = 777;

	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct arena arena = {0};
		struct delta_commit given_up = random_edit(&random, BASES + 1);
		struct bytes with = with_or_without(&arena, random, &given_up);
		struct bytes without = with_or_without(&arena, random, NULL);

		assert_true(view_equal(bytes_view(&with), bytes_view(&without)));
		bytes_release(&with);
		bytes_release(&without);
		arena_release(&arena);
	}
}

static void
the_writer_refuses_what_no_reader_takes(void **state)
{
	struct arena arena = {0};
	struct delta_writer *writer = new_writer();
	struct delta_commit edit = an_edit(0, 1000);
	struct delta_row second = a_change(&arena, 2, 1, "\x01");
	struct delta_row first = a_change(&arena, 1, 1, "\x01");
	struct delta_row added = a_row(DELTA_ROW_ADDED, 0);
	struct delta_row opaque = a_row(DELTA_ROW_OPAQUE, 9);
	struct delta_commit bad = an_edit(BASES + 1, 1000);
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_ok(delta_writer_keep(writer, &info));
	assert_err(delta_writer_add_commit(writer, &bad, &info), ERR_FORMAT); /* its own parent */
	delta_writer_back(writer);
	bad = an_edit(0, DELTA_TIME_MAX + 1);
	assert_err(delta_writer_add_commit(writer, &bad, &info), ERR_FORMAT);
	delta_writer_back(writer);
	bad = a_merge(0, 1);
	assert_err(delta_writer_add_commit(writer, &bad, &info), ERR_FORMAT);
	delta_writer_back(writer);
	bad = a_merge(0, 0);
	assert_err(delta_writer_add_commit(writer, &bad, &info), ERR_FORMAT);
	delta_writer_back(writer);
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_err(delta_writer_add_row(writer, &added, &info), ERR_FORMAT);  /* no seed */
	assert_err(delta_writer_add_row(writer, &opaque, &info), ERR_FORMAT); /* no blob */
	delta_writer_back(writer);
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_ok(delta_writer_add_row(writer, &second, &info));
	assert_err(delta_writer_add_row(writer, &first, &info), ERR_FORMAT); /* ids descend */
	delta_writer_back(writer);
	edit.keys = DELTA_KEYS_SEED;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_err(delta_writer_keep(writer, &info), ERR_FORMAT); /* a seed for nothing */
	delta_writer_free(writer);
	arena_release(&arena);
}

static void
members_of_one_list_have_one_key_field(void **state)
{
	struct arena arena = {0};
	struct delta_writer *writer = new_writer();
	struct delta_commit edit = an_edit(0, 1000);
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	for (uint8_t i = 1; i <= 2; i++) {
		struct delta_row row = a_row(DELTA_ROW_CHANGED, i);
		struct delta_write write = {
			{.type = RECORD_MEMBER, .field = 8, .key_field = i, .key = view_text("\x01")},
			DELTA_CLEAR,
			{0}};

		assert_ok(delta_writes_add(&row.writes, &arena, &write, &info));
		if (i == 1)
			assert_ok(delta_writer_add_row(writer, &row, &info));
		else
			assert_err(delta_writer_add_row(writer, &row, &info), ERR_FORMAT);
	}
	delta_writer_free(writer);
	arena_release(&arena);
}

/* --- hostile bytes --- */

static struct bytes
rich_section(struct arena *arena)
{
	uint64_t random = 5;
	struct bytes section = {0};

	while (section.size < 900) {
		bytes_release(&section);
		section = random_section(arena, &random);
	}
	return section;
}

static void
a_section_cut_at_any_byte_is_refused(void **state)
{
	struct arena arena = {0};
	struct bytes section = rich_section(&arena);

	(void)state;
	for (size_t size = 0; size < section.size; size++) {
		struct bytes again = {0};
		struct err_info info = {0};
		bool is_read;

		assert_int_not_equal(rewrite_section(&again, view_of(section.data, size), BASES, &is_read, &info),
		                     ERR_OK);
		assert_true(info.text[0] != '\0');
		assert_false(is_read);
		bytes_release(&again);
	}
	bytes_release(&section);
	arena_release(&arena);
}

static void
a_flipped_bit_is_refused_or_gives_another_delta(void **state)
{
	struct arena arena = {0};
	struct bytes section = rich_section(&arena);

	(void)state;
	for (size_t bit = 0; bit < section.size * 8; bit++) {
		struct bytes again = {0};
		struct err_info info = {0};
		bool is_read;
		enum err err;

		section.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		err = rewrite_section(&again, bytes_view(&section), BASES, &is_read, &info);
		if (is_read) {
			assert_int_equal(err, ERR_OK);
			assert_true(view_equal(bytes_view(&again), bytes_view(&section)));
		}
		section.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		bytes_release(&again);
	}
	bytes_release(&section);
	arena_release(&arena);
}

static void
an_unknown_codec_is_named_as_a_newer_version(void **state)
{
	struct arena arena = {0};
	struct bytes section = rich_section(&arena);
	struct delta_reader *reader = NULL;
	struct err_info info = {0};

	(void)state;
	section.data[0] = 2;
	assert_err(delta_reader_new(&reader, bytes_view(&section), BASES, &info), ERR_VERSION);
	assert_null(reader);
	bytes_release(&section);
	arena_release(&arena);
}

static void
golden_samples_keep_their_verdict(void **state)
{
	struct fs_names names;
	struct err_info info;

	(void)state;
	assert_ok(fs_list(&names, GOLDEN, SIZE_MAX, &info));
	assert_true(names.count > 20);
	for (size_t i = 0; i < names.count; i++) {
		bool is_good = strncmp(names.names[i], "good", 4) == 0;
		char path[LIMIT_PATH_BYTES_MAX];
		struct bytes content = {0};
		struct bytes again = {0};
		bool is_read;
		enum err err;

		assert_ok(fs_path(path, &info, "%s/%s", GOLDEN, names.names[i]));
		assert_ok(fs_read(&content, path, LIMIT_DELTA_BYTES_MAX, &info));
		err = rewrite_section(&again, bytes_view(&content), BASES, &is_read, &info);
		if ((err == ERR_OK) != is_good || is_read != is_good)
			fail_msg("%s: ERR_%s: %s", names.names[i], err_name(err), err == ERR_OK ? "" : info.text);
		if (is_good)
			assert_true(view_equal(bytes_view(&again), bytes_view(&content)));
		bytes_release(&content);
		bytes_release(&again);
	}
	fs_names_release(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written_byte_for_byte),
		cmocka_unit_test(records_travel_as_changesets),
		cmocka_unit_test(a_commit_comes_back_as_it_was_sent),
		cmocka_unit_test(going_back_leaves_no_trace),
		cmocka_unit_test(the_writer_refuses_what_no_reader_takes),
		cmocka_unit_test(members_of_one_list_have_one_key_field),
		cmocka_unit_test(a_section_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_gives_another_delta),
		cmocka_unit_test(an_unknown_codec_is_named_as_a_newer_version),
		cmocka_unit_test(golden_samples_keep_their_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
