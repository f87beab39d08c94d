#include "partition/sealer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "git/git.h"

enum {
	JOBS = 512, /* power of two */
	GROUP = 32, /* jobs that are handed over at once: waking the other thread costs as much as sealing some */
};

struct job {
	const struct seal_key *key;
	struct seal_salt salt;
	struct seal_blob_names names;
	struct bytes plaintext;
	struct bytes blob;
	struct oid oid;
};

/* Jobs from `taken` to `done` are sealed, to `shown` the thread may have them, to `put` they are being collected. */
struct partition_sealer {
	struct partition *partition;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t is_more;
	pthread_cond_t is_done;
	size_t taken; /* ours */
	size_t put;   /* ours */
	size_t shown; /* under the mutex */
	size_t done;  /* under the mutex */
	size_t seen;  /* ours: `done` as it was last looked at */
	bool is_ending;
	struct seal_lthash state; /* the thread's, unless it is not busy */
	struct job jobs[JOBS];
};

static void
seal_job(struct partition_sealer *sealer, struct job *job)
{
	uint8_t *at = job->blob.data;

	at[0] = PARTITION_BLOB_VERSION;
	store_u16(at + 1, job->names.epoch_number);
	seal_blob_seal(at + PARTITION_BLOB_HEADER_BYTES, job->key, &job->salt, &job->names,
	               bytes_view(&job->plaintext));
	seal_wipe(&job->salt, sizeof(job->salt));
	git_oid_quick(&job->oid, GIT_TYPE_BLOB, bytes_view(&job->blob));
	partition_state_add(&sealer->state, "records", &job->names.record, bytes_view(&job->blob));
}

static void *
run(void *context)
{
	struct partition_sealer *sealer = context;

	(void)pthread_mutex_lock(&sealer->mutex);
	for (;;) {
		size_t from = sealer->done;
		size_t to;

		while (sealer->shown == from && !sealer->is_ending)
			(void)pthread_cond_wait(&sealer->is_more, &sealer->mutex);
		if (sealer->is_ending)
			break;
		to = sealer->shown - from > GROUP ? from + GROUP : sealer->shown;
		(void)pthread_mutex_unlock(&sealer->mutex);
		for (size_t i = from; i < to; i++)
			seal_job(sealer, &sealer->jobs[i % JOBS]);
		(void)pthread_mutex_lock(&sealer->mutex);
		sealer->done = to;
		(void)pthread_cond_signal(&sealer->is_done);
	}
	(void)pthread_mutex_unlock(&sealer->mutex);
	return NULL;
}

enum err
partition_sealer_new(struct partition_sealer **out, struct partition *partition, struct err_info *info)
{
	struct partition_sealer *sealer;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return ERR_NOT_FOUND;
	sealer = calloc(1, sizeof(*sealer));
	if (sealer == NULL)
		return err_nomem(info);
	sealer->partition = partition;
	(void)pthread_mutex_init(&sealer->mutex, NULL); /* with default attributes none of these three fails in glibc */
	(void)pthread_cond_init(&sealer->is_more, NULL);
	(void)pthread_cond_init(&sealer->is_done, NULL);
	if (pthread_create(&sealer->thread, NULL, run, sealer) != 0) {
		free(sealer);
		return ERR_NOT_FOUND;
	}
	*out = sealer;
	return ERR_OK;
}

void
partition_sealer_free(struct partition_sealer *sealer)
{
	if (sealer == NULL)
		return;
	(void)pthread_mutex_lock(&sealer->mutex);
	sealer->is_ending = true;
	(void)pthread_cond_signal(&sealer->is_more);
	(void)pthread_mutex_unlock(&sealer->mutex);
	(void)pthread_join(sealer->thread, NULL);
	(void)pthread_cond_destroy(&sealer->is_more);
	(void)pthread_cond_destroy(&sealer->is_done);
	(void)pthread_mutex_destroy(&sealer->mutex);
	for (size_t i = 0; i < JOBS; i++) {
		seal_wipe_bytes(&sealer->jobs[i].plaintext);
		bytes_release(&sealer->jobs[i].blob);
		seal_wipe(&sealer->jobs[i].salt, sizeof(sealer->jobs[i].salt));
	}
	free(sealer);
}

bool
partition_sealer_has_room(const struct partition_sealer *sealer)
{
	return sealer->put - sealer->taken < JOBS;
}

bool
partition_sealer_is_busy(const struct partition_sealer *sealer)
{
	return sealer->put != sealer->taken;
}

static void
show(struct partition_sealer *sealer)
{
	(void)pthread_mutex_lock(&sealer->mutex);
	sealer->shown = sealer->put;
	sealer->seen = sealer->done;
	(void)pthread_cond_signal(&sealer->is_more);
	(void)pthread_mutex_unlock(&sealer->mutex);
}

enum err
partition_sealer_put(struct partition_sealer *sealer, const struct seal_salt *salt, const struct seal_blob_names *names,
                     struct view plaintext, struct err_info *info)
{
	struct job *job = &sealer->jobs[sealer->put % JOBS];
	enum err err;

	assert(partition_sealer_has_room(sealer));
	bytes_clear(&job->plaintext);
	bytes_clear(&job->blob);
	err = partition_epoch_key(&job->key, sealer->partition, names->epoch_number, &names->epoch, info);
	if (err == ERR_OK)
		err = bytes_append_view(&job->plaintext, plaintext, info);
	if (err == ERR_OK && bytes_extend(&job->blob, PARTITION_BLOB_OVERHEAD_BYTES + plaintext.size) == NULL)
		err = err_nomem(info);
	if (err != ERR_OK)
		return err;
	job->salt = *salt;
	job->names = *names;
	sealer->put++;
	if (sealer->put % GROUP == 0)
		show(sealer);
	return ERR_OK;
}

bool
partition_sealer_take(struct partition_sealed *out, struct partition_sealer *sealer, bool is_waiting)
{
	const struct job *job = &sealer->jobs[sealer->taken % JOBS];

	if (sealer->taken == sealer->put)
		return false;
	if (sealer->taken == sealer->seen && is_waiting) {
		show(sealer);
		(void)pthread_mutex_lock(&sealer->mutex);
		while (sealer->done == sealer->taken)
			(void)pthread_cond_wait(&sealer->is_done, &sealer->mutex);
		sealer->seen = sealer->done;
		(void)pthread_mutex_unlock(&sealer->mutex);
	}
	if (sealer->taken == sealer->seen)
		return false;
	*out = (struct partition_sealed){job->names.record, job->oid, bytes_view(&job->blob),
	                                 bytes_view(&job->plaintext)};
	sealer->taken++;
	return true;
}

void
partition_sealer_settle(struct seal_lthash *state, struct partition_sealer *sealer)
{
	assert(!partition_sealer_is_busy(sealer));
	seal_lthash_join(state, &sealer->state);
	sealer->state = (struct seal_lthash){{0}};
}
