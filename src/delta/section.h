/**
 * One partition's delta on the wire: a stream of commits, parents first, each edit with its changeset and raw signature,
 * each merge as two indices. Symbols go through column/column.h, in one of its two codecs; in the mixed one the coder is
 * primed with records that both sides hold.
 *
 * Both sides hold the bases. So a record of the first base is named by a few bits of its id, a changed field is said after
 * the record that it stood in, and what an edit shares with an earlier one (node, schema set, epoch, roster) is not
 * repeated. Who reads must be able to open what the sender could open: the records of the sample, and the old record of
 * each one that changed.
 *
 * Invariants: one delta in one order of commits has one encoding for each choice of codec, sample and id bits, and the
 * reader refuses any other. The reader allocates by limits, never by what a count claims, and holds one row at a time
 * besides small tables. Nothing here is verified: trees, signatures and rights are recomputed by others.
 * Source: schema/delta-v1.md.
 */
#ifndef DELTA_SECTION_H
#define DELTA_SECTION_H

#include "column/column.h"
#include "delta/changes.h"
#include "delta/commit.h"

struct schema_set;

enum {
	DELTA_SALT_BYTES = 32,
	DELTA_IDS_MAX = 64,      /* records of a base that may share the bits by which one is named */
	DELTA_ID_BITS_MAX = 48,  /* of them */
	DELTA_SAMPLE_MAX = 4096, /* records with which a coder is primed */
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
	DELTA_ROW_ADDED,   /* kind, writes (existence DELTA_ADD first), salt with DELTA_KEYS_SALTS; the id follows */
	DELTA_ROW_CHANGED, /* id, kind, writes, old */
	DELTA_ROW_REMOVED, /* id, the one write to existence */
	DELTA_ROW_OPAQUE,  /* id, the record's encrypted blob */
	DELTA_ROW_ENTRY,   /* id, plaintext of its conflict entries */
	DELTA_ROW_ENTRY_REMOVED, /* id */
	DELTA_ROW_ENTRY_OPAQUE,  /* id, the entries' encrypted blob */
};

/**
 * One row. Order within a commit: added rows; then changed, removed and opaque rows, then entry rows, each of the two ascending
 * by place (delta_writer_place()). A merge has opaque, removed, entry-opaque and entry-removed rows only, relative to its parent with the
 * smaller id: for a receiver that cannot recompute it.
 */
struct delta_row {
	enum delta_row_type type;
	struct id id;
	struct view kind;
	const uint8_t *salt; /* 32 bytes; NULL unless DELTA_KEYS_SALTS and added */
	struct delta_writes writes;
	struct view content; /* a blob or an entry's plaintext */
	const struct record
		*old; /* CHANGED: the record as the parent's tree has it; NULL: it comes back, `kind` is said */
};

/** Told of one record of the sample. Anything but ERR_OK ends the walk and is passed on. */
typedef enum err (*delta_sample_visit)(void *visitor, const struct id *id, struct view plaintext,
                                       struct err_info *info);

/** What both sides hold. A function may be NULL where its pointer says what that means. */
struct delta_source {
	void *context;
	struct id partition;
	/** What a base says: is_merge and, of an edit, what the table of struct delta_commit names. NULL: nothing is known. */
	enum err (*commit)(void *context, size_t base, struct delta_commit_info *out, struct err_info *info);
	/** A schema set, borrowed; NULL: not held: then an opened row by it is ERR_STATE. No function: nothing is described. */
	const struct schema_set *(*schema)(void *context, uint32_t version, const struct digest *digest);
	/** Records of a base whose ids begin with the first `bits` of `prefix`, ascending. ERR_TOO_BIG: over DELTA_IDS_MAX; then
	 * they count as none. NULL: none. */
	enum err (*ids)(void *context, size_t base, const struct id *prefix, unsigned bits,
	                struct id ids[DELTA_IDS_MAX], size_t *count_out, struct err_info *info);
	/** Visit the first `count` records of a base in the order of ids, except those that cannot be opened. NULL: no sample. */
	enum err (*sample)(void *context, size_t base, size_t count, delta_sample_visit visit, void *visitor,
	                   struct err_info *info);
	/**
	 * Reading: a record in the tree of the parent of the commit given last, borrowed until the row behind this one is asked
	 * for. ERR_NOT_FOUND: it is not there. NULL: no record ever is.
	 */
	enum err (*old)(void *context, const struct id *id, struct record *out, struct err_info *info);
};

