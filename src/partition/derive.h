/** What an edit did, found again from its tree and its parent's: the inverse of making it. */
#ifndef PARTITION_DERIVE_H
#define PARTITION_DERIVE_H

#include "partition/partition.h"

struct git_history;

/** The rows that differ. `parent` may be the empty version. O(changes). */
enum err partition_touches_find(struct partition_touches *out, struct git_reader reader,
                                const struct partition_version *parent, const struct partition_version *version,
                                struct err_info *info) MUST_USE;
/** The same of an edit that is published: from the journal of changes, with its texts, where that has it. */
enum err partition_touches_of(struct partition_touches *out, struct partition *partition,
                              const struct partition_version *parent, const struct partition_version *edit,
                              struct err_info *info) MUST_USE;

/** Where changes are derived: a partition's store and, if not NULL, a batch on top of it. */
struct partition_deriving {
	struct partition *partition;
	struct partition_batch *batch;
	struct git_history *history; /* over the same objects; asked only for records that come back */
};

/**
 * The change of one record by an edit: rows and writes. `out->writes` points at `writes_out`.
 *
 * @param arena  holds all of it
 * @return ERR_OK; writes may be none, where only twin or rule entries differ; ERR_RIGHT: it cannot be opened here; ERR_STATE: a
 *         schema set is missing; ERR_AUTH, ERR_FORMAT, ERR_IO, ERR_NOMEM
 */
enum err partition_touch_derive(struct partition_change *out, struct delta_writes *writes_out, struct arena *arena,
                                const struct partition_deriving *deriving, const struct partition_version *edit,
                                const struct partition_touch *touch, struct err_info *info) MUST_USE;
/** The writes of one edit in one record, as above; none where it did not touch it. */
enum err partition_derive_one(struct partition_change *out, struct delta_writes *writes_out, struct arena *arena,
                              const struct partition_deriving *deriving, const struct oid *edit, const struct id *id,
                              struct err_info *info) MUST_USE;
/** Open both rows only; the epoch of a row whose text was known is not told. Errors as above. */
enum err partition_touch_open(struct partition_change *out, struct arena *arena,
                              const struct partition_deriving *deriving, const struct partition_touch *touch,
                              struct err_info *info) MUST_USE;

#endif
