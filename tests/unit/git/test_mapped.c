/* What is read from our own packs without libgit2 is what libgit2 reads; what is damaged or foreign is left to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "git/mapped.h"
#include "git/pack.h"
#include "git/upkeep.h"
#include "place.h"
#include "test.h"

enum {
	OBJECTS = 400
};

static struct oid added[OBJECTS]; /* the ids of what was added */

/* The n-th object: blobs of all sizes up to more than one stored block, trees of ids and others, commits. */
static struct bytes
content_of(size_t n, enum git_type *type)
{
	uint64_t seed = n + 1;
	struct bytes content = {0};
	size_t size = n % 50 == 49 ? 70000 + n : n * n % 700;
	struct err_info info;

	*type = n % 3 == 0 ? GIT_TYPE_TREE : n % 7 == 1 ? GIT_TYPE_COMMIT : GIT_TYPE_BLOB;
	if (*type == GIT_TYPE_TREE) {
		for (size_t i = 0; i <= n % 64; i++) {
			assert_ok(bytes_printf(&content, &info, "100644 %032zx", i * 1000 + n));
			assert_ok(bytes_append(&content, "\0abcdefghijklmnopqrst", 21, &info));
		}
		return content;
	}
	for (size_t i = 0; i < size; i++)
		assert_ok(bytes_append_byte(&content, (uint8_t)(support_random(&seed) >> 40), &info));
	return content;
}

static void
add(struct place *place, size_t from, size_t to)
{
	struct git_pack *pack = NULL;
	struct err_info info;

	assert_ok(git_pack_new(&pack, place->store, &info));
	for (size_t n = from; n < to; n++) {
		enum git_type type;
		struct bytes content = content_of(n, &type);

		assert_ok(git_pack_add(pack, type, bytes_view(&content), &added[n], &info));
		bytes_release(&content);
	}
	assert_ok(git_pack_finish(pack, &info));
	git_pack_free(pack);
	assert_ok(git_store_refresh(place->store, &info));
}

static void
place_filled(struct place *place)
{
	place_init(place);
	add(place, 0, OBJECTS / 2);
	add(place, OBJECTS / 2, OBJECTS);
}

static void
every_object_is_read_as_it_was_written(void **state)
{
	struct place place;
	struct git_mapped mapped = {0};
	struct err_info info;

	(void)state;
	place_filled(&place);
	assert_ok(git_mapped_look(&mapped, place.path, &info));
	assert_int_equal(mapped.count, 2);
	assert_false(mapped.has_others);

	for (size_t n = 0; n < OBJECTS; n++) {
		enum git_type type;
		struct bytes content = content_of(n, &type);
		struct bytes found = {0};
		struct oid other = added[n];
		int found_type;

		assert_true(git_mapped_has(&mapped, &added[n]));
		assert_ok(git_mapped_read(&found, &found_type, &mapped, &added[n], true, &info));
		assert_int_equal(found_type, type);
		assert_true(view_equal(bytes_view(&found), bytes_view(&content)));
		other.bytes[n % OID_BYTES] ^= 1;
		assert_false(git_mapped_has(&mapped, &other));
		bytes_release(&content);
		bytes_release(&found);
	}
	git_mapped_release(&mapped);
	place_release(&place);
}

/* The file of the first pack with this suffix. */
static void
pack_path(char *out, const struct place *place, const char *suffix)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct err_info info;

	assert_ok(fs_path(directory, &info, "%s/objects/pack", place->path));
	assert_ok(fs_list(&names, directory, 100, &info));
	for (size_t i = 0; i < names.count; i++) {
		const char *dot = strrchr(names.names[i], '.');

		if (dot != NULL && strcmp(dot, suffix) == 0) {
			assert_ok(fs_path(out, &info, "%s/%s", directory, names.names[i]));
			break;
		}
	}
	fs_names_release(&names);
}

enum {
	MANY = 3000
};

/* One of them is longer than what is read at once. */
static struct bytes
blob_of(size_t n)
{
	uint64_t seed = n + 77;
	struct bytes content = {0};
	size_t size = n == MANY / 2 ? 200000 : n * n % 1500;
	struct err_info info;

	for (size_t i = 0; i < size; i++)
		assert_ok(bytes_append_byte(&content, (uint8_t)(support_random(&seed) >> 40), &info));
	return content;
}

