#include <git2.h>

#include "git/internal.h"
#include "git/offline.h"

enum {
	WINDOW_BYTES = 32 << 20,
	MAPPED_BYTES_MAX = 512 << 20,
	FILES_MAX = 64, /* past the limit on descriptors libgit2 reports objects missing that exist */
	CACHE_BYTES_MAX = 32 << 20,
};

/* libgit2 reads no configuration but the repository's own, whoever runs it and wherever. */
static int
forget_search_paths(void)
{
	static const git_config_level_t levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
	                                            GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};
	int result = 0;

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels) && result >= 0; i++)
		result = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	return result;
}

static int
set_options(void)
{
	int result = forget_search_paths();

	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_BYTES_MAX);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, (size_t)FILES_MAX);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)LIMIT_PACK_OBJECTS_MAX);
	if (result >= 0)
		result = git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES_MAX);
	return result;
}

enum err
git_start(struct err_info *info)
{
	static bool is_started;
	int result;

	if (is_started)
		return ERR_OK;
	result = git_offline_init();
	if (result >= 0)
		result = set_options();
	if (result < 0)
		return git_failed(info, result, ERR_INTERNAL, _("libgit2 does not start"));
	is_started = true;
	return ERR_OK;
}
