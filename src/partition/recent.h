/**
 * Records sealed a moment ago, by their blobs: a hub that has taken a bundle looks for findings in the same run, and need
 * not decrypt what it has just encrypted. In memory only, bounded, wiped when it goes; what does not fit is opened again.
 * The rows of the edits made in this run are kept the same way (journal.h).
 */
#ifndef PARTITION_RECENT_H
#define PARTITION_RECENT_H

#include "base/ids.h"

struct partition_recent;

/** ERR_NOMEM. */
enum err partition_recent_new(struct partition_recent **out, struct err_info *info) MUST_USE;
void partition_recent_free(struct partition_recent *recent);
/** Keep a copy of a record's plaintext, if there is room. NULL is fine. */
void partition_recent_put(struct partition_recent *recent, const struct oid *blob, struct view plaintext);
/** Borrowed as long as it lives. False: not kept. NULL is fine. */
bool partition_recent_find(struct view *out, const struct partition_recent *recent, const struct oid *blob);

/** Keep what an edit changed, if there is room: then the rows are taken over, and empty. NULL is fine. */
void partition_recent_take_changes(struct partition_recent *recent, const struct oid *commit, const struct oid *parent,
                                   struct bytes *rows);
/** Borrowed as long as it lives. False: not kept. NULL is fine. */
bool partition_recent_find_changes(struct view *out, struct oid *parent_out, const struct partition_recent *recent,
                                   const struct oid *commit);

#endif
