#include <stdio.h>

#include "samples.h"
#include "seal/lthash.h"
#include "test.h"

static struct seal_lthash_file
file_of(const char *path, const struct digest *digest)
{
	return (struct seal_lthash_file){view_text(path), 0100644, digest};
}

static void
the_digest_is_the_known_one(void **state)
{
	struct seal_lthash sum = {{0}};
	struct digest blob;
	struct digest digest;
	struct seal_lthash_file file;

	(void)state;
	seal_lthash_digest(&digest, &sum);
	assert_hex(view_of(&digest, 32), "200823e5158b3774c11b5c61850ada762f8264144a9bebec3ebac5a2adde67b8");
	seal_digest(&blob, view_text("blob a"));
	file = file_of("records/0/aa", &blob);
	seal_lthash_add(&sum, &file);
	seal_lthash_digest(&digest, &sum);
	assert_hex(view_of(&digest, 32), "0e637739e65c3cb2a7783ad6fd9f37f9a4c36712e4f45ab9dfd111954b9d2ca2");
	seal_digest(&blob, view_text("blob b"));
	file = file_of("meta/head", &blob);
	seal_lthash_add(&sum, &file);
	seal_lthash_digest(&digest, &sum);
	assert_hex(view_of(&digest, 32), "5ea353ea14ebfc99bc418696ac0877890534f3dae30ca475ba8003f13c29ea8a");
}

static void
order_does_not_matter_and_removing_undoes_adding(void **state)
{
	enum {
		FILES = 20
	};
	char paths[FILES][16];
	struct digest blobs[FILES];
	struct seal_lthash forward = {{0}};
	struct seal_lthash backward = {{0}};
	static const struct seal_lthash empty;

	(void)state;
	for (int i = 0; i < FILES; i++) {
		(void)snprintf(paths[i], sizeof(paths[i]), "records/%d", i);
		blobs[i] = sample_digest((uint8_t)i);
	}
	for (int i = 0; i < FILES; i++) {
		struct seal_lthash_file one = file_of(paths[i], &blobs[i]);
		struct seal_lthash_file other = file_of(paths[FILES - 1 - i], &blobs[FILES - 1 - i]);

		seal_lthash_add(&forward, &one);
		seal_lthash_add(&backward, &other);
	}
	assert_memory_equal(&forward, &backward, sizeof(forward));
	for (int i = 0; i < FILES; i++) {
		struct seal_lthash_file one = file_of(paths[i], &blobs[i]);

		assert_memory_not_equal(&forward, &empty, sizeof(empty));
		seal_lthash_remove(&forward, &one);
	}
	assert_memory_equal(&forward, &empty, sizeof(empty));
}

static void
path_mode_and_content_all_count(void **state)
{
	struct digest blob = sample_digest(1);
	struct digest other = sample_digest(2);
	const struct seal_lthash_file files[] = {
		{view_text("a/b"), 0100644, &blob}, {view_text("a/c"), 0100644, &blob},
		{view_text("a/b"), 0100755, &blob}, {view_text("a/b"), 0100644, &other},
		{view_text("a/"), 0100644, &blob},
	};
	struct digest digests[sizeof(files) / sizeof(files[0])];

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct seal_lthash sum = {{0}};

		seal_lthash_add(&sum, &files[i]);
		seal_lthash_digest(&digests[i], &sum);
		for (size_t j = 0; j < i; j++)
			assert_false(digest_equal(&digests[i], &digests[j]));
	}
}

static void
a_sum_is_kept_as_bytes(void **state)
{
	struct digest blob = sample_digest(1);
	struct seal_lthash_file file = file_of("a", &blob);
	struct seal_lthash sum = {{0}};
	struct seal_lthash back;
	uint8_t bytes[SEAL_LTHASH_BYTES];

	(void)state;
	seal_lthash_add(&sum, &file);
	seal_lthash_write(bytes, &sum);
	assert_int_equal(bytes[2] | bytes[3] << 8, sum.words[1]);
	seal_lthash_read(&back, bytes);
	assert_memory_equal(&back, &sum, sizeof(sum));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_the_known_one),
		cmocka_unit_test(order_does_not_matter_and_removing_undoes_adding),
		cmocka_unit_test(path_mode_and_content_all_count),
		cmocka_unit_test(a_sum_is_kept_as_bytes),
	};

	return cmocka_run_group_tests(tests, start_seal, all_keys_freed);
}
