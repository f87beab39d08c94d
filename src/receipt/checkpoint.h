/**
 * Checkpoints: a signed text for each head that a node publishes in a partition, numbered and hash-linked; and once a night
 * one line that signs the digest of all of them, for the superior and auditors. From them an auditor proves what an office
 * held and when, and that its set of edits never shrank. Source: schema/receipt-v1.md, sections 4 and 5.
 */
#ifndef RECEIPT_CHECKPOINT_H
#define RECEIPT_CHECKPOINT_H

#include "base/arena.h"
#include "statement/lines.h"
#include "statement/signed.h"

struct checkpoint {
	struct node_code node;
	struct id partition;
	uint32_t number;        /* from 1 */
	struct digest previous; /* digest of the text before it; zero for number 1 */
	int64_t time;
	struct oid head;
	struct digest state; /* LtHash digest of the head's tree */
	struct oid *tips;    /* edits of the head from which no other descends; ascending */
	size_t tip_count;
	struct arena arena;
};

enum err checkpoint_write(struct bytes *out, const struct checkpoint *checkpoint, struct err_info *info) MUST_USE;
/** @param text  untrusted. ERR_OK; ERR_FORMAT; ERR_VERSION; ERR_TOO_BIG; ERR_NOMEM. */
enum err checkpoint_read(struct checkpoint *out, struct view text, struct err_info *info) MUST_USE;
void checkpoint_release(struct checkpoint *checkpoint);
/** Append the file form (text and armor). */
enum err checkpoint_make(struct bytes *out, const struct checkpoint *checkpoint, const struct seal_node_key *key,
                         struct err_info *info) MUST_USE;
/** Does `next` follow `text` in its chain: same node and partition, number + 1, digest of the text? ERR_OK; ERR_AUTH. */
enum err checkpoint_follows(const struct checkpoint *next, struct view text, struct err_info *info) MUST_USE;

/** The nightly line. */
struct checkpoint_night {
	struct node_code node;
	uint32_t number;
	struct digest previous;
	int64_t time;
	uint32_t count;                                      /* partitions in the digest */
	struct digest rows;                                  /* see checkpoint_rows_digest() */
	struct statement_reference roster[LIMIT_LEVELS_MAX]; /* the roster version of its signer */
	size_t roster_count;
};

/** A roster version: the end of each chain from the root down. */
struct checkpoint_version {
	const struct statement_reference *items;
	size_t count;
};

/** A partition's newest checkpoint, for the digest over all. */
struct checkpoint_row {
	struct id partition;
	struct digest digest; /* of the checkpoint's text */
};

/** BLAKE2b-256 over partition id and digest of each row, ascending by partition id. The rows are sorted in place. */
void checkpoint_rows_digest(struct digest *out, struct checkpoint_row *rows, size_t count);
enum err checkpoint_night_write(struct bytes *out, const struct checkpoint_night *night,
                                struct err_info *info) MUST_USE;
enum err checkpoint_night_read(struct checkpoint_night *out, struct view text, struct err_info *info) MUST_USE;
enum err checkpoint_night_make(struct bytes *out, const struct checkpoint_night *night, const struct seal_node_key *key,
                               struct err_info *info) MUST_USE;
enum err checkpoint_night_follows(const struct checkpoint_night *next, struct view text,
                                  struct err_info *info) MUST_USE;

/**
 * Wire form: canonical msgpack array of fields and the raw signature; node known from the context.
 * [partition, number, previous, time, head, state, tips, signature]; about 220 bytes.
 */
enum err checkpoint_wire_write(struct bytes *out, const struct checkpoint *checkpoint,
                               const struct seal_signature *signature, struct err_info *info) MUST_USE;
enum err checkpoint_wire_read(struct checkpoint *out, struct seal_signature *signature_out, struct view wire,
                              const struct node_code *node, struct err_info *info) MUST_USE;
/**
 * The nightly line as a bundle carries it: [number, previous, time, count, rows, roster, signature].
 *
 * @param known  the roster version of the bundle's manifest: the line leaves its own out if it is the same
 */
enum err checkpoint_night_wire_write(struct bytes *out, const struct checkpoint_night *night,
                                     const struct checkpoint_version *known, const struct seal_signature *signature,
                                     struct err_info *info) MUST_USE;
enum err checkpoint_night_wire_read(struct checkpoint_night *out, struct seal_signature *signature_out,
                                    struct view wire, const struct node_code *node,
                                    const struct checkpoint_version *known, struct err_info *info) MUST_USE;

#endif
