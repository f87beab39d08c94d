#include <string.h>

#include "base/worker.h"
#include "test.h"

enum {
	SLOTS = 8,
	GROUP = 3,
	JOBS = 10000,
};

struct ring {
	size_t in[SLOTS];
	size_t out[SLOTS];
	size_t done; /* the worker's */
};

static void
square(void *context, size_t slot)
{
	struct ring *ring = context;

	ring->out[slot] = ring->in[slot] * ring->in[slot] + ring->done++;
}

/* NULL where the machine has one processor: then there is nothing to test. */
static struct worker *
start(struct ring *ring)
{
	struct worker *worker = NULL;
	struct err_info info;
	enum err err = worker_new(&worker, SLOTS, GROUP, square, ring, &info);

	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return worker;
}

static size_t
take_all(struct worker *worker, const struct ring *ring, size_t next, bool is_waiting)
{
	size_t slot;

	while (worker_take(&slot, worker, is_waiting)) {
		assert_int_equal(ring->out[slot], next * next + next);
		next++;
	}
	return next;
}

static void
jobs_come_back_in_order_and_each_once(void **state)
{
	struct ring ring = {0};
	struct worker *worker = start(&ring);
	size_t next = 0;

	(void)state;
	if (worker == NULL)
		return;
	for (size_t i = 0; i < JOBS; i++) {
		size_t slot;

		if (!worker_has_room(worker)) {
			assert_true(worker_take(&slot, worker, true));
			assert_int_equal(ring.out[slot], next * next + next);
			next++;
		}
		if (i % 7 == 0)
			next = take_all(worker, &ring, next, false);
		slot = worker_slot(worker);
		assert_in_range(slot, 0, SLOTS - 1);
		ring.in[slot] = i;
		worker_put(worker);
		assert_true(worker_is_busy(worker));
	}
	next = take_all(worker, &ring, next, true);
	assert_int_equal(next, JOBS);
	assert_false(worker_is_busy(worker));
	assert_false(worker_take(&next, worker, true));
	worker_free(worker);
}

static void
it_ends_with_jobs_that_nobody_takes(void **state)
{
	(void)state;
	for (size_t count = 0; count <= SLOTS; count++) {
		struct ring ring = {0};
		struct worker *worker = start(&ring);

		if (worker == NULL)
			return;
		for (size_t i = 0; i < count; i++) {
			ring.in[worker_slot(worker)] = i;
			worker_put(worker);
		}
		worker_free(worker);
		assert_in_range(ring.done, 0, count);
	}
	worker_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_come_back_in_order_and_each_once),
		cmocka_unit_test(it_ends_with_jobs_that_nobody_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
