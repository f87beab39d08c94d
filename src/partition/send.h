/** A partition's delta for a peer: from the edits that the peer is known to hold to our head. schema/delta-v1.md. */
#ifndef PARTITION_SEND_H
#define PARTITION_SEND_H

#include "delta/changes.h"
#include "git/history.h"
#include "partition/partition.h"

struct partition_delta {
	struct bytes section;  /* delta-v1.md */
	struct git_oids bases; /* ascending: the commits outside that the delta's commits have as parents */
	struct oid end;        /* the last commit that it carries */
	bool is_whole;         /* `end` is the head that was asked for */
	size_t edit_count;
	struct delta_counts counts;
	bool has_new_epoch; /* it starts at the beginning, or an edit in it names a later epoch than its parent */
};

struct partition_delta_terms {
	struct git_oids_view known; /* commits that the peer holds and we hold; may be empty */
	size_t size_limit;      /* bytes of the section before compression; past it the delta ends at the last edit that
	                             * fits (at least one commit is always carried) */
	bool is_without_sample; /* the peer could not rebuild the sample of an earlier one */
	bool is_blind; /* the peer may not read: every record, and of every merge what it changed, travels as blobs */
};

/**
 * Make the delta between what is known to be held and a head.
 *
 * @return ERR_OK (edit_count 0 and an empty section: nothing to send); ERR_TOO_BIG: over LIMIT_BASES_MAX outside parents;
 *         errors of reading. Release with partition_delta_release.
 */
enum err partition_delta_make(struct partition_delta *out, struct partition *partition, const struct oid *head,
                              const struct partition_delta_terms *terms, struct err_info *info) MUST_USE;
void partition_delta_release(struct partition_delta *delta);

#endif
