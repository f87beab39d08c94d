/**
 * One case record of any kind, as a value: its canonical bytes and a table of slices into them.
 *
 *   plaintext = msgpack array of 3 or 4: kind name, schema-set version, map of fields, (map of built-in sets)
 *
 * Invariants: field numbers ascend and are unique, every value is canonical and none is empty, built-in sets hold what
 * their number says, sorted and unique. So two records are equal if and only if their bytes are, and what
 * record_read() took, record_write() gives again byte for byte. A field that no schema knows is kept like any other.
 * It does not know what a value means: types, authority and rules are schema's, keyed lists and sets are `set`'s and
 * delta's. Source: schema/record-v1.md.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "base/ids.h"
#include "record/path.h"
struct schema_slice;

/**
 * A plain value: copy it freely, but change only one of the copies (they share the tables). All memory is the arena's
 * that it was made with, or the plaintext's that was read: both must outlive it. {0} with a kind set is an empty record.
 */
struct record {
	struct view kind;
	uint32_t schema_version;     /* version of the schema set that last wrote it */
	struct schema_slice *fields; /* by number, ascending */
	size_t field_count;
	size_t field_capacity;
	struct view built_in[RECORD_BUILT_INS +
	                     1]; /* [enum record_built_in]: an encoded array; empty: absent. [0] unused */
};

/**
 * Read a record's plaintext.
 *
 * @param out        borrows from `plaintext`; its table lies in `arena`
 * @param plaintext  untrusted
 * @param size_max   LIMIT_RECORD_BYTES_MAX for an edit's record, LIMIT_RECORD_MERGED_BYTES_MAX for one of a merge
 * @return ERR_OK; ERR_FORMAT: not the one encoding of a record; ERR_TOO_BIG: over size_max or another limit; ERR_NOMEM
 */
enum err record_read(struct record *out, struct arena *arena, struct view plaintext, size_t size_max,
                     struct err_info *info) MUST_USE;

/** Append the canonical bytes. ERR_TOO_BIG: over size_max (out is unchanged); ERR_NOMEM. */
enum err record_write(struct bytes *out, const struct record *record, size_t size_max, struct err_info *info) MUST_USE;

/** A field's encoded value, borrowed; empty: absent. */
struct view record_get(const struct record *record, uint32_t number);

/**
 * Give a field a value, or clear it with an empty view. The value is borrowed, and must be canonical (programmer's
 * duty: it comes from codec, schema or another record). ERR_TOO_BIG: over LIMIT_FIELDS_MAX fields; ERR_NOMEM.
 */
enum err record_set(struct record *record, struct arena *arena, uint32_t number, struct view value,
                    struct err_info *info) MUST_USE;

/** A copy that owns all of its memory in `arena`. ERR_NOMEM. */
enum err record_copy(struct record *out, struct arena *arena, const struct record *record,
                     struct err_info *info) MUST_USE;

/** Take one value off untrusted bytes, as codec_read_value() does: canonical, nothing empty in it. Borrowed. ERR_FORMAT. */
enum err record_value_take(struct view *rest, struct view *out, struct err_info *info) MUST_USE;

/** Same kind, version, fields and built-in sets. */
bool record_equal(const struct record *a, const struct record *b);

/** "distinct", "was", "accepted". */
const char *record_built_in_name(enum record_built_in set);

/** Check one element of a built-in set: an id, or [rule, digest]. ERR_FORMAT. */
enum err record_built_in_check(enum record_built_in set, struct view element, struct err_info *info) MUST_USE;

#endif
