#include <string.h>

#include "rewrite.h"
#include "samples.h"
#include "world.h"

static const char GOLDEN[] = TESTS_DIR "/golden/fuzz_delta_section";

static struct world world;

/* --- builders --- */

static struct delta_commit
an_edit(size_t parent, int64_t time)
{
	struct delta_commit commit = {.info = {.parent_count = 1, .rules = 1, .level = 1, .epoch = 2},
	                              .parents = {parent, DELTA_NO_PARENT},
	                              .keys = DELTA_KEYS_NONE};

	commit.info.time = time;
	commit.info.schema_version = world.bases[0].schema_version;
	commit.info.schema_digest = world.bases[0].schema_digest;
	commit.info.epoch_digest.bytes[0] = 2;
	commit.info.roster_count = 1;
	commit.info.roster[0].number = 7;
	assert_true(node_code_read(&commit.info.node, view_text("430321100000")));
	assert_true(node_code_read(&commit.info.roster[0].issuer, view_text("430300000000")));
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
a_row(enum delta_row_type type, size_t record)
{
	struct delta_row row = {.type = type, .kind = view_text("sample")};

	if (record < world.record_count)
		row.id = world.records[record].id;
	else
		memset(row.id.bytes, (int)record, ID_BYTES);
	return row;
}

static struct record
record_of(struct arena *arena, const struct id *id)
{
	struct record record;

	assert_int_equal(record_read(&record, arena, world_find(&world, id)->plaintext, LIMIT_RECORD_BYTES_MAX, NULL),
	                 ERR_OK);
	return record;
}

static struct delta_writer *
writer_of(enum column_codec codec, size_t commit_count, size_t sample_count)
{
	struct delta_terms terms = {.codec = codec,
	                            .base_count = WORLD_BASES,
	                            .commit_count = commit_count,
	                            .base = 1,
	                            .id_bits = 4,
	                            .sample_count = codec == COLUMN_MIXED ? sample_count : 0};
	struct delta_writer *writer = NULL;
	struct err_info info;

	assert_ok(delta_writer_new(&writer, &terms, &world.source, &info));
	return writer;
}

static struct bytes
finish(struct delta_writer *writer)
{
	struct bytes section = {0};
	struct err_info info;

	assert_ok(delta_writer_finish(writer, &section, &info));
	delta_writer_free(writer);
	return section;
}

static struct delta_reader *
reader_of(const struct bytes *section)
{
	struct delta_reader *reader = NULL;
	struct err_info info;

	assert_ok(delta_reader_new(&reader, bytes_view(section), WORLD_BASES, &world.source, &info));
	return reader;
}

/* --- random deltas: written, read again and compared --- */

static void
add_changes(struct delta_writer *writer, struct arena *arena, uint64_t *random, struct delta_row *row,
            const struct record *old, const struct record *new)
{
	struct err_info info;
	const struct delta_write drop = {{.type = RECORD_FIELD, .is_drop = true, .field = 3}, DELTA_ADD, {0}};

	row->writes = (struct delta_writes){0};
	assert_ok(delta_changes(&row->writes, arena, old, new, schema_set_kind(world.schemas, view_text("sample")),
	                        &info));
	if (old != NULL && (row->writes.count == 0 || sample_below(random, 10) == 0))
		assert_ok(delta_writes_add(&row->writes, arena, &drop, &info));
	row->old = old;
	assert_ok(delta_writer_add_row(writer, row, &info));
}

static void
add_added(struct delta_writer *writer, struct arena *arena, uint64_t *random, enum delta_keys keys)
{
	static const char *const kinds[] = {"sample", "other"};

	for (uint8_t n = 0; keys != DELTA_KEYS_NONE && n < 3; n++) {
		struct record new = sample_record(arena, random);
		struct delta_row row = {.type = DELTA_ROW_ADDED,
		                        .kind = view_text(kinds[sample_below(random, 3) == 0])};
		uint8_t *salt = arena_get(arena, DELTA_SALT_BYTES);

		assert_non_null(salt);
		salt[0] = n;
		row.salt = keys == DELTA_KEYS_SALTS ? salt : NULL;
		add_changes(writer, arena, random, &row, NULL, &new);
	}
}

static int
compare_places(const void *a, const void *b)
{
	return delta_place_compare(a, b);
}

/* up to `max` records of the world and strangers, in the order in which they may be named */
static size_t
some_places(struct delta_place *places, struct delta_writer *writer, uint64_t *random, size_t max)
{
	size_t count = 0;
	struct err_info info;

	for (size_t record = 0; record < world.record_count + 6 && count < max; record++) {
		struct delta_row row = a_row(DELTA_ROW_REMOVED, record);

		if (sample_below(random, 5) == 0)
			assert_ok(delta_writer_place(&places[count++], writer, &row.id, &info));
	}
	qsort(places, count, sizeof(*places), compare_places);
	return count;
}

static void
add_named(struct delta_writer *writer, struct arena *arena, uint64_t *random)
{
	struct delta_place places[16];
	size_t count = some_places(places, writer, random, (size_t)sample_below(random, 16));
	struct err_info info;

	for (size_t i = 0; i < count; i++) {
		struct delta_row row = {
			.type = DELTA_ROW_OPAQUE, .id = places[i].id, .content = view_text("an encrypted blob")};
		struct record old = {0};
		struct record new = sample_record(arena, random);
		uint64_t choice = sample_below(random, 6);

		if (choice > 1 && world_find(&world, &row.id) != NULL) {
			old = record_of(arena, &row.id);
			row.type = DELTA_ROW_CHANGED;
			row.kind = old.kind;
			new.kind = old.kind;
			add_changes(writer, arena, random, &row, &old, &new);
			continue;
		}
		row.type = choice == 0 ? DELTA_ROW_REMOVED : DELTA_ROW_OPAQUE;
		assert_ok(delta_writer_add_row(writer, &row, &info));
	}
	count = some_places(places, writer, random, 3);
	for (size_t i = 0; i < count; i++) {
		struct delta_row row = {.id = places[i].id, .content = view_text("entries")};

		row.type = (enum delta_row_type)(DELTA_ROW_ENTRY + (int)sample_below(random, 3));
		assert_ok(delta_writer_add_row(writer, &row, &info));
	}
}

static struct delta_commit
random_edit(uint64_t *random, size_t position)
{
	static const enum delta_keys KEYS[] = {DELTA_KEYS_NONE, DELTA_KEYS_SEED, DELTA_KEYS_SALTS};
	struct delta_commit commit =
		an_edit(sample_below(random, position), 1719567600 + (int64_t)sample_below(random, 9000000));

	commit.info.level = (uint8_t)(1 + sample_below(random, 2));
	if (sample_below(random, 3) == 0)
		commit.info.schema_version++;
	commit.info.epoch = (uint32_t)sample_below(random, 2);
	commit.info.roster[0].number = (uint32_t)(1 + sample_below(random, 2));
	commit.keys = KEYS[sample_below(random, 3)];
	if (commit.keys == DELTA_KEYS_SEED)
		commit.seed[5] = (uint8_t)sample_below(random, 250);
	if (sample_below(random, 2) == 0)
		commit.info.operator_name = view_text("王芳");
	if (sample_below(random, 3) == 0)
		commit.info.reason = view_text("moved house");
	if (sample_below(random, 5) == 0)
		commit.info.voids = view_text("Void: 9b9b2c33408ca361406a96eae24b9b7347c52a3e\n");
	return commit;
}

static struct bytes
random_section(struct arena *arena, uint64_t *random, enum column_codec codec, size_t sample_count)
{
	size_t count = 1 + (size_t)sample_below(random, 6);
	struct delta_writer *writer = writer_of(codec, count, sample_count);
	struct err_info info;

	for (size_t i = 0; i < count; i++) {
		size_t position = WORLD_BASES + i;
		struct delta_commit commit = sample_below(random, 4) == 0 ? a_merge(position - 1, position - 2)
		                                                          : random_edit(random, position);

		assert_ok(delta_writer_add_commit(writer, &commit, &info));
		if (commit.info.is_merge)
			continue;
		add_added(writer, arena, random, commit.keys);
		add_named(writer, arena, random);
	}
	return finish(writer);
}

static void
what_is_read_is_written_byte_for_byte(void **state)
{
	uint64_t random = 4321;

	(void)state;
	for (size_t round = 0; round < 150; round++) {
		static const size_t SAMPLES[] = {0, 5, 4096};
		struct arena arena = {0};
		struct bytes section = random_section(&arena, &random, round % 3 == 0 ? COLUMN_STORED : COLUMN_MIXED,
		                                      SAMPLES[round % 5 / 2]);
		struct bytes again = {0};
		struct err_info info;
		bool is_read;

		assert_ok(rewrite_section(&again, bytes_view(&section), WORLD_BASES, &world.source, &is_read, &info));
		assert_true(view_equal(bytes_view(&again), bytes_view(&section)));
		bytes_release(&again);
		bytes_release(&section);
		arena_release(&arena);
	}
}

/* an added record and a changed one, in a codec: what is read gives the records that were written */
static void
travel(struct arena *arena, uint64_t *random, enum column_codec codec)
{
	struct delta_writer *writer = writer_of(codec, 1, 20);
	struct delta_commit edit = an_edit(0, 1719567600);
	struct delta_row row = {.type = DELTA_ROW_ADDED, .kind = view_text("sample")};
	struct delta_apply_terms terms = {view_text("sample"), 3, DELTA_EQUAL_ALLOWED};
	struct record new = sample_record(arena, random);
	struct record old;
	struct record result;
	struct delta_reader *reader;
	struct bytes section;
	struct err_info info;
	bool is_end;
	bool is_gone;

	new.schema_version = 3;
	new.kind = view_text("sample");
	edit.keys = DELTA_KEYS_SEED;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	add_changes(writer, arena, random, &row, NULL, &new);
	row = a_row(DELTA_ROW_CHANGED, (size_t)sample_below(random, world.record_count));
	old = record_of(arena, &row.id);
	row.kind = terms.kind = new.kind = old.kind;
	add_changes(writer, arena, random, &row, &old, &new);
	section = finish(writer);

	reader = reader_of(&section);
	assert_ok(delta_reader_next(reader, &edit, &is_end, &info));
	assert_ok(delta_reader_row(reader, &row, &is_end, &info));
	terms.kind = row.kind;
	assert_ok(delta_apply(&result, &is_gone, arena, NULL, &terms, &row.writes, &info));
	result.kind = new.kind;
	assert_true(record_equal(&result, &new));
	assert_ok(delta_reader_row(reader, &row, &is_end, &info));
	assert_int_equal(row.type, DELTA_ROW_CHANGED);
	terms.kind = row.kind;
	assert_ok(delta_apply(&result, &is_gone, arena, &old, &terms, &row.writes, &info));
	assert_true(record_equal(&result, &new));
	assert_ok(delta_reader_next(reader, &edit, &is_end, &info));
	assert_true(is_end);
	delta_reader_free(reader);
	bytes_release(&section);
}

static void
records_travel_as_changesets(void **state)
{
	uint64_t random = 31;

	(void)state;
	for (size_t round = 0; round < 120; round++) {
		struct arena arena = {0};

		travel(&arena, &random, round % 2 == 0 ? COLUMN_MIXED : COLUMN_STORED);
		arena_release(&arena);
	}
}

static void
a_commit_comes_back_as_it_was_sent(void **state)
{
	struct delta_writer *writer = writer_of(COLUMN_MIXED, 3, 0);
	struct delta_commit root = an_edit(DELTA_NO_PARENT, 5);
	struct delta_commit edit = an_edit(1, 3);
	struct delta_commit merge = a_merge(WORLD_BASES + 1, 0);
	struct delta_row gone = a_row(DELTA_ROW_REMOVED, 9);
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
	assert_ok(delta_writer_add_row(writer, &gone, &info));
	assert_ok(delta_writer_add_commit(writer, &merge, &info));
	section = finish(writer);

	reader = reader_of(&section);
	assert_int_equal(delta_reader_count(reader), 3);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_int_equal(commit.info.parent_count, 0);
	assert_true(commit.parents[0] == DELTA_NO_PARENT);
	assert_int_equal(commit.info.time, 5);
	assert_string_equal(commit.info.node.text, "430321100000");
	assert_true(digest_equal(&commit.info.schema_digest, &world.bases[0].schema_digest));
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
	assert_int_equal(row.type, DELTA_ROW_REMOVED);
	assert_true(id_equal(&row.id, &gone.id));
	assert_ok(delta_reader_row(reader, &row, &is_end, &info));
	assert_true(is_end);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_true(commit.info.is_merge);
	assert_int_equal(commit.parents[0], WORLD_BASES + 1);
	assert_int_equal(commit.parents[1], 0);
	assert_ok(delta_reader_next(reader, &commit, &is_end, &info));
	assert_true(is_end);
	delta_reader_free(reader);
	bytes_release(&section);
}

/* --- what the mixed codec is for --- */

/* how many bytes a night takes in which one field of every second record changes */
static size_t
size_of_a_night(enum column_codec codec, size_t sample_count)
{
	struct arena arena = {0};
	struct delta_writer *writer = writer_of(codec, 1, sample_count);
	struct delta_commit edit = an_edit(0, world.bases[0].time + 86400);
	struct err_info info;
	struct bytes section;
	size_t size;

	edit.info = world.bases[1];
	edit.info.time += 86400;
	edit.info.parent_count = 1;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	for (size_t i = 0; i < world.record_count; i += 2) {
		struct delta_row row = a_row(DELTA_ROW_CHANGED, i);
		struct record old = record_of(&arena, &row.id);
		uint8_t number = (uint8_t)(i / 2 % 100);
		struct delta_write write = {{.type = RECORD_FIELD, .field = 1}, DELTA_SET, view_of(&number, 1)};

		row.kind = old.kind;
		row.old = &old;
		assert_ok(delta_writes_add(&row.writes, &arena, &write, &info));
		assert_ok(delta_writer_add_row(writer, &row, &info));
	}
	section = finish(writer);
	size = section.size;
	bytes_release(&section);
	arena_release(&arena);
	return size;
}

static void
a_changed_field_costs_about_a_byte(void **state)
{
	size_t fixed = 1 + SEAL_SIGNATURE_BYTES + 16; /* codec, signature, head and commit */

	(void)state;
	assert_true(size_of_a_night(COLUMN_MIXED, 0) < fixed + world.record_count / 2 * 2);
	assert_true(size_of_a_night(COLUMN_STORED, 0) > size_of_a_night(COLUMN_MIXED, 0));
}

/* --- refusals --- */

static void
the_writer_refuses_what_no_reader_takes(void **state)
{
	struct delta_commit edit = an_edit(0, 1000);
	struct delta_commit bad[] = {an_edit(WORLD_BASES, 1000), an_edit(0, DELTA_TIME_MAX + 1), a_merge(0, 1),
	                             a_merge(0, 0)};
	struct delta_row rows[] = {a_row(DELTA_ROW_ADDED, 0), {.type = DELTA_ROW_OPAQUE}, a_row(DELTA_ROW_CHANGED, 2)};
	struct delta_row second = a_row(DELTA_ROW_REMOVED, 2);
	struct delta_row first = a_row(DELTA_ROW_REMOVED, 1);
	struct delta_writer *writer;
	struct bytes section = {0};
	struct err_info info = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		writer = writer_of(COLUMN_MIXED, 1, 0);
		assert_err(delta_writer_add_commit(writer, &bad[i], &info), ERR_FORMAT);
		delta_writer_free(writer);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) { /* no seed, no blob, no writes */
		writer = writer_of(COLUMN_MIXED, 1, 0);
		assert_ok(delta_writer_add_commit(writer, &edit, &info));
		assert_err(delta_writer_add_row(writer, &rows[i], &info), ERR_FORMAT);
		delta_writer_free(writer);
	}
	writer = writer_of(COLUMN_MIXED, 1, 0);
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_ok(delta_writer_add_row(writer, &second, &info));
	assert_err(delta_writer_add_row(writer, &first, &info), ERR_FORMAT); /* ids descend */
	delta_writer_free(writer);
	edit.keys = DELTA_KEYS_SEED;
	writer = writer_of(COLUMN_MIXED, 1, 0);
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	assert_err(delta_writer_finish(writer, &section, &info), ERR_FORMAT); /* a seed for nothing */
	delta_writer_free(writer);
	bytes_release(&section);
}

