#include <stdio.h>
#include <stdlib.h>

#include "golden.h"
#include "sample.h"

enum {
	MANY = 140000, /* more than fit in memory before they are merged */
	FEW = 300,
};

static const struct digest CONTEXT = {{7}};

struct place {
	const char *directory;
	char path[LIMIT_PATH_BYTES_MAX];
	uint64_t seed;
	struct env env;
};

static void
place_init(struct place *place)
{
	place->directory = support_scratch();
	(void)snprintf(place->path, sizeof(place->path), "%s/keys", place->directory);
	place->seed = 1;
	place->env = support_env(&place->seed);
}

static struct lookup *
open_at(struct place *place)
{
	struct lookup *lookup = NULL;
	struct err_info info;

	assert_ok(lookup_new(&lookup, place->path, sample_lookup_key(), &place->env, &info));
	return lookup;
}

static struct lookup_stamp
stamp_of(uint8_t commit)
{
	struct lookup_stamp stamp = {.context = CONTEXT};

	stamp.commit.bytes[0] = commit;
	return stamp;
}

/* The n-th pair: keys 0, 2, 4 ... have two ids each. */
static struct lookup_pair
pair_of(const struct lookup *lookup, uint32_t n)
{
	struct lookup_pair pair = {0};
	uint8_t key[4];

	store_u32(key, n / 3 * 2 + (n % 3 == 2 ? 1 : 0));
	lookup_hash_of(&pair.hash, lookup, view_of(key, sizeof(key)));
	store_u32(pair.id.bytes, n);
	return pair;
}

static bool
has(struct lookup *lookup, uint32_t n)
{
	struct lookup_pair pair = pair_of(lookup, n);
	struct bytes ids = {0};
	struct err_info info;
	bool found = false;

	assert_ok(lookup_find(&ids, lookup, &pair.hash, &info));
	for (size_t at = 0; at < ids.size; at += ID_BYTES)
		found = found || memcmp(ids.data + at, pair.id.bytes, ID_BYTES) == 0;
	bytes_release(&ids);
	return found;
}

static void
put(struct lookup *lookup, uint32_t n, bool is_there)
{
	struct lookup_pair pair = pair_of(lookup, n);
	struct err_info info;

	assert_ok(lookup_put(lookup, &pair, is_there, &info));
}

static struct lookup *
filled(struct place *place, uint32_t count)
{
	struct lookup *lookup = open_at(place);

	for (uint32_t n = 0; n < count; n++)
		put(lookup, n, true);
	lookup_settle(lookup);
	return lookup;
}

