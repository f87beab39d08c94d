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

static struct worker *
start(struct ring *ring)
{
	struct worker *worker = NULL;
	struct err_info info;

	assert_ok(worker_new(&worker, SLOTS, GROUP, square, ring, &info));
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
check_order(void)
{
	struct ring ring = {0};
	struct worker *worker = start(&ring);
	size_t next = 0;

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
check_end(void)
{
	for (size_t count = 0; count <= SLOTS; count++) {
		struct ring ring = {0};
		struct worker *worker = start(&ring);

		for (size_t i = 0; i < count; i++) {
			ring.in[worker_slot(worker)] = i;
			worker_put(worker);
		}
		worker_free(worker);
		assert_in_range(ring.done, 0, count);
	}
	worker_free(NULL);
}

static void
jobs_come_back_in_order_and_each_once(void **state)
{
	(void)state;
	check_order();
	worker_without_thread(true);
	check_order();
	worker_without_thread(false);
}

static void
it_ends_with_jobs_that_nobody_takes(void **state)
{
	(void)state;
	check_end();
	worker_without_thread(true);
	check_end();
	worker_without_thread(false);
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