/* What a changed row means is found in its commit's parent, and there such a record is not. */
static void
no_row_names_what_its_own_commit_adds(void **state)
{
	const struct delta_write existence = {{.type = RECORD_EXISTENCE}, DELTA_ADD, {0}};
	const struct delta_write text = {{.type = RECORD_FIELD, .field = 1}, DELTA_SET, view_text("\xa1x")};
	struct delta_row added = {.type = DELTA_ROW_ADDED, .kind = view_text("other")};
	struct delta_row changed = {.type = DELTA_ROW_CHANGED, .kind = view_text("other")};
	struct delta_commit edits[] = {an_edit(0, 1000), an_edit(WORLD_BASES, 1001)};
	struct delta_writer *writer = writer_of(COLUMN_MIXED, 2, 0);
	struct arena arena = {0};
	struct seal_seed seed;
	struct seal_salt salt;
	struct err_info info = {0};

	(void)state;
	edits[0].keys = DELTA_KEYS_SEED;
	memcpy(seed.bytes, edits[0].seed, sizeof(seed.bytes));
	seal_salt_derive(&salt, &seed, 0);
	seal_record_id(&changed.id, &salt, &world.source.partition);
	assert_ok(delta_writes_add(&added.writes, &arena, &existence, &info));
	assert_ok(delta_writes_add(&added.writes, &arena, &text, &info));
	assert_ok(delta_writes_add(&changed.writes, &arena, &text, &info));
	for (int is_next = 0; is_next <= 1; is_next++) {
		writer = is_next == 0 ? writer : writer_of(COLUMN_MIXED, 2, 0);
		assert_ok(delta_writer_add_commit(writer, &edits[0], &info));
		assert_ok(delta_writer_add_row(writer, &added, &info));
		if (is_next == 0) {
			assert_err(delta_writer_add_row(writer, &changed, &info), ERR_FORMAT);
		} else {
			assert_ok(delta_writer_add_commit(writer, &edits[1], &info));
			assert_ok(delta_writer_add_row(writer, &changed, &info));
		}
		delta_writer_free(writer);
	}
	arena_release(&arena);
}

