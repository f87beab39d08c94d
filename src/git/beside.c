#include "git/beside.h"

#include <stdlib.h>

#include "base/worker.h"

enum {
	JOBS = 128, /* power of two */
	GROUP = 16,
};

struct job {
	struct oid oid;
	struct bytes content;
	struct bytes entry;
	uint32_t crc;
	enum err err;
};

struct pack_beside {
	struct git_pack *pack;
	struct worker *worker;
	struct pack_encoder encoder; /* the thread's */
	struct err_info why;         /* of the first that failed; the thread's until that one is taken */
	bool has_failed;             /* the thread's */
	struct job jobs[JOBS];
};

static void
encode_job(void *context, size_t slot)
{
	struct pack_beside *beside = context;
	struct job *job = &beside->jobs[slot];
	struct err_info why;

	bytes_clear(&job->entry);
	job->err = pack_encode(&job->entry, &beside->encoder, GIT_TYPE_TREE, bytes_view(&job->content), &why);
	job->crc = libdeflate_crc32(0, job->entry.data, job->entry.size);
	if (job->err != ERR_OK && !beside->has_failed) {
		beside->why = why;
		beside->has_failed = true;
	}
}

enum err
pack_beside_new(struct pack_beside **out, struct git_pack *pack, struct err_info *info)
{
	struct pack_beside *beside = calloc(1, sizeof(*beside));
	enum err err;

	if (beside == NULL)
		return err_nomem(info);
	beside->pack = pack;
	err = worker_new(&beside->worker, JOBS, GROUP, encode_job, beside, info);
	if (err != ERR_OK) {
		free(beside);
		return err;
	}
	*out = beside;
	return ERR_OK;
}

void
pack_beside_free(struct pack_beside *beside)
{
	if (beside == NULL)
		return;
	worker_free(beside->worker);
	for (size_t i = 0; i < JOBS; i++) {
		bytes_release(&beside->jobs[i].content);
		bytes_release(&beside->jobs[i].entry);
	}
	pack_encoder_release(&beside->encoder);
	free(beside);
}

/* What is ready comes into the pack. */
static enum err
take(struct pack_beside *beside, bool is_waiting, struct err_info *info)
{
	enum err err = ERR_OK;
	size_t slot;

	while (err == ERR_OK && worker_take(&slot, beside->worker, is_waiting || !worker_has_room(beside->worker))) {
		const struct job *job = &beside->jobs[slot];

		if (job->err == ERR_OK)
			err = pack_add_made(beside->pack, bytes_view(&job->entry), &job->oid, job->crc, info);
		else
			err = err_pass(info, job->err, &beside->why);
	}
	return err;
}

enum err
pack_beside_put(struct pack_beside *beside, struct bytes *content, const struct oid *oid, struct err_info *info)
{
	enum err err = take(beside, false, info);
	struct job *job;
	struct bytes empty;

	if (err != ERR_OK || !pack_wants(beside->pack, oid))
		return err;
	job = &beside->jobs[worker_slot(beside->worker)];
	empty = job->content;
	bytes_clear(&empty);
	job->content = *content;
	job->oid = *oid;
	*content = empty;
	worker_put(beside->worker);
	return ERR_OK;
}

enum err
pack_beside_end(struct pack_beside *beside, struct err_info *info)
{
	return take(beside, true, info);
}
