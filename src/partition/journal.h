/**
 * The journal of changes: what each edit changed, with the records before and after, kept beside the repository when the edit is
 * made, so that the next bundle and the search for findings need not compare trees and open blobs. A cache ("tiersync-changes",
 * schema/store-v1.md, "Changes"), sealed under a key of this node: where it does not answer, the trees do.
 */
#ifndef PARTITION_JOURNAL_H
#define PARTITION_JOURNAL_H

#include "base/table.h"
#include "partition/partition.h"

struct seal_key;

/** What a partition knows of its journal; {0} at first. */
struct partition_journal {
	struct seal_key *key;
	struct bytes file;  /* as it was when it was first asked */
	struct table index; /* commit -> place of its entry in it, where its entry ends in it */
	bool is_loaded;
};

/** An entry as it lies in the file. */
struct journal_entry {
	struct oid commit;
	struct oid parent;
	uint32_t text_size; /* of its rows, restored */
	struct view head;   /* what the seal is bound to */
	struct view body;
	size_t size;
};

enum {
	JOURNAL_HEAD_BYTES = 48,
	JOURNAL_TAIL_BYTES = 12,
	JOURNAL_KEPT_BYTES =
		LIMIT_CHANGES_FILE_BYTES_MAX / 2, /* of a full file, so that it is not written anew each time */
};

/* --- touches --- */

/** Append one. ERR_NOMEM. */
enum err partition_touches_add(struct partition_touches *touches, const struct partition_touch *touch,
                               struct err_info *info) MUST_USE;
/** Empty, to be filled again. */
void partition_touches_clear(struct partition_touches *touches);
/** One touch an id, ascending, from the state before the first of its touches to that after the last; none that changed nothing. */
void partition_touches_unite(struct partition_touches *touches);

/* --- bytes (journal_bytes.c) --- */

/** Append the rows of an edit. ERR_NOMEM. */
enum err journal_rows_write(struct bytes *out, const struct partition_touches *touches, struct err_info *info) MUST_USE;
/**
 * Append the touches that rows tell.
 * @param rows  untrusted; the texts borrow from it
 * @return ERR_OK; ERR_FORMAT: not what journal_rows_write() writes; ERR_NOMEM
 */
enum err journal_rows_read(struct partition_touches *out, struct view rows, struct err_info *info) MUST_USE;
/** Seal rows as an entry, appended. ERR_NOMEM; ERR_TOO_BIG, without a text: over LIMIT_CHANGES_ENTRY_BYTES_MAX. */
enum err journal_entry_seal(struct bytes *out, const struct seal_key *key, const struct oid *commit,
                            const struct oid *parent, struct view rows, struct err_info *info) MUST_USE;
/** Whether the last JOURNAL_TAIL_BYTES of a file are those of an entry, whose size they then begin with. */
bool journal_tail_is_ours(const uint8_t tail[JOURNAL_TAIL_BYTES]);
/** The entry that ends where `file` ends. False: there is none, or it is cut. `file` is untrusted, and borrowed. */
bool journal_entry_last(struct journal_entry *out, struct view file) MUST_USE;
/** The rows of an entry, appended to `out`. ERR_AUTH, ERR_FORMAT: not ours, or damaged; ERR_NOMEM. */
enum err journal_entry_open(struct bytes *out, const struct journal_entry *entry, const struct seal_key *key,
                            struct err_info *info) MUST_USE;

/* --- of a batch (journal_note.c) --- */

struct partition_sealing;

/**
 * Keep what an edit changed: for this run, if records are kept for it, and with the batch, to be written when that is published. A
 * large one is sealed by another thread meanwhile.
 */
void partition_journal_note(struct partition_batch *batch, const struct oid *commit, const struct oid *parent,
                            const struct partition_touches *touches);
/** All that was noted lies in batch->changes. */
void partition_journal_settle(struct partition_batch *batch);
void partition_sealing_free(struct partition_sealing *sealing);

/* --- the file (journal.c) --- */

/** The key of this node for it, borrowed from the partition; NULL: no keys, or no memory. */
const struct seal_key *journal_key(struct partition *partition);
/** Append entries to the file; a failure is no error. The partition is locked. */
void partition_journal_append(struct partition *partition, struct view entries);
/** The commit on which another one stands, if the journal has that; not yet to be believed. */
bool partition_journal_parent(struct oid *out, struct partition *partition, const struct oid *commit) MUST_USE;
/** Append the touches of a commit to `out`, and tell its parent; texts live as long as `out` and what the run keeps (recent.h). False: it is not in the journal; `out` may then hold a part of them. */
bool partition_journal_find(struct partition_touches *out, struct oid *parent_out, struct partition *partition,
                            const struct oid *commit) MUST_USE;
void partition_journal_release(struct partition_journal *journal);

#endif
