/* Commits found by a walk, in an order that is a function of the set. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "git/walk.h"

struct ordering {
	const struct git_history *history;
	const struct walk_positions *found;
	uint32_t *place;   /* position of a commit -> 1 + its place in found; 0: not in it */
	uint32_t *waiting; /* by place: parents that are not out yet */
	uint32_t *first;   /* by place: where its children begin; one more at the end */
	uint32_t *children;
	uint32_t *ready; /* heap of places, smallest id first */
	size_t ready_count;
};

static const struct walk_commit *
commit_of(const struct ordering *ordering, uint32_t place)
{
	return &ordering->history->commits[ordering->found->items[place]];
}

static bool
is_smaller(const struct ordering *ordering, uint32_t a, uint32_t b)
{
	return memcmp(commit_of(ordering, a)->oid.bytes, commit_of(ordering, b)->oid.bytes, OID_BYTES) < 0;
}

static void
ready_push(struct ordering *ordering, uint32_t place)
{
	size_t at = ordering->ready_count++;

	for (; at > 0 && is_smaller(ordering, place, ordering->ready[(at - 1) / 2]); at = (at - 1) / 2)
		ordering->ready[at] = ordering->ready[(at - 1) / 2];
	ordering->ready[at] = place;
}

static uint32_t
ready_pop(struct ordering *ordering)
{
	uint32_t top = ordering->ready[0];
	uint32_t last = ordering->ready[--ordering->ready_count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= ordering->ready_count)
			break;
		if (child + 1 < ordering->ready_count &&
		    is_smaller(ordering, ordering->ready[child + 1], ordering->ready[child]))
			child++;
		if (!is_smaller(ordering, ordering->ready[child], last))
			break;
		ordering->ready[at] = ordering->ready[child];
		at = child;
	}
	ordering->ready[at] = last;
	return top;
}

/* Count each commit's parents within the set and list each one's children. */
static void
link_children(struct ordering *ordering)
{
	size_t count = ordering->found->count;
	uint32_t sum = 0;

	for (uint32_t pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < count; i++) {
			const struct walk_commit *commit = commit_of(ordering, i);

			for (size_t p = 0; p < commit->parent_count; p++) {
				uint32_t parent = ordering->place[commit->parents[p]];

				if (parent == 0)
					continue;
				if (pass == 0) {
					ordering->first[parent]++; /* one behind: summed up below */
					ordering->waiting[i]++;
				} else {
					ordering->children[ordering->first[parent - 1]++] = i;
				}
			}
		}
		for (size_t i = 0; pass == 0 && i <= count; i++) {
			sum += ordering->first[i];
			ordering->first[i] = sum;
		}
	}
	/* the second pass moved each beginning to its end, which is the next one's beginning */
	for (size_t i = count; i > 0; i--)
		ordering->first[i] = ordering->first[i - 1];
	ordering->first[0] = 0;
}

static void
emit(struct ordering *ordering, struct oid *out)
{
	size_t count = ordering->found->count;
	size_t emitted = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (ordering->waiting[i] == 0)
			ready_push(ordering, i);
	}
	while (ordering->ready_count > 0) {
		uint32_t place = ready_pop(ordering);

		out[emitted++] = commit_of(ordering, place)->oid;
		for (uint32_t c = ordering->first[place]; c < ordering->first[place + 1]; c++) {
			if (--ordering->waiting[ordering->children[c]] == 0)
				ready_push(ordering, ordering->children[c]);
		}
	}
	assert(emitted == count); /* a hash cannot be made to name its own descendant */
}

enum err
walk_sort(struct git_oids *out, const struct git_history *history, const struct walk_positions *found,
          struct err_info *info)
{
	size_t count = found->count;
	struct ordering ordering = {history,
	                            found,
	                            calloc(history->count + 1, sizeof(uint32_t)),
	                            calloc(count + 1, sizeof(uint32_t)),
	                            calloc(count + 2, sizeof(uint32_t)),
	                            calloc(GIT_PARENTS_MAX * count + 1, sizeof(uint32_t)),
	                            calloc(count + 1, sizeof(uint32_t)),
	                            0};
	struct git_oids oids = {calloc(count + 1, sizeof(struct oid)), count};
	enum err err = ERR_OK;

	if (ordering.place == NULL || ordering.waiting == NULL || ordering.first == NULL || ordering.children == NULL ||
	    ordering.ready == NULL || oids.items == NULL)
		err = err_nomem(info);
	for (uint32_t i = 0; err == ERR_OK && i < count; i++)
		ordering.place[found->items[i]] = i + 1;
	if (err == ERR_OK) {
		link_children(&ordering);
		emit(&ordering, oids.items);
		*out = oids;
		oids.items = NULL;
	}
	free(ordering.place);
	free(ordering.waiting);
	free(ordering.first);
	free(ordering.children);
	free(ordering.ready);
	free(oids.items);
	return err;
}
