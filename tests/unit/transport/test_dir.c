#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "test.h"
#include "transport/transport.h"

static const struct node_code HUB = {"430321000000"};
static const struct node_code TOWN = {"430321100000"};
static const struct node_code OTHER = {"430321101000"};

struct skips {
	char text[4096];
	size_t count;
};

static void
note_skip(void *context, const char *file, const char *reason)
{
	struct skips *skips = context;

	skips->count++;
	(void)snprintf(skips->text + strlen(skips->text), sizeof(skips->text) - strlen(skips->text), "%s: %s\n", file,
	               reason);
}

static struct transport_url
url_of(const char *path)
{
	struct transport_url url = {.scheme = TRANSPORT_DIR};

	(void)snprintf(url.path, sizeof(url.path), "%s", path);
	return url;
}

static const char *
path_in(const char *directory, const char *name)
{
	static char paths[4][LIMIT_PATH_BYTES_MAX];
	static size_t next;
	char *path = paths[next++ % 4];

	assert_int_equal(fs_path(path, NULL, "%s/%s", directory, name), ERR_OK);
	return path;
}

static void
put(const struct transport_url *url, const struct node_code *sender, uint32_t incarnation, uint64_t number)
{
	struct transport_name name = {*sender, incarnation, number};
	struct err_info info;

	assert_ok(transport_put(url, &HUB, &name, view_text("bundle"), &info));
}

