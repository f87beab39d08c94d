/* A tree of ids: written the same with and without a thread beside, and the same when it borrows what another has read. */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/worker.h"
#include "git/pack.h"
#include "git/tree.h"
#include "git/upkeep.h"
#include "place.h"
#include "test.h"

enum {
	IDS = 20000, /* of which a change touches every seventh */
	STEP = 7,
};

static struct id
id_of(size_t n)
{
	uint64_t seed = n + 1;
	struct id id;

	for (size_t i = 0; i < ID_BYTES; i++)
		id.bytes[i] = (uint8_t)(support_random(&seed) >> 33);
	return id;
}

static struct oid
blob_of(size_t n, unsigned version)
{
	struct oid oid = {{(uint8_t)version}};

	store_u64(oid.bytes + 4, n);
	return oid;
}

/* All ids, in a pack that is finished. */
static struct oid
write_first(const struct place *place, bool is_without_thread)
{
	struct git_idtree *tree = NULL;
	struct git_pack *pack = NULL;
	struct oid root;
	struct err_info info;

	worker_without_thread(is_without_thread);
	assert_ok(git_pack_new(&pack, place->store, &info));
	assert_ok(git_idtree_open(&tree, (struct git_reader){pack, place->store}, NULL, &info));
	for (size_t n = 0; n < IDS; n++) {
		const struct id id = id_of(n);
		const struct oid blob = blob_of(n, 1);

		assert_ok(git_idtree_put(tree, &id, &blob, &info));
	}
	assert_ok(git_idtree_write(&root, tree, pack, &info));
	assert_ok(git_pack_finish(pack, &info));
	git_idtree_free(tree);
	git_pack_free(pack);
	worker_without_thread(false);
	return root;
}

/* Every seventh id changed, added or removed. */
static struct oid
change(const struct place *place, const struct oid *from, const struct git_idtree *lender)
{
	struct git_idtree *tree = NULL;
	struct git_pack *pack = NULL;
	struct oid root;
	struct err_info info;

	assert_ok(git_pack_new(&pack, place->store, &info));
	assert_ok(git_idtree_open(&tree, (struct git_reader){pack, place->store}, from, &info));
	git_idtree_borrow(tree, lender);
	for (size_t n = 0; n < IDS; n += STEP) {
		const struct id id = id_of(n);
		const struct id added = id_of(n + IDS);
		const struct oid blob = blob_of(n, 2);
		struct oid found;

		assert_ok(git_idtree_get(&found, tree, &id, &info));
		assert_true(found.bytes[0] == 1);
		if (n % 3 == 0)
			assert_ok(git_idtree_put(tree, &id, &blob, &info));
		else if (n % 3 == 1)
			assert_ok(git_idtree_remove(tree, &id, &info));
		else
			assert_ok(git_idtree_put(tree, &added, &blob, &info));
	}
	assert_ok(git_idtree_write(&root, tree, pack, &info));
	git_idtree_free(tree);
	git_pack_free(pack); /* nothing of it stays */
	return root;
}

static struct fs_names
packs_of(const struct place *place)
{
	char directory[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct err_info info;

	assert_ok(fs_path(directory, &info, "%s/objects/pack", place->path));
	assert_ok(fs_list(&names, directory, 100, &info));
	return names;
}

static struct bytes
content_of(const struct place *place, const char *name)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = {0};
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/objects/pack/%s", place->path, name));
	assert_ok(fs_read(&content, path, 1 << 26, &info));
	return content;
}

static void
a_pack_is_the_same_with_and_without_a_thread(void **state)
{
	struct place places[2];
	struct fs_names names[2];
	struct oid roots[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		place_init(&places[i]);
		roots[i] = write_first(&places[i], i == 1);
		names[i] = packs_of(&places[i]);
	}

	assert_true(oid_equal(&roots[0], &roots[1]));
	assert_int_equal(names[0].count, 2);
	assert_int_equal(names[1].count, 2);
	for (size_t n = 0; n < 2; n++) {
		struct bytes a = content_of(&places[0], names[0].names[n]);
		struct bytes b = content_of(&places[1], names[1].names[n]);

		assert_string_equal(names[0].names[n], names[1].names[n]);
		assert_true(a.size > 1000 && view_equal(bytes_view(&a), bytes_view(&b)));
		bytes_release(&a);
		bytes_release(&b);
	}
	for (size_t i = 0; i < 2; i++) {
		fs_names_release(&names[i]);
		place_release(&places[i]);
	}
}

static void
what_is_borrowed_is_what_would_have_been_read(void **state)
{
	struct place place;
	struct git_idtree *lender = NULL;
	struct git_idtree *other = NULL;
	struct oid root;
	struct oid plain;
	struct oid borrowed;
	struct oid of_changed;
	struct err_info info;

	(void)state;
	place_init(&place);
	root = write_first(&place, false);
	plain = change(&place, &root, NULL);
	assert_ok(git_idtree_open(&lender, (struct git_reader){NULL, place.store}, &root, &info));
	assert_ok(git_idtree_open(&other, (struct git_reader){NULL, place.store}, &root, &info));
	for (size_t n = 0; n < IDS; n += STEP + 1) { /* not all, and others */
		const struct id id = id_of(n);
		struct oid found;

		assert_ok(git_idtree_get(&found, lender, &id, &info));
		assert_ok(git_idtree_get(&found, other, &id, &info));
		assert_ok(git_idtree_put(other, &id, &(struct oid){{9}}, &info)); /* its directories are others now */
	}
	borrowed = change(&place, &root, lender);
	of_changed = change(&place, &root, other);

	assert_false(oid_equal(&plain, &root));
	assert_true(oid_equal(&plain, &borrowed));
	assert_true(oid_equal(&plain, &of_changed));
	git_idtree_free(lender);
	git_idtree_free(other);
	place_release(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pack_is_the_same_with_and_without_a_thread),
		cmocka_unit_test(what_is_borrowed_is_what_would_have_been_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
