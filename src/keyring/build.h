/** Inside keyring: gather salts and write them as one segment. */
#ifndef KEYRING_BUILD_H
#define KEYRING_BUILD_H

#include "keyring/keyring.h"
#include "keyring/segment.h"

/** The rows as they will lie in the file; the seed's index is into `seeds` until build_finish. {0} is empty. */
struct build {
	struct bytes seeds;   /* 52 bytes each, in order of arrival */
	struct bytes entries; /* 24 bytes each */
	struct bytes singles; /* 48 bytes each */
};

/**
 * All salts of a seed.
 * @param ids  of their records, in order, 16 bytes each; empty: they are derived
 * ERR_NOMEM; ERR_TOO_BIG: over LIMIT_KEYRING_SALTS_MAX; ERR_INTERNAL: `ids` are of another seed.
 */
enum err build_add_seed(struct build *build, const struct keyring_seed *seed, struct view ids,
                        const struct id *partition, struct err_info *info) MUST_USE;
enum err build_add_single(struct build *build, const struct seal_salt *salt, const struct id *partition,
                          struct err_info *info) MUST_USE;
/** All rows of a whole segment. */
enum err build_add_segment(struct build *build, const struct segment *segment, struct err_info *info) MUST_USE;
size_t build_count(const struct build *build);
/** Sort, drop what is doubled, append the file's bytes; the build is used up. ERR_NOMEM. */
enum err build_finish(struct bytes *out, struct build *build, const struct id *partition,
                      struct err_info *info) MUST_USE;
void build_release(struct build *build);

#endif
