/**
 * Records at rest: SIV. Deterministic (equal content under equal names and keys gives equal bytes, on every node) and
 * committing (a body opens under one key and one set of names only). schema/seal-v1.md section 5.
 */
#ifndef SEAL_BLOB_H
#define SEAL_BLOB_H

#include "seal/hash.h"
#include "seal/key.h"

enum {
	SEAL_TAG_BYTES = 32
};

enum seal_role {
	SEAL_ROLE_RECORD = 0,
	SEAL_ROLE_ENTRY = 1,
};

/** What a blob is bound to: its associated data (suite is added). */
struct seal_blob_names {
	struct id partition;
	uint16_t epoch_number;
	struct digest epoch; /* digest of the epoch's statement */
	struct id record;
	enum seal_role role;
	bool is_dense; /* what is sealed is the plaintext's dense form: schema/blob-v2.md */
};

/**
 * Seal a record's canonical bytes.
 *
 * @param out        plain.size + SEAL_TAG_BYTES bytes: tag, then ciphertext; may not overlap `plain`
 * @param epoch_key  of the epoch that `names` names
 */
void seal_blob_seal(uint8_t *out, const struct seal_key *epoch_key, const struct seal_salt *salt,
                    const struct seal_blob_names *names, struct view plain);
/**
 * Open a body.
 *
 * @param out   body.size - SEAL_TAG_BYTES bytes, zeroed on error; may not overlap `body`
 * @param body  untrusted: tag, then ciphertext
 * @return ERR_OK; ERR_FORMAT: shorter than a tag; ERR_AUTH: changed, or sealed under another key, salt or other names
 */
enum err seal_blob_open(uint8_t *out, const struct seal_key *epoch_key, const struct seal_salt *salt,
                        const struct seal_blob_names *names, struct view body, struct err_info *info) MUST_USE;

/** The construction itself, under a key for one name: same buffers and errors as above. */
void seal_siv_seal(uint8_t *out, const struct seal_key *key, struct view associated, struct view plain);
enum err seal_siv_open(uint8_t *out, const struct seal_key *key, struct view associated, struct view body,
                       struct err_info *info) MUST_USE;

#endif