static void
members_of_one_list_have_one_key_field(void **state)
{
	struct arena arena = {0};
	struct delta_writer *writer = writer_of(COLUMN_MIXED, 1, 0);
	struct delta_commit edit = an_edit(0, 1000);
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	for (uint8_t i = 1; i <= 2; i++) {
		struct delta_row row = {.type = DELTA_ROW_CHANGED, .kind = view_text("other"), .id = {{0xfe, i}}};
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

static void
another_sample_is_refused_by_its_digest(void **state)
{
	struct delta_writer *writer = writer_of(COLUMN_MIXED, 1, 5);
	struct delta_commit edit = an_edit(0, 1000);
	struct delta_reader *reader = NULL;
	struct bytes section;
	struct err_info info = {0};

	(void)state;
	assert_ok(delta_writer_add_commit(writer, &edit, &info));
	section = finish(writer);
	world.is_without_sample = true;
	assert_err(delta_reader_new(&reader, bytes_view(&section), WORLD_BASES, &world.source, &info), ERR_DICTIONARY);
	world.is_without_sample = false;
	delta_reader_free(reader_of(&section));
	bytes_release(&section);
}

static struct bytes
rich_section(struct arena *arena, enum column_codec codec)
{
	uint64_t random = 5;
	struct bytes section = {0};

	while (section.size < 500 || section.size > 800) {
		bytes_release(&section);
		section = random_section(arena, &random, codec, 5);
	}
	return section;
}

/* any bytes are some delta in the mixed codec: what is taken must be what a writer makes of it */
static bool
is_refused(struct view section)
{
	struct bytes again = {0};
	struct err_info info = {0};
	bool is_read;
	enum err err = rewrite_section(&again, section, WORLD_BASES, &world.source, &is_read, &info);

	if (is_read) {
		assert_int_equal(err, ERR_OK);
		assert_true(view_equal(bytes_view(&again), section));
	} else {
		assert_int_not_equal(err, ERR_OK);
		assert_true(info.text[0] != '\0');
	}
	bytes_release(&again);
	return !is_read;
}

static void
a_section_cut_at_any_byte_is_refused(void **state)
{
	struct arena arena = {0};
	struct bytes stored = rich_section(&arena, COLUMN_STORED);
	struct bytes mixed = rich_section(&arena, COLUMN_MIXED);
	size_t taken = 0;

	(void)state;
	for (size_t size = 0; size < stored.size; size++)
		assert_true(is_refused(view_of(stored.data, size)));
	for (size_t size = 0; size < mixed.size; size++)
		taken += is_refused(view_of(mixed.data, size)) ? 0 : 1;
	assert_true(taken <= mixed.size / 100); /* its last bits were of a name or a signature */
	bytes_release(&stored);
	bytes_release(&mixed);
	arena_release(&arena);
}

static void
a_flipped_bit_is_refused_or_gives_another_delta(void **state)
{
	static const enum column_codec CODECS[] = {COLUMN_STORED, COLUMN_MIXED};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena arena = {0};
		struct bytes section = rich_section(&arena, CODECS[i]);

		for (size_t bit = 0; bit < section.size * 8; bit += 9) { /* one in each byte */
			section.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
			(void)is_refused(bytes_view(&section));
			section.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		}
		bytes_release(&section);
		arena_release(&arena);
	}
}

static void
an_unknown_codec_is_named_as_a_newer_version(void **state)
{
	struct arena arena = {0};
	struct bytes section = rich_section(&arena, COLUMN_MIXED);
	struct delta_reader *reader = NULL;
	struct err_info info = {0};

	(void)state;
	section.data[0] = 3;
	assert_err(delta_reader_new(&reader, bytes_view(&section), WORLD_BASES, &world.source, &info), ERR_VERSION);
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
		err = rewrite_section(&again, bytes_view(&content), WORLD_BASES, &world.source, &is_read, &info);
		if ((err == ERR_OK) != is_good || is_read != is_good)
			fail_msg("%s: ERR_%s: %s", names.names[i], err_name(err), err == ERR_OK ? "" : info.text);
		if (is_good)
			assert_true(view_equal(bytes_view(&again), bytes_view(&content)));
		bytes_release(&content);
		bytes_release(&again);
	}
	fs_names_release(&names);
}

static int
load(void **state)
{
	(void)state;
	return world_load(&world) == ERR_OK && world.record_count > 30 ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	world_release(&world);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written_byte_for_byte),
		cmocka_unit_test(records_travel_as_changesets),
		cmocka_unit_test(a_commit_comes_back_as_it_was_sent),
		cmocka_unit_test(a_changed_field_costs_about_a_byte),
		cmocka_unit_test(the_writer_refuses_what_no_reader_takes),
		cmocka_unit_test(no_row_names_what_its_own_commit_adds),
		cmocka_unit_test(members_of_one_list_have_one_key_field),
		cmocka_unit_test(another_sample_is_refused_by_its_digest),
		cmocka_unit_test(a_section_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_gives_another_delta),
		cmocka_unit_test(an_unknown_codec_is_named_as_a_newer_version),
		cmocka_unit_test(golden_samples_keep_their_verdict),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
