/*
 * Seams at which a process may die: the linker sends these calls here (--wrap).
 */
#include <string.h>
#include <unistd.h>

#include "git/pack.h"
#include "git/refs.h"
#include "git/upkeep.h"
#include "keyring/keyring.h"
#include "offices.h"
#include "wrap.h"

static const char *armed;
static unsigned passes_left;

void
seams_arm(const char *seam, unsigned n)
{
	armed = seam;
	passes_left = n;
}

static void
pass(const char *seam)
{
	if (armed != NULL && strcmp(armed, seam) == 0 && passes_left > 0 && --passes_left == 0)
		_exit(SEAM_EXIT);
}

WRAP(enum err, keyring_add, (struct keyring * keyring, const struct keyring_batch *batch, struct err_info *info))
{
	enum err err;

	pass("before-salts");
	err = __real_keyring_add(keyring, batch, info);
	pass("after-salts");
	return err;
}

WRAP(enum err, git_pack_finish, (struct git_pack * pack, struct err_info *info))
{
	enum err err;

	pass("before-pack");
	err = __real_git_pack_finish(pack, info);
	pass("after-pack");
	return err;
}

WRAP(enum err, git_ref_swap,
     (struct git_store * store, const char *name, const struct oid *old, const struct oid *new_value,
      struct err_info *info))
{
	enum err err = ERR_OK;

	pass("before-ref");
	if (!plants_claim_swap())
		err = __real_git_ref_swap(store, name, old, new_value, info);
	pass("after-ref");
	return err;
}

WRAP(enum err, node_commit, (struct node * node, const char *subject, struct err_info *info))
{
	enum err err;

	pass("before-node");
	err = __real_node_commit(node, subject, info);
	pass("after-node");
	return err;
}

WRAP(enum err, git_store_compact, (struct git_store * store, struct err_info *info))
{
	pass("before-compact");
	return __real_git_store_compact(store, info);
}
