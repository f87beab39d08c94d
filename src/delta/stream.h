/**
 * A delta as one description for both directions: each function here writes what it is given or, in reading, fills it in.
 * Internal to delta. schema/delta-v1.md.
 */
#ifndef DELTA_STREAM_H
#define DELTA_STREAM_H

#include "base/table.h"
#include "delta/section.h"

/** Sorts of symbols. The numbers are part of the format. */
enum delta_sort {
	DELTA_SORT_COMMIT = 24,
	DELTA_SORT_PARENT = 25,
	DELTA_SORT_TIME = 26,
	DELTA_SORT_CONTEXT = 27,
	DELTA_SORT_SAME = 28,
	DELTA_SORT_NUMBER = 29,
	DELTA_SORT_TEXT = 30,
	DELTA_SORT_ROW = 31,
	DELTA_SORT_KIND = 32,
	DELTA_SORT_WAY = 33,
	DELTA_SORT_GAP = 34,
	DELTA_SORT_ALSO = 35,
	DELTA_SORT_SIZE = 36,
	DELTA_SORT_NEW_FIELDS = 37,
	DELTA_SORT_NEW_FIELD = 38,
	DELTA_SORT_WRITTEN = 39,
	DELTA_SORT_CLEARED = 40,
	DELTA_SORT_COUNT = 41,
	DELTA_SORT_ACT = 42,
	DELTA_SORT_OLD = 43,
	DELTA_SORT_EXTRAS = 44,
	DELTA_SORT_REGISTER = 45,
};

_Static_assert((int)DELTA_SORT_COMMIT == (int)COLUMN_SORT_FIRST && DELTA_SORT_REGISTER < 52, "sorts do not meet");

/** How a field is written. */
enum delta_register {
	DELTA_VALUE,
	DELTA_SET_OF,
	DELTA_LIST,
	DELTA_REGISTERS,
};

/** Keys of places below the root; of kinds: DELTA_PLACE_KINDS and their index. */
enum delta_place_key {
	DELTA_PLACE_COMMIT,
	DELTA_PLACE_NODE,
	DELTA_PLACE_TEXT, /* 3 of them */
	DELTA_PLACE_ROW = DELTA_PLACE_TEXT + 3,
	DELTA_PLACE_NAME,
	DELTA_PLACE_REGISTER,
	DELTA_PLACE_BUILT_IN, /* 4 of them, by number */
	DELTA_PLACE_DROP = DELTA_PLACE_BUILT_IN + RECORD_BUILT_INS + 1,
	DELTA_PLACE_KINDS = 64,
};

/** A field in one of its registers, or a field of a list's members (then only ever a value). */
struct delta_field {
	uint32_t key;       /* DELTA_REGISTERS * F + register; of a member's field: G */
	uint32_t key_field; /* of a list's members */
	struct column_place *place;
	struct delta_fields *members; /* of a list */
	unsigned history;             /* whether the last records that were added had it, the last in bit 0 */
};

/** Fields that are known, ascending by key. */
struct delta_fields {
	struct column_place *place; /* of the kind, or of the list */
	struct delta_field *items;
	size_t count;
	size_t capacity;
};

struct delta_kind {
	struct view name;
	struct delta_fields fields;
	const struct schema_kind *schema; /* of the schema set at hand; NULL: not known */
};

/** What an edit shares with many others, in five parts. Zero-filled: parts are compared by their bytes. */
struct delta_signer {
	struct node_code node;
	uint32_t level;
};

struct delta_numbered {
	uint32_t number;
	struct digest digest;
};

struct delta_roster {
	uint32_t count;
	struct delta_roster_reference references[LIMIT_LEVELS_MAX];
};

struct delta_context {
	struct delta_signer signer;
	struct delta_numbered schema;
	struct delta_numbered epoch;
	uint32_t rules;
	struct delta_roster roster;
};

void delta_context_of(struct delta_context *out, const struct delta_commit_info *edit);

/** Records of the base that share the first bits of their ids. */
struct delta_shelf {
	bool is_there;
	uint64_t prefix;
	size_t count;
	struct id ids[DELTA_IDS_MAX];
};

