/**
 * seal: all cryptography, over libsodium. Secrets live and die here: other folders hold an opaque `struct seal_key *`
 * or `struct seal_node_key *`, freed means wiped, and no message contains key bytes.
 *
 *   seal.h    start, domains, comparing, wiping, base64        sign.h    Ed25519 and SSH signatures
 *   hash.h    BLAKE2b, SHA-512, salts and ids, fingerprints    blob.h    records at rest (SIV)
 *   key.h     keys, key files, commitments, wraps              stream.h  a bundle's frames
 *   lthash.h  the state digest of a tree
 *
 * Invariants: one suite, no negotiation; every hash or derivation names its row of schema/domains.def; what is compared
 * with a secret or a tag is compared in constant time; randomness comes from the caller's `struct env`.
 * It does not: know records, bundles or statements; store anything but a key file. Byte layouts: schema/seal-v1.md.
 */
#ifndef SEAL_SEAL_H
#define SEAL_SEAL_H

#include "base/bytes.h"

enum {
	/** Ed25519, X25519, XChaCha20-Poly1305, BLAKE2b, Argon2id: the first field of everything. */
	SEAL_SUITE = 0x0001,
	SEAL_SUITE_BYTES = 2,
};

/** BLAKE2b personalisations: the PERSONAL rows of schema/domains.def, which other folders may append to. */
enum seal_domain {
#define DOMAIN_PERSONAL(name) SEAL_DOMAIN_##name,
#define DOMAIN_CONTEXT(name)
#define DOMAIN_PREFIX(name)
#define DOMAIN_NAMESPACE(name)
#define DOMAIN(kind, name, text, purpose) DOMAIN_##kind(name)
#include "../../schema/domains.def"
#undef DOMAIN
#undef DOMAIN_PERSONAL
#undef DOMAIN_NAMESPACE
};

/** Namespaces of SSH signatures: the NAMESPACE rows of schema/domains.def. */
enum seal_namespace {
#define DOMAIN_PERSONAL(name)
#define DOMAIN_NAMESPACE(name) SEAL_NAMESPACE_##name,
#define DOMAIN(kind, name, text, purpose) DOMAIN_##kind(name)
#include "../../schema/domains.def"
#undef DOMAIN
#undef DOMAIN_PREFIX
#undef DOMAIN_NAMESPACE
};

/** First bytes of a message or a context: the PREFIX rows of schema/domains.def. */
enum seal_prefix {
#define DOMAIN_PREFIX(name) SEAL_PREFIX_##name,
#define DOMAIN_NAMESPACE(name)
#define DOMAIN(kind, name, text, purpose) DOMAIN_##kind(name)
#include "../../schema/domains.def"
#undef DOMAIN
#undef DOMAIN_PERSONAL
#undef DOMAIN_CONTEXT
#undef DOMAIN_PREFIX
#undef DOMAIN_NAMESPACE
};

/**
 * Start the library, once, before anything else of seal; more calls are fine. Checks that the installed libsodium
 * refuses the mixed-order point 95 99 .. 99 (CVE-2025-69277). That no core file is written is the command line's business.
 *
 * @return ERR_OK; ERR_INTERNAL: libsodium does not start, or is too old to be safe
 */
enum err seal_init(struct err_info *info) MUST_USE;

/** The namespace's text ("git"); static. */
const char *seal_namespace_text(enum seal_namespace name_space);
/** The prefix's bytes, without a NUL; static. */
struct view seal_prefix_view(enum seal_prefix prefix);

/** Equal in size and content, in time that depends on the size alone. */
bool seal_equal(struct view a, struct view b);

/** Overwrite with zeros, in a way that no compiler leaves out. */
void seal_wipe(void *at, size_t size);

/** Wipe all the memory of a byte string, then release it: for what held a secret. */
void seal_wipe_bytes(struct bytes *bytes);

/** Append base64 (RFC 4648 section 4, padded, one line). ERR_NOMEM. */
enum err seal_base64_append(struct bytes *out, struct view data, struct err_info *info) MUST_USE;

/**
 * Append the bytes that strict base64 stands for: padded, no blank or line end, unused bits zero. One value, one spelling.
 *
 * @param out   appended to; unchanged on error
 * @param text  untrusted
 * @return ERR_OK; ERR_FORMAT: not such a text; ERR_NOMEM
 */
enum err seal_base64_read(struct bytes *out, struct view text, struct err_info *info) MUST_USE;

#endif
