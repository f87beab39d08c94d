/**
 * The state digest of a tree: LtHash16, a sum over its files, so that it is updated in time proportional to a change and
 * does not depend on order. Rests on BLAKE2b, not on SHA-1; needs no key. schema/seal-v1.md section 6.
 * A path may be in a sum once only (65,536 equal elements cancel): paths in a tree are unique, so that holds by itself.
 */
#ifndef SEAL_LTHASH_H
#define SEAL_LTHASH_H

#include "base/ids.h"

enum {
	SEAL_LTHASH_WORDS = 1024,
	SEAL_LTHASH_BYTES = 2048,
	SEAL_LTHASH_PATH_BYTES_MAX = 255,
};

/** The sum; {0} is that of the empty tree. */
struct seal_lthash {
	uint16_t words[SEAL_LTHASH_WORDS];
};

/** One file of a tree. */
struct seal_lthash_file {
	struct view
		path; /* from the root; 1 to SEAL_LTHASH_PATH_BYTES_MAX bytes, no NUL: checked by the caller, asserted */
	uint32_t mode;               /* git's: 0100644 */
	const struct digest *digest; /* BLAKE2b-256 of the blob's content, as seal_digest gives it */
};

void seal_lthash_add(struct seal_lthash *sum, const struct seal_lthash_file *file);
/** Take away what was added with the same three values. */
void seal_lthash_remove(struct seal_lthash *sum, const struct seal_lthash_file *file);
/** Add the sum of other files. */
void seal_lthash_join(struct seal_lthash *sum, const struct seal_lthash *other);
/** The digest that a commit's State-Digest names. */
void seal_lthash_digest(struct digest *out, const struct seal_lthash *sum);

/** The sum as bytes (little-endian words) for a cache, and back; every 2,048 bytes are some sum. */
void seal_lthash_write(uint8_t out[SEAL_LTHASH_BYTES], const struct seal_lthash *sum);
void seal_lthash_read(struct seal_lthash *out, const uint8_t bytes[SEAL_LTHASH_BYTES]);

#endif
