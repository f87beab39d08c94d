/** Inside receipt: the state about one peer. */
#ifndef RECEIPT_PEER_STATE_H
#define RECEIPT_PEER_STATE_H

#include "receipt/peer.h"

enum {
	PEER_NOTHING_SERVED = -1
};

struct peer_answer {
	struct receipt_answer answer;
	uint64_t carried; /* our first bundle that carried it; 0: none yet */
};

struct peer_sent {
	uint64_t number;
	struct digest bundle;
};

struct peer_partition {
	struct id id;
	struct oid head;
	struct oid *named; /* malloc'd */
	size_t named_count;
	struct oid shown;
	uint64_t shown_number;
	struct oid acknowledged;
	struct oid peer_shown;
	struct oid told;
	bool is_heard;
	struct oid *taken; /* malloc'd: tips of all that was ever taken from the peer, ascending */
	size_t taken_count;
};

struct receipt_peer {
	struct peer_answer answers[LIMIT_ANSWERS_MAX]; /* newest first */
	size_t answer_count;
	struct peer_sent sent[LIMIT_SENT_KEPT_MAX]; /* oldest first */
	size_t sent_count;
	int64_t need;            /* merge_spec's `need`; PEER_NOTHING_SERVED: none */
	int64_t need_dictionary; /* the same for "no dictionary" */
	struct peer_partition *partitions;
	size_t partition_count;
	size_t partition_capacity;
	struct table partition_by_id;
};

/** The state of a partition, made if there is none. ERR_NOMEM; ERR_TOO_BIG: over LIMIT_NODES_MAX. */
enum err receipt_peer_partition(struct peer_partition **out, struct receipt_peer *peer, const struct id *id,
                                struct err_info *info) MUST_USE;

#endif