/* The names that wait, one a line; static. */
static const char *
waiting(const struct transport_url *url, struct skips *skips)
{
	static char text[4096];
	struct transport_files files = {0};
	struct err_info info;

	text[0] = '\0';
	assert_ok(transport_list(&files, url, &HUB, skips == NULL ? NULL : note_skip, skips, &info));
	for (size_t i = 0; i < files.count; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\n", files.items[i].file);
	transport_files_release(&files);
	return text;
}

static void
put_then_list_then_read_gives_the_bundle(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct transport_name name = {TOWN, 0x0123abcd, 412};
	struct transport_files files = {0};
	struct bytes content = {0};
	struct err_info info;

	(void)state;
	assert_string_equal(waiting(&url, NULL), "");
	assert_ok(transport_put(&url, &HUB, &name, view_text("bundle"), &info));
	assert_ok(transport_list(&files, &url, &HUB, NULL, NULL, &info));
	assert_int_equal(files.count, 1);
	assert_string_equal(files.items[0].file, "430321100000-0123abcd-0000000412.tsb");
	assert_int_equal(files.items[0].size_bytes, 6);
	assert_true(files.items[0].is_named);
	assert_int_equal(files.items[0].name.number, 412);
	assert_ok(transport_read(&content, &url, &HUB, files.items[0].file, &info));
	assert_true(view_equal(bytes_view(&content), view_text("bundle")));
	bytes_release(&content);
	transport_files_release(&files);
	support_remove(stick);
}

static void
put_replaces_only_its_own_older_files(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct err_info info;

	(void)state;
	put(&url, &TOWN, 1, 5);
	put(&url, &OTHER, 1, 3);
	put(&url, &TOWN, 2, 4);
	assert_ok(fs_write(path_in(stick, "430321000000/by-hand.tsb"), view_text("x"), 0600, &info));
	assert_ok(fs_write(path_in(stick, "430321000000/430321100000-00000001-0000000006.tsb.tiersync-tmp.99"),
	                   view_text("x"), 0600, &info));
	put(&url, &TOWN, 1, 7);
	assert_string_equal(waiting(&url, NULL), "430321100000-00000001-0000000007.tsb\n"
	                                         "430321100000-00000002-0000000004.tsb\n"
	                                         "430321101000-00000001-0000000003.tsb\n"
	                                         "by-hand.tsb\n");
	assert_false(fs_exists(path_in(stick, "430321000000/430321100000-00000001-0000000006.tsb.tiersync-tmp.99")));
	put(&url, &TOWN, 1, 6); /* a late older one does not take the newer away */
	assert_non_null(strstr(waiting(&url, NULL), "430321100000-00000001-0000000007.tsb\n"));
	support_remove(stick);
}

static void
path_is_never_created_and_its_absence_is_said(void **state)
{
	const char *scratch = support_scratch();
	struct transport_url url = url_of(path_in(scratch, "stick"));
	struct transport_name name = {TOWN, 1, 1};
	struct transport_files files = {0};
	struct err_info info;

	(void)state;
	assert_err(transport_reach(&url, &info), ERR_IO);
	assert_err(transport_put(&url, &HUB, &name, view_text("x"), &info), ERR_IO);
	assert_err(transport_list(&files, &url, &HUB, NULL, NULL, &info), ERR_IO);
	assert_false(fs_exists(url.path));
	assert_ok(fs_mkdir(url.path, &info));
	assert_ok(transport_reach(&url, &info));
	assert_ok(fs_write(path_in(scratch, "file"), view_text("x"), 0600, &info));
	url = url_of(path_in(scratch, "file"));
	assert_err(transport_reach(&url, &info), ERR_FORMAT);
	support_remove(scratch);
}

static void
list_passes_over_what_is_no_regular_file(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct skips skips = {0};
	struct err_info info;

	(void)state;
	put(&url, &TOWN, 1, 1);
	assert_int_equal(symlink("/etc/passwd", path_in(stick, "430321000000/link.tsb")), 0);
	assert_int_equal(mkfifo(path_in(stick, "430321000000/fifo.tsb"), 0600), 0);
	assert_ok(fs_mkdir(path_in(stick, "430321000000/dir.tsb"), &info));
	assert_ok(fs_write(path_in(stick, "430321000000/empty.tsb"), view_text(""), 0600, &info));
	assert_ok(fs_write(path_in(stick, "430321000000/READY.TSB"), view_text("x"), 0600, &info));
	assert_ok(fs_write(path_in(stick, "430321000000/readme.txt"), view_text("x"), 0600, &info));
	assert_ok(fs_write(path_in(stick, "430321000000/.tsb"), view_text("x"), 0600, &info));
	assert_int_equal(truncate(path_in(stick, "430321000000/empty.tsb"), 0), 0);
	assert_ok(fs_write(path_in(stick, "430321000000/huge.tsb"), view_text("x"), 0600, &info));
	assert_int_equal(truncate(path_in(stick, "430321000000/huge.tsb"), (off_t)LIMIT_BUNDLE_BYTES_MAX + 1), 0);

	assert_string_equal(waiting(&url, &skips), "430321100000-00000001-0000000001.tsb\nREADY.TSB\n");

	assert_int_equal(skips.count, 5);
	assert_non_null(strstr(skips.text, "link.tsb: a symbolic link"));
	assert_non_null(strstr(skips.text, "fifo.tsb: not a regular file"));
	assert_non_null(strstr(skips.text, "dir.tsb: a directory"));
	assert_non_null(strstr(skips.text, "empty.tsb: empty"));
	assert_non_null(strstr(skips.text, "huge.tsb: larger"));
	support_remove(stick);
}

static void
read_refuses_links_fifos_and_paths_and_never_waits(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct bytes content = {0};
	struct err_info info;

	(void)state;
	put(&url, &TOWN, 1, 1);
	assert_int_equal(symlink("/etc/passwd", path_in(stick, "430321000000/link.tsb")), 0);
	assert_int_equal(mkfifo(path_in(stick, "430321000000/fifo.tsb"), 0600), 0);
	assert_err(transport_read(&content, &url, &HUB, "link.tsb", &info), ERR_FORMAT);
	assert_err(transport_read(&content, &url, &HUB, "fifo.tsb", &info), ERR_FORMAT);
	assert_err(transport_read(&content, &url, &HUB, "../430321000000/fifo.tsb", &info), ERR_FORMAT);
	assert_err(transport_read(&content, &url, &HUB, "", &info), ERR_FORMAT);
	assert_err(transport_read(&content, &url, &HUB, "gone.tsb", &info), ERR_NOT_FOUND);
	assert_err(transport_read(&content, &url, &TOWN, "gone.tsb", &info), ERR_NOT_FOUND);
	assert_ok(fs_write(path_in(stick, "430321000000/huge.tsb"), view_text("x"), 0600, &info));
	assert_int_equal(truncate(path_in(stick, "430321000000/huge.tsb"), (off_t)LIMIT_BUNDLE_BYTES_MAX + 1), 0);
	assert_err(transport_read(&content, &url, &HUB, "huge.tsb", &info), ERR_TOO_BIG);
	assert_null(content.data);
	support_remove(stick);
}

static void
node_directory_that_is_a_link_is_refused(void **state)
{
	const char *scratch = support_scratch();
	struct transport_url url = url_of(scratch);
	struct transport_name name = {TOWN, 1, 1};
	struct transport_files files = {0};
	struct err_info info;

	(void)state;
	assert_ok(fs_mkdir(path_in(scratch, "elsewhere"), &info));
	assert_int_equal(symlink("elsewhere", path_in(scratch, HUB.text)), 0);
	assert_err(transport_list(&files, &url, &HUB, NULL, NULL, &info), ERR_FORMAT);
	assert_err(transport_put(&url, &HUB, &name, view_text("x"), &info), ERR_FORMAT);
	support_remove(scratch);
}

static void
a_crowded_inbox_is_looked_at_within_bounds(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct transport_files files = {0};
	struct skips skips = {0};
	struct err_info info;
	char file[TRANSPORT_NAME_BYTES];

	(void)state;
	put(&url, &TOWN, 1, 1);
	for (int i = 0; i < LIMIT_INBOX_FILES_MAX + 10; i++) {
		int fd;

		(void)snprintf(file, sizeof(file), "430321000000/%d.tsb", i);
		fd = open(path_in(stick, file), O_WRONLY | O_CREAT | O_EXCL, 0600);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, "x", 1), 1);
		assert_int_equal(close(fd), 0);
	}
	assert_ok(transport_list(&files, &url, &HUB, note_skip, &skips, &info));
	assert_true(files.count <= LIMIT_INBOX_FILES_MAX);
	assert_int_equal(skips.count, 1);
	assert_non_null(strstr(skips.text, "too many files"));
	transport_files_release(&files);
	support_remove(stick);
}

