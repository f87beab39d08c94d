/** What the files of this folder share and others do not see. */
#ifndef GIT_INTERNAL_H
#define GIT_INTERNAL_H

#include "git/git.h"

struct git_mapped;
struct git_repository;
struct git_odb;

struct git_store {
	struct git_repository *repository;
	struct git_odb *odb;       /* packs and loose objects */
	struct git_odb *packs;     /* packs alone: asking it about an object that is not there costs no system call */
	struct git_mapped *mapped; /* our own packs, asked first */
	char *path;
	bool is_rehearsed; /* caches stay as they are */
};

enum {
	GIT_TYPE_TAG = 4, /* only stock git makes these; gc carries them along */
	FILE_MODE = 0644,
	PACK_MODE = 0444,
};

/** "pack-tiersync-": what the names of our packs begin with. */
extern const char GIT_OURS[];
/** "tmp_tiersync_": what the names of our unfinished packs begin with. */
extern const char GIT_TEMPORARY[];

bool git_starts_with(const char *text, const char *prefix);
bool git_ends_with(const char *text, const char *suffix);

/**
 * Translate an error code of libgit2: the formatted words, then what libgit2 said, if anything. `code` is returned, but
 * for libgit2's "not found" (ERR_NOT_FOUND) and "locked" (ERR_LOCKED).
 */
enum err git_failed(struct err_info *info, int result, enum err code, const char *format, ...) FORMAT_OF(4, 5);

/**
 * Forget all packs known and look again. git_store_refresh only adds: libgit2 goes on finding objects in a pack that was
 * removed while it had it open, and a writer would then leave those objects out of its own pack. Contents read stay valid.
 */
enum err git_store_reopen(struct git_store *store, struct err_info *info) MUST_USE;

/** As git_store_get for a type that is not known: *type_out is one of git_type or GIT_TYPE_TAG. */
enum err git_store_get_any(struct git_content *out, int *type_out, struct git_store *store, const struct oid *oid,
                           struct err_info *info) MUST_USE;

/** As git_store_get, for who keeps what he reads: it is not kept here for the next look. */
enum err git_store_get_once(struct git_content *out, struct git_store *store, const struct oid *oid, enum git_type type,
                            struct err_info *info) MUST_USE;

/** ERR_FORMAT with the words for an object of another type than expected. */
enum err git_wrong_type(struct err_info *info, const struct oid *oid, int is, enum git_type expected);

#endif
