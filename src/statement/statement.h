/**
 * The statements of which the roster is made: each issuer's numbered, hash-linked chain of signed texts about keys and
 * rights; and the card by which a node asks to be enrolled.
 *
 * Invariants: one statement has one text; the reader refuses any other. Grammar of each type: schema/statement-v1.md,
 * section 3. It verifies no signature and decides no right: that is the roster's.
 */
#ifndef STATEMENT_STATEMENT_H
#define STATEMENT_STATEMENT_H

#include "base/arena.h"
#include "statement/lines.h"
#include "statement/signed.h"

enum statement_type {
	STATEMENT_CARD,       /* not of a chain: a node asks to be enrolled; namespace card@tiersync */
	STATEMENT_ROOT,       /* number 1 of a root, signed by itself: its name and keys */
	STATEMENT_ENROL,      /* a node below the issuer: its name and keys */
	STATEMENT_REPLACE,    /* new keys for a node; its old keys are revoked */
	STATEMENT_ROTATE,     /* the issuer's own new keys, signed by its old one */
	STATEMENT_REVOKE,     /* a node's key counts no longer, except for what is named as accepted */
	STATEMENT_SETTLE,     /* which of two statements with one number of a node's chain counts */
	STATEMENT_DELEGATE,   /* a node may write fields of a kind */
	STATEMENT_WITHDRAW,   /* a node may not write fields of a kind */
	STATEMENT_GRANT,      /* an auditor, with or without reading */
	STATEMENT_SCHEMA_SET, /* a version of the schema set; the root's only */
	STATEMENT_RULES,      /* a version of the merge rules; the root's only */
	STATEMENT_OPEN_EPOCH, /* a key epoch of a partition; its owner's, or a superior's when the owner's key is revoked */
	STATEMENT_TYPES
};

/** The word in the first line ("open-epoch"); static. */
const char *statement_type_name(enum statement_type type);

/** A head that the issuer of a revocation had accepted, with its tips (edits from which no other of it descends). */
struct statement_head {
	struct id partition;
	struct oid head;
	struct oid *tips;
	size_t tip_count;
};

/** A field number of a delegation; 0 is the record's existence. */
enum {
	STATEMENT_FIELD_EXISTENCE = 0
};

/**
 * All that a statement of any type may say; which members a type has says the grammar. {0} is a valid empty value.
 * Arrays that the reader makes lie in `arena`; a writer may point them at its own memory.
 */
struct statement {
	enum statement_type type;
	struct node_code issuer; /* of a card: the node itself */
	uint32_t number;         /* in the issuer's chain, from 1; a card has none */
	struct digest previous;  /* digest of number - 1; zero for number 1 */
	int64_t time;            /* unix seconds, by the issuer's clock */

	struct node_code node; /* whom it is about; root, rotate: the issuer */
	uint8_t level;
	char name[LIMIT_NAME_BYTES_MAX + 1];
	struct seal_public keys;
	struct id partition;
	bool is_confirmed; /* the fingerprint was compared with the node itself */
	bool is_hard;      /* withdraw: counts at once, whatever roster an edit names */
	bool may_read;     /* grant */
	bool is_dense;     /* open-epoch: of version 2; blobs under it are too: schema/blob-v2.md */

	struct id key_id; /* revoke: of the signing key that counts no longer */
	char reason[LIMIT_REASON_BYTES_MAX + 1];
	uint32_t
		chain_number; /* replace, revoke, settle: the last statement of the node's chain that counts so far; 0: none */
	struct digest chain_digest;
	struct statement_head *heads;
	size_t head_count;

	uint32_t version;     /* schema-set, rules: the version; open-epoch: the epoch's number */
	struct digest digest; /* schema-set: of the set; open-epoch: commitment to the key */

	char kind[LIMIT_NAME_BYTES_MAX + 1]; /* delegate, withdraw: of which records; empty: every kind */
	uint32_t *fields;                    /* ascending; none: every field and existence */
	size_t field_count;
	uint32_t amount_field; /* delegate: the top-level field that amount_max limits; 0: those that are written */
	uint64_t amount_max;   /* delegate: largest integer that may stand there; 0: no limit */
	int64_t first_day;     /* delegate: day number from which it counts; 0: at once */
	int64_t last_day;      /* delegate: last day number; 0: until withdrawn */

	struct id *ids; /* grant: partitions that the auditor may read; none: all. open-epoch: sealing keys shut out */
	size_t id_count;

	struct arena arena;
};

/**
 * Read a statement's text.
 *
 * @param out   released by the caller with statement_release; untouched on error
 * @param text  untrusted
 * @return ERR_OK; ERR_FORMAT: not the one text of a statement; ERR_VERSION; ERR_TOO_BIG; ERR_NOMEM
 * The keys in it are 32 bytes each and no more is said: whoever enrols them asks seal_public_check() first (the roster and
 * statement_card_read() do).
 */
enum err statement_read(struct statement *out, struct view text, struct err_info *info) MUST_USE;
/** Append the text. ERR_RULE: a value that may not stand in a text; ERR_TOO_BIG: over LIMIT_STATEMENT_BYTES_MAX; ERR_NOMEM. */
enum err statement_write(struct bytes *out, const struct statement *statement, struct err_info *info) MUST_USE;
void statement_release(struct statement *statement);

/** The namespace of a type's signature. */
enum seal_namespace statement_namespace(enum statement_type type);

/**
 * Write and sign.
 * @param out  appended to: the file form (text and armor)
 * Errors as statement_write(), ERR_INTERNAL.
 */
enum err statement_make(struct bytes *out, const struct statement *statement, const struct seal_node_key *key,
                        struct err_info *info) MUST_USE;

/**
 * The fingerprint read out over the telephone, of a card or of a root, enrol or grant statement: over the code, the two keys
 * and the partition id, so that a card and the statement that enrols it have the same one.
 */
void statement_fingerprint(struct seal_fingerprint *out, const struct statement *statement);

/**
 * Read a card's file: text, armor, signed by the key that it names.
 * ERR_FORMAT; ERR_VERSION; ERR_TOO_BIG; ERR_AUTH: not signed by itself; ERR_NOMEM.
 * ERR_FORMAT also for keys that may not be enrolled.
 */
enum err statement_card_read(struct statement *out, struct view file, struct err_info *info) MUST_USE;

/** Wire form, appended: the text, then the 64 bytes of the signature. ERR_NOMEM. */
enum err statement_wire_write(struct bytes *out, struct view text, const struct seal_signature *signature,
                              struct err_info *info) MUST_USE;
/** Take a wire form apart; the text borrows and is not read here. ERR_FORMAT: too short; ERR_TOO_BIG. */
enum err statement_wire_read(struct view *text_out, struct seal_signature *signature_out, struct view wire,
                             struct err_info *info) MUST_USE;

#endif
