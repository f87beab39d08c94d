#include <string.h>

#define ZLIB_CONST /* the other implementation: what is written must be zlib to it too */
#include <zlib.h>

#include "git/packer.h"
#include "test.h"

enum {
	DEPTH_MAX = 31
};

/* `count` entries whose names share `depth` digits, in order. */
static struct bytes
directory(size_t count, unsigned depth, uint64_t *seed)
{
	static const char digits[] = "0123456789abcdef";
	struct bytes content = {0};
	struct err_info info;

	for (size_t i = 0; i < count; i++) {
		char name[33];
		uint8_t id[OID_BYTES];

		for (unsigned at = 0; at < 32; at++) {
			uint64_t value = at < depth ? at * 7 : support_random(seed) >> 40;

			if (at == depth)
				value = count == 1 ? value : i * 15 / (count - 1); /* so that they share no more */
			name[at] = digits[value % 16];
		}
		name[32] = '\0';
		for (size_t at = 0; at < sizeof(id); at++)
			id[at] = (uint8_t)(support_random(seed) >> 56);
		assert_ok(bytes_append_text(&content, "100644 ", &info));
		assert_ok(bytes_append(&content, name, sizeof(name), &info));
		assert_ok(bytes_append(&content, id, sizeof(id), &info));
	}
	return content;
}

static void
assert_inflates(const struct bytes *stream, const struct bytes *content)
{
	struct bytes back = {0};
	uint8_t zlibs[8192];
	uLongf size = sizeof(zlibs);
	struct pack_inflater inflater = {0};
	struct leaf_decoder decoder = {0};
	size_t used = 0;
	struct err_info info;

	assert_ok(pack_inflate(&back, content->size, bytes_view(stream), &inflater, &info));
	assert_int_equal(back.size, content->size);
	assert_memory_equal(back.data, content->data, content->size);
	assert_int_equal(uncompress(zlibs, &size, stream->data, stream->size), Z_OK);
	assert_int_equal(size, content->size);
	assert_memory_equal(zlibs, content->data, content->size);
	pack_inflater_release(&inflater);
	bytes_clear(&back);
	assert_true(leaf_decode(&back, &used, &decoder, content->size, bytes_view(stream)));
	assert_int_equal(used, stream->size);
	assert_int_equal(back.size, content->size);
	assert_memory_equal(back.data, content->data, content->size);
	bytes_release(&back);
}

static void
both_read_what_is_written_for_every_depth_and_count(void **state)
{
	struct leaf_coder coder = {0};
	uint64_t seed = 1;
	struct err_info info;

	(void)state;
	for (unsigned depth = 0; depth <= DEPTH_MAX; depth++) {
		for (size_t count = 1; count <= LIMIT_TREE_IDS_MAX; count += depth < 6 ? 1 : 9) {
			struct bytes content = directory(count, depth, &seed);
			struct bytes stream = {0};

			assert_true(leaf_is_one(bytes_view(&content)));
			assert_ok(leaf_encode(&stream, &coder, bytes_view(&content), &info));
			assert_inflates(&stream, &content);
			bytes_release(&content);
			bytes_release(&stream);
		}
	}
}

static void
every_byte_has_its_code(void **state)
{
	struct leaf_coder coder = {0};
	uint64_t seed = 2;
	struct bytes content = directory(LIMIT_TREE_IDS_MAX, 3, &seed);
	struct bytes stream = {0};
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < content.size; i++) {
		if (i % LEAF_ENTRY_BYTES >= 40)
			content.data[i] = (uint8_t)(i / LEAF_ENTRY_BYTES * 20 + i % LEAF_ENTRY_BYTES);
	}

	assert_ok(leaf_encode(&stream, &coder, bytes_view(&content), &info));

	assert_inflates(&stream, &content);
	bytes_release(&content);
	bytes_release(&stream);
}

static void
it_is_smaller_than_what_zlib_makes(void **state)
{
	struct leaf_coder coder = {0};
	uint64_t seed = 3;
	struct bytes content = directory(24, 3, &seed);
	struct bytes stream = {0};
	uint8_t zlibs[4096];
	uLongf size = sizeof(zlibs);
	struct err_info info;

	(void)state;
	assert_ok(leaf_encode(&stream, &coder, bytes_view(&content), &info));
	assert_int_equal(compress2(zlibs, &size, content.data, content.size, 9), Z_OK);

	assert_true(stream.size < size);
	bytes_release(&content);
	bytes_release(&stream);
}

