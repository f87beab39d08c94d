/** Inside keyring: what an open keyring is. */
#ifndef KEYRING_INSIDE_H
#define KEYRING_INSIDE_H

#include "keyring/keyring.h"
#include "keyring/segment.h"

struct keyring {
	char dir[LIMIT_PATH_BYTES_MAX];
	struct id partition;
	struct segment *segments; /* the one with most salts first */
	size_t count;
	struct keyring_rehearsal *rehearsal; /* NULL: what is added is written */
};

/** Add a wrap to what is rehearsed, or put it in the place of one for the same epoch and recipient. ERR_NOMEM. */
enum err keyring_rehearsal_put(struct keyring_rehearsal *rehearsal, const struct id *partition,
                               const struct keyring_wrap *wrap, struct err_info *info) MUST_USE;
/** The rehearsed wrap of an epoch for a recipient; NULL: none. Borrowed until the next one is put. */
const struct keyring_wrap *keyring_rehearsal_find(const struct keyring_rehearsal *rehearsal, const struct id *partition,
                                                  const struct keyring_wrap *like);
/** The next rehearsed wrap of a partition from *position (0 at first); NULL: no more. Borrowed as above. */
const struct keyring_wrap *keyring_rehearsal_next(const struct keyring_rehearsal *rehearsal, const struct id *partition,
                                                  size_t *position);

/** Is it "salts-NNNNNNNN"? Then its number. */
bool keyring_segment_number(uint32_t *out, const char *name);
/** Is it "wrap-..." in form? */
bool keyring_is_wrap_name(const char *name);
/** Read the wrap of that name, verifying file and name against each other. ERR_NOT_FOUND, ERR_FORMAT, ERR_IO, ERR_NOMEM. */
enum err keyring_read_wrap(struct keyring_wrap *out, const struct keyring *keyring, const char *name,
                           struct err_info *info) MUST_USE;
/** Parse a wrap's file. ERR_FORMAT, ERR_VERSION. */
enum err keyring_parse_wrap(struct keyring_wrap *out, struct view content, const struct id *partition,
                            struct err_info *info) MUST_USE;

#endif
