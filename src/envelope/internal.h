/** What the files of envelope share: the layout's sizes, the source that bytes come from, the open envelope. */
#ifndef ENVELOPE_INTERNAL_H
#define ENVELOPE_INTERNAL_H

#include "base/arena.h"
#include "envelope/envelope.h"
#include "seal/stream.h"

enum {
	ENVELOPE_HEAD_BYTES = 10, /* magic 4, format version 1, suite 2, manifest size 3 */
	ENVELOPE_FRAME_BYTES_MAX = LIMIT_FRAME_BYTES_MAX + SEAL_FRAME_OVERHEAD_BYTES,
	ENVELOPE_CODE_DIGITS = 12,
	ENVELOPE_MANIFEST_MEMBERS = 7, /* one more with statements */
	ENVELOPE_REFERENCE_MEMBERS = 3,
	/* the bin of keys, before the recipients' ids */
	ENVELOPE_KEYS_FIRST_BYTES =
		ENVELOPE_KEY_ID_BYTES + ENVELOPE_INCARNATION_BYTES + ENVELOPE_PREVIOUS_BYTES + SEAL_PUBLIC_KEY_BYTES,
	ENVELOPE_COMMITMENT_ALONE_BYTES = 16, /* to one recipient */
};

/** "TSB1" */
extern const uint8_t envelope_magic[4];

/** How many frames hold `encrypted` bytes; 0 if no number of frames does. */
uint32_t envelope_frame_count(uint64_t encrypted_bytes);
/** The encrypted size of `plain_bytes` (at least 1). */
uint64_t envelope_encrypted_bytes(uint64_t plain_bytes);

/** The file: a view, or a descriptor read piece by piece. */
struct envelope_source {
	struct view file; /* when fd is -1 */
	int fd;
	uint64_t size;
	char *name;
};

/** `size` bytes at `offset`, which the caller has checked against source->size; borrowed from the file or from `scratch`. */
enum err envelope_source_read(struct view *out, const struct envelope_source *source, uint64_t offset, size_t size,
                              struct bytes *scratch, struct err_info *info) MUST_USE;

/** A section and where it starts. */
struct envelope_slot {
	struct envelope_section_info info;
	uint64_t start;            /* in the plaintext */
	struct seal_stream stream; /* before the frame in which it starts */
};

struct envelope {
	struct envelope_source source;
	struct bytes signed_part;
	struct digest digest;
	struct digest bound; /* H of schema/bundle-v1.md */
	struct seal_signature signature;
	struct envelope_manifest manifest;
	struct view wrapped; /* SEAL_WRAPPED_BYTES per recipient, in signed_part; of one recipient alone: empty */
	struct arena arena;  /* what the manifest points to */
	bool is_verified;
	bool is_checked;
	bool is_decrypted;
	struct digest frames; /* whole, once is_checked */
	struct bytes preamble;
	struct envelope_slot *slots;
	size_t slot_count;
};

/** Offset of frame `index` in the file, and its size. */
uint64_t envelope_frame_at(const struct envelope *envelope, uint32_t index, size_t *size_out);

/* --- codes --- */

/**
 * The number that stands for a code's digits.
 * @param sender  NULL: the code is the sender's, and written in full
 * @return 0: it cannot be written
 */
uint64_t envelope_code_number(const struct node_code *code, const struct node_code *sender);
/** The code of a number and a department (empty: none); false if it is not one, or should be spelled otherwise. */
bool envelope_code_from(struct node_code *out, uint64_t number, struct view department, const struct node_code *sender);

/* --- manifest --- */

/** What the writer puts in; the last parts of the keys are added when the frames are known. */
struct envelope_draft {
	const struct envelope_terms *terms;
	const struct envelope_addressee *const *addressees; /* sorted */
	const uint8_t (*key_ids)[ENVELOPE_KEY_ID_BYTES];    /* same order */
	size_t addressee_count;
	uint8_t sender_key_id[ENVELOPE_KEY_ID_BYTES];
	uint32_t encrypted_bytes;
	struct seal_public_key ephemeral;
};

/** Append the bound part of a file, magic to the last key id. ERR_RULE, ERR_TOO_BIG, ERR_NOMEM. */
enum err envelope_manifest_write(struct bytes *out, const struct envelope_draft *draft, struct err_info *info) MUST_USE;
/** Bytes of the signed part behind the bound part: wraps, commitment, frames digest. */
size_t envelope_unbound_bytes(size_t recipient_count);
size_t envelope_wrapped_bytes(size_t recipient_count);
size_t envelope_commitment_bytes(size_t recipient_count);
/** Parse envelope->signed_part, whose head has been checked, into manifest, bound and wrapped. ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM. */
enum err envelope_manifest_read(struct envelope *envelope, struct err_info *info) MUST_USE;

/* --- section table --- */

/** Whether so many bytes may not come out of so few: they travel stored instead. */
bool envelope_is_bomb(uint64_t plain_bytes, uint64_t packed_bytes);
/** Append the table. */
enum err envelope_table_write(struct bytes *out, size_t preamble_bytes, const struct envelope_section_info *sections,
                              size_t count, struct err_info *info) MUST_USE;

struct envelope_table {
	size_t table_bytes;
	size_t preamble_bytes;
	struct envelope_slot *slots; /* freed by the caller */
	size_t count;
};

/**
 * Parse the table at the start of the first frame's plaintext; what it names must fill `plain_bytes` exactly.
 * ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM.
 */
enum err envelope_table_read(struct envelope_table *out, struct view first, uint64_t plain_bytes,
                             struct err_info *info) MUST_USE;

#endif
