/* Pieces of a file are its bytes, whether they are read or mapped or seen through a window. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "test.h"

enum {
	SMALL = 5000,
	LARGE = 700000,
	ASKED = 40000, /* more than are read before a file is mapped */
	PIECE = 1280,
};

static struct bytes
content_of(size_t size)
{
	struct bytes content = {0};
	uint64_t seed = size;
	struct err_info info;

	for (size_t i = 0; i < size; i++)
		assert_ok(bytes_append_byte(&content, (uint8_t)(support_random(&seed) >> 40), &info));
	return content;
}

static void
assert_is_read(struct fs_pieces *pieces, struct view content, size_t times)
{
	uint64_t seed = 5;

	for (size_t i = 0; i < times; i++) {
		size_t size = (size_t)(support_random(&seed) >> 32) % PIECE;
		size_t offset = (size_t)(support_random(&seed) >> 32) % (content.size - size);
		const uint8_t *at = fs_pieces_at(pieces, offset, size);

		assert_non_null(at);
		assert_memory_equal(at, content.data + offset, size);
	}
	assert_non_null(fs_pieces_at(pieces, content.size - PIECE, PIECE));
	assert_null(fs_pieces_at(pieces, content.size - PIECE + 1, PIECE));
	assert_null(fs_pieces_at(pieces, content.size + 1, 0));
	assert_null(fs_pieces_at(pieces, SIZE_MAX, PIECE));
}

static void
a_file_is_read_as_it_is(void **state)
{
	static const size_t sizes[] = {SMALL, LARGE};
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct err_info info;

	(void)state;
	assert_ok(fs_path(path, &info, "%s/file", directory));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct bytes content = content_of(sizes[i]);
		struct fs_pieces pieces;

		assert_ok(fs_write(path, bytes_view(&content), 0600, &info));
		assert_ok(fs_pieces_open(&pieces, path, &info));
		assert_int_equal(pieces.size, sizes[i]);
		assert_is_read(&pieces, bytes_view(&content), ASKED);
		fs_pieces_release(&pieces);
		pieces = fs_pieces_of(bytes_view(&content));
		assert_is_read(&pieces, bytes_view(&content), PIECE);
		fs_pieces_release(&pieces);
		bytes_release(&content);
	}
	support_remove(directory);
}

static void
what_was_cut_off_is_not_read(void **state)
{
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = content_of(LARGE);
	struct fs_pieces pieces = {0};
	struct err_info info;

	(void)state;
	fs_pieces_release(&pieces); /* of an empty one: nothing */
	assert_ok(fs_path(path, &info, "%s/file", directory));
	assert_int_equal(fs_pieces_open(&pieces, path, &info), ERR_NOT_FOUND);
	assert_ok(fs_write(path, bytes_view(&content), 0600, &info));
	assert_ok(fs_pieces_open(&pieces, path, &info));
	assert_int_equal(truncate(path, LARGE / 2), 0);

	assert_null(fs_pieces_at(&pieces, LARGE / 2 - 1, 2));
	assert_non_null(fs_pieces_at(&pieces, LARGE / 2 - 2, 2));
	fs_pieces_release(&pieces);
	bytes_release(&content);
	support_remove(directory);
}

static void
assert_is_seen(struct fs_window *window, struct view content, size_t offset, size_t size)
{
	struct view view;
	struct err_info info;

	assert_ok(fs_window_at(&view, window, offset, size, content.size - offset, "it", &info));
	assert_in_range(view.size, size, content.size - offset);
	assert_memory_equal(view.data, content.data + offset, view.size);
}

static void
a_window_shows_the_file_as_it_is(void **state)
{
	const char *directory = support_scratch();
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes content = content_of(LARGE);
	struct fs_window window = {.fd = -1};
	struct view whole = bytes_view(&content);
	struct err_info info;
	struct view view;
	uint64_t seed = 7;
	size_t size = 0;

	(void)state;
	fs_window_release(&window); /* of an empty one: nothing */
	assert_ok(fs_path(path, &info, "%s/file", directory));
	assert_int_equal(fs_window_open(&window, &size, path, &info), ERR_NOT_FOUND);
	assert_ok(fs_write(path, whole, 0600, &info));
	assert_ok(fs_window_open(&window, &size, path, &info));
	assert_int_equal(size, LARGE);
	for (size_t at = 0; at < LARGE - PIECE; at += 1 + (size_t)(support_random(&seed) >> 32) % PIECE)
		assert_is_seen(&window, whole, at, PIECE); /* one after the other */
	for (size_t i = 0; i < PIECE; i++)
		assert_is_seen(&window, whole, (size_t)(support_random(&seed) >> 32) % (LARGE - PIECE), PIECE);
	assert_is_seen(&window, whole, 1, LARGE - 1);
	assert_is_seen(&window, whole, LARGE - 1, 1);

	assert_int_equal(fs_window_at(&view, &window, LARGE - 1, 2, 2, "it", &info), ERR_IO);
	assert_non_null(strstr(info.text, "it ends early"));
	assert_int_equal(fs_window_at(&view, &window, LARGE, 1, 1, "it", &info), ERR_IO);
	fs_window_release(&window);
	bytes_release(&content);
	support_remove(directory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_as_it_is),
		cmocka_unit_test(what_was_cut_off_is_not_read),
		cmocka_unit_test(a_window_shows_the_file_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
