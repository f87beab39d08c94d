/**
 * The pack writer: streams new objects into one pack file that nobody sees until it is finished. Undeltified (ciphertext
 * does not delta); blobs as stored zlib blocks, trees and commits deflated. A small pack stays in memory until then and
 * an abandoned one then costs no file operation at all. About 50 bytes of memory an object. schema/store-v1.md, "Packs".
 */
#ifndef GIT_PACK_H
#define GIT_PACK_H

#include "git/git.h"

/**
 * Begin a pack of objects that the store has not. No file is made yet.
 * @param out    freed with git_pack_free, which abandons an unfinished pack (as git_pack_abort)
 * @param store  borrowed; must outlive the pack
 */
enum err git_pack_new(struct git_pack **out, struct git_store *store, struct err_info *info) MUST_USE;
void git_pack_free(struct git_pack *pack);

/**
 * Add an object unless the pack has it, or a pack of the store that is known so far (git_store_has).
 * @param oid_out  its id; may be NULL
 * @return ERR_OK; ERR_TOO_BIG: over the type's limit or LIMIT_PACK_OBJECTS_MAX; ERR_FORMAT: an attack on SHA-1;
 *         ERR_IO: after it the pack can only be abandoned; ERR_NOMEM
 */
enum err git_pack_add(struct git_pack *pack, enum git_type type, struct view content, struct oid *oid_out,
                      struct err_info *info) MUST_USE;
/** The same with an id already computed by git_oid_of from this very content. */
enum err git_pack_add_known(struct git_pack *pack, enum git_type type, struct view content, const struct oid *oid,
                            struct err_info *info) MUST_USE;

/** Read an object back before the pack is finished. Errors as git_store_get. */
enum err git_pack_get(struct git_content *out, struct git_pack *pack, const struct oid *oid, enum git_type type,
                      struct err_info *info) MUST_USE;
bool git_pack_has(const struct git_pack *pack, const struct oid *oid);
size_t git_pack_count(const struct git_pack *pack);

/**
 * Make the pack durable and visible: trailer, fsync, index, fsync, a note for the janitor (no fsync), rename the pack,
 * rename the index, fsync the directory. The caller holds the lock and has run git_store_janitor under it before the
 * first object was added: an object left out because the store has it must not lie in a pack that the janitor takes. A pack without objects does nothing. Afterwards the pack is empty and
 * finished; only git_pack_free is left. The ref is moved after this, under the same lock. The store sees the pack.
 * @return ERR_OK; ERR_IO: nothing is visible, or all of it is and nothing points at it (the janitor takes it away)
 */
enum err git_pack_finish(struct git_pack *pack, struct err_info *info) MUST_USE;
/** Throw the pack away. Never fails; a temporary file that cannot be removed is the janitor's. */
void git_pack_abort(struct git_pack *pack);

#endif
