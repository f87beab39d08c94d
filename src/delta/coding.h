/**
 * One record's writes on their way in or out. Each function writes what it is given or, in reading, fills it in. Internal
 * to delta. schema/delta-v1.md section 9.
 */
#ifndef DELTA_CODING_H
#define DELTA_CODING_H

#include "delta/stream.h"

enum {
	DELTA_PLACE_ELEMENT = 0, /* key of the place of a set's elements, and of a list's keys */
};

struct delta_coding {
	struct delta_stream *stream;
	struct delta_kind *kind;
	struct delta_writes *writes; /* writing: given; reading: stream->writes */
	size_t next;                 /* writing: the first one not yet said */
	const struct record *old;    /* or NULL */
	bool is_added;
	struct err_info *info;
};

/** What went wrong before, else ERR_FORMAT: "a row of a delta: WHAT". */
enum err delta_coding_bad(struct delta_coding *coding, const char *what) MUST_USE;

/** A number, and a symbol of `width` bits, at a place. What fails is seen in column_state(). */
uint64_t delta_coding_number(struct delta_coding *coding, struct column_place *place, enum delta_sort sort,
                             uint64_t max, uint64_t value);
unsigned delta_coding_symbol(struct delta_coding *coding, struct column_place *place, enum delta_sort sort,
                             unsigned width, unsigned value);

/** A value, its memory that of the row. ERR_TOO_BIG: the row holds more than a record may; ERR_FORMAT. */
enum err delta_coding_value(struct delta_coding *coding, struct column_place *place, struct view *out,
                            struct view old) MUST_USE;

/** The write at hand; NULL: there is none, or we are reading. */
const struct delta_write *delta_coding_at(const struct delta_coding *coding);

/** Writing: step over the write at hand. Reading: keep what was read. ERR_TOO_BIG, ERR_NOMEM. */
enum err delta_coding_done(struct delta_coding *coding, const struct delta_write *write) MUST_USE;

/** The key of a write among the kind's fields, or (is_member) among those of a list's members; 0: of neither. */
uint32_t delta_coding_key(const struct delta_write *write, bool is_member);

/** Tell, and put into the table, the fields that it does not know yet. `list`: whose members' fields; NULL: the kind's. */
enum err delta_coding_new_fields(struct delta_coding *coding, struct delta_fields *fields,
                                 const struct delta_field *list) MUST_USE;

/** Whether the field is written; `count`: how many before it were, in this row or member. */
bool delta_coding_is_written(struct delta_coding *coding, struct delta_field *field, bool is_there, unsigned count);
bool delta_coding_is_cleared(struct delta_coding *coding, struct column_place *place, const struct delta_write *write);

/** What is written in a keyed list. `old`: the list as it was; empty: there was none. */
enum err delta_coding_list(struct delta_coding *coding, struct delta_field *field, struct view old) MUST_USE;

#endif
