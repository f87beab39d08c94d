/**
 * Sealing beside the thread that makes the records: of what an added or changed record costs, half is encryption, its id and
 * its part of the state digest, and none of it depends on the records around it. One thread of our own takes the plaintexts in
 * order and gives the blobs back in order, so that pack, tree and digest are the same as without it.
 * Internal to partition.
 */
#ifndef PARTITION_SEALER_H
#define PARTITION_SEALER_H

#include "partition/internal.h"

struct partition_sealer;

/** One sealed record. Both views are borrowed until the next call on the sealer. */
struct partition_sealed {
	struct id id;
	struct oid oid;
	struct view blob;
	struct view plaintext;
	size_t note; /* as it was handed over */
};

/** A record to seal; all of it is copied. */
struct partition_unsealed {
	const struct seal_salt *salt; /* the copy is wiped when the record is sealed */
	struct seal_blob_names names;
	struct view plaintext;
	struct view gone; /* the blob in whose place the new one comes, to be taken out of the state; empty: none */
	size_t note;      /* comes back with the blob */
};

/** ERR_NOMEM. */
enum err partition_sealer_new(struct partition_sealer **out, struct partition *partition,
                              struct err_info *info) MUST_USE;
/** Stops the thread; what was not taken is dropped, and wiped. */
void partition_sealer_free(struct partition_sealer *sealer);

/** Room for one more? If not, take one first. So many records may wait, and of large ones so many as fill a few MiB. */
bool partition_sealer_has_room(const struct partition_sealer *sealer);
/** Hand over a record. There must be room. ERR_NOMEM; errors of partition_epoch_open() */
enum err partition_sealer_put(struct partition_sealer *sealer, const struct partition_unsealed *record,
                              struct err_info *info) MUST_USE;
/**
 * The next one, in the order of handing over.
 * @param is_waiting  wait until it is sealed; else false also when it is not yet
 * @return false: none
 */
bool partition_sealer_take(struct partition_sealed *out, struct partition_sealer *sealer, bool is_waiting);
/** Whether a record was handed over and not taken. */
bool partition_sealer_is_busy(const struct partition_sealer *sealer);
/** False: no record of this id was handed over and not taken. True also for some others. */
bool partition_sealer_may_hold(const struct partition_sealer *sealer, const struct id *id);
/** Add the share of all records taken so far to a state, once. Only while it is not busy. */
void partition_sealer_settle(struct seal_lthash *state, struct partition_sealer *sealer);

#endif
