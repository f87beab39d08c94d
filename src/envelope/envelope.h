/**
 * envelope: a bundle's outside. It knows sender, recipients, order, sizes and keys, and carries an opaque preamble and
 * opaque sections; what these mean is bundle's. schema/bundle-v1.md has every byte.
 *
 * Reading goes in stages, so that the caller can decide between them, and no stage does work for a stranger:
 *
 *   envelope_open          sizes, then the clear manifest, strictly; nothing is believed yet
 *   envelope_verify        the sender's signature over it, with the key that the caller's roster gives
 *   envelope_check_frames  the frames are those that were signed (needs no key: an auditor's last stage)
 *   envelope_decrypt       our place among the recipients, content key, commitment, frames, exact counts, preamble
 *   envelope_section       one section restored
 *
 * Invariants: the bytes are read through a descriptor or a view, never held whole; before the signature is verified no
 * more than LIMIT_MANIFEST_BYTES_MAX bytes are; before decryption succeeded in full nothing decrypted is given out. One
 * content has one set of manifest bytes. It does not: know rosters or records, judge order or age, touch a directory.
 */
#ifndef ENVELOPE_ENVELOPE_H
#define ENVELOPE_ENVELOPE_H

#include "base/env.h"
#include "base/ids.h"
#include "seal/sign.h"

enum {
	ENVELOPE_VERSION = 1,
	ENVELOPE_INCARNATION_BYTES = 8,
	ENVELOPE_PREVIOUS_BYTES = 16,     /* of the previous bundle's digest: evidence */
	ENVELOPE_KEY_ID_BYTES = 4,        /* of seal_key_id(): which key to try, no more */
	ENVELOPE_ROSTER_DIGEST_BYTES = 8, /* as in a commit's Roster trailer */
	ENVELOPE_FRAMES_DIGEST_BYTES = 16,
};

/** The last second of the year 9999. */
#define ENVELOPE_TIME_MAX INT64_C(253402300799)

/** One issuer's chain as the sender has read it. */
struct envelope_roster_reference {
	struct node_code issuer;
	uint32_t number; /* at least 1 */
	uint8_t digest[ENVELOPE_ROSTER_DIGEST_BYTES];
};

/** What the sender says in the clear. All views and arrays are borrowed: from the writer's caller, or from the envelope. */
struct envelope_terms {
	struct node_code sender;
	uint8_t incarnation[ENVELOPE_INCARNATION_BYTES];
	uint64_t number;                           /* of the sender's bundles in this incarnation, from 1 */
	uint8_t previous[ENVELOPE_PREVIOUS_BYTES]; /* of the bundle before this one; all zero: none */
	int64_t time;                              /* unix seconds by the sender's clock: evidence, never an order */
	const struct envelope_roster_reference *roster; /* from the root down; none twice; at most LIMIT_LEVELS_MAX */
	size_t roster_count;
	/** Opaque here: at most LIMIT_MANIFEST_STATEMENTS_MAX, none empty, in all LIMIT_MANIFEST_STATEMENTS_BYTES_MAX. */
	const struct view *statements;
	size_t statement_count;
};

struct codec_reader;

/**
 * Append an office's code as it stands inside a bundle: in one or two bytes if it begins as the sender's does.
 * @param sender  NULL: it is the sender's, and written in full
 * @return ERR_OK; ERR_RULE: it is no code, or one below 000000000013; ERR_NOMEM
 */
enum err envelope_code_write(struct bytes *out, const struct node_code *code, const struct node_code *sender,
                             struct err_info *info) MUST_USE;
/** The same read. ERR_FORMAT: no code, or not in its one spelling. */
enum err envelope_code_read(struct node_code *out, struct codec_reader *reader, const struct node_code *sender,
                            struct err_info *info) MUST_USE;

/** May a bundle that says `previous` follow the one with this digest? */
bool envelope_follows(const struct envelope_terms *terms, const struct digest *digest);

/* --- writing --- */

/** One for whom a bundle is sealed. */
struct envelope_addressee {
	struct node_code code;
	struct seal_public_key key; /* X25519 */
};

/** One section to send. */
struct envelope_content {
	uint16_t id;            /* its meaning, for bundle; may repeat */
	struct view plain;      /* at most LIMIT_DELTA_BYTES_MAX bytes; may be empty */
	struct view dictionary; /* raw content that the reader holds too; empty: none */
};

struct envelope_letter {
	struct envelope_terms terms;
	const struct envelope_addressee *addressees; /* 1 to LIMIT_RECIPIENTS_MAX, any order, no key twice */
	size_t addressee_count;
	struct view preamble; /* sent uncompressed; may be empty; at most LIMIT_PREAMBLE_BYTES_MAX */
	const struct envelope_content *sections;
	size_t section_count; /* at most LIMIT_SECTIONS_MAX */
	int level;            /* compress_shrink()'s; a section that it does not shrink is stored */
};

/**
 * Seal and sign a bundle.
 *
 * @param out         empty; becomes the file's bytes
 * @param digest_out  may be NULL; the bundle's digest, as envelope_digest will give it
 * @param key         the sender's
 * @param env         randomness (content key, ephemeral key)
 * @return ERR_OK; ERR_TOO_BIG: a limit, named; ERR_RULE: terms that cannot be written (a code below 000000000013, a key
 *         twice, a time out of range, a number 0, an empty statement); ERR_FORMAT: an addressee's key is weak; ERR_IO
 *         (randomness); ERR_NOMEM; ERR_INTERNAL (the own signature does not verify)
 */
