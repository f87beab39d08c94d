/** The note about the pack that is being published: schema/store-v1.md, "Care". */
#ifndef GIT_NOTE_H
#define GIT_NOTE_H

#include "git/internal.h"

struct git_note {
	char pack[OID_HEX_BYTES]; /* the digits of the pack's name */
	struct oid refs;
	struct oid packs;
};

/** Digests of the refs and of the packs other than `pack` as they are now. ERR_IO, ERR_TOO_BIG. */
enum err git_note_take(struct git_note *out, struct git_store *store, const char *pack, struct err_info *info) MUST_USE;
/** Overwrite the note and sync it: from here on the pack may become visible. ERR_IO. */
enum err git_note_write(struct git_store *store, const struct git_note *note, struct err_info *info) MUST_USE;
/** ERR_NOT_FOUND: no note, or not a whole one; ERR_IO. */
enum err git_note_read(struct git_note *out, struct git_store *store, struct err_info *info) MUST_USE;
/** The note's text, strictly. ERR_FORMAT. */
enum err git_note_parse(struct git_note *out, struct view text, struct err_info *info) MUST_USE;

#endif