struct delta_stream {
	struct column *column;
	const struct delta_source *source;
	struct delta_terms terms;
	bool is_reading;
	size_t commits_done;
	size_t edits_done;
	int64_t time;
	struct delta_context *contexts;
	size_t context_count;
	size_t context_capacity;
	size_t context;                   /* the last one used */
	const struct schema_set *schemas; /* of the commit at hand */
	uint32_t lacked;                  /* the number of its schema set if that is not held; 0 */
	struct delta_kind *kinds;         /* in the order of their first use */
	size_t kind_count;
	size_t kind_capacity;
	size_t kind;        /* the last one used */
	struct arena arena; /* names of kinds */
	struct id *added;   /* ids of the records that this delta added */
	size_t added_count;
	size_t added_capacity;
	struct table added_index; /* id -> place in `added`, of the first `added_indexed`: a first load asks for none */
	size_t added_indexed;
	size_t added_before; /* before the commit at hand */
	/* the commit at hand */
	struct arena commit_arena; /* its texts */
	bool is_merge;
	enum delta_keys keys;
	uint8_t seed[DELTA_SALT_BYTES];
	unsigned last_type;
	unsigned last_row; /* type of the row before */
	unsigned last_way;
	size_t rows;
	uint32_t added_here; /* rows added by it */
	bool has_last;
	struct delta_place last;  /* of the row before */
	struct delta_shelf shelf; /* the one looked at last */
	unsigned group;           /* of the row before: 0 added, 1 records, 2 entries */
	uint8_t last_salt[DELTA_SALT_BYTES];
	/* the row at hand */
	struct delta_row_memory row;
	size_t row_bytes; /* of its values */
};

/** Start; reading: `section`, all of it behind the codec byte. */
enum err delta_stream_new(struct delta_stream **out, const struct delta_terms *terms, const struct delta_source *source,
                          const struct view *section, struct err_info *info) MUST_USE;
void delta_stream_free(struct delta_stream *stream);

/** The next commit, up to its rows. Texts that are read live until the next one. */
enum err delta_stream_commit(struct delta_stream *stream, struct delta_commit *commit, struct err_info *info) MUST_USE;
/** Whether another row follows, and if so the row. Writing: NULL ends the commit. Reading: *is_end_out. */
enum err delta_stream_row(struct delta_stream *stream, struct delta_row *row, bool *is_end_out,
                          struct err_info *info) MUST_USE;

/** Remember what an edit shares with later ones. ERR_TOO_BIG, ERR_NOMEM. */
enum err delta_stream_add_context(struct delta_stream *stream, const struct delta_context *context,
                                  struct err_info *info) MUST_USE;

/** What went wrong before, else ERR_FORMAT: "a row of a delta: WHAT". */
enum err delta_stream_bad(struct delta_stream *stream, struct err_info *info, const char *what) MUST_USE;
/** A number, and a symbol of `width` bits, at the place of rows. What fails is seen in column_state(). */
uint64_t delta_stream_number(struct delta_stream *stream, enum delta_sort sort, uint32_t context, uint64_t max,
                             uint64_t value);
unsigned delta_stream_symbol(struct delta_stream *stream, enum delta_sort sort, uint32_t context, unsigned width,
                             unsigned value);

/** The schema set of an edit or a base: its kinds describe places. Where it is not held, an opened row is ERR_STATE. */
void delta_stream_use_schema(struct delta_stream *stream, const struct delta_commit_info *commit);
void delta_stream_begin_rows(struct delta_stream *stream, const struct delta_commit *commit);
/** Name a row that is not added. */
enum err delta_stream_name(struct delta_stream *stream, struct id *id, struct err_info *info) MUST_USE;
enum err delta_stream_place(struct delta_place *out, struct delta_stream *stream, const struct id *id,
                            struct err_info *info) MUST_USE;

/** The writes of one record. `old`: NULL: none. */
enum err delta_stream_record(struct delta_stream *stream, struct delta_kind *kind, struct delta_row *row,
                             const struct record *old, struct err_info *info) MUST_USE;
/** The kind of that name, known from elsewhere. */
enum err delta_stream_kind(struct delta_kind **out, struct delta_stream *stream, struct view name,
                           struct err_info *info) MUST_USE;
/** The kind of a row that says it. */
enum err delta_stream_say_kind(struct delta_kind **out, struct delta_stream *stream, struct view name,
                               struct err_info *info) MUST_USE;

/**
 * The rules of record-v1.md section 5 that need no record: order, what each path may be written with, nothing below what
 * is removed. `is_added`: of an added row, the first write is its existence. ERR_FORMAT, ERR_TOO_BIG.
 */
enum err delta_writes_check(const struct delta_writes *writes, bool is_added, struct err_info *info) MUST_USE;

#endif
