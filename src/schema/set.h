/**
 * A schema set: kinds and code sets with a version and a digest, as the root signs it and bundles carry it. Made once, then
 * read only; several threads may ask one. Its canonical byte string is the same on every node. Source: schema/kind-v1.md, section 6.
 */
#ifndef SCHEMA_SET_H
#define SCHEMA_SET_H

#include "schema/schema.h"

/** A kind or code-set file: JSON with x-kind or x-codes at its top. */
struct schema_file {
	const char *name; /* for messages */
	struct view text; /* untrusted; borrowed for the call */
};

/**
 * Compile files into a set.
 *
 * @param out      owned by the caller; release with schema_set_free()
 * @param version  of the set
 * @param base     a set whose files are taken over unless one of the same type and name is given; NULL: none
 * @return ERR_OK; ERR_FORMAT: not JSON, a keyword outside the subset or a wrong form, names file and JSON pointer;
 *         ERR_EXISTS: two files for one name; ERR_NOT_FOUND: a code set or kind that is referred to; ERR_TOO_BIG; ERR_NOMEM
 */
enum err schema_set_new(struct schema_set **out, uint32_t version, const struct schema_set *base,
                        const struct schema_file *files, size_t count, struct err_info *info) MUST_USE;
void schema_set_free(struct schema_set *set);

/** Read the canonical byte string. Strict: any other spelling of the same set is refused. Errors as above, and ERR_FORMAT. */
enum err schema_set_read(struct schema_set **out, struct view bytes, struct err_info *info) MUST_USE;
/**
 * Open a set whose bytes were read by schema_set_read() before they were stored, by its digest: kinds and code sets are
 * compiled when they are asked for, and one that does not compile is as if it were not there. Few verbs ask for more than one. Whoever
 * writes what follows from an answer asks schema_set_is_short() before it stands.
 * @return ERR_OK; ERR_AUTH: another set than the digest names; ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM
 */
enum err schema_set_open(struct schema_set **out, struct view bytes, const struct digest *digest,
                         struct err_info *info) MUST_USE;
/** A kind or code set was "not there" for want of memory. It stays so for this set: free it and open it again. */
bool schema_set_is_short(const struct schema_set *set);
/** The canonical byte string, borrowed from the set. */
struct view schema_set_bytes(const struct schema_set *set);

uint32_t schema_set_version(const struct schema_set *set);
/** BLAKE2b-256 over version, types, names and digests of the canonical texts. Borrowed. */
const struct digest *schema_set_digest(const struct schema_set *set);

size_t schema_set_kind_count(const struct schema_set *set);
/** By name, ascending. Of a set that was opened, without its rules across records, which name other kinds. */
const struct schema_kind *schema_set_kind_at(const struct schema_set *set, size_t index);
/** The same kind with its rules across records. */
const struct schema_kind *schema_set_kind_across(const struct schema_set *set, size_t index);
/** The same without compiling it: its name, and the canonical JSON of its file. */
struct view schema_set_kind_name(const struct schema_set *set, size_t index);
struct view schema_set_kind_text(const struct schema_set *set, size_t index);
/** Without compiling it, too: false: it has no rules across records. True: most likely it has. */
bool schema_set_kind_may_compare(const struct schema_set *set, size_t index);
/** NULL: no such kind. */
const struct schema_kind *schema_set_kind(const struct schema_set *set, struct view name);
size_t schema_set_codes_count(const struct schema_set *set);
const struct schema_codes *schema_set_codes_at(const struct schema_set *set, size_t index);
/** NULL: no such code set. */
const struct schema_codes *schema_set_codes(const struct schema_set *set, struct view name);

#endif
