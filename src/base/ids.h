/** Fixed-size names: git object ids, record and partition ids, digests, node codes. Plain byte arrays, compared bytewise. */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <string.h>

#include "base/bytes.h"

enum {
	OID_BYTES = 20,
	ID_BYTES = 16,
	DIGEST_BYTES = 32,
	NODE_CODE_BYTES = 32, /* 12 digits, '.', a department of at most 18 bytes, NUL */
};

/** A git object id (SHA-1). */
struct oid {
	uint8_t bytes[OID_BYTES];
};

/** A random 128-bit id of a record or a partition. */
struct id {
	uint8_t bytes[ID_BYTES];
};

/** A BLAKE2b-256 digest. */
struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

/** "430321100000" or "430321000000.fin", NUL-terminated and zero-filled. */
struct node_code {
	char text[NODE_CODE_BYTES];
};

static inline bool
oid_equal(const struct oid *a, const struct oid *b)
{
	return memcmp(a->bytes, b->bytes, OID_BYTES) == 0;
}

static inline bool
id_equal(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, ID_BYTES) == 0;
}

/** Its first bits, 1 to 64 of them, as a number. */
static inline uint64_t
id_prefix(const struct id *id, unsigned bits)
{
	return load_u64(id->bytes) >> (64 - bits);
}

static inline bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

/** All bytes zero: "none". */
bool oid_is_none(const struct oid *oid);
/** Read 12 digits and an optional department (lower-case letters and digits, a letter first); false otherwise. */
bool node_code_read(struct node_code *out, struct view text);

/**
 * A hub's partition of rolls is named like the hub, with ".rolls" behind it; no office may have that department.
 * False: the hub is a department itself and has none.
 */
bool node_code_rolls(struct node_code *out, const struct node_code *hub);
/** Whether the code is that of a partition of rolls; *hub_out (may be NULL) is whose. */
bool node_code_is_rolls(const struct node_code *code, struct node_code *hub_out);
/** Whether `signer` owns the partition of this code: its own, or its rolls. */
bool node_code_is_owner(const struct node_code *signer, const struct node_code *owner);

#endif
