/* What libgit2 says becomes an error of ours. */
#include <git2.h>

#include "git/internal.h"
#include "git/offline.h"
#include "test.h"

static void
no_memory_is_no_damage(void **state)
{
	struct err_info info;

	(void)state;
	git_error_set_oom();
	assert_int_equal(git_failed(&info, GIT_ERROR, ERR_FORMAT, "%s", "a pack"), ERR_NOMEM);
	assert_int_equal(info.code, ERR_NOMEM);
	/* what it says without a message may be of an earlier failure */
	assert_int_equal(git_failed(&info, GIT_ENOTFOUND, ERR_FORMAT, "%s", "a pack"), ERR_NOT_FOUND);

	git_error_set_str(GIT_ERROR_ODB, "bad object");
	assert_int_equal(git_failed(&info, GIT_ERROR, ERR_FORMAT, "%s", "a pack"), ERR_FORMAT);
	assert_non_null(strstr(info.text, "bad object"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_is_no_damage),
	};

	assert_true(git_offline_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
