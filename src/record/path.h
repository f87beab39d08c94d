/**
 * The name of one register of a record: the smallest thing that is written, merged and judged by itself.
 *
 *   record existence           ('x',)
 *   field F                    (F,)         a value as a whole; every field of an unknown kind is one
 *   element E of set field F   (F, E)
 *   member M of keyed list F   (F, M, 'x')  its existence
 *   field G of that member     (F, M, G)
 *   element E of a built-in set (B, E)      which records this one is not, which it swallowed, which rules were accepted
 *   drop of any of these       ('drop',) + path   a `refused` entry there was seen
 *
 * E and M are encoded values; M is the value of the member's key field. Where no key is needed to read, E and M may not
 * stand: a *named* path has a digest in their place (record_path_name), and is told apart by nothing else; only named
 * paths have a text. Source: schema/record-v1.md, section 4.
 */
#ifndef RECORD_PATH_H
#define RECORD_PATH_H

#include "base/arena.h"
#include "seal/hash.h"

enum record_path_type {
	RECORD_EXISTENCE,
	RECORD_FIELD,
	RECORD_ELEMENT,
	RECORD_MEMBER,
	RECORD_MEMBER_FIELD,
	RECORD_BUILT_IN,
};

/** The built-in sets, by their number in a record's plaintext. */
enum record_built_in {
	RECORD_DISTINCT = 1, /* ids of records that are not this one (resolve --both) */
	RECORD_WAS = 2,      /* ids of records that this one swallowed (resolve --same-as) */
	RECORD_ACCEPTED = 3, /* [rule, digest of the values it read] (resolve --accept) */
	RECORD_BUILT_INS = 3,
};

struct record_path {
	enum record_path_type type;
	bool is_drop;
	uint32_t field; /* F, or the built-in set's number; 0 for existence */
	uint32_t sub;   /* G of a member field; else 0 */
	uint32_t
		key_field; /* MEMBER and MEMBER_FIELD: the member's field that is its key; says how, not which: never compared */
	struct view key; /* E or M, encoded; borrowed */
};

/**
 * The order of registers: drops last; existence, fields by number, built-in sets; within a field the whole value, then
 * elements, then members by key, each member's existence before its fields.
 */
int record_path_compare(const struct record_path *a, const struct record_path *b);

/** Whether it is the existence of the record or of a member. */
bool record_path_is_existence(const struct record_path *path);

/** Whether the register has a key: an element or a member. */
bool record_path_has_key(const struct record_path *path);

/**
 * The path with a digest in place of its key, as a correction names it.
 *
 * @param digest_out  holds the digest that out->key points at; not used when the path has no key
 * @param salt        of the record; may be NULL when the path has no key
 */
void record_path_name(struct record_path *out, struct id *digest_out, const struct record_path *path,
                      const struct seal_salt *salt);

/**
 * Append a named path as text: `x`, `12`, `7/e#HEX32`, `8/m#HEX32`, `8/m#HEX32/3`, `distinct/e#HEX32`, `was/e#HEX32`,
 * `accepted/e#HEX32`, each with `drop/` before it for a drop. ERR_NOMEM.
 *
 * @param path  named: its key is a digest (asserted)
 */
enum err record_path_write(struct bytes *out, const struct record_path *path, struct err_info *info) MUST_USE;
/** Read what record_path_write() wrote: a named path, its digest in the arena. ERR_FORMAT: any other text; ERR_NOMEM. */
enum err record_path_read(struct record_path *out, struct view text, struct arena *arena,
                          struct err_info *info) MUST_USE;

#endif
