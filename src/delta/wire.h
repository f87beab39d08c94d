/** What the writer and the reader of a section share: numbers, tables, columns. Internal to delta. schema/delta-v1.md. */
#ifndef DELTA_WIRE_H
#define DELTA_WIRE_H

#include "delta/section.h"

enum {
	DELTA_VARINT_BYTES_MAX = 9, /* 63 bits */
};

/** The first byte of a commit. */
enum delta_commit_bits {
	DELTA_BIT_MERGE = 1 << 0,
	DELTA_BIT_ROWS = 1 << 1,
	DELTA_BIT_SAME_CONTEXT = 1 << 2,
	DELTA_BIT_SEED = 1 << 3,
	DELTA_BIT_SALTS = 1 << 4,
	DELTA_BIT_OPERATOR = 1 << 5,
	DELTA_BIT_REASON = 1 << 6,
	DELTA_BIT_VOIDS = 1 << 7,
};

/** The low bits of a token. */
enum delta_code {
	DELTA_CODE_SET,
	DELTA_CODE_CLEAR,
	DELTA_CODE_ELEMENT_ADD,
	DELTA_CODE_ELEMENT_CLEAR,
	DELTA_CODE_MEMBER,
	DELTA_CODE_BUILT_IN_ADD,
	DELTA_CODE_BUILT_IN_CLEAR,
	DELTA_CODE_OTHER,
	DELTA_CODES,
};

enum delta_other {
	DELTA_OTHER_ADD,
	DELTA_OTHER_KEEP,
	DELTA_OTHER_DROP,
};

enum delta_member_act {
	DELTA_MEMBER_NONE,
	DELTA_MEMBER_ADD,
	DELTA_MEMBER_CLEAR,
	DELTA_MEMBER_KEEP,
	DELTA_MEMBER_ACTS,
};

enum delta_named {
	DELTA_NAMED_REMOVED,
	DELTA_NAMED_OPAQUE,
	DELTA_NAMED_CHANGED, /* + index of its kind; of an entry: its plaintext */
};

enum err delta_put_varint(struct bytes *out, uint64_t value, struct err_info *info) MUST_USE;
enum err delta_put_string(struct bytes *out, struct view text, struct err_info *info) MUST_USE;
uint64_t delta_zigzag(int64_t value);
int64_t delta_unzigzag(uint64_t value);
/** The shortest form, at most 2^63 - 1; ERR_FORMAT otherwise or at the end. */
enum err delta_take_varint(struct view *rest, uint64_t *out, struct err_info *info) MUST_USE;
/** The same for a number of at most `max`. ERR_TOO_BIG past it, naming `what`. */
enum err delta_take_number(struct view *rest, uint64_t *out, uint64_t max, const char *what,
                           struct err_info *info) MUST_USE;
/** `size` bytes, borrowed. ERR_FORMAT: fewer are left. */
enum err delta_take_bytes(struct view *rest, struct view *out, size_t size, struct err_info *info) MUST_USE;
enum err delta_take_string(struct view *rest, struct view *out, size_t size_max, const char *what,
                           struct err_info *info) MUST_USE;

/** A list of things of one size without padding, found by their bytes: the tables of a delta. */
struct delta_list {
	uint8_t *items;
	size_t item_size;
	size_t count;
	size_t capacity;
};

void delta_list_release(struct delta_list *list);
/** The item's place, or list->count. The newest is looked at first. */
size_t delta_list_find(const struct delta_list *list, const void *item);
/** ERR_TOO_BIG: LIMIT_DELTA_TABLE_MAX; ERR_NOMEM. */
enum err delta_list_add(struct delta_list *list, const void *item, struct err_info *info) MUST_USE;
const void *delta_list_at(const struct delta_list *list, size_t index);

/** Entry of the tables of schema sets and of epochs. */
struct delta_named_digest {
	uint32_t number;
	struct digest digest;
};

/** Entry of the table of rosters; unused references are zero. */
struct delta_roster {
	uint32_t count;
	struct delta_roster_reference references[LIMIT_LEVELS_MAX];
};

struct delta_tables {
	struct delta_list nodes;
	struct delta_list schemas;
	struct delta_list epochs;
	struct delta_list rosters;
};

void delta_tables_init(struct delta_tables *tables);
void delta_tables_release(struct delta_tables *tables);

/** The part of an edit that seldom changes, as indices into the tables. */
struct delta_context {
	size_t node;
	size_t schema;
	size_t epoch;
	size_t roster;
	uint32_t rules;
	uint32_t level;
};

bool delta_context_equal(const struct delta_context *a, const struct delta_context *b);

/** Type of a column. */
enum delta_column_type {
	DELTA_COLUMN_FIELD,
	DELTA_COLUMN_ELEMENT,
	DELTA_COLUMN_MEMBER,       /* sub: number of the key field */
	DELTA_COLUMN_MEMBER_FIELD, /* sub: G */
};

/** Order and identity of a column in one number: kind, F, type, sub. */
uint64_t delta_column_key_of(size_t kind, uint32_t field, enum delta_column_type type, uint32_t sub);
size_t delta_column_kind(uint64_t key);
uint32_t delta_column_field(uint64_t key);
enum delta_column_type delta_column_type_of(uint64_t key);
uint32_t delta_column_sub(uint64_t key);

/**
 * The rules of record-v1.md section 5 that need no record: order, what each path may be written with, nothing below what
 * is removed. `is_added`: of an added row, the first write is its existence. ERR_FORMAT, ERR_TOO_BIG.
 */
enum err delta_writes_check(const struct delta_writes *writes, bool is_added, struct err_info *info) MUST_USE;

#endif
