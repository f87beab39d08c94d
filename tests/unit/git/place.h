/** An empty store in a scratch directory. */
#ifndef TESTS_GIT_PLACE_H
#define TESTS_GIT_PLACE_H

#include <stdio.h>

#include "git/git.h"
#include "git/upkeep.h"
#include "test.h"

struct place {
	const char *directory;
	char path[LIMIT_PATH_BYTES_MAX];
	struct git_store *store;
};

static inline void
place_init(struct place *place)
{
	struct err_info info;

	place->directory = support_scratch();
	(void)snprintf(place->path, sizeof(place->path), "%s/a.git", place->directory);
	assert_ok(git_start(&info));
	assert_ok(git_store_create(place->path, &info));
	assert_ok(git_store_open(&place->store, place->path, &info));
}

static inline void
place_release(struct place *place)
{
	git_store_free(place->store);
	support_remove(place->directory);
}

#endif
