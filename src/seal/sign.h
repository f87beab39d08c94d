/** Ed25519 signatures, and OpenSSH's signature format around them (PROTOCOL.sshsig), strict: one signature, one spelling. */
#ifndef SEAL_SIGN_H
#define SEAL_SIGN_H

#include "seal/key.h"

enum {
	SEAL_SIGNATURE_BYTES = 64
};

/** A raw Ed25519 signature. */
struct seal_signature {
	uint8_t bytes[SEAL_SIGNATURE_BYTES];
};

/** An SSH signature taken apart; the namespace is the one that the reader was told to expect. */
struct seal_sshsig {
	struct seal_public_key signer;
	struct seal_signature signature;
};

/** Sign, verify the own signature, release it. ERR_INTERNAL: it does not verify (faulty hardware), nothing is released. */
enum err seal_sign(struct seal_signature *out, const struct seal_node_key *key, struct view message,
                   struct err_info *info) MUST_USE;
/** ERR_OK; ERR_AUTH: not a signature of that key over that message (malleated ones and weak keys included). */
enum err seal_verify(const struct seal_signature *signature, const struct seal_public_key *signer, struct view message,
                     struct err_info *info) MUST_USE;

/** Sign a message as `ssh-keygen -Y sign -n NAMESPACE` does. The raw 64 bytes are what travels. ERR_INTERNAL. */
enum err seal_sshsig_sign(struct seal_signature *out, const struct seal_node_key *key, enum seal_namespace name_space,
                          struct view message, struct err_info *info) MUST_USE;
/** Verify such a signature. ERR_OK; ERR_AUTH. */
enum err seal_sshsig_verify(const struct seal_signature *signature, const struct seal_public_key *signer,
                            enum seal_namespace name_space, struct view message, struct err_info *info) MUST_USE;

/**
 * Append the armor, byte for byte what ssh-keygen writes: BEGIN line, base64 in 70 columns, END line, each with LF. git
 * puts it into a commit without the last LF. ERR_NOMEM.
 */
enum err seal_sshsig_armor(struct bytes *out, const struct seal_sshsig *sshsig, enum seal_namespace name_space,
                           struct err_info *info) MUST_USE;
/**
 * Read an armor. Accepts only what seal_sshsig_armor writes (so: 70 columns, that namespace, sha512, nothing reserved, one
 * Ed25519 signature, nothing before or behind). Verifies nothing.
 *
 * @param armor  untrusted; with its last LF
 * @return ERR_OK; ERR_FORMAT; ERR_NOMEM
 */
enum err seal_sshsig_read(struct seal_sshsig *out, struct view armor, enum seal_namespace name_space,
                          struct err_info *info) MUST_USE;

/** Append "ssh-ed25519 AAAA..." (no comment, no LF): OpenSSH's public key line. ERR_NOMEM. */
enum err seal_ssh_public_append(struct bytes *out, const struct seal_public_key *signer,
                                struct err_info *info) MUST_USE;

#endif
