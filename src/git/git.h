/**
 * A bare git repository as an object store. Objects come in through a pack writer of our own (git/pack.h), never loose;
 * the state is one ref moved by compare-and-swap (git/refs.h); trees of records are in git/tree.h, history in
 * git/history.h, cleaning and joining of packs in git/upkeep.h. Layout and reasons: schema/store-v1.md.
 *
 * Invariants: whatever a ref reaches is durable before the ref moves; a read checks the object's hash; a size from
 * outside meets a limit before memory is asked for. No network, no system or user configuration of git is ever read.
 * A store is for one thread; open it again in another. Writers hold the partition's lock, which is the caller's.
 */
#ifndef GIT_GIT_H
#define GIT_GIT_H

#include "base/ids.h"

enum git_type {
	GIT_TYPE_COMMIT = 1, /* the numbers are those of the pack format */
	GIT_TYPE_TREE = 2,
	GIT_TYPE_BLOB = 3,
};

struct git_store;
struct git_pack;

/**
 * Once per process, before anything else here; later calls do nothing. Sets libgit2's options (security.md 2.1: fsync on,
 * no configuration outside the repository, bounded windows, caches and packs, strict hashes).
 * @return ERR_OK; ERR_INTERNAL: libgit2 does not start or refuses an option
 */
enum err git_start(struct err_info *info) MUST_USE;

/**
 * Make an empty bare repository, durably: HEAD -> refs/heads/main, config, objects/{info,pack}, refs/{heads,tags,waiting}.
 * HEAD is written last, so a half-made one is no repository and making it again completes it. The parent must exist.
 * @return ERR_OK; ERR_EXISTS: there is a repository; ERR_IO
 */
enum err git_store_create(const char *path, struct err_info *info) MUST_USE;

/**
 * @param out   freed with git_store_free
 * @param path  of a bare repository; borrowed
 * @return ERR_OK; ERR_NOT_FOUND: no directory or no repository there; ERR_IO: another user owns it, or it cannot be read;
 *         ERR_FORMAT: not a bare sha1 repository of version 0; ERR_NOMEM
 */
enum err git_store_open(struct git_store **out, const char *path, struct err_info *info) MUST_USE;
void git_store_free(struct git_store *store);
/** The path given to git_store_open; lives as long as the store. */
const char *git_store_path(const struct git_store *store);

/** A dry run: no cache beside the repository is written from now on. */
void git_store_rehearse(struct git_store *store);
/** What was read is of a state that has passed: most of it will not be asked for again, and is not kept any longer if it is much. */
void git_store_forget(struct git_store *store);

/** One object read: the content is borrowed until git_content_release. An empty value ({0}) may be released. */
struct git_content {
	enum git_type type;
	struct view content;
	void *handle; /* libgit2's object, or NULL */
	struct bytes owned;
};

/**
 * Read an object, without a copy where libgit2 allows. The size is checked against git_type_bytes_max before memory is
 * asked for.
 * @param out  a content that holds nothing; untouched on error
 * @return ERR_OK; ERR_NOT_FOUND (packs that appeared since are looked at first); ERR_FORMAT: another type;
 *         ERR_TOO_BIG; ERR_IO: damaged or unreadable; ERR_NOMEM
 */
enum err git_store_get(struct git_content *out, struct git_store *store, const struct oid *oid, enum git_type type,
                       struct err_info *info) MUST_USE;
void git_content_release(struct git_content *object);

/** The same, copied into bytes of the caller's (what they held is released). */
enum err git_store_read(struct bytes *out, struct git_store *store, const struct oid *oid, enum git_type type,
                        struct err_info *info) MUST_USE;

/** Is the object in the packs known so far (since opening or the last git_store_refresh)? Any type; no disk walk. */
bool git_store_has(struct git_store *store, const struct oid *oid);
/** Look for packs made by others since: after taking the lock, before reading the head. ERR_IO. */
enum err git_store_refresh(struct git_store *store, struct err_info *info) MUST_USE;

/** The id of an object: SHA-1 with collision detection. ERR_FORMAT: the content is a known attack on SHA-1; ERR_NOMEM. */
enum err git_oid_of(struct oid *out, enum git_type type, struct view content, struct err_info *info) MUST_USE;
/**
 * The same without looking for collisions, several times as fast: only for bytes that nobody can choose. Those are sealed
 * records (the key stream of SIV depends on a hash of all of the record, so nobody can aim at the ciphertext) and the trees
 * over them (ids and hashes); and for checking what was read against the id that it was asked by.
 */
void git_oid_quick(struct oid *out, enum git_type type, struct view content);
/** "commit", "tree", "blob". */
const char *git_type_name(enum git_type type);
/** LIMIT_COMMIT_BYTES_MAX, LIMIT_TREE_BYTES_MAX or LIMIT_BLOB_BYTES_MAX. */
size_t git_type_bytes_max(enum git_type type);

/** 40 lower-case hexadecimal digits and a NUL. */
enum {
	OID_HEX_BYTES = 2 * OID_BYTES + 1
};
const char *git_oid_hex(const struct oid *oid, char out[OID_HEX_BYTES]);

/** Where objects are read from: first the pack being written (or NULL), then the store (or NULL). Plain value; borrows. */
struct git_reader {
	struct git_pack *pack;
	struct git_store *store;
};

/** As git_store_get, over both. */
enum err git_reader_get(struct git_content *out, struct git_reader reader, const struct oid *oid, enum git_type type,
                        struct err_info *info) MUST_USE;
/** The same, for who keeps what he reads: the store does not keep it for the next look. */
enum err git_reader_get_once(struct git_content *out, struct git_reader reader, const struct oid *oid,
                             enum git_type type, struct err_info *info) MUST_USE;
/** As git_store_read, over both. */
enum err git_reader_read(struct bytes *out, struct git_reader reader, const struct oid *oid, enum git_type type,
                         struct err_info *info) MUST_USE;
bool git_reader_has(struct git_reader reader, const struct oid *oid);

#endif
