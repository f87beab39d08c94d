/**
 * Records sealed a moment ago, by their blobs: a hub that has taken a bundle looks for findings in the same run, and need
 * not decrypt what it has just encrypted. In memory only, bounded, wiped when it goes; what does not fit is opened again.
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
/** Borrowed until the next put. False: not kept. NULL is fine. */
bool partition_recent_find(struct view *out, const struct partition_recent *recent, const struct oid *blob);

#endif
