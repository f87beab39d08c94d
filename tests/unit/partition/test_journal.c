/* The journal of changes as bytes and as a file: what was kept comes back, and nothing else is believed. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "golden.h"
#include "partition/recent.h"
#include "sample_journal.h"

static const char OLD[] = "what it was";
static const char NEW[] = "what it is now";

/* A changed, an added, a removed row, one of entries alone; one shelf of two ids. */
static struct partition_touches
sample_touches(void)
{
	static const uint8_t SHELF[2][ID_BYTES] = {{1, 0}, {1, 1}};
	struct partition_touches touches = {.shelf_bits = SAMPLE_SHELF_BITS};
	struct partition_touch rows[4] = {
		{.id = {{1, 1}}, .before = {sample_oid(1)}, .after = {sample_oid(2)}},
		{.id = {{2}}, .after = {sample_oid(3), sample_oid(4)}},
		{.id = {{2, 1}}, .before = {sample_oid(5)}},
		{.id = {{9}}, .before = {sample_oid(6), sample_oid(7)}, .after = {sample_oid(6)}},
	};
	struct err_info info;

	rows[0].text[0] = view_text(OLD);
	rows[0].text[1] = view_text(NEW);
	rows[0].shelf = view_of(SHELF, sizeof(SHELF));
	rows[1].text[1] = view_text(NEW);
	rows[2].text[0] = view_text(OLD);
	for (size_t i = 0; i < 4; i++)
		assert_ok(partition_touches_add(&touches, &rows[i], &info));
	return touches;
}

static struct bytes
sample_rows(void)
{
	struct partition_touches touches = sample_touches();
	struct bytes rows = {0};
	struct err_info info;

	assert_ok(journal_rows_write(&rows, &touches, &info));
	partition_touches_release(&touches);
	return rows;
}

static enum err
read_rows(struct view rows, struct err_info *info)
{
	struct partition_touches touches = {0};
	enum err err = journal_rows_read(&touches, rows, info);

	partition_touches_release(&touches);
	return err;
}

static void
rows_come_back(void **state)
{
	struct partition_touches touches = {0};
	struct partition_touches given = sample_touches();
	struct bytes rows = sample_rows();
	struct err_info info;

	(void)state;
	assert_ok(journal_rows_read(&touches, bytes_view(&rows), &info));
	assert_int_equal(touches.count, given.count);
	assert_int_equal(touches.shelf_bits, SAMPLE_SHELF_BITS);
	for (size_t i = 0; i < given.count; i++) {
		const struct partition_touch *a = &touches.items[i];
		const struct partition_touch *b = &given.items[i];

		assert_true(id_equal(&a->id, &b->id));
		assert_memory_equal(a->before, b->before, sizeof(a->before));
		assert_memory_equal(a->after, b->after, sizeof(a->after));
		assert_true(view_equal(a->text[0], b->text[0]) && view_equal(a->text[1], b->text[1]));
		assert_true(view_equal(a->shelf, b->shelf));
	}
	partition_touches_release(&touches);
	partition_touches_release(&given);
	bytes_release(&rows);
}

static void
rows_cut_anywhere_are_refused(void **state)
{
	struct bytes rows = sample_rows();
	struct err_info info;

	(void)state;
	for (size_t size = 0; size < rows.size; size++)
		assert_err(read_rows(view_of(rows.data, size), &info), ERR_FORMAT);
	assert_ok(bytes_append_byte(&rows, 0, &info));
	assert_err(read_rows(bytes_view(&rows), &info), ERR_FORMAT);
	bytes_release(&rows);
}

/* What is taken is what would be written: one content, one form. */
static void
flipped_rows_are_refused_or_mean_something_else(void **state)
{
	struct bytes rows = sample_rows();
	struct err_info info;

	(void)state;
	for (size_t bit = 0; bit < 8 * rows.size; bit++) {
		struct partition_touches touches = {0};
		struct bytes again = {0};

		rows.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		if (journal_rows_read(&touches, bytes_view(&rows), &info) == ERR_OK) {
			assert_ok(journal_rows_write(&again, &touches, &info));
			assert_true(view_equal(bytes_view(&again), bytes_view(&rows)));
		}
		rows.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		partition_touches_release(&touches);
		bytes_release(&again);
	}
	bytes_release(&rows);
}

