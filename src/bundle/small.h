/** The small section of a bundle: receipts, statements, chain ends, wrapped epoch keys, the night's line. schema/exchange-v1.md. */
#ifndef BUNDLE_SMALL_H
#define BUNDLE_SMALL_H

#include "base/arena.h"
#include "keyring/keyring.h"
#include "statement/lines.h"

/** A wrap with the partition that it belongs to. */
struct bundle_wrap {
	struct id partition;
	struct keyring_wrap wrap;
};

enum {
	BUNDLE_STANDING_BYTES = 8
};

/** What a sender misses and its neighbours may think that it has. */
enum bundle_lacks {
	BUNDLE_LACKS_SCHEMA = 1 << 0, /* the newest schema set that it knows to be open */
	BUNDLE_LACKS_KEY = 1 << 1,    /* the key of an epoch of a partition that it holds and may read */
};

/** All arrays are borrowed by a writer; a reader's lie in `arena`, its views point into the section. */
struct bundle_small {
	const struct view *receipts; /* wire forms (receipt_write) */
	size_t receipt_count;
	const struct view *statements; /* wire forms (statement_wire_write), in an order in which each can be added */
	size_t statement_count;
	const struct statement_reference *chains;
	size_t chain_count;
	const struct bundle_wrap *wraps;
	size_t wrap_count;
	struct view night; /* wire form (checkpoint_night_wire_write); empty: none */
	bool has_standing;
	uint8_t standing[BUNDLE_STANDING_BYTES]; /* bundle_standing() of all chain ends that concern the recipient */
	uint32_t lacks;                          /* enum bundle_lacks */
	bool has_holds;
	uint8_t holds[BUNDLE_STANDING_BYTES]; /* bundle_holds() of all heads that concern the lower of the two */
	struct arena arena;
};

/** Append the section; all empty appends an empty map. ERR_NOMEM. */
enum err bundle_small_write(struct bytes *out, const struct bundle_small *small, struct err_info *info) MUST_USE;
/** @param section  untrusted, borrowed. ERR_FORMAT; ERR_TOO_BIG; ERR_NOMEM. */
enum err bundle_small_read(struct bundle_small *out, struct view section, struct err_info *info) MUST_USE;
void bundle_small_release(struct bundle_small *small);

/** A list of chain ends, each issuer once, in a few bytes; their order does not matter. ERR_NOMEM. */
enum err bundle_standing(uint8_t out[BUNDLE_STANDING_BYTES], const struct statement_reference *chains, size_t count,
                         struct err_info *info) MUST_USE;

/** A partition's head, as it is summed up. */
struct bundle_head {
	struct id partition;
	struct oid head;
};

/** The same of heads, each partition once; sorts them. */
void bundle_holds(uint8_t out[BUNDLE_STANDING_BYTES], struct bundle_head *heads, size_t count);

#endif