static void
what_was_put_is_found_until_it_is_taken_out(void **state)
{
	struct place place;
	struct lookup *lookup;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);

	put(lookup, 9, false);
	put(lookup, 10, true); /* it is there already */

	for (uint32_t n = 0; n < FEW; n++)
		assert_int_equal(has(lookup, n), n != 9);
	assert_false(has(lookup, FEW));
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
equal_keys_give_all_their_ids_in_order(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_pair pair;
	struct bytes ids = {0};
	struct err_info info;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	pair = pair_of(lookup, 31);

	assert_ok(lookup_find(&ids, lookup, &pair.hash, &info));

	assert_hex(bytes_view(&ids), "0000001e000000000000000000000000 0000001f000000000000000000000000");
	bytes_release(&ids);
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
files_hold_what_was_saved(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct oid commit;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	lookup_save(lookup, &stamp);
	put(lookup, 5, false);
	put(lookup, FEW, true);
	stamp = stamp_of(2);
	lookup_save(lookup, &stamp); /* two changes: the recent file */
	lookup_free(lookup);

	lookup = open_at(&place);
	assert_true(lookup_load(lookup, &CONTEXT, &commit));
	assert_int_equal(commit.bytes[0], 2);
	assert_int_equal(lookup->base.stamp.commit.bytes[0], 1);
	for (uint32_t n = 0; n < FEW + 9; n++)
		assert_int_equal(has(lookup, n), n <= FEW && n != 5);
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
another_context_or_key_finds_no_cache(void **state)
{
	static const struct digest other = {{8}};
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct seal_key *key = NULL;
	struct oid commit;
	struct err_info info;
	const uint8_t bytes[32] = {1};

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	lookup_save(lookup, &stamp);

	assert_false(lookup_load(lookup, &other, &commit));
	assert_false(has(lookup, 1));
	lookup_free(lookup);
	assert_ok(seal_key_from_bytes(&key, bytes, &info));
	assert_ok(lookup_new(&lookup, place.path, key, &place.env, &info));
	assert_false(lookup_load(lookup, &CONTEXT, &commit));
	lookup_free(lookup);
	support_remove(place.directory);
}

/* Loads the files and asks; true: at least something was believed. Whatever was believed must be right. */
static bool
answers_rightly(struct place *place, uint32_t count)
{
	struct lookup *lookup = open_at(place);
	struct oid commit;
	struct err_info info;
	bool is_loaded = lookup_load(lookup, &CONTEXT, &commit);

	for (uint32_t n = 0; is_loaded && n < count; n++) {
		struct lookup_pair pair = pair_of(lookup, n);
		struct bytes ids = {0};
		enum err err = lookup_find(&ids, lookup, &pair.hash, &info);
		bool is_whole = n % 3 == 2 || (n % 3 == 0 && n + 1 == count);

		if (commit.bytes[0] == 2 && err == ERR_OK) /* with the recent file: 0 is gone */
			assert_int_equal(ids.size, n < 2 ? ID_BYTES : is_whole ? ID_BYTES : 2 * ID_BYTES);
		else if (err == ERR_OK)
			assert_int_equal(ids.size, is_whole ? ID_BYTES : 2 * ID_BYTES);
		else
			assert_int_equal(err, ERR_FORMAT);
		bytes_release(&ids);
	}
	lookup_free(lookup);
	return is_loaded;
}

static void
a_damaged_file_is_never_believed(void **state)
{
	static const char *const names[] = {"keys", "keys-recent"};
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info info;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	lookup_save(lookup, &stamp);
	put(lookup, 0, false);
	stamp = stamp_of(2);
	lookup_save(lookup, &stamp);
	lookup_free(lookup);

	for (size_t i = 0; i < 2; i++) {
		struct bytes content = {0};

		(void)snprintf(path, sizeof(path), "%s/%s", place.directory, names[i]);
		assert_ok(fs_read(&content, path, 1 << 20, &info));
		for (size_t at = 0; at < content.size; at += i == 0 ? 41 : 1) {
			content.data[at] ^= 1;
			assert_ok(fs_write_cache(path, bytes_view(&content), &info));
			content.data[at] ^= 1;
			(void)answers_rightly(&place, FEW);
		}
		for (size_t size = 0; size < content.size; size += i == 0 ? 511 : 1) {
			assert_ok(fs_write_cache(path, view_of(content.data, size), &info));
			assert_int_equal(answers_rightly(&place, FEW), i == 1);
		}
		assert_ok(fs_write_cache(path, bytes_view(&content), &info));
		bytes_release(&content);
	}
	assert_true(answers_rightly(&place, FEW));
	support_remove(place.directory);
}

static void
recent_changes_count_beside_their_own_base_only(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct bytes recent = {0};
	char path[LIMIT_PATH_BYTES_MAX];
	struct oid commit;
	struct err_info info;

	(void)state;
	place_init(&place);
	(void)snprintf(path, sizeof(path), "%s/keys-recent", place.directory);
	lookup = filled(&place, FEW);
	lookup_save(lookup, &stamp);
	put(lookup, 5, false);
	stamp = stamp_of(2);
	lookup_save(lookup, &stamp);
	assert_ok(fs_read(&recent, path, 1 << 20, &info));
	for (uint32_t n = FEW; n < 2 * FEW; n++)
		put(lookup, n, true);
	put(lookup, 5, true);
	stamp = stamp_of(3);
	lookup_save(lookup, &stamp); /* many changes: another base */
	assert_false(fs_exists(path));

	assert_ok(fs_write_cache(path, bytes_view(&recent), &info));

	assert_true(lookup_load(lookup, &CONTEXT, &commit));
	assert_int_equal(commit.bytes[0], 3);
	assert_true(has(lookup, 5));
	bytes_release(&recent);
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
undo_goes_back_to_what_was_settled(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct err_info info;
	size_t count;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	lookup_save(lookup, &stamp); /* so that some changes are against the base */
	put(lookup, FEW, true);
	lookup_settle(lookup);
	put(lookup, 3, false);
	put(lookup, 3, true);
	put(lookup, 4, false);
	put(lookup, FEW, false);
	put(lookup, FEW + 1, true);
	(void)lookup_changes(lookup, &count);
	assert_int_equal(count, 5);

	assert_ok(lookup_undo(lookup, &info));

	for (uint32_t n = 0; n < FEW + 3; n++)
		assert_int_equal(has(lookup, n), n <= FEW);
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
an_id_is_dropped_whatever_its_hashes(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct lookup_pair pair;
	struct err_info info;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	lookup_save(lookup, &stamp);
	pair = pair_of(lookup, FEW);
	store_u32(pair.id.bytes, 8); /* a second hash of the 8th id */
	assert_ok(lookup_put(lookup, &pair, true, &info));

	assert_ok(lookup_drop(lookup, &pair.id, &info));

	for (uint32_t n = 0; n < FEW; n++)
		assert_int_equal(has(lookup, n), n != 8);
	assert_false(has(lookup, FEW));
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
ids_without_a_key_are_found_by_their_zeros(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct bytes ids = {0};
	struct err_info info;

	(void)state;
	place_init(&place);
	lookup = filled(&place, FEW);
	for (uint8_t n = 1; n <= 3; n++) {
		struct lookup_pair pair = {0};

		pair.hash.bytes[15] = n;
		pair.id.bytes[15] = n;
		assert_ok(lookup_put(lookup, &pair, true, &info));
		if (n == 2)
			lookup_save(lookup, &stamp);
		if (n == 3)
			assert_ok(lookup_put(lookup, &(struct lookup_pair){{{[15] = 1}}, {{[15] = 1}}}, false, &info));
	}

	assert_ok(lookup_find_zero(&ids, lookup, &info));

	assert_hex(bytes_view(&ids), "00000000000000000000000000000002 00000000000000000000000000000003");
	bytes_release(&ids);
	lookup_free(lookup);
	support_remove(place.directory);
}

static void
many_changes_are_merged_and_no_answer_is_lost(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct lookup_stamp stamp = stamp_of(1);
	struct fs_names names = {0};
	struct oid commit;
	struct err_info info;

	(void)state;
	place_init(&place);
	lookup = open_at(&place);
	for (uint32_t n = 0; n < MANY; n++) {
		put(lookup, n, true);
		if (n % 5 == 4)
			put(lookup, n - 2, false);
		lookup_settle(lookup);
	}
	assert_true(lookup->base.count > 0); /* merged once at least */
	assert_true(lookup->overlay.count < MANY / 2);
	for (uint32_t n = 0; n < MANY; n += 3)
		assert_int_equal(has(lookup, n), n % 5 != 2);

	lookup_save(lookup, &stamp);
	lookup_free(lookup);

	lookup = open_at(&place);
	assert_true(lookup_load(lookup, &CONTEXT, &commit));
	assert_true(sample_base_is_good(lookup));
	for (uint32_t n = 0; n < MANY; n += 7)
		assert_int_equal(has(lookup, n), n % 5 != 2);
	lookup_free(lookup);
	assert_ok(fs_list(&names, place.directory, 10, &info));
	for (size_t i = 0; i < names.count; i++)
		assert_false(fs_is_temporary(names.names[i]));
	fs_names_release(&names);
	support_remove(place.directory);
}

static void
without_a_save_nothing_is_left_behind(void **state)
{
	struct place place;
	struct lookup *lookup;
	struct fs_names names = {0};
	struct err_info info;

	(void)state;
	place_init(&place);
	lookup = filled(&place, MANY);

	lookup_free(lookup);

	assert_ok(fs_list(&names, place.directory, 10, &info));
	assert_int_equal(names.count, 0);
	fs_names_release(&names);
	support_remove(place.directory);
}

static enum err
read_sample(struct view content, struct err_info *info)
{
	struct lookup lookup = {.key = sample_lookup_key()};
	struct lookup_stamp stamp;
	bool is_good = false;

	assert_true(content.size > 0);
	memset(lookup.base.generation, 0x11, sizeof(lookup.base.generation));
	if (content.data[0] == 'R') {
		is_good = lookup_recent_read(&lookup, &stamp, view_of(content.data + 1, content.size - 1));
	} else {
		is_good = lookup_base_read(&lookup.base, &lookup, view_of(content.data + 1, content.size - 1)) &&
		          sample_base_is_good(&lookup);
		if (is_good)
			assert_int_equal(lookup.base.stamp.commit.bytes[0], 0x22);
		lookup_base_release(&lookup.base);
	}
	lookup_overlay_release(&lookup.overlay);
	seal_key_free(lookup.key);
	return is_good ? ERR_OK : err_set(info, ERR_FORMAT, "no good cache");
}

static void
golden_samples_are_told_apart(void **state)
{
	(void)state;
	golden_run("fuzz_lookup_files", read_sample);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found_until_it_is_taken_out),
		cmocka_unit_test(equal_keys_give_all_their_ids_in_order),
		cmocka_unit_test(files_hold_what_was_saved),
		cmocka_unit_test(another_context_or_key_finds_no_cache),
		cmocka_unit_test(a_damaged_file_is_never_believed),
		cmocka_unit_test(recent_changes_count_beside_their_own_base_only),
		cmocka_unit_test(undo_goes_back_to_what_was_settled),
		cmocka_unit_test(an_id_is_dropped_whatever_its_hashes),
		cmocka_unit_test(ids_without_a_key_are_found_by_their_zeros),
		cmocka_unit_test(many_changes_are_merged_and_no_answer_is_lost),
		cmocka_unit_test(without_a_save_nothing_is_left_behind),
		cmocka_unit_test(golden_samples_are_told_apart),
	};
	struct err_info info;

	if (seal_init(&info) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