/* --- entries --- */

static struct bytes
sample_entry(uint8_t key_byte, uint8_t commit)
{
	const struct oid oid = sample_oid(commit);
	const struct oid parent = sample_oid((uint8_t)(commit - 1));
	struct seal_key *key = sample_journal_key(key_byte);
	struct bytes rows = sample_rows();
	struct bytes entry = {0};
	struct err_info info;

	assert_ok(journal_entry_seal(&entry, key, &oid, &parent, bytes_view(&rows), &info));
	bytes_release(&rows);
	seal_key_free(key);
	return entry;
}

static void
an_entry_opens_under_its_key_and_names_alone(void **state)
{
	struct bytes entry = sample_entry(7, 0x11);
	struct bytes expected = sample_rows();
	struct seal_key *key = sample_journal_key(7);
	struct seal_key *other = sample_journal_key(8);
	struct journal_entry read;
	struct bytes rows = {0};
	struct err_info info;

	(void)state;
	assert_true(journal_entry_last(&read, bytes_view(&entry)));
	assert_int_equal(read.commit.bytes[0], 0x11);
	assert_int_equal(read.parent.bytes[0], 0x10);
	assert_ok(journal_entry_open(&rows, &read, key, &info));
	assert_true(view_equal(bytes_view(&rows), bytes_view(&expected)));
	assert_err(journal_entry_open(&rows, &read, other, &info), ERR_AUTH);
	bytes_release(&rows);
	bytes_release(&expected);
	bytes_release(&entry);
	seal_key_free(key);
	seal_key_free(other);
}

