#include "partition/sealer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/worker.h"
#include "git/git.h"

enum {
	JOBS = 512, /* power of two */
	GROUP = 32,
	PLACES = 16384,           /* power of two; of ids, by their first bits */
	USUAL_BYTES = 8192,       /* of a job. Larger ones are counted, and keep no memory */
	HELD_BYTES_MAX = 4 << 20, /* of larger jobs; beyond it there is no room for a further one */
};

struct job {
	const struct partition_epoch *epoch;
	struct seal_salt salt;
	struct seal_blob_names names;
	struct bytes plaintext;
	struct bytes scratch; /* as large as the plaintext */
	struct bytes blob;
	struct bytes gone;
	struct oid oid;
	size_t note;
	size_t counted; /* in `large` */
};

struct partition_sealer {
	struct partition *partition;
	struct worker *worker;
	struct seal_lthash state; /* the thread's, unless it is not busy */
	uint16_t held[PLACES];    /* how many were handed over and not taken */
	size_t large;             /* bytes of the large ones among them, and of the one at hand */
	struct job *at_hand;      /* taken last; NULL: none, or its memory is used again */
	struct job jobs[JOBS];
};

static size_t
place_of(const struct id *id)
{
	return load_u16(id->bytes) % PLACES;
}

static void
seal_job(void *context, size_t slot)
{
	struct partition_sealer *sealer = context;
	struct job *job = &sealer->jobs[slot];

	job->blob.size = partition_blob_write(job->blob.data, job->scratch.data, job->epoch, &job->salt, &job->names,
	                                      bytes_view(&job->plaintext));
	seal_wipe(&job->salt, sizeof(job->salt));
	git_oid_quick(&job->oid, GIT_TYPE_BLOB, bytes_view(&job->blob));
	partition_state_add(&sealer->state, "records", &job->names.record, bytes_view(&job->blob));
	if (job->gone.size > 0)
		partition_state_remove(&sealer->state, "records", &job->names.record, bytes_view(&job->gone));
}

static void
release_job(struct job *job)
{
	seal_wipe_bytes(&job->plaintext);
	seal_wipe_bytes(&job->scratch);
	bytes_release(&job->blob);
	bytes_release(&job->gone);
	seal_wipe(&job->salt, sizeof(job->salt));
}

/* Nobody looks at the record taken last any more. */
static void
end_job(struct partition_sealer *sealer)
{
	struct job *job = sealer->at_hand;

	sealer->at_hand = NULL;
	if (job == NULL || job->counted == 0)
		return;
	release_job(job);
	sealer->large -= job->counted;
	job->counted = 0;
}

enum err
partition_sealer_new(struct partition_sealer **out, struct partition *partition, struct err_info *info)
{
	struct partition_sealer *sealer = calloc(1, sizeof(*sealer));
	enum err err;

	if (sealer == NULL)
		return err_nomem(info);
	sealer->partition = partition;
	err = worker_new(&sealer->worker, JOBS, GROUP, seal_job, sealer, info);
	if (err != ERR_OK) {
		free(sealer);
		return err;
	}
	*out = sealer;
	return ERR_OK;
}

void
partition_sealer_free(struct partition_sealer *sealer)
{
	if (sealer == NULL)
		return;
	worker_free(sealer->worker);
	for (size_t i = 0; i < JOBS; i++)
		release_job(&sealer->jobs[i]);
	free(sealer);
}

bool
partition_sealer_has_room(const struct partition_sealer *sealer)
{
	return worker_has_room(sealer->worker) && (sealer->large <= HELD_BYTES_MAX || !worker_is_busy(sealer->worker));
}

bool
partition_sealer_is_busy(const struct partition_sealer *sealer)
{
	return worker_is_busy(sealer->worker);
}

enum err
partition_sealer_put(struct partition_sealer *sealer, const struct partition_unsealed *record, struct err_info *info)
{
	struct job *job = &sealer->jobs[worker_slot(sealer->worker)];
	const struct seal_blob_names *names = &record->names;
	size_t size = record->plaintext.size;
	size_t job_bytes = 3 * size + record->gone.size;
	enum err err;

	end_job(sealer);
	bytes_clear(&job->plaintext);
	bytes_clear(&job->blob);
	bytes_clear(&job->gone);
	err = partition_epoch_open(&job->epoch, sealer->partition, names->epoch_number, &names->epoch, info);
	if (err == ERR_OK)
		err = bytes_append_view(&job->plaintext, record->plaintext, info);
	if (err == ERR_OK)
		err = bytes_append_view(&job->gone, record->gone, info);
	if (err == ERR_OK)
		err = bytes_reserve(&job->scratch, size, info);
	if (err == ERR_OK && bytes_extend(&job->blob, PARTITION_BLOB_OVERHEAD_BYTES + size) == NULL)
		err = err_nomem(info);
	if (err != ERR_OK)
		return err;
	job->salt = *record->salt;
	job->names = *names;
	job->note = record->note;
	job->counted = job_bytes > USUAL_BYTES ? job_bytes : 0;
	sealer->large += job->counted;
	sealer->held[place_of(&names->record)]++;
	worker_put(sealer->worker);
	return ERR_OK;
}

bool
partition_sealer_take(struct partition_sealed *out, struct partition_sealer *sealer, bool is_waiting)
{
	struct job *job;
	size_t slot;

	end_job(sealer);
	if (!worker_take(&slot, sealer->worker, is_waiting))
		return false;
	job = &sealer->jobs[slot];
	sealer->at_hand = job;
	sealer->held[place_of(&job->names.record)]--;
	*out = (struct partition_sealed){job->names.record, job->oid, bytes_view(&job->blob),
	                                 bytes_view(&job->plaintext), job->note};
	return true;
}

bool
partition_sealer_may_hold(const struct partition_sealer *sealer, const struct id *id)
{
	return sealer->held[place_of(id)] > 0;
}

void
partition_sealer_settle(struct seal_lthash *state, struct partition_sealer *sealer)
{
	assert(!partition_sealer_is_busy(sealer));
	seal_lthash_join(state, &sealer->state);
	sealer->state = (struct seal_lthash){{0}};
}