static void
other_content_is_not_taken_for_a_directory_of_ids(void **state)
{
	uint64_t seed = 4;
	struct bytes content = directory(3, 3, &seed);

	(void)state;
	assert_false(leaf_is_one((struct view){0}));
	assert_false(leaf_is_one(view_of(content.data, content.size - 1)));
	content.data[LEAF_ENTRY_BYTES + 5] = '5';
	assert_false(leaf_is_one(bytes_view(&content)));
	content.data[LEAF_ENTRY_BYTES + 5] = '4';
	content.data[2 * LEAF_ENTRY_BYTES + 39] = 'x';
	assert_false(leaf_is_one(bytes_view(&content)));
	bytes_release(&content);
}

static void
assert_no_other_verdict(struct leaf_decoder *decoder, struct view stream, size_t size)
{
	struct bytes ours = {0};
	uint8_t zlibs[8192];
	uLongf got = sizeof(zlibs);
	uLong used = (uLong)stream.size;
	size_t ours_used = 0;

	if (leaf_decode(&ours, &ours_used, decoder, size, stream)) {
		assert_int_equal(uncompress2(zlibs, &got, stream.data, &used), Z_OK);
		assert_int_equal(got, size);
		assert_int_equal(used, ours_used);
		assert_memory_equal(zlibs, ours.data, size);
	} else {
		assert_int_equal(ours.size, 0);
	}
	bytes_release(&ours);
}

static void
what_is_damaged_is_never_read_as_something_else(void **state)
{
	struct leaf_decoder decoder = {0};
	uint64_t seed = 5;

	(void)state;
	for (size_t count = 1; count <= 24; count += 23) {
		struct leaf_coder coder = {0};
		struct bytes content = directory(count, 3, &seed);
		struct bytes stream = {0};
		struct bytes none = {0};
		struct err_info info;
		size_t used;

		assert_ok(leaf_encode(&stream, &coder, bytes_view(&content), &info));
		for (size_t bit = 0; bit < 8 * stream.size; bit++) {
			stream.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
			assert_no_other_verdict(&decoder, bytes_view(&stream), content.size);
			stream.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
		}
		for (size_t size = 0; size < stream.size; size++)
			assert_false(leaf_decode(&none, &used, &decoder, content.size, view_of(stream.data, size)));
		for (size_t size = 0; size < 2 * content.size; size++) {
			if (size != content.size)
				assert_false(leaf_decode(&none, &used, &decoder, size, bytes_view(&stream)));
		}
		bytes_release(&none);
		bytes_release(&content);
		bytes_release(&stream);
	}
}

static void
what_follows_is_left_alone(void **state)
{
	struct leaf_decoder decoder = {0};
	struct leaf_coder coder = {0};
	uint64_t seed = 6;
	struct bytes content = directory(30, 4, &seed);
	struct bytes stream = {0};
	struct bytes back = {0};
	struct err_info info;
	size_t own;
	size_t used;

	(void)state;
	assert_ok(leaf_encode(&stream, &coder, bytes_view(&content), &info));
	own = stream.size;
	for (size_t more = 0; more < 24; more++) {
		bytes_clear(&back);
		assert_true(leaf_decode(&back, &used, &decoder, content.size, bytes_view(&stream)));
		assert_int_equal(used, own);
		assert_memory_equal(back.data, content.data, content.size);
		assert_ok(bytes_append(&stream, &(uint8_t){0xff}, 1, &info));
	}
	bytes_release(&back);
	bytes_release(&content);
	bytes_release(&stream);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_read_what_is_written_for_every_depth_and_count),
		cmocka_unit_test(every_byte_has_its_code),
		cmocka_unit_test(it_is_smaller_than_what_zlib_makes),
		cmocka_unit_test(other_content_is_not_taken_for_a_directory_of_ids),
		cmocka_unit_test(what_is_damaged_is_never_read_as_something_else),
		cmocka_unit_test(what_follows_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
