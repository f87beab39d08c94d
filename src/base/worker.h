/**
 * A thread that works beside ours: it is handed jobs one after the other and does them in that order, so that what comes of
 * them is the same as without it. Where there is one processor, or no thread can be had, a job is done as it is handed over. The jobs themselves lie with the caller, one in each slot of a ring; which slot is whose follows
 * from the calls below, and only the owner of a slot touches it.
 */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct worker;

/** Do the job in that slot; on the worker's thread, if it has one. What it has to say lies in the slot: no err_info of ours is touched. */
typedef void (*worker_do)(void *context, size_t slot);

/**
 * Start the thread.
 * @param slots    of the ring; power of two
 * @param group    jobs that are handed over at once: waking the other thread costs a few microseconds
 * @param context  outlives the worker
 * ERR_NOMEM
 */
enum err worker_new(struct worker **out, size_t slots, size_t group, worker_do work, void *context,
                    struct err_info *info) MUST_USE;
/** Stops the thread; the job that it is at is finished first, the others are not done. All slots are the caller's again. NULL: nothing. */
void worker_free(struct worker *worker);

/** Is there a slot to fill? If not, take one first. */
bool worker_has_room(const struct worker *worker);
/** The slot to fill next; ours until worker_put(). There must be room. */
size_t worker_slot(const struct worker *worker);
/** That slot is filled. */
void worker_put(struct worker *worker);
/**
 * The next job that was done, in the order of putting; its slot is ours until the next worker_slot() gives it again.
 * @param is_waiting  wait until it is done; else false also when it is not yet
 * @return false: none
 */
bool worker_take(size_t *slot_out, struct worker *worker, bool is_waiting);
/** Whether a job was put and not taken. */
bool worker_is_busy(const struct worker *worker);

/** How many processors this process may use; 1 where workers have no thread. */
size_t worker_processors(void);

/** For tests: workers that are made from now on have no thread (or have one again). What comes of the jobs is the same. */
void worker_without_thread(bool is_without);

#endif