static void
an_entry_cut_or_flipped_anywhere_is_not_believed(void **state)
{
	struct bytes entry = sample_entry(7, 0x11);
	struct seal_key *key = sample_journal_key(7);
	struct journal_entry read;
	struct bytes rows = {0};

	(void)state;
	for (size_t size = 0; size < entry.size; size++)
		assert_false(journal_entry_last(&read, view_of(entry.data, size)));
	for (size_t bit = 0; bit < 8 * entry.size; bit++) {
		entry.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(journal_entry_last(&read, bytes_view(&entry)) &&
		             journal_entry_open(&rows, &read, key, NULL) == ERR_OK);
		entry.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	bytes_release(&rows);
	bytes_release(&entry);
	seal_key_free(key);
}

static void
golden_samples_are_told_apart(void **state)
{
	struct bytes rows = sample_rows();

	(void)state;
	golden_frozen("fuzz_partition_journal", "good-rows", &rows);
	golden_run("fuzz_partition_journal", read_rows);
}

/* --- the file --- */

struct place {
	struct partition partition;
	char path[LIMIT_PATH_BYTES_MAX]; /* of the file */
};

static void
place_open(struct place *place)
{
	struct err_info info;

	*place = (struct place){.partition = {.path = strdup(support_scratch())}};
	assert_non_null(place->partition.path);
	place->partition.journal.key = sample_journal_key(7);
	assert_ok(fs_path(place->path, &info, "%s/tiersync-changes", place->partition.path));
}

static void
place_close(struct place *place)
{
	partition_journal_release(&place->partition.journal);
	support_remove(place->partition.path);
	free(place->partition.path);
}

static void
append(struct place *place, uint8_t commit)
{
	struct bytes entry = sample_entry(7, commit);

	partition_journal_append(&place->partition, bytes_view(&entry));
	bytes_release(&entry);
}

/* As a run that comes later finds it. */
static bool
is_found(struct place *place, uint8_t commit)
{
	const struct oid oid = sample_oid(commit);
	struct partition_touches touches = {0};
	struct oid parent;
	bool is_there;

	partition_journal_release(&place->partition.journal);
	place->partition.journal.key = sample_journal_key(7);
	is_there = partition_journal_find(&touches, &parent, &place->partition, &oid);
	assert_true(!is_there || (parent.bytes[0] == commit - 1 && touches.count == 4));
	partition_touches_release(&touches);
	return is_there;
}

static off_t
size_of(const struct place *place)
{
	struct stat status;

	return stat(place->path, &status) == 0 ? status.st_size : -1;
}

static void
entries_are_appended_and_found(void **state)
{
	struct bytes entry = sample_entry(7, 1);
	struct place place;
	struct stat status;

	(void)state;
	place_open(&place);
	assert_false(is_found(&place, 1));
	for (uint8_t commit = 1; commit <= 20; commit++)
		append(&place, commit);
	assert_int_equal(size_of(&place), 20 * entry.size);
	assert_int_equal(stat(place.path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	for (uint8_t commit = 1; commit <= 20; commit++)
		assert_true(is_found(&place, commit));
	assert_false(is_found(&place, 21));
	bytes_release(&entry);
	place_close(&place);
}

/* A writer that was killed leaves part of an entry: readers find nothing, the next writer begins anew. */
static void
a_torn_end_is_noticed(void **state)
{
	struct bytes entry = sample_entry(7, 1);
	struct place place;

	(void)state;
	place_open(&place);
	for (off_t cut = 1; cut < (off_t)entry.size; cut += 7) {
		(void)unlink(place.path);
		append(&place, 1);
		append(&place, 2);
		assert_int_equal(truncate(place.path, 2 * (off_t)entry.size - cut), 0);
		assert_false(is_found(&place, 1));
		append(&place, 3);
		assert_true(is_found(&place, 3));
		assert_int_equal(size_of(&place), entry.size);
	}
	bytes_release(&entry);
	place_close(&place);
}

static void
a_foreign_file_is_written_over(void **state)
{
	struct bytes other = sample_entry(8, 5);
	struct place place;
	struct err_info info;

	(void)state;
	place_open(&place);
	assert_ok(fs_write(place.path, view_text("something else altogether, of no use to anybody"), 0600, &info));
	assert_false(is_found(&place, 1));
	append(&place, 1);
	assert_true(is_found(&place, 1));
	/* by another key: its form is ours, so it stays, and is not believed */
	partition_journal_append(&place.partition, bytes_view(&other));
	append(&place, 2);
	assert_false(is_found(&place, 5));
	assert_true(is_found(&place, 1) && is_found(&place, 2));
	assert_ok(partition_changes_forget(&place.partition, &info));
	assert_false(is_found(&place, 1));
	assert_int_equal(size_of(&place), -1);
	assert_ok(partition_changes_forget(&place.partition, &info));
	bytes_release(&other);
	place_close(&place);
}

static void
a_full_file_loses_its_older_half(void **state)
{
	struct bytes entry = sample_entry(7, 1);
	size_t many = LIMIT_CHANGES_FILE_BYTES_MAX / entry.size;
	struct bytes entries = {0};
	struct place place;
	struct err_info info;

	(void)state;
	place_open(&place);
	for (size_t i = 0; i < many / 4; i++)
		assert_ok(bytes_append_view(&entries, bytes_view(&entry), &info));
	for (size_t i = 0; i < 20; i++) {
		partition_journal_append(&place.partition, bytes_view(&entries));
		assert_true(size_of(&place) <= LIMIT_CHANGES_FILE_BYTES_MAX);
	}
	append(&place, 9);
	append(&place, 10);
	assert_true(size_of(&place) >= LIMIT_CHANGES_FILE_BYTES_MAX / 4);
	assert_true(is_found(&place, 1) && is_found(&place, 9) && is_found(&place, 10));
	bytes_release(&entries);
	bytes_release(&entry);
	place_close(&place);
}

static void
a_dry_run_writes_nothing(void **state)
{
	struct keyring_rehearsal *rehearsal = (struct keyring_rehearsal *)(void *)state;
	struct place place;

	place_open(&place);
	place.partition.world.rehearsal = rehearsal; /* only asked whether it is there */
	append(&place, 1);
	assert_int_equal(size_of(&place), -1);
	place_close(&place);
}

/* --- between two commits --- */

static void
keep(struct partition_recent *recent, uint8_t commit, uint8_t on, const struct partition_touch *touch)
{
	const struct oid oid = sample_oid(commit);
	const struct oid parent = sample_oid(on);
	struct partition_touches touches = {0};
	struct bytes rows = {0};
	struct err_info info;

	assert_ok(partition_touches_add(&touches, touch, &info));
	assert_ok(journal_rows_write(&rows, &touches, &info));
	partition_recent_take_changes(recent, &oid, &parent, &rows);
	assert_int_equal(rows.size, 0);
	partition_touches_release(&touches);
	bytes_release(&rows);
}

static void
a_chain_of_edits_is_one_difference(void **state)
{
	const struct partition_touch touches[] = {
		{.id = {{1}},
	         .before = {sample_oid(1)},
	         .after = {sample_oid(2)},
	         .text = {view_text("a"), view_text("b")}},
		{.id = {{2}}, .after = {sample_oid(5)}, .text = {{NULL, 0}, view_text("x")}},
		{.id = {{1}},
	         .before = {sample_oid(2)},
	         .after = {sample_oid(3)},
	         .text = {view_text("b"), view_text("c")}},
		{.id = {{2}}, .before = {sample_oid(5)}, .text = {view_text("x"), {NULL, 0}}},
	};
	const struct oid from = sample_oid(10);
	const struct oid to = sample_oid(14);
	const struct oid other = sample_oid(9);
	const struct oid branch = sample_oid(20);
	const struct partition_touch aside = {.id = {{5}}, .after = {sample_oid(6)}};
	struct partition_touches found = {0};
	struct place place;
	struct err_info info;

	(void)state;
	place_open(&place);
	assert_ok(partition_recent_new(&place.partition.world.recent, &info));
	for (uint8_t i = 0; i < 4; i++)
		keep(place.partition.world.recent, (uint8_t)(11 + i), (uint8_t)(10 + i), &touches[i]);
	assert_true(partition_changes_between(&found, &place.partition, &from, &to));
	assert_int_equal(found.count, 1); /* the second record came and went */
	assert_true(oid_equal(&found.items[0].before[0], &touches[0].before[0]));
	assert_true(oid_equal(&found.items[0].after[0], &touches[2].after[0]));
	assert_true(view_equal(found.items[0].text[0], view_text("a")));
	assert_true(view_equal(found.items[0].text[1], view_text("c")));
	assert_true(partition_changes_between(&found, &place.partition, &to, &to));
	assert_int_equal(found.count, 0);
	/* back again */
	assert_true(partition_changes_between(&found, &place.partition, &to, &from));
	assert_int_equal(found.count, 1);
	assert_true(oid_equal(&found.items[0].before[0], &touches[2].after[0]));
	assert_true(oid_equal(&found.items[0].after[0], &touches[0].before[0]));
	assert_true(view_equal(found.items[0].text[0], view_text("c")));
	assert_true(view_equal(found.items[0].text[1], view_text("a")));
	/* from a side branch: down to where it began, and up */
	keep(place.partition.world.recent, 20, 11, &aside);
	assert_true(partition_changes_between(&found, &place.partition, &branch, &to));
	assert_int_equal(found.count, 2);
	assert_true(oid_equal(&found.items[0].before[0], &touches[0].after[0]));
	assert_true(oid_equal(&found.items[0].after[0], &touches[2].after[0]));
	assert_true(id_equal(&found.items[1].id, &aside.id));
	assert_true(oid_equal(&found.items[1].before[0], &aside.after[0]));
	assert_true(oid_is_none(&found.items[1].after[0]));
	assert_false(partition_changes_between(&found, &place.partition, &other, &to));
	assert_int_equal(found.count, 0);
	partition_touches_release(&found);
	partition_recent_free(place.partition.world.recent);
	place_close(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back),
		cmocka_unit_test(rows_cut_anywhere_are_refused),
		cmocka_unit_test(flipped_rows_are_refused_or_mean_something_else),
		cmocka_unit_test(an_entry_opens_under_its_key_and_names_alone),
		cmocka_unit_test(an_entry_cut_or_flipped_anywhere_is_not_believed),
		cmocka_unit_test(golden_samples_are_told_apart),
		cmocka_unit_test(entries_are_appended_and_found),
		cmocka_unit_test(a_torn_end_is_noticed),
		cmocka_unit_test(a_foreign_file_is_written_over),
		cmocka_unit_test(a_full_file_loses_its_older_half),
		cmocka_unit_test(a_dry_run_writes_nothing),
		cmocka_unit_test(a_chain_of_edits_is_one_difference),
	};
	struct err_info info;

	assert_ok(seal_init(&info));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