static size_t
count_read(struct git_mapped *mapped, const struct oid *oids, size_t step)
{
	size_t good = 0;

	for (size_t i = 0; i < MANY; i++) {
		size_t n = i * step % MANY;
		struct bytes content = blob_of(n);
		struct bytes found = {0};
		struct err_info info;
		int type;

		if (git_mapped_read(&found, &type, mapped, &oids[n], true, &info) == ERR_OK) {
			assert_int_equal(type, GIT_TYPE_BLOB);
			assert_true(view_equal(bytes_view(&found), bytes_view(&content)));
			good++;
		}
		bytes_release(&content);
		bytes_release(&found);
	}
	return good;
}

/* And one that is cut while it is open gives less, instead of ending the program. */
static void
a_large_pack_is_read_in_any_order(void **state)
{
	struct place place;
	struct git_mapped mapped = {0};
	struct git_pack *pack = NULL;
	struct oid *oids = calloc(MANY, sizeof(*oids));
	char path[LIMIT_PATH_BYTES_MAX] = "";
	struct stat status;
	struct err_info info;

	(void)state;
	assert_non_null(oids);
	place_init(&place);
	assert_ok(git_pack_new(&pack, place.store, &info));
	for (size_t n = 0; n < MANY; n++) {
		struct bytes content = blob_of(n);

		assert_ok(git_pack_add(pack, GIT_TYPE_BLOB, bytes_view(&content), &oids[n], &info));
		bytes_release(&content);
	}
	assert_ok(git_pack_finish(pack, &info));
	git_pack_free(pack);
	pack_path(path, &place, ".pack");
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size > 1 << 21);

	assert_ok(git_mapped_look(&mapped, place.path, &info));
	assert_int_equal(mapped.count, 1);
	assert_int_equal(count_read(&mapped, oids, 1), MANY);
	assert_int_equal(count_read(&mapped, oids, MANY - 1), MANY); /* backwards */
	assert_int_equal(count_read(&mapped, oids, 1007), MANY);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, status.st_size / 2), 0);
	assert_in_range(count_read(&mapped, oids, 1), MANY / 4, MANY * 3 / 4);
	assert_in_range(count_read(&mapped, oids, 1007), MANY / 4, MANY * 3 / 4);
	git_mapped_release(&mapped);
	free(oids);
	place_release(&place);
}

enum {
	NUMBERS = 12000, /* their index is read in pieces, and is mapped in the end */
};

static void
a_large_index_is_asked_here_and_there(void **state)
{
	struct place place;
	struct git_mapped mapped = {0};
	struct git_pack *pack = NULL;
	struct oid *oids = calloc(NUMBERS, sizeof(*oids));
	struct err_info info;

	(void)state;
	assert_non_null(oids);
	place_init(&place);
	assert_ok(git_pack_new(&pack, place.store, &info));
	for (size_t n = 0; n < NUMBERS; n++)
		assert_ok(git_pack_add(pack, GIT_TYPE_BLOB, view_of((const uint8_t *)&n, sizeof(n)), &oids[n], &info));
	assert_ok(git_pack_finish(pack, &info));
	git_pack_free(pack);

	assert_ok(git_mapped_look(&mapped, place.path, &info));
	for (size_t i = 0; i < 2 * NUMBERS; i++) {
		size_t n = i * 5003 % NUMBERS;
		struct bytes found = {0};
		struct oid other = oids[n];
		int type;

		assert_ok(git_mapped_read(&found, &type, &mapped, &oids[n], true, &info));
		assert_true(view_equal(bytes_view(&found), view_of((const uint8_t *)&n, sizeof(n))));
		other.bytes[i % OID_BYTES] ^= 1;
		assert_false(git_mapped_has(&mapped, &other));
		bytes_release(&found);
	}
	git_mapped_release(&mapped);
	free(oids);
	place_release(&place);
}