/* --- writing --- */

struct delta_writer;

/** What the writer decides. */
struct delta_terms {
	enum column_codec codec;
	size_t base_count;   /* commits that parents may name before this delta's own, at most LIMIT_BASES_MAX */
	size_t commit_count; /* that will be added: exactly */
	size_t base;         /* the base from which records are named and the sample is taken */
	unsigned id_bits;    /* by which they are named: about the logarithm of their number; 0: none is */
	size_t sample_count; /* records to be primed with, at most DELTA_SAMPLE_MAX; 0 in the stored codec */
};

/** @param source  outlives the writer. Errors of its functions; ERR_TOO_BIG; ERR_NOMEM */
enum err delta_writer_new(struct delta_writer **out, const struct delta_terms *terms, const struct delta_source *source,
                          struct err_info *info) MUST_USE;
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

/** Where a record of a row that is not added stands among those of its commit: they are given in this order. */
struct delta_place {
	unsigned way;   /* 0: in the base, 1: added by this delta, 2: neither */
	uint64_t index; /* way 1: how many were added before it */
	struct id id;
};

enum err delta_writer_place(struct delta_place *out, struct delta_writer *writer, const struct id *id,
                            struct err_info *info) MUST_USE;
int delta_place_compare(const struct delta_place *a, const struct delta_place *b);

/** Bytes that the section has by now, about; in the stored codec before compression. */
size_t delta_writer_size(const struct delta_writer *writer);
/** Work done by now in the mixed codec, in decisions of LIMIT_DELTA_DECISIONS_MAX. */
uint64_t delta_writer_work(const struct delta_writer *writer);

/** Append the section. The writer is used up. ERR_TOO_BIG: over LIMIT_DELTA_BYTES_MAX; ERR_NOMEM. */
enum err delta_writer_finish(struct delta_writer *writer, struct bytes *out, struct err_info *info) MUST_USE;

/* --- reading --- */

struct delta_reader;

/**
 * Open a section: its head, and the sample.
 *
 * @param section     untrusted; borrowed until the reader is freed
 * @param base_count  as the preamble says
 * @param source      outlives the reader
 * @return ERR_OK; ERR_VERSION: a codec that we do not know; ERR_DICTIONARY: the sample is not the one that the sender
 *         had; ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM; errors of the source
 */
enum err delta_reader_new(struct delta_reader **out, struct view section, size_t base_count,
                          const struct delta_source *source, struct err_info *info) MUST_USE;
void delta_reader_free(struct delta_reader *reader);

/** How many commits the section says that it has. */
size_t delta_reader_count(const struct delta_reader *reader);
/** What its writer decided. */
const struct delta_terms *delta_reader_terms(const struct delta_reader *reader);

/**
 * The next commit; rows of the one before that were not asked for are read over and checked.
 * After the last commit: ERR_OK with *is_end_out, if and only if the section was used up to its last byte.
 * ERR_FORMAT, ERR_TOO_BIG, ERR_NOMEM; the text names the commit by its place. After an error the reader gives nothing more.
 */
enum err delta_reader_next(struct delta_reader *reader, struct delta_commit *out, bool *is_end_out,
                           struct err_info *info) MUST_USE;
/**
 * The next row of that commit, or *is_end_out. All that the row points to lives until the next call. Same errors, and those
 * of the source.
 */
enum err delta_reader_row(struct delta_reader *reader, struct delta_row *out, bool *is_end_out,
                          struct err_info *info) MUST_USE;

/** What a row points to, kept by who reads several rows before he looks at the first. {0}: nothing. */
struct delta_row_memory {
	struct arena arena;
	struct delta_writes writes;
	struct bytes content;
	uint8_t salt[DELTA_SALT_BYTES];
};

void delta_row_memory_release(struct delta_row_memory *memory);
/**
 * The same as delta_reader_row(), but what the row points to lives in `memory`, until that is given again or released. Its `old` is
 * the source's, and lives as long as that says.
 */
enum err delta_reader_row_into(struct delta_reader *reader, struct delta_row_memory *memory, struct delta_row *out,
                               bool *is_end_out, struct err_info *info) MUST_USE;

/** Count a row. */
void delta_counts_row(struct delta_counts *counts, const struct delta_row *row);

#endif
