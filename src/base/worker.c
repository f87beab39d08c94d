#include "base/worker.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LINGER_LOOKS = 300, /* some 40 us in all: as long as it takes to wake a processor up */
	LINGER_PAUSES = 8,
};

/* Jobs from `taken` to `done` are done, to `shown` the thread may have them, to `put` they are being collected. */
struct worker {
	worker_do work;
	void *context;
	size_t slots;
	size_t group;
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
	bool is_alone; /* there is no thread: a job is done when it is put */
	bool has_home;
	cpu_set_t home; /* the processors that the thread which made the worker may run on */
};

static bool is_without_thread;

void
worker_without_thread(bool is_without)
{
	is_without_thread = is_without;
}

size_t
worker_processors(void)
{
	cpu_set_t ours;
	long count;

	if (is_without_thread)
		return 1;
	if (sched_getaffinity(0, sizeof(ours), &ours) == 0)
		count = CPU_COUNT(&ours);
	else
		count = sysconf(_SC_NPROCESSORS_ONLN); /* there are more than a set holds */
	return count < 1 ? 1 : (size_t)count;
}

/*
 * A new thread is often put on our own processor, though another is idle: then each takes slices of milliseconds from the other until it
 * is moved. So it begins on another one; from there it may go where it likes.
 */
static bool
start(struct worker *worker, void *(*body)(void *))
{
	pthread_attr_t attributes;
	int here = sched_getcpu();
	cpu_set_t others;
	bool is_started;

	worker->has_home = here >= 0 && sched_getaffinity(0, sizeof(worker->home), &worker->home) == 0 &&
	                   CPU_COUNT(&worker->home) > 1 && CPU_ISSET((size_t)here, &worker->home);
	if (pthread_attr_init(&attributes) != 0)
		return false;
	if (worker->has_home) {
		others = worker->home;
		CPU_CLR((size_t)here, &others);
		(void)pthread_attr_setaffinity_np(&attributes, sizeof(others), &others);
	}
	is_started = pthread_create(&worker->thread, &attributes, body, worker) == 0;
	(void)pthread_attr_destroy(&attributes);
	return is_started;
}

static inline void
pause_processor(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* Look a few times more before going to sleep: mostly the other is about to be ready. The mutex is held, and let go meanwhile. */
static void
linger(struct worker *worker, const size_t *what, size_t than)
{
	for (int i = 0; i < LINGER_LOOKS && *what == than && !worker->is_ending; i++) {
		(void)pthread_mutex_unlock(&worker->mutex);
		for (int k = 0; k < LINGER_PAUSES; k++)
			pause_processor();
		(void)pthread_mutex_lock(&worker->mutex);
	}
}

static void *
run(void *context)
{
	struct worker *worker = context;

	if (worker->has_home)
		(void)sched_setaffinity(0, sizeof(worker->home), &worker->home);
	(void)pthread_mutex_lock(&worker->mutex);
	for (;;) {
		size_t from = worker->done;
		size_t to;

		linger(worker, &worker->shown, from);
		while (worker->shown == from && !worker->is_ending)
			(void)pthread_cond_wait(&worker->is_more, &worker->mutex);
		if (worker->is_ending)
			break;
		to = worker->shown - from > worker->group ? from + worker->group : worker->shown;
		(void)pthread_mutex_unlock(&worker->mutex);
		for (size_t i = from; i < to; i++)
			worker->work(worker->context, i % worker->slots);
		(void)pthread_mutex_lock(&worker->mutex);
		worker->done = to;
		(void)pthread_cond_signal(&worker->is_done);
	}
	(void)pthread_mutex_unlock(&worker->mutex);
	return NULL;
}

enum err
worker_new(struct worker **out, size_t slots, size_t group, worker_do work, void *context, struct err_info *info)
{
	struct worker *worker;

	assert(slots > 0 && (slots & (slots - 1)) == 0 && group > 0 && group <= slots);
	worker = calloc(1, sizeof(*worker));
	if (worker == NULL)
		return err_nomem(info);
	worker->slots = slots;
	worker->group = group;
	worker->work = work;
	worker->context = context;
	(void)pthread_mutex_init(&worker->mutex, NULL); /* with default attributes none of these three fails in glibc */
	(void)pthread_cond_init(&worker->is_more, NULL);
	(void)pthread_cond_init(&worker->is_done, NULL);
	/* whether there is a catalogue is found out on this thread; looking into it is safe on any */
	(void)message("");
	worker->is_alone = worker_processors() < 2 || !start(worker, run);
	*out = worker;
	return ERR_OK;
}

void
worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	(void)pthread_mutex_lock(&worker->mutex);
	worker->is_ending = true;
	(void)pthread_cond_signal(&worker->is_more);
	(void)pthread_mutex_unlock(&worker->mutex);
	if (!worker->is_alone)
		(void)pthread_join(worker->thread, NULL);
	(void)pthread_cond_destroy(&worker->is_done);
	(void)pthread_cond_destroy(&worker->is_more);
	(void)pthread_mutex_destroy(&worker->mutex);
	free(worker);
}

bool
worker_has_room(const struct worker *worker)
{
	return worker->put - worker->taken < worker->slots;
}

bool
worker_is_busy(const struct worker *worker)
{
	return worker->put != worker->taken;
}

static void
show(struct worker *worker)
{
	(void)pthread_mutex_lock(&worker->mutex);
	worker->shown = worker->put;
	worker->seen = worker->done;
	(void)pthread_cond_signal(&worker->is_more);
	(void)pthread_mutex_unlock(&worker->mutex);
}

size_t
worker_slot(const struct worker *worker)
{
	assert(worker_has_room(worker));
	return worker->put % worker->slots;
}

void
worker_put(struct worker *worker)
{
	assert(worker_has_room(worker));
	worker->put++;
	if (worker->is_alone) {
		worker->work(worker->context, (worker->put - 1) % worker->slots);
		worker->seen = worker->put;
	} else if (worker->put % worker->group == 0) {
		show(worker);
	}
}

bool
worker_take(size_t *slot_out, struct worker *worker, bool is_waiting)
{
	if (worker->taken == worker->put)
		return false;
	if (worker->taken == worker->seen && is_waiting) {
		show(worker);
		(void)pthread_mutex_lock(&worker->mutex);
		linger(worker, &worker->done, worker->taken);
		while (worker->done == worker->taken)
			(void)pthread_cond_wait(&worker->is_done, &worker->mutex);
		worker->seen = worker->done;
		(void)pthread_mutex_unlock(&worker->mutex);
	}
	if (worker->taken == worker->seen)
		return false;
	*slot_out = worker->taken % worker->slots;
	worker->taken++;
	return true;
}