static void
set_time(const char *path, time_t seconds)
{
	struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
taken_keeps_the_newest_per_sender(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct err_info info;
	bool is_moved = false;
	char file[TRANSPORT_NAME_BYTES];
	char path[TRANSPORT_NAME_BYTES];

	(void)state;
	put(&url, &OTHER, 1, 1);
	assert_ok(transport_taken(&is_moved, &url, &HUB, "430321101000-00000001-0000000001.tsb", &info));
	assert_true(is_moved);
	for (unsigned number = 1; number <= 6; number++) {
		put(&url, &TOWN, 1, number);
		(void)snprintf(file, sizeof(file), "430321100000-00000001-%010u.tsb", number);
		(void)snprintf(path, sizeof(path), "430321000000/%.64s", file);
		set_time(path_in(stick, path), 1000000 - (time_t)number); /* a sender's clock that runs backwards */
		assert_ok(transport_taken(&is_moved, &url, &HUB, file, &info));
		assert_true(is_moved);
		(void)snprintf(path, sizeof(path), "430321000000/taken/%.64s", file);
		assert_true(fs_exists(path_in(stick, path)));
	}
	assert_string_equal(waiting(&url, NULL), "");
	assert_true(fs_exists(path_in(stick, "430321000000/taken/430321101000-00000001-0000000001.tsb")));
	assert_true(fs_exists(path_in(stick, "430321000000/taken/430321100000-00000001-0000000001.tsb")));
	assert_true(fs_exists(path_in(stick, "430321000000/taken/430321100000-00000001-0000000002.tsb")));
	assert_false(fs_exists(path_in(stick, "430321000000/taken/430321100000-00000001-0000000003.tsb")));
	assert_false(fs_exists(path_in(stick, "430321000000/taken/430321100000-00000001-0000000005.tsb")));
	support_remove(stick);
}

static void
taken_twice_is_fine_and_a_path_is_refused(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct err_info info;
	bool is_moved = true;

	(void)state;
	assert_ok(transport_taken(&is_moved, &url, &HUB, "x.tsb", &info));
	assert_false(is_moved);
	put(&url, &TOWN, 1, 1);
	assert_ok(transport_taken(NULL, &url, &HUB, "430321100000-00000001-0000000001.tsb", &info));
	assert_ok(transport_taken(&is_moved, &url, &HUB, "430321100000-00000001-0000000001.tsb", &info));
	assert_false(is_moved);
	assert_err(transport_taken(NULL, &url, &HUB, "../x.tsb", &info), ERR_FORMAT);
	support_remove(stick);
}

static void
refused_goes_to_a_place_of_its_own(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct err_info info;
	bool is_moved = false;

	(void)state;
	put(&url, &TOWN, 1, 1);
	assert_ok(transport_refused(&is_moved, &url, &HUB, "430321100000-00000001-0000000001.tsb", &info));
	assert_true(is_moved);
	assert_string_equal(waiting(&url, NULL), "");
	assert_true(fs_exists(path_in(stick, "430321000000/refused/430321100000-00000001-0000000001.tsb")));
	assert_false(fs_exists(path_in(stick, "430321000000/taken")));
	assert_err(transport_refused(NULL, &url, &HUB, "../x.tsb", &info), ERR_FORMAT);
	support_remove(stick);
}

static void
taken_leaves_a_file_on_a_medium_that_cannot_be_written(void **state)
{
	const char *stick = support_scratch();
	struct transport_url url = url_of(stick);
	struct err_info info;
	bool is_moved = true;

	(void)state;
	put(&url, &TOWN, 1, 1);
	assert_int_equal(chmod(stick, 0755), 0);
	assert_int_equal(chmod(path_in(stick, HUB.text), 0555), 0);
	if (getuid() == 0) /* root may write everywhere */
		assert_int_equal(seteuid(65534), 0);
	assert_ok(transport_taken(&is_moved, &url, &HUB, "430321100000-00000001-0000000001.tsb", &info));
	assert_false(is_moved);
	assert_string_equal(waiting(&url, NULL), "430321100000-00000001-0000000001.tsb\n");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path_in(stick, HUB.text), 0755), 0);
	support_remove(stick);
}