enum err envelope_write(struct bytes *out, struct digest *digest_out, const struct envelope_letter *letter,
                        const struct seal_node_key *key, const struct env *env, struct err_info *info) MUST_USE;

/* --- reading --- */

struct envelope;

struct envelope_recipient {
	struct node_code code;
	uint8_t key_id[ENVELOPE_KEY_ID_BYTES]; /* first bytes of the sealing key's seal_key_id() */
};

/** Everything that can be said of a bundle without a key; lives as long as the envelope. */
struct envelope_manifest {
	struct envelope_terms terms;
	uint16_t suite;
	uint8_t sender_key_id[ENVELOPE_KEY_ID_BYTES]; /* first bytes of the signing key's seal_key_id() */
	const struct envelope_recipient *recipients;  /* ascending by code, then key id; no pair twice */
	size_t recipient_count;
	uint64_t file_bytes;
	uint32_t manifest_bytes; /* of the signed part: from the magic to the manifest's end */
	uint32_t encrypted_bytes;
	uint32_t frame_count;
	uint8_t frames_digest[ENVELOPE_FRAMES_DIGEST_BYTES];
	struct digest commitment;
	struct seal_public_key ephemeral;
};

/**
 * Read sizes and manifest. Parses nothing else, believes nothing, allocates at most LIMIT_MANIFEST_BYTES_MAX and what its
 * counts need.
 *
 * @param file  untrusted; borrowed until envelope_free
 * @return ERR_OK; ERR_FORMAT: not a bundle, truncated, longer than it says, or a manifest that is not canonical;
 *         ERR_TOO_BIG: a limit; ERR_VERSION: a format version or suite that this program does not know; ERR_NOMEM
 */
enum err envelope_open(struct envelope **out, struct view file, struct err_info *info) MUST_USE;
/**
 * The same from a descriptor, read piece by piece with pread(2).
 *
 * @param fd    borrowed until envelope_free; of a regular file that nobody else can write (copy it in first)
 * @param name  for messages; copied
 * @return as envelope_open; also ERR_FORMAT: not a regular file; ERR_IO
 */
enum err envelope_open_fd(struct envelope **out, int fd, const char *name, struct err_info *info) MUST_USE;
/** Wipes keys and state. NULL is fine. */
void envelope_free(struct envelope *envelope);

const struct envelope_manifest *envelope_manifest(const struct envelope *envelope);
/** The bundle's name: BLAKE2b-256 of the signed part, magic to the manifest's end. Says nothing before envelope_verify. */
const struct digest *envelope_digest(const struct envelope *envelope);
/** What the signature is over, and the signature: for `ssh-keygen -Y verify -n bundle@tiersync`, see seal_sshsig_armor(). */
struct view envelope_signed_part(const struct envelope *envelope);
const struct seal_signature *envelope_signature(const struct envelope *envelope);

/**
 * Is the manifest signed by this key? Must come before every later stage.
 *
 * @param sender  the Ed25519 key that the roster gives the manifest's sender
 * @return ERR_OK; ERR_AUTH: it is not
 */
enum err envelope_verify(struct envelope *envelope, const struct seal_public_key *sender,
                         struct err_info *info) MUST_USE;

/**
 * Are the frames the ones that were signed? One pass, one frame in memory. envelope_decrypt does it by itself.
 * Only after envelope_verify (asserted).
 *
 * @return ERR_OK; ERR_FORMAT: damaged; ERR_IO; ERR_NOMEM
 */
enum err envelope_check_frames(struct envelope *envelope, struct err_info *info) MUST_USE;

/**
 * Open the content key, compare its commitment, check and decrypt every frame, read section table and preamble. The
 * sections are checked but not kept: memory is one frame and the preamble. Only after envelope_verify (asserted).
 *
 * @param self       our code
 * @param keys       our node keys, the present one and any that it replaced, tried as their ids match
 * @return ERR_OK; ERR_RIGHT: not addressed to us; ERR_NOT_FOUND: addressed to us under a key that is not among `keys`;
 *         ERR_FORMAT: frames damaged, or sizes inside that do not add up; ERR_TOO_BIG: preamble, section or table over its
 *         limit; ERR_AUTH: content key not for us, not the one committed to, or frames not sealed with it; ERR_IO; ERR_NOMEM
 */
enum err envelope_decrypt(struct envelope *envelope, const struct node_code *self,
                          const struct seal_node_key *const *keys, size_t key_count, struct err_info *info) MUST_USE;

/** After envelope_decrypt (asserted); lives as long as the envelope. */
struct view envelope_preamble(const struct envelope *envelope);
size_t envelope_section_count(const struct envelope *envelope);

struct envelope_section_info {
	uint16_t id;
	bool is_stored;        /* not compressed */
	uint32_t plain_bytes;  /* exact, at most LIMIT_DELTA_BYTES_MAX */
	uint32_t packed_bytes; /* as it travelled; equal to plain_bytes when stored */
};

const struct envelope_section_info *envelope_section_at(const struct envelope *envelope, size_t index);

/**
 * Restore one section; in any order, any number of times. After envelope_decrypt (asserted).
 *
 * @param out         appended to
 * @param dictionary  as at writing; ignored when the section is stored
 * @param size_max    most bytes accepted after restoring
 * @return ERR_OK; ERR_TOO_BIG: over size_max; ERR_FORMAT: not one zstd frame of just that size, or another dictionary;
 *         ERR_AUTH, ERR_IO: the file changed meanwhile; ERR_NOMEM; out is unchanged on error
 */
enum err envelope_section(struct bytes *out, struct envelope *envelope, size_t index, struct view dictionary,
                          size_t size_max, struct err_info *info) MUST_USE;

#endif
