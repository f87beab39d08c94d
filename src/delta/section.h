/**
 * One partition's delta on the wire: a stream of commits, parents first, each edit with its changeset and raw signature,
 * each merge as two indices. Codec 1, "rows": masks row by row, values by field, random bytes apart, so that zstd finds
 * each kind of content together.
 *
 * Invariants: one delta in one order of commits has one encoding, and the reader refuses any other. The reader
 * allocates by limits, never by what a count claims, and holds one row at a time besides small tables; everything that
 * it gives points into the section. Nothing here is verified: trees, signatures and rights are recomputed by others.
 * Source: schema/delta-v1.md.
 */
#ifndef DELTA_SECTION_H
#define DELTA_SECTION_H

#include "delta/changes.h"
#include "delta/commit.h"

enum {
	DELTA_CODEC_ROWS = 1,
	DELTA_SALT_BYTES = 32,
};

/** Parents are positions in [bases of the preamble ..., commits of this delta ...]. */
#define DELTA_NO_PARENT SIZE_MAX

enum delta_keys {
	DELTA_KEYS_NONE,  /* adds no record that it can open */
	DELTA_KEYS_SEED,  /* one seed gives the added records their salts, in order */
	DELTA_KEYS_SALTS, /* a salt with each added record, ascending: one of the edit's records was erased */
};

/**
 * What travels of a commit. Of `info` the fields is_merge, parent_count, and of an edit node, level, time,
 * schema_version, schema_digest, rules, epoch, epoch_digest, roster, operator_name, reason and voids; the others are
 * recomputed and zero here.
 */
struct delta_commit {
	struct delta_commit_info info;
	size_t parents[DELTA_PARENTS_MAX]; /* a merge's: descending by position, not by id */
	struct seal_signature signature;   /* edits */
	enum delta_keys keys;
	uint8_t seed[DELTA_SALT_BYTES]; /* DELTA_KEYS_SEED */
};

enum delta_row_type {
	DELTA_ROW_ADDED,         /* kind, writes (existence DELTA_ADD first), salt with DELTA_KEYS_SALTS; no id */
	DELTA_ROW_CHANGED,       /* id, kind, writes */
	DELTA_ROW_REMOVED,       /* id, the one write to existence */
	DELTA_ROW_OPAQUE,        /* id, the record's encrypted blob */
	DELTA_ROW_ENTRY,         /* id, plaintext of its conflict entries */
	DELTA_ROW_ENTRY_REMOVED, /* id */
	DELTA_ROW_ENTRY_OPAQUE,  /* id, the entries' encrypted blob */
};

/**
 * One row. Order within a commit: added rows; then changed, removed and opaque rows, ids ascending; then entry rows, ids
 * ascending. A merge has opaque, removed, entry-opaque and entry-removed rows only, relative to its parent with the
 * smaller id: for a receiver that cannot recompute it.
 */
struct delta_row {
	enum delta_row_type type;
	struct id id;
	struct view kind;
	const uint8_t *salt; /* 32 bytes; NULL unless DELTA_KEYS_SALTS and added */
	struct delta_writes writes;
	struct view content; /* a blob or an entry's plaintext */
};

/* --- writing --- */

struct delta_writer;

/** @param base_count  commits that parents may name before this delta's own, at most LIMIT_BASES_MAX */
enum err delta_writer_new(struct delta_writer **out, size_t base_count, struct err_info *info) MUST_USE;
void delta_writer_free(struct delta_writer *writer);

/**
 * Start the next commit (and end the one before). Its rows follow with delta_writer_add_row.
 * ERR_FORMAT: a parent that is not before it, or terms that no commit can say; ERR_TOO_BIG: over a limit of the format
 * (then the delta can end with what is kept); ERR_NOMEM. After an error only _back, _free make sense.
 */
enum err delta_writer_add_commit(struct delta_writer *writer, const struct delta_commit *commit,
                                 struct err_info *info) MUST_USE;
/** Add a row to the commit started last. ERR_FORMAT: out of order, or not a changeset; ERR_TOO_BIG; ERR_NOMEM. */
enum err delta_writer_add_row(struct delta_writer *writer, const struct delta_row *row, struct err_info *info) MUST_USE;

/** Bytes that the section would have by now, before compression. */
size_t delta_writer_size(const struct delta_writer *writer);
/** How many commits it has. */
size_t delta_writer_count(const struct delta_writer *writer);
/** Keep what was written so far: where delta_writer_back() returns to. ERR_NOMEM. */
enum err delta_writer_keep(struct delta_writer *writer, struct err_info *info) MUST_USE;
/** Forget what was written since delta_writer_keep() (or since the beginning). */
void delta_writer_back(struct delta_writer *writer);

/**
 * Append the section. The writer is used up.
 *
 * @param random_size_out  how many bytes at the start (codec byte, size, random bytes) no compressor can shrink: end a
 *                         zstd block there. May be NULL
 * @return ERR_OK; ERR_TOO_BIG: over LIMIT_DELTA_BYTES_MAX; ERR_NOMEM
 */
enum err delta_writer_finish(struct delta_writer *writer, struct bytes *out, size_t *random_size_out,
                             struct err_info *info) MUST_USE;

/* --- reading --- */

struct delta_reader;

/**
 * Open a section: checks its frame and tables.
 *
 * @param section     untrusted; borrowed until the reader is freed
 * @param base_count  as the preamble says
 * @return ERR_OK; ERR_VERSION: a codec that we do not know; ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM
 */
enum err delta_reader_new(struct delta_reader **out, struct view section, size_t base_count,
                          struct err_info *info) MUST_USE;
void delta_reader_free(struct delta_reader *reader);

/** How many commits the section says that it has. */
size_t delta_reader_count(const struct delta_reader *reader);

/**
 * The next commit; rows of the one before that were not asked for are read over and checked.
 * After the last commit: ERR_OK with *is_end_out, if and only if the section was used up to its last byte.
 * ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM; the text names the commit by its place. After an error the reader gives nothing more.
 */
enum err delta_reader_next(struct delta_reader *reader, struct delta_commit *out, bool *is_end_out,
                           struct err_info *info) MUST_USE;
/**
 * The next row of that commit, or *is_end_out. The row's writes live until the next call; what they point to lives as
 * long as the section. Same errors.
 */
enum err delta_reader_row(struct delta_reader *reader, struct delta_row *out, bool *is_end_out,
                          struct err_info *info) MUST_USE;

/** Count a row. */
void delta_counts_row(struct delta_counts *counts, const struct delta_row *row);

#endif