static void
ssh_is_no_directory(void **state)
{
	struct transport_url url;
	struct transport_files files = {0};
	struct transport_name name = {TOWN, 1, 1};
	struct err_info info;

	(void)state;
	assert_ok(transport_url_parse(&url, view_text("ssh://tiersync@hub"), &info));
	assert_err(transport_reach(&url, &info), ERR_USAGE);
	assert_non_null(strstr(info.text, "is called"));
	assert_err(transport_list(&files, &url, &HUB, NULL, NULL, &info), ERR_USAGE);
	assert_err(transport_put(&url, &HUB, &name, view_text("x"), &info), ERR_USAGE);
	assert_err(transport_taken(NULL, &url, &HUB, "x.tsb", &info), ERR_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_then_list_then_read_gives_the_bundle),
		cmocka_unit_test(put_replaces_only_its_own_older_files),
		cmocka_unit_test(path_is_never_created_and_its_absence_is_said),
		cmocka_unit_test(list_passes_over_what_is_no_regular_file),
		cmocka_unit_test(read_refuses_links_fifos_and_paths_and_never_waits),
		cmocka_unit_test(node_directory_that_is_a_link_is_refused),
		cmocka_unit_test(a_crowded_inbox_is_looked_at_within_bounds),
		cmocka_unit_test(taken_keeps_the_newest_per_sender),
		cmocka_unit_test(taken_twice_is_fine_and_a_path_is_refused),
		cmocka_unit_test(refused_goes_to_a_place_of_its_own),
		cmocka_unit_test(taken_leaves_a_file_on_a_medium_that_cannot_be_written),
		cmocka_unit_test(ssh_is_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
