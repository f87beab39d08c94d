/**
 * A signed text in its two forms. As a file: the text, then OpenSSH's armor (what a clerk reads and `ssh-keygen -Y verify`
 * checks after the armor was cut off into its own file). On the wire: the text and 64 raw bytes; who signed is known from the
 * context. The armor is rebuilt, so the two forms say the same. The name of a signed text is the digest of the TEXT,
 * never of a signature. Source: schema/statement-v1.md, section 2.
 */
#ifndef STATEMENT_SIGNED_H
#define STATEMENT_SIGNED_H

#include "seal/hash.h"
#include "seal/sign.h"

struct statement_signed {
	struct view text; /* borrowed */
	struct seal_sshsig sshsig;
};

/** BLAKE2b-256 of the text. */
void statement_digest(struct digest *out, struct view text);

/**
 * Take a file apart. Verifies nothing.
 *
 * @param out   its text borrows from `file`
 * @param file  untrusted: text, armor, nothing else
 * @return ERR_OK; ERR_FORMAT: no armor in the one spelling that we write, or of another namespace; ERR_TOO_BIG; ERR_NOMEM
 */
enum err statement_split(struct statement_signed *out, struct view file, enum seal_namespace name_space,
                         struct err_info *info) MUST_USE;
/** Append the file form. ERR_NOMEM. */
enum err statement_join(struct bytes *out, const struct statement_signed *signed_text, enum seal_namespace name_space,
                        struct err_info *info) MUST_USE;
/** Sign a text with a node's key; `out->text` borrows `text`. ERR_INTERNAL. */
enum err statement_sign(struct statement_signed *out, const struct seal_node_key *key, enum seal_namespace name_space,
                        struct view text, struct err_info *info) MUST_USE;
/** ERR_OK; ERR_AUTH: the signature is not by the signer that the armor names over this text. Whose key it is is not asked. */
enum err statement_verify(const struct statement_signed *signed_text, enum seal_namespace name_space,
                          struct err_info *info) MUST_USE;

#endif
