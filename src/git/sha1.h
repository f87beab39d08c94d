/**
 * SHA-1 for checksums only: the trailers of packs and indexes, the digests of the pending note. Object ids never come from
 * here but from git_oid_of, which detects collisions. FIPS 180-4.
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

#endif
