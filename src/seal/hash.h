/** Hashes: BLAKE2b-256 (plain, by domain, keyed), BLAKE2b-128 for ids, SHA-512 for SSH signatures, fingerprints. */
#ifndef SEAL_HASH_H
#define SEAL_HASH_H

#include "base/ids.h"
#include "seal/seal.h"

struct seal_key;

enum {
	SEAL_SHA512_BYTES = 64,
	SEAL_FINGERPRINT_GROUPS = 8,
	SEAL_FINGERPRINT_BYTES = 48, /* 8 groups of 5 digits, 7 blanks, NUL */
};

/** A hash in progress; on the caller's stack, nothing to release. */
struct seal_hash {
	_Alignas(64) uint8_t state[384];
};

/** BLAKE2b-256 without key or domain: the name of public bytes. */
void seal_digest(struct digest *out, struct view message);
/** BLAKE2b-256 under a domain. */
void seal_digest_domain(struct digest *out, enum seal_domain domain, struct view message);
/** BLAKE2b-256 under a domain, keyed: nobody without the key can make or guess it. */
void seal_digest_keyed(struct digest *out, enum seal_domain domain, const struct seal_key *key, struct view message);
/** BLAKE2b-128 without key or domain. */
void seal_digest_id(struct id *out, struct view message);

/** The same in parts. seal_hash_final wipes the state. */
void seal_hash_init(struct seal_hash *hash);
void seal_hash_init_domain(struct seal_hash *hash, enum seal_domain domain);
void seal_hash_init_keyed(struct seal_hash *hash, enum seal_domain domain, const struct seal_key *key);
void seal_hash_update(struct seal_hash *hash, struct view part);
void seal_hash_final(struct digest *out, struct seal_hash *hash);

void seal_sha512(uint8_t out[SEAL_SHA512_BYTES], struct view message);

/** The seed of one edit, and the salt of one record. Secret to holders of the partition; wipe what you copy. */
struct seal_seed {
	uint8_t bytes[32];
};

struct seal_salt {
	uint8_t bytes[32];
};

/** Salt of the n-th record (from 0) that an edit adds: BLAKE2b-256(key = seed, "tiersync-salt" | u32 n). */
void seal_salt_derive(struct seal_salt *out, const struct seal_seed *seed, uint32_t n);
/** Id of the record with that salt: BLAKE2b-128(salt | partition id). */
void seal_record_id(struct id *out, const struct seal_salt *salt, const struct id *partition);
/** What stands for a register's key in texts that are read without keys: BLAKE2b-128(key = salt, domain REGISTER, parts). */
void seal_register_digest(struct id *out, const struct seal_salt *salt, struct view head, struct view key);

/** Forty digits for the telephone: "01234 56789 ...", NUL-terminated. */
struct seal_fingerprint {
	char text[SEAL_FINGERPRINT_BYTES];
};

/** Group i = big-endian u32 i of BLAKE2b-256(domain FINGERPRINT, message), modulo 100000, five digits. */
void seal_fingerprint_of(struct seal_fingerprint *out, struct view message);
/**
 * Read forty ASCII digits as a person typed them; blanks and hyphens anywhere are passed over.
 * @return false, and *out unchanged, if the text holds anything else or another number of digits
 */
bool seal_fingerprint_read(struct seal_fingerprint *out, struct view text);
bool seal_fingerprint_equal(const struct seal_fingerprint *a, const struct seal_fingerprint *b);

#endif
