/**
 * SHA-1 for checksums: the trailers of packs and indexes, the digests of the pending note, the check of an object that is
 * read. The id of an object that somebody outside could have chosen comes from git_oid_of, which detects collisions; that of
 * ciphertext and of trees over it from git_oid_quick. FIPS 180-4.
 */
#ifndef GIT_SHA1_H
#define GIT_SHA1_H

#include "base/ids.h"

enum {
	SHA1_BLOCK_BYTES = 64
};

struct sha1 {
	uint32_t state[5];
	uint64_t size;
	uint8_t block[SHA1_BLOCK_BYTES];
};

void sha1_init(struct sha1 *sha1);
void sha1_add(struct sha1 *sha1, struct view data);
void sha1_finish(struct sha1 *sha1, struct oid *out);

/** For tests: from now on do without the processor's own instructions (or with them again). The sums are the same. */
void sha1_without_instructions(bool is_without);

#endif
