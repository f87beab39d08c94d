/** Golden samples: each file of tests/golden/TARGET is named good-... or bad-...; a reader must tell them apart. */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "test.h"

/**
 * Compare what was built now with the frozen sample of that name, and release it. With TS_GOLDEN_WRITE=1 in the environment a
 * sample that does not exist yet is written; one that exists never is.
 */
static inline void
golden_frozen(const char *target, const char *name, struct bytes *built)
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct bytes frozen = {0};
	struct err_info info;

	assert_ok(fs_path(path, &info, "%s/golden/%s", TESTS_DIR, target));
	if (getenv("TS_GOLDEN_WRITE") != NULL)
		assert_ok(fs_mkdir(path, &info));
	assert_ok(fs_path(path, &info, "%s/golden/%s/%s", TESTS_DIR, target, name));
	if (getenv("TS_GOLDEN_WRITE") != NULL && !fs_exists(path))
		assert_ok(fs_write(path, bytes_view(built), 0644, &info));
	assert_ok(fs_read(&frozen, path, LIMIT_BUNDLE_BYTES_MAX, &info));
	if (!view_equal(bytes_view(built), bytes_view(&frozen))) {
		print_error("%s is not what is written now\n", path);
		fail();
	}
	bytes_release(&frozen);
	bytes_release(built);
}

/** Give every sample of the directory to the reader; fails unless good ones are accepted, bad ones refused, and both exist. */
static inline void
golden_run(const char *target, enum err (*reader)(struct view content, struct err_info *info))
{
	char path[LIMIT_PATH_BYTES_MAX];
	struct fs_names names = {0};
	struct err_info info;
	size_t good = 0;
	size_t bad = 0;

	assert_ok(fs_path(path, &info, "%s/golden/%s", TESTS_DIR, target));
	assert_ok(fs_list(&names, path, SIZE_MAX, &info));
	for (size_t i = 0; i < names.count; i++) {
		bool is_good = strncmp(names.names[i], "good-", 5) == 0;
		struct bytes content = {0};
		enum err err;

		assert_true(is_good || strncmp(names.names[i], "bad-", 4) == 0);
		assert_ok(fs_path(path, &info, "%s/golden/%s/%s", TESTS_DIR, target, names.names[i]));
		assert_ok(fs_read(&content, path, LIMIT_BUNDLE_BYTES_MAX, &info));
		err = reader(bytes_view(&content), &info);
		if ((err == ERR_OK) != is_good) {
			print_error("%s gave ERR_%s\n", path, err_name(err));
			fail();
		}
		good += is_good ? 1 : 0;
		bad += is_good ? 0 : 1;
		bytes_release(&content);
	}
	fs_names_release(&names);
	assert_true(good > 0 && bad > 0);
}

#endif
