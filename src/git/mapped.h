/**
 * Our own packs, read without libgit2: mapped, a large one through a window; an entry found by guessing in the index (ids are evenly
 * spread), a stored blob taken as it lies. Whatever is not found here, or is not as our writer makes it (a delta, another program's
 * pack), is libgit2's to read. Internal to git.
 */
#ifndef GIT_MAPPED_H
#define GIT_MAPPED_H

#include "git/cache.h"
#include "git/internal.h"
#include "git/packer.h"

struct git_mapped_pack;

struct git_mapped {
	struct git_mapped_pack *packs;
	size_t count;
	char *directory; /* in which they lie */
	bool has_others; /* packs of other programs lie there, or ours that did not open */
	struct pack_inflater inflater;
	struct git_cache cache; /* commits and trees, inflated and checked */
};

/**
 * Look at what lies in objects/pack; what is gone is forgotten, what stays is kept mapped.
 * @param out   {0}, or what an earlier call gave
 * @param path  of the repository
 * ERR_IO: the directory cannot be read; ERR_NOMEM; ERR_TOO_BIG. On error it is as before.
 */
enum err git_mapped_look(struct git_mapped *out, const char *path, struct err_info *info) MUST_USE;
void git_mapped_release(struct git_mapped *mapped);

bool git_mapped_has(const struct git_mapped *mapped, const struct oid *oid);
/**
 * Read an object; its hash is checked.
 * @param type_out  one of git_type
 * @param is_kept   for the next look, if it is a commit or a tree
 * @return ERR_OK; ERR_NOT_FOUND: not here, or not as our writer makes it, or damaged: libgit2 then says what is wrong (no
 *         text is set); ERR_NOMEM
 */
enum err git_mapped_read(struct bytes *out, int *type_out, struct git_mapped *mapped, const struct oid *oid,
                         bool is_kept, struct err_info *info) MUST_USE;

#endif