static void
what_is_gone_is_forgotten_and_what_is_new_is_seen(void **state)
{
	struct place place;
	struct git_mapped mapped = {0};
	struct err_info info;

	(void)state;
	place_filled(&place);
	assert_ok(git_mapped_look(&mapped, place.path, &info));
	assert_ok(git_store_gc(NULL, place.store, &info)); /* no ref reaches anything: all goes */

	assert_ok(git_mapped_look(&mapped, place.path, &info));

	assert_int_equal(mapped.count, 0);
	assert_false(git_mapped_has(&mapped, &added[0]));
	add(&place, 0, 5);
	assert_ok(git_mapped_look(&mapped, place.path, &info));
	assert_true(git_mapped_has(&mapped, &added[4]));
	git_mapped_release(&mapped);
	place_release(&place);
}

/* Reads all; what is given must be right. */
static void
assert_nothing_wrong_is_read(const struct place *place)
{
	struct git_mapped mapped = {0};
	struct err_info info;

	assert_ok(git_mapped_look(&mapped, place->path, &info));
	for (size_t n = 0; n < OBJECTS; n += 3) {
		enum git_type type;
		struct bytes content = content_of(n, &type);
		struct bytes found = {0};
		int found_type;

		if (git_mapped_read(&found, &found_type, &mapped, &added[n], true, &info) == ERR_OK)
			assert_true(view_equal(bytes_view(&found), bytes_view(&content)));
		bytes_release(&content);
		bytes_release(&found);
	}
	git_mapped_release(&mapped);
}

static void
damage_is_never_read_as_if_it_were_whole(void **state)
{
	static const char *const suffixes[] = {".idx", ".pack"};
	struct place place;
	struct err_info info;

	(void)state;
	place_filled(&place);
	for (size_t i = 0; i < 2; i++) {
		char path[LIMIT_PATH_BYTES_MAX] = "";
		struct bytes content = {0};

		pack_path(path, &place, suffixes[i]);
		assert_ok(fs_read(&content, path, 1 << 24, &info));
		assert_int_equal(chmod(path, 0600), 0);
		for (size_t at = 0; at < content.size; at += 1 + content.size / 101) {
			content.data[at] ^= 0x41;
			assert_ok(fs_write_cache(path, bytes_view(&content), &info));
			assert_nothing_wrong_is_read(&place);
			content.data[at] ^= 0x41;
			if (at % 3 != 0)
				continue;
			assert_ok(fs_write_cache(path, view_of(content.data, at), &info));
			assert_nothing_wrong_is_read(&place);
		}
		assert_ok(fs_write_cache(path, bytes_view(&content), &info));
		bytes_release(&content);
	}
	place_release(&place);
}

/* A blob that is read back of a pack in the making has no id to be checked against: the stream's own check says it. */
static void
damage_to_a_pack_in_the_making_is_seen(void **state)
{
	struct place place;
	struct err_info info;

	(void)state;
	place_filled(&place);
	for (size_t n = OBJECTS; n < OBJECTS + 60; n++) {
		struct git_pack *pack = NULL;
		struct git_content found = {0};
		struct oid oid;
		enum git_type type;
		struct bytes content = content_of(n, &type);

		assert_ok(git_pack_new(&pack, place.store, &info));
		if (type == GIT_TYPE_BLOB && content.size > 0) {
			const uint8_t damage = (uint8_t)~content.data[content.size - 1];

			assert_ok(git_pack_add(pack, type, bytes_view(&content), &oid, &info));
			assert_ok(pack_flush(pack, &info));
			assert_ok(git_pack_get(&found, pack, &oid, type, &info));
			assert_true(view_equal(found.content, bytes_view(&content)));
			git_content_release(&found);
			assert_int_equal(pwrite(pack->fd, &damage, 1, (off_t)pack->flushed - 5), 1);
			assert_int_equal(git_pack_get(&found, pack, &oid, type, &info), ERR_FORMAT);
		}
		git_pack_free(pack);
		bytes_release(&content);
	}
	place_release(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_object_is_read_as_it_was_written),
		cmocka_unit_test(a_large_pack_is_read_in_any_order),
		cmocka_unit_test(a_large_index_is_asked_here_and_there),
		cmocka_unit_test(what_is_gone_is_forgotten_and_what_is_new_is_seen),
		cmocka_unit_test(damage_is_never_read_as_if_it_were_whole),
		cmocka_unit_test(damage_to_a_pack_in_the_making_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
