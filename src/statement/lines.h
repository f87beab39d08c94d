/**
 * The one form of every signed text: a first line `tiersync-TYPE 1`, then `key value` lines in a fixed order, LF, UTF-8.
 * Writer and reader of such lines, for statements here and for the receipts and checkpoints of other folders.
 *
 * Both carry the first error along, so a caller writes or reads all lines in a row and looks at the end. A reader that
 * wants to be strict rebuilds the text from what it read and compares: statement_lines_same(). Values are checked here:
 * one value has one spelling. Source: schema/statement-v1.md, section 1.
 */
#ifndef STATEMENT_LINES_H
#define STATEMENT_LINES_H

#include "base/ids.h"
#include "seal/key.h"

/** Up to which statement of an issuer's chain somebody had read: what edits, receipts and checkpoints name. */
enum {
	STATEMENT_REFERENCE_DIGEST_BYTES = 8
};

struct statement_reference {
	struct node_code issuer;
	uint32_t number;                                  /* from 1 */
	uint8_t digest[STATEMENT_REFERENCE_DIGEST_BYTES]; /* the first bytes of the statement's digest */
};

/** "township", "county", "city", "province", "auditor" for 1, 2, 3, 4, 0; NULL for anything else. Static. */
const char *statement_level_name(uint8_t level);
/** Read such a word; false, and nothing written, for any other. */
bool statement_level_read(uint8_t *out, struct view text);

/**
 * May this stand as a value of free text: 1 to size_max bytes of UTF-8 without control, bidirectional, zero-width or
 * other invisible characters, no blank at either end. A fixed list of ranges decides, not a Unicode version.
 */
bool statement_text_is_plain(struct view text, size_t size_max);

/* --- writing --- */

struct statement_writer {
	struct bytes *out;
	struct err_info *info;
	enum err err; /* the first error; everything after it does nothing */
};

/** Start a text: `tiersync-TYPE 1` and LF. `out` is appended to and borrowed, like `info`. */
void statement_writer_init(struct statement_writer *writer, struct bytes *out, const char *type, struct err_info *info);
/** The same with another version than 1. */
void statement_writer_init_version(struct statement_writer *writer, struct bytes *out, const char *type,
                                   uint32_t version, struct err_info *info);
/** A line of free text (see statement_text_is_plain; ERR_RULE otherwise). */
void statement_put_text(struct statement_writer *writer, const char *key, struct view text, size_t size_max);
/** A line of words that the program made itself; not checked. */
void statement_put_words(struct statement_writer *writer, const char *key, const char *format, ...) FORMAT_OF(3, 4);
void statement_put_code(struct statement_writer *writer, const char *key, const struct node_code *code);
void statement_put_level(struct statement_writer *writer, const char *key, uint8_t level);
void statement_put_number(struct statement_writer *writer, const char *key, uint64_t number);
void statement_put_time(struct statement_writer *writer, const char *key, int64_t seconds);
void statement_put_bool(struct statement_writer *writer, const char *key, bool value);
void statement_put_id(struct statement_writer *writer, const char *key, const struct id *id);
void statement_put_oid(struct statement_writer *writer, const char *key, const struct oid *oid);
void statement_put_digest(struct statement_writer *writer, const char *key, const struct digest *digest);
/** `ssh-ed25519 AAAA...`, as in ~/.ssh/id_ed25519.pub. */
void statement_put_sign_key(struct statement_writer *writer, const char *key, const struct seal_public_key *sign_key);
/** `x25519 HEX64`. */
void statement_put_seal_key(struct statement_writer *writer, const char *key, const struct seal_public_key *seal_key);
/** `ISSUER NUMBER HEX16`. */
void statement_put_reference(struct statement_writer *writer, const char *key,
                             const struct statement_reference *reference);
/** The first error; a text over LIMIT_STATEMENT_BYTES_MAX is ERR_TOO_BIG. On error `out` may hold a part. */
enum err statement_writer_end(struct statement_writer *writer) MUST_USE;

/* --- reading --- */

struct statement_reader {
	struct view rest; /* untrusted */
	const char *type;
	uint32_t version; /* of the text */
	struct err_info *info;
	enum err err; /* the first error; everything after it gives zeros */
};

/** Start: checks size (ERR_TOO_BIG) and the first line (ERR_FORMAT; ERR_VERSION: a higher number than 1). */
void statement_reader_init(struct statement_reader *reader, struct view text, const char *type, struct err_info *info);
/** The same for a type of which versions 1 to `version_max` are known. */
void statement_reader_init_version(struct statement_reader *reader, struct view text, const char *type,
                                   uint32_t version_max, struct err_info *info);
/** Whether the next line has this key. */
bool statement_reader_has(const struct statement_reader *reader, const char *key);
/** The value of the next line, which must have this key; else ERR_FORMAT. */
struct view statement_get(struct statement_reader *reader, const char *key);
/** ERR_FORMAT with a text that names the type and the key. */
void statement_reader_fail(struct statement_reader *reader, const char *key);
struct view statement_get_text(struct statement_reader *reader, const char *key, size_t size_max);
struct node_code statement_get_code(struct statement_reader *reader, const char *key);
uint8_t statement_get_level(struct statement_reader *reader, const char *key);
/** Decimal without leading zeros, at most number_max. */
uint64_t statement_get_number(struct statement_reader *reader, const char *key, uint64_t number_max);
int64_t statement_get_time(struct statement_reader *reader, const char *key);
bool statement_get_bool(struct statement_reader *reader, const char *key);
struct id statement_get_id(struct statement_reader *reader, const char *key);
struct oid statement_get_oid(struct statement_reader *reader, const char *key);
struct digest statement_get_digest(struct statement_reader *reader, const char *key);
struct seal_public_key statement_get_sign_key(struct statement_reader *reader, const char *key);
struct seal_public_key statement_get_seal_key(struct statement_reader *reader, const char *key);
struct statement_reference statement_get_reference(struct statement_reader *reader, const char *key);
/** The first error, or ERR_FORMAT if lines are left over. */
enum err statement_reader_end(struct statement_reader *reader) MUST_USE;

/** The next word of a value: up to the next single blank, which is stepped over. Empty at the end. */
struct view statement_word(struct view *value);
/** Decimal without leading zeros, at most number_max; false otherwise. */
bool statement_number_read(uint64_t *out, struct view text, uint64_t number_max);

/** ERR_OK if the rebuilt text is the one that was read, else ERR_FORMAT: the text has another spelling than its content. */
enum err statement_lines_same(struct view read, struct view rebuilt, const char *type, struct err_info *info) MUST_USE;

#endif
