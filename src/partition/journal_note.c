/* What a batch adds to the journal: sealed while the batch is being published. */
#include <stdlib.h>

#include "base/worker.h"
#include "partition/internal.h"
#include "partition/recent.h"

enum {
	BESIDE_BYTES = 65536 /* rows that are worth a thread */
};

/* What an entry is made of. */
struct unsealed {
	const struct seal_key *key;
	struct oid commit;
	struct oid parent;
	struct view rows;
};

struct partition_sealing {
	struct worker *worker;
	struct unsealed what;
	struct bytes own; /* the rows, where the run does not keep them */
	struct bytes entry;
	enum err err;
};

static enum err
seal(struct bytes *entry, const struct unsealed *what)
{
	return journal_entry_seal(entry, what->key, &what->commit, &what->parent, what->rows, NULL);
}

static void
seal_job(void *context, size_t slot)
{
	struct partition_sealing *sealing = context;

	(void)slot;
	sealing->err = seal(&sealing->entry, &sealing->what);
}

void
partition_sealing_free(struct partition_sealing *sealing)
{
	if (sealing == NULL)
		return;
	worker_free(sealing->worker);
	seal_wipe_bytes(&sealing->own);
	bytes_release(&sealing->entry);
	free(sealing);
}

/* NULL: no memory. */
static struct partition_sealing *
sealing_of(struct partition_batch *batch)
{
	struct partition_sealing *sealing = batch->sealing;

	if (sealing != NULL)
		return sealing;
	sealing = calloc(1, sizeof(*sealing));
	if (sealing == NULL)
		return NULL;
	if (worker_new(&sealing->worker, 1, 1, seal_job, sealing, NULL) != ERR_OK) {
		free(sealing);
		return NULL;
	}
	batch->sealing = sealing;
	return sealing;
}

/* An entry with which the batch would have too much is left out, and one for which there is no memory. */
static void
keep(struct partition_batch *batch, struct view entry)
{
	size_t size = batch->changes.size;

	if (size + entry.size > JOURNAL_KEPT_BYTES || bytes_append_view(&batch->changes, entry, NULL) != ERR_OK)
		batch->changes.size = size;
}

void
partition_journal_settle(struct partition_batch *batch)
{
	struct partition_sealing *sealing = batch->sealing;
	size_t slot;

	if (sealing == NULL || !worker_take(&slot, sealing->worker, true))
		return;
	if (sealing->err == ERR_OK)
		keep(batch, bytes_view(&sealing->entry));
	bytes_clear(&sealing->entry);
	seal_wipe_bytes(&sealing->own);
}

/* The rows are the run's, or else the thread's. */
static void
seal_beside(struct partition_batch *batch, const struct unsealed *what, struct bytes *rows)
{
	struct partition_sealing *sealing = sealing_of(batch);

	if (sealing == NULL)
		return;
	sealing->what = *what;
	sealing->own = *rows;
	*rows = (struct bytes){0};
	(void)worker_slot(sealing->worker);
	worker_put(sealing->worker);
}

static void
seal_here(struct partition_batch *batch, const struct unsealed *what)
{
	struct bytes entry = {0};

	if (seal(&entry, what) == ERR_OK)
		keep(batch, bytes_view(&entry));
	bytes_release(&entry);
}

void
partition_journal_note(struct partition_batch *batch, const struct oid *commit, const struct oid *parent,
                       const struct partition_touches *touches)
{
	struct unsealed what = {.key = journal_key(batch->partition), .commit = *commit, .parent = *parent};
	bool is_written = batch->partition->world.rehearsal == NULL;
	struct bytes rows = {0};

	partition_journal_settle(batch);
	if (what.key == NULL || journal_rows_write(&rows, touches, NULL) != ERR_OK ||
	    rows.size > LIMIT_CHANGES_ENTRY_BYTES_MAX) {
		seal_wipe_bytes(&rows);
		return;
	}
	what.rows = bytes_view(&rows);
	if (is_written && rows.size < BESIDE_BYTES)
		seal_here(batch, &what);
	is_written = is_written && rows.size >= BESIDE_BYTES;
	partition_recent_take_changes(batch->partition->world.recent, commit, parent, &rows);
	if (is_written)
		seal_beside(batch, &what, &rows);
	seal_wipe_bytes(&rows);
}
