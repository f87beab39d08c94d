/**
 * What a peer is known to hold, and which receipts answer which of our bundles: pure state, fed with bundles made and
 * receipts taken. Nothing here is evidence; if it is lost or older than the truth (a restored backup), the next bundles start
 * too early or too late, a receipt says `base unknown`, and it heals. Rules: merge_spec part 6; schema/receipt-v1.md, section 6.
 *
 *   - A bundle starts from what the peer's newest receipt names, even if that is less than before.
 *   - "base unknown" is served first: until a bundle made after it is answered, bundles start from what that receipt names.
 *   - A bundle that answers nothing of ours still tells what the peer holds, unless a "base unknown" is being served.
 *   - We answer the peer's last four bundles, newest first; an answer that the peer is known to have read is left out.
 */
#ifndef RECEIPT_PEER_H
#define RECEIPT_PEER_H

#include "base/table.h"
#include "receipt/receipt.h"

struct receipt_peer;

enum err receipt_peer_new(struct receipt_peer **out, struct err_info *info) MUST_USE;
void receipt_peer_free(struct receipt_peer *peer);
/** The peer began anew: forget what it was known to hold and what we owe its bundles. What we took from it stays. */
void receipt_peer_forget(struct receipt_peer *peer);
/** Canonical bytes of the state, appended. ERR_NOMEM. */
enum err receipt_peer_write(struct bytes *out, const struct receipt_peer *peer, struct err_info *info) MUST_USE;
/** ERR_OK; ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM. */
enum err receipt_peer_read(struct receipt_peer **out, struct view content, struct err_info *info) MUST_USE;

/* --- what we sent --- */

/** A head that a bundle of ours showed to the peer. */
struct receipt_shown {
	struct id partition;
	struct oid head;
};

/**
 * We made a bundle for the peer.
 * @param number  the node's bundle number: rises from bundle to bundle, whoever they are for
 */
enum err receipt_peer_sent(struct receipt_peer *peer, uint64_t number, const struct digest *bundle,
                           const struct receipt_shown *shown, size_t shown_count, struct err_info *info) MUST_USE;

/* --- what it told us --- */

/** What taking a receipt did, for the caller to report. */
struct receipt_peer_news {
	bool is_answered;             /* it answers a bundle of ours that we remember */
	uint64_t number;              /* the newest such bundle */
	enum receipt_outcome outcome; /* of that bundle */
	bool is_known_changed;        /* what the peer is known to hold was replaced by what it names */
};

/**
 * The peer's verified receipt arrived.
 * @param own_number  number of the last bundle that we made for anybody: "served" means answered after it
 */
enum err receipt_peer_take(struct receipt_peer *peer, const struct receipt *receipt, uint64_t own_number,
                           struct receipt_peer_news *news_out, struct err_info *info) MUST_USE;
/** The peer's bundle showed a head of its own. */
enum err receipt_peer_showed(struct receipt_peer *peer, const struct receipt_shown *shown,
                             struct err_info *info) MUST_USE;
/** The peer says that this is its head: in a bundle's preamble, or in a receipt that we had not got before. */
enum err receipt_peer_told(struct receipt_peer *peer, const struct receipt_shown *told, struct err_info *info) MUST_USE;
/** Walk the heads that the peer last told: start at 0; false at the end. */
bool receipt_peer_next_told(struct receipt_shown *out, const struct receipt_peer *peer, size_t *position);
/** The peer does not hold what it told: forget what it was known to hold; the next bundle asks by showing heads. */
void receipt_peer_doubt(struct receipt_peer *peer);
/** We took edits from the peer: the tips of all that we ever took, at most LIMIT_RECEIPT_TIPS_MAX, ascending, unique. */
enum err receipt_peer_took(struct receipt_peer *peer, const struct id *partition, struct receipt_oids tips,
                           struct err_info *info) MUST_USE;

/** What the next bundle for the peer starts from in one partition. */
struct receipt_known {
	struct oid head;         /* the peer's head, as it last named it; zero: none */
	const struct oid *named; /* the edits that it named, ascending; bases are those that we hold */
	size_t named_count;
	bool is_heard;           /* it ever named this partition */
	struct oid shown;        /* the head that our last bundle showed it; zero: none */
	struct oid peer_shown;   /* the head that the peer's last bundle showed us of its own; zero: none */
	struct oid acknowledged; /* of those, the newest that it answered as taken */
	struct oid told;         /* the head that it last told us; zero: not known */
	const struct oid *taken; /* tips of all that we ever took from it, ascending */
	size_t taken_count;
};

/** Borrowed until the peer's state changes. All zero for a partition never heard of. */
struct receipt_known receipt_peer_known(const struct receipt_peer *peer, const struct id *partition);
/** Whether our own receipt needs a ladder: our head is none that the peer has shown or acknowledged. */
bool receipt_peer_needs_ladder(const struct receipt_peer *peer, const struct id *partition, const struct oid *own_head);
/** Whether a "base unknown" is being served: send at once, from what was named. */
bool receipt_peer_is_base_unknown(const struct receipt_peer *peer);
/** Whether the next bundle must go without a dictionary. */
bool receipt_peer_is_without_dictionary(const struct receipt_peer *peer);

/* --- what we owe it --- */

/** We took (or refused) the peer's bundle; the newest first, one per digest, at most LIMIT_ANSWERS_MAX stay. */
enum err receipt_peer_owe(struct receipt_peer *peer, const struct receipt_answer *answer,
                          struct err_info *info) MUST_USE;
/** The answers for the next receipt; returns how many. */
size_t receipt_peer_answers(const struct receipt_peer *peer, struct receipt_answer out[LIMIT_ANSWERS_MAX]);

#endif
