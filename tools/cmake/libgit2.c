/* Does the static libgit2 link with src/git/offline.c in place of its network? Asked by libgit2.cmake, while configuring. */
#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "git/offline.h"

int
main(void)
{
	git_repository *repository = NULL;
	git_odb_backend *backend = NULL;
	git_odb *odb = NULL;
	git_oid oid;

	return git_offline_init() < 0 || git_repository_open_ext(&repository, ".", 0, NULL) != 0 ||
	       git_odb_new(&odb) != 0 || git_odb_backend_pack(&backend, ".") != 0 ||
	       git_odb_hash(&oid, "", 0, GIT_OBJECT_BLOB) != 0;
}
